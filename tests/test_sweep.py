"""A sweep tries every combination, measures on held-out digits, and refuses what it does not know."""

import csv

import pytest

from scratchnet import InputError
from scratchnet.cli import main
from scratchnet.experiments import combinations
from scratchnet.experiments.combinations import Sweep, parse, train_recipe
from scratchnet.experiments.many import Results


def test_a_text_becomes_a_setting():
    assert parse("lr=1e-3,3e-3") == ("lr", [0.001, 0.003])
    assert parse("loss=map,mle,map") == ("loss", ["map", "mle"])
    assert parse("batch_size=1,64") == ("batch_size", [1, 64])


@pytest.mark.parametrize(
    "text, sentence",
    [("lr", "NAME=VALUE"), ("lr=", "NAME=VALUE"), ("rate=1", "no setting 'rate'"), ("lr=0", "'0' is not"),
     ("epochs=1.5", "'1.5' is not"), ("loss=mse", "'mse' is not"), ("lr=nan", "'nan' is not")],
)  # fmt: skip
def test_other_texts_are_refused(text, sentence):
    with pytest.raises(InputError, match=sentence):
        parse(text)


def test_settings_that_do_not_belong_are_refused():
    with pytest.raises(InputError, match="no recipe"):
        Sweep("lenet-6", {})
    with pytest.raises(InputError, match="'paper' only"):
        Sweep("tutorial-28", {"j": [1.0]})
    with pytest.raises(InputError, match="leave one out"):
        Sweep("paper", {"lr": [1.0], "eta": [1.0]})


def test_every_combination_has_its_seeds():
    plan = Sweep("tutorial-28", {"lr": [0.001, 0.003], "epochs": [1, 2]}, seeds=3)
    assert plan.combinations() == [{"lr": r, "epochs": e} for r in (0.001, 0.003) for e in (1, 2)]
    names = [task.name for task in plan.tasks()]
    assert len(names) == len(set(names)) == 12


def test_the_settings_reach_the_training():
    common = {"images": 300, "epochs": 1}
    runs = {
        name: train_recipe("paper", 0, 500, common | settings)["running_error"]
        for name, settings in {"as it is": {}, "eta": {"eta": 0.25}, "lr": {"lr": 1.25e-4}, "other": {"eta": 1.0},
                               "mle": {"loss": "mle"}, "j": {"j": 1.0}, "batch": {"batch_size": 10},
                               "distorted": {"distort": "yes"}, "plain": {"distort": "no"}}.items()
    }  # fmt: skip
    assert runs["as it is"] == runs["eta"] == runs["lr"] == runs["plain"]
    others = {runs[name] for name in ("as it is", "other", "mle", "batch", "distorted")}
    assert len(others) >= 4


def test_a_recipe_keeps_its_own_validation_images_out(monkeypatch):
    """On the test set a run is that of `train`: blog-relu-maxpool does not train on its last 1,000 images."""
    seen = []
    monkeypatch.setattr(combinations, "hold_out", lambda images, labels, count, rng: seen.append((count, rng)) or (
        (images[:100], labels[:100]), (images[100:200], labels[100:200])))  # fmt: skip
    for held_out in (0, 100):
        train_recipe("blog-relu-maxpool", 3, held_out, {"epochs": 1, "images": 100})
    assert seen == [(1_000, None), (100, combinations.SPLIT)]


def test_the_command_prints_and_writes_a_table(tmp_path, capsys):
    words = [
        "sweep",
        "tutorial-28",
        "--seeds",
        "2",
        "--set",
        "lr=1e-3,3e-3",
        "--set",
        "images=300",
        "--set",
        "epochs=1",
        "--hold-out",
        "500",
    ]
    words += ["--out", str(tmp_path / "runs"), "--csv", str(tmp_path / "table.csv")]
    assert main(words) == 0
    out, err = capsys.readouterr()
    assert "on 500 held-out training images" in out and "4/4" in err
    with (tmp_path / "table.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["lr", "images", "epochs", "mean (95 %)", "each seed", "training, on the fly"]
    assert [row[0] for row in rows[1:]] == ["0.001", "0.003"] and all(len(row[4].split()) == 2 for row in rows[1:])
    assert main(words) == 0 and "4/4" not in capsys.readouterr().err, "what is done is not repeated"


def test_a_run_that_failed_is_said_in_the_table(tmp_path):
    plan = Sweep("tutorial-28", {"epochs": [1]}, seeds=1)
    assert plan.table(Results(tmp_path)).rows == [("1", "", "failed", "")]


def test_a_wrong_recipe_gets_a_sentence(capsys):
    assert main(["sweep", "tutorial"]) == 2
    assert "There is no recipe 'tutorial'" in capsys.readouterr().err
    assert combinations.SETTINGS.keys() >= {"lr", "epochs", "batch_size"}
