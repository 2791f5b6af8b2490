"""Mistakes in the later exercises, as learners write them: (exercise, what it is, imports, words, bodies).

They were written before it was looked whether the checker names them. words: of the sentence that has to come, or of
the error where the code does not run. A body that is None is the right answer.
"""

import mistakes_remedies

# fmt: off
MISTAKES = [
    # sequential
    ("sequential", "x and y mixed up", "", "Yours gives x itself to every layer", (
        "for layer in self.layers.values():\n    y = layer.forward(x)\nreturn y", None)),
    ("sequential", "all outputs added", "", "Yours adds the outputs of all layers", (
        "y = 0\na = x\nfor layer in self.layers.values():\n    a = layer.forward(a)\n    y = y + a\nreturn y", None)),
    ("sequential", "returns in the loop", "", "Yours returns after the first layer", (
        "out = x\nfor layer in self.layers.values():\n    out = layer(out)\n    return out", None)),
    ("sequential", "forward from the end", "", "Yours goes through the layers from the last to the first", (
        "for layer in reversed(self.layers.values()):\n    x = layer.forward(x)\nreturn x", None)),
    ("sequential", "skips the last, range(len - 1)", "", "Yours leaves out the last layer", (
        "for i in range(len(self.layers) - 1):\n    x = self[i].forward(x)\nreturn x", None)),
    ("sequential", "backward in forward order", "", "backward should begin with the last", (
        None, "for layer in self.layers.values():\n    dy = layer.backward(dy)\nreturn dy")),
    ("sequential", "the same dy", "", "Yours gives dy itself to every layer", (
        None, "for layer in reversed(list(self.layers.values())):\n    dx = layer.backward(dy)\nreturn dx")),
    ("sequential", "the range stops before 0", "", "Yours leaves out the first layer", (
        None, "for i in range(len(self) - 1, 0, -1):\n    dy = self[i].backward(dy)\nreturn dy")),
    ("sequential", "begins before the last", "", "Yours leaves out the last layer", (
        None, "for i in range(len(self) - 2, -1, -1):\n    dy = self[i].backward(dy)\nreturn dy")),
    ("sequential", "returns what it was given", "", "Yours returns dy as it came", (
        None, "d = dy\nfor layer in reversed(self.layers.values()):\n    d = layer.backward(d)\nreturn dy")),
    ("sequential", "over the names", "", ".values() goes through what they stand for", (
        "for layer in self.layers:\n    x = layer.forward(x)\nreturn x", None)),
    # training-loop
    ("training-loop", "permutation outside", "", "Yours shuffles once", (
        "order, result = rng.permutation(len(x)), []\nfor e in range(epochs):\n    s = 0\n"
        "    for i in range(0, len(x), batch_size):\n        b = order[i:i + batch_size]\n"
        "        s += loss.forward(net.forward(x[b]), labels[b]) * len(b)\n        net.backward(loss.backward())\n"
        "        optimizer.step()\n    result.append(s / len(x))\nreturn result",)),
    ("training-loop", "whole batches only", "", "Yours leaves out the last batch", (
        "result = []\nfor e in range(epochs):\n    order, s = rng.permutation(len(x)), 0\n"
        "    for i in range(len(x) // batch_size):\n        b = order[i * batch_size:(i + 1) * batch_size]\n"
        "        s += loss.forward(net.forward(x[b]), labels[b]) * len(b)\n        net.backward(loss.backward())\n"
        "        optimizer.step()\n    result.append(s / len(x))\nreturn result",)),
    ("training-loop", "mean of batches", "", "Yours is the mean over the batches", (
        "result = []\nfor e in range(epochs):\n    order, Es = rng.permutation(len(x)), []\n"
        "    for i in range(0, len(x), batch_size):\n        b = order[i:i + batch_size]\n"
        "        Es.append(loss.forward(net.forward(x[b]), labels[b]))\n        net.backward(loss.backward())\n"
        "        optimizer.step()\n    result.append(np.mean(Es))\nreturn result",)),
    ("training-loop", "a loss for each batch", "", "one number for an epoch, not one for a batch", (
        "result = []\nfor e in range(epochs):\n    order = rng.permutation(len(x))\n"
        "    for i in range(0, len(x), batch_size):\n        b = order[i:i + batch_size]\n"
        "        result.append(loss.forward(net.forward(x[b]), labels[b]))\n        net.backward(loss.backward())\n"
        "        optimizer.step()\nreturn result",)),
    ("training-loop", "labels not shuffled", "", "Yours shuffles the images and not the labels", (
        "result = []\nfor e in range(epochs):\n    xs, s = x[rng.permutation(len(x))], 0\n"
        "    for i in range(0, len(x), batch_size):\n        xb, lb = xs[i:i + batch_size], labels[i:i + batch_size]\n"
        "        s += loss.forward(net.forward(xb), lb) * len(xb)\n        net.backward(loss.backward())\n"
        "        optimizer.step()\n    result.append(s / len(x))\nreturn result",)),
    ("training-loop", "shuffles what is shuffled", "", "Yours shuffles what the epoch before has shuffled", (
        "result = []\nfor e in range(epochs):\n    order = rng.permutation(len(x))\n    x, labels, s = "
        "x[order], labels[order], 0\n"
        "    for i in range(0, len(x), batch_size):\n        xb, lb = x[i:i + batch_size], labels[i:i + batch_size]\n"
        "        s += loss.forward(net.forward(xb), lb) * len(xb)\n        net.backward(loss.backward())\n"
        "        optimizer.step()\n    result.append(s / len(x))\nreturn result",)),
    ("training-loop", "the sum goes on", "", "Yours adds up from epoch to epoch", (
        "result, s = [], 0\nfor e in range(epochs):\n    order = rng.permutation(len(x))\n"
        "    for i in range(0, len(x), batch_size):\n        b = order[i:i + batch_size]\n"
        "        s += loss.forward(net.forward(x[b]), labels[b]) * len(b)\n        net.backward(loss.backward())\n"
        "        optimizer.step()\n    result.append(s / len(x))\nreturn result",)),
    ("training-loop", "a batch drawn at random", "", "Yours draws some images for each batch", (
        "result = []\nfor e in range(epochs):\n    s = 0\n    for i in range(0, len(x), batch_size):\n"
        "        b = rng.choice(len(x), min(batch_size, len(x) - i), replace=False)\n"
        "        s += loss.forward(net.forward(x[b]), labels[b]) * len(b)\n        net.backward(loss.backward())\n"
        "        optimizer.step()\n    result.append(s / len(x))\nreturn result",)),
    ("training-loop", "no step", "", "Yours makes no step", (
        "result = []\nfor e in range(epochs):\n    order, s = rng.permutation(len(x)), 0\n"
        "    for i in range(0, len(x), batch_size):\n        b = order[i:i + batch_size]\n"
        "        s += loss.forward(net.forward(x[b]), labels[b]) * len(b)\n        net.backward(loss.backward())\n"
        "    result.append(s / len(x))\nreturn result",)),
    ("training-loop", "a step for each epoch", "", "Yours makes one step for each epoch", (
        "result = []\nfor e in range(epochs):\n    order, s = rng.permutation(len(x)), 0\n"
        "    for i in range(0, len(x), batch_size):\n        b = order[i:i + batch_size]\n"
        "        s += loss.forward(net.forward(x[b]), labels[b]) * len(b)\n        net.backward(loss.backward())\n"
        "    optimizer.step()\n    result.append(s / len(x))\nreturn result",)),
    ("training-loop", "the step before backward", "", "call backward before step", (
        "result = []\nfor e in range(epochs):\n    order, s = rng.permutation(len(x)), 0\n"
        "    for i in range(0, len(x), batch_size):\n        b = order[i:i + batch_size]\n"
        "        s += loss.forward(net.forward(x[b]), labels[b]) * len(b)\n        optimizer.step()\n"
        "        net.backward(loss.backward())\n    result.append(s / len(x))\nreturn result",)),
    # check-gradients
    ("check-gradients", "np.allclose", "", "should be a share of the largest entry, not a fixed number", (
        "dy = np.random.default_rng(0).normal(size=layer.forward(x).shape)\ndx = layer.backward(dy).copy()\n"
        "pairs = [(x := x.copy(), dx)] + [(getattr(layer, n), getattr(layer, 'd' + n).copy()) for n in layer.params]\n"
        "for a, g in pairs:\n    m = np.zeros_like(a)\n    for i in np.ndindex(a.shape):\n        v = a[i]\n"
        "        a[i] = v + 1e-5\n        up = (layer.forward(x) * dy).sum()\n        a[i] = v - 1e-5\n"
        "        m[i] = (up - (layer.forward(x) * dy).sum()) / 2e-5\n        a[i] = v\n"
        "    if not np.allclose(m, g):\n        return False\nreturn True",)),
    ("check-gradients", "dx only", "", "Yours accepts a wrong dW", (
        "x = x.copy()\ndy = np.random.default_rng(0).normal(size=layer.forward(x).shape)\ng = layer.backward(dy)\n"
        "m = np.zeros_like(x)\nfor i in np.ndindex(x.shape):\n    v = x[i]\n    x[i] = v + 1e-5\n"
        "    up = (layer.forward(x) * dy).sum()\n    x[i] = v - 1e-5\n"
        "    m[i] = (up - (layer.forward(x) * dy).sum()) / 2e-5\n    x[i] = v\n"
        "return bool(abs(m - g).max() <= 1e-6 * abs(m).max())",)),
    ("check-gradients", "the sum of y", "", "accepts a layer whose backward ignores dy", (
        "x = x.copy()\ng = layer.backward(np.ones_like(layer.forward(x))).copy()\n"
        "pairs = [(x, g)] + [(getattr(layer, n), getattr(layer, 'd' + n).copy()) for n in layer.params]\n"
        "for a, g in pairs:\n    m = np.zeros_like(a)\n    for i in np.ndindex(a.shape):\n        v = a[i]\n"
        "        a[i] = v + 1e-5\n        up = layer.forward(x).sum()\n        a[i] = v - 1e-5\n"
        "        m[i] = (up - layer.forward(x).sum()) / 2e-5\n        a[i] = v\n"
        "    if abs(m - g).max() > 1e-6 * abs(m).max():\n        return False\nreturn True",)),
    ("check-gradients", "one side only", "", "Yours calls a right layer wrong", (
        "x = x.copy()\ndy = np.random.default_rng(0).normal(size=layer.forward(x).shape)\ng = "
        "layer.backward(dy).copy()\n"
        "pairs = [(x, g)] + [(getattr(layer, n), getattr(layer, 'd' + n).copy()) for n in layer.params]\n"
        "E = (layer.forward(x) * dy).sum()\nfor a, g in pairs:\n    m = np.zeros_like(a)\n"
        "    for i in np.ndindex(a.shape):\n        v = a[i]\n        a[i] = v + 1e-3\n"
        "        m[i] = ((layer.forward(x) * dy).sum() - E) / 1e-3\n        a[i] = v\n"
        "    if abs(m - g).max() > 1e-6 * abs(m).max():\n        return False\nreturn True",)),
    ("check-gradients", "the first entry only", "", "it should check every entry", (
        "x = x.copy()\ndy = np.random.default_rng(0).normal(size=layer.forward(x).shape)\ng = "
        "layer.backward(dy).copy()\n"
        "pairs = [(x, g)] + [(getattr(layer, n), getattr(layer, 'd' + n).copy()) for n in layer.params]\n"
        "for a, g in pairs:\n    i = (0,) * a.ndim\n    v = a[i]\n    a[i] = v + 1e-5\n"
        "    up = (layer.forward(x) * dy).sum()\n    a[i] = v - 1e-5\n    m = (up - (layer.forward(x) * "
        "dy).sum()) / 2e-5\n"
        "    a[i] = v\n    if abs(m - g[i]) > 1e-6 * abs(m):\n        return False\nreturn True",)),
    ("check-gradients", "a parameter left moved", "", "does not put a parameter back", (
        "x = x.copy()\ndy = "
        "np.random.default_rng(0).normal(size=layer.forward(x).shape)\nlayer.backward(dy)\nok = True\n"
        "for n in layer.params:\n    a, g = getattr(layer, n), getattr(layer, 'd' + n)\n    for i in "
        "np.ndindex(a.shape):\n"
        "        a[i] += 1e-5\n        up = (layer.forward(x) * dy).sum()\n        a[i] -= 2e-5\n"
        "        m = (up - (layer.forward(x) * dy).sum()) / 2e-5\n        a[i] += 1e-5\n"
        "        ok = ok and abs(m - g[i]) < 1e-6 * abs(g).max()\nreturn bool(ok)",)),
    ("check-gradients", "x is moved and left", "", "x has changed", (
        "dy = np.random.default_rng(0).normal(size=layer.forward(x).shape)\ng = layer.backward(dy).copy()\n"
        "pairs = [(x, g)] + [(getattr(layer, n), getattr(layer, 'd' + n).copy()) for n in layer.params]\n"
        "for a, g in pairs:\n    m, start = np.zeros_like(a), a.copy()\n    for i in np.ndindex(a.shape):\n"
        "        a[i] = start[i] + 1e-5\n        up = (layer.forward(x) * dy).sum()\n        a[i] = start[i] - 1e-5\n"
        "        m[i] = (up - (layer.forward(x) * dy).sum()) / 2e-5\n        a[i] = start[i]\n"
        "    if abs(m - g).max() > 1e-6 * abs(m).max():\n        return False\nx += 1e-9\nreturn True",)),
    # full-convolution
    ("full-convolution", "kernel not flipped", "from scipy import signal", "Yours does not flip the kernel", (
        "N, O = dy.shape[:2]\nreturn np.stack([[sum(signal.correlate2d(dy[n, o], W[o, c]) for o in range(O))"
        " for c in range(W.shape[1])] for n in range(N)]).astype(dy.dtype)",)),
    ("full-convolution", "flipped twice", "from scipy import signal", "Yours does not flip the kernel", (
        "N, O = dy.shape[:2]\nreturn np.stack([[sum(signal.convolve2d(dy[n, o], W[o, c, ::-1, ::-1]) for o in range(O))"
        " for c in range(W.shape[1])] for n in range(N)]).astype(dy.dtype)",)),
    ("full-convolution", "mode same", "from scipy import signal", "Yours has the size of dy", (
        "N, O = dy.shape[:2]\nreturn np.stack([[sum(signal.convolve2d(dy[n, o], W[o, c], 'same') for o in range(O))"
        " for c in range(W.shape[1])] for n in range(N)]).astype(dy.dtype)",)),
    ("full-convolution", "the last map only", "from scipy import signal", "Yours uses the last output map only", (
        "N, O, OH, OW = dy.shape\n_, C, kh, kw = W.shape\ndx = np.zeros((N, C, OH + kh - 1, OW + kw - 1), dy.dtype)\n"
        "for n in range(N):\n    for c in range(C):\n        for o in range(O):\n"
        "            dx[n, c] = signal.convolve2d(dy[n, o], W[o, c])\nreturn dx",)),
    ("full-convolution", "= in a loop", "", "keeps the last product of a pixel only", (
        "N, O, OH, OW = dy.shape\n_, C, kh, kw = W.shape\ndx = np.zeros((N, C, OH + kh - 1, OW + kw - 1), dy.dtype)\n"
        "for h in range(OH):\n    for w in range(OW):\n        dx[:, :, h:h + kh, w:w + kw] = "
        "np.einsum('no,ocij->ncij', dy[:, :, h, w], W)\nreturn dx",)),
    ("full-convolution", "no padding", "", "Yours has no border", (
        "f = W[:, :, ::-1, ::-1]\nkh, kw = W.shape[2:]\nfields = "
        "np.lib.stride_tricks.sliding_window_view(dy, (kh, kw), (2, 3)) "
        "if dy.shape[2] >= kh and dy.shape[3] >= kw else np.zeros((*dy.shape[:2], 1, 1, kh, kw), dy.dtype)\n"
        "return np.einsum('nohwij,ocij->nchw', fields, f)",)),
    ("full-convolution", "the mean over maps", "from scipy import signal", "Yours is the mean over the output maps", (
        "return np.stack([[np.mean([signal.convolve2d(dy[n, o], W[o, c]) for o in range(len(W))], axis=0)"
        " for c in range(W.shape[1])] for n in range(len(dy))]).astype(dy.dtype)",)),
    ("full-convolution", "transposed kernels", "from scipy import signal", "Yours transposes the kernel", (
        "kh, kw = W.shape[2:]\nf = W.swapaxes(2, 3) if kh == kw else W\n"
        "N, O = dy.shape[:2]\nreturn np.stack([[sum(signal.convolve2d(dy[n, o], f[o, c]) for o in range(O))"
        " for c in range(W.shape[1])] for n in range(N)]).astype(dy.dtype)",)),
    # average-pooling
    ("average-pooling", "a sum", "", "Yours is the sum of each window", (
        "(kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding\nself.shape = x.shape\n"
        "p = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))\n"
        "return np.lib.stride_tricks.sliding_window_view(p, (kh, kw), (2, 3))[:, :, ::sh, "
        "::sw].sum(axis=(4, 5))", None)),
    ("average-pooling", "no padding", "", "Yours has no padding", (
        "(kh, kw), (sh, sw) = self.window, self.stride\nself.shape = x.shape\n"
        "return np.lib.stride_tricks.sliding_window_view(x, (kh, kw), (2, 3))[:, :, ::sh, "
        "::sw].mean(axis=(4, 5))", None)),
    ("average-pooling", "the padding is no pixel", "", "Yours leaves the padding out of the mean", (
        "(kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding\nself.shape = x.shape\n"
        "p = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=np.nan)\n"
        "v = np.lib.stride_tricks.sliding_window_view(p, (kh, kw), (2, 3))[:, :, ::sh, ::sw]\n"
        "return np.nanmean(v, axis=(4, 5)).astype(x.dtype)", None)),
    ("average-pooling", "the stride of the columns for both", "", "Yours has no stride", (
        "(kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding\nself.shape = x.shape\n"
        "C, OH, OW = self.output_shape(x.shape[1:])\np = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))\n"
        "y = np.zeros((len(x), C, OH, OW), x.dtype)\nfor h in range(OH):\n    for w in range(OW):\n"
        "        y[:, :, h, w] = p[:, :, h * sw:h * sw + kh, w * sw:w * sw + kw].mean(axis=(2, 3))\nreturn y", None)),
    ("average-pooling", "no division", "", "Yours does not divide", (
        None, "(kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding\nN, C, H, W = self.shape\n"
        "dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dy.dtype)\nfor h, w in np.ndindex(dy.shape[2:]):\n"
        "    dx[:, :, h * sh:h * sh + kh, w * sw:w * sw + kw] += dy[:, :, h, w, None, None]\n"
        "return dx[:, :, ph:ph + H, pw:pw + W]")),
    ("average-pooling", "no +=", "", "'+=' and not '='", (
        None, "(kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding\nN, C, H, W = self.shape\n"
        "dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dy.dtype)\nfor h, w in np.ndindex(dy.shape[2:]):\n"
        "    dx[:, :, h * sh:h * sh + kh, w * sw:w * sw + kw] = dy[:, :, h, w, None, None] / (kh * kw)\n"
        "return dx[:, :, ph:ph + H, pw:pw + W]")),
    ("average-pooling", "divided by how often a pixel is read", "", "divides by the number of windows", (
        None, "(kh, kw), (sh, sw), (ph, pw) = self.window, self.stride, self.padding\nN, C, H, W = self.shape\n"
        "dx = np.zeros((N, C, H + 2 * ph, W + 2 * pw), dy.dtype)\nn = np.zeros_like(dx)\n"
        "for h, w in np.ndindex(dy.shape[2:]):\n"
        "    dx[:, :, h * sh:h * sh + kh, w * sw:w * sw + kw] += dy[:, :, h, w, None, None] / (kh * kw)\n"
        "    n[:, :, h * sh:h * sh + kh, w * sw:w * sw + kw] += 1\n"
        "return (dx / np.maximum(n, 1))[:, :, ph:ph + H, pw:pw + W]")),
    # initial-weights
    ("initial-weights", "Glorot's", "", "Yours has the variance 1 / fan_in", (
        "return rng.normal(0, 1 / np.sqrt(fan_in), shape)",)),
    ("initial-weights", "the scale is the variance", "", "Yours takes 2 / fan_in for the standard deviation", (
        "return rng.normal(scale=2 / fan_in, size=shape)",)),
    ("initial-weights", "uniform with the bound of a deviation", "", "which has a third of that variance", (
        "s = np.sqrt(2 / fan_in)\nreturn rng.uniform(-s, s, shape)",)),
    ("initial-weights", "from 0", "", "Yours has weights of one sign", ("return rng.random(shape) * "
    "np.sqrt(2 / fan_in)",)),
    ("initial-weights", "the paper's", "", "as the paper does for its squashing function", (
        "return rng.uniform(-2.4, 2.4, shape) / fan_in",)),
    ("initial-weights", "small numbers", "", "Yours does not use fan_in", ("return 0.01 * "
    "rng.standard_normal(shape)",)),
    ("initial-weights", "zeros", "", "layers of equal weights learn the same", ("return np.zeros(shape)",)),
    ("initial-weights", "the global generator", "", "it should draw from rng", (
        "return np.random.randn(*shape) * np.sqrt(2 / fan_in)",)),
    ("initial-weights", "half of it", "", "Yours has the variance 1 / (2 fan_in)", (
        "return rng.normal(size=shape) * np.sqrt(0.5 / fan_in)",)),
    ("initial-weights", "a row for all", "", "Yours gives all units the same weights", (
        "return np.tile(rng.normal(size=(1, *shape[1:])), (shape[0], *[1] * (len(shape) - 1))) * np.sqrt(2 "
        "/ fan_in)",)),
    *mistakes_remedies.MISTAKES,
]
