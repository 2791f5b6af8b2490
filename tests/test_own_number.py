"""The student's own number: counted from what a network reads, kept in a file, drawn."""

import numpy as np
import pytest

from scratchnet import RBF, SGD, Flatten, InputError, Linear, MLELoss, Sequential, check_loss
from scratchnet.lessons import own_number
from scratchnet.lessons.own_number import (
    FILE,
    TARGETS,
    SquaredError,
    chart,
    digits,
    error_of,
    learn,
    record,
    rows,
    table,
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(own_number, "_unwritten", {})
    return tmp_path


@pytest.fixture
def right():
    return digits()[1][1].astype(int)


def with_wrong(right, count):
    read = right.copy()
    read[:count] = (read[:count] + 1) % 10
    return read


def test_no_digit_is_in_both_parts():
    (x, labels), (held_x, held_labels) = digits()
    assert x.shape == held_x.shape == (5000, 1, 32, 32) and labels.shape == held_labels.shape == (5000,)
    seen = {image.tobytes() for image in x}
    assert not any(image.tobytes() in seen for image in held_x)


def test_the_squared_error_has_its_slopes():
    rng = np.random.default_rng(0)
    check_loss(SquaredError(), rng.normal(size=(4, 10)), rng.integers(0, 10, 4))


def test_the_error_is_counted(right):
    assert error_of(right) == 0 and error_of((right + 1) % 10) == 100
    assert record(4, "dense", with_wrong(right, 55)) == pytest.approx(1.1)


@pytest.mark.parametrize("read", [[1, 2, 3], 4.2, np.zeros((5000, 10)), np.zeros(5000)])
def test_a_typed_number_is_no_error(read):
    with pytest.raises(InputError, match="the class read of each of the 5,000"):
        record(4, "dense", read)
    assert not rows()


def test_rows_are_kept_in_the_order_of_the_lessons_and_replaced(right, folder):
    record(9, "subsampling", with_wrong(right, 100))
    record(4, "two layers, dense", with_wrong(right, 400))
    record(9, "subsampling\nagain", with_wrong(right, 50))
    assert rows() == {4: ("two layers, dense", 8.0), 9: ("subsampling again", 1.0)}
    lines = (folder / FILE).read_text("utf-8").splitlines()
    assert lines[0] == "lesson,change,error" and [line[:2] for line in lines[1:]] == ["4,", "9,"]
    _, second, third = table().splitlines()
    assert second.split() == ["4", "8.00", "%", "two", "layers,", "dense"] and "1.00 %" in third
    assert max(line.index("%") for line in (second, third)) < 38, "a phone shows so many letters"


def test_a_damaged_file_keeps_its_good_lines(right, folder):
    (folder / "my").mkdir()
    (folder / FILE).write_text("lesson,change,error\nfour,x,1\n4,dense,8.5\n5,no number,much\n6\n", "utf-8")
    assert rows() == {4: ("dense", 8.5)}
    record(8, "convolution", with_wrong(right, 50))
    assert set(rows()) == {4, 8}


def test_a_folder_that_cannot_be_written_loses_no_row_of_this_session(right, folder, capsys):
    (folder / "my").write_text("a file where the folder should be")
    assert record(4, "dense", right) == 0
    assert "cannot be written" in capsys.readouterr().err and rows() == {4: ("dense", 0.0)}


def test_the_chart_has_a_bar_for_each_row(right):
    with pytest.raises(InputError, match="Lesson 4 writes the first"):
        chart()
    record(4, "dense", with_wrong(right, 400))
    record(8, "convolution", with_wrong(right, 300))
    (ax,) = chart().axes
    assert [bar.get_width() for bar in ax.patches] == [8.0, 6.0]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["4: dense", "8: convolution"]


def test_learning_gives_the_same_answers_again_and_better_than_chance():
    def read():
        net = Sequential(flatten=Flatten(), out=Linear(1024, 10, rng=0), OUTPUT=RBF(TARGETS))
        return learn(net, MLELoss(), SGD(net, 0.001))

    first = read()
    assert np.array_equal(first, read()) and 5 < error_of(first) < 30
