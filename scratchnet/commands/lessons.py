"""python -m scratchnet lessons, lessons run, build, notebook."""

import sys
from pathlib import Path

from scratchnet.lessons.course import course, find, listing


def list_lessons(options):
    print(listing(course()))
    print("\npython -m scratchnet lessons run 1         steps through one, cell by cell (--debug: in pdb)")
    print("python -m scratchnet lessons build         all of them as a website, offline")
    print("python -m scratchnet lessons notebook 1    one as a notebook")
    print("python -m scratchnet exercise              their exercises: write the layers yourself")


def run(options):
    from scratchnet.lessons.stepping import debug, step

    lesson = find(options.lesson)
    if hasattr(sys.stdout, "reconfigure"):  # a learner's own letters, on a console that does not have them
        sys.stdout.reconfigure(errors="backslashreplace")
    if options.debug:
        debug(lesson)
    else:
        step(lesson, pause=not options.no_pause and terminal())


def terminal():
    """Whether somebody reads and can answer."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def build(options):
    from scratchnet.lessons.site import build_site

    index = build_site(options.out)
    print(f"site  {index}")


def notebook(options):
    from scratchnet.lessons.notebook import write_notebook

    lesson = find(options.lesson)
    print(write_notebook(lesson, options.out or Path(f"{lesson.path.stem}.ipynb")))
