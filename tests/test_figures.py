import math

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox
from PIL import Image

from scratchnet import History, figures
from scratchnet.datasets import class_names
from scratchnet.metrics import confusion_matrix
from scratchnet.models import blog_relu_maxpool, lenet5, notebook_learned_slope
from scratchnet.viewing.pieces import png


@pytest.fixture
def history():
    history = History()
    for i in range(3):
        history.append(
            loss=3 - i,
            running_error=4 - i,
            train_error=2.5 - i / 2,
            validation_error=3.5 - i / 2,
            test_error=3 - i / 2,
            test_top3_error=1 - i / 4,
            lr=1e-3 / (i + 1),
            seconds=1.0,
        )
    return history


@pytest.fixture
def answers(rng):
    """20 images, labels and scores, some of them wrong."""
    images, labels = rng.integers(0, 256, (20, 28, 28)).astype("u1"), rng.integers(0, 10, 20)
    scores = rng.normal(size=(20, 10)).astype("f")
    scores[np.arange(0, 20, 2), labels[::2]] += 9
    return images, labels, scores


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def texts(figure):
    """Return everything that is written on a figure's axes."""
    found = [figure.get_suptitle()]
    for ax in figure.axes:
        found += [ax.get_title(), ax.get_xlabel(), ax.get_ylabel(), *(text.get_text() for text in ax.texts)]
        found += [label.get_text() for label in (*ax.get_xticklabels(), *ax.get_yticklabels())]
    return "\n".join(found)


def is_a_picture(figure, path):
    """Write the figure as a PNG, and check that it is not empty and that nothing is cut off."""
    figures.save(figure, path)
    picture = np.asarray(Image.open(path).convert("L"))
    assert min(picture.shape) > 140 and 0.002 < (picture < 200).mean() < 0.9
    edges = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    assert (edges == 255).mean() > 0.98, "nothing is cut off at the border"
    return True


def test_training_curves(history, tmp_path):
    figure = figures.training_curves(history, [("paper, test", 0.95), ("paper, training", 0.35)], "LeNet-5")
    above, below = figure.axes
    assert legend(above) == [
        "test: 2.00 %",
        "held out: 2.50 %",
        "training, measured on the fly: 2.00 %",
        "training, measured after the epoch: 1.50 %",
    ]
    assert "paper, test: 0.95 %" in texts(figure) and "learning rate" in below.get_ylabel()
    assert np.allclose(below.lines[0].get_ydata(), history.lr)
    assert is_a_picture(figure, tmp_path / "curves.png")


def test_a_picture_is_drawn_on_the_figure_given(history):
    figure = Figure()
    assert figures.training_curves(history, figure=figure) is figure and len(figure.axes) == 2


def test_curves_that_were_not_measured_are_left_out(history):
    history.train_error = history.validation_error = [math.nan] * 3
    assert len(legend(figures.training_curves(history).axes[0])) == 2


def test_a_run_without_a_test_set_or_stuck_on_a_plateau(history):
    history.test_error = history.test_top3_error = history.validation_error = [math.nan] * 3
    assert len(legend(figures.training_curves(history).axes[0])) == 2
    history.running_error = history.train_error = [90.0] * 3
    assert figures.training_curves(history).axes[0].get_ylim()[1] > 90


def test_validations_within_epochs_are_drawn(history):
    history.validations = [(0.5, 5.0), (1.0, 3.5), (2.0, 3.0), (3.0, 2.5)]
    ax = figures.training_curves(history).axes[0]
    assert "held out, within epochs" in legend(ax)
    assert any(np.array_equal(line.get_xdata(), [0.5, 1, 2, 3]) for line in ax.lines)


def test_top_k_curves(history, tmp_path):
    figure = figures.top_k_curves(history, "LeNet-5")
    assert legend(figure.axes[0]) == ["not first: 2.00 %", "not among the first three: 0.50 %"]
    assert is_a_picture(figure, tmp_path / "top3.png")


def test_run_curves(history, tmp_path):
    perfect = History()
    perfect.append(**{name: 0.0 for name in history.columns()})
    runs = {f"runs/{i}": history for i in range(9)} | {"runs/perfect": perfect}
    figure = figures.run_curves(runs)
    styles = {(line.get_color(), line.get_linestyle()) for line in figure.axes[0].lines}
    assert len(styles) == 10 and "runs/perfect: 0.00 %" in legend(figure.axes[0])
    assert is_a_picture(figure, tmp_path / "runs.png")


