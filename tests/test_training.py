import io
import math
import signal
import sys
import textwrap
from types import SimpleNamespace

import numpy as np
import pytest
from terminals import LiteStream

from scratchnet import (
    SDLM,
    SGD,
    Callback,
    Diverged,
    History,
    InputError,
    Linear,
    MAPLoss,
    MLELoss,
    Optimizer,
    Sequential,
    datasets,
    evaluate,
    fit,
    schedules,
)
from scratchnet.fast import FastEngine
from scratchnet.models import lenet5
from scratchnet.parallel import ReadableEngine, replica
from scratchnet.runs.recipes import RECIPES

PAPER = RECIPES["paper"]


def paper_schedule(epoch):
    return PAPER.scale * PAPER.schedule(epoch)


def part(data, n):
    return data[0][:n], data[1][:n]


def test_held_out_data_is_validated_after_every_epoch_and_within(digits):
    held_out, history, counts = part(digits, 30), History(), []

    class Count(Callback):
        def batch(self, done, total, loss):
            counts.append(len(history.validations))

    options = {"validation": held_out, "validate_every": 3, "batch_size": 10, "callback": Count(), "history": history}
    net, _ = run(part(digits, 100), 2, train_error=False, **options)
    assert [p for p, _ in history.validations] == pytest.approx([0.3, 0.6, 0.9, 1, 1.2, 1.5, 1.8, 2])
    assert counts[:10] == [0, 0, 1, 1, 1, 2, 2, 2, 3, 3], "before the callback of the update"
    assert history.validation_error == [history.validations[3][1], history.validations[7][1]]
    assert history.validations[-1][1] == evaluate(net, held_out).error
    plain, _ = run(part(digits, 100), 2, train_error=False, batch_size=10)
    assert all(np.array_equal(a, b) for a, b in zip(weights(net), weights(plain))), "validating changes nothing"
    history.validations.append((2.4, 1.0))  # of an epoch that was interrupted
    run(part(digits, 100), 3, train_error=False, net=net, **(options | {"callback": None}))
    assert [p for p, _ in history.validations[8:]] == pytest.approx([2.1, 2.4, 2.7, 3]), "counted from the first epoch"
    with pytest.raises(InputError, match=r"validate_every=3 needs validation data"):
        run(part(digits, 20), 1, validate_every=3)
    with pytest.raises(InputError, match=r"validate_every=0 has to be at least 1"):
        run(part(digits, 20), 1, validate_every=0, validation=held_out)


def run(digits, epochs, history=None, net=None, seed=3, **options):
    rng = np.random.default_rng(seed)
    fresh = lenet5(rng)
    net = net or fresh
    history = fit(net, MLELoss(), SDLM(net, 1), digits, epochs=epochs, rng=rng, history=history, **options)
    return net, history


def weights(net):
    return [value for _, value, _, _ in net.parameters()]


def test_the_seed_decides_everything(digits):
    options = {"schedule": paper_schedule, "train_error": False}
    a, b = (run(part(digits, 200), 2, **options)[0] for _ in range(2))
    c, _ = run(part(digits, 200), 2, seed=4, **options)
    assert all(np.array_equal(u, v) for u, v in zip(weights(a), weights(b)))
    assert not np.array_equal(a["C5"].W, c["C5"].W)


def test_going_on_after_an_interruption_ends_at_the_same_weights(digits, tmp_path):
    options = {"schedule": paper_schedule, "train_error": False}
    whole, history = run(part(digits, 200), 3, **options)
    half, first = run(part(digits, 200), 1, **options)
    first.write(tmp_path / "log.csv")
    again, resumed = run(part(digits, 200), 3, history=History.read(tmp_path / "log.csv"), net=half, **options)
    assert all(np.array_equal(u, v) for u, v in zip(weights(whole), weights(again)))
    assert resumed.loss == history.loss and len(resumed) == 3


