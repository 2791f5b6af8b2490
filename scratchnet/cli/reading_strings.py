"""predict --string: a whole string of digits in a picture, read with LeNet-5 at every position (paper, VII)."""

import textwrap

import numpy as np

from scratchnet.datasets import grey
from scratchnet.datasets.lines import line_in
from scratchnet.datasets.pixels import BACKGROUND, FOREGROUND
from scratchnet.errors import InputError
from scratchnet.models import read_string, space_displacement, with_blank
from scratchnet.models.displacement import between_codes, knows_blanks
from scratchnet.runs.doubt import doubt
from scratchnet.runs.model_file import limits_in, load_reader
from scratchnet.viewing.tables import ascii_strip, output_rows

NEVER_SAW_STRINGS = (
    "This model was trained on single digits: it never saw a digit's neighbours, or the blank between two digits, so "
    "doubt what it reads. `python -m scratchnet reproduce sdnn` trains one on strings."
)
NAMES = (*map(str, range(10)), "a blank")


def read_strings(model, paths, say):
    """Print the string in each picture. Return the exit code: 0, or 2 if one of the pictures cannot be used."""
    net, limit, failed = load_reader(model), limits_in(model), 0
    for path in paths:
        try:
            strip, marks = line_in(path)
        except InputError as why:
            say(f"scratchnet: {why}")
            failed += 1
            continue
        y = space_displacement(net, grey(strip[None], BACKGROUND, FOREGROUND))[0]
        if not np.isfinite(y).all():
            raise InputError(f"{model} has outputs that are not finite numbers. Train it again, with a lower --eta.")
        known = knows_blanks(net)
        y = y if known else with_blank(y, between_codes())
        read = read_string(y)
        print(ascii_strip(strip))
        print(output_rows(y, read))
        print(f"{path}: {read.text or 'no digit'}")
        for sentence in filter(None, (marks, *doubts(net, y, read, limit), "" if known else NEVER_SAW_STRINGS)):
            print(textwrap.fill(f"{sentence.removesuffix('.')}.", 100, initial_indent="  ", subsequent_indent="  "))
        print()
    return 2 if failed else 0


def doubts(net, y, read, limit):
    """Return a sentence for each character that the model should doubt."""
    for number, place in enumerate(read.places, 1):
        sentence = doubt(net, -y[:, place], limit, NAMES, read.string[number - 1])
        if sentence:
            yield f"digit {number}, {read.string[number - 1]}: {sentence}"
