"""What belongs together is compared when `fit` begins; what people write out of habit gets one sentence."""

import re

import numpy as np
import pytest

from scratchnet import (
    RBF,
    SDLM,
    SGD,
    Adam,
    BCELoss,
    CheckFailed,
    Conv2d,
    CrossEntropyLoss,
    Flatten,
    History,
    InputError,
    Layer,
    Linear,
    MAPLoss,
    MLELoss,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    check_gradients,
    datasets,
    fit,
    metrics,
    schedules,
)
from scratchnet.models import lenet5

X = np.random.default_rng(5).normal(size=(12, 6)).astype(np.float32)
LABELS = np.arange(12) % 3


def scores(last=None, **options):
    layers = [Linear(6, 3, rng=0, **options)] + ([last] if last else [])
    return Sequential(*layers)


def train(net, loss, optimizer=None, data=(X, LABELS), epochs=1, **options):
    return fit(net, loss, optimizer or SGD(net, 0.1), data, epochs=epochs, batch_size=4, rng=0, **options)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: schedules.cosine(0, 0.1, 0), "epochs has to be at least 1, got 0"),
        (lambda: schedules.cosine(0, 0.1, 2.5), "epochs should be a whole number, got 2.5"),
        (lambda: schedules.exponential(0, 0.1, -0.9), "exponential needs gamma above 0, got -0.9"),
        (lambda: schedules.exponential(0, 0.1, float("nan")), "exponential needs gamma above 0, got nan"),
        (lambda: datasets.resize(np.zeros((1, 4, 4), "u1"), 8.0), "size should be a whole number, got 8.0."),
        (lambda: datasets.pad(np.zeros((1, 4, 4), "u1"), 8.0), "size should be a whole number, got 8.0."),
        (lambda: datasets.hold_out(X, LABELS, 3.0, 0), "count should be a whole number, got 3.0. Write count=3."),
        (lambda: metrics.top_k_error(LABELS, np.zeros((12, 3)), 0), "k has to be at least 1, got 0"),
        (lambda: metrics.top_k_error(LABELS[:1], np.zeros((12, 3)), 1), "Expected labels (N,) and as many predictions"),
        (lambda: metrics.confusion_matrix(LABELS[:1], LABELS), "Expected labels (N,) and as many predictions"),
    ],
)  # fmt: skip
def test_arguments_outside_of_their_range(call, words):
    with pytest.raises(InputError, match=re.escape(words)):
        call()


def test_an_optimizer_of_another_network():
    """A notebook cell run twice: the loss stays where it is, and nothing is said."""
    old, net = scores(), scores()
    for make in (lambda n: Adam(n, 1e-3), lambda n: SGD(n, 1e-3, momentum=0.9), lambda n: SDLM(n, 1e-3)):
        with pytest.raises(InputError, match=r"belongs to another network.*Make a new optimizer for this network"):
            train(net, CrossEntropyLoss(), make(old))
        train(net, CrossEntropyLoss(), make(net))
        part = Sequential(net[0])  # some of the layers: the rest stays as it is
        train(net, CrossEntropyLoss(), make(part), fast=False)


PENALTIES = RBF(np.eye(3, dtype=np.float32))
FITS = {
    "scores": (lambda: scores(), [CrossEntropyLoss()]),
    "penalties": (lambda: scores(RBF(np.eye(3, dtype=np.float32))), [MAPLoss(), MLELoss()]),
    "probabilities": (lambda: scores(Softmax()), [BCELoss()]),
    "yes or no": (lambda: scores(Sigmoid()), [BCELoss()]),
}


@pytest.mark.parametrize("loss", [CrossEntropyLoss(), MAPLoss(), MLELoss(), BCELoss()], ids=repr)
@pytest.mark.parametrize("kind", FITS)
@pytest.mark.parametrize("fast", [True, False])
def test_a_loss_that_does_not_fit_what_the_network_puts_out(kind, loss, fast):
    make, good = FITS[kind]
    if any(type(loss) is type(one) for one in good):
        train(make(), loss, fast=fast)
    else:
        with pytest.raises(InputError, match=r"takes (scores|penalties|probabilities).*puts out.*Train with"):
            train(make(), loss, fast=fast)