def test_the_order_is_the_same_in_every_epoch_by_default(digits):
    class Order(Linear):
        def forward(self, x):
            self.seen = [*getattr(self, "seen", []), *x[:, 0]]
            return super().forward(x)

    x, labels = np.arange(20, dtype="f")[:, None], np.zeros(20, int)
    for constant in (True, False):
        net = Sequential(order=Order(1, 1))
        options = {"epochs": 2, "train_error": False, "constant_order": constant, "batch_size": 3}
        fit(net, MLELoss(), SGD(net, 1e-9), (x, labels), rng=np.random.default_rng(0), **options)
        seen = net["order"].seen[1:]  # fit first checks whether x fits
        assert sorted(seen[:20]) == sorted(seen[20:]) == x[:, 0].tolist() != seen[:20]
        assert (seen[:20] == seen[20:]) is constant


@pytest.mark.parametrize("images", [16, 17, 65, 131])
@pytest.mark.parametrize("cores", ["1", "2", "3"])
def test_an_engine_on_several_cores_equals_the_network(images, cores, monkeypatch, rng):
    monkeypatch.setenv("SCRATCHNET_THREADS", cores)
    net = lenet5(rng, dtype=float)
    x, labels, loss = rng.normal(size=(images, 1, 32, 32)), rng.integers(0, 10, images), MAPLoss(10)
    y = net.forward(x)
    E = loss.forward(y, labels)
    net.backward(loss.backward())
    expected = {name: gradient for name, _, gradient, _ in net.parameters()}
    engine = ReadableEngine(net, loss)
    assert np.allclose(engine.forward(x), y, rtol=1e-12)
    got_E, got_y = engine.gradients(x, labels)
    assert got_E == pytest.approx(E, rel=1e-12) and np.allclose(got_y, y, rtol=1e-12)
    for name, _, gradient, _ in net.parameters():
        assert np.abs(gradient - expected[name]).max() <= 1e-11 * np.abs(expected[name]).max(), name


def test_batches_train_too(digits, test_digits):
    rng = np.random.default_rng(0)
    net = lenet5(rng)
    fit(net, MAPLoss(10), SGD(net, 0.001, momentum=0.9), digits, epochs=3, batch_size=32, rng=rng, train_error=False)
    assert evaluate(net, test_digits).error < 8


def test_a_diverging_run_stops_at_once(digits):
    rng = np.random.default_rng(0)
    net = lenet5(rng)
    net["F6"].W *= np.float32(1e30)
    net["F6"].b += np.float32(1e30)
    seen = []

    class Count(Callback):
        def batch(self, done, total, loss):
            seen.append(loss)

    net["OUTPUT"].codes = net["OUTPUT"].codes * np.float32(1e25)
    with pytest.raises(Diverged, match=r"after \d+ patterns of epoch 1, learning rate 0.5. Lower the learning rate"):
        fit(net, MLELoss(), SGD(net, 0.5), digits, epochs=1, rng=rng, callback=Count())
    assert all(map(math.isfinite, seen))


def test_callbacks(digits):
    calls = []

    class Recorder(Callback):
        def batch(self, done, total, loss):
            calls.append(("batch", done, total))

        def epoch(self, history):
            calls.append(("epoch", len(history)))

        def end(self, history):
            calls.append(("end", len(history)))

    run(part(digits, 20), 2, batch_size=8, callback=Recorder(), train_error=False)
    one = [("batch", 8, 20), ("batch", 16, 20), ("batch", 20, 20)]
    assert calls == [*one, ("epoch", 1), *one, ("epoch", 2), ("end", 2)]


def test_the_examples_of_the_callback_log_every_epoch(digits):
    """Run the examples in its docstring, with stand-ins for the two libraries."""
    lines = textwrap.dedent(Callback.__doc__.split("end(history): after the last", 1)[1]).splitlines()
    code = "\n".join(line[4:] for line in lines if line.startswith("    "))
    logged = []
    run_of = SimpleNamespace(
        log=lambda values, step: logged.append((step, values)), finish=lambda: logged.append("end")
    )
    wandb = SimpleNamespace(init=lambda project, config: run_of)

    class SummaryWriter:
        def __init__(self, folder):
            self.folder = folder

        def add_scalar(self, name, value, step):
            logged.append((step, {name: value}))

        def close(self):
            logged.append("end")

    names = {"Callback": Callback, "wandb": wandb, "SummaryWriter": SummaryWriter}
    exec(code, names)
    for callback in (names["ToWandb"](lr=1), names["ToTensorBoard"]("folder")):
        logged.clear()
        _, history = run(part(digits, 20), 2, train_error=False, callback=callback)
        assert logged[-1] == "end" and {step for step, _ in logged[:-1]} == {1, 2}
        assert any(values.get("loss") == history.loss[0] for step, values in logged[:-1] if step == 1)


