"""The sides of benchmarks/versus_pytorch.py: each takes training steps of one network in a process of its own.

A side is made for a recipe; `prepare(x, labels)` gives functions of no argument: "training", one step with its
update, which returns E and the gradients, and "inference". Where one call does the work of many images one after
the other, `updates` says of how many.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

EPS = 1e-20  # step sizes: too small to change a weight, so that all steps start from the same ones


class Scratchnet:
    """The fast path, the readable one, or the readable one with its kernels in plain NumPy."""

    updates = 1

    def __init__(self, name, fast, kernels=None, dtype=np.float32):
        from grown import recipe_of

        if kernels:
            kernels()
        self.recipe, self.fast = recipe_of(name), fast
        self.net, self.loss = self.recipe.network(np.random.default_rng(0), dtype), self.recipe.loss()
        self.net.leaves()[0].input_gradient = False  # as in fit
        self.optimizer = self.make_optimizer()

    def make_optimizer(self):
        """One step size for every parameter, or the recipe's own."""
        from scratchnet import SDLM

        optimizer = self.recipe.optimizer(self.net, EPS)
        if isinstance(optimizer, SDLM):
            slots = [(leaf, key) for leaf in self.net.leaves() for key in leaf.params]
            optimizer.eps = {(leaf, key): np.full_like(getattr(leaf, key), EPS) for leaf, key in slots}
        return optimizer

    def prepare(self, x, labels):
        from scratchnet.training import engine_for

        engine = engine_for(self.net, self.loss, x, self.fast)
        engine.__enter__()
        self.updates = engine.fused(self.optimizer, len(x)) or 1
        rows = np.arange(len(x))
        if self.updates > 1:
            x, labels = np.repeat(x, self.updates, axis=0), np.repeat(labels, self.updates)
            rows = np.arange(self.updates)

        def step():
            if self.updates > 1:
                E, _ = engine.updates(self.optimizer, x, labels, rows)
            else:
                E, _ = engine.gradients(x, labels, rows)
                self.optimizer.step()
            return E, [gradient for _, _, gradient, _ in self.net.parameters()]

        def gradients():
            E, _ = engine.gradients(x[:1], labels[:1])
            return E, [gradient for _, _, gradient, _ in self.net.parameters()]

        infer = x[:1] if self.updates > 1 else x
        return {
            "training": step,
            "inference": lambda: engine.forward(infer),
            "check": gradients if len(rows) > len(infer) else step,
        }


class PyTorch:
    """Eager, in one of its two memory formats, or compiled."""

    updates = 1

    def __init__(self, name, channels_last=False, compiled=False, dtype=np.float32):
        import torch
        from grown import recipe_of
        from torch_tutorials import TWINS, loss_of
        from torch_twin import copy_parameters, map_loss, torch_lenet5

        from scratchnet.exchange import to_torch
        from scratchnet.runs.recipes import J

        ours = recipe_of(name).network(np.random.default_rng(0), dtype)
        if name == "paper":
            net, self.loss = torch_lenet5(), map_loss(J)
        else:
            net = TWINS[name]() if name in TWINS else to_torch(ours)
            self.loss = loss_of(name) if name in TWINS else torch.nn.functional.cross_entropy
        self.memory = torch.channels_last if channels_last else torch.contiguous_format
        net.to(torch.float32 if dtype == np.float32 else torch.float64)
        copy_parameters(ours, net)
        self.net = net.to(memory_format=self.memory)
        if compiled:
            import torch._dynamo

            torch._dynamo.config.recompile_limit = 64  # one for every batch size, in training and in inference
        self.run = torch.compile(self.net, dynamic=False) if compiled else self.net
        if name == "paper":
            self.update = self.descend
            self.eps = [torch.full_like(value, EPS) for value in net.parameters()]
        else:
            self.update = torch.optim.Adam(net.parameters(), EPS).step

    def descend(self):
        import torch

        with torch.no_grad():
            for value, e in zip(self.net.parameters(), self.eps):
                value.addcmul_(e, value.grad, value=-1)

    def prepare(self, x, labels):
        import torch

        x, labels = torch.as_tensor(x).to(memory_format=self.memory), torch.as_tensor(labels)

        def step():
            self.net.zero_grad(set_to_none=True)
            E = self.loss(self.run(x), labels)
            E.backward()
            self.update()
            return E.item(), [value.grad.numpy() for value in self.net.parameters()]

        @torch.inference_mode()
        def infer():
            self.run(x)

        return {"training": step, "inference": infer, "check": step}