def test_layers_and_losses_of_ones_own_are_not_judged():
    class Mine(Layer):
        def forward(self, x):
            return x**2

        def backward(self, dy):
            return 2 * dy

    train(scores(Mine()), MAPLoss(), fast=False)


def test_flatten_forgotten():
    net = Sequential(Conv2d(1, 3, 3, rng=0))
    x = np.zeros((12, 1, 5, 5), np.float32)
    for fast in (True, False):
        with pytest.raises(InputError, match=r"\(N, classes\).*Flatten"):
            train(net, CrossEntropyLoss(), data=(x, LABELS), fast=fast)
    for loss in (CrossEntropyLoss(), MAPLoss(), MLELoss(), BCELoss()):
        with pytest.raises(InputError, match=r"\(N, classes\), got \(2, 3, 4\)"):
            loss.forward(np.zeros((2, 3, 4)), np.zeros(2, int))


def test_one_layer_object_at_two_places():
    relu = ReLU()
    with pytest.raises(InputError, match=r"one ReLU object at two places, '1' and '3'.*Make a new one"):
        Sequential(Linear(4, 4), relu, Linear(4, 4), relu)
    with pytest.raises(InputError, match="at two places, 'a' and 'b'"):
        Sequential(a=Sequential(relu), b=Sequential(c=relu))
    net = Sequential(Linear(6, 6), Linear(6, 3))
    net.layers["again"] = net.layers["0"]
    with pytest.raises(InputError, match="stands at two places"):
        train(net, CrossEntropyLoss())


def test_two_parameters_in_one_memory():
    net = Sequential(Linear(6, 6, rng=0), ReLU(), Linear(6, 6, rng=1), Linear(6, 3, rng=2))
    net[2].W = net[0].W
    train(net, CrossEntropyLoss())  # for SGD the two steps add up to one
    with pytest.raises(InputError, match=r"0: Linear\.W share their memory.*Train with SGD"):
        train(net, CrossEntropyLoss(), Adam(net, 1e-3))


# Habits of other libraries: one sentence each.


class Halves(Layer):
    params = ("a",)

    def __init__(self):
        self.a = np.full(1, 0.5, np.float32)

    def forward(self, x):
        self.x = x
        return self.a * x

    def backward(self, dy):
        return self.a * dy


class NoCurvature(Halves):
    def backward(self, dy):
        self.da = np.sum(dy * self.x, keepdims=True).reshape(1)
        return self.a * dy


