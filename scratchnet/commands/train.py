"""python -m scratchnet train: the paper's recipe, and the paper's result beside it."""

import json
import math
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from scratchnet import recipe, schedules
from scratchnet.commands.prepare import prepare_kernels, say
from scratchnet.commands.tables import confusion_table, step_size_table
from scratchnet.datasets import load, paper_input
from scratchnet.errors import InputError
from scratchnet.losses import MAPLoss, MLELoss
from scratchnet.models import lenet5
from scratchnet.optimizers import SDLM
from scratchnet.storage import whole_file
from scratchnet.training import Callback, History, evaluate, fit


def train(options):
    config, history = settings(options)
    folder = options.resume or options.out or Path("runs/quick" if options.quick else "runs/paper")
    loss = MLELoss() if config["loss"] == "mle" else MAPLoss(config["j"])
    make_folder(folder)

    rng = np.random.default_rng(config["seed"])
    net = lenet5(rng)
    size = f"{net.n_parameters():,} parameters, {net.n_connections(net.input_shape):,} connections"
    say(f"LeNet-5: {size}; {loss}, seed {config['seed']}")
    prepare_kernels(net, training=True)
    (images, labels), (test_images, test_labels) = load("mnist", "train"), load("mnist", "test")
    x, labels = paper_input(images[: config["digits"]]), labels[: config["digits"]]
    test = paper_input(test_images), test_labels
    if len(history):
        net.load(folder / "last.npz")

    schedule = partial(schedules.paper, scale=config["eta"])
    optimizer = SDLM(net, schedule(0), mu=recipe.MU)
    progress = Progress(folder, config, net, optimizer, len(history) * len(x), options.verbose)
    try:
        fit(
            net,
            loss,
            optimizer,
            (x, labels),
            test=test,
            epochs=config["epochs"],
            batch_size=recipe.BATCH_SIZE,
            schedule=schedule,
            rng=rng,
            history=history,
            callback=progress,
        )
    except KeyboardInterrupt:
        progress.close()
        return interrupted(folder, history)
    finally:
        progress.close()
    from scratchnet import figures  # Matplotlib takes a third of a second: not before the first result

    figures.save(figures.training_curves(history), folder / "training.png")
    print(report(history, evaluate(net, test).confusion, config))
    print(f"\nmodel   {folder / 'last.npz'}\ncurves  {folder / 'training.png'}\nlog     {folder / 'log.csv'}")


def settings(options):
    """The settings of a new run and an empty History, or those of the run to go on with."""
    if options.resume:
        try:
            config = json.loads((options.resume / "config.json").read_text())
            missing = {"seed", "loss", "j", "eta", "epochs", "digits"} - config.keys()
            if missing:
                raise ValueError(f"config.json lacks {', '.join(sorted(missing))}")
            return config, History.read(options.resume / "log.csv")
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as why:
            raise InputError(f"There is no run to go on with in {options.resume} ({why}).") from None
    if options.j is not None and (options.loss == "mle" or not options.j > 0):
        raise InputError(f"--j {options.j:g} is for --loss map, and has to be positive.")
    if options.eta is not None and not 0 < options.eta < math.inf:
        raise InputError(f"--eta has to be positive, got {options.eta:g}.")
    config = {
        "seed": options.seed,
        "loss": options.loss,
        "j": recipe.J if options.j is None else options.j,
        "eta": recipe.ETA_SCALE if options.eta is None else options.eta,
        "epochs": options.epochs or (1 if options.quick else recipe.EPOCHS),
        "digits": recipe.QUICK if options.quick else None,
    }
    return config, History()


def make_folder(folder):
    """Before the training, not after it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as why:
        raise InputError(f"{folder} cannot be written to ({why.strerror}). Choose another folder.") from None


class Progress(Callback):
    """A bar with the time left on a terminal, a line for every pass, and the files of the run."""

    def __init__(self, folder, config, net, optimizer, digits_before, verbose):
        self.folder, self.config, self.net, self.optimizer = folder, config, net, optimizer
        self.digits_before, self.verbose = digits_before, verbose
        self.bar = None

    def batch(self, done, total, loss):
        if self.bar is None:
            self.bar = tqdm(
                total=self.config["epochs"] * total,
                initial=self.digits_before,
                ascii=True,
                unit=" digits",
                disable=None,  # no bar unless stderr is a terminal
                mininterval=0.5,
                smoothing=0.05,
                leave=False,
            )
            if self.verbose:
                self.print(step_size_table(self.optimizer))
        self.bar.update(recipe.BATCH_SIZE)

    def epoch(self, history):
        with whole_file(self.folder / "config.json") as file:
            file.write(json.dumps(self.config, indent=2).encode("ascii") + b"\n")
        self.net.save(self.folder / "last.npz")
        history.write(self.folder / "log.csv")
        self.print(
            f"pass {len(history):2}/{self.config['epochs']}  eta {history.lr[-1]:.3g}  loss {history.loss[-1]:.3f}  "
            f"training error {history.running_error[-1]:.2f} % on the fly, {history.train_error[-1]:.2f} % after  "
            f"test error {history.test_error[-1]:.2f} %  {history.seconds[-1]:.1f} s"
        )

    def print(self, text):
        self.bar.clear()
        print(text, flush=True)
        self.bar.refresh()

    def close(self):
        if self.bar is not None:
            self.bar.close()


def interrupted(folder, history):
    if not len(history):
        say("\nInterrupted before the end of the first pass: nothing is saved.")
    else:
        say(f"\nInterrupted. {folder / 'last.npz'} is the network after pass {len(history)}. To go on:")
        say(f"  python -m scratchnet train --resume {folder}")
    return 130


def report(history, confusion, config):
    """This run beside the paper, and the confusion matrix."""
    wrong = confusion.sum() - confusion.trace()
    rows = [
        ("", "this run", "paper"),
        ("test error", f"{history.test_error[-1]:.2f} % ({wrong})", f"{recipe.PAPER_TEST} % (+- 0.1)"),
        ("training error, on the fly", f"{history.running_error[-1]:.2f} %", f"{recipe.PAPER_TRAINING} %"),
        ("training error, after", f"{history.train_error[-1]:.2f} %", ""),
        ("passes", f"{len(history)}", f"{recipe.EPOCHS}"),
        ("learning rates", f"paper's x {config['eta']:g}", "0.0005 ... 0.00001"),
        ("digits in a pass", f"{config['digits'] or 60_000:,}", "60,000"),
        ("time of the updates", f"{sum(history.seconds):.0f} s", "2 to 3 days"),
    ]
    table = "\n".join(f"{name:27} {ours:>16} {paper:>19}".rstrip() for name, ours, paper in rows)
    return f"\n{table}\n\n{confusion_table(confusion)}"
