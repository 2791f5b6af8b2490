"""Right answers to the later exercises that look unlike the library's, in the form of right_layers.py. The last of each
is the imports that it needs."""

# fmt: off
RIGHT = [
    ("sequential", "reduce", (
        "return functools.reduce(lambda a, layer: layer.forward(a), self.layers.values(), x)",
        "return functools.reduce(lambda d, layer: layer.backward(d), reversed(list(self.layers.values())), dy)",
    ), "import functools"),
    ("sequential", "indices", (
        "for i in range(len(self)):\n    x = self[i](x)\nreturn x",
        "for i in range(len(self) - 1, -1, -1):\n    dy = self[i].backward(dy)\nreturn dy",
    ), ""),
    ("sequential", "a list of outputs", (
        "outputs = [x]\nfor name, layer in self.layers.items():\n    outputs.append(layer.forward(outputs[-1]))\n"
        "self.outputs = outputs\nreturn outputs[-1]",
        "gradients = {}\nd = dy\nfor name, layer in reversed(self.layers.items()):\n"
        "    d = gradients[name] = layer.backward(d)\nreturn d",
    ), ""),
    ("sequential", "leaves", (
        "for leaf in self.leaves():\n    x = leaf.forward(x)\nreturn x",
        "for leaf in self.leaves()[::-1]:\n    dy = leaf.backward(dy)\nreturn dy",
    ), ""),
    ("training-loop", "array_split by hand", (
        "history = np.empty(epochs)\nN = x.shape[0]\nfor e in range(epochs):\n    order = rng.permutation(N)\n"
        "    pieces = [order[i:i + batch_size] for i in range(0, N, batch_size)]\n    s = 0\n    for piece in pieces:\n"
        "        s = s + loss.forward(net(x[piece]), labels[piece]) * piece.size\n        "
        "net.backward(loss.backward())\n"
        "        optimizer.step()\n    history[e] = s / N\nreturn history",
    ), ""),
    ("training-loop", "shuffled copies and a while", (
        "means = []\nfor _ in range(epochs):\n    order = np.arange(len(x))\n    rng.shuffle(order)\n"
        "    xs, ls = x[order], labels[order]\n    first, losses, sizes = 0, [], []\n    while first < len(x):\n"
        "        xb, lb = xs[first : first + batch_size], ls[first : first + batch_size]\n"
        "        losses.append(loss.forward(net.forward(xb), lb))\n        dx = net.backward(loss.backward())\n"
        "        optimizer.step()\n        sizes.append(len(xb))\n        first += batch_size\n"
        "    means.append(np.average(losses, weights=sizes))\nreturn tuple(means)",
    ), ""),
    ("training-loop", "numbers of float32", (
        "out = np.zeros(epochs, np.float64)\nfor e in range(epochs):\n    order = "
        "rng.permutation(len(x)).astype(np.int32)\n"
        "    for k in range((len(x) + batch_size - 1) // batch_size):\n"
        "        b = order[k * batch_size : min((k + 1) * batch_size, len(x))]\n        y = "
        "net.forward(x.take(b, axis=0))\n"
        "        E = loss.forward(y, labels.take(b))\n        net.backward(loss.backward())\n        optimizer.step()\n"
        "        out[e] += E * (len(b) / len(x))\nreturn out",
    ), ""),
    ("check-gradients", "allclose without a floor", (
        "rng = np.random.default_rng()\nx = x.astype(float)\ny = layer.forward(x)\ndy = rng.normal(size=y.shape)\n"
        "grads = {'x': layer.backward(dy).copy()}\nfor name in layer.params:\n"
        "    grads[name] = getattr(layer, f'd{name}').copy()\narrays = {'x': x} | {n: getattr(layer, n) "
        "for n in layer.params}\n"
        "ok = True\nfor name, a in arrays.items():\n    flat = a.reshape(-1)\n    num = np.empty(a.size)\n"
        "    for i in range(a.size):\n        old = flat[i]\n        flat[i] = old + 1e-4\n"
        "        up = np.vdot(dy, layer.forward(x))\n        flat[i] = old - 1e-4\n"
        "        down = np.vdot(dy, layer.forward(x))\n        flat[i] = old\n        num[i] = (up - down) / 2e-4\n"
        "    size = np.abs(num).max()\n    ok = ok and np.allclose(grads[name].ravel(), num, rtol=0, "
        "atol=1e-5 * size)\n"
        "return bool(ok)",
    ), ""),
    ("check-gradients", "relative error of norms", (
        "dy = np.random.default_rng(5).uniform(-2, 2, layer.forward(x).shape)\nlayer.forward(x)\n"
        "grads = [np.copy(layer.backward(dy))] + [np.copy(vars(layer)['d' + n]) for n in layer.params]\n"
        "x = x.copy()\narrays = [x] + [vars(layer)[n] for n in layer.params]\n\n"
        "def E():\n    return float(np.sum(layer.forward(x) * dy))\n\n"
        "for a, g in zip(arrays, grads):\n    n = np.zeros_like(a)\n    it = np.nditer(a, flags=['multi_index'])\n"
        "    for _ in it:\n        i = it.multi_index\n        keep = a[i]\n        a[i] = keep + 1e-6\n   "
        "     e1 = E()\n"
        "        a[i] = keep - 1e-6\n        e0 = E()\n        a[i] = keep\n        n[i] = (e1 - e0) / 2e-6\n"
        "    if np.linalg.norm(n - g) / (np.linalg.norm(n) + np.linalg.norm(g)) > 1e-5:\n        return "
        "np.False_\nreturn np.True_",
    ), ""),
    ("check-gradients", "a column of the Jacobian at a time", (
        "y0 = layer.forward(x)\nx = x.copy()\nfor dy in (np.random.default_rng(1).normal(size=y0.shape), "
        "np.ones(y0.shape)):\n"
        "    layer.forward(x)\n    dx = layer.backward(dy)\n    found = [(x, dx.copy())]\n"
        "    found += [(getattr(layer, p), getattr(layer, 'd' + p).copy()) for p in layer.params]\n"
        "    for array, mine in found:\n        largest = np.abs(mine).max()\n        for i in "
        "np.ndindex(*array.shape):\n"
        "            v = array[i]\n            array[i] = v + 1e-5\n            a = layer.forward(x)\n     "
        "       array[i] = v - 1e-5\n"
        "            b = layer.forward(x)\n            array[i] = v\n            slope = np.sum(dy * (a - b)) / 2e-5\n"
        "            if abs(slope - mine[i]) > 1e-6 * largest:\n                return False\nreturn True",
    ), ""),
    ("full-convolution", "scipy", (
        "N, O = dy.shape[:2]\nC = W.shape[1]\nreturn np.stack([[sum(signal.convolve2d(dy[n, o], W[o, c]) "
        "for o in range(O))"
        " for c in range(C)] for n in range(N)]).astype(dy.dtype)",
    ), "from scipy import signal"),
    ("full-convolution", "as_strided", (
        "kh, kw = W.shape[2:]\np = np.pad(dy, ((0, 0), (0, 0), (kh - 1,) * 2, (kw - 1,) * 2))\nN, O, H, V = p.shape\n"
        "s = p.strides\nfields = np.lib.stride_tricks.as_strided(p, (N, O, H - kh + 1, V - kw + 1, kh, "
        "kw), s + s[2:])\n"
        "return np.einsum('nohwij,ocij->nchw', fields, W[:, :, ::-1, ::-1])",
    ), ""),
    ("full-convolution", "six loops, float64 inside", (
        "N, O, OH, OW = dy.shape\n_, C, kh, kw = W.shape\ndx = np.zeros((N, C, OH + kh - 1, OW + kw - 1))\n"
        "for h in range(OH):\n    for w in range(OW):\n        for i in range(kh):\n            for j in range(kw):\n"
        "                dx[:, :, h + i, w + j] += dy[:, :, h, w].astype(float) @ W[:, :, i, j]\nreturn "
        "dx.astype(dy.dtype)",
    ), ""),
    ("full-convolution", "FFT", (
        "kh, kw = W.shape[2:]\nsize = dy.shape[2] + kh - 1, dy.shape[3] + kw - 1\n"
        "a = np.fft.rfft2(dy.astype(float), size)\nb = np.fft.rfft2(W.astype(float), size)\n"
        "return np.fft.irfft2(np.einsum('nohw,ochw->nchw', a, b), size).astype(dy.dtype)",
    ), ""),
    ("average-pooling", "sliding windows", (
        "(kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding\nself.shape = x.shape\n"
        "p = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))\n"
        "return np.lib.stride_tricks.sliding_window_view(p, (kh, kw), (2, 3))[:, :, ::sh, ::sw].mean(axis=(4, 5))",
        "(kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding\nN, C, H, W = self.shape\n"
        "dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dy.dtype)\nOH, OW = dy.shape[2:]\nfor i in range(kh):\n"
        "    for j in range(kw):\n        dx[:, :, i : i + sh * OH : sh, j : j + sw * OW : sw] += dy / (kh * kw)\n"
        "return dx[:, :, ph : H + ph, pw : W + pw]",
    ), ""),
    ("average-pooling", "matrices", (
        "def rows(size, k, s, p):\n    out = (size + 2 * p - k) // s + 1\n    P = np.zeros((out, size))\n"
        "    for o in range(out):\n        for i in range(k):\n            if 0 <= o * s + i - p < size:\n"
        "                P[o, o * s + i - p] += 1 / k\n    return P\n"
        "self.A = rows(x.shape[2], self.window[0], self.stride[0], self.padding[0])\n"
        "self.B = rows(x.shape[3], self.window[1], self.stride[1], self.padding[1])\n"
        "return (self.A @ x @ self.B.T).astype(x.dtype)",
        "return (self.A.T @ dy @ self.B).astype(dy.dtype)",
    ), ""),
    ("average-pooling", "cumulative sums, float64 inside", (
        "(kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding\nself.size = x.shape\n"
        "p = np.pad(x.astype(float), ((0, 0), (0, 0), (ph + 1, ph), (pw + 1, pw))).cumsum(2).cumsum(3)\n"
        "s = p[:, :, kh:, kw:] - p[:, :, :-kh, kw:] - p[:, :, kh:, :-kw] + p[:, :, :-kh, :-kw]\n"
        "return (s[:, :, ::sh, ::sw] / (kh * kw)).astype(x.dtype)",
        "(kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding\ndx = np.zeros(self.size, dy.dtype)\n"
        "H, W = self.size[2:]\nfor h, w in np.ndindex(dy.shape[2:]):\n"
        "    top, left = h * sh - ph, w * sw - pw\n"
        "    rows, columns = slice(max(0, top), max(0, top + kh)), slice(max(0, left), max(0, left + kw))\n"
        "    dx[:, :, rows, columns] += (dy[:, :, h, w] / (kh * kw))[..., None, None]\nreturn dx",
    ), ""),
    ("initial-weights", "uniform", ("a = np.sqrt(6 / fan_in)\nreturn rng.uniform(-1, 1, shape) * a",), ""),
    ("initial-weights", "signs", ("return rng.choice([-1.0, 1.0], size=shape) * np.sqrt(2 / fan_in)",), ""),
    ("initial-weights", "standard normal in float32", (
        "return (rng.standard_normal(shape, dtype=np.float32) * (2 / fan_in) ** 0.5)",
    ), ""),
    ("initial-weights", "one after the other", (
        "W = np.zeros(shape)\nfor i in np.ndindex(*shape):\n    W[i] = rng.normal()\nreturn W * "
        "np.sqrt(2.0) / np.sqrt(fan_in)",
    ), ""),
    ("initial-weights", "triangular", (
        "return (rng.uniform(-1, 1, shape) + rng.uniform(-1, 1, shape)) * np.sqrt(3 / fan_in)",
    ), ""),
    ("dropout", "binomial", (
        "if not self.training:\n    self.mask = None\n    return x\n"
        "self.mask = self.rng.binomial(1, 1 - self.p, x.shape).astype(x.dtype)\nreturn (x * self.mask / (1 "
        "- self.p)).astype(x.dtype)",
        "return dy if self.mask is None else (dy * self.mask / (1 - self.p)).astype(dy.dtype)",
    ), ""),
    ("dropout", "where", (
        "self.off = self.rng.random(x.shape) < self.p if self.training else np.zeros(x.shape, bool)\n"
        "self.factor = 1 / (1 - self.p) if self.training else 1.0\nreturn np.where(self.off, 0, "
        "self.factor * x).astype(x.dtype)",
        "dx = self.factor * dy\ndx[self.off] = 0\nreturn dx.astype(dy.dtype)",
    ), ""),
    ("dropout", "indices", (
        "y = x.copy()\nself.kept = np.ones(x.shape, bool)\nself.scale = x.dtype.type(1)\nif self.training:\n"
        "    self.kept = self.rng.uniform(0, 1, x.shape) > self.p\n    self.scale = x.dtype.type(1 / (1 - self.p))\n"
        "y[~self.kept] = 0\nreturn y * self.scale",
        "return dy * self.kept * self.scale",
    ), ""),
    ("dropout", "choice", (
        "self.m = np.ones_like(x)\nif self.training:\n"
        "    self.m = self.rng.choice([0, 1 / (1 - self.p)], size=x.shape, p=[self.p, 1 - self.p]).astype(x.dtype)\n"
        "return self.m * x",
        "return self.m * dy",
    ), ""),
    ("distortions", "scipy, affine_transform", (
        "c = (np.array(image.shape) - 1) / 2\n"
        "return ndimage.affine_transform(image, A, c - A @ c + shift, order=1, mode='constant', cval=background)",
    ), "from scipy import ndimage"),
    ("distortions", "scipy, map_coordinates", (
        "c = (np.array(image.shape) - 1) / 2\np = np.indices(image.shape).reshape(2, -1) - c[:, None]\n"
        "q = A @ p + (shift + c)[:, None]\n"
        "return ndimage.map_coordinates(image, q, order=1, mode='grid-constant', cval=background).reshape(image.shape)",
    ), "from scipy import ndimage"),
    ("distortions", "hats", (
        "H, W = image.shape\nh, w = np.mgrid[:H, :W]\nh0, w0 = (H - 1) / 2, (W - 1) / 2\n"
        "r = A[0, 0] * (h - h0) + A[0, 1] * (w - w0) + shift[0] + h0\nc = A[1, 0] * (h - h0) + A[1, 1] * "
        "(w - w0) + shift[1] + w0\n"
        "rows = np.maximum(0, 1 - abs(r[..., None] - np.arange(H)))\n"
        "columns = np.maximum(0, 1 - abs(c[..., None] - np.arange(W)))\n"
        "ink = np.einsum('hwi,ij,hwj->hw', rows, image.astype(float) - background, columns)\n"
        "return (background + ink).astype(image.dtype)",
    ), ""),
    ("early-stopping", "counts bad epochs", (
        "best_error, best, bad = float('inf'), 0, 0\nfor n, error in enumerate(errors, start=1):\n    if "
        "error < best_error:\n"
        "        best_error, best, bad = error, n - 1, 0\n    else:\n        bad += 1\n    if bad == "
        "patience:\n        break\n"
        "return n, best",
    ), ""),
    ("early-stopping", "argmin of a start", (
        "for n in range(1, len(errors) + 1):\n    best = int(np.argmin(errors[:n]))\n    if n - 1 - best >= patience:\n"
        "        return [n, best]\nreturn np.array([len(errors), best])",
    ), ""),
    ("early-stopping", "a while", (
        "epoch = best = 0\nwhile epoch < len(errors) and epoch - best <= patience:\n"
        "    best = epoch if errors[epoch] < errors[best] else best\n    epoch += 1\n"
        "    if epoch - 1 - best == patience:\n        return epoch, best\nreturn epoch, best",
    ), ""),
    ("batch-norm", "maps last", (
        "self.mode = self.training\nt = x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])\nif "
        "self.training:\n    n = len(t)\n"
        "    m, v = t.mean(0), t.var(0)\n    self.running_mean += self.momentum * (m - self.running_mean)\n"
        "    self.running_var += self.momentum * (t.var(0, ddof=1) - self.running_var)\nelse:\n"
        "    m, v = self.running_mean, self.running_var\nself.inv = 1 / np.sqrt(v + self.eps)\nself.t = (t "
        "- m) * self.inv\n"
        "N, C, H, W = x.shape\nreturn (self.t * self.W + self.b).reshape(N, H, W, C).transpose(0, 3, 1, 2)",
        "N, C, H, W = dy.shape\nd = dy.transpose(0, 2, 3, 1).reshape(-1, C)\nself.dW, self.db = (d * "
        "self.t).sum(0), d.sum(0)\n"
        "if self.mode:\n    n = len(d)\n    dz = d * self.W\n"
        "    dx = self.inv / n * (n * dz - dz.sum(0) - self.t * (dz * self.t).sum(0))\nelse:\n    dx = d * "
        "self.W * self.inv\n"
        "return dx.reshape(N, H, W, C).transpose(0, 3, 1, 2).astype(dy.dtype)",
    ), ""),
    ("batch-norm", "the chain, step by step", (
        "self.trained = self.training\naxes = (0, 2, 3)\nm = self.running_mean.reshape(1, -1, 1, 1)\n"
        "v = self.running_var.reshape(1, -1, 1, 1)\nif self.training:\n    n = x.size // x.shape[1]\n"
        "    m, v = x.mean(axes, keepdims=True), x.var(axes, keepdims=True)\n"
        "    self.running_mean = self.running_mean + self.momentum * (m.ravel() - self.running_mean)\n"
        "    self.running_var = self.running_var + self.momentum * (v.ravel() * n / (n - 1) - self.running_var)\n"
        "self.centred, self.root = x - m, np.sqrt(v + self.eps)\nself.z = self.centred / self.root\n"
        "return self.W.reshape(1, -1, 1, 1) * self.z + self.b.reshape(1, -1, 1, 1)",
        "axes = (0, 2, 3)\nself.dW, self.db = np.einsum('nchw,nchw->c', dy, self.z), np.einsum('nchw->c', dy)\n"
        "dz = dy * self.W.reshape(1, -1, 1, 1)\nif not self.trained:\n    return dz / self.root\n"
        "n = dy.size // dy.shape[1]\n"
        "dvar = (dz * self.centred).sum(axes, keepdims=True) * -0.5 / self.root**3\n"
        "dmean = -(dz / self.root).sum(axes, keepdims=True)\n"
        "return dz / self.root + dvar * 2 * self.centred / n + dmean / n",
    ), ""),
    ("batch-norm", "float64 inside", (
        "x = x.astype(np.float64) if x.dtype != np.float32 else x\nself.on, out = self.training, np.empty_like(x)\n"
        "self.z, self.s = np.empty_like(x), np.empty_like(self.W)\nfor c in range(x.shape[1]):\n"
        "    m, v = self.running_mean[c], self.running_var[c]\n    if self.training:\n        n = x[:, c].size\n"
        "        m, v = x[:, c].astype(float).mean(), x[:, c].astype(float).var()\n"
        "        self.running_mean[c] += self.momentum * (m - self.running_mean[c])\n"
        "        self.running_var[c] += self.momentum * (v * n / (n - 1) - self.running_var[c])\n"
        "    self.z[:, c] = (x[:, c] - m) / np.sqrt(v + self.eps)\n    self.s[c] = self.W[c] / np.sqrt(v + self.eps)\n"
        "    out[:, c] = self.W[c] * self.z[:, c] + self.b[c]\nreturn out",
        "self.dW, self.db, dx = np.zeros_like(self.W), np.zeros_like(self.b), np.zeros_like(dy)\n"
        "for c in range(dy.shape[1]):\n    d, z = dy[:, c], self.z[:, c]\n    self.dW[c], self.db[c] = "
        "np.sum(d * z), np.sum(d)\n"
        "    if self.on:\n        d = d - d.mean() - z * np.mean(d * z)\n    dx[:, c] = self.s[c] * d\nreturn dx",
    ), ""),
    ("all-reduce", "slices", (
        "out = x.copy()\nn = len(x)\nends = [n * k // size for k in range(size + 1)]\n\n"
        "def part(k):\n    return slice(ends[k % size], ends[k % size + 1])\n\n"
        "for s in range(size - 1):\n    got = exchange(out[part(rank - s)])\n    out[part(rank - s - 1)] += got\n"
        "for s in range(size - 1):\n    out[part(rank - s)] = exchange(out[part(rank - s + 1)])\nreturn out",
    ), ""),
    ("all-reduce", "padded to a multiple, begins with another part", (
        "m = -(-len(x) // size) if len(x) >= 2 * size else 0\n"
        "if not m:\n    parts = np.array_split(x.copy(), size)\nelse:\n    parts = "
        "np.array_split(x.astype(x.dtype), size)\n"
        "    parts = [p.copy() for p in parts]\nk = rank + 2\nfor _ in range(size - 1):\n    got = "
        "exchange(parts[k % size])\n"
        "    k -= 1\n    parts[k % size] = parts[k % size] + got\nfor _ in range(size - 1):\n    got = "
        "exchange(parts[k % size])\n"
        "    k -= 1\n    parts[k % size] = got\nreturn np.concatenate(parts)",
    ), ""),
    ("all-reduce", "a recursive function", (
        "parts = [p.copy() for p in np.array_split(x, size)]\n\n"
        "def go(k, left, add):\n    if not left:\n        return k\n    got = exchange(parts[k])\n    k = "
        "(k + size - 1) % size\n"
        "    parts[k] = parts[k] + got if add else got\n    return go(k, left - 1, add)\n\n"
        "go(go(rank, size - 1, True), size - 1, False)\nreturn np.hstack(parts)",
    ), ""),
    ("honest-table", "scipy", (
        "choice = int(np.average(held_out, axis=1).argmin())\ne = test[choice]\nhalf = t * stats.sem(e)\n"
        "return [choice, e.mean(), e.mean() - half, e.mean() + half]",
    ), "from scipy import stats"),
    ("honest-table", "statistics and min", (
        "choice = min(range(len(held_out)), key=lambda c: sum(held_out[c]))\nerrors = list(map(float, test[choice]))\n"
        "mean = statistics.fmean(errors)\nhalf = t * statistics.stdev(errors) / len(errors) ** 0.5\n"
        "return np.array([choice, mean, mean - half, mean + half])",
    ), "import statistics"),
    ("honest-table", "variance by hand", (
        "k = held_out.sum(1).argsort()[0]\nv, n = test[k], test.shape[1]\nm = v.mean()\n"
        "w = t * np.sqrt((np.mean(v**2) - m**2) / (n - 1))\nreturn k, m, m - w, m + w",
    ), ""),
]
