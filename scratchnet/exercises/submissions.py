"""The submissions of a class as they come: folders, zips, and the names that learning platforms give to files."""

import functools
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from scratchnet.errors import InputError, visible
from scratchnet.exercises.bags import ARCHIVES, CODE, bag_of, code_cells
from scratchnet.exercises.catalogue import EXERCISES
from scratchnet.exercises.results import name_order
from scratchnet.storage import here

# Moodle: Anna Muster_1234567_assignsubmission_file_, and the same in front of the names of single files.
# Canvas: musteranna_LATE_12345_67890_ex02_linear-1.py, with the numbers of the user and of the submission.
MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?P<file>.*)", re.DOTALL)
CANVAS = re.compile(r"(?P<name>[^_]+)(?:_LATE)?_(?P<id>\d+)_\d+_(?P<file>.+)", re.DOTALL)
GRADESCOPE = re.compile(r"submission_(\d+)")
FILES = {exercise.name: exercise.file for exercise in EXERCISES}
METADATA = "submission_metadata.yml"
COPIES = re.compile(r"(?:[ _-]*(?:\(\d+\)|copy(?: ?\(?\d+\)?)?|kopie(?: ?\(?\d+\)?)?)|-\d+)$")
PREFIXES = re.compile(r"^(?:copy of|kopie von) ")
STUDENT = re.compile(r"""^STUDENT\s*=\s*(["'])(.*?)\1""", re.MULTILINE)  # in an exercise with numbers of one's own
BACKUP = re.compile(r"\.backup-\d+")


@dataclass(frozen=True)
class Chosen:
    """What is graded of a submission. files: {exercise name: path in the bag}; notes: {exercise name: sentence};
    unclear: {exercise name: sentence} of those that cannot be graded until somebody decides."""

    files: dict = field(default_factory=dict)
    notes: dict = field(default_factory=dict)
    unclear: dict = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Submission:
    """student: a name that is unique in the class; places: the paths that belong to it; id: the platform's number."""

    student: str
    places: tuple
    id: str = ""

    @functools.lru_cache(16)  # noqa: B019  of the last ones, for each exercise
    def bag(self):
        return bag_of(self.places)

    @functools.lru_cache(16)  # noqa: B019
    def chosen(self):
        """Return what is graded: the proper names first, else a near miss if it is the only one."""
        return choose(self.bag().files)

    def notes(self, exercises):
        """Return sentences on what was left out, what could not be read, and what is graded instead of what."""
        bag, chosen = self.bag(), self.chosen()
        told = [chosen.unclear.get(e.name) or chosen.notes.get(e.name) for e in exercises]
        return [*bag.unread, *bag.notes, *filter(None, told)]

    def desk(self, exercise):
        """Return {path: bytes}: the file of an exercise under its own name, and all that lies beside and below it."""
        chosen = self.chosen()
        files, path = self.bag().files, PurePosixPath(chosen.files[exercise.name])
        found = {}
        for name, data in files.items():
            other = PurePosixPath(name)
            if other.is_relative_to(path.parent) and other.suffix.lower() != ".ipynb":
                found[str(other.relative_to(path.parent))] = data
        for name, file in chosen.files.items():  # others may be imported by their proper names
            if PurePosixPath(file).parent == path.parent:
                found.setdefault(FILES[name], python_of(files[file], file))
        found[exercise.file] = python_of(files[str(path)], str(path))
        return found


def same_numbers(listed, exercises):
    """Return a sentence for each name from which the numbers of more than one of these submissions are drawn."""
    found = {}
    for submission in listed:
        files, chosen = submission.bag().files, submission.chosen().files
        for path in [chosen[e.name] for e in exercises if e.derived and e.name in chosen]:
            name = STUDENT.search((python(path, files) or b"").decode("utf-8", "replace"))
            if name:
                found.setdefault(" ".join(name[2].lower().split()), {})[submission.student] = True
    return [
        f"{', '.join(students)} have the numbers of one name, {visible(name)!a}. Was a file handed on?"
        for name, students in found.items()
        if len(students) > 1
    ]


def python_of(data, path):
    return code_cells(data) if path.lower().endswith(".ipynb") else data


