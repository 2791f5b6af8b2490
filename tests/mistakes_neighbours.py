"""Mistakes beside those that were collected: (exercise, name, what the learner reads, body, ...)."""

PAD = "p = np.pad(images, ((0, 0), (2, 2), (2, 2)))\n"
LINE = "return (-0.1 + 1.275 * p / 255)[:, None].astype(np.float32)"
ONE_SIDE = "Yours has the border on one side only"
NEITHER = "Yours makes the border from pixels of the image"


def line(text):
    return PAD + f"return ({text})[:, None].astype(np.float32)"


def padded(how):
    return f"p = np.pad(images, {how})\n" + LINE


def bordered(text, value="-0.1"):
    """The line inside, and another number in the border."""
    return f"x = np.full((len(images), 1, 32, 32), {value}, np.float32)\nx[:, 0, 2:30, 2:30] = {text}\nreturn x"


RIGHT = "-0.1 + 1.275 * images / 255"
PAPER = [
    ("the largest of all", "largest pixel of all images", line("-0.1 + 1.275 * p / p.max()")),
    ("the largest of each", "largest pixel of each image", line("-0.1 + 1.275 * p / p.max((1, 2), keepdims=True)")),
    ("edge", NEITHER, padded("((0, 0), (2, 2), (2, 2)), mode='edge'")),
    ("reflect", NEITHER, padded("((0, 0), (2, 2), (2, 2)), mode='reflect'")),
    ("symmetric", NEITHER, padded("((0, 0), (2, 2), (2, 2)), mode='symmetric'")),
    ("wrap", NEITHER, padded("((0, 0), (2, 2), (2, 2)), mode='wrap'")),
    ("border 0", "Yours has 0 in the border", bordered(RIGHT, "0")),
    ("border 1.175", "another number than -0.1 in the border", bordered(RIGHT, "1.175")),
    ("border -1", "another number than -0.1 in the border", bordered(RIGHT, "-1")),
    ("right and below", "at the right and at the bottom only", padded("((0, 0), (0, 4), (0, 4))")),
    ("2 pixels above and left", ONE_SIDE, padded("((0, 0), (2, 0), (2, 0))")),
    ("2 pixels below and right", ONE_SIDE, padded("((0, 0), (0, 2), (0, 2))")),
    ("rows only", "rows only, above and below", padded("((0, 0), (2, 2), (0, 0))")),
    ("columns only", "columns only, left and right", padded("((0, 0), (0, 0), (2, 2))")),
    ("uneven", "wider on one than on the other", padded("((0, 0), (1, 3), (1, 3))")),
    ("stretched", "Yours stretches the images", "i = np.arange(32) * 28 // 32\np = images[:, i][:, :, i]\n" + LINE),
    ("np.resize", "np.resize", "p = np.resize(images, (len(images), 32, 32))\n" + LINE),
    ("1.175", "Yours has 1.075 for ink", line("-0.1 + 1.175 * p / 255")),
    ("256", "Yours divides by 256", line("-0.1 + 1.275 * p / 256")),
    ("another line", "another straight line", line("-0.1 + 1.3 * p / 255")),
    ("from -1 to 1", "Yours goes from -1 to 1", line("p / 127.5 - 1")),
    ("0.1 before", "subtracts 0.1 before it multiplies", line("1.275 * (p / 255 - 0.1)")),
    ("brackets", "multiplies the pixel by -0.1 + 1.275", line("(-0.1 + 1.275) * p / 255")),
    ("-0.1 / 255", "divides -0.1 by 255 too", line("(-0.1 + 1.275 * p) / 255")),
    ("swapped", "-0.1 and 1.275 in each other's place", line("1.275 - 0.1 * p / 255")),
    ("inverted", "ink and background in each other's place", line("-0.1 + 1.275 * (255 - p.astype(int)) / 255")),
    ("inverted inside", "place inside the border", bordered("-0.1 + 1.275 * (255 - images) / 255")),
    ("clipped", "Yours cuts x off", line("np.clip(-0.1 + 1.275 * p / 255, 0, 1)")),
    ("clipped above", "Yours cuts x off", line("np.minimum(-0.1 + 1.275 * p / 255, 1)")),
    ("binary", "ink or background", line("-0.1 + 1.275 * (p > 127)")),
    ("standardised", "a standard deviation", line("(p / 255 - 0.1307) / 0.3081")),
    ("whitened", "a standard deviation", line("(p - p.mean()) / p.std()")),
    (
        "axis 2",
        "between rows and columns",
        PAD + LINE.replace("[:, None]", "[:, :, None]"),
    ),
    ("flat", "all pixels of an image in one row", PAD + LINE.replace("[:, None]", ".reshape(len(p), -1)")),
    ("colour", "three maps", PAD + LINE.replace("[:, None]", "[:, None].repeat(3, axis=1)")),
    ("float64", "expected float32, got float64", PAD + LINE.replace(".astype(np.float32)", "")),
]

