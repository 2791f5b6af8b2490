"""Mistakes as learners write them, in the first layers: whole methods.

MISTAKES: (exercise, a body for each blank or None for the right one, words that the learner must read, name).
"""

SCALED_TANH = [
    (("return A * np.tanh(S * x)", None), "has no 'y'", "nothing kept"),
    (("import math\nself.y = A * math.tanh(S * x)\nreturn self.y", None), "math works on numbers", "math.tanh"),
    (("self.y = A * np.tanh(S * x)", None), "Did you forget a `return`", "no return"),
    (("self.y = A * np.tanh(S) * x\nreturn self.y", None), "should be inside of the brackets", "bracket"),
    (("self.y = A * S * np.tanh(x)\nreturn self.y", None), "S should be inside of tanh", "S in front"),
    (("self.y = A * np.tanh(x / S)\nreturn self.y", None), "Yours divides x by S", "x / S"),
    (("self.y = A * np.tanh(2 // 3 * x)\nreturn self.y", None), "0 in every entry", "whole division"),
    (("self.y = A * np.arctan(S * x)\nreturn self.y", None), "Yours has arctan; it should have tanh", "arctan"),
    (("self.y = A * np.tan(S * x)\nreturn self.y", None), "Yours has tan; it should have tanh", "tan"),
    (("self.y = A / (1 + np.exp(-S * x))\nreturn self.y", None), "Yours is the logistic function", "logistic"),
    (("self.y = A * (2 / (1 + np.exp(-S * x)) - 1)\nreturn self.y", None), "it should be e^(-2 S x)", "half"),
    (
        (
            "u, v = np.exp(S * x), np.exp(-S * x)\nself.y = A * (u - v) / (u + v)\nreturn self.y",
            None,
        ),
        "Yours overflows for large x",
        "exponentials",
    ),
    (
        (
            "for n in range(len(x)):\n    self.y = np.zeros_like(x)\n"
            "    self.y[n] = A * np.tanh(S * x[n])\nreturn self.y",
            None,
        ),
        "the last row only",
        "made anew in the loop",
    ),
    (
        (
            "y = np.zeros_like(x)\nfor n in range(len(x)):\n    y[n] = A * np.tanh(S * x[n])\n"
            "    self.y = y\n    return y",
            None,
        ),
        "the first row only",
        "return in the loop",
    ),
    (("self.t = np.tanh(S * x)\nself.y = A * self.t\nreturn self.t", None), "no factor A", "returns the tanh"),
    (("self.y = np.tanh(S * x)\nreturn A * self.y", None), "Yours squares tanh(S x)", "keeps tanh for y"),
    (("self.y = x\nreturn A * np.tanh(S * x)", None), "take it from y", "keeps x for y"),
    ((None, "return dy * S * A * (1 - np.tanh(self.y) ** 2)"), "Yours takes tanh of y", "tanh of y"),
    (
        ("self.x = x\nreturn A * np.tanh(S * x)", "return dy * (1 - np.tanh(self.x) ** 2)"),
        "Yours uses 1 - tanh^2 x",
        "1 - tanh x ** 2",
    ),
    (
        ("self.x = x\nreturn A * np.tanh(S * x)", "return dy * S * A * (1 - np.tanh(self.x) ** 2)"),
        "S should stand inside of tanh in f' too",
        "no S in the slope's tanh",
    ),
    (
        ("self.x = x\nreturn A * np.tanh(S * x)", "return dy * (1 - np.tanh(S * self.x) ** 2)"),
        "it should have the factor S A",
        "no S A",
    ),
    (
        ("self.x = x\nreturn A * np.tanh(S * x)", "return dy * S * (1 - np.tanh(S * self.x) ** 2)"),
        "it should have the factor A too",
        "no A",
    ),
    (
        ("self.x = x\nreturn A * np.tanh(S * x)", "return dy * A * (1 - np.tanh(S * self.x) ** 2)"),
        "inner derivative",
        "no S",
    ),
    (
        ("self.x = x\nreturn A * np.tanh(S * x)", "return dy * A * S * (1 - np.tanh(S * self.x))"),
        "square",
        "no square of tanh",
    ),
    ((None, "return dy * (S * A - S / A * 2 * self.y)"), "Yours has 2 y", "2 y"),
    ((None, "return dy * (S * A) - (S / A) * self.y ** 2"), "Yours multiplies one term by dy", "brackets"),
    ((None, "return dy * S * A - S / A * self.y ** 2"), "Yours multiplies one term by dy", "no brackets"),
    ((None, "return dy * S * A * (1 - self.y ** 2 / A)"), "it should be (S/A) y^2", "A for A**2"),
    ((None, "return dy * S * (A - self.y ** 2)"), "it should be (S/A) y^2", "no division"),
    ((None, "return dy * (S * A - S / A * self.y ** 2) ** 2"), "Yours squares f'", "squared slope"),
    ((None, "return dy / (S * A - S / A * self.y ** 2)"), "Yours divides by f'", "divided"),
    ((None, "return dy + (S * A - S / A * self.y ** 2)"), "Yours adds f' to dy", "added"),
    ((None, "return dy * (S / A * self.y ** 2 - S * A)"), "wrong sign", "sign"),
    ((None, "return self.y * (S * A - S / A * self.y ** 2)"), "Yours multiplies f' by y", "y for dy"),
    ((None, "return dy * self.y * (1 - self.y)"), "slope of the logistic function", "y (1 - y)"),
    ((None, "return dy * (S * A - S / A * dy ** 2)"), "Yours takes the slope from dy", "slope of dy"),
    ((None, "self.y = S * A - S / A * self.y ** 2\nreturn dy * self.y"), "changes the second", "self.y overwritten"),
    ((None, "return (dy * (S * A - S / A * self.y ** 2)).astype(np.float32)"), "Keep the dtype", "float32"),
]

