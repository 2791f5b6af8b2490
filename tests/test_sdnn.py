"""The space displacement network: every position is the plain network; the grammar finds the cheapest string."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from scratchnet import InputError, ModelError, kernels
from scratchnet.cli import main
from scratchnet.cli.reading_strings import doubts
from scratchnet.datasets import digit_strings, load, prepare_string, string_windows
from scratchnet.datasets.lines import line_in
from scratchnet.datasets.strings import CLEAR, NEAR, strips_of
from scratchnet.experiments.experiment import Plan
from scratchnet.experiments.reading import as_input, outputs, reader, strings_task, windows
from scratchnet.experiments.sdnn import digit_error, whole_strings
from scratchnet.metrics import edit_distance
from scratchnet.models import (
    DIGIT_CODES,
    STRING_CODES,
    lenet5,
    paper_softmax,
    read_string,
    space_displacement,
    string_lenet5,
    tutorial_28,
    with_blank,
)
from scratchnet.models.displacement import between_codes
from scratchnet.runs.model_file import load_reader


@pytest.fixture(scope="module")
def some():
    return tuple(part[:500] for part in load("mnist", "train"))


# The network.


@pytest.mark.parametrize("codes", [DIGIT_CODES, STRING_CODES])
@pytest.mark.parametrize("width", [32, 36, 60, 96])
def test_every_position_is_the_plain_network_on_its_window(codes, width):
    rng = np.random.default_rng(width)
    net = (string_lenet5 if codes is STRING_CODES else lenet5)(rng, np.float64)
    x = rng.normal(size=(3, 1, 32, width))
    y = space_displacement(net, x)
    assert y.shape == (3, len(codes), (width - 32) // 4 + 1)
    for k in range(y.shape[2]):
        assert np.abs(y[:, :, k] - net(np.ascontiguousarray(x[:, :, :, 4 * k : 4 * k + 32]))).max() < 1e-12


def test_it_takes_the_dtype_of_its_input():
    x = np.zeros((1, 1, 32, 40), np.float32)
    assert space_displacement(lenet5(0), x).dtype == np.float32


@pytest.mark.parametrize(
    "shape, words",
    [
        ((1, 1, 32, 28), "at least 32"),
        ((1, 1, 32, 34), "a multiple of 4, got 34"),
        ((1, 1, 28, 64), r"\(N, 1, 32, W\), got \(1, 1, 28, 64\)"),
        ((1, 32, 64), r"got \(1, 32, 64\)"),
    ],
)
def test_a_strip_that_has_no_whole_positions(shape, words):
    with pytest.raises(InputError, match=words):
        space_displacement(lenet5(0), np.zeros(shape, np.float32))


@pytest.mark.parametrize("net", [tutorial_28(0), paper_softmax(0), None, lenet5(0)["C1"]])
def test_another_network_gets_a_sentence(net):
    with pytest.raises(InputError, match="space_displacement expects"):
        space_displacement(net, np.zeros((1, 1, 32, 64), np.float32))


def test_the_blank_is_the_space_of_fig_3():
    assert np.array_equal(STRING_CODES[:10], DIGIT_CODES) and (STRING_CODES[10] == -1).all()
    ink = (DIGIT_CODES > 0).sum(axis=1)
    assert np.array_equal(((STRING_CODES[10] - DIGIT_CODES) ** 2).sum(axis=1), 4 * ink)
    assert between_codes() == ((DIGIT_CODES[6] - DIGIT_CODES[8]) ** 2).sum() < 4 * ink.min()


# The grammar.


def allowed(path, blank):
    return all(a == b or blank in (a, b) for a, b in itertools.pairwise(path))


def string_of(path, blank):
    return tuple(c for c, _ in itertools.groupby(path) if c != blank)


@given(
    st.tuples(st.integers(2, 4), st.integers(1, 5)).flatmap(
        lambda shape: arrays(float, shape, elements=st.integers(0, 50))
    ),
    st.integers(-5, 20),
)
def test_the_path_is_the_cheapest_of_all(y, begin):
    blank, positions = len(y) - 1, np.arange(y.shape[1])
    costs = {
        path: y[path, positions].sum() + begin * len(string_of(path, blank))
        for path in itertools.product(range(len(y)), repeat=y.shape[1])
        if allowed(path, blank)
    }
    read = read_string(y, begin)
    path = tuple(map(int, read.path))
    assert read.cost == min(costs.values()) == costs[path]
    assert read.string == string_of(path, blank) and len(read.places) == len(read.string)
    assert all(path[place] == character for place, character in zip(read.places, read.string))


def test_a_piece_of_a_four_is_no_one():
    """A wrong 1 beside a 4 is removed by the grammar."""
    y = np.full((11, 6), 90.0)
    y[10, [0, 1, 4, 5]] = y[4, 2] = 5
    y[1, 3], y[10, 3] = 15, 25  # the right part of the 4
    assert read_string(y).text == "4"
    assert read_string(y).places == (2,)
    y[10, 3] = 200  # the grammar still forbids it: now the 4 goes on
    assert read_string(y).text == "4"


def test_equal_digits_need_a_blank_between():
    y = np.full((11, 5), 90.0)
    y[1] = [2, 1, 80, 2, 2]
    y[10, 2] = 3
    assert read_string(y).text == "11" and read_string(y).places == (1, 3)
    y[1, 2], y[10, 2] = 3, 80
    assert read_string(y).text == "1"


@pytest.mark.parametrize(
    "y", [np.zeros(3), np.zeros((1, 4)), np.zeros((3, 0)), np.full((3, 2), np.nan), np.array([["a"]])]
)
def test_penalties_that_make_no_string(y):
    with pytest.raises(InputError, match="read_string expects finite penalties"):
        read_string(y)
    with pytest.raises(InputError, match="begin"):
        read_string(np.zeros((3, 2)), np.inf)


@given(st.text("012", max_size=5), st.text("012", max_size=5))
def test_edit_distance(a, b):
    def recursive(a, b):
        if not a or not b:
            return len(a) + len(b)
        return min(recursive(a[1:], b) + 1, recursive(a, b[1:]) + 1, recursive(a[1:], b[1:]) + (a[0] != b[0]))

    assert edit_distance(a, b) == recursive(a, b) == edit_distance(list(b), list(a))


# The data.


def test_strings_keep_their_gaps(some):
    images, _ = some
    inked = images.any(axis=1)
    width = 28 - inked[:, ::-1].argmax(axis=1) - inked.argmax(axis=1)
    for gap in (2, 4):
        chosen = np.random.default_rng(gap).integers(len(images), size=(20, 3))
        strips = strips_of(images, chosen, np.random.default_rng(0), (gap, gap))
        assert strips.shape[1] == 32 and strips.shape[2] % 4 == 0
        columns = strips.any(axis=1)
        first, last = columns.argmax(axis=1), columns.shape[1] - columns[:, ::-1].argmax(axis=1)
        assert (first == 16).all() and (last <= strips.shape[2] - 16).all()
        assert np.array_equal(last - first, width[chosen].sum(axis=1) + 2 * gap)


def test_gaps_go_from_minus_1_to_4(some):
    images, _ = some
    lefts = [
        strips_of(images[:1], np.zeros((1, 2), int), np.random.default_rng(seed)).any(axis=(0, 1)).sum()
        for seed in range(200)
    ]
    ink = images[0].any(axis=0).sum()
    assert set(lefts) == {2 * ink - 1, *[2 * ink] * 5}


def test_digit_strings_say_what_is_written(some):
    strips, strings = digit_strings(*some, count=7, length=5, rng=1)
    assert strips.dtype == np.uint8 and strings.shape == (7, 5) and strips.shape[0] == 7
    again, _ = digit_strings(*some, count=7, length=5, rng=1)
    assert np.array_equal(strips, again)


def test_a_digit_window_has_its_digit_near_the_middle(some):
    images, labels = some
    pixels, targets = string_windows(images, labels, 0, blanks=0.0)
    assert np.array_equal(targets, labels) and pixels.shape == (500, 32, 32)
    offsets = set()
    for image, window in zip(images, pixels):
        padded = np.zeros((32, 32 + 2 * NEAR), np.uint8)
        padded[2:30, 2 + NEAR : 30 + NEAR] = image
        fits = [o for o in range(2 * NEAR + 1) if (window >= padded[:, o : o + 32]).all()]
        assert fits
        offsets |= {fits[0]} if len(fits) == 1 else set()
    assert offsets == set(range(2 * NEAR + 1)), "and at every place"


def test_a_blank_window_is_clear_of_digits():
    """Of one slim digit with gaps of 20 pixels: a column within CLEAR of the middle has no ink, where there is room."""
    images = np.zeros((300, 28, 28), np.uint8)
    images[:, 4:24, 14] = 255
    pixels, targets = string_windows(images, np.ones(300, int), 0, blanks=1.0, gaps=(20, 20))
    assert (targets == 10).all()
    assert not pixels[:, :, 16 - CLEAR + 1 : 16 + CLEAR].any()
    assert pixels[:, :, 16 - CLEAR].any() and pixels[:, :, 16 + CLEAR].any()
    assert 0 < np.count_nonzero(~pixels.any(axis=(1, 2))) < 150, "beyond an end, there may be no ink at all"


def test_the_shares_of_blanks_and_the_epochs(some):
    _, targets = string_windows(*some, 0)
    assert 0.2 < (targets == 10).mean() < 0.4
    first, second = windows(*some, epoch=0, seed=0), windows(*some, epoch=1, seed=0)
    assert first[0].shape == (500, 1, 32, 32) and not np.array_equal(first[0], second[0])
    assert np.array_equal(first[0], windows(*some, epoch=0, seed=0)[0])


@pytest.mark.parametrize(
    "images, labels, words",
    [
        (np.zeros((2, 28, 28), np.uint8), [1, 2], "ink on every image, got 2 blank"),
        (np.full((2, 28, 28), 255, np.uint8), [1], "a label for each image"),
        (np.full((2, 40, 28), 255, np.uint8), [1, 2], "at most 32 rows"),
        (np.ones((2, 28, 28)), [1, 2], "uint8"),
    ],
)
def test_data_that_make_no_string(images, labels, words):
    with pytest.raises(InputError, match=words):
        digit_strings(images, labels, 1, 1, 0)
    with pytest.raises(InputError, match=words):
        string_windows(images, labels, 0)


def test_paste_cuts_off_and_keeps_the_brighter():
    images = np.array([[[9, 9]], [[5, 5]]], np.uint8)
    picture = kernels.paste(images, np.array([[0, 1, -1]]), np.array([1]), np.array([[-1, 0, 1]]), 2, 3)
    assert picture.tolist() == [[[0, 0, 0], [9, 5, 0]]]
    for chosen, tops in (([[2]], [0]), ([[-2]], [0]), ([[0]], [0, 1])):
        with pytest.raises(InputError, match="paste expects"):
            kernels.paste(images, np.array(chosen), np.array(tops), np.array([[0]]), 2, 3)


# A picture, and the command.


@pytest.fixture(scope="module")
def trained(some, tmp_path_factory):
    """A folder with a network that was trained for a moment."""
    task = strings_task(Plan(1, tiny=True), 0)
    result = task.function(**(task.arguments | {"images": 4000, "epochs": 4, "strings": 30}))
    net, folder = reader(result), tmp_path_factory.mktemp("sdnn")
    about = {"recipe": "paper", "data": "mnist", "blank": True, "doubt": result["doubt"]}
    net.save(folder / "sdnn.npz", json.dumps(about))
    lenet5(0).save(folder / "plain.npz")
    tutorial_28(0).save(folder / "tutorial.npz", json.dumps({"recipe": "tutorial-28", "data": "mnist"}))
    return folder, net, result


def test_a_short_training_reads_most_digits(trained):
    _, net, result = trained
    assert digit_error(result, "clean", 5) < 60 and whole_strings(result, "clean", 3) > 5
    strips, _ = digit_strings(*load("mnist", "test"), 20, 3, 0)
    y = outputs(net, strips)
    assert y.shape[:2] == (20, 11) and np.allclose(y[3], space_displacement(net, as_input(strips[3:4]))[0], rtol=1e-4)


def picture_of(digits, some, folder):
    """Draw the digits, dark on bright, three times as large, and return the path and the strip."""
    images, labels = some
    chosen = np.array([[np.flatnonzero(labels == int(c))[0] for c in digits]])
    strip = strips_of(images, chosen, np.random.default_rng(0), (2, 2))[0]
    Image.fromarray(230 - np.kron(strip, np.ones((3, 3), np.uint8)) // 2).save(folder / f"{digits}.png")
    return folder / f"{digits}.png", strip


def test_a_picture_becomes_the_strip(some, tmp_path):
    path, strip = picture_of("2345", some, tmp_path)
    found = prepare_string(path)
    assert found.dtype == np.uint8 and found.shape[0] == 32 and found.shape[1] % 4 == 0
    assert abs(found.shape[1] - strip.shape[1]) <= 12
    assert not found[:, :16].any() and not found[:, -16:].any() and found[:, 16].any()
    heights = np.flatnonzero(found.any(axis=1))
    assert 18 <= heights[-1] - heights[0] + 1 <= 28


def test_two_lines_are_doubted():
    page = np.full((200, 300), 255, np.uint8)
    page[20:60, 20:280:30] = page[120:160, 20:280:30] = 0
    assert "two lines" in line_in(page)[1]
    assert line_in(page[:100])[1] == ""


@pytest.mark.parametrize(
    "page, words",
    [
        (np.full((50, 200), 255, np.uint8), "is blank"),
        (np.pad(np.zeros((2, 100), np.uint8), 2, constant_values=255), "too small for a string: 104 x 6 pixels"),
        (np.pad(np.zeros((3, 400), np.uint8), 50, constant_values=255), "a long stroke and no digit"),
    ],
)
def test_pictures_without_a_string(page, words):
    with pytest.raises(InputError, match=words):
        prepare_string(page)


def test_predict_reads_a_string(trained, some, capsys):
    folder, net, _ = trained
    path, _ = picture_of("2345", some, folder)
    assert main(["predict", "--string", str(folder / "sdnn.npz"), str(path)]) == 0
    out, _ = capsys.readouterr()
    y = space_displacement(net, as_input(prepare_string(path)[None]))[0]
    assert f"{path}: {read_string(y).text or 'no digit'}\n" in out and out.isascii()
    assert "never saw" not in out and " blank  " in out
    row = next(line for line in out.splitlines() if line.strip().startswith("read"))
    assert row.split()[1:] == list(read_string(y).text)
    for character, place in zip(read_string(y).text, read_string(y).places):
        assert row[14 + 4 * place + 2] == character, "below its position"


def test_a_plain_model_reads_and_doubts(trained, some, capsys):
    folder, *_ = trained
    path, _ = picture_of("540", some, folder)
    assert main(["predict", "--string", str(folder / "plain.npz"), str(path)]) == 0
    assert "never saw a digit's neighbours" in capsys.readouterr().out.replace("\n  ", " ")
    assert with_blank(np.zeros((10, 3)), 4.0).shape == (11, 3)


def test_the_doubt_names_another_character_than_the_one_that_is_read():
    """At one place another character may be better than the one that is read over several places."""
    y = np.full((11, 4), 50.0)
    y[10, [0, 3]] = 0
    y[9, 1:3], y[4, 1:3] = (10, 10), (8, 30)
    read = read_string(y)
    assert read.text == "9" and read.places == (1,)
    (sentence,) = doubts(string_lenet5(0), y, read, {"best": -100.0, "ahead": 5.0})
    assert sentence.startswith("digit 1, 9: perhaps 4: ")


def test_mistakes_get_sentences(trained, tmp_path, capsys, monkeypatch):
    folder, *_ = trained
    monkeypatch.chdir(tmp_path)
    Image.new("L", (100, 40), 255).save("white.png")
    model = str(folder / "sdnn.npz")
    for arguments, words in (
        ([model, "white.png"], "white.png is blank"),
        ([model, "none.png"], "no file none.png"),
        ([str(folder / "tutorial.npz"), "white.png"], "A string is read with the paper's LeNet-5"),
        (["--as-is", model, "white.png"], "--as-is is for single digits"),
        (["none.npz", "white.png"], "no model file none.npz"),
    ):
        assert main(["predict", "--string", *arguments]) == 2
        out, err = capsys.readouterr()
        assert out == "" and words in err and err.count("\n") == 1, err


def test_a_model_of_strings_reads_a_single_digit_too(trained, some, tmp_path, capsys):
    folder, *_ = trained
    Image.fromarray(some[0][0]).save(tmp_path / "digit.png")
    assert main(["predict", str(folder / "sdnn.npz"), str(tmp_path / "digit.png")]) == 0
    assert "penalty" in capsys.readouterr().out
    assert (
        len(load_reader(folder / "sdnn.npz")[-1].codes) == 11 and len(load_reader(folder / "plain.npz")[-1].codes) == 10
    )
    with pytest.raises(ModelError):
        load_reader(folder / "tutorial.npz")
