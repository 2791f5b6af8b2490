"""The end of a network as rows of a program: RBF, Softmax and the losses. See lowering.py for the layers before."""

import numpy as np

from scratchnet.errors import Unsupported
from scratchnet.fast import outputs
from scratchnet.layers import Sigmoid, Softmax
from scratchnet.layers.expect import label
from scratchnet.losses import BCELoss, CrossEntropyLoss, MAPLoss, MLELoss


def plan_rbf(plan, layer, x):
    y, codes, (classes, features) = plan.maps((len(layer.codes),)), plan.constant(layer.codes), layer.codes.shape
    plan.forward.append((outputs.rbf, (plan.lanes,), x.value, y.value, codes, features, classes))
    arguments = x.value, x.gradient, y.gradient, codes, features, classes
    return y, lambda second: [(outputs.rbf_back, (plan.lanes, int(second)), *arguments)]


def plan_softmax(plan, layer, x):
    y = plan.maps(x.shape)
    y.kept = True
    plan.forward.append((outputs.softmax, (), x.value, y.value, x.shape[0], plan.lanes))

    def back(second):
        if second:
            layer.backward2(None)  # raises the InputError that explains why it has none
        return [(outputs.softmax_back, (plan.lanes,), y.value, x.gradient, y.gradient, x.shape[0])]

    return y, back


LOSSES = {
    MLELoss: outputs.mle,
    MAPLoss: outputs.map_,
    CrossEntropyLoss: outputs.cross_entropy,
    BCELoss: outputs.binary_cross_entropy,
}


def plan_loss(plan, loss, last):
    """Return a function of `second` that returns the row of the loss, or None. Raise Unsupported if it has no row."""
    if loss is None:
        return None
    if type(loss) not in LOSSES:
        raise Unsupported(f"{loss!r} has no compiled operation")
    if isinstance(loss, BCELoss) and type(last) not in (Softmax, Sigmoid):
        raise Unsupported(f"{loss!r} needs Softmax or Sigmoid before it, got {label(last)}")
    y, operation, more = plan.y, LOSSES[type(loss)], []
    if isinstance(loss, MAPLoss):
        more = [plan.constant([loss.j])]
    if isinstance(loss, CrossEntropyLoss) and (loss.weights is not None or loss.label_smoothing):
        operation = outputs.weighted_cross_entropy
        w = np.ones(y.shape[0]) if loss.weights is None else loss.weights
        loss.targets(np.zeros(1, int), np.empty((1, y.shape[0])))  # raises the InputError for a wrong number of weights
        more = [plan.constant([*w, loss.label_smoothing / y.shape[0], 1 - loss.label_smoothing])]
    places = plan.labels, plan.weights, plan.E, *more
    return lambda second: (operation, (), y.value, y.gradient, y.shape[0], plan.lanes, int(second), *places)
