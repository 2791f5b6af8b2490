"""The first exercise, which everybody can do right: from the pixels of a digit to what LeNet-5 sees."""

import numpy as np

from scratchnet import datasets
from scratchnet.exercises.cases import gaps
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.kinds import Function
from scratchnet.exercises.tasks import paper_input
from scratchnet.exercises.topics.input_mistakes import INPUT_WRONG


def digits_case(rng, images, ink=0.2, memory=np.ascontiguousarray):
    """Return a Case of images with ink at some pixels, the last ones too; 255 is in the first of several images."""
    drawn = rng.random((images, 28, 28)) < ink
    drawn[:, -1, -1] = ink > 0
    grey = np.where(drawn, rng.integers(1, 245, drawn.shape), 0)
    if images > 1:
        grey[0, 3, 5] = 255
    return Case({"images": memory(grey.astype(np.uint8))})


PAPER_INPUT = Exercise(
    name="paper-input",
    title="what the network of 1998 sees of a digit",
    target=paper_input,
    task="Your first exercise, in three lines: a border of 2 pixels, a straight line for the numbers, one more axis. "
    "Replace the three dots, save, and check. The hints say all of it, one thing after the other.",
    contract={
        "": "Return what LeNet-5 sees of images: float32 (N, 1, 32, 32).\n"
        "images: uint8 (N, 28, 28); 0 is background and 255 is ink. On every side there are 2 more "
        "pixels of background. Background becomes -0.1, ink becomes 1.175, and all between lies on a "
        "straight line.",
    },
    gives=("from scratchnet.datasets import load",),
    play='print(paper_input(load("mnist", "test")[0][:5]))',
    shows=(datasets.paper_input, datasets.pad, datasets.grey),
    kind=Function("x", tolerance=1e-6),  # float32, in whatever order it is computed
    tiny=lambda rng, dtype: digits_case(rng, 1),
    draw=lambda rng, dtype: digits_case(rng, int(rng.integers(3, 6))),
    real=lambda rng, dtype: [digits_case(rng, 100)],
    odd=lambda rng, dtype: [
        digits_case(rng, 1, ink=0),
        digits_case(rng, 28),
        digits_case(rng, 2, ink=1),
        digits_case(rng, 3, memory=gaps),
    ],
    wrong={"": INPUT_WRONG},
    hints=(
        "First the border: np.pad(images, ((0, 0), (2, 2), (2, 2))) puts zeros around, a pair for each axis: "
        "none before and after the images, 2 before and after the rows and the columns. 0 is background.",
        "Then the numbers, all at once: -0.1 + 1.275 * padded / 255. The border becomes -0.1 too.",
        "Then the shape and the dtype: x[:, None] makes (N, 1, 32, 32) of (N, 32, 32), .astype(np.float32) converts.",
        "All of it: padded = np.pad(images, ((0, 0), (2, 2), (2, 2))), then x = -0.1 + 1.275 * padded / 255, then "
        "return x[:, None].astype(np.float32). Three lines, each with four spaces in front.",
    ),
)
