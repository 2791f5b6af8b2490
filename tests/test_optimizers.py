from functools import partial

import numpy as np
import pytest
import torch
from torch_twin import copy_parameters, mle, torch_lenet5

from scratchnet import (
    RBF,
    SDLM,
    SGD,
    Adam,
    Conv2d,
    CrossEntropyLoss,
    Flatten,
    InputError,
    Linear,
    MLELoss,
    ScaledTanh,
    Sequential,
    Subsampling,
    schedules,
)
from scratchnet.models import lenet5
from scratchnet.parallel import ReadableEngine


def small_net(rng):
    net = Sequential(
        C=Conv2d(1, 3, 3, connections=np.array([[True]] * 3), rng=rng, dtype=float),
        C_squash=ScaledTanh(),
        S=Subsampling(3, dtype=float),
        S_squash=ScaledTanh(),
        D=Conv2d(3, 2, 2, connections=np.array([[True, True, False], [False, True, True]]), rng=rng, dtype=float),
        D_squash=ScaledTanh(),
        flat=Flatten(),
        F=Linear(8, 6, rng=rng, dtype=float),
        F_squash=ScaledTanh(),
        OUTPUT=RBF(rng.choice([-1.0, 1.0], size=(4, 6))),
    )
    return net, rng.normal(size=(5, 1, 8, 8)), rng.integers(0, 4, 5)


