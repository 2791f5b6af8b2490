"""Optimal Brain Damage: saliencies against the change of E, and pruning in place."""

import numpy as np
import pytest

from scratchnet import Conv2d, CrossEntropyLoss, Flatten, InputError, Linear, OptimalBrainDamage, Sequential
from scratchnet.layers.expect import connected
from scratchnet.models import lenet5


class Squares:
    """E = mean of sum (y - t)^2 / 2: its curvature is exact for a linear network."""

    def forward(self, y, labels):
        self.difference = y - labels
        return float((self.difference**2).sum() / 2 / len(y))

    def backward2(self):
        return np.ones_like(self.difference) / len(self.difference)


def test_at_a_minimum_a_saliency_is_what_removing_the_parameter_costs(rng):
    net = Sequential(F=Linear(3, 2, rng=rng, dtype=float))
    x = rng.normal(size=(20, 3))
    labels, loss = net(x), Squares()  # E = 0: a minimum
    damage = OptimalBrainDamage(net)
    damage.estimate(loss, x, labels)
    for (leaf, name), saliency in damage.saliency.items():
        value = getattr(leaf, name)
        for at in np.ndindex(value.shape):
            before, value[at] = value[at], 0
            assert loss.forward(net(x), labels) == pytest.approx(saliency[at], rel=1e-9)
            value[at] = before


def test_pruning_removes_the_least_salient_of_all_layers_in_place(rng):
    net = Sequential(C=Conv2d(1, 2, 3, rng=rng), flatten=Flatten(), F=Linear(8, 3, rng=rng))
    x, labels = rng.normal(size=(9, 1, 4, 4)).astype("f"), rng.integers(0, 3, 9)
    damage = OptimalBrainDamage(net)
    damage.estimate(CrossEntropyLoss(), x, labels)
    W, before = net["F"].W, {name: value.copy() for name, value in net.state().items()}
    damage.prune(0.5)
    saliency = np.concatenate([s.ravel() for s in damage.saliency.values()])
    after = np.concatenate([value.ravel() for _, value, _, _ in net.parameters()])
    was = np.concatenate([before[name].ravel() for name, _, _, _ in net.parameters()])
    gone = (after == 0) & (was != 0)
    assert W is net["F"].W and (after == 0).sum() == round(0.5 * after.size)
    assert saliency[gone].max() <= saliency[after != 0].min()
    assert np.array_equal(after[after != 0], was[after != 0])


def test_blanks_of_the_table_go_first(rng):
    net = lenet5(rng)
    damage = OptimalBrainDamage(net)
    damage.estimate(CrossEntropyLoss(), rng.normal(size=(2, 1, 32, 32)).astype("f"), np.array([1, 2]))
    blanks = ~connected(net["C3"], "W")
    assert not damage.saliency[net["C3"], "W"][blanks].any()


def test_wrong_calls_are_errors():
    damage = OptimalBrainDamage(Sequential(F=Linear(3, 2)))
    with pytest.raises(InputError, match=r"Call estimate\(loss, x, labels\) first"):
        damage.prune(0.5)
    damage.estimate(CrossEntropyLoss(), np.ones((2, 3), "f"), np.array([0, 1]))
    with pytest.raises(InputError, match=r"share from 0 to 1, got 1\.5"):
        damage.prune(1.5)
