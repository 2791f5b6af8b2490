"""python -m scratchnet predict: a trained model on your own digits."""

import argparse

from scratchnet.cli.flags import path_of
from scratchnet.errors import InputError

EXAMPLES = """examples:
  python -m scratchnet predict runs/paper/last.npz digit.png             one digit in a picture
  python -m scratchnet predict --string runs/reproduce/sdnn.npz line.png  a line of digits, as 2345; the model is
                                                                         from `python -m scratchnet reproduce sdnn`
"""


def add(commands):
    command = commands.add_parser(
        "predict",
        help="read digits from pictures of any size, photos too",
        description=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(command=run, flags={})
    command.add_argument("model", type=path_of, metavar="MODEL", help="e.g. runs/paper/last.npz")
    command.add_argument("images", nargs="+", type=path_of, metavar="IMAGE", help="a picture or a .npy array")
    command.add_argument("--as-is", action="store_true", help="data of 28 x 28 pixels, bright on black, taken as it is")
    command.add_argument("--string", action="store_true", help="read a line of several digits in each picture")


def run(options):
    if options.string:
        return run_strings(options)
    import numpy as np

    from scratchnet.cli.progress import prepare_kernels, say
    from scratchnet.datasets import class_names
    from scratchnet.metrics import probabilities
    from scratchnet.runs.doubt import doubt, has_penalties
    from scratchnet.runs.model_file import limits_in, load_model
    from scratchnet.training import predict
    from scratchnet.viewing.tables import ascii_picture, percent

    net, recipe, data = load_model(options.model)
    names, limit = class_names(data), limits_in(options.model)
    found, failed = read(options.images, options.as_is or data == "fashion-mnist", data == "fashion-mnist", say)
    if not found:
        return 2
    pixels = np.stack([picture for _, picture, _ in found])
    prepare_kernels(net, images=len(pixels))
    _, scores = predict(net, recipe.prepare(pixels, "test"))
    if has_penalties(net):
        texts = [[f"penalty {-score:.1f}" for score in row] for row in scores]
    else:
        texts = [[percent(p) for p in row] for row in probabilities(scores)]
    for (path, picture, marks), row, text in zip(found, scores, texts):
        second, first = row.argsort()[-2:]
        print(ascii_picture(picture))
        print(f"{path}: {names[first]} ({text[first]}), then {names[second]} ({text[second]})")
        sentence = marks or doubt(net, row, limit, names)
        print(f"  {sentence}.\n" if sentence else "")
    return 2 if failed else 0


def run_strings(options):
    if options.as_is:
        raise InputError("--as-is is for single digits: with --string, every picture is prepared.")
    from scratchnet.cli.progress import say
    from scratchnet.cli.reading_strings import read_strings

    return read_strings(options.model, options.images, say)


def read(paths, as_is, fills_the_frame, say):
    """Return [(path, pixels, doubt)] of the pictures that can be read, and how many cannot; say why."""
    from scratchnet.datasets.pictures import read_digit
    from scratchnet.datasets.prepare import find_digit

    found, failed = [], 0
    for path in paths:
        try:
            found.append((path, read_digit(path, fills_the_frame), "") if as_is else (path, *find_digit(path)))
        except InputError as why:
            say(f"scratchnet: {why}")
            failed += 1
    return found, failed
