"""Mistakes as learners write them, in the paper's own parts. The form is that of mistakes_layers."""

from answers import ANSWERS

SHAPE = "N, C, H, W = x.shape\n"
SUMS = SHAPE + "self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5))\n"
LOOPS = (
    SHAPE + "self.s = np.zeros((N, C, H // 2, W // 2), x.dtype)\nfor h in range(H // 2):\n    for w in range(W // 2):\n"
)
LINE = "return self.W[:, None, None] * self.s + self.b[:, None, None]"
DW = "self.dW = (dy * self.s).sum(axis=(0, 2, 3))\n"
DB = "self.db = dy.sum(axis=(0, 2, 3))\n"
DX = "return np.repeat(np.repeat(self.W[:, None, None] * dy, 2, axis=2), 2, axis=3)"

SUBSAMPLING = [
    ((SHAPE + "self.s = x.reshape(N, C, H // 2, W // 2, 2, 2).sum(axis=(4, 5))\n" + LINE, None),
     "reshape(N, C, H // 2, 2, W // 2, 2)", "windows last"),
    ((SHAPE + "self.s = x.reshape(N, C, 2, H // 2, 2, W // 2).sum(axis=(2, 4))\n" + LINE, None),
     "reshape(N, C, H // 2, 2, W // 2, 2)", "windows first"),
    ((SHAPE + "self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(2, 4))\n" + LINE, None),
     "axes 3 and 5", "axes 2 and 4"),
    ((SHAPE + "self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(4, 5))\n" + LINE, None),
     "axes 3 and 5", "axes 4 and 5"),
    ((SHAPE + "self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 4))\n" + LINE, None),
     "axes 3 and 5", "axes 3 and 4"),
    ((LOOPS + "        self.s[:, :, h, w] = x[:, :, h : h + 2, w : w + 2].sum(axis=(2, 3))\n" + LINE, None),
     "stride of 2", "no stride"),
    ((LOOPS + "        self.s[:, :, h, w] = x[:, :, 2 * h : 2 * h + 1, 2 * w : 2 * w + 1].sum(axis=(2, 3))\n" + LINE,
      None), "one pixel of each window", "slice too short"),
    ((LOOPS + "        self.s[:, :, h, w] = x[:, :, 2 * w : 2 * w + 2, 2 * h : 2 * h + 2].sum(axis=(2, 3))\n" + LINE,
      None), "swapped", "rows and columns swapped"),
    ((LOOPS.replace("for h", "total = 0\nfor h") + "        total = total + x[:, :, 2 * h : 2 * h + 2, "
      "2 * w : 2 * w + 2].sum(axis=(2, 3))\n        self.s[:, :, h, w] = total\n" + LINE, None),
     "start again at 0", "total not reset"),
    ((LOOPS + "        self.s[:, :, h, w] = x[:, :, 2 * h : 2 * h + 2, 2 * w : 2 * w + 2].sum(axis=(2, 3))\n"
      "    " + LINE, None), "first row of windows", "return in the loop"),
    ((LOOPS + "        self.s[:, :, h, w] = x[:, :, 2 * h : 2 * h + 2, 2 * w : 2 * w + 2].sum()\n" + LINE, None),
     "over the images and maps too", "sum without axes"),
    ((SUMS + "return self.W * self.s + self.b", None), "columns", "W along the columns"),
    ((SUMS + "return self.W[:, None] * self.s + self.b[:, None]", None), "rows", "W along the rows"),
    ((SUMS + "return self.W[:, None, None] * self.s + self.b", None), "b along the columns", "b along the columns"),
    ((SUMS + "return self.W[0] * self.s + self.b[0]", None), "the first map", "W[0]"),
    ((SUMS + "return self.W.sum() * self.s + self.b.sum()", None), "sum of W", "sum of W"),
    ((SUMS.replace(".sum(", ".max(") + LINE, None), "largest of the window", "max"),
    ((SUMS.replace(".sum(", ".mean(") + LINE, None), "mean of the window", "mean"),
    ((SUMS.replace("self.s", "s") + LINE.replace("self.s", "s"), None), "stores nothing in self.s", "self.s forgotten"),
    ((SUMS + "self.s = self.W[:, None, None] * self.s\nreturn self.s + self.b[:, None, None]", None),
     "the sums alone", "W s in self.s"),
    ((SUMS + "self.s = self.W[:, None, None] * self.s + self.b[:, None, None]\nreturn self.s", None),
     "the sums alone", "y in self.s"),
    ((SUMS + "y = self.W[:, None, None] * self.s + self.b[:, None, None]\nself.s = self.s / 4\nreturn y", None),
     "self.s should be the sum", "mean in self.s"),
    ((SUMS + "return self.W[:, None, None] * self.s + 4 * self.b[:, None, None]", None), "b four times", "4 b"),
    ((SUMS + "return A * np.tanh(self.W[:, None, None] * self.s + self.b[:, None, None])".replace("A * ", ""), None),
     "tanh", "an activation"),
    ((SHAPE + "self.s = x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2]\n" + LINE, None),
     "three pixels", "three pixels"),
    ((SHAPE + "self.s = x[:, :, ::2, ::2] + x[:, :, 1::2, 1::2]\n" + LINE, None), "two pixels", "the diagonal"),
    ((SHAPE + "self.s = x[:, :, : H // 2, : W // 2] + x[:, :, H // 2 :, : W // 2] + x[:, :, : H // 2, W // 2 :] "
      "+ x[:, :, H // 2 :, W // 2 :]\n" + LINE, None), "neighbours", "quarters of the image"),
    ((LOOPS.replace(", x.dtype", "")
      + "        self.s[:, :, h, w] = x[:, :, 2 * h : 2 * h + 2, 2 * w : 2 * w + 2].sum(axis=(2, 3))\n" + LINE, None),
     "Keep the dtype", "dtype"),
    ((LOOPS.replace("range(H // 2)", "range(H // 2 - 1)")
      + "        self.s[:, :, h, w] = x[:, :, 2 * h : 2 * h + 2, 2 * w : 2 * w + 2].sum(axis=(2, 3))\n" + LINE, None),
     "last index along axis 2", "range too short"),
    ((None, DW.replace(".sum(", ".mean(") + DB + DX), "mean; dW should be the sum", "dW mean"),
    ((None, DW + DB.replace(".sum(", ".mean(") + DX), "mean; db should be the sum", "db mean"),
    ((None, DW.replace("\n", " / len(dy)\n") + DB + DX), "over the batch", "dW averaged"),
    ((None, DW.replace("self.s", "self.s / 4") + DB + DX), "mean of the window for s", "dW of means"),
    ((None, DW.replace("(0, 2, 3)", "(0, 1, 2)") + DB + DX), "axes 0, 2 and 3", "dW axes 0 1 2"),
    ((None, DW + DB.replace("(0, 2, 3)", "(0, 1, 2)") + DX), "axes 0, 2 and 3", "db axes 0 1 2"),
    ((None, DW + DB.replace("(0, 2, 3)", "(0, 1, 3)") + DX), "axes 0, 2 and 3", "db axes 0 1 3"),
    ((None, DW + DB.replace("(0, 2, 3)", "(1, 2, 3)") + DX), "axes 0, 2 and 3", "db axes 1 2 3"),
    ((None, DW + DB.replace("(0, 2, 3)", "(2, 3)") + DX), "summed over axis 0", "db axes 2 3"),
    ((None, DW + "self.db = dy.sum(axis=0)\n" + DX), "axes 0, 2 and 3", "db axis 0"),
    ((None, DW + "self.db = np.sum(dy)\n" + DX), "too many axes", "db a number"),
    ((None, DW.replace("self.dW", "dW") + DB + DX), "stores it on self", "no self"),
    ((None, DW.replace("\n", " * self.W\n") + DB + DX), "multiplies dW by W", "dW times W"),
    ((None, DW + DB.replace("\n", " * 4\n") + DX), "4 times", "db for every pixel"),
    ((SUMS + "self.y = self.W[:, None, None] * self.s + self.b[:, None, None]\nreturn self.y",
      DW.replace("self.s", "self.y") + DB + DX), "Yours has y", "dW from y"),
    ((SUMS + "self.x = x\n" + LINE, DW + DB + DX + " * self.x"), "multiplies dx by x", "dx times x"),
    ((SUMS + "self.x = x\n" + LINE, DW.replace("self.s", "self.x[:, :, ::2, ::2]") + DB + DX),
     "one pixel of each window", "dW of one pixel"),
    ((None, DW + DB + DX.replace("self.W[:, None, None] * dy", "self.W * dy")), "columns", "dx, W along the columns"),
    ((None, DW + DB + DX.replace("self.W[:, None, None] * dy", "self.W[:, None] * dy")), "rows", "dx, W along rows"),
    ((None, DW + DB + DX.replace("self.W[:, None, None] * dy", "self.W[:, None, None] * dy / 4")), "divides dx by 4",
     "dx / 4"),
    ((None, DW + DB + DX.replace("self.W[:, None, None] * dy", "self.W[:, None, None] * dy + self.b[:, None, None]")),
     "adds b to dx", "dx with b"),
    ((None, DW + DB + "ds = self.W[:, None, None] * dy\nreturn np.tile(ds, (1, 1, 2, 2))"), "np.repeat, not np.tile",
     "tile"),
    ((None, DW + DB + "N, C, H, W = dy.shape\nds = self.W[:, None, None] * dy\n"
      "return ds.repeat(4).reshape(N, C, 2 * H, 2 * W)"), "four times in a row", "repeat(4)"),
    ((None, DW + DB + "N, C, H, W = dy.shape\nds = self.W[:, None, None] * dy\n"
      "return np.repeat(ds, 4, axis=3).reshape(N, C, 2 * H, 2 * W)"), "four times in a row", "repeat(4, axis=3)"),
    ((None, DW + DB + "return np.repeat(self.W[:, None, None] * dy, 2, axis=3)"), "once along the rows too",
     "repeated once"),
    ((None, DW + DB + "return self.W[:, None, None] * dy"), "should have the shape of x", "not repeated"),
    ((None, DW + DB + "N, C, H, W = dy.shape\ndx = np.zeros((N, C, 2 * H, 2 * W), dy.dtype)\n"
      "dx[:, :, ::2, ::2] = self.W[:, None, None] * dy\nreturn dx"), "one pixel of each window", "the corner"),
    ((None, DW + DB + DX.replace("self.W[:, None, None] * dy", "self.W[:, None, None] * dy * self.s")),
     "multiplies dx by s", "dx times s"),
    ((None, DW + DB + DX.replace("* dy", "* np.ones_like(dy)")), "no dy", "no dy"),
]  # fmt: skip

