"""The findings of an experiment: as files in a folder, and as text."""

import json
import textwrap
from pathlib import Path

from scratchnet.experiments.experiment import Experiment, Findings
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


def as_text(experiment: Experiment, found: Findings) -> str:
    """Return the tables and sentences for a screen."""
    parts = [f"{experiment.name}: {experiment.title} ({experiment.source})"]
    for one in found.tables:
        parts.append(f"{one.title}\n\n" + table([one.columns, *one.rows]))
        parts += [textwrap.fill(one.note, 100)] if one.note else []
    parts += [textwrap.fill(sentence, 100) for sentence in found.sentences]
    return "\n\n".join(parts)
