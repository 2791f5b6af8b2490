"""The exercises on the paper's own parts: Table I and the network."""

import numpy as np

from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.kinds import Function
from scratchnet.exercises.networks import Network
from scratchnet.exercises.topics.families import wrongs
from scratchnet.models import TABLE_I, lenet5
from scratchnet.models.lenet5 import connection_table


def drawing_case(rng, rows, columns, between=" ", before="\n", after="\n"):
    marks = np.array(["X", "."])[(rng.random((rows, columns)) < 0.5).astype(int)]
    marks[rng.integers(0, rows), :] = "X"
    marks[0, 0], marks[-1, -1] = "X", "."
    return Case({"drawing": before + "\n".join(between.join(row) for row in marks) + after})


def lines(c):
    return [row for row in c.drawing.split("\n") if row.strip()]


def table_of(rows):
    """The table of lists of marks."""
    return np.array([[mark == "X" for mark in row] for row in rows]).T


def in_the_paper_s_size(c):
    table = np.zeros((16, 6), bool)
    table[: c.table.shape[0], : c.table.shape[1]] = c.table
    return table


TABLE = wrongs(
    "table",
    {
        "Yours has True and False in each other's place; X should be a connection.": lambda c: ~c.table,
        "Yours is True everywhere, since bool('.') is True too; it should compare with \"X\".": (
            lambda c: np.ones_like(c.table),
            lambda c: np.ones_like(c.table.T),
        ),
        'Yours is False everywhere; it should be True at each "X", a capital letter.': (
            lambda c: np.zeros_like(c.table),
            lambda c: np.zeros_like(c.table.T),
        ),
        "Yours counts the spaces between the marks; it should not: row.split() leaves them out.": (
            lambda c: table_of(lines(c)),
            lambda c: table_of(row.strip() for row in lines(c)),
        ),
        "Yours splits at each single space, split(' '); it should be row.split(), for any number of spaces.": (
            lambda c: table_of(row.split(" ") for row in lines(c))
        ),
        "Yours takes every other letter of a line; it should take the marks, however many spaces are between: "
        "row.split().": (
            lambda c: table_of(row[::2] for row in lines(c)),
            lambda c: table_of(row.strip()[::2] for row in lines(c)),
        ),
        "Yours is transposed; a row of the table should be an output map, as a column of the drawing is.": (
            lambda c: c.table.T
        ),
        "Yours has the shape of the transpose, but its numbers in the order of the drawing; it should transpose, .T, "
        "and not reshape.": lambda c: c.table.T.reshape(c.table.shape),
        "Yours has one row for all lines of the drawing; it should be a table: split the drawing at '\\n' first.": (
            lambda c: c.table.T.ravel()
        ),
        "Yours leaves out the first and the last line; it should leave out blank lines only: if line.strip().": (
            lambda c: table_of(row.split() for row in c.drawing.split("\n")[1:-1])
        ),
        "Yours leaves out the first line; it should leave out blank lines only: if line.strip().": (
            lambda c: table_of(row.split() for row in c.drawing.split("\n")[1:])
        ),
        "Yours leaves out the last line; it should leave out blank lines only: if line.strip().": (
            lambda c: table_of(row.split() for row in c.drawing.split("\n")[:-1])
        ),
        "Yours has the shape (16, 6) for every drawing; it should have a row for each column of the drawing.": (
            in_the_paper_s_size
        ),
        'Yours compares a whole line with "X"; it should compare each mark of line.split().': (
            lambda c: np.zeros(c.table.shape[1], bool)
        ),
        "Yours reads the first line only; it should read all: is `return` inside of the loop?": lambda c: c.table[
            :, :1
        ],
        "Yours has the lines from the last to the first; it should keep their order.": lambda c: c.table[:, ::-1],
        "Yours has its rows from the last to the first; it should be the transpose, .T, and not np.rot90.": lambda c: (
            c.table[::-1]
        ),
    },
)

