"""Mistakes in the exercises on convolution, as learners make them.

Each is a right answer of styles_conv.py with an edit: (style, name, words that the learner must read, find, put, ...).
"""

from mistakes_columns import COL2IM, IM2COL, LOOPS
from styles_conv import STYLES

NHW = "out.reshape(FN, N, OH, OW).transpose(1, 0, 2, 3)"
FORWARD = [
    ("matrix", "no bias", "has no bias", " + self.b.reshape(-1, 1)", ""),
    ("matrix", "bias along the columns", "self.b is (2,)", "self.b.reshape(-1, 1)", "self.b"),
    ("matrix", "bias subtracted", "subtracts the bias", "+ self.b.reshape", "- self.b.reshape"),
    (
        "matrix",
        "bias after the reshape",
        "self.b is (6,)",
        " + self.b.reshape(-1, 1)",
        "",
        "0, 2, 3)",
        "0, 2, 3) + self.b",
    ),
    ("matrix", "flipped kernel", "flips the kernel", "self.W.reshape(FN", "self.W[:, :, ::-1, ::-1].reshape(FN"),
    ("matrix", "no swap", "only then swap", NHW, "out.reshape(N, FN, OH, OW)"),
    ("matrix", "images last", "to (maps, OH, OW, N)", NHW, "out.reshape(FN, OH, OW, N).transpose(3, 0, 1, 2)"),
    (
        "matrix",
        "rows and columns exchanged",
        "rows and columns",
        NHW,
        "out.reshape(FN, N, OW, OH).transpose(1, 0, 3, 2)",
    ),
    ("matrix", "the book's reshape", "to (N, OH, OW, maps)", NHW, "out.reshape(N, OH, OW, -1).transpose(0, 3, 1, 2)"),
    (
        "rows",
        "no transpose",
        "a row for each position",
        "Y.reshape(N, OH, OW, out).transpose(0, 3, 1, 2)",
        "Y.reshape(N, out, OH, OW)",
    ),
    ("matrix", "W reshaped the wrong way", "W.reshape(out, -1)", "self.W.reshape(FN, -1)", "self.W.reshape(-1, FN).T"),
    (
        "rows",
        "W reshaped instead of transposed",
        "W.reshape(out, -1)",
        "self.W.reshape(out, -1).T",
        "self.W.reshape(-1, out)",
    ),
    ("matrix", "W with the map last", "(o, c, i, j)", "self.W.reshape(", "self.W.transpose(0, 2, 3, 1).reshape("),
    ("matrix", "W with rows and columns swapped", "(o, c, j, i)", "self.W.reshape(", "self.W.swapaxes(2, 3).reshape("),
    ("matrix", "FH and FW exchanged in im2col", "im2col(x, kh, kw", "FH, FW, self.stride", "FW, FH, self.stride"),
    (
        "matrix",
        "no stride",
        "stride",
        "FW, self.stride,",
        "FW, 1,",
        "_, OH, OW = self.output_shape(x.shape[1:])",
        "OH, OW = H + 2 * self.padding - FH + 1, W + 2 * self.padding - FW + 1",
    ),
    (
        "matrix",
        "no padding",
        "has no padding",
        "self.stride, self.padding)",
        "self.stride, 0)",
        "_, OH, OW = self.output_shape(x.shape[1:])",
        "OH, OW = (H - FH) // self.stride + 1, (W - FW) // self.stride + 1",
    ),
    ("by image", "columns of the last image", "of the last image only", "np.concatenate(parts, axis=1)", "cols"),
    ("by image", "columns of all images below each other", "self.X", "axis=1)", "axis=0)"),
    ("matrix", "X not stored", "stores nothing in self.X", "self.X = col\n", ""),
    ("matrix", "X transposed", "keeps X transposed", "self.X = col\n", "self.X = col.T\n"),
    ("matrix", "y_shape before the transpose", "before the last two steps", "= out.shape", "= (FN, N, OH, OW)"),
    ("matrix", "y_shape of the image", "keeps the shape of x", "self.y_shape = out.shape", "self.y_shape = x.shape"),
    ("matrix", "x is stored as columns", "self.x", "self.x = x\n", "self.x = col\n"),
    (
        "by image",
        "return in the loop",
        "the first image",
        "    parts.append(cols)\n",
        "    self.x, self.X, self.y_shape = x, im2col(x, kh, kw, self.stride, self.padding), y.shape\n    return y\n",
    ),
    ("by image", "always the first image", "the first image only", "im2col(x[n : n + 1]", "im2col(x[:1]"),
]

