"""The report of a trained network: pictures, the same as text, and one HTML page that works offline."""

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
from scratchnet.runs.doubt import has_penalties
from scratchnet.runs.report_page import NARROW, page
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
    narrow: Figure | None = None  # the same with one panel in a row, for a phone


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
    seed: int | None = None,
) -> Evaluation:
    """Evaluate the network on data (images, labels), write the report and return the Evaluation.

    It writes name.png and name.txt for each picture, and index.html. history: the History of the training, for the
    curves; fast: see `evaluate`. images: uint8 (N, H, W), as from `datasets.load`; data_name: the data set, for the
    names of the classes; pixels: images -> the network's input, by default as the recipe prepares training images;
    seed: of the training, for the page.
    """
    images, labels = data
    title = title or f"{recipe.name} on {data_name}"
    pixels = pixels or recipe.pixels
    result = evaluate(net, (pixels(images), labels), fast=fast)
    with mode(net, training=False):
        sections = [
            *curves(recipe, history, data_name, title),
            *answers(images, labels, result, class_names(data_name), title, has_penalties(net)),
            *insides(net, pixels, images, labels, class_names(data_name), title),
        ]
    for section in SECTIONS:
        for path in (folder / f"{section}.png", folder / f"{section}.txt", folder / NARROW / f"{section}.png"):
            path.unlink(missing_ok=True)  # of an earlier report
    for section in sections:
        figures.save(section.figure, folder / f"{section.name}.png")
        if section.narrow:
            figures.save(section.narrow, folder / NARROW / f"{section.name}.png")
        write(folder / f"{section.name}.txt", section.text + "\n")
    facts = [
        ("network", f"{net.n_parameters():,} parameters, {net.n_connections(net.input_shape):,} connections"),
        ("images", f"{len(labels):,}"),
        ("error", f"{result.error:.2f} % ({np.count_nonzero(result.predictions != labels):,} images)"),
        ("not among the first three", f"{result.top3_error:.2f} %"),
        *training_facts(net, recipe, history, seed),
    ]
    live = LIVE if (folder / LIVE).is_file() else ""
    write(folder / "index.html", page(title, recipe.about, facts, sections, live))
    return result


def training_facts(net, recipe, history, seed):
    """Yield (name, text) of how the network was trained, as far as it is known."""
    if seed is not None:
        yield "seed", str(seed)
    if not history:
        return
    yield "epochs", str(len(history))
    seconds = sum(history.seconds)
    if seconds > 0:  # False for nan too: not measured
        yield "time of the updates", f"{seconds:.0f} s" if seconds < 600 else f"{seconds / 60:.0f} min"
    if hasattr(recipe, "optimizer"):
        first = next((lr for lr in history.lr if lr == lr), 1.0)
        yield "optimizer, in the first epoch", f"{recipe.optimizer(net, first)!r}, batch {recipe.batch_size}"


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
    where = "test" if tested else "training"
    heading = f"{title}: {last:.2f} % {where} error after {len(history)} epoch{'s' * (len(history) > 1)}"
    yield Section(
        "curves",
        "Training",
        f"Error in percent after each epoch ({len(history)}), ending at {last:.2f} % on the "
        f"{'test set' if tested else 'training set'}, and the learning rate of each epoch.",
        figures.training_curves(history, claims, heading),
        text,
        figures.training_curves(history, claims, narrow=True),
    )
    if drawn(history.test_top3_error):
        yield Section(
            "top3",
            "The first answer, and the first three",
            f"Test error after each epoch: the first answer is wrong in {last:.2f} % at the end, all three first "
            f"answers in {history.test_top3_error[-1]:.2f} %.",
            figures.top_k_curves(history, title),
            text,
            figures.top_k_curves(history, narrow=True),
        )


