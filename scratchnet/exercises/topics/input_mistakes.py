"""What mistakes in the first exercise give: the border, the straight line, the axis for the map."""

import numpy as np

from scratchnet.exercises.definition import Factors, Wrong


def made(images, border=2, sides=None, background=-0.1, rise=1.275, by=255.0, **mode):
    """Return x with a mistake. sides, mode: what np.pad gets."""
    padded = np.pad(images.astype(float), sides or ((0, 0), (border, border), (border, border)), **mode)
    return (background + rise * padded / by)[:, None]


def framed(x, value):
    """Return x with a border of this value."""
    return np.pad(x, ((0, 0), (0, 0), (2, 2), (2, 2)), constant_values=value)


def inside(c):
    """Return the part of x without its border."""
    return c.x[:, :, 2:-2, 2:-2]


class OtherBorder(Wrong):
    """The image is right, and the border has one wrong number."""

    def fits(self, name, got, expected, case, right):
        got = np.asarray(got)
        if got.dtype.kind != "f" or got.shape != expected.shape or not np.isfinite(got).all():
            return False
        value = got[0, 0, 0, 0]
        framed_right = framed(expected[:, :, 2:-2, 2:-2], value)
        return abs(value + 0.1) > 1e-5 and np.allclose(got, framed_right, 1e-5, 1e-6 * max(1, abs(value)))


class EmptyImages(Wrong):
    """There are 4 images too many, whatever their numbers are."""

    def fits(self, name, got, expected, case, right):
        return np.shape(got)[:1] == (len(expected) + 4,) and np.shape(got)[-2:] == expected.shape[-2:]


def standard(pixels):
    return (pixels - pixels.mean()) / pixels.std()


def stretched(images):
    """The nearest pixel of each of 32 x 32."""
    at = np.arange(32) * 28 // 32
    return images[:, at][:, :, at]


