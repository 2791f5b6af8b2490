"""The exercises on the paper's own parts: Table I, codes and penalties, the network."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, normal, whole
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.kinds import Function, LayerPass
from scratchnet.exercises.networks import Network
from scratchnet.exercises.topics.families import in_a_loop, wrongs
from scratchnet.layers import RBF
from scratchnet.models import DIGIT_CODES, TABLE_I, lenet5
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
    number=0,
    name="table-one",
    lesson=9,
    title="which maps of S2 each map of C3 reads",
    target=connection_table,
    task="The drawing is text, with X where a map is read, a dot where it is not, and spaces between. TABLE_I in "
    "scratchnet.models is the paper's. Ignore blank lines before and after.",
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


def codes_case(rng, dtype, images, classes, features, draw=normal, memory=np.ascontiguousarray):
    codes = rng.choice([-1, 1], (classes, features)).astype(dtype)
    case = layer_case(RBF, rng, dtype, (images, features), codes, draw=draw, memory=memory, sizes={"classes": classes})
    return Case(case.arrays | {"codes": codes}, case.args, sizes=case.sizes)


def digit_codes_case(rng, dtype):
    case = layer_case(RBF, rng, dtype, (8, 84), DIGIT_CODES.astype(dtype), sizes={"classes": 10})
    return Case(case.arrays | {"codes": DIGIT_CODES.astype(dtype)}, case.args, sizes=case.sizes)


def differences(c):
    return c.x[:, None, :] - c.codes


def y_of(c):
    return (differences(c) ** 2).sum(axis=2)


def dx_of(c):
    return 2 * (c.dy[:, :, None] * differences(c)).sum(axis=1)


def nearest(c):
    """dx of the nearest class alone."""
    n, near = np.arange(len(c.x)), y_of(c).argmin(axis=1)
    return 2 * c.dy[n, near][:, None] * differences(c)[n, near]


RBF_FORWARD = wrongs(
    "y",
    {
        "Yours sums the differences; it should sum their squares.": lambda c: differences(c).sum(axis=2),
        "Yours is the sum of |x - w|; it should be the sum of squares.": lambda c: np.abs(differences(c)).sum(axis=2),
        "Yours is the distance; it should be its square (eq. 7).": lambda c: np.sqrt(y_of(c)),
        "Yours is the mean over the features; it should be the sum.": lambda c: (differences(c) ** 2).mean(axis=2),
        "Yours has a factor 1/2; it should not (eq. 7).": lambda c: y_of(c) / 2,
        "Yours is the product x w'; it should be a squared distance.": lambda c: c.x @ c.codes.T,
        "Yours has the other sign; it should be the penalty itself, which is never negative.": lambda c: -y_of(c),
        "Yours sums over the classes; it should sum over the features, the last axis.": (
            lambda c: (differences(c) ** 2).sum(axis=1),
            lambda c: (differences(c) ** 2).mean(axis=1),
        ),
        "Yours sums over the images; it should sum over the features, the last axis.": (
            lambda c: (differences(c) ** 2).sum(axis=0)
        ),
        "Yours is the square of the sum; it should be the sum of the squares.": lambda c: (
            differences(c).sum(axis=2) ** 2
        ),
        "Yours is e^-y, a Gaussian; it should be the penalty y itself.": (
            lambda c: np.exp(-y_of(c)),
            lambda c: np.exp(-y_of(c) / 2),
        ),
        "Yours is the largest square; it should be the sum of the squares.": (
            lambda c: (differences(c) ** 2).max(axis=2),
            lambda c: np.abs(differences(c)).max(axis=2),
        ),
        "Yours is x^2 - w^2; it should square the difference: (x - w)^2.": (
            lambda c: (c.x**2).sum(axis=1, keepdims=True) - (c.codes**2).sum(axis=1)
        ),
        "Yours is x^2 + w^2 without -2 x w; it should be (x - w)^2.": (
            lambda c: (c.x**2).sum(axis=1, keepdims=True) + (c.codes**2).sum(axis=1)
        ),
        "Yours has x w once; it should be x^2 - 2 x w + w^2.": lambda c: y_of(c) + c.x @ c.codes.T,
        "Yours has + 2 x w, which is (x + w)^2; it should be (x - w)^2.": lambda c: y_of(c) + 4 * c.x @ c.codes.T,
        "Yours uses the last feature only; it should sum over all: `+=` in the inner loop.": (
            lambda c: differences(c)[:, :, -1] ** 2
        ),
        "Yours uses the first feature only; it should sum over all: is `return` inside of the loop?": (
            lambda c: differences(c)[:, :, 0] ** 2
        ),
    },
)
RBF_STORED = wrongs(
    "self.difference",
    {
        "Yours stores w - x; self.difference should be x - w.": lambda c: -differences(c),
        "Yours stores the squares; self.difference should be x - w.": lambda c: differences(c) ** 2,
        "Yours stores |x - w|; self.difference should be x - w.": lambda c: np.abs(differences(c)),
        "Yours stores 2 (x - w); self.difference should be x - w.": lambda c: 2 * differences(c),
        "Yours stores y; self.difference should be x - w, of shape (N, classes, F).": y_of,
        "Yours stores the sum of x - w; self.difference should be x - w, of shape (N, classes, F).": (
            lambda c: differences(c).sum(axis=2),
            lambda c: differences(c).sum(axis=1),
        ),
    },
)
RBF_BACKWARD = wrongs(
    "dx",
    {
        "Yours has no factor 2; it should, since the derivative of a square is 2 (x - w).": lambda c: c.dx / 2,
        "Yours has 2 (w - x); it should be 2 (x - w).": lambda c: -c.dx,
        "Yours has w - x and no factor 2; it should be 2 (x - w).": lambda c: -c.dx / 2,
        "Yours has no dy; it should weigh each class by dE/dy_i.": (
            lambda c: 2 * differences(c).sum(axis=1),
            lambda c: differences(c).sum(axis=1),
        ),
        "Yours averages over the classes; it should sum over them.": (
            lambda c: (2 * c.dy[:, :, None] * differences(c)).mean(axis=1)
        ),
        "Yours sums over the features; it should sum over the classes, axis 1.": (
            lambda c: (2 * c.dy[:, :, None] * differences(c)).sum(axis=2),
            lambda c: (c.dy[:, :, None] * differences(c)).sum(axis=2),
        ),
        "Yours sums over the images; it should sum over the classes, axis 1.": (
            lambda c: (2 * c.dy[:, :, None] * differences(c)).sum(axis=0)
        ),
        "Yours squares x - w; it should not: the derivative of a square is 2 (x - w).": (
            lambda c: 2 * (c.dy[:, :, None] * differences(c) ** 2).sum(axis=1),
            lambda c: (c.dy[:, :, None] * differences(c) ** 2).sum(axis=1),
        ),
        "Yours has |x - w|; it should be x - w, with its sign.": (
            lambda c: 2 * (c.dy[:, :, None] * np.abs(differences(c))).sum(axis=1)
        ),
        "Yours squares dy; it should not.": lambda c: 2 * (c.dy[:, :, None] ** 2 * differences(c)).sum(axis=1),
        "Yours is the product of two sums; it should multiply dy and x - w first, and then sum over the classes.": [
            lambda c, k=k: k * c.dy.sum(axis=1, keepdims=True) * differences(c).sum(axis=1) for k in (1, 2)
        ],
        "Yours has w alone; it should have x - w: self.difference.": [
            lambda c, k=k: k * c.dy @ c.codes for k in (-2, -1, 1, 2)
        ],
        "Yours has x alone; it should have x - w: self.difference.": [
            lambda c, k=k: k * c.dy.sum(axis=1, keepdims=True) * c.x for k in (1, 2)
        ],
        "Yours pairs every image with every image, as the product `@` of dy and self.difference does; it should be "
        "dy[:, :, None] * self.difference, summed over axis 1.": [
            lambda c, k=k: k * c.dy @ differences(c) for k in (1, 2)
        ],
        "Yours uses the first class only; it should sum over all classes.": (
            lambda c: 2 * c.dy[:, :1] * differences(c)[:, 0]
        ),
        "Yours uses the last class only; it should sum over all classes: `+=` in the loop.": (
            lambda c: 2 * c.dy[:, -1:] * differences(c)[:, -1]
        ),
        "Yours uses the nearest class only; it should sum over all classes.": nearest,
        "Yours multiplies by y too; it should be dy times 2 (x - w).": (
            lambda c: 2 * ((c.dy * y_of(c))[:, :, None] * differences(c)).sum(axis=1)
        ),
        "Yours has y for dy; it should be dy times 2 (x - w).": (
            lambda c: 2 * (y_of(c)[:, :, None] * differences(c)).sum(axis=1)
        ),
        "Yours divides by the distance; it should not: y is the square, with the slope 2 (x - w).": (
            lambda c: ((c.dy / np.sqrt(y_of(c)))[:, :, None] * differences(c)).sum(axis=1)
        ),
    },
)

RBF_LAYER = Exercise(
    number=0,
    name="rbf",
    lesson=10,
    title="how far an answer is from each code",
    target=RBF,
    methods=("forward", "backward"),
    task="self.codes is (classes, F). forward returns the penalties y (N, classes) and stores x - w for every pair as "
    "self.difference (N, classes, F). backward takes dE/dy and returns dE/dx.",
    kind=LayerPass(leaves=("difference",)),
    tiny=lambda rng, dtype: codes_case(rng, dtype, 2, 2, 3, draw=whole),
    draw=lambda rng, dtype: codes_case(rng, dtype, 5, 3, 6),
    real=lambda rng, dtype: [digit_codes_case(rng, dtype)],
    odd=lambda rng, dtype: [
        codes_case(rng, dtype, 1, 1, 1),
        codes_case(rng, dtype, 1, 7, 2),
        codes_case(rng, dtype, 4, 1, 3),
        codes_case(rng, dtype, 4, 4, 4),
        codes_case(rng, dtype, 3, 3, 5),
        codes_case(rng, dtype, 5, 2, 5),
        codes_case(rng, dtype, 2, 4, 4),
        codes_case(rng, dtype, 4, 2, 5, memory=gaps),
    ],
    wrong={
        "forward": RBF_FORWARD + in_a_loop("y", y_of) + RBF_STORED,
        "backward": RBF_BACKWARD + in_a_loop("dx", dx_of),
    },
    hints=(
        "x is (N, F), codes (classes, F). x[:, None, :] is (N, 1, F); x[:, None, :] - codes is (N, classes, F).",
        "y is the sum of the squares over the last axis.",
        "backward: y_i = sum_j (x_j - w_ij)^2 has the derivative 2 (x_j - w_ij) with respect to x_j.",
        "Each class i adds dy_i times that: dy[:, :, None] * self.difference, summed over axis 1, times 2.",
    ),
)

LENET5 = Exercise(
    number=0,
    name="lenet5",
    lesson=12,
    title="the network of 1998, built from its layers",
    target=lenet5,
    task="Return a Sequential of the layers called C1, C1_squash, S2, S2_squash, C3, C3_squash, S4, S4_squash, C5, "
    "C5_squash, flatten, F6, F6_squash, OUTPUT; squash: ScaledTanh(). rng, dtype, init and coefficient go to layers "
    "that have them. The check puts its own parameters into your network.",
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
