"""The report of a trained network: pictures, the same as text, and one HTML page that works offline."""

import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from scratchnet.datasets import class_names
from scratchnet.layers import Conv2d, Sequential
from scratchnet.metrics import confidence, probabilities
from scratchnet.storage import atomic_write
from scratchnet.training import Evaluation, evaluate, mode
from scratchnet.viewing import figures
from scratchnet.viewing.pieces import drawn
from scratchnet.viewing.tables import code_text, confusion_table, history_table, percent, rate_table, table

LIVE = "draw.html"  # the page on which the network reads what one draws: see scratchnet/exchange/live_page.py
SECTIONS = ("curves", "top3", "confusion", "confident", "wall", "maps", "filters", "codes")


@dataclass
class Section:
    """One picture, the same as text, and a sentence that describes the picture."""

    name: str
    title: str
    alt: str
    figure: Figure
    text: str


def write_report(
    folder: Path,
    net: Sequential,
    recipe: Any,
    data: tuple[NDArray, NDArray],
    data_name: str,
    history: Any = None,
    title: str | None = None,
    fast: bool = True,
    pixels: Callable[[NDArray], NDArray] | None = None,
) -> Evaluation:
    """Evaluate the network on data (images, labels), write the report and return the Evaluation.

    It writes name.png and name.txt for each picture, and index.html. history: the History of the training, for the
    curves; fast: see `evaluate`. images: uint8 (N, H, W), as from `datasets.load`; data_name: the data set, for the
    names of the classes; pixels: images -> the network's input, by default as the recipe prepares training images.
    """
    images, labels = data
    title = title or f"{recipe.name} on {data_name}"
    pixels = pixels or recipe.pixels
    result = evaluate(net, (pixels(images), labels), fast=fast)
    with mode(net, training=False):
        sections = [
            *curves(recipe, history, data_name, title),
            *answers(images, labels, result, class_names(data_name), title),
            *insides(net, pixels, images, labels, class_names(data_name), title),
        ]
    for section in SECTIONS:
        for path in (folder / f"{section}.png", folder / f"{section}.txt"):
            path.unlink(missing_ok=True)  # of an earlier report
    for section in sections:
        figures.save(section.figure, folder / f"{section.name}.png")
        write(folder / f"{section.name}.txt", section.text + "\n")
    facts = [
        ("network", f"{net.n_parameters():,} parameters, {net.n_connections(net.input_shape):,} connections"),
        ("images", f"{len(labels):,}"),
        ("error", f"{result.error:.2f} % ({np.count_nonzero(result.predictions != labels):,} images)"),
        ("not among the first three", f"{result.top3_error:.2f} %"),
    ]
    live = LIVE if (folder / LIVE).is_file() else ""
    write(folder / "index.html", page(title, recipe.about, facts, sections, live))
    return result


def write(path, text):
    with atomic_write(path) as file:
        file.write(text.encode("utf-8"))


def curves(recipe, history, data_name, title):
    if not history:
        return
    source = "paper" if recipe.name == "paper" else "claimed"
    published = {"test": recipe.claimed, "training": recipe.claimed_training} if data_name == recipe.data else {}
    claims = [(f"{source}, {what}", round(100 - value, 2)) for what, value in published.items() if value]
    tested, text = drawn(history.test_error), history_table(history)
    last = history.test_error[-1] if tested else history.running_error[-1]
    yield Section(
        "curves",
        "Training",
        f"Error in percent after each epoch ({len(history)}), ending at {last:.2f} % on the "
        f"{'test set' if tested else 'training set'}, and the learning rate of each epoch.",
        figures.training_curves(history, claims, title),
        text,
    )
    if drawn(history.test_top3_error):
        yield Section(
            "top3",
            "The first answer, and the first three",
            f"Test error after each epoch: the first answer is wrong in {last:.2f} % at the end, all three first "
            f"answers in {history.test_top3_error[-1]:.2f} %.",
            figures.top_k_curves(history, title),
            text,
        )


def answers(images, labels, result, names, title):
    wrong = figures.misclassified(labels, result.predictions)
    groups = by_confidence(labels, result)
    shown = f"all {len(wrong):,}" if len(wrong) <= figures.MOST else f"{figures.MOST:,} of {len(wrong):,}"
    return [
        Section(
            "confusion",
            "Confusion",
            f"A table of {len(names)} by {len(names)} classes: how many images of each true class were read as which "
            "class, in numbers and in percent. The numbers are below.",
            figures.confusion(result.confusion, names, title),
            confusion_table(result.confusion, names) + "\n\n" + rate_table(result.confusion, names),
        ),
        Section(
            "confident",
            "Most and least confident",
            "Five images each: right and most confident, right and least confident, wrong and most confident, wrong "
            "and least confident, with the true class, the class read and its probability.",
            figures.confident(images, labels, result.scores, groups, names, title),
            "\n\n".join(f"{group}\n{answer_table(i, labels, result, names)}" for group, i in groups.items()),
        ),
        Section(
            "wall",
            "Wrong answers",
            f"The misclassified images, {shown}, each with the true class and the class read.",
            figures.wall(images, labels, result.predictions, names, f"{title}: {shown} misclassified, true>read"),
            answer_table(wrong, labels, result, names),
        ),
    ]


