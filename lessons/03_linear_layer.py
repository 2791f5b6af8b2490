# %% [markdown]
# # 3. A linear layer: forward and backward
#
# After this lesson you can write a layer of many units as one matrix product, and derive the three products
# of its backward pass, with their shapes, on paper.
#
# In the paper this is layer F6: it "contains 84 units", each looking at all 120 numbers before it (section
# II.B). A layer is called **linear** if its outputs are weighted sums of its inputs, plus a bias. Here
# there are 3 numbers and 2 units, so that you can do it by hand.

# %%
import numpy as np

from scratchnet import Linear, picture, show
from scratchnet.viewing import drawings

W = np.array([[1.0, 0.0, -1.0], [2.0, 1.0, 0.0]])  # a row of weights for each unit: (2 units, 3 inputs)
b = np.array([0.0, 10.0])  # a bias for each unit
x = np.array([[1.0, 2.0, 3.0]])  # one example: a row of 3 inputs

# %% [markdown]
# Unit 0 sums `1*1 + 0*2 - 1*3 + 0`, unit 1 sums `2*1 + 1*2 + 0*3 + 10`. A loop says it plainly:

# %%
y = np.zeros((1, 2))
for o in range(2):  # o: output, a unit
    y[0, o] = b[o]
    for i in range(3):  # i: input
        y[0, o] += W[o, i] * x[0, i]
print("y =", y)

# %% [markdown]
# Each sum is the product of a row of x with a row of W. A matrix product takes rows of the first and
# columns of the second, so W is turned on its side: `W.T`, its **transpose**, whose columns are W's rows.
#
# $$y = x W^T + b$$
#
# Several examples at once are a **batch**: one row each. `x` is then (N, 3) for N examples, and nothing in
# the formula changes.

# %%
print("one example ", x @ W.T + b)
batch = np.array([[1.0, 2.0, 3.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 1.0], [2.0, 2.0, 2.0]])
print("four examples", batch.shape, "@", W.T.shape, "->", (batch @ W.T + b).shape)

# %% [markdown]
# ## The backward pass
#
# As in lesson 2, let $E$ be one number that we want small, and suppose we know how fast it changes with
# each output: an array `dy` of the shape of `y`, with `dy[n, o]` = $\frac{\partial E}{\partial y_{no}}$.
# In $\frac{\partial E}{\partial y_{no}}$ only *this* number moves, and all others stay. (On paper such a slope is
# written with a round d.) All slopes of $E$ together are called a **gradient**.
#
# We want three more gradients: `dW` and `db`, to know how to change the parameters, and `dx`, for the layer
# before. Each has the shape of what it belongs to.

# %%
picture(
    drawings.linear_layer(Linear(3, 2), N=4),
    "A layer of 3 inputs and 2 units, for 4 examples. Forward, x of shape (4, 3) goes in and y of shape (4, 2) comes "
    "out. Backward, dy of shape (4, 2) goes in, dx of shape (4, 3) comes out, and dW (2, 3) and db (2,) are kept.",
)

# %% [markdown]
# **dW.** In each example n, the weight `W[o, i]` is used in one output only, `y[n, o]`, where it multiplies
# `x[n, i]`. If it grows by 1, that output grows by `x[n, i]`, and so $E$ by `dy[n, o] * x[n, i]` (slopes
# multiply). The effects of all examples on $E$ add up:
#
# $$\frac{\partial E}{\partial W_{oi}} = \sum_n dy_{no} \, x_{ni}$$

# %%
dy = np.array([[1.0, -2.0], [0.5, 0.0], [0.0, 3.0], [1.0, 1.0]])  # invented, one row for each example
dW = np.zeros((2, 3))
for n in range(4):
    for o in range(2):
        for i in range(3):
            dW[o, i] += dy[n, o] * batch[n, i]
print(dW)

# %% [markdown]
# **Predict.** This triple loop is a matrix product of `dy`, of shape (4, 2), and `batch`, of shape (4, 3).
# The result has shape (2, 3). Which of the two has to be transposed, and in which order do they stand? Only
# one way fits.

# %%
print(dy.T @ batch)

# %% [markdown]
# **db.** The bias `b[o]` is added to `y[n, o]` in every example: the slope is 1 each time. So `db` is the
# sum of `dy` over the examples.
#
# **dx.** The input `x[n, i]` goes into *both* outputs, multiplied by `W[0, i]` and by `W[1, i]`. Both paths
# lead to $E$, and their effects add up:
#
# $$\frac{\partial E}{\partial x_{ni}} = \sum_o dy_{no} \, W_{oi}$$
#
# That is a product without any transpose. Whenever a number is used in several places, its gradient is the
# sum over those places. The paper: "a fan-out in the forward direction is transformed into a sum in the
# backward direction" (section IV.A). This one rule explains every sum of a backward pass.

# %%
db = dy.sum(axis=0)
dx = dy @ W
print("db", db)
print("dx", dx, sep="\n")

# %% [markdown]
# Here is the library's layer. `self.x` is what forward kept for the backward pass. `like(x, W, b)` returns W and
# b with the dtype of x, and computes nothing; `np.dot(a, b)` is `a @ b`.

# %%
show(Linear.forward)
show(Linear.backward)

# %%
layer = Linear(3, 2, dtype=float)
layer.W, layer.b = W, b
print("y ", layer(batch), sep="\n")  # layer(x) is layer.forward(x)
print("dx", layer.backward(dy), sep="\n")
print("dW", layer.dW, sep="\n")

# %% [markdown]
# Is dW a true slope? Move one weight by a little, and see how far $E$ moves. Any $E$ with these slopes will
# do, for example the sum of `dy * y`.


# %%
def E(W):
    return np.sum(dy * (batch @ W.T + b))


moved = W.copy()
moved[1, 2] += 0.001
print(f"E moves by {(E(moved) - E(W)) / 0.001:.6f} per unit of W[1, 2]; dW[1, 2] is {dW[1, 2]}")

# %%
assert np.array_equal(layer(batch), batch @ W.T + b), "forward is one matrix product"
assert np.array_equal(layer.dW, dW) and np.array_equal(dy.T @ batch, dW), "the triple loop is dy.T @ x"
assert np.array_equal(layer.db, db) and np.array_equal(layer.backward(dy), dy @ W)
assert abs((E(moved) - E(W)) / 0.001 - dW[1, 2]) < 1e-9, "dW is the slope that one can measure"

# %% [markdown]
# ## Exercise: linear
#
# Write `forward` (two lines: keep `self.x`) and `backward` (three) without looking:
#
#     python -m scratchnet exercise start linear
#
# The shapes alone tell where the transposes go. The first hint has the formulas: `W'` in them means `W.T`, and
# their right column, with `h`, is for lesson 15.
