"""What the README says was measured is what was measured."""

import csv
import re
from pathlib import Path
from statistics import mean

import pytest

from scratchnet.recipes import RECIPES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")

with (ROOT / "benchmarks" / "recipes.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))


def rows(recipe, side="scratchnet"):
    return [row for row in ROWS if row["recipe"] == recipe and row["side"] == side]


def table():
    """{recipe: cells} of the README's table of recipes."""
    lines = README.split("<!-- recipes -->")[1].split("<!-- /recipes -->")[0].strip().splitlines()[2:]
    return {cells[0].strip("`"): cells[1:] for cells in ([c.strip() for c in line.split("|")[1:-1]] for line in lines)}


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "paper"])
def test_the_table_of_recipes_is_that_of_the_runs(name):
    runs = rows(name)
    assert sorted(int(row["seed"]) for row in runs) == [0, 1, 2]
    data, claimed, measured, training, seconds = table()[name]
    assert data == RECIPES[name].data
    assert claimed == ("none" if RECIPES[name].claimed is None else f"{RECIPES[name].claimed:.2f}")
    assert measured == ", ".join(row["test"] for row in runs)
    assert training == f"{mean(float(row['training']) for row in runs):.2f}"
    assert seconds == f"{min(float(row['seconds_per_pass']) for row in runs):.1f}"
    assert RECIPES[name].measured == float(runs[0]["test"]), "what `recipes` prints is seed 0"


def test_what_pytorch_reached_is_that_of_its_runs():
    for name in ("blog-relu-maxpool", "fashion-relu"):
        said = ", ".join(row["test"] for row in rows(name, "PyTorch"))
        assert said and said in README


def test_the_commands_of_the_readme_exist():
    from scratchnet.cli import parser

    commands = re.findall(r"python -m scratchnet ([a-z][^`\n#]*)", README)
    assert len(commands) > 8
    for command in commands:
        words = [word for word in command.split() if not word.startswith("(")]
        if not {"--help", "..."} & set(words):
            parser().parse_args([word.replace("N", "1") if word == "N" else word for word in words])


def test_the_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    load = 'datasets.load("mnist", "train")'
    assert load in code
    exec(code.replace(load, f"[a[:300] for a in {load}]"), {})
    assert (tmp_path / "lenet5.npz").is_file()
