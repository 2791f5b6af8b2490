"""Interrupted runs: what is kept, how they are resumed, and what a damaged or foreign folder is told."""

import json

import numpy as np
import pytest
from test_runs import CONFIG, command

from scratchnet import (
    SGD,
    History,
    InputError,
    cli,
    datasets,
    evaluate,
    runs,
)
from scratchnet.cli.evaluate import run_beside
from scratchnet.cli.progress import Progress
from scratchnet.runs import report
from scratchnet.runs.recipes import RECIPES
from scratchnet.storage import read_about, read_arrays, write_arrays


@pytest.fixture(scope="module")
def digits():
    images, labels = datasets.load("mnist", "test")
    return images[:60], labels[:60]


def two_epochs():
    history = History()
    for i in (2, 1):
        history.append(**({name: float(i) for name in history.columns()} | {"lr": 1e-3}))
    return history


def test_an_interruption_in_the_first_epoch_changes_nothing(small, tmp_path, monkeypatch, capsys):
    out, options = tmp_path / "run", ("--recipe", "tutorial-28", "--quick", "--hold-out", 100, "--validate-every", 1)
    assert command(*options, "--out", out) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    batch = Progress.batch

    def interrupt(self, done, *arguments):
        batch(self, done, *arguments)
        if done > 100:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Progress, "batch", interrupt)
        assert command(*options, "--out", out) == 130
        assert "nothing is saved" in capsys.readouterr().err
        assert before == {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
        assert command(*options, "--out", tmp_path / "new") == 130
    assert [path.name for path in (tmp_path / "new").rglob("*")] == ["report"]


def test_the_best_within_the_first_epoch_is_kept(tmp_path):
    recipe = RECIPES["tutorial-28"]
    net = recipe.network(np.random.default_rng(0))
    run = runs.Run(tmp_path, CONFIG, History())
    for i, validation in enumerate(((0.3, 5.0), (0.6, 3.0), (0.9, 4.0))):
        net["F6"].b[:] = i
        run.history.validations.append(validation)
        run.save_best(net)
    assert not list(tmp_path.iterdir())
    run.save(net, SGD(net, 0.1))
    assert (recipe.network().load(tmp_path / "best.npz")["F6"].b == 1).all()


def test_a_path_of_the_wrong_kind(small, tmp_path, capsys):
    assert command("--recipe", "tutorial-28", "--quick", "--out", tmp_path) == 0
    for arguments, words in (
        (["eval", str(tmp_path)], "is a folder, expected a model file. The model of a run is"),
        (["predict", str(tmp_path / "last.npz"), str(tmp_path)], "is a folder, expected a picture. Name the pictures"),
        (["train", "--resume", str(tmp_path / "last.npz")], "is a file. Give the folder of the run"),
        (["train", "--resume", str(tmp_path / "nothing")], "config.json: No such file"),
    ):
        assert cli.main(arguments) == 2
        assert words in capsys.readouterr().err


def test_a_run_is_resumed_with_its_own_options_or_longer(small, tmp_path, capsys):
    out = tmp_path / "run"
    assert command("--recipe", "tutorial-28", "--quick", "--out", out) == 0
    assert command("--resume", out, "--epochs", 2) == 0
    assert len(History.read(out / "log.csv")) == 2
    capsys.readouterr()
    assert command("--resume", out, "--epochs", 1) == 2
    assert f"--epochs 1 has to be at least 2: {out} has 2 epochs already" in capsys.readouterr().err
    assert command("--resume", out, "--seed", 0, "--quick") == 2
    assert "leave out --quick, --seed" in capsys.readouterr().err


def test_a_run_that_was_stopped_while_it_was_saved(small, tmp_path, capsys):
    whole, out = tmp_path / "whole", tmp_path / "out"
    for folder in (whole, out):
        assert command("--recipe", "tutorial-28", "--quick", "--epochs", 2, "--hold-out", 50, "--out", folder) == 0
    earlier = {name: (out / name).read_bytes() for name in ("last.npz", "optimizer.npz", "log.csv", "config.json")}
    assert command("--resume", out, "--epochs", 3) == 0
    assert command("--resume", whole, "--epochs", 3) == 0
    # the log of three epochs, the network of two: the third is repeated
    for name in ("last.npz", "optimizer.npz"):
        (out / name).write_bytes(earlier[name])
    assert command("--resume", out) == 0
    a, b = read_arrays(whole / "last.npz"), read_arrays(out / "last.npz")
    assert all(np.array_equal(a[name], b[name]) for name in a)
    assert (whole / "validations.csv").read_text() == (out / "validations.csv").read_text()
    # the optimizer of another epoch, or none
    (out / "optimizer.npz").write_bytes(earlier["optimizer.npz"])
    assert command("--resume", out) == 2
    assert "does not belong to last.npz" in capsys.readouterr().err
    (out / "optimizer.npz").unlink()
    assert command("--resume", out) == 2


def with_older_names(folder):
    """Write the files of a run again with the names of older versions: `pass` and `passes`."""
    for name, new, old in (("log.csv", "epoch,", "pass,"), ("validations.csv", "epochs,", "passes,")):
        text = (folder / name).read_text()
        assert text.startswith(new), name
        (folder / name).write_text(old + text.removeprefix(new))
    for name in ("last.npz", "optimizer.npz"):
        about = json.loads(read_about(folder / name))
        about["passes"] = about.pop("epochs")
        write_arrays(folder / name, read_arrays(folder / name), json.dumps(about))


def test_a_folder_of_an_older_version_is_resumed_and_reported(small, tmp_path, capsys):
    whole, out = tmp_path / "whole", tmp_path / "out"
    for folder in (whole, out):
        assert command("--recipe", "tutorial-28", "--quick", "--epochs", 2, "--hold-out", 50, "--out", folder) == 0
    earlier = {name: (out / name).read_bytes() for name in ("last.npz", "optimizer.npz")}
    for folder in (whole, out):
        assert command("--resume", folder, "--epochs", 3) == 0
    for name, content in earlier.items():  # the log has three epochs, the network two
        (out / name).write_bytes(content)
    with_older_names(out)
    history = run_beside(out / "last.npz", "mnist").history
    assert [epochs for epochs, _ in history.validations] == [1, 2, 3]
    assert "after each epoch (3)" in next(report.curves(RECIPES["tutorial-28"], history, "mnist", "a title")).alt
    assert cli.main(["eval", str(out / "last.npz"), "--report", str(tmp_path / "report")]) == 0
    assert cli.main(["compare", str(whole), str(out), "--out", str(tmp_path / "both.png")]) == 0
    assert command("--resume", out) == 0
    a, b = read_arrays(whole / "last.npz"), read_arrays(out / "last.npz")
    assert all(np.array_equal(a[name], b[name]) for name in a)
    assert (whole / "validations.csv").read_text() == (out / "validations.csv").read_text()
    assert len(History.read(out / "log.csv")) == 3
    assert json.loads(read_about(out / "last.npz"))["epochs"] == 3
    with_older_names(out)  # which checks that all files have the new names


@pytest.mark.parametrize(
    "change",
    [
        *(
            {"seed": -1},
            {"epochs": "abc"},
            {"epochs": 1.5},
            {"epochs": 0},
            {"images": "x"},
            {"eta": None},
            {"data": []},
        ),
        *({"loss": "mle"}, {"j": 3.0}, {"recipe": []}, {"recipe": "x"}, {"held_out": -1}, {"validate_every": True}),
    ],
)
def test_a_config_that_is_not_valid(change, tmp_path, capsys):
    (tmp_path / "config.json").write_text(json.dumps(CONFIG | change))
    two_epochs().write(tmp_path / "log.csv")
    assert command("--resume", tmp_path) == 2
    err = capsys.readouterr().err
    assert err.startswith("scratchnet: There is no run in") and err.count("\n") == 1


@pytest.mark.parametrize(
    "log", ["epoch,loss\n1\n", "epoch,loss\n1,2,3\n", 'epoch,loss\n1,"' + "x" * 200_000, "", "a,b\n1,2\n"]
)
def test_a_log_that_is_not_a_table(log, tmp_path, capsys):
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    (tmp_path / "log.csv").write_text(log)
    RECIPES["tutorial-28"].network().save(tmp_path / "last.npz")
    if log:
        assert command("--resume", tmp_path) == 2
        assert "There is no run in" in capsys.readouterr().err
        assert run_beside(tmp_path / "last.npz", "mnist") is None


@pytest.mark.parametrize(
    "recipe, eta", [("notebook-learned-slope", "1e20"), ("paper-softmax", "1e40"), ("tutorial-28", "1e30")]
)
def test_divergence_is_reported_as_divergence(small, recipe, eta, tmp_path, capsys):
    assert command("--recipe", recipe, "--quick", "--eta", eta, "--out", tmp_path) == 1
    err = capsys.readouterr().err
    assert "Lower the learning rate (--eta)" in err and "Traceback" not in err


# What a user gets wrong.


@pytest.mark.parametrize(
    "arguments, code, words",
    [
        (["--recipe", "tutorial"], 2, ["no recipe 'tutorial'", "Did you mean 'tutorial-28'", "paper-softmax"]),
        (["--recipe", "fashion"], 2, ["Did you mean 'fashion-"]),
        (["--data", "fashion"], 3, ["no data set 'fashion'", "Did you mean 'fashion-mnist'"]),
        (["--recipe", "tutorial-28", "--j", "3"], 2, ["--loss and --j are only for", "got 'tutorial-28'"]),
        (["--recipe", "tutorial-28", "--validate-every", "3"], 2, ["--hold-out 1000"]),
        (["--hold-out", "60000"], 3, ["60,000 of 60,000 images cannot be held out"]),
        (["--quick", "--hold-out", "10000"], 3, ["10,000 of 10,000 images cannot be held out"]),
        (["--data", "kmnist"], 3, ["kmnist"]),
    ],
)
def test_a_choice_that_cannot_be(arguments, code, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCRATCHNET_DATA", str(tmp_path / "nothing"))
    monkeypatch.setitem(__import__("sys").modules, "torchvision", None)
    assert cli.main(["train", *arguments]) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("scratchnet: ")
    assert err.count("\n") == 1
    assert all(word in err for word in words), err
    assert not list(tmp_path.iterdir()), "nothing half-written"


def test_a_report_folder_that_cannot_be_written_stops_before_the_training(tmp_path, monkeypatch, capsys):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "report").write_text("in the way")
    assert command("--quick", "--out", tmp_path / "run") == 2
    out, err = capsys.readouterr()
    assert out == "" and "report cannot be written to" in err
    RECIPES["paper"].network().save(tmp_path / "net.npz")
    assert cli.main(["eval", str(tmp_path / "net.npz"), "--report", str(tmp_path / "run" / "report")]) == 2
    assert "report cannot be written to" in capsys.readouterr().err


def test_a_model_evaluated_on_data_of_another_shape(digits):
    net = RECIPES["paper"].network()
    with pytest.raises(InputError, match=r"have inputs of shape \(1, 32, 32\), got \(1, 28, 28\)"):
        evaluate(net, (datasets.grey(digits[0]), digits[1]))
