"""The findings of an experiment: as files in a folder, and as text."""

import contextlib
import json
import platform
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from scratchnet.errors import InputError
from scratchnet.experiments.experiment import Experiment, Findings, Plan
from scratchnet.experiments.many import Results, Task
from scratchnet.runs.folder import versions
from scratchnet.storage import atomic_write
from scratchnet.training.history import write_table
from scratchnet.viewing.tables import table


def write(experiment: Experiment, found: Findings, folder: Path) -> list[Path]:
    """Write the figures as .png, the tables as .csv and the models as .npz, and return their paths."""
    from scratchnet.viewing.figures import save

    paths = []
    for drawing in found.drawings:
        paths.append(folder / f"{drawing.name}.png")
        save(drawing.figure, paths[-1])
    for number, one in enumerate(found.tables, 1):
        paths.append(folder / (f"{experiment.name}.csv" if number == 1 else f"{experiment.name}-{number}.csv"))
        write_table(paths[-1], list(one.columns), one.rows)
    for model in found.models:
        paths.append(folder / f"{model.name}.npz")
        model.net.save(paths[-1], json.dumps(model.about))
    return paths


def write_runs(experiment: Experiment, results: Results, plan: Plan, folder: Path) -> Path:
    """Write what each run gave as a row of a .csv, numbers and texts as they are, lists as JSON, and return its path.

    Arrays (weights, scores) are in the files of the runs only.
    """
    rows = []
    for task in dict.fromkeys(experiment.tasks(plan)):
        result = {k: v for k, v in results[task].items() if not isinstance(v, np.ndarray)}
        given = {k: v for k, v in task.arguments.items() if k not in result}
        rows.append({"run": task.name, "run_seconds": results.seconds(task)} | given | result)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    path = folder / f"{experiment.name}-runs.csv"
    write_table(path, columns, [[as_json(row.get(name, "")) for name in columns] for row in rows])
    return path


def as_json(value: Any) -> Any:
    """Return a list or a mapping as JSON, with five digits of each number, and anything else as it is."""
    return json.dumps(rounded(value)) if isinstance(value, list | dict | tuple) else value


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(some) for name, some in value.items()}
    if isinstance(value, list | tuple):
        return [rounded(some) for some in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def as_text(experiment: Experiment, found: Findings) -> str:
    """Return the tables and sentences for a screen."""
    parts = [f"{experiment.name}: {experiment.title} ({experiment.source})"]
    for one in found.tables:
        parts.append(f"{one.title}\n\n" + table([one.columns, *one.rows]))
        parts += [textwrap.fill(one.note, 100)] if one.note else []
    parts += [textwrap.fill(sentence, 100) for sentence in found.sentences]
    return "\n\n".join(parts)


# The page of the documentation.

BEGIN, END = "<!-- experiments -->", "<!-- /experiments -->"


def write_page(
    pairs: list[tuple[Experiment, Findings]], results: Results, plan: Plan, page: Path, commands: Mapping[str, str]
) -> list[Path]:
    """Write the findings into a page, between its two marks, and their files into the folder reproduction beside it.

    pairs: (experiment, findings); commands: {name: what writes its part} of all experiments, in the order of the page.
    What the page has of other experiments stays as it is.
    Returns the paths that were written. Raises InputError if the page has no marks.
    """
    text = page.read_text("utf-8") if page.is_file() else f"{BEGIN}\n{END}\n"
    before, begin, rest = text.partition(BEGIN)
    old, end, after = rest.partition(END)
    if not begin or not end:
        raise InputError(f"{page} should have the two lines {BEGIN} and {END}: what is found goes between them.")
    folder, paths = page.parent / "reproduction", []
    for experiment, found in pairs:
        paths += [*write(experiment, replace(found, models=()), folder), write_runs(experiment, results, plan, folder)]
    sections = {name: section_in(old, name) for name in commands if section_in(old, name)}
    sections |= {
        experiment.name: section(experiment, found, results, plan, commands[experiment.name])
        for experiment, found in pairs
    }
    marked = [f"{mark(name)}\n{sections[name]}\n{mark('/' + name)}\n" for name in commands if name in sections]
    with atomic_write(page) as file:
        file.write(f"{before}{BEGIN}\n\n{chr(10).join(marked)}\n{END}{after}".encode())
    return [*paths, page]


def mark(name: str) -> str:
    return f"<!-- {name} -->"


def section_in(text: str, name: str) -> str:
    """Return the section of this experiment in the text of a page, "" if there is none."""
    _, begin, rest = text.partition(mark(name) + "\n")
    found, end, _ = rest.partition("\n" + mark("/" + name))
    return found if begin and end else ""


def provenance(experiment: Experiment, results: Results, plan: Plan, command: str) -> str:
    """Return what made a section: the command, the time, the versions and the machine."""
    tasks = dict.fromkeys(experiment.tasks(plan))
    hours = sum(results.seconds(task) for task in tasks) / 3600
    where = ", ".join(f"{name} {value}" for name, value in versions().items() if name not in ("cores", "machine"))
    return (
        f"    {command}\n\n"
        f"{len(tasks)} runs, {hours:.1f} hours of one core ({processor()}), {where}; seeds {seeds_of(tasks)}. "
        f"Each run is a row of `docs/reproduction/{experiment.name}-runs.csv`."
    )


def seeds_of(tasks: Iterable[Task]) -> str:
    """Return the seeds of the tasks as text: 0 to 4."""
    seeds = {task.arguments["seed"] for task in tasks if "seed" in task.arguments}
    return f"{min(seeds)} to {max(seeds)}" if len(seeds) > 1 else ", ".join(map(str, seeds))


def processor() -> str:
    """Return the name of this machine's processor."""
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text("ascii", errors="replace").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return platform.processor() or platform.machine()


def section(experiment: Experiment, found: Findings, results: Results, plan: Plan, command: str) -> str:
    """Return an experiment as Markdown: where it comes from, its figures, its tables and its sentences."""
    lines = [f"## {experiment.title}", "", f"The paper: {experiment.source}.", ""]
    lines += [provenance(experiment, results, plan, command), ""]
    for drawing in found.drawings:
        lines += [f"![{experiment.title}. {drawing.caption}](reproduction/{drawing.name}.png)", "", drawing.caption, ""]
    for one in found.tables:
        lines += [f"**{one.title}**", "", *rows_of(one.columns, one.rows), ""]
        lines += [one.note, ""] if one.note else []
    for sentence in found.sentences:
        lines += [sentence, ""]
    return "\n".join(lines).rstrip()


def rows_of(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a table as lines of Markdown."""
    escaped = [[str(cell).replace("|", "\\|") for cell in row] for row in (columns, *rows)]
    lines = ["| " + " | ".join(row) + " |" for row in escaped]
    return [lines[0], "|" + "---|" * len(columns), *lines[1:]]
