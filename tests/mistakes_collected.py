# ruff: noqa: E501
# fmt: off
"""Wrong answers that were collected before the checker knew them, and the beginning of what it says now."""

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
    ('im2col', 'fields in rows', '', 'Yours has its axes in another order; its shape should be (12', (
        'N, C, H, W = x.shape\n'
        'out_h = output_size(H, kh, stride, padding)\n'
        'out_w = output_size(W, kw, stride, padding)\n'
        'img = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)], "constant")\n'
        'col = np.zeros((N, C, kh, kw, out_h, out_w), dtype=x.dtype)\n'
        'for a in range(kh):\n'
        '    a_max = a + stride * out_h\n'
        '    for b in range(kw):\n'
        '        b_max = b + stride * out_w\n'
        '        col[:, :, a, b, :, :] = img[:, :, a:a_max:stride, b:b_max:stride]\n'
        'return col.transpose(0, 4, 5, 1, 2, 3).reshape(N * out_h * out_w, -1)',
    )),
    ('im2col', 'images change fastest', '', 'Yours orders the columns by (h, w, n); it should be (n, h, w', (
        'N, C, H, W = x.shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'p = padding\n'
        'x_padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")\n'
        'i0 = np.tile(np.repeat(np.arange(kh), kw), C)\n'
        'i1 = stride * np.repeat(np.arange(OH), OW)\n'
        'j0 = np.tile(np.arange(kw), kh * C)\n'
        'j1 = stride * np.tile(np.arange(OW), OH)\n'
        'i = i0.reshape(-1, 1) + i1.reshape(1, -1)\n'
        'j = j0.reshape(-1, 1) + j1.reshape(1, -1)\n'
        'k = np.repeat(np.arange(C), kh * kw).reshape(-1, 1)\n'
        'cols = x_padded[:, k, i, j]\n'
        'return cols.transpose(1, 2, 0).reshape(kh * kw * C, -1)',
    )),
    ('im2col', 'tile and repeat swapped', '', 'Yours swaps rows and columns of the kernel: (c, j, i); it sh', (
        'N, C, H, W = x.shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'p = padding\n'
        'x_padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")\n'
        'i0 = np.tile(np.arange(kh), kw * C)\n'
        'i1 = stride * np.repeat(np.arange(OH), OW)\n'
        'j0 = np.tile(np.repeat(np.arange(kw), kh), C)\n'
        'j1 = stride * np.tile(np.arange(OW), OH)\n'
        'i = i0.reshape(-1, 1) + i1.reshape(1, -1)\n'
        'j = j0.reshape(-1, 1) + j1.reshape(1, -1)\n'
        'k = np.repeat(np.arange(C), kh * kw).reshape(-1, 1)\n'
        'cols = x_padded[:, k, i, j]\n'
        'return cols.transpose(1, 0, 2).reshape(kh * kw * C, -1)',
    )),
    ('im2col', 'views reshaped without a transpose', '', 'Yours has its axes in the order (n, c, h, w, i, j) before th', (
        'N, C, H, W = x.shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))\n'
        'windows = np.lib.stride_tricks.sliding_window_view(xp, (kh, kw), axis=(2, 3))\n'
        'windows = windows[:, :, ::stride, ::stride]\n'
        'return windows.reshape(C * kh * kw, N * OH * OW)',
    )),
    ('im2col', 'kh for the width', '', 'Yours computes OW with kh; it should use kw for the width.', (
        'N, C, H, W = x.shape\n'
        'OH = (H + 2 * padding - kh) // stride + 1\n'
        'OW = (W + 2 * padding - kh) // stride + 1\n'
        'x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))\n'
        'columns = np.zeros((C, kh, kw, N, OH, OW), x.dtype)\n'
        'for c in range(C):\n'
        '    for i in range(kh):\n'
        '        for j in range(kw):\n'
        '            for n in range(N):\n'
        '                for h in range(OH):\n'
        '                    for w in range(OW):\n'
        '                        columns[c, i, j, n, h, w] = x[n, c, h * stride + i, w * stride + j]\n'
        'return columns.reshape(C * kh * kw, N * OH * OW)',
    )),
    ('im2col', 'edge padding', '', 'Yours has other numbers than zeros in the border; it should ', (
        'N, C, H, W = x.shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="edge")\n'
        'cols = [\n'
        '    xp[:, c, i : i + stride * OH : stride, j : j + stride * OW : stride].ravel()\n'
        '    for c in range(C)\n'
        '    for i in range(kh)\n'
        '    for j in range(kw)\n'
        ']\n'
        'return np.array(cols)',
    )),
    ('im2col', 'float64 columns', '', 'Keep the dtype: np.zeros(shape, x.dtype), x.astype(...). A N', (
        'N, C, H, W = x.shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'xp = np.zeros((N, C, H + 2 * padding, W + 2 * padding))\n'
        'xp[:, :, padding : padding + H, padding : padding + W] = x\n'
        'col = np.zeros((C * kh * kw, N * OH * OW))\n'
        'for n in range(N):\n'
        '    for h in range(OH):\n'
        '        for w in range(OW):\n'
        '            field = xp[n, :, h * stride : h * stride + kh, w * stride : w * stride + kw]\n'
        '            col[:, (n * OH + h) * OW + w] = field.reshape(-1)\n'
        'return col',
    )),
    ('im2col', 'remainder for quotient', '', 'Yours takes the remainder % of the stride in the size of the', (
        'N, C, H, W = x.shape\n'
        'assert (H + 2 * padding - kh) % 1 == 0\n'
        'OH = int(1 + (H + 2 * padding - kh) % stride)\n'
        'OW = int(1 + (W + 2 * padding - kw) % stride)\n'
        'xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), mode="constant")\n'
        'cols = np.zeros((C, kh, kw, N, OH, OW), dtype=x.dtype)\n'
        'for i in range(kh):\n'
        '    for j in range(kw):\n'
        '        for h in range(OH):\n'
        '            for w in range(OW):\n'
        '                cols[:, i, j, :, h, w] = xp[:, :, h * stride + i, w * stride + j].T\n'
        'return cols.reshape(C * kh * kw, N * OH * OW)',
    )),
    ('col2im', 'fancy index and +=', '', 'Yours keeps the last value of a pixel only; it should add wh', (
        'N, C, H, W = shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'x_padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=columns.dtype)\n'
        'i0 = np.tile(np.repeat(np.arange(kh), kw), C)\n'
        'i1 = stride * np.repeat(np.arange(OH), OW)\n'
        'j0 = np.tile(np.arange(kw), kh * C)\n'
        'j1 = stride * np.tile(np.arange(OW), OH)\n'
        'i = i0.reshape(-1, 1) + i1.reshape(1, -1)\n'
        'j = j0.reshape(-1, 1) + j1.reshape(1, -1)\n'
        'k = np.repeat(np.arange(C), kh * kw).reshape(-1, 1)\n'
        'cols = columns.reshape(C * kh * kw, N, -1).transpose(1, 0, 2)\n'
        'x_padded[:, k, i, j] += cols\n'
        'return x_padded[:, :, padding : padding + H, padding : padding + W]',
    )),
    ('col2im', 'slice to minus zero', '', 'Yours cuts the border off with [p:-p], which is empty where ', (
        'N, C, H, W = shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'cols = columns.reshape(C, kh, kw, N, OH, OW).transpose(3, 0, 1, 2, 4, 5)\n'
        'x = np.zeros((N, C, H + 2 * padding, W + 2 * padding), columns.dtype)\n'
        'for i in range(kh):\n'
        '    for j in range(kw):\n'
        '        x[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += cols[:, :, i, j]\n'
        'return x[:, :, padding:-padding, padding:-padding]',
    )),
    ('col2im', 'border cut at the wrong end', '', 'Yours cuts the border off at the bottom only; it should cut ', (
        'N, C, H, W = shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'cols = columns.reshape(C, kh, kw, N, OH, OW)\n'
        'x = np.zeros((N, C, H + 2 * padding, W + 2 * padding), columns.dtype)\n'
        'for h in range(OH):\n'
        '    for w in range(OW):\n'
        '        top, left = h * stride, w * stride\n'
        '        x[:, :, top : top + kh, left : left + kw] += cols[:, :, :, :, h, w].transpose(3, 0, 1, 2)\n'
        'return x[:, :, :H, :W]',
    )),
    ('col2im', 'mean where fields overlap', '', 'Yours is the mean over the copies of a pixel; it should be t', (
        'N, C, H, W = shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'x = np.zeros((N, C, H + 2 * padding, W + 2 * padding), columns.dtype)\n'
        'count = np.zeros_like(x)\n'
        'cols = columns.reshape(C, kh, kw, N, OH, OW).transpose(3, 0, 1, 2, 4, 5)\n'
        'for i in range(kh):\n'
        '    for j in range(kw):\n'
        '        x[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += cols[:, :, i, j]\n'
        '        count[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += 1\n'
        'x = x / np.maximum(count, 1)\n'
        'return x[:, :, padding : H + padding, padding : W + padding]',
    )),
    ('col2im', 'images change fastest', '', 'Yours orders the columns by (h, w, n); it should be (n, h, w', (
        'N, C, H, W = shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'x_padded = np.zeros((N, C, H + 2 * padding, W + 2 * padding), dtype=columns.dtype)\n'
        'cols_reshaped = columns.reshape(C * kh * kw, -1, N).transpose(2, 0, 1).reshape(N, C, kh, kw, OH, OW)\n'
        'for i in range(kh):\n'
        '    for j in range(kw):\n'
        '        x_padded[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += cols_reshaped[:, :, i, j]\n'
        'if padding == 0:\n'
        '    return x_padded\n'
        'return x_padded[:, :, padding:-padding, padding:-padding]',
    )),
    ('col2im', 'columns read as rows', '', 'Yours has a row for each position; it should have a column f', (
        'N, C, H, W = shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'col = columns.reshape(N, OH, OW, C, kh, kw).transpose(0, 3, 4, 5, 1, 2)\n'
        'img = np.zeros((N, C, H + 2 * padding + stride - 1, W + 2 * padding + stride - 1), columns.dtype)\n'
        'for y in range(kh):\n'
        '    y_max = y + stride * OH\n'
        '    for x in range(kw):\n'
        '        x_max = x + stride * OW\n'
        '        img[:, :, y:y_max:stride, x:x_max:stride] += col[:, :, y, x, :, :]\n'
        'return img[:, :, padding : H + padding, padding : W + padding]',
    )),
    ('col2im', 'kernel axes swapped in the reshape', '', 'Yours swaps rows and columns of the kernel: (c, j, i); it sh', (
        'N, C, H, W = shape\n'
        'OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)\n'
        'fields = columns.reshape(C, kw, kh, N, OH, OW)\n'
        'x = np.zeros((N, C, H + 2 * padding, W + 2 * padding), columns.dtype)\n'
        'for j in range(kw):\n'
        '    for i in range(kh):\n'
        '        x[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += fields[:, j, i].swapaxes(0, 1)\n'
        'return x[:, :, padding : padding + H, padding : padding + W]',
    )),
    ('conv-forward', 'images and maps mixed by the reshape', '', 'Yours reshapes W X to (N, maps, OH, OW); it should be (maps,', (
        'kh, kw = self.kernel_size\n'
        'self.x = x\n'
        'N = x.shape[0]\n'
        'n_filters, h_out, w_out = self.output_shape(x.shape[1:])\n'
        'self.X = im2col(x, kh, kw, self.stride, self.padding)\n'
        'W_col = self.W.reshape(n_filters, -1)\n'
        'out = np.matmul(W_col, self.X) + self.b.reshape(-1, 1)\n'
        'out = out.reshape(N, n_filters, h_out, w_out)\n'
        'self.y_shape = out.shape\n'
        'return out',
    )),
    ('conv-forward', 'columns ordered as in cs231n', '', 'Yours reshapes W X to (maps, OH, OW, N); it should be (maps,', (
        'kh, kw = self.kernel_size\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'self.x = x\n'
        'self.X = im2col(x, kh, kw, self.stride, self.padding)\n'
        'res = self.W.reshape((self.W.shape[0], -1)).dot(self.X) + self.b.reshape(-1, 1)\n'
        'out = res.reshape(O, OH, OW, x.shape[0])\n'
        'out = out.transpose(3, 0, 1, 2)\n'
        'self.y_shape = out.shape\n'
        'return out',
    )),
    ('conv-forward', 'weights reshaped and then transposed', '', 'Yours reads W in the order (c, i, j, o); it should be (o, c,', (
        'kh, kw = self.kernel_size\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'self.x = x\n'
        'self.X = im2col(x, kh, kw, self.stride, self.padding)\n'
        'W = self.W.reshape(-1, O).T\n'
        'y = (W @ self.X + self.b[:, None]).reshape(O, len(x), OH, OW).transpose(1, 0, 2, 3)\n'
        'self.y_shape = y.shape\n'
        'return y',
    )),
    ('conv-forward', 'columns of the last image only', '', 'Yours keeps the columns of the last image only; it should ke', (
        'kh, kw = self.kernel_size\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'self.x = x\n'
        'y = np.zeros((len(x), O, OH, OW), x.dtype)\n'
        'for n in range(len(x)):\n'
        '    self.X = im2col(x[n : n + 1], kh, kw, self.stride, self.padding)\n'
        '    y[n] = (self.W.reshape(O, -1) @ self.X + self.b[:, None]).reshape(O, OH, OW)\n'
        'self.y_shape = y.shape\n'
        'return y',
    )),
    ('conv-forward', 'rows and columns of the output swapped', '', 'Yours has its axes in another order; its shape should be (2,', (
        'kh, kw = self.kernel_size\n'
        'O, OW, OH = self.output_shape(x.shape[1:])\n'
        'self.x = x\n'
        'self.X = im2col(x, kh, kw, self.stride, self.padding)\n'
        'Y = self.W.reshape(O, -1) @ self.X + self.b[:, None]\n'
        'y = Y.reshape(O, len(x), OH, OW).swapaxes(0, 1)\n'
        'self.y_shape = y.shape\n'
        'return y',
    )),
    ('conv-forward', 'kernel transposed', '', 'Yours transposes W to (o, c, j, i) before the reshape; it sh', (
        'kh, kw = self.kernel_size\n'
        'O, OH, OW = self.output_shape(x.shape[1:])\n'
        'self.x = x\n'
        'self.X = im2col(x, kh, kw, self.stride, self.padding)\n'
        'filters = self.W.transpose(0, 1, 3, 2).reshape(O, -1)\n'
        'y = np.einsum("ok,kp->op", filters, self.X).reshape(O, len(x), OH, OW)\n'
        'y = np.moveaxis(y, 1, 0) + self.b.reshape(1, O, 1, 1)\n'
        'self.y_shape = y.shape\n'
        'return y',
    )),
    ('conv-forward', 'stride left at 1', '', 'Yours has no stride; it should: im2col(x, kh, kw, self.strid', (
        'kh, kw = self.kernel_size\n'
        'self.x = x\n'
        'self.X = im2col(x, kh, kw, 1, 0)\n'
        'O = len(self.W)\n'
        'OH, OW = x.shape[2] - kh + 1, x.shape[3] - kw + 1\n'
        'y = (self.W.reshape(O, -1) @ self.X + self.b[:, None]).reshape(O, len(x), OH, OW).swapaxes(0, 1)\n'
        'self.y_shape = y.shape\n'
        'return y',
    )),
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
    ('mle-loss', 'mean over all numbers', '', 'Yours is the mean over all entries; it should divide by N, n', (
        'self.right = one_hot(labels, y)\n'
        'return float(np.mean(self.right * y))',
        'return self.right / self.right.size',
    )),
    ('mle-loss', 'gradient without the 1/N', '', 'Yours has no 1/N; it should be a mean.', (
        'self.right = one_hot(labels, y)\n'
        'return float(y[np.arange(len(y)), labels].mean())',
        'return self.right.copy()',
    )),
    ('mle-loss', 'labels as a second slice', '', 'Yours takes every label in every row, y[:, labels]; it shoul', (
        'self.right = one_hot(labels, y)\n'
        'return float(y[:, labels].mean())',
        'return self.right / len(self.right)',
    )),
    ('mle-loss', 'minus log of the penalty', '', 'Yours takes a logarithm; it should not: y is a penalty, and ', (
        'self.right = one_hot(labels, y)\n'
        'N = y.shape[0]\n'
        'correct_logprobs = -np.log(y[range(N), labels])\n'
        'return float(np.sum(correct_logprobs) / N)',
        'return self.right / len(self.right)',
    )),
    ('mle-loss', 'a vector of losses', '', 'Yours has a number for each image; it should be their mean, ', (
        'self.right = one_hot(labels, y)\n'
        'return np.sum(self.right * y, axis=1)',
        'return self.right / len(self.right)',
    )),
    ('map-loss', 'smallest penalty of the whole batch', '', 'Yours takes the smallest penalty of the whole batch; it shou', (
        'self.right = one_hot(labels, y)\n'
        'm = float(min(y.min(), self.j))\n'
        'e = np.exp(m - y)\n'
        'total = float(np.exp(m - self.j)) + e.sum(axis=1, keepdims=True)\n'
        'self.p = e / total\n'
        'return float(np.mean(np.sum(self.right * y, axis=1) - m + np.log(total[:, 0])))',
        'return (self.right - self.p) / len(self.right)',
    )),
    ('map-loss', 'no rubbish class', '', 'Yours has no rubbish class; it should have e^-j in the sum i', (
        'self.right = one_hot(labels, y)\n'
        'shifted = -(y - y.min(axis=1, keepdims=True))\n'
        'e = np.exp(shifted)\n'
        'self.p = e / e.sum(axis=1, keepdims=True)\n'
        'return float(-np.sum(self.right * np.log(np.maximum(self.p, 1e-300))) / len(y))',
        'return (self.right - self.p) / len(self.right)',
    )),
    ('map-loss', 'rubbish class not shifted', '', 'Yours has e^-j unchanged in the shifted sum; it should be e^', (
        'self.right = one_hot(labels, y)\n'
        'm = y.min(axis=1, keepdims=True)\n'
        'e = np.exp(-(y - m))\n'
        'Z = np.exp(-self.j) + e.sum(axis=1, keepdims=True)\n'
        'self.p = e / Z\n'
        'loss = (self.right * y).sum(axis=1) - m[:, 0] + np.log(Z[:, 0])\n'
        'return float(loss.mean())',
        'return (self.right - self.p) / len(self.right)',
    )),
    ('map-loss', 'j left out of the minimum', '', 'Yours leaves j out of m, so that e^(m - j) overflows; m shou', (
        'self.right = one_hot(labels, y)\n'
        'm = y.min(axis=1, keepdims=True)\n'
        'e = np.exp(m - y)\n'
        'total = e.sum(axis=1, keepdims=True) + np.exp(m - self.j)\n'
        'self.p = e / total\n'
        'return float(((self.right * y).sum(axis=1) - m[:, 0] + np.log(total[:, 0])).mean())',
        'return (self.right - self.p) / len(self.right)',
    )),
    ('map-loss', 'softmax of plus y', '', 'Yours has the exponents y; it should have -y: penalties, the', (
        'self.right = one_hot(labels, y)\n'
        'm = np.maximum(y.max(axis=1, keepdims=True), self.j)\n'
        'e = np.exp(y - m)\n'
        'total = e.sum(axis=1, keepdims=True) + np.exp(self.j - m)\n'
        'self.p = e / total\n'
        'return float(np.mean((self.right * y).sum(axis=1) + m[:, 0] + np.log(total[:, 0])))',
        'return (self.right - self.p) / len(self.right)',
    )),
    ('map-loss', 'gradient as for scores', '', 'Yours has the other sign; it should lower the penalty of the', (
        'self.right = one_hot(labels, y)\n'
        'N, K = y.shape\n'
        'z = np.concatenate([-y, np.full((N, 1), -self.j, y.dtype)], axis=1)\n'
        'z = z - z.max(axis=1, keepdims=True)\n'
        'e = np.exp(z)\n'
        's = e.sum(axis=1, keepdims=True)\n'
        'self.p = (e / s)[:, :K]\n'
        'return float(np.mean(np.log(s[:, 0]) - (self.right * z[:, :K]).sum(axis=1)))',
        'dscores = self.p.copy()\n'
        'dscores -= self.right\n'
        'dscores /= len(dscores)\n'
        'return dscores',
    )),
    ('map-loss', 'divided by N twice', '', 'Yours divides by N twice; it should divide by N once, len(y)', (
        'self.right = one_hot(labels, y)\n'
        'N = y.shape[0]\n'
        'm = np.minimum(y.min(axis=1), self.j)\n'
        'e = np.exp(m[:, None] - y)\n'
        'total = np.exp(m - self.j) + e.sum(axis=1)\n'
        'self.p = e / total[:, None]\n'
        'data_loss = np.mean((self.right * y).sum(axis=1) - m + np.log(total))\n'
        'return float(data_loss / N)',
        'return (self.right - self.p) / len(self.right)',
    )),
    ('map-loss', 'log of p plus 1e-7', '', 'Yours adds a small number to p, or cuts p off, before the lo', (
        'self.right = one_hot(labels, y)\n'
        'm = np.minimum(y.min(axis=1), self.j)\n'
        'e = np.exp(m[:, None] - y)\n'
        'total = np.exp(m - self.j) + e.sum(axis=1)\n'
        'self.p = e / total[:, None]\n'
        'return float(-np.sum(np.log(self.p[np.arange(len(y)), labels] + 1e-7)) / len(y))',
        'return (self.right - self.p) / len(self.right)',
    )),
    ('lenet5', 'C3 fully connected', '', 'Yours has Conv2d(6 -> 16 maps, 5x5) for C3; it should be Con', (
        'rng = np.random.default_rng(rng)\n'
        'w = dict(rng=rng, dtype=dtype, init=init)\n'
        'c = dict(rng=rng, dtype=dtype, coefficient=coefficient)\n'
        'return Sequential(\n'
        '    C1=Conv2d(1, 6, 5, **w),\n'
        '    C1_squash=ScaledTanh(),\n'
        '    S2=Subsampling(6, **c),\n'
        '    S2_squash=ScaledTanh(),\n'
        '    C3=Conv2d(6, 16, 5, **w),\n'
        '    C3_squash=ScaledTanh(),\n'
        '    S4=Subsampling(16, **c),\n'
        '    S4_squash=ScaledTanh(),\n'
        '    C5=Conv2d(16, 120, 5, **w),\n'
        '    C5_squash=ScaledTanh(),\n'
        '    flatten=Flatten(),\n'
        '    F6=Linear(120, 84, **w),\n'
        '    F6_squash=ScaledTanh(),\n'
        '    OUTPUT=RBF(DIGIT_CODES.astype(dtype)),\n'
        ')',
    )),
    ('lenet5', 'max pooling for subsampling', 'from scratchnet import MaxPool2d', 'Yours has MaxPool2d(2x2) for S2; it should be Subsampling(6 ', (
        'rng = np.random.default_rng(rng)\n'
        'w = dict(rng=rng, dtype=dtype, init=init)\n'
        'c = dict(rng=rng, dtype=dtype, coefficient=coefficient)\n'
        'return Sequential(\n'
        '    C1=Conv2d(1, 6, 5, **w),\n'
        '    C1_squash=ScaledTanh(),\n'
        '    S2=MaxPool2d(2),\n'
        '    S2_squash=ScaledTanh(),\n'
        '    C3=Conv2d(6, 16, 5, connections=connection_table(TABLE_I), **w),\n'
        '    C3_squash=ScaledTanh(),\n'
        '    S4=MaxPool2d(2),\n'
        '    S4_squash=ScaledTanh(),\n'
        '    C5=Conv2d(16, 120, 5, **w),\n'
        '    C5_squash=ScaledTanh(),\n'
        '    flatten=Flatten(),\n'
        '    F6=Linear(120, 84, **w),\n'
        '    F6_squash=ScaledTanh(),\n'
        '    OUTPUT=RBF(DIGIT_CODES.astype(dtype)),\n'
        ')',
    )),
    ('lenet5', 'no squashing after the subsampling', '', 'S2_squash is missing. A squashing function follows every lay', (
        'rng = np.random.default_rng(rng)\n'
        'w = dict(rng=rng, dtype=dtype, init=init)\n'
        'c = dict(rng=rng, dtype=dtype, coefficient=coefficient)\n'
        'return Sequential(\n'
        '    C1=Conv2d(1, 6, 5, **w),\n'
        '    C1_squash=ScaledTanh(),\n'
        '    S2=Subsampling(6, **c),\n'
        '    C3=Conv2d(6, 16, 5, connections=connection_table(TABLE_I), **w),\n'
        '    C3_squash=ScaledTanh(),\n'
        '    S4=Subsampling(16, **c),\n'
        '    C5=Conv2d(16, 120, 5, **w),\n'
        '    C5_squash=ScaledTanh(),\n'
        '    flatten=Flatten(),\n'
        '    F6=Linear(120, 84, **w),\n'
        '    F6_squash=ScaledTanh(),\n'
        '    OUTPUT=RBF(DIGIT_CODES.astype(dtype)),\n'
        ')',
    )),
    ('lenet5', 'padding for 28 x 28', '', 'Yours has Conv2d(1 -> 6 maps, 5x5, padding 2) for C1; it sho', (
        'rng = np.random.default_rng(rng)\n'
        'w = dict(rng=rng, dtype=dtype, init=init)\n'
        'c = dict(rng=rng, dtype=dtype, coefficient=coefficient)\n'
        'return Sequential(\n'
        '    C1=Conv2d(1, 6, 5, padding=2, **w),\n'
        '    C1_squash=ScaledTanh(),\n'
        '    S2=Subsampling(6, **c),\n'
        '    S2_squash=ScaledTanh(),\n'
        '    C3=Conv2d(6, 16, 5, connections=connection_table(TABLE_I), **w),\n'
        '    C3_squash=ScaledTanh(),\n'
        '    S4=Subsampling(16, **c),\n'
        '    S4_squash=ScaledTanh(),\n'
        '    C5=Conv2d(16, 120, 5, **w),\n'
        '    C5_squash=ScaledTanh(),\n'
        '    flatten=Flatten(),\n'
        '    F6=Linear(120, 84, **w),\n'
        '    F6_squash=ScaledTanh(),\n'
        '    OUTPUT=RBF(DIGIT_CODES.astype(dtype)),\n'
        ')',
    )),
    ('lenet5', 'linear output layer', '', 'Yours has Linear(84 -> 10) for OUTPUT; it should be RBF(84 -', (
        'rng = np.random.default_rng(rng)\n'
        'w = dict(rng=rng, dtype=dtype, init=init)\n'
        'c = dict(rng=rng, dtype=dtype, coefficient=coefficient)\n'
        'return Sequential(\n'
        '    C1=Conv2d(1, 6, 5, **w),\n'
        '    C1_squash=ScaledTanh(),\n'
        '    S2=Subsampling(6, **c),\n'
        '    S2_squash=ScaledTanh(),\n'
        '    C3=Conv2d(6, 16, 5, connections=connection_table(TABLE_I), **w),\n'
        '    C3_squash=ScaledTanh(),\n'
        '    S4=Subsampling(16, **c),\n'
        '    S4_squash=ScaledTanh(),\n'
        '    C5=Conv2d(16, 120, 5, **w),\n'
        '    C5_squash=ScaledTanh(),\n'
        '    flatten=Flatten(),\n'
        '    F6=Linear(120, 84, **w),\n'
        '    F6_squash=ScaledTanh(),\n'
        '    OUTPUT=Linear(84, 10, **w),\n'
        ')',
    )),
    ('lenet5', 'coefficient not passed on', '', 'Give coefficient= to Subsampling.', (
        'rng = np.random.default_rng(rng)\n'
        'w = dict(rng=rng, dtype=dtype, init=init)\n'
        'c = dict(rng=rng, dtype=dtype)\n'
        'return Sequential(\n'
        '    C1=Conv2d(1, 6, 5, **w),\n'
        '    C1_squash=ScaledTanh(),\n'
        '    S2=Subsampling(6, **c),\n'
        '    S2_squash=ScaledTanh(),\n'
        '    C3=Conv2d(6, 16, 5, connections=connection_table(TABLE_I), **w),\n'
        '    C3_squash=ScaledTanh(),\n'
        '    S4=Subsampling(16, **c),\n'
        '    S4_squash=ScaledTanh(),\n'
        '    C5=Conv2d(16, 120, 5, **w),\n'
        '    C5_squash=ScaledTanh(),\n'
        '    flatten=Flatten(),\n'
        '    F6=Linear(120, 84, **w),\n'
        '    F6_squash=ScaledTanh(),\n'
        '    OUTPUT=RBF(DIGIT_CODES.astype(dtype)),\n'
        ')',
    )),
    ('lenet5', 'init not passed on', '', 'Give init= to Conv2d and Linear.', (
        'rng = np.random.default_rng(rng)\n'
        'w = dict(rng=rng, dtype=dtype)\n'
        'c = dict(rng=rng, dtype=dtype, coefficient=coefficient)\n'
        'return Sequential(\n'
        '    C1=Conv2d(1, 6, 5, **w),\n'
        '    C1_squash=ScaledTanh(),\n'
        '    S2=Subsampling(6, **c),\n'
        '    S2_squash=ScaledTanh(),\n'
        '    C3=Conv2d(6, 16, 5, connections=connection_table(TABLE_I), **w),\n'
        '    C3_squash=ScaledTanh(),\n'
        '    S4=Subsampling(16, **c),\n'
        '    S4_squash=ScaledTanh(),\n'
        '    C5=Conv2d(16, 120, 5, **w),\n'
        '    C5_squash=ScaledTanh(),\n'
        '    flatten=Flatten(),\n'
        '    F6=Linear(120, 84, **w),\n'
        '    F6_squash=ScaledTanh(),\n'
        '    OUTPUT=RBF(DIGIT_CODES.astype(dtype)),\n'
        ')',
    )),
    ('linear-backward2', 'squared after the sum', '', 'Yours squares the product; it should square W alone: hy @ W*', (
        'self.hW = (hy.T @ self.x) ** 2\n'
        'self.hb = hy.sum(axis=0)\n'
        'return (hy @ self.W) ** 2',
    )),
    ('linear-backward2', 'no squares', '', 'Yours does not square W; it should, for hx (eq. 27). Then hW', (
        'self.hW = np.dot(hy.T, self.x)\n'
        'self.hb = np.sum(hy, axis=0)\n'
        'return np.dot(hy, self.W)',
    )),
    ('linear-backward2', 'curvature squared too', '', 'Yours squares hy; it should not, because hy is a second deri', (
        'self.hW = np.square(hy).T.dot(np.square(self.x))\n'
        'self.hb = np.square(hy).sum(axis=0)\n'
        'return np.square(hy).dot(np.square(self.W))',
    )),
    ('linear-backward2', 'averaged over the batch', '', 'Yours is the average over the batch; hW should be the sum: t', (
        'N = hy.shape[0]\n'
        'outer = hy[:, :, None] * (self.x ** 2)[:, None, :]\n'
        'self.hW = outer.mean(axis=0)\n'
        'self.hb = hy.sum(axis=0) / N\n'
        'return hy @ (self.W * self.W)',
    )),
    ('linear-backward2', 'x squared in place', '', 'Other code still needs x. Make a new array instead of changi', (
        'self.x **= 2\n'
        'self.hW = hy.T @ self.x\n'
        'self.hb = hy.sum(axis=0)\n'
        'return hy @ self.W ** 2',
    )),
    ('conv-backward2', 'squared after the sum', '', 'Yours squares the product; it should square X alone, which l', (
        'kh, kw = self.kernel_size\n'
        'hY = hy.swapaxes(0, 1).reshape(len(self.W), -1)\n'
        'AX = hY @ self.X.T\n'
        'self.hW = self._mask((AX ** 2).reshape(self.W.shape))\n'
        'self.hb = hY.sum(axis=1)\n'
        'W = self.W.reshape(len(self.W), -1) ** 2\n'
        'return col2im(W.T @ hY, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('conv-backward2', 'weights not squared', '', 'Yours does not square W; it should, for hx (eq. 27).', (
        'kh, kw = self.kernel_size\n'
        'O = self.W.shape[0]\n'
        'hY = hy.transpose(1, 0, 2, 3).reshape(O, -1)\n'
        'self.hW = self._mask((hY @ np.square(self.X).T).reshape(self.W.shape))\n'
        'self.hb = hY.sum(1)\n'
        'hX = self.W.reshape(O, -1).T @ hY\n'
        'return col2im(hX, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('conv-backward2', 'columns squared in place', '', 'Yours stores something in the first call that changes the se', (
        'kh, kw = self.kernel_size\n'
        'O = self.W.shape[0]\n'
        'hY = hy.swapaxes(0, 1).reshape(O, -1)\n'
        'X = self.X\n'
        'X *= X\n'
        'self.hW = self._mask((hY @ X.T).reshape(self.W.shape))\n'
        'self.hb = hY.sum(axis=1)\n'
        'return col2im((self.W.reshape(O, -1) ** 2).T @ hY, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('conv-backward2', 'averaged over the positions', '', 'Yours divides hW by the number of positions, OH * OW; it sho', (
        'kh, kw = self.kernel_size\n'
        'O = self.W.shape[0]\n'
        'hY = hy.swapaxes(0, 1).reshape(O, -1)\n'
        'positions = hy.shape[2] * hy.shape[3]\n'
        'self.hW = self._mask((hY @ (self.X ** 2).T / positions).reshape(self.W.shape))\n'
        'self.hb = hY.sum(axis=1) / positions\n'
        'return col2im((self.W.reshape(O, -1) ** 2).T @ hY, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('conv-backward2', 'mask forgotten', '', 'Yours lacks the mask of the connection table. hW should be 0', (
        'kh, kw = self.kernel_size\n'
        'O, C = self.W.shape[:2]\n'
        'hY = hy.swapaxes(0, 1).reshape(O, -1)\n'
        'self.hW = np.tensordot(hY, self.X ** 2, axes=(1, 1)).reshape(O, C, kh, kw)\n'
        'self.hb = hY.sum(axis=1)\n'
        'return col2im((self.W.reshape(O, -1) ** 2).T @ hY, self.x.shape, kh, kw, self.stride, self.padding)',
    )),
    ('sdlm', 'no brackets', '', 'Yours is lr / mu + h; it should be lr / (mu + h).', (
        'engine.curvatures(x, labels)\n'
        'self.eps = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        h = getattr(leaf, "h" + name)\n'
        '        self.eps[(leaf, name)] = self.lr / self.mu + h',
        'for (leaf, name), eps in self.eps.items():\n'
        '    p = getattr(leaf, name)\n'
        '    p -= eps * getattr(leaf, "d" + name)',
    )),
    ('sdlm', 'largest curvature of the layer', '', 'Yours uses one curvature for the whole layer; each parameter', (
        'engine.curvatures(x, labels)\n'
        'self.eps = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        h = getattr(leaf, "h" + name)\n'
        '        self.eps[leaf, name] = np.full_like(h, self.lr / (self.mu + np.max(h)))',
        'for (leaf, name), eps in self.eps.items():\n'
        '    p = getattr(leaf, name)\n'
        '    p -= eps * getattr(leaf, "d" + name)',
    )),
    ('sdlm', 'dictionary emptied in the loop', '', 'Yours has no entry for W of F; it should have one for every ', (
        'engine.curvatures(x, labels)\n'
        'for leaf in self.net.leaves():\n'
        '    self.eps = {}\n'
        '    for name in leaf.params:\n'
        '        self.eps[leaf, name] = self.lr / (self.mu + getattr(leaf, "h" + name))',
        'for (leaf, name), eps in self.eps.items():\n'
        '    p = getattr(leaf, name)\n'
        '    p -= eps * getattr(leaf, "d" + name)',
    )),
    ('sdlm', 'weights but no biases', '', 'Yours has no entry for b of F; it should have one for every ', (
        'engine.curvatures(x, labels)\n'
        'self.eps = {}\n'
        'for leaf in self.net.leaves():\n'
        '    if "W" in leaf.params:\n'
        '        self.eps[leaf, "W"] = self.lr / (self.mu + leaf.hW)',
        'for (leaf, name), eps in self.eps.items():\n'
        '    p = getattr(leaf, name)\n'
        '    p -= eps * getattr(leaf, "d" + name)',
    )),
    ('sdlm', 'root of the curvature', '', 'Yours takes a square root; it should not: eps = lr / (mu + h', (
        'engine.curvatures(x, labels)\n'
        'self.eps = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        self.eps[leaf, name] = self.lr / (self.mu + np.sqrt(np.abs(getattr(leaf, "h" + name))))',
        'for (leaf, name), eps in self.eps.items():\n'
        '    p = getattr(leaf, name)\n'
        '    p -= eps * getattr(leaf, "d" + name)',
    )),
    ('sdlm', 'uphill', '', 'Yours goes up the slope; it should go down: w <- w - eps dE/', (
        'engine.curvatures(x, labels)\n'
        'self.eps = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        self.eps[leaf, name] = self.lr / (self.mu + getattr(leaf, "h" + name))',
        'for (layer, name), step_size in self.eps.items():\n'
        '    weights = getattr(layer, name)\n'
        '    weights += step_size * getattr(layer, "d" + name)',
    )),
    ('sdlm', 'learning rate twice', '', 'Yours multiplies by lr twice; it should not: eps contains lr', (
        'engine.curvatures(x, labels)\n'
        'self.eps = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        self.eps[leaf, name] = self.lr / (self.mu + getattr(leaf, "h" + name))',
        'for (layer, name), eps in self.eps.items():\n'
        '    getattr(layer, name)[...] -= self.lr * eps * getattr(layer, "d" + name)',
    )),
    ('sgd', 'uphill', '', 'Yours goes up the slope; it should go down: w <- w - lr dE/d', (
        'for name, w, dw, _ in self.net.parameters():\n'
        '    w += self.lr * dw',
    )),
    ('sgd', 'gradient scaled in place', '', 'Other code still needs g1. Make a new array instead of chang', (
        'for name, param, grad, _ in self.net.parameters():\n'
        '    grad *= self.lr\n'
        '    param -= grad',
    )),
    ('sgd', 'return after the first parameter', '', 'Yours changes only the first parameter; it should change eve', (
        'for name, param, grad, _ in self.net.parameters():\n'
        '    param[...] = param - self.lr * grad\n'
        '    return',
    )),
    ('sgd', 'biases left out', '', 'Yours changes only the first parameter; it should change eve', (
        'for name, value, gradient, _ in self.net.parameters():\n'
        '    if value.ndim > 1:\n'
        '        value -= self.lr * gradient',
    )),
    ('sgd', 'curvature for gradient', '', 'Yours takes the parts of each parameter as (name, gradient, ', (
        'for name, gradient, value, _ in self.net.parameters():\n'
        '    value -= self.lr * gradient',
    )),
    ('momentum', 'step with the old velocity', '', "Yours does not change the layer's own array in step 1. It sh", (
        'for name, param, grad, _ in self.net.parameters():\n'
        '    v = self.v.get(name, np.zeros_like(param))\n'
        '    g = grad + self.weight_decay * param\n'
        '    self.v[name] = self.momentum * v + g\n'
        '    param -= self.lr * v',
    )),
    ('momentum', 'running mean for velocity', '', 'Yours multiplies the gradient by 1 - momentum; it should not', (
        'for name, param, grad, _ in self.net.parameters():\n'
        '    grad = grad + self.weight_decay * param\n'
        '    v = self.v.get(name, 0)\n'
        '    v = self.momentum * v + (1 - self.momentum) * grad\n'
        '    self.v[name] = v\n'
        '    param -= self.lr * v',
    )),
    ('momentum', 'no decay without momentum', '', 'Yours has no weight decay; it should be g = dE/dw + weight_d', (
        'for name, parameter, gradient, _ in self.net.parameters():\n'
        '    if self.momentum <= 0:\n'
        '        parameter -= self.lr * gradient\n'
        '        continue\n'
        '    v = self.v.get(name, np.zeros_like(gradient))\n'
        '    if self.weight_decay != 0:\n'
        '        gradient = gradient + self.weight_decay * parameter\n'
        '    v = self.momentum * v\n'
        '    v += gradient\n'
        '    self.v[name] = v\n'
        '    parameter -= self.lr * v',
    )),
    ('momentum', 'decay with the wrong sign', '', 'Yours subtracts the weight decay; it should add it: g = dE/d', (
        'for name, p, g, _ in self.net.parameters():\n'
        '    g = g - self.weight_decay * p\n'
        '    self.v[name] = self.momentum * self.v.get(name, 0) + g\n'
        '    p -= self.lr * self.v[name]',
    )),
    ('momentum', 'velocity forgotten between steps', '', 'Yours forgets the velocity; it should keep it in self.v[name', (
        'moments = {name: np.zeros_like(value) for name, value, _, _ in self.net.parameters()}\n'
        'for name, value, gradient, _ in self.net.parameters():\n'
        '    g = gradient + self.weight_decay * value\n'
        '    moments[name] = self.momentum * moments[name] + g\n'
        '    value -= self.lr * moments[name]\n'
        'self.v = moments',
    )),
    ('momentum', 'decay after the momentum', '', 'Yours has the weight decay beside the velocity; it should be', (
        'for name, value, gradient, _ in self.net.parameters():\n'
        '    self.v[name] = self.momentum * self.v.get(name, 0) + gradient\n'
        '    value -= self.lr * (self.v[name] + self.weight_decay * value)',
    )),
    ('momentum', 'decay without the learning rate', '', 'Yours subtracts the weight decay without lr; it should be g ', (
        'for name, value, gradient, _ in self.net.parameters():\n'
        '    value *= 1 - self.weight_decay\n'
        '    self.v[name] = self.momentum * self.v.get(name, 0) + gradient\n'
        '    value -= self.lr * self.v[name]',
    )),
    ('momentum', 'learning rate inside the velocity', '', 'Yours has the learning rate in the velocity, where it stays ', (
        'for name, w, dw, _ in self.net.parameters():\n'
        '    v = self.v.get(name, np.zeros_like(w))\n'
        '    v = self.momentum * v - self.lr * (dw + self.weight_decay * w)\n'
        '    w += v\n'
        '    self.v[name] = v',
    )),
    ('momentum', "velocity is the gradient's own array", '', 'Other code still needs g1. Make a new array instead of chang', (
        'for name, value, gradient, _ in self.net.parameters():\n'
        '    gradient += self.weight_decay * value\n'
        '    if name not in self.v:\n'
        '        self.v[name] = gradient\n'
        '    else:\n'
        '        self.v[name] *= self.momentum\n'
        '        self.v[name] += gradient\n'
        '    value -= self.lr * self.v[name]',
    )),
    ('relu', 'where the gradient is positive', '', 'Yours looks at the sign of dy; it should look at the sign of', (
        'self.y = np.maximum(0, x)\n'
        'return self.y',
        'dx = dy.copy()\n'
        'dx[dy < 0] = 0\n'
        'return dx',
    )),
    ('relu', 'the output is never negative', '', 'Yours passes dy on everywhere; it should only where x > 0.', (
        'self.y = np.maximum(0, x)\n'
        'return self.y',
        'return (self.y >= 0) * dy',
    )),
    ('relu', 'slope 1 at exactly 0', '', 'Yours has slope 1 at x = 0; it should be 0 there: x > 0, not', (
        'self.x = x\n'
        'self.y = np.maximum(0, x)\n'
        'return self.y',
        'grad = np.zeros_like(self.x)\n'
        'grad[self.x >= 0] = 1\n'
        'return grad * dy',
    )),
    ('relu', 'upstream gradient left out', '', 'Yours is the slope alone; it should be multiplied by dy.', (
        'self.y = np.maximum(0, x)\n'
        'return self.y',
        'return np.where(self.y > 0, 1, 0).astype(dy.dtype)',
    )),
    ('relu', 'largest over the batch', '', 'Yours is np.max(x, 0), the largest along axis 0; it should b', (
        'self.y = np.max(x, 0)\n'
        'return self.y',
        'return dy * (self.y > 0)',
    )),
    ('relu', 'input cut off in place', '', 'Other code still needs x. Make a new array instead of changi', (
        'x[x < 0] = 0\n'
        'self.y = x\n'
        'return self.y',
        'return dy * (self.y > 0)',
    )),
    ('relu', 'leaky', '', 'Yours is the leaky rectifier; it should be 0 for negative x.', (
        'self.y = np.where(x > 0, x, 0.01 * x)\n'
        'return self.y',
        'return np.where(self.y > 0, dy, 0.01 * dy)',
    )),
    ('max-pool-backward', 'fancy index and +=', '', 'Yours gives a pixel one share; it should add up the shares o', (
        'N, C, H, W = self.shape\n'
        'dx = np.zeros((N, C, H * W), dy.dtype)\n'
        'n, c = np.ogrid[:N, :C]\n'
        'dx[n[..., None], c[..., None], self.winner.reshape(N, C, -1)] += dy.reshape(N, C, -1)\n'
        'return dx.reshape(self.shape)',
    )),
    ('max-pool-backward', 'put_along_axis', '', 'Yours gives a pixel one share; it should add up the shares o', (
        'N, C, H, W = self.shape\n'
        'dx = np.zeros((N, C, H * W), dtype=dy.dtype)\n'
        'np.put_along_axis(dx, self.winner.reshape(N, C, -1), dy.reshape(N, C, -1), axis=2)\n'
        'return dx.reshape(N, C, H, W)',
    )),
    ('max-pool-backward', 'return inside the loop', '', 'Yours does the first image only; it should do all: is `retur', (
        'N, C, H, W = self.shape\n'
        'dx = np.zeros(self.shape, dy.dtype)\n'
        'for n in range(N):\n'
        '    for c in range(C):\n'
        '        for h in range(dy.shape[2]):\n'
        '            for w in range(dy.shape[3]):\n'
        '                row, col = divmod(int(self.winner[n, c, h, w]), W)\n'
        '                dx[n, c, row, col] += dy[n, c, h, w]\n'
        '    return dx',
    )),
    ('max-pool-backward', 'rows from the height', '', 'Yours divides the place of the winner by H; it should divide', (
        'N, C, H, W = self.shape\n'
        'dx = np.zeros(self.shape, dy.dtype)\n'
        'for n, c, h, w in np.ndindex(*dy.shape):\n'
        '    k = self.winner[n, c, h, w]\n'
        '    dx[n, c, k // H % H, k % H % W] += dy[n, c, h, w]\n'
        'return dx',
    )),
    ('max-pool-backward', 'all gradients in the first map', '', 'Yours gives everything to the first map of the first image; ', (
        'dx = np.zeros(self.shape, dy.dtype)\n'
        'np.add.at(dx.reshape(-1), self.winner.reshape(-1), dy.reshape(-1))\n'
        'return dx',
    )),
    ('max-pool-backward', 'added to a copy', '', 'Yours is 0 in every entry; it should not be. Did you compute', (
        'N, C, H, W = self.shape\n'
        'dx = np.zeros(self.shape, dy.dtype)\n'
        'offset = (np.arange(N * C) * H * W).reshape(N, C, 1, 1)\n'
        'np.add.at(dx.flatten(), (self.winner + offset).flatten(), dy.flatten())\n'
        'return dx',
    )),
    ('cross-entropy', 'largest of the whole batch', '', 'Yours subtracts the largest score of the whole batch; it sho', (
        'self.right = one_hot(labels, y)\n'
        'scores = y - np.max(y)\n'
        'exp_scores = np.exp(scores)\n'
        'self.p = exp_scores / np.sum(exp_scores, axis=1, keepdims=True)\n'
        'loss = np.log(exp_scores.sum(axis=1)) - scores[np.arange(len(y)), labels]\n'
        'return float(loss.mean())',
        'return (self.p - self.right) / len(self.right)',
    )),
    ('cross-entropy', 'log of p plus 1e-7', '', 'Yours adds a small number to p, or cuts p off, before the lo', (
        'self.right = one_hot(labels, y)\n'
        'batch_size = y.shape[0]\n'
        'x = y - np.max(y, axis=-1, keepdims=True)\n'
        'self.p = np.exp(x) / np.sum(np.exp(x), axis=-1, keepdims=True)\n'
        'return -float(np.sum(np.log(self.p[np.arange(batch_size), labels] + 1e-7)) / batch_size)',
        'return (self.p - self.right) / len(self.right)',
    )),
    ('cross-entropy', 'softmax down the batch', '', 'Yours divides by the sum over the images; it should divide b', (
        'self.right = one_hot(labels, y)\n'
        'e_x = np.exp(y - np.max(y, axis=0))\n'
        'self.p = e_x / e_x.sum(axis=0)\n'
        'return float(-np.sum(self.right * np.log(np.maximum(self.p, 1e-300))) / len(y))',
        'return (self.p - self.right) / len(self.right)',
    )),
    ('cross-entropy', 'binary cross-entropy', '', 'Yours asks yes or no for each class, with (1 - t) log(1 - p)', (
        'self.right = one_hot(labels, y)\n'
        'e = np.exp(y - y.max(axis=1, keepdims=True))\n'
        'self.p = e / e.sum(axis=1, keepdims=True)\n'
        'p = np.clip(self.p, 1e-15, 1 - 1e-15)\n'
        'losses = -self.right * np.log(p) - (1 - self.right) * np.log(1 - p)\n'
        'return float(losses.sum() / len(y))',
        'return (self.p - self.right) / len(self.right)',
    )),
    ('cross-entropy', 'probabilities changed in place', '', 'Yours stores something in the first call that changes the se', (
        'self.labels = labels\n'
        'num_examples = y.shape[0]\n'
        'shifted = y - y.max(axis=1, keepdims=True)\n'
        'log_Z = np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))\n'
        'log_probs = shifted - log_Z\n'
        'self.p = np.exp(log_probs)\n'
        'return float(-np.sum(log_probs[np.arange(num_examples), labels]) / num_examples)',
        'num_examples = self.p.shape[0]\n'
        'dscores = self.p\n'
        'dscores[range(num_examples), self.labels] -= 1\n'
        'dscores /= num_examples\n'
        'return dscores',
    )),
    ('cross-entropy', 'gradient without the 1/N', '', 'Yours has no 1/N; it should be a mean.', (
        'self.right = one_hot(labels, y)\n'
        'z = y - y.max(axis=1)[:, None]\n'
        'lse = np.log(np.exp(z).sum(axis=1))\n'
        'self.p = np.exp(z - lse[:, None])\n'
        'return float(np.mean(lse - z[np.arange(len(z)), labels]))',
        'return self.p - self.right',
    )),
    ('cross-entropy', 'bracket inside the exponent', '', 'Yours divides the exponent by the sum, exp(y / sum); it shou', (
        'self.right = one_hot(labels, y)\n'
        'z = y - y.max(axis=1, keepdims=True)\n'
        'self.p = np.exp(z / np.sum(np.exp(z), axis=1, keepdims=True))\n'
        'return float(-np.mean(np.log(self.p[np.arange(len(y)), labels])))',
        'return (self.p - self.right) / len(self.right)',
    )),
    ('cross-entropy', 'divided by N twice', '', 'Yours divides by N twice; it should divide by N once, len(y)', (
        'self.right = one_hot(labels, y)\n'
        'z = y - y.max(axis=1, keepdims=True)\n'
        'e = np.exp(z)\n'
        'self.p = e / e.sum(axis=1, keepdims=True)\n'
        'self.dscores = (self.p - self.right) / len(y)\n'
        'return float((np.log(e.sum(axis=1)) - (self.right * z).sum(axis=1)).mean())',
        'return self.dscores / len(self.dscores)',
    )),
    ('cross-entropy', 'slope of the softmax on top', '', 'Yours has the factor p (1 - p) too; it should be p - [i = D]', (
        'self.right = one_hot(labels, y)\n'
        'z = y - y.max(axis=1, keepdims=True)\n'
        'e = np.exp(z)\n'
        'self.p = e / e.sum(axis=1, keepdims=True)\n'
        'return float((np.log(e.sum(axis=1)) - (self.right * z).sum(axis=1)).mean())',
        'return (self.p - self.right) * self.p * (1 - self.p) / len(self.p)',
    )),
    ('cross-entropy', 'clipped probabilities', '', 'Yours adds a small number to p, or cuts p off, before the lo', (
        'self.right = one_hot(labels, y)\n'
        'e = np.exp(y - y.max(axis=1, keepdims=True))\n'
        'self.p = e / e.sum(axis=1, keepdims=True)\n'
        'clipped = np.clip(self.p, 1e-15, 1.0)\n'
        'return float(-(self.right * np.log(clipped)).sum() / y.shape[0])',
        'return (self.p - self.right) / len(self.right)',
    )),
    ('cross-entropy', 'all pairs of patterns', '', 'Yours is the sum over the images; it should be their mean. D', (
        'self.right = one_hot(labels, y)\n'
        'z = y - y.max(axis=1, keepdims=True)\n'
        'e = np.exp(z)\n'
        'total = e.sum(axis=1, keepdims=True)\n'
        'self.p = e / total\n'
        'losses = np.log(total) - z[np.arange(len(z)), labels]\n'
        'return float(losses.sum() / len(y))',
        'return (self.p - self.right) / len(self.right)',
    )),
    ('adam', 'time counted per parameter', '', 'Yours counts t for every parameter; it should count once in ', (
        'beta1, beta2 = self.betas\n'
        'for name, value, gradient, _ in self.net.parameters():\n'
        '    self.t += 1\n'
        '    g = gradient + self.weight_decay * value\n'
        '    m = beta1 * self.m.get(name, 0) + (1 - beta1) * g\n'
        '    v = beta2 * self.v.get(name, 0) + (1 - beta2) * g * g\n'
        '    self.m[name], self.v[name] = m, v\n'
        '    mt = m / (1 - beta1 ** self.t)\n'
        '    vt = v / (1 - beta2 ** self.t)\n'
        '    value -= self.lr * mt / (np.sqrt(vt) + self.eps)',
    )),
    ('adam', 'correction without the power', '', 'Yours divides by 1 - beta in every step, as if t were 1; it ', (
        'self.t += 1\n'
        'b1, b2 = self.betas\n'
        'for name, w, grad, _ in self.net.parameters():\n'
        '    grad = grad + self.weight_decay * w\n'
        '    if name not in self.m:\n'
        '        self.m[name] = np.zeros_like(w)\n'
        '        self.v[name] = np.zeros_like(w)\n'
        '    self.m[name] = b1 * self.m[name] + (1 - b1) * grad\n'
        '    self.v[name] = b2 * self.v[name] + (1 - b2) * np.power(grad, 2)\n'
        '    m_hat = self.m[name] / (1 - b1)\n'
        '    v_hat = self.v[name] / (1 - b2)\n'
        '    w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)',
    )),
    ('adam', 'eps inside the root', '', 'Yours adds eps inside of the root; it should add it outside.', (
        'self.t += 1\n'
        'b1, b2 = self.betas\n'
        'for name, w, grad, _ in self.net.parameters():\n'
        '    grad = grad + self.weight_decay * w\n'
        '    m = self.m[name] = b1 * self.m.get(name, 0) + (1 - b1) * grad\n'
        '    v = self.v[name] = b2 * self.v.get(name, 0) + (1 - b2) * grad ** 2\n'
        '    m_hat, v_hat = m / (1 - b1 ** self.t), v / (1 - b2 ** self.t)\n'
        '    w -= self.lr * m_hat / np.sqrt(v_hat + self.eps)',
    )),
    ('adam', 'eps scaled by the correction', '', 'Yours adds eps before the correction of v; it should add it ', (
        'self.t += 1\n'
        'beta1, beta2 = self.betas\n'
        'alpha = self.lr * np.sqrt(1 - beta2 ** self.t) / (1 - beta1 ** self.t)\n'
        'for name, w, grad, _ in self.net.parameters():\n'
        '    grad = grad + self.weight_decay * w\n'
        '    self.m[name] = beta1 * self.m.get(name, 0) + (1 - beta1) * grad\n'
        '    self.v[name] = beta2 * self.v.get(name, 0) + (1 - beta2) * grad ** 2\n'
        '    w -= float(alpha) * self.m[name] / (np.sqrt(self.v[name]) + self.eps)',
    )),
    ('adam', 'betas the other way round', '', "Yours has beta and 1 - beta in each other's place; it should", (
        'self.t += 1\n'
        'b1, b2 = self.betas\n'
        'for name, w, grad, _ in self.net.parameters():\n'
        '    grad = grad + self.weight_decay * w\n'
        '    m = self.m[name] = (1 - b1) * self.m.get(name, 0) + b1 * grad\n'
        '    v = self.v[name] = (1 - b2) * self.v.get(name, 0) + b2 * grad ** 2\n'
        '    w -= self.lr * (m / (1 - b1 ** self.t)) / (np.sqrt(v / (1 - b2 ** self.t)) + self.eps)',
    )),
    ('adam', 'corrected means stored', '', "Yours keeps m' and v' in self.m and self.v; it should keep m", (
        'self.t += 1\n'
        'b1, b2 = self.betas\n'
        'for name, w, grad, _ in self.net.parameters():\n'
        '    grad = grad + self.weight_decay * w\n'
        '    self.m[name] = b1 * self.m.get(name, 0) + (1 - b1) * grad\n'
        '    self.v[name] = b2 * self.v.get(name, 0) + (1 - b2) * grad ** 2\n'
        '    self.m[name] = self.m[name] / (1 - b1 ** self.t)\n'
        '    self.v[name] = self.v[name] / (1 - b2 ** self.t)\n'
        '    w -= self.lr * self.m[name] / (np.sqrt(self.v[name]) + self.eps)',
    )),
    ('adam', 'weights squared for gradients', '', 'Yours averages the squares of the weights in v; it should av', (
        'self.t += 1\n'
        'b1, b2 = self.betas\n'
        'for key, weights, gradients, _ in self.net.parameters():\n'
        '    g = gradients + self.weight_decay * weights\n'
        '    self.m[key] = b1 * self.m.get(key, 0) + (1 - b1) * g\n'
        '    self.v[key] = b2 * self.v.get(key, 0) + (1 - b2) * np.square(weights)\n'
        '    mc = self.m[key] / (1 - b1 ** self.t)\n'
        '    vc = self.v[key] / (1 - b2 ** self.t)\n'
        '    weights -= self.lr * mc / (np.sqrt(vc) + self.eps)',
    )),
    ('adam', 'decay beside the step', '', 'Yours lets w decay beside the step, as AdamW does; it should', (
        'self.t += 1\n'
        'b1, b2 = self.betas\n'
        'for name, w, g, _ in self.net.parameters():\n'
        '    w *= 1 - self.lr * self.weight_decay\n'
        '    self.m[name] = b1 * self.m.get(name, 0) + (1 - b1) * g\n'
        '    self.v[name] = b2 * self.v.get(name, 0) + (1 - b2) * g * g\n'
        '    w -= self.lr * (self.m[name] / (1 - b1 ** self.t)) / (np.sqrt(self.v[name] / (1 - b2 ** self.t)) + self.eps)',
    )),
    ('adam', 'time begins at 2', '', 'Yours is one step ahead in beta^t; it should have t = 1 in t', (
        'self.t += 1\n'
        'local_step = self.t + 1\n'
        'b1, b2 = self.betas\n'
        'for name, w, g, _ in self.net.parameters():\n'
        '    g = g + self.weight_decay * w\n'
        '    m = self.m[name] = b1 * self.m.get(name, 0) + (1 - b1) * g\n'
        '    v = self.v[name] = b2 * self.v.get(name, 0) + (1 - b2) * g * g\n'
        '    w -= self.lr * (m / (1 - b1 ** local_step)) / (np.sqrt(v / (1 - b2 ** local_step)) + self.eps)',
    )),
    ('adam', 'same beta in both corrections', '', 'Yours corrects v by beta1; it should be 1 - beta2^t.', (
        'self.t += 1\n'
        'beta1, beta2 = self.betas\n'
        'for name, w, g, _ in self.net.parameters():\n'
        '    g = g + self.weight_decay * w\n'
        '    m = self.m[name] = beta1 * self.m.get(name, 0) + (1 - beta1) * g\n'
        '    v = self.v[name] = beta2 * self.v.get(name, 0) + (1 - beta2) * g * g\n'
        '    fix = 1 - beta1 ** self.t\n'
        '    w -= self.lr * (m / fix) / (np.sqrt(v / fix) + self.eps)',
    )),
    ('optimal-brain-damage', 'each layer for itself', '', 'Yours takes a share of each parameter, or of the weights alo', (
        'engine.curvatures(x, labels)\n'
        'self.saliency = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        self.saliency[leaf, name] = getattr(leaf, "h" + name) * getattr(leaf, name) ** 2 / 2',
        'for (leaf, name), s in self.saliency.items():\n'
        '    k = round(share * s.size)\n'
        '    if k == 0:\n'
        '        continue\n'
        '    threshold = np.sort(s, axis=None)[k - 1]\n'
        '    getattr(leaf, name)[s <= threshold] = 0',
    )),
    ('optimal-brain-damage', 'formula of the surgeon', '', 'Yours divides by the curvature; it should multiply: h w^2 / ', (
        'engine.curvatures(x, labels)\n'
        'self.saliency = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        w, h = getattr(leaf, name), getattr(leaf, "h" + name)\n'
        '        self.saliency[leaf, name] = w ** 2 / (2 * (h + 1e-12))',
        's = np.concatenate([a.ravel() for a in self.saliency.values()])\n'
        'k = round(share * s.size)\n'
        'order = np.argsort(s, kind="stable")[:k]\n'
        'dead = np.zeros(s.size, bool)\n'
        'dead[order] = True\n'
        'start = 0\n'
        'for (leaf, name), a in self.saliency.items():\n'
        '    getattr(leaf, name)[dead[start : start + a.size].reshape(a.shape)] = 0\n'
        '    start += a.size',
    )),
    ('optimal-brain-damage', 'without the half', '', 'Yours has no 1/2; it should be h w^2 / 2.', (
        'engine.curvatures(x, labels)\n'
        'self.saliency = {\n'
        '    (leaf, name): np.square(getattr(leaf, name)) * getattr(leaf, "h" + name)\n'
        '    for leaf in self.net.leaves()\n'
        '    for name in leaf.params\n'
        '}',
        's = np.concatenate([a.ravel() for a in self.saliency.values()])\n'
        'k = round(share * s.size)\n'
        'order = np.argsort(s, kind="stable")[:k]\n'
        'dead = np.zeros(s.size, bool)\n'
        'dead[order] = True\n'
        'start = 0\n'
        'for (leaf, name), a in self.saliency.items():\n'
        '    getattr(leaf, name)[dead[start : start + a.size].reshape(a.shape)] = 0\n'
        '    start += a.size',
    )),
    ('optimal-brain-damage', 'size for saliency', '', 'Yours is |w| or w^2, without the curvature; it should be h w', (
        'engine.curvatures(x, labels)\n'
        'self.saliency = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        self.saliency[leaf, name] = np.abs(getattr(leaf, name))',
        's = np.concatenate([a.ravel() for a in self.saliency.values()])\n'
        'k = round(share * s.size)\n'
        'order = np.argsort(s, kind="stable")[:k]\n'
        'dead = np.zeros(s.size, bool)\n'
        'dead[order] = True\n'
        'start = 0\n'
        'for (leaf, name), a in self.saliency.items():\n'
        '    getattr(leaf, name)[dead[start : start + a.size].reshape(a.shape)] = 0\n'
        '    start += a.size',
    )),
    ('optimal-brain-damage', 'the most important ones', '', 'Yours removes the most salient weights; it should remove the', (
        'engine.curvatures(x, labels)\n'
        'self.saliency = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        self.saliency[leaf, name] = getattr(leaf, "h" + name) * getattr(leaf, name) ** 2 / 2',
        's = np.concatenate([a.ravel() for a in self.saliency.values()])\n'
        'k = round(share * s.size)\n'
        'if not k:\n'
        '    return\n'
        'limit = np.sort(s)[::-1][k - 1]\n'
        'for (leaf, name), a in self.saliency.items():\n'
        '    getattr(leaf, name)[a >= limit] = 0',
    )),
    ('optimal-brain-damage', 'one too few', '', 'Yours removes one weight too few; it should remove the one a', (
        'engine.curvatures(x, labels)\n'
        'self.saliency = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        self.saliency[leaf, name] = getattr(leaf, "h" + name) * getattr(leaf, name) ** 2 / 2',
        's = np.concatenate([a.ravel() for a in self.saliency.values()])\n'
        'k = round(share * s.size)\n'
        'if k == 0:\n'
        '    return\n'
        'threshold = np.sort(s)[k - 1]\n'
        'for (leaf, name), a in self.saliency.items():\n'
        '    w = getattr(leaf, name)\n'
        '    w[a < threshold] = 0',
    )),
    ('optimal-brain-damage', 'zeros written into a copy', '', 'Yours leaves every weight as it was; it should change the pa', (
        'engine.curvatures(x, labels)\n'
        'self.saliency = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        self.saliency[leaf, name] = getattr(leaf, "h" + name) * getattr(leaf, name) ** 2 / 2',
        'keys = list(self.saliency)\n'
        's = np.concatenate([self.saliency[key].ravel() for key in keys])\n'
        'w = np.concatenate([getattr(leaf, name).ravel() for leaf, name in keys])\n'
        'k = round(share * s.size)\n'
        'w[np.argsort(s)[:k]] = 0',
    )),
    ('optimal-brain-damage', 'a new array for the weights', '', 'Yours leaves every weight as it was; it should change the pa', (
        'engine.curvatures(x, labels)\n'
        'self.saliency = {}\n'
        'for leaf in self.net.leaves():\n'
        '    for name in leaf.params:\n'
        '        self.saliency[leaf, name] = getattr(leaf, "h" + name) * getattr(leaf, name) ** 2 / 2',
        's = np.concatenate([a.ravel() for a in self.saliency.values()])\n'
        'k = round(share * s.size)\n'
        'limit = np.sort(s)[k - 1] if k else -1.0\n'
        'for (leaf, name), a in self.saliency.items():\n'
        '    setattr(leaf, name, np.where(a <= limit, 0, getattr(leaf, name)).astype(a.dtype))',
    )),
    ('optimal-brain-damage', 'biases never pruned', '', 'Yours has no entry for b of F; it should have one for every ', (
        'engine.curvatures(x, labels)\n'
        'self.saliency = {}\n'
        'for leaf in self.net.leaves():\n'
        '    if hasattr(leaf, "hW"):\n'
        '        self.saliency[leaf, "W"] = leaf.hW * leaf.W ** 2 / 2',
        's = np.concatenate([a.ravel() for a in self.saliency.values()])\n'
        'k = round(share * s.size)\n'
        'order = np.argsort(s, kind="stable")[:k]\n'
        'dead = np.zeros(s.size, bool)\n'
        'dead[order] = True\n'
        'start = 0\n'
        'for (leaf, name), a in self.saliency.items():\n'
        '    getattr(leaf, name)[dead[start : start + a.size].reshape(a.shape)] = 0\n'
        '    start += a.size',
    )),
]
