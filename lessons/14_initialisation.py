# %% [markdown]
# # 14. Initial weights: keep the variance
#
# After this lesson you can say why weights start at random, derive how large they should be, and see in a
# histogram of each layer whether they are.
#
# LeNet-5 is assembled (lesson 13), and its parameters are random numbers. Lesson 13 found that their size
# decides whether anything comes through. Here is the reason, and the rule.

# %%
import numpy as np

from scratchnet import SGD, CrossEntropyLoss, Linear, ReLU, ScaledTanh, Sequential
from scratchnet import datasets, fit, models, picture, sketches
from scratchnet.layers.initial import generator, kaiming_normal, uniform_over_fan_in, uniform_over_sqrt_fan_in

images, labels = datasets.load("mnist", "train")
pixels = images[:3_000].reshape(3_000, 784).astype(np.float32)
pixels = (pixels - pixels.mean()) / pixels.std()  # mean 0, variance 1
labels = labels[:3_000]
print(f"{len(pixels):,} digits as rows of {pixels.shape[1]} numbers, variance {pixels.var():.2f}")

# %% [markdown]
# ## Why at random
#
# Two layers with 50 units between them, every weight of a layer the same number at the start. (The loss is
# `CrossEntropyLoss`, for ten scores of which the largest wins. Lesson 20 explains it.)

# %% [markdown]
# **Predict.** The network is trained on 3,000 digits. How many *different* units do the 50 become?


# %%
def same(rng, shape, fan_in):
    return np.full(shape, 0.5 / np.sqrt(fan_in))


def two_layers(init):
    rng = np.random.default_rng(0)
    first, second = Linear(784, 50, init=init, rng=rng, dtype=float), Linear(50, 10, init=init, rng=rng, dtype=float)
    return Sequential(first=first, squash=ScaledTanh(), second=second, input_shape=(784,))


different = {}
for name, init in (("the same", same), ("at random", uniform_over_sqrt_fan_in)):
    net = two_layers(init)
    loss, optimizer = CrossEntropyLoss(), SGD(net, 0.05)
    for k in range(0, 3_000, 10):
        loss.forward(net(pixels[k : k + 10].astype(float)), labels[k : k + 10])
        net.backward(loss.backward())
        optimizer.step()
    different[name] = len(np.unique(net["first"].W.round(6), axis=0))
    print(f"weights that start {name}: {different[name]} different units of 50")

# %% [markdown]
# One. Units with the same weights give the same answer, get the same gradient, and stay the same for ever. The
# network has 50 units and the use of one. Random weights break this symmetry.
#
# ## How large: three lines
#
# A unit adds up $F$ products, $y = \sum_i w_i x_i$. ($F$ is its fan-in.) Draw the weights independently, with
# mean 0 and variance $\mathrm{Var}(w)$, and let $E[\cdot]$ be the mean over all draws and images:
#
# $$\mathrm{Var}(y) = E[y^2] = \sum_i \sum_k E[w_i w_k] \, E[x_i x_k]$$
#
# $$E[w_i w_k] = 0 \text{ for } i \ne k, \qquad E[w_i w_i] = \mathrm{Var}(w)$$
#
# $$\mathrm{Var}(y) = \mathrm{Var}(w) \sum_i E[x_i^2] = F \, \mathrm{Var}(w) \, E[x^2]$$
#
# So a layer multiplies the variance by $F \, \mathrm{Var}(w)$, and keeps it if
# $\mathrm{Var}(w) = 1 / F$. Numbers drawn evenly from $-a$ to $a$ have variance $a^2 / 3$. So
# $a = \sqrt{3 / F}$ keeps the variance.

# %%
rng = np.random.default_rng(0)
F, a = 784, np.sqrt(3 / 784)
y = pixels @ rng.uniform(-a, a, (1_000, F)).T  # 1,000 units, each with weights of its own
print(f"Var(w): drawn {rng.uniform(-a, a, 100_000).var():.6f}, a^2 / 3 = {a**2 / 3:.6f} = 1 / {F}")
print(f"Var(y): measured {y.var():.3f}, F Var(w) E[x^2] = {F * a**2 / 3 * np.mean(pixels**2):.3f}")

# %% [markdown]
# The paper divides by $F$ and not by its root, and says why: the weighted sum grows with the root of $F$ if the
# inputs are independent, and with $F$ itself if they are all alike. "We chose to assume the second hypothesis"
# (appendix A). But the three lines did not ask whether the inputs are independent.

# %% [markdown]
# **Predict.** 400 inputs of variance 1: once independent, once all 400 the same number. The weights have variance
# 1/400 and mean 0. In which case is the variance of $y$ over many units larger, and how many times?

