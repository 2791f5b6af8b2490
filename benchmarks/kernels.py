"""Compare the kernels of the modern layers with simpler code, for a batch of 32 C1 maps.

    python benchmarks/kernels.py

Pooling: loops of a known size against those for any window, on the same 2x2 windows. Adam: one pass over memory
against the same lines in NumPy, for 61,706 parameters. The smallest of 15 times each, in turns.
"""

import importlib.util
import tempfile
import time
from pathlib import Path

import numpy as np

from scratchnet.kernels import adam, pool


def general_pool():
    """Return kernels/pool.py without its loops of a known size."""
    source = Path(pool.__file__).read_text("utf-8")
    condition = "plain = kh == 2 and kw == 2 and ph == 0 and pw == 0"
    assert source.count(condition) == 3
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "general_pool.py"
        path.write_text(source.replace(condition, "plain = False"), "utf-8")
        spec = importlib.util.spec_from_file_location("general_pool", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for call in pools(module).values():
            call()  # compiled while the file is there
    return module


def pools(module):
    x = np.maximum(np.random.default_rng(0).normal(size=(32, 6, 28, 28)), 0).astype(np.float32)
    window, y = (2, 2, 2, 2, 0, 0), x[:, :, ::2, ::2].copy()
    return {
        "max_pool": lambda: module.max_pool(x, *window),
        "average_pool": lambda: module.average_pool(x, 0.25, *window),
        "average_pool_back": lambda: module.average_pool_back(y, 0.25, 28, 28, *window),
    }


def adams():
    w, m, v, g = np.random.default_rng(0).random((4, 61_706), np.float32)
    a, b, rate, eps = (np.float32(number) for number in (0.1, 0.001, 1e-3, 1e-8))

    def in_numpy():
        m[...] += a * (g - m)
        v[...] += b * (g * g - v)
        w[...] -= rate * m / (np.sqrt(v) + eps)

    return lambda: adam(w, m, v, g, 1e-3, 0.9, 0.999, 1.0, 1e-8), in_numpy


def smallest(*calls):
    """Return the microseconds of one call of each."""
    times = [[] for _ in calls]
    for _ in range(16):
        for call, seconds in zip(calls, times):
            start = time.perf_counter()
            for _ in range(10):
                call()
            seconds.append((time.perf_counter() - start) / 10)
    return [1e6 * min(seconds[1:]) for seconds in times]


def main():
    print(f"{'':18} {'kernel us':>10} {'simpler us':>11} {'share':>6}")
    general = pools(general_pool())
    pairs = {name: (call, general[name]) for name, call in pools(pool).items()} | {"adam": adams()}
    for name, pair in pairs.items():
        ours, simpler = smallest(*pair)
        print(f"{name:18} {ours:10.0f} {simpler:11.0f} {ours / simpler:6.2f}")


if __name__ == "__main__":
    main()