def answers(images, labels, result, names, title, penalties):
    wrong = figures.misclassified(labels, result.predictions)
    groups = by_confidence(labels, result, penalties=penalties)
    shown = f"all {len(wrong):,}" if len(wrong) <= figures.MOST else f"{figures.MOST:,} of {len(wrong):,}"
    few = "" if len(wrong) <= figures.MOST_NARROW else f"{figures.MOST_NARROW} of {len(wrong):,}"
    heading = f"{title}: {confusion_in_words(result.confusion, names)}"
    certain = "penalty" if penalties else "probability"
    return [
        Section(
            "confusion",
            "Confusion",
            f"A table of {len(names)} by {len(names)} classes: how many images of each true class were read as which "
            "class, in numbers and in percent. The numbers are below.",
            figures.confusion(result.confusion, names, heading),
            confusion_table(result.confusion, names) + "\n\n" + rate_table(result.confusion, names),
            figures.confusion(result.confusion, names, narrow=True),
        ),
        Section(
            "confident",
            "Most and least confident",
            "The right answer of each class with the best " + certain + ", and five images each: right and least "
            "confident, wrong and most confident, wrong and least confident, with the true class, the class read and "
            f"its {certain}.",
            figures.confident(images, labels, result.scores, groups, names, title, penalties=penalties),
            "\n\n".join(f"{group}\n{answer_table(i, labels, result, names, penalties)}" for group, i in groups.items()),
            figures.confident(images, labels, result.scores, groups, names, penalties=penalties, per_row=3),
        ),
        Section(
            "wall",
            "Wrong answers",
            f"The misclassified images, {shown}, each with the true class and the class read.",
            figures.wall(images, labels, result.predictions, names, f"{title}: {shown} misclassified, true>read"),
            answer_table(wrong, labels, result, names, penalties),
            figures.wall(images, labels, result.predictions, names, few, narrow=True),
        ),
    ]


def confusion_in_words(matrix, names):
    """Return what the table of confusions shows: how many are wrong, and the most frequent confusion."""
    wrong = matrix - np.diag(np.diag(matrix))
    if not wrong.any():
        return "every image is read right"
    true, read = np.unravel_index(wrong.argmax(), wrong.shape)
    often = f", most often {names[true]} as {names[read]} ({wrong.max():,})" if wrong.max() > 1 else ""
    return f"{wrong.sum():,} of {matrix.sum():,} read wrong{often}"


def by_confidence(labels, result, count=5, penalties=False):
    """Return {group: indices}: the most confident right answer of each class, then the least confident of the right
    and the most and least confident of the wrong ones. With penalties, the smallest penalty is the most confident."""
    certain = result.scores.max(axis=1) if penalties else confidence(result.scores)
    order = np.argsort(-certain, kind="stable")
    right = order[result.predictions[order] == labels[order]]
    wrong = order[result.predictions[order] != labels[order]]
    best = [right[labels[right] == k][0] for k in np.unique(labels[right])]
    return {
        "right, most confident": np.array(best, int),
        "right, least confident": right[::-1][:count],
        "wrong, most confident": wrong[:count],
        "wrong, least confident": wrong[::-1][:count],
    }


def answer_table(indices, labels, result, names, penalties=False):
    best = result.scores[indices].max(axis=1) if len(indices) else []
    if not penalties and len(indices):
        best = probabilities(result.scores[indices]).max(axis=1)
    rows = [("image", "true", "read", "penalty" if penalties else "probability")]
    for i, certain in zip(indices, best):
        text = f"{-certain:.1f}" if penalties else percent(certain)
        rows.append((str(i), names[labels[i]], names[result.predictions[i]], text))
    return table(rows)


def insides(net, pixels, images, labels, names, title):
    x = pixels(images[:1])
    goes = f"{title}: how an image of {names[labels[0]]} becomes the answer {names[int(net.decide(net(x))[0])]}"
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
        f"The output of every layer, {', '.join(stages)}, for one image of {names[labels[0]]}; the answer has a frame.",
        figures.feature_maps(net, x, goes),
        table(rows),
        figures.feature_maps(net, x, narrow=True),
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
        f"The weights of {', '.join(convolutions)}, a column for each output map and a row for each input map; ten "
        "maps of a layer with more than 20.",
        figures.filters(net, f"{title}: what each map looks for"),
        "\n\n".join([table(rows), *sparse]),
        figures.filters(net, narrow=True),
    )
    if figures.has_codes(net):
        first = [int(np.flatnonzero(labels == digit)[0]) for digit in range(len(names)) if (labels == digit).any()]
        x, true = pixels(images[first]), [names[labels[i]] for i in first]
        yield Section(
            "codes",
            "F6 draws the code",
            "For one image of each class: the image, the 84 outputs of F6 as a picture of 7 by 12, and the nearest "
            "output code.",
            figures.codes(net, x, true, f"{title}: what F6 makes of one image of each class"),
            code_text(net, x, true),
            figures.codes(net, x, true, per_row=4),
        )
