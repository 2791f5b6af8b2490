"""The .npz files of a run: a network or an optimizer, and which recipe, data and epoch it belongs to."""

import json
from pathlib import Path
from typing import Any

from scratchnet import models
from scratchnet.datasets import SETS, class_names
from scratchnet.errors import ModelError
from scratchnet.layers import Layer, Sequential
from scratchnet.runs.recipes import RECIPES, Recipe
from scratchnet.storage import read_about
from scratchnet.training.history import with_current_names


def load_model(path: str | Path) -> tuple[Layer, Recipe, str]:
    """Return the network in a model file, its recipe, and the name of the data it was trained on.

    The recipe is the paper's unless the file records another. Raises ModelError for a file that cannot be used.
    """
    about = {"recipe": "paper", "data": "mnist"} | recorded(path)
    name, data = about["recipe"], about["data"]
    if name not in tuple(RECIPES) or data not in tuple(SETS):
        raise ModelError(
            f"{path} is a model of {name!r} on {data!r}, which this version does not have. Update scratchnet."
        )
    return RECIPES[name].network().load(path), RECIPES[name], data


def load_reader(path: str | Path) -> Sequential:
    """Return the LeNet-5 in a model file, to read strings with; with the class of the blank if it was trained for it.

    Raises ModelError for another network, for data that are no digits, and for a file that cannot be used.
    """
    if recorded(path).get("blank") is True:
        return models.string_lenet5(0).load(path)
    net, recipe, data = load_model(path)
    if recipe is not RECIPES["paper"] or class_names(data) != class_names("mnist"):
        raise ModelError(
            f"{path} is a model of {recipe.name!r} on {data!r}. A string is read with the paper's LeNet-5, trained on "
            "digits: `python -m scratchnet reproduce sdnn` writes one that was trained on strings."
        )
    return net  # type: ignore[return-value]  # a recipe's network is a Sequential


def load_any(path: str | Path) -> tuple[Layer, Recipe, str]:
    """Return what `load_model` returns, also for a LeNet-5 that was trained to read strings, with its blank class."""
    if recorded(path).get("blank") is True:
        return load_reader(path), RECIPES["paper"], recorded(path).get("data", "mnist")
    return load_model(path)


def limits_in(path: str | Path) -> dict[str, float]:
    """Return the limits of doubt that a model file records, {} if it records none."""
    found = recorded(path).get("doubt", {})
    good = isinstance(found, dict) and all(isinstance(found.get(name), float) for name in ("best", "ahead"))
    return found if good else {}


def epochs_in(path: str | Path, default: Any = None) -> Any:
    """Return how many epochs a model or optimizer file records."""
    return with_current_names(recorded(path)).get("epochs", default)


def recorded(path: str | Path) -> dict[str, Any]:
    """Return what a file records about itself, {} for a file of `net.save`. Raise ModelError for another program's."""
    text = read_about(path)
    try:
        about = json.loads(text or "{}")
    except (ValueError, RecursionError):
        about = None
    if not isinstance(about, dict):
        raise ModelError(
            f"{path} does not record which recipe it belongs to. Was it saved by `python -m scratchnet train`?"
        )
    return about