TABLE_ONE = [
    (("return np.array([mark == 'X' for mark in drawing.split()])",), "one row for all lines", "one list"),
    (("rows = drawing.split('\\n')[1:-1]\nreturn np.array([[m == 'X' for m in row.split()] for row in rows]).T",),
     "first and the last line", "[1:-1]"),
    (("rows = drawing.split('\\n')[1:]\nreturn np.array([[m == 'X' for m in row.split()] for row in rows]).T",),
     "inhomogeneous", "[1:]"),
    (("rows = [r.split(' ') for r in drawing.split('\\n') if r.strip()]\n"
      "return np.array([[m == 'X' for m in row] for row in rows]).T",), "split(' ')", "split(' ')"),
    (("rows = [r.split() for r in drawing.split('\\n') if r.strip()]\n"
      "return np.array([[m == 'x' for m in row] for row in rows]).T",), "False everywhere", "x"),
    (("rows = [r.split() for r in drawing.split('\\n') if r.strip()]\nreturn np.array(rows).T",), "comparison",
     "letters"),
    (("rows = [r.split() for r in drawing.split('\\n') if r.strip()]\n"
      "return [[m == 'X' for m in row] for row in rows]",), "got list", "a list"),
    (("rows = [r.split() for r in drawing.split('\\n') if r.strip()]\n"
      "return np.array([[1 if m == 'X' else 0 for m in row] for row in rows]).T",), "comparison", "1 and 0"),
    (("rows = [r.split() for r in drawing.split('\\n') if r.strip()]\n"
      "return np.array([[m == 'X' for m in row] for row in rows]).reshape(len(rows[0]), len(rows))",),
     "not reshape", "reshape for transpose"),
    (("rows = [r.split() for r in drawing.split('\\n') if r.strip()]\n"
      "return np.array([[m == 'X' for m in row] for row in rows])",), "transposed", "no transpose"),
    (("rows = [r.split() for r in drawing.split('\\n') if r.strip()]\n"
      "return np.rot90(np.array([[m == 'X' for m in row] for row in rows]))",), "np.rot90", "rot90"),
    (("rows = [r[::2] for r in drawing.split('\\n') if r.strip()]\n"
      "return np.array([[m == 'X' for m in row] for row in rows]).T",), "every other letter", "[::2]"),
    (("table = np.zeros((16, 6), bool)\nfor i, row in enumerate(drawing.strip().split('\\n')):\n"
      "    for o, m in enumerate(row.split()):\n        table[o, i] = m == 'X'\nreturn table",), "(16, 6)", "16 x 6"),
    (("table = []\nfor row in drawing.split('\\n'):\n    if row.strip():\n"
      "        table.append([m == 'X' for m in row.split()])\n        return np.array(table).T",),
     "first line only", "return in the loop"),
    (("rows = [list(r) for r in drawing.split('\\n') if r.strip()]\n"
      "return np.array([[m == 'X' for m in row] for row in rows]).T",), "spaces between the marks", "list(line)"),
    (("rows = [r.split() for r in drawing.split('\\n') if r.strip()]\n"
      "return np.array([[m == '.' for m in row] for row in rows]).T",), "each other's place", "dots"),
    (("rows = [r.split() for r in drawing.split('\\n') if r.strip()]\n"
      "return np.array([[m != '' for m in row] for row in rows]).T",), "True everywhere", "not empty"),
    (("rows = [r.split() for r in drawing.split('\\n') if r.strip()]\n"
      "return np.array([[i for i, m in enumerate(row) if m == 'X'] for row in rows])",), "inhomogeneous", "indices"),
]  # fmt: skip

