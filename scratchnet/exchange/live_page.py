"""The live page: one HTML file in which a network reads what you draw, and shows every layer while you draw it.

The weights, the pictures to choose and the program are inside: the page asks no other file and no other host.
"""

import functools
import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import class_names, grey, letters, load, paper_input
from scratchnet.errors import InputError
from scratchnet.exchange.page_data import SIZE, input_as_data, layers_as_data, packed_array
from scratchnet.layers import Sequential
from scratchnet.models.displacement import between_codes, expect_lenet5, knows_blanks
from scratchnet.parallel import leaves
from scratchnet.runs.doubt import has_penalties
from scratchnet.runs.recipes import RECIPES, Recipe
from scratchnet.storage import atomic_write
from scratchnet.training import predict

FOLDER = Path(__file__).with_name("page")
SCRIPTS = (  # in this order
    *("engine", "backward", "received", "arrays", "prepared", "lines", "disturbed", "grammar", "words", "colours"),
    *("boxes", "maps", "sums", "explained", "answer", "pad", "pictures", "strip", "network_view", "app"),
)
COUNT = 60  # pictures to choose
PART = 1_000  # test images that are read at a time, until enough are wrong
MOST_WRONG = 24  # of them, those that a network reads wrong


@dataclass(frozen=True)
class ShownNetwork:
    """A network and what the page says about it.

    title: its heading; pixels: uint8 images (N, 28, 28) -> its input; data: the data set it was trained on;
    limits: when it doubts its answer, see runs/doubt.py; fast: see `evaluate`.
    """

    net: Sequential
    title: str
    pixels: Callable[[NDArray], NDArray]
    data: str = "mnist"
    limits: dict[str, float] = field(default_factory=dict)
    fast: bool = True


@dataclass(frozen=True)
class LivePage:
    """A page that draws: `html` is the whole file. A notebook shows it in a frame; `save` writes it."""

    html: str = field(repr=False)
    title: str

    def save(self, path: str | Path) -> None:
        """Write the page to a file, which any browser opens, also without a network connection."""
        with atomic_write(path) as file:
            file.write(self.html.encode("utf-8"))

    def _repr_html_(self) -> str:
        source = html.escape(self.html, quote=True)
        title = html.escape(self.title, quote=True)
        return f'<iframe title="{title}" srcdoc="{source}" style="width: 100%; height: 48rem; border: 0"></iframe>'


def draw(
    net: Sequential,
    second: Sequential | None = None,
    *,
    pixels: Callable[[NDArray], NDArray] | None = None,
    data: str | None = None,
) -> LivePage:
    """Return a page on which the network reads what you draw; a notebook shows it below the cell.

    second: another network, which reads the same drawing beside the first. pixels: uint8 images (N, 28, 28) -> the
    input of both networks; the default is that of the recipe with the same layers, else `paper_input` for 32 x 32
    and `grey` for 28 x 28. data: the data set whose classes the networks know, "mnist" or "fashion-mnist".
    Raises InputError for a network with a layer of your own, for one that does not take one grey image of at least
    28 x 28 pixels, and for pixels that do something else than pad, resize and give grey levels numbers; DataError if
    the test images of `data` are not on this machine.
    """
    networks = [net] if second is None else [net, second]
    return live_page([default_view(one, pixels, data) for one in networks])


def default_view(net: Sequential, pixels: Any, data: str | None) -> ShownNetwork:
    """Return a network with the title, the pixels and the data of the recipe that has the same layers."""
    recipe = recipe_like(net)
    if recipe:
        prepare = pixels or functools.partial(recipe.prepare, split="test")
        return ShownNetwork(net, recipe.name, prepare, data or recipe.data)
    small = (getattr(net, "input_shape", None) or (1, 32, 32))[-1] == SIZE
    return ShownNetwork(net, "your network", pixels or (grey if small else paper_input), data or "mnist")


def recipe_like(net: Any) -> Recipe | None:
    """Return the first recipe whose network has the same layers, None if there is none."""
    layers = [repr(layer) for layer in leaves(net)]
    return next((r for r in RECIPES.values() if [repr(layer) for layer in leaves(r.network(0))] == layers), None)


