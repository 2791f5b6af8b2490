"""python -m scratchnet: results to stdout, the bar and messages to stderr.

Exit codes: 0 done, 1 training diverged or nobody read the output, 2 wrong usage or input, 3 data not
available, 130 interrupted.
The imports that take time are inside the commands, so that --help answers at once.
"""

import argparse
import os
import sys
from pathlib import Path

from scratchnet.errors import ScratchnetError

EXAMPLES = """examples:
  python -m scratchnet train --quick            one pass over 10,000 digits, seconds
  python -m scratchnet train                    the paper: 20 passes over 60,000, minutes
  python -m scratchnet recipes                  the networks that tutorials call LeNet-5
  python -m scratchnet train --recipe tutorial-28
  python -m scratchnet eval runs/paper/last.npz
  python -m scratchnet compare runs/paper runs/tutorial-28
  python -m scratchnet predict runs/paper/last.npz digit.png
  python -m scratchnet lessons                  LeNet-5 step by step
  python -m scratchnet exercise                 write its layers yourself
"""

LESSON_EXAMPLES = """examples:
  python -m scratchnet lessons                  the list
  python -m scratchnet lessons run 6            step through lesson 6, cell by cell
  python -m scratchnet lessons run im2col       the same one
  python -m scratchnet lessons run 6 --debug    in pdb; stepping into a kernel steps through its loops
  python -m scratchnet lessons build            all of them as a website, offline
  python -m scratchnet lessons notebook 6       as 06_im2col.ipynb
"""

EXERCISE_EXAMPLES = """examples:
  python -m scratchnet exercise                 the list, and what is done
  python -m scratchnet exercise start 1         write my/ex01_scaled_tanh.py, with a blank to fill in
  python -m scratchnet exercise check 1         is it right, and if not: what is wrong
  python -m scratchnet exercise watch 1         the same whenever you save
  python -m scratchnet exercise hint 1          a little help, each time a little more
  python -m scratchnet exercise train           LeNet-5 on your own layers
for teachers:
  python -m scratchnet exercise syllabus        write syllabus.ini, to edit
  python -m scratchnet exercise grade class --csv grades.csv --jobs 4
"""


