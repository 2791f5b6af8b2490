"""python -m scratchnet: results to stdout, progress and messages to stderr.

Exit codes: 0 done, 1 training diverged, 2 wrong usage or input, 3 data not available, 130 interrupted.
The imports that take time are inside the commands, so that --help answers at once.
"""

import argparse
import os
import sys
from pathlib import Path

from scratchnet.errors import ScratchnetError

EXAMPLES = """examples:
  python -m scratchnet train --quick            one pass over 10,000 digits, seconds
  python -m scratchnet train                    the paper: 20 passes over 60,000, minutes
  python -m scratchnet eval runs/paper/last.npz
  python -m scratchnet predict runs/paper/last.npz digit.png
"""


def main(argv=None):
    options = parser().parse_args(argv)
    try:
        return options.command(options) or 0
    except ScratchnetError as why:
        print(f"scratchnet: {why}", file=sys.stderr)
        return why.exit_code
    except KeyboardInterrupt:
        print("\nscratchnet: interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `| head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as why:  # a full disk, a folder that went away
        print(f"scratchnet: {why}", file=sys.stderr)
        return 2


def parser():
    top = argparse.ArgumentParser(
        prog="python -m scratchnet",
        description="LeNet-5 of 1998 in NumPy.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train LeNet-5 by the paper's recipe and compare with the paper")
    train.set_defaults(command=run_train)
    train.add_argument("--quick", action="store_true", help="one pass over 10,000 digits: a first result in seconds")
    train.add_argument("--epochs", type=positive, metavar="N", help="passes over the training set (default: 20)")
    train.add_argument("--seed", type=natural, default=0, metavar="N", help="of weights and order (default: 0)")
    train.add_argument("--loss", choices=("map", "mle"), default="map", help="eq. 9 or eq. 8 (default: map)")
    train.add_argument("--j", type=float, metavar="J", help="of eq. 9: penalty of the rubbish class (default: 10)")
    train.add_argument("--out", type=Path, default=Path("runs/paper"), metavar="DIR", help="default: runs/paper")
    train.add_argument("--resume", type=Path, metavar="DIR", help="go on with an interrupted run, same options")
    train.add_argument("-v", "--verbose", action="store_true", help="print the step sizes of the first pass")

    evaluate = commands.add_parser("eval", help="error and confusion matrix of a trained model")
    evaluate.set_defaults(command=run_eval)
    evaluate.add_argument("model", type=Path, metavar="MODEL")
    evaluate.add_argument("--split", choices=("test", "train"), default="test", help="digits of MNIST (default: test)")

    predict = commands.add_parser("predict", help="read digits from pictures or .npy arrays of 28 x 28 pixels")
    predict.set_defaults(command=run_predict)
    predict.add_argument("model", type=Path, metavar="MODEL")
    predict.add_argument("images", nargs="+", type=Path, metavar="IMAGE")
    return top


def positive(text):
    value = natural(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not at least 1")
    return value


def natural(text):
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return int(text)


def run_train(options):
    from scratchnet.commands.train import train

    return train(options)


def run_eval(options):
    from scratchnet import datasets, evaluate
    from scratchnet.commands.tables import confusion_table
    from scratchnet.models import lenet5

    net = lenet5().load(options.model)
    images, labels = datasets.load("mnist", options.split)
    result = evaluate(net, (datasets.paper_input(images), labels))
    wrong = len(labels) - result.confusion.trace()
    print(f"{options.model}: {options.split} error {result.error:.2f} % ({wrong} of {len(labels):,} digits)\n")
    print(confusion_table(result.confusion))


def run_predict(options):
    import numpy as np

    from scratchnet import datasets
    from scratchnet.commands.tables import ascii_picture
    from scratchnet.datasets.pictures import read_digit
    from scratchnet.models import lenet5

    net = lenet5().load(options.model)
    pixels = np.stack([read_digit(path) for path in options.images])
    penalties = net.forward(datasets.paper_input(pixels))
    for path, picture, y in zip(options.images, pixels, penalties):
        first, second = y.argsort()[:2]
        print(ascii_picture(picture))
        print(f"{path}: {first} (penalty {y[first]:.1f}), then {second} (penalty {y[second]:.1f})\n")
