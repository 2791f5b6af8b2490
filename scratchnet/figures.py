"""Every picture. Functions that draw on an Axes and return it; none needs a display."""

import math

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from scratchnet.recipe import PAPER_TEST, PAPER_TRAINING
from scratchnet.storage import whole_file

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#666666"  # apart for every kind of colour blindness


def training_curves(history, ax=None):
    """Error in percent after each pass, as the paper's Fig. 5, with the paper's final errors as lines."""
    ax = ax or Figure(figsize=(7, 4.2), layout="constrained", dpi=120).add_subplot()
    passes = range(1, len(history) + 1)
    curves = (
        (history.test_error, "test", BLUE, "o", "-"),
        (history.running_error, "training, measured on the fly", ORANGE, "s", "--"),
        (history.train_error, "training, measured after the pass", ORANGE, "^", ":"),
    )
    for errors, name, colour, marker, line in curves:
        if not all(map(math.isnan, errors)):
            label = f"{name}: {errors[-1]:.2f} %"
            ax.plot(passes, errors, color=colour, marker=marker, linestyle=line, markersize=4, label=label)
    for error, name, side in ((PAPER_TEST, "test", "bottom"), (PAPER_TRAINING, "training", "top")):
        ax.axhline(error, color=GREY, linewidth=0.8)
        ax.annotate(  # beside the axes, where no curve is
            f"paper, {name}: {error} %",
            (1, error),
            xycoords=("axes fraction", "data"),
            xytext=(5, 0),
            textcoords="offset points",
            va=side,
            color=GREY,
            fontsize=8,
        )
    ax.set(xlabel="pass over the training set", ylabel="error (%)", title="LeNet-5 on MNIST")
    drawn = [errors for errors, *_ in curves if not all(map(math.isnan, errors))]
    highest = 1.4 * max(1.5, *map(max, drawn))  # room for the legend
    ending = 2 * max(errors[-1] for errors in drawn)
    ax.set_ylim(0, highest if len(history) < 4 else min(highest, max(5, ending)))
    ax.set_xlim(0.5, len(history) + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.legend(frameon=False, loc="upper right")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def save(ax, path):
    """Writes the figure that an Axes is on as a PNG."""
    with whole_file(path) as file:
        ax.figure.savefig(file, format="png")