MASKED = "self._mask(dW)"
BACKWARD = [
    ("matrix", "no mask", "lacks the mask", MASKED, "dW"),
    ("matrix", "dW averaged", "averages dW over the batch", MASKED, "self._mask(dW / len(dy))"),
    (
        "matrix",
        "db averaged over images",
        "averages db over the batch",
        "np.sum(dout, axis=1)",
        "np.sum(dout, axis=1) / len(dy)",
    ),
    ("matrix", "dx averaged", "averages dx over the batch", "col2im(dcol,", "col2im(dcol / len(dy),"),
    ("matrix", "no swap", "swap the first two axes", "dy.transpose(1, 0, 2, 3)", "dy"),
    ("matrix", "images last", "order (maps, OH, OW, N)", "dy.transpose(1, 0, 2, 3)", "dy.transpose(1, 2, 3, 0)"),
    ("matrix", "maps last", "order (N, OH, OW, maps)", "dy.transpose(1, 0, 2, 3)", "dy.transpose(0, 2, 3, 1)"),
    (
        "matrix",
        "rows and columns of dy",
        "order (maps, N, OW, OH)",
        "dy.transpose(1, 0, 2, 3)",
        "dy.transpose(1, 0, 3, 2)",
    ),
    ("matrix", "kernel turned", "flips the kernel", "self.W.reshape(FN", "self.W[:, :, ::-1, ::-1].reshape(FN"),
    ("matrix", "dW turned", "flips dW", MASKED, "self._mask(dW[:, :, ::-1, ::-1])"),
    (
        "matrix",
        "dW read by columns",
        "dW in the order (o, c, j, i)",
        "(FN, C, FH, FW)\nself",
        "(FN, C, FW, FH).swapaxes(2, 3)\nself",
    ),
    (
        "matrix",
        "dW with the map last",
        "dW in the order (o, i, j, c)",
        "(FN, C, FH, FW)\nself",
        "(FN, FH, FW, C).transpose(0, 3, 1, 2)\nself",
    ),
    ("matrix", "db over everything", "too many axes", "np.sum(dout, axis=1)", "np.sum(dout)"),
    ("matrix", "db over images only", "summed over", "np.sum(dout, axis=1)", "dy.sum(axis=0)"),
    ("matrix", "db over positions only", "summed over axis 0", "np.sum(dout, axis=1)", "dy.sum(axis=(2, 3))"),
    ("matrix", "db over maps", "an entry for each image", "np.sum(dout, axis=1)", "dy.sum(axis=(1, 2, 3))"),
    ("matrix", "db over the wrong axis of dout", "wrong axis", "np.sum(dout, axis=1)", "np.sum(dout, axis=0)"),
    ("matrix", "db mean", "mean over images and positions", "np.sum(dout, axis=1)", "np.mean(dout, axis=1)"),
    ("matrix", "db as a column", "keepdims", "np.sum(dout, axis=1)", "np.sum(dout, axis=1, keepdims=True)"),
    (
        "matrix",
        "W reshaped instead of transposed",
        "W in the order (c, i, j, o)",
        "self.W.reshape(FN, -1).T",
        "self.W.reshape(-1, FN)",
    ),
    (
        "matrix",
        "dx as columns",
        "still in columns",
        "return col2im(dcol, self.x.shape, FH, FW, self.stride, self.padding)",
        "return dcol",
    ),
    (
        "matrix",
        "no stride in col2im",
        "total size of new array",
        "FW, self.stride, self.padding",
        "FW, 1, self.padding",
    ),
    ("matrix", "|W|", "takes |W|", "self.W.reshape(FN, -1).T", "np.abs(self.W).reshape(FN, -1).T"),
    ("matrix", "W squared", "W^2' dY", "self.W.reshape(FN, -1).T", "(self.W**2).reshape(FN, -1).T"),
    ("matrix", "dW for W", "uses dW for W", "self.W.reshape(FN, -1).T", "self.dW.reshape(FN, -1).T"),
    ("matrix", "dW kept in a variable", "dW", "self.dW = self._mask(", "dW = self._mask("),
    ("loops", "= for dw", "last field of the last image", "dw[f] += window", "dw[f] = window"),
    ("loops", "= for dx", "keeps the last field of a pixel", "w * s + kw] += self.W", "w * s + kw] = self.W"),
    ("loops", "= for db", "keeps the last entry of dy", "db[f] += dy", "db[f] = dy"),
    ("loops", "border stays", "still has the border", "dx_pad[:, :, p : p + H, p : p + W]", "dx_pad"),
    (
        "loops",
        "border cut at the far end",
        "at the far end only",
        "dx_pad[:, :, p : p + H, p : p + W]",
        "dx_pad[:, :, :H, :W]",
    ),
    (
        "loops",
        "-0 as the end of a slice",
        "empty where padding is 0",
        "dx_pad[:, :, p : p + H, p : p + W]",
        "dx_pad[:, :, p:-p, p:-p]",
    ),
    (
        "loops",
        "no stride in dx",
        "no stride",
        "dx_pad[n, :, h * s : h * s + kh, w * s : w * s + kw]",
        "dx_pad[n, :, h : h + kh, w : w + kw]",
    ),
    (
        "loops",
        "no stride in dw",
        "no stride",
        " x_pad[n, :, h * s : h * s + kh, w * s : w * s + kw]\n",
        " x_pad[n, :, h : h + kh, w : w + kw]\n",
    ),
    ("loops", "x of the first image", "reads image 0", "window = x_pad[n,", "window = x_pad[0,"),
    (
        "loops",
        "return in the loop over images",
        "the first image",
        "\nself.dW, self.db = self._mask(dw), db\nreturn dx",
        "\n    self.dW, self.db = self._mask(dw), db\n    return dx",
    ),
    (
        "loops",
        "dw starts again",
        "last image alone",
        "for n in range(N):",
        "for n in range(N):\n    dw = np.zeros_like(self.W)",
    ),
    (
        "loops",
        "db starts again",
        "last image alone",
        "for n in range(N):",
        "for n in range(N):\n    db = np.zeros_like(self.b)",
    ),
    ("loops", "one row too few", "leaves out the last row of dy", "range(OH)", "range(OH - 1)"),
    ("loops", "dx without W", "has no W", "self.W[f] * dy[n, f, h, w]", "dy[n, f, h, w]"),
    (
        "loops",
        "maps overwrite",
        "last output map alone",
        "for h in range(OH):",
        "dx_pad[n] = 0\n        for h in range(OH):",
    ),
    ("einsum", "maps not summed", "an entry for each image", '"nohw->o"', '"nohw->n"'),
    ("matrix", "sign", "wrong sign", "return col2im", "return -col2im"),
    ("matrix", "adds up", "overwrite", "self.db =", 'self.db = vars(self).get("db", 0) +'),
]

