# %% [markdown]
# # 8. Backward through a convolution
#
# After this lesson you can derive the three gradients of a convolution from those of a matrix product, and
# say why its backward pass must add where others copy.
#
# Lesson 3 had the backward pass of a product. Lesson 7 turned the convolution into one. All that is missing is
# the backward pass of the copying.

# %%
import numpy as np

from scratchnet import Conv2d, check_gradients, picture, show, sketches
from scratchnet.kernels import col2im, im2col
from scratchnet.kernels.convolution import convolve_back

rng = np.random.default_rng(0)
x = rng.normal(size=(1, 1, 4, 4))
W = rng.normal(size=(3, 4))  # three filters of 2 x 2, each as a row
X = im2col(x, 2, 2, 1, 0)  # a filter of 2 x 2, stride 1, no padding
Y = W @ X
print("X", X.shape, " Y = W X", Y.shape)

# %% [markdown]
# Let `dY` be the gradient with respect to Y. In lesson 3 the product was $y = x W^T$; here the weights
# stand on the left. The same reasoning (who is multiplied by whom, and sum over all places where it
# happens) gives
#
# $$dW = dY \, X^T \qquad db = \text{sum of } dY \text{ over places} \qquad dX = W^T \, dY$$
#
# The paper says it of shared weights: "the partial derivatives of all the connections that share a same
# parameter are added to form the derivative with respect to that parameter" (section II.C). The product
# $dY \, X^T$ is that sum: its inner index runs over places. (`np.outer(u, v)` is the matrix of all products
# of an entry of u and one of v.)

# %%
dY = rng.normal(size=Y.shape)
dW = dY @ X.T
dX = W.T @ dY
by_places = sum(np.outer(dY[:, place], X[:, place]) for place in range(9))
print("dW is a sum over the 9 places:", np.allclose(dW, by_places))
print("dX", dX.shape, "has the shape of X, not of the picture")

# %% [markdown]
# ## From columns back to pixels
#
# `dX` says how fast $E$ changes with each *copy* of a pixel. A pixel in the middle was copied into 4
# columns (2 x 2 filter), so it reaches $E$ by 4 paths, and lesson 3's rule applies: **a number that is used
# in several places has the sum of their gradients**. Adding every column back to where it was copied from
# is called **col2im**.

# %%
dx = np.zeros((4, 4))
for h in range(3):
    for w in range(3):
        dx[h : h + 2, w : w + 2] += dX[:, 3 * h + w].reshape(2, 2)  # += and not =
print(np.round(dx, 2))
print("the library's:", np.allclose(dx, col2im(dX, x.shape, 2, 2, 1, 0)))

# %% [markdown]
# **Predict.** Is col2im the inverse of im2col? Take a picture of 8 x 8 ones, make columns for a filter of 5
# x 5, and add them back with col2im. What will be in a corner? What in the middle? (Places: 8 - 5 + 1 = 4
# in each direction.)

# %%
ones = np.ones((1, 1, 8, 8))
back = col2im(im2col(ones, 5, 5, 1, 0), ones.shape, 5, 5, 1, 0)
print(back[0, 0].astype(int))

# %%
picture(
    sketches.arrays({"how many places see each pixel": back[0, 0]}, grey=True, numbers="{:.0f}", size=3.6),
    "An 8 by 8 table: 1 in the corners, rising to 16 in the middle four pixels.",
)

# %% [markdown]
# Not the inverse: each pixel comes back as often as it was seen. A corner is seen from one place, a pixel
# in the middle from all 16.
#
# What is it then? Both are linear: each number that comes out is a sum of numbers that went in. So, with
# the pixels and the columns each written in one long row, `columns = P @ pixels`, for some huge matrix P of
# zeros and ones. "The bprop method of a multiplication by a matrix is a multiplication by the transpose of
# that matrix" (section IV.B; `bprop` is our `backward`). So col2im is $P^T$, called the **adjoint** of
# im2col. An adjoint is recognised by dot products ($\langle a, b \rangle$ is the sum of all products of
# entries at the same place):
#
# $$\langle \mathrm{im2col}(x), c \rangle = \langle x, \mathrm{col2im}(c) \rangle
# \quad \text{for every } x \text{ and } c$$
#
# This is a test that needs no gradient at all.

# %%
c = rng.normal(size=X.shape)
left, right = np.sum(im2col(x, 2, 2, 1, 0) * c), np.sum(x * col2im(c, x.shape, 2, 2, 1, 0))
print(left, right)

# %% [markdown]
# And P itself, for the 4 x 4 picture: its columns are what im2col makes of a picture with one pixel set.

# %%
P = np.stack([im2col(pixel.reshape(1, 1, 4, 4), 2, 2, 1, 0).ravel() for pixel in np.eye(16)], axis=1)
print("P", P.shape, "with", int(P.sum()), "ones")
print("col2im is P transposed:", np.allclose(P.T @ c.ravel(), col2im(c, x.shape, 2, 2, 1, 0).ravel()))

# %%
show(col2im)

# %% [markdown]
# The library's backward pass of a convolution, tile by tile as in lesson 7. Find the three products in it. (In
# docstrings `W'` is W transposed.)

# %%
show(convolve_back)
show(Conv2d.backward)

# %%
layer = Conv2d(2, 3, (3, 2), dtype=float, rng=rng)
batch = rng.normal(size=(4, 2, 6, 5))
errors = check_gradients(layer, batch)
print({name: f"{error:.0e}" for name, error in errors.items()})

# %% [markdown]
# What would `=` in place of `+=` do? It would leave each pixel the gradient of one path only. Compare with
# the right one:


# %%
def last_path_only(columns, shape, kh, kw):
    dx = np.zeros(shape)
    OH, OW = shape[2] - kh + 1, shape[3] - kw + 1
    for row, (i, j) in zip(columns, np.ndindex(kh, kw)):
        dx[0, 0, i : i + OH, j : j + OW] = row.reshape(OH, OW)
    return dx


wrong = last_path_only(dX, x.shape, 2, 2)
print(f"relative error: {np.abs(wrong[0, 0] - dx).max() / np.abs(dx).max():.2f}")

# %%
assert np.isclose(left, right), "col2im is the adjoint of im2col"
assert back[0, 0, 0, 0] == 1 and back[0, 0, 4, 4] == 16, "and not its inverse"
assert np.allclose(dx, col2im(dX, x.shape, 2, 2, 1, 0)) and max(errors.values()) < 1e-6
assert not np.allclose(wrong[0, 0], dx), "with = instead of += paths get lost"

# %% [markdown]
# ## Exercise: conv-backward
#
# Write `col2im` in plain NumPy (`python -m scratchnet exercise start col2im`), then `Conv2d.backward` with
# it (`python -m scratchnet exercise start conv-backward`). Central differences are the judge of the second.
# `full-convolution` is the other way to the same dE/dx: a convolution of dE/dy with the flipped kernel.
