"""What README and docs say was measured is what was measured, and their commands run."""

import csv
import re
import textwrap
from pathlib import Path
from statistics import mean

import pytest

from scratchnet.cli import main, parser
from scratchnet.runs.recipes import RECIPES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCS = {path.stem: path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
TUTORIALS, REPRODUCTION = DOCS["TUTORIALS"], DOCS["REPRODUCTION"]

with (ROOT / "benchmarks" / "recipes.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))


def rows(recipe, side="scratchnet"):
    return [row for row in ROWS if row["recipe"] == recipe and row["side"] == side]


def table():
    """{recipe: cells} of the table of recipes in docs/TUTORIALS.md."""
    lines = TUTORIALS.split("<!-- recipes -->")[1].split("<!-- /recipes -->")[0].strip().splitlines()[2:]
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
        assert said and said in TUTORIALS


def test_the_commands_of_readme_and_docs_exist():
    commands = re.findall(r"python -m scratchnet ([a-z][^`\n#]*)", "\n".join([README, CONTRIBUTING, *DOCS.values()]))
    assert len(commands) > 30
    for command in commands:
        words = [word for word in command.split() if not word.startswith("(")]
        if not {"--help", "..."} & set(words):
            parser().parse_args([word.replace("N", "1") if word == "N" else word for word in words])


@pytest.mark.parametrize("text", [README, REPRODUCTION], ids=["README", "REPRODUCTION"])
def test_the_example_runs(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = re.search(r"```python\n(.*?)```", text, re.DOTALL)[1]
    load = 'datasets.load("mnist", "train")'
    assert load in code
    exec(code.replace(load, f"[a[:300] for a in {load}]"), {})
    assert (tmp_path / "lenet5.npz").is_file()


def test_the_attempt_and_its_diagnosis_are_as_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = README.split("<!-- attempt -->\n")[1].split("<!-- /attempt -->")[0]
    bodies, printed = re.split(r"\nThen .* prints\n\n", text)
    main(["exercise", "start", "2"])
    path = tmp_path / "my" / "ex02_linear.py"
    blank = path.read_text()
    first = blank.index("    def forward")
    path.write_text(blank[:first] + bodies)
    capsys.readouterr()
    assert main(["exercise", "check", "2"]) == 1
    assert capsys.readouterr().out.strip() == textwrap.dedent(printed).strip()