# %%
w = rng.uniform(-1, 1, (2_000, 400)) * np.sqrt(3 / 400)
independent, alike = rng.normal(size=(400, 2_500)), np.repeat(rng.normal(size=(1, 2_500)), 400, axis=0)
found = {"independent": w @ independent, "all the same": w @ alike}
for name, y in found.items():
    each = y.std(axis=1)  # of each unit, over the 2,500 inputs
    print(f"{name:12}: variance over all units {y.var():.2f}; of single units {each.min():.2f} to {each.max():.2f}")
positive = np.abs(w)
grown = (positive @ alike).std() / (w @ alike).std()
print(f"with the same weights made positive, inputs all the same: y is {grown:.1f} times as large")

# %% [markdown]
# In neither: both are 1. The products $w_i w_k$ cancel on average, whatever the inputs are. What changes is how
# evenly it is spread: with equal inputs some units answer strongly and others hardly at all. The sum grows
# with $F$ only if the weights have one sign. So for weights of mean 0 the second hypothesis asks for
# less than it takes.
#
# ## Ten layers
#
# Four sizes of weights in a chain of ten layers of 100 units, a `ScaledTanh` after each. The last is meant to be
# too large.

# %%
KINDS = {
    "2.4/F": lambda F: 2.4 / F,
    "1/sqrt(F)": lambda F: 1 / np.sqrt(F),
    "sqrt(3/F)": lambda F: np.sqrt(3 / F),
    "10/sqrt(F)": lambda F: 10 / np.sqrt(F),
}


def chain(bound, squash=ScaledTanh, depth=10):
    """Ten layers; the weights of each are drawn from U(-bound(F), bound(F))."""
    rng, layers = np.random.default_rng(0), {}
    options = {"rng": rng, "init": lambda rng, shape, F: generator(rng).uniform(-1, 1, shape) * bound(F)}
    for k in range(1, depth + 1):
        layers |= {f"layer {k}": Linear(784 if k == 1 else 100, 100, **options), f"squash {k}": squash()}
    return Sequential(**layers, last=Linear(100, 10, **options), input_shape=(784,))


for name, bound in KINDS.items():
    print(f"{name:10}: a layer of 100 units multiplies the variance by F a^2 / 3 = {100 * bound(100) ** 2 / 3:.3f}")

# %% [markdown]
# **Predict.** The squashing multiplies small numbers by 1.14 and keeps large ones below 1.72. For each of the
# four: what will the histogram of the outputs look like after ten layers?

# %%
outputs, gradients = {}, {}
for name, bound in KINDS.items():
    net = chain(bound)
    dy = np.random.default_rng(1).normal(size=(1_000, 10)).astype(np.float32)
    net(pixels[:1_000])
    sent, outputs[name] = {}, {f"layer {k}": net[f"squash {k}"].y for k in (1, 4, 7, 10)}
    for layer_name, layer in reversed(net.layers.items()):
        sent[layer_name] = dy  # dE/dy of this layer
        dy = layer.backward(dy)
    gradients[name] = {f"layer {k}": np.log10(np.abs(sent[f"layer {k}"]) + 1e-12) for k in (10, 7, 4, 1)}
picture(
    sketches.histograms(outputs, limit=1.8, xlabel="output of the layer"),
    "Histograms of the outputs of layers 1, 4, 7 and 10. 2.4/F: one line at 0 from layer 4 on. 1/sqrt(F): a peak that "
    "becomes narrower. sqrt(3/F): as wide in layer 10 as in layer 4. 10/sqrt(F): nearly all at +-1.7.",
)
for name, of in outputs.items():
    print(f"{name:10} standard deviation", "  ".join(f"{layer} {y.std():.1g}" for layer, y in of.items()))

# %% [markdown]
# ## Backward too
#
# An input $x_k$ reaches all units of its layer: their number is its **fan-out** $G$. Its gradient is
# $dx_k = \sum_i w_{ik} \, dy_i$, a sum like the one above. The same three lines give
#
# $$\mathrm{Var}(dx) = G \, \mathrm{Var}(w) \, E[dy^2]$$
#
# Forward asks for $1/F$, backward for $1/G$. If $F = G$, both hold. Otherwise $2 / (F + G)$ lies between them
# (X. Glorot and Y. Bengio, 2010; `xavier_uniform` in the library).

# %%
F6 = Linear(120, 84, rng=0, init=lambda rng, shape, F: rng.normal(size=shape) / np.sqrt(F), dtype=float)
forward = F6(rng.normal(size=(2_000, 120))).var()
backward = F6.backward(rng.normal(size=(2_000, 84))).var()
print(f"120 inputs, 84 units, Var(w) = 1/120: forward times {forward:.2f}, backward times {backward:.2f}")
print(f"84 / 120 = {84 / 120:.2f}")
picture(
    sketches.histograms(gradients, xlabel="log10 of |gradient|"),
    "Histograms of the size of the gradient in layers 10, 7, 4 and 1, on a logarithmic axis. 2.4/F: the hump moves "
    "far to the left on the way back. 1/sqrt(F): a little. sqrt(3/F): it stays. 10/sqrt(F): it is wide and moves to "
    "the right; the bar at the left end counts the gradients that are 0.",
)

