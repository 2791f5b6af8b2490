import math

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from scratchnet import History, figures


@pytest.fixture
def history():
    history = History()
    for i in range(3):
        history.append(
            loss=3 - i, running_error=4 - i, train_error=2.5 - i / 2, test_error=3 - i / 2, lr=1e-3, seconds=1.0
        )
    return history


def test_training_curves(history, tmp_path):
    ax = figures.training_curves(history)
    assert isinstance(ax, Axes)
    assert len(ax.get_legend().get_texts()) == 3
    assert "%" in ax.get_ylabel() and ax.get_xlabel()
    figures.save(ax, tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 5000


def test_training_curves_draw_on_the_axes_given(history):
    ax = Figure().add_subplot()
    assert figures.training_curves(history, ax) is ax


def test_curves_that_were_not_measured_are_left_out(history):
    history.train_error = [math.nan] * 3
    assert len(figures.training_curves(history).get_legend().get_texts()) == 2


def test_a_run_without_a_test_set_or_stuck_on_a_plateau(history):
    history.test_error = [math.nan] * 3
    assert len(figures.training_curves(history).get_legend().get_texts()) == 2
    history.running_error = history.train_error = [90.0] * 3
    assert figures.training_curves(history).get_ylim()[1] > 90