@pytest.mark.parametrize("data", ["mnist", "fashion-mnist"])
def test_confusion(data, answers, tmp_path):
    _, labels, scores = answers
    names = class_names(data)
    matrix = confusion_matrix(labels, scores.argmax(axis=1))
    figure = figures.confusion(matrix, names, "a title")
    shown = texts(figure).split("\n")
    assert all(name in shown for name in names) and "percent of the true class" in shown
    for (row, column), count in np.ndenumerate(matrix):
        if count:
            assert str(count) in shown and f"{100 * count / matrix[row].sum():.1f}" in shown, (row, column)
    assert is_a_picture(figure, tmp_path / "confusion.png")


def test_names_of_runs_are_shown_as_they_are(history, tmp_path):
    names = ["a$_$b", "_hidden"]
    figure = figures.run_curves(dict.fromkeys(names, history))
    assert [text.replace("\\", "").split(":")[0] for text in legend(figure.axes[0])] == names
    assert is_a_picture(figure, tmp_path / "runs.png")


def ink(thing):
    """Return the box of a picture or a text, without an empty first line."""
    box = thing.get_window_extent().padded(-0.5)
    if isinstance(thing, Text) and thing.get_text().startswith("\n"):
        return Bbox([box.p0, (box.x1, (box.y0 + box.y1) / 2)])
    return box


@pytest.mark.parametrize("per_row", [10, 3])
def test_nothing_lies_over_anything_else(per_row, answers, rng):
    images, labels, scores = answers
    names, net = ["Ankle boot"] * 10, lenet5(rng)
    groups = {"right, most confident": np.arange(10), "none": [], "wrong, least confident": np.arange(10, 15)}
    scores[:10, 0] = 99  # the longest text: > 99.99 %
    for figure in (
        figures.confident(images, labels, scores, groups, names, "a title", per_row=per_row),
        figures.codes(net, rng.normal(size=(10, 1, 32, 32)).astype("f"), ["7"] * 10, "a title", per_row=per_row),
        figures.reading(images, labels, (labels + 1) % 10, "a title"),
        figures.feature_maps(net, rng.normal(size=(1, 1, 32, 32)).astype("f"), "a title", narrow=per_row == 3),
        figures.filters(net, "a title", narrow=per_row == 3),
    ):
        png(figure)
        drawn = [*figure.texts, *figure.axes[0].images, *(text for text in figure.axes[0].texts if text.get_text())]
        boxes = [ink(thing) for thing in drawn]
        over = [(a, b) for k, a in enumerate(boxes) for b in boxes[:k] if a.overlaps(b)]
        assert len(boxes) > 30 and not over, (len(over), over[:1])


def test_a_wall_of_too_many_shows_every_class(monkeypatch, rng):
    monkeypatch.setattr(figures, "MOST", 20)
    labels = np.repeat(np.arange(10), 10)
    images = rng.integers(0, 256, (100, 28, 28)).astype("u1")
    shown = [t.get_text() for t in figures.wall(images, labels, (labels + 1) % 10, class_names("mnist")).axes[0].texts]
    assert len(shown) == 20 and {text[0] for text in shown} == set("0123456789")


def test_confident(answers, tmp_path):
    images, labels, scores = answers
    groups = {"right, most confident": [0, 2, 4], "none of these": []}
    figure = figures.confident(images, labels, scores, groups, class_names("fashion-mnist"))
    shown = texts(figure)
    assert class_names("fashion-mnist")[labels[0]] in shown
    assert "%" in shown
    assert "none of these" in shown
    assert sum(len(ax.images) for ax in figure.axes) == 3
    assert is_a_picture(figure, tmp_path / "confident.png")


def test_the_wall_shows_every_wrong_answer(answers, tmp_path):
    images, labels, scores = answers
    predictions = scores.argmax(axis=1)
    figure = figures.wall(images, labels, predictions, class_names("mnist"), "wrong")
    shown = [text.get_text() for text in figure.axes[0].texts]
    wrong = np.flatnonzero(predictions != labels)
    assert sorted(shown) == sorted(f"{labels[i]}>{predictions[i]}" for i in wrong)
    assert is_a_picture(figure, tmp_path / "wall.png")
    key = figures.wall(images, labels, predictions, class_names("fashion-mnist")).axes[0].get_title()
    assert "9 Ankle boot" in key


def test_the_wall_of_a_perfect_network_is_empty(answers):
    images, labels, _ = answers
    figure = figures.wall(images, labels, labels, class_names("mnist"), "none")
    assert not figure.axes[0].texts


