"""Between the command line and Python: texts to numbers, names of arguments to flags."""

import argparse
import re


def translated(message: str, flags: dict[str, str]) -> str:
    """Return a message of the library in the words of the command line: 'eta=0 has ...' as '--eta 0 has ...'.

    flags: {name of an argument: its flag}. The library writes `name=value`, or `name=` for the argument itself.
    """
    names = "|".join(map(re.escape, flags))
    if not names:
        return message
    return re.sub(rf"\b({names})=(?=([\w'-])?)", lambda found: flags[found[1]] + " " * bool(found[2]), message)


def positive(text: str) -> int:
    value = natural(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value} is not at least 1")
    return value


def natural(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of at least 0")
    return int(text)
