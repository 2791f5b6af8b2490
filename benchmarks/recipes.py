"""Train every recipe with several seeds, here and in PyTorch as its tutorial does; each run is a row of a .csv.

    python benchmarks/recipes.py --out recipes.csv [--names tutorial-28 ...] [--seeds 0 1 2] [--pytorch]

Ours are runs of `python -m scratchnet sweep NAME --hold-out 0`, on one core, kept in --runs and not repeated when they
are there. With --pytorch the networks of tests/torch_tutorials.py are trained with torch.optim, PyTorch's own
initial weights and a fresh random order in each epoch, on the same pixels. Accuracies are in percent, seconds
those of the updates alone.
"""

import argparse
import csv
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

COLUMNS = ("recipe", "side", "seed", "passes", "test", "top3", "training", "seconds_per_pass")


def ours(names, seeds, folder):
    """Yield (name, seed, numbers) for each recipe and seed: runs of `sweep`, kept in the folder."""
    from scratchnet.experiments.combinations import Sweep
    from scratchnet.experiments.many import Results, processes, run_many

    tasks = {(name, seed): Sweep(name, {}, held_out=0).task({}, seed) for seed in seeds for name in names}
    results = Results(folder)
    failed = run_many(tasks.values(), results, partial(processes, 1), partial(print, file=sys.stderr))
    for (name, seed), task in tasks.items():
        if task.name not in failed:
            run = results[task]
            errors = (run["test_error"][-1], run["test_top3_error"][-1], run["running_error"][-1])
            epochs = len(run["test_error"])
            yield name, seed, (epochs, *(100 - error for error in errors), sum(run["seconds"]) / epochs)


def pytorch(name, seed):
    import torch
    from torch_tutorials import TWINS, loss_of

    from scratchnet.datasets import hold_out, load
    from scratchnet.runs.recipes import RECIPES

    torch.manual_seed(seed)
    recipe, net, loss = RECIPES[name], TWINS[name](), loss_of(name)
    (images, labels), (test_images, test_labels) = load(recipe.data, "train"), load(recipe.data, "test")
    if recipe.held_out:
        rng = None if recipe.holds_out_the_last else np.random.default_rng(seed)
        (images, labels), _ = hold_out(images, labels, recipe.held_out, rng)
    x, labels = torch.as_tensor(recipe.prepare(images, "train")), torch.as_tensor(labels.astype(int))
    kind = torch.optim.SGD if "SGD" in repr(recipe.optimizer) else torch.optim.Adam
    optimizer, seconds = kind(net.parameters(), recipe.schedule(0)), 0.0
    for epoch in range(recipe.epochs):
        for group in optimizer.param_groups:
            group["lr"] = recipe.schedule(epoch)
        right, start = 0, time.perf_counter()
        for batch in torch.randperm(len(x)).split(recipe.batch_size):
            optimizer.zero_grad()
            y = net(x[batch])
            loss(y, labels[batch]).backward()
            optimizer.step()
            right += (y.argmax(1) == labels[batch]).sum().item()
        seconds += time.perf_counter() - start
    with torch.inference_mode():
        y = torch.cat([net(part) for part in torch.as_tensor(recipe.prepare(test_images, "test")).split(500)])
    order = y.argsort(1, descending=True).numpy()
    test, top3 = (100 * np.mean((order[:, :k] == test_labels[:, None]).any(1)) for k in (1, 3))
    return recipe.epochs, test, top3, 100 * right / len(x), seconds / recipe.epochs


def main():
    from scratchnet.runs.recipes import RECIPES

    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, required=True)
    arguments.add_argument("--names", nargs="+", default=[name for name in RECIPES if name != "paper"])
    arguments.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    arguments.add_argument("--runs", type=Path, default=Path("runs/recipes"))
    arguments.add_argument("--pytorch", action="store_true")
    options = arguments.parse_args()

    if options.pytorch:
        runs = ((name, seed, pytorch(name, seed)) for seed in options.seeds for name in options.names)
    else:
        runs = ours(options.names, options.seeds, options.runs)
    new = not options.out.exists()
    with options.out.open("a", newline="") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(COLUMNS)
        for name, seed, (passes, *numbers, seconds) in runs:
            side = "PyTorch" if options.pytorch else "scratchnet"
            row = (name, side, seed, passes, *(f"{n:.2f}" for n in numbers), f"{seconds:.2f}")
            writer.writerow(row)
            file.flush()
            print(*row, flush=True)


if __name__ == "__main__":
    main()
