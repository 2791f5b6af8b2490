"""Train the network that tells digits from letters, and measure it on a font that it has not seen.

    python benchmarks/letters.py [FILE]

It draws letters, signs and digits in the fonts of Matplotlib, plain and distorted, prepares them as `predict` does, and
trains on them and on MNIST's training digits. Its threshold is such that 0.2 % of 10,000 held-out digits are called
letters. FILE: where the network is written; that of the package is scratchnet/datasets/letters.npz.
"""

import string
import sys
from pathlib import Path

import matplotlib
import numpy as np
from pictures import CHANGES
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from scratchnet import Adam, CrossEntropyLoss, InputError, datasets, fit, predict
from scratchnet.datasets.letters import as_input, digit_or_letter
from scratchnet.datasets.prepare import digit_in

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
SEEN = (
    *("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta", "cmr10", "cmss10", "cmtt10", "cmb10"),
    *("cmti10", "DejaVuSerif", "DejaVuSerif-Italic", "DejaVuSerif-Bold", "DejaVuSansMono", "DejaVuSansMono-Bold"),
)
UNSEEN = ("DejaVuSans",)
DIGITS, LETTERS = list(string.digits), list(string.ascii_letters)
SIGNS = [sign for sign in [*LETTERS, *"?&#@%$+*"] if sign not in "IlOo"]  # these four are digits as well
SHARE = 0.2  # percent of the digits that are called letters


def drawn(sign, font, rng, margin=14):
    """Return a sign, bright on black, close to the border."""
    font = ImageFont.truetype(str(FONTS / f"{font}.ttf"), int(rng.integers(24, 90)))
    left, top, right, bottom = font.getbbox(sign)
    page = Image.new("L", (right - left + 2 * margin, bottom - top + 2 * margin))
    ImageDraw.Draw(page).text((margin - left, margin - top), sign, font=font, fill=255)
    return page


def distorted(page, rng):
    """Change the width of the strokes, and squeeze, shear and turn the page."""
    stroke = int(rng.integers(1, 4))
    page = Image.fromarray(ndimage.grey_dilation(np.asarray(page), stroke))
    width, height = (max(12, int(side * rng.uniform(0.7, 1.35))) for side in page.size)
    shear = rng.uniform(-0.3, 0.3)
    page = page.resize((width, height), Image.Resampling.BILINEAR)
    page = page.transform(
        page.size, Image.Transform.AFFINE, (1, shear, -shear * height / 2, 0, 1, 0), Image.Resampling.BILINEAR
    )
    return page.rotate(rng.uniform(-12, 12), expand=True, resample=Image.Resampling.BILINEAR)


def signs(n, which, fonts, rng, distort=None):
    """Return n prepared pictures of signs, and the signs. distort: the share that is distorted."""
    pixels, names = [], []
    while len(pixels) < n:
        sign = str(rng.choice(which))
        page = drawn(sign, str(rng.choice(fonts)), rng)
        page = distorted(page, rng) if distort and rng.random() < distort else page
        add_prepared(page, pixels, names, sign)
    return np.array(pixels), np.array(names)


def add_prepared(picture, pixels, names, name):
    try:
        one, doubt = digit_in(picture)
    except InputError:
        return
    if not doubt:
        pixels.append(one)
        names.append(name)


def photographs(images, rng):
    pixels = []
    for i, image in enumerate(images):
        add_prepared(list(CHANGES.values())[i % len(CHANGES)](image, rng), pixels, [], "")
    return np.array(pixels)


def letter_score(net, pixels):
    _, scores = predict(net, as_input(pixels))
    return scores[:, 1] - scores[:, 0]


def main():
    rng = np.random.default_rng(0)
    images, _ = datasets.load("mnist", "train")
    mnist, held_out = images[:50_000], images[50_000:]
    letters, _ = signs(22_000, SIGNS, SEEN, rng, distort=0.5)
    printed, _ = signs(8_000, DIGITS, SEEN, rng, distort=0.5)
    photos = photographs(mnist[:4_000], rng)
    digits = np.concatenate([mnist, photos, photos, printed])
    x = as_input(np.concatenate([digits, letters]))
    labels = np.repeat([0, 1], [len(digits), len(letters)])
    net = digit_or_letter(rng)
    for lr, epochs in ((1e-3, 4), (3e-4, 4), (1e-4, 3)):
        options = {"batch_size": 64, "rng": rng, "constant_order": False, "train_error": False}
        fit(net, CrossEntropyLoss(), Adam(net, lr), (x, labels), epochs=epochs, **options)
    net["F6"].b[1] -= np.percentile(letter_score(net, held_out), 100 - SHARE)

    test, _ = datasets.load("mnist", "test")
    unseen, names = signs(1_000, LETTERS, UNSEEN, rng)
    rows = {
        "digits held out": held_out,
        "digits of the test set": test,
        "photographs of digits": photographs(images[50_000:51_000], rng),
        "printed digits, font not seen": signs(500, DIGITS, UNSEEN, rng)[0],
        "letters, fonts seen": letters,
        "letters, font not seen": unseen,
    }
    for name, pixels in rows.items():
        print(f"{name:32}{100 * np.mean(letter_score(net, pixels) > 0):6.2f} % are called letters")
    print("letters not found:", "".join(sorted(names[letter_score(net, unseen) <= 0])))
    if len(sys.argv) > 1:
        net.save(sys.argv[1], "digits and letters, benchmarks/letters.py")


if __name__ == "__main__":
    main()
