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

    from scratchnet import datasets, evaluate, report, runs
    from scratchnet.commands import read, train

    def load(name, split):
        images, labels = datasets.load(name, split)
        return (images, labels) if split == "train" else (images[:200], labels[:200])

    def no_pictures(folder, net, recipe, data, name, history=None, title=None, fast=True):
        (folder / "index.html").write_text("")
        return evaluate(net, (recipe.pixels(data[0]), data[1]))

    monkeypatch.setattr(runs, "QUICK", 400)
    monkeypatch.setattr(train, "load", load)
    monkeypatch.setattr(read, "load", load)
    monkeypatch.setattr(report, "write_report", no_pictures)