BACKWARD2 = [
    ("matrix", "W not squared", "does not square W", "np.square(self.W)", "self.W"),
    ("matrix", "X not squared", "does not square X", "np.square(self.X)", "self.X"),
    ("matrix", "product squared", "cross terms", "hY @ np.square(self.X).T", "np.square(hY @ self.X.T)"),
    ("matrix", "hy squared everywhere", "squares hy", "np.swapaxes(hy, 0, 1)", "np.swapaxes(hy**2, 0, 1)"),
    ("matrix", "hb of the square", "squares hy", "hY.sum(1)", "np.square(hY).sum(1)"),
    ("matrix", "square of the sum in hb", "squares the sum", "hY.sum(1)", "hY.sum(1) ** 2"),
    ("matrix", "no mask", "lacks the mask", "self._mask(hW.reshape(self.W.shape))", "hW.reshape(self.W.shape)"),
    (
        "matrix",
        "hx squared at the end",
        "squares the sum",
        "np.square(self.W)",
        "self.W",
        "self.stride, self.padding)",
        "self.stride, self.padding) ** 2",
    ),
    (
        "matrix",
        "hX squared before col2im",
        "squares the product",
        "np.square(self.W).reshape(out, -1).T @ hY",
        "np.square(self.W.reshape(out, -1).T @ hY)",
    ),
    ("matrix", "|W|", "takes |W|", "np.square(self.W)", "np.abs(self.W)"),
    ("matrix", "2 W", "takes 2 W", "np.square(self.W)", "2 * self.W"),
    ("matrix", "hW averaged", "averages hW over the batch", "self._mask(hW.r", "self._mask((hW / len(hy)).r"),
    ("matrix", "flipped kernel", "flips the kernel", "np.square(self.W)", "np.square(self.W[:, :, ::-1, ::-1])"),
    ("matrix", "no swap", "swap the first two axes", "np.swapaxes(hy, 0, 1)", "hy"),
    ("matrix", "stored as dW", "hW", "self.hW =", "self.dW ="),
    ("matrix", "W squared, then squared again", "takes W^4", "np.square(self.W)", "np.square(self.W**2)"),
    ("loops", "no square of x", "does not square X", "cols] ** 2 * hy", "cols] * hy"),
    ("loops", "= for hW", "last field of the last image", "hW[f] += x_pad", "hW[f] = x_pad"),
    (
        "loops",
        "no stride",
        "no stride",
        "slice(h * s, h * s + kh), slice(w * s, w * s + kw)",
        "slice(h, h + kh), slice(w, w + kw)",
    ),
    ("loops", "border stays", "still has the border", "hx[:, :, p : p + H, p : p + W]", "hx"),
    ("einsum", "fourth power", "takes X^4", "X2 = (self.X**2)", "X2 = (self.X**4)"),
    ("einsum", "hb over images only", "summed over", "axis=(0, 2, 3)", "axis=0"),
    ("matrix", "sign", "wrong sign", "return col2im", "return -col2im"),
]

EDITS = {
    "convolution-by-loops": LOOPS,
    "im2col": IM2COL,
    "col2im": COL2IM,
    "conv-forward": FORWARD,
    "conv-backward": BACKWARD,
    "conv-backward2": BACKWARD2,
}


def edited(bodies, pairs):
    """Return the bodies with each find replaced by its put, in those that contain it."""
    for find, put in zip(pairs[::2], pairs[1::2]):
        assert any(find in body for body in bodies), find
        bodies = tuple(body.replace(find, put) for body in bodies)
    return bodies


MISTAKES = [
    (exercise, edited(STYLES[exercise][style], pairs), words, f"{style}: {name}")
    for exercise, edits in EDITS.items()
    for style, name, words, *pairs in edits
]
