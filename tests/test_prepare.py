"""Any picture of a digit becomes what MNIST has, and a picture without one is told apart."""

import io

import numpy as np
import pytest
from matplotlib import font_manager
from PIL import Image, ImageDraw, ImageFont

from scratchnet import DataError, InputError, datasets, predict
from scratchnet.cli import main
from scratchnet.datasets.letters import looks_like_a_letter
from scratchnet.datasets.pictures import read_digit
from scratchnet.datasets.prepare import find_digit, prepare
from scratchnet.metrics import confusion_matrix, top_k_error
from scratchnet.models import lenet5, tutorial_28
from scratchnet.runs.doubt import doubt, limits


@pytest.fixture(scope="module")
def digits8():
    return datasets.load("mnist", "train")[0][:60]


def photo(digit, rng, times=4, margin=20):
    """Dark on bright paper, unevenly lit, with noise."""
    ink = np.asarray(Image.fromarray(digit).resize((28 * times,) * 2, Image.Resampling.BICUBIC)) / 255
    ink = np.pad(ink, margin)
    y, x = np.mgrid[-1 : 1 : ink.shape[0] * 1j, -1 : 1 : ink.shape[1] * 1j]
    paper = 180 + 40 * x - 25 * y + 10 * x * y
    return np.clip(paper * (1 - 0.75 * ink) + rng.normal(0, 5, ink.shape), 0, 255).astype(np.uint8)


def cropped(digit):
    rows, columns = np.flatnonzero(digit.any(axis=1)), np.flatnonzero(digit.any(axis=0))
    return digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def on_canvas(digit, rng):
    side = int(rng.integers(90, 250))
    large = np.asarray(Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC))
    canvas = np.zeros((300, 300), np.uint8)
    top, left = rng.integers(0, 300 - side, 2)
    canvas[top : top + side, left : left + side] = large
    return canvas


def black_ink(digit):
    pixels = np.zeros((28, 28, 4), np.uint8)
    pixels[..., 3] = digit
    return Image.fromarray(pixels)


CHANGES = {
    "nothing": lambda d, rng: d,
    "inverted": lambda d, rng: 255 - d,
    "cropped": lambda d, rng: cropped(d),
    "cropped and inverted": lambda d, rng: 255 - cropped(d),
    "off-centre": lambda d, rng: np.roll(d, (int(rng.integers(-4, 4)), int(rng.integers(-4, 4))), (0, 1)),
    "grey on grey": lambda d, rng: (110 + d * 0.5).astype(np.uint8),
    "black ink on transparency": lambda d, rng: black_ink(d),
    "white ink on transparency": lambda d, rng: Image.merge("LA", [Image.new("L", (28, 28), 255), Image.fromarray(d)]),
    "colour": lambda d, rng: np.stack([d, d, d], axis=-1),
    "one channel first": lambda d, rng: d[None],
    "floats": lambda d, rng: d / 255,
    "floats to 255": lambda d, rng: d.astype(float),
    "zeros and ones": lambda d, rng: (d > 100).astype(int),
    "booleans": lambda d, rng: d > 100,
    "16 bits": lambda d, rng: d.astype(np.uint16) * 257,
    "palette": lambda d, rng: Image.fromarray(d).convert("P"),
    "CMYK": lambda d, rng: Image.fromarray(d).convert("RGB").convert("CMYK"),
    "one bit": lambda d, rng: Image.fromarray(d).convert("1"),
    "32 bits": lambda d, rng: Image.fromarray(d.astype(np.int32)),
    "canvas": on_canvas,
    "photo": photo,
    "large photo": lambda d, rng: photo(d, rng, 30, 200),
}


LONG = {"large photo": pytest.mark.planted}  # half a minute


@pytest.mark.parametrize("name", [pytest.param(name, marks=LONG.get(name, ())) for name in CHANGES])
def test_every_change_is_taken_back(name, digits8, rng):
    """The picture is nearly the digit again: as near as a shift by a pixel or another thickness allows."""
    near = []
    for digit in digits8:
        got = prepare(CHANGES[name](digit, rng))
        assert got.shape == (28, 28) and got.dtype == np.uint8 and got.max() == 255
        near.append(np.corrcoef(got.ravel(), digit.ravel())[0, 1])
    assert np.median(near) > 0.9 and np.mean(np.array(near) > 0.6) > 0.95
    if name in ("nothing", "inverted", "floats", "colour", "one channel first", "black ink on transparency"):
        assert np.median(near) > 0.995


def test_the_ink_is_in_the_middle_and_20_pixels_long(digits8, rng):
    for digit in digits8:
        got = prepare(photo(digit, rng)).astype(float)
        rows, columns = np.flatnonzero(got.any(axis=1)), np.flatnonzero(got.any(axis=0))
        assert max(rows[-1] - rows[0], columns[-1] - columns[0]) + 1 == 20
        for axis in (0, 1):
            assert abs(np.average(np.arange(28), weights=got.sum(axis=1 - axis)) - 14) <= 0.5


