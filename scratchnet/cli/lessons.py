"""python -m scratchnet lessons, lessons run, build, notebook."""

import argparse
import subprocess
import sys
from pathlib import Path

from scratchnet.cli.draw import opened
from scratchnet.cli.flags import natural, path_of
from scratchnet.errors import InputError

EXAMPLES = """examples:
  python -m scratchnet lessons                  the list
  python -m scratchnet lessons run 7            step through lesson 7, cell by cell
  python -m scratchnet lessons run im2col       the same one
  python -m scratchnet lessons run 7 --resume   go on where you stopped
  python -m scratchnet lessons run 7 --debug    in pdb; stepping into a kernel steps through its loops
  python -m scratchnet lessons build            all of them as a website, offline
  python -m scratchnet lessons build 0 1 2      only these
  python -m scratchnet lessons notebook 7       as 07_im2col.ipynb
  python -m scratchnet lessons notebook --all   all of them, in the folder notebooks
  python -m scratchnet lessons notebook --lite  lessons 0 to 13 for JupyterLite, where they run in a browser
  python -m scratchnet lessons slides           for teachers: six sessions, each a file that needs no network
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
    begin = run.add_mutually_exclusive_group()
    begin.add_argument("--from", type=natural, dest="first", metavar="CELL", help="begin at this cell")
    begin.add_argument("--resume", action="store_true", help="begin at the cell where you stopped")
    run.add_argument("--debug", action="store_true", help="stop in pdb at the first cell, with Numba off")
    build = whats.add_parser(
        "build",
        help="run all lessons and write them as a website; needs the extra [lessons]",
    )
    build.set_defaults(command=build_website)
    build.add_argument("lessons", nargs="*", metavar="N", help="only these lessons, by number or name (default: all)")
    build.add_argument("--out", type=path_of, default=Path("site"), metavar="DIR", help="(default: site)")
    notebook = whats.add_parser("notebook", help="write lessons as .ipynb; needs the extra [lessons]")
    notebook.set_defaults(command=notebook_of)
    which = notebook.add_mutually_exclusive_group(required=True)
    which.add_argument("lesson", nargs="?", metavar="N", help="number or name")
    which.add_argument("--all", action="store_true", help="all lessons")
    which.add_argument("--lite", action="store_true", help="lessons 0 to 13 and the wheel, for `jupyter lite build`")
    where = "default: the lesson's name in this folder; for --all the folder notebooks, for --lite the folder lite"
    notebook.add_argument("--out", type=path_of, metavar="PATH", help=where)
    slides = whats.add_parser("slides", help="for teachers: write slides as HTML; needs the extra [lessons]")
    slides.set_defaults(command=build_slides)
    slides.add_argument("files", nargs="*", type=path_of, metavar="FILE.md", help="(default: the six sessions)")
    slides.add_argument("--out", type=path_of, default=Path("slides"), metavar="DIR", help="(default: slides)")


def list_lessons(options):
    from scratchnet.lessons.scripts import all_lessons, listing

    print(listing(all_lessons()))
    print("\npython -m scratchnet lessons run 1         steps through one, cell by cell (--debug: in pdb)")
    print("python -m scratchnet lessons build         all of them as a website, offline")
    print("python -m scratchnet lessons notebook 1    one as a notebook (--all: all of them)")
    print("python -m scratchnet exercise              their exercises: write the layers yourself")


def run_lesson(options):
    from scratchnet.lessons.bookmark import Bookmark
    from scratchnet.lessons.scripts import find_lesson
    from scratchnet.lessons.stepping import debug, step

    lesson = find_lesson(options.lesson)
    if options.debug:
        if options.first is not None or options.resume:
            raise InputError("--debug begins at the first cell: leave out --from and --resume.")
        return debug(lesson)
    pause = not options.no_pause and terminal()
    bookmark = Bookmark(lesson, keeps=pause)
    try:
        first = first_cell(options, lesson, bookmark, pause)
        if first and step(lesson, pause, first, bookmark, opened):
            print(what_is_next(lesson))
            return 0
        code = 0
    except KeyboardInterrupt:
        print()
        code = 130
    print(where_to_go_on(lesson, bookmark), file=sys.stderr)
    return code


def first_cell(options, lesson, bookmark, pause):
    """Return the number of the cell to begin with, or None if the learner does not want to."""
    from scratchnet.lessons.prompt import where_to_begin

    last = len(lesson.cells)
    if options.first is not None and not 1 <= options.first <= last:
        raise InputError(f"Lesson {lesson.number} has cells 1 to {last}, got --from {options.first}.")
    if options.first is not None or options.resume:
        return options.first or bookmark.cell
    return where_to_begin(bookmark.cell, last) if pause and bookmark.cell > 1 else 1


def where_to_go_on(lesson, bookmark):
    where = f" --from {bookmark.cell}" if bookmark.cell > 1 else ""
    command = f"python -m scratchnet lessons run {lesson.number}{where}"
    return f"Lesson {lesson.number} stopped at cell {bookmark.cell} of {len(lesson.cells)}. Go on: {command}"


def what_is_next(lesson):
    """Return the commands of this lesson's exercises and of the next lesson, each with its title."""
    from scratchnet.exercises.catalogue import EXERCISES
    from scratchnet.lessons.scripts import all_lessons

    mine = [exercise for exercise in EXERCISES if exercise.lesson == lesson.number]
    rows = [(f"python -m scratchnet exercise start {e.number:02}", f"exercise {e.number}, {e.name}") for e in mine]
    later = [other for other in all_lessons() if other.number > lesson.number]
    rows += [(f"python -m scratchnet lessons run {other.number}", f"lesson {other.title}") for other in later[:1]]
    return "\n".join(["next:", *(f"  {command:42}{what}" for command, what in rows)])


