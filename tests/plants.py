"""An answer to every exercise as a learner might write it, and mistakes to plant in it.

ANSWERS: {exercise: a body for each blank}. PLANTS: {exercise: (what to find in the answer, what to put there, words
of the diagnosis that the learner has to see)}.
"""

import textwrap

ANSWERS = {
    "scaled-tanh": (
        """
        self.y = A * np.tanh(S * x)
        return self.y
        """,
        """
        slope = S * A - S / A * self.y**2
        return slope * dy
        """,
    ),
    "linear": (
        """
        self.x = x
        return x @ self.W.T + self.b
        """,
        """
        self.dW = dy.T @ self.x
        self.db = dy.sum(axis=0)
        return dy @ self.W
        """,
    ),
    "convolution-by-loops": (
        """
        N, C = x.shape[:2]
        O, OH, OW = self.output_shape(x.shape[1:])
        kh, kw = self.kernel_size
        s = self.stride
        y = np.zeros((N, O, OH, OW), x.dtype)
        for n in range(N):
            for o in range(O):
                for h in range(OH):
                    for w in range(OW):
                        total = self.b[o]
                        for c in range(C):
                            for i in range(kh):
                                for j in range(kw):
                                    total += self.W[o, c, i, j] * x[n, c, h * s + i, w * s + j]
                        y[n, o, h, w] = total
        return y
        """,
    ),
    "im2col": (
        """
        N, C, H, W = x.shape
        OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)
        x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
        columns = np.zeros((C, kh, kw, N, OH, OW), x.dtype)
        for i in range(kh):
            for j in range(kw):
                pixels = x[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride]
                columns[:, i, j] = pixels.swapaxes(0, 1)
        return columns.reshape(C * kh * kw, N * OH * OW)
        """,
    ),
    "col2im": (
        """
        N, C, H, W = shape
        OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)
        x = np.zeros((N, C, H + 2 * padding, W + 2 * padding), columns.dtype)
        fields = columns.reshape(C, kh, kw, N, OH, OW)
        for i in range(kh):
            for j in range(kw):
                pixels = fields[:, i, j].swapaxes(0, 1)
                x[:, :, i : i + stride * OH : stride, j : j + stride * OW : stride] += pixels
        return x[:, :, padding : padding + H, padding : padding + W]
        """,
    ),
    "conv-forward": (
        """
        kh, kw = self.kernel_size
        O, OH, OW = self.output_shape(x.shape[1:])
        self.x = x
        self.X = im2col(x, kh, kw, self.stride, self.padding)
        Y = self.W.reshape(O, -1) @ self.X + self.b[:, None]
        y = Y.reshape(O, len(x), OH, OW).swapaxes(0, 1)
        self.y_shape = y.shape
        return y
        """,
    ),
    "conv-backward": (
        """
        kh, kw = self.kernel_size
        W = self.W.reshape(len(self.W), -1)
        dY = dy.swapaxes(0, 1).reshape(len(W), -1)
        self.dW = self._mask((dY @ self.X.T).reshape(self.W.shape))
        self.db = dY.sum(axis=1)
        return col2im(W.T @ dY, self.x.shape, kh, kw, self.stride, self.padding)
        """,
    ),
    "subsampling": (
        """
        N, C, H, W = x.shape
        self.s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5))
        return self.W[:, None, None] * self.s + self.b[:, None, None]
        """,
        """
        self.dW = (dy * self.s).sum(axis=(0, 2, 3))
        self.db = dy.sum(axis=(0, 2, 3))
        ds = self.W[:, None, None] * dy
        return np.repeat(np.repeat(ds, 2, axis=2), 2, axis=3)
        """,
    ),
    "table-one": (
        """
        rows = [line.split() for line in drawing.split("\\n") if line.strip()]
        return np.array([[mark == "X" for mark in row] for row in rows]).T
        """,
    ),
    "rbf": (
        """
        self.difference = x[:, None, :] - self.codes
        return (self.difference**2).sum(axis=2)
        """,
        """
        return 2 * (dy[:, :, None] * self.difference).sum(axis=1)
        """,
    ),
    "mle-loss": (
        """
        self.right = one_hot(labels, y)
        return float((self.right * y).sum() / len(y))
        """,
        """
        return self.right / len(self.right)
        """,
    ),
    "map-loss": (
        """
        self.right = one_hot(labels, y)
        m = np.minimum(y.min(axis=1), self.j)
        e = np.exp(m[:, None] - y)
        total = np.exp(m - self.j) + e.sum(axis=1)
        self.p = e / total[:, None]
        return float(((self.right * y).sum(axis=1) - m + np.log(total)).mean())
        """,
        """
        return (self.right - self.p) / len(self.p)
        """,
    ),
    "lenet5": (
        """
        rng = rng or np.random.default_rng()
        with_weights = {"rng": rng, "dtype": dtype, "init": init}
        with_two = {"rng": rng, "dtype": dtype, "coefficient": coefficient}
        return Sequential(
            C1=Conv2d(1, 6, 5, **with_weights),
            C1_squash=ScaledTanh(),
            S2=Subsampling(6, **with_two),
            S2_squash=ScaledTanh(),
            C3=Conv2d(6, 16, 5, connections=connection_table(TABLE_I), **with_weights),
            C3_squash=ScaledTanh(),
            S4=Subsampling(16, **with_two),
            S4_squash=ScaledTanh(),
            C5=Conv2d(16, 120, 5, **with_weights),
            C5_squash=ScaledTanh(),
            flatten=Flatten(),
            F6=Linear(120, 84, **with_weights),
            F6_squash=ScaledTanh(),
            OUTPUT=RBF(DIGIT_CODES.astype(dtype)),
        )
        """,
    ),
    "linear-backward2": (
        """
        self.hW = hy.T @ self.x**2
        self.hb = hy.sum(axis=0)
        return hy @ self.W**2
        """,
    ),
    "conv-backward2": (
        """
        kh, kw = self.kernel_size
        W = self.W.reshape(len(self.W), -1) ** 2
        hY = hy.swapaxes(0, 1).reshape(len(W), -1)
        self.hW = self._mask((hY @ (self.X**2).T).reshape(self.W.shape))
        self.hb = hY.sum(axis=1)
        return col2im(W.T @ hY, self.x.shape, kh, kw, self.stride, self.padding)
        """,
    ),
    "sdlm": (
        """
        engine.curvatures(x, labels)
        self.eps = {}
        for leaf in self.net.leaves():
            for name in leaf.params:
                h = getattr(leaf, "h" + name)
                self.eps[leaf, name] = self.lr / (self.mu + h)
        """,
        """
        for (leaf, name), eps in self.eps.items():
            value, gradient = getattr(leaf, name), getattr(leaf, "d" + name)
            value -= eps * gradient
        """,
    ),
    "sgd": (
        """
        for name, value, gradient, _ in self.net.parameters():
            value -= self.lr * gradient
        """,
    ),
    "momentum": (
        """
        for name, value, gradient, _ in self.net.parameters():
            g = gradient + self.weight_decay * value
            self.v[name] = self.momentum * self.v.get(name, 0) + g
            value -= self.lr * self.v[name]
        """,
    ),
    "relu": (
        """
        self.y = np.maximum(x, 0)
        return self.y
        """,
        """
        return dy * (self.y > 0)
        """,
    ),
    "max-pool-backward": (
        """
        N, C, H, W = self.shape
        dx = np.zeros((N, C, H * W), dy.dtype)
        for n, c, h, w in np.ndindex(dy.shape):
            dx[n, c, self.winner[n, c, h, w]] += dy[n, c, h, w]
        return dx.reshape(self.shape)
        """,
    ),
    "cross-entropy": (
        """
        self.right = one_hot(labels, y)
        z = y - y.max(axis=1, keepdims=True)
        e = np.exp(z)
        total = e.sum(axis=1, keepdims=True)
        self.p = e / total
        return float((np.log(total[:, 0]) - (self.right * z).sum(axis=1)).mean())
        """,
        """
        return (self.p - self.right) / len(self.p)
        """,
    ),
    "adam": (
        """
        self.t += 1
        beta1, beta2 = self.betas
        for name, value, gradient, _ in self.net.parameters():
            g = gradient + self.weight_decay * value
            m, v = self.m.get(name, 0), self.v.get(name, 0)
            m = self.m[name] = m + (1 - beta1) * (g - m)
            v = self.v[name] = v + (1 - beta2) * (g**2 - v)
            root = np.sqrt(v / (1 - beta2**self.t))
            value -= self.lr * m / (1 - beta1**self.t) / (root + self.eps)
        """,
    ),
    "capstone": (
        """
        net = lenet5(rng)
        loss, optimizer = scratchnet.MAPLoss(10), scratchnet.SDLM(net, 1.25e-4)
        rates = [1.25e-4, 5e-5, 2.5e-5, 1.25e-5]
        scratchnet.fit(net, loss, optimizer, (x, labels), epochs=4, schedule=rates.__getitem__, rng=rng)
        return net
        """,
    ),
    "optimal-brain-damage": (
        """
        engine.curvatures(x, labels)
        self.saliency = {}
        for leaf in self.net.leaves():
            for name in leaf.params:
                h, w = getattr(leaf, "h" + name), getattr(leaf, name)
                self.saliency[leaf, name] = h * w**2 / 2
        """,
        """
        s = np.concatenate([array.ravel() for array in self.saliency.values()])
        count = round(share * s.size)
        limit = np.sort(s)[count - 1] if count else -1
        for (leaf, name), array in self.saliency.items():
            getattr(leaf, name)[array <= limit] = 0
        """,
    ),
}
ANSWERS = {name: [textwrap.dedent(text).strip() + "\n" for text in texts] for name, texts in ANSWERS.items()}