def live_page(
    networks: Sequence[ShownNetwork], reader: ShownNetwork | None = None, images: Any = None, labels: Any = None
) -> LivePage:
    """Return the page of one network, or of two side by side.

    reader: a network that was trained to read strings; by default the first one reads them, if it is LeNet-5.
    images, labels: uint8 (N, 28, 28) and (N,), from which the pictures to choose are taken; by default the test set.
    Raises InputError for networks of different data sets, and as `draw`.
    """
    if len({class_names(network.data) for network in networks}) != 1:
        data = " and ".join(network.data for network in networks)
        raise InputError(f"Two networks side by side read the same pictures, got networks of {data}.")
    names = class_names(networks[0].data)
    content = {
        "names": list(names),
        "digits": list(names) == [str(k) for k in range(10)],
        "networks": [network_as_data(network, names) for network in networks],
        "string": string_as_data(networks, reader, names),
    }
    if content["digits"]:
        content["letters"] = network_as_data(ShownNetwork(letters.trained(), "digit or letter", letters.as_input))
    if images is None:
        images, labels = load(networks[0].data, "test")
    content["samples"] = samples_as_data(networks, images, np.asarray(labels))
    title = " beside ".join(network.title for network in networks)
    return LivePage(filled(title, content), title)


def network_as_data(shown: ShownNetwork, classes: Sequence[str] = ()) -> dict[str, Any]:
    """Return a network as data. classes: the names of its outputs, without that of the blank, if it has one.

    Raises InputError for a network with another number of outputs.
    """
    layers = layers_as_data(shown.net)
    received = input_as_data(shown.pixels, shown.net.input_shape)
    names = [*classes, "blank"] if knows_blanks(shown.net) else list(classes)
    if classes:
        expect_outputs(shown, len(names))
    return {
        "title": shown.title,
        "names": names,
        "layers": layers,
        "input": received,
        "penalties": has_penalties(shown.net),
        "limits": shown.limits,
    }


def expect_outputs(shown: ShownNetwork, classes: int) -> None:
    y = shown.net.forward(shown.pixels(np.zeros((1, SIZE, SIZE), np.uint8)))
    if y.shape != (1, classes):
        raise InputError(
            f"The live page expects a network with an output for each of the {classes} classes of {shown.data}, got "
            f"outputs of shape {y.shape[1:]}."
        )


def string_as_data(networks: Sequence[ShownNetwork], reader: ShownNetwork | None, names: Any) -> dict[str, Any] | None:
    """Return the network that reads strings, None if no network here can."""
    for place, shown in enumerate([reader] if reader else networks[:1]):
        try:
            expect_lenet5(shown.net)
        except InputError:
            continue
        if len(names) == 10 and names[0] == "0":
            network = network_as_data(shown) if reader else place
            return {"network": network, "blank": knows_blanks(shown.net), "between": between_codes()}
    return None


def answers(networks: Sequence[ShownNetwork], images: NDArray, labels: NDArray) -> NDArray[np.intp]:
    """Return what each network reads (networks, N), for the first N images: as many as have enough wrong answers."""
    parts: list[NDArray] = []
    for first in range(0, len(images), PART):
        part = images[first : first + PART]
        parts.append(np.stack([predict(shown.net, shown.pixels(part), fast=shown.fast)[0] for shown in networks]))
        read = np.concatenate(parts, axis=1)
        if np.count_nonzero((read != labels[: read.shape[1]]).any(axis=0)) >= MOST_WRONG:
            break
    return read


def samples_as_data(networks: Sequence[ShownNetwork], images: NDArray, labels: NDArray) -> dict[str, Any]:
    """Return COUNT pictures by class, among them some that a network reads wrong, and what each network reads."""
    read = answers(networks, images, labels)
    labels = labels[: read.shape[1]]
    wrong = np.flatnonzero((read != labels).any(axis=0))
    if len(wrong) > MOST_WRONG:
        wrong = wrong[np.linspace(0, len(wrong) - 1, MOST_WRONG).astype(int)]
    right = np.flatnonzero((read == labels).all(axis=0))
    turn = np.zeros(len(right), int)  # 0 for the first image of each class, 1 for the second, ...
    for k in np.unique(labels):
        turn[labels[right] == k] = np.arange(np.count_nonzero(labels[right] == k))
    chosen = np.concatenate([wrong, right[np.argsort(turn, kind="stable")][: COUNT - len(wrong)]])
    chosen = chosen[np.argsort(labels[chosen], kind="stable")]
    pictures = {"pixels": packed_array(images[chosen]), "labels": labels[chosen].tolist()}
    return pictures | {"places": chosen.tolist(), "read": read[:, chosen].tolist()}


def filled(title: str, content: dict[str, Any]) -> str:
    """Return the page: the template with its style, its content as JSON and its scripts."""
    scripts = "\n".join((FOLDER / f"{name}.js").read_text("utf-8") for name in SCRIPTS)
    parts = {
        "TITLE": html.escape(title),
        "STYLE": (FOLDER / "page.css").read_text("utf-8"),
        "CONTENT": json.dumps(content).replace("<", "\\u003c"),
        "SCRIPTS": scripts,
    }
    template = (FOLDER / "page.html").read_text("utf-8")
    return re.sub("@([A-Z]+)@", lambda found: parts[found[1]], template)  # in one go: a title may have an @ in it
