"""The exercise on batch normalisation."""

import numpy as np

from scratchnet.exercises.cases import counted, gaps, normal, whole
from scratchnet.exercises.definition import Case, Exercise
from scratchnet.exercises.kinds import LayerPass, layer_of
from scratchnet.exercises.topics.families import in_a_loop, wrongs
from scratchnet.layers import BatchNorm2d

RUNNING = ("running_mean", "running_var")


class Normalising(LayerPass):
    """A pass of BatchNorm2d. Its running values begin anew in each call, so that a second call gives the same."""

    def prepare(self, kind, case, method):
        layer, a = layer_of(kind, case), case.arrays

        def forward():
            for name in RUNNING:
                setattr(layer, name, case.parameters[name].copy())
            return {"y": layer.forward(a["x"])} | {name: getattr(layer, name) for name in RUNNING}

        def backward():
            dx = layer.backward(a["dy"])
            return {"dx": dx} | {f"d{name}": vars(layer).get(f"d{name}") for name in layer.params}

        if method == "forward":
            return forward
        forward()
        return backward

    def judge(self, kind, case, method):
        parameters = {name: np.copy(value) if name in RUNNING else value for name, value in case.parameters.items()}
        super().judge(kind, Case(case.arrays, case.args, case.options, parameters, case.sizes), method)


def maps_case(rng, dtype, images, maps, height, width, training=True, draw=normal, memory=np.ascontiguousarray):
    """Return a Case; eps is so large that where it stands makes a difference."""
    x, dy = (memory(draw(rng, (images, maps, height, width), dtype)) for _ in range(2))
    x = memory(x + np.arange(maps, dtype=dtype).reshape(1, maps, 1, 1))
    parameters = {name: draw(rng, (maps,), dtype) for name in ("W", "b", "running_mean")}
    parameters |= {"running_var": np.abs(draw(rng, (maps,), dtype)) + dtype(0.5), "training": training}
    sizes = {"images": images, "pixels in all images": images * height * width} | counted(x.shape)
    return Case({"x": x, "dy": dy}, (maps,), {"eps": 0.1, "momentum": 0.25}, parameters, sizes)


def each(a):
    return a[:, None, None]


def batch(c, axis=(0, 2, 3)):
    """Return mean and var of the batch, or the running ones in evaluation."""
    if not c.training and axis == (0, 2, 3):
        return each(c.running_mean), each(c.running_var)
    return c.x.mean(axis=axis, keepdims=True), c.x.var(axis=axis, keepdims=True)


def normed(c, stats=None, slope=None):
    """Return z. stats: mean and var; slope: var, eps -> the factor."""
    mean, var = batch(c) if stats is None else stats
    return (c.x - mean) * (slope or (lambda v, eps: 1 / np.sqrt(v + eps)))(var, c.eps)


def lined(c, z):
    return each(c.W) * z + each(c.b)


def pixels(c):
    return c.x.size // c.x.shape[1]


def unbiased(c):
    return c.x.var(axis=(0, 2, 3)) * pixels(c) / (pixels(c) - 1)


def moved(old, new, momentum):
    return old + momentum * (new - old)