# What the answers call the arguments of each blank: the library may call them otherwise.
ARGUMENTS = {
    "scaled-tanh": ("self x", "self dy"),
    "linear": ("self x", "self dy"),
    "convolution-by-loops": ("self x",),
    "im2col": ("x kh kw stride padding",),
    "col2im": ("columns shape kh kw stride padding",),
    "conv-forward": ("self x",),
    "conv-backward": ("self dy",),
    "subsampling": ("self x", "self dy"),
    "table-one": ("drawing",),
    "rbf": ("self x", "self dy"),
    "mle-loss": ("self y labels", "self"),
    "map-loss": ("self y labels", "self"),
    "lenet5": ("rng dtype init coefficient",),
    "linear-backward2": ("self hy",),
    "conv-backward2": ("self hy",),
    "sdlm": ("self engine x labels", "self"),
    "sgd": ("self",),
    "momentum": ("self",),
    "relu": ("self x", "self dy"),
    "max-pool-backward": ("self dy",),
    "cross-entropy": ("self y labels", "self"),
    "adam": ("self",),
    "capstone": ("x labels rng",),
    "optimal-brain-damage": ("self engine x labels", "self share"),
}

# For each level of the checker a mistake in "linear" that all levels before it let pass.
LEVEL_PLANTS = {
    "runs": ("x @ self.W.T", "x @ self.W"),
    "type, shape, dtype": ("x @ self.W.T + self.b", "(x @ self.W.T + self.b).astype(float)"),
    "a small case by hand": (" + self.b", ""),
    "random cases": ("x @ self.W.T", "x[:3].sum() * 0 + x @ self.W.T * (1 + (len(x) > 4) / 100)"),
    "central differences": ("dy @ self.W\n", "dy @ self.W * (1 + (len(dy) > 4) / 100)\n"),
    "same as the library, at LeNet-5's sizes": (
        "dy @ self.W\n",
        "dy @ self.W * dy.dtype.type(1 + (len(dy) > 30) / 100)\n",
    ),
    "does not change its input": ("return dy @ self.W", "dx = dy @ self.W\ndy *= 0\nreturn dx"),
    "called twice": ("self.db = dy", 'self.db = vars(self).get("db", 0) + dy'),
    "odd shapes": ("dy @ self.W\n", "dy @ self.W * (1 + (len(dy) == 1))\n"),
}

