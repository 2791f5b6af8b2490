"""The last exercise, the capstone."""

from scratchnet.exercises.capstone import Training, on_held_out_digits, small_network
from scratchnet.exercises.definition import Exercise

CAPSTONE = Exercise(
    name="capstone",
    title="a network of your own, better than 1.5 %",
    target=small_network,
    task="Use anything from this course or of your own. Compare networks on digits that you hold out of x, "
    "and give rng to the network and to fit, or the error changes from run to run. The check trains on "
    "55,000 digits and tests on 5,000 others that your function does not get. A minute of training is enough.",
    contract={
        "": "Return a network of at most 60,000 parameters, trained on x (N, 1, 32, 32), float32, and "
        "labels (N,).\n"
        "rng: for everything that is drawn. The error on digits that it has not seen has to be at "
        "most 1.5 %.",
    },
    gives=(
        "import scratchnet",
        "from scratchnet.models import lenet5",
    ),
    kind=Training(),
    open=True,
    levels=(("on held-out digits", on_held_out_digits),),
    points=3,
    seconds=600,
    hints=(
        "Any Sequential whose input is (N, 1, 32, 32) and whose output has ten entries works; print(net) counts.",
        "lenet5(rng) has exactly 60,000 parameters, and MAPLoss and SDLM train it; lesson 16 shows how.",
        "One epoch of SDLM at the rate schedules.paper(0, 0.25) gives about 2 %. "
        "More epochs at falling rates reach 1.5 %.",
    ),
)
