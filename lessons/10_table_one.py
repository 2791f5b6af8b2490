# %% [markdown]
# # 10. Table I: sparse connections and broken symmetry
#
# After this lesson you can read the paper's Table I, count what it saves, keep missing weights at zero
# through training, and show why two identical maps never become different by themselves.
#
# C3 makes 16 maps of 10 x 10 out of the 6 maps of S2. But not every map of C3 reads all six. The table
# below is the library's own, drawn in its source as the paper prints it.

# %%
import numpy as np

from scratchnet import RBF, SGD, Conv2d, Flatten, Linear, MLELoss, ScaledTanh, Sequential, Subsampling
from scratchnet import models, picture, show, sketches
from scratchnet.lessons import own_number
from scratchnet.models.lenet5 import connection_table

print("     C3 map  " + " ".join(f"{i % 10}" for i in range(16)))
for i, row in enumerate(models.TABLE_I.strip().splitlines()):
    print(f"S2 map {i}     {row}")

# %% [markdown]
# "The first six C3 feature maps take inputs from every contiguous subsets of three feature maps in S2", the
# next six from four in a row, the next three from four in two pairs, and the last one from all six (section
# II.B; "in a row" goes around the corner, from map 5 to map 0).
#
# **Why not all to all?** "First, a non-complete connection scheme keeps the number of connections within
# reasonable bounds. More importantly, it forces a break of symmetry in the network" (section II.B).

# %% [markdown]
# **Predict.** Each X is a filter of 5 x 5. There are 16 biases. Count the X (6 columns of 3, 9 of 4, one of
# 6), then the parameters of C3. How many would there be if everything was connected?

# %%
table = connection_table(models.TABLE_I)  # boolean: (16 output maps, 6 input maps)
sparse = Conv2d(6, 16, 5, connections=table, rng=np.random.default_rng(0))
dense = Conv2d(6, 16, 5, rng=np.random.default_rng(0))
print(f"{table.sum()} of {table.size} filters")
print(f"{sparse.n_parameters():,} parameters instead of {dense.n_parameters():,}")
print(f"{sparse.n_connections((6, 14, 14)):,} connections instead of {dense.n_connections((6, 14, 14)):,}")

# %% [markdown]
# ## A mask
#
# In code the table is a **mask**: `W` keeps its full shape (16, 6, 5, 5), and is zero where the table is
# blank. A zero weight adds nothing to a sum, so forward needs no change. But `dY @ X.T` (lesson 8) gives
# those weights a gradient all the same, and one step of training would bring them to life. The mask has to
# be applied to `dW` too.

# %%
x = np.random.default_rng(1).normal(size=(2, 6, 14, 14)).astype(np.float32)
dy = np.random.default_rng(2).normal(size=(2, 16, 10, 10)).astype(np.float32)
dense.W = sparse.W
for layer in (dense, sparse):
    layer(x)
    layer.backward(dy)
blank = ~table
print("same output:", np.allclose(dense(x), sparse(x)))
largest = [float(np.abs(layer.dW[blank]).max()) for layer in (dense, sparse)]
print(f"largest |dW| at the blanks: without a mask {largest[0]:.1f}, with one {largest[1]}")
show(Conv2d._mask)

# %%
picture(
    sketches.arrays(
        {
            "how many maps of S2 each map of C3 reads": table.sum(axis=1)[None],
            "Table I: S2 maps 0 to 5 down, C3 maps 0 to 15 across": table.T,
        },
        grey=True,
        columns=1,
        size=5,
        numbers="{:.0f}",
    ),
    "Above a row of sixteen numbers: six 3, nine 4, one 6. Below the table of 6 rows and 16 columns, 1 where a "
    "map of C3 reads a map of S2.",
)

# %% [markdown]
# ## Why symmetry has to be broken
#
# Suppose that two maps start with the same weights, read the same maps, and are read with equal weights by
# what comes after. Then they answer the same, get the same gradient, take the same step, and are the same
# forever. Random initial weights break this; the table breaks it harder, since "different feature maps are
# forced to extract different (hopefully complementary) features because they get different sets of inputs"
# (section II.B).
#
# A small experiment: three input maps, two output maps, all weights 0.1, no randomness at all, and gradient
# descent as in lesson 4, with all 50 examples in one batch.


