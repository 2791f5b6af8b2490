"""Training steps and inference per second, beside PyTorch eager.

    python benchmarks/versus_pytorch.py [--recipes paper tutorial-28] [--batches 1 8 32 64 128 256] [--rounds 15]

Networks: the paper's, with an update by one step size per parameter, and those of the tutorials with
their own loss and Adam. Each side runs in a process of its own, with all cores, and is idle while the
other is timed. A step is forward, backward and update, on images that are in memory. Before anything is
timed, both take a step from the same parameters on the same batch, for every batch size and memory
format, and the losses and all gradients have to agree to 1e-9 in float64, and to 1e-2 in float32, where
rounding may turn a ReLU or a maximum the other way. Times are of float32, medians over rounds in which
the sides take turns; for PyTorch the faster of its two memory formats counts. Its sparse C3 is a dense
one whose weights are multiplied by the table in every step, as one would write it there.
"""

import argparse
import itertools
import multiprocessing
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

SECONDS = 0.15  # of one measurement
EPS = 1e-20  # step sizes: too small to change a weight, so that all steps start from the same ones


def scratchnet_side(name, dtype):
    from scratchnet import Adam
    from scratchnet.kernels import descend, one_blas_thread
    from scratchnet.recipes import RECIPES
    from scratchnet.team import Team

    recipe = RECIPES[name]
    net, loss = recipe.network(np.random.default_rng(0), dtype), recipe.loss()
    net.leaves()[0].input_gradient = False  # as in fit
    eps = {key: np.full_like(value, EPS) for key, value, _, _ in net.parameters()}
    adam = Adam(net, EPS)
    team = Team(net, loss)
    one_blas_thread().__enter__()

    def descend_all():
        for key, value, gradient, _ in net.parameters():
            descend(value, eps[key], gradient)

    update = descend_all if name == "paper" else adam.step

    def prepare(x, labels, variant):
        def step():
            E, _ = team.gradients(x, labels)
            update()
            return E, [gradient for _, _, gradient, _ in net.parameters()]

        return step, lambda: team.forward(x)

    return prepare


def pytorch_side(name, dtype):
    import torch
    from torch_tutorials import TWINS, loss_of
    from torch_twin import copy_parameters, map_loss, torch_lenet5

    from scratchnet.recipes import RECIPES, J

    net, loss = (torch_lenet5(), map_loss(J)) if name == "paper" else (TWINS[name](), loss_of(name))
    net.to(torch.float32 if dtype == np.float32 else torch.float64)
    copy_parameters(RECIPES[name].network(np.random.default_rng(0), dtype), net)
    eps = [torch.full_like(value, EPS) for value in net.parameters()]
    adam = torch.optim.Adam(net.parameters(), EPS)

    def descend_all():
        with torch.no_grad():
            for value, e in zip(net.parameters(), eps):
                value.addcmul_(e, value.grad, value=-1)

    update = descend_all if name == "paper" else adam.step

    def prepare(x, labels, variant):
        memory = torch.channels_last if variant == "channels_last" else torch.contiguous_format
        net.to(memory_format=memory)
        x, labels = torch.as_tensor(x).to(memory_format=memory), torch.as_tensor(labels)

        def step():
            net.zero_grad(set_to_none=True)
            E = loss(net(x), labels)
            E.backward()
            update()
            return E.item(), [value.grad.numpy() for value in net.parameters()]

        @torch.inference_mode()
        def infer():
            net(x)

        return step, infer

    return prepare


def serve(side, name, shape, pipe):
    """Answers (batch, variant, what) with the seconds of one call, or with its result for "float32" or "float64"."""
    make = {"scratchnet": scratchnet_side, "PyTorch": pytorch_side}[side]
    prepare = {dtype: make(name, dtype) for dtype in (np.float32, np.float64)}
    for batch, variant, what in iter(pipe.recv, None):
        rng, dtype = np.random.default_rng(batch), np.float64 if what == "float64" else np.float32
        x = rng.normal(size=(batch, *shape)).astype(dtype)
        step, infer = prepare[dtype](x, rng.integers(0, 10, batch), variant)
        run = infer if what == "inference" else step
        result = run()
        if what.startswith("float"):
            pipe.send(result)
            continue
        calls, start = 0, time.perf_counter()
        while calls < 2 or time.perf_counter() - start < SECONDS:
            run()
            calls += 1
        pipe.send((time.perf_counter() - start) / calls)


def main():
    from scratchnet.recipes import RECIPES

    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--recipes", nargs="+", default=["paper", "tutorial-28"], choices=RECIPES)
    arguments.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32, 64, 128, 256])
    arguments.add_argument("--rounds", type=int, default=15)
    options = arguments.parse_args()
    print(f"{os.cpu_count()} cores, {platform.machine()}")
    for name in options.recipes:
        compare(name, RECIPES[name].network().input_shape, options)


def compare(name, shape, options):
    spawn = multiprocessing.get_context("spawn")
    sides = {}
    for side in ("scratchnet", "PyTorch"):
        here, there = spawn.Pipe()
        spawn.Process(target=serve, args=(side, name, shape, there), daemon=True).start()
        sides[side] = here

    def ask(side, *question):
        sides[side].send(question)
        return sides[side].recv()

    worst = {"float64": 0.0, "float32": 0.0}
    for batch, dtype in itertools.product(options.batches, worst):
        E, gradients = ask("scratchnet", batch, "", dtype)
        for variant in ("contiguous", "channels_last"):
            torch_E, torch_gradients = ask("PyTorch", batch, variant, dtype)
            errors = [abs(E - torch_E) / abs(torch_E)]
            errors += [np.abs(a - b).max() / np.abs(b).max() for a, b in zip(gradients, torch_gradients, strict=True)]
            worst[dtype] = max(worst[dtype], *errors)
    print(
        f"\n{name}: losses and gradients agree to {worst['float64']:.1e} in float64, {worst['float32']:.1e} in float32"
    )
    if not (worst["float64"] < 1e-9 and worst["float32"] < 1e-2):
        sys.exit("The two sides do not compute the same: nothing was timed.")

    print(f"{'':10} {'batch':>6} {'scratchnet us':>14} {'PyTorch us':>11} {'ratio':>6}   images/s of each")
    for what in ("training", "inference"):
        for batch in options.batches:
            asked = [("scratchnet", ""), ("PyTorch", "contiguous"), ("PyTorch", "channels_last")]
            times = {key: [] for key in asked}
            for _ in range(options.rounds):
                for side, variant in asked:
                    times[side, variant].append(ask(side, batch, variant, what))
            ours, *theirs = (1e6 * statistics.median(times[key]) for key in asked)
            theirs = min(theirs)
            print(
                f"{what:10} {batch:6} {ours:14,.0f} {theirs:11,.0f} {theirs / ours:6.2f}"
                f"   {1e6 * batch / ours:,.0f}, {1e6 * batch / theirs:,.0f}",
                flush=True,
            )
    for pipe in sides.values():
        pipe.send(None)


if __name__ == "__main__":
    main()
