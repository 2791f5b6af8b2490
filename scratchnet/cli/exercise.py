"""python -m scratchnet exercise list, start, check, watch, hint, solution, reset: for learners."""

import argparse
import contextlib
import threading
from pathlib import Path

from scratchnet.cli import grading, own_layers, teaching
from scratchnet.cli.flags import natural, pasted, path_of
from scratchnet.errors import InputError

ME = "python -m scratchnet exercise"
MINE = Path("my")

EXAMPLES = """examples:
  python -m scratchnet exercise                 the list, and what is done
  python -m scratchnet exercise start 0         write my/ex00_paper_input.py, with a blank to fill in
  python -m scratchnet exercise check 0         is it right, and if not: what is wrong
  python -m scratchnet exercise watch 0         the same whenever you save
  python -m scratchnet exercise hint 0          a little help, each time a little more
  python -m scratchnet exercise train           LeNet-5 on your own layers
for teachers:
  python -m scratchnet exercise syllabus        write syllabus.ini, to edit
  python -m scratchnet exercise grade class --csv grades.csv --jobs 4
  python -m scratchnet exercise similar class   which files have the same structure
"""


def add(commands):
    exercise = commands.add_parser(
        "exercise",
        aliases=["exercises"],
        help="write the layers yourself, and be told what is wrong",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    exercise.set_defaults(command=list_exercises, folder=MINE, flags={"folder": "--folder"})
    whats = exercise.add_subparsers(metavar="WHAT")
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--folder", type=path_of, default=MINE, metavar="DIR", help="where your files are (default: my)")
    which = argparse.ArgumentParser(add_help=False, parents=[where])
    which.add_argument("name", nargs="?", metavar="NAME", help="number or name")

    def action(function, name, about, arguments=which):
        parser = whats.add_parser(name, help=about, parents=[arguments])
        parser.set_defaults(command=function)
        return parser

    action(list_exercises, "list", "the exercises, and which are done", where)
    starting = action(start, "start", "write the file to fill in")
    starting.add_argument("--all", action="store_true", help="all of them")
    starting.add_argument("--student", metavar="NAME", help="draw your numbers from this name (default: your login)")
    checking = action(check, "check", "is it right? Without a name: the one saved last")
    checking.add_argument("--all", action="store_true", help="all that are started")
    checking.add_argument("--seed", type=natural, default=0, metavar="N", help="seeds the random cases (default: 0)")
    action(watch, "watch", "check whenever the file is saved")
    action(hint, "hint", "a hint, each time a little more")
    action(solution, "solution", "the library's own lines, when yours pass")
    action(reset, "reset", "begin again; a copy is kept")
    own_layers.add(whats, where)
    grading.add(whats)
    teaching.add(whats)


def next_command(options, what, number):
    """The command to type next, with the folder if it is another one than usual."""
    folder = "" if options.folder == MINE else f" --folder {pasted(options.folder)}"
    return f"{ME} {what} {number:02}{folder}"


def chosen(options):
    """The folder, and the exercise that is named. A path of a file names both."""
    from scratchnet.exercises.catalogue import find_exercise
    from scratchnet.exercises.my_folder import Folder

    path = Path(options.name or "")
    if path.suffix == ".py" and path.is_file():
        options.folder = path.parent
    return Folder(options.folder), find_exercise(need(options))


STATES = {"right": "done", "wrong": "not right yet", "stopped": "not right yet", "blank": "started", "missing": ""}
STATES["ungraded"] = "no check here"
TO_DO = ("", "started", "not right yet")


def list_exercises(options):
    from scratchnet.exercises.learner import shown
    from scratchnet.exercises.my_folder import Folder
    from scratchnet.exercises.syllabus import Syllabus
    from scratchnet.viewing.tables import table

    folder, syllabus = Folder(options.folder), Syllabus.nearby(options.folder, ".")
    states = {exercise: state_of(folder, exercise) for exercise in syllabus.exercises}
    rows = [(f"{e.number:02}", e.name, str(e.lesson), state, e.title) for e, state in states.items()]
    print(table([("", "exercise", "lesson", "state", "what"), *rows]))
    done = [*states.values()].count("done")
    print(f"\n{done} of {len(states)} done (a file in {shown(folder.path)} that passes its check now)")
    new = next((exercise for exercise, state in states.items() if state in TO_DO), None)
    if new:
        what = "start" if not states[new] else "check"
        print(f"\n{next_command(options, what, new.number)}     then check, hint, watch {new.number:02}")


def state_of(folder, exercise):
    if not folder.file(exercise).exists():
        return ""
    if exercise.kind.trains:
        return f"started; check {exercise.number:02}" if folder.attempted(exercise) else "started"
    return STATES[result_of(folder, exercise).state]


def result_of(folder, exercise):
    """Return the Result of the learner's file; its state is "ungraded" if it cannot be run here (no PyTorch)."""
    from scratchnet.exercises.checker import Result, check_answer
    from scratchnet.exercises.desk import NoDesk

    try:
        return check_answer(exercise, folder.file(exercise))
    except NoDesk as why:
        return Result(exercise, folder.file(exercise), "ungraded", fact=str(why))


def start(options):
    from scratchnet.exercises.catalogue import find_exercise
    from scratchnet.exercises.checker import filled
    from scratchnet.exercises.learner import shown
    from scratchnet.exercises.my_folder import Folder
    from scratchnet.exercises.syllabus import Syllabus

    folder = Folder(options.folder)
    if options.student:
        folder.called(options.student)
    if options.all:
        written = [folder.start(e) for e in Syllabus.nearby(folder.path, ".").exercises if not folder.file(e).exists()]
        print(f"{len(written)} files written to {shown(folder.path)}")
        return
    exercise = find_exercise(need(options))
    print(f"{shown(folder.start(exercise))}\n\n{filled(exercise.task)}\n")
    commands = (
        (f"python -m scratchnet lessons run {exercise.lesson}", "what it is about"),
        (next_command(options, "check", exercise.number), "is it right?"),
        (next_command(options, "watch", exercise.number), "the same whenever you save"),
    )
    width = max(40, *(len(command) for command, _ in commands)) + 2
    print("\n".join(f"{command:{width}}{what}" for command, what in commands))


def need(options):
    if options.name is None:
        raise InputError(f"Which one? `{ME} start 0` begins with the first, `{ME}` lists them all.")
    return options.name


def check(options):
    from scratchnet.exercises.checker import check_answer
    from scratchnet.exercises.my_folder import Folder
    from scratchnet.exercises.syllabus import Syllabus

    if options.all and options.name:
        raise InputError(f"Either a name or --all: got {options.name!r} and --all.")
    if options.all:
        return check_all(options)
    if options.name:
        folder, exercise = chosen(options)
    else:
        folder = Folder(options.folder)
        exercise = folder.latest(Syllabus.nearby(options.folder, ".").exercises)
    folder.need(exercise)
    with patience(exercise):
        result = check_answer(exercise, folder.file(exercise), options.seed)
    print(result, flush=True)
    if result.state != "right":
        print(f"\nA hint: {next_command(options, 'hint', exercise.number)}")
        return 1
    syllabus = Syllabus.nearby(folder.path, ".")
    if syllabus.solutions:
        print(f"\nThe library's own lines, to compare: {next_command(options, 'solution', exercise.number)}")
    say_what_is_next(options, folder, exercise, syllabus.exercises)
    return 0


def say_what_is_next(options, folder, exercise, exercises):
    """Print how many exercises are done, and the command for the next one: the first after this that is not done."""
    states = {e: "done" if e is exercise else state_of(folder, e) for e in exercises}
    print(f"\nDone: {[*states.values()].count('done')}/{len(exercises)}", flush=True)
    place = exercises.index(exercise) if exercise in exercises else -1
    later = [*exercises[place + 1 :], *exercises[: max(place, 0)]]
    new = next((e for e in later if states[e] in TO_DO), None)
    if new:
        what, remark = ("check", ", which is started") if states[new] else ("start", "")
        print(f"The next one: {next_command(options, what, new.number)}   ({new.name}{remark})")


@contextlib.contextmanager
def patience(exercise):
    """Say after some seconds that the check runs. What compiles a kernel says so itself."""
    from scratchnet.cli.progress import say
    from scratchnet.kernels.jit import before_compiling, say_compiling
    from scratchnet.parallel.threads import THREADS

    before_compiling.append(say_compiling)
    text = f"Still at it. What never ends is stopped after {exercise.seconds} s."
    timer = threading.Timer(4, say, [text])
    if THREADS:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
        before_compiling.remove(say_compiling)


def check_all(options):
    from scratchnet.exercises.learner import shown
    from scratchnet.exercises.my_folder import Folder
    from scratchnet.exercises.syllabus import Syllabus

    folder, exercises = Folder(options.folder), Syllabus.nearby(options.folder, ".").exercises
    started = folder.started(exercises)
    if not started:
        raise InputError(f"No exercise is started in {shown(folder.path)}. Begin: {next_command(options, 'start', 0)}")
    results = []
    for exercise in started:
        result = result_of(folder, exercise)
        results.append(result)
        why = (result.diagnosis or result.fact).split("\n")[0] if result.state in ("wrong", "ungraded") else ""
        print(f"{exercise.number:02}  {exercise.name:22} {STATES[result.state]:14} {why}".rstrip(), flush=True)
    done = sum(result.state == "right" for result in results)
    print(f"\n{done} of {len(exercises)} done")
    return 0 if done == len(started) else 1


def watch(options):
    from scratchnet.exercises.catalogue import find_exercise
    from scratchnet.exercises.my_folder import Folder
    from scratchnet.exercises.syllabus import Syllabus
    from scratchnet.exercises.watch import keep_watching

    folder, exercises = Folder(options.folder), Syllabus.nearby(options.folder, ".").exercises
    if options.name:
        first = find_exercise(options.name)
    else:
        first = next((e for e in exercises if state_of(folder, e) != "done"), exercises[-1])
    keep_watching(folder, exercises if first in exercises else [first], first)


def hint(options):
    from scratchnet.exercises.catalogue import find_exercise
    from scratchnet.exercises.my_folder import Folder
    from scratchnet.exercises.syllabus import Syllabus

    folder = Folder(options.folder)
    everything = Syllabus.nearby(options.folder, ".").exercises
    exercise = find_exercise(options.name) if options.name else folder.latest(everything)
    hints = folder.next_hint(exercise)
    for number, text in enumerate(hints, start=1):
        print(f"{number}. {text}")
    if len(hints) < len(exercise.ladder):
        print(f"\n{len(exercise.ladder) - len(hints)} more: {next_command(options, 'hint', exercise.number)}")
    else:
        print(f"\nThat is all. After an attempt: {next_command(options, 'solution', exercise.number)}")


def solution(options):
    from scratchnet.exercises.syllabus import FILE, Syllabus
    from scratchnet.viewing import show

    folder, exercise = chosen(options)
    if not Syllabus.nearby(folder.path, ".").solutions:
        raise InputError(
            f"Solutions are switched off in {FILE}. Ask your teacher, or for a hint: "
            f"{next_command(options, 'hint', exercise.number)}"
        )
    folder.need(exercise)
    expect_an_answer(options, folder, exercise)
    print(f"What the library has there; lesson {exercise.lesson} is about it.\n")
    for function in (*exercise.functions(), *exercise.shows):
        show(function)
        print()


def expect_an_answer(options, folder, exercise):
    """Raise InputError unless the learner's own version passes, or fails after every hint was read."""
    from scratchnet.exercises.learner import shown

    if not folder.attempted(exercise):
        raise InputError(
            f"Write something first: {shown(folder.file(exercise))} is still blank. `hint {exercise.number:02}` helps."
        )
    if folder.out_of_hints(exercise) or exercise.kind.trains or result_of(folder, exercise).state == "right":
        return
    raise InputError(
        f"Yours does not pass yet. The library's lines are shown when it does, or when you have read every hint: "
        f"{next_command(options, 'hint', exercise.number)}"
    )


def reset(options):
    from scratchnet.exercises.learner import shown

    folder, exercise = chosen(options)
    copy = folder.reset(exercise)
    print(f"{shown(folder.file(exercise))} is blank again; what was there is in {shown(copy)}")
