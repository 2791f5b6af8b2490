"""Between the command line and Python: texts to numbers, names of arguments to flags, guesses for misspelt words."""

import argparse
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any, NoReturn

from scratchnet.errors import nearest


class Parser(argparse.ArgumentParser):
    """argparse's parser, with a guess for a misspelt command or flag."""

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            what = action.metavar if isinstance(action.metavar, str) else "value"
            raise argparse.ArgumentError(None, f"there is no {what} {value!r}.{nearest(value, action.choices)}")

    def error(self, message: str) -> NoReturn:
        found = re.match(r"unrecognized arguments: .*?(--[\w-]+)", message)
        if found:
            guess = nearest(found[1], sorted(flags_of(self))).partition(" There are ")[0]
            message = f"{message}.{guess} `--help` after the command lists its flags."
        super().error(message)


def flags_of(parser: argparse.ArgumentParser) -> set[str]:
    """Return the flags of a parser and of all commands below it."""
    flags = {flag for action in parser._actions for flag in action.option_strings if flag.startswith("--")}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                flags |= flags_of(below)
    return flags


def translated(message: str, flags: dict[str, str]) -> str:
    """Return a message of the library in the words of the command line: 'eta=0 has ...' as '--eta 0 has ...'.

    flags: {name of an argument: its flag}. The library writes `name=value`, or `name=` for the argument itself.
    """
    names = "|".join(map(re.escape, flags))
    if not names:
        return message
    return re.sub(rf"\b({names})=(?=([\w'-])?)", lambda found: flags[found[1]] + " " * bool(found[2]), message)


def path_of(text: str) -> Path:
    """Return a path with `~` as the home folder: in --out=~/run no shell replaces it."""
    return Path(os.path.expanduser(text))


def pasted(path: Any) -> str:
    """Return a path as it has to stand in a command: in quotes if it has spaces or other signs of a shell."""
    text = f"./{path}" if str(path).startswith("-") else str(path)  # else it would be a flag
    return subprocess.list2cmdline([text]) if os.name == "nt" else shlex.quote(text)


def positive(text: str) -> int:
    value = natural(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"expected at least 1, got {value}")
    return value


def natural(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 0, got {text!r}")
    return int(text)
