"""Right answers that look unlike the library's: loops, einsum, views, other names. The form is that of mistakes_layers,
without words."""

RIGHT = [
    ("scaled-tanh", "loops", (
        "import math\ny = np.empty_like(x)\nfor i in np.ndindex(x.shape):\n    y[i] = A * math.tanh(S * x[i])\n"
        "self.y = y\nreturn y",
        "dx = np.empty_like(dy)\nfor i in np.ndindex(dy.shape):\n    dx[i] = dy[i] * (S * A - S / A * self.y[i] ** 2)\n"
        "return dx",
    )),
    ("scaled-tanh", "from x", (
        "self.x = x\nreturn np.tanh(x * S) * A", "t = np.tanh(S * self.x)\nreturn A * S * (1 - t * t) * dy",
    )),
    ("scaled-tanh", "a logistic function that does not overflow", (
        "with np.errstate(over='ignore'):\n    self.y = A * (2 / (1 + np.exp(-2 * S * x)) - 1)\nreturn self.y",
        "return np.multiply(dy, S / A * (A - self.y) * (A + self.y))",
    )),
    ("scaled-tanh", "Fortran order", (
        "self.y = np.asfortranarray(A * np.tanh(S * x))\nreturn self.y", "return dy * (S * A - S / A * self.y**2)",
    )),
    ("scaled-tanh", "cosh", (
        "self.x = x\nreturn A * np.tanh(S * x)",
        "with np.errstate(over='ignore'):\n    return dy * S * A / np.cosh(S * self.x) ** 2",
    )),
    ("linear", "einsum", (
        "self.x = x\nreturn np.einsum('ni,oi->no', x, self.W) + self.b",
        "self.dW = np.einsum('no,ni->oi', dy, self.x)\nself.db = np.einsum('no->o', dy)\n"
        "return np.einsum('no,oi->ni', dy, self.W)",
    )),
    ("linear", "loops", (
        "self.x = x\nN, O = len(x), len(self.b)\ny = np.zeros((N, O), x.dtype)\nfor n in range(N):\n"
        "    for o in range(O):\n        y[n, o] = sum(x[n, i] * self.W[o, i] for i in range(x.shape[1])) + self.b[o]\n"
        "return y",
        "self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)\ndx = np.zeros_like(self.x)\n"
        "for n in range(len(dy)):\n    self.dW += np.outer(dy[n], self.x[n])\n    self.db += dy[n]\n"
        "    dx[n] = dy[n] @ self.W\nreturn dx",
    )),
    ("linear", "ones for the bias", (
        "self.x = x\nones = np.ones((len(x), 1), x.dtype)\n"
        "return np.hstack([x, ones]) @ np.hstack([self.W, self.b[:, None]]).T",
        "both = dy.T @ np.hstack([self.x, np.ones((len(dy), 1), dy.dtype)])\n"
        "self.dW, self.db = both[:, :-1], both[:, -1]\n"
        "return (self.W.T @ dy.T).T",
    )),
    ("linear", "a copy, other names and more on self", (
        "self.x = x.copy()\nself.out = np.dot(x, self.W.transpose())\nself.out = self.out + self.b.reshape(1, -1)\n"
        "return self.out",
        "grad = dy\nself.grads = {}\nself.grads['W'] = self.dW = np.dot(grad.T, self.x)\nself.db = np.ones(len(grad), "
        "grad.dtype) @ grad\nself.batch = len(dy)\nreturn np.dot(grad, self.W)",
    )),
    ("linear", "Fortran order", (
        "self.x = np.asfortranarray(x)\nreturn np.asfortranarray(x @ self.W.T + self.b)",
        "self.dW = (self.x.T @ dy).T\nself.db = dy.sum(0)\nreturn np.asfortranarray(dy @ self.W)",
    )),
    ("linear", "tensordot", (
        "self.x = x\nreturn np.tensordot(x, self.W, ([1], [1])) + self.b",
        "self.dW = np.tensordot(dy, self.x, ([0], [0]))\nself.db = np.add.reduce(dy)\nreturn np.matmul(dy, self.W)",
    )),
    ("linear-backward2", "einsum", (
        "self.hW = np.einsum('no,ni,ni->oi', hy, self.x, self.x)\nself.hb = np.sum(hy, 0)\n"
        "return np.einsum('no,oi,oi->ni', hy, self.W, self.W)",
    )),
    ("linear-backward2", "loops", (
        "self.hW, self.hb = np.zeros_like(self.W), np.zeros_like(self.b)\nfor h, x in zip(hy, self.x):\n"
        "    self.hW += h[:, None] * np.square(x)\n    self.hb += h\nreturn (np.square(self.W).T @ hy.T).T",
    )),
    ("relu", "where", ("self.y = np.where(x > 0, x, 0)\nreturn self.y", "return np.where(self.y > 0, dy, 0)")),
    ("relu", "product", ("self.mask = x > 0\nself.y = x * self.mask\nreturn self.y", "return dy * self.mask")),
    ("relu", "clip", (
        "self.y = x.clip(0)\nreturn self.y", "dx = dy.copy()\ndx[self.y == 0] = 0\nreturn dx",
    )),
    ("relu", "mean of x and |x|", ("self.y = (x + np.abs(x)) / 2\nreturn self.y", "return dy * np.sign(self.y)")),
    ("relu", "indices", (
        "self.y = x.copy()\nself.y[x < 0] = 0\nreturn self.y",
        "dx = np.zeros_like(dy)\ni = self.y > 0\ndx[i] = dy[i]\nreturn dx",
    )),
    ("relu", "loops", (
        "self.y = np.zeros_like(x)\nfor i in np.ndindex(x.shape):\n    self.y[i] = max(x[i], 0)\nreturn self.y",
        "return np.heaviside(self.y, 0).astype(dy.dtype) * dy",
    )),
    ("max-pool-backward", "add.at", (
        "N, C, H, W = self.shape\ndx = np.zeros((N, C, H * W), dy.dtype)\nn, c = np.ogrid[:N, :C]\n"
        "np.add.at(dx, (n[..., None, None], c[..., None, None], self.winner), dy)\nreturn dx.reshape(self.shape)",
    )),
    ("max-pool-backward", "row and column", (
        "dx = np.zeros(self.shape, dy.dtype)\nW = self.shape[3]\nfor n, c, h, w in np.ndindex(*dy.shape):\n"
        "    row, column = divmod(self.winner[n, c, h, w], W)\n    dx[n, c, row, column] += dy[n, c, h, w]\nreturn dx",
    )),
    ("max-pool-backward", "bincount", (
        "N, C, H, W = self.shape\nmaps = np.arange(N * C).reshape(N, C, 1, 1) * H * W\n"
        "dx = np.bincount((self.winner + maps).ravel(), dy.ravel(), N * C * H * W)\n"
        "return dx.astype(dy.dtype).reshape(self.shape)",
    )),
    ("max-pool-backward", "unravel_index", (
        "dx = np.zeros(self.shape, dy.dtype)\nrows, columns = np.unravel_index(self.winner, self.shape[2:])\n"
        "n, c = np.indices(dy.shape)[:2]\nnp.add.at(dx, (n, c, rows, columns), dy)\nreturn dx",
    )),
    ("subsampling", "loops", (
        "N, C, H, W = x.shape\nself.s = np.zeros((N, C, H // 2, W // 2), x.dtype)\nfor h in range(H // 2):\n"
        "    for w in range(W // 2):\n"
        "        self.s[:, :, h, w] = x[:, :, 2 * h : 2 * h + 2, 2 * w : 2 * w + 2].sum(axis=(2, 3))\n"
        "y = np.zeros_like(self.s)\nfor c in range(C):\n    y[:, c] = self.W[c] * self.s[:, c] + self.b[c]\nreturn y",
        "self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)\nN, C, H, W = dy.shape\n"
        "dx = np.zeros((N, C, 2 * H, 2 * W), dy.dtype)\nfor c in range(C):\n"
        "    self.dW[c] = np.sum(dy[:, c] * self.s[:, c])\n"
        "    self.db[c] = np.sum(dy[:, c])\n    for i in (0, 1):\n        for j in (0, 1):\n"
        "            dx[:, c, i::2, j::2] = self.W[c] * dy[:, c]\nreturn dx",
    )),
    ("subsampling", "slices", (
        "self.s = x[:, :, ::2, ::2] + x[:, :, 1::2, ::2] + x[:, :, ::2, 1::2] + x[:, :, 1::2, 1::2]\n"
        "return self.s * self.W.reshape(1, -1, 1, 1) + self.b.reshape(1, -1, 1, 1)",
        "self.dW = np.einsum('nchw,nchw->c', dy, self.s)\nself.db = np.einsum('nchw->c', dy)\n"
        "return np.kron(np.einsum('c,nchw->nchw', self.W, dy), np.ones((2, 2), dy.dtype))",
    )),
    ("subsampling", "views", (
        "N, C, H, W = x.shape\nself.s = np.einsum('nchiwj->nchw', x.reshape(N, C, H // 2, 2, W // 2, 2))\n"
        "y = (self.s.transpose(0, 2, 3, 1) * self.W + self.b).transpose(0, 3, 1, 2)\nself.y_shape = list(y.shape)\n"
        "return y",
        "self.dW = (dy * self.s).sum((0, 2, 3))\nself.db = dy.sum((0, 2, 3))\nN, C, H, W = dy.shape\n"
        "d = (dy.transpose(0, 2, 3, 1) * self.W).transpose(0, 3, 1, 2)[:, :, :, None, :, None]\n"
        "return np.broadcast_to(d, (N, C, H, 2, W, 2)).reshape(N, C, 2 * H, 2 * W)",
    )),
    ("table-one", "loops", (
        "lines = drawing.strip().splitlines()\nrows, columns = len(lines), len(lines[0].split())\n"
        "table = np.zeros((columns, rows), dtype=bool)\nfor i, line in enumerate(lines):\n"
        "    for o, mark in enumerate(line.split()):\n        if mark == 'X':\n            table[o, i] = True\n"
        "return table",
    )),
    ("table-one", "letters compared at once", (
        "return (np.array([line.split() for line in drawing.splitlines() if line.split()]) == 'X').T",
    )),
    ("table-one", "replace", (
        "rows = [list(''.join(line.split())) for line in drawing.split('\\n') if line.strip() != '']\n"
        "return np.array([[c != '.' for c in row] for row in rows], dtype=bool).transpose()",
    )),
    ("table-one", "zip", (
        "return np.array([[m == 'X' for m in column] for column in zip(*map(str.split, drawing.strip().split('\\n"
        "')))])",
    )),
    ("rbf", "loops", (
        "N, F = x.shape\nC = len(self.codes)\nself.difference = np.zeros((N, C, F), x.dtype)\n"
        "y = np.zeros((N, C), x.dtype)\n"
        "for n in range(N):\n    for i in range(C):\n        self.difference[n, i] = x[n] - self.codes[i]\n"
        "        y[n, i] = np.dot(self.difference[n, i], self.difference[n, i])\nreturn y",
        "dx = np.zeros(self.difference.shape[::2], dy.dtype)\nfor n in range(len(dy)):\n"
        "    for i in range(dy.shape[1]):\n"
        "        dx[n] += 2 * dy[n, i] * self.difference[n, i]\nreturn dx",
    )),
    ("rbf", "matrices", (
        "self.difference = np.subtract(x[:, np.newaxis], self.codes[np.newaxis])\n"
        "return (x**2).sum(1, keepdims=True) - 2 * x @ self.codes.T + (self.codes**2).sum(1)",
        "self.x = self.difference[:, 0] + self.codes[0]\n"
        "return 2 * (dy.sum(1, keepdims=True) * self.x - dy @ self.codes)",
    )),
    ("rbf", "einsum and matmul", (
        "self.difference = x[:, None] - self.codes\nreturn np.linalg.norm(self.difference, axis=-1) ** 2",
        "return 2 * (dy[:, None, :] @ self.difference)[:, 0]",
    )),
    ("mle-loss", "loop and np.float64", (
        "self.right = one_hot(labels, y)\nE = 0.0\nfor n in range(len(y)):\n    E += y[n, labels[n]]\n"
        "return E / len(y)",
        "N, classes = self.right.shape\nd = np.zeros_like(self.right)\nfor n in range(N):\n"
        "    d[n, self.right[n].argmax()] = 1 / N\nreturn d",
    )),
    ("mle-loss", "indices", (
        "self.right = np.zeros_like(y)\nself.right[np.arange(y.shape[0]), labels] = 1\n"
        "return np.mean(y[np.arange(len(labels)), labels])",
        "return np.divide(self.right, self.right.shape[0])",
    )),
    ("mle-loss", "eye", (
        "self.right = np.eye(y.shape[1], dtype=y.dtype)[labels]\nreturn np.trace(y @ self.right.T) / len(y)",
        "return self.right * (1 / len(self.right))",
    )),
    ("map-loss", "loops", (
        "import math\nself.right = one_hot(labels, y)\nself.p = np.zeros_like(y)\nE = 0\nfor n in range(len(y)):\n"
        "    m = min(min(y[n]), self.j)\n    total = math.exp(m - self.j) + sum(math.exp(m - v) for v in y[n])\n"
        "    E += y[n, labels[n]] - m + math.log(total)\n    self.p[n] = [math.exp(m - v) / total for v in y[n]]\n"
        "return float(E / len(y))",
        "return (self.right - self.p) / len(self.p)",
    )),
    ("map-loss", "logaddexp", (
        "self.right = one_hot(labels, y)\nboth = np.hstack([-y, np.full((len(y), 1), -self.j, y.dtype)])\n"
        "log_sum = np.logaddexp.reduce(both, axis=1)\nself.log_p = -y - log_sum[:, None]\n"
        "return float(np.mean(y[np.arange(len(y)), labels] + log_sum))",
        "return (self.right - np.exp(self.log_p)) / len(self.right)",
    )),
    ("map-loss", "a column for j", (
        "self.right = one_hot(labels, y)\nz = -np.c_[y, np.full(len(y), self.j, y.dtype)]\n"
        "top = np.max(z, axis=1, keepdims=True)\nz -= top\nself.e = np.exp(z)\n"
        "self.total = self.e.sum(1, keepdims=True)\n"
        "return np.mean(np.log(self.total[:, 0]) - z[range(len(y)), labels])",
        "p = (self.e / self.total)[:, :-1]\nreturn (self.right - p) / p.shape[0]",
    )),
    ("cross-entropy", "logaddexp", (
        "self.labels = labels\nlog_p = y - np.logaddexp.reduce(y, axis=1, keepdims=True)\nself.p = np.exp(log_p)\n"
        "return -np.mean(log_p[np.arange(len(y)), labels])",
        "d = self.p.copy()\nd[range(len(d)), self.labels] -= 1\nd /= len(d)\nreturn d",
    )),
    ("cross-entropy", "loops", (
        "import math\nself.right = one_hot(labels, y)\nself.p = np.empty_like(y)\nE = 0\nfor n, row in enumerate(y):\n"
        "    top = max(row)\n    e = [math.exp(v - top) for v in row]\n    self.p[n] = np.array(e) / sum(e)\n"
        "    E -= row[labels[n]] - top - math.log(sum(e))\nreturn E / len(y)",
        "return (self.p - self.right) / len(self.p)",
    )),
    ("cross-entropy", "the Jacobian", (
        "self.right = one_hot(labels, y)\nz = y.T - y.max(1)\nlog_p = (z - np.log(np.exp(z).sum(0))).T\n"
        "self.p = np.exp(log_p)\nself.small = log_p\nreturn float(-(self.right * log_p).sum() / y.shape[0])",
        "N, K = self.p.shape\nd = np.zeros_like(self.p)\nfor n in range(N):\n    D = self.right[n].argmax()\n"
        "    for i in range(K):\n        d[n, i] = (self.p[n, i] - (i == D)) / N\nreturn d",
    )),
]  # fmt: skip
