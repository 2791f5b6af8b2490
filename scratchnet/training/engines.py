"""Which engine runs a network."""

import functools
import sys

from numpy.typing import NDArray

from scratchnet.errors import Unsupported
from scratchnet.layers import Layer
from scratchnet.losses import Loss
from scratchnet.parallel import Engine, ReadableEngine

MISSING = {
    "scratchnet.fast": "this installation has no scratchnet/fast",
    "numba": "Numba does not exist for browsers"
    if sys.platform == "emscripten"
    else "Numba is not installed. The fast path needs it: pip install numba",
}


def engine_for(net: Layer, loss: Loss | None, x: NDArray, fast: bool) -> Engine:
    """Return the engine for images like x: the readable one, or with `fast` the fast one if it can run every layer.

    If the fast one cannot run a layer or the loss, a line on stderr gives the reason, once.
    """
    if not fast:
        return ReadableEngine(net, loss)
    try:
        from scratchnet.fast import FastEngine  # here, because it imports a compiler

        return FastEngine(net, loss, x.shape[1:], x.dtype)
    except Unsupported as why:
        say_once(f"scratchnet: using the readable path, because {why}.")
    except ModuleNotFoundError as why:
        if why.name not in MISSING:
            raise
        say_once(f"scratchnet: using the readable path, because {MISSING[why.name]}.")
    return ReadableEngine(net, loss)


@functools.cache
def say_once(line: str) -> None:
    print(line, file=sys.stderr)
