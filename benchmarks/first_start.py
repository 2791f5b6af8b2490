"""Measure the first start of a training, where everything is compiled, and a later one.

    python benchmarks/first_start.py                      the paper's network
    python benchmarks/first_start.py --recipe tutorial-28 --rounds 5

Each start is a process of its own; the first one has an empty folder for compiled code. The seconds are those of the
processor (user and system), so that busy neighbours count for little. --rounds: later starts, of which the medians are
printed. `--in-turn FOLDER` starts another checkout of the library too, in turns, to compare with it.
"""

import argparse
import collections
import functools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

PHASES = {  # methods of Numba, and what they do
    "numba.core.typed_passes:BaseTypeInference.run_pass": "types",
    "numba.core.typed_passes:BaseNativeLowering.run_pass": "lowering",
    "numba.core.codegen:CPUCodeLibrary.add_ir_module": "LLVM reads the text",
    "numba.core.codegen:CPUCodeLibrary._optimize_functions": "LLVM optimises",
    "numba.core.codegen:CPUCodeLibrary._optimize_final_module": "LLVM optimises",
    "numba.core.codegen:JitEngine.finalize_object": "machine code",
    "numba.core.caching:Cache.save_overload": "files",
    "numba.core.caching:Cache.load_overload": "files",
}


class Clock:
    """Who uses the processor: seconds of (function, phase), each without what is called inside of it."""

    def __init__(self):
        self.seconds, self.times, self.open, self.since = collections.Counter(), collections.Counter(), [], 0.0

    def turn(self, change):
        """Give the time since the last turn to the innermost open part, then open or close one."""
        now = time.process_time()
        if self.open:
            self.seconds[self.open[-1]] += now - self.since
        self.since = now
        change()

    def within(self, method, part):
        """Return the method, timed; part: its arguments -> (function, phase)."""

        @functools.wraps(method)
        def timed(*args, **kwargs):
            self.turn(lambda: self.open.append(part(*args)))
            try:
                return method(*args, **kwargs)
            finally:
                self.turn(self.open.pop)

        return timed

    def watch(self):
        """Time the compiler of Numba."""
        from numba.core.compiler import CompilerBase

        def compiled(_, function):
            name = f"{function.__module__}.{function.__qualname__}".replace(".<locals>", "")
            sizes = [cell.cell_contents for cell in function.__closure__ or ()]
            name = name.split("-")[0] + str(tuple(len(size) for size in sizes if isinstance(size, tuple)))
            self.times[name] += 1
            return name, "the rest of Numba"

        CompilerBase.compile_extra = self.within(CompilerBase.compile_extra, compiled)
        for place, phase in PHASES.items():
            module, path = place.split(":")
            owner, method = path.split(".")
            owner = getattr(__import__(module, fromlist=[owner]), owner)
            here = functools.partial(self.here, phase)
            setattr(owner, method, self.within(getattr(owner, method), here))

    def here(self, phase, *_):
        return (self.open[-1][0] if self.open else "entry points and files"), phase


def first_step(recipe, watched):
    """Train the first step of a recipe, and print the seconds of each part as JSON."""
    laps, clock = {}, Clock()

    def lap(name):
        laps[name] = time.process_time() - sum(laps.values())

    lap("Python")
    import numpy as np

    lap("import NumPy")
    import numba  # noqa: F401

    lap("import Numba")
    from scratchnet.fast import FastEngine
    from scratchnet.runs.recipes import RECIPES

    lap("import scratchnet")
    if watched:
        clock.watch()
    recipe = RECIPES[recipe]
    net = recipe.network(np.random.default_rng(0))
    x, labels = np.zeros((128, *net.input_shape), "f"), np.zeros(128, int)
    optimizer, batch = recipe.optimizer(net, 1e-3), np.arange(max(recipe.batch_size, 1))
    with FastEngine(net, recipe.loss(), net.input_shape) as engine:
        engine.classes(x)
        lap("plan")
        optimizer.before_pass(engine, x, labels, np.arange(128))
        if engine.fused(optimizer, recipe.batch_size):
            engine.updates(optimizer, x, labels, batch)
        else:
            engine.gradients(x, labels, batch)
            optimizer.step()
        lap("first step")
        engine.forward(x)
        lap("evaluation")
    functions, phases = collections.Counter(), collections.Counter()
    for (function, phase), seconds in clock.seconds.items():
        functions[function] += seconds
        phases[phase] += seconds
    print(json.dumps({"laps": laps, "functions": functions, "phases": phases, "times": clock.times}))


def started(recipe, cache, folder=None, watched=False):
    """Return what `first_step` prints in a process of its own."""
    command = [sys.executable, __file__, "--recipe", recipe, "--child", *["--watched"][: int(watched)]]
    environment = os.environ | {"NUMBA_CACHE_DIR": cache} | ({"PYTHONPATH": folder} if folder else {})
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return json.loads(run.stdout)


def table(counts, least=0.02):
    for name, seconds in sorted(counts.items(), key=lambda item: -item[1]):
        if seconds >= least:
            yield name, seconds


def report(recipe, rounds, others):
    folders = {"": None} | {folder: folder for folder in others}
    for folder in folders.values():
        with tempfile.TemporaryDirectory() as cache:
            found = started(recipe, cache, folder, watched=True)
        print(f"\n{recipe}, first start{f' of {folder}' if folder else ''}: {sum(found['laps'].values()):.2f} s")
        for name, seconds in table(found["phases"]):
            print(f"  {name:60}{seconds:6.2f}")
        print(f"  functions: {sum(found['times'].values())} compiled")
        for name, seconds in table(found["functions"]):
            print(f"  {name:60}{seconds:6.2f}{found['times'].get(name, 0):4}")
        twice = [name for name, times in found["times"].items() if times > 1 and name.startswith("scratchnet")]
        print(f"  of the library's own, compiled more than once: {', '.join(twice) or 'none'}")
    caches = {name: tempfile.TemporaryDirectory() for name in folders}
    for name, folder in folders.items():
        started(recipe, caches[name].name, folder)
    runs = [
        {name: started(recipe, caches[name].name, folder) for name, folder in folders.items()} for _ in range(rounds)
    ]
    for name, folder in folders.items():
        totals = [sum(run[name]["laps"].values()) for run in runs]
        print(f"\n{recipe}, a later start{f' of {folder}' if folder else ''}: {statistics.median(totals):.2f} s")
        for lap in runs[0][name]["laps"]:
            print(f"  {lap:60}{statistics.median(run[name]['laps'][lap] for run in runs):6.2f}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--recipe", default="paper")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--in-turn", metavar="FOLDER", action="append", default=[])
    for name in ("--child", "--watched"):
        arguments.add_argument(name, action="store_true", help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.child:
        first_step(options.recipe, options.watched)
    else:
        report(options.recipe, options.rounds, options.in_turn)


if __name__ == "__main__":
    main()
