# %% [markdown]
# # 23. From loops to gigaflops
#
# After this lesson you can measure how fast code computes, say how far that is from what the machine can
# do, and name what each step from Python loops to the library's fast path gained.
#
# In 1998 training took "2 to 3 days of CPU to train LeNet-5 on a Silicon Graphics Origin 2000 server, using
# a single 200 MHz R10000 processor" (section III.D).
#
# A **FLOP** is one multiplication or addition of floating-point numbers; a **GFLOP/s** is a billion of them
# in a second. A convolution does two for each weight at each place: C3, with all connections, 2 x 16 x 150
# x 100 = 480,000 for one image.

# %%
import time

import numba
import numpy as np

from scratchnet import Conv2d, datasets, evaluate, models, picture, show, sketches
from scratchnet.kernels.convolution import tile_images

compiled = not numba.config.DISABLE_JIT  # with NUMBA_DISABLE_JIT=1 the kernels are plain Python: take fewer images
N = 256 if compiled else 2
rng = np.random.default_rng(0)
x = rng.normal(size=(N, 6, 14, 14)).astype(np.float32)
C3 = Conv2d(6, 16, 5, rng=rng)
W, b, speed, FLOP = C3.W, C3.b, {}, 2 * 16 * 150 * 100  # FLOP: for one image


def measure(name, function, flop):
    """Best of three, after a first call (which may compile); adds it to the table."""
    y, times = function(), []
    for _ in range(3):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    speed[name] = flop / min(times) / 1e9
    print(f"{name:34} {min(times) * 1e3:9.2f} ms  {speed[name]:9.4f} GFLOP/s")
    return y


# %% [markdown]
# **Predict.** The six loops of lesson 6 in Python, against the fastest matrix product that this computer
# can do: how many times slower? Ten, a thousand, a million?

# %%
few, wide = x[:1, :, :9, :9].astype(float), W.astype(float)  # loops: one image, 5 x 5 places of 10 x 10


def six_loops():
    y = np.zeros((1, 16, 5, 5))
    for o in range(16):
        for h in range(5):
            for w in range(5):
                for c in range(6):
                    for i in range(5):
                        for j in range(5):
                            y[0, o, h, w] += wide[o, c, i, j] * few[0, c, h + i, w + j]
    return y + b[:, None, None]


square = rng.normal(size=(2048, 2048)).astype(np.float32)
loops = measure("six Python loops", six_loops, FLOP / 4)
measure("a product of two large matrices", lambda: square @ square, 2 * 2048**3)
print(f"{speed['a product of two large matrices'] / speed['six Python loops']:,.0f} times as fast, and on all cores")

# %% [markdown]
# ## Step 1: let NumPy do the inner loops
#
# 25 slices of the picture (lesson 7), each a product over the 6 input maps.


# %%
def slices():
    y = np.zeros((N, 16, 10, 10), np.float32)
    for i in range(5):
        for j in range(5):
            y += np.tensordot(x[:, :, i : i + 10, j : j + 10], W[:, :, i, j], axes=(1, 1)).transpose(0, 3, 1, 2)
    return y + b[:, None, None]


# %% [markdown]
# ## Step 2: one product
#
# im2col with NumPy, then `W @ X`. The matrix X is 13 times as large as the images, and has to travel to
# memory and back.


# %%
def im2col_numpy():
    X = np.stack([x[:, c, i : i + 10, j : j + 10].ravel() for c in range(6) for i in range(5) for j in range(5)])
    Y = W.reshape(16, 150) @ X
    return Y.reshape(16, N, 10, 10).transpose(1, 0, 2, 3) + b[:, None, None]


# %% [markdown]
# ## Step 3: a compiled kernel, in tiles
#
# The library's `Conv2d`: im2col as compiled loops, on so few images at a time that their columns stay in
# the cache, the small fast memory beside the processor.

# %%
show(tile_images)
results = [
    measure("25 slices", slices, N * FLOP),
    measure("im2col with NumPy, one product", im2col_numpy, N * FLOP),
    measure("Conv2d: compiled, in tiles", lambda: C3(x), N * FLOP),
]
same = max(float(np.abs(y - results[0]).max()) for y in results)

# %% [markdown]
# ## Step 4: a program for the whole network
#
# im2col still copies each pixel 25 times. The fast path (`scratchnet/fast`, its README is one page) copies
# none: it lays 16 images side by side in memory, so that one instruction works on the same pixel of 16
# images, and the pixel of the next place is at a fixed distance. Convolution, bias, squashing and the way
# back are compiled operations, called one after the other without returning to Python. Here: the whole
# LeNet-5, on both cores.

# %%
count, (images, labels) = 4_000 if compiled else 1, datasets.load("mnist", "test")
digits, answers = datasets.paper_input(images[:count]), labels[:count]
net, FLOP = models.lenet5(rng), 2 * 340_908 * count  # two for each connection, or nearly
readable = measure("LeNet-5, the layers", lambda: evaluate(net, (digits, answers), fast=False), FLOP)
fast = measure("LeNet-5, the fast path", lambda: evaluate(net, (digits, answers), fast=compiled), FLOP)
agree = np.mean(readable.predictions == fast.predictions)

# %%
speed["a product of two large matrices"] = speed.pop("a product of two large matrices")  # the limit, at the bottom
picture(
    sketches.bars(speed, xlabel="GFLOP/s, logarithmic", log=True),
    "Bars on a logarithmic axis: Python loops, NumPy, compiled kernels, the fast path, the matrix product.",
)

# %% [markdown]
# `python benchmarks/versus_pytorch.py` compares the library with PyTorch, JAX and NumPy; docs/SPEED.md has the
# results. `python benchmarks/fast.py tricks` measures what each trick of the fast path brings.

# %%
assert np.allclose(loops, C3(few.astype(np.float32)), atol=1e-4) and same < 1e-4, "all compute the same"
assert agree > 0.999, "and so do both paths"
assert speed["im2col with NumPy, one product"] > 20 * speed["six Python loops"]

# %% [markdown]
# ## Exercise: capstone
#
# With at most 60,000 parameters and a minute of training: how low can the error on unseen digits be? Below
# 1.5 % you have passed. Use anything from this course.
#
#     python -m scratchnet exercise start capstone