NUMBERED = """N, C, H, W = x.shape
OH, OW = output_size(H, kh, stride, padding), output_size(W, kw, stride, padding)
p = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
columns = np.zeros((C * kh * kw, N * OH * OW), x.dtype)
for n in range(N):
    for h in range(OH):
        for w in range(OW):
            field = p[n, :, h * stride : h * stride + kh, w * stride : w * stride + kw]
            columns[:, {}] = field.ravel()
return columns"""
INTO = [
    ("(n * OH + h) * OH + w", "takes OH for the number of positions in a row"),
    ("n * OH * OW + h * OH + w", "takes OH for the number of positions in a row"),
    ("n * OW * OW + h * OW + w", "column number that is too large"),
    ("n * OH * OW + h * W + w", "column number that is too large"),
    ("(n * OH + h) * OW + w + 1", "column number that is too large"),
    ("n * OW + h * OW + w", "multiplies n by OW alone"),
    ("n * OH + h * OW + w", "multiplies n by OH alone"),
    ("n + h * OW + w", "does not multiply n"),
    ("n * OH * OW + h + w", "does not multiply h"),
    ("n * OH * OW + w", "leaves out h"),
    ("(n * OH + h) * OW", "leaves out w"),
]

ESTIMATE = """{}self.eps = {{}}
for leaf in self.net.leaves():
    for name in leaf.params:
        self.eps[leaf, name] = self.lr / (self.mu + {}){}"""
BEFORE, EARLIER = (
    "Yours computes the step sizes before the curvatures",
    "Yours has the step sizes of the estimate before",
)
CALL = "engine.curvatures(x, labels)\n"
H = 'getattr(leaf, "h" + name)'
SDLM = [
    ("called last", BEFORE, ESTIMATE.format("", H, "\n" + CALL)),
    ("never called", BEFORE, ESTIMATE.format("", H, "")),
    ("None", BEFORE, ESTIMATE.format("", 'vars(leaf).get("h" + name)', "\n" + CALL)),
    ("0 at first", EARLIER, ESTIMATE.format("", 'vars(leaf).get("h" + name, 0)', "\n" + CALL)),
    (
        "only where there are none",
        EARLIER,
        ESTIMATE.format("if not hasattr(self.net.leaves()[0], 'hW'):\n    " + CALL, H, ""),
    ),
    ("kept", EARLIER, CALL + "if self.eps:\n    return\n" + ESTIMATE.format("", H, "")),
    (
        "another order",
        "(name, value, curvature, gradient)",
        CALL + "self.eps = {}\nfor leaf in self.net.leaves():\n    for name, value, h, g in leaf.parameters():\n"
        "        self.eps[leaf, name] = self.lr / (self.mu + h)",
    ),
]

SGD = "for {} in self.net.parameters():\n    value -= self.lr * gradient"
MOMENTUM = """for {} in self.net.parameters():
    g = gradient + self.weight_decay * value
    self.v[name] = self.momentum * self.v.get(name, 0) + g
    value -= self.lr * self.v[name]"""
ADAM = """self.t += 1
beta1, beta2 = self.betas
for {} in self.net.parameters():
    g = gradient + self.weight_decay * value
    m = self.m[name] = beta1 * self.m.get(name, 0) + (1 - beta1) * g
    v = self.v[name] = beta2 * self.v.get(name, 0) + (1 - beta2) * g**2
    value -= self.lr * m / (1 - beta1**self.t) / (np.sqrt(v / (1 - beta2**self.t)) + self.eps)"""
UNPACKED = [
    "name, value, curvature, gradient",
    "name, gradient, value, curvature",
    "value, name, gradient, curvature",
    "name, curvature, gradient, value",
    "value, gradient, curvature, name",
]