# %%
def train(connections):
    conv, squash = Conv2d(3, 2, 3, connections=connections, dtype=float), ScaledTanh()
    read = Linear(2, 1, dtype=float)
    conv.W[:] = 0.1 * conv.connections[:, :, None, None]
    read.W[:] = 0.1
    rng = np.random.default_rng(0)
    x = rng.normal(size=(50, 3, 3, 3))
    target = np.sign(x[:, 0, 1, 1:2]) - np.sign(x[:, 2, 1, 1:2])  # from the middle pixels of maps 0 and 2
    for _ in range(1000):
        y = read(squash(conv(x)).reshape(50, 2))
        dy = 2 * (y - target) / 50  # E is the mean of (y - target)^2
        conv.backward(squash.backward(read.backward(dy).reshape(50, 2, 1, 1)))
        for layer in (conv, read):
            layer.W -= 0.1 * layer.dW
            layer.b -= 0.1 * layer.db
    return conv, float(np.mean((y - target) ** 2))


everything = np.ones((2, 3), bool)
different = np.array([[True, True, False], [False, True, True]])  # map 0 reads 0 and 1, map 1 reads 1 and 2
full, full_E = train(everything)
split, split_E = train(different)
gap = np.abs(full.W[0] - full.W[1]).max(), np.abs(split.W[0] - split.W[1]).max()
print(f"all connected: E = {full_E:.3f}, largest difference between the two filters {gap[0]:.1e}")
print(f"with a table:  E = {split_E:.3f}, largest difference between the two filters {gap[1]:.2f}")

# %% [markdown]
# All connected, the layer has learned one filter twice. (Whether the difference is exactly 0 or 1e-16
# depends on the order in which the computer adds.)

# %% [markdown]
# ## Your number, with C3 and S4
#
# Put C3 with the table, and S4, between S2 and the hidden layer of your network. And, to see what the table
# itself does, the same with a C3 that reads all maps.

# %% [markdown]
# **Predict.** Which of the two reads better, and by how much? Which would you choose if every
# multiplication costs?


# %%
def with_C3(connections, seed=0):
    rng = np.random.default_rng(seed)
    return Sequential(
        C1=Conv2d(1, 6, 5, rng=rng),
        C1_squash=ScaledTanh(),
        S2=Subsampling(6, rng=rng),
        S2_squash=ScaledTanh(),
        C3=Conv2d(6, 16, 5, connections=connections, rng=rng),
        C3_squash=ScaledTanh(),
        S4=Subsampling(16, rng=rng),
        S4_squash=ScaledTanh(),
        flatten=Flatten(),
        hidden=Linear(16 * 5 * 5, 30, rng=rng),
        squash=ScaledTanh(),
        out=Linear(30, 10, rng=rng),
        OUTPUT=RBF(own_number.TARGETS),
    )


found = {}
for name, connections in (("with Table I", table), ("all connected", None)):
    found[name] = []
    for seed in range(3):
        net = with_C3(connections, seed)
        read = own_number.learn(net, MLELoss(), SGD(net, 0.01), seed=seed)
        found[name].append(own_number.error_of(read))
        if name == "with Table I" and seed == 0:
            own_number.record(10, "C3 with Table I, and S4", read)
    print(f"{name:13}", "  ".join(f"{error:.1f} %" for error in found[name]), f"  mean {np.mean(found[name]):.1f} %")
print(own_number.table())

# %% [markdown]
# Both layers together help: the hidden units now read features that are made of features. The table itself
# changes the error by no more than another seed does, so it neither helps nor hurts here. What it saves was
# counted above: it has 60 of 96 filters.

# %%
assert table.sum() == 60 and sparse.n_parameters() == 1_516, "the paper's C3 (II.B)"
assert sparse.n_connections((6, 14, 14)) == 151_600 and not sparse.dW[blank].any() and dense.dW[blank].any(), (
    "the mask keeps blanks at zero, and is needed"
)
assert gap[0] < 1e-9 < 0.1 < gap[1], "identical maps stay identical; the table tells them apart"
means = [np.mean(errors) for errors in found.values()]
assert max(means) < 4.9 and abs(means[0] - means[1]) < 0.8, "two more layers help; the table neither helps nor hurts"

# %% [markdown]
# ## Exercise: table-one
#
# Write the function that reads the drawing.
#
#     python -m scratchnet exercise start table-one
#
# `connections` asks for the parameters and connections of a layer like C3, by hand, with numbers of your own.
#
# Then, without a checker, build the table from its rule instead (three in a row, four in a row, four in two
# pairs, all). Which three of the nine sets of four that are not in a row does the paper choose?
