# %% [markdown]
# # 15. Gradient descent, why it crawls, and the third pass
#
# After this lesson you can say why one step size does not suit all parameters, compute a curvature for each
# parameter with a third pass through the network, and turn it into step sizes: the paper's method of
# training.
#
# Gradient descent (lesson 4) moves every parameter $w$ a little against its gradient: $w \leftarrow w -
# \epsilon \, \frac{dE}{dw}$. The number $\epsilon$ is the **step size**. Until now it was the same for all
# parameters, the learning rate. How large may it be?

# %%
import numpy as np

from scratchnet import SDLM, SGD, Conv2d, Linear, MAPLoss, MLELoss, Sequential, check_curvature
from scratchnet import datasets, evaluate, fit, models, picture, show, sketches
from scratchnet.layers.initial import uniform_over_fan_in
from scratchnet.lessons import own_number
from scratchnet.viewing import drawings

curvature = np.array([100.0, 1.0])  # E = (100 u^2 + v^2) / 2: a valley, steep along u, flat along v
print("the gradient at (1, 1) is", curvature * np.array([1.0, 1.0]))

# %% [markdown]
# **Predict.** A step takes $u$ to $u - \epsilon \, 100 \, u$. Up to which $\epsilon$ does $|u|$ become
# smaller? With that step size, how many steps does $v$ need to become 1 % of what it was: 10, 100 or more?

# %%
paths = {}
for epsilon in (0.021, 0.019, 0.002):
    w, E = np.array([1.0, 1.0]), []
    for _ in range(300):
        E.append(0.5 * np.sum(curvature * w**2))
        w = w - epsilon * curvature * w
    paths[f"one step size, {epsilon}"] = np.minimum(E, 1e3)
w, E = np.array([1.0, 1.0]), []
for _ in range(300):
    E.append(0.5 * np.sum(curvature * w**2))
    w = w - (0.5 / curvature) * (curvature * w)  # a step size for each: half of 1 / curvature
paths["a step size each"] = np.maximum(E, 1e-6)
picture(
    sketches.curves(np.arange(300), paths, xlabel="step", ylabel="E, cut at 1e-6 and 1e3", log="y"),
    "E over 300 steps, logarithmic: it explodes for 0.021, falls slowly for 0.019, more slowly for 0.002, and at "
    "once with a step size for each parameter.",
)

# %%
H, start, steps = np.array([20.0, 1.0]), np.array([1.0, 4.0]), np.arange(25)[:, None]  # 20: so that steps can be seen
together, each = (1 - 0.095 * H) ** steps * start, 0.5 ** steps[:9] * start
picture(
    drawings.valley(H, {"one step size, 0.095": together, "a step size each": each}),
    "A valley from above, with curvatures 20 and 1. With one step size the path goes from side to side and slowly "
    "along; with a step size for each coordinate it goes straight to the minimum.",
)

# %% [markdown]
# The steep direction limits the step: above 2/100 it explodes. The flat direction then crawls: at 0.02, $v$
# keeps 98 % of itself at each step, and needs 228 steps to get to 1 %. The slope's own slope, the second
# derivative or **curvature** (100 and 1 here), says how large a step each direction can take: about 1 /
# curvature.
#
# <!-- widget: valley -->
#
# In LeNet-5 a weight of C1 is used 784 times for one image, one of F6 once. "Because of the sharing, one
# single parameter in the first few layers can have an enormous influence on the output" (appendix C): the
# valley is there.
#
# ## The third pass
#
# Let $h_y = d^2E/dy^2$ be the curvature of $E$ with respect to an output $y = \sum_i w_i x_i$. If $w_i$ moves
# by 1, $y$ moves by $x_i$. A slope is multiplied by $x_i$; a curvature by $x_i^2$, since both of its
# derivatives are. So the curvature pass is the backward pass **with every factor squared**.
# The paper leaves out the bending of the squashing itself (the "Gauss-Newton approximation"), "which
# guarantees that the second derivative estimates are non-negative" (appendix C, equations 25 and 27).

# %%
show(Linear.backward)
show(Linear.backward2)

# %% [markdown]
# Is it right? With $E = \frac12 \sum y^2$ the curvature of a linear layer can be computed exactly, by a
# gradient for each output; `check_curvature` does that. (`h` before a name, as in `hy`, is a curvature, as `d` is a
# gradient.)