class Jax:
    """jax.jit of the loss, its gradient and the update in one function."""

    updates = 1

    def __init__(self, name, dtype=np.float32):
        import jax
        import jax.numpy as jnp

        from scratchnet.runs.recipes import RECIPES

        net = RECIPES[name].network(np.random.default_rng(0), dtype)
        self.parameters = [jnp.asarray(value) for _, value, _, _ in net.parameters()]
        paper = name == "paper"
        forward, loss = (
            (paper_forward(jax, jnp, net), map_loss(jax, jnp))
            if paper
            else (tutorial_forward(jax, jnp), cross_entropy(jax, jnp))
        )

        def step(w, m, v, x, labels):
            E, g = jax.value_and_grad(lambda w: loss(forward(w, x), labels))(w)
            if paper:
                w = [a - EPS * b for a, b in zip(w, g)]
            else:
                m = [0.9 * a + 0.1 * b for a, b in zip(m, g)]
                v = [0.999 * a + 0.001 * b * b for a, b in zip(v, g)]
                w = [a - EPS * b / (jnp.sqrt(c) + 1e-8) for a, b, c in zip(w, m, v)]
            return w, m, v, E, g

        self.step, self.forward = jax.jit(step), jax.jit(forward)
        self.m = self.v = [jnp.zeros_like(value) for value in self.parameters]

    def prepare(self, x, labels):
        import jax.numpy as jnp

        x, labels = jnp.asarray(x), jnp.asarray(labels)

        def step():
            self.parameters, self.m, self.v, E, g = self.step(self.parameters, self.m, self.v, x, labels)
            return float(E), g

        def check():
            E, g = step()
            return E, [np.asarray(value) for value in g]

        return {
            "training": step,
            "inference": lambda: self.forward(self.parameters, x).block_until_ready(),
            "check": check,
        }


def conv(jax, x, W, b, padding=0):
    y = jax.lax.conv_general_dilated(x, W, (1, 1), [(padding, padding)] * 2, dimension_numbers=("NCHW", "OIHW", "NCHW"))
    return y + b[:, None, None]


def paper_forward(jax, jnp, net):
    table, codes = jnp.asarray(net["C3"].connections[:, :, None, None], jnp.float32), jnp.asarray(net["OUTPUT"].codes)

    def squash(x):
        return 1.7159 * jnp.tanh(x * (2 / 3))

    def subsample(x, W, b):
        s = x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2]
        return s * W[:, None, None] + b[:, None, None]

    def forward(w, x):
        x = squash(subsample(squash(conv(jax, x, *w[0:2])), *w[2:4]))
        x = squash(subsample(squash(conv(jax, x, w[4] * table, w[5])), *w[6:8]))
        x = squash(conv(jax, x, *w[8:10]))[:, :, 0, 0]
        x = squash(x @ w[10].T + w[11])
        return jnp.square(x[:, None, :] - codes).sum(axis=2)

    return forward


def tutorial_forward(jax, jnp):
    def pool(x):
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")

    def forward(w, x):
        x = pool(jax.nn.relu(conv(jax, x, *w[0:2], padding=2)))
        x = pool(jax.nn.relu(conv(jax, x, *w[2:4]))).reshape(len(x), -1)
        x = jax.nn.relu(x @ w[4].T + w[5])
        return jax.nn.relu(x @ w[6].T + w[7]) @ w[8].T + w[9]

    return forward


def map_loss(jax, jnp):
    from scratchnet.runs.recipes import J

    def loss(y, labels):
        rubbish = jnp.full((len(y), 1), -J)
        right = jnp.take_along_axis(y, labels[:, None], axis=1).mean()
        return right + jax.nn.logsumexp(jnp.concatenate([rubbish, -y], axis=1), axis=1).mean()

    return loss


def cross_entropy(jax, jnp):
    return lambda y, labels: -jnp.take_along_axis(jax.nn.log_softmax(y), labels[:, None], axis=1).mean()