Y = wrongs(
    "y",
    {
        "Yours has no eps; it should divide by sqrt(var + eps).": lambda c: lined(
            c, normed(c, slope=lambda v, eps: 1 / np.sqrt(v))
        ),
        "Yours adds eps outside of the root; it should add it inside: sqrt(var + eps).": lambda c: lined(
            c, normed(c, slope=lambda v, eps: 1 / (np.sqrt(v) + eps))
        ),
        "Yours divides by var + eps; it should divide by the root of it.": lambda c: lined(
            c, normed(c, slope=lambda v, eps: 1 / (v + eps))
        ),
        "Yours multiplies by sqrt(var + eps); it should divide by it.": lambda c: lined(
            c, normed(c, slope=lambda v, eps: np.sqrt(v + eps))
        ),
        "Yours does not divide; it should divide by sqrt(var + eps).": lambda c: lined(
            c, normed(c, slope=lambda v, eps: 1)
        ),
        "Yours does not subtract the mean; it should.": lambda c: lined(c, normed(c, (0, batch(c)[1]))),
        "Yours has the variance with n - 1 in y; there it should be the mean of the squares, with n.": lambda c: lined(
            c, normed(c, (batch(c)[0], batch(c)[1] * pixels(c) / (pixels(c) - 1)))
        ),
        "Yours takes mean and var over the images only; they should be over images, rows and columns: axis=(0, 2, "
        "3).": (lambda c: lined(c, normed(c, batch(c, 0)))),
        "Yours takes mean and var of each image; they should be over all images too: axis=(0, 2, 3).": lambda c: lined(
            c, normed(c, batch(c, (2, 3)))
        ),
        "Yours takes one mean and var for all maps; each map should have its own: axis=(0, 2, 3).": lambda c: lined(
            c, normed(c, batch(c, (0, 1, 2, 3)))
        ),
        "Yours takes mean and var over the maps; they should be over images, rows and columns: axis=(0, 2, 3).": (
            lambda c: lined(c, normed(c, batch(c, 1)))
        ),
        "Yours has no W; it should multiply z by it.": lambda c: normed(c) + each(c.b),
        "Yours has no b; it should add it.": lambda c: each(c.W) * normed(c),
        "Yours has neither W nor b; y should be W z + b.": normed,
        "Yours multiplies b by W too; y should be W z + b.": lambda c: each(c.W) * (normed(c) + each(c.b)),
        "Yours uses the running values in training mode; there it should use those of the batch.": lambda c: lined(
            c, normed(c, (each(c.running_mean), each(c.running_var)))
        ),
        "Yours uses the running values in training mode, already updated; there it should use those of the batch.": (
            lambda c: lined(
                c,
                normed(
                    c,
                    (
                        each(moved(c.running_mean, c.x.mean(axis=(0, 2, 3)), c.momentum)),
                        each(moved(c.running_var, unbiased(c), c.momentum)),
                    ),
                ),
            )
        ),
        "Yours uses the batch in evaluation; there it should use the running values.": lambda c: lined(
            c, normed(c, (c.x.mean(axis=(0, 2, 3), keepdims=True), c.x.var(axis=(0, 2, 3), keepdims=True)))
        ),
    },
)
STORED = wrongs(
    "running_mean",
    {
        "Yours does not update the running mean; in training mode it should.": lambda c: before(c, "running_mean"),
        "Yours keeps the mean of the batch; the running mean should move a share `momentum` of the way to it.": (
            lambda c: c.x.mean(axis=(0, 2, 3))
        ),
        "Yours has momentum and 1 - momentum in each other's place; running should move by momentum (batch - "
        "running).": (lambda c: moved(before(c, "running_mean"), c.x.mean(axis=(0, 2, 3)), 1 - c.momentum)),
        "Yours adds momentum times the mean; it should add momentum (batch - running).": lambda c: (
            before(c, "running_mean") + c.momentum * c.x.mean(axis=(0, 2, 3))
        ),
        "Yours updates the running mean in evaluation; there it should stay.": lambda c: moved(
            before(c, "running_mean"), c.x.mean(axis=(0, 2, 3)), c.momentum
        ),
    },
) + wrongs(
    "running_var",
    {
        "Yours does not update the running variance; in training mode it should.": lambda c: before(c, "running_var"),
        "Yours has the variance with n in the running value; there it should be var n / (n - 1).": lambda c: moved(
            before(c, "running_var"), c.x.var(axis=(0, 2, 3)), c.momentum
        ),
        "Yours has n - 1 and n in each other's place; the running value should get var n / (n - 1).": lambda c: moved(
            before(c, "running_var"), c.x.var(axis=(0, 2, 3)) * (pixels(c) - 1) / pixels(c), c.momentum
        ),
        "Yours has momentum and 1 - momentum in each other's place in the running variance; it should move by momentum "
        "(batch - running).": lambda c: moved(before(c, "running_var"), unbiased(c), 1 - c.momentum),
        "Yours keeps eps in the running variance; it should be without.": lambda c: moved(
            before(c, "running_var"), unbiased(c) + c.eps, c.momentum
        ),
        "Yours keeps the variance of the batch; the running variance should move a share `momentum` of the way to "
        "it.": (
            unbiased,
            lambda c: c.x.var(axis=(0, 2, 3)),
        ),
        "Yours keeps standard deviations; it should keep variances.": lambda c: moved(
            before(c, "running_var"), np.sqrt(c.x.var(axis=(0, 2, 3))), c.momentum
        ),
    },
)