def test_the_schedule_of_the_paper():
    etas = [schedules.paper(epoch) for epoch in range(20)]
    assert etas == [5e-4] * 2 + [2e-4] * 3 + [1e-4] * 3 + [5e-5] * 4 + [1e-5] * 8


@pytest.mark.parametrize(
    "data, words",
    [
        ((np.zeros((3, 1, 32, 32), "f"), np.zeros(2, int)), ["(3, 1, 32, 32)", "(2,)"]),
        ((np.zeros((3, 1, 32, 32), "f"), np.zeros(3)), ["float64 labels"]),
        ((np.zeros((0, 1, 32, 32), "f"), np.zeros(0, int)), ["(0, 1, 32, 32)"]),
        ((np.full((3, 1, 32, 32), np.nan, "f"), np.zeros(3, int)), ["NaN"]),
        (5, ["pair", "int"]),
        ((np.zeros((3, 1, 32, 32), "f"), np.array([0, 1, 10])), ["0 to 9"]),
    ],
)
def test_data_that_does_not_fit(data, words, rng):
    net = lenet5(rng)
    with pytest.raises(InputError) as error:
        fit(net, MLELoss(), SGD(net, 1e-3), data, epochs=1)
    assert all(word in str(error.value) for word in words), error.value


def test_a_test_set_that_does_not_fit_is_refused_before_the_training(digits, rng):
    net = lenet5(rng)
    before = net["C1"].W.copy()
    for labels in (np.array([0, 10]), np.array([0, -1])):
        with pytest.raises(InputError, match="test data should have labels from 0 to 9"):
            fit(net, MLELoss(), SGD(net, 1e-3), digits, test=(digits[0][:2], labels), epochs=1)
    with pytest.raises(InputError, match="batch_size has to be at least 1, got 0"):
        fit(net, MLELoss(), SGD(net, 1e-3), digits, epochs=1, batch_size=0)
    assert np.array_equal(net["C1"].W, before)


def test_ctrl_c_while_measuring_is_not_lost(digits, rng):
    class Press(Callback):
        def epoch(self, history):
            signal.raise_signal(signal.SIGINT)

    net, history, before = lenet5(rng), History(), signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        fit(net, MLELoss(), SGD(net, 1e-3), part(digits, 20), epochs=1, history=history, callback=Press())
    assert len(history) == 1
    assert signal.getsignal(signal.SIGINT) is before


def test_a_replica_is_of_the_same_kind():
    class Twice(Sequential):
        def forward(self, x):
            return 2 * super().forward(x)

    net = Twice(Linear(3, 2), input_shape=(3,))
    twin = replica(net)
    assert type(twin) is Twice and twin.input_shape == (3,)
    assert twin["0"] is not net["0"]
    assert twin["0"].W is net["0"].W
    assert twin["0"].network is twin


def paper_run(seed, fast=True):
    rng = np.random.default_rng(seed)
    net = lenet5(rng)
    sets = [datasets.load("mnist", split) for split in ("train", "test")]
    train, test = [(datasets.paper_input(images), labels) for images, labels in sets]
    history = fit(
        net,
        PAPER.loss(),
        PAPER.optimizer(net, 1),
        train,
        test=test,
        epochs=PAPER.epochs,
        schedule=paper_schedule,
        rng=rng,
        train_error=False,
        fast=fast,
    )
    return history.test_error[-1]


@pytest.mark.slow
def test_the_paper():
    """Train 20 epochs of 60,000, three seeds, and the first again by the layers themselves: about 10 minutes."""
    errors = [paper_run(seed) for seed in range(3)]
    assert errors[0] <= 1.05
    assert 0.85 <= np.mean(errors) <= 1.05
    assert abs(errors[0] - paper_run(0, fast=False)) <= 0.1


