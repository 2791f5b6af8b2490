"""The first exercise, which everybody can do right: from the pixels of a digit to what LeNet-5 sees."""

import numpy as np

from scratchnet import datasets
from scratchnet.exercises.cases import gaps
from scratchnet.exercises.definition import Case, Exercise, Wrong
from scratchnet.exercises.kinds import Function
from scratchnet.exercises.tasks import paper_input


def digits_case(rng, images, ink=0.2, memory=np.ascontiguousarray):
    """Return a Case of images with ink at some pixels, the last ones too."""
    drawn = rng.random((images, 28, 28)) < ink
    drawn[:, -1, -1] = ink > 0
    return Case({"images": memory(np.where(drawn, rng.integers(1, 256, drawn.shape), 0).astype(np.uint8))})


def made(images, border=2, sides=None, background=-0.1, rise=1.275, by=255.0):
    """Return x with a mistake. sides: what np.pad gets."""
    padded = np.pad(images.astype(float), sides or ((0, 0), (border, border), (border, border)))
    return (background + rise * padded / by)[:, None]


def framed(x, value):
    """Return x with a border of this value."""
    return np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), constant_values=value)


PAPER_INPUT = Exercise(
    number=0,
    name="paper-input",
    lesson=1,
    title="what the network of 1998 sees of a digit",
    target=paper_input,
    task="Your first exercise, in three lines: a border of 2 pixels, a straight line for the numbers, one more axis. "
    "Replace the three dots, save, and check. The hints say all of it, one thing after the other.",
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
    wrong={
        "": (
            Wrong(
                "x",
                "Yours has no border; it should have 2 pixels of background on every side: 32 x 32 pixels.",
                lambda c: made(c.images, border=0),
            ),
            Wrong(
                "x",
                "Yours has no border and no axis for the map; it should have the shape (N, 1, 32, 32).",
                lambda c: made(c.images, border=0)[:, 0],
            ),
            Wrong(
                "x",
                "Yours has no axis for the map; it should have the shape (N, 1, 32, 32): x[:, None] adds one.",
                lambda c: made(c.images)[:, 0],
            ),
            Wrong(
                "x",
                "Yours has the axis for the map at the end; it should be axis 1: x[:, None].",
                lambda c: made(c.images)[:, 0, :, :, None],
            ),
            Wrong(
                "x",
                "Yours has the axis for the map in front; it should be axis 1: x[:, None].",
                lambda c: made(c.images)[None, :, 0],
            ),
            Wrong(
                "x",
                "Yours adds empty images too: np.pad(images, 2) pads every axis; it should pad rows and columns only: "
                "np.pad(images, ((0, 0), (2, 2), (2, 2))).",
                lambda c: made(c.images, sides=((2, 2),) * 3),
            ),
            Wrong(
                "x",
                "Yours adds empty images too: np.pad(images, 2) pads every axis; it should pad rows and columns only: "
                "np.pad(images, ((0, 0), (2, 2), (2, 2))).",
                lambda c: made(c.images, sides=((2, 2),) * 3)[:, 0],
            ),
            Wrong(
                "x",
                "Yours has a border of 4 pixels; it should be 2 on every side, 4 in all.",
                lambda c: made(c.images, border=4),
            ),
            Wrong(
                "x",
                "Yours has a border of 1 pixel; it should be 2 on every side.",
                lambda c: made(c.images, border=1),
            ),
            Wrong(
                "x",
                "Yours has the border at the right and at the bottom only; it should be 2 pixels on every side.",
                lambda c: made(c.images, sides=((0, 0), (0, 4), (0, 4))),
            ),
            Wrong(
                "x",
                "Yours has the border at the left and at the top only; it should be 2 pixels on every side.",
                lambda c: made(c.images, sides=((0, 0), (4, 0), (4, 0))),
            ),
            Wrong(
                "x",
                "Yours has 0 in the border; it should be -0.1, as background is everywhere: add the border first.",
                lambda c: framed(made(c.images, border=0), 0),
            ),
            Wrong(
                "x",
                "Yours goes from 0 to 1; it should go from -0.1 to 1.175: x = -0.1 + 1.275 p / 255.",
                lambda c: made(c.images, background=0, rise=1),
            ),
            Wrong(
                "x",
                "Yours leaves the pixels as they are; it should map them to -0.1 ... 1.175: x = -0.1 + 1.275 p / 255.",
                lambda c: made(c.images, background=0, rise=255),
            ),
            Wrong(
                "x",
                "Yours has 1.275 for ink; it should have -0.1 added: background is -0.1, and ink is 1.175.",
                lambda c: made(c.images, background=0),
            ),
            Wrong(
                "x",
                "Yours has 1.075 for ink; it should have 1.175: from -0.1 to 1.175 is a rise of 1.275.",
                lambda c: made(c.images, rise=1.175),
            ),
            Wrong(
                "x",
                "Yours has 0.1 for background; it should be -0.1.",
                lambda c: made(c.images, background=0.1),
            ),
            Wrong(
                "x",
                "Yours divides by 256; it should divide by 255, the largest pixel.",
                lambda c: made(c.images, by=256),
            ),
            Wrong(
                "x",
                "Yours does not divide by 255; it should: x = -0.1 + 1.275 p / 255.",
                lambda c: made(c.images, by=1),
            ),
            Wrong("x", "Yours divides by 255 twice; it should divide once.", lambda c: made(c.images, by=255**2)),
            Wrong(
                "x",
                "Yours divides whole numbers (//), which leaves 0 and 1 only; it should divide with /.",
                lambda c: made(c.images // 255, by=1),
            ),
            Wrong(
                "x",
                "Yours stores x in an array of uint8, which holds whole numbers from 0 to 255; it should be float32.",
                lambda c: np.trunc(made(c.images)),
            ),
            Wrong(
                "x",
                "Yours has -0.1 in the border only; it should be added everywhere: x = -0.1 + 1.275 p / 255.",
                lambda c: framed(made(c.images, border=0, background=0), -0.1),
            ),
            Wrong(
                "x",
                "Yours has ink and background in each other's place; background (0) should be -0.1.",
                lambda c: made(c.images, background=1.175, rise=-1.275),
            ),
            Wrong(
                "x",
                "Yours has the rows and columns of each image swapped; it should leave them as they are.",
                lambda c: made(c.images).swapaxes(2, 3),
            ),
        )
    },
    hints=(
        "First the border: np.pad(images, ((0, 0), (2, 2), (2, 2))) puts zeros around, a pair for each axis: "
        "none before and after the images, 2 before and after the rows and the columns. 0 is background.",
        "Then the numbers, all at once: -0.1 + 1.275 * padded / 255. The border becomes -0.1 too.",
        "Then the shape and the dtype: x[:, None] makes (N, 1, 32, 32) of (N, 32, 32), .astype(np.float32) converts.",
        "All of it: padded = np.pad(images, ((0, 0), (2, 2), (2, 2))), then x = -0.1 + 1.275 * padded / 255, then "
        "return x[:, None].astype(np.float32). Three lines, each with four spaces in front.",
    ),
)
