"""The run folder: what a training writes, and what can be done with it."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from scratchnet import (
    SGD,
    History,
    ModelError,
    cli,
    datasets,
    runs,
)
from scratchnet.cli.evaluate import run_beside
from scratchnet.runs import load_model
from scratchnet.runs.recipes import RECIPES
from scratchnet.storage import read_about, read_arrays


def command(*arguments):
    return cli.main(["train", *map(str, arguments)])


def test_a_run_leaves_what_is_needed_to_repeat_it(small, tmp_path, capsys):
    out = tmp_path / "run"
    options = ("--recipe", "tutorial-28", "--quick", "--hold-out", 100, "--validate-every", 2, "--epochs", 2)
    assert command(*options, "--out", out, "--seed", 5) == 0
    printed = capsys.readouterr().out
    assert "held-out error" in printed
    assert "best" in printed
    assert "report" in printed
    config = json.loads((out / "config.json").read_text())
    assert config["recipe"] == "tutorial-28"
    assert config["seed"] == 5
    assert config["held_out"] == 100
    assert {"scratchnet", "python", "numpy", "numba"} <= config["versions"].keys()
    assert {path.name for path in out.iterdir()} == {
        *("config.json", "log.csv", "validations.csv", "last.npz", "best.npz", "optimizer.npz", "report"),
    }
    history = History.read(out / "log.csv")
    history.read_validations(out / "validations.csv")
    epochs = [at for at, _ in history.validations]
    assert epochs == pytest.approx([2 * 64 / 300, 4 * 64 / 300, 1, 1 + 64 / 300, 1 + 3 * 64 / 300, 2])
    assert [error for p, error in history.validations if p in (1, 2)] == history.validation_error
    again = tmp_path / "again"
    assert command(*options, "--out", again, "--seed", 5) == 0
    a, b = read_arrays(out / "last.npz"), read_arrays(again / "last.npz")
    assert all(np.array_equal(a[name], b[name]) for name in a)


CONFIG = {
    **{"recipe": "tutorial-28", "data": "mnist", "seed": 0, "epochs": 3, "images": None, "held_out": 100},
    **{"validate_every": None, "eta": 1.0, "loss": None, "j": None, "distort": False, "readable": False},
}


def test_best_is_the_best_on_the_held_out_images(small, tmp_path):
    """It is not the last network, and the test set has not chosen it."""
    recipe = RECIPES["tutorial-28"]
    net = recipe.network(np.random.default_rng(0))
    optimizer = SGD(net, 0.1)
    run = runs.Run(tmp_path, CONFIG, History())
    for i, error in enumerate((5.0, 3.0, 4.0)):
        net["F6"].b[:] = i
        run.history.validations.append((i + 1.0, error))
        run.save_best(net)
        run.save(net, optimizer)
    best, last = (recipe.network().load(tmp_path / f"{name}.npz") for name in ("best", "last"))
    assert (best["F6"].b == 1).all() and (last["F6"].b == 2).all()


def test_without_held_out_images_there_is_no_best(small, tmp_path):
    out = tmp_path / "run"
    assert command("--recipe", "tutorial-28", "--quick", "--hold-out", 100, "--out", out) == 0
    assert (out / "best.npz").is_file()
    (out / "config.json").unlink()
    assert command("--recipe", "tutorial-28", "--quick", "--out", out) == 0
    assert not (out / "best.npz").exists() and not (out / "validations.csv").exists(), "nor that of an earlier run"


def test_an_interrupted_adam_run_is_resumed_exactly(small, tmp_path, monkeypatch, capsys):
    options = ("--recipe", "tutorial-28", "--quick", "--hold-out", 100, "--epochs", 3)
    whole, halted = tmp_path / "whole", tmp_path / "halted"
    assert command(*options, "--out", whole) == 0
    save = runs.Run.save

    def interrupt(self, *arguments):
        save(self, *arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(runs.Run, "save", interrupt)
        assert command(*options, "--out", halted) == 130
    assert f"train --resume {halted}" in capsys.readouterr().err
    assert cli.main(["train", "--resume", str(halted)]) == 0
    for file in ("last.npz", "best.npz", "optimizer.npz"):
        a, b = read_arrays(whole / file), read_arrays(halted / file)
        assert a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a), file
    assert (whole / "validations.csv").read_text() == (halted / "validations.csv").read_text()


def test_a_model_file_knows_its_recipe(small, tmp_path, capsys):
    out = tmp_path / "run"
    assert command("--recipe", "paper-softmax", "--quick", "--out", out) == 0
    about = json.loads(read_about(out / "last.npz"))
    assert set(about.pop("doubt")) == {"best", "ahead"}
    assert about == {"recipe": "paper-softmax", "data": "mnist", "epochs": 1}
    net, recipe, data = load_model(out / "last.npz")
    assert recipe.name == "paper-softmax"
    assert net["softmax"]
    assert data == "mnist"
    capsys.readouterr()
    assert cli.main(["eval", str(out / "last.npz"), "--report", str(tmp_path / "report")]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"paper-softmax on mnist, test error \d+\.\d\d % \(\d+ of 200 images\), top 3", printed)
    assert len(run_beside(out / "last.npz", "mnist").history) == 1, "the log lies beside the model"
    assert run_beside(out / "last.npz", "kmnist") is None, "it is of other data"
    assert run_beside(tmp_path / "last.npz", "mnist") is None
    for about, words in (
        ('{"recipe": "x"}', "'x' on 'mnist', which this version"),
        ("word", "does not record which recipe"),
        ("3", "does not record which recipe"),
    ):
        net.save(tmp_path / "unknown.npz", about)
        with pytest.raises(ModelError, match=words):
            load_model(tmp_path / "unknown.npz")
    RECIPES["paper"].network().save(tmp_path / "plain.npz")
    assert load_model(tmp_path / "plain.npz")[1:] == (RECIPES["paper"], "mnist"), "a file of net.save"


def test_a_model_knows_what_it_has_learnt(small, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    clothes = {"train": "train", "test": "test"}
    load = datasets.load
    monkeypatch.setattr(datasets, "load", lambda name, split: load("mnist", clothes[split]))  # digits called clothes
    assert command("--recipe", "tutorial-28", "--data", "fashion-mnist", "--quick") == 0
    printed = capsys.readouterr().out
    assert "Ankle boot" in printed and "0.95 %" not in printed, "the claim is for digits"
    assert (tmp_path / "runs" / "tutorial-28-fashion-mnist-quick" / "last.npz").is_file()
    assert cli.main(["eval", "runs/tutorial-28-fashion-mnist-quick/last.npz"]) == 0
    printed = capsys.readouterr().out
    assert "tutorial-28 on fashion-mnist" in printed and "Ankle boot" in printed
    shirt = np.full((28, 28), 200, np.uint8)
    shirt[:, :5] = shirt[:, -5:] = 0
    np.save("shirt.npy", shirt)
    assert cli.main(["predict", "runs/tutorial-28-fashion-mnist-quick/last.npz", "shirt.npy"]) == 0
    assert any(name in capsys.readouterr().out for name in datasets.class_names("fashion-mnist"))


def test_compare(small, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("tutorial-28", "paper-softmax"):
        assert command("--recipe", name, "--quick", "--out", f"runs/{name}") == 0
    capsys.readouterr()
    assert cli.main(["compare", "runs/tutorial-28", "runs/paper-softmax", "--out", "both.png"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3 and lines[0].split()[:4] == ["run", "recipe", "data", "seed"]
    assert lines[1].split()[:2] == [str(Path("runs/tutorial-28")), "tutorial-28"]
    assert (tmp_path / "both.png").stat().st_size > 5000
    assert cli.main(["compare", "runs/tutorial-28", "runs/nothing"]) == 2
    assert "no run in runs/nothing" in capsys.readouterr().err.replace("\\", "/")
    assert cli.main(["compare", "runs/tutorial-28", "--out", "."]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "is not the name of a .png" in err


def test_recipes_are_listed(capsys):
    assert cli.main(["recipes"]) == 0
    printed = capsys.readouterr().out
    assert printed.isascii()
    for name, recipe in RECIPES.items():
        line = next(line for line in printed.splitlines() if line.startswith(name + " "))
        assert recipe.claimed is None or f"{recipe.claimed:.2f} %" in line
        assert f"{recipe.measured:.2f} %" in line


def test_another_run_is_not_overwritten(small, tmp_path, capsys):
    out = tmp_path / "run"
    assert command("--recipe", "tutorial-28", "--quick", "--out", out) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    for other in (("--seed", 1), ("--epochs", 2), ("--hold-out", 50), ("--eta", 0.5)):
        assert command("--recipe", "tutorial-28", "--quick", *other, "--out", out) == 2
        assert "holds a run with another" in capsys.readouterr().err
    assert before == {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    assert command("--recipe", "tutorial-28", "--quick", "--out", out) == 0, "the same once more"


def test_the_seed_is_in_the_folders_name(small, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for seed in (0, 3):
        assert command("--recipe", "tutorial-28", "--quick", "--seed", seed) == 0
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"tutorial-28-quick", "tutorial-28-quick-seed3"}
