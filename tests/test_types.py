"""What editors and type checkers see: names, signatures, completion."""

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import jedi
import pytest

import scratchnet

ROOT = Path(__file__).parents[1]
PLACES = [name for name in scratchnet.__all__ if inspect.ismodule(getattr(scratchnet, name))]


def test_both_lists_of_public_names_agree():
    """Those for type checkers, and those that __getattr__ looks up."""
    tree = ast.parse((ROOT / "scratchnet" / "__init__.py").read_text("utf-8"))
    checked = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {}
    for node in checked.body:
        for alias in node.names:
            seen[alias.asname or alias.name] = node.module, alias.name
    assert sorted(seen) == sorted(scratchnet.__all__)
    for name, (module, inside) in seen.items():
        found = getattr(importlib.import_module(module), inside, None) or importlib.import_module(f"{module}.{inside}")
        assert found is getattr(scratchnet, name), name


def public_functions():
    """Every function and method of the public names, and of the public modules."""
    for name in scratchnet.__all__:
        thing = getattr(scratchnet, name)
        inside = vars(thing).items() if inspect.ismodule(thing) else [(name, thing)]
        for key, value in inside:
            value = getattr(value, "py_func", value)
            if key.startswith("_") or not getattr(value, "__module__", "").startswith("scratchnet"):
                continue
            if inspect.isfunction(value):
                yield f"{value.__module__}.{key}", value
            elif inspect.isclass(value):
                for method, function in vars(value).items():
                    function = inspect.unwrap(getattr(function, "__func__", function))
                    if not inspect.isfunction(function) or "scratchnet" not in function.__code__.co_filename:
                        continue  # inherited, such as a protocol's __init__
                    if method == "__init__" or not method.startswith("_"):
                        yield f"{value.__module__}.{key}.{method}", function


FUNCTIONS = dict(public_functions())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_public_signature_is_annotated(name):
    signature = inspect.signature(FUNCTIONS[name])
    bare = [p.name for p in signature.parameters.values() if p.annotation is p.empty and p.name not in ("self", "cls")]
    assert not bare
    assert signature.return_annotation is not signature.empty


def test_there_are_as_many_as_expected():
    assert len(FUNCTIONS) > 180
    for name in (
        "layers.conv.Conv2d.backward2",
        "training.loop.fit",
        "kernels.convolution.im2col",
        "losses.MAPLoss.forward",
    ):
        assert f"scratchnet.{name}" in FUNCTIONS


@pytest.mark.parametrize(
    "start, words",
    [
        ("from scratchnet import Conv2d\nConv2d(1, 6, 5).for", ["forward"]),
        ("from scratchnet import Conv2d\nConv2d(1, 6, 5).back", ["backward", "backward2"]),
        ("import scratchnet\nscratchnet.Sub", ["Subsampling"]),
        ("import scratchnet\nscratchnet.fit(net, loss, optimizer, data, validate_ev", ["validate_every="]),
        ("from scratchnet.models import lenet5\nlenet5().n_par", ["n_parameters"]),
        ("from scratchnet import fit\nfit(1, 2, 3, 4).running_", ["running_error"]),
    ],
)
def test_editors_complete(start, words):
    found = [completion.name_with_symbols for completion in jedi.Script(start, project=jedi.Project(ROOT)).complete()]
    assert set(words) <= set(found), found


@pytest.mark.planted
def test_a_type_checker_agrees(tmp_path):
    command = [sys.executable, "-m", "mypy", "--strict-equality", "--cache-dir", str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=170)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.planted
def test_a_type_checker_finds_what_is_wrong(tmp_path):
    (tmp_path / "wrong.py").write_text(
        "from scratchnet import Conv2d, fit\n"
        'Conv2d("1", 6, 5)\n'
        "fit(1, 2)\n"
        "Conv2d(1, 6, 5).forward(3)\n"
        "from scratchnet import Conv2D\n"
    )
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path), str(tmp_path / "wrong.py")]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=170)
    for line in (2, 3, 4, 5):
        assert f"wrong.py:{line}: error" in run.stdout, run.stdout
