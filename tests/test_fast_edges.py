"""What the fast path refuses or leaves to the readable one; forks, threads, any order of memory."""

import os
import subprocess
import sys

import numba
import numpy as np
import pytest
from shapes import digits_like

from scratchnet import (
    SDLM,
    SGD,
    Adam,
    Callback,
    CrossEntropyLoss,
    Flatten,
    InputError,
    Linear,
    MAPLoss,
    MaxPool2d,
    Sequential,
    evaluate,
    fit,
)
from scratchnet.fast import FastEngine, Unsupported
from scratchnet.models import lenet5, tutorial_28
from scratchnet.training.engines import say_once


class Mine(Linear):
    def forward(self, x):
        return 2 * super().forward(x)


class Loud(Sequential):
    pass


@pytest.mark.parametrize(
    "net, loss, dtype, why",
    [
        (Sequential(F=Mine(4, 2)), CrossEntropyLoss(), "f", "F: Mine has no compiled operation"),
        (Loud(F=Linear(4, 2)), CrossEntropyLoss(), "f", "Loud is a container, but not a plain Sequential"),
        (Sequential(F=Linear(4, 2, dtype=float)), CrossEntropyLoss(), "f", "F.W is float64, not float32"),
        (Sequential(F=Linear(4, 2)), CrossEntropyLoss(), "d", "the images are float64, not float32"),
        (Sequential(F=Linear(4, 2)), type("Other", (CrossEntropyLoss,), {})(), "f", "CrossEntropyLoss() has no"),
    ],
)
def test_what_has_no_operation_uses_the_readable_path(net, loss, dtype, why, capsys, rng):
    say_once.cache_clear()
    data = rng.normal(size=(20, 4)).astype(dtype), rng.integers(0, 2, 20)
    for _ in range(2):
        history = fit(net, loss, SGD(net, 0.1), data, epochs=1, train_error=False)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    assert lines[0].startswith("scratchnet: using the readable path, because "), lines
    assert why in lines[0], lines
    assert np.isfinite(history.loss[0])


@pytest.mark.parametrize("labels, words", [(np.array([0, 10]), "0 to 9, got 0 to 10"), (np.zeros(2), "float64")])
def test_wrong_labels(labels, words, rng):
    net = lenet5(rng)
    with pytest.raises(InputError, match=words):
        FastEngine(net, MAPLoss(10), (1, 32, 32)).gradients(np.zeros((2, 1, 32, 32), "f"), labels)


def test_images_of_another_size(rng):
    with pytest.raises(InputError, match="S2: Subsampling expects maps of even"):
        FastEngine(lenet5(rng), None, (1, 33, 33))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_trains_too(rng):
    net = tutorial_28(rng)
    x, labels = digits_like(rng, 40, net.input_shape)
    fast = FastEngine(net, CrossEntropyLoss(), x.shape[1:])
    E, _ = fast.gradients(x, labels)
    child = os.fork()
    if not child:
        try:
            code = 0 if abs(fast.gradients(x, labels)[0] - E) < 1e-6 else 1
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("name", ["tutorial_28", "lenet5"])
def test_the_same_seed_gives_the_same_bits_in_a_forked_child(name, rng, monkeypatch, tmp_path):
    """Before: a child forked after a fit added the parts of a batch up in another way."""
    monkeypatch.setattr("scratchnet.fast.fast_engine.cores", lambda: 3)
    make, loss = {"tutorial_28": (tutorial_28, CrossEntropyLoss()), "lenet5": (lenet5, MAPLoss(10))}[name]
    x, labels = digits_like(rng, 150, make(0).input_shape)

    def trained():
        net = make(0)
        fit(net, loss, Adam(net, 1e-3), (x, labels), epochs=2, batch_size=64, rng=0, verbose=False)
        return net

    here = trained().state()
    child = os.fork()
    if not child:
        try:
            trained().save(tmp_path / "child.npz")
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    there = make(1).load(tmp_path / "child.npz").state()
    assert all(np.array_equal(here[key], there[key]) for key in here)


def in_another_process(code, **environment):
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, timeout=300
    )
    assert run.returncode == 0, run.stderr
    return run.stdout, run.stderr


SPAWNED = """
import sys
import numpy as np
from scratchnet import Adam, CrossEntropyLoss, fit
from scratchnet.models import tutorial_28
data = np.load(sys.argv[1])
net = tutorial_28(0)
fit(net, CrossEntropyLoss(), Adam(net, 1e-3), (data["x"], data["labels"]), epochs=2, batch_size=64, rng=0)
net.save(sys.argv[2])
"""


def test_the_same_seed_gives_the_same_bits_in_a_new_process(rng, tmp_path):
    x, labels = digits_like(rng, 150, tutorial_28(0).input_shape)
    np.savez(tmp_path / "data.npz", x=x, labels=labels)
    states = []
    for name in ("a.npz", "b.npz"):
        run = [sys.executable, "-c", SPAWNED, str(tmp_path / "data.npz"), str(tmp_path / name)]
        subprocess.run(run, env=os.environ | {"SCRATCHNET_THREADS": "2"}, check=True, timeout=200)
        states.append(tutorial_28(1).load(tmp_path / name).state())
    assert all(np.array_equal(states[0][key], states[1][key]) for key in states[0])


TRAIN = """
import numba
import numpy as np
from scratchnet import MAPLoss, SGD, fit
from scratchnet.models import lenet5
rng = np.random.default_rng(0)
net = lenet5(rng)
x, labels = rng.normal(size=(IMAGES, 1, 32, 32)).astype("f"), rng.integers(0, 10, IMAGES)
print(fit(net, MAPLoss(10), SGD(net, 1e-3), (x, labels), epochs=1, batch_size=20, train_error=False, rng=rng).loss)
"""


