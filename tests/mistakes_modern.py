"""Mistakes as learners write them, in the rectifier and max pooling. The form is that of mistakes_layers."""

RELU = [
    (("self.y = np.max(x, 0)\nreturn self.y", None), "np.maximum(x, 0), entry by entry", "np.max(x, 0)"),
    (("self.y = max(0, x)\nreturn self.y", None), "neither true nor false", "max"),
    (("self.y = x if x > 0 else 0\nreturn self.y", None), "neither true nor false", "if"),
    (("x[x < 0] = 0\nself.y = x\nreturn x", None), "Make a new array", "in place"),
    (("self.y = np.where(x > 0, x, 0.01 * x)\nreturn self.y", None), "leaky", "leaky"),
    (("self.y = np.log(1 + np.exp(x))\nreturn self.y", None), "smooth", "softplus"),
    (("self.y = 1 / (1 + np.exp(-x))\nreturn self.y", None), "logistic", "logistic"),
    (("self.y = np.tanh(x)\nreturn self.y", None), "Yours is tanh", "tanh"),
    (("self.y = np.clip(x, 0, 1)\nreturn self.y", None), "Yours cuts off", "clip 1"),
    (("self.y = np.clip(x, 0, 6)\nreturn self.y", None), "Yours cuts off", "clip 6"),
    (("self.y = np.maximum(x, 1)\nreturn self.y", None), "another number than 0", "max(x, 1)"),
    (("self.y = x > 0\nreturn x * self.y", None), "self.y should be y", "mask in self.y"),
    (("self.y = x\nreturn np.maximum(x, 0)", None), "self.y should be y", "x in self.y"),
    (("self.x = x\nreturn np.maximum(x, 0)", None), "forward stores nothing in self.y", "self.x"),
    (("y = np.zeros(x.shape)\ny[x > 0] = x[x > 0]\nself.y = y\nreturn y", None), "Keep the dtype", "dtype"),
    (("self.y = np.max(x)\nreturn self.y", None), "single number", "np.max"),
    (("self.y = np.maximum(x, 0)", None), "Did you forget a `return`", "no return"),
    (("self.y = x[x > 0]\nreturn self.y", None), "Yours leaves out", "only the positive ones"),
    (("self.y = x ** 2 * (x > 0)\nreturn self.y", None), "square", "squared"),
    ((None, "return np.where(self.y > 0, 1.0, 0.0)"), "slope alone", "slope alone"),
    ((None, "return self.y > 0"), "slope alone", "mask"),
    ((None, "return dy * self.y"), "multiplies dy by", "dy y"),
    ((None, "return np.maximum(dy, 0)"), "sign of dy", "relu of dy"),
    ((None, "return np.where(dy > 0, 1.0, 0.0)"), "sign of dy", "slope at dy"),
    ((None, "return np.where(self.y > 0, dy, 0.01 * dy)"), "leaky", "leaky slope"),
    ((None, "dy[self.y <= 0] = 0\nreturn dy"), "Make a new array", "writes into dy"),
    ((None, "return self.y"), "Yours is y", "returns y"),
    ((None, "return dy * (self.y >= 0)"), "everywhere", ">= 0"),
    ((None, "return dy * np.heaviside(self.y, 1)"), "everywhere", "heaviside"),
    ((None, "return np.maximum(self.y, 0) * (dy > 0)"), "in each other's place", "dy and y swapped"),
    ((None, "return (dy * (self.y > 0)).sum(axis=0)"), "summed over axis 0", "summed"),
    ((None, "return dy @ (self.y > 0)"), "In a @ b", "matrix product"),
    (("self.x = x\nself.y = np.maximum(x, 0)\nreturn self.y", "return dy * (self.x >= 0)"), "slope 1 at x = 0", ">="),
    (("self.x = x\nself.y = np.maximum(x, 0)\nreturn self.y", "return dy * np.sign(self.x)"), "sign of x", "sign"),
    (("self.x = x\nself.y = np.maximum(x, 0)\nreturn self.y", "return dy * (self.x < 0)"), "where x < 0", "< 0"),
    (("self.x = x\nself.y = np.maximum(x, 0)\nreturn self.y", "return dy * self.x"), "multiplies dy by", "dy x"),
]

LOOP = "for n, c, h, w in np.ndindex(dy.shape):\n"
POOL = "N, C, H, W = self.shape\ndx = np.zeros((N, C, H * W), dy.dtype)\n" + LOOP + "{}\nreturn dx.reshape(self.shape)"
GRID = "N, C, H, W = self.shape\ndx = np.zeros(self.shape, dy.dtype)\n" + LOOP + "{}\nreturn dx"

