"""Every experiment runs end to end on a slice, writes what it says, and goes on after an interruption."""

import csv
import json
import re

import pytest

from scratchnet import InputError
from scratchnet.cli import main
from scratchnet.datasets import load
from scratchnet.experiments import NAMES, find_experiment
from scratchnet.experiments.disturb import inverted_pixels, thickened
from scratchnet.experiments.experiment import Plan, with_interval
from scratchnet.experiments.published import published_runs
from scratchnet.experiments.trainings import digits, paper_set


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reproduce")
    assert main(["reproduce", "all", "--tiny", "--seeds", "2", "--jobs", "2", "--out", str(folder)]) == 0
    return folder / "tiny"


@pytest.mark.planted
def test_every_experiment_has_its_files(folder):
    for name in NAMES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert len(rows) > 1 and len({len(row) for row in rows}) == 1, name
    for path in folder.glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.planted
def test_the_same_command_repeats_nothing(folder, capsys):
    before = {path: path.stat().st_mtime_ns for path in (folder / "results").iterdir()}
    assert main(["reproduce", "fig5", "--tiny", "--seeds", "2", "--out", str(folder.parent)]) == 0
    assert {path: path.stat().st_mtime_ns for path in (folder / "results").iterdir()} == before
    out, err = capsys.readouterr()
    assert "the paper has 0.95" in out and "written: " in err and "left" not in err


def test_the_list_and_a_wrong_name(capsys):
    assert main(["reproduce"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in NAMES)
    assert main(["reproduce", "fig55"]) == 2
    error = capsys.readouterr().err
    assert "There is no experiment 'fig55'. Did you mean 'fig5'?" in error and "fig8" in error
    with pytest.raises(InputError):
        find_experiment("all")


@pytest.mark.planted
def test_report_writes_a_page(folder, tmp_path, capsys):
    page = tmp_path / "docs" / "PAGE.md"
    page.parent.mkdir()
    page.write_text("above\n\n<!-- experiments -->\nOLD TEXT\n<!-- /experiments -->\n\nbelow\n", encoding="utf-8")
    words = ["reproduce", "report", "--tiny", "--seeds", "2", "--out", str(folder.parent), "--page", str(page)]
    assert main(words) == 0
    text = page.read_text("utf-8")
    assert text.startswith("above\n") and text.endswith("below\n") and "OLD TEXT" not in text
    for name in re.findall(r"\]\((reproduction/[^)]*)\)", text):
        assert (page.parent / name).is_file(), name
    assert "hours of one core" in text and "reproduce fig5 report --seeds 2" in text
    assert all(find_experiment(name).title in text for name in NAMES)
    assert main(words) == 0 and page.read_text("utf-8") == text, "twice gives the same"
    with (page.parent / "reproduction" / "fig5-runs.csv").open(encoding="utf-8", newline="") as file:
        runs = list(csv.DictReader(file))
    assert [run["run"] for run in runs] == ["lenet5-plain-seed0", "lenet5-plain-seed1"]
    assert all(len(json.loads(run["test_error"])) == 2 and float(run["run_seconds"]) > 0 for run in runs)
    part = text.replace("<!-- /fig6 -->", "BY HAND\n<!-- /fig6 -->").replace("Errors after 2 passes", "of an older run")
    page.write_text(part, encoding="utf-8")
    assert main(["reproduce", "fig5", *words[1:]]) == 0, "one part alone"
    assert page.read_text("utf-8") == text.replace("<!-- /fig6 -->", "BY HAND\n<!-- /fig6 -->")
    page.write_text("no marks")
    assert main(words) == 2 and "should have the two lines" in capsys.readouterr().err


@pytest.mark.planted
def test_a_run_that_is_missing_leaves_its_experiment_out(folder, capsys, monkeypatch):
    from scratchnet.experiments import many

    monkeypatch.setattr(many, "kept", lambda *_: "DiskFull: nothing can be kept")
    (folder / "results" / "lenet5-plain-seed1.npz").unlink()
    assert main(["reproduce", "fig5", "--tiny", "--seeds", "2", "--out", str(folder.parent)]) == 1
    out, err = capsys.readouterr()
    assert "failed: lenet5-plain-seed1: DiskFull" in err and "1 runs are missing" in err and "Errors after" not in out


def test_there_is_no_report_of_nothing(tmp_path, capsys):
    assert main(["reproduce", "report", "--out", str(tmp_path), "--page", str(tmp_path / "page.md")]) == 2
    assert "nothing to report yet" in capsys.readouterr().err and not (tmp_path / "page.md").exists()


def test_tasks_of_one_name_are_one_task():
    for plan in (Plan(), Plan(2, tiny=True)):
        found = {}
        for name in NAMES:
            for task in find_experiment(name).tasks(plan):
                assert found.setdefault(task.name, task.recorded()) == task.recorded()


def test_the_paper_s_set_shows_each_image_once_and_nine_copies():
    import numpy as np

    from scratchnet.datasets import Ranges, paper_input

    images, labels = (array[:50] for array in load("mnist", "train"))
    fresh = paper_set(images, labels, np.random.default_rng(0), Ranges())
    epochs = [fresh(epoch) for epoch in range(10)]
    seen = np.concatenate([y for _, y in epochs])
    assert np.array_equal(np.bincount(seen, minlength=10), 10 * np.bincount(labels, minlength=10))
    x = np.concatenate([x for x, _ in epochs])
    originals = paper_input(images)
    equal = (x[:, None] == originals[None]).all(axis=(2, 3, 4)).sum(axis=0)
    assert (equal == 1).all(), "each original once, and no copy like it"
    assert np.array_equal(fresh(0)[0], fresh(10)[0]), "and twice in twenty epochs"


def test_held_out_digits_are_no_test_digits():
    (train, _), (held, labels) = digits(60_000, 10_000, held_out=True)
    assert len(train) == 55_000 and len(held) == len(labels) == 5_000
    assert not {image.tobytes() for image in train[:2000]} & {image.tobytes() for image in held}


def test_noise_inverts_its_share():
    import numpy as np

    images = np.zeros((10, 28, 28), np.uint8)
    noisy = inverted_pixels(images, 0.1, np.random.default_rng(0))
    assert set(np.unique(noisy)) == {0, 255} and abs((noisy == 255).mean() - 0.1) < 0.02


def test_an_interval_is_student_s():
    assert with_interval([1.0, 2.0, 3.0]) == "2.00 (-0.48 to 4.48)"
    assert with_interval([1.0]) == "1.00"


def test_strokes_become_wider_and_thinner():
    import numpy as np

    images = np.zeros((2, 15, 15), np.uint8)
    images[:, 7, 4:11] = 200
    assert (thickened(images, 1)[0, :, 7] > 0).sum() == 3 and (thickened(images, 2)[0, :, 7] > 0).sum() == 5
    assert np.array_equal(thickened(thickened(images, 1), -1), images)
    assert np.array_equal(thickened(images, 0), images)
    images[1] = 0
    assert not thickened(images, 2)[1].any(), "an image is not mixed with its neighbours"


def test_the_published_runs_are_read_as_numbers():
    runs = published_runs("fig5")
    assert [run["seed"] for run in runs.values()] == list(range(10))
    assert all(len(run["test_error"]) == run["epochs"] and run["images"] == 60_000 for run in runs.values())
    with pytest.raises(InputError, match="fig99"):
        published_runs("fig99")
