"""The watcher, and LeNet-5 trained on the learner's own layers."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from answers import ANSWERS
from attempts import write

import scratchnet
from scratchnet.exercises import learner, reward
from scratchnet.exercises.catalogue import EXERCISES, find_exercise
from scratchnet.exercises.checker import check_answer
from scratchnet.exercises.my_folder import Folder

LINEAR = find_exercise("linear")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.planted
def test_watch_checks_on_save_and_moves_on_when_told():
    write(["return x", ""], find_exercise("scaled-tanh"))
    root = str(Path(scratchnet.__file__).parents[1])
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "scratchnet", "exercise", "watch", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": root},
    )
    said = []

    def until(words):
        while not said or words not in said[-1]:
            line = process.stdout.readline()
            assert line, said
            said.append(line)

    def press(key):
        process.stdin.write(key + "\n")
        process.stdin.flush()

    until("Type h for a hint")
    press("h")
    until("y = A tanh(S x)")
    write(ANSWERS["scaled-tanh"], find_exercise("scaled-tanh"))
    until("Right.")
    until("n and Enter: the next exercise")
    press("?")
    until("Type h for a hint")
    press("n")
    until("Started my")
    until("ex02_linear.py is still blank")
    press("q")
    assert process.wait(20) == 0


@pytest.mark.planted
def test_lenet5_on_the_learner_s_own_layers(said, monkeypatch):
    monkeypatch.setattr(reward, "IMAGES", 60)
    monkeypatch.setattr(reward, "TEST", 60)
    for name in ("scaled-tanh", "linear", "conv-forward", "conv-backward", "rbf", "sdlm", "map-loss", "lenet5"):
        write(ANSWERS[name], find_exercise(name))
    write(["return x", "return dy"], find_exercise("subsampling"))
    code, text = said("train")
    assert code == 0 and "Yours: scaled-tanh, linear, conv-forward, conv-backward, rbf, map-loss, lenet5, sdlm" in text
    assert "The library's: subsampling, linear-backward2, conv-backward2" in text
    assert "Trained on 60 digits, it reads " in text and text.count("read as ") == 6
    assert Path("my/digits.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.planted
def test_training_goes_through_every_body_of_the_learner():
    folder, calls = Folder("my"), set()
    for name in ("scaled-tanh", "linear", "conv-forward", "conv-backward", "conv-backward2", "subsampling", "rbf"):
        path = write(ANSWERS[name], find_exercise(name))
        path.write_text(path.read_text() + "\nCALLS = set()\n")
    own = reward.own_parts(folder, EXERCISES)
    for part, kind in own.classes.items():
        for method in ("forward", "backward", "backward2"):
            owner = next((c for c in getattr(kind, "__mro__", ()) if method in vars(c)), part)
            if owner.__module__ not in ("builtins",) and not owner.__module__.startswith("scratchnet"):
                setattr(kind, method, counted(getattr(kind, method), f"{part.__name__}.{method}", calls))
    x = np.random.default_rng(0).normal(size=(3, 1, 32, 32)).astype("f")
    reward.train_own_layers(own, folder, (x, np.array([1, 2, 3])), (x, np.array([1, 2, 3])))
    assert {"Conv2d.forward", "Conv2d.backward", "Conv2d.backward2", "Linear.forward", "Subsampling.backward"} <= calls
    assert {"ScaledTanh.forward", "ScaledTanh.backward", "RBF.forward", "RBF.backward"} <= calls


def counted(method, name, calls):
    def call(self, *arguments):
        calls.add(name)
        return method(self, *arguments)

    return call


@pytest.mark.planted
def test_a_body_that_is_slow_or_wrong_in_training_is_a_sentence(said, monkeypatch):
    monkeypatch.setattr(reward, "IMAGES", 60)
    monkeypatch.setattr(reward, "MINUTES", 0)
    write(ANSWERS["linear"])
    code, text = said("train")
    assert code == 0 and "Trained on 1 digits" in text
    path = write(ANSWERS["linear"])
    path.write_text(path.read_text().replace("self.x = x\n", "self.x = x\n        assert len(x) < 50, 'mine'\n"))
    assert check_answer(LINEAR, path).state == "right"
    code, text = said("train")
    assert code == 1
    assert "AssertionError: mine" in text
    assert "line" in text


def test_shown_paths_are_relative():
    assert learner.shown(Path.cwd() / "my" / "a.py") == "my/a.py" and learner.shown("my/a.py") == "my/a.py"


def test_a_list_is_as_good_as_a_tuple_for_a_shape(tmp_path):
    exercise = find_exercise("conv-forward")
    bodies = [body.replace("self.y_shape = y.shape", "self.y_shape = list(y.shape)") for body in ANSWERS[exercise.name]]
    path = write(bodies, exercise, tmp_path / exercise.file)
    assert check_answer(exercise, path).state == "right"
    layer = learner.load(exercise, path)(1, 2, 3)
    y = layer.forward(np.ones((1, 1, 5, 5), np.float32))
    assert layer.backward(y).shape == (1, 1, 5, 5), "the library's backward takes it too"


def test_train_says_whose_layers_read(tmp_path):
    write(ANSWERS["conv-forward"], find_exercise("conv-forward"), tmp_path / find_exercise("conv-forward").file)
    own = reward.own_parts(Folder(tmp_path), EXERCISES)
    passes, read = reward.whose(reward.own_network(own, np.random.default_rng(0)))
    assert read == 3 and passes["C3"] == ["forward"] and passes["F6"] == []