EACH = "gradient = np.zeros_like(x)\nfor i in np.ndindex(x.shape):\n{}\nreturn gradient"
TWO = "    up, down = x.copy(), x.copy()\n    up[i] += {}\n    down[i] -= {}\n    gradient[i] = {}"
CENTRAL = [
    (
        "one array",
        "Yours moves one entry of one array up and down",
        EACH.format(
            "    up, down = x, x\n    up[i] += h\n    down[i] -= h\n    gradient[i] = (E(up) - E(down)) / (2 * h)"
        ),
    ),
    (
        "slices",
        "Yours moves one entry of one array up and down",
        EACH.format(
            "    up, down = x[:], x[:]\n    up[i] += h\n    down[i] -= h\n    gradient[i] = (E(up) - E(down)) / (2 * h)"
        ),
    ),
    (
        "one array, E between",
        "Yours moves one entry of one array up and down",
        EACH.format(
            "    x[i] += h\n    up = E(x)\n    x[i] -= h\n    down = E(x)\n    gradient[i] = (up - down) / (2 * h)"
        ),
    ),
    (
        "not restored",
        "Yours does not put an entry of x back",
        EACH.format(
            "    x[i] += h\n    up = E(x)\n    x[i] -= 2 * h\n    down = E(x)\n    gradient[i] = (up - down) / (2 * h)"
        ),
    ),
    (
        "restored by adding",
        "Yours moves an entry back by adding",
        EACH.format(
            "    x[i] += h\n    up = E(x)\n    x[i] -= 2 * h\n    down = E(x)\n    x[i] += h\n"
            "    gradient[i] = (up - down) / (2 * h)"
        ),
    ),
    (
        "copies before the loop",
        "Yours makes its copies once",
        "up, down = x.copy(), x.copy()\n"
        + EACH.format("    up[i] += h\n    down[i] -= h\n    gradient[i] = (E(up) - E(down)) / (2 * h)"),
    ),
    ("one side", "(E(x + h) - E(x)) / h", EACH.format(TWO.format("h", 0, "(E(up) - E(down)) / h"))),
    (
        "h / 2 and 2 h",
        "by h / 2 and divides by 2 h",
        EACH.format(TWO.format("h / 2", "h / 2", "(E(up) - E(down)) / (2 * h)")),
    ),
    ("h / 2 and h", "by h / 2 to both sides", EACH.format(TWO.format("h / 2", "h / 2", "(E(up) - E(down)) / h"))),
    ("2 h and 4 h", "by 2 h to both sides", EACH.format(TWO.format("2 * h", "2 * h", "(E(up) - E(down)) / (4 * h)"))),
    ("4 h", "divides by 4 h", EACH.format(TWO.format("h", "h", "(E(up) - E(down)) / (4 * h)"))),
    ("by h", "Yours divides by h", EACH.format(TWO.format("h", "h", "(E(up) - E(down)) / h"))),
    ("plus", "Yours adds E(x - h)", EACH.format(TWO.format("h", "h", "(E(up) + E(down)) / (2 * h)"))),
    ("second", "a second difference", EACH.format(TWO.format("h", "h", "(E(up) - 2 * E(x) + E(down)) / h**2"))),
    (
        "all at once",
        "Yours moves all entries at once",
        EACH.format("    gradient[i] = (E(x + h) - E(x - h)) / (2 * h)"),
    ),
    (
        "columns",
        "Yours moves whole columns",
        "gradient = np.zeros_like(x)\nfor j in range(x.shape[-1]):\n    up, down = x.copy(), x.copy()\n"
        "    up[..., j] += h\n    down[..., j] -= h\n    gradient[..., j] = (E(up) - E(down)) / (2 * h)\n"
        "return gradient",
    ),
]

