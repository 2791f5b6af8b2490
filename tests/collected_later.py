# ruff: noqa: E501
# fmt: off
"""Wrong answers in the exercises on cross entropy, Adam and optimal brain damage: see mistakes_collected.py."""

MISTAKES = [
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
