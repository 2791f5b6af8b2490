"""python -m scratchnet eval, predict: a trained model on a data set and on digits of your own."""

import numpy as np

from scratchnet.commands.prepare import prepare_kernels, say
from scratchnet.datasets import class_names, load
from scratchnet.datasets.pictures import read_digit
from scratchnet.errors import ModelError
from scratchnet.layers import RBF
from scratchnet.metrics import probabilities
from scratchnet.recipes import RECIPES
from scratchnet.runs import check_writable
from scratchnet.storage import read_about
from scratchnet.tables import ascii_picture, confusion_table, percent
from scratchnet.training import History, evaluate


def load_model(path):
    """The network in a model file and the recipe it is of: the paper's, unless the file says otherwise."""
    name = read_about(path) or "paper"
    if name not in RECIPES:
        raise ModelError(f"{path} is of a recipe {name!r} that this version does not have. Update scratchnet.")
    return RECIPES[name].network().load(path), RECIPES[name]


def evaluate_model(options):
    net, recipe = load_model(options.model)
    data = options.data or recipe.data
    images, labels = load(data, options.split)
    if options.report:
        check_writable(options.report)
    prepare_kernels(net)
    if options.report:
        from scratchnet.report import write_report

        result = write_report(options.report, net, recipe, (images, labels), data, history_beside(options.model))
    else:
        result = evaluate(net, (recipe.pixels(images), labels))
    wrong = np.count_nonzero(result.predictions != labels)
    print(f"{options.model}: {recipe.name} on {data}, {options.split} error {result.error:.2f} % ({wrong} of "
          f"{len(labels):,} images), top 3 {result.top3_error:.2f} %\n")  # fmt: skip
    print(confusion_table(result.confusion, class_names(data)))
    if options.report:
        say(f"\nreport  {options.report / 'index.html'}")


def history_beside(model):
    """The History of the run that a model file lies in, if it does."""
    try:
        return History.read(model.parent / "log.csv")
    except (OSError, ValueError):
        return None


def predict(options):
    net, recipe = load_model(options.model)
    names = class_names(recipe.data)
    pixels = np.stack([read_digit(path) for path in options.images])
    prepare_kernels(net)
    scores = net.scores(net.forward(recipe.pixels(pixels)))
    if isinstance(list(net.layers.values())[-1], RBF):
        says = [[f"penalty {-score:.1f}" for score in row] for row in scores]
    else:
        says = [[percent(p) for p in row] for row in probabilities(scores)]
    for path, picture, order, said in zip(options.images, pixels, scores.argsort(axis=1), says):
        first, second = order[-1], order[-2]
        print(ascii_picture(picture))
        print(f"{path}: {names[first]} ({said[first]}), then {names[second]} ({said[second]})\n")
