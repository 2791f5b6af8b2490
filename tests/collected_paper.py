# ruff: noqa: E501
# fmt: off
"""Wrong answers in the exercises on the convolution's backward pass, subsampling, Table I and RBF: see mistakes_collected.py."""

MISTAKES = [
    ('conv-backward', 'gradient flattened without a swap', '', 'Yours reshapes dy in the order (N, maps, OH, OW); it should ', (
        'kh, kw = self.kernel_size\n'
        'O = self.W.shape[0]\n'
        'd_out_col = dy.reshape(O, -1)\n'
        'self.db = d_out_col.sum(axis=1)\n'
        'self.dW = self._mask(np.dot(d_out_col, self.X.T).reshape(self.W.shape))\n'
        'd_x_col = np.dot(self.W.reshape(O, -1).T, d_out_col)\n'
        'return col2im(d_x_col, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('conv-backward', 'gradient flattened in the order of cs231n', '', 'Yours reshapes dy in the order (maps, OH, OW, N); it should ', (
        'kh, kw = self.kernel_size\n'
        'num_filters = self.W.shape[0]\n'
        'self.db = np.sum(dy, axis=(0, 2, 3))\n'
        'dout_reshaped = dy.transpose(1, 2, 3, 0).reshape(num_filters, -1)\n'
        'self.dW = self._mask(dout_reshaped.dot(self.X.T).reshape(self.W.shape))\n'
        'dx_cols = self.W.reshape(num_filters, -1).T.dot(dout_reshaped)\n'
        'return col2im(dx_cols, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('conv-backward', 'kernel flipped before col2im', '', "Yours flips the kernel; it should take W as it is in W' dY, ", (
        'kh, kw = self.kernel_size\n'
        'O = len(self.W)\n'
        'dY = dy.swapaxes(0, 1).reshape(O, -1)\n'
        'self.dW = self._mask((dY @ self.X.T).reshape(self.W.shape))\n'
        'self.db = dY.sum(axis=1)\n'
        'flip_weights = self.W[:, :, ::-1, ::-1].reshape(O, -1)\n'
        'return col2im(flip_weights.T @ dY, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('conv-backward', 'stride missing in backward', '', 'Yours has no stride; each field should begin at row h * stri', (
        'kh, kw = self.kernel_size\n'
        'p = self.padding\n'
        'N, O, OH, OW = dy.shape\n'
        'x_pad = np.pad(self.x, ((0, 0), (0, 0), (p, p), (p, p)))\n'
        'dx_pad = np.zeros_like(x_pad)\n'
        'dW = np.zeros_like(self.W)\n'
        'db = np.zeros_like(self.b)\n'
        'for n in range(N):\n'
        '    for o in range(O):\n'
        '        for h in range(OH):\n'
        '            for w in range(OW):\n'
        '                g = dy[n, o, h, w]\n'
        '                dx_pad[n, :, h : h + kh, w : w + kw] += self.W[o] * g\n'
        '                dW[o] += x_pad[n, :, h : h + kh, w : w + kw] * g\n'
        '                db[o] += g\n'
        'self.dW, self.db = self._mask(dW), db\n'
        'return dx_pad[:, :, p : p + self.x.shape[2], p : p + self.x.shape[3]]',
    )),
    ('conv-backward', 'bias gradient divided by the batch', '', 'Yours averages db over the batch; it should sum: the 1/N is ', (
        'kh, kw = self.kernel_size\n'
        'W = self.W.reshape(len(self.W), -1)\n'
        'dY = dy.transpose(1, 0, 2, 3).reshape(len(W), -1)\n'
        'self.dW = self._mask((dY @ self.X.T).reshape(self.W.shape))\n'
        'self.db = dY.sum(axis=1) / len(dy)\n'
        'return col2im(W.T @ dY, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('conv-backward', 'bias gradient over the axes of NHWC', '', 'Yours sums dy over axes 0, 1, 2; it should sum over 0, 2 and', (
        'kh, kw = self.kernel_size\n'
        'W = self.W.reshape(len(self.W), -1)\n'
        'dY = dy.swapaxes(0, 1).reshape(len(W), -1)\n'
        'self.dW = self._mask((dY @ self.X.T).reshape(self.W.shape))\n'
        'self.db = np.sum(dy, axis=(0, 1, 2))\n'
        'return col2im(W.T @ dY, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('conv-backward', 'not masked, with einsum', '', 'Yours lacks the mask of the connection table. dW should be 0', (
        'kh, kw = self.kernel_size\n'
        'O, C = self.W.shape[:2]\n'
        'dY = np.ascontiguousarray(dy.transpose(1, 0, 2, 3)).reshape(O, -1)\n'
        'X = self.X.reshape(C, kh, kw, -1)\n'
        'self.dW = np.einsum("op,cijp->ocij", dY, X)\n'
        'self.db = np.einsum("op->o", dY)\n'
        'dX = np.einsum("ocij,op->cijp", self.W, dY).reshape(self.X.shape)\n'
        'return col2im(dX, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('conv-backward', 'padding forgotten in the loops', '', 'Yours cuts the border off at the far end only; it should cut', (
        'kh, kw = self.kernel_size\n'
        's = self.stride\n'
        'H, Wd = self.x.shape[2:]\n'
        'dx = np.zeros_like(self.x)\n'
        'dY = dy.swapaxes(0, 1).reshape(len(self.W), -1)\n'
        'self.dW = self._mask((dY @ self.X.T).reshape(self.W.shape))\n'
        'self.db = dY.sum(axis=1)\n'
        'for n, o, h, w in np.ndindex(dy.shape):\n'
        '    for i in range(kh):\n'
        '        for j in range(kw):\n'
        '            if h * s + i < H and w * s + j < Wd:\n'
        '                dx[n, :, h * s + i, w * s + j] += self.W[o, :, i, j] * dy[n, o, h, w]\n'
        'return dx',
    )),
    ('conv-backward', 'input map index of the loop outside', '', 'Yours adds all to input map 0; it should give every input ma', (
        'kh, kw = self.kernel_size\n'
        'W = self.W.reshape(len(self.W), -1)\n'
        'dY = dy.swapaxes(0, 1).reshape(len(W), -1)\n'
        'self.dW = self._mask((dY @ self.X.T).reshape(self.W.shape))\n'
        'self.db = dY.sum(axis=1)\n'
        'full = col2im(W.T @ dY, self.x.shape, kh, kw, self.stride, self.padding)\n'
        'dx = np.zeros_like(full)\n'
        'c = 0\n'
        'for m in range(full.shape[1]):\n'
        '    dx[:, c] += full[:, m]\n'
        'return dx',
    )),
    ('subsampling', 'average for sum', '', 'Yours takes the mean of the window; it should take the sum (', (
        'a, b = x[:, :, 0::2, 0::2], x[:, :, 0::2, 1::2]\n'
        'c, d = x[:, :, 1::2, 0::2], x[:, :, 1::2, 1::2]\n'
        'self.s = (a + b + c + d) / 4\n'
        'return self.W.reshape(1, -1, 1, 1) * self.s + self.b.reshape(1, -1, 1, 1)',
        'self.dW = np.sum(dy * self.s, axis=(0, 2, 3))\n'
        'self.db = np.sum(dy, axis=(0, 2, 3))\n'
        'return (self.W[:, None, None] * dy).repeat(2, axis=2).repeat(2, axis=3)',
    )),
    ('subsampling', 'tile for repeat', '', 'Yours repeats the whole map; it should repeat each entry: np', (
        'N, C, H, W = x.shape\n'
        'self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5))\n'
        'return self.W[:, None, None] * self.s + self.b[:, None, None]',
        'self.dW = np.einsum("nchw,nchw->c", dy, self.s)\n'
        'self.db = np.einsum("nchw->c", dy)\n'
        'return np.tile(self.W[:, None, None] * dy, (1, 1, 2, 2))',
    )),
    ('subsampling', 'windows reshaped the wrong way round', '', 'Yours adds pixels half an image apart; it should add neighbo', (
        'N, C, H, W = x.shape\n'
        'self.s = x.reshape(N, C, 2, H // 2, 2, W // 2).sum(axis=(2, 4))\n'
        'return self.W[:, None, None] * self.s + self.b[:, None, None]',
        'self.dW = np.sum(dy * self.s, axis=(0, 2, 3))\n'
        'self.db = np.sum(dy, axis=(0, 2, 3))\n'
        'return (self.W[:, None, None] * dy).repeat(2, axis=2).repeat(2, axis=3)',
    )),
    ('subsampling', 'coefficients along the width', '', 'Yours spreads W and b along the columns of y; it should give', (
        'N, C, H, W = x.shape\n'
        'self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5))\n'
        'return self.W * self.s + self.b',
        'self.dW = np.sum(dy * self.s, axis=(0, 2, 3))\n'
        'self.db = np.sum(dy, axis=(0, 2, 3))\n'
        'return (self.W[:, None, None] * dy).repeat(2, axis=2).repeat(2, axis=3)',
    )),
    ('subsampling', 'gradients per image', '', 'Yours has too many axes. It should be summed over axis 0 (of', (
        'N, C, H, W = x.shape\n'
        'self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5))\n'
        'return self.W[:, None, None] * self.s + self.b[:, None, None]',
        'self.dW = (dy * self.s).sum(axis=(2, 3))\n'
        'self.db = dy.sum(axis=(2, 3))\n'
        'return np.kron(self.W[:, None, None] * dy, np.ones((2, 2), dy.dtype))',
    )),
    ('subsampling', 'coefficient left out of dx', '', 'Yours has no coefficient W in dx; it should.', (
        'N, C, H, W = x.shape\n'
        'self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5))\n'
        'return self.W[:, None, None] * self.s + self.b[:, None, None]',
        'N, C, H2, W2 = dy.shape\n'
        'self.dW = (dy * self.s).sum(axis=(0, 2, 3))\n'
        'self.db = dy.sum(axis=(0, 2, 3))\n'
        'dx = np.zeros((N, C, 2 * H2, 2 * W2), dy.dtype)\n'
        'for i in range(2):\n'
        '    for j in range(2):\n'
        '        dx[:, :, i::2, j::2] = dy\n'
        'return dx',
    )),
    ('subsampling', 'quarter as in average pooling', '', 'Yours divides dx by 4; it should not: the window was summed,', (
        'N, C, H, W = x.shape\n'
        'self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5))\n'
        'return self.W[:, None, None] * self.s + self.b[:, None, None]',
        'self.dW = (dy * self.s).sum(axis=(0, 2, 3))\n'
        'self.db = dy.sum(axis=(0, 2, 3))\n'
        'distribute = np.ones((2, 2), dy.dtype) / 4\n'
        'return np.kron(self.W[None, :, None, None] * dy, distribute[None, None])',
    )),
    ('subsampling', 'gradient to one corner', '', 'Yours gives one pixel of each window its share; it should gi', (
        'N, C, H, W = x.shape\n'
        'self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5))\n'
        'return self.W[:, None, None] * self.s + self.b[:, None, None]',
        'self.dW = (dy * self.s).sum(axis=(0, 2, 3))\n'
        'self.db = dy.sum(axis=(0, 2, 3))\n'
        'N, C, H, W = dy.shape\n'
        'dx = np.zeros((N, C, H * 2, W * 2), dy.dtype)\n'
        'dx[:, :, ::2, ::2] = self.W[:, None, None] * dy\n'
        'return dx',
    )),
    ('subsampling', 'diagonal of the window', '', 'Yours uses two pixels of each window; it should sum all four', (
        'self.s = x[:, :, ::2, ::2] + x[:, :, 1::2, 1::2]\n'
        'return self.W[:, None, None] * self.s + self.b[:, None, None]',
        'self.dW = np.sum(dy * self.s, axis=(0, 2, 3))\n'
        'self.db = np.sum(dy, axis=(0, 2, 3))\n'
        'return (self.W[:, None, None] * dy).repeat(2, axis=2).repeat(2, axis=3)',
    )),
    ('table-one', 'not transposed', '', 'Yours is transposed; a row of the table should be an output ', (
        'table = []\n'
        'for line in drawing.strip().splitlines():\n'
        '    table.append([c == "X" for c in line.split()])\n'
        'return np.array(table)',
    )),
    ('table-one', 'reshaped for transposed', '', 'Yours has the shape of the transpose, but its numbers in the', (
        'lines = [line.split() for line in drawing.strip().split("\\n")]\n'
        'table = np.array(lines) == "X"\n'
        'rows, cols = table.shape\n'
        'return table.reshape(cols, rows)',
    )),
    ('table-one', 'numbers for booleans', '', 'A comparison (==) gives True and False.', (
        'lines = drawing.strip().split("\\n")\n'
        'cols = len(lines[0].split())\n'
        'table = np.zeros((cols, len(lines)))\n'
        'for i, line in enumerate(lines):\n'
        '    for o, mark in enumerate(line.split()):\n'
        '        if mark == "X":\n'
        '            table[o, i] = 1\n'
        'return table',
    )),
    ('table-one', 'dots for crosses', '', "Yours has True and False in each other's place; X should be ", (
        'rows = [row.split() for row in drawing.splitlines() if row.split()]\n'
        'return np.array([[row[o] == "." for row in rows] for o in range(len(rows[0]))])',
    )),
    ('table-one', 'letters with the spaces', '', 'Yours counts the spaces between the marks; it should not: ro', (
        'rows = [list(line) for line in drawing.strip().split("\\n")]\n'
        'return np.array([[mark == "X" for mark in row] for row in rows]).T',
    )),
    ('rbf', 'Gaussian', '', 'Yours is e^-y, a Gaussian; it should be the penalty y itself', (
        'self.difference = x[:, None, :] - self.codes\n'
        'return np.exp(-np.sum(self.difference ** 2, axis=2))',
        'return 2 * np.einsum("nc,ncf->nf", dy, self.difference)',
    )),
    ('rbf', 'norm not squared', '', 'Yours is the distance; it should be its square (eq. 7).', (
        'self.difference = x[:, None, :] - self.codes\n'
        'return np.linalg.norm(self.difference, axis=2)',
        'return 2 * np.einsum("nc,ncf->nf", dy, self.difference)',
    )),
    ('rbf', 'difference the other way round', '', 'Yours stores w - x; self.difference should be x - w.', (
        'self.difference = self.codes[None] - x[:, None]\n'
        'return (self.difference * self.difference).sum(axis=2)',
        'return 2 * (self.difference * dy[:, :, None]).sum(axis=1)',
    )),
    ('rbf', 'product of sums', '', 'Yours is the product of two sums; it should multiply dy and ', (
        'self.difference = x[:, np.newaxis, :] - self.codes[np.newaxis, :, :]\n'
        'return np.sum(self.difference ** 2, axis=-1)',
        'return 2 * dy.sum(axis=1, keepdims=True) * self.difference.sum(axis=1)',
    )),
    ('rbf', 'mean over the features', '', 'Yours is the mean over the features; it should be the sum.', (
        'diffs = []\n'
        'for code in self.codes:\n'
        '    diffs.append(x - code)\n'
        'self.difference = np.stack(diffs, axis=1)\n'
        'return np.mean(self.difference ** 2, axis=2)',
        'return 2 * np.einsum("nc,ncf->nf", dy, self.difference)',
    )),
    ('rbf', 'binomial without its 2', '', 'Yours has x w once; it should be x^2 - 2 x w + w^2.', (
        'self.difference = x[:, None, :] - self.codes[None, :, :]\n'
        'X = np.sum(x ** 2, axis=1)[:, None]\n'
        'C = np.sum(self.codes ** 2, axis=1)[None, :]\n'
        'return (X + C - x @ self.codes.T).astype(x.dtype)',
        'return 2 * np.einsum("nc,ncf->nf", dy, self.difference)',
    )),
    ('rbf', 'summed over the classes', '', 'Yours sums over the classes; it should sum over the features', (
        'self.difference = x[:, None, :] - self.codes\n'
        'return np.sum(self.difference ** 2, axis=1)',
        'return 2 * np.einsum("nc,ncf->nf", dy, self.difference)',
    )),
    ('rbf', 'gradient weighted down the wrong axis', '', "Yours reshapes dy', which mixes the images; it should be dy[", (
        'self.difference = x[:, np.newaxis, :] - self.codes[np.newaxis, :, :]\n'
        'return np.sum(self.difference ** 2, axis=-1)',
        'weights = dy.T.reshape(dy.shape)\n'
        'return 2 * (weights[:, :, None] * self.difference).sum(axis=1)',
    )),
]
