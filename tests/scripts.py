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
