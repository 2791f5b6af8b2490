import os

import numpy as np
import pytest
from hypothesis import settings

settings.register_profile("suite", deadline=None, max_examples=40, derandomize=True)
settings.register_profile("few", deadline=None, max_examples=6, derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def small(monkeypatch):
    """Runs of 400 images, tested on 200, and no pictures, which take longer than that."""

    from scratchnet import datasets, evaluate
    from scratchnet.runs import folder as run_folder
    from scratchnet.runs import report

    load_all = datasets.load

    def load(name, split):
        images, labels = load_all(name, split)
        return (images, labels) if split == "train" else (images[:200], labels[:200])

    def no_pictures(folder, net, recipe, data, name, history=None, title=None, fast=True, pixels=None, **others):
        (folder / "index.html").write_text("")
        return evaluate(net, (pixels(data[0]), data[1]))

    monkeypatch.setattr(run_folder, "QUICK", 400)
    monkeypatch.setattr(datasets, "load", load)
    monkeypatch.setattr(report, "write_report", no_pictures)


@pytest.fixture(scope="session")
def browser():
    from browsing import chromium

    yield from chromium()


@pytest.fixture
def said(capfd):
    """Runs a command; (exit code, what it printed to stdout and stderr)."""

    from scratchnet.cli import main

    def run(*words):
        code = main(["exercise", *map(str, words)])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        waits = ("Still at it.", "Compiling kernels")  # how long a check takes depends on the machine
        return code, out + "".join(line for line in err.splitlines(True) if not line.startswith(waits))

    return run


@pytest.fixture(scope="session")
def digits():
    from scratchnet import datasets

    images, labels = datasets.load("mnist", "train")
    return datasets.paper_input(images[:4000]), labels[:4000]


@pytest.fixture(scope="session")
def test_digits():
    from scratchnet import datasets

    images, labels = datasets.load("mnist", "test")
    return datasets.paper_input(images[:2000]), labels[:2000]


@pytest.fixture(scope="module")
def desk():
    from scratchnet.exercises.desk import Desk

    with Desk(strict=True, memory=1500, warm=["max-pool-backward"]) as found:
        yield found


@pytest.fixture
def check(desk):
    """Checks bodies on the Desk; its Result."""
    from desks import checking

    return checking(desk)
