"""What a class does: which exercises, for how many points, and whether solutions may be seen."""

import configparser
import contextlib
from dataclasses import dataclass, field

from scratchnet.errors import InputError, nearest
from scratchnet.exercises.catalogue import EXERCISES
from scratchnet.storage import atomic_write, here

FILE = "syllabus.ini"
HEAD = """; What this class does. Edit it: leave out exercises, change points. It is looked for in the folder where a
; command is given, and by `exercise grade` in the folder that is graded too.

[class]
; may learners see solutions after an attempt? (It stops the command, not the curious: the source is open.)
solutions = {solutions}
; of the cases that `exercise grade` draws; 0 is what learners see
seed = {seed}
; limits for each exercise of each student: seconds, and megabytes of memory (0: none)
seconds = {seconds}
memory = {memory}

[points]
"""


@dataclass(frozen=True)
class Syllabus:
    """points: {name of an exercise: points}, in the order of the course; the rest as in the file."""

    points: dict = field(default_factory=lambda: {exercise.name: exercise.points for exercise in EXERCISES})
    solutions: bool = True
    seed: int = 1998
    seconds: int = 60
    memory: int = 2000

    @property
    def exercises(self):
        return [exercise for exercise in EXERCISES if exercise.name in self.points]

    @classmethod
    def nearby(cls, *folders):
        """Return the syllabus of the first folder that has one, else the whole course."""
        for folder in folders:
            if (here(folder) / FILE).is_file():
                return cls.read(here(folder) / FILE)
        return cls()

    @classmethod
    def read(cls, path):
        """Read the file. Raise InputError for one that cannot be understood."""
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read_string(here(path).read_bytes().decode("utf-8-sig"))
        except OSError as why:
            raise InputError(f"{path} cannot be read: {why.strerror}.") from None
        except (configparser.Error, UnicodeDecodeError) as why:
            reason = str(why).replace("\n", " ")
            raise InputError(f"{path} is not a syllabus: {reason}. `exercise syllabus` writes one.") from None
        known = {"class": {"solutions", "seed", "seconds", "memory"}, "points": {e.name for e in EXERCISES}}
        for section in parser.sections():
            if section not in known:
                raise InputError(f"{path}: there is no section [{section}].{nearest(section, list(known))}")
            for key in parser[section]:
                if key not in known[section]:
                    raise InputError(f"{path}: [{section}] has no {key!r}.{nearest(key, sorted(known[section]))}")
        settings = {}
        with sentence(path, "class"):
            if parser.has_option("class", "solutions"):
                settings["solutions"] = parser.getboolean("class", "solutions")
        for key in ("seed", "seconds", "memory"):
            if parser.has_option("class", key):
                settings[key] = whole_number(path, "class", key, parser["class"][key], least=key == "seconds")
        if 0 < settings.get("memory", 0) < 300:
            raise InputError(
                f"{path}: [class] memory of {settings['memory']} MB is less than NumPy needs. Give 300 or more."
            )
        if parser.has_section("points"):
            settings["points"] = {
                key: whole_number(path, "points", key, text) for key, text in parser["points"].items()
            }
            if not settings["points"]:
                raise InputError(f"{path}: [points] names no exercise. `exercise syllabus` writes all of them.")
        return cls(**settings)

    def write(self, path):
        lines = [f"{name} = {points}" for name, points in self.points.items()]
        head = HEAD.format(**vars(self) | {"solutions": "yes" if self.solutions else "no"})
        with atomic_write(path) as file:
            file.write((head + "\n".join(lines) + "\n").encode("ascii"))


@contextlib.contextmanager
def sentence(path, section):
    try:
        yield
    except ValueError as why:
        raise InputError(f"{path}: [{section}] solutions should be yes or no ({why}).") from None


def whole_number(path, section, key, text, least=0):
    if not text.isdecimal() or len(text) > 9 or int(text) < least:
        raise InputError(f"{path}: [{section}] {key} should be a whole number of at least {int(least)}, got {text!r}.")
    return int(text)
