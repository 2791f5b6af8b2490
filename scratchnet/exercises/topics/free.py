"""The capstone."""

from scratchnet.exercises.capstone import on_held_out_digits, small_network
from scratchnet.exercises.definition import Exercise

CAPSTONE = Exercise(
    number=0,
    name="capstone",
    lesson=19,
    title="a network of your own, better than 1.5 %",
    target=small_network,
    task="Use anything from this course or of your own. Choose by digits that you hold out of x yourself, "
    "and give rng to the network and to fit, or the error changes from run to run. The check trains on "
    "55,000 digits and reads 5,000 others, which your function is not given; a minute of training is plenty.",
    gives=(
        "import scratchnet",
        "from scratchnet.models import lenet5",
    ),
    kind=None,
    levels=(("on digits that it has not seen", on_held_out_digits),),
    points=3,
    seconds=600,
    hints=(
        "Any Sequential whose input is (N, 1, 32, 32) and whose output has ten entries will do; print(net) counts.",
        "lenet5(rng) has exactly 60,000 parameters, and MAPLoss and SDLM train it; lesson 14 shows how.",
        "One pass of SDLM at the rate schedules.paper(0, 0.25) comes near 2 %. More passes at falling rates do it.",
    ),
)
