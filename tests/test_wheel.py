"""The package as others get it: a wheel, in a fresh virtual environment, used in an empty folder."""

import email
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from scratchnet.cli.lessons import build_wheel

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.package


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel, built from a source distribution that is built from the clone."""
    folder = tmp_path_factory.mktemp("dist")
    run = subprocess.run([sys.executable, "-m", "build", "-o", str(folder), str(ROOT)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def there(wheel, tmp_path_factory):
    """(the Python of a fresh environment with the wheel in it, an empty folder)"""
    environment = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(environment)], check=True)
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", str(wheel)], check=True)
    return python, tmp_path_factory.mktemp("empty")


def run(there, *command):
    """The exit code, stdout and stderr of `python -m ...` in the empty folder."""
    python, folder = there
    ours = ("SCRATCHNET_DATA", "PYTHONPATH", "VIRTUAL_ENV")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(
        [python, "-m", *command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


def test_the_metadata(wheel):
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
        about = email.message_from_bytes(files.read(next(name for name in names if name.endswith("/METADATA"))))
    assert about["Name"] == "scratchnet-lenet" and wheel.name.startswith("scratchnet_lenet-")
    assert about["License-Expression"] == "MIT AND CC-BY-SA-3.0"
    assert about.get_all("License-File") == ["LICENSE", "scratchnet/datasets/mnist/LICENSE.md"]
    assert sum(".dist-info/licenses/" in name for name in names) == 2
    assert "LeNet-5" in about["Keywords"] and "Typing :: Typed" in about.get_all("Classifier")


def test_the_files(wheel):
    with zipfile.ZipFile(wheel) as files:
        course = {Path(name).name: files.read(name) for name in files.namelist() if "/lessons/course/" in name}
        runs = {Path(name).name: files.read(name) for name in files.namelist() if "/published_runs/" in name}
        roots = {name.partition("/")[0] for name in files.namelist()}
        glossary = files.read("scratchnet/lessons/glossary.md")
        widgets = {Path(name).name for name in files.namelist() if "/lessons/widgets/" in name}
    assert course == {path.name: path.read_bytes() for path in (ROOT / "lessons").glob("*.py")}
    assert runs == {
        name: (ROOT / "docs" / "reproduction" / name).read_bytes() for name in ("fig5-runs.csv", "fig6-runs.csv")
    }
    assert glossary == (ROOT / "docs" / "reference" / "notation.md").read_bytes()
    assert widgets == {path.name for path in (ROOT / "scratchnet" / "lessons" / "widgets").glob("*.js")} != set()
    assert {name for name in roots if not name.endswith(".dist-info")} == {"scratchnet"}


def test_the_wheel_for_browsers_is_this_one(wheel, tmp_path):
    built = build_wheel(tmp_path)
    assert built.name == wheel.name and built.name.endswith("-py3-none-any.whl")
    with zipfile.ZipFile(built) as mine, zipfile.ZipFile(wheel) as theirs:
        assert sorted(mine.namelist()) == sorted(theirs.namelist())
        about = next(name for name in mine.namelist() if name.endswith("/METADATA"))
        needs = email.message_from_bytes(mine.read(about)).get_all("Requires-Dist")
    (numba,) = [need for need in needs if need.startswith("numba")]
    assert numba.endswith("sys_platform != 'emscripten'") or numba.endswith('sys_platform != "emscripten"')


def test_it_trains(there):
    code, out, err = run(there, "scratchnet", "train", "--quick")
    assert code == 0, err
    assert float(re.search(r"^test error +([\d.]+) %", out, re.MULTILINE)[1]) < 10  # guessing: 90
    assert (there[1] / "runs" / "quick" / "report" / "index.html").is_file()


def test_the_lessons_are_there(there):
    code, out, err = run(there, "scratchnet", "lessons", "list")
    assert code == 0 and len(re.findall(r"^ +\d+  ", out, re.MULTILINE)) == len(
        list((ROOT / "lessons").glob("*.py"))
    ), err
    code, out, err = run(there, "scratchnet", "lessons", "run", "1")
    assert code == 0 and "# 1. " in out, err


def test_an_exercise_can_be_started_and_checked(there):
    code, out, err = run(there, "scratchnet", "exercise", "start", "1")
    assert code == 0 and list((there[1] / "my").glob("ex01_*.py")), err
    code, out, err = run(there, "scratchnet", "exercise", "check", "1")
    assert code == 1 and "01 " in out, err


def test_the_install_command_of_a_message_works(there):
    code, _, err = run(there, "scratchnet", "lessons", "notebook", "1")
    command = re.search(r'pip install "(.+)"$', err.strip())
    assert code == 2 and command, err
    code, _, err = run(there, "pip", "install", "-q", command[1])
    assert code == 0, err
    code, _, err = run(there, "scratchnet", "lessons", "notebook", "1")
    assert code == 0 and (there[1] / "01_what_a_digit_is.ipynb").is_file(), err