MAX_POOL_BACKWARD = [
    (
        ("dx = np.zeros(self.shape, dy.dtype)\ndx.reshape(-1)[self.winner] = dy\nreturn dx",),
        "the first map of the first image",
        "flat index",
    ),
    (
        ("dx = np.zeros(self.shape, dy.dtype)\nnp.add.at(dx.reshape(-1), self.winner, dy)\nreturn dx",),
        "the first map of the first image",
        "flat index, add.at",
    ),
    (
        ("N, C, H, W = self.shape\ndx = np.zeros((N, C, H * W), dy.dtype)\nnp.put_along_axis(dx, "
         "self.winner.reshape(N, C, -1), dy.reshape(N, C, -1), axis=2)\nreturn dx.reshape(self.shape)",),
        "add up the shares",
        "put_along_axis",
    ),
    (
        ("N, C, H, W = self.shape\ndx = np.zeros((N, C, H * W), dy.dtype)\ni, j = np.ogrid[:N, :C]\n"
         "dx[i[..., None, None], j[..., None, None], self.winner] += dy\nreturn dx.reshape(self.shape)",),
        "add up the shares",
        "fancy +=",
    ),
    ((GRID.format("    row, col = divmod(self.winner[n, c, h, w], H)\n    dx[n, c, row, col] += dy[n, c, h, w]"),),
     "divide by W", "divmod by H"),
    ((GRID.format("    col, row = divmod(self.winner[n, c, h, w], W)\n    dx[n, c, row, col] += dy[n, c, h, w]"),),
     "swaps row and column", "row and column swapped"),
    ((POOL.format("    dx[n, c, self.winner[n, c, h, w]] += 1"),), "Yours counts the windows", "adds 1"),
    ((POOL.format("    dx[n, c, self.winner[n, c, h, w]] -= dy[n, c, h, w]"),), "wrong sign", "sign"),
    ((POOL.format("    dx[n, c, self.winner[n, c, w, h]] += dy[n, c, h, w]"),), "the same indices", "winner swapped"),
    ((POOL.format("    dx[n, c, self.winner[n, c, h, w]] += dy[n, c, w, h]"),), "the same indices", "dy swapped"),
    ((POOL.format("    dx[n, c, self.winner[n, c, h, w]] = max(dx[n, c, self.winner[n, c, h, w]], dy[n, c, h, w])"),),
     "the largest of the shares", "max"),
    ((POOL.format("    dx[n, c, self.winner[n, c, h, w]] += dy[n, c, h, w]\n    return dx.reshape(self.shape)"),),
     "the first window only", "return in the loop"),
    ((POOL.format("    dx[0, c, self.winner[n, c, h, w]] += dy[n, c, h, w]"),), "the first image", "image 0"),
    ((POOL.format("    dx[n, 0, self.winner[n, c, h, w]] += dy[n, c, h, w]"),), "the first map", "map 0"),
    ((POOL.format("    dx[n, c, h * W + w] += dy[n, c, h, w]"),), "place of the window", "no winner"),
    (
        (GRID.format("    i, j = h * self.stride[0], w * self.stride[1]\n    dx[n, c, i, j] += dy[n, c, h, w]"),),
        "first pixel of each window",
        "the corner",
    ),
    (
        (GRID.format("    i, j = h * self.stride[0], w * self.stride[1]\n    kh, kw = self.window\n"
                     "    dx[n, c, i : i + kh, j : j + kw] += dy[n, c, h, w] / (kh * kw)"),),
        "the mean",
        "mean pooling",
    ),
    (
        (GRID.format("    i, j = h * self.stride[0], w * self.stride[1]\n    kh, kw = self.window\n"
                     "    dx[n, c, i : i + kh, j : j + kw] += dy[n, c, h, w]"),),
        "all pixels of a window",
        "the whole window",
    ),
    (
        (GRID.format("    i, j = divmod(self.winner[n, c, h, w], self.window[1])\n"
                     "    dx[n, c, h * self.stride[0] + i, w * self.stride[1] + j] += dy[n, c, h, w]"),),
        "out of bounds",
        "winner taken within the window",
    ),
    (("return np.repeat(np.repeat(dy, 2, axis=2), 2, axis=3)",), "repeats dy over the windows", "repeat"),
    (("dx = np.zeros(self.shape, dy.dtype)\ndx[self.winner] = dy\nreturn dx",), "could not be broadcast",
    "index of the first axis"),
    (("return (dy * self.winner).reshape(self.shape)",), "cannot reshape", "times winner"),
    (("N, C, H, W = self.shape\ndx = np.zeros((N, C, H * W), dy.dtype)\nfor n in range(N):\n    for c in range(C):\n"
      "        dx[n, c, self.winner[n, c]] += dy[n, c]\nreturn dx.reshape(self.shape)",),
     "add up the shares", "rows +="),
    (("N, C, H, W = self.shape\ndx = np.zeros((N, C, H * W), dy.dtype)\nfor n in range(N):\n    for c in range(C):\n"
      "        np.add.at(dx[n, c], self.winner[n, c], dy[n, c])\n    return dx.reshape(self.shape)",),
     "the first image only", "return after an image"),
    (("dx = np.zeros(self.shape)\nN, C, H, W = self.shape\nfor n, c, h, w in np.ndindex(dy.shape):\n"
      "    i, j = divmod(self.winner[n, c, h, w], W)\n    dx[n, c, i, j] += dy[n, c, h, w]\nreturn dx",),
     "Keep the dtype", "dtype"),
    ((POOL.format("    dx[n, c, self.winner[n, c, h, w]] += dy[n, c, h, w] * self.winner[n, c, h, w]"),),
     "multiplies", "times the place"),
    ((POOL.format("    dx[n, c, self.winner[n, c, h, w]] += dy[n, c, h, w]").replace("return ", ""),),
     "Did you forget a `return`", "no return"),
]  # fmt: skip

MISTAKES = [
    (exercise, *mistake)
    for exercise, mistakes in {"relu": RELU, "max-pool-backward": MAX_POOL_BACKWARD}.items()
    for mistake in mistakes
]
