"""A run folder: everything needed to repeat, resume and examine a training.

config.json       the recipe, every choice and the versions
log.csv           one row per epoch
validations.csv   one row per validation, if there are any
last.npz          the network after the last complete epoch; optimizer.npz: the state of its optimizer
next.npz          the state of the optimizer while last.npz is replaced; it becomes optimizer.npz
best.npz          the network with the lowest error on the held-out images; the test set never chooses it
report/           pictures, tables and a page with all of them
"""

import contextlib
import json
import math
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scratchnet.datasets import SETS, distort, hold_out
from scratchnet.errors import DataError, InputError, ModelError, nearest
from scratchnet.losses import Loss, MAPLoss, MLELoss
from scratchnet.parallel import cores
from scratchnet.runs.doubt import limits
from scratchnet.runs.model_file import epochs_in, recorded
from scratchnet.runs.recipes import QUICK, RECIPES, J, find_recipe
from scratchnet.storage import atomic_write, here, read_arrays, remove_leftovers, write_arrays
from scratchnet.training import History, predict
from scratchnet.training.evaluation import Data

BEFORE = {"readable": True, "distort": False}  # what an older config.json does not record

FILES = (
    *("config.json", "log.csv", "validations.csv", "last.npz", "optimizer.npz", "next.npz", "best.npz"),
    "report/index.html",
)
LOCK = "training.lock"