def by_confidence(labels, result, count=5):
    """Return {group: indices}: the most and least confident of the right and of the wrong answers."""
    order = np.argsort(-confidence(result.scores), kind="stable")
    right = order[result.predictions[order] == labels[order]]
    wrong = order[result.predictions[order] != labels[order]]
    return {
        "right, most confident": right[:count],
        "right, least confident": right[::-1][:count],
        "wrong, most confident": wrong[:count],
        "wrong, least confident": wrong[::-1][:count],
    }


def answer_table(indices, labels, result, names):
    p = probabilities(result.scores[indices]).max(axis=1) if len(indices) else []
    rows = [("image", "true", "read", "probability")]
    for i, certain in zip(indices, p):
        rows.append((str(i), names[labels[i]], names[result.predictions[i]], percent(certain)))
    return table(rows)


def insides(net, pixels, images, labels, names, title):
    x = pixels(images[:1])
    stages = figures.stages(net, x)
    convolutions = {name: layer for name, layer in net.layers.items() if isinstance(layer, Conv2d)}
    rows = [("layer", "shape", "smallest", "mean", "largest")]
    rows += [
        (name, "x".join(map(str, v.shape[1:])), *(f"{f(v):.3f}" for f in (np.min, np.mean, np.max)))
        for name, v in stages.items()
    ]
    yield Section(
        "maps",
        "From the image to the answer",
        f"The output of every layer, {', '.join(stages)}, for one image of {names[labels[0]]}.",
        figures.feature_maps(net, x, f"{title}: the output of every layer for one image ({names[labels[0]]})"),
        table(rows),
    )
    rows = [("layer", "filters", "smallest", "spread", "largest")]
    for name, layer in convolutions.items():
        W = layer.W[layer.connections]
        rows.append((name, str(len(W)), *(f"{f(W):.3f}" for f in (np.min, np.std, np.max))))
    sparse = [
        f"{name}: input maps (rows) read by each output map (columns)\n"
        + "\n".join(" ".join("X" if linked else "." for linked in row) for row in layer.connections.T)
        for name, layer in convolutions.items()
        if not layer.dense
    ]
    yield Section(
        "filters",
        "Filters",
        f"The weights of {', '.join(convolutions)}, a column for each output map and a row for each input map.",
        figures.filters(net, title),
        "\n\n".join([table(rows), *sparse]),
    )
    if figures.has_codes(net):
        first = [int(np.flatnonzero(labels == digit)[0]) for digit in range(len(names)) if (labels == digit).any()]
        x, true = pixels(images[first]), [names[labels[i]] for i in first]
        yield Section(
            "codes",
            "F6 draws the code",
            "For one image of each class: the image, the 84 outputs of F6 as a picture of 7 by 12, and the nearest "
            "output code.",
            figures.codes(net, x, true, title),
            code_text(net, x, true),
        )


STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #111; background: #fff; max-width: 70rem; margin: 0 auto;
  padding: 1rem; }
img { max-width: 100%; height: auto; }
pre { overflow-x: auto; background: #f4f4f4; padding: 0.5rem; font-size: 13px; }
th { text-align: left; padding-right: 1rem; }
summary { cursor: pointer; }
"""


def page(title, about, facts, sections, live=""):
    """Return the page of HTML; the pictures are in the same folder. live: the live page there, "" if there is none."""
    parts = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
        f"<h1>{html.escape(title)}</h1>\n<p>{html.escape(about)}</p>\n<table>",
        *(f"<tr><th scope='row'>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>" for name, value in facts),
        "</table>",
        f'<p><a href="{live}">The live page: draw, and watch this network read</a></p>' if live else "",
        "<nav><ul>",
        *(f'<li><a href="#{s.name}">{html.escape(s.title)}</a></li>' for s in sections),
        "</ul></nav>",
    ]
    for s in sections:
        parts.append(
            f'<h2 id="{s.name}">{html.escape(s.title)}</h2>\n'
            f'<a href="{s.name}.png"><img src="{s.name}.png" alt="{html.escape(s.alt)}"></a>\n'
            f"<details><summary>The same as text</summary>\n<pre>{html.escape(s.text)}</pre>\n</details>"
        )
    return "\n".join([*parts, "</body>\n</html>\n"])
