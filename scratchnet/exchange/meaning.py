"""What a network takes and how its output is read, in numbers and in words, for a file that leaves the library."""

import json
from dataclasses import dataclass
from functools import partial
from typing import Any

from scratchnet.datasets import class_names, grey, normalise, paper_input
from scratchnet.datasets.pixels import BACKGROUND, FOREGROUND
from scratchnet.exchange.needs import named_leaves
from scratchnet.layers import RBF, Sequential, Softmax
from scratchnet.parallel import leaves
from scratchnet.runs.recipes import RECIPES, Recipe, bilinear_32, find_recipe, padded_32

PIXELS = 28  # height and width of the images of all data sets


@dataclass(frozen=True)
class Preparation:
    """How bytes become a network's input: the image is padded or resized to `size` ("" for neither), then 0 ... 255
    becomes black ... white."""

    how: str
    size: int
    black: float
    white: float

    def __str__(self) -> str:
        change = {"pad": "padded with 0", "resize": "resized, bilinear,"}.get(self.how)
        first = f"{change} to {self.size} x {self.size}, then " if change else ""
        return f"{first}0 ... 255 becomes {self.black:.7g} ... {self.white:.7g}"


def preparation_of(recipe: Recipe) -> Preparation | None:
    """Return how a recipe prepares new images, None for a function that is not one of the library's."""
    pixels = recipe.test_pixels or recipe.pixels
    function, given = (pixels.func, pixels.keywords) if isinstance(pixels, partial) else (pixels, {})
    if function is paper_input:
        return Preparation("pad", 32, BACKGROUND, FOREGROUND)
    if function is grey:
        return Preparation("", PIXELS, 0.0, 1.0)
    how = {normalise: "", padded_32: "pad", bilinear_32: "resize"}.get(function)
    if how is None or given.keys() != {"mean", "std"}:
        return None
    mean, std = given["mean"], given["std"]
    return Preparation(how, 32 if how else PIXELS, -mean / std, (1 - mean) / std)


def recipe_like(net: Sequential) -> Recipe | None:
    """Return the recipe whose network has the same layers, None if there is none."""
    for recipe in RECIPES.values():
        if layers_in_words(recipe.network(0)) == layers_in_words(net):
            return recipe
    return None


def layers_in_words(net):
    return net.input_shape, [(name, repr(layer)) for name, layer in named_leaves(net)]


@dataclass(frozen=True)
class Meaning:
    """recipe: its name, or ""; images: how they are prepared, None if that is not known; classes: their names, or ();
    output: "penalties", "probabilities" or "scores"."""

    recipe: str
    images: Preparation | None
    classes: tuple[str, ...]
    output: str

    @property
    def smallest_wins(self) -> bool:
        return self.output == "penalties"

    def reading(self) -> str:
        """Return in words how an answer is read."""
        return f"{self.output} of the classes: the {'smallest' if self.smallest_wins else 'largest'} wins"

    def facts(self, net: Sequential) -> dict[str, str]:
        """Return {name: text}, for the metadata of a file."""
        shape = ", ".join(map(str, net.input_shape))
        found = {
            "recipe": self.recipe,
            "input": f"float32 (N, {shape})"
            + f": uint8 images {PIXELS} x {PIXELS}, bright on black, {self.images}" * bool(self.images),
            "output": self.reading(),
            "decision": "argmin" if self.smallest_wins else "argmax",
            "classes": json.dumps(self.classes) if self.classes else "",
        }
        return {name: text for name, text in found.items() if text}


def meaning_of(net: Sequential, recipe: Recipe | str | None = None, data: str | None = None) -> Meaning:
    """Return what is known of a network. recipe: by default the one whose network has the same layers; data: the name
    of the data set, by default the recipe's."""
    found: Any = recipe_like(net) if recipe is None else recipe
    if isinstance(found, str):
        found = find_recipe(found)
    last = leaves(net)[-1]
    output = {RBF: "penalties", Softmax: "probabilities"}.get(type(last), "scores")
    names = class_names(data or found.data) if data or found else ()
    count = net.output_shape(net.input_shape)[0] if net.input_shape else len(names)
    if count == len(names) + 1 and names:
        names = (*names, "blank")  # of the network that reads strings
    names = names if count == len(names) else ()
    return Meaning(found.name if found else "", preparation_of(found) if found else None, names, output)
