"""The exercise on distortions: an affine map of an image."""

import numpy as np
from scipy import ndimage

from scratchnet import datasets
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.kinds import Function
from scratchnet.exercises.later_tasks import warped
from scratchnet.exercises.topics.families import wrongs


def image_case(rng, dtype, height, width, A=None, shift=None, background=0.0):
    """Return a Case: an image whose border is background, a map of the plane, and a shift in pixels."""
    image = np.full((height, width), background, dtype)
    image[1:-1, 1:-1] = rng.integers(2, 9, (height - 2, width - 2))
    if A is None:
        A = np.eye(2) + rng.uniform(-0.3, 0.3, (2, 2))
    shift = rng.uniform(-1.4, 1.4, 2) if shift is None else np.array(shift, float)
    return Case({"image": image, "A": np.array(A, float), "shift": shift, "background": background})


def by(c, A=None, shift=None, image=None, background=None):
    """Return the right result for another map, image or background."""
    chosen = [
        mine if mine is not None else vars(c)[name]
        for name, mine in (("image", image), ("A", A), ("shift", shift), ("background", background))
    ]
    return warped(*chosen)


def at(c):
    """Return the places (H, W, 2) of the image that are asked for."""
    centre = (np.array(c.image.shape) - 1) / 2
    return (np.stack(np.indices(c.image.shape), axis=-1) - centre) @ c.A.T + c.shift + centre


def nearest(c, to=np.round):
    """Return the pixel at the rounded place, without a mean."""
    i, j = to(at(c)).astype(int).transpose(2, 0, 1)
    H, W = c.image.shape
    inside = (i >= 0) & (i < H) & (j >= 0) & (j < W)
    return np.where(inside, c.image[np.clip(i, 0, H - 1), np.clip(j, 0, W - 1)], c.background)


def around(c, centre):
    """Return the result for another centre: q = A (p - centre) + centre + shift."""
    moved = np.array(centre, float) - (np.array(c.image.shape) - 1) / 2
    return by(c, shift=c.shift + moved - c.A @ moved)


def corners(c, weights, whole=np.floor, wrap=False):
    """Return a sum of the four neighbours. weights: s, t -> those of x[i,j], x[i,j+1], x[i+1,j], x[i+1,j+1]; whole: how
    places are rounded; wrap: whether indices begin again at the other side."""
    H, W = c.image.shape
    framed = np.pad(c.image, 4, mode="wrap") if wrap else np.pad(c.image, 4, constant_values=c.background)
    q = at(c) % (H, W) if wrap else np.clip(at(c), -3, [H + 2, W + 2])
    i, j = whole(q).astype(int).transpose(2, 0, 1) + 4
    found = weights(*(q - whole(q)).transpose(2, 0, 1))
    return sum(w * framed[i + a, j + b] for w, (a, b) in zip(found, ((0, 0), (0, 1), (1, 0), (1, 1))))


def bilinear(s, t):
    return (1 - s) * (1 - t), (1 - s) * t, s * (1 - t), s * t


