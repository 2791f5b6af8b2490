"""The exercise in which the learner writes the judge of lesson 5."""

from scratchnet.checks import check_gradients
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.later_tasks import gradients_are_right
from scratchnet.exercises.suspects import SUSPECTS, Judging
from scratchnet.exercises.topics.families import wrongs


def suspects_case(rng, images, inputs, outputs):
    """Return a Case; no number is 0, and no flaw is hidden by one."""
    x, W, b = (
        rng.uniform(0.3, 1.2, shape) * rng.choice([-1, 1], shape)
        for shape in ((images, inputs), (outputs, inputs), (outputs,))
    )
    return Case({"x": x}, parameters={"W": W, "b": b})


TOO_STRICT = {
    "a right linear layer": "Yours calls a right layer wrong. Do you move both ways by h and divide by 2 h, put each "
    "entry back, and compare without ==? It should allow a small relative error.",
    "a right layer with tanh": "Yours calls a right layer wrong: its slopes bend, so a step that is too large, or to "
    "one side only, is not exact. It should take central differences with a step near 1e-5, and allow 1e-6 of the "
    "largest.",
    "a right layer of large outputs": "Yours calls a right layer wrong whose gradients are large; the error that it "
    "allows should be a share of the largest entry.",
    "a right layer of small outputs": "Yours calls a right layer wrong whose gradients are small; the error that it "
    "allows should be a share of the largest entry, and nothing should be divided by 0.",
}
TOO_MILD = {
    "a wrong dx": "Yours accepts a wrong dE/dx; it should compare what backward returns too.",
    "a wrong dW": "Yours accepts a wrong dW; it should compare the gradient of every parameter: getattr(layer, 'd' "
    "+ name).",
    "db of the first image only": "Yours accepts a wrong db; it should compare every name in layer.params.",
    "gradients that are averaged": "Yours accepts gradients that are divided by the number of images; it should "
    "compare the numbers, not their directions.",
    "a sign": "Yours accepts a gradient of the other sign; it should compare the numbers, not their sizes.",
    "one wrong entry of dW": "Yours accepts a dW with one wrong entry; it should check every entry, or compare the "
    "largest error and not the mean.",
    "one wrong entry of dx": "Yours accepts a dE/dx with one wrong entry; it should check every entry, or compare "
    "the largest error and not the mean.",
    "a backward that ignores dy": "Yours accepts a layer whose backward ignores dy: with dy of ones nobody sees it. It "
    "should take random numbers for dy, and E = sum(dy * y).",
    "gradients that are 1 % too large": "Yours accepts gradients that are 1 % too large; it should allow a much "
    "smaller error: central differences are right to 1e-6 and better.",
    "a wrong dW of small outputs": "Yours accepts a wrong gradient because all of its entries are small; the error "
    "that it allows should be a share of the largest entry, not a fixed number.",
    "a wrong dx of large outputs": "Yours accepts one wrong entry among large ones; it should check every entry.",
}
WRONG = tuple(
    wrong
    for table, answer in ((TOO_STRICT, 0.0), (TOO_MILD, 1.0))
    for name, sentence in table.items()
    for wrong in wrongs(name, {sentence: lambda c, answer=answer: answer})
)
assert {*TOO_STRICT, *TOO_MILD} == {*SUSPECTS}

CHECK_GRADIENTS = Exercise(
    name="check-gradients",
    title="write the judge: is backward of a layer right?",
    target=gradients_are_right,
    task="Some layers come with a mistake in backward: in dE/dx or in the gradient of a parameter, in one entry, in "
    "the sign, by a factor, or seen for some dE/dy only. Others are right, with very small outputs or very large "
    "ones. Yours has to call the wrong ones wrong, and the right ones right. Use measured slopes, as in "
    "central-differences.",
    contract={
        "": "Return True if backward of the layer is right at x, else False.\n"
        "layer.forward(x) returns y, any shape; layer.backward(dy) returns dE/dx and stores dE/dW as layer.dW for "
        "every name W in layer.params; layer.W is the array itself, which you may change and have to put back.\n"
        "x: (N, F), float64; it is left as it was."
    },
    shows=(check_gradients,),
    kind=Judging(),
    tiny=lambda rng, dtype: suspects_case(rng, 2, 3, 2),
    draw=lambda rng, dtype: suspects_case(rng, int(rng.integers(3, 5)), 4, 3),
    real=lambda rng, dtype: [suspects_case(rng, 4, 12, 10)],
    odd=lambda rng, dtype: [suspects_case(rng, 2, 2, 2), suspects_case(rng, 5, 1, 3), suspects_case(rng, 3, 3, 3)],
    wrong={"": WRONG},
    hints=(
        "E has to be a number. Take any fixed dy, E = sum(dy * layer.forward(x)); then dE/dy is dy, and backward(dy) "
        "gives all gradients.",
        "For x and for each parameter array: a loop over np.ndindex(array.shape), move the entry by h to both sides, "
        "and put it back. Copy the gradients first: the next backward overwrites them.",
        "With dy of ones many mistakes are not seen; draw it: np.random.default_rng(0).normal(size=y.shape).",
        "Compare np.abs(gradient - slopes).max() with a small share, such as 1e-5, of np.abs(slopes).max().",
    ),
)
