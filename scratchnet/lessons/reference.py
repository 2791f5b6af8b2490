"""The API reference as a folder of the lessons' website; Sphinx builds it from docs/reference of a clone."""

import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

from scratchnet.errors import InputError
from scratchnet.viewing.show import ROOT

SOURCES = ROOT / "docs" / "reference"


def why_not() -> str:
    """Return the reason why the reference cannot be built here, or ""."""
    if not (SOURCES / "conf.py").is_file():
        return "its sources are in a clone of the repository only"
    missing = [name for name in ("sphinx", "furo", "myst_parser") if importlib.util.find_spec(name) is None]
    return f'{" and ".join(missing)} missing: pip install "scratchnet-lenet[docs]"' if missing else ""


def build_reference(folder: Path) -> None:
    """Build the reference in this folder; its pages link to ../index.html. Raises InputError when Sphinx fails."""
    with tempfile.TemporaryDirectory() as trees:
        command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", "-d", trees, "-A", "lessons=../index.html"]
        run = subprocess.run([*command, str(SOURCES), str(folder)], capture_output=True, text=True, check=False)
    if run.returncode:
        raise InputError(f"Sphinx could not build the reference: {run.stderr.strip() or run.stdout.strip()}")
