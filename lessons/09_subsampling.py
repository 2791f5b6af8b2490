# %% [markdown]
# # 9. Subsampling with a learned coefficient
#
# After this lesson you can write the layers S2 and S4 in both directions, and show by a measurement what
# summing the neighbours is good for, and what halving the maps is.
#
# "Once a feature has been detected, its exact location becomes less important" (section II.A). So after
# each convolution the maps are made half as wide and half as high. "The four inputs to a unit in S2 are
# added, then multiplied by a trainable coefficient, and added to a trainable bias" (section II.B).
# Trainable means: a parameter. There is one coefficient and one bias for each map. The paper's word for
# such a layer is subsampling; today's is **pooling**. Pooling today mostly takes the mean or the largest of
# the four, and has no parameters (lesson 20).

# %%
import numpy as np

from scratchnet import RBF, SGD, Conv2d, Flatten, Linear, MLELoss, ScaledTanh, Sequential, Subsampling
from scratchnet import check_gradients, datasets, picture, show, sketches
from scratchnet.kernels import subsample, subsample_back
from scratchnet.lessons import own_number
from scratchnet.viewing import drawings

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
# <!-- widget: coefficient -->
#
# ## What it is good for: the sum or the halving?
#
# Shift a digit by one pixel. By how much do its maps change, in percent of their own size? Subsampling does
# two things at once: it sums neighbours, and it keeps every second place. To see which of the two helps, do
# each alone as well: every second pixel without summing, and sums of 2 x 2 (then 4 x 4) at every place.

# %% [markdown]
# **Predict.** Which of the three makes the maps change less?


# %%
def halve(maps):
    N, C, H, W = maps.shape
    return maps.reshape(N, C, H // 2, 2, W // 2, 2).sum(axis=(3, 5)) / 4


def every_second(maps):
    return maps[:, :, ::2, ::2]


def summed(maps, apart=1):
    across = maps + np.roll(maps, -apart, axis=3)
    return (across + np.roll(across, -apart, axis=2)) / 4


def changed(maps, shifted):
    return np.linalg.norm(shifted - maps) / np.linalg.norm(maps)


images, labels = datasets.load("mnist", "test")
digits = datasets.paper_input(images[:200])
filters = Conv2d(1, 6, 5, padding=2, rng=np.random.default_rng(0))  # padding: 32 x 32 stays 32 x 32
maps = filters(digits)
shifted = filters(np.roll(digits, 1, axis=3))
ways = {
    "both: subsampling": (halve, halve),
    "every second place, no sum": (every_second, every_second),
    "the sum, at every place": (summed, lambda maps: summed(maps, 2)),
}
changes = {}
for name, steps in ways.items():
    a, b = maps, shifted
    changes[name] = [changed(a, b)]
    for step in steps:
        a, b = step(a), step(b)
        changes[name].append(changed(a, b))
    print(f"{name:27}", "  ".join(f"{100 * change:.0f} %" for change in changes[name]), "  (0, 1 and 2 times)")

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
# The sum does it: means of neighbours hardly notice a shift. Keeping every second place changes nothing in
# percent; it makes the maps smaller, so that the next layer sees more of the image with the same 5 x 5
# window, and costs a quarter.
#
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
picture(
    drawings.pooling_variants(x[0, 0, :2, :2], w[0], b[0]),
    "One window, and what three layers make of it: Subsampling w times the sum plus b, AvgPool2d the mean, MaxPool2d "
    "the largest. Below, how they share a gradient of 1: w for each pixel, 1/4 for each, all for the largest.",
)

# %%
show(subsample)
show(subsample_back)

# %%
layer = Subsampling(3, dtype=float)
layer.W, layer.b = w, b
same = [np.allclose(layer(x), y), np.allclose(layer.backward(dy), dx), np.allclose(layer.dW, dw)]
errors = check_gradients(layer, x)
print(same, {name: f"{error:.0e}" for name, error in errors.items()})

# %% [markdown]
# ## Your number, with subsampling
#
# S2 goes between the convolution of lesson 8 and the hidden layer. All else stays as it was: the digits,
# the number of epochs, the learning rate.

# %% [markdown]
# **Predict.** The hidden layer now reads a quarter of the numbers. Does the network read better or worse
# than in lesson 8, where it saw every place of every map?

# %%
rng = np.random.default_rng(0)
net = Sequential(
    C1=Conv2d(1, 6, 5, rng=rng),
    C1_squash=ScaledTanh(),
    S2=Subsampling(6, rng=rng),
    S2_squash=ScaledTanh(),
    flatten=Flatten(),
    hidden=Linear(6 * 14 * 14, 30, rng=rng),
    squash=ScaledTanh(),
    out=Linear(30, 10, rng=rng),
    OUTPUT=RBF(own_number.TARGETS),
)
print(f"{net.n_parameters():,} parameters")
error = own_number.record(9, "subsampling after the filters", own_number.learn(net, MLELoss(), SGD(net, 0.01)))
print(own_number.table())

# %% [markdown]
# It reads better, with a quarter of the numbers. The network no longer has to learn from 5,000 digits that
# a stroke one pixel further left is the same stroke.

# %%
assert S2.n_parameters() == 12 and S2.n_connections((6, 28, 28)) == 5_880, "the paper's numbers for S2 (II.B)"
both, second, alone = changes.values()
assert max(second) - min(second) < 0.02, "without the sum, smaller maps change as much"
assert np.allclose(both, alone, atol=0.01) and both[2] < both[1] < both[0], "the sum does it"
assert all(same) and max(errors.values()) < 1e-6 and 4.9 < error < 6.6, "right, and better than lesson 8"

# %% [markdown]
# ## Exercise: subsampling
#
# Write `Subsampling.forward` and `Subsampling.backward`, with `reshape` and `np.repeat`. A common mistake
# is to divide by 4 in the backward pass: the check tells. `average-pooling` is the same for windows that overlap,
# and `receptive-field` asks what one unit sees after three layers, by hand.
#
#     python -m scratchnet exercise start subsampling