IMAGE_SIDES = "Yours has the border on {}; it should be 2 pixels on every side: ((0, 0), (2, 2), (2, 2))."
BY_MAX = (
    "Yours divides by the largest pixel of {}; it should divide by 255 always: otherwise x depends on which images are "
    "given."
)
LINE = (
    "Yours is another straight line than x = -0.1 + 1.275 pixel / 255; it should be -0.1 for a pixel of 0, and 1.175 "
    "for one of 255."
)
REPEATS = (
    "Yours makes the border from pixels of the image; it should be background, pixel 0, which is -0.1: np.pad without "
    "`mode`."
)
CUT_OFF = "Yours cuts x off at a limit (np.clip, np.maximum, ...); it should reach from -0.1 to 1.175."
TWO_LEVELS = "Yours makes each pixel ink or background; it should keep the grey between them: pixel / 255."
STANDARD = (
    "Yours subtracts a mean and divides by a standard deviation; it should be the same for all images: "
    "x = -0.1 + 1.275 pixel / 255."
)
INPUT_WRONG = (
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
    EmptyImages(
        "x",
        "Yours pads the images axis too: np.pad(images, 2) pads every axis, which adds 4 empty images. It should pad "
        "rows and columns only: np.pad(images, ((0, 0), (2, 2), (2, 2))).",
        lambda c: made(c.images, sides=((2, 2),) * 3),
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
        "Yours goes from 0 to 1; it should go from -0.1 to 1.175: x = -0.1 + 1.275 pixel / 255.",
        lambda c: made(c.images, background=0, rise=1),
    ),
    Wrong(
        "x",
        "Yours leaves the pixels as they are; it should map them to -0.1 ... 1.175: x = -0.1 + 1.275 pixel / 255.",
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
        "Yours does not divide by 255; it should: x = -0.1 + 1.275 pixel / 255.",
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
        "Yours has -0.1 in the border only; it should be added everywhere: x = -0.1 + 1.275 pixel / 255.",
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
    *(
        Wrong("x", IMAGE_SIDES.format(where), lambda c, sides=sides: made(c.images, sides=((0, 0), *sides)))
        for where, sides in (
            ("rows only, above and below", ((2, 2), (0, 0))),
            ("columns only, left and right", ((0, 0), (2, 2))),
            ("one side only", ((2, 0), (2, 0))),
            ("one side only", ((0, 2), (0, 2))),
            ("one side only", ((4, 0), (0, 4))),
            ("one side only", ((0, 4), (4, 0))),
            ("one side only", ((4, 0), (2, 2))),
            ("one side only", ((0, 4), (2, 2))),
            ("one side only", ((2, 2), (4, 0))),
            ("one side only", ((2, 2), (0, 4))),
            ("every side, but wider on one than on the other", ((1, 3), (1, 3))),
            ("every side, but wider on one than on the other", ((3, 1), (3, 1))),
        )
    ),
    Wrong("x", "Yours has a border of 3 pixels; it should be 2 on every side.", lambda c: made(c.images, border=3)),
    *(
        Wrong("x", REPEATS, lambda c, mode=mode: made(c.images, mode=mode))
        for mode in ("edge", "reflect", "symmetric", "wrap", "maximum")
    ),
    Wrong(
        "x",
        "Yours stretches the images to 32 x 32; it should leave them as they are, with a border of 2 pixels.",
        lambda c: made(stretched(c.images), border=0),
    ),
    Wrong(
        "x",
        "Yours makes the images larger with np.resize, which goes on with the next rows; it should add a border.",
        lambda c: made(np.resize(c.images, (len(c.images), 32, 32)), border=0),
    ),
    Wrong("x", BY_MAX.format("all images"), lambda c: made(c.images, by=c.images.max())),
    Wrong(
        "x",
        BY_MAX.format("each image"),
        lambda c: made(c.images, by=np.pad(c.images, ((0, 0), (2, 2), (2, 2))).max(axis=(1, 2), keepdims=True)),
    ),
    *(Wrong("x", TWO_LEVELS, lambda c, ink=ink: made(255 * (c.images > ink))) for ink in (0, 127, 128)),
    Wrong(
        "x",
        "Yours goes from -1 to 1; it should go from -0.1 to 1.175: x = -0.1 + 1.275 pixel / 255.",
        lambda c: made(c.images, background=-1, rise=2),
    ),
    Wrong("x", STANDARD, lambda c: standard(made(c.images))),
    Wrong("x", STANDARD, lambda c: framed(standard(inside(c)), 0)),
    Wrong("x", STANDARD, lambda c: (made(c.images, background=0, rise=1) - 0.1307) / 0.3081),
    Wrong(
        "x",
        "Yours subtracts 0.1 before it multiplies by 1.275; it should multiply first: x = -0.1 + 1.275 pixel / 255.",
        lambda c: made(c.images, background=-0.1275),
    ),
    Wrong(
        "x",
        "Yours multiplies the pixel by -0.1 + 1.275; it should multiply by 1.275, and then add -0.1.",
        lambda c: made(c.images, background=0, rise=1.175),
    ),
    Wrong(
        "x",
        "Yours divides -0.1 by 255 too; it should divide the pixel alone: -0.1 + (1.275 * pixel / 255).",
        lambda c: made(c.images, background=-0.1 / 255),
    ),
    Wrong(
        "x",
        "Yours has -0.1 and 1.275 in each other's place; it should be x = -0.1 + 1.275 pixel / 255.",
        lambda c: made(c.images, background=1.275, rise=-0.1),
    ),
    Wrong(
        "x",
        "Yours has ink and background in each other's place inside the border; background (0) should be -0.1.",
        lambda c: framed(made(c.images, border=0, background=1.175, rise=-1.275), -0.1),
    ),
    Wrong("x", "Yours has the wrong sign; it should be -0.1 + 1.275 pixel / 255.", lambda c: -made(c.images)),
    *(
        Wrong("x", CUT_OFF, lambda c, low=low, high=high: np.clip(made(c.images), low, high))
        for low, high in ((0, 1), (0, None), (None, 1))
    ),
    Wrong(
        "x",
        "Yours reads the pixels as int8, in which 128 and more are negative; it should convert them to float.",
        lambda c: made(c.images.astype(np.int8)),
    ),
    Wrong(
        "x",
        "Yours has the axis for the map between rows and columns; it should be axis 1: x[:, None].",
        lambda c: made(c.images).swapaxes(1, 2),
    ),
    Wrong(
        "x",
        "Yours has three maps, as colour images have; it should have one: the shape (N, 1, 32, 32).",
        lambda c: np.repeat(made(c.images), 3, axis=1),
    ),
    *(
        Wrong(
            "x",
            "Yours has all pixels of an image in one row; it should keep rows and columns: (N, 1, 32, 32).",
            lambda c, shape=shape: made(c.images).reshape(len(c.images), *shape),
        )
        for shape in ((-1,), (1, -1))
    ),
    OtherBorder(
        "x",
        "Yours has another number than -0.1 in the border; it should have -0.1 there, as background is everywhere.",
        lambda c: framed(inside(c), 0.5),
    ),
    Factors("x", LINE, lambda c: np.stack([np.ones(c.x.shape), made(c.images, background=0, rise=1)])),
)
