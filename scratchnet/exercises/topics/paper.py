"""The exercises on the paper's own parts: subsampling, Table I, codes and penalties, the network."""

import numpy as np

from scratchnet.exercises.cases import gaps, layer_case, normal, whole
from scratchnet.exercises.definition import Case, Exercise, Wrong
from scratchnet.exercises.kinds import Function, LayerPass
from scratchnet.exercises.networks import Network
from scratchnet.kernels import subsample, subsample_back
from scratchnet.layers import RBF, Subsampling
from scratchnet.models import DIGIT_CODES, TABLE_I, lenet5
from scratchnet.models.lenet5 import connection_table


def maps_case(rng, dtype, images, maps, height, width, **options):
    sizes = {"pixels of a window": 4, "outputs of a map": height * width // 4}
    return layer_case(Subsampling, rng, dtype, (images, maps, height, width), maps, sizes=sizes, **options)


def each_map(a):
    return a[:, None, None]


def window_sums(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5))


SUBSAMPLING = Exercise(
    number=0,
    name="subsampling",
    lesson=8,
    title="a learned coefficient for the sum of each 2x2 window",
    target=Subsampling,
    methods=("forward", "backward"),
    task="forward returns y and stores the sums as self.s (N, C, H/2, W/2). backward sets self.dW and "
    "self.db, one number for each map, and returns dE/dx.",
    shows=(subsample, Subsampling._back, subsample_back),
    kind=LayerPass(leaves=("s",)),
    tiny=lambda rng, dtype: maps_case(rng, dtype, 2, 1, 2, 4, draw=whole),
    draw=lambda rng, dtype: maps_case(rng, dtype, 5, 3, 6, 6),
    real=lambda rng, dtype: [maps_case(rng, dtype, 2, 6, 28, 28), maps_case(rng, dtype, 2, 16, 10, 10)],
    odd=lambda rng, dtype: [
        maps_case(rng, dtype, 1, 1, 2, 2),
        maps_case(rng, dtype, 3, 2, 4, 10),
        maps_case(rng, dtype, 3, 2, 8, 2, memory=gaps),
    ],
    wrong={
        "forward": (
            Wrong(
                "y",
                "Yours takes the mean of the window; it should take the sum (paper, II.B).",
                lambda c: each_map(c.W) * window_sums(c.x) / 4 + each_map(c.b),
            ),
            Wrong("y", "Yours has no bias; it should add b.", lambda c: each_map(c.W) * window_sums(c.x)),
            Wrong("y", "Yours has no coefficient; it should be W s + b.", lambda c: window_sums(c.x) + each_map(c.b)),
            Wrong(
                "y",
                "Yours is W (s + b); it should be W s + b.",
                lambda c: each_map(c.W) * (window_sums(c.x) + each_map(c.b)),
            ),
            Wrong(
                "y",
                "Yours takes the largest of the window; it should take the sum.",
                lambda c: each_map(c.W) * largest(c.x) + each_map(c.b),
            ),
            Wrong(
                "y",
                "Yours uses one pixel of each window; it should sum all four.",
                lambda c: each_map(c.W) * c.x[:, :, ::2, ::2] + each_map(c.b),
            ),
        ),
        "backward": (
            Wrong(
                "dx",
                "Yours divides dx by 4; it should not: the window was summed, so each pixel gets all of W dy.",
                lambda c: c.dx / 4,
            ),
            Wrong(
                "dx", "Yours has no coefficient W in dx; it should.", lambda c: np.repeat(np.repeat(c.dy, 2, 2), 2, 3)
            ),
            Wrong(
                "dx",
                "Yours gives one pixel of each window its share; it should give all four theirs.",
                lambda c: c.dx * corner(c.dx),
            ),
            Wrong(
                "dx",
                "Yours repeats the whole map; it should repeat each entry: np.repeat, not np.tile.",
                lambda c: np.tile(each_map(c.W) * c.dy, (1, 1, 2, 2)),
            ),
            Wrong(
                "dW",
                "Yours averages dW over the batch; it should sum: the 1/N is in the loss.",
                lambda c: c.dW / len(c.x),
            ),
            Wrong(
                "dW",
                "Yours is the mean; dW should be the sum over images, rows and columns.",
                lambda c: (c.dy * window_sums(c.x)).mean(axis=(0, 2, 3)),
            ),
            Wrong(
                "dW",
                "Yours has no sums s; it should be dW = sum dy s, with the s of forward.",
                lambda c: c.dy.sum(axis=(0, 2, 3)),
            ),
            Wrong(
                "db",
                "Yours is the mean; db should be the sum over images, rows and columns.",
                lambda c: c.dy.mean(axis=(0, 2, 3)),
            ),
        ),
    },
    hints=(
        "x.reshape(N, C, H/2, 2, W/2, 2) has the two rows of a window on axis 3 and its two columns on axis 5.",
        "W and b are (C,). To multiply (N, C, H, W), W needs two more axes: W[:, None, None]; b likewise.",
        "backward: dW and db are sums over axes 0, 2 and 3; one number for each map remains.",
        "dx: each pixel of a window gets W dy of its window. np.repeat(..., 2, axis=2), then along axis 3.",
    ),
)