def curvature_by_the_book(net, x):
    """Compute h of eqs 23-27 for one pattern, for every unit and connection separately.

    PyTorch's unfold gives the list of connections, and its autograd gives f'.
    """
    values = {name: torch.as_tensor(value) for name, value, _, _ in net.parameters()}
    slope_at = lambda a: torch.func.vmap(torch.func.grad(lambda v: 1.7159 * torch.tanh(v * (2 / 3))))(a.reshape(-1))  # noqa: E731
    squash = lambda a: 1.7159 * torch.tanh(a * (2 / 3))  # noqa: E731

    def conv(x, W, b):
        out, _, kh, kw = W.shape
        X = torch.nn.functional.unfold(x[None], (kh, kw))[0]
        return (W.reshape(out, -1) @ X + b[:, None]), X

    x = torch.as_tensor(x)
    aC, XC = conv(x, values["C.W"], values["C.b"])
    C = squash(aC).reshape(3, 6, 6)
    s = C.reshape(3, 3, 2, 3, 2).sum(dim=(2, 4))
    aS = s * values["S.W"][:, None, None] + values["S.b"][:, None, None]
    S = squash(aS)
    aD, XD = conv(S, values["D.W"], values["D.b"])
    D = squash(aD).reshape(-1)
    aF = values["F.W"] @ D + values["F.b"]

    h = {}
    hF = slope_at(aF) ** 2 * 2  # d2E/dx_F6^2 = 2 for E = sum (x - w)^2
    h["F.W"], h["F.b"] = hF[:, None] * D[None] ** 2, hF
    hD = (slope_at(aD) ** 2 * (values["F.W"] ** 2).T.mv(hF)).reshape(2, 4)
    h["D.W"], h["D.b"] = torch.zeros(2, 12, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    hS = torch.zeros(12, 4, dtype=torch.float64)
    for o in range(2):
        for p in range(4):
            h["D.b"][o] += hD[o, p]
            for k in range(12):
                h["D.W"][o, k] += hD[o, p] * XD[k, p] ** 2
                hS[k, p] += values["D.W"].reshape(2, 12)[o, k] ** 2 * hD[o, p]
    hS = torch.nn.functional.fold(hS[None], (3, 3), (2, 2))[0]
    hS = slope_at(aS).reshape(3, 3, 3) ** 2 * hS
    h["S.W"], h["S.b"] = (hS * s**2).sum(dim=(1, 2)), hS.sum(dim=(1, 2))
    hC = (values["S.W"][:, None, None] ** 2 * hS).repeat_interleave(2, 1).repeat_interleave(2, 2)
    hC = slope_at(aC).reshape(3, 36) ** 2 * hC.reshape(3, 36)
    h["C.W"], h["C.b"] = hC @ (XC**2).T, hC.sum(dim=1)
    return {name: value.numpy() for name, value in h.items()}


def test_sdlm_curvature_is_the_mean_over_patterns(rng):
    net, x, labels = small_net(rng)
    SDLM(net, 1e-3).estimate(MLELoss(), x, labels)
    patterns = [curvature_by_the_book(net, pattern) for pattern in x]
    for name, value, _, h in net.parameters():
        expected = np.mean([pattern[name] for pattern in patterns], axis=0).reshape(value.shape)
        mask = value != 0 if name == "D.W" else np.ones(value.shape, bool)
        assert np.allclose(h[mask], expected[mask], rtol=1e-12), name
    assert not net["D"].hW[0, 2].any() and not net["D"].hW[1, 0].any()


def test_sdlm_steps_by_eta_over_mu_plus_h(rng):
    net, x, labels = small_net(rng)
    optimizer = SDLM(net, 0.003, mu=0.05)
    optimizer.estimate(MLELoss(), x, labels)
    before = {name: value.copy() for name, value, _, _ in net.parameters()}
    curvature = {name: h.copy() for name, _, _, h in net.parameters()}
    loss = MLELoss()
    loss.forward(net(x), labels)
    net.backward(loss.backward())
    optimizer.step()
    for name, value, gradient, _ in net.parameters():
        assert np.allclose(value, before[name] - 0.003 / (0.05 + curvature[name]) * gradient, rtol=1e-14)
    sizes = optimizer.step_sizes()
    assert sizes[net["D"], "W"].size == 4 * 4, "four of six blocks of D's table"
    assert max(eps.max() for eps in sizes.values()) <= 0.003 / 0.05


def test_sdlm_estimates_over_500_patterns_before_each_epoch(rng):
    net, x, labels = small_net(rng)
    many = np.tile(x, (120, 1, 1, 1)), np.tile(labels, 120)
    order = rng.permutation(600)
    optimizer = SDLM(net, 1e-3)
    optimizer.before_pass(ReadableEngine(net, MLELoss()), *many, order)
    h = [h.copy() for _, _, _, h in net.parameters()]
    optimizer.estimate(MLELoss(), many[0][order[:500]], many[1][order[:500]])
    assert all(np.array_equal(a, b) for a, (_, _, _, b) in zip(h, net.parameters()))


def test_sdlm_refuses_parameters_that_it_cannot_change_in_place(rng):
    net, x, labels = small_net(rng)
    net["F"].W = np.asfortranarray(net["F"].W)
    with pytest.raises(InputError, match=r"F.W is not C-contiguous"):
        SDLM(net, 1e-3).estimate(MLELoss(), x, labels)


def test_sdlm_needs_an_estimate_first(rng):
    with pytest.raises(InputError, match="estimate"):
        SDLM(small_net(rng)[0], 1e-3).step()


@pytest.mark.parametrize(
    "make, theirs",
    [
        (lambda n: SGD(n, 1e-3), lambda p: torch.optim.SGD(p, 1e-3)),
        (lambda n: SGD(n, 1e-3, 0.9), lambda p: torch.optim.SGD(p, 1e-3, 0.9)),
        (lambda n: SGD(n, 1e-3, weight_decay=0.1), lambda p: torch.optim.SGD(p, 1e-3, weight_decay=0.1)),
        (lambda n: SGD(n, 1e-3, 0.9, 0.1), lambda p: torch.optim.SGD(p, 1e-3, 0.9, weight_decay=0.1)),
        (lambda n: Adam(n, 1e-2), lambda p: torch.optim.Adam(p, 1e-2)),
        (
            lambda n: Adam(n, 1e-2, (0.8, 0.99), 1e-4, 0.1),
            lambda p: torch.optim.Adam(p, 1e-2, (0.8, 0.99), 1e-4, 0.1),
        ),
    ],
    ids=["SGD", "momentum", "weight decay", "momentum and weight decay", "Adam", "Adam with everything"],
)
def test_optimizers_follow_pytorch_for_50_steps(make, theirs, rng):
    net, twin = lenet5(rng, dtype=float), torch_lenet5().double()
    copy_parameters(net, twin)
    x, labels, loss = rng.normal(size=(4, 1, 32, 32)), rng.integers(0, 10, 4), MLELoss()
    ours, theirs = make(net), theirs(twin.parameters())
    for _ in range(50):
        loss.forward(net(x), labels)
        net.backward(loss.backward())
        ours.step()
        theirs.zero_grad()
        mle(twin(torch.as_tensor(x)), torch.as_tensor(labels)).backward()
        theirs.step()
    for (name, value, _, _), parameter in zip(net.parameters(), twin.parameters()):
        expected = parameter.detach().numpy() * (net["C3"].connections[:, :, None, None] if name == "C3.W" else 1)
        assert np.abs(value - expected).max() <= 1e-9 * np.abs(expected).max(), name


@pytest.mark.parametrize("kind", [lambda n: SGD(n, 0.1, 0.9), lambda n: Adam(n, 0.1)], ids=["SGD", "Adam"])
def test_what_an_optimizer_remembers_can_be_taken_up_again(kind, rng):
    def steps(net, optimizer, count):
        for _ in range(count):
            for name, value, _, _ in net.parameters():
                setattr(net[name.split(".")[0]], "d" + name.split(".")[1], np.sin(value) + 1)
            optimizer.step()

    whole, half = (Sequential(F=Linear(3, 2, rng=np.random.default_rng(0))) for _ in range(2))
    steps(whole, kind(whole), 5)
    first = kind(half)
    steps(half, first, 2)
    second = kind(half)
    second.restore({name: array.copy() for name, array in first.state().items()})
    steps(half, second, 3)
    assert np.array_equal(whole["F"].W, half["F"].W)


SCHEDULES = [
    (partial(schedules.constant, lr=0.3), lambda o: torch.optim.lr_scheduler.ConstantLR(o, 1.0)),
    (partial(schedules.exponential, lr=0.3, gamma=0.9), lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9)),
    (partial(schedules.cosine, lr=0.3, epochs=50), lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 50)),
    (
        partial(schedules.cosine, lr=0.3, epochs=50, least=0.1),
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 50, 0.1),
    ),
    (
        partial(schedules.paper, scale=600),
        lambda o: torch.optim.lr_scheduler.LambdaLR(
            o, lambda epoch: 1 / [1, 2.5, 5, 10, 50][np.searchsorted([2, 5, 8, 12], epoch, "right")]
        ),
    ),
]