# %% [markdown]
# With 2.4/F the first layers get next to no gradient. With 10/sqrt(F) the units are saturated, their slopes are
# small, and the large weights more than make up for it: the gradient grows from layer to layer.
#
# ## Does it matter for the training?

# %% [markdown]
# **Predict.** The four chains are trained on the 3,000 digits, two epochs, step size 0.02. Which of them learn? A
# reader who guesses is wrong on 90 %, and has a loss of $\log 10 = 2.30$.

# %%
trained = {}
for name, bound in KINDS.items():
    net = chain(bound)
    options = {"epochs": 2, "batch_size": 10, "rng": 0, "train_error": False, "verbose": False}
    trained[name] = fit(net, CrossEntropyLoss(), SGD(net, 0.02), (pixels, labels), **options).running_error[-1]
    print(f"{name:10} {trained[name]:5.1f} % wrong in epoch 2")

# %% [markdown]
# The size of the first weights decides between a network that reads and one that guesses. With 1/sqrt(F) the
# chain learns late, since each of the ten layers takes a part of the signal away.
#
# ## ReLU: a factor of 2
#
# Lesson 20 has another activation, $\max(x, 0)$. It sets half of its inputs to 0, so $E[y^2]$ is half of the
# variance before it, and the weights need $\mathrm{Var}(w) = 2 / F$ (K. He et al., 2015; `kaiming_normal`).

# %%
for name, variance in (("1/F", lambda F: 1 / F), ("2/F", lambda F: 2 / F)):
    net = chain(lambda F, variance=variance: np.sqrt(3 * variance(F)), squash=ReLU)
    net(pixels[:1_000])
    size = {k: np.sqrt(np.mean(net[f"squash {k}"].y ** 2)) for k in (1, 10)}
    print(f"ReLU, Var(w) = {name}: root of E[y^2] in layer 1 {size[1]:.2f}, in layer 10 {size[10]:.3f}")
drawn = kaiming_normal(0, (1_000, 100), 100).var()
print(f"kaiming_normal draws with F Var(w) = {100 * drawn:.2f}")

# %% [markdown]
# ## LeNet-5
#
# A unit of a convolution has a fan-in too: 25 in C1, 400 in C5. (Maps of C3 read 3, 4 or 6 maps: 75, 100 or
# 150.) For U(-2.4/F, 2.4/F) the factor is $F a^2 / 3 = 1.92 / F$; for U(-1/sqrt(F), 1/sqrt(F)) it is 1/3.

# %%
x, left = datasets.paper_input(images[:200]), {}
for name, init, coefficient in (("2.4/F", uniform_over_fan_in, 0.6), ("1/sqrt(F)", uniform_over_sqrt_fan_in, 0.5)):
    net = models.lenet5(np.random.default_rng(0), init=init, coefficient=coefficient)
    net(x)
    for layer_name, F in (("C1", 25), ("C5", 400), ("F6", 120)):
        left[name] = np.sqrt(np.mean(net[f"{layer_name}_squash"].y ** 2))
        factor = F * net[layer_name].W.var()
        print(f"{name:9} {layer_name}: F Var(w) = {factor:.3f}, root of E[y^2] after it {left[name]:.4f}")
print(f"at F6, 1/sqrt(F) has {left['1/sqrt(F)'] / left['2.4/F']:.0f} times the signal of 2.4/F")

# %% [markdown]
# With 2.4/F next to nothing is left at F6. What follows from it is shown in lesson 15: the curvatures are next to
# 0, so the steps are as long as they can be, and a few of them saturate the units. With 1/sqrt(F) enough is left,
# although each layer takes a part.

# %%
assert different["the same"] == 1 and different["at random"] == 50, "weights that start the same stay the same"
assert all(0.9 < y.var() < 1.1 for y in found.values()), "Var(y) does not depend on how alike the inputs are"
assert trained["sqrt(3/F)"] < 20 and min(trained["2.4/F"], trained["10/sqrt(F)"]) > 80, "the size decides"
assert abs(forward - 1) < 0.1 and abs(backward - 84 / 120) < 0.1, "forward asks for 1/F, backward for 1/G"

# %% [markdown]
# ## Exercise: initial-weights
#
# Write `initial_weights(rng, shape, squash)`: weights of this shape (out, in, ...) that keep $E[y^2]$ from layer to
# layer, for `squash` "none", "relu" or "scaled-tanh". For the last one there is no formula: find the factor of
# $1/F$ by measuring, so that ten layers of 100 units end with $E[y^2] = 1$ if they start with 1. Check all
# three in chains of ten layers, and as weights of C5: its fan-in is not `shape[1]`.
#
# The checker measures such chains:
#
#     python -m scratchnet exercise start initial-weights