LINEAR = [
    (("self.x = x\nreturn x @ self.W + self.b", None), "In a @ b", "no transpose"),
    (("self.x = x\nreturn np.dot(self.W, x) + self.b", None), "not aligned", "W x"),
    (("self.x = x\nreturn self.W @ x.T + self.b[:, None]", None), "axes in another order", "y transposed"),
    (("self.x = x\nreturn x @ self.W.T + self.b.sum()", None), "Yours adds the sum of b", "sum of b"),
    (("self.x = x\nreturn x @ self.W.T + self.b[0]", None), "Yours adds b[0] to every output", "b[0]"),
    (("self.x = x\nreturn x @ (self.W.T + self.b)", None), "Yours adds b to W", "b in the brackets"),
    (("self.x = x\nreturn x @ self.W.T + 2 * self.b", None), "Yours adds b twice", "b twice"),
    (
        (
            "self.x = x\ny = np.zeros((len(x), len(self.b)), x.dtype)\nfor n in range(len(x)):\n"
            "    for o in range(len(self.b)):\n        for i in range(x.shape[1]):\n"
            "            y[n, o] = x[n, i] * self.W[o, i] + self.b[o]\nreturn y",
            None,
        ),
        "Yours uses the last input only",
        "= for +=",
    ),
    (
        (
            "self.x = x\ny = np.zeros((len(x), len(self.b)), x.dtype)\nfor n in range(len(x)):\n"
            "    for o in range(len(self.b)):\n        for i in range(x.shape[1]):\n"
            "            y[n, o] += x[n, i] * self.W[o, i] + self.b[o]\nreturn y",
            None,
        ),
        "Yours adds b once for every input",
        "b in the inner loop",
    ),
    (
        (
            "self.x = x\ny = np.zeros((len(x), len(self.b)), x.dtype)\nfor n in range(len(x)):\n"
            "    y[n] = self.W @ x[n] + self.b\n    return y",
            None,
        ),
        "the first row only",
        "return in the loop",
    ),
    (("x = x\nreturn x @ self.W.T + self.b", None), "forward stores nothing in self.x", "self.x forgotten"),
    (("self.x = x.T\nreturn x @ self.W.T + self.b", None), "axes in another order", "self.x transposed"),
    (("self.x = x.mean(axis=0, keepdims=True)\nreturn x @ self.W.T + self.b", None), "self.x should be x", "mean x"),
    (("self.x = x @ self.W.T + self.b\nreturn self.x", None), "self.x should be x", "y in self.x"),
    (("self.x = x\nreturn np.tanh(x @ self.W.T + self.b)", None), "Yours has tanh", "an activation"),
    ((None, "self.dW = self.x.T @ dy\nself.db = dy.sum(axis=0)\nreturn dy @ self.W"), "axes in another order", "x' dy"),
    ((None, "self.dW = dy.T @ self.x\nself.db = np.sum(dy)\nreturn dy @ self.W"), "too many axes", "db a number"),
    (
        (None, "self.dW = dy.T @ self.x\nself.db = np.sum(dy, axis=0, keepdims=True)\nreturn dy @ self.W"),
        "keepdims=True",
        "db keepdims",
    ),
    ((None, "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=1)\nreturn dy @ self.W"), "wrong axis", "db axis 1"),
    ((None, "self.dW = dy.T @ self.x\nself.db = dy\nreturn dy @ self.W"), "summed over axis 0", "db not summed"),
    ((None, "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\nreturn dy @ self.W.T"), "In a @ b", "W transposed"),
    (
        (None, "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\nreturn dy @ self.W * self.x"),
        "Yours multiplies dx by x",
        "dx times x",
    ),
    (
        (None, "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\nreturn self.W.T @ dy.T"),
        "axes in another order",
        "dx transposed",
    ),
    (
        (None, "self.dW += dy.T @ self.x\nself.db += dy.sum(axis=0)\nreturn dy @ self.W"),
        "before the first pass there is none",
        "+= without a start",
    ),
    (
        (
            None,
            "self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)\nfor n in range(len(dy)):\n"
            "    self.dW = np.outer(dy[n], self.x[n])\n    self.db = dy[n]\nreturn dy @ self.W",
        ),
        "last image alone",
        "= for += in backward",
    ),
    (
        (
            None,
            "self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)\nfor n in range(len(dy)):\n"
            "    self.dW += np.outer(dy[n], self.x[n])\n    self.db += dy[n]\n    return dy @ self.W",
        ),
        "first image alone",
        "return in the loop of backward",
    ),
    (
        (None, "self.dW = np.outer(dy, self.x)\nself.db = dy.sum(axis=0)\nreturn dy @ self.W"),
        "Yours is np.outer",
        "outer of the batch",
    ),
    (
        (None, "self.dW = np.outer(dy.sum(axis=0), self.x.sum(axis=0))\nself.db = dy.sum(axis=0)\nreturn dy @ self.W"),
        "Yours sums dy and x over the images first",
        "sums first",
    ),
    (
        (
            None,
            "self.dW = np.outer(dy.mean(axis=0), self.x.mean(axis=0))\nself.db = dy.sum(axis=0)\nreturn dy @ self.W",
        ),
        "over the images first",
        "means first",
    ),
    (
        (None, "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\nself.W -= 0.01 * self.dW\nreturn dy @ self.W"),
        "Other code still needs W",
        "updates W",
    ),
    (
        (None, "dW = dy.T @ self.x\ndb = dy.sum(axis=0)\nreturn dy @ self.W, dW, db"),
        "should return dx alone",
        "a tuple",
    ),
    ((None, "dW = dy.T @ self.x\ndb = dy.sum(axis=0)\nreturn dy @ self.W"), "stores it on self", "no self"),
    ((None, "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\ndx = dy @ self.W"), "forget a `return`", "no return"),
    (
        (None, "self.dW = dy.T @ self.x\nself.db = self.dW.sum(axis=1)\nreturn dy @ self.W"),
        "Yours makes db from dW",
        "db from dW",
    ),
    (
        (None, "self.dW = dy.T @ self.x\nself.db = self.b * dy.sum(axis=0)\nreturn dy @ self.W"),
        "Yours multiplies db by b",
        "db times b",
    ),
    (
        (None, "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\nreturn dy @ self.W + self.b.sum()"),
        "it should not: b does not depend on x",
        "dx with b",
    ),
    (
        (None, "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\nreturn dy @ self.W / len(dy)"),
        "The 1/N is in the loss",
        "dx averaged",
    ),
    (
        (None, "N = len(dy)\nself.dW = dy.T @ self.x / N\nself.db = dy.sum(axis=0) / N\nreturn dy @ self.W"),
        "it should sum: the 1/N is in the loss",
        "averaged",
    ),
    (
        (None, "self.dW = dy.T @ self.x\nself.db = np.ones_like(self.b)\nreturn dy @ self.W"),
        "Yours is 1 everywhere",
        "db ones",
    ),
    (
        (None, "self.dW = dy.T @ self.x + self.W\nself.db = dy.sum(axis=0)\nreturn dy @ self.W"),
        "Yours adds W to dW",
        "decay in the layer",
    ),
    (
        (None, "self.dW = np.einsum('no,ni->oi', dy, self.x ** 2)\nself.db = dy.sum(axis=0)\nreturn dy @ self.W"),
        "Yours squares x",
        "x squared",
    ),
    (
        (None, "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\nreturn dy @ self.dW"),
        "Yours uses dW for W",
        "dx from dW",
    ),
]

