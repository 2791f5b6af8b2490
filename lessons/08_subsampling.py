# %% [markdown]
# # 8. Subsampling with a learned coefficient
#
# After this lesson you can write the layers S2 and S4 in both directions, and show by a measurement what
# halving the maps is good for.
#
# "Once a feature has been detected, its exact location becomes less important" (section II.A). So after
# each convolution the maps are made half as wide and half as high. "The four inputs to a unit in S2 are
# added, then multiplied by a trainable coefficient, and added to a trainable bias" (section II.B).
# Trainable means: a parameter. There is one coefficient and one bias for each map.

# %%
import numpy as np

from scratchnet import Conv2d, Subsampling, check_gradients, datasets, picture, show, sketches
from scratchnet.kernels import subsample, subsample_back

x = np.arange(16.0).reshape(1, 1, 4, 4)
print(x[0, 0])

# %% [markdown]
# The windows of 2 x 2 do not overlap. Their sums $s$ need no loop: give the rows and the columns of a map
# each an axis for "which window" and one for "where in it", and sum over the two inner ones.

# %%
N, C, H, W = x.shape
s = x.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5))
print(s[0, 0])

# %% [markdown]
# **Predict.** S2 has 6 maps of 14 x 14. How many parameters does it have? And how many connections, if each
# of its units has four inputs and a bias?

# %%
S2 = Subsampling(6)
print(f"{S2.n_parameters()} parameters, {S2.n_connections((6, 28, 28)):,} connections")

# %% [markdown]
# ## What the coefficient does
#
# A squashing function follows (lesson 2). The paper on the coefficient $w$: if it is small, the layer
# "merely blurs the input. If the coefficient is large, sub-sampling units can be seen as performing a noisy
# OR or a noisy AND function depending on the value of the bias" (section II.A). See it on windows with 0,
# 1, 2, 3 or 4 dark pixels: dark is +1, light is -1.


# %%
def f(a):
    return 1.7159 * np.tanh(2 / 3 * a)


dark = np.arange(5)
sums = 2.0 * dark - 4  # four pixels of +1 or -1
answers = {
    "blur: w = 0.1, b = 0": f(0.1 * sums),
    "OR:   w = 3, b = +9": f(3 * sums + 9),
    "AND:  w = 3, b = -9": f(3 * sums - 9),
}
for name, values in answers.items():
    print(f"{name:22}", values.round(2))
picture(
    sketches.curves(dark, answers, xlabel="dark pixels among the four", ylabel="answer of the unit"),
    "Three curves over the number of dark pixels, 0 to 4. The blur rises in a straight line, the OR jumps between "
    "0 and 1 dark pixel, the AND between 3 and 4.",
)

# %% [markdown]
# ## What halving is good for
#
# Shift a digit by one pixel. By how much do its maps change, in percent of their own size? Before
# subsampling, and after it, once and twice.


# %%
def halve(maps):
    N, C, H, W = maps.shape
    return maps.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5)) / 4


images, labels = datasets.load("mnist", "test")
digits = datasets.paper_input(images[:200])
filters = Conv2d(1, 6, 5, padding=2, rng=np.random.default_rng(0))  # padding: 32 x 32 stays 32 x 32
maps = filters(digits)
shifted = filters(np.roll(digits, 1, axis=3))
changes = []
for times in range(3):
    changes.append(np.linalg.norm(shifted - maps) / np.linalg.norm(maps))
    print(f"subsampled {times} times, {maps.shape[2]:2} x {maps.shape[3]:2}: changed by {changes[-1]:.0%}")
    maps, shifted = halve(maps), halve(shifted)

# %%
one, moved = digits[:1], np.roll(digits[:1], 1, axis=3)
shown = {"a seven": one[0, 0], "halved": halve(one)[0, 0], "halved twice": halve(halve(one))[0, 0]}
shown |= {"shifted by 1": moved[0, 0], "halved ": halve(moved)[0, 0], "halved twice ": halve(halve(moved))[0, 0]}
picture(
    sketches.arrays(shown, grey=True, columns=3),
    "A seven of 32 by 32 pixels, halved to 16 by 16 and to 8 by 8; below, the same shifted by one pixel to the "
    "right. The smaller, the less they differ.",
)

# %% [markdown]
# ## Forward and backward
#
# $y = w s + b$ per map. Each of the four pixels of a window reaches $E$ by one path, through $s$, and $s$
# through $y$:
#
# $$dw = \sum dy \, s \qquad db = \sum dy \qquad dx = w \, dy \;\text{ for each of the four}$$
#
# $dw$ and $db$ sum over all windows and examples, since all of them share the two parameters.

# %%
rng = np.random.default_rng(0)
x, w, b = rng.normal(size=(2, 3, 4, 6)), rng.normal(size=3), rng.normal(size=3)
s = x.reshape(2, 3, 2, 2, 3, 2).sum(axis=(3, 5))
y = w[:, None, None] * s + b[:, None, None]  # one number per map, for every place
dy = rng.normal(size=y.shape)
dw, db = (dy * s).sum(axis=(0, 2, 3)), dy.sum(axis=(0, 2, 3))
dx = np.repeat(np.repeat(w[:, None, None] * dy, 2, axis=2), 2, axis=3)  # each number to a window of four
print("dw", dw, " db", db, " dx", dx.shape)

# %%
show(subsample)
show(subsample_back)

# %%
layer = Subsampling(3, dtype=float)
layer.W, layer.b = w, b
same = [np.allclose(layer(x), y), np.allclose(layer.backward(dy), dx), np.allclose(layer.dW, dw)]
errors = check_gradients(layer, x)
print(same, {name: f"{error:.0e}" for name, error in errors.items()})

# %%
assert S2.n_parameters() == 12 and S2.n_connections((6, 28, 28)) == 5_880, "the paper's numbers for S2 (II.B)"
assert changes[2] < changes[1] < changes[0], "the smaller the map, the less a shift changes it"
assert all(same) and max(errors.values()) < 1e-6

# %% [markdown]
# ## Exercise: subsampling
#
# Write `Subsampling.forward` and `Subsampling.backward`, with `reshape` and `np.repeat`. A common mistake
# is to divide by 4 in the backward pass: the check tells.
#
#     python -m scratchnet exercise start subsampling