def submissions(folder):
    """Return the Submissions in a folder, sorted as people sort names.

    Raises InputError when there is no folder, when it holds no submission, and when it is that of one student.
    """
    folder = here(folder)
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}. It should hold one folder for each student.")
    if any(folder.glob("ex[0-9][0-9]_*.py")) or any((folder / "my").glob("ex[0-9][0-9]_*.py")):
        raise InputError(f"{folder} is the folder of one student. Name the one that holds a folder for each.")
    names, found = gradescope_names(folder), {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "_")):
            continue
        text = unicodedata.normalize("NFC", path.name)
        if path.is_dir():
            match = MOODLE.fullmatch(text)
            name, number = (match["name"], match["id"]) if match else names.get(text, (text, ""))
            found.setdefault((name, number), []).append(path)
        elif text.lower().endswith((*ARCHIVES, *CODE)):
            match = MOODLE.fullmatch(text) or CANVAS.fullmatch(text)
            archive = text.lower().endswith(ARCHIVES)
            if match:
                found.setdefault((match["name"], match["id"]), []).append((path, match["file"] or text))
            elif archive:
                found.setdefault((re.split(r"\.(?:zip|tar|tgz)", text, flags=re.I)[0], ""), []).append(path)
    if not found:
        raise InputError(
            f"{folder} holds no folders. It should hold one for each student, with files such as ex01_....py."
        )
    known = [name for name, _ in found]
    listed = [
        Submission(visible(name) if known.count(name) == 1 else f"{visible(name)} ({number})", tuple(places), number)
        for (name, number), places in found.items()
    ]
    return sorted(listed, key=lambda submission: name_order(submission.student))


def gradescope_names(folder):
    """Return {folder of a submission: (name, number)} from the metadata that Gradescope exports beside them."""
    try:
        text = (folder / METADATA).read_text("utf-8", "replace")[: 2**22]
    except OSError:
        return {}
    names = {}
    for block in re.split(r"(?m)^(?=submission_\d+:)", text):
        number, name = GRADESCOPE.match(block), re.search(r"(?m)^\s*-?\s*:?name:\s*(.+?)\s*$", block)
        if number and name:
            names[number[0]] = (name[1].strip("'\""), number[1])
    return names


def choose(files):
    """Return what is graded of {path: bytes}."""
    chosen = Chosen()
    for exercise in EXERCISES:
        ranked = {}
        for path in files:
            rank = nearness(PurePosixPath(path).name, exercise)
            if rank is not None:
                ranked.setdefault(rank, []).append(path)
        if ranked:
            one_of(exercise, ranked, files, chosen)
    return chosen


def one_of(exercise, ranked, files, chosen):
    """Choose one of the paths that are near in different degrees, {degree: paths}, and say why."""
    best, others = ranked[min(ranked)], [path for rank in sorted(ranked)[1:] for path in ranked[rank]]
    different = {python(path, files): path for path in sorted(best, key=lambda path: (path.count("/"), path))[::-1]}
    usual = [path for path in best if path in (exercise.file, f"my/{exercise.file}")]
    if len(different) > 1 and len(usual) != 1:
        names = ", ".join(visible(path) for path in sorted(best))
        chosen.unclear[exercise.name] = (
            f"It is not clear which file is meant: {names}. Leave one of them, with the name {exercise.file}."
        )
        return
    path = usual[0] if usual else different.popitem()[1]
    if path.lower().endswith(".ipynb") and python(path, files) is None:
        chosen.notes[exercise.name] = f"{visible(path)} is not a notebook that can be read; hand in {exercise.file}."
        return
    chosen.files[exercise.name] = path
    name, notes = PurePosixPath(path).name, []
    if path.lower().endswith(".ipynb"):
        notes.append(f"Graded from the code cells of {visible(path)}.")
    elif name != exercise.file:
        notes.append(f"Graded from {visible(path)}; the name should be {exercise.file}.")
    elif path not in (exercise.file, f"my/{exercise.file}"):
        notes.append(f"Graded from {visible(path)}.")
    left = [visible(other) for other in (*sorted(best), *others) if other != path]
    if left:
        notes.append(f"Not looked at: {', '.join(left)}.")
    if notes:
        chosen.notes[exercise.name] = " ".join(notes)


def python(path, files):
    """Return the code in a file, None for a notebook that is none."""
    try:
        return python_of(files[path], path)
    except ValueError:
        return None


def nearness(name, exercise):
    """Return 0 for the name of an exercise's file, 1 in another case, 2 near it, 3 for a notebook, else None."""
    if name == exercise.file:
        return 0
    if BACKUP.search(name):
        return None
    plain = unicodedata.normalize("NFKC", name).lower()
    if plain == exercise.file:
        return 1
    stem, kind = re.sub(r"(\.py|\.ipynb|\.txt)+$", "", plain), 3 if plain.endswith(".ipynb") else 2
    if stem == plain:
        return None
    stem = PREFIXES.sub("", re.sub(r"\.py(?=\W|$)", "", stem).strip())
    while (shorter := COPIES.sub("", stem)) != stem:
        stem = shorter
    words = re.sub(r"[-_ .]+", "_", stem.strip(" _-."))
    mine, number = exercise.name.replace("-", "_"), str(exercise.number)
    match = re.fullmatch(r"(?:(?:ex|exercise_?)?0*(\d+)_)?(.+)", words)
    if match and match[2] == mine and match[1] in (None, number):
        return kind
    return kind if re.fullmatch(rf"(?:ex|exercise_?)0*{number}", words) else None
