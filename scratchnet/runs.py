"""A run folder: everything needed to repeat a training, to go on with it and to look at it.

config.json   the recipe and every choice, the command and the versions
log.csv       one row per pass
validations.csv   one row per look at held-out images, where there are any
last.npz      the network after the last whole pass; optimizer.npz what its optimizer remembers
best.npz      the network at its best look at the held-out images, never chosen by the test set
report/       pictures, tables and a page of them
"""

import json
import math
import platform
import tempfile
from importlib.metadata import version
from pathlib import Path

from scratchnet import __version__
from scratchnet.datasets import SETS
from scratchnet.errors import DataError, InputError, nearest
from scratchnet.recipes import QUICK, RECIPES, J
from scratchnet.storage import read_arrays, whole_file, write_arrays
from scratchnet.training import History


class Run:
    """folder, config (a dict), recipe, history."""

    def __init__(self, folder, config, history):
        self.folder, self.config, self.history = folder, config, history
        self.recipe = find_recipe(config["recipe"])
        self.best = len(history.validations)

    @classmethod
    def new(cls, options):
        """A run with the options of the command line. Raises InputError for those that do not go together."""
        recipe = find_recipe(options.recipe)
        paper = recipe.name == "paper"
        if not paper and (options.loss or options.j is not None):
            raise InputError(f"--loss and --j are choices of the paper's recipe, {recipe.name} has none.")
        if options.j is not None and (options.loss == "mle" or not options.j > 0):
            raise InputError(f"--j {options.j:g} is for --loss map, and has to be positive.")
        if options.eta is not None and not 0 < options.eta < math.inf:
            raise InputError(f"--eta has to be positive, got {options.eta:g}.")
        held_out = recipe.held_out if options.hold_out is None else options.hold_out
        images = QUICK if options.quick else None
        if options.validate_every and not held_out:
            raise InputError("--validate-every needs images that are held out for it: add --hold-out 1000.")
        if held_out >= (images or 60_000):
            raise InputError(f"--hold-out {held_out} leaves none of {images or 60_000:,} images to train on.")
        data = options.data or recipe.data
        if data not in SETS:
            raise DataError(f"There is no data set {data!r}.{nearest(data, SETS)}")
        config = {
            "recipe": recipe.name,
            "data": data,
            "seed": options.seed,
            "epochs": options.epochs or (1 if options.quick else recipe.epochs),
            "images": images,
            "held_out": held_out,
            "validate_every": options.validate_every,
            "eta": recipe.scale if options.eta is None else options.eta,
            "loss": options.loss or ("map" if paper else None),
            "j": (J if options.j is None else options.j) if paper else None,
            "versions": versions(),
        }
        name = ("quick" if paper else f"{recipe.name}-quick") if options.quick else recipe.name
        return cls(options.out or Path("runs") / name, config, History())

    @classmethod
    def resumed(cls, folder):
        """The run in a folder. Raises InputError when there is none."""
        try:
            config = json.loads((folder / "config.json").read_text("ascii"))
            missing = {"recipe", "data", "seed", "epochs", "images", "held_out", "eta"} - config.keys()
            if missing:
                raise ValueError(f"config.json lacks {', '.join(sorted(missing))}")
            history = History.read(folder / "log.csv")
            if (folder / "validations.csv").is_file():
                history.read_validations(folder / "validations.csv")
            return cls(folder, config, history)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as why:
            raise InputError(f"There is no run in {folder} ({why}). Train one: python -m scratchnet train") from None

    def make_folders(self):
        """Before the training, not after it. Raises InputError when one cannot be written to."""
        for folder in (self.folder, self.folder / "report"):
            check_writable(folder)

    def go_on(self, net, optimizer):
        """Takes up the network and the optimizer where the last whole pass left them."""
        if len(self.history):
            net.load(self.folder / "last.npz")
            if (self.folder / "optimizer.npz").is_file():
                optimizer.restore(read_arrays(self.folder / "optimizer.npz"))

    def save(self, net, optimizer):
        """After a pass. What an earlier run left in the folder, and this one has not, goes."""
        with whole_file(self.folder / "config.json") as file:
            file.write(json.dumps(self.config, indent=2).encode("ascii") + b"\n")
        net.save(self.folder / "last.npz", about=self.recipe.name)
        self.history.write(self.folder / "log.csv")
        if optimizer.state():
            write_arrays(self.folder / "optimizer.npz", optimizer.state(), about=self.recipe.name)
        else:
            (self.folder / "optimizer.npz").unlink(missing_ok=True)
        if self.history.validations:
            self.history.write_validations(self.folder / "validations.csv")
        else:
            for name in ("validations.csv", "best.npz"):
                (self.folder / name).unlink(missing_ok=True)

    def save_best(self, net):
        """best.npz, if the last look at the held-out images was the best so far."""
        looks = self.history.validations
        if len(looks) > self.best and looks[-1][1] <= min(error for _, error in looks):
            net.save(self.folder / "best.npz", about=self.recipe.name)
        self.best = len(looks)

    def files(self):
        """(what it is, file name) of what the run has left."""
        names = {
            "model": "last.npz",
            "best": "best.npz",
            "log": "log.csv",
            "report": "report/index.html",
        }
        return [(what, name) for what, name in names.items() if (self.folder / name).is_file()]


def find_recipe(name):
    """The recipe of this name. Raises InputError with the nearest one that exists."""
    if name not in RECIPES:
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
    packages = {name: version(name) for name in ("numpy", "numba", "scipy")}
    return {"scratchnet": __version__, "python": platform.python_version()} | packages | {"machine": platform.machine()}
