# %% [markdown]
# # 8. Backward through a convolution
#
# After this lesson you can derive the three gradients of a convolution from those of a matrix product, say
# why its backward pass must add where others copy, and see the same pass as a convolution with the filter
# turned.
#
# Lesson 3 had the backward pass of a product. Lesson 7 turned the convolution into one. All that is missing is
# the backward pass of the copying.

# %%
import numpy as np

from scipy.signal import convolve2d

from scratchnet import RBF, SGD, Conv2d, Flatten, Linear, MLELoss, ScaledTanh, Sequential
from scratchnet import check_gradients, picture, show, sketches
from scratchnet.kernels import col2im, im2col
from scratchnet.kernels.convolution import convolve_back
from scratchnet.lessons import own_number
from scratchnet.viewing import drawings

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

# %%
picture(
    drawings.columns_to_image(dX, (4, 4), 2, pixel=(1, 2)),
    "Above, dX with the four copies of the pixel in row 1, column 2 coloured, each in another row and column; their "
    "sum stands at that pixel of the 4 by 4 picture below.",
)

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
# \qquad \text{for every } x \text{ and } c$$
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
# ## The same, seen from a pixel
#
# col2im goes from place to place, and adds to the pixels. Now stand on one pixel, and ask which places used
# it. Filter o at place [h, w] multiplied the pixel [r, c] by the weight `W[o, r - h, c - w]`. So
#
# $$dx_{rc} = \sum_o \sum_{h, w} dY_{ohw} \; W_{o, \, r - h, \, c - w}$$
#
# The place runs forward and the weight runs backward: one place further right means one weight further
# *left*. That is a sum of products over a window of dY, and the filter in it is turned by 180 degrees.

# %% [markdown]
# **Predict.** dY has 3 x 3 places and dx has 4 x 4 pixels. A filter of 2 x 2 makes a map smaller by 1. How
# wide a border of zeros does dY need, so that the result is 4 x 4? And why zeros: which places do they
# stand for?

# %%
maps, filters = dY.reshape(3, 3, 3), W.reshape(3, 2, 2)
border = np.pad(maps, ((0, 0), (1, 1), (1, 1)))  # kh - 1 zeros on each side
turned = filters[:, ::-1, ::-1]
seen_from_pixels = np.zeros((4, 4))
for r in range(4):
    for c in range(4):
        seen_from_pixels[r, c] = np.sum(border[:, r : r + 2, c : c + 2] * turned)
print("as col2im gives it:", np.allclose(seen_from_pixels, dx))
not_turned = [[np.sum(border[:, r : r + 2, c : c + 2] * filters) for c in range(4)] for r in range(4)]
print("without turning the filter:", np.allclose(not_turned, dx))
by_scipy = sum(convolve2d(maps[o], filters[o], mode="full") for o in range(3))
print("as scipy's full convolution gives it:", np.allclose(by_scipy, dx))

# %% [markdown]
# The zeros stand for places outside of the map, where the filter would hang over the edge of the picture.
# Nobody computed them, so they have no gradient. This is called the **full convolution**: the filter may
# hang over by all but one of its rows and columns. And with the filter turned, it is a convolution as
# signal processing has it (lesson 6). So forward is a cross-correlation, and backward a true convolution.
# Both views are the same sum. The first has one large matrix product in it, which is why this library
# computes it so.

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

# %% [markdown]
# ## Your number, with a convolution
#
# Now a convolution can be trained. Put six filters of 5 x 5 in front of your network of lesson 4, and leave
# the rest: 30 hidden units, 10 outputs, squared error, SGD with a learning rate of 0.01, three epochs of
# the same 5,000 digits. `fit` is the loop of lesson 4: for each epoch, for each mini-batch, forward, loss,
# backward, step. For it, the squared distance of the ten outputs from the targets is a layer (`RBF`, lesson
# 11), and the loss takes the distance from the target of the right class (`MLELoss`, lesson 12): together,
# your squared error.

# %% [markdown]
# **Predict.** The hidden units now read 6 maps of 28 x 28 instead of 32 x 32 pixels. How many weights does
# the network have: more than before, or fewer? And will it read better than in lesson 4?

# %%
show(own_number.learn)
rng = np.random.default_rng(0)
net = Sequential(
    C1=Conv2d(1, 6, 5, rng=rng),
    C1_squash=ScaledTanh(),
    flatten=Flatten(),  # 6 maps of 28 x 28 become 4,704 numbers in a row
    hidden=Linear(6 * 28 * 28, 30, rng=rng),
    squash=ScaledTanh(),
    out=Linear(30, 10, rng=rng),
    OUTPUT=RBF(own_number.TARGETS),
)
parameters = net.n_parameters(), 30 * (1024 + 1) + 10 * (30 + 1)
print(f"{parameters[0]:,} parameters; {parameters[1]:,} in lesson 4")
error = own_number.record(8, "six filters in front", own_number.learn(net, MLELoss(), SGD(net, 0.01)))
print(own_number.table())

# %% [markdown]
# It reads better. But it has more than four times as many parameters, nearly all of them behind the
# convolution, in the hidden layer. The maps are too large for a layer that looks at all of them. The next
# lesson makes them smaller.

# %%
assert np.isclose(left, right) and back[0, 0, 4, 4] == 16, "col2im is the adjoint of im2col, and not its inverse"
assert np.allclose(seen_from_pixels, dx) and np.allclose(by_scipy, dx), "and a full convolution with the turned filter"
assert max(errors.values()) < 1e-6 and not np.allclose(wrong[0, 0], dx), "with = instead of += paths get lost"
assert 6.6 < error < 8 and parameters[0] > 4 * parameters[1], "better than lesson 4, and larger"

# %% [markdown]
# ## Exercise: conv-backward
#
# Write `col2im` in plain NumPy, then `Conv2d.backward` with it. Central differences are the judge of the second.
#
#     python -m scratchnet exercise start col2im
#     python -m scratchnet exercise start conv-backward
#
# `full-convolution` is the other way to the same dE/dx: a convolution of dE/dy with the flipped kernel.
