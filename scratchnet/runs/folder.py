"""A run folder: everything needed to repeat a training, to go on with it and to look at it.

config.json       the recipe, every choice and the versions
log.csv           one row per pass
validations.csv   one row per validation, where there are any
last.npz          the network after the last whole pass; optimizer.npz what its optimizer remembers
best.npz          the network at its best on the held-out images, never chosen by the test set
report/           pictures, tables and a page of them
"""

import json
import math
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

from scratchnet.datasets import SETS, hold_out
from scratchnet.errors import DataError, InputError, ModelError, nearest
from scratchnet.layers import Layer
from scratchnet.losses import Loss, MAPLoss, MLELoss
from scratchnet.parallel import cores
from scratchnet.runs.recipes import QUICK, RECIPES, J, Recipe
from scratchnet.storage import atomic_write, read_about, read_arrays, write_arrays
from scratchnet.training import History
from scratchnet.training.evaluation import Data

BEFORE = {"readable": True}  # what a config.json from before there was a choice would have said

FILES = ("config.json", "log.csv", "validations.csv", "last.npz", "optimizer.npz", "best.npz", "report/index.html")


class Run:
    """folder, config (a dict), recipe, history."""

    def __init__(self, folder, config, history):
        self.folder, self.config, self.history = folder, check_config(config), history
        self.recipe = RECIPES[config["recipe"]]
        self.begun = len(history) > 0
        self.validations_seen = len(history.validations)
        self.best = None  # of the first pass, until it is over

    @classmethod
    def new(
        cls,
        recipe: str = "paper",
        *,
        data: str | None = None,
        quick: bool = False,
        seed: int = 0,
        epochs: int | None = None,
        held_out: int | None = None,
        validate_every: int | None = None,
        eta: float | None = None,
        loss: str | None = None,
        j: float | None = None,
        readable: bool = False,
        folder: Path | None = None,
    ) -> "Run":
        """Return a new run; what is not given is as the recipe has it.

        quick: one epoch over few images; eta: a factor on the learning rates; loss: "map" or "mle", and j, for the
        paper's recipe only; readable: without the fast path; folder: runs/NAME if not given.
        Raises InputError for choices that do not go together, and for a folder that holds another run.
        """
        chosen = find_recipe(recipe)
        paper = chosen.name == "paper"
        if not paper and (loss or j is not None):
            raise InputError(f"loss= and j= are choices of the paper's recipe, {chosen.name} has none.")
        if j is not None and (loss == "mle" or not j > 0):
            raise InputError(f"j={j:g} is for loss=map, and has to be positive.")
        if eta is not None and not 0 < eta < math.inf:
            raise InputError(f"eta={eta:g} has to be a positive number.")
        held_out = chosen.held_out if held_out is None else held_out
        if validate_every and not held_out:
            raise InputError("validate_every= needs images that are held out for it: add held_out=1000.")
        config = {
            "recipe": chosen.name,
            "data": data or chosen.data,
            "seed": seed,
            "epochs": epochs or (1 if quick else chosen.epochs),
            "images": QUICK if quick else None,
            "held_out": held_out,
            "validate_every": validate_every,
            "eta": chosen.scale if eta is None else eta,
            "loss": loss or ("map" if paper else None),
            "j": (J if j is None else j) if paper else None,
            "readable": readable,
            "versions": versions(),
        }
        run = cls(folder or Path("runs") / run_name(config, chosen), config, History())
        run.check_free()
        return run

    @classmethod
    def read(cls, folder):
        """The run in a folder. Raises InputError when there is none."""
        if folder.is_file():
            raise InputError(f"{folder} is a file. Give the folder of the run: {folder.parent}")
        try:
            config = {"readable": True} | json.loads((folder / "config.json").read_text("ascii"))
            history = History.read(folder / "log.csv")
            if (folder / "validations.csv").is_file():
                history.read_validations(folder / "validations.csv")
            return cls(folder, config, history)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            why = f"{Path(error.filename).name}: {error.strerror}" if isinstance(error, OSError) else error
            raise InputError(f"There is no run in {folder} ({why}). Train one: python -m scratchnet train") from None

    @classmethod
    def resumed(cls, folder: Path, epochs: int | None = None) -> "Run":
        """Return the run to go on with, for `epochs` in all. Raises InputError when it has more already."""
        run = cls.read(folder)
        run.config["epochs"] = epochs or run.config["epochs"]
        if run.config["epochs"] < len(run.history):
            raise InputError(f"{run.folder} has {len(run.history)} passes already, more than {epochs}.")
        return run

    def loss(self) -> Loss:
        """Return the loss that the run trains with."""
        if self.config["loss"] is None:
            return self.recipe.loss()
        return MLELoss() if self.config["loss"] == "mle" else MAPLoss(self.config["j"])

    def schedule(self, epoch: int) -> float:
        """Return the learning rate of an epoch, counted from 0."""
        return self.config["eta"] * self.recipe.schedule(epoch)

    def split(self, data: Data, rng: np.random.Generator) -> tuple[Data, Data | None]:
        """Return the images and labels to train on, and those held out, or None where the run holds out none."""
        images, labels = (array[: self.config["images"]] for array in data)
        count = self.config["held_out"]
        if not count:
            return (images, labels), None
        return hold_out(images, labels, count, None if self.recipe.holds_out_the_last else rng)

    def check_free(self):
        """Raises InputError when the folder holds a run with other settings."""
        path = self.folder / "config.json"
        try:
            there = BEFORE | json.loads(path.read_text("ascii"))
            other = [name for name in self.config if name != "versions" and there.get(name) != self.config[name]]
        except (OSError, ValueError, AttributeError):
            return
        if other:
            raise InputError(
                f"{self.folder} holds a run with another {', '.join(other)}. Remove it, or name another: folder=DIR."
            )

    def make_folders(self):
        """Before the training, not after it. Raises InputError when one cannot be written to."""
        for folder in (self.folder, self.folder / "report"):
            check_writable(folder)

    def go_on(self, net, optimizer):
        """Takes up the network and the optimizer where the last whole pass left them.

        The log is written before them: what it has of a pass that they have not is dropped.
        Raises ModelError when the two are not of the same pass.
        """
        if not len(self.history):
            return
        net.load(self.folder / "last.npz")
        passes = json.loads(read_about(self.folder / "last.npz") or "{}").get("passes", len(self.history))
        self.history.cut(passes)
        self.validations_seen = len(self.history.validations)
        path = self.folder / "optimizer.npz"
        if path.is_file() != optimizer.remembers() or (
            path.is_file() and json.loads(read_about(path)).get("passes") != passes
        ):
            raise ModelError(f"{path} does not belong to last.npz, so there is no going on exactly. Train again.")
        if path.is_file():
            optimizer.restore(read_arrays(path))

    def save(self, net, optimizer):
        """After a pass. With the first, what an earlier run left in the folder goes."""
        if not self.begun:
            for name in FILES:
                (self.folder / name).unlink(missing_ok=True)
            self.begun = True
        with atomic_write(self.folder / "config.json") as file:
            file.write(json.dumps(self.config, indent=2).encode("ascii") + b"\n")
        if self.best:
            write_arrays(self.folder / "best.npz", self.best, self.about())
            self.best = None
        self.history.write(self.folder / "log.csv")
        if self.history.validations:
            self.history.write_validations(self.folder / "validations.csv")
        if optimizer.state():
            write_arrays(self.folder / "optimizer.npz", optimizer.state(), self.about())
        net.save(self.folder / "last.npz", self.about())

    def save_best(self, net):
        """Write best.npz, if there was a validation since, and it was the best so far; in the first
        pass it waits for the pass to be over."""
        validations = self.history.validations
        if len(validations) > self.validations_seen and validations[-1][1] <= min(error for _, error in validations):
            if self.begun:
                net.save(self.folder / "best.npz", self.about())
            else:
                self.best = {name: array.copy() for name, array in net.state().items()}
        self.validations_seen = len(validations)

    def about(self):
        """What a model file of this run says of itself."""
        return json.dumps({"recipe": self.recipe.name, "data": self.config["data"], "passes": len(self.history)})

    def files(self):
        """(what it is, file name) of what the run has left."""
        names = {"model": "last.npz", "best": "best.npz", "log": "log.csv", "report": "report/index.html"}
        return [(what, name) for what, name in names.items() if (self.folder / name).is_file()]


