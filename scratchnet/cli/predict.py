"""python -m scratchnet predict: a trained model on your own digits."""

from pathlib import Path


def add(commands):
    command = commands.add_parser("predict", help="read digits from pictures or .npy arrays of 28 x 28 pixels")
    command.set_defaults(command=run, flags={})
    command.add_argument("model", type=Path, metavar="MODEL", help="e.g. runs/paper/last.npz")
    command.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="28 x 28 pixels, bright on black")


def run(options):
    import numpy as np

    from scratchnet.cli.progress import prepare_kernels
    from scratchnet.datasets import class_names
    from scratchnet.datasets.pictures import read_digit
    from scratchnet.layers import RBF
    from scratchnet.metrics import probabilities
    from scratchnet.runs.folder import load_model
    from scratchnet.training import engine_for
    from scratchnet.viewing.tables import ascii_picture, percent

    net, recipe, data = load_model(options.model)
    names = class_names(data)
    pixels = np.stack([read_digit(path, fills_the_frame=data == "fashion-mnist") for path in options.images])
    prepare_kernels(net, images=len(pixels))
    x = recipe.prepare(pixels, "test")
    scores = net.scores(engine_for(net, None, x, fast=True).forward(x))
    if isinstance(list(net.layers.values())[-1], RBF):
        texts = [[f"penalty {-score:.1f}" for score in row] for row in scores]
    else:
        texts = [[percent(p) for p in row] for row in probabilities(scores)]
    for path, picture, order, text in zip(options.images, pixels, scores.argsort(axis=1), texts):
        first, second = order[-1], order[-2]
        print(ascii_picture(picture))
        print(f"{path}: {names[first]} ({text[first]}), then {names[second]} ({text[second]})\n")
