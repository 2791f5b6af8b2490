"""The house: imports run one way, files have names of their own, the library speaks Python."""

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import scratchnet
from scratchnet import Layer
from scratchnet.cli import parser
from scratchnet.cli.flags import translated
from scratchnet.fast import convolutions

PACKAGE = Path(scratchnet.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# From the ground floor up: a room imports only from those before it.
FLOORS = (
    *("errors", "kernels", "parallel", "storage", "schedules", "metrics", "layers", "losses", "checks", "datasets"),
    *(
        "optimizers",
        "models",
        "fast",
        "viewing",
        "training",
        "runs",
        "exchange",
        "experiments",
        "lessons",
        "exercises",
        "cli",
        "__main__",
    ),
)
NOT_FOR_ALL = {"kernels": {"errors"}, "layers": {"errors", "kernels", "parallel", "storage"}}


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path):
    """The rooms that a file imports from, wherever in the file, but for type checkers."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            node.body = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [
                f"{node.module}.{alias.name}" if node.module == "scratchnet" else node.module for alias in node.names
            ]
        else:
            continue
        yield from (
            name.split(".")[1] for name in names if name.startswith("scratchnet.") and "__version__" not in name
        )


def test_every_room_has_a_floor():
    assert {room(path) for path in FILES} == {*FLOORS, "__init__"}


@pytest.mark.parametrize("floor", FLOORS)
def test_imports_run_one_way(floor):
    below = set(FLOORS[: FLOORS.index(floor)]) & NOT_FOR_ALL.get(floor, set(FLOORS))
    if floor == "training":
        below -= {"viewing"}
    for path in FILES:
        if room(path) == floor:
            upward = set(imported(path)) - below - {floor}
            if path.name == "history.py":
                upward -= {"viewing"}  # for `plot` alone: people look for it there
            assert not upward, f"{path.relative_to(PACKAGE)} imports from {upward}"


def test_the_root_can_be_seen_at_a_glance():
    entries = [path for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert len(entries) <= 24, sorted(path.name for path in entries)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_file_can_be_read_in_one_sitting(path):
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_a_file_name_stands_once():
    names = Counter(path.name for path in FILES if path.name != "__init__.py")
    assert [name for name, count in names.items() if count > 1] == []


def test_fit_can_be_read_on_one_screen():
    tree = ast.parse((PACKAGE / "training" / "loop.py").read_text("utf-8"))
    fit = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "fit")
    docstring = ast.get_docstring(fit, clean=False).count("\n") + 1
    assert fit.end_lineno - fit.lineno + 1 - docstring <= 60


def test_a_layer_shows_a_learner_few_names():
    shown = [name for name in dir(Layer) if not name.startswith("_")]
    assert len(shown) <= 12, shown


# The library speaks Python, the command line speaks flags.


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_below_the_command_line_knows_flags(path):
    if room(path) in ("cli", "__main__"):
        return
    tree = ast.parse(path.read_text("utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text for text in texts if re.search(r"(?<![-\w])--[a-z]", text)] == []
    assert not {"argparse"} & {
        name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in names_of(node)
    }
    signatures = [node.args for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert "options" not in {argument.arg for signature in signatures for argument in signature.args}


def names_of(node):
    return [alias.name for alias in node.names]


def test_no_command_sets_a_global_of_another_module():
    for path in FILES:
        if room(path) != "cli":
            continue
        tree = ast.parse(path.read_text("utf-8"))
        modules = {alias.asname or alias.name for node in ast.walk(tree) for alias in getattr(node, "names", ())
                   if isinstance(node, ast.Import | ast.ImportFrom)}  # fmt: skip
        for node in ast.walk(tree):
            for target in node.targets if isinstance(node, ast.Assign) else ():
                owner = target.value if isinstance(target, ast.Attribute) else None
                assert not (isinstance(owner, ast.Name) and owner.id in modules), f"{path.name}:{node.lineno}"


def test_names_of_arguments_become_flags():
    flags = {"eta": "--eta", "held_out": "--hold-out", "j": "--j", "folder": "--out"}
    assert translated("eta=0 has to be positive, j=-1 too", flags) == "--eta 0 has to be positive, --j -1 too"
    assert translated("add held_out=1000, or leave out eta= and j=.", flags) == (
        "add --hold-out 1000, or leave out --eta and --j."
    )
    assert translated("Name another: folder=DIR", flags) == "Name another: --out DIR"
    assert translated("beta=1, a==b", flags) == "beta=1, a==b"
    assert translated("eta=0", {}) == "eta=0"


def test_every_command_says_what_it_runs():
    lines = (
        "train --quick",
        "recipes",
        "eval m",
        "compare a",
        "predict m i",
        "draw r",
        "lessons",
        "lessons run 0",
        "exercise",
    )
    lines += ("export m --to onnx --out f.onnx", "import f.pt --like paper")
    for line in lines:
        options = parser().parse_args(line.split())
        assert callable(options.command), line
        assert isinstance(options.flags, dict), line


# What stands in two places is the same.


@pytest.mark.parametrize("operation, row", [("convolve", "Convolve"), ("kernel_gradients", "KernelGradients")])
def test_a_row_of_a_program_has_the_names_that_its_operation_reads(operation, row):
    tree = ast.parse((PACKAGE / "fast" / "convolutions.py").read_text("utf-8"))
    outer = next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == operation)
    read = next(
        node
        for node in ast.walk(outer)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and node.value.func.id == "arguments"
    )
    fields = getattr(convolutions, row)._fields
    assert [name.id for name in read.targets[0].elts] == list(fields)
    assert read.value.args[1].value == len(fields)


# Without the fast path.

WITHOUT_FAST = """
import sys
sys.path.insert(0, sys.argv[1])
import scratchnet
assert scratchnet.__file__.startswith(sys.argv[1]), scratchnet.__file__
from scratchnet.cli import main
from scratchnet.runs import folder
folder.QUICK = 300
for arguments in (["train", "--quick", "--out", "a"], ["train", "--quick", "--readable", "--out", "b"],
                  ["eval", "a/last.npz"], ["recipes"], ["lessons"], ["exercise", "list"]):
    assert main(arguments) == 0, arguments
"""


@pytest.mark.planted
def test_without_the_fast_path_everything_works(tmp_path):
    copy = tmp_path / "copy" / "scratchnet"
    shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("fast", "__pycache__"))
    shutil.copytree(PACKAGE.parent / "lessons", tmp_path / "copy" / "lessons")
    command = [sys.executable, "-c", WITHOUT_FAST, str(tmp_path / "copy")]
    run = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=170)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "this installation has no scratchnet/fast" in run.stderr
