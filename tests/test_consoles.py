"""Consoles and machines as they come: closed, full, without the letters of a name; -OO; strict floating point."""

import os
import re
import shlex
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.cbook import is_math_text
from matplotlib.text import Text
from scripts import environment
from terminals import LiteStream
from test_layers import every_layer, has_curvature

from scratchnet import (
    SDLM,
    SGD,
    Adam,
    CrossEntropyLoss,
    History,
    Linear,
    MAPLoss,
    ModelError,
    Sequential,
    Sigmoid,
    cli,
    datasets,
    evaluate,
    figures,
    fit,
    metrics,
    sketches,
)
from scratchnet.cli.flags import pasted
from scratchnet.exercises.catalogue import EXERCISES
from scratchnet.models import lenet5
from scratchnet.viewing.show import docstring

POSIX = pytest.mark.skipif(os.name == "nt", reason="the redirections of a POSIX shell")


def shell(line, cwd, **more):
    """Run a line in a POSIX shell; {me} is the program."""
    line = "set -o pipefail; " + line.format(me=f"{shlex.quote(sys.executable)} -m scratchnet")
    return subprocess.run(["bash", "-c", line], cwd=cwd, env=environment(**more), capture_output=True, timeout=100)


WAYS = {  # how a console is: exit code, words on stderr
    ">&-": (0, b""),
    "2>&-": (0, b""),
    ">&- 2>&-": (0, b""),
    "<&-": (0, b""),
    ">/dev/full": (1, b"what it prints is lost (No space left on device). Files are not affected."),
    "2>/dev/full": (0, b""),
    ">/dev/full 2>/dev/full": (1, b""),
}


@POSIX
@pytest.mark.parametrize("how", WAYS)
def test_a_command_does_its_work_whoever_reads(how, tmp_path):
    """Before: AttributeError of None, exit code 120, and files that were not written."""
    run = shell(f"{{me}} exercise syllabus {how}", tmp_path)
    code, words = WAYS[how]
    assert run.returncode == code
    assert run.stderr.removeprefix(b"scratchnet: ").strip() == words
    assert (tmp_path / "syllabus.ini").stat().st_size > 100


@POSIX
def test_a_reader_that_has_read_enough(tmp_path):
    run = shell("{me} recipes | head -1", tmp_path)
    assert run.stdout.count(b"\n") == 1
    assert run.stderr == b""


class Full:
    """A stream on a full disk."""

    closed, encoding = False, "utf-8"

    def write(self, text):
        raise OSError(28, "No space left on device")

    def flush(self):
        self.write("")

    def isatty(self):
        return False


@pytest.mark.parametrize("what", ["stdout", "stderr", None])
def test_a_training_ends_whoever_reads(what, small, tmp_path, monkeypatch, capsys):
    if what:
        monkeypatch.setattr(sys, what, Full())
    code = cli.main(["train", "--quick", "--out", str(tmp_path / "run")])
    assert code == (what == "stdout")
    assert (tmp_path / "run" / "last.npz").exists() and (tmp_path / "run" / "report" / "index.html").exists()
    if what == "stdout":
        assert "what it prints is lost" in capsys.readouterr().err


