"""An answer to every exercise as a learner might write it.

ANSWERS: {exercise: the lines for each blank}. ARGUMENTS: the names that its functions give their arguments.
"""

import textwrap

import answers_by_hand
import answers_later

ANSWERS = {
    "paper-input": (
        """
        x = np.full((len(images), 1, 32, 32), -0.1, np.float32)
        x[:, 0, 2:30, 2:30] = images / np.float32(255) * 1.275 - 0.1
        return x
        """,
    ),
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
    "central-differences": (
        """
        gradient = np.zeros(x.shape)
        for i in range(x.size):
            value = x.flat[i]
            x.flat[i] = value + h
            up = E(x)
            x.flat[i] = value - h
            down = E(x)
            x.flat[i] = value
            gradient.flat[i] = (up - down) / (2 * h)
        return gradient
        """,
    ),
    "erase": (
        """
        errors = np.zeros(len(net[name].b), np.float32)
        for o in range(len(errors)):
            other = copy.deepcopy(net)
            other[name].W[o] = 0
            other[name].b[o] = 0
            read = evaluate(other, (x, labels)).predictions
            errors[o] = 100 * np.mean(read != labels)
        return errors
        """,
    ),
    "rejection": (
        """
        shares = [100.0]
        for limit in np.unique(doubt):
            read = doubt <= limit
            if 100 * np.mean(wrong[read]) <= error:
                shares.append(100 * np.mean(~read))
        return min(shares)
        """,
    ),
    "pytorch": (
        """
        class Net(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.C1 = torch.nn.Conv2d(1, 6, 5, padding=2)
                self.C3 = torch.nn.Conv2d(6, 16, 5)
                self.C5 = torch.nn.Linear(400, 120)
                self.F6 = torch.nn.Linear(120, 84)
                self.OUTPUT = torch.nn.Linear(84, 10)

            def forward(self, x):
                x = torch.max_pool2d(torch.relu(self.C1(x)), 2)
                x = torch.max_pool2d(torch.relu(self.C3(x)), 2)
                x = x.flatten(1)
                x = torch.relu(self.C5(x))
                x = torch.relu(self.F6(x))
                return self.OUTPUT(x)

        net = Net()
        words = {"W": "weight", "b": "bias"}
        net.load_state_dict({f"{name[:-1]}{words[name[-1]]}": torch.tensor(a) for name, a in state.items()})
        return net
        """,
    ),
}
ANSWERS = {name: [textwrap.dedent(text).strip() + "\n" for text in texts] for name, texts in ANSWERS.items()}
ANSWERS |= answers_by_hand.ANSWERS | answers_later.ANSWERS

# What the answers call the arguments of each blank: the library may call them otherwise.
ARGUMENTS = {
    "paper-input": ("images",),
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
    "central-differences": ("E x h",),
    "erase": ("net name x labels",),
    "rejection": ("doubt wrong error",),
    "pytorch": ("state",),
}
ARGUMENTS |= answers_by_hand.ARGUMENTS | answers_later.ARGUMENTS
