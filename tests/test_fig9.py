"""Fig. 9 and 10: deslanting, tangent distance, the methods beside LeNet-5, boosting, rejection."""

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from scratchnet import InputError
from scratchnet.datasets import affine, deslant, load
from scratchnet.experiments import peers
from scratchnet.experiments.boosting import divided, halves, patterns
from scratchnet.experiments.fig10 import rejected
from scratchnet.experiments.methods import METHODS, PEERS
from scratchnet.experiments.multilayer import multilayer
from scratchnet.experiments.tangents import small, tangent_neighbours, with_tangents
from scratchnet.kernels import tangent_distances
from scratchnet.models import lenet5


@pytest.fixture(autouse=True)
def one_thread():
    """As in a run (experiments/many.py): beside other work the waiting threads of BLAS and OpenMP cost minutes."""
    with threadpool_limits(1):
        yield


@pytest.fixture(scope="module")
def some():
    (images, labels), (others, true) = (load("mnist", split) for split in ("train", "test"))
    return (images[:1500], labels[:1500]), (others[:200], true[:200])


def slant(images):
    """The slope u / v of the foreground, by its definition, image by image."""
    slopes = []
    for image in images:
        y, x = np.nonzero(image >= 128)
        slopes.append(((x - x.mean()) * (y - y.mean())).sum() / ((y - y.mean()) ** 2).sum())
    return np.array(slopes)


def test_deslanting_makes_the_axis_vertical(some):
    images = some[0][0][:200]
    upright = deslant(images)
    assert np.abs(slant(images)).mean() > 0.2
    assert np.abs(slant(upright)).mean() < 0.03 and np.abs(slant(upright)).max() < 0.2
    rows = np.arange(28)[None, :, None]
    heights = [np.sum(some * rows, axis=(1, 2)) / some.sum(axis=(1, 2)) for some in (images.astype(float), upright)]
    np.testing.assert_allclose(*heights, atol=0.15)  # no row moves up or down


def test_deslanting_leaves_what_has_no_slant():
    images = np.zeros((3, 9, 9), np.uint8)
    images[1, 4, 2:7] = 255  # one row has no direction
    images[2, 2:7, 4] = 255  # upright already
    assert np.array_equal(deslant(images), images)
    with pytest.raises(InputError, match="deslant expects"):
        deslant(images.astype(float))


def test_tangents_are_what_small_moves_change(some):
    """The plane of tangents holds the difference between an image and itself moved a little, better than a stranger."""
    images = some[0][0][:30]
    _, Q = with_tangents(small(images), 0.9)
    np.testing.assert_allclose(np.einsum("ntd,nsd->nts", Q, Q), np.broadcast_to(np.eye(7), (30, 7, 7)), atol=1e-4)
    for move in ({"right": 0.5}, {"down": 0.5}, {"scale": 0.04}, {"turn": 4}, {"squeeze": 0.04}, {"shear": 0.06}):
        inner = np.pad(small(images)[:, 1:-1, 1:-1], [(0, 0), (1, 1), (1, 1)])
        moved = affine((255 * inner).astype(np.uint8), **move) / 255
        (f, _), (g, T) = (with_tangents(one.astype(np.float32), 0.9) for one in (moved, inner))
        d = f - g
        left = d - np.einsum("nt,ntd->nd", np.einsum("ntd,nd->nt", T, d), T)
        strange = d - np.einsum("nt,ntd->nd", np.einsum("ntd,nd->nt", T[::-1], d), T[::-1])
        share, other = ((some**2).sum() / (d**2).sum() for some in (left, strange))
        assert share < 0.25 and other > 0.6, (move, share, other)


def test_tangent_distance_is_the_least_squares_distance(some):
    rng = np.random.default_rng(0)
    x, Qx = with_tangents(small(some[1][0][:5]), 0.9)
    y, Qy = with_tangents(small(some[0][0][:20]), 0.9)
    which = rng.integers(0, 20, (5, 6))
    ours = tangent_distances(x, Qx, y, Qy, which)
    for n, row in enumerate(which):
        for k, m in enumerate(row):
            both = np.concatenate([Qx[n], -Qy[m]]).T.astype(float)
            d = (x[n] - y[m]).astype(float)
            a, *_ = np.linalg.lstsq(both, -d, rcond=None)
            assert ours[n, k] == pytest.approx(((d + both @ a) ** 2).sum(), rel=5e-3)
    assert tangent_distances(x, Qx, x, Qx, np.arange(5)[:, None]).max() < 1e-3


def test_tangent_distance_refuses_what_does_not_fit(some):
    x, Q = with_tangents(small(some[0][0][:3]), 0.9)
    right = np.zeros((3, 1), np.int64)
    for wrong in ((x, Q[:2], x, Q, right), (x, Q, x, Q, right + 3), (x, Q, x, Q[:, :5].copy(), right),
                  (x, Q, x, Q, right[:2])):  # fmt: skip
        with pytest.raises(InputError, match="tangent_distances expects"):
            tangent_distances(*wrong)


