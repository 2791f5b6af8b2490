"""python -m scratchnet train: a recipe, and what is claimed for it beside what came out."""

import math
from functools import partial

import numpy as np
from tqdm import tqdm

from scratchnet.commands.prepare import prepare_kernels, say
from scratchnet.datasets import class_names, hold_out, load
from scratchnet.losses import MAPLoss, MLELoss
from scratchnet.optimizers import SDLM
from scratchnet.recipes import RECIPES
from scratchnet.runs import Run
from scratchnet.tables import confusion_table, step_size_table, table
from scratchnet.training import Callback, fit


def train(options):
    run = Run.resumed(options) if options.resume else Run.new(options)
    recipe, config, history = run.recipe, run.config, run.history
    loss, rng = make_loss(recipe, config), np.random.default_rng(config["seed"])
    net = recipe.network(rng)
    (images, labels), (test_images, test_labels) = load(config["data"], "train"), load(config["data"], "test")
    images, labels = images[: config["images"]], labels[: config["images"]]
    validation = None
    if config["held_out"]:
        (images, labels), validation = hold_out(images, labels, config["held_out"], rng)
        validation = recipe.pixels(validation[0]), validation[1]
    run.make_folders()

    def schedule(epoch):
        return config["eta"] * recipe.schedule(epoch)

    optimizer = recipe.optimizer(net, schedule(0))
    size = f"{net.n_parameters():,} parameters, {net.n_connections(net.input_shape):,} connections"
    say(f"{recipe.name}: {size}; {loss}, {optimizer}, batch {recipe.batch_size}, seed {config['seed']}")
    fast = not config["readable"]
    prepare_kernels(net, loss, partial(recipe.optimizer, lr=schedule(0)), batch_size=recipe.batch_size, fast=fast)
    run.go_on(net, optimizer)
    progress = Progress(run, net, optimizer, options.verbose)
    try:
        fit(
            net,
            loss,
            optimizer,
            (recipe.pixels(images), labels),
            test=(recipe.pixels(test_images), test_labels),
            validation=validation,
            validate_every=config["validate_every"],
            epochs=config["epochs"],
            batch_size=recipe.batch_size,
            schedule=schedule,
            rng=rng,
            constant_order=recipe.constant_order,
            history=history,
            callback=progress,
            fast=fast,
        )
    except KeyboardInterrupt:
        progress.close()
        return interrupted(run)
    finally:
        progress.close()
    from scratchnet.report import write_report  # Matplotlib takes a third of a second: not before the first result

    result = write_report(
        run.folder / "report", net, recipe, (test_images, test_labels), config["data"], history, fast=fast
    )
    print("\n" + table(summary(recipe, config["data"], len(labels), history, result)))
    print("\n" + confusion_table(result.confusion, class_names(config["data"])))
    print("\n" + table([(name, str(run.folder / file)) for name, file in run.files()]))


def make_loss(recipe, config):
    if config["loss"] is None:
        return recipe.loss()
    return MLELoss() if config["loss"] == "mle" else MAPLoss(config["j"])


class Progress(Callback):
    """A bar with the time left on a terminal, a line for every pass, and the files of the run."""

    def __init__(self, run, net, optimizer, verbose):
        self.run, self.net, self.optimizer, self.verbose = run, net, optimizer, verbose
        self.bar, self.done = None, 0

    def batch(self, done, total, loss):
        if self.bar is None:
            self.bar = tqdm(
                total=self.run.config["epochs"] * total,
                initial=len(self.run.history) * total,
                ascii=True,
                unit=" images",
                disable=None,  # no bar unless stderr is a terminal
                mininterval=0.5,
                smoothing=0.05,
                leave=False,
            )
            if self.verbose and isinstance(self.optimizer, SDLM):
                self.print(step_size_table(self.optimizer))
        self.bar.update(done - self.done if done > self.done else done)
        self.done = done
        self.run.save_best(self.net)

    def epoch(self, history):
        self.run.save_best(self.net)
        self.run.save(self.net, self.optimizer)
        errors = {
            "training error {} % on the fly": history.running_error,
            "{} % after": history.train_error,
            "held-out error {} %": history.validation_error,
            "test error {} %": history.test_error,
        }
        texts = [text.format(f"{values[-1]:.2f}") for text, values in errors.items() if not math.isnan(values[-1])]
        self.print(
            f"pass {len(history):2}/{self.run.config['epochs']}  lr {history.lr[-1]:.3g}  loss {history.loss[-1]:.3f}  "
            + "  ".join(texts)
            + f"  {history.seconds[-1]:.1f} s"
        )

    def print(self, text):
        self.bar.clear()
        print(text, flush=True)
        self.bar.refresh()

    def close(self):
        if self.bar is not None:
            self.bar.close()


def interrupted(run):
    passes = len(run.history)
    if not passes:
        say("\nInterrupted before the end of the first pass: nothing is saved.")
    else:
        say(f"\nInterrupted. {run.folder / 'last.npz'} is the network after pass {passes}. To go on:")
        say(f"  python -m scratchnet train --resume {run.folder}")
    return 130


def summary(recipe, data, images, history, result):
    """This run beside what is claimed, as rows of a table."""
    wrong = result.confusion.sum() - result.confusion.trace()
    published = (recipe.claimed, recipe.claimed_training) if data == recipe.data else (None, None)
    claimed, claimed_training = (f"{100 - value:.2f} %" if value else "" for value in published)
    paper = recipe.name == "paper" and data == recipe.data
    seconds = sum(history.seconds)
    return [
        ("", "this run", "paper" if paper else "claimed"),
        ("test error", f"{result.error:.2f} % ({wrong})", claimed + " (+- 0.1)" * paper),
        ("top 3 error", f"{result.top3_error:.2f} %", ""),
        ("training error, on the fly", f"{history.running_error[-1]:.2f} %", claimed_training),
        ("training error, after", f"{history.train_error[-1]:.2f} %", ""),
        ("passes", f"{len(history)}", f"{recipe.epochs}"),
        ("learning rates", f"{history.lr[0]:g} ... {history.lr[-1]:g}", "0.0005 ... 0.00001" if paper else ""),
        ("images in a pass", f"{images:,}", f"{60_000 - recipe.held_out:,}"),
        (
            "time of the updates",
            f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s",
            "2 to 3 days" if paper else "",
        ),
    ]


def list_recipes(options):
    rows = [("recipe", "data", "claimed", "measured", "what")]
    for recipe in RECIPES.values():
        rows.append((recipe.name, recipe.data, percent(recipe.claimed), percent(recipe.measured), recipe.about))
    print(table(rows))


def percent(value):
    return "" if value is None else f"{value:.2f} %"
