# %% [markdown]
# # 7. im2col: a convolution as one matrix product
#
# After this lesson you can write any convolution as a single product of two matrices, say what that costs
# in memory, and read the library's convolution kernel.
#
# The paper describes the loops: "a sequential implementation of a feature map would scan the input image
# with a single unit that has a local receptive field" (section II.A). Loops are slow in Python, and matrix
# products fast. So we copy the picture's patches into a matrix first, and let one product do all the sums.
# The copying is called **im2col**, image to columns (K. Chellapilla, S. Puri and P. Simard, 2006).

# %%
import time

import numpy as np

from scratchnet import Conv2d, datasets, picture, show, sketches
from scratchnet.kernels import im2col
from scratchnet.kernels.convolution import convolve
from scratchnet.viewing import drawings

x = np.arange(16.0).reshape(4, 4)  # a picture whose pixels are numbered 0 to 15
print(x)

# %% [markdown]
# A filter of 2 x 2 fits in 9 places. Write the 4 pixels that it sees in each place into one column: a
# matrix of 4 rows and 9 columns.

# %%
columns = np.zeros((4, 9))
for h in range(3):
    for w in range(3):
        columns[:, 3 * h + w] = x[h : h + 2, w : w + 2].ravel()  # the patch as 4 numbers in a row
print(columns.astype(int))

# %%
picture(
    drawings.image_to_columns(x, 2, patch=4),
    "Above, the picture with the patch 5, 6, 9, 10 coloured; below, the matrix of 4 rows and 9 columns, whose column 4 "
    "is that patch, from top to bottom.",
)

# %% [markdown]
# With the filter as a row of 4 weights, `filter @ columns` is the sum of products in all 9 places. Several
# filters are several rows.

# %%
W = np.array([[0.0, 1.0, 1.0, 0.0], [1.0, 0.0, 0.0, -1.0]])  # two filters of 2 x 2, each as a row
Y = W @ columns
print(Y)
print("as two maps of 3 x 3:", Y.reshape(2, 3, 3).shape)

# %% [markdown]
# **Predict.** Look at the rows of `columns` instead of the columns. The first row is 0 1 2, 4 5 6, 8 9 10.
# Which part of the picture is that? Then: how many slices of the picture are needed to fill the matrix for
# a filter of 5 x 5, and how many loops over places?

# %%
slices = np.stack([x[i : i + 3, j : j + 3].ravel() for i in range(2) for j in range(2)])
print("the same matrix from four slices:", np.array_equal(slices, columns))

# %% [markdown]
# Each row is the picture itself, shifted: all pixels that *one weight* of the filter meets. So 25 slices do
# for 5 x 5, and no loop over places is left. With C input maps, a filter of kh x kw, N pictures and output
# maps of OH x OW:
#
# - X has C * kh * kw rows, one for each weight of a filter,
# - and N * OH * OW columns, one for each place in each picture,
# - and $Y = W X + b$ is the whole convolution ($b$ is added to every column).


# %%
def im2col_numpy(x, kh, kw):
    _, C, H, width = x.shape
    OH, OW = H - kh + 1, width - kw + 1
    rows = [x[:, c, i : i + OH, j : j + OW].ravel() for c in range(C) for i in range(kh) for j in range(kw)]
    return np.stack(rows)


images, labels = datasets.load("mnist", "test")
digits = datasets.paper_input(images[:4])
X = im2col_numpy(digits, 5, 5)
print(digits.shape, "->", X.shape)
print(f"{digits.nbytes:,} bytes became {X.nbytes:,}: {X.nbytes / digits.nbytes:.1f} times as many")

# %%
rows = {f"row {k} of X": X[k, :784].reshape(28, 28) for k in (0, 4, 12, 20, 24)}
picture(
    sketches.arrays({"32 x 32 pixels": digits[0, 0], **rows}, grey=True),
    "A seven, and five rows of its matrix X, each drawn as 28 by 28 pixels: the same seven, further to the left "
    "in row 4, higher up in row 20, and both in row 24.",
)

# %% [markdown]
# That is the price: each pixel is copied up to 25 times. The library pays less of it: it takes a batch in
# tiles, so few pictures at a time that their columns stay in the processor's nearest memory.
#
# The library's `im2col` is a **kernel**: in this library, a function on plain arrays, written as loops and
# compiled by Numba to machine code when it is first called. (The word has two meanings; a filter is also
# called a kernel.) Where there is no Numba, as in a browser, a few lines of NumPy do the same.

# %%
show(im2col)

# %% [markdown]
# `stride` is how far the filter moves between two places (1 in the paper), `padding` a border of zeros
# (none in the paper). And this is the whole forward pass of a convolution: `W @ X`, tile by tile, plus the
# bias.

# %%
show(convolve)

# %%
print("same columns:", np.array_equal(im2col(digits, 5, 5, 1, 0), X))
layer = Conv2d(1, 6, 5, rng=np.random.default_rng(0))
ours = layer.W.reshape(6, 25) @ X + layer.b[:, None]  # (6, 4 * 28 * 28): the 4 pictures side by side
ours = ours.reshape(6, 4, 28, 28).transpose(1, 0, 2, 3)
y = layer(digits)
print("same maps:", np.allclose(ours, y, atol=1e-5), y.shape)

# %% [markdown]
# How much is won? One map of 4 pictures by loops over places, against six maps by one product.

# %%
start = time.perf_counter()
loops = np.zeros((4, 28, 28))
for n in range(4):
    for h in range(28):
        for w in range(28):
            loops[n, h, w] = np.sum(layer.W[0, 0] * digits[n, 0, h : h + 5, w : w + 5]) + layer.b[0]
by_loops = 6 * (time.perf_counter() - start)  # six maps would take six times as long
start = time.perf_counter()
layer.W.reshape(6, 25) @ im2col_numpy(digits, 5, 5)
by_product = time.perf_counter() - start
print(f"six maps: {1000 * by_loops:.0f} ms by loops over places, {1000 * by_product:.2f} ms by one product")

# %%
assert np.array_equal(slices, columns), "rows are shifted pictures, columns are patches"
assert np.array_equal(im2col(digits, 5, 5, 1, 0), X) and np.allclose(ours, y, atol=1e-5)
assert np.allclose(loops, y[:, 0], atol=1e-5), "loops and product compute the same map"
assert by_loops > 5 * by_product, "the product wins by far"

# %% [markdown]
# ## Exercise: im2col
#
# Write `im2col(x, kh, kw, stride, padding)` in plain NumPy, with slices such as `x[:, :, i : i + 2 * OH :
# 2]` for stride 2. Then `conv-forward`: a layer on top of it. Before both, `output-size` asks for the sizes by
# hand, with numbers of your own.
#
#     python -m scratchnet exercise start im2col
