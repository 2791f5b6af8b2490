"""The output codes of the ten digits: pictures of 7 x 12 pixels (paper, Fig. 3).

Similar characters have similar codes. The bar above 0, 2, 4 and 5 is in the figure: it distinguishes them
from letters of the same shape.
"""

import numpy as np
from numpy.typing import NDArray

PICTURES = """
.#####.  ...##..  .#####.  #######  .#####.  .#####.  ..####.  #######  .#####.  .#####.
.......  ..###..  .......  .....##  .......  .......  .##....  .....##  ##...##  ##..###
..###..  .####..  .#####.  ....##.  .......  #######  ##.....  .....##  ##...##  ##...##
.##.##.  ...##..  ##...##  ...##..  .##..##  ##.....  ##.....  ....##.  ##...##  ##...##
##...##  ...##..  #....##  ..####.  .##..##  ##.....  ######.  ...##..  .#####.  ##..###
##...##  ...##..  ....##.  .....##  ###..##  .####..  ###..##  ...##..  ##...##  .######
##...##  ...##..  ..###..  .....##  ##...##  ..####.  ##...##  ..##...  ##...##  .....##
##...##  ...##..  .##....  .....##  ##...##  .....##  ##...##  ..##...  ##...##  .....##
.##.##.  ...##..  ##.....  ##...##  ##..###  ##...##  ###..##  ..##...  ##...##  ....##.
..###..  .######  #######  .#####.  .######  .#####.  .#####.  ..##...  .#####.  .####..
.......  .......  .......  .......  .....##  .......  .......  .......  .......  .......
.......  .......  .......  .......  .....##  .......  .......  .......  .......  .......
"""


def codes_from(pictures: str) -> NDArray[np.float32]:
    """Return float32 (classes, 84) of +1 (#) and -1 (.), row by row, from pictures drawn side by side."""
    lines = [line.split() for line in pictures.split("\n") if line.strip()]
    glyphs = ["".join(rows) for rows in zip(*lines)]
    return np.array([[1 if pixel == "#" else -1 for pixel in glyph] for glyph in glyphs], np.float32)


DIGIT_CODES = codes_from(PICTURES)

# The blank between two digits is a character of Fig. 3 too, the first one: the space, whose picture has no ink. Its
# code is -1 everywhere, as far from the code of a digit as that digit has ink. The paper names a "blank space class"
# (VII) and does not print its code.
BLANK = len(DIGIT_CODES)
SPACE_CODE = np.full((1, DIGIT_CODES.shape[1]), -1, np.float32)
STRING_CODES = np.concatenate([DIGIT_CODES, SPACE_CODE])