DIFFERENCE = "self.difference = x[:, None, :] - self.codes\n"
RBF = [
    (("self.difference = self.codes - x[:, None, :]\nreturn (self.difference**2).sum(axis=2)", None), "x - w", "w - x"),
    (("self.difference = x[None, :, :] - self.codes[:, None, :]\nreturn (self.difference**2).sum(axis=2)", None),
     "another order", "classes first"),
    (("self.difference = x - self.codes\nreturn (self.difference**2).sum(axis=1)", None), "could not be broadcast",
     "no new axis"),
    ((DIFFERENCE + "return (self.difference**2).sum(axis=1)", None), "sums over the classes", "axis 1"),
    ((DIFFERENCE + "return (self.difference**2).sum(axis=2, keepdims=True)", None), "keepdims", "keepdims"),
    ((DIFFERENCE + "return (self.difference**2).sum()", None), "single number", "no axis"),
    ((DIFFERENCE + "return self.difference**2", None), "summed over axis 2", "no sum"),
    ((DIFFERENCE + "return self.difference.sum(axis=2) ** 2", None), "square of the sum", "square of the sum"),
    ((DIFFERENCE + "return np.linalg.norm(self.difference, axis=2)", None), "its square", "norm"),
    ((DIFFERENCE + "return np.exp(-(self.difference**2).sum(axis=2))", None), "e^-", "Gaussian"),
    ((DIFFERENCE + "return -(self.difference**2).sum(axis=2)", None), "sign", "minus"),
    ((DIFFERENCE + "return (self.difference**2).max(axis=2)", None), "largest", "largest"),
    ((DIFFERENCE + "return (x**2).sum(axis=1)[:, None] - (self.codes**2).sum(axis=1)", None), "x^2 - w^2", "x2 - w2"),
    ((DIFFERENCE + "return (x**2).sum(axis=1)[:, None] + (self.codes**2).sum(axis=1) - x @ self.codes.T", None),
     "2 x w", "no 2"),
    (("self.difference = (x[:, None, :] - self.codes) ** 2\nreturn self.difference.sum(axis=2)", None),
     "self.difference should be x - w", "squares stored"),
    (("difference = x[:, None, :] - self.codes\nreturn (difference**2).sum(axis=2)", None), "stores nothing",
     "no self"),
    (("self.difference = np.abs(x[:, None, :] - self.codes)\nreturn (self.difference**2).sum(axis=2)", None),
     "self.difference should be x - w", "|x - w| stored"),
    ((DIFFERENCE + "return x @ self.codes.T", None), "product x w'", "product"),
    (
        (DIFFERENCE + "y = np.zeros((len(x), len(self.codes)), x.dtype)\nfor n in range(len(x)):\n"
         "    for i in range(len(self.codes)):\n        for f in range(x.shape[1]):\n"
         "            y[n, i] = (x[n, f] - self.codes[i, f]) ** 2\nreturn y", None),
        "last feature",
        "= for +=",
    ),
    ((DIFFERENCE + "return ((x[:, None, :] + self.codes) ** 2).sum(axis=2)", None), "x + w", "plus"),
    ((None, "return 2 * (dy[:, :, None] * self.difference).sum(axis=2)"), "over the features", "axis 2"),
    ((None, "return 2 * (dy[:, None, :] * self.difference).sum(axis=1)"), "could not be broadcast", "dy[:, None]"),
    ((None, "return (dy[:, :, None] * self.difference).sum(axis=1)"), "factor 2", "no 2"),
    ((None, "return -2 * (dy[:, :, None] * self.difference).sum(axis=1)"), "2 (x - w)", "sign"),
    ((None, "return 2 * self.difference.sum(axis=1)"), "no dy", "no dy"),
    ((None, "return 2 * dy[:, :, None] * self.difference"), "summed over axis 1", "no sum"),
    ((None, "return 2 * (dy[:, :, None] * self.difference).mean(axis=1)"), "averages over the classes", "mean"),
    ((None, "return 2 * (dy[:, :, None] * self.difference**2).sum(axis=1)"), "squares x - w", "squares"),
    ((None, "return 2 * (dy[:, :, None] * np.abs(self.difference)).sum(axis=1)"), "|x - w|", "|x - w|"),
    ((None, "return 2 * dy.sum(axis=1)[:, None] * self.difference.sum(axis=1)"), "product of two sums", "two sums"),
    ((None, "return 2 * dy @ self.codes"), "w alone", "dy w"),
    ((None, "return 2 * dy @ self.difference"), "every image", "matmul"),
    ((None, "i = np.arange(len(dy))\nreturn 2 * dy[:, :1] * self.difference[:, 0]"), "first class", "first class"),
    ((None, "for i in range(dy.shape[1]):\n    dx = 2 * dy[:, i, None] * self.difference[:, i]\nreturn dx"),
     "last class", "= for +="),
    ((None, "k = (self.difference**2).sum(axis=2).argmin(axis=1)\nn = np.arange(len(dy))\n"
      "return 2 * dy[n, k][:, None] * self.difference[n, k]"), "nearest class", "nearest"),
    ((DIFFERENCE + "self.x = x\nreturn (self.difference**2).sum(axis=2)",
      "return 2 * dy.sum(axis=1)[:, None] * self.x"),
     "x alone", "x alone"),
    ((None, "return 2 * (dy[:, :, None] * self.difference).sum(axis=1) / len(dy)"), "1/N is in the loss", "averaged"),
    ((DIFFERENCE + "self.y = (self.difference**2).sum(axis=2)\nreturn self.y",
      "return 2 * (dy[:, :, None] * self.y[:, :, None] * self.difference).sum(axis=1)"), "multiplies by y", "times y"),
]  # fmt: skip