# %%
layer = Linear(5, 3, dtype=float)
errors = check_curvature(layer, np.random.default_rng(0).normal(size=(4, 5)))
print({name: f"{error:.0e}" for name, error in errors.items()})

# %% [markdown]
# ## Where it is exact, and where it is not
#
# For one layer there is nothing to approximate. With two, an input reaches an output by several paths, one
# through each unit between them. The exact curvature is the square of the **sum** of the paths; the pass adds
# the **squares**. What it drops are the cross terms, products of two different paths.

# %% [markdown]
# **Predict.** Is it then too large, too small, or either?

# %%
rng = np.random.default_rng(0)
first, second = Linear(5, 4, rng=rng, dtype=float), Linear(4, 3, rng=rng, dtype=float)
two = Sequential(first=first, second=second)
hx = two.backward2(np.ones_like(two(rng.normal(size=(1, 5)))))
exact = ((second.W @ first.W) ** 2).sum(axis=0)
print("two linear layers, the pass / exact, for the 5 inputs:", (hx / exact).round(2).ravel())

digits = datasets.paper_input(datasets.load("mnist", "train")[0][:4]).astype(float)
two = Sequential(first=Conv2d(1, 3, 5, rng=rng, dtype=float), second=Conv2d(3, 2, 5, rng=rng, dtype=float))
two.backward2(np.ones_like(two(digits)))
W, exact_W = two["first"].W, []
kept = W.copy()
W[...] = 0
silent = two(digits)
for k in np.ndindex(W.shape):  # y is linear in W: d2E/dw2 is the square of what w alone gives
    W[k] = 1
    exact_W.append(((two(digits) - silent) ** 2).sum())
    W[k] = 0
W[...] = kept
ratio = two["first"].hW.ravel() / exact_W
print(f"a weight that is used at many places, the pass / exact: {ratio.min():.2f} to {ratio.max():.2f}")

# %% [markdown]
# Either: the paths may add up or cancel. A weight of a convolution has many paths to one output, since it is
# used at many places. So the pass is right in size and not in every digit: two things are dropped, the bending
# of the squashing and the cross terms. For a step size that is enough.
#
# ## Stochastic diagonal Levenberg-Marquardt
#
# "An individual learning rate (step size) is computed for each parameter" (appendix C, equation 21):
#
# $$\epsilon_k = \frac{\eta}{\mu + h_{kk}}$$
#
# $h_{kk}$ is the mean curvature over 500 images, estimated before each epoch;
# $\mu = 0.02$ keeps the step from "becoming too large when the second derivative is small". Stochastic
# means: an update after every single image.

# %%
images, labels = datasets.load("mnist", "train")
x = datasets.paper_input(images[:7000])
net = models.lenet5(np.random.default_rng(0))
optimizer = SDLM(net, lr=0.0005)  # the paper's first eta
optimizer.estimate(MAPLoss(j=10), x[:500], labels[:500])
sizes = {f"{layer.name}.{name}": eps for (layer, name), eps in optimizer.step_sizes().items()}
for name, eps in sizes.items():
    print(f"{name:5} {eps.min():.1e} to {eps.max():.1e}, median {np.median(eps):.1e}")
every = np.concatenate(list(sizes.values()))
print(f'all   {every.min():.1e} to {every.max():.1e}; the paper: "between approximately 7e-5 and 0.016" (III.B)')
picture(
    sketches.bars(
        {name: float(np.median(eps)) for name, eps in sizes.items()}, xlabel="median step size", form="{:.1e}"
    ),
    "Median step sizes of the twelve parameter arrays: C5.W has the largest, about sixteen times that of C1.b, "
    "the smallest.",
)

# %% [markdown]
# ## An estimate that is soon wrong
#
# The paper's printed initial weights are smaller: U(-2.4/F, 2.4/F) (appendix A), where ours are
# U(-1/sqrt(F), 1/sqrt(F)). Hardly anything comes through such a network (lesson 13).

# %% [markdown]
# **Predict.** Then what are the curvatures, the step sizes, and the units after some updates?