def test_a_cell_of_jupyterlite(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out, err = LiteStream(), LiteStream()
    monkeypatch.setattr(sys, "stdout", out)
    monkeypatch.setattr(sys, "stderr", err)
    assert cli.main(["exercise", "start", "2"]) == 0 and "my/ex02_linear.py" in out.getvalue()
    assert cli.main(["exercise", "check", "2"]) == 1 and "You have not written it yet" in out.getvalue()
    assert cli.main(["exercise", "start", "2"]) == 2 and "exists already" in err.getvalue()


def test_missing_streams_as_under_pythonw(tmp_path, monkeypatch):
    code = "import sys; sys.stdout = sys.stderr = sys.stdin = None; from scratchnet.cli import main; sys.exit(main())"
    run = subprocess.run(
        [sys.executable, "-c", code, "exercise", "syllabus"], cwd=tmp_path, capture_output=True, timeout=60
    )
    assert run.returncode == 0
    assert (tmp_path / "syllabus.ini").exists()


def test_a_console_without_the_letters_of_a_name(tmp_path):
    start = [sys.executable, "-m", "scratchnet", "exercise", "start", "1", "--folder", "моё"]
    options = {"cwd": tmp_path, "env": environment(PYTHONIOENCODING="cp1252"), "capture_output": True, "timeout": 60}
    run = subprocess.run(start, **options)
    assert run.returncode == 0 and b"\\u043c\\u043e\\u0451" in run.stdout
    again = subprocess.run(start, **options)
    assert again.returncode == 2 and again.stderr.startswith(
        b"scratchnet: \\u043c\\u043e\\u0451/ex01_scaled_tanh.py exists already"
    )


@pytest.mark.skipif(os.name == "nt", reason="cmd.exe quotes differently")
@pytest.mark.parametrize("name", ["plain", "two words", "it's", "$HOME", "a;b", "-v", "ein Büro"])
def test_a_name_in_a_line_to_paste(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert shlex.split(pasted(name))[0] == (name if name != "-v" else "./-v")
    assert cli.main(["exercise", "start", "1", f"--folder={name}"]) == 0
    printed = capsys.readouterr().out
    line = re.search(r"python -m scratchnet exercise check .*(?=  is it right)", printed)[0]
    assert cli.main(shlex.split(line)[3:]) == 1  # the blank file is found
    assert "You have not written it yet" in capsys.readouterr().out
    assert cli.main(["exercise", "hint", "1", f"--folder={name}"]) == 0
    assert pasted(name) in capsys.readouterr().out


def test_an_interrupted_run_is_resumed_by_pasting(small, monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    from scratchnet.cli import progress

    epoch = progress.Progress.epoch

    def press(self, history):
        epoch(self, history)
        raise KeyboardInterrupt

    monkeypatch.setattr(progress.Progress, "epoch", press)
    assert cli.main(["train", "--quick", "--epochs", "2", "--out", "my first run"]) == 130
    line = capsys.readouterr().err.rstrip().splitlines()[-1]
    monkeypatch.setattr(progress.Progress, "epoch", epoch)
    assert shlex.split(line)[-1] == "my first run"
    assert cli.main(shlex.split(line)[3:]) == 0


def test_the_home_folder(tmp_path, monkeypatch, capsys):
    """`--out=~/run` made a folder called `~`: no shell replaces it there, and Python does not either."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    net = Sequential(Linear(3, 2, rng=0))
    net.save("~/models/mine.npz")
    Sequential(Linear(3, 2, rng=1)).load("~/models/mine.npz")
    history = History()
    history.write("~/log.csv")
    assert len(History.read("~/log.csv")) == 0
    figures.save(sketches.bars({"a": 1.0}, xlabel="x"), "~/bars.png")
    assert cli.main(["exercise", "start", "1", "--folder=~/mine"]) == 0
    assert cli.main(["exercise", "syllabus", "--out=~/syllabus.ini"]) == 0
    assert "~" not in [path.name for path in tmp_path.iterdir()]
    assert sorted(path.name for path in (tmp_path / "home").iterdir()) == [
        *("bars.png", "log.csv", "mine", "models", "syllabus.ini")
    ]
    with pytest.raises(ModelError, match="There is no model file ~nobody-here"):
        net.load("~nobody-here/model.npz")


# Python with -OO has neither docstrings nor asserts.


def test_exercises_under_oo_have_their_specification(tmp_path):
    for name, flags in (("plain", []), ("oo", ["-OO"])):
        start = [sys.executable, *flags, "-m", "scratchnet", "exercise", "start", "--all", "--folder", name]
        assert subprocess.run(start, cwd=tmp_path, capture_output=True, timeout=60).returncode == 0
    files = sorted(path.name for path in (tmp_path / "plain").glob("*.py"))
    assert len(files) == len(EXERCISES)
    for name in files:
        assert (tmp_path / "oo" / name).read_bytes() == (tmp_path / "plain" / name).read_bytes()


def test_a_docstring_is_read_from_the_source(monkeypatch):
    expected = Linear.__doc__.partition("\n")[0]
    monkeypatch.setattr(Linear, "__doc__", None)
    assert docstring(Linear).partition("\n")[0] == expected
    assert docstring(Full.write) == ""
    assert docstring(eval("lambda: 0")) == ""


# NumPy told to raise at every exception of floating point.


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1e-3, 1, 50, 300])
def test_layers_under_strict_floating_point(scale, dtype, rng):
    with np.errstate(all="raise"):
        for layer, shape in every_layer(rng, dtype):
            x = (scale * rng.normal(size=shape)).astype(dtype)
            y = layer.forward(x)
            dy = (scale * rng.normal(size=y.shape)).astype(dtype)
            layer.backward(dy)
            if has_curvature(layer):
                layer.backward2(np.abs(dy))
            if y.ndim == 2:
                metrics.probabilities(layer.scores(y))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [1e-3, 1, 50, 1000])
def test_losses_under_strict_floating_point(scale, dtype, rng):
    y, labels = np.abs(scale * rng.normal(size=(20, 5))).astype(dtype), rng.integers(0, 5, 20)
    for loss in (MAPLoss(), MAPLoss(j=200), CrossEntropyLoss(), CrossEntropyLoss(label_smoothing=0.1)):
        with np.errstate(all="raise"):
            strict = loss.forward(y, labels), loss.backward(), loss.backward2()
        for a, b in zip(strict, (loss.forward(y, labels), loss.backward(), loss.backward2())):
            assert np.array_equal(a, b)


def test_optimizers_under_strict_floating_point():
    """The velocity of a unit that no longer learns falls below the smallest number."""
    makers = (lambda n: SGD(n, 0.1, momentum=0.9, weight_decay=1e-30), lambda n: SGD(n, 0.1), lambda n: Adam(n, 1e-3))
    for make in makers:
        net = Sequential(Linear(3, 2, rng=0))
        optimizer = make(net)
        for gradient in (1.0, 1e-38, *np.zeros(1200)):
            net[0].dW, net[0].db = np.full((2, 3), gradient, np.float32), np.full(2, gradient, np.float32)
            with np.errstate(all="raise"):
                optimizer.step()


@pytest.mark.parametrize("fast", [True, False])
def test_a_training_under_strict_floating_point(fast):
    images, labels = (part[:200] for part in datasets.load("mnist", "train"))
    x = datasets.paper_input(images)
    with np.errstate(all="raise"):
        for make in (lambda n: SDLM(n, 1e-4), lambda n: Adam(n, 1e-3)):
            net = lenet5(0)
            fit(net, MAPLoss(), make(net), (x, labels), epochs=1, batch_size=10, rng=0, fast=fast)
            evaluate(net, (x, labels), fast=fast)
        datasets.prepare(255 - images[0])
        Sigmoid().forward(np.array([-1e4, 1e4]))


# Names in pictures.


@pytest.mark.parametrize("name", ["$x$", "_hidden", "50 $ or 60 $", r"\alpha$"])
def test_a_name_is_drawn_as_it_is(name):
    history = History()
    history.append(loss=1.0, running_error=3.0, train_error=2.0, validation_error=2.0, test_error=2.0,
                   test_top3_error=1.0, lr=0.1, seconds=1.0)  # fmt: skip
    images, labels = np.zeros((2, 28, 28), np.uint8), np.array([0, 1])
    drawings = [
        figures.run_curves({name: history, f"{name} 2": history}),
        figures.training_curves(history, [(name, 2.0)], name),
        figures.top_k_curves(history, name),
        figures.confusion(np.eye(2, dtype=int), [name, name], name),
        figures.confident(images, labels, np.eye(2), {name: labels}, [name, name], name),
        figures.wall(images, labels, labels[::-1], [name, name], name),
        figures.reading(images, labels, labels, name),
        sketches.curves([1, 2], {name: [1, 2], f"{name} 2": [2, 3]}, xlabel="x", ylabel="y", title=name),
        sketches.bars({name: 1.0}, xlabel="x", title=name),
        sketches.arrays({name: np.eye(2)}, title=name),
    ]
    for figure in drawings:
        figure.canvas.draw()
        texts = [text for text in figure.findobj(Text) if name.replace("$", r"\$") in text.get_text()]
        assert texts, "the name stands somewhere"
        assert not any(is_math_text(text.get_text()) for text in texts)