@pytest.mark.parametrize("fast", [True, False])
def test_one_fit_makes_one_engine(fast, digits, test_digits, monkeypatch):
    """It is used for the updates, for the validations and for the measurements after each epoch."""
    made, kind = [], FastEngine if fast else ReadableEngine
    create = kind.__init__

    def count(self, *arguments):
        made.append(self)
        create(self, *arguments)

    for one in (FastEngine, ReadableEngine):
        monkeypatch.setattr(one, "__init__", count if one is kind else None)
    options = {"test": part(test_digits, 40), "validation": part(test_digits, 40), "validate_every": 7}
    net, rng = lenet5(np.random.default_rng(0)), np.random.default_rng(0)
    history = fit(net, MLELoss(), SGD(net, 1e-4), part(digits, 40), epochs=3, rng=rng, fast=fast, **options)
    assert len(history) == 3
    assert len(made) == 1


def test_an_optimizer_of_ones_own_needs_its_formula_only(digits):
    class Signs(Optimizer):
        def move(self, name, w, g):
            w -= self.lr * np.sign(g)

    net = lenet5(np.random.default_rng(0))
    before, optimizer = net["F6"].b.copy(), Signs(net, 0.01)
    fit(net, MLELoss(), optimizer, part(digits, 40), epochs=1, batch_size=20, rng=np.random.default_rng(0))
    assert optimizer.t == 2
    assert np.allclose(np.abs(net["F6"].b - before).round(4) % 0.01, 0)
    with pytest.raises(InputError, match="Optimizer has no move"):
        Optimizer(net, 1).step()


def test_an_empty_history_that_is_given_is_filled(digits):
    history = History()
    run(part(digits, 20), 1, history=history, train_error=False)
    assert len(history) == 1


class Terminal(io.StringIO):
    def isatty(self):
        return True


Notebook = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})


@pytest.mark.parametrize(
    ("out", "verbose", "lines"),
    [
        (Terminal, None, 2),
        (Notebook, None, 2),
        (LiteStream, None, 2),
        (io.StringIO, None, 0),
        (Terminal, False, 0),
        (io.StringIO, True, 2),
    ],
)
def test_a_line_after_each_epoch_where_somebody_reads_it(out, verbose, lines, digits, monkeypatch):
    net = lenet5(0)
    x, labels = digits
    monkeypatch.setattr(sys, "stdout", out())
    history = fit(net, MAPLoss(), SGD(net, 1e-3), (x[:20], labels[:20]), epochs=2, fast=False, verbose=verbose)
    printed = sys.stdout.getvalue().splitlines()
    assert len(printed) == lines
    if lines:
        assert printed[1] == history.line(epochs=2)
        assert printed == [
            line.replace(f"epoch  {i}", f"epoch  {i}/2") for i, line in enumerate(str(history).split("\n"), 1)
        ]


@pytest.mark.parametrize("out", [None, "closed"])
def test_nobody_reads_what_is_closed(out, digits, monkeypatch):
    net, (x, labels) = lenet5(0), digits
    if out:
        out = io.StringIO()
        out.close()
    monkeypatch.setattr(sys, "stdout", out)
    assert len(fit(net, MAPLoss(), SGD(net, 1e-3), (x[:20], labels[:20]), epochs=1, fast=False)) == 1


def test_a_history_is_read_at_a_glance():
    history = History()
    assert repr(history) == str(history) == "History(no epochs)"
    for error in (3.0, 2.0):
        history.append(loss=0.5, running_error=5.0, train_error=math.nan, validation_error=error, test_error=math.nan,
                       test_top3_error=math.nan, lr=0.01, seconds=1.25)  # fmt: skip
    last = "epoch  2  lr 0.01  loss 0.500  training error 5.00 % on the fly  held-out error 2.00 %  1.2 s"
    assert history.line() == last
    assert repr(history) == f"History({last})"
    assert str(history).splitlines()[0] == last.replace("epoch  2", "epoch  1").replace("2.00", "3.00")
    figure = history.plot(title="mine")
    assert figure._repr_png_().startswith(b"\x89PNG")
    assert figure.axes[0].get_title() == "mine"
    assert "held out: 2.00 %" in [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