NET, OWN = scores(), Sequential(NoCurvature(), Linear(6, 3))
HABITS = [
    (lambda: Adam(NET.parameters(), 1e-3), r"Adam expects the network itself.*Write Adam\(net, lr="),
    (lambda: Adam(list(NET.parameters()), 1e-3), "expects the network itself, got a list"),
    (lambda: fit(NET, "cross_entropy", SGD(NET, 1), (X, LABELS)), r"got the string.*Write CrossEntropyLoss\(\)"),
    (lambda: fit(NET, CrossEntropyLoss, SGD(NET, 1), (X, LABELS)), r"class CrossEntropyLoss. Write CrossEntropyLoss\("),
    (lambda: fit(NET, None, SGD(NET, 1), (X, LABELS)), "got None"),
    (lambda: fit(NET, CrossEntropyLoss(), "adam", (X, LABELS)), r"Write Adam\(net"),
    (lambda: fit(NET, CrossEntropyLoss(), Adam, (X, LABELS)), r"the class Adam. Write Adam\(net"),
    (lambda: fit((X, LABELS), NET, CrossEntropyLoss(), SGD(NET, 1)), "fit expects a network first, got a tuple"),
    (lambda: train(NET, CrossEntropyLoss(), epochs=2.0), r"epochs should be a whole number, got 2.0. Write epochs=2"),
    (lambda: train(NET, CrossEntropyLoss(), epochs=0), "epochs has to be at least 1, got 0"),
    (lambda: fit(NET, CrossEntropyLoss(), SGD(NET, 1), (X, LABELS), batch_size=32.0), "Write batch_size=32"),
    (lambda: train(NET, CrossEntropyLoss(), schedule=0.1), "schedule should be a function.*got 0.1"),
    (lambda: train(NET, CrossEntropyLoss(), schedule=lambda e: 0.0), "positive learning rate, got 0.0 for epoch 0"),
    (lambda: train(NET, CrossEntropyLoss(), schedule=lambda e: -0.1), "below 0 the loss rises"),
    (lambda: train(NET, CrossEntropyLoss(), schedule=lambda e: np.inf), "positive learning rate, got inf"),
    (lambda: train(NET, CrossEntropyLoss(), schedule=lambda e: None), "positive learning rate, got None"),
    (lambda: train(NET, CrossEntropyLoss(), history=History(*[[1.0]] * 8)), "has 1 already.*write epochs=2"),
    (lambda: train(Sequential(Halves(), Linear(6, 3)), CrossEntropyLoss(), fast=False), r"gradient of 0\.a.*self\.da"),
    (lambda: train(OWN, CrossEntropyLoss(), SDLM(OWN, 1)), "NoCurvature has no backward2"),
    (lambda: train(Sequential(Flatten()), CrossEntropyLoss()), "has no parameters"),
    (lambda: Sequential(Linear), r"got the class Linear. Write Linear\(\.\.\.\)"),
    (lambda: Sequential(np.tanh), "Sequential expects layers, got a ufunc"),
    (lambda: Linear(84.0, 10), r"in_features as a whole number, got 84.0. Write in_features=84"),
    (lambda: Conv2d(1, 6, 5.0), "whole number or a pair"),
    (lambda: Conv2d(1, 6, 5, padding="full"), "'same' or 'valid', got 'full'"),
    (lambda: Conv2d(1, 6, 5, padding="same", stride=2), "for stride 1 only"),
    (lambda: Linear(6, 3, rng="seed"), "rng should be an integer seed"),
    (lambda: Linear(6, 3, rng=-1), "rng should be an integer seed of at least 0"),
    (lambda: CrossEntropyLoss(weights=[1, 2]).forward(np.zeros((2, 3)), np.zeros(2, int)), "2 weights, but y has 3"),
    (lambda: CrossEntropyLoss(weights=[1, -2]), "at least 0 for each class"),
    (lambda: CrossEntropyLoss(label_smoothing=2), "label_smoothing from 0 to 1"),
    (lambda: SGD(NET, 0.1, nesterov=True), "nesterov needs momentum"),
]  # fmt: skip


@pytest.mark.parametrize("call, words", HABITS, ids=[words for _, words in HABITS])
def test_a_habit_of_another_library(call, words):
    with pytest.raises(InputError, match=f"(?s){words}") as error:
        call()
    assert len(str(error.value)) < 300 and str(error.value).rstrip().endswith((".", ".)"))


ATTRIBUTES = {
    "C1": r"Write net\['C1'\]",
    "fit": r"Write fit\(net, loss, optimizer",
    "predict": r"Write predict\(net, x\)",
    "state_dict": r"net\.state\(\)",
    "zero_grad": "overwrites the gradients",
    "summary": r"print\(net\)",
}


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_an_attribute_of_another_library(name):
    with pytest.raises(AttributeError, match=ATTRIBUTES[name]):
        getattr(lenet5(rng=0), name)


def test_weight_is_w():
    with pytest.raises(AttributeError, match="weights are in W"):
        getattr(Linear(2, 3), "weight")  # noqa: B009
    with pytest.raises(AttributeError, match="biases are in b"):
        getattr(Linear(2, 3), "bias")  # noqa: B009