@pytest.mark.parametrize("turn", range(1, 9))
def test_a_cameras_orientation_is_followed(turn, tmp_path, digits8):
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # orientation: the transpose of Pillow that it undoes
    ways = [Image.Transpose.FLIP_LEFT_RIGHT, Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.ROTATE_90,
            Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270, Image.Transpose.TRANSPOSE,
            Image.Transpose.TRANSVERSE]  # fmt: skip
    picture = Image.fromarray(digits8[0]).resize((140, 140))
    stored = picture.transpose(ways[back[turn]]) if turn > 1 else picture
    exif = Image.Exif()
    exif[274] = turn
    stored.save(tmp_path / "a.jpg", exif=exif, quality=95)
    got = prepare(tmp_path / "a.jpg")
    assert np.corrcoef(got.ravel(), prepare(picture).ravel())[0, 1] > 0.98


def noise(rng):
    return rng.integers(0, 256, (28, 28)).astype(np.uint8)


def salt(rng):
    return np.where(rng.random((60, 60)) < 0.1, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda rng: np.zeros((28, 28), np.uint8), "is blank: it is all black"),
        (lambda rng: np.full((100, 80, 3), 255, np.uint8), "is blank"),
        (lambda rng: rng.integers(0, 2, (28, 28)).astype(np.uint8) + 100, "is blank"),
        (
            lambda rng: np.clip(rng.normal(180, 15, (120, 120)), 0, 255).astype(np.uint8),
            "noise and nothing else|small marks and no large one",
        ),
        (salt, "small marks and no large one"),
        (lambda rng: np.full((5, 5), np.nan), "NaN or infinity"),
        (lambda rng: np.full((5, 5), -3.0), "from 0 to 255"),
        (lambda rng: np.zeros((5, 5, 7), np.uint8), r"got an array of shape \(5, 5, 7\)"),
        (lambda rng: np.zeros(5, np.uint8), r"got an array of shape \(5,\)"),
        (lambda rng: np.array([["a"]]), "expected numbers"),
    ],
)
def test_a_picture_without_ink_gets_a_sentence(make, words, rng):
    with pytest.raises(InputError, match=words):
        prepare(make(rng))


def test_two_digits_side_by_side_are_noticed(digits8):
    pairs = [np.concatenate([a, b], axis=1) for a, b in zip(digits8[::2], digits8[1::2])]
    assert sum("two digits" in find_digit(pair)[1] for pair in pairs) >= 0.9 * len(pairs)
    assert sum("two digits" in find_digit(digit)[1] for digit in digits8) == 0