def main(argv=None):
    options = parser().parse_args(argv)
    try:
        code = options.command(options) or 0
        sys.stdout.flush()
        return code
    except ScratchnetError as why:
        print(f"scratchnet: {why}", file=sys.stderr)
        return why.exit_code
    except KeyboardInterrupt:
        print("\nscratchnet: interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `| head`: nobody reads on, so nothing may be written at the end either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as why:  # a full disk, a folder that went away
        print(f"scratchnet: {why}", file=sys.stderr)
        return 2


def parser():
    top = argparse.ArgumentParser(
        prog="python -m scratchnet",
        description="LeNet-5 of 1998 in NumPy.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    train = commands.add_parser("train", help="train LeNet-5 by the paper's recipe, or another, and compare")
    train.set_defaults(command=run_train)
    train.add_argument("--recipe", metavar="NAME", help="see `recipes` (default: paper)")
    train.add_argument("--data", metavar="NAME", help="another data set than the recipe's, e.g. fashion-mnist, kmnist")
    train.add_argument("--quick", action="store_true", help="one pass over 10,000 images: a first result in seconds")
    train.add_argument("--epochs", type=positive, metavar="N", help="passes over the training set")
    train.add_argument("--seed", type=natural, metavar="N", help="of weights and order (default: 0)")
    train.add_argument("--hold-out", type=natural, metavar="N", help="training images kept for validation")
    train.add_argument(
        "--validate-every", type=positive, metavar="N", help="look at them every N updates, not only after each pass"
    )
    train.add_argument(
        "--eta", type=float, metavar="X", help="factor on the learning rates (default: 1; 0.25 for --recipe paper)"
    )
    train.add_argument("--loss", choices=("map", "mle"), help="the paper's eq. 9 or eq. 8 (default: map)")
    train.add_argument("--j", type=float, metavar="J", help="of eq. 9: penalty of the rubbish class (default: 10)")
    train.add_argument("--out", type=Path, metavar="DIR", help="default: runs/RECIPE, or runs/quick")
    train.add_argument(
        "--resume", type=Path, metavar="DIR", help="go on with the run in this folder; --epochs may be longer"
    )
    train.add_argument("--readable", action="store_true", help="by the layers themselves, not by the fast path")
    train.add_argument("-v", "--verbose", action="store_true", help="print the step sizes of the first pass")

    recipes = commands.add_parser("recipes", help="list the recipes, with the test accuracy claimed and measured")
    recipes.set_defaults(command=run_recipes)

    evaluate = commands.add_parser("eval", help="error and confusion matrix of a trained model")
    evaluate.set_defaults(command=run_eval)
    evaluate.add_argument("model", type=Path, metavar="MODEL", help="e.g. runs/paper/last.npz")
    evaluate.add_argument("--data", metavar="NAME", help="default: the data set of the model's recipe")
    evaluate.add_argument("--split", choices=("test", "train"), default="test", help="(default: test)")
    evaluate.add_argument("--report", type=Path, metavar="DIR", help="write pictures, tables and a page of them there")

    compare = commands.add_parser("compare", help="a table of runs, and their curves in one picture")
    compare.set_defaults(command=run_compare)
    compare.add_argument("runs", nargs="+", type=Path, metavar="RUN", help="run folders")
    picture = Path("runs/compare.png")
    compare.add_argument("--out", type=Path, default=picture, metavar="PNG", help=f"(default: {picture.as_posix()})")

    predict = commands.add_parser("predict", help="read digits from pictures or .npy arrays of 28 x 28 pixels")
    predict.set_defaults(command=run_predict)
    predict.add_argument("model", type=Path, metavar="MODEL", help="e.g. runs/paper/last.npz")
    predict.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="28 x 28 pixels, bright on black")

    add_lessons(commands)
    add_exercise(commands)
    return top


def add_lessons(commands):
    lessons = commands.add_parser(
        "lessons",
        help="LeNet-5 step by step: list the lessons, run, read, debug them",
        epilog=LESSON_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    lessons.set_defaults(command=run_lessons, what="list_lessons")
    whats = lessons.add_subparsers(metavar="WHAT")
    run = whats.add_parser("run", help="step through a lesson; pauses after each cell on a terminal")
    run.set_defaults(what="run")
    run.add_argument("lesson", metavar="N", help="number or name")
    run.add_argument("--no-pause", action="store_true", help="do not wait after each cell")
    run.add_argument("--debug", action="store_true", help="stop in pdb at the first cell, with Numba off")
    build = whats.add_parser("build", help="write all lessons, run, as a website; needs the extra [lessons]")
    build.set_defaults(what="build")
    build.add_argument("--out", type=Path, default=Path("site"), metavar="DIR", help="(default: site)")
    notebook = whats.add_parser("notebook", help="write a lesson as an .ipynb; needs the extra [lessons]")
    notebook.set_defaults(what="notebook")
    notebook.add_argument("lesson", metavar="N", help="number or name")
    notebook.add_argument("--out", type=Path, metavar="FILE", help="default: the lesson's name, in this folder")


def add_exercise(commands):
    exercise = commands.add_parser(
        "exercise",
        help="write the layers yourself, and be told what is wrong",
        epilog=EXERCISE_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mine = argparse.ArgumentParser(add_help=False)
    mine.add_argument(
        "--folder", type=Path, default=Path("my"), metavar="DIR", help="where your files are (default: my)"
    )
    exercise.set_defaults(command=run_exercise, what="list_exercises", folder=Path("my"))
    whats = exercise.add_subparsers(metavar="WHAT")

    def add(what, about, name=True, function=None):
        parser = whats.add_parser(what, help=about, parents=[mine])
        parser.set_defaults(what=function or what)
        if name:
            parser.add_argument("name", nargs="?", metavar="NAME", help="number or name")
        return parser

    add("list", "the exercises, and which are done", name=False, function="list_exercises")
    add("start", "write the file to fill in").add_argument("--all", action="store_true", help="all of them")
    check = add("check", "is it right? Without a name: the one saved last")
    check.add_argument("--all", action="store_true", help="all that are started")
    check.add_argument("--seed", type=natural, default=0, metavar="N", help="of the random cases (default: 0)")
    add("watch", "check whenever the file is saved")
    add("hint", "a hint, each time a little more")
    add("solution", "the library's own lines, after an attempt")
    add("reset", "begin again; a copy is kept")
    add("train", "train LeNet-5 on your own layers", name=False)

    syllabus = whats.add_parser("syllabus", help="for teachers: write a file that says what a class does")
    syllabus.set_defaults(what="syllabus")
    syllabus.add_argument(
        "--out", type=Path, default=Path("syllabus.ini"), metavar="FILE", help="(default: syllabus.ini)"
    )

    grade = whats.add_parser("grade", help="for teachers: check the files of a class")
    grade.set_defaults(what="grade")
    grade.add_argument("folder", type=Path, metavar="FOLDER", help="holds one folder for each student")
    grade.add_argument("--csv", type=Path, metavar="FILE", help="points of every student and exercise")
    grade.add_argument("--json", type=Path, metavar="FILE", help="the same with every diagnosis")
    grade.add_argument("--junit", type=Path, metavar="FILE", help="the same as test results, for what reads those")
    grade.add_argument(
        "--feedback",
        type=Path,
        default=Path("feedback"),
        metavar="DIR",
        help="a text for each student (default: feedback)",
    )
    grade.add_argument("--syllabus", type=Path, metavar="FILE", help="default: syllabus.ini in FOLDER, or here")
    grade.add_argument("--jobs", type=positive, default=1, metavar="N", help="checks at once (default: 1)")


def positive(text):
    value = natural(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not at least 1")
    return value


def natural(text):
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return int(text)


def run_train(options):
    from scratchnet.commands.train import train

    return train(options)


def run_recipes(options):
    from scratchnet.commands.train import list_recipes

    return list_recipes(options)


def run_compare(options):
    from scratchnet.commands.compare import compare

    return compare(options)


def run_eval(options):
    from scratchnet.commands.read import evaluate_model

    return evaluate_model(options)


def run_predict(options):
    from scratchnet.commands.read import predict

    return predict(options)


def run_lessons(options):
    from scratchnet.commands import lessons

    return getattr(lessons, options.what)(options)


def run_exercise(options):
    from scratchnet.commands import exercise

    if hasattr(sys.stdout, "reconfigure"):  # a learner's own letters, on a console that does not have them
        sys.stdout.reconfigure(errors="backslashreplace")
    return getattr(exercise, options.what)(options)