def before(c, name):
    """Return a running value as it was given: it hides the result of the same name."""
    return vars(c)[name]


def s(c):
    """Return the slope W / sqrt(var + eps)."""
    return each(c.W) / np.sqrt(batch(c)[1] + c.eps)


def means(c, of):
    return of.mean(axis=(0, 2, 3), keepdims=True)


DX = wrongs(
    "dx",
    {
        "Yours takes mean and var as constants; in training mode they depend on x too, and dx should have two more "
        "terms.": (lambda c: s(c) * c.dy),
        "Yours has no term of the mean; dx should subtract the mean of dy, since the mean depends on x.": lambda c: (
            s(c) * (c.dy - normed(c) * means(c, c.dy * normed(c)))
        ),
        "Yours has no term of the variance; dx should subtract z mean(dy z), since the variance depends on x.": (
            lambda c: s(c) * (c.dy - means(c, c.dy))
        ),
        "Yours subtracts sums; both terms should be means: divide by n, the pixels of a map in all images.": lambda c: (
            s(c) * (c.dy - pixels(c) * (means(c, c.dy) + normed(c) * means(c, c.dy * normed(c))))
        ),
        "Yours divides by the images only; both terms should be means over n pixels: images, rows and columns.": (
            lambda c: s(c) * (c.dy - pixels(c) / len(c.x) * (means(c, c.dy) + normed(c) * means(c, c.dy * normed(c))))
        ),
        "Yours adds the two terms; it should subtract them.": lambda c: (
            s(c) * (c.dy + means(c, c.dy) + normed(c) * means(c, c.dy * normed(c)))
        ),
        "Yours has no z before mean(dy z); it should be z mean(dy z).": lambda c: (
            s(c) * (c.dy - means(c, c.dy) - means(c, c.dy * normed(c)))
        ),
        "Yours has no slope in dx; it should be multiplied by W / sqrt(var + eps).": lambda c: c.dx / s(c),
        "Yours has no W in dx; the slope should be W / sqrt(var + eps).": lambda c: c.dx / each(c.W),
        "Yours multiplies by W twice; the slope should be W / sqrt(var + eps).": lambda c: c.dx * each(c.W),
        "Yours does not divide by sqrt(var + eps); it should.": lambda c: c.dx * np.sqrt(batch(c)[1] + c.eps),
        "Yours divides by var + eps; it should divide by the root of it.": lambda c: (
            c.dx / np.sqrt(batch(c)[1] + c.eps)
        ),
        "Yours has no eps in dx; the slope should be W / sqrt(var + eps).": lambda c: (
            c.dx * np.sqrt(batch(c)[1] + c.eps) / np.sqrt(batch(c)[1])
        ),
        "Yours takes the means over each image; they should be over all images too: axis=(0, 2, 3).": lambda c: (
            s(c)
            * (
                c.dy
                - c.dy.mean(axis=(2, 3), keepdims=True)
                - normed(c) * (c.dy * normed(c)).mean(axis=(2, 3), keepdims=True)
            )
        ),
        "Yours has the formula of training in evaluation; there mean and var are constants, and dx should be s dy.": (
            lambda c: s(c) * (c.dy - means(c, c.dy) - normed(c) * means(c, c.dy * normed(c)))
        ),
        "Yours divides by n - 1; the means should be over n pixels.": lambda c: (
            s(c) * (c.dy - (means(c, c.dy) + normed(c) * means(c, c.dy * normed(c))) * pixels(c) / (pixels(c) - 1))
        ),
    },
)
DW = wrongs(
    "dW",
    {
        "Yours is the mean; dW should be the sum: the 1/N is in the loss.": lambda c: c.dW / pixels(c),
        "Yours has x for z; dW should be the sum of dy z.": lambda c: (c.dy * c.x).sum(axis=(0, 2, 3)),
        "Yours has no z; dW should be the sum of dy z.": lambda c: c.db,
        "Yours has y for z; dW should be the sum of dy z.": lambda c: (c.dy * lined(c, normed(c))).sum(axis=(0, 2, 3)),
        "Yours multiplies by W; dW should be the sum of dy z.": lambda c: c.dW * c.W,
        "Yours has x - mean for z, which is not divided by sqrt(var + eps); it should be.": lambda c: (
            c.dW * np.sqrt(batch(c)[1] + c.eps).ravel()
        ),
        "Yours divides dW by the images; it should be the sum: the 1/N is in the loss.": lambda c: c.dW / len(c.x),
        "Yours is one number for all maps; dW should be one for each: axis=(0, 2, 3).": lambda c: np.full_like(
            c.W, c.dW.sum()
        ),
    },
) + wrongs(
    "db",
    {
        "Yours is the mean; db should be the sum: the 1/N is in the loss.": lambda c: c.db / pixels(c),
        "Yours divides db by the images; it should be the sum: the 1/N is in the loss.": lambda c: c.db / len(c.x),
        "Yours multiplies by W; db should be the sum of dy.": lambda c: c.db * c.W,
        "Yours is dW; db should be the sum of dy.": lambda c: c.dW,
    },
)

