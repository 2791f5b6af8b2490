"""The first start compiles each function once, and only those that are used; a later start compiles nothing."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import scratchnet.kernels

COUNTING = """
import json, sys
from numba.core.compiler import CompilerBase

compiled, compile_extra = [], CompilerBase.compile_extra

def counted(self, function):
    sizes = [len(cell.cell_contents) for cell in function.__closure__ or () if isinstance(cell.cell_contents, tuple)]
    compiled.append(f"{function.__module__}.{function.__qualname__}{sizes}".replace(".<locals>", ""))
    return compile_extra(self, function)

CompilerBase.compile_extra = counted
"""
TRAINING = """
import numpy as np
import scratchnet.runs.folder  # as the command `train`
from scratchnet import RBF, SDLM, Adam, Flatten, Linear, MLELoss, ScaledTanh, Sequential, evaluate, fit
net = Sequential(flatten=Flatten(), F=Linear(16, 8, rng=0), s=ScaledTanh(), OUTPUT=RBF(np.eye(4, 8, dtype="f")))
data = np.ones((40, 1, 4, 4), "f"), np.arange(40) % 4
for optimizer, batch_size in ((SDLM, 1), (SDLM, 20), (Adam, 20)):
    fit(net, MLELoss(), optimizer(net, 1e-4), data, epochs=1, batch_size=batch_size)
evaluate(net, data)
"""
QUICK = "from scratchnet.cli import main\nassert main(['train', '--quick', '--out', sys.argv[1]]) == 0\n"
SAYING = """
import scratchnet.fast as fast
from scratchnet.fast import drive
rooms = [module for name, module in sys.modules.items() if name.startswith("scratchnet.fast.")]
helpers = {id(value) for room in rooms for value in vars(room).values() if hasattr(value, "py_func")}
operations = {id(value): value for room in rooms for value in vars(room).values() if hasattr(value, "known")}
print(json.dumps({
    "compiled": compiled,
    "operations": sum(len(operation.known) for operation in operations.values()),
    "others": len(helpers) + 1,  # drive.work is compiled in another way
    "imported": sorted({"scipy.ndimage", "matplotlib", "tqdm", "PIL"} & set(sys.modules)),
}), file=sys.__stdout__)
"""


def started(program, cache, *arguments, cores="2"):
    """Return what a process that runs the program has compiled and imported."""
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache), "SCRATCHNET_THREADS": cores}
    command = [sys.executable, "-c", COUNTING + program + SAYING, *map(str, arguments)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def expect_each_once(found):
    own = [name for name in found["compiled"] if name.startswith("scratchnet.")]
    assert len(set(own)) == len(own), f"compiled twice: {sorted({name for name in own if own.count(name) > 1})}"
    fast = [name for name in own if name.startswith("scratchnet.fast.")]
    assert found["operations"] < len(fast) <= found["operations"] + found["others"]
    return own


def test_a_training_compiles_each_function_once_and_nothing_the_second_time(tmp_path):
    own = expect_each_once(started(TRAINING, tmp_path))
    kernels = {name.split("[")[0] for name in own if name.startswith("scratchnet.kernels.")}
    assert kernels == {"scratchnet.kernels.update.descend", "scratchnet.kernels.update.adam"}, "no layer runs"
    again = started(TRAINING, tmp_path)
    assert again["compiled"] == []
    assert "scipy.ndimage" not in again["imported"] and "matplotlib" not in again["imported"]


@pytest.mark.slow
def test_a_quick_training_compiles_each_function_once(tmp_path):
    """On one core no other process compiles the layers, so this one does, for the report."""
    own = expect_each_once(started(QUICK, tmp_path / "cache", tmp_path / "run", cores="1"))
    kernels = {name.split("[")[0].split("-")[0] for name in own if name.startswith("scratchnet.kernels.")}
    assert {name.rpartition(".")[2] for name in kernels} <= {
        *("convolve", "im2col", "output_size", "pad", "tile_images", "subsample"),  # a forward pass of one image
        "<lambda>",  # convolution.both
    }
    assert started(QUICK, tmp_path / "cache", tmp_path / "again", cores="1")["compiled"] == []


FILES = sorted(Path(scratchnet.kernels.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("file", [file for file in FILES if file.stem != "plain"], ids=lambda file: file.stem)
def test_no_kernel_assigns_to_a_slice(file):
    """Numba compiles a[1:n] = b with the sentence of its error, which takes longer than most kernels: seconds."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        slices = [part for target in targets if isinstance(target, ast.Subscript) for part in ast.walk(target.slice)]
        assert not any(isinstance(part, ast.Slice) for part in slices), f"{file.name}, line {node.lineno}"