# %%
saturated = {}
for name, network in (
    ("2.4/F", models.lenet5(np.random.default_rng(0), init=uniform_over_fan_in, coefficient=0.6)),
    ("1/sqrt(F)", models.lenet5(np.random.default_rng(0))),
):
    loss, optimizer = MLELoss(), SDLM(network, lr=0.0005)
    optimizer.estimate(loss, x[:500], labels[:500])
    every_step = np.concatenate(list(optimizer.step_sizes().values()))
    print(f"{name:9} median step size {np.median(every_step):.1e}, at most 0.0005 / 0.02 = {0.0005 / 0.02:.1e}")
    saturated[name] = []
    for i in range(200):
        network(x[500:600])
        saturated[name].append(100 * np.mean(np.abs(network["F6_squash"].y) > 1.7))
        loss.forward(network(x[i : i + 1]), labels[i : i + 1])
        network.backward(loss.backward())
        optimizer.step()
picture(
    sketches.curves(np.arange(200), saturated, xlabel="updates", ylabel="F6: |y| > 1.7 (%)"),
    "Share of F6's outputs that are saturated in the first 200 updates: with 2.4/F nearly all of them after twenty, "
    "with 1/sqrt(F) none.",
)
assert saturated["2.4/F"][-1] > 90 > 10 > saturated["1/sqrt(F)"][-1]

# %% [markdown]
# With 2.4/F the curvatures are nearly 0, so nearly every step size is at its cap $\eta / \mu$. That was right
# where it was estimated, and wrong a few updates later: the weights have grown, the units are saturated, and
# a saturated unit has a slope of 0. That network stays where it is.
#
# ## A race
#
# 5,000 digits, one epoch, one digit at a time; error on 2,000 other digits. One step size for all (SGD,
# stochastic gradient descent) against SDLM, each with a good learning rate, and with one 4 and 16 times too
# small and too large. (The two good ones were found by trying, on these 2,000 digits.)

# %%
train, other = (x[:5000], labels[:5000]), (x[5000:], labels[5000:7000])
factors, results = (1 / 16, 1 / 4, 1, 4, 16), {"SGD": [], "SDLM": []}
for factor in factors:
    for name, kind, good in (("SGD", SGD, 0.001), ("SDLM", SDLM, 0.000125)):
        net = models.lenet5(np.random.default_rng(0))
        fit(net, MAPLoss(j=10), kind(net, good * factor), train, epochs=1, rng=0, train_error=False, verbose=False)
        results[name].append(evaluate(net, other).error)
for name, found in results.items():
    print(f"{name:4}", "  ".join(f"{factor:g} x: {error:.1f} %" for factor, error in zip(factors, found)))

# %% [markdown]
# SDLM does not win at the best rate, and the paper did not promise it: the algorithm "is not believed to
# bring a tremendous increase in learning speed, but it converges reliably without requiring extensive
# adjustments of the learning parameters" (appendix C). With rates that are too small it learns more slowly
# than SGD here. With rates that are far too large, SGD ends at chance (90 %), SDLM does not.
#
# ## Your number, with curvature
#
# LeNet-5 as in lesson 13, but with SDLM and an update after each digit, in place of SGD and 10 digits.

# %%
net = models.lenet5(np.random.default_rng(0))
read = own_number.learn(net, MAPLoss(j=10), SDLM(net, lr=0.000125), batch_size=1)
error = own_number.record(15, "a step size for each parameter", read)
print(own_number.table())

# %% [markdown]
# It is about where SGD was in lesson 13: between 3 and 5 %. The race has said so. A better way down does
# not help a network that was already down. What helps next is smaller steps at the end (lesson 16), and
# more digits, also made ones (19).

# %%
assert paths["one step size, 0.021"][-1] > 100 > 1e-5 > paths["a step size each"][-1]
assert max(errors.values()) < 1e-12 and (hx / exact).min() < 1 < (hx / exact).max(), "exact for one layer, not for two"
assert 5e-5 < every.min() < 3e-4 and 0.008 < every.max() <= 0.025, "of the paper's size"
assert results["SDLM"][-1] < results["SGD"][-1] - 20 and 3 < error < 5, "SDLM forgives a rate that is far too large"

# %% [markdown]
# ## Exercise: sdlm
#
# Work out `step-size` by hand, with numbers of your own. Then write `linear-backward2` and `conv-backward2` (each
# is `backward` with squares), and `sdlm`, in a few lines. For more, `optimal-brain-damage` removes weights by the
# same curvatures.
#
#     python -m scratchnet exercise start sdlm