def test_without_numba_the_layers_run():
    _, err = in_another_process(TRAIN.replace("IMAGES", "1"), NUMBA_DISABLE_JIT="1")
    assert "NUMBA_DISABLE_JIT is set" in err


@pytest.mark.planted
def test_on_avx2():
    """Train with vectors of eight floats in sixteen registers, on any machine."""
    code = "from scratchnet.fast.vector import LANES, REGISTERS; assert (LANES, REGISTERS) == (8, 16)"
    code += TRAIN.replace("IMAGES", "60")
    narrow, _ = in_another_process(code, NUMBA_CPU_NAME="haswell", NUMBA_CPU_FEATURES="")
    here, _ = in_another_process(TRAIN.replace("IMAGES", "60"))
    assert float(narrow.strip("[]\n")) == pytest.approx(float(here.strip("[]\n")), rel=1e-5)


def test_a_parameter_put_in_place_of_another_counts(rng):
    class Put(Callback):
        def batch(self, done, total, loss):
            net["F6"].b = np.full(84, 7, np.float32)

    net = lenet5(rng)
    x, labels = digits_like(rng, 40)
    array = net["F6"].b
    fit(net, MAPLoss(10), SGD(net, 1e-9), (x, labels), epochs=1, batch_size=20, callback=Put(), train_error=False)
    assert net["F6"].b is array and np.allclose(array, 7)


def test_images_in_any_memory_order(rng):
    net = lenet5(rng)
    x, labels = digits_like(rng, 20)
    other = np.asfortranarray(x)
    assert not other.flags.c_contiguous
    assert np.array_equal(evaluate(net, (other, labels)).scores, evaluate(net, (x, labels)).scores)


def test_other_numba_code_keeps_its_threads(monkeypatch, rng):
    monkeypatch.setenv("SCRATCHNET_THREADS", "2")
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    net = lenet5(rng)
    FastEngine(net, None, (1, 32, 32)).forward(np.zeros((40, 1, 32, 32), "f"))
    assert numba.get_num_threads() == 1
    numba.set_num_threads(before)


def test_only_its_own_parameters_step(rng):
    net = Sequential(a=Linear(4, 4, rng=rng), b=Linear(4, 2, rng=rng))
    before = net["a"].W.copy()
    inner = Sequential(b=net["b"])
    x, labels = rng.normal(size=(20, 4)).astype("f"), rng.integers(0, 2, 20)
    net["b"].network, net["b"].name = net, "b"
    fit(net, CrossEntropyLoss(), SGD(inner, 0.1), (x, labels), epochs=1)
    assert np.array_equal(net["a"].W, before)


def test_shared_parameters_use_the_readable_path(rng):
    net = Sequential(a=Linear(4, 4, rng=rng), b=Linear(4, 4, rng=rng))
    net["b"].W = net["a"].W
    with pytest.raises(Unsupported, match="share their memory"):
        FastEngine(net, None, (4,))


@pytest.mark.parametrize(
    "x, rows",
    [
        (np.zeros((3, 1, 28, 28), "f"), slice(None)),
        (np.zeros((3, 1, 32, 32)), slice(None)),
        (np.zeros((0, 1, 32, 32), "f"), slice(None)),
        (np.zeros((3, 1, 32, 32), "f"), np.array([0, 3])),
        (np.zeros((3, 1, 32, 32), "f"), np.array([-1])),
    ],
)
def test_wrong_images(x, rows, rng):
    fast = FastEngine(lenet5(rng), MAPLoss(10), (1, 32, 32))
    with pytest.raises(InputError, match="should be"):
        fast.gradients(x, np.zeros(4, int), rows)


def test_gradients_stay_until_the_next(rng):
    net = lenet5(rng)
    x, labels = digits_like(rng, 20)
    fast = FastEngine(net, MAPLoss(10), x.shape[1:])
    fast.gradients(x, labels)
    dW = net["C3"].dW.copy()
    fast.forward(x)
    fast.curvatures(x, labels)
    assert np.array_equal(net["C3"].dW, dW) and not np.array_equal(net["C3"].hW, dW)


def test_steps_need_an_estimate(rng):
    net = lenet5(rng)
    x, labels = digits_like(rng, 20)
    with FastEngine(net, MAPLoss(10), x.shape[1:]) as fast, pytest.raises(InputError, match="estimate"):
        assert fast.fused(SDLM(net, 1), 1) > 1
        fast.updates(SDLM(net, 1), x, labels, np.arange(3))


def test_a_test_set_of_another_size_is_refused_before_the_training(rng):
    net = Sequential(flatten=Flatten(), F=Linear(16, 3, rng=rng))
    train, other = (np.zeros((9, 1, 4, 4), "f"), np.zeros(9, int)), (np.zeros((9, 1, 5, 4), "f"), np.zeros(9, int))
    with pytest.raises(InputError, match="5, 4"):
        fit(net, CrossEntropyLoss(), SGD(net, 1), train, test=other, epochs=1)


def test_nan_is_not_pooled_away(rng):
    net = Sequential(S=MaxPool2d(2), flatten=Flatten(), F=Linear(1, 2, rng=rng))
    for place in range(4):
        x = np.ones(4, "f")
        x[place] = np.nan
        for images in (1, 3):
            assert np.isnan(FastEngine(net, None, (1, 2, 2)).forward(np.tile(x, images).reshape(-1, 1, 2, 2))).all()
