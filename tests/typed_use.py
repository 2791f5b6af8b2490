"""The public surface as a typed program uses it: `mypy` checks this file (tests/test_types.py), nothing runs it."""

import numpy as np
from numpy.typing import NDArray

from scratchnet import (
    RECIPES,
    SDLM,
    SGD,
    Callback,
    CheckFailed,
    Conv2d,
    Evaluation,
    Flatten,
    History,
    Layer,
    Linear,
    MAPLoss,
    Optimizer,
    ScaledTanh,
    Sequential,
    check_gradients,
    datasets,
    evaluate,
    figures,
    fit,
    kernels,
    look,
    metrics,
    picture,
    schedules,
    show,
    sketches,
    trace,
)
from scratchnet.models import lenet5


class Twice(Layer):
    """y = 2 x."""

    def forward(self, x: NDArray) -> NDArray:
        return 2 * x

    def backward(self, dy: NDArray) -> NDArray:
        return 2 * dy


class Plain(Optimizer):
    """w <- w - lr g."""

    def move(self, name: str, w: NDArray, g: NDArray) -> None:
        w -= self.lr * g


class Log(Callback):
    """Keeps the errors."""

    def __init__(self) -> None:
        self.errors: list[float] = []

    def epoch(self, history: History) -> None:
        self.errors.append(history.test_error[-1])


def use() -> None:
    """Train, evaluate and look."""
    images, labels = datasets.load("mnist", "train")
    x = datasets.paper_input(images)
    rng = np.random.default_rng(0)
    net: Sequential = lenet5(rng)
    history: History = fit(
        net, MAPLoss(j=10), SDLM(net, lr=1, mu=0.02), (x, labels), epochs=1, schedule=schedules.paper, callback=Log()
    )
    loss: float = history.loss[-1]
    result: Evaluation = evaluate(net, (x, labels))
    error: float = result.error + loss
    y: NDArray = net(x[:1])
    shape: tuple[int, ...] = net.output_shape((1, 32, 32))
    for name, value, gradient, curvature in net.parameters():
        print(name, value.shape, gradient, curvature)
    small = Sequential(Conv2d(1, 6, (5, 5), padding=2), ScaledTanh(), Flatten(), Twice(), F=Linear(10, 2, dtype=float))
    fit(small.train(), MAPLoss(), Plain(small, 0.1), (x, labels), validation=(x, labels), rng=rng)
    fit(small.eval(), RECIPES["paper"].loss(), SGD(small, lr=0.1, momentum=0.9), (x, labels), history=History())
    try:
        errors: dict[str, float] = check_gradients(small, x)
    except CheckFailed as why:
        print(why.fact, why.diagnosis, errors)
    show(Conv2d.forward)
    print([step.y_shape for step in trace(net, x[:1])], look.ROOT, error, y, shape)
    picture(sketches.arrays({"C1": net["C1"].W[0, 0]}), "the first filter of C1")
    figures.save(figures.training_curves(history), "curves.png")
    print(metrics.probabilities(result.scores), kernels.im2col(x, 5, 5, 1, 0))