def test_a_list_and_an_index_simply_work():
    net = Sequential([Linear(6, 4), ReLU(), Linear(4, 3)])
    assert net[0] is net["0"] and net[-1] is net["2"] and net[np.int64(1)] is net["1"] and len(net) == 3
    with pytest.raises(InputError, match="There is no layer 3"):
        net[3]


RANGES = [
    (lambda n: SGD(n, np.inf), "lr must be positive and finite"),
    (lambda n: SGD(n, np.nan), "lr must be positive"),
    (lambda n: SGD(n, "0.1"), "lr must be positive"),
    (lambda n: SGD(n, 0.1, momentum=2), "momentum must be at least 0 and below 1, got 2"),
    (lambda n: SGD(n, 0.1, weight_decay=np.inf), "weight_decay must be at least 0 and finite"),
    (lambda n: Adam(n, 0.1, betas=0.9), "two betas"),
    (lambda n: Adam(n, 0.1, eps=-1), "eps must be positive"),
    (lambda n: SDLM(n, 0.1, mu=np.inf), "mu must be positive and finite"),
]


@pytest.mark.parametrize("make, words", RANGES, ids=[words for _, words in RANGES])
def test_an_argument_outside_its_range(make, words):
    with pytest.raises(InputError, match=words):
        make(scores())


def test_an_integer_seed_is_taken_wherever_an_rng_is():
    from scratchnet import Dropout, Scale, datasets
    from scratchnet.layers.initial import kaiming_normal
    from scratchnet.models import tutorial_28

    for seed in (0, 7, np.int64(3)):
        same = np.random.default_rng(seed)
        assert np.array_equal(Linear(4, 3, rng=seed).W, Linear(4, 3, rng=same).W)
        assert np.array_equal(lenet5(seed)["C3"].W, lenet5(np.random.default_rng(seed))["C3"].W)
        assert np.array_equal(tutorial_28(seed)["C3"].W, tutorial_28(np.random.default_rng(seed))["C3"].W)
        drop = [Dropout(rng=s).train().forward(np.ones((3, 9), "f")) for s in (seed, np.random.default_rng(seed))]
        assert np.array_equal(*drop)
        assert np.array_equal(kaiming_normal(seed, (3, 2), 2), kaiming_normal(np.random.default_rng(seed), (3, 2), 2))
        kept = [datasets.hold_out(X, LABELS, 3, s)[1][0] for s in (seed, np.random.default_rng(seed))]
        assert np.array_equal(*kept)
        histories = [fit(n, CrossEntropyLoss(), SGD(n, 0.1), (X, LABELS), epochs=1, rng=r).loss
                     for n, r in ((scores(), seed), (scores(), np.random.default_rng(seed)))]  # fmt: skip
        assert histories[0] == histories[1]
        assert Scale(rng=seed).W == 1
        check_gradients(Linear(4, 3, rng=1, dtype=float), X[:, :4].astype(float), rng=seed)


def test_a_gradient_of_another_shape_never_reaches_compiled_code():
    class Wrong(NoCurvature):
        def backward(self, dy):
            self.da = np.zeros(3, np.float32)
            return dy

    net = Sequential(Wrong(), Linear(6, 3, rng=0))
    for make in (lambda n: Adam(n, 0.1), lambda n: SGD(n, 0.1)):
        with pytest.raises(InputError, match=r"gradient of 0\.a should be an array of shape \(1,\), got shape \(3,\)"):
            train(net, CrossEntropyLoss(), make(net), fast=False)


def test_a_check_says_that_y_is_missing():
    class Nothing(Layer):
        def forward(self, x):
            pass

    with pytest.raises(CheckFailed, match=r"got None\. Did you forget a `return`"):
        check_gradients(Nothing(), np.ones((2, 3)))