@pytest.mark.parametrize(
    "schedule, theirs", SCHEDULES, ids=["constant", "exponential", "cosine", "cosine to .1", "paper"]
)
def test_schedules_follow_pytorch_for_50_epochs(schedule, theirs):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.3)
    scheduler = theirs(optimizer)
    for epoch in range(51):
        assert schedule(epoch) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9, abs=1e-12), epoch
        optimizer.step()
        scheduler.step()


@pytest.mark.parametrize(
    "make, words",
    [
        (lambda n: SGD(n, 0), "lr must be positive"),
        (lambda n: SGD(n, 0.1, -0.1), "momentum must be at least 0"),
        (lambda n: SGD(n, 0.1, weight_decay=-0.1), "weight_decay must be at least 0"),
        (lambda n: SDLM(n, -1), "lr must be positive"),
        (lambda n: SDLM(n, 1, mu=0), "mu must be positive"),
        (lambda n: Adam(n, -1), "lr must be positive"),
        (lambda n: Adam(n, 1, eps=0), "eps must be positive"),
        (lambda n: Adam(n, 1, betas=(0.9, 1)), "betas from 0 to below 1"),
        (lambda n: Adam(n, 1, weight_decay=-1), "weight_decay must be at least 0"),
    ],
)
def test_rates_that_make_no_sense(make, words):
    with pytest.raises(InputError, match=words):
        make(Sequential())


def test_adam_refuses_parameters_that_it_cannot_change_in_place():
    net = Sequential(F=Linear(3, 2))
    net["F"].W = np.asfortranarray(net["F"].W)
    net["F"].dW, net["F"].db = np.ones((2, 3), "f"), np.ones(2, "f")
    with pytest.raises(InputError, match=r"F.W is not C-contiguous"):
        Adam(net, 0.1).step()


@pytest.mark.parametrize("make", [partial(SDLM, lr=0.1), partial(Adam, lr=0.1)])
def test_a_parameter_of_another_layout_put_in_place_later_is_refused(make, rng):
    """The kernels get flat arrays, and a flat array of another layout is a copy: the step would be lost."""
    net = Sequential(F=Linear(6, 4, rng=rng))
    x, labels = rng.normal(size=(3, 6)).astype("f"), np.arange(3)
    optimizer = make(net)
    if isinstance(optimizer, SDLM):
        optimizer.estimate(CrossEntropyLoss(), x, labels)
    net.backward(np.ones_like(net.forward(x)))
    if isinstance(optimizer, Adam):
        optimizer.step()
    net["F"].W = np.asfortranarray(net["F"].W)
    with pytest.raises(InputError, match=r"F.W is not C-contiguous"):
        optimizer.step()