BATCH_NORM = Exercise(
    name="batch-norm",
    title="batch normalisation, and why its backward pass has three terms",
    target=BatchNorm2d,
    methods=("forward", "backward"),
    task="self.training says whether mean and variance come from the batch, or are self.running_mean and "
    "self.running_var. In training mode each running value moves a share self.momentum of the way to that of the "
    "batch; for the running variance the one of the batch is made unbiased (n - 1). Derive dE/dx with z: every z of "
    "a map depends on every x of it, by mean and variance.",
    contract={
        "": "Batch normalisation: each map gets mean 0 and variance 1, then a factor W and an offset b of its own.\n"
        "x, y, dy, dx: (N, C, H, W); W, b, running_mean, running_var: (C,). self.eps is added to the variance before "
        "its root is taken; in y the variance of the batch is that with n (S. Ioffe, C. Szegedy, 2015).",
        "forward": "Return y, update the running values in training mode, and store what backward needs.",
        "backward": "Take dE/dy, set self.dW and self.db, and return dE/dx, for the mode of the last forward.",
    },
    kind=Normalising(),
    tiny=lambda rng, dtype: maps_case(rng, dtype, 2, 1, 1, 3, draw=whole),
    draw=lambda rng, dtype: maps_case(rng, dtype, 3, 4, 5, int(rng.choice([2, 6]))),
    real=lambda rng, dtype: [maps_case(rng, dtype, 8, 6, 14, 14), maps_case(rng, dtype, 4, 16, 5, 5, training=False)],
    odd=lambda rng, dtype: [
        maps_case(rng, dtype, 4, 4, 3, 5, training=False),
        maps_case(rng, dtype, 1, 2, 3, 3),
        maps_case(rng, dtype, 6, 3, 1, 1),
        maps_case(rng, dtype, 3, 3, 3, 3),
        maps_case(rng, dtype, 2, 3, 4, 6, memory=gaps),
        maps_case(rng, dtype, 1, 2, 1, 1, training=False),
    ],
    points=2,
    wrong={
        "forward": Y + in_a_loop("y", lambda c: lined(c, normed(c)), "image") + STORED,
        "backward": DX + DW,
    },
    hints=(
        "Mean and var of a map: x.mean(axis=(0, 2, 3)) and x.var(axis=(0, 2, 3)), (C,). a[:, None, None] broadcasts "
        "(C,) against (N, C, H, W).",
        "z is (x - mean) / sqrt(var + eps), y is W z + b. Store z, s = W / sqrt(var + eps), and the mode, for "
        "backward.",
        "running += momentum (batch - running); for the variance with var n / (n - 1), where n = N H W.",
        "dz is W dy. By mean and variance, each x also moves all z of its map: dx = s (dy - mean dy - z mean(dy z)). "
        "In evaluation only s dy is left.",
    ),
)