WRONG = wrongs(
    "result",
    {
        "Yours takes the nearest pixel; it should take the bilinear mean of the four around.": (
            nearest,
            lambda c: nearest(c, np.floor),
            lambda c: nearest(c, np.trunc),
        ),
        "Yours moves each pixel to A p + shift; it should ask, for each place p of the result, for the image at A p + "
        "shift.": lambda c: by(c, A=np.linalg.inv(c.A), shift=-np.linalg.inv(c.A) @ c.shift),
        "Yours moves each pixel to the rounded A p + shift; it should ask, for each place p of the result, for the "
        "image at A p + shift.": lambda c: pushed(c),
        "Yours counts from the corner; it should count from the centre, ((H - 1) / 2, (W - 1) / 2).": lambda c: around(
            c, (0, 0)
        ),
        "Yours has the centre at H / 2, W / 2; it should be (H - 1) / 2, (W - 1) / 2.": lambda c: around(
            c, np.array(c.image.shape) / 2
        ),
        "Yours has the centre at H // 2, W // 2; it should be (H - 1) / 2, (W - 1) / 2.": (
            lambda c: around(c, np.array(c.image.shape) // 2),
            lambda c: around(c, (np.array(c.image.shape) - 1) // 2),
        ),
        "Yours takes the transpose of A; it should be A p.": lambda c: by(c, A=c.A.T),
        "Yours swaps rows and columns of p; it should be (row, column).": (
            lambda c: by(c, A=c.A[::-1, ::-1], shift=c.shift[::-1]),
            lambda c: by(c, A=c.A[::-1, ::-1]),
        ),
        "Yours swaps the two numbers of the shift; it should be (rows, columns).": lambda c: by(c, shift=c.shift[::-1]),
        "Yours subtracts the shift; it should add it: A p + shift.": lambda c: by(c, shift=-c.shift),
        "Yours has no shift; it should be A p + shift.": lambda c: by(c, shift=0 * c.shift),
        "Yours shifts before A; it should shift after: A p + shift.": lambda c: by(c, shift=c.A @ c.shift),
        "Yours has no A; it should be A p + shift.": lambda c: by(c, A=np.eye(2)),
        "Yours has 0 outside of the image; it should have the background.": lambda c: (
            by(c, image=c.image - c.background, background=0.0) + c.background * inside_share(c)
        ),
        "Yours has 0 where the place lies outside of the image (cval of scipy); it should have the background.": (
            lambda c: np.where(outside(c), 0, c.result)
        ),
        "Yours takes splines of degree 3, as scipy does by default; it should be bilinear: order=1.": lambda c: splines(
            c
        ),
        "Yours wraps around: a negative index, or % H, counts from the other side; there it should have the "
        "background.": (lambda c: corners(c, bilinear, wrap=True)),
        "Yours rounds by int(), which rounds negative numbers up; it should round down: np.floor.": lambda c: corners(
            c, bilinear, np.trunc
        ),
        "Yours has s and t in each other's place; s should be how far to the next row.": lambda c: corners(
            c, lambda s, t: ((1 - s) * (1 - t), (1 - t) * s, (1 - s) * t, s * t)
        ),
        "Yours has the far weights at the near pixels; x[i,j] should have (1 - s) (1 - t).": (
            lambda c: corners(c, lambda s, t: bilinear(1 - s, 1 - t)),
            lambda c: corners(c, lambda s, t: bilinear(1 - s, t)),
            lambda c: corners(c, lambda s, t: bilinear(s, 1 - t)),
        ),
        "Yours is the plain mean of four pixels; it should weigh them by how near they are.": lambda c: corners(
            c, lambda s, t: [np.full_like(s, 0.25)] * 4
        ),
        "Yours means over the columns only; it should over the rows too.": lambda c: corners(
            c, lambda s, t: (1 - t, t, 0 * t, 0 * t)
        ),
        "Yours means over the rows only; it should over the columns too.": lambda c: corners(
            c, lambda s, t: (1 - s, 0 * s, s, 0 * s)
        ),
    },
)


def outside(c):
    """Return where the place lies outside of the image."""
    q = at(c)
    return ((q < 0) | (q > np.array(c.image.shape) - 1)).any(axis=-1)


def splines(c):
    """Return the result of scipy's default."""
    centre = (np.array(c.image.shape) - 1) / 2
    offset = centre - c.A @ centre + c.shift
    return ndimage.affine_transform(c.image, c.A, offset, mode="constant", cval=c.background)


def pushed(c):
    """Return the image whose pixels are moved to the rounded places, in order."""
    result = np.full_like(c.image, c.background)
    for (h, w), (i, j) in zip(np.ndindex(c.image.shape), np.round(at(c)).astype(int).reshape(-1, 2)):
        if 0 <= i < result.shape[0] and 0 <= j < result.shape[1]:
            result[i, j] = c.image[h, w]
    return result


def inside_share(c):
    """Return the share of the four pixels that lie inside of the image."""
    return by(c, image=np.ones_like(c.image), background=0.0)


DISTORTIONS = Exercise(
    name="distortions",
    title="a digit turned, scaled, slanted and moved",
    target=warped,
    task="One affine map does all of it: A turns, scales and slants, shift moves. For each pixel of the result, ask "
    "where in the image it comes from; that place lies between four pixels. Loops, or scipy.ndimage, are allowed.",
    contract={
        "": "Return an image after an affine map of the plane, in the same shape and dtype.\n"
        "image: (H, W), floats; its outermost pixels are background. A: (2, 2); shift: (2,), in pixels. The first "
        "coordinate is the row, the second the column, both counted from the centre of the image, which lies between "
        "pixels if H or W is even.\n"
        "The result at place p is the image at A p + shift: the bilinear mean of the four pixels around. Outside of "
        "the image there is only background."
    },
    gives=("from scratchnet.datasets import load",),
    play='print(warped(load("mnist", "test")[0][0] / 255, np.eye(2), np.array([0.5, 2]), 0.0).round(1))',
    shows=(datasets.distort,),
    kind=Function("result"),
    tiny=lambda rng, dtype: image_case(rng, dtype, 4, 5, ((1, 0.5), (0, 1)), (0, 0.5)),
    draw=lambda rng, dtype: image_case(rng, dtype, int(rng.integers(8, 11)), 12, background=-0.1),
    real=lambda rng, dtype: [image_case(rng, dtype, 32, 32, background=-0.1)],
    odd=lambda rng, dtype: [
        image_case(rng, dtype, 6, 6, np.eye(2), (0, 0)),
        image_case(rng, dtype, 6, 7, np.eye(2), (1, -2)),
        image_case(rng, dtype, 7, 7, ((0, 1), (-1, 0)), (0, 0)),
        image_case(rng, dtype, 5, 8, ((3, 0), (0, 3)), (0.25, 0.5), 1.0),
        image_case(rng, dtype, 5, 8, ((1, 0), (0, 1)), (40, -60), 1.0),
        image_case(rng, dtype, 8, 6, ((0.2, 0), (0, 0.2)), (0.1, 0.3)),
    ],
    wrong={"": WRONG},
    hints=(
        "centre = (np.array([H, W]) - 1) / 2. For the pixel (h, w): p = (h, w) - centre, q = A @ p + shift + centre.",
        "i, j = the whole parts of q, np.floor (int() rounds -0.5 up to 0); s, t = what is left, from 0 to below 1.",
        "x[i,j] counts (1 - s) (1 - t), the pixel to the right (1 - s) t, the one below s (1 - t), the last one s t.",
        "A pixel that does not exist counts as background: test i and j, or give the image a frame of it first.",
    ),
)
