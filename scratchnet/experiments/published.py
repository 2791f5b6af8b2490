"""The published runs: docs/reproduction/*-runs.csv in a clone, those of fig5 and fig6 in a wheel."""

import csv
import json
from pathlib import Path
from typing import Any

from scratchnet.errors import InputError
from scratchnet.viewing.show import ROOT

PLACES = (Path(__file__).with_name("published_runs"), ROOT / "docs" / "reproduction")  # in a wheel, in a clone


def published_runs(name: str) -> dict[str, dict[str, Any]]:
    """Return {run: {column: value}} of the published runs of an experiment, lists and numbers as such.

    name: of the experiment, for example "fig5": test_error is then a list of 20 errors in percent, one for each epoch.
    Raises InputError when its runs are not here.
    """
    for place in PLACES:
        path = place / f"{name}-runs.csv"
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                return {
                    row["run"]: {column: read(text) for column, text in row.items()} for row in csv.DictReader(file)
                }
    raise InputError(f"The runs of {name!r} are not here. A wheel has those of fig5 and fig6, a clone has them all.")


def read(text: str) -> Any:
    """Return the number, list or mapping that was written into a cell, else the text."""
    try:
        return json.loads(text)
    except ValueError:
        return text
