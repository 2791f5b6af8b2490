"""python -m scratchnet doctor: what works is said to work, and what does not is named with what mends it."""

import json
import re
import subprocess
import sys

import pytest

from scratchnet import checks, cli, datasets
from scratchnet.cli import doctor
from scratchnet.datasets import sets
from scratchnet.errors import InputError


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(doctor, "SECONDS", 0.2)


def test_a_healthy_machine(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "Everything works." in out
    assert len(re.findall(r"^\S.* ok  ", out, re.MULTILINE)) == 10
    assert "MNIST is right to the last bit" in out and "backward agrees with central differences" in out
    assert cli.main(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert len(found) == 10 and all(entry["mend"] == "" and entry["found"] for entry in found.values())


def refuse(*arguments, **options):
    raise InputError("A sentence.")


def crash(*arguments, **options):
    raise OSError(5, "Input/output error")


FAULTS = {
    "data": (sets, "SHA256", {"train-images-idx3-ubyte.gz": "0" * 64}, "train-images-idx3-ubyte.gz differ from MNIST"),
    "gradients": (checks, "check_gradients", refuse, "A sentence."),
    "disk": (doctor.tempfile, "TemporaryFile", crash, "cannot be written to (Input/output error)"),
    "libraries": (doctor, "NEEDED", ("numpy", "no-such-library"), "no-such-library is missing"),
    "training": (datasets, "load", crash, "OSError: [Errno 5]"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_what_mends_it(name, monkeypatch, capsys):
    where, what, value, words = FAULTS[name]
    monkeypatch.setattr(where, what, value)
    assert cli.main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert words in out
    assert re.search(rf"^1\. {name}: \S", out, re.MULTILINE), out


@pytest.mark.planted
@pytest.mark.parametrize("library", ["numpy", "numba", "PIL", "filelock"])
def test_a_library_that_is_missing_does_not_stop_it(library, tmp_path):
    """Before: a traceback of numpy, when an install had failed."""
    code = f"import sys; sys.modules[{library!r}] = None; from scratchnet.cli import main; sys.exit(main())"
    run = subprocess.run(
        [sys.executable, "-c", code, "doctor"], cwd=tmp_path, capture_output=True, text=True, timeout=90
    )
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert library in run.stdout and "\n1. " in run.stdout and "pip install" in run.stdout


def test_a_training_that_does_not_learn(monkeypatch):
    monkeypatch.setattr("scratchnet.optimizers.SDLM.step", lambda self: None)
    monkeypatch.setattr(
        "scratchnet.fast.FastEngine.updates", lambda self, optimizer, x, labels, batch: (1.0, x[batch][:, 0, 0, :10])
    )
    monkeypatch.setattr(doctor, "SECONDS", 1.0)
    found, mend = doctor.training()
    assert "% of 2,000 others wrong" in found and "It does not learn" in mend