NET = ANSWERS["lenet5"][0]
LENET5 = [
    ((NET.replace("Conv2d(1, 6, 5", "Conv2d(1, 6, 3"),), "C1 should be", "kernel 3"),
    ((NET.replace("flatten=Flatten(),\n", ""),), "flatten is missing", "no flatten"),
    ((NET.replace("Linear(120, 84", "Linear(84, 120"),), "F6 should be", "F6 swapped"),
    ((NET.replace("connection_table(TABLE_I)", "connection_table(TABLE_I).T"),), "connections", "table transposed"),
    ((NET.replace("DIGIT_CODES.astype(dtype)", "DIGIT_CODES.T.astype(dtype)"),), "OUTPUT", "codes transposed"),
    ((NET.replace("RBF(DIGIT_CODES.astype(dtype))", "Linear(84, 10, **with_weights)"),), "OUTPUT", "no RBF"),
    ((NET.replace("F6_squash=ScaledTanh(),\n", ""),), "F6_squash is missing", "no squash"),
    ((NET.replace("S2=Subsampling(6", "S2=Subsampling(1"),), "S2 should be", "one map"),
    ((NET.replace("return Sequential", "Sequential"),), "return", "no return"),
    ((NET.replace("C1_squash=ScaledTanh()", "C1_squash=ScaledTanh"),), "C1_squash", "class for object"),
    ((NET.replace("C1_squash", "C1_tanh"),), "C1_squash is missing", "another name"),
    ((NET.replace("rng = rng or ", "rng = "),), "Give rng= to every layer", "rng ignored"),
    ((NET.replace("C3=Conv2d(6, 16", "C3=Conv2d(16, 6"),), "expects connections", "C3 swapped"),
    ((NET.replace("S4=Subsampling(16", "S4=Subsampling(16, 2"),), "takes 2 positional arguments", "a window for S4"),
    ((NET.replace("C5=Conv2d(16, 120, 5", "C5=Linear(400, 120"),), "C5 should be", "C5 Linear"),
]  # fmt: skip

MISTAKES = [
    (exercise, *mistake)
    for exercise, mistakes in {"subsampling": SUBSAMPLING, "table-one": TABLE_ONE, "rbf": RBF, "lenet5": LENET5}.items()
    for mistake in mistakes
]
