"""python -m scratchnet exercise ...: list, start, check, watch, hint, solution, reset, train, syllabus, grade."""

import contextlib
import sys
import threading
from pathlib import Path

import numpy as np

from scratchnet.commands.prepare import say
from scratchnet.errors import InputError
from scratchnet.exercises.checker import check as check_file
from scratchnet.exercises.checker import filled
from scratchnet.exercises.course import find
from scratchnet.exercises.folder import DEFAULT, Folder
from scratchnet.exercises.learner import shown
from scratchnet.exercises.syllabus import FILE, Syllabus
from scratchnet.look import show
from scratchnet.tables import ascii_picture, table

ME = "python -m scratchnet exercise"


def told(options, what, exercise):
    """The command to type next, with the folder if it is another one than usual."""
    folder = "" if options.folder == DEFAULT else f" --folder {options.folder}"
    return f"{ME} {what} {exercise.number:02}{folder}"


def chosen(options):
    """The folder, and the exercise that is named. A path of a file names both."""
    path = Path(options.name or "")
    if path.suffix == ".py" and path.is_file():
        options.folder = path.parent
    return Folder(options.folder), find(need(options))


STATES = {"right": "done", "wrong": "not right yet", "blank": "started", "missing": ""}


def list_exercises(options):
    folder, syllabus = Folder(options.folder), Syllabus.nearby(options.folder, ".")
    rows, done = [("", "exercise", "lesson", "state", "what")], 0
    for exercise in syllabus.exercises:
        state = state_of(folder, exercise)
        done += state == "done"
        rows.append((f"{exercise.number:02}", exercise.name, str(exercise.lesson), state, exercise.title))
    print(table(rows))
    print(f"\n{done} of {len(syllabus.exercises)} done (a file in {shown(folder.path)} that passes its check now)")
    new = next((exercise for exercise in syllabus.exercises if not folder.file(exercise).exists()), None)
    if new:
        print(f"\n{told(options, 'start', new)}     then check, hint, watch {new.number:02}")


def state_of(folder, exercise):
    if not folder.file(exercise).exists():
        return ""
    if exercise.levels:  # takes its time
        return f"started; check {exercise.number:02}" if folder.attempted(exercise) else "started"
    return STATES[check_file(exercise, folder.file(exercise)).state]


def start(options):
    folder = Folder(options.folder)
    if options.all:
        written = [folder.start(e) for e in Syllabus.nearby(folder.path, ".").exercises if not folder.file(e).exists()]
        print(f"{len(written)} files written to {shown(folder.path)}")
        return
    exercise = find(need(options))
    print(f"{shown(folder.start(exercise))}\n\n{filled(exercise.task)}\n")
    print(f"{f'python -m scratchnet lessons run {exercise.lesson}':42}what it is about")
    print(f"{told(options, 'check', exercise):42}is it right?")
    print(f"{told(options, 'watch', exercise):42}the same whenever you save")


def need(options):
    if options.name is None:
        raise InputError(f"Which one? `{ME} start 1` begins with the first, `{ME}` lists them all.")
    return options.name


def check(options):
    if options.all and options.name:
        raise InputError(f"Either a name or --all: got {options.name!r} and --all.")
    if options.all:
        return check_all(Folder(options.folder), Syllabus.nearby(options.folder, ".").exercises)
    if options.name:
        folder, exercise = chosen(options)
    else:
        folder = Folder(options.folder)
        exercise = folder.latest(Syllabus.nearby(options.folder, ".").exercises)
    folder.need(exercise)
    with patience(exercise):
        result = check_file(exercise, folder.file(exercise), options.seed)
    print(result)
    if result.state != "right":
        print(f"\nA hint: {told(options, 'hint', exercise)}")
        return 1
    later = [e for e in Syllabus.nearby(folder.path, ".").exercises if e.number > exercise.number]
    if later:
        what = "check" if folder.file(later[0]).exists() else "start"
        print(f"\nThe next one: {told(options, what, later[0])}   ({later[0].name})")
    return 0


@contextlib.contextmanager
def patience(exercise):
    """Says after some seconds why it takes so long."""
    text = f"Still at it. Kernels are compiled once, up to 20 s; what never ends is stopped after {exercise.seconds} s."
    timer = threading.Timer(4, say, [text])
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def check_all(folder, exercises):
    started = folder.started(exercises)
    if not started:
        raise InputError(f"No exercise is started in {shown(folder.path)}. Begin: {ME} start 1")
    results = []
    for exercise in started:
        result = check_file(exercise, folder.file(exercise))
        results.append(result)
        why = (result.diagnosis or result.fact).split("\n")[0] if result.state == "wrong" else ""
        print(f"{exercise.number:02}  {exercise.name:22} {STATES[result.state]:14} {why}".rstrip(), flush=True)
    done = sum(result.state == "right" for result in results)
    print(f"\n{done} of {len(exercises)} done")
    return 0 if done == len(started) else 1


def watch(options):
    from scratchnet.exercises.watch import watch as keep_watching

    folder, exercises = Folder(options.folder), Syllabus.nearby(options.folder, ".").exercises
    if options.name:
        first = find(options.name)
    else:
        first = next((e for e in exercises if state_of(folder, e) != "done"), exercises[-1])
    keep_watching(folder, exercises if first in exercises else [first], first)


