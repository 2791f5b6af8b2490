"""README, CONTRIBUTING and docs: short, linked, true to the code and to the runs; every command of the README runs."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from statistics import mean

import numpy as np
import pytest
from answers import ANSWERS
from attempts import filled
from PIL import Image
from test_house import FLOORS, PACKAGE

import scratchnet
from scratchnet import Conv2d, Linear, datasets
from scratchnet.checks import check_curvature, check_gradients
from scratchnet.cli import main
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.runs.recipes import RECIPES

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {path.name: path.read_text("utf-8") for path in PAGES}
README, WHICH, ARCHITECTURE = TEXT["README.md"], TEXT["WHICH_LENET5.md"], TEXT["ARCHITECTURE.md"]


def marked(text, name):
    return text.split(f"<!-- {name} -->\n")[1].split(f"<!-- /{name} -->")[0]


def table(text, name):
    """{first cell: other cells} of a marked table."""
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in marked(text, name).strip().splitlines()[2:]]
    return {cells[0].strip("`"): cells[1:] for cells in lines}


# Size and links.


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize(
    "page", [*PAGES, *sorted((ROOT / "docs" / "teaching").rglob("*.md"))], ids=lambda path: path.name
)
def test_links_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
        if link.startswith(("http:", "https:")):
            continue
        file, _, place = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        assert target.exists(), f"{page.name}: {link}"
        if place:
            headings = re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE)
            assert place in map(anchor, headings), f"{page.name}: {link}"


def test_every_page_can_be_reached_from_the_readme():
    for page in PAGES[1:]:
        assert f"]({page.relative_to(ROOT).as_posix()})" in README, page.name


def test_every_file_that_a_page_names_in_backticks_exists():
    """Paths from the root, or from the package in the table from the paper's sections to the files."""
    for name, text in TEXT.items():
        for path in re.findall(r"`((?:\w+/)+[\w.]+\.(?:py|csv|md|lsh))`", text):
            places = (ROOT / path, PACKAGE / path)
            made = path.startswith(("my/", "demos/", "feedback/"))
            assert made or any(place.exists() for place in places), f"{name}: {path}"


# The tree and the floors.


def tree(text, name):
    """{folder: names in it} of a marked drawing."""
    found, folder = {"": []}, ""
    for line in marked(text, name).splitlines():
        indent, entry = re.match(r"( *)(\S+)", line).groups()
        if len(indent) == 4:
            folder = entry
            found[""].append(entry)
        found.setdefault(folder, [])
        if len(indent) == 8:
            found[folder].append(entry)
    return found


def folders(place):
    """The folders that hold a file of the project."""
    return {f"{path.name}/" for path in place.iterdir() if any(p.suffix in (".py", ".md") for p in path.glob("*"))} - {
        "__pycache__/"
    }


def test_the_tree_of_the_readme_is_that_of_the_package():
    drawn = tree(README, "tree")
    assert len(drawn["scratchnet/"]) == len(set(drawn["scratchnet/"]))
    assert set(drawn["scratchnet/"]) == folders(PACKAGE)
    assert drawn[""] == ["scratchnet/", "lessons/", "tests/", "benchmarks/", "docs/"]
    assert all((ROOT / name).is_dir() for name in drawn[""])


def test_the_house_of_the_architecture_is_that_of_the_floors():
    drawn = [entry.rstrip("/").removesuffix(".py") for entry in tree(ARCHITECTURE, "house")["scratchnet/"]]
    assert drawn == [floor for floor in FLOORS if floor != "__main__"]
    assert all((PACKAGE / entry).exists() for entry in tree(ARCHITECTURE, "house")["scratchnet/"])


def test_the_layer_of_the_architecture_keeps_the_contract(rng):
    code = re.search(r"```python\n(.*?)```", ARCHITECTURE, re.DOTALL)[1]
    names = {}
    exec(code, names)
    layer = names["Doubled"]()
    check_gradients(layer, rng.normal(size=(3, 4)))
    check_curvature(layer, rng.normal(size=(3, 4)))


# Figures.


@pytest.mark.parametrize("name", RECIPES)
def test_the_counts_of_which_lenet5_are_those_of_the_networks(name):
    net = RECIPES[name].network()
    counts = dict.fromkeys(("C1", "S2", "C3", "S4", "C5", "F6", "OUTPUT", "squash"), 0)
    for layer, one in net.layers.items():
        counts[layer if layer in counts else "squash"] += one.n_parameters()
    expected = [*counts.values(), net.n_parameters(), net.n_connections(net.input_shape)]
    assert table(WHICH, "counts")[name] == [f"{count:,}" for count in expected]