# Each method learns, and better than by chance; the nearest ones are checked by their definition.


@pytest.mark.parametrize("name", PEERS)
def test_each_method_learns(name, some):
    found = PEERS[name](*some)
    assert found["scores"].shape == (200, 10)
    assert peers.wrong(found["scores"], some[1][1]) < (25 if name != "virtual" else 20)
    assert found["macs"] > 0 and found["stored"] > 0


def test_neighbours_by_definition(some):
    (images, labels), (others, _) = some
    found = peers.neighbours(*some)["scores"]
    x = images.reshape(len(images), -1) / 255
    for n in range(20):
        d = np.sqrt(((x - others[n].ravel() / 255) ** 2).sum(axis=1))
        votes = np.zeros(10)
        for m in np.argsort(d)[:3]:
            votes[labels[m]] += 1 / d[m]
        np.testing.assert_allclose(found[n], votes, rtol=1e-3)


def test_tangent_distance_beats_the_plain_one(some):
    errors = [peers.wrong(method(*some)["scores"], some[1][1]) for method in (tangent_neighbours, peers.neighbours)]
    assert errors[0] < errors[1]


def test_pairs_vote_with_both_signs(some):
    """What the pairs give to some classes they take from others."""
    scores = peers.pairwise(*some)["scores"]
    np.testing.assert_allclose(scores.sum(axis=1), 0, atol=1e-4)


def test_the_scores_of_a_support_vector_machine_give_its_answers(some):
    machine, _ = peers.machine_of(4, some[0])
    found = peers.of_machine(machine, some[1], "")["scores"]
    assert np.isfinite(found).all()
    assert np.mean(found.argmax(axis=1) == machine.predict(peers.flat(some[1][0]))) > 0.97
    best = np.sort(found, axis=1)
    assert (best[:, -2] <= 1e-6).mean() > 0.97, "who loses one duel has a negative score"


# Fig. 9 as a whole.


def test_the_chart_has_the_papers_bars():
    assert len(METHODS) == 27 and len({method.name for method in METHODS}) == 27
    assert min(method.paper for method in METHODS) == 0.7 and max(method.paper for method in METHODS) == 12.0
    left_out = [method.name for method in METHODS if method.tasks is None]
    assert all(method.why for method in METHODS if method.tasks is None)
    assert len(left_out) == 4, left_out


@pytest.mark.parametrize("hidden, parameters", [((300,), 238_510), ((1000,), 795_010), ((300, 100), 266_610),
                                                ((500, 150), 469_160)])  # fmt: skip
def test_fully_connected_networks_have_the_published_size(hidden, parameters):
    net = multilayer(28, hidden, 0)
    assert net.n_parameters() == parameters
    assert net(np.zeros((2, 1, 28, 28), np.float32)).shape == (2, 10)


# Boosting.


def test_the_second_network_gets_as_many_wrong_as_right(some):
    from scratchnet.datasets import Ranges, paper_input
    from scratchnet.training import evaluate

    net = lenet5(0)
    data = some[0][0][:300], some[0][1][:300]
    (x, labels), drawn = patterns(data, Ranges(), np.random.default_rng(0), halves(net))
    right = evaluate(net, (x, labels)).predictions == labels
    assert len(labels) == 300 and drawn % 300 == 0
    assert 0.45 < right.mean() < 0.55
    chosen = halves(net)(paper_input(data[0]), data[1])
    right = evaluate(net, (paper_input(data[0])[chosen], data[1][chosen])).predictions == data[1][chosen]
    assert (~right).sum() == right.sum() > 0 and len(set(chosen)) == len(chosen)


def test_the_third_network_gets_what_divides_the_two(some):
    from scratchnet.datasets import paper_input
    from scratchnet.training import evaluate

    one, two = lenet5(0), lenet5(1)
    x, labels = paper_input(some[0][0][:200]), some[0][1][:200]
    chosen = divided(one, two)(x, labels)
    answers = [evaluate(net, (x, labels)).predictions for net in (one, two)]
    assert np.array_equal(chosen, np.flatnonzero(answers[0] != answers[1])) and len(chosen)
    assert len(divided(one, one)(x, labels)) == 0


# Rejection.


def test_rejection_by_trying_every_threshold():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 400)
    scores = rng.normal(size=(400, 10)) + 4 * np.eye(10)[labels]
    gap = np.diff(np.sort(scores, axis=1)[:, -2:], axis=1)[:, 0]
    wrong = scores.argmax(axis=1) != labels
    shares = [100 * (gap < limit).mean() for limit in [*gap, np.inf]
              if not (gap >= limit).any() or 100 * wrong[gap >= limit].mean() <= 0.5]  # fmt: skip
    assert rejected(scores, labels) == pytest.approx(min(shares))
