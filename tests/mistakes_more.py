"""More mistakes as learners write them, in all exercises on layers and losses."""

MISTAKES = [
    ("scaled-tanh", (
        "self.y = np.tanh(x * S / A)\nreturn self.y",
        None,
    ), "Yours has S / A or S A inside of tanh", "S/A in tanh"),
    ("scaled-tanh", (
        "self.y = np.tanh(S * x) + A\nreturn self.y",
        None,
    ), "Yours adds A to tanh", "A added"),
    ("scaled-tanh", (
        "self.y = A * np.tanh(S * x) ** 2\nreturn self.y",
        None,
    ), "Yours squares tanh", "squared"),
    ("scaled-tanh", (
        "self.y = -A * np.tanh(S * x)\nreturn self.y",
        None,
    ), "Yours has the wrong sign", "minus"),
    ("scaled-tanh", (
        "self.y = A * np.maximum(S * x, 0)\nreturn self.y",
        None,
    ), "Yours is a rectifier", "relu"),
    ("scaled-tanh", (
        None,
        "return dy * (S * A - (S / A) * self.y) ** 2",
    ), "Yours squares all of S A - (S/A) y", "brackets around the square"),
    ("scaled-tanh", (
        None,
        "return dy * (S * A - (S / A * self.y) ** 2)",
    ), "Yours squares S/A too", "squares S/A too"),
    ("scaled-tanh", (
        None,
        "return dy * S * (1 - self.y ** 2)",
    ), "Yours uses 1 - y^2, the slope of tanh", "S (1-y2)"),
    ("scaled-tanh", (
        None,
        "return (dy * (S * A - S / A * self.y ** 2)).mean(axis=0)",
    ), "Yours is summed over axis 0", "mean"),
    ("linear", (
        "self.x = x\nout = np.zeros(len(self.b))\nfor o in range(len(self.b)):\n"
        "    out[o] = (self.W[o] * x).sum() + self.b[o]\nreturn out",
        None,
    ), "Yours sums over the images too", "no batch"),
    ("linear", (
        "self.x = x\nreturn x @ self.W.T @ self.b",
        None,
    ), "Yours multiplies by b, as a matrix", "@ b"),
    ("linear", (
        "self.x = x\nreturn x @ np.abs(self.W.T) + self.b",
        None,
    ), "Yours uses |W|", "|W|"),
    ("linear", (
        "self.x = x\nreturn x @ self.W.reshape(self.W.shape[1], -1) + self.b",
        None,
    ), "Yours reshapes W", "reshape for T"),
    ("linear", (
        None,
        "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\nreturn dy",
    ), "Yours is dy itself", "dx = dy"),
    ("linear", (
        None,
        "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\nreturn self.x",
    ), "Yours is x", "dx = x"),
    ("linear", (
        None,
        "self.dW = dy.T @ self.x\nself.db = dy.sum(axis=0)\nreturn dy @ self.W + self.x",
    ), "Yours adds x", "dx + x"),
    ("linear", (
        None,
        "self.dW = -dy.T @ self.x\nself.db = dy.sum(axis=0)\nreturn dy @ self.W",
    ), "Yours has the wrong sign", "dW sign"),
    ("linear", (
        None,
        "self.dW = dy.T @ self.x / 2\nself.db = dy.sum(axis=0)\nreturn dy @ self.W",
    ), "Yours has the factor 1/2", "dW half"),
    ("linear", (
        None,
        "self.dW = (self.x.T @ dy).reshape(self.W.shape)\nself.db = dy.sum(axis=0)\nreturn dy @ self.W",
    ), "Yours reshapes x' dy", "dW reshape"),
    ("linear", (
        None,
        "self.dW = np.dot(dy.T, self.x) * self.W\nself.db = dy.sum(axis=0)\nreturn dy @ self.W",
    ), "Yours multiplies dW by W", "dW times W"),
    ("linear", (
        None,
        "dx = dy @ self.W\nself.dW = dx.T @ self.x\nself.db = dy.sum(axis=0)\nreturn dx",
    ), "Yours uses dx for dy", "dx for dy in dW"),
    ("linear", (
        None,
        "self.dW = dy.T @ self.x\nself.db = (dy ** 2).sum(axis=0)\nreturn dy @ self.W",
    ), "Yours squares dy", "db squares"),
    ("linear", (
        None,
        "self.dW = dy.T @ self.x\nself.db = self.x.sum(axis=0)\nreturn dy @ self.W",
    ), "Yours sums x", "db of x"),
    ("linear-backward2", (
        "self.hW = hy.T @ self.x ** 2\nself.hb = hy.sum(axis=0)\nreturn np.sqrt(hy) @ self.W ** 2",
    ), "Yours takes the square root of hy", "sqrt"),
    ("linear-backward2", (
        "self.hW = hy.T @ self.x**2\nself.hb = hy.sum(axis=0)\nreturn hy @ self.W @ self.W.T",
    ), "Yours is the matrix product of W with itself", "W W'"),
    ("linear-backward2", (
        "self.hW = hy.T @ self.x**4\nself.hb = hy.sum(axis=0)\nreturn hy @ self.W**4",
    ), "Yours takes W^4", "4"),
    ("linear-backward2", (
        "self.hW = 2 * hy.T @ self.x**2\nself.hb = hy.sum(axis=0)\nreturn hy @ self.W**2",
    ), "Yours has the factor 2 or 1/2", "factor 2"),
    ("relu", (
        "self.y = np.maximum(x, 0.1)\nreturn self.y",
        None,
    ), "Yours is the larger of x and another number than 0", "0.1"),
    ("relu", (
        None,
        "return -dy * (self.y > 0)",
    ), "Yours has the wrong sign", "sign"),
    ("relu", (
        None,
        "return dy[self.y > 0]",
    ), "Yours leaves out entries", "indexing"),
    ("max-pool-backward", (
        "N, C, H, W = self.shape\nfor n, c, h, w in np.ndindex(dy.shape):\n"
        "    dx = np.zeros((N, C, H * W), dy.dtype)\n"
        "    dx[n, c, self.winner[n, c, h, w]] += dy[n, c, h, w]\nreturn dx.reshape(self.shape)",
    ), "Yours has the last window only", "made anew"),
    ("max-pool-backward", (
        "N, C, H, W = self.shape\ndx = np.zeros((N, C, H * W), dy.dtype)\n"
        "for n, c, h, w in np.ndindex(dy.shape):\n"
        "    dx[n, c, self.winner[n, c, h, w]] += dy[n, c, h, w]\n"
        "return dx.reshape(N, C, H, W).transpose(0, 1, 3, 2)",
    ), "Yours swaps row and column", "transposed"),
    ("max-pool-backward", (
        "N, C, H, W = self.shape\ndx = np.zeros((N, C, H, W), dy.dtype)\n"
        "for n, c, h, w in np.ndindex(dy.shape):\n    i = self.winner[n, c, h, w]\n"
        "    dx[n, c, i // W, i // W] += dy[n, c, h, w]\nreturn dx",
    ), "Yours uses winner // W twice", "// twice"),
    ("max-pool-backward", (
        "N, C, H, W = self.shape\ndx = np.zeros((N, C, H, W), dy.dtype)\nfor n in range(N):\n"
        "    for c in range(C):\n        for h in range(dy.shape[2] - 1):\n"
        "            for w in range(dy.shape[3] - 1):\n                i = self.winner[n, c, h, w]\n"
        "                dx[n, c, i // W, i % W] += dy[n, c, h, w]\nreturn dx",
    ), "Yours leaves out the last row or column of windows", "range - 1"),
    ("max-pool-backward", (
        "dx = np.zeros(dy.shape, dy.dtype)\nfor n, c, h, w in np.ndindex(dy.shape):\n"
        "    dx[n, c, h, w] += dy[n, c, h, w]\nreturn dx",
    ), "Yours is dy itself", "dy itself"),
    ("subsampling", (
        "N, C, H, W = x.shape\nself.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5)) / 2\n"
        "return self.W[:, None, None] * self.s + self.b[:, None, None]",
        None,
    ), "Yours takes half of the sum", "/2"),
    ("subsampling", (
        "N, C, H, W = x.shape\nself.s = np.zeros((N, C, H // 2, W // 2), x.dtype)\nfor n in range(N):\n"
        "    for c in range(C):\n        for h in range(H // 2):\n            for w in range(W // 2):\n"
        "                self.s[n, c, h, w] = x[n, c, 2 * h : 2 * h + 2, 2 * w : 2 * w + 2].sum()\n"
        "    return self.W[:, None, None] * self.s + self.b[:, None, None]",
        None,
    ), "Yours sums the first image or map only, or one window", "return after image"),
    ("subsampling", (
        None,
        "self.dW = (dy * self.s).sum(axis=(0, 2, 3))\nself.db = dy.sum(axis=(0, 2, 3))\n"
        "ds = self.W[:, None, None] * dy\nreturn ds.repeat(2, axis=1).repeat(2, axis=2)",
    ), "Yours repeats along the maps or images", "axes 1 and 2"),
    ("subsampling", (
        None,
        "self.dW = (dy * self.s).sum(axis=(0, 2, 3))\nself.db = dy.sum(axis=(0, 2, 3))\n"
        "ds = self.W[:, None, None] * dy\nreturn np.tile(np.repeat(ds, 2, axis=3), (1, 1, 2, 1))",
    ), "Yours repeats the whole map along one axis", "tile rows"),
    ("subsampling", (
        None,
        "self.dW = (dy * self.s).sum(axis=(0, 2, 3))\nself.db = dy.sum(axis=(0, 2, 3))\n"
        "ds = self.W[:, None, None] * dy\nN, C, H, W = dy.shape\n"
        "dx = np.zeros((N, C, 2 * H, 2 * W), dy.dtype)\nfor h in range(H):\n    for w in range(W):\n"
        "        dx[:, :, h : h + 2, w : w + 2] = ds[:, :, h : h + 1, w : w + 1]\nreturn dx",
    ), "Yours has no stride of 2, so that windows overlap", "no stride back"),
    ("subsampling", (
        None,
        "self.dW = (dy * self.W[:, None, None]).sum(axis=(0, 2, 3))\nself.db = dy.sum(axis=(0, 2, 3))\n"
        "ds = self.W[:, None, None] * dy\nreturn ds.repeat(2, axis=2).repeat(2, axis=3)",
    ), "Yours has W for s", "dW of W dy"),
    ("subsampling", (
        None,
        "self.dW = (dy * self.s).sum(axis=(0, 2, 3))\nself.db = dy.sum(axis=(0, 2, 3))\n"
        "ds = self.W[:, None, None] * dy * 4\nreturn ds.repeat(2, axis=2).repeat(2, axis=3)",
    ), "Yours gives each pixel 4 W dy", "dx times 4"),
    ("subsampling", (
        None,
        "self.dW = (dy * self.s).sum(axis=(0, 2, 3))\nself.db = dy.sum(axis=(0, 2, 3))\n"
        "ds = self.W[:, None, None] * self.s\nreturn ds.repeat(2, axis=2).repeat(2, axis=3)",
    ), "Yours has s for dy", "s for dy"),
    ("table-one", (
        "return np.array([line.split() == 'X' for line in drawing.split('\\n') if line.strip()]).T",
    ), "Yours compares a whole line with \"X\"", "list == X"),
    ("rbf", (
        "self.difference = x[:, None, :] - self.codes\n"
        "return (self.difference ** 2).sum(axis=2).min(axis=1)",
        None,
    ), "Yours is the smallest penalty", "min"),
    ("rbf", (
        "self.difference = x[:, None, :] - self.codes\nreturn np.prod(self.difference ** 2, axis=2)",
        None,
    ), "Yours is the product of the squares", "prod"),
    ("rbf", (
        "self.difference = x[:, None, :] - self.codes\nreturn (self.difference * 2).sum(axis=2)",
        None,
    ), "Yours doubles x - w", "2 for square"),
    ("rbf", (
        "self.difference = x[:, None, :] * self.codes\nreturn (self.difference ** 2).sum(axis=2)",
        None,
    ), "Yours multiplies x by w", "* for -"),
    ("rbf", (
        "for i, w in enumerate(self.codes):\n    self.difference = x - w\n"
        "return (self.difference ** 2).sum(axis=1)",
        None,
    ), "Yours is the penalty of the last class", "loop"),
    ("rbf", (
        None,
        "return 2 * (dy * self.difference.sum(axis=2)).sum(axis=1)",
    ), "Yours sums x - w over the features first", "F summed"),
    ("rbf", (
        None,
        "d = 2 * self.difference * dy[:, :, None]\nfor n in range(len(d)):\n    return d[n].sum(axis=0)",
    ), "Yours returns one row", "return loop"),
    ("rbf", (
        None,
        "return 4 * (dy[:, :, None] * self.difference).sum(axis=1)",
    ), "Yours has the factor 4", "4"),
    ("rbf", (
        None,
        "return (2 * dy[:, :, None] * self.difference).max(axis=1)",
    ), "Yours takes the largest over the classes", "max"),
    ("mle-loss", (
        "self.right = one_hot(labels, y)\nreturn float(np.mean(np.min(y * self.right, axis=1)))",
        None,
    ), "Yours takes the largest or smallest of [i = D] y, which may", "min of product"),
    ("mle-loss", (
        "self.right = one_hot(labels, y)\nreturn float(np.mean(y[labels, np.arange(len(y))]))",
        None,
    ), "Yours has the two indices in each other's place", "indices swapped"),
    ("mle-loss", (
        "self.right = one_hot(labels, y)\nreturn float(np.sum(np.exp(-y) * self.right) / len(y))",
        None,
    ), "Yours takes e^-y", "exp"),
    ("mle-loss", (
        None,
        "return self.right.sum(axis=1) / len(self.right)",
    ), "Yours is summed over the classes", "sum rows"),
    ("mle-loss", (
        None,
        "return 2 * self.right / len(self.right)",
    ), "Yours has the factor 2", "2"),
    ("map-loss", (
        "self.right = one_hot(labels, y)\nm = np.minimum(y.min(axis=1), self.j)\n"
        "total = np.exp(m - self.j) + np.exp(m[:, None] - y).sum(axis=1)\n"
        "return float(((self.right * y).sum(axis=1) - m - np.log(total)).mean())",
        None,
    ), "Yours subtracts the logarithm", "- log"),
    ("map-loss", (
        "self.right = one_hot(labels, y)\nm = np.minimum(y.min(axis=1), self.j)\n"
        "total = np.exp(m - self.j) + np.exp(y - m[:, None]).sum(axis=1)\n"
        "self.p = np.exp(m[:, None] - y) / total[:, None]\n"
        "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())",
        None,
    ), "Yours has e^(y - m) in the sum", "y - m"),
    ("map-loss", (
        "self.right = one_hot(labels, y)\nm = np.minimum(y.min(axis=1), self.j)\n"
        "total = np.exp(m - self.j) + np.exp(m[:, None] - y).mean(axis=1)\n"
        "return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())",
        None,
    ), "Yours takes the mean or the largest of the e^-y_i", "mean of e"),
    ("map-loss", (
        "self.right = one_hot(labels, y)\nm = np.minimum(y.min(axis=1), self.j)\n"
        "total = np.exp(m - self.j) + np.exp(m[:, None] - y).sum(axis=1)\n"
        "return float(((self.right * y).mean(axis=1) - m + np.log(total)).mean())",
        None,
    ), "Yours has the mean over the classes for y_D", "mean y_D"),
    ("map-loss", (
        "self.right = one_hot(labels, y)\nm = np.minimum(y.min(axis=1), self.j)\n"
        "return float(((self.right * y).sum(axis=1) + np.log(np.exp(-self.j) + np.exp(m[:, None] - "
        "y).sum(axis=1))).mean())",
        None,
    ), "Yours shifts the y_i by m and not j, and does not subtract m", "m not back, j unshifted"),
    ("map-loss", (
        "self.right = one_hot(labels, y)\ny = np.clip(y, 0, 700)\n"
        "return float(((self.right * y).sum(axis=1) + np.log(np.exp(-self.j) + "
        "np.exp(-y).sum(axis=1))).mean())",
        None,
    ), "Yours cuts off y", "clipped y"),
    ("map-loss", (
        "self.right = one_hot(labels, y)\n"
        "return float(((self.right * y).sum(axis=1) + self.j + np.exp(-y).sum(axis=1)).mean())",
        None,
    ), "Yours has j and no e^-j, and no logarithm", "j and no log"),
    ("map-loss", (
        None,
        "return self.right / len(self.p) - self.p",
    ), "Yours divides one term by N", "bracket"),
    ("map-loss", (
        None,
        "return (self.right - self.p).sum(axis=1) / len(self.p)",
    ), "Yours is summed over the classes", "sum"),
    ("map-loss", (
        None,
        "return (self.right - self.p) * self.p * (1 - self.p) / len(self.p)",
    ), "Yours has the factor p (1 - p) too", "times p(1-p)"),
    ("map-loss", (
        None,
        "return self.right * self.p / len(self.p)",
    ), "Yours multiplies [i = D] by p", "right p"),
    ("cross-entropy", (
        "e = np.exp(y - np.max(y))\nself.p = e / e.sum(axis=1, keepdims=True)\n"
        "self.right = one_hot(labels, y)\n"
        "return float(-np.sum(np.log(self.p[range(len(y)), labels])) / len(y))",
        None,
    ), "Yours subtracts the largest score of the whole batch", "cs231n"),
    ("cross-entropy", (
        "z = y - np.max(y, axis=1, keepdims=True)\n"
        "self.p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)\n"
        "self.right = one_hot(labels, y)\nreturn float(np.mean(-self.right * np.log(self.p + 1e-7)))",
        None,
    ), "Yours adds a small number to p, or cuts p off, before the lo", "mean, eps"),
    ("cross-entropy", (
        "z = y - np.max(y, axis=1, keepdims=True)\n"
        "self.p = np.exp(z) / (np.sum(np.exp(z), axis=1, keepdims=True) + 1e-8)\n"
        "self.right = one_hot(labels, y)\n"
        "return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), labels]).mean())",
        None,
    ), "Yours adds a small number to the sum, or to p", "eps in p"),
    ("cross-entropy", (
        "z = y / np.max(y, axis=1, keepdims=True)\n"
        "self.p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)\n"
        "self.right = one_hot(labels, y)\nreturn float(-np.log(self.p[range(len(y)), labels]).mean())",
        None,
    ), "Yours divides y by the largest score", "y / max"),
    ("cross-entropy", (
        "z = y - np.mean(y, axis=1, keepdims=True)\n"
        "self.p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)\n"
        "self.right = one_hot(labels, y)\n"
        "return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), labels]).mean())",
        None,
    ), "Yours subtracts not the largest of the row, so that e^z over", "y - mean"),
    ("cross-entropy", (
        "z = y - 100\nself.p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)\n"
        "self.right = one_hot(labels, y)\n"
        "return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), labels]).mean())",
        None,
    ), "Yours overflows: e^y is infinite for large y", "y - 100"),
    ("cross-entropy", (
        "z = y - np.max(y, axis=1, keepdims=True)\nself.p = 1 / (1 + np.exp(-y))\n"
        "self.right = one_hot(labels, y)\n"
        "return float((np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), labels]).mean())",
        None,
    ), "Yours stores the logistic function of each score", "sigmoid p"),
    ("cross-entropy", (
        "z = y - np.max(y, axis=1, keepdims=True)\n"
        "self.p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\nself.right = one_hot(labels, y)\n"
        "return float(-(self.right * np.log(self.p)).max(axis=1).mean())",
        None,
    ), "Yours takes the largest or smallest of [i = D] log p", "max of product"),
    ("cross-entropy", (
        "z = y - np.max(y, axis=1, keepdims=True)\n"
        "self.p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\nself.right = one_hot(labels, y)\n"
        "return float(-(np.log(self.right * self.p)).sum() / len(y))",
        None,
    ), "Yours takes the logarithm of 0, as in log([i = D] p)", "log of product"),
    ("cross-entropy", (
        "z = y - np.max(y, axis=1, keepdims=True)\n"
        "self.p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\nself.right = one_hot(labels, y)\n"
        "return float(np.mean(self.p.argmax(axis=1) != labels))",
        None,
    ), "Yours is the share of wrong answers", "error rate"),
    ("cross-entropy", (
        "z = y - np.max(y, axis=1, keepdims=True)\n"
        "self.p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)\nself.right = one_hot(labels, y)\n"
        "return float(-np.log(self.p[labels, np.arange(len(y)) % y.shape[1]]).mean())",
        None,
    ), "Yours has the two indices in each other's place", "swapped indices"),
    ("cross-entropy", (
        None,
        "return (self.p - self.right) ** 2 / len(self.p)",
    ), "Yours squares p - [i = D]", "square"),
    ("cross-entropy", (
        None,
        "return self.p * (self.p - self.right) / len(self.p)",
    ), "Yours multiplies by p too", "p (p - r)"),
    ("cross-entropy", (
        None,
        "return (self.p.T @ self.right) / len(self.p)",
    ), "Yours is a matrix of classes, or of all entries", "matmul"),
    ("cross-entropy", (
        None,
        "return self.p - self.p.max(axis=1, keepdims=True)",
    ), "Yours is p - the largest p", "p - max"),
]  # fmt: skip
