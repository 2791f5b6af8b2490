"""What `silences` and `regularisation` change and measure: each choice changes one thing, and no run fails."""

import numpy as np
import pytest

from scratchnet import RBF, SDLM, SGD, Adam, AvgPool2d, CrossEntropyLoss, MAPLoss, MaxPool2d, MLELoss, ScaledTanh
from scratchnet.experiments import changed, plateau, silences
from scratchnet.experiments.changed import Choice, GiveUp, NeverLearns, Run, best_eta, loss_of, train_changed
from scratchnet.experiments.changed_network import changed_network
from scratchnet.experiments.estimates import FreshPatterns, RunningEstimate, SamePatterns, optimizer_of
from scratchnet.experiments.experiment import Plan
from scratchnet.experiments.many import Results
from scratchnet.experiments.regularisation import Watch
from scratchnet.experiments.saturation import activations, norm, saturated, slope, spread_over_patterns
from scratchnet.fast import FastEngine
from scratchnet.models import lenet5
from scratchnet.parallel import ReadableEngine
from scratchnet.schedules import paper
from scratchnet.training import History, fit

N = 60


@pytest.fixture
def data(rng):
    return rng.normal(size=(N, 1, 32, 32)).astype(np.float32), np.arange(N) % 10


def network(**changes):
    return changed_network(Choice(**changes), np.random.default_rng(0))


def same(a, b):
    return a.state().keys() == b.state().keys() and all(
        np.array_equal(x, y) for x, y in zip(a.state().values(), b.state().values())
    )


# The network.


def test_without_changes_it_is_the_default():
    assert same(network(), lenet5(np.random.default_rng(0)))
    choice = Choice()
    assert repr(loss_of(choice)) == "MAPLoss(j=10)" and choice.eta == 0.25 and choice.mu == 0.02


@pytest.mark.parametrize("init, bound", [("1/sqrt F", 20**-1), ("2.4/F", 2.4 / 400), ("2.4/sqrt F", 2.4 / 20)])
def test_initial_weights(init, bound):
    largest = np.abs(network(init=init)["C5"].W).max()
    assert 0.99 * bound < largest <= bound * 1.0001


def test_subsampling_coefficients():
    assert (np.float32(0.6) == network(S=0.6)["S2"].W).all()
    W = np.concatenate([network(S=0.6, drawn=True)[name].W for name in ("S2", "S4")])
    assert len(set(W)) == 22 and 0.5 < np.abs(W).max() <= 0.6 and W.min() < 0 < W.max()


def test_biases():
    assert not any(layer.b.any() for layer in network().leaves() if layer.params)
    net = network(biases="drawn")
    bounds = {"C1": 25**-0.5, "S2": 0.5, "C3": 75**-0.5, "S4": 0.5, "C5": 0.05, "F6": 120**-0.5}
    for name, bound in bounds.items():
        assert bound / 3 < np.abs(net[name].b).max() <= bound, name
    assert np.abs(net["C3"].b[15]) <= 150**-0.5
    assert np.array_equal(net["C5"].W, network()["C5"].W), "the weights stay"


def test_outputs_c3_and_pooling(data):
    assert network(output="one of 10")["OUTPUT"].codes.shape == (10, 10)
    assert network(output="softmax").n_parameters() == 60_000 + 850
    assert network(C3="full").n_parameters() == 60_000 + 36 * 25
    for pooling, kind in (("average", AvgPool2d), ("max", MaxPool2d)):
        net = network(pooling=pooling)
        assert isinstance(net["S2"], kind) and isinstance(net["S4"], kind)
        assert sum(isinstance(layer, ScaledTanh) for layer in net.leaves()) == 4
    for changes in ({"output": "one of 10"}, {"output": "softmax"}, {"C3": "full"}, {"pooling": "max"}):
        assert network(**changes)(data[0][:3]).shape == (3, 10)


# The loss and the optimizer.