def check_config(config):
    """The config, or an InputError that says which of its entries makes no sense."""

    def whole(least):
        return lambda value: type(value) is int and value >= least

    def number(value):
        return type(value) in (int, float) and 0 < value < math.inf

    recipe = find_recipe(config.get("recipe"))
    if config.get("data") not in tuple(SETS):
        raise DataError(f"There is no data set {config.get('data')!r}.{nearest(config.get('data'), SETS)}")
    paper = recipe.name == "paper"
    sensible = {
        "seed": whole(0),
        "epochs": whole(1),
        "images": lambda value: value is None or whole(1)(value),
        "held_out": whole(0),
        "validate_every": lambda value: value is None or whole(1)(value),
        "eta": number,
        "loss": lambda value: value in (("map", "mle") if paper else (None,)),
        "j": number if paper else lambda value: value is None,
        "readable": lambda value: isinstance(value, bool),
    }
    for name, check in sensible.items():
        if name not in config or not check(config[name]):
            raise InputError(f"{name} is {config.get(name, 'missing')!r}, which makes no sense for {recipe.name}")
    return config


def run_name(config, recipe):
    """What the folder of a run is called by default."""
    name = recipe.name if config["data"] == recipe.data else f"{recipe.name}-{config['data']}"
    if config["images"]:
        name = "quick" if name == "paper" else f"{name}-quick"
    return name + (f"-seed{config['seed']}" if config["seed"] else "")


def load_model(path: Path) -> tuple[Layer, Recipe, str]:
    """Return the network in a model file, its recipe, and the name of the data it was trained on.

    The recipe is the paper's unless the file says otherwise. Raises ModelError for a file that cannot be used.
    """
    text = read_about(path) or "{}"
    try:
        about = {"recipe": "paper", "data": "mnist"} | json.loads(text)
    except (ValueError, TypeError):
        raise ModelError(
            f"{path} does not say which recipe it belongs to. Was it saved by `python -m scratchnet train`?"
        ) from None
    name, data = about["recipe"], about["data"]
    if name not in tuple(RECIPES) or data not in tuple(SETS):
        raise ModelError(f"{path} is of {name!r} on {data!r}, which this version does not have. Update scratchnet.")
    return RECIPES[name].network().load(path), RECIPES[name], data


def find_recipe(name):
    """The recipe of this name. Raises InputError with the nearest one that exists."""
    if name not in tuple(RECIPES):
        raise InputError(f"There is no recipe {name!r}.{nearest(name, RECIPES)}")
    return RECIPES[name]


def check_writable(folder):
    """Makes the folder if need be. Raises InputError when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as why:
        raise InputError(f"{folder} cannot be written to ({why.strerror}). Choose another folder.") from None


def versions():
    """What the last digits of a result depend on."""
    packages = {name: version(name) for name in ("numpy", "numba", "scipy")}
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": cores()}
    ours = sys.modules[__name__.partition(".")[0]].__version__
    return {"scratchnet": ours} | packages | machine
