"""python -m scratchnet eval, predict: a trained model on MNIST and on digits of your own."""

import numpy as np

from scratchnet.commands.prepare import prepare_kernels
from scratchnet.commands.tables import ascii_picture, confusion_table
from scratchnet.datasets import load, paper_input
from scratchnet.datasets.pictures import read_digit
from scratchnet.models import lenet5
from scratchnet.training import evaluate


def evaluate_model(options):
    net = lenet5().load(options.model)
    images, labels = load("mnist", options.split)
    prepare_kernels(net, training=False)
    result = evaluate(net, (paper_input(images), labels))
    wrong = len(labels) - result.confusion.trace()
    print(f"{options.model}: {options.split} error {result.error:.2f} % ({wrong} of {len(labels):,} digits)\n")
    print(confusion_table(result.confusion))


def predict(options):
    net = lenet5().load(options.model)
    pixels = np.stack([read_digit(path) for path in options.images])
    prepare_kernels(net, training=False)
    for path, picture, y in zip(options.images, pixels, net.forward(paper_input(pixels))):
        first, second = y.argsort()[:2]
        print(ascii_picture(picture))
        print(f"{path}: {first} (penalty {y[first]:.1f}), then {second} (penalty {y[second]:.1f})\n")
