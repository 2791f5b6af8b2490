"""Strings of digits, and the windows on them that a network for strings is trained on (paper, VII)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scratchnet.datasets.pixels import check_images
from scratchnet.errors import InputError, expect_count
from scratchnet.kernels import paste
from scratchnet.layers.initial import Seed, generator

GAPS = (-1, 4)  # pixels between the bounding boxes of two neighbours, both included
WINDOW, STEP = 32, 4  # pixels: what the network sees at one position, and from one position to the next
NEAR = 2  # pixels from the middle of the window: so far off, a digit is still the answer
CLEAR = 4  # pixels: where no digit is so near to the middle, blank is the answer
BLANKS = 0.3  # the share of windows that are blank
ENDS = 0.15  # the share of windows with no digit on the left, and as many on the right


def digit_strings(
    images: ArrayLike, labels: ArrayLike, count: int, length: int, rng: Seed = None, gaps: tuple[int, int] = GAPS
) -> tuple[NDArray[np.uint8], NDArray]:
    """Return `count` strings of `length` digits, drawn at random: uint8 (count, 32, W) and labels (count, length).

    images: uint8 (M, 28, 28), 0 for the background; labels: (M,). gaps: between the bounding boxes of two digits, in
    pixels, drawn uniformly from the first number to the second; below 0 they overlap (paper, VII: -1 to 4).
    All strips have the width of the longest string, and background on both sides. W is a multiple of 4.
    Raises InputError for images of another dtype or number of axes, without ink, or with another number of labels.

    >>> from scratchnet import datasets
    >>> images, labels = datasets.load("mnist", "test")
    >>> strips, strings = datasets.digit_strings(images, labels, count=2, length=5, rng=0)
    >>> strips.shape[:2], strings.shape
    ((2, 32), (2, 5))
    """
    images, labels = expect_digits("digit_strings", images, labels)
    count, length, rng = expect_count("count", count), expect_count("length", length), generator(rng)
    chosen = rng.integers(len(images), size=(count, length))
    return strips_of(images, chosen, rng, gaps), labels[chosen]


def strips_of(
    images: NDArray, chosen: NDArray, rng: np.random.Generator, gaps: tuple[int, int] = GAPS
) -> NDArray[np.uint8]:
    """Return the strips (N, 32, W) of the strings that the chosen images (N, K) make."""
    lefts = side_by_side(images, chosen, rng, gaps) + WINDOW // 2
    W = -(-(lefts.max() + images.shape[2] + WINDOW // 2) // STEP) * STEP
    return paste(images, chosen, middle_row(images, len(chosen)), lefts, WINDOW, int(W))


def string_windows(
    images: ArrayLike,
    labels: ArrayLike,
    rng: Seed = None,
    *,
    blank: int = 10,
    blanks: float = BLANKS,
    gaps: tuple[int, int] = GAPS,
) -> tuple[NDArray[np.uint8], NDArray]:
    """Return a window on a string for each image: uint8 (N, 28, 28) -> uint8 (N, 32, 32), and labels (N,).

    The digit is in the middle, up to NEAR pixels off it, and has random digits on both sides, with gaps as in
    `digit_strings`; at the ends of a string there is none on one side. In a share `blanks` of the windows no digit is
    near the middle: the middle of the window is between two digits or beyond the end, and the label is `blank`.
    A new call draws everything anew.
    Raises InputError for images of another dtype or number of axes, without ink, or with another number of labels.

    >>> from scratchnet import datasets
    >>> images, labels = datasets.load("mnist", "train")
    >>> windows, targets = datasets.string_windows(images[:100], labels[:100], rng=0)
    >>> windows.shape, int(targets.max())
    ((100, 32, 32), 10)
    """
    images, labels = expect_digits("string_windows", images, labels)
    rng, N = generator(rng), len(images)
    chosen = rng.integers(N, size=(N, 5))
    chosen[:, 2] = np.arange(N)
    lefts = side_by_side(images, chosen, rng, gaps)
    first, last = rng.random(N) < ENDS, rng.random(N) < ENDS
    chosen[first, :2] = chosen[last, 3:] = -1
    is_blank = rng.random(N) < blanks
    off = np.where(is_blank, beside(lefts - lefts[:, 2:3], first, last, rng), rng.integers(-NEAR, NEAR + 1, N))
    middle = lefts[:, 2] + images.shape[2] // 2 + off
    lefts = lefts - (middle - WINDOW // 2)[:, None]
    windows = paste(images, chosen, middle_row(images, N), lefts, WINDOW, WINDOW)
    return windows, np.where(is_blank, blank, labels)


def side_by_side(images: NDArray, chosen: NDArray, rng: np.random.Generator, gaps: tuple[int, int]) -> NDArray:
    """Return the column of each image's first pixel (N, K) in a row of images, where the ink of the first begins at 0.

    left[k + 1] = left[k] + end[k] + gap - begin[k + 1]
    """
    inked = images.max(axis=1) > 0  # which columns have ink
    begin, end = inked.argmax(axis=1), images.shape[2] - inked[:, ::-1].argmax(axis=1)
    gap = rng.integers(gaps[0], gaps[1] + 1, size=(len(chosen), chosen.shape[1] - 1))
    steps = end[chosen[:, :-1]] + gap - begin[chosen[:, 1:]]
    return np.cumsum(np.column_stack([-begin[chosen[:, 0]], steps]), axis=1)


def middle_row(images: NDArray, count: int) -> NDArray:
    """Return the row where the images begin, which is in the middle, `count` times."""
    return np.full(count, (WINDOW - images.shape[1]) // 2)


def beside(places: NDArray, first: NDArray, last: NDArray, rng: np.random.Generator) -> NDArray:
    """Return how far the middle of a blank window is from that of the digit: (N,), to the left or to the right.

    places: (N, 5), how far the five digits are from the one in the middle. The window is CLEAR of this digit and of
    its neighbour, or halfway between both if they are too near to each other. Where the string ends there, it goes
    as far as the digit can be seen, and farther.
    """
    N = len(places)
    left = rng.random(N) < 0.5
    distance = np.where(left, -places[:, 1], places[:, 3])
    distance[np.where(left, first, last)] = WINDOW
    room = distance - 2 * CLEAR + 1
    off = np.where(room > 0, CLEAR + np.floor(rng.random(N) * room), distance // 2).astype(int)
    return np.where(left, -off, off)


def expect_digits(what: str, images: ArrayLike, labels: ArrayLike) -> tuple[NDArray, NDArray]:
    """Return images and labels as arrays. Raise InputError unless they belong together and there is ink."""
    images, labels = check_images(what, images), np.asarray(labels)
    if labels.shape != (len(images),) or len(images) == 0:
        raise InputError(f"{what} expects a label for each image, got {len(images)} images and {labels.shape} labels.")
    if images.shape[1] > WINDOW:
        raise InputError(f"{what} expects images of at most {WINDOW} rows, got {images.shape[1]}.")
    if not images.any(axis=(1, 2)).all():
        raise InputError(f"{what} expects ink on every image, got {np.count_nonzero(~images.any(axis=(1, 2)))} blank.")
    return images, labels