GROUPS = "best = 100.0\nfor limit in np.unique(doubt):\n    read = doubt <= limit\n{}\nreturn best"
SORTED = """order = np.argsort(doubt{})
N, n = len(doubt), np.arange(1, len(doubt) + 1)
fits = np.flatnonzero({})
return 100.0 * (N - n[fits].max()) / N if len(fits) else 100.0"""
LIMITS = "limits = np.unique(doubt)[::-1]\nok = np.array([100 * wrong[doubt <= l].mean() <= error for l in limits])\n"
REJECTION = [
    (
        "first group above",
        "until the error first rises",
        GROUPS.format("    if 100 * wrong[read].mean() > error:\n        break\n    best = 100 * np.mean(~read)"),
    ),
    ("argmax", "np.argmax of an array without True", LIMITS + "return 100 * np.mean(doubt > limits[np.argmax(ok)])"),
    (
        "argmax from below",
        "Yours reads the surest even where",
        LIMITS + "return 100 * np.mean(doubt > limits[len(ok) - 1 if not ok.any() else np.argmax(ok)])",
    ),
    (
        "read for refused",
        "Yours is the share that is read",
        GROUPS.format("    if 100 * wrong[read].mean() <= error:\n        best = 100 * np.mean(read)"),
    ),
    (
        "of all",
        "divides the wrong ones by all digits",
        GROUPS.format("    if 100 * wrong[read].sum() / len(wrong) <= error:\n        best = 100 * np.mean(~read)"),
    ),
    (
        "percent",
        "compares a share with percent",
        GROUPS.format("    if wrong[read].mean() <= error:\n        best = 100 * np.mean(~read)"),
    ),
    (
        "greater",
        "compares by >",
        GROUPS.format("    if 100 * wrong[read].mean() > error:\n        best = 100 * np.mean(~read)"),
    ),
    (
        "below",
        "<=, not <",
        GROUPS.format("    if 100 * wrong[read].mean() < error:\n        best = 100 * np.mean(~read)"),
    ),
    (
        "largest share",
        "Yours is the largest share",
        GROUPS.format("    if 100 * wrong[read].mean() <= error:\n        return 100 * np.mean(~read)"),
    ),
    (
        "number",
        "compares the number of wrong ones",
        GROUPS.format("    if wrong[read].sum() <= error:\n        best = 100 * np.mean(~read)"),
    ),
    (
        "right answers",
        "Yours counts the right answers",
        GROUPS.format("    if 100 * np.mean(~wrong[read]) <= error:\n        best = 100 * np.mean(~read)"),
    ),
    (
        "no ties",
        "Yours refuses some of the digits of equal doubt",
        SORTED.format(", kind='stable'", "100 * np.cumsum(wrong[order]) / n <= error"),
    ),
    (
        "descending",
        "Yours refuses the surest first",
        SORTED.format(")[::-1", "100 * np.cumsum(wrong[order]) / n <= error").replace("doubt)[::-1)", "doubt)[::-1]"),
    ),
    ("not ordered", "does not order `wrong`", SORTED.format("", "100 * np.cumsum(wrong) / n <= error")),
    (
        "the error itself",
        "Yours is the error of those that are read",
        GROUPS.format("    if 100 * wrong[read].mean() <= error:\n        best = 100.0 * wrong[read].mean()"),
    ),
    (
        "rounded",
        "Yours rounds the share",
        GROUPS.format("    if 100 * wrong[read].mean() <= error:\n        best = float(round(100 * np.mean(~read)))"),
    ),
]

BACK = """kh, kw = self.kernel_size
W = self.W.reshape(len(self.W), -1)
dY = dy.swapaxes(0, 1).reshape(len(W), -1)
self.dW = self._mask((dY @ self.X.T).reshape(self.W.shape)){}
self.db = dY.sum(axis=1){}
return col2im(W.T @ dY, self.x.shape, kh, kw, self.stride, self.padding){}"""
SHARES = [
    ("dW, positions", "Yours divides dW by the number of positions, OH * OW", (" / dy[0, 0].size", "", "")),
    ("dW, columns", "Yours divides dW by the number of columns, N * OH * OW", (" / dY.shape[1]", "", "")),
    ("dW, images", "Yours averages dW over the batch", (" / len(dy)", "", "")),
    ("dW, maps", "Yours divides dW by the number of output maps", (" / len(W)", "", "")),
    ("dW, kernel", "Yours divides dW by the number of places of the kernel", (" / (kh * kw)", "", "")),
    ("db, positions", "Yours divides db by the number of positions, OH * OW", ("", " / dy[0, 0].size", "")),
    ("dx, positions", "Yours divides dx by the number of positions, OH * OW", ("", "", " / dy[0, 0].size")),
    ("dx, 3", "Yours is 1/3 of what it should be", ("", "", " / 3")),
]

MISTAKES = [
    *(("paper-input", *mistake) for mistake in PAPER),
    *(("im2col", number, words, NUMBERED.format(number)) for number, words in INTO),
    *(("sdlm", *mistake, None) for mistake in SDLM),
    *(
        (name, order, f"as ({order[:11]}", body.format(order))
        for name, body in (("sgd", SGD), ("momentum", MOMENTUM), ("adam", ADAM))
        for order in UNPACKED
    ),
    *(("central-differences", *mistake) for mistake in CENTRAL),
    *(("rejection", *mistake) for mistake in REJECTION),
    *(("conv-backward", name, words, BACK.format(*shares)) for name, words, shares in SHARES),
]
