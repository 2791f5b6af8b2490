"""Lessons as scripts of their own process."""

import os
import subprocess
import sys


def environment(**more):
    headless = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "MPLBACKEND")}
    return headless | more


def script(lesson, folder, **more):
    """Run a lesson as `python lessons/...` from another folder."""
    return subprocess.run(
        [sys.executable, "-W", "always", str(lesson.path)],
        cwd=folder,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=170,
    )


def without_numba(folder):
    """Return the environment for a process of which every Python finds no Numba: {"PYTHONPATH": ...}."""
    (folder / "sitecustomize.py").write_text("import sys\n\nsys.modules['numba'] = None\n")
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(folder), os.getenv("PYTHONPATH"))))}