def terminal():
    """Return whether the input and the output are a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def build_website(options):
    from scratchnet.exercises.catalogue import IN_ORDER
    from scratchnet.lessons.scripts import find_lesson
    from scratchnet.lessons.site import build_site

    only = {find_lesson(word) for word in options.lessons}
    exercises = {}
    for exercise in IN_ORDER:
        exercises.setdefault(exercise.lesson, []).append((exercise.number, exercise.name, exercise.title))
    index = build_site(options.out, reference=not only, live=not only, only=only, exercises=exercises)
    print(f"site  {index}")


def notebook_of(options):
    from scratchnet.lessons.notebook import write_for_browsers, write_notebook, write_notebooks
    from scratchnet.lessons.scripts import find_lesson

    if options.all:
        written = write_notebooks(options.out or Path("notebooks"))
    elif options.lite:
        folder = options.out or Path("lite")  # jupyter lite build looks for both folders
        written = [*write_for_browsers(folder / "files"), build_wheel(folder / "pypi")]
    else:
        lesson = find_lesson(options.lesson)
        written = [write_notebook(lesson, options.out or Path(f"{lesson.path.stem}.ipynb"))]
    print("\n".join(map(str, written)))


def build_slides(options):
    from scratchnet.lessons.slides import sources, write_slides

    for source in options.files or sources():
        print(write_slides(source, options.out), flush=True)


def build_wheel(folder):
    """Let pip make the wheel of this version in a folder, from the clone if there is one, and return its path."""
    from scratchnet import __version__
    from scratchnet.viewing.show import ROOT

    source = str(ROOT) if (ROOT / "pyproject.toml").is_file() else f"scratchnet-lenet=={__version__}"
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), source]
    run = subprocess.run(pip, capture_output=True, text=True)
    wheels = sorted(folder.glob("scratchnet_lenet-*.whl"))
    if run.returncode or not wheels:
        errors = [line for line in run.stderr.splitlines() if "error" in line.lower()]
        raise InputError(f"pip cannot make the wheel of {source}: {errors[-1] if errors else 'it does not say why'}")
    return wheels[-1]
