"""python -m scratchnet lessons, lessons run, build, notebook."""

import sys
from pathlib import Path

from scratchnet.lessons.course import course, find, listing


def list_lessons(options):
    print(listing(course()))
    print("\npython -m scratchnet lessons run 1         steps through one, cell by cell (--debug: in pdb)")
    print("python -m scratchnet lessons build         all of them as a website, offline")
    print("python -m scratchnet lessons notebook 1    one as a notebook")


def run(options):
    from scratchnet.lessons.stepping import debug, step

    lesson = find(options.lesson)
    if options.debug:
        debug(lesson)
    else:
        step(lesson, pause=not options.no_pause and sys.stdin.isatty() and sys.stdout.isatty())


def build(options):
    from scratchnet.lessons.site import build_site

    index = build_site(options.out)
    print(f"site  {index}")


def notebook(options):
    from scratchnet.lessons.notebook import write_notebook

    lesson = find(options.lesson)
    print(write_notebook(lesson, options.out or Path(f"{lesson.path.stem}.ipynb")))