def test_losses():
    assert isinstance(loss_of(Choice(j=0)), MLELoss)
    assert loss_of(Choice(j=float("inf"))).j == float("inf") and isinstance(loss_of(Choice()), MAPLoss)
    assert isinstance(loss_of(Choice(output="softmax")), CrossEntropyLoss)
    assert isinstance(network()["OUTPUT"], RBF)


def test_half_of_the_loss_is_mu_doubled(data):
    """eta (dE/2) / (mu + h/2) = eta dE / (2 mu + h)."""

    class Half(MLELoss):
        def forward(self, y, labels):
            return super().forward(y, labels) / 2

        def backward(self):
            return super().backward() / 2

        def backward2(self):
            return super().backward2() / 2

    nets = [network(), network()]
    for net, loss, mu in zip(nets, (Half(), MLELoss()), (0.02, 0.04)):
        fit(net, loss, SDLM(net, 1e-3, mu=mu), data, epochs=1, rng=0, train_error=False, verbose=False, fast=False)
    for (name, a, _, _), (_, b, _, _) in zip(nets[0].parameters(), nets[1].parameters()):
        assert np.allclose(a, b, atol=1e-4), name


def test_optimizers(data):
    kinds = {"SGD": SGD, "Adam": Adam, "SDLM": SDLM}
    for name, kind in kinds.items():
        assert isinstance(Run(Choice(optimizer=name), 0, data, data, 1).optimizer, kind)


@pytest.fixture
def engine(monkeypatch):
    """An engine whose curvatures are the numbers of the patterns, so that a test sees which were used."""

    class Engine(ReadableEngine):
        def curvatures(self, x, labels):
            self.used = x[:, 0, 0, 0]
            for leaf in self.net.leaves():
                for name in leaf.params:
                    setattr(leaf, "h" + name, np.full(getattr(leaf, name).shape, self.used.mean()))

    net = network()
    numbered = np.zeros((1200, 1, 32, 32), np.float32)
    numbered[:, 0, 0, 0] = np.arange(1200)
    return Engine(net, MLELoss()), net, numbered, np.zeros(1200, int)


def test_the_same_patterns_and_fresh_ones(engine):
    engine, net, x, labels = engine
    orders = [np.random.default_rng(seed).permutation(1200) for seed in (0, 1)]
    for kind, expected in (("same", SamePatterns), ("fresh", FreshPatterns)):
        optimizer = optimizer_of(kind, net, 0.02, 0, np.random.default_rng(0))
        assert isinstance(optimizer, expected)
        used = []
        for order in orders:
            optimizer.before_pass(engine, x, labels, order)
            used.append(engine.used)
        assert len(set(used[0])) == 500
        assert np.array_equal(*used) == (kind == "same")
    assert np.array_equal(SDLM(net, 1).before_pass(engine, x, labels, orders[0]) or engine.used, orders[0][:500])


def test_a_running_estimate(engine):
    engine, net, x, labels = engine
    optimizer = optimizer_of("same", net, 0.02, 0.9, np.random.default_rng(0))
    assert isinstance(optimizer, RunningEstimate)
    for some in (np.arange(100), np.arange(100, 200)):  # their numbers have the means 49.5 and 149.5
        optimizer.before_pass(engine, x, labels, some)
    eps = next(iter(optimizer.eps.values()))
    assert np.allclose(1 / eps - 0.02, 0.9 * 49.5 + 0.1 * 149.5)


def test_the_fast_path_takes_their_steps(data):
    """They change the estimate, and no step: so the fast path can take the steps, as those of SDLM."""

    class Own(SDLM):
        def step(self):
            pass

    net = network()
    engine = FastEngine(net, MLELoss(), (1, 32, 32))
    assert engine.fused(SamePatterns(net, 1), 1) == engine.fused(SDLM(net, 1), 1) > 0
    assert engine.fused(Own(net, 1), 1) == 0


def test_same_patterns_train_as_sdlm(data):
    nets = [network(), network()]
    for net, kind in zip(nets, (SDLM, SamePatterns)):
        fit(net, MAPLoss(10), kind(net, 1e-4), data, epochs=2, rng=0, train_error=False, verbose=False)
    assert same(*nets)


