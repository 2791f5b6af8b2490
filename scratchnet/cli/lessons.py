"""python -m scratchnet lessons, lessons run, build, notebook."""

import argparse
import sys
from pathlib import Path

from scratchnet.cli.flags import path_of

EXAMPLES = """examples:
  python -m scratchnet lessons                  the list
  python -m scratchnet lessons run 7            step through lesson 7, cell by cell
  python -m scratchnet lessons run im2col       the same one
  python -m scratchnet lessons run 7 --debug    in pdb; stepping into a kernel steps through its loops
  python -m scratchnet lessons build            all of them as a website, offline
  python -m scratchnet lessons notebook 7       as 07_im2col.ipynb
"""


def add(commands):
    lessons = commands.add_parser(
        "lessons",
        aliases=["lesson"],
        help="LeNet-5 step by step: list the lessons, run, read, debug them",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    lessons.set_defaults(command=list_lessons, flags={"folder": "--out", "path": "--out"})
    whats = lessons.add_subparsers(metavar="WHAT")
    whats.add_parser("list", help="the lessons")
    run = whats.add_parser("run", help="step through a lesson; pauses after each cell on a terminal")
    run.set_defaults(command=run_lesson)
    run.add_argument("lesson", metavar="N", help="number or name")
    run.add_argument("--no-pause", action="store_true", help="do not wait after each cell")
    run.add_argument("--debug", action="store_true", help="stop in pdb at the first cell, with Numba off")
    build = whats.add_parser(
        "build",
        help="run all lessons and write them as a website; needs the extra [lessons]",
    )
    build.set_defaults(command=build_website)
    build.add_argument("--out", type=path_of, default=Path("site"), metavar="DIR", help="(default: site)")
    notebook = whats.add_parser("notebook", help="write a lesson as an .ipynb; needs the extra [lessons]")
    notebook.set_defaults(command=notebook_of)
    notebook.add_argument("lesson", metavar="N", help="number or name")
    notebook.add_argument("--out", type=path_of, metavar="FILE", help="default: the lesson's name, in this folder")


def list_lessons(options):
    from scratchnet.lessons.scripts import all_lessons, listing

    print(listing(all_lessons()))
    print("\npython -m scratchnet lessons run 1         steps through one, cell by cell (--debug: in pdb)")
    print("python -m scratchnet lessons build         all of them as a website, offline")
    print("python -m scratchnet lessons notebook 1    one as a notebook")
    print("python -m scratchnet exercise              their exercises: write the layers yourself")


def run_lesson(options):
    from scratchnet.lessons.scripts import find_lesson
    from scratchnet.lessons.stepping import debug, step

    lesson = find_lesson(options.lesson)
    if options.debug:
        debug(lesson)
    else:
        step(lesson, pause=not options.no_pause and terminal())


def terminal():
    """Return whether the input and the output are a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def build_website(options):
    from scratchnet.lessons.site import build_site

    index = build_site(options.out, reference=True, live=True)
    print(f"site  {index}")


def notebook_of(options):
    from scratchnet.lessons.notebook import write_notebook
    from scratchnet.lessons.scripts import find_lesson

    lesson = find_lesson(options.lesson)
    print(write_notebook(lesson, options.out or Path(f"{lesson.path.stem}.ipynb")))