def largest(x):
    N, C, H, W = x.shape
    return x.reshape(N, C, H // 2, 2, W // 2, 2).max(axis=(3, 5))


def corner(x):
    mask = np.zeros_like(x)
    mask[:, :, ::2, ::2] = 1
    return mask


def with_spaces(c):
    return np.array([[mark == "X" for mark in row] for row in c.drawing.split("\n") if row.strip()]).T


def drawing_case(rng, rows, columns):
    marks = np.array(["X", "."])[(rng.random((rows, columns)) < 0.5).astype(int)]
    marks[rng.integers(0, rows), :] = "X"
    marks[0, 0], marks[-1, -1] = "X", "."
    return Case({"drawing": "\n" + "\n".join(" ".join(row) for row in marks) + "\n"})


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
    draw=lambda rng, dtype: drawing_case(rng, *(int(n) for n in rng.permutation([4, 5]))),
    real=lambda rng, dtype: [Case({"drawing": TABLE_I})],
    odd=lambda rng, dtype: [
        Case({"drawing": "X"}),
        Case({"drawing": "X . X"}),
        Case({"drawing": "\n\n  X\n  .\n\n"}),
        Case({"drawing": "X  .\n.  X\nX  X"}),
    ],
    wrong={
        "": (
            Wrong(
                "table", "Yours has True and False in each other's place; X should be a connection.", lambda c: ~c.table
            ),
            Wrong(
                "table",
                "Yours is True everywhere, since bool('.') is True too; it should compare with \"X\".",
                lambda c: np.ones_like(c.table),
            ),
            Wrong(
                "table",
                "Yours is True everywhere, since bool('.') is True too; it should compare with \"X\".",
                lambda c: np.ones_like(c.table.T),
            ),
            Wrong(
                "table",
                "Yours counts the spaces between the marks; it should not: row.split() leaves them out.",
                with_spaces,
            ),
            Wrong(
                "table",
                "Yours is transposed; a row of the table should be an output map, as a column of the drawing is.",
                lambda c: c.table.T,
            ),
        )
    },
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
        codes_case(rng, dtype, 4, 4, 4),
        codes_case(rng, dtype, 4, 2, 5, memory=gaps),
    ],
    wrong={
        "forward": (
            Wrong(
                "y",
                "Yours sums the differences; it should sum their squares.",
                lambda c: differences(c).sum(axis=2),
            ),
            Wrong(
                "y",
                "Yours is the sum of |x - w|; it should be the sum of squares.",
                lambda c: np.abs(differences(c)).sum(axis=2),
            ),
            Wrong("y", "Yours is the distance; it should be its square (eq. 7).", lambda c: np.sqrt(c.y)),
            Wrong(
                "y",
                "Yours is the mean over the features; it should be the sum.",
                lambda c: (differences(c) ** 2).mean(axis=2),
            ),
            Wrong("y", "Yours has a factor 1/2; it should not (eq. 7).", lambda c: c.y / 2),
            Wrong("y", "Yours is the product x w'; it should be a squared distance.", lambda c: c.x @ c.codes.T),
        ),
        "backward": (
            Wrong(
                "dx",
                "Yours has no factor 2; it should, since the derivative of a square is 2 (x - w).",
                lambda c: c.dx / 2,
            ),
            Wrong(
                "dx",
                "Yours has 2 (w - x); it should be 2 (x - w).",
                lambda c: -c.dx,
            ),
            Wrong(
                "dx",
                "Yours has no dy; it should weigh each class by dE/dy_i.",
                lambda c: 2 * differences(c).sum(axis=1),
            ),
            Wrong(
                "dx",
                "Yours averages over the classes; it should sum over them.",
                lambda c: (2 * c.dy[:, :, None] * differences(c)).mean(axis=1),
            ),
        ),
    },
    hints=(
        "x is (N, F), codes (classes, F). x[:, None, :] is (N, 1, F); x[:, None, :] - codes is (N, classes, F).",
        "y is the sum of the squares over the last axis.",
        "backward: y_i = sum_j (x_j - w_ij)^2 has the derivative 2 (x_j - w_ij) with respect to x_j.",
        "Each class i adds dy_i times that: dy[:, :, None] * self.difference, summed over axis 1, times 2.",
    ),
)


def digit_codes_case(rng, dtype):
    case = layer_case(RBF, rng, dtype, (8, 84), DIGIT_CODES.astype(dtype), sizes={"classes": 10})
    return Case(case.arrays | {"codes": DIGIT_CODES.astype(dtype)}, case.args, sizes=case.sizes)


def differences(c):
    return c.x[:, None, :] - c.codes


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
