"""Arrays to try a method on."""

import numpy as np

from scratchnet.exercises.definition import Case
from scratchnet.layers.expect import connected


def whole(rng, shape, dtype):
    """Small whole numbers without 0 and 1, to follow by hand."""
    return rng.choice([-3, -2, 2, 3, 4, 5], size=shape).astype(dtype)


def normal(rng, shape, dtype):
    return rng.normal(size=shape).astype(dtype)


def gaps(array):
    """The same numbers, not one after the other in memory."""
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def layer_case(kind, rng, dtype, shape, *args, draw=normal, memory=np.ascontiguousarray, sizes=None, **options):
    """A Case for a layer kind(*args, **options), x of this shape; blanks of a connection table are 0 in W."""
    layer = kind(*args, **options)
    y_shape = (shape[0], *layer.output_shape(shape[1:]))
    parameters = {
        name: draw(rng, value.shape, dtype) * connected(layer, name).astype(dtype)
        for name, value, _, _ in layer.parameters()
    }
    x, dy = memory(draw(rng, shape, dtype)), memory(draw(rng, y_shape, dtype))
    arrays = {"x": x, "dy": dy, "hy": memory(np.abs(draw(rng, y_shape, dtype)))}
    return Case(arrays, args, options, parameters, {"images": shape[0]} | counted(y_shape) | (sizes or {}))


def counted(y_shape):
    """Return {what: how many} of an output with maps: a wrong factor may be one of these."""
    if len(y_shape) != 4:
        return {}
    N, maps, OH, OW = y_shape
    return {"maps": maps, "positions in a map": OH * OW, "positions in all images": N * OH * OW}


def loss_case(rng, dtype, images, classes, *args, scale=3.0, draw=None, memory=np.ascontiguousarray, **options):
    """A Case for a loss: y (N, classes) between 0 and `scale`, labels (N,)."""
    y = draw(rng, (images, classes), dtype) if draw else (scale * rng.random((images, classes))).astype(dtype)
    labels = rng.permutation(np.arange(images) % classes)  # all of them, if there are enough images
    return Case({"y": memory(y), "labels": labels}, args, options, {}, {"images": images, "classes": classes})
