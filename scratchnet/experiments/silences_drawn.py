"""The figure of `silences`: one row for each choice, in groups."""

from typing import TYPE_CHECKING, Any

import numpy as np

from scratchnet.experiments.experiment import interval, mean

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEFT, RIGHT = 0.5, 100.0  # percent, of the axis; wider if an error is outside


def drawn(errors: dict[tuple[str, str], Any], choices: dict[str, dict[str, Any]]) -> "Figure":
    """Draw {(group, choice): errors by seed}. choices: group -> choice -> what it changes; nothing: the default."""
    from scratchnet.viewing.pieces import bare, new_figure

    places = places_of(choices)
    height = max(places.values()) + 1
    figure = new_figure(None, 8.5, 0.21 * height + 0.8)
    ax = figure.subplots()
    for choice, at in places.items():
        draw_row(ax, at, errors[choice], default=not choices[choice[0]][choice[1]])
    for group, some in choices.items():
        ax.text(0, places[group, next(iter(some))] - 1, f" {group}", transform=ax.get_yaxis_transform(), va="center",
                fontsize=8.5, fontweight="bold")  # fmt: skip
    default = next(choice for choice in errors if not choices[choice[0]][choice[1]])
    ax.axvline(mean(errors[default]), color="#999999", linewidth=0.8, zorder=0)
    ax.set_yticks(list(places.values()), [choice for _, choice in places], fontsize=8.5)
    for label, choice in zip(ax.get_yticklabels(), places):
        if not choices[choice[0]][choice[1]]:
            label.set_fontweight("bold")
    ax.set(xscale="log", ylim=(height, -0.5), xlabel="error on held-out training digits (%), logarithmic")
    lowest = min(0.9 * float(np.min(some)) for some in errors.values())
    ax.set_xlim(min(LEFT, max(lowest, 0.05)), RIGHT)
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.xaxis.set_minor_formatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "25" else "")
    ax.grid(axis="x", color="#dddddd", linewidth=0.6)
    ax.tick_params(axis="y", length=0)
    bare(ax)
    return figure


def places_of(choices: dict[str, dict[str, Any]]) -> dict[tuple[str, str], float]:
    """Return {(group, choice): its place from the top}, with a line for the name of each group."""
    places, at = {}, 0.0
    for group, some in choices.items():
        at += 1
        for choice in some:
            places[group, choice] = at
            at += 1
        at += 0.4
    return places


def draw_row(ax: Any, at: float, errors: Any, default: bool) -> None:
    """Draw the errors of a choice: a small dot for each seed, then their mean and its interval."""
    from scratchnet.viewing.figures import BLUE, ORANGE

    colour = ORANGE if default else BLUE
    ax.plot(errors, np.full(len(errors), at), ".", color=colour, markersize=3, alpha=0.5)
    lower, upper = interval(errors)
    if lower < upper:
        ax.plot([max(lower, 0.01), upper], [at, at], color=colour, linewidth=1.4)
    ax.plot(mean(errors), at, "o", color=colour, markersize=5, markerfacecolor=colour if default else "white")