def hint(options):
    folder = Folder(options.folder)
    exercise = find(options.name) if options.name else folder.latest(Syllabus.nearby(options.folder, ".").exercises)
    hints = folder.next_hint(exercise)
    for number, text in enumerate(hints, start=1):
        print(f"{number}. {text}")
    if len(hints) < len(exercise.hints):
        print(f"\n{len(exercise.hints) - len(hints)} more: {ME} hint {exercise.number:02}")
    else:
        print(f"\nThat is all. After an attempt: {ME} solution {exercise.number:02}")


def solution(options):
    folder, exercise = chosen(options)
    if not Syllabus.nearby(folder.path, ".").solutions:
        raise InputError(
            f"Solutions are switched off in {FILE}. Ask your teacher, or for a hint: {ME} hint {options.name}"
        )
    folder.need(exercise)
    if not folder.attempted(exercise):
        raise InputError(
            f"Write something first: {shown(folder.file(exercise))} is still blank. `hint {exercise.number:02}` helps."
        )
    print(f"What the library has there; lesson {exercise.lesson} is about it.\n")
    for function in (*exercise.bodies(), *exercise.shows):
        show(function)
        print()


def reset(options):
    folder, exercise = chosen(options)
    copy = folder.reset(exercise)
    print(f"{shown(folder.file(exercise))} is blank again; what was there is in {shown(copy)}")


def train(options):
    from scratchnet.datasets import load, paper_input
    from scratchnet.exercises.reward import IMAGES, TEST, own_parts
    from scratchnet.exercises.reward import train as train_own

    folder = Folder(options.folder)
    own = own_parts(folder, Syllabus().exercises)
    print(f"Yours: {', '.join(own.names)}")
    if own.missing:
        print(f"The library's: {', '.join(own.missing)}")
    (images, labels), (tests, answers) = load("mnist", "train"), load("mnist", "test")
    x, seen = paper_input(images[:IMAGES]), paper_input(tests[:TEST])
    say(f"Training LeNet-5 on them, up to {IMAGES:,} digits ...")
    count, result = train_own(own, folder, (x, labels[:IMAGES]), (seen, answers[:TEST]))
    print(f"\nTrained on {count:,} digits, it reads {result.error:.2f} % of {TEST:,} others wrong")
    print("(guessing: 90 %; the paper, after 20 passes over 60,000: 0.95 %). Six of them:\n")
    print(side_by_side([ascii_picture(small(image)) for image in tests[:3]]))
    print(read(result, answers, range(3)))
    print(side_by_side([ascii_picture(small(image)) for image in tests[3:6]]))
    print(read(result, answers, range(3, 6)))
    path = folder.path / "digits.png"
    draw(path, tests[:60], answers[:60], result.predictions[:60])
    print(f"\n{shown(path)}   sixty of them")


def small(image):
    """28 x 28 -> 14 x 14, the mean of each 2x2."""
    return image.reshape(14, 2, 14, 2).mean(axis=(1, 3)).astype(np.uint8)


def side_by_side(pictures):
    return "\n".join("  ".join(lines) for lines in zip(*(picture.split("\n") for picture in pictures)))


def read(result, answers, which):
    texts = [
        f"read as {result.predictions[i]}" + (f", it is {answers[i]}" if result.predictions[i] != answers[i] else "")
        for i in which
    ]
    return "  ".join(f"{text:30}" for text in texts).rstrip() + "\n"


def draw(path, images, labels, predictions):
    from scratchnet.figures import reading, save

    save(reading(images, labels, predictions, "Read by your own layers"), path)


def syllabus(options):
    path = options.out
    if path.exists():
        raise InputError(f"{shown(path)} is there already. Edit it, or name another file with --out.")
    Syllabus().write(path)
    print(f"{shown(path)}   all exercises with their points; edit it")


def grade(options):
    from tqdm import tqdm

    from scratchnet.exercises import grade as grading

    syllabus_ = Syllabus.read(options.syllabus) if options.syllabus else Syllabus.nearby(options.folder, ".")
    found = grading.students(options.folder)
    files = {
        options.feedback / "STUDENT.txt": lambda: grading.write_feedback(options.feedback, grades),
        options.json: lambda: grading.write_json(options.json, grades),
        options.junit: lambda: grading.write_junit(options.junit, grades),
        options.csv: lambda: grading.write_csv(options.csv, grades, syllabus_.exercises),
    }
    files = {path: write for path, write in files.items() if path}
    for path in files:
        grading.can_be_written(path)
    say("This is no security sandbox: accidents are kept apart, attacks are not.")
    for sentence in grading.astray(options.folder):
        say(sentence)
    total = len(found) * len(syllabus_.exercises)
    with tqdm(total=total, ascii=True, unit=" checks", disable=None, leave=False, file=sys.stderr) as bar:
        grades = grading.grade(options.folder, syllabus_, options.jobs, lambda one: bar.update())
    rows, mean = grading.summary(grades, syllabus_.exercises)
    print(table(rows))
    who, of = "1 student" if len(found) == 1 else f"{len(found)} students", sum(syllabus_.points.values())
    print(f"\n{who}, {mean:.1f} of {of} points on average\n")
    for path, write in files.items():
        write()
        print(f"written: {path}")
