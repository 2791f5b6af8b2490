"""Answers to the later exercises as a learner might write them; see answers.py."""

import textwrap

ANSWERS = {
    "sequential": (
        """
        for name in self.layers:
            x = self.layers[name].forward(x)
        return x
        """,
        """
        for name in list(self.layers)[::-1]:
            dy = self.layers[name].backward(dy)
        return dy
        """,
    ),
    "training-loop": (
        """
        means = []
        for epoch in range(epochs):
            order, total = rng.permutation(len(x)), 0.0
            for k in range(0, len(x), batch_size):
                some = order[k : k + batch_size]
                y = net.forward(x[some])
                E = loss.forward(y, labels[some])
                dy = loss.backward()
                net.backward(dy)
                optimizer.step()
                total += E * len(some)
            means.append(total / len(x))
        return means
        """,
    ),
    "check-gradients": (
        """
        h = 1e-5
        x = np.array(x)
        dy = np.random.default_rng(3).uniform(0.5, 2, layer.forward(x).shape)
        dx = np.array(layer.backward(dy))
        found = {name: np.array(getattr(layer, "d" + name)) for name in layer.params}
        arrays = [(x, dx)] + [(getattr(layer, name), found[name]) for name in layer.params]
        for array, gradient in arrays:
            measured = np.zeros(array.shape)
            for i in np.ndindex(array.shape):
                value = array[i]
                array[i] = value + h
                up = (dy * layer.forward(x)).sum()
                array[i] = value - h
                down = (dy * layer.forward(x)).sum()
                array[i] = value
                measured[i] = (up - down) / (2 * h)
            if abs(measured - gradient).max() > 1e-5 * abs(measured).max():
                return False
        return True
        """,
    ),
    "full-convolution": (
        """
        N, O, OH, OW = dy.shape
        O, C, kh, kw = W.shape
        dx = np.zeros((N, C, OH + kh - 1, OW + kw - 1), dy.dtype)
        flipped = W[:, :, ::-1, ::-1]
        framed = np.pad(dy, ((0, 0), (0, 0), (kh - 1, kh - 1), (kw - 1, kw - 1)))
        for h in range(dx.shape[2]):
            for w in range(dx.shape[3]):
                field = framed[:, :, h : h + kh, w : w + kw]
                dx[:, :, h, w] = np.tensordot(field, flipped, ([1, 2, 3], [0, 2, 3]))
        return dx
        """,
    ),
    "average-pooling": (
        """
        (kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding
        self.shape = x.shape
        C, OH, OW = self.output_shape(x.shape[1:])
        framed = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
        y = np.zeros((len(x), C, OH, OW), x.dtype)
        for h in range(OH):
            for w in range(OW):
                y[:, :, h, w] = framed[:, :, h * sh : h * sh + kh, w * sw : w * sw + kw].mean(axis=(2, 3))
        return y
        """,
        """
        (kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding
        N, C, H, W = self.shape
        dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dy.dtype)
        for h in range(dy.shape[2]):
            for w in range(dy.shape[3]):
                dx[:, :, h * sh : h * sh + kh, w * sw : w * sw + kw] += dy[:, :, h, w][:, :, None, None] / (kh * kw)
        return dx[:, :, ph : ph + H, pw : pw + W]
        """,
    ),
    "initial-weights": ("return rng.normal(0, (2 / fan_in) ** 0.5, shape)\n",),
    "dropout": (
        """
        self.mask = np.ones(x.shape, x.dtype)
        if self.training:
            self.mask = (self.rng.random(x.shape) >= self.p).astype(x.dtype) / x.dtype.type(1 - self.p)
        return x * self.mask
        """,
        """
        return dy * self.mask
        """,
    ),
    "distortions": (
        """
        H, W = image.shape
        c = (np.array([H, W]) - 1) / 2
        result = np.zeros_like(image)

        def pixel(i, j):
            return image[i, j] if 0 <= i < H and 0 <= j < W else background

        for h in range(H):
            for w in range(W):
                row, column = A @ (np.array([h, w]) - c) + shift + c
                i, j = int(np.floor(row)), int(np.floor(column))
                s, t = row - i, column - j
                upper = (1 - t) * pixel(i, j) + t * pixel(i, j + 1)
                lower = (1 - t) * pixel(i + 1, j) + t * pixel(i + 1, j + 1)
                result[h, w] = (1 - s) * upper + s * lower
        return result
        """,
    ),
    "early-stopping": (
        """
        best = 0
        for epoch in range(len(errors)):
            if errors[epoch] < errors[best]:
                best = epoch
            if epoch - best >= patience:
                break
        return epoch + 1, best
        """,
    ),
    "batch-norm": (
        """
        mean, var = self.running_mean, self.running_var
        self.in_training = self.training
        if self.training:
            n = x.size / x.shape[1]
            mean, var = x.mean(axis=(0, 2, 3)), x.var(axis=(0, 2, 3))
            self.running_mean = (1 - self.momentum) * self.running_mean + self.momentum * mean
            self.running_var = (1 - self.momentum) * self.running_var + self.momentum * var * n / (n - 1)
        root = np.sqrt(var + self.eps)
        self.z = (x - mean[:, None, None]) / root[:, None, None]
        self.slope = (self.W / root)[:, None, None]
        return self.W[:, None, None] * self.z + self.b[:, None, None]
        """,
        """
        self.dW = (dy * self.z).sum(axis=(0, 2, 3))
        self.db = dy.sum(axis=(0, 2, 3))
        if not self.in_training:
            return self.slope * dy
        mean = dy.mean(axis=(0, 2, 3), keepdims=True)
        mean_z = (dy * self.z).mean(axis=(0, 2, 3), keepdims=True)
        return self.slope * (dy - mean - self.z * mean_z)
        """,
    ),
    "all-reduce": (
        """
        parts = [part.copy() for part in np.array_split(x, size)]
        at = rank
        for step in range(size - 1):
            got = exchange(parts[at])
            at = (at - 1) % size
            parts[at] = parts[at] + got
        for step in range(size - 1):
            got = exchange(parts[at])
            at = (at - 1) % size
            parts[at] = got
        return np.concatenate(parts)
        """,
    ),
    "honest-table": (
        """
        best = np.argmin(np.mean(held_out, axis=1))
        errors = test[best]
        n = len(errors)
        mean = sum(errors) / n
        s = (sum((errors - mean) ** 2) / (n - 1)) ** 0.5
        return best, mean, mean - t * s / n**0.5, mean + t * s / n**0.5
        """,
    ),
}
ANSWERS = {name: [textwrap.dedent(text).strip() + "\n" for text in texts] for name, texts in ANSWERS.items()}

ARGUMENTS = {
    "sequential": ("self x", "self dy"),
    "training-loop": ("net loss optimizer x labels epochs batch_size rng",),
    "check-gradients": ("layer x",),
    "full-convolution": ("dy W",),
    "average-pooling": ("self x", "self dy"),
    "initial-weights": ("rng shape fan_in",),
    "dropout": ("self x", "self dy"),
    "distortions": ("image A shift background",),
    "early-stopping": ("errors patience",),
    "batch-norm": ("self x", "self dy"),
    "all-reduce": ("x rank size exchange",),
    "honest-table": ("held_out test t",),
}
