"""When do several ranks of MPI pay? An update on 1, 2 and 4 ranks, the sum over ranks, and the cost model of both.

    python benchmarks/ranks.py [--recipe tutorial-28] [--batches 64 256 1024] [--ranks 1 2 4] [--rounds 7] [--write]

Every rank has one core, also the rank that is alone, so no run has more cores than ranks. Start no more ranks than the
machine has idle cores: a rank that waits keeps its core busy. In each round the numbers of ranks take turns;
the tables have medians over rounds. Before anything is timed, E and the gradients of each number of ranks have to agree
with those of one rank to 1e-4.

Model (docs/SPEED.md): T(P) = C(B / P) + A(P, m). C is the time of an update of so many images on one rank, A is that of
adding up m bytes over P ranks, latency + m / bandwidth. C is measured on one rank, latency and bandwidth are fitted to
measured sums; the last columns compare T as measured with T as predicted. `hidden` says how much of a sum passes while
the processor computes something else: about 0 % if MPI sends only while it is called, and then nothing is won by
starting the sum before the backward pass has ended.

--write puts the tables into docs/SPEED.md, between its marks.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

SIZES = (1, 1_000, 10_000, 100_000, 1_000_000)  # numbers of float32 in a sum
SECONDS = 0.3  # of one measurement
SPEED = Path(__file__).parents[1] / "docs" / "SPEED.md"


def median_time(comm, function):
    """Return the median of the seconds of a call, on the slowest rank."""
    function()
    times, end = [], time.perf_counter() + SECONDS
    while comm.allreduce(time.perf_counter() < end or len(times) < 5, op=min):
        comm.Barrier()
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return max(comm.allgather(statistics.median(times)))


def sum_time(comm, n):
    sent, sums = np.ones(n, np.float32), np.empty(n, np.float32)
    return median_time(comm, lambda: comm.Allreduce(sent, sums))


def hidden_share(comm, n):
    """Return the share of a sum that passes during a computation of twice its length."""
    alone = sum_time(comm, n)
    sent, sums = np.ones(n, np.float32), np.empty(n, np.float32)

    def compute():
        end = time.perf_counter() + 2 * alone
        while time.perf_counter() < end:
            pass

    def overlapped():
        request = comm.Iallreduce(sent, sums)
        compute()
        request.Wait()

    return 1 - (median_time(comm, overlapped) - 2 * alone) / alone


def update(comm, options, batch, share=None):
    """Return a function that makes one update with a batch, and the E and gradients of the first one."""
    from scratchnet.parallel import own_cores
    from scratchnet.runs.recipes import RECIPES
    from scratchnet.training import engine_for, mode
    from scratchnet.training.rank_engine import RankEngine

    recipe = RECIPES[options.recipe]
    net, rng = recipe.network(0), np.random.default_rng(0)
    net.leaves()[0].input_gradient = False  # as in fit
    x = rng.normal(size=(batch, *net.input_shape)).astype(np.float32)
    labels, optimizer = rng.integers(0, 10, batch), recipe.optimizer(net, 1e-20)
    engine = engine_for(net, recipe.loss(), x, True)
    engine = RankEngine(engine, comm) if comm.size > 1 else engine
    with own_cores(comm), mode(net, training=True):
        engine.__enter__()
        E, _ = engine.gradients(x, labels)
        first = E, np.concatenate([dW.ravel() for _, _, dW, _ in net.parameters()])

    def step():
        engine.gradients(x, labels)
        optimizer.step()

    return step, first


def child(options):
    """Print what the ranks of this mpiexec measure, as JSON."""
    from mpi4py import MPI

    comm = MPI.COMM_WORLD
    found = {"sums": {}, "updates": {}, "shares": {}}
    batches = {*options.batches, *(-(-batch // ranks) for batch in options.batches for ranks in options.ranks)}
    for batch in sorted(batches) if comm.size == 1 else options.batches:
        step, (E, gradient) = update(comm, options, batch)
        found["updates"][batch] = median_time(comm, step)
        if options.check:
            path = Path(options.check) / f"{batch}.npy"
            if comm.size == 1:
                np.save(path, np.append(gradient, E))
            elif comm.rank == 0:
                expected = np.load(path)
                apart = np.abs(np.append(gradient, E) - expected).max() / np.abs(expected).max()
                assert apart < 1e-4, f"batch {batch}: {comm.size} ranks differ from one by {apart:.0e}"
    found["parameters"] = gradient.size
    if comm.size > 1:
        found["sums"] = {n: sum_time(comm, n) for n in SIZES}
        found["hidden"] = hidden_share(comm, gradient.size)
    if comm.rank == 0:
        print(json.dumps(found))


def measured(options, ranks):
    """Return what so many ranks measure."""
    mpiexec = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")
    environment = os.environ | {"SCRATCHNET_THREADS": "1"}
    command = [mpiexec, "-n", str(ranks), sys.executable, *sys.argv, "--child"]
    run = subprocess.run([*command, "--check", options.check], env=environment, capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stdout + run.stderr)
    return json.loads(run.stdout)


def medians(rounds, *keys):
    values = []
    for found in rounds:
        for key in keys:
            found = found[str(key)]
        values.append(found)
    return statistics.median(values)


def fitted(times):
    """Return latency (s) and bandwidth (bytes/s) of {bytes: seconds}, with the same weight for each relative error."""
    rows = np.array([(1 / seconds, size / seconds) for size, seconds in times.items()])
    latency, each = np.linalg.lstsq(rows, np.ones(len(rows)), rcond=None)[0]
    return max(latency, 0.0), 1 / max(each, 1e-15)


def table(names, rows):
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def tables(options, rounds):
    """Return the text for docs/SPEED.md."""
    several = [ranks for ranks in options.ranks if ranks > 1]
    sums = {ranks: {4 * n: medians(rounds[ranks], "sums", n) for n in SIZES} for ranks in several}
    line = {ranks: fitted(sums[ranks]) for ranks in several}
    parameters = rounds[1][0]["parameters"]

    def predicted_sum(ranks, size):
        latency, bandwidth = line[ranks]
        return latency + size / bandwidth

    names = ["bytes", *(name for ranks in several for name in (f"{ranks} ranks, us", "fitted"))]
    rows = [
        (f"{size:,}", *(f"{1e6 * t:,.0f}" for p in several for t in (sums[p][size], predicted_sum(p, size))))
        for size in sums[several[0]]
    ]
    text, rows = [table(names, rows)], []
    for batch in options.batches:
        alone = medians(rounds[1], "updates", batch)
        for ranks in options.ranks:
            took, model = medians(rounds[ranks], "updates", batch), alone
            if ranks > 1:
                share = medians(rounds[1], "updates", -(-batch // ranks))
                model = share + predicted_sum(ranks, 4 * (parameters + 2 + 10 * batch))
            rows.append((f"{batch}", f"{ranks}", f"{1e6 * took:,.0f}", f"{1e6 * model:,.0f}", f"{alone / took:.2f}",
                         f"{alone / model:.2f}"))  # fmt: skip
    names = ("batch", "ranks", "update, us", "predicted, us", "times as fast as one", "predicted")
    text.append(table(names, rows))
    large = max(options.batches)
    image = medians(rounds[1], "updates", large) / large
    for ranks in several:
        latency, bandwidth = line[ranks]
        pays = predicted_sum(ranks, 4 * parameters) / (image * (1 - 1 / ranks))
        hidden = statistics.median(found["hidden"] for found in rounds[ranks])
        text.append(
            f"{ranks} ranks: latency {1e6 * latency:.1f} us, bandwidth {bandwidth / 1e9:.2f} GB/s; an image takes "
            f"{1e6 * image:.1f} us on one core, so they pay from a batch of {pays:.0f} images on; hidden: {hidden:.0%}."
        )
    machine = f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"
    return "\n\n".join([f"`{options.recipe}`, {parameters:,} parameters, {options.rounds} rounds, {machine}.", *text])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--recipe", default="tutorial-28")
    arguments.add_argument("--batches", type=int, nargs="+", default=[64, 256, 1024])
    arguments.add_argument("--ranks", type=int, nargs="+", default=[1, 2, 4])
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    arguments.add_argument("--check", default="", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    options.ranks = sorted({1, *options.ranks})
    if len(options.ranks) == 1:
        arguments.error("--ranks needs a number above 1")
    if options.child:
        return child(options)
    import tempfile

    rounds = {ranks: [] for ranks in options.ranks}
    with tempfile.TemporaryDirectory() as options.check:
        for number in range(options.rounds):
            for ranks in options.ranks:
                rounds[ranks].append(measured(options, ranks))
                print(f"round {number + 1}/{options.rounds}, {ranks} ranks", file=sys.stderr)
    text = tables(options, rounds)
    print(text)
    if options.write:
        before, _, rest = SPEED.read_text("utf-8").partition("<!-- ranks -->")
        _, _, after = rest.partition("<!-- /ranks -->")
        SPEED.write_text(f"{before}<!-- ranks -->\n{text}\n<!-- /ranks -->{after}", "utf-8")


if __name__ == "__main__":
    main()