def test_every_row_of_the_counts_is_a_recipe_or_the_demo():
    assert [name for name in table(WHICH, "counts") if name not in RECIPES] == ["the demo"]


def test_the_sums_of_the_questions_are_right():
    sums = re.findall(r"(\d[\d,+\-x ]*[+x][\d,+\-x ]*) = ([\d,]*\d)", " ".join(WHICH.split()))
    assert len(sums) == 4
    for sum_, result in sums:
        assert eval(sum_.replace(",", "").replace("x", "*")) == int(result.replace(",", "")), sum_


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "paper"])
def test_the_accuracies_of_which_lenet5_are_those_of_the_runs(name):
    with (ROOT / "benchmarks" / "recipes.csv").open(newline="") as file:
        runs = [row for row in csv.DictReader(file) if row["recipe"] == name and row["side"] == "scratchnet"]
    assert sorted(int(row["seed"]) for row in runs) == [0, 1, 2]
    data, parameters, measured, average = table(WHICH, "accuracies")[name]
    assert data == RECIPES[name].data
    assert parameters == table(WHICH, "counts")[name][8]
    assert measured == ", ".join(row["test"] for row in runs)
    assert average == f"{mean(float(row['test']) for row in runs):.2f}"


def test_every_row_of_the_accuracies_is_a_recipe():
    assert set(table(WHICH, "accuracies")) <= set(RECIPES)


def test_the_results_of_readme_are_those_of_fig_5():
    with (ROOT / "docs" / "reproduction" / "fig5.csv").open(encoding="utf-8", newline="") as file:
        *runs, means, _ = csv.DictReader(file)
    test = [float(run["test"]) for run in runs]
    average, training = means["test"].split()[0], means["training, on the fly"].split()[0]
    assert len(runs) == 10 and average == f"{mean(test):.2f}"
    assert f"Ten seeds end at {average} % test error on average ({min(test):.2f} to {max(test):.2f} %)" in README
    assert f"on the fly is {training} %" in README and f"{average} % on average (ten seeds" in WHICH


def test_what_which_lenet5_says_of_the_initial_weights_is_in_the_table_of_silences():
    with (ROOT / "docs" / "reproduction" / "silences.csv").open(encoding="utf-8", newline="") as file:
        errors = {row["choice"]: row["held-out error"].split()[0] for row in csv.DictReader(file)}
    printed, default = errors["2.4/F, as printed"], errors["1/sqrt(F)"]
    assert f"U(+-2.4/F) gives {printed} % error on held-out digits, the default {default} %" in " ".join(WHICH.split())


def test_what_reproduction_says_of_the_warm_up_is_in_the_table_of_silences():
    with (ROOT / "docs" / "reproduction" / "silences-3.csv").open(encoding="utf-8", newline="") as file:
        errors = {row["what was tried"]: row["training, on the fly, %"] for row in csv.DictReader(file)}
    average = mean(map(float, errors["the same warm-up, then eta/4"].split(", ")))
    assert f"two seeds end at {average:.2f} % on the fly on average" in " ".join(TEXT["REPRODUCTION.md"].split())


def code_of_which(number):
    return re.findall(r"```python\n(.*?)```", WHICH, re.DOTALL)[number]


def test_the_demo_of_which_lenet5_trains_and_counts_as_the_page_says(capsys):
    code = code_of_which(0)
    for old, new in (("images), labels)", "images[:200]), labels[:200])"), ("epochs=20", "epochs=1")):
        assert old in code
        code = code.replace(old, new)
    names = {}
    exec(code, names)
    net = names["net"]
    assert "51,046" in capsys.readouterr().out
    assert net.n_parameters() == 51_046
    assert net.n_connections(net.input_shape) == 331_214
    row = table(WHICH, "counts")["the demo"]
    parts = [net[name].n_parameters() for name in ("C1", "S2", "C3", "S4", "C5")]
    parts = [f"{count:,}" for count in parts]
    assert row == [*parts, "none", "1,210", "0", "51,046", f"{331_214 - net['targets'].n_connections((10,)):,}"]