TABLE_ONE = Exercise(
    name="table-one",
    title="which maps of S2 each map of C3 reads",
    target=connection_table,
    task="The drawing is text, with X where a map is read, a dot where it is not, and spaces between. TABLE_I in "
    "scratchnet.models is the paper's. Ignore blank lines before and after.",
    contract={
        "": "Return a boolean array (out, in) from a drawing: a row is an input map, a column an output map.",
    },
    gives=("from scratchnet.models import TABLE_I",),
    play="print(TABLE_I, connection_table(TABLE_I))",
    kind=Function("table"),
    tiny=lambda rng, dtype: drawing_case(rng, 2, 3),
    draw=lambda rng, dtype: drawing_case(rng, *(int(n) for n in rng.permutation([4, 5])), "  ", "", ""),
    real=lambda rng, dtype: [Case({"drawing": TABLE_I})],
    odd=lambda rng, dtype: [
        drawing_case(rng, 3, 3),
        drawing_case(rng, 3, 3, "   ", "\n\n", "\n\n"),
        Case({"drawing": "X"}),
        Case({"drawing": "X . X"}),
        Case({"drawing": "\n\n  X\n  .\n\n"}),
        Case({"drawing": "X  .\n.  X\nX  X"}),
        Case({"drawing": ". .\n. ."}),
    ],
    wrong={"": TABLE},
    hints=(
        "drawing.split('\\n') gives the lines; line.split() gives the marks in a line, without the spaces.",
        "Leave out the lines that are empty: [line.split() for line in ... if line.strip()].",
        "mark == 'X' is True or False. np.array of a list of lists of these is boolean, with a row for each line.",
        "A line is an input map, but the table is (out, in): transpose at the end.",
    ),
)

LENET5 = Exercise(
    name="lenet5",
    title="the network of 1998, built from its layers",
    target=lenet5,
    task="Return a Sequential of the layers called C1, C1_squash, S2, S2_squash, C3, C3_squash, S4, S4_squash, C5, "
    "C5_squash, flatten, F6, F6_squash, OUTPUT; squash: ScaledTanh(). rng, dtype, init and coefficient go to layers "
    "that have them. The check puts its own parameters into your network.",
    contract={
        "": "Return the network of Fig. 2: (N, 1, 32, 32) -> penalties (N, 10), the smallest wins.\n"
        "It has 60,000 trainable parameters and 340,908 connections. init draws the initial weights; "
        "coefficient is the initial W of S2 and S4.",
    },
    gives=(
        "from scratchnet import RBF, Conv2d, Flatten, Linear, ScaledTanh, Sequential, Subsampling",
        "from scratchnet.layers.initial import uniform_over_sqrt_fan_in",
        "from scratchnet.models import DIGIT_CODES, TABLE_I",
        "from scratchnet.models.lenet5 import connection_table",
    ),
    play="print(lenet5())",
    kind=Network(),
    open=True,
    tiny=lambda rng, dtype: Case({"x": rng.normal(size=(1, 1, 32, 32))}),
    draw=lambda rng, dtype: Case({"x": rng.normal(size=(2, 1, 32, 32))}),
    real=lambda rng, dtype: [Case({"x": rng.normal(size=(3, 1, 32, 32))})],
    odd=lambda rng, dtype: [Case({"x": np.zeros((1, 1, 32, 32))})],
    hints=(
        "Sequential(C1=Conv2d(1, 6, 5, ...), C1_squash=ScaledTanh(), S2=Subsampling(6, ...), ...) names the layers.",
        "The maps: 1, 6, 16, 120; every convolution is 5x5. Then Flatten(), Linear(120, 84), RBF with ten codes.",
        "C3 takes connections=connection_table(TABLE_I); without it, it has 2,416 parameters and not 1,516.",
        "Layers with weights take rng=, dtype= and init=; Subsampling takes rng=, dtype= and coefficient=.",
    ),
)
