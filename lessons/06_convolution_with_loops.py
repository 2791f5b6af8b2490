# %% [markdown]
# # 6. Convolution, with loops
#
# After this lesson you can compute a convolution by hand and with loops, say how large its output is, and
# explain why it needs so few parameters.
#
# A unit that looks at the whole picture (lesson 2) must learn "a stroke at the top left" and "a stroke at
# the bottom right" separately. The paper's idea: let each unit look at a small patch only, and let all of
# them use *the same weights*. "Units in a layer are organized in planes within which all the units share
# the same set of weights. The set of outputs of the units in such a plane is called a feature map" (section
# II.A).

# %%
import time

import numpy as np

from scratchnet import Conv2d, datasets, picture, sketches
from scratchnet.models import lenet5
from scratchnet.viewing import drawings

x = np.array([[1, 1, 0, 0], [1, 1, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0]])  # a dark block, and a thin stroke: /
W = np.array([[-1, 1], [1, -1]])  # a filter of 2 x 2 weights

# %% [markdown]
# Lay the **filter** (also called **kernel**) on the top left corner of the picture, multiply number by
# number, and add up: `-1*1 + 1*1 + 1*1 - 1*1 = 0`. Move it by one to the right:
# `-1*1 + 1*0 + 1*1 - 1*0 = 0`. And so on, over all places where it fits. Each answer goes to its place in a
# new map. The patch that a unit looks at is its **receptive field**, and the whole procedure is a
# **convolution**. (The border of lesson 1 is for this: only with background around it can the outermost end
# of a stroke lie in the *middle* of such a patch.)
#
# (In signal processing a convolution first turns the filter by 180 degrees. Without turning it is called a
# **cross-correlation**. The paper does not turn the filter and says convolution all the same, and so do we, and
# PyTorch. Since the weights are learned, it makes no difference to what a layer can do. In lesson 8 the turned filter
# comes up by itself.)

# %% [markdown]
# **Predict.** The picture is 4 x 4, the filter 2 x 2. How large is the map? And where will its largest
# number be: where the picture is darkest, or where it looks like the filter?

# %%
H, kh = 4, 2
size = H - kh + 1
y = np.zeros((size, size))
for h in range(size):
    for w in range(size):
        y[h, w] = np.sum(W * x[h : h + 2, w : w + 2])
print(y)

# %%
picture(
    drawings.sliding_window(x, W, at=(1, 2)),
    "The filter lies on row 1, column 2 of the picture. Below, the four products and their sum, 2, which stands in "
    "row 1, column 2 of the map. The map is filled up to there, row by row.",
)

# %% [markdown]
# A filter of k x k fits in `H - k + 1` places along a side of H. The answer is largest, 2, on the rising
# stroke, which the filter resembles; the block, where the picture is darkest, gets 0. A filter *looks for*
# something, everywhere.
#
# A layer has several filters, and so several output maps. Each filter has a piece of 5 x 5 for *every*
# input map, and their sums are added: hence six loops, and `W` of shape (output maps, input maps, 5, 5).
#
# Now a real picture. The filter `edge` below has positive weights above negative ones: its sum is large
# where there is ink above and background below, the lower edge of a stroke. (In the picture red is
# positive, blue negative, white 0; the number below is the largest size.)


# %%
def convolve(x, W, b):
    """y[o, h, w] = b[o] + sum over maps c and places i, j of W[o, c, i, j] * x[c, h + i, w + j]"""
    (O, C, kh, kw), (_, H, width) = W.shape, x.shape
    y = np.zeros((O, H - kh + 1, width - kw + 1))
    for o in range(O):
        for h in range(y.shape[1]):
            for w in range(y.shape[2]):
                y[o, h, w] = b[o]
                for c in range(C):
                    for i in range(kh):
                        for j in range(kw):
                            y[o, h, w] += W[o, c, i, j] * x[c, h + i, w + j]
    return y


images, labels = datasets.load("mnist", "test")
seven = datasets.paper_input(images[:1])[0]  # one map: (1, 32, 32)
edge = np.array([[1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0], [-1, -1, -1, -1, -1], [-1, -1, -1, -1, -1]]) / 10
filters = np.stack([edge, edge.T, -np.eye(5) / 5 + 0.04])[:, None]  # (3 output maps, 1 input map, 5, 5)
start = time.perf_counter()
maps = convolve(seven, filters, np.zeros(3))
loops = time.perf_counter() - start
print(seven.shape, "->", maps.shape)

# %%
shown = {"lower edges": maps[0], "right edges": maps[1], "against falling: \\": maps[2]}
picture(
    sketches.arrays({"filter 0": edge, "filter 1": edge.T, "filter 2": filters[2, 0], **shown}, columns=3),
    "Three filters, and below each the map it makes of a seven: red along the lower edge of the bar, red along "
    "the right edge of the stem; the third filter answers a falling stroke with -1, which a seven does not have.",
)

# %% [markdown]
# "If the input image is shifted, the feature map output will be shifted by the same amount, but will be
# left unchanged otherwise" (section II.A). `np.roll` lets what leaves on one side enter on the other; we
# compare only places that see nothing of that: `[h, w]` in the map of the shifted picture and
# `[h - 3, w - 2]` in the first.

# %%
shifted = np.roll(seven, (3, 2), axis=(1, 2))  # 3 rows down, 2 columns to the right
print("same maps, shifted:", np.allclose(convolve(shifted, filters, np.zeros(3))[:, 5:, 5:], maps[:, 2:-3, 3:-2]))

# %% [markdown]
# ## Few parameters, many connections
#
# LeNet-5's first convolution, C1, makes 6 maps of 28 x 28 out of 1 map of 32 x 32. Every output number is a
# sum of 25 products and a bias: 26 **connections**. But the weights are shared.

# %%
C1 = lenet5()["C1"]
outputs = 6 * 28 * 28
print(f"C1: {outputs:,} output numbers, {outputs * (25 + 1):,} connections, {6 * (25 + 1)} parameters")
print(f"each output with weights of its own for the whole picture: {outputs * (32 * 32 + 1):,} parameters")

# %% [markdown]
# Given the same filters, the library's layer computes the same maps, for a whole batch. How many times
# faster than our six loops is it? (How it does that is the next lesson.)

# %%
layer = Conv2d(1, 3, 5)
layer.W = filters.astype(np.float32)
library = layer(seven[None])[0]  # [None] makes a batch of one: (1, 1, 32, 32)
start = time.perf_counter()
layer(seven[None])
quick = time.perf_counter() - start
print(f"largest difference {np.abs(library - maps).max():.1e}")
print(f"{1000 * loops:.0f} ms by our loops, {1000 * quick:.2f} ms by the library")

# %%
assert y.shape == (3, 3) and y.max() == 2 and y[1, 2] == 2, "largest where the picture looks like the filter"
assert np.allclose(library, maps, atol=1e-5), "the library's layer computes our loops"
assert C1.n_parameters() == 156 and C1.n_connections((1, 32, 32)) == 122_304, "the paper's numbers for C1 (II.B)"

# %% [markdown]
# ## Exercise: convolution-by-loops
#
# Write the six loops yourself, with a seventh for the images of a batch: `y[n, o, h, w]`, and with a
# `stride`: the filter moves by 2 places at a time.
#
#     python -m scratchnet exercise start convolution-by-loops