def test_rbf_outputs_read_as_scores(small, tmp_path, monkeypatch, capsys):
    """The page's own code, after one epoch of 1,000 digits."""
    from scratchnet.runs import folder

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(folder, "QUICK", 1000)
    assert main(["train", "--quick", "--out", "runs/quick"]) == 0
    capsys.readouterr()
    exec(code_of_which(1), {})
    smallest, largest = map(float, capsys.readouterr().out.split())
    assert smallest > 0.6
    assert largest < 0.05


@pytest.mark.parametrize("name", RECIPES)
def test_c5_is_what_which_lenet5_says(name):
    """The table of layers: the column after "C3 reads"."""
    line = next(
        line for line in WHICH.split("## What each layer is")[1].splitlines() if line.startswith(f"| `{name}` |")
    )
    kinds = {"convolution": Conv2d, "linear": Linear}
    assert type(RECIPES[name].network()["C5"]) is kinds[line.split("|")[5].strip()]


def test_the_citation_names_the_version():
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert citation.startswith("cff-version: 1.2.0\n")
    assert f"\nversion: {scratchnet.__version__}\n" in citation
    assert "title: scratchnet\n" in citation


# The commands of the README.

ELSEWHERE = {  # what CI runs: a line of .ci/run
    "python -m venv .venv": 'python3 -m venv "$venv"',
    "pip install -e .": 'eval "$install_command"',  # by the next line, with the extra [test]
    'pip install -e ".[test]"': 'eval "$install_command"',
    "pytest -n auto": 'eval "$test_command"',
}
HERE = {  # what the test below runs, in this order: its exit code
    "train": 0,
    "train --quick": 0,
    "train --recipe tutorial-28": 0,
    "draw runs/quick": 0,
    "predict runs/quick/last.npz digit.png": 0,
    "export runs/quick/last.npz --to torch --out lenet5.py": 0,
    "recipes": 0,
    "reproduce": 0,
    "lessons run 0": 0,
    "exercise start 0": 0,
    "exercise check 2": 1,
    "exercise grade class --csv grades.csv": 0,
}


def commands(text):
    """The commands of a page: lines of its blocks, and what stands in backticks."""
    lines = re.findall(r"^    (.*)$|`([^`\n]+)`", text, re.MULTILINE)
    for line in (block or inline for block, inline in lines):
        for command in line.split(" && "):
            command = command.split("  #")[0].strip()
            if re.match(r"(python -m scratchnet|pip|pytest|ruff|python)( |$)", command):
                yield command


@pytest.mark.parametrize("name", TEXT)
def test_every_script_of_a_command_exists(name):
    for script in re.findall(r"\bpython ((?:benchmarks|lessons)/\S+?\.py)", TEXT[name]):
        assert (ROOT / script).is_file(), script


def test_every_command_of_the_readme_is_run():
    ours = {f"python -m scratchnet {command}" for command in HERE}
    assert set(commands(README)) == ours | set(ELSEWHERE)
    script = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    for line in ELSEWHERE.values():
        assert line in script


@pytest.mark.planted
def test_the_commands_of_the_readme_run(small, tmp_path, monkeypatch, capfd):
    """In the README's words, on few images; where the answer is known, it is compared."""
    monkeypatch.chdir(tmp_path)
    load = datasets.load
    monkeypatch.setattr(datasets, "load", lambda name, split: tuple(part[:400] for part in load(name, split)))
    Image.fromarray(load("mnist", "test")[0][0]).save("digit.png")
    linear = find_exercise("linear")
    Path("class/Ada").mkdir(parents=True)
    Path("class/Ada", linear.file).write_text(filled(linear, ANSWERS["linear"]), encoding="utf-8")
    Path("class/syllabus.ini").write_text("[points]\nlinear = 2\n")
    main(["exercise", "start", "2"])
    for command, code in HERE.items():
        if command.startswith("lessons"):
            run = [sys.executable, "-m", "scratchnet", *command.split()]
            assert subprocess.run(run, stdin=subprocess.DEVNULL, capture_output=True, timeout=170).returncode == code
        else:
            assert main(command.split()) == code, command + capfd.readouterr().err
    assert {"paper", "quick", "tutorial-28"} == {path.name for path in Path("runs").iterdir()}
    assert json.loads(Path("runs/paper/config.json").read_text())["epochs"] == 20
    assert Path("my/ex02_linear.py").is_file()
    assert "Ada" in Path("grades.csv").read_text()
    assert np.load("runs/paper/last.npz")["C3.W"].shape == (16, 6, 5, 5)