class Run:
    """A training and its folder: folder, config (a dict), recipe, history."""

    def __init__(self, folder, config, history):
        self.folder, self.config, self.history = folder, check_config(config), history
        self.recipe = RECIPES[config["recipe"]]
        self.begun = len(history) > 0
        self.validations_seen = len(history.validations)
        self.best = None  # the best network of the first epoch, until that epoch is complete
        self.doubt = {}  # the limits of doubt.py, once the training is complete

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
        distort: bool = False,
        readable: bool = False,
        folder: Path | None = None,
    ) -> "Run":
        """Return a new run; every argument that is not given comes from the recipe.

        quick: one epoch over few images; eta: a factor on the learning rates; loss: "map" or "mle", and j, for the
        paper's recipe only; distort: distort the training images anew in each epoch; readable: without the fast
        path; folder: the default is runs/NAME.
        Raises InputError for choices that do not fit together, and for a folder that holds another run.
        """
        chosen = find_recipe(recipe)
        paper = chosen.name == "paper"
        if not paper and (loss or j is not None):
            raise InputError(f"loss= and j= are only for the recipe 'paper', got {chosen.name!r}.")
        if j is not None and loss == "mle":
            raise InputError(f"j={j:g} is for loss=map only, got loss=mle.")
        if j is not None and not j > 0:
            raise InputError(f"j={j:g} has to be positive.")
        if eta is not None and not 0 < eta < math.inf:
            raise InputError(f"eta={eta:g} has to be a positive number.")
        held_out = chosen.held_out if held_out is None else held_out
        if validate_every and not held_out:
            raise InputError("validate_every= needs held-out images: add held_out=1000.")
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
            "distort": distort,
            "readable": readable,
            "versions": versions(),
        }
        run = cls(here(folder or Path("runs") / run_name(config, chosen)), config, History())
        run.check_free()
        return run

    @classmethod
    def read(cls, folder):
        """Return the run in a folder. Raise InputError if there is none."""
        folder = here(folder)
        if folder.is_file():
            raise InputError(f"{folder} is a file. Give the folder of the run: {folder.parent}")
        try:
            config = BEFORE | json.loads((folder / "config.json").read_text("ascii"))
            log = folder / "log.csv"
            history = History.read(log) if log.is_file() else History()  # it was killed before its first epoch ended
            if (folder / "validations.csv").is_file():
                history.read_validations(folder / "validations.csv")
            return cls(folder, config, history)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            why = f"{Path(error.filename).name}: {error.strerror}" if isinstance(error, OSError) else error
            raise InputError(f"There is no run in {folder} ({why}). Train one: python -m scratchnet train") from None

    @classmethod
    def resumed(cls, folder: Path, epochs: int | None = None) -> "Run":
        """Return the run to resume, for `epochs` in total. Raise InputError if it has more already."""
        run = cls.read(folder)
        run.config["epochs"] = epochs or run.config["epochs"]
        done = len(run.history)
        if run.config["epochs"] < done:
            raise InputError(
                f"epochs={run.config['epochs']} has to be at least {done}: {run.folder} has {done} epochs already."
            )
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
        """Return the images and labels to train on, and those held out, or None if the run holds out none."""
        images, labels = (array[: self.config["images"]] for array in data)
        count = self.config["held_out"]
        if not count:
            return (images, labels), None
        return hold_out(images, labels, count, None if self.recipe.holds_out_the_last else rng)

    def fresh(self, images: NDArray, labels: NDArray) -> Callable[[int], Data] | None:
        """Return epoch -> the training data of that epoch, distorted anew, or None if the run distorts nothing.

        The distortions belong to the seed and the epoch: a run that is resumed draws the same.
        """
        if not self.config["distort"]:
            return None

        def distorted(epoch: int) -> Data:
            rng = np.random.default_rng([self.config["seed"], epoch])
            return self.recipe.prepare(distort(images, rng), "train"), labels

        return distorted

    def check_free(self):
        """Raise InputError if the folder holds a run with other settings."""
        path = self.folder / "config.json"
        try:
            there = BEFORE | json.loads(path.read_text("ascii"))
            other = [
                f"{name} is {there.get(name)!r} there and {mine!r} here"
                for name, mine in self.config.items()
                if name != "versions" and there.get(name) != mine
            ]
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return
        if other:
            raise InputError(
                f"{self.folder} holds a run with another setting: {', '.join(other)}. Remove the folder, or choose "
                "another one: folder=DIR."
            )

    @contextlib.contextmanager
    def in_use(self) -> Iterator[None]:
        """Create the folders, and keep other trainings out of them, also those of other processes.

        Raises InputError if a folder cannot be written to, and if another training is in it.
        """
        for folder in (self.folder, self.folder / "report"):
            check_writable(folder)
        from filelock import FileLock, Timeout  # here, because it warns in a browser

        lock = FileLock(self.folder / LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise InputError(
                f"Another training is writing to {self.folder}. Wait for its end, or choose another folder: folder=DIR."
            ) from None
        except NotImplementedError:
            pass  # a file system without locks
        try:
            for folder in (self.folder, self.folder / "report"):
                remove_leftovers(folder)
            yield
        finally:
            with contextlib.suppress(OSError):
                (self.folder / LOCK).unlink(missing_ok=True)
            lock.release()

    def go_on(self, net, optimizer, images):
        """Load the network and the optimizer as they were after the last complete epoch of this many images.

        The log is written before them: if it has one more epoch, that epoch is dropped.
        Raises ModelError if no state of the optimizer is of the same epoch as the network, or for another recipe.
        """
        if not len(self.history):
            return
        path = self.folder / "last.npz"
        if len(self.history) == 1 and not path.is_file():  # it was killed while it saved its first epoch
            self.history.cut(0)
            self.begun = False
            return
        net.load(path)
        self.expect_ours(path)
        epochs = epochs_in(path, len(self.history))
        if type(epochs) is not int or not 0 < epochs <= len(self.history):
            raise ModelError(f"{path} is of epoch {epochs}, and the log has {len(self.history)} epochs. Train again.")
        self.history.cut(epochs)
        self.validations_seen = len(self.history.validations)
        if optimizer.remembers():
            self.restore(optimizer, epochs, epochs * -(-images // self.recipe.batch_size))

    def restore(self, optimizer, epochs, steps):
        """Restore the state of the optimizer after this many epochs and steps: it is in optimizer.npz or, if the last
        save was interrupted, in next.npz. Raise ModelError if neither can be used."""
        paths = [self.folder / name for name in ("optimizer.npz", "next.npz")]
        found = [path for path in paths if path.is_file() and epochs_in(path) == epochs]
        if not found:
            raise ModelError(
                f"{paths[0]} is missing or does not belong to last.npz, so the run cannot be resumed. Train again."
            )
        self.expect_ours(found[0])
        state = read_arrays(found[0])
        try:
            if (
                "t" in state and not self.config["validate_every"] and not np.array_equal(state["t"], steps)
            ):  # validations part batches
                raise InputError(f"Expected {steps:,} steps in t after {epochs} epochs, got {state['t']}.")
            optimizer.restore(state)
        except InputError as why:
            raise ModelError(f"{found[0]}: {why} Train again.") from None

    def expect_ours(self, path):
        """Raise ModelError if a file records another recipe or other data than those of this run."""
        about, mine = recorded(path), {"recipe": self.recipe.name, "data": self.config["data"]}
        if mine | {name: about[name] for name in mine if name in about} != mine:
            raise ModelError(
                f"{path} belongs to {about.get('recipe')} on {about.get('data')}, and the run to {mine['recipe']} on "
                f"{mine['data']}. Train again."
            )

    def save(self, net, optimizer):
        """Write the files of the run after an epoch. The first call deletes the files of an earlier run.

        The last complete network and its optimizer stay until the next two are complete, so that the run can be
        resumed whenever it is killed.
        """
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
            write_arrays(self.folder / "next.npz", optimizer.state(), self.about())
        net.save(self.folder / "last.npz", self.about())  # from here on this epoch is the one to resume after
        if optimizer.state():
            os.replace(self.folder / "next.npz", self.folder / "optimizer.npz")

    def save_best(self, net):
        """Write best.npz if there was a new validation and it was the best so far.

        During the first epoch it keeps the network in memory until the epoch is complete.
        """
        validations = self.history.validations
        if len(validations) > self.validations_seen and validations[-1][1] <= min(error for _, error in validations):
            if self.begun:
                net.save(self.folder / "best.npz", self.about())
            else:
                self.best = {name: array.copy() for name, array in net.state().items()}
        self.validations_seen = len(validations)

    def save_doubt(self, net, pixels, labels):
        """Write into the models what their right answers reach on these images, so that `predict` can doubt.

        The images are those held out, or the last training images if none were held out.
        """
        for name in ("last.npz", "best.npz"):
            if (self.folder / name).is_file():
                model = self.recipe.network().load(self.folder / name)
                scores = predict(model, pixels, fast=not self.config["readable"])[1]
                self.doubt = limits(model, scores, labels)
                epochs = epochs_in(self.folder / name, len(self.history))
                model.save(self.folder / name, json.dumps(json.loads(self.about()) | {"epochs": epochs}))

    def about(self):
        """Return what a model file of this run records, as JSON."""
        about = {"recipe": self.recipe.name, "data": self.config["data"], "epochs": len(self.history)}
        return json.dumps(about | ({"doubt": self.doubt} if self.doubt else {}))

    def files(self):
        """Return (what it is, file name) of the files that the run has written."""
        names = {"model": "last.npz", "best": "best.npz", "log": "log.csv", "report": "report/index.html"}
        return [(what, name) for what, name in names.items() if (self.folder / name).is_file()]


def check_config(config):
    """Return the config. Raise InputError for an entry that is missing or not valid."""

    def whole(least):
        return lambda value: type(value) is int and value >= least

    def number(value):
        return type(value) in (int, float) and 0 < value < math.inf

    recipe = find_recipe(config.get("recipe"))
    if config.get("data") not in tuple(SETS):
        raise DataError(f"There is no data set {config.get('data')!r}.{nearest(config.get('data'), SETS)}")
    paper = recipe.name == "paper"
    valid = {
        "seed": whole(0),
        "epochs": whole(1),
        "images": lambda value: value is None or whole(1)(value),
        "held_out": whole(0),
        "validate_every": lambda value: value is None or whole(1)(value),
        "eta": number,
        "loss": lambda value: value in (("map", "mle") if paper else (None,)),
        "j": number if paper else lambda value: value is None,
        "distort": lambda value: isinstance(value, bool),
        "readable": lambda value: isinstance(value, bool),
    }
    for name, check in valid.items():
        if name not in config or not check(config[name]):
            raise InputError(f"{name} is {config.get(name, 'missing')!r}, which is not valid for {recipe.name}")
    return config


def run_name(config, recipe):
    """Return the default name of a run's folder."""
    name = recipe.name if config["data"] == recipe.data else f"{recipe.name}-{config['data']}"
    if config["images"]:
        name = "quick" if name == "paper" else f"{name}-quick"
    name += "-distorted" * config["distort"]
    return name + (f"-seed{config['seed']}" if config["seed"] else "")


def check_writable(folder):
    """Create the folder if there is none. Raise InputError if it cannot be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as why:
        raise InputError(f"{folder} cannot be written to ({why.strerror}). Choose another folder.") from None


def versions():
    """Return what the last digits of a result depend on: versions and the machine."""
    packages = {name: version(name) for name in ("numpy", "numba", "scipy") if find_spec(name)}
    machine = {"python": platform.python_version(), "machine": platform.machine(), "cores": cores()}
    ours = sys.modules[__name__.partition(".")[0]].__version__
    return {"scratchnet": ours} | packages | machine