# A run.


def test_a_run_that_never_learns_is_stopped_after_5_passes():
    history = History()
    for _ in range(4):
        history.append(test_error=90.0, loss=1.0)
        GiveUp().epoch(history)
    learned = History(loss=[1.0] * 5, test_error=[90.0] * 4 + [79.0])
    GiveUp().epoch(learned)
    history.append(test_error=81.0, loss=1.0)
    with pytest.raises(NeverLearns):
        GiveUp().epoch(history)


def test_outcomes_are_results(data, monkeypatch):
    monkeypatch.setattr(changed, "PATIENCE", 2)
    monkeypatch.setattr(changed, "HOPELESS", 0.0)
    result = Run(Choice(), 0, data, data, 6).result()
    assert result["outcome"] == "stopped" and len(result["errors"]) == 2 and result["error"] == result["errors"][-1]
    result = Run(Choice(optimizer="SGD", eta=1e9, output="softmax", pooling="max"), 0, data, data, 1).result()
    assert result["outcome"] in ("diverged", "trained")
    result = Run(Choice(optimizer="SGD", eta=1e38), 0, data, data, 2).result()
    assert result["outcome"] == "diverged" and result["error"] == result["running_error"] == 90


def test_warm_up_and_parts(data, monkeypatch):
    calls = []

    def recorded(net, loss, optimizer, train, *, epochs, schedule, history=None, **more):
        calls.append((len(train[1]), epochs, schedule(0)))
        history = History() if history is None else history
        history.append(**dict.fromkeys(History().columns(), 8.0))
        return history

    monkeypatch.setattr(changed, "fit", recorded)
    Run(Choice(eta=1, warm_up=20), 0, data, data, 3).result()
    assert calls == [(20, 1, paper(0) / 10), (N, 3, paper(0))]
    calls.clear()
    result = Run(Choice(eta=0.5, every=15), 0, data, data, 3).result()
    assert calls == [(15, 4, paper(0) / 2), (N, 3, paper(0) / 2)]
    assert len(result["errors"]) == 2 and result["error"] == 8.0


def test_parts_show_each_pattern_once(data, monkeypatch):
    seen = []
    run = Run(Choice(every=15), 0, data, data, 1)
    before = SamePatterns.before_pass
    monkeypatch.setattr(
        SamePatterns, "before_pass", lambda self, e, x, y, o: (seen.append(x), before(self, e, x, y, o))
    )
    run.first_pass_in_parts()
    assert np.array_equal(np.concatenate(seen), data[0]) and len(run.history) == 1