LINEAR_BACKWARD2 = [
    (("self.hW = hy.T @ self.x**2\nself.hb = hy.sum(axis=0)\nreturn hy @ (2 * self.W)",), "2 W", "2 W"),
    (("self.hW = hy.T @ (2 * self.x)\nself.hb = hy.sum(axis=0)\nreturn hy @ self.W**2",), "2 x", "2 x"),
    (
        ("self.hW = hy.T @ self.x**2\nself.hb = hy.mean(axis=0)\nreturn hy @ self.W**2",),
        "average over the batch",
        "hb averaged",
    ),
    (
        ("self.hW = hy.T @ self.x**2 / len(hy)\nself.hb = hy.sum(axis=0)\nreturn hy @ self.W**2",),
        "over the batch",
        "hW averaged",
    ),
    (
        ("self.hW = hy.T @ self.x**2\nself.hb = hy.sum(axis=0) ** 2\nreturn hy @ self.W**2",),
        "Yours squares the sum",
        "hb the square of a sum",
    ),
    (
        ("self.hW = hy.T @ self.x**2\nself.hb = hy.sum(axis=0)\nreturn hy @ np.abs(self.W)",),
        "Yours takes |W|",
        "|W|",
    ),
    (
        ("self.hW = hy.T @ np.abs(self.x)\nself.hb = hy.sum(axis=0)\nreturn hy @ self.W**2",),
        "Yours takes |x|",
        "|x|",
    ),
    (
        ("self.hW = (hy**2).T @ self.x\nself.hb = hy.sum(axis=0)\nreturn hy @ self.W**2",),
        "square x, not hy",
        "hy for x",
    ),
    (("self.hW = hy.T @ self.x**2\nself.hb = hy.sum(axis=0)\nreturn hy**2 @ self.W",), "square W, not hy", "hy for W"),
    (("hW = hy.T @ self.x**2\nhb = hy.sum(axis=0)\nreturn hy @ self.W**2",), "stores it on self", "no self"),
    (
        ("self.dW = hy.T @ self.x**2\nself.db = hy.sum(axis=0)\nreturn hy @ self.W**2",),
        "stores it on self",
        "dW for hW",
    ),
    (("self.hW = hy.T @ self.x**2\nself.hb = hy.sum(axis=0)\nhx = hy @ self.W**2",), "forget a `return`", "no return"),
    (("self.hW = hy.T @ self.x^2\nself.hb = hy.sum(axis=0)\nreturn hy @ self.W**2",), "A power is written **", "^"),
    (("self.hW = (self.x**2).T @ hy\nself.hb = hy.sum(axis=0)\nreturn hy @ self.W**2",), "axes in another", "x' hy"),
    (("self.hW = hy.T @ self.x**2\nself.hb = hy\nreturn hy @ self.W**2",), "summed over axis 0", "hb not summed"),
    (("self.hW = hy.T @ self.x**2\nself.hb = hy.sum(axis=1)\nreturn hy @ self.W**2",), "wrong axis", "hb axis 1"),
    (("self.hW = hy.T @ self.x**2\nself.hb = hy.sum()\nreturn hy @ self.W**2",), "too many axes", "hb a number"),
    (("self.hW = hy.T @ self.x**2\nself.hb = hy.sum(axis=0)\nreturn hy @ (self.W**2).T",), "In a @ b", "W' W'"),
    (("self.hW = hy.T @ self.x**2\nself.hb = hy.sum(axis=0)\nreturn hy @ self.W**2 * self.x",), "by x", "times x"),
    (("self.hW = hy.T @ self.x**2\nself.hb = hy.sum(axis=0)\nreturn -hy @ self.W**2",), "wrong sign", "sign"),
    (
        ("self.hW = hy.T @ self.x\nself.hb = hy.sum(axis=0)\nself.hW **= 2\nreturn hy @ self.W**2",),
        "cross terms",
        "squared in place",
    ),
    (
        (
            "self.hW = np.zeros_like(self.W)\nfor n in range(len(hy)):\n    self.hW = np.outer(hy[n], self.x[n] ** 2)\n"
            "self.hb = hy.sum(axis=0)\nreturn hy @ self.W**2",
        ),
        "last image alone",
        "= for +=",
    ),
    (
        (
            "self.hW = np.outer(hy.sum(axis=0), (self.x**2).sum(axis=0))\nself.hb = hy.sum(axis=0)\n"
            "return hy @ self.W**2",
        ),
        "over the images first",
        "sums first",
    ),
]

MISTAKES = [
    (exercise, *mistake)
    for exercise, mistakes in {
        "scaled-tanh": SCALED_TANH,
        "linear": LINEAR,
        "linear-backward2": LINEAR_BACKWARD2,
    }.items()
    for mistake in mistakes
]
