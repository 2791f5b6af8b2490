"""Networks that a run saved, on a live page."""

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scratchnet.errors import InputError
from scratchnet.exchange.live_page import LivePage, ShownNetwork, live_page
from scratchnet.runs.model_file import limits_in, load_model, load_reader, recorded
from scratchnet.runs.recipes import RECIPES, Recipe
from scratchnet.storage import here

READER = Path("runs/reproduce/sdnn.npz")  # where `reproduce sdnn` puts its network


def page_of_models(paths: Sequence[str | Path], strings: str | Path | None = None) -> tuple[LivePage, Path]:
    """Return the live page of one or two saved networks, and the path of the first one's model file.

    paths: run folders or model files. strings: a model that was trained on strings; by default the one of
    `reproduce sdnn`, if it is there. Raises InputError for a folder without a network, ModelError for a file that
    cannot be used, DataError if the test images are not on this machine.
    """
    files = [model_file(path) for path in paths]
    reader = model_file(strings) if strings else READER if READER.is_file() else None
    page = live_page([shown_model(file) for file in files], shown_reader(reader) if reader else None)
    return page, files[0]


def page_of_run(net: Any, recipe: Recipe, data: str, test: tuple[Any, Any], model: Path, fast: bool = True) -> LivePage:
    """Return the live page of a network beside its report. test: the images and labels that the report measures.

    model: the file that records when it doubts its answer.
    """
    limits = limits_in(model) if model.is_file() else {}
    pixels = functools.partial(recipe.prepare, split="test")
    return live_page([ShownNetwork(net, f"{recipe.name} on {data}", pixels, data, limits, fast)], None, *test)


def model_file(path: str | Path) -> Path:
    """Return the model file of a run folder, or the file itself. Raise InputError if there is none."""
    path = here(path)
    file = path / "last.npz" if path.is_dir() else path
    if not file.is_file():
        raise InputError(f"There is no network at {file}. Train one: python -m scratchnet train")
    return file


def shown_model(path: Path) -> ShownNetwork:
    """Return the network in a model file, with its recipe and data as its title."""
    if recorded(path).get("blank") is True:
        return shown_reader(path)
    net, recipe, data = load_model(path)
    pixels = functools.partial(recipe.prepare, split="test")
    return ShownNetwork(net, f"{recipe.name} on {data}", pixels, data, limits_in(path))  # type: ignore[arg-type]


def shown_reader(path: Path) -> ShownNetwork:
    """Return the network in a model file, to read strings with."""
    return ShownNetwork(load_reader(path), path.stem, RECIPES["paper"].pixels, "mnist", limits_in(path))
