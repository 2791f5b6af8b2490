# ruff: noqa: E501
# fmt: off
"""Wrong answers in the exercises on the losses, LeNet-5 and the curvature pass: see mistakes_collected.py."""

MISTAKES = [
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
]
