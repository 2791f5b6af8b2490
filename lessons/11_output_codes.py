# %% [markdown]
# # 11. The output: ten pictures to come close to
#
# After this lesson you can compute LeNet-5's answer from the 84 numbers of F6, say how sure it is, and
# explain why some codes are close to each other, on purpose.
#
# Most networks of today, and yours until now, end in ten numbers, and the largest wins. LeNet-5 ends in a
# picture: its layer F6 has 84 units because "a stylized image of the corresponding character class drawn on
# a 7x12 bitmap" has 84 pixels (section II.B). The picture of each digit is its **code**, +1 for ink and -1
# for background. (The targets of lesson 4 are codes too: ten pixels, of which one is ink.)

# %%
import numpy as np

from scratchnet import RBF, check_gradients, models, picture, show, sketches

codes = models.DIGIT_CODES
print("codes", codes.shape, "with the values", np.unique(codes))
glyphs = [code.reshape(12, 7) for code in codes]
for row in range(12):
    print("   ".join("".join("#" if pixel > 0 else "." for pixel in glyph[row]) for glyph in glyphs))

# %% [markdown]
# The last layer says how far F6's output $x$ is from the code $w_i$ of each class $i$:
#
# $$y_i = \sum_{j=1}^{84} (x_j - w_{ij})^2$$
#
# (equation 7). This is a squared distance, and the paper calls such a unit an **RBF**, radial basis
# function. "The further away is the input from the parameter vector, the larger is the RBF output", and it
# "can be interpreted as a penalty term" (section II.B). So the **smallest** output wins.

# %%
x = codes[3] + np.random.default_rng(0).normal(scale=0.7, size=84)  # a noisy picture of a three
y = ((x - codes) ** 2).sum(axis=1)
for digit, penalty in enumerate(y):
    print(f"{digit}: penalty {penalty:6.1f}", "<- smallest" if digit == y.argmin() else "")

# %% [markdown]
# ## Which codes are close?
#
# Where two codes differ in a pixel, they differ by 2, and $2^2 = 4$. So the penalty that a perfect picture
# of digit a has as digit b is four times the number of pixels in which their codes differ.

# %% [markdown]
# **Predict.** Look at the ten codes above. Which two are closest? In how many of the 84 pixels do they
# differ, roughly?

# %%
pixels = (codes[:, None, :] != codes[None, :, :]).sum(axis=2)  # (10, 10)
pairs = sorted((int(pixels[a, b]), a, b) for a in range(10) for b in range(a))
for distance, a, b in pairs[:4]:
    print(f"{b} and {a} differ in {distance} pixels")
print(f"furthest: {pairs[-1][2]} and {pairs[-1][1]}, {pairs[-1][0]} pixels")
picture(
    sketches.arrays({"pixels that differ, digits 0 to 9 by 0 to 9": pixels}, grey=True, numbers="{:.0f}", size=5),
    "A table of 10 by 10: zeros on the diagonal; the smallest of the others, 12, for 6 and 8, the largest, 50, "
    "for 1 and 4, 1 and 8, 4 and 7.",
)

# %% [markdown]
# Why would anyone choose codes that are close? "Characters that are similar, and therefore confusable, such
# as uppercase O, lowercase O, and zero [...] will have similar output codes. This is particularly useful if
# the system is combined with a linguistic post-processor that can correct such confusions" (section II.B).
# If a picture might be a zero or an O, both penalties come out small, and a program that knows words can
# choose.
#
# The paper's Fig. 3 has codes for all printable characters. These are its O and o (read off the figure by a
# program, except for the top row of the O, which is hard to see there, as in the other capitals), beside
# the 0:

# %%
small_o = """
....... ....... ....... .#####. ##...## ##...## ##...## ##...## ##...## .#####. ....... .......
"""
small_o = np.array([[1.0 if mark == "#" else -1.0 for mark in row] for row in small_o.split()])
O = small_o.copy()
O[0, 1:6] = 1  # the bar
zero_and_O, zero_and_o = int((glyphs[0] != O).sum()), int((glyphs[0] != small_o).sum())
shown = {"0": glyphs[0], "O": O, "o": small_o, "0 minus O": glyphs[0] - O, "O minus o": O - small_o}
picture(
    sketches.arrays(shown, limit=2),
    "The codes of the digit 0, the letter O and the letter o. 0 and O differ in a few pixels of their rounding, O "
    "and o in the bar on top.",
)
print(f"0 and O differ in {zero_and_O} pixels, 0 and o in {zero_and_o}; the closest two digits in {pairs[0][0]}")

# %% [markdown]
# There is a bar above the 0, and above 2, 4 and 5. It belongs to no digit that anybody writes. In the
# figure every capital that looks like its small letter has the same bar: it is all that tells O from o.
#
# Distances make it possible to say "none of these": far from all codes is a large penalty everywhere. Ten
# numbers that are turned into shares of 100 % cannot say that.

# %%
nonsense = np.random.default_rng(1).choice([-1.0, 1.0], size=84)  # random pixels
print(f"smallest penalty: noisy three {y.min():.0f}, random pixels {((nonsense - codes) ** 2).sum(axis=1).min():.0f}")

# %% [markdown]
# ## Forward and backward
#
# The derivative of $(x_j - w_{ij})^2$ with respect to $x_j$ is $2 (x_j - w_{ij})$, and $x_j$ goes into all
# ten penalties, so their effects add up. The codes are fixed: there is no `dW`.

# %%
show(RBF.forward)
show(RBF.backward)
layer = RBF(codes.astype(float))
errors = check_gradients(layer, np.random.default_rng(2).normal(size=(3, 84)))
print({name: f"{error:.0e}" for name, error in errors.items()})

# %%
assert y.argmin() == 3 and np.allclose(layer(x[None])[0], y), "the layer computes our distances"
assert pairs[0] == (12, 8, 6), "6 and 8 are the closest digits"
assert zero_and_O < pairs[0][0], "and 0 is closer to O than any two digits are to each other"
assert errors["x"] < 1e-6

# %% [markdown]
# ## Exercise: rbf
#
# Write `RBF.forward` and `RBF.backward`, with or without `einsum`.
#
#     python -m scratchnet exercise start rbf
#
# Then rewrite forward as one matrix product, by $(x - w)^2 = x^2 - 2 x w + w^2$, and measure what that
# costs in float32 when x is close to a code.
