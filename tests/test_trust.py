"""A run survives what happens to it: kills between any two renames, a full disk, signals, two trainings at once."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scripts import environment
from test_runs import CONFIG, command

from scratchnet import SGD, Adam, History, InputError, Linear, ModelError, Sequential, cli, runs, storage
from scratchnet.runs import report
from scratchnet.runs.recipes import RECIPES
from scratchnet.storage import read_arrays, write_arrays

RECIPE = RECIPES["tutorial-28"]
IMAGES = 128  # two updates in an epoch


def after(epochs, folder=None, until=None):
    """Return network, optimizer and run after some epochs of two updates, each saved if a folder is given."""
    rng = np.random.default_rng(0)
    net = RECIPE.network(rng)
    optimizer = Adam(net, 1e-3)
    run = runs.Run(folder or Path("nowhere"), CONFIG | {"validate_every": None}, History())
    for epoch in range(epochs):
        for _ in range(2):
            for leaf in net.leaves():
                for name in leaf.params:
                    setattr(leaf, f"d{name}", rng.normal(size=getattr(leaf, name).shape).astype(np.float32))
            optimizer.step()
        run.history.append(**{name: float(epochs - epoch) for name in run.history.columns()})
        run.history.validations.append((epoch + 1.0, float(epochs - epoch)))
        if until and epoch == epochs - 1:
            until(run)
        if folder:
            run.save_best(net)
            run.save(net, optimizer)
    return net, optimizer, run


def equal(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def killed_at(count, when):
    """Make os.replace end the process before or after its call number `count`, as a kill does, with no cleaning up."""
    replace, calls = os.replace, []

    def deadly(source, target):
        calls.append(target)
        if len(calls) == count and when == "before":
            os._exit(9)
        replace(source, target)
        if len(calls) == count:
            os._exit(9)

    os.replace = deadly


def killed_while_saving(epochs, folder, count, when):
    """Save the first epochs, and be killed at a rename of the last one. Return whether it was killed."""
    child = os.fork()
    if not child:
        try:
            after(epochs, folder, until=lambda run: killed_at(count, when))
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_kill_at_any_rename_leaves_a_run_to_resume(epochs, tmp_path):
    """Before: a kill between the renames of optimizer.npz and last.npz made --resume refuse for good."""
    whole = {k: (net.state(), optimizer.state()) for k, (net, optimizer, _) in ((k, after(k)) for k in range(1, 4))}
    kills = 0
    for when in ("before", "after"):
        for count in range(1, 30):
            folder = tmp_path / f"{when}-{count}"
            folder.mkdir()
            if not killed_while_saving(epochs, folder, count, when):
                break
            kills += 1
            if not (folder / "config.json").is_file():
                continue  # nothing was saved yet: it is a new run
            run = runs.Run.read(folder)
            net = RECIPE.network(np.random.default_rng(9))
            optimizer = Adam(net, 1e-3)
            with run.in_use():
                run.go_on(net, optimizer, IMAGES)
            done = len(run.history)
            assert done in (epochs - 1, epochs)
            assert not list(folder.glob("*.tmp")), "leftovers are removed"
            if done:
                assert equal(net.state(), whole[done][0])
                assert equal(optimizer.state(), whole[done][1])
                assert len(run.history.validations) == done
    assert kills >= 12, "six files are written in an epoch"


def test_a_run_killed_while_it_saved_its_first_epoch_begins_again(small, tmp_path):
    out = tmp_path / "run"
    options = ("--recipe", "tutorial-28", "--quick", "--epochs", 2)
    assert command(*options, "--out", out) == 0
    expected = read_arrays(out / "last.npz")
    log = (out / "log.csv").read_text().splitlines(keepends=True)
    for kept in (("config.json",), ("config.json", "log.csv")):
        for path in out.iterdir():
            if path.name not in kept and path.is_file():
                path.unlink()
        if "log.csv" in kept:
            (out / "log.csv").write_text("".join(log[:2]))
        assert command("--resume", out) == 0
        assert equal(read_arrays(out / "last.npz"), expected)


def test_two_trainings_in_one_folder(small, tmp_path, capsys):
    out = tmp_path / "run"
    run = runs.Run.new("tutorial-28", quick=True, folder=out)
    with run.in_use():
        assert command("--recipe", "tutorial-28", "--quick", "--out", out) == 2
        assert "Another training is writing to" in capsys.readouterr().err
        assert not (out / "config.json").exists()
    assert command("--recipe", "tutorial-28", "--quick", "--out", out) == 0
    assert not (out / "training.lock").exists()


# What optimizer.npz says is not believed.


def damaged_states():
    _, optimizer, _ = after(1)
    good = optimizer.state()
    name = "m.F6.W"
    return {
        "another shape": good | {name: good[name][:1]},
        "transposed": good | {name: np.ascontiguousarray(good[name].T)},
        "of float64": good | {name: good[name].astype(float)},
        "big-endian": good | {name: good[name].astype(">f4")},
        "integers": good | {name: good[name].astype(np.int32)},
        "not finite": good | {name: np.full_like(good[name], np.nan)},
        "a negative square": good | {"v.F6.W": good["v.F6.W"] - 1},
        "a missing moment": {key: array for key, array in good.items() if key != name},
        "no count": {key: array for key, array in good.items() if key != "t"},
        "a count of 0": good | {"t": np.array(0)},
        "a count that is not whole": good | {"t": np.array(2.0)},
        "another count": good | {"t": np.array(7)},
        "several counts": good | {"t": np.array([2, 2])},
        "another layer": good | {"m.F9.W": good[name]},
        "another optimizer": {key.replace("m.", "v."): array for key, array in good.items() if key.startswith("m.")},
    }


@pytest.mark.parametrize("what", damaged_states())
def test_the_state_of_an_optimizer_is_checked(what, tmp_path):
    """Before: wrong shapes ended in SIGSEGV, a missing moment went on inexactly."""
    _, _, run = after(1, tmp_path)
    write_arrays(tmp_path / "optimizer.npz", damaged_states()[what], run.about())
    net = RECIPE.network(np.random.default_rng(9))
    optimizer = Adam(net, 1e-3)
    with pytest.raises(ModelError, match=r"optimizer\.npz: Expected .* Train again\."):
        runs.Run.read(tmp_path).go_on(net, optimizer, IMAGES)
    assert (optimizer.t, optimizer.m, optimizer.v) == (0, {}, {})


def test_the_velocity_of_sgd_is_checked():
    net = Sequential(Linear(3, 2, rng=0))
    optimizer = SGD(net, 0.1, momentum=0.9)
    good = {"v.0.W": np.zeros((2, 3), np.float32), "v.0.b": np.zeros(2, np.float32)}
    for state in (
        {},
        {"v.0.W": good["v.0.W"]},
        good | {"v.0.W": np.zeros((3, 2), np.float32)},
        good | {"m.0.W": good["v.0.W"]},
    ):
        with pytest.raises(InputError, match="Expected"):
            optimizer.restore(state)
    optimizer.restore(good)


def test_a_file_of_another_recipe(tmp_path):
    _, optimizer, _ = after(1, tmp_path)
    about = json.dumps({"recipe": "paper", "data": "mnist", "epochs": 1})
    write_arrays(tmp_path / "optimizer.npz", optimizer.state(), about)
    net = RECIPE.network(np.random.default_rng(9))
    with pytest.raises(ModelError, match="belongs to paper on mnist, and the run to tutorial-28 on mnist"):
        runs.Run.read(tmp_path).go_on(net, Adam(net, 1e-3), IMAGES)


# The disk.


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_names_the_file_and_the_way_on(call, small, tmp_path, monkeypatch, capsys):
    out, count, real = tmp_path / "my run", [], getattr(os, call)

    def full(*arguments):
        count.append(arguments)
        if len(count) > 6:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(storage.os, call, full)
    assert command("--recipe", "tutorial-28", "--quick", "--epochs", 3, "--out", out) == 2
    err = capsys.readouterr().err
    assert ".npz could not be written (No space left on device)" in err or ".csv could not be written" in err
    assert f"resume: python -m scratchnet train --resume '{out}'" in err
    assert not list(out.glob("*.tmp"))
    monkeypatch.undo()


def test_a_folder_that_can_no_longer_be_written_to(tmp_path):
    net, optimizer, run = after(1, tmp_path / "run")
    shutil.rmtree(tmp_path / "run")
    (tmp_path / "run").write_text("a file now")
    with pytest.raises(OSError, match="run"):
        run.save(net, optimizer)


# Signals.


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP] if os.name != "nt" else [])
def test_signals_that_end_a_process_save_it(number, tmp_path):
    """Before: SIGTERM and SIGHUP ended it without a word."""
    start = [sys.executable, "-m", "scratchnet", "train", "--quick", "--epochs", "50", "--out", "my run"]
    code = "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "os.execv(sys.argv[1], sys.argv[1:])"  # where pytest runs in the background, SIGINT is ignored
    run = subprocess.Popen(
        [sys.executable, "-c", code, *start],
        cwd=tmp_path,
        env=environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert run.stdout.readline().startswith(b"epoch  1/50")
        run.send_signal(number)
        _, err = run.communicate(timeout=60)
    finally:
        run.kill()
    assert run.returncode == 130
    assert err.endswith(b"  python -m scratchnet train --resume 'my run'\n")
    assert b"Traceback" not in err


def test_an_interrupt_during_the_report(small, tmp_path, monkeypatch, capsys):
    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(report, "write_report", interrupt)
        assert command("--recipe", "tutorial-28", "--quick", "--out", tmp_path / "run") == 130
    err = capsys.readouterr().err
    assert "The training is complete" in err
    line = err.rstrip().splitlines()[-1].split()
    before = (tmp_path / "run" / "log.csv").read_bytes()
    assert cli.main(line[3:]) == 0, "the line writes the report that is missing"
    assert (tmp_path / "run" / "report" / "index.html").exists()
    assert (tmp_path / "run" / "log.csv").read_bytes() == before
