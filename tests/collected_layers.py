# ruff: noqa: E501
# fmt: off
"""Wrong answers in the exercises on the first layers: see mistakes_collected.py."""

MISTAKES = [
    ('scaled-tanh', 'tanh taken again of the output', '', 'Yours takes tanh of y, which is a tanh already; it should us', (
        'self.y = A * np.tanh(S * x)\n'
        'return self.y',
        't = np.tanh(S * self.y)\n'
        'return dy * A * S * (1.0 - t * t)',
    )),
    ('scaled-tanh', 'plus as for tan', '', "Yours has a plus; it should be a minus: f' = S A - (S/A) y^2", (
        'self.y = A * np.tanh(S * x)\n'
        'return self.y',
        'output = self.y / A\n'
        'return A * S * (1.0 + np.square(output)) * dy',
    )),
    ('scaled-tanh', 'tanh of the gradient', '', 'Yours takes the slope from dy; it should take it from y', (
        'self.y = A * np.tanh(S * x)\n'
        'return self.y',
        'return A * S * (1 - np.square(np.tanh(S * dy)))',
    )),
    ('scaled-tanh', 'arctanh in the slope', '', 'Yours squares S x, and not its tanh; it should take the slop', (
        'self.y = A * np.tanh(S * x)\n'
        'return self.y',
        'Z = np.arctanh(self.y / A)\n'
        'return dy * A * S * (1 - Z * Z)',
    )),
    ('scaled-tanh', 'inner derivative forgotten', '', 'Yours has no inner derivative; it should have the factor S, ', (
        'self.t = np.tanh(S * x)\n'
        'self.y = A * self.t\n'
        'return self.y',
        'return A * (1 - self.t ** 2) * dy',
    )),
    ('scaled-tanh', 'input scaled in place', '', 'Other code still needs x. Make a new array instead of changi', (
        'x *= S\n'
        'self.y = A * np.tanh(x)\n'
        'return self.y',
        'return (S * A - S / A * self.y * self.y) * dy',
    )),
    ('scaled-tanh', 'constants typed by hand', '', 'Yours has a rounded number for A or S; it should be A and S,', (
        'self.y = 1.72 * np.tanh(0.66 * x)\n'
        'return self.y',
        'return 1.72 * 0.66 * (1 - (self.y / 1.72) ** 2) * dy',
    )),
    ('scaled-tanh', 'only minus tanh squared', '', 'Yours has no 1 in 1 - tanh^2; it should be S A - (S/A) y^2.', (
        'self.y = A * np.tanh(S * x)\n'
        'return self.y',
        'return -(S / A) * self.y ** 2 * dy',
    )),
    ('linear', 'one number for all biases', '', 'Yours is the sum of all dy; db should have one number for ea', (
        'self.x = x\n'
        'out = x.dot(self.W.T) + self.b\n'
        'return out',
        'dx = dy.dot(self.W)\n'
        'self.dW = dy.T.dot(self.x)\n'
        'self.db = np.full_like(self.b, np.sum(dy))\n'
        'return dx',
    )),
    ('linear', 'mean for the bias only', '', 'Yours averages db over the batch; it should sum: the 1/N is ', (
        'self.x = x\n'
        'out = x.dot(self.W.T) + self.b\n'
        'return out',
        'self.dW = np.einsum("no,ni->oi", dy, self.x)\n'
        'self.db = np.mean(dy, axis=0)\n'
        'return np.einsum("no,oi->ni", dy, self.W)',
    )),
    ('linear', 'bias gradient not summed', '', 'Yours has too many axes. It should be summed over axis 0 (of', (
        'self.x = x\n'
        'out = x.dot(self.W.T) + self.b\n'
        'return out',
        'self.dW = dy.T @ self.x\n'
        'self.db = dy\n'
        'return dy @ self.W',
    )),
    ('linear', 'gradient for the layout (in, out)', '', 'Yours has its axes in another order; its shape should be (7,', (
        'self.x = x\n'
        'out = x.dot(self.W.T) + self.b\n'
        'return out',
        'x, w, b = self.x, self.W, self.b\n'
        'N = x.shape[0]\n'
        'self.dW = np.dot(x.reshape(N, -1).T, dy)\n'
        'self.db = np.sum(dy, axis=0)\n'
        'return dy.dot(w).reshape(x.shape)',
    )),
    ('linear', 'multiplied by dW for W', '', 'Yours uses dW for W; it should use W: dx is dy W.', (
        'self.x = x\n'
        'out = x.dot(self.W.T) + self.b\n'
        'return out',
        'self.dW = dy.T @ self.x\n'
        'self.db = dy.sum(0)\n'
        'grad_x = dy.dot(self.dW)\n'
        'return grad_x',
    )),
    ('linear', 'divided by the number of neurons', '', 'Yours divides dW by the number of outputs or of inputs; it s', (
        'self.x = x\n'
        'out = x.dot(self.W.T) + self.b\n'
        'return out',
        'self.dW = dy.T.dot(self.x) / dy.shape[1]\n'
        'self.db = dy.sum(axis=0)\n'
        'return dy.dot(self.W)',
    )),
    ('linear', 'gradients pile up', '', 'Yours adds dW up from call to call; it should overwrite dW: ', (
        'self.x = x\n'
        'out = x.dot(self.W.T) + self.b\n'
        'return out',
        'self.dW = getattr(self, "dW", 0) + dy.T @ self.x\n'
        'self.db = getattr(self, "db", 0) + dy.sum(axis=0)\n'
        'return dy @ self.W',
    )),
    ('linear', 'return inside the loop over patterns', '', 'Yours fills the first row only; it should fill all of them: ', (
        'self.x = x\n'
        'out = x.dot(self.W.T) + self.b\n'
        'return out',
        'self.dW = np.zeros_like(self.W)\n'
        'self.db = np.zeros_like(self.b)\n'
        'dx = np.zeros_like(self.x)\n'
        'for n in range(len(dy)):\n'
        '    self.dW += np.outer(dy[n], self.x[n])\n'
        '    self.db += dy[n]\n'
        '    dx[n] = self.W.T @ dy[n]\n'
        '    return dx',
    )),
    ('linear', 'no bias in forward', '', 'Yours has no bias; it should add b.', (
        'self.x = x\n'
        'N, D = x.shape\n'
        'M = self.W.shape[0]\n'
        'y = np.zeros((N, M), dtype=x.dtype)\n'
        'for n in range(N):\n'
        '    for m in range(M):\n'
        '        y[n, m] = np.sum(self.W[m] * x[n])\n'
        'return y',
        'self.dW = dy.T @ self.x\n'
        'self.db = dy.sum(axis=0)\n'
        'return dy @ self.W',
    )),
    ('linear', 'gradient averaged in place', '', 'Other code still needs dy. Make a new array instead of chang', (
        'self.x = x\n'
        'out = x.dot(self.W.T) + self.b\n'
        'return out',
        'dy /= dy.shape[0]\n'
        'self.dW = dy.T @ self.x\n'
        'self.db = dy.sum(axis=0)\n'
        'return dy @ self.W',
    )),
    ('convolution-by-loops', 'windows without the stride', '', 'Yours has no stride; each field should begin at row h * stri', (
        'kh, kw = self.kernel_size\n'
        'F, HH, WW = self.output_shape(x.shape[1:])\n'
        'out = np.zeros((len(x), F, HH, WW), dtype=x.dtype)\n'
        'for n in range(len(x)):\n'
        '    for f in range(F):\n'
        '        for i in range(HH):\n'
        '            for j in range(WW):\n'
        '                patch = x[n, :, i : i + kh, j : j + kw]\n'
        '                out[n, f, i, j] = np.sum(patch * self.W[f]) + self.b[f]\n'
        'return out',
    )),
    ('convolution-by-loops', 'stride as the step of the output loop', '', 'Yours walks over y in steps of the stride, and leaves the ot', (
        'kh, kw = self.kernel_size\n'
        'maps, HO, WO = self.output_shape(x.shape[1:])\n'
        's = self.stride\n'
        'feature_maps = np.zeros((x.shape[0], maps, HO, WO), x.dtype)\n'
        'for n in range(x.shape[0]):\n'
        '    for f in range(maps):\n'
        '        for h in range(0, HO, s):\n'
        '            for w in range(0, WO, s):\n'
        '                feature_maps[n, f, h, w] = np.sum(x[n, :, h:h+kh, w:w+kw] * self.W[f]) + self.b[f]\n'
        'return feature_maps',
    )),
    ('convolution-by-loops', 'bias at every place of the kernel', '', 'Yours adds the bias with every product; it should add it onc', (
        'N, C = x.shape[:2]\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'kh, kw = self.kernel_size\n'
        's = self.stride\n'
        'y = np.zeros((N, O, OH, OW), x.dtype)\n'
        'for n in range(N):\n'
        '    for o in range(O):\n'
        '        for h in range(OH):\n'
        '            for w in range(OW):\n'
        '                for c in range(C):\n'
        '                    for i in range(kh):\n'
        '                        for j in range(kw):\n'
        '                            y[n, o, h, w] += x[n, c, h * s + i, w * s + j] * self.W[o, c, i, j] + self.b[o]\n'
        'return y',
    )),
    ('convolution-by-loops', 'only the first input map', '', 'Yours uses only the first input map; it should sum over all.', (
        'kh, kw = self.kernel_size\n'
        'st = self.stride\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'y = np.empty((x.shape[0], O, OH, OW), x.dtype)\n'
        'for n, image in enumerate(x):\n'
        '    for o, kernel in enumerate(self.W):\n'
        '        for r in range(OH):\n'
        '            for c in range(OW):\n'
        '                field = image[0, r * st : r * st + kh, c * st : c * st + kw]\n'
        '                y[n, o, r, c] = (field * kernel[0]).sum() + self.b[o]\n'
        'return y',
    )),
    ('convolution-by-loops', 'assignment in the loop over input maps', '', 'Yours uses only the last input map; it should sum over all: ', (
        'kh, kw = self.kernel_size\n'
        'st = self.stride\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'y = np.zeros((x.shape[0], O, OH, OW), x.dtype)\n'
        'for n in range(x.shape[0]):\n'
        '    for o in range(O):\n'
        '        for c in range(x.shape[1]):\n'
        '            for h in range(OH):\n'
        '                for w in range(OW):\n'
        '                    window = x[n, c, h * st : h * st + kh, w * st : w * st + kw]\n'
        '                    y[n, o, h, w] = np.sum(window * self.W[o, c]) + self.b[o]\n'
        'return y',
    )),
    ('convolution-by-loops', 'total not reset', '', 'Yours never sets its total back; it should begin again, with', (
        'N, C = x.shape[:2]\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'kh, kw = self.kernel_size\n'
        's = self.stride\n'
        'y = np.zeros((N, O, OH, OW), x.dtype)\n'
        'for n in range(N):\n'
        '    for o in range(O):\n'
        '        total = self.b[o]\n'
        '        for h in range(OH):\n'
        '            for w in range(OW):\n'
        '                for c in range(C):\n'
        '                    for i in range(kh):\n'
        '                        for j in range(kw):\n'
        '                            total += self.W[o, c, i, j] * x[n, c, h * s + i, w * s + j]\n'
        '                y[n, o, h, w] = total\n'
        'return y',
    )),
    ('convolution-by-loops', 'return inside the loop over images', '', 'Yours is right as far as the first image, and 0 after that; ', (
        'kh, kw = self.kernel_size\n'
        'st = self.stride\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'Z = np.zeros((x.shape[0], O, OH, OW), x.dtype)\n'
        'for i in range(x.shape[0]):\n'
        '    for c in range(O):\n'
        '        for h in range(OH):\n'
        '            for w in range(OW):\n'
        '                a_slice = x[i, :, h * st : h * st + kh, w * st : w * st + kw]\n'
        '                Z[i, c, h, w] = np.sum(a_slice * self.W[c]) + self.b[c]\n'
        '    return Z',
    )),
    ('convolution-by-loops', 'height and width of the kernel mixed up', '', 'Yours swaps rows and columns of the kernel; it should multip', (
        'N, C = x.shape[:2]\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'kw, kh = self.kernel_size\n'
        's = self.stride\n'
        'y = np.zeros((N, O, OH, OW), x.dtype)\n'
        'for n in range(N):\n'
        '    for o in range(O):\n'
        '        for h in range(OH):\n'
        '            for w in range(OW):\n'
        '                y[n, o, h, w] = self.b[o]\n'
        '                for c in range(C):\n'
        '                    for i in range(kh):\n'
        '                        for j in range(kw):\n'
        '                            y[n, o, h, w] += self.W[o, c, j, i] * x[n, c, h * s + i, w * s + j]\n'
        'return y',
    )),
    ('convolution-by-loops', 'kernel turned by 180 degrees with rot90', '', 'Yours flips the kernel; it should multiply W[o, c, i, j] wit', (
        'kh, kw = self.kernel_size\n'
        'st = self.stride\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'rotated = np.rot90(self.W, 2, axes=(2, 3))\n'
        'y = np.zeros((x.shape[0], O, OH, OW), x.dtype)\n'
        'for h in range(OH):\n'
        '    for w in range(OW):\n'
        '        patch = x[:, :, h * st : h * st + kh, w * st : w * st + kw]\n'
        '        y[:, :, h, w] = np.tensordot(patch, rotated, axes=([1, 2, 3], [1, 2, 3])) + self.b\n'
        'return y',
    )),
    ('convolution-by-loops', 'float64 from np.zeros', '', 'Keep the dtype: np.zeros(shape, x.dtype), x.astype(...). A N', (
        'kh, kw = self.kernel_size\n'
        'st = self.stride\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'y = np.zeros((x.shape[0], O, OH, OW))\n'
        'for n in range(x.shape[0]):\n'
        '    for o in range(O):\n'
        '        for h in range(OH):\n'
        '            for w in range(OW):\n'
        '                y[n, o, h, w] = np.sum(self.W[o] * x[n, :, h*st:h*st+kh, w*st:w*st+kw]) + self.b[o]\n'
        'return y',
    )),
]