def test_the_lowest_of_the_trials_is_chosen(data, monkeypatch):
    tried = []

    def result(self):
        tried.append((self.choice.eta, len(self.train[1]), self.hurry, self.eta(1)))
        assert not np.shares_memory(self.train[0], self.held_out[0])
        return {"error": {1: 30.0, 4: 10.0, 16: 20.0}[self.choice.eta]}

    monkeypatch.setattr(Run, "result", result)
    assert best_eta(Choice(candidates=(1, 4, 16)), 0, data) == 4
    assert [eta for eta, *_ in tried] == [1, 4, 16]
    assert tried[0][1:] == (N // 4, 4, paper(4))


def test_train_changed_uses_held_out_training_digits(monkeypatch):
    asked = []
    before = changed.digits
    monkeypatch.setattr(changed, "digits", lambda *a, **k: (asked.append(k), before(*a, **k))[1])
    result = train_changed(0, 40, 20, 1, optimizer="SGD", batch_size=8, candidates=(1, 2))
    assert asked == [{"held_out": True}] and result["eta"] in (1, 2)


# The table.


def test_every_choice_changes_something_real():
    for group, choices in silences.CHOICES.items():
        assert [changes for changes in choices.values()].count({}) == 1, f"{group}: one default"
        for choice, changes in choices.items():
            default = Choice()
            assert Choice(**changes) != default or not changes, (group, choice)
            assert all(getattr(default, name) != value for name, value in changes.items()), (group, choice)
    for changes in (*plateau.REMEDIES.values(), *plateau.FACTORS.values()):
        Choice(**plateau.PRINTED | changes)


def test_tasks_have_names_of_their_own():
    tasks = silences.tasks(Plan(3))
    names = [task.name for task in tasks]
    assert len(set(names)) == len(names)
    one = [task for task in tasks if task.name == "changed-nothing-seed1"]
    assert len(one) == 1 and set(one[0].arguments) == {"seed", "images", "tested", "epochs"}
    assert one[0].arguments["images"] == 55_000


def test_sentences_are_computed(tmp_path, monkeypatch):
    """Made-up results: one choice is worse with every seed, one never learns, the others are like the default."""
    plan, results = Plan(3), Results(tmp_path)
    tmp_path.mkdir(exist_ok=True)
    noise = np.random.default_rng(0)
    for task in silences.tasks(plan):
        if task.function is not train_changed:
            continue
        error = 1.0 + 0.01 * task.arguments["seed"] + 0.2 * noise.normal() * ("nothing" not in task.name)
        error = 3.0 + 0.01 * task.arguments["seed"] if "max" in task.name else error
        lost = task.arguments.get("init") == "2.4/F"
        error, outcome = (90.1, "stopped") if lost else (error, "trained")
        results.keep(task, {"error": error, "errors": [error], "running_error": 0.2, "outcome": outcome, "eta": 1}, 1)
    from scratchnet.experiments.experiment import Findings

    monkeypatch.setattr(plateau, "case_findings", lambda *_: Findings())
    found = silences.findings(plan, results)
    text = " ".join(found.sentences)
    assert "Worse than the default: " in text and "subsampling: maximum, no squashing" in text
    assert "Choices with which most runs never learn: initial weights: 2.4/F, as printed." in text
    rows = {row[1]: row for row in found.tables[0].rows}
    assert rows["2.4/F, as printed"][-1] == "3 of 3 stopped" and "*" in rows["maximum, no squashing"][3]
    assert rows["maximum, no squashing"][3].startswith("2.00 (2.00 to 2.00)")
    assert rows["MAP, j = 10"][3] == "default" and rows["MAP, j = 10"][2].startswith("1.01")
    assert "do not learn with every seed: as printed; eta/4;" in text


# Saturation.


def test_saturation_spread_and_slope():
    y = np.array([[1.71, 0.0, -1.705], [1.71, 1.0, 1.0]])
    assert saturated(y) == pytest.approx(50)
    assert spread_over_patterns(y) == pytest.approx((0 + 0.5 + 1.3525) / 3)
    assert slope(np.zeros((2, 2))) == 1 and slope(np.full((2, 2), 1.7159)) == pytest.approx(0)
    assert slope(ScaledTanh()(np.full((1, 1), 0.7))) == pytest.approx(1 / np.cosh(0.7 * 2 / 3) ** 2)


def test_activations_are_those_of_the_network(data):
    net = network()
    found = activations(net, data[0][:4])
    assert list(found) == ["C1", "S2", "C3", "S4", "C5", "F6"] and found["S2"].shape == (4, 6 * 14 * 14)
    assert np.allclose(net["OUTPUT"](found["F6"]), net(data[0][:4]))
    assert norm(net["F6"]) == pytest.approx(np.sqrt((net["F6"].W.astype(float) ** 2).sum()))


def test_watch_looks_within_the_first_pass_and_after_each(data):
    net = network()
    watch = Watch(net, data[0][:5])
    fit(net, MAPLoss(10), SDLM(net, 1e-4), data, epochs=2, rng=0, train_error=False, verbose=False, fast=False,
        callback=watch)  # fmt: skip
    assert watch.at[0] == 0 and watch.at[-2:] == [1, 2] and len(watch.at) == 3 + 4
    assert np.shape(watch.norms) == np.shape(watch.saturated) == np.shape(watch.slopes) == (7, 6)
    assert watch.norms[-1][0] == pytest.approx(norm(net["C1"])) and watch.norms[0] != watch.norms[-1]
