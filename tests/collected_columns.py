# ruff: noqa: E501
# fmt: off
"""Wrong answers in the exercises on im2col, its transpose and the convolution by it: see mistakes_collected.py."""

MISTAKES = [
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
]
