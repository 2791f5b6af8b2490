# ruff: noqa: E501
# fmt: off
"""Wrong answers in the exercises on optimizers, ReLU and max pooling: see mistakes_collected.py."""

MISTAKES = [
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
]