def numpy_kernels():
    """Replace the layers' Numba kernels by plain NumPy: im2col as courses teach it, and the rest."""
    from scratchnet import optimizers
    from scratchnet.layers import conv, pooling, relu, squash, subsampling

    def im2col(x, kh, kw, padding):
        x = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
        windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))  # (N, C, OH, OW, kh, kw)
        N, C, OH, OW = windows.shape[:4]
        return windows.transpose(1, 4, 5, 0, 2, 3).reshape(C * kh * kw, N * OH * OW), (OH, OW)

    def convolve(x, W, b, stride, padding):
        X, (OH, OW) = im2col(x, *W.shape[2:], padding)
        Y = W.reshape(len(W), -1) @ X + b[:, None]
        return Y.reshape(len(W), len(x), OH, OW).transpose(1, 0, 2, 3), X

    def convolve_back(dy, x, X, W, stride, padding, input_gradient=True):
        (O, C, kh, kw), (N, _, OH, OW) = W.shape, dy.shape
        dY = dy.transpose(1, 0, 2, 3).reshape(O, -1)
        dW, db = (dY @ X.T).reshape(W.shape), dY.sum(axis=1)
        if not input_gradient:
            return None, dW, db
        columns = (W.reshape(O, -1).T @ dY).reshape(C, kh, kw, N, OH, OW)
        dx = np.zeros((N, C, x.shape[2] + 2 * padding, x.shape[3] + 2 * padding), x.dtype)
        for i in range(kh):
            for j in range(kw):
                dx[:, :, i : i + OH, j : j + OW] += columns[:, i, j].transpose(1, 0, 2, 3)
        return dx[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]], dW, db

    def windows(x):
        N, C, H, W = x.shape
        return x.reshape(N, C, H // 2, 2, W // 2, 2)

    def subsample(x, W, b):
        s = windows(x).sum(axis=(3, 5))
        return W[:, None, None] * s + b[:, None, None], s

    def subsample_back(dy, s, W):
        dx = np.repeat(np.repeat(W[:, None, None] * dy, 2, axis=2), 2, axis=3)
        return dx, (dy * s).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))

    def max_pool(x, *sizes):
        y = windows(x).max(axis=(3, 5))
        largest = windows(x) == y[:, :, :, None, :, None]
        winner = np.ascontiguousarray(largest.transpose(0, 1, 2, 4, 3, 5)).reshape(*y.shape, 4)
        return y, winner.view("V4")[..., 0]  # four truths as one entry, since it has to have the shape of y

    def max_pool_back(dy, winner, H, W):
        largest = winner.view(bool).reshape(*dy.shape, 2, 2)
        return (largest * dy[..., None, None]).transpose(0, 1, 2, 4, 3, 5).reshape(*dy.shape[:2], H, W)

    def adam(value, m, v, gradient, rate, beta1, beta2, scale, eps):
        m += (1 - beta1) * (gradient - m)
        v += (1 - beta2) * (gradient * gradient - v)
        value -= rate * m / (scale * np.sqrt(v) + eps)

    def descend(value, eps, gradient):
        value -= eps * gradient

    conv.convolve, conv.convolve_back = convolve, convolve_back
    subsampling.subsample, subsampling.subsample_back = subsample, subsample_back
    pooling.max_pool, pooling.max_pool_back = max_pool, max_pool_back
    squash.times_slope = lambda dy, y, steepest, bend: dy * (steepest - bend * y * y)
    relu.where_positive = lambda dy, y: np.where(y > 0, dy, 0).astype(dy.dtype, copy=False)
    optimizers.adam, optimizers.descend = adam, descend


SIDES = {
    "fast": lambda name, **o: Scratchnet(name, fast=True, **o),
    "readable": lambda name, **o: Scratchnet(name, fast=False, **o),
    "PyTorch": lambda name, **o: PyTorch(name, **o),
    "PyTorch, channels last": lambda name, **o: PyTorch(name, channels_last=True, **o),
    "torch.compile": lambda name, **o: PyTorch(name, compiled=True, **o),
    "JAX": lambda name, **o: Jax(name, **o),
    "NumPy im2col": lambda name, **o: Scratchnet(name, fast=False, kernels=numpy_kernels, **o),
}