PLANTS = {
    "scaled-tanh": (
        ("A * np.tanh(S * x)", "np.tanh(S * x)", "factor A in front"),
        ("np.tanh(S * x)", "np.tanh(x)", "factor S inside"),
        ("slope * dy", "slope", "it should be multiplied by dy"),
        ("S * A - S / A * self.y**2", "1 - self.y**2", "Yours uses 1 - y^2"),
        ("S * A - S / A * self.y**2", "A - self.y**2 / A", "inner derivative"),
        ("return slope * dy", "dy *= slope\nreturn dy", "Make a new array"),
    ),
    "linear": (
        (" + self.b", "", "Yours has no bias"),
        ("dy.T @ self.x", "dy.T @ self.x / len(dy)", "over the batch; it should sum"),
        ("dy.T @ self.x", "self.x.T @ dy", "Yours has its axes in another order"),
        ("dy.sum(axis=0)", "dy.mean(axis=0)", "Yours averages db over the batch"),
        ("dy.sum(axis=0)", "dy", "summed over axis 0"),
        ("self.db =", "self.W -= 0.1 * self.dW\nself.db =", "Other code still needs W"),
        ("dy.sum(axis=0)", "dy.sum(axis=1)", "Did you sum over the wrong axis"),
        ("return dy @", "return -dy @", "wrong sign"),
        ("self.dW =", 'self.dW = vars(self).get("dW", 0) +', "up from call to call; it should overwrite"),
        ("self.x = x\n", "", "forward stores nothing in self.x"),
    ),
    "convolution-by-loops": (
        ("x[n, c, h * s + i, w * s + j]", "x[n, c, h * s + kh - 1 - i, w * s + kw - 1 - j]", "Yours flips the kernel"),
        ("total += self.W", "total = self.b[o] + self.W", "Yours uses only the last product"),
        ("total = self.b[o]", "total = 0", "Yours has no bias"),
        ("in range(C)", "in range(C - 1, C)", "Yours uses only the last input map"),
        ("self.W[o, c, i, j]", "self.W[o, c, j, i]", "Yours swaps rows and columns of the kernel"),
        ("range(OH)", "range(OH - 1)", "wrong only at the last index along axis 2"),
        ("np.zeros((N, O, OH, OW), x.dtype)", "np.zeros((N, O, OH, OW))", "Keep the dtype"),
    ),
    "im2col": (
        ("columns[:, i, j]", "columns[:, j, i]", "out of bounds"),
        ("(C * kh * kw, N * OH * OW)", "(-1, C * kh * kw).T", "right numbers in the wrong places"),
        ("i : i + stride * OH : stride, j : j + stride * OW : stride", "i : i + OH, j : j + OW", "Yours has no stride"),
        (".swapaxes(0, 1)", ".reshape(C, N, OH, OW)", "right numbers in the wrong places"),
        ("np.zeros((C, kh, kw, N, OH, OW), x.dtype)", "np.zeros((C, kh, kw, N, OH, OW))", "Keep the dtype"),
        (
            "return columns.reshape(C * kh * kw, N * OH * OW)",
            "return columns.transpose(0, 1, 2, 4, 5, 3).reshape(C * kh * kw, -1)",
            "Yours orders the columns by (h",
        ),
        (
            "return columns.reshape(C * kh * kw, N * OH * OW)",
            "return columns.reshape(C * kh * kw, N * OH * OW).T",
            "Yours has its axes in another order",
        ),
    ),
    "col2im": (
        ("+= pixels", "= pixels", "Yours keeps the last value of a pixel only"),
        ("x[:, :, padding : padding + H, padding : padding + W]", "x", "shape"),
        ("fields[:, i, j]", "fields[:, kh - 1 - i, kw - 1 - j]", "Yours flips the kernel; it should"),
        ("return x[", "x /= kh * kw\nreturn x[", "Yours is 1/4 of what it should be"),
        ("columns.dtype)", "float)", "Keep the dtype"),
        ("x[:, :, padding : padding + H, padding : padding + W]", "x[:, :, :H, :W]", "at the top too"),
    ),
    "conv-forward": (
        (" + self.b[:, None]", "", "Yours has no bias"),
        ("self.W.reshape", "self.W[:, :, ::-1, ::-1].reshape", "Yours flips the kernel"),
        ("reshape(O, len(x), OH, OW).swapaxes(0, 1)", "reshape(len(x), O, OH, OW)", "only then swap"),
        ("self.X = im2col", "X = im2col", "self.X"),
        ("self.y_shape = y.shape", "pass", "forward stores nothing in self.y_shape"),
        ("+ self.b[:, None]", "- self.b[:, None]", "Yours subtracts the bias"),
    ),
    "conv-backward": (
        ("self._mask((dY @ self.X.T).reshape(self.W.shape))", "(dY @ self.X.T).reshape(self.W.shape)", "mask"),
        ("self._mask(", "self._mask(1 / len(dy) * ", "over the batch; it should sum"),
        ("dy.swapaxes(0, 1)", "dy", "swap the first two axes of dy"),
        (
            "self.W.reshape(len(self.W), -1)",
            "self.W[:, :, ::-1, ::-1].reshape(len(self.W), -1)",
            "Yours flips the kernel; it should",
        ),
        ("dY.sum(axis=1)", "dY.mean(axis=1)", "mean over images and positions"),
        ("dY.sum(axis=1)", "dY.sum()", "over too many axes"),
        ("return col2im(", "return -col2im(", "wrong sign"),
    ),
    "subsampling": (
        (".sum(axis=(3, 5))", ".mean(axis=(3, 5))", "Yours takes the mean of the window"),
        (".sum(axis=(3, 5))", ".max(axis=(3, 5))", "the largest of the window"),
        (" + self.b[:, None, None]", "", "Yours has no bias"),
        ("return np.repeat(np.repeat(ds", "return np.repeat(np.repeat(ds / 4", "Yours divides dx by 4"),
        ("np.repeat(np.repeat(ds, 2, axis=2), 2, axis=3)", "np.tile(ds, (1, 1, 2, 2))", "np.repeat, not np.tile"),
        ("(dy * self.s).sum(axis=(0, 2, 3))", "dy.sum(axis=(0, 2, 3))", "Yours has no sums s"),
        ("(dy * self.s).sum(axis=(0, 2, 3))", "(dy * self.s).sum(axis=(2, 3))", "summed over axis 0"),
        ("self.W[:, None, None] * dy", "dy", "Yours has no coefficient"),
    ),
    "table-one": (
        (".T", "", "transposed"),
        ('mark == "X"', 'int(mark == "X")', "comparison"),
        ('mark == "X"', 'mark == "."', "Yours has True and False in each other's place"),
        ('mark == "X"', "bool(mark)", "bool('.')"),
        (" if line.strip()", "", "inhomogeneous"),
        ("line.split()", "line", "spaces between the marks"),
    ),
    "rbf": (
        ("(self.difference**2).sum(axis=2)", "np.abs(self.difference).sum(axis=2)", "Yours is the sum of |x - w|"),
        ("(self.difference**2).sum(axis=2)", "np.sqrt((self.difference**2).sum(axis=2))", "its square"),
        ("sum(axis=2)", "mean(axis=2)", "mean over the features"),
        ("return 2 *", "return", "factor 2"),
        ("return 2 *", "return -2 *", "Yours has 2 (w - x); it should be 2 (x - w)"),
        ("dy[:, :, None] * ", "", "Yours has no dy"),
    ),
    "mle-loss": (
        ("/ len(y))", ")", "sum over the images"),
        ("(self.right * y).sum() / len(y)", "y.mean()", "Yours is the mean of all penalties"),
        ("(self.right * y).sum()", "y.min(axis=1).sum()", "smallest penalty"),
        ("self.right / len(self.right)", "self.right", "Yours has no 1/N"),
        ("self.right / len(self.right)", "self.right / self.right.size", "Yours divides by the number of entries of y"),
        (
            "return float((self.right * y).sum() / len(y))",
            "return (self.right * y).sum(axis=1) / len(y)",
            "expected a number",
        ),
    ),
    "map-loss": (
        ("np.exp(m - self.j) + e.sum(axis=1)", "e.sum(axis=1)", "Yours has no rubbish class"),
        ("(self.right * y).sum(axis=1) - m", "-m", "it should have y_D too"),
        ("m = np.minimum(y.min(axis=1), self.j)", "m = np.zeros(len(y), y.dtype)", "factor the largest exponent out"),
        (".mean())", ".sum())", "sum over the images"),
        ("self.right - self.p", "self.p - self.right", "Yours has the other sign"),
        ("/ len(self.p)", "", "Yours has no 1/N"),
        ("(self.right - self.p)", "-self.p", "it should have [i = D] too"),
    ),
    "lenet5": (
        ("connections=connection_table(TABLE_I), ", "", "connections of Table I"),
        ("    S2_squash=ScaledTanh(),\n", "", "S2_squash is missing"),
        ("connection_table(TABLE_I)", "connection_table(TABLE_I)[::-1]", "connections of Table I"),
        ("Linear(120, 84", "Linear(120, 86", "should be Linear(120 -> 84), got"),
        ("S4=Subsampling(16", "S4=Subsampling(6", "S4"),
        ("C5_squash=ScaledTanh()", "C5_squash=Flatten()", "C5_squash"),
        ('"dtype": dtype, "coefficient": coefficient}', '"dtype": dtype}', "Give coefficient= to Subsampling"),
        ('"dtype": dtype, "init": init}', '"dtype": dtype}', "Give init= to Conv2d and Linear"),
        ('{"rng": rng, "dtype": dtype, "init"', '{"dtype": dtype, "init"', "Give rng= to every layer"),
        ('{"rng": rng, "dtype": dtype, "init"', '{"rng": rng, "init"', "Give dtype= to every layer"),
        ("RBF(DIGIT_CODES.astype(dtype))", "RBF(-DIGIT_CODES.astype(dtype))", "OUTPUT"),
    ),
    "linear-backward2": (
        ("hy @ self.W**2", "hy @ self.W", "Yours does not square W"),
        ("self.x**2", "self.x", "Yours does not square x"),
        ("hy.T @ self.x**2", "(hy.T @ self.x) ** 2", "cross terms"),
        ("hy.sum(axis=0)", "(hy**2).sum(axis=0)", "Yours squares hy"),
        ("hy.T @ self.x**2", "hy.T @ self.x**2 / len(hy)", "average over the batch"),
    ),
    "conv-backward2": (
        (" ** 2\n", "\n", "Yours does not square W"),
        ("(self.X**2).T", "self.X.T", "Yours does not square X"),
        (
            "self._mask((hY @ (self.X**2).T).reshape(self.W.shape))",
            "(hY @ (self.X**2).T).reshape(self.W.shape)",
            "mask",
        ),
        ("(hY @ (self.X**2).T)", "((hY @ self.X.T) ** 2)", "cross terms"),
        ("hY.sum(axis=1)", "(hY**2).sum(axis=1)", "Yours squares hy"),
    ),
    "sdlm": (
        ("self.mu + h", "h", "Yours has no mu"),
        ("curvatures(x, labels)", "curvatures(labels, x)", "in that order"),
        ("self.lr / (self.mu + h)", "self.lr / self.mu + h", "Yours is lr / mu + h"),
        ("self.lr / (self.mu + h)", "self.lr * (self.mu + h)", "divide"),
        ("self.eps[leaf, name]", "self.eps[name]", "A key is a pair"),
        ("value -= eps", "value += eps", "up the slope"),
        ("value -= eps", "value = value - eps", "new array"),
        ("value -= eps *", "value -= self.lr *", "Yours has no step sizes"),
    ),
    "sgd": (
        ("value -= self.lr", "value += self.lr", "up the slope"),
        ("self.lr * gradient", "gradient", "Yours has no learning rate"),
        ("value -= self.lr * gradient", "value = value - self.lr * gradient", "new array"),
        ("value -= self.lr * gradient", "value -= self.lr * gradient\nreturn", "change of b in step 1"),
        ("value -= self.lr * gradient", "gradient *= self.lr\nvalue -= gradient", "Other code still needs g1"),
        ("* gradient", "* np.sign(gradient)", "Yours uses only the sign of the gradient"),
        ("value -= self.lr", "value[...] = -self.lr", "Yours replaces the parameter"),
    ),
    "momentum": (
        (" + self.weight_decay * value", "", "Yours has no weight decay"),
        ("+ self.weight_decay", "- self.weight_decay", "Yours subtracts the weight decay"),
        (
            "self.momentum * self.v.get(name, 0) + g",
            "self.momentum * self.v.get(name, 0) + (1 - self.momentum) * g",
            "Yours multiplies the gradient by 1 - momentum",
        ),
        ("self.momentum * self.v.get(name, 0) + g", "g", "Yours forgets the velocity"),
        ("self.momentum * self.v", "self.v", "Yours keeps v without its factor"),
        ("value -= self.lr * self.v[name]", "value = value - self.lr * self.v[name]", "new array"),
    ),
    "relu": (
        ("np.maximum(x, 0)", "np.abs(x)", "|x|"),
        ("np.maximum(x, 0)", "np.minimum(x, 0)", "min(x, 0)"),
        ("np.maximum(x, 0)", "np.maximum(x, 0, out=x)", "Make a new array"),
        ("self.y > 0", "self.y >= 0", "Yours passes dy on everywhere"),
        ("self.y > 0", "dy > 0", "sign of dy"),
        ("dy * (self.y > 0)", "(self.y > 0).astype(dy.dtype)", "slope alone"),
        ("return dy * (self.y > 0)", "dy[self.y <= 0] = 0\nreturn dy", "Make a new array"),
    ),
    "max-pool-backward": (
        ("] += dy", "] = dy", "Yours gives a pixel one share"),
        ("dy.dtype)", "float)", "Keep the dtype"),
        ("self.winner[n, c, h, w]] +=", "self.winner[n, c, h, w] - 1] +=", "off by one"),
        ("dx.reshape(self.shape)", "dx", "Did you forget a reshape"),
        ("+= dy[n, c, h, w]", "+= dy[n, c, h, w] / dy[0, 0].size", "Yours is 1/4 of what it should be"),
    ),
    "cross-entropy": (
        ("z = y - y.max(axis=1, keepdims=True)", "z = y", "Yours overflows: e^y is infinite for large y"),
        (".mean())", ".sum())", "sum over the images"),
        (
            "np.log(total[:, 0]) - (self.right * z).sum(axis=1)",
            "np.log(total[:, 0]) + y.max(axis=1)",
            "it should have y_D too",
        ),
        ("self.p - self.right", "self.right - self.p", "Yours has the other sign"),
        ("/ len(self.p)", "", "Yours has no 1/N"),
        ("self.p = e / total", "self.p = e", "self.p"),
    ),
    "adam": (
        (" / (1 - beta1**self.t)", "", "Yours does not divide m by 1 - beta1^t"),
        ("self.t += 1", "self.t = 1", "count the steps"),
        ("np.sqrt(v / (1 - beta2**self.t))", "v / (1 - beta2**self.t)", "Yours divides by v"),
        ("m = self.m[name] = m", "m = m", "Yours starts m again at every step"),
        (" + self.weight_decay * value", "", "Yours has no weight decay"),
        ("value -= self.lr", "value += self.lr", "up the slope"),
        ("g**2 - v", "abs(g) - v", "running mean of g^2"),
    ),
    "capstone": (
        ("net = lenet5(rng)", "net = lenet5(rng)\nreturn None", "`return net` missing"),
        ("epochs=4", "epochs=0", "as good as guessing"),
        ("net = lenet5(rng)", "net = scratchnet.models.tutorial_28(rng)", "should have inputs of shape (1, 28, 28)"),
        (
            "net = lenet5(rng)",
            "net = scratchnet.Sequential(flatten=scratchnet.Flatten(), F=scratchnet.Linear(1024, 60))\nreturn net",
            "1,500 more than 60,000",
        ),
        ("net = lenet5(rng)", 'net = lenet5(rng)\nnet["F6"].b[0] = np.nan\nreturn net', "lower the learning rate"),
        ("(x, labels), epochs=4", "(x[:2000], labels[:2000]), epochs=1", "train longer"),
    ),
    "optimal-brain-damage": (
        (" / 2", "", "Yours has no 1/2"),
        ("w**2", "abs(w)", "Yours does not square w"),
        ("h * w**2 / 2", "w**2 / 2", "Yours has no curvature"),
        ("array <= limit", "array >= -np.sort(-s)[count - 1]", "Yours removes the most salient weights"),
        (
            "getattr(leaf, name)[array <= limit] = 0",
            "setattr(leaf, name, getattr(leaf, name) * (array > limit))",
            "in place",
        ),
    ),
}
