"""What `predict` makes of pictures: digits changed in many ways, and pictures without a digit.

    python benchmarks/pictures.py runs/paper/last.npz [train]

It takes 1,000 test digits (or training digits, on which the preparation was chosen). It prints, for each change, the
percent read wrong, and for the right answers and for pictures without a digit the percent that is doubted or refused.
"""

import string
import sys
from pathlib import Path

import numpy as np
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from scratchnet import InputError, datasets, predict
from scratchnet.datasets.prepare import find_digit
from scratchnet.runs.doubt import doubt
from scratchnet.runs.model_file import limits_in, load_model

NAMES = datasets.class_names("mnist")


def enlarged(digit, side):
    return np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC))


def photo(digit, rng, times=4):
    """Dark ink on bright paper with uneven light, a margin and noise."""
    ink = np.pad(enlarged(digit, 28 * times) / 255, int(rng.integers(0, 10)) * times)
    y, x = np.mgrid[-1 : 1 : ink.shape[0] * 1j, -1 : 1 : ink.shape[1] * 1j]
    turn, slope = rng.uniform(0, 2 * np.pi), rng.uniform(0, 60)
    paper = rng.uniform(150, 230) + slope * (np.cos(turn) * x + np.sin(turn) * y) + rng.uniform(-20, 20) * (x**2 + y**2)
    grey = paper * (1 - ink) + ink * rng.uniform(20, 70) * paper / 200
    return np.clip(grey + rng.normal(0, rng.uniform(2, 10), ink.shape), 0, 255).astype(np.uint8)


def cropped(digit, rng):
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    return digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def placed(ink, side, rng):
    page = np.zeros((side, side), np.uint8)
    top, left = (int(rng.integers(0, side - n + 1)) for n in ink.shape)
    page[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return page


def transparent(digit, rng):
    pixels = np.zeros((28, 28, 4), np.uint8)
    pixels[..., 3] = digit
    return Image.fromarray(pixels)


CHANGES = {
    "prepared as it is": lambda d, rng: d,
    "photo of 28 pixels": lambda d, rng: photo(d, rng, 1),
    "photo of 112 pixels": photo,
    "photo of 280 pixels": lambda d, rng: photo(d, rng, 10),
    "cropped to the ink": cropped,
    "inverted": lambda d, rng: 255 - d,
    "cropped, inverted": lambda d, rng: 255 - cropped(d, rng),
    "off-centre": lambda d, rng: placed(cropped(d, rng), 28, rng),
    "canvas of 300 pixels": lambda d, rng: 255 - placed(enlarged(d, int(rng.integers(80, 260))), 300, rng),
    "black on transparency": transparent,
}


def letter(rng, digits):
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), int(rng.integers(30, 150)))
    page = Image.new("L", (220, 220), 255)
    ImageDraw.Draw(page).text((40, 20), str(rng.choice(list(string.ascii_letters))), font=font, fill=0)
    return np.asarray(page)


NO_DIGITS = {
    "blank page": lambda rng, digits: np.clip(rng.normal(230, rng.uniform(0, 3), (150, 100)), 0, 255).astype(np.uint8),
    "noise": lambda rng, digits: rng.integers(0, 256, (28, 28)).astype(np.uint8),
    "two digits": lambda rng, digits: np.concatenate(list(digits[rng.integers(0, len(digits), 2)]), axis=1),
    "letter": letter,
}


def answers(net, recipe, limit, pictures):
    """Return the classes (-1: refused) and whether each answer is doubted."""
    classes, doubted = [], []
    for picture in pictures:
        try:
            pixels, sentence = find_digit(picture)
        except InputError:
            classes.append(-1)
            doubted.append(True)
            continue
        (best,), (scores,) = predict(net, recipe.prepare(pixels[None], "test"))
        classes.append(best)
        doubted.append(bool(sentence or doubt(net, scores, limit, NAMES)))
    return np.array(classes), np.array(doubted)


def main():
    path = Path(sys.argv[1])
    (net, recipe, data), limit = load_model(path), limits_in(path)
    rng = np.random.default_rng(0)
    images, labels = datasets.load(data, "train" if "train" in sys.argv else "test")
    chosen = rng.permutation(len(images))[:1000]
    images, labels = images[chosen], labels[chosen]
    print(f"untouched: {100 * np.mean(predict(net, recipe.prepare(images, 'test'))[0] != labels):.1f} % wrong")
    print(f"{'change':24}{'wrong %':>9}{'right, doubted %':>18}")
    for name, change in CHANGES.items():
        classes, doubted = answers(net, recipe, limit, [change(digit, rng) for digit in images])
        right = classes == labels
        print(f"{name:24}{100 * np.mean(~right):9.1f}{100 * np.mean(doubted[right]):18.1f}")
    print(f"\n{'no digit, 50 of each':24}{'doubted or refused %':>22}")
    for name, make in NO_DIGITS.items():
        _, doubted = answers(net, recipe, limit, [make(rng, images) for _ in range(50)])
        print(f"{name:24}{100 * np.mean(doubted):22.1f}")


if __name__ == "__main__":
    main()