def test_feature_maps(tmp_path, rng):
    for net in (lenet5(rng), notebook_learned_slope(rng)):
        x = rng.normal(size=(1, *net.input_shape)).astype("f")
        figure = figures.feature_maps(net, x, "one image")
        phone = figures.feature_maps(net, x, narrow=True)
        answer = int(net.decide(net(x))[0])
        for drawn in (figure, phone):
            (ax,) = drawn.axes
            titles = [text.get_text() for text in ax.texts if "\n" in text.get_text().strip()]
            assert titles[:4] == ["INPUT\n1@32x32", "C1\n6@28x28", "S2\n6@14x14", "C3\n16@10x10"]
            assert titles[-1] == f"OUTPUT\n10\nreads {answer}"
            assert len(ax.images) == 8 and ax.images[-2].get_array().shape == (12, 7)
            number = next(text for text in ax.texts if text.get_text() == str(answer))
            (x0, x1), (y0, y1) = zip(*ax.patches[-1].get_corners()[[0, 2]])
            inside = y0 < number.get_position()[1] < y1, x0 < number.get_position()[0] < x1
            assert inside[drawn is phone], "the frame is around the answer"
            assert is_a_picture(drawn, tmp_path / "maps.png")
        size = phone.get_size_inches()
        assert size[1] > 2 * size[0]
    values = figures.stages(net, x)
    assert np.array_equal(values["C1"], net["C1_squash"](net["C1"](x))), "after the squashing"


def test_filters_are_arranged_by_the_connection_table(tmp_path, rng):
    net = lenet5(rng)
    figure = figures.filters(net, "LeNet-5")
    (ax,) = figure.axes
    titles = [text.get_text() for text in ax.texts if ":" in text.get_text()]
    assert [title.split(":")[0] for title in titles] == ["C1", "C3", "C5"]
    picture = np.ma.filled(ax.images[1].get_array(), np.nan)
    for o, i in np.ndindex(16, 6):
        block = picture[6 * i : 6 * i + 5, 6 * o : 6 * o + 5]
        if net["C3"].connections[o, i]:
            assert np.array_equal(block, net["C3"].W[o, i])
        else:
            assert np.isnan(block).all()
    assert titles[2].startswith("C5: 10 of 120 maps of 16")
    (place,) = (text.get_position() for text in ax.texts if text.get_text() == "119")
    left, _, bottom, top = ax.images[2].get_extent()
    assert place[0] < left and top + 0.9 * (bottom - top) < place[1] < bottom, "beside the last row"
    picture = np.ma.filled(ax.images[2].get_array(), np.nan)
    assert picture.shape == (59, 95) and np.array_equal(picture[-5:, -5:], net["C5"].W[119, 15])
    assert is_a_picture(figure, tmp_path / "filters.png")


def test_colour_images_are_drawn_in_colour(answers, tmp_path, rng):
    _, labels, scores = answers
    images, names = rng.integers(0, 256, (20, 28, 28, 3)).astype("u1"), class_names("mnist")
    wall = figures.wall(images, labels, scores.argmax(axis=1), names)
    assert wall.axes[0].images[0].get_array().shape[2] == 3
    sure = figures.confident(images, labels, scores, {"some": np.arange(4)}, names, penalties=True, per_row=2)
    assert sure.axes[0].images[0].get_array().shape == (28, 28, 3) and "penalty" in texts(sure)
    assert len(sure.axes[0].images) == 4 and is_a_picture(sure, tmp_path / "sure.png")
    assert is_a_picture(figures.reading(images, labels, labels, "in colour"), tmp_path / "reading.png")


def test_codes(tmp_path, rng):
    net = lenet5(rng)
    figure = figures.codes(net, rng.normal(size=(3, 1, 32, 32)).astype("f"), ["7", "2", "1"], "codes")
    pictures = [image.get_array().shape for image in figure.axes[0].images]
    assert pictures == [(32, 32)] * 3 + [(12, 7)] * 6 and texts(figure).count("code of ") == 3
    assert is_a_picture(figure, tmp_path / "codes.png")
    named = figures.codes(net, np.zeros((2, 1, 32, 32), "f"), ["yours", "no class"])
    assert texts(named).count("code of ") == 2 and "wrong" not in texts(named), "they are the names of no class"
    assert figures.has_codes(net) and not figures.has_codes(blog_relu_maxpool(rng))
