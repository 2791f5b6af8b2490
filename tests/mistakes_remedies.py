"""Mistakes in the exercises from dropout to the honest table: see mistakes_later.py."""

# fmt: off
MISTAKES = [
    # dropout
    ("dropout", "no rescaling", "", "Yours does not multiply what is kept", (
        "if not self.training:\n    self.m = np.ones_like(x)\n    return x\n"
        "self.m = (self.rng.random(x.shape) > self.p).astype(x.dtype)\nreturn x * self.m", None)),
    ("dropout", "as in the first paper", "", "Yours multiplies by 1 - p in evaluation", (
        "if not self.training:\n    self.m = np.ones_like(x)\n    return ((1 - self.p) * x).astype(x.dtype)\n"
        "self.m = (self.rng.random(x.shape) > self.p).astype(x.dtype)\nreturn x * self.m", None)),
    ("dropout", "keeps with p", "", "Yours keeps an entry with probability p", (
        "self.m = np.ones_like(x)\nif self.training:\n"
        "    self.m = (self.rng.random(x.shape) < self.p).astype(x.dtype) / x.dtype.type(self.p or "
        "1)\nreturn x * self.m", None)),
    ("dropout", "the training flag is forgotten", "", "Yours drops entries in evaluation too", (
        "self.m = (self.rng.random(x.shape) >= self.p).astype(x.dtype) / x.dtype.type(1 - self.p)\nreturn "
        "x * self.m", None)),
    ("dropout", "one mask for all images", "", "Yours drops whole rows or whole columns", (
        "self.m = np.ones_like(x)\nif self.training:\n"
        "    self.m = self.m * (self.rng.random(x.shape[1:]) >= self.p) / x.dtype.type(1 - self.p)\nreturn "
        "x * self.m", None)),
    ("dropout", "np.random", "", "it should draw from self.rng", (
        "self.m = np.ones_like(x)\nif self.training:\n"
        "    self.m = (np.random.rand(*x.shape) >= self.p).astype(x.dtype) / x.dtype.type(1 - "
        "self.p)\nreturn x * self.m", None)),
    ("dropout", "the mask is made once", "", "Yours draws once", (
        "if not hasattr(self, 'once'):\n"
        "    self.once = (self.rng.random(x.shape) >= self.p).astype(x.dtype) / x.dtype.type(1 - self.p)\n"
        "self.m = self.once if self.training else np.ones_like(x)\nreturn x * self.m", None)),
    ("dropout", "backward without the factor", "", "Yours does not multiply what is kept; dy", (
        None, "return dy * (self.mask != 0)")),
    ("dropout", "backward passes all", "", "Yours passes dy on everywhere", (None, "return dy.copy()")),
    ("dropout", "backward looks at training", "", "Yours multiplies by 1 - p in evaluation", (
        None, "return dy * self.mask if self.training else dy * (1 - self.p)")),
    # distortions
    ("distortions", "pixels are pushed, not pulled", "", "Yours moves each pixel to the rounded", (
        "H, W = image.shape\nc = (np.array([H, W]) - 1) / 2\nout = np.full((H, W), background, image.dtype)\n"
        "for h in range(H):\n    for w in range(W):\n        i, j = np.round(A @ (np.array([h, w]) - c) + "
        "shift + c).astype(int)\n"
        "        if 0 <= i < H and 0 <= j < W:\n            out[i, j] = image[h, w]\nreturn out",)),
    ("distortions", "the nearest pixel", "", "Yours takes the nearest pixel", (
        "H, W = image.shape\nc = (np.array([H, W]) - 1) / 2\nout = np.full((H, W), background, image.dtype)\n"
        "for h in range(H):\n    for w in range(W):\n        i, j = np.round(A @ (np.array([h, w]) - c) + "
        "shift + c).astype(int)\n"
        "        if 0 <= i < H and 0 <= j < W:\n            out[h, w] = image[i, j]\nreturn out",)),
    ("distortions", "scipy without the centre", "from scipy import ndimage", "Yours counts from the corner", (
        "return ndimage.affine_transform(image, A, shift, order=1, mode='constant', cval=background)",)),
    ("distortions", "scipy with the inverse", "from scipy import ndimage", "Yours moves each pixel to A p + shift", (
        "c = (np.array(image.shape) - 1) / 2\nB = np.linalg.inv(A)\n"
        "return ndimage.affine_transform(image, B, c - B @ (c + shift), order=1, mode='constant', cval=background)",)),
    ("distortions", "scipy without cval", "from scipy import ndimage", "Yours has 0 where the place lies outside", (
        "c = (np.array(image.shape) - 1) / 2\n"
        "return ndimage.affine_transform(image, A, c - A @ c + shift, order=1, mode='constant')",)),
    ("distortions", "scipy, mode wrap", "from scipy import ndimage", "Yours wraps around", (
        "c = (np.array(image.shape) - 1) / 2\n"
        "return ndimage.affine_transform(image, A, c - A @ c + shift, order=1, mode='grid-wrap')",)),
    ("distortions", "scipy, cubic", "from scipy import ndimage", "Yours takes splines of degree 3", (
        "c = (np.array(image.shape) - 1) / 2\n"
        "return ndimage.affine_transform(image, A, c - A @ c + shift, mode='constant', cval=background)",)),
    ("distortions", "x before y", "from scipy import ndimage", "Yours swaps rows and columns", (
        "c = (np.array(image.shape) - 1) / 2\nB, s = A[::-1, ::-1], shift[::-1]\n"
        "return ndimage.affine_transform(image, B, c - B @ c + s, order=1, mode='constant', cval=background)",)),
    ("distortions", "the shift is inside", "from scipy import ndimage", "Yours shifts before A", (
        "c = (np.array(image.shape) - 1) / 2\n"
        "return ndimage.affine_transform(image, A, c - A @ (c - shift), order=1, mode='constant', cval=background)",)),
    ("distortions", "half of the size for the centre", "from scipy import ndimage", "Yours has the centre at", (
        "c = np.array(image.shape) / 2\n"
        "return ndimage.affine_transform(image, A, c - A @ c + shift, order=1, mode='constant', cval=background)",)),
    # early-stopping
    ("early-stopping", "> for >=", "", "Yours stops one epoch too late", (
        "best, bad = 0, 0\nfor e in range(len(errors)):\n    if errors[e] < errors[best] or e == 0:\n      "
        "  best, bad = e, 0\n"
        "    else:\n        bad += 1\n    if bad > patience:\n        break\nreturn e + 1, best",)),
    ("early-stopping", "bad is not set back", "", "Yours does not begin to count again", (
        "best, bad = 0, 0\nfor e in range(1, len(errors)):\n    if errors[e] < errors[best]:\n        best = e\n"
        "    else:\n        bad += 1\n    if bad == patience:\n        return e + 1, best\nreturn len(errors), best",)),
    ("early-stopping", "compared with the one before", "", "Yours compares with the epoch before", (
        "bad, e = 0, 0\nfor e in range(1, len(errors)):\n    bad = 0 if errors[e] < errors[e - 1] else bad + 1\n"
        "    if bad == patience:\n        break\nreturn e + 1, int(np.argmin(errors[:e + 1]))",)),
    ("early-stopping", "the whole curve", "", "Yours trains all epochs", (
        "return len(errors), int(np.argmin(errors))",)),
    ("early-stopping", "the last epoch is kept", "", "Yours keeps the last epoch", (
        "best = 0\nfor e, error in enumerate(errors):\n    best = e if error < errors[best] else best\n"
        "    if e - best == patience:\n        break\nreturn e + 1, e",)),
    ("early-stopping", "the last of equal ones", "", "Yours keeps the last of equal errors", (
        "best = 0\nfor e, error in enumerate(errors):\n    best = e if error <= errors[best] else best\n"
        "    if e - best == patience:\n        break\nreturn e + 1, best",)),
    ("early-stopping", "counts from 1", "", "Yours counts epochs from 1", (
        "best = 0\nfor e, error in enumerate(errors):\n    best = e if error < errors[best] else best\n"
        "    if e - best == patience:\n        break\nreturn e + 1, best + 1",)),
    # batch-norm
    ("batch-norm", "std + eps", "", "Yours adds eps outside of the root", (
        "m, v = (x.mean((0, 2, 3)), x.var((0, 2, 3))) if self.training else (self.running_mean, self.running_var)\n"
        "n = x.size // x.shape[1]\nself.in_training = self.training\nif self.training:\n"
        "    self.running_mean = self.running_mean + self.momentum * (m - self.running_mean)\n"
        "    self.running_var = self.running_var + self.momentum * (v * n / (n - 1) - self.running_var)\n"
        "r = (np.sqrt(v) + self.eps)[:, None, None]\nself.z = (x - m[:, None, None]) / r\nself.slope = "
        "self.W[:, None, None] / r\n"
        "return self.W[:, None, None] * self.z + self.b[:, None, None]", None)),
    ("batch-norm", "PyTorch's momentum read as Keras'", "", "momentum and 1 - momentum in each other's place", (
        "m, v = (x.mean((0, 2, 3)), x.var((0, 2, 3))) if self.training else (self.running_mean, self.running_var)\n"
        "n = x.size // x.shape[1]\nself.in_training = self.training\nif self.training:\n"
        "    self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * m\n"
        "    self.running_var = self.momentum * self.running_var + (1 - self.momentum) * v * n / (n - 1)\n"
        "r = np.sqrt(v + self.eps)[:, None, None]\nself.z = (x - m[:, None, None]) / r\nself.slope = "
        "self.W[:, None, None] / r\n"
        "return self.W[:, None, None] * self.z + self.b[:, None, None]", None)),
    ("batch-norm", "for each image", "", "Yours takes mean and var of each image", (
        "m, v = x.mean((2, 3), keepdims=True), x.var((2, 3), keepdims=True)\nself.in_training = self.training\n"
        "r = np.sqrt(v + self.eps)\nself.z = (x - m) / r\nself.slope = self.W[:, None, None] / r\n"
        "return self.W[:, None, None] * self.z + self.b[:, None, None]", None)),
    ("batch-norm", "over the batch only", "", "Yours takes mean and var over the images only", (
        "m, v = x.mean(0), x.var(0)\nself.in_training = self.training\n"
        "r = np.sqrt(v + self.eps)\nself.z = (x - m) / r\nself.slope = self.W[:, None, None] / r\n"
        "return self.W[:, None, None] * self.z + self.b[:, None, None]", None)),
    ("batch-norm", "the running values are forgotten", "", "Yours does not update the running mean", (
        "m, v = (x.mean((0, 2, 3)), x.var((0, 2, 3))) if self.training else (self.running_mean, self.running_var)\n"
        "self.in_training = self.training\n"
        "r = np.sqrt(v + self.eps)[:, None, None]\nself.z = (x - m[:, None, None]) / r\nself.slope = "
        "self.W[:, None, None] / r\n"
        "return self.W[:, None, None] * self.z + self.b[:, None, None]", None)),
    ("batch-norm", "the variance of the batch is kept", "", "Yours has the variance with n in the running value", (
        "m, v = (x.mean((0, 2, 3)), x.var((0, 2, 3))) if self.training else (self.running_mean, self.running_var)\n"
        "self.in_training = self.training\nif self.training:\n"
        "    self.running_mean = self.running_mean * (1 - self.momentum) + self.momentum * m\n"
        "    self.running_var = self.running_var * (1 - self.momentum) + self.momentum * v\n"
        "r = np.sqrt(v + self.eps)[:, None, None]\nself.z = (x - m[:, None, None]) / r\nself.slope = "
        "self.W[:, None, None] / r\n"
        "return self.W[:, None, None] * self.z + self.b[:, None, None]", None)),
    ("batch-norm", "no W in the backward pass", "", "Yours has no W in dx", (
        None, "self.dW, self.db = (dy * self.z).sum((0, 2, 3)), dy.sum((0, 2, 3))\ns = self.slope / "
        "self.W[:, None, None]\n"
        "if not self.in_training:\n    return s * dy\n"
        "return s * (dy - dy.mean((0, 2, 3), keepdims=True) - self.z * (dy * self.z).mean((0, 2, 3), keepdims=True))")),
    ("batch-norm", "constants", "", "Yours takes mean and var as constants", (
        None, "self.dW, self.db = (dy * self.z).sum((0, 2, 3)), dy.sum((0, 2, 3))\nreturn self.slope * dy")),
    ("batch-norm", "sums for means", "", "Yours subtracts sums", (
        None, "self.dW, self.db = (dy * self.z).sum((0, 2, 3)), dy.sum((0, 2, 3))\nif not self.in_training:\n"
        "    return self.slope * dy\n"
        "return self.slope * (dy - self.db[:, None, None] - self.z * self.dW[:, None, None])")),
    ("batch-norm", "divided by N only", "", "Yours divides by the images only", (
        None, "self.dW, self.db = (dy * self.z).sum((0, 2, 3)), dy.sum((0, 2, 3))\nif not self.in_training:\n"
        "    return self.slope * dy\nn = len(dy)\n"
        "return self.slope * (dy - self.db[:, None, None] / n - self.z * self.dW[:, None, None] / n)")),
    ("batch-norm", "dW with means", "", "Yours is the mean; dW should be the sum", (
        None, "self.dW, self.db = (dy * self.z).mean((0, 2, 3)), dy.mean((0, 2, 3))\nif not self.in_training:\n"
        "    return self.slope * dy\n"
        "return self.slope * (dy - self.db[:, None, None] - self.z * self.dW[:, None, None])")),
    # all-reduce
    ("all-reduce", "whole arrays go around", "", "Yours passes whole arrays around", (
        "total, got = x.copy(), x\nfor _ in range(size - 1):\n    got = exchange(got)\n    total += "
        "got\nreturn total",)),
    ("all-reduce", "one half", "", "Yours ends after the first half", (
        "parts = np.array_split(x.copy(), size)\nfor s in range(size - 1):\n"
        "    parts[(rank - s - 1) % size] += exchange(parts[(rank - s) % size])\nreturn np.concatenate(parts)",)),
    ("all-reduce", "one neighbour", "", "Yours adds the neighbour only", ("return x + exchange(x)",)),
    ("all-reduce", "size steps", "", "Yours takes one step too many in the first half", (
        "parts = np.array_split(x.copy(), size)\nfor s in range(size):\n"
        "    parts[(rank - s - 1) % size] += exchange(parts[(rank - s) % size])\nfor s in range(size - 1):\n"
        "    parts[(rank - s) % size][...] = exchange(parts[(rank + 1 - s) % size])\nreturn np.concatenate(parts)",)),
    ("all-reduce", "the second half begins at rank", "", "the second half should begin with part rank + 1", (
        "parts = np.array_split(x.copy(), size)\nfor s in range(size - 1):\n"
        "    parts[(rank - s - 1) % size] += exchange(parts[(rank - s) % size])\nfor s in range(size - 1):\n"
        "    parts[(rank - s - 1) % size][...] = exchange(parts[(rank - s) % size])\nreturn np.concatenate(parts)",)),
    ("all-reduce", "n // size", "", "Yours leaves out what is left", (
        "out, k = x.copy(), len(x) // size\n\ndef part(i):\n    return slice(i % size * k, (i % size + 1) * k)\n\n"
        "for s in range(size - 1):\n    out[part(rank - s - 1)] += exchange(out[part(rank - s)])\nfor s in "
        "range(size - 1):\n"
        "    out[part(rank - s)] = exchange(out[part(rank + 1 - s)])\nreturn out",)),
    ("all-reduce", "x itself is changed", "", "x has changed", (
        "parts = np.array_split(x, size)\nfor s in range(size - 1):\n"
        "    parts[(rank - s - 1) % size] += exchange(parts[(rank - s) % size])\nfor s in range(size - 1):\n"
        "    parts[(rank - s) % size][...] = exchange(parts[(rank + 1 - s) % size])\nreturn np.concatenate(parts)",)),
    ("all-reduce", "rank 0 does not send", "", "every rank should take part in all of them", (
        "parts = np.array_split(x.copy(), size)\nfor s in range(size - 1):\n    if rank != 0:\n"
        "        parts[(rank - s - 1) % size] += exchange(parts[(rank - s) % size])\nreturn np.concatenate(parts)",)),
    ("all-reduce", "the mean", "", "Yours is the mean", (
        "parts = np.array_split(x.copy(), size)\nfor s in range(size - 1):\n"
        "    parts[(rank - s - 1) % size] += exchange(parts[(rank - s) % size])\nfor s in range(size - 1):\n"
        "    parts[(rank - s) % size][...] = exchange(parts[(rank + 1 - s) % size])\nreturn "
        "np.concatenate(parts) / size",)),
    # honest-table
    ("honest-table", "the best on the test set", "", "Yours chooses by the test errors", (
        "c = test.mean(axis=1).argmin()\ne = test[c]\nh = t * e.std(ddof=1) / len(e) ** 0.5\n"
        "return c, e.mean(), e.mean() - h, e.mean() + h",)),
    ("honest-table", "np.std as it is", "", "s should have n - 1", (
        "c = held_out.mean(axis=1).argmin()\ne = test[c]\nh = t * np.std(e) / len(e) ** 0.5\n"
        "return c, e.mean(), e.mean() - h, e.mean() + h",)),
    ("honest-table", "no sqrt(n)", "", "divided by sqrt(n)", (
        "c = held_out.mean(axis=1).argmin()\ne = test[c]\nh = t * e.std(ddof=1)\n"
        "return c, e.mean(), e.mean() - h, e.mean() + h",)),
    ("honest-table", "smallest and largest", "", "Yours is the smallest or the largest seed", (
        "c = held_out.mean(axis=1).argmin()\ne = test[c]\nreturn c, e.mean(), e.min(), e.max()",)),
    ("honest-table", "1.96", "", "Yours has 1.96 for t", (
        "c = held_out.mean(axis=1).argmin()\ne = test[c]\nh = 1.96 * e.std(ddof=1) / np.sqrt(len(e))\n"
        "return c, e.mean(), e.mean() - h, e.mean() + h",)),
    ("honest-table", "the median", "", "Yours is the median", (
        "c = held_out.mean(axis=1).argmin()\ne = test[c]\nh = t * e.std(ddof=1) / np.sqrt(len(e))\nm = np.median(e)\n"
        "return c, m, m - h, m + h",)),
    ("honest-table", "the best seed", "", "Yours is the best seed", (
        "c = held_out.mean(axis=1).argmin()\ne = test[c]\nh = t * e.std(ddof=1) / np.sqrt(len(e))\n"
        "return c, e.min(), e.mean() - h, e.mean() + h",)),
    ("honest-table", "argmin of everything", "", "Yours is a place among all numbers", (
        "c = held_out.argmin()\ne = test[c % len(test)]\nh = t * e.std(ddof=1) / np.sqrt(len(e))\n"
        "return c, e.mean(), e.mean() - h, e.mean() + h",)),
    ("honest-table", "percentiles", "", "Yours is a percentile of the seeds", (
        "c = held_out.mean(axis=1).argmin()\ne = test[c]\nlow, high = np.percentile(e, [2.5, "
        "97.5])\nreturn c, e.mean(), low, high",)),
]
