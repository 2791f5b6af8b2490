"""python -m scratchnet eval, predict: a trained model on a data set and on digits of your own."""

import json

import numpy as np

from scratchnet.commands.prepare import prepare_kernels
from scratchnet.datasets import SETS, class_names, load
from scratchnet.datasets.pictures import read_digit
from scratchnet.errors import InputError, ModelError
from scratchnet.layers import RBF
from scratchnet.metrics import probabilities
from scratchnet.recipes import RECIPES
from scratchnet.runs import Run, check_writable
from scratchnet.storage import read_about
from scratchnet.tables import ascii_picture, confusion_table, percent
from scratchnet.training import evaluate, team_of


def load_model(path):
    """The network in a model file, its recipe and the name of the data it has learnt: the paper's, unless the
    file says otherwise."""
    said = read_about(path) or "{}"
    try:
        about = {"recipe": "paper", "data": "mnist"} | json.loads(said)
    except (ValueError, TypeError):
        raise ModelError(f"{path} does not say what it is of. Was it saved by `python -m scratchnet train`?") from None
    name, data = about["recipe"], about["data"]
    if name not in tuple(RECIPES) or data not in tuple(SETS):
        raise ModelError(f"{path} is of {name!r} on {data!r}, which this version does not have. Update scratchnet.")
    return RECIPES[name].network().load(path), RECIPES[name], data


def evaluate_model(options):
    net, recipe, learnt = load_model(options.model)
    data = options.data or learnt
    images, labels = load(data, options.split)
    if options.report:
        check_writable(options.report)
    prepare_kernels(net)
    if options.report:
        from scratchnet.report import write_report

        history = history_beside(options.model, data) if options.split == "test" else None
        name = data if options.split == "test" else f"{data}, training images"
        result = write_report(
            options.report, net, recipe, (images, labels), data, history, title=f"{recipe.name} on {name}"
        )
    else:
        result = evaluate(net, (recipe.pixels(images), labels))
    wrong = np.count_nonzero(result.predictions != labels)
    print(f"{options.model}: {recipe.name} on {data}, {options.split} error {result.error:.2f} % ({wrong} of "
          f"{len(labels):,} images), top 3 error {result.top3_error:.2f} %\n")  # fmt: skip
    print(confusion_table(result.confusion, class_names(data)))
    if options.report:
        print(f"\nreport  {options.report / 'index.html'}")


def history_beside(model, data):
    """The History of the run that a model file lies in, if it does, and if the run was tested on this data."""
    try:
        run = Run.read(model.parent)
    except InputError:
        return None
    return run.history if run.config["data"] == data else None


def predict(options):
    net, recipe, data = load_model(options.model)
    names = class_names(data)
    pixels = np.stack([read_digit(path, fills_the_frame=data == "fashion-mnist") for path in options.images])
    prepare_kernels(net, images=len(pixels))
    x = recipe.pixels(pixels)
    scores = net.scores(team_of(net, None, x, fast=True).forward(x))
    if isinstance(list(net.layers.values())[-1], RBF):
        says = [[f"penalty {-score:.1f}" for score in row] for row in scores]
    else:
        says = [[percent(p) for p in row] for row in probabilities(scores)]
    for path, picture, order, said in zip(options.images, pixels, scores.argsort(axis=1), says):
        first, second = order[-1], order[-2]
        print(ascii_picture(picture))
        print(f"{path}: {names[first]} ({said[first]}), then {names[second]} ({said[second]})\n")