FILES = {
    "lfs": (b"version https://git-lfs.github.com/spec/v1\noid sha256:12\n", "pointer of Git LFS"),
    "html": (b"<!DOCTYPE html><html><body>404</body></html>", "a web page, not a picture"),
    "pdf": (b"%PDF-1.5\n%", "a PDF"),
    "empty": (b"", "cannot be read as a picture"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_something_else_is_named(name, tmp_path):
    path = tmp_path / "digit.png"
    path.write_bytes(FILES[name][0])
    for read in (prepare, read_digit):
        with pytest.raises(InputError, match=FILES[name][1]):
            read(path)


def test_a_decompression_bomb_is_refused_by_its_header(tmp_path):
    large = io.BytesIO()
    Image.new("1", (20000, 20000)).save(large, "PNG")
    (tmp_path / "bomb.png").write_bytes(large.getvalue())
    with pytest.raises(InputError, match=r"20000 x 20000 pixels|cannot be read"):
        prepare(tmp_path / "bomb.png")


def test_read_digit_takes_zeros_and_ones_and_cmyk(tmp_path, digits8):
    np.save(tmp_path / "a.npy", (digits8[0] > 100).astype(np.uint8))
    assert np.array_equal(read_digit(tmp_path / "a.npy"), 255 * (digits8[0] > 100))
    Image.fromarray(digits8[0]).convert("RGB").convert("CMYK").save(tmp_path / "a.jpg", quality=100)
    assert np.abs(read_digit(tmp_path / "a.jpg").astype(int) - digits8[0]).mean() < 5


# Data that are something else than they should be.


def test_data_that_are_something_else(tmp_path):
    for name, words in (("lfs", "pointer of Git LFS"), ("html", "a web page, not data")):
        (tmp_path / "train-images-idx3-ubyte").write_bytes(FILES[name][0])
        with pytest.raises(DataError, match=words):
            datasets.load("mnist", "train", folder=tmp_path)


def sign(text, size=90, turn=0):
    page = Image.new("L", (160, 160), 255)
    font = ImageFont.truetype(font_manager.findfont("DejaVu Sans"), size)
    ImageDraw.Draw(page).text((40, 20), text, font=font, fill=0)
    return page.rotate(turn, fillcolor=255)


def test_letters_are_noticed_and_printed_digits_are_not():
    """DejaVu Sans is not among the fonts that the network of letters.py was trained on."""
    letters = [sign(text, size) for text in "AEFHKLMNPRTVWXYekwx" for size in (40, 100)]
    assert sum("a letter" in find_digit(letter)[1] for letter in letters) >= 0.9 * len(letters)
    digits = [sign(text, size, turn) for text in "0123456789" for size in (40, 100) for turn in (-8, 8)]
    assert sum("a letter" in find_digit(digit)[1] for digit in digits) <= 1


def test_right_digits_are_hardly_ever_called_letters():
    assert looks_like_a_letter(datasets.load("mnist", "test")[0][:2000]).mean() <= 0.005


def idx(array):
    return bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape) + array.tobytes()


def test_files_named_with_a_dot_and_sizes_that_were_not_promised(tmp_path, digits8):
    (tmp_path / "train-images.idx3-ubyte").write_bytes(idx(digits8))
    (tmp_path / "train-labels.idx1-ubyte").write_bytes(idx(np.zeros(60, np.uint8)))
    assert np.array_equal(datasets.load("mnist", "train", folder=tmp_path)[0], digits8)
    (tmp_path / "train-images.idx3-ubyte").write_bytes(idx(digits8[:, :20]))
    with pytest.raises(DataError, match="28 x 28 pixels, got 20 x 28"):
        datasets.load("mnist", "train", folder=tmp_path)


def test_labels_below_0_and_images_of_zeros_and_ones():
    with pytest.raises(InputError, match="labels should be from 0 to 9, got -1"):
        confusion_matrix([-1, 3], [1, 2])
    with pytest.raises(InputError, match="labels should be from 0 to 2, got -1"):
        top_k_error([-1], np.zeros((1, 3)), 1)
    with pytest.raises(InputError, match="Multiply the images by 255"):
        datasets.grey(np.eye(28, dtype=np.uint8)[None])
    with pytest.raises(InputError, match=r"images\.astype\(np\.uint8\)"):
        datasets.paper_input(255 * np.eye(28, dtype=int)[None])
    for call in (lambda x: datasets.normalise(x, 0.1, 0), lambda x: datasets.grey(x, 0, np.nan)):
        with pytest.raises(InputError, match="finite"):
            call(np.zeros((1, 28, 28), np.uint8))


# The answer doubts.


def test_the_limits_leave_one_right_answer_in_a_thousand(rng):
    for net in (lenet5(0), tutorial_28(0)):
        scores, labels = rng.normal(size=(5000, 10)), rng.integers(0, 10, 5000)
        scores[np.arange(4000), labels[:4000]] += 9
        limit = limits(net, scores, labels)
        right = scores.argmax(axis=1) == labels
        doubted = [bool(doubt(net, row, limit, tuple("0123456789"))) for row in scores[right]]
        assert 0.0005 < np.mean(doubted) < 0.004
        assert limits(net, scores, scores.argmin(axis=1)) == {} and doubt(net, scores[0], {}, ()) == ""


def test_predict_on_the_command_line(small, tmp_path, monkeypatch, capsys, digits8):
    monkeypatch.chdir(tmp_path)
    assert main(["train", "--recipe", "tutorial-28", "--quick", "--epochs", "12"]) == 0
    model = "runs/tutorial-28-quick/last.npz"
    Image.fromarray(255 - digits8[1]).resize((200, 200)).save("dark.png")
    Image.new("L", (50, 50), 255).save("blank.png")
    picture = Image.new("L", (200, 120), 255)
    ImageDraw.Draw(picture).line([(20, 100), (60, 20), (80, 100)], fill=0, width=9)
    ImageDraw.Draw(picture).line([(120, 100), (150, 20), (180, 100)], fill=0, width=9)
    picture.save("two.png")
    capsys.readouterr()
    assert main(["predict", model, "blank.png", "dark.png", "missing.png", "two.png"]) == 2, "one bad file of four"
    out, err = capsys.readouterr()
    assert "blank.png is blank" in err and "no file missing.png" in err
    assert "dark.png: " in out and "two.png: " in out and "perhaps two digits" in out and out.count("@@") > 20
    assert main(["predict", model, "--as-is", "dark.png"]) == 2
    assert "expected 28 x 28 pixels" in capsys.readouterr().err


def test_predict_answers_no_scores_that_are_not_finite(tmp_path, monkeypatch, capsys, digits8):
    monkeypatch.chdir(tmp_path)
    net = tutorial_28(0)
    net["C3"].W[:], net["F6"].W[:] = 1e30, 1e30
    net.save("large.npz", '{"recipe": "tutorial-28", "data": "mnist"}')
    Image.fromarray(digits8[0]).save("digit.png")
    for command in (["predict", "large.npz", "digit.png"], ["eval", "large.npz"]):
        assert main(command) == 1
        out, err = capsys.readouterr()
        assert "scores are not finite" in err and "nan" not in out
    assert predict(lenet5(0), datasets.paper_input(digits8[:2]))[0].shape == (2,)
