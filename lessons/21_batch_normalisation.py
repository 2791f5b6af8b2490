# %% [markdown]
# # 21. Batch normalisation
#
# After this lesson you can derive the backward pass of batch normalisation term by term, say why it behaves
# differently in training and in reading, and say what it does to the training of LeNet-5.
#
# The paper chooses its pixel values so that they make "the mean input roughly 0, and the variance roughly 1"
# (section II.B), since that speeds up learning. But only the first layer sees pixels. **Batch normalisation**
# (S. Ioffe and C. Szegedy, 2015) gives *every* layer inputs of mean 0 and variance 1, however the
# weights before it change.

# %%
import copy

import numpy as np

from scratchnet import SDLM, SGD, BatchNorm2d, Conv2d, MAPLoss, Sequential
from scratchnet import central_differences, check_gradients
from scratchnet import datasets, fit, models, picture, show, sketches
from scratchnet.layers.initial import uniform_over_fan_in, uniform_over_sqrt_fan_in

# %% [markdown]
# ## Forward
#
# Take the $n$ numbers of one map, over all images of the batch and all pixels. Their mean $m$ and variance $v$
# make them into $z$, of mean 0 and variance 1; a learned factor $W$ and bias $b$ follow:
#
# $$m = \frac{1}{n} \sum_i x_i \qquad v = \frac{1}{n} \sum_i (x_i - m)^2 \qquad
# s = \frac{1}{\sqrt{v + \epsilon}} \qquad z_i = s \, (x_i - m) \qquad y_i = W z_i + b$$
#
# ($\epsilon = 10^{-5}$ avoids a division by 0.) So $W$ and $b$, and no longer the weights before, say how large
# the numbers are.


# %%
def normalise(x, W, b, eps=1e-5):
    """x: the n numbers of one map."""
    s = 1 / np.sqrt(x.var() + eps)
    z = s * (x - x.mean())
    return W * z + b, z, s


rng = np.random.default_rng(0)
x, W, b = rng.normal(5, 3, size=8), 1.5, 0.2
y, z, s = normalise(x, W, b)
print("x", x.round(2), f"mean {x.mean():.2f}, variance {x.var():.2f}")
print("z", z.round(2), f"mean {z.mean():.2f}, variance {z.var():.2f}")

# %% [markdown]
# ## Backward: three paths
#
# $W$ and $b$ are as in every layer: $dW = \sum dy \, z$, $db = \sum dy$, and $dz = W \, dy$. The rest is more work,
# because $x_i$ reaches $E$ on three paths: directly, through $m$, and through $v$. Lesson 3's rule adds them.
#
# **1. Directly**, with $m$ and $v$ held fixed: $\frac{dz_i}{dx_i} = s$. The term is
#
# $$s \, dz_i$$
#
# **2. Through the mean.** Every $z_k$ falls by $s$ when $m$ grows by 1, so $\frac{dE}{dm} = -s \sum_k dz_k$. And
# $\frac{dm}{dx_i} = \frac{1}{n}$. ($v$ depends on $m$ too, but its derivative is $-\frac{2}{n} \sum (x_k - m) = 0$.)
# The term is
#
# $$-s \cdot \frac{1}{n} \sum_k dz_k$$
#
# **3. Through the variance.** The variance is in $s$ alone:
#
# $$\frac{dz_k}{dv} = (x_k - m) \cdot \left(-\frac{1}{2}\right) (v + \epsilon)^{-3/2} = -\frac{1}{2} s^2 z_k$$
#
# So $\frac{dE}{dv} = -\frac{1}{2} s^2 \sum_k dz_k \, z_k$. And $\frac{dv}{dx_i} =
# \frac{2}{n} (x_i - m) = \frac{2 z_i}{n s}$. The term is
#
# $$-s \, z_i \cdot \frac{1}{n} \sum_k dz_k \, z_k$$
#
# Are all three needed? Central differences (lesson 5) judge.


# %%
def terms(dy, W, z, s):
    dz = W * dy
    return s * dz, -s * np.mean(dz) * np.ones_like(z), -s * z * np.mean(dz * z)


dy = rng.normal(size=8)
slopes = central_differences(lambda: np.sum(dy * normalise(x, W, b)[0]), x, 1e-5)
error, dx = [], np.zeros(8)
for count, term in enumerate(terms(dy, W, z, s), start=1):
    dx = dx + term
    error.append(np.abs(dx - slopes).max() / np.abs(slopes).max())
    print(f"the first {count} of the three terms: relative error {error[-1]:.0e}")

# %% [markdown]
# All three. Together they are
#
# $$dx_i = s \, \Big( dz_i - \mathrm{mean}(dz) - z_i \, \mathrm{mean}(dz \, z) \Big)$$

# %% [markdown]
# **Predict.** Let $dy$ be 1 for all numbers of the map: $E$ grows if any output grows. What is $dx$? And if $dy = z$?

# %%
for name, dy in (("1", np.ones(8)), ("z", z)):
    print(f"dy = {name}: dx =", sum(terms(dy, W, z, s)).round(5) + 0.0)

# %% [markdown]
# Both are 0 (the second but for $\epsilon$). Moving all $x$ up together changes $m$, and $z$ stays as it is. Stretching
# all $x$ changes $v$, and $z$ stays as it is. The second and the third term remove these two directions from
# the gradient. The library's layer does it for each map:

# %%
show(BatchNorm2d.forward)
show(BatchNorm2d.backward)

# %%
layer, maps = BatchNorm2d(2, dtype=float).train(), rng.normal(3, 2, size=(4, 2, 3, 3))
layer.W[:], layer.b[:] = (1.5, -0.7), (0.2, 0.0)
errors = check_gradients(layer, maps)
print("library against central differences:", {name: f"{value:.0e}" for name, value in errors.items()})
out = layer(maps)
again = layer.backward(maps)
by_hand = [sum(terms(maps[:, c].ravel(), layer.W[c], *normalise(maps[:, c].ravel(), 1, 0)[1:])) for c in (0, 1)]
alike = [np.allclose(again[:, c].ravel(), by_hand[c]) for c in (0, 1)]
print("library against the three terms, map by map:", alike)

# %% [markdown]
# ## What the layer before no longer decides

# %% [markdown]
# **Predict.** A convolution is followed by batch normalisation. All its weights are multiplied by 10. By how much do
# the outputs change, and by how much the gradient of the weights?

# %%
conv, norm, images = (
    Conv2d(1, 3, 5, rng=0, dtype=float),
    BatchNorm2d(3, dtype=float).train(),
    rng.normal(size=(20, 1, 9, 9)),
)
dy, results = rng.normal(size=(20, 3, 5, 5)), []
for _ in range(2):
    y = norm(conv(images))
    conv.backward(norm.backward(dy))
    results.append((y, conv.dW))
    conv.W *= 10
change = np.abs(results[1][0] - results[0][0]).max()
factor = np.median(results[1][1] / results[0][1])
print(f"outputs: at most {change:.0e} apart; gradient of the weights: {factor:.3f} times")

# %% [markdown]
# The outputs stay, but for $\epsilon$, and the gradient is a tenth. So the size of the initial weights (lesson 14)
# hardly matters any more. And a step that was too long makes the weights large, which makes the next
# steps short compared to them: too large a step size is forgiven.
#
# ## In LeNet-5
#
# A `BatchNorm2d` after C1, C3 and C5, before the squashing. 3,000 digits in batches of 20; error on 2,000 others.


# %%
def lenet5(norm, init=uniform_over_sqrt_fan_in):
    layers = {}
    for name, layer in models.lenet5(0, init=init).layers.items():
        layers[name] = layer
        if norm and isinstance(layer, Conv2d):
            layers[f"{name}_norm"] = BatchNorm2d(len(layer.W))
    return Sequential(**layers, input_shape=(1, 32, 32))


digits, labels = datasets.load("mnist", "train")
train = datasets.paper_input(digits[:3_000]), labels[:3_000]
held_out = datasets.paper_input(digits[-2_000:]), labels[-2_000:]


def learn(net, optimizer, epochs=1, batch_size=20):
    """Return the held-out error after each epoch."""
    options = {"epochs": epochs, "batch_size": batch_size, "rng": 0, "train_error": False, "verbose": False}
    return fit(net, MAPLoss(j=10), optimizer, train, validation=held_out, **options).validation_error


# %% [markdown]
# **Predict.** One epoch with the step sizes 0.001, 0.008 and 0.064, without and with batch normalisation: which of
# the six learn? And with the paper's initial weights, U(-2.4/F, 2.4/F), at 0.008?

# %%
rates, found = (0.001, 0.008, 0.064), {}
for norm in (False, True):
    name = "with" if norm else "without"
    nets = [lenet5(norm), lenet5(norm), lenet5(norm), lenet5(norm, uniform_over_fan_in)]
    found[name] = [learn(net, SGD(net, rate))[-1] for net, rate in zip(nets, (*rates, 0.008))]
    print(f"{name:7}", "  ".join(f"{rate:g}: {error:.1f} %" for rate, error in zip(rates, found[name])), end="")
    print(f"  2.4/F, 0.008: {found[name][-1]:.1f} %")

# %% [markdown]
# It does what it promises: with it, the step size and the initial weights need hardly any choice, and it learns more
# in one epoch. Is it the better way to train, then? The paper has its own: a step size for each parameter,
# one digit at a time.

# %% [markdown]
# **Predict.** Four epochs. Which is ahead after the first, and which after the fourth: the paper's SDLM (lesson 15), or
# batch normalisation with a step size of 0.008?

# %%
net, trained = lenet5(False), lenet5(True)
curves = {"SDLM, one at a time": learn(net, SDLM(net, 0.000125), epochs=4, batch_size=1)}
curves["batch normalisation"] = learn(trained, SGD(trained, 0.008), epochs=4)
for name, errors_after in curves.items():
    print(f"{name:20}", "  ".join(f"{error:4.1f} %" for error in errors_after))
picture(
    sketches.curves(np.arange(1, 5), curves, xlabel="epoch", ylabel="wrong of 2,000 (%)"),
    "Two falling curves over four epochs. Batch normalisation is lower after the first, SDLM after the fourth.",
)

# %% [markdown]
# The first epoch belongs to batch normalisation, the fourth to the paper. This is one seed, and the end of this lesson
# has a second look at it. The two do not go together: batch normalisation makes each output depend on the
# whole batch, so no diagonal of curvatures is right, and the layer refuses the third pass in training mode. It was
# made for networks that are much deeper than LeNet-5.
#
# ## Reading is not training
#
# A reader of cheques sees one digit, and its class should not depend on which other digits are in the batch. So
# the layer keeps **running** means and variances during the training, a tenth of the new batch and nine tenths
# of the old value, and uses those when it reads (`net.eval()`; `evaluate` and `predict` do it).

# %% [markdown]
# **Predict.** Somebody forgets `net.eval()` and reads with the batch's own mean and variance. What is the error in
# batches of 100 digits in any order? And in batches of one class each, for example 100 sevens?

# %%
x, right = held_out


def error_in(net, order):
    wrong = [net(x[part]).argmin(axis=1) != right[part] for part in order]  # the smallest penalty wins
    return 100 * np.mean(np.concatenate(wrong))


mixed = np.array_split(np.arange(2_000), 20)
sorted_by_class = [np.flatnonzero(right == digit)[:100] for digit in range(10)]
read = {}
for name, training in (("eval", False), ("train", True)):
    for batches, order in (("mixed", mixed), ("one class each", sorted_by_class)):
        net = copy.deepcopy(trained)  # in training mode, reading changes the running values as well
        net.train() if training else net.eval()
        read[name, batches] = error_in(net, order)
        print(f"net.{name + '()':8} batches {batches:15} {read[name, batches]:5.1f} % wrong")

# %% [markdown]
# In batches of one class the network subtracts the mean of all sevens, and that was what made them sevens. In mixed
# batches the mistake even looks like an improvement, and that has a reason: the running values are rough. A map
# of C5 has one pixel, so a batch of 20 gives it 20 numbers, and the running value remembers about ten batches.
# Give it the mean and the variance of all 3,000 training digits:

# %%
exact = copy.deepcopy(trained).train()
for layer in exact.leaves():
    layer.momentum = 1.0  # the running values become those of the next batch
exact(train[0])  # a forward pass alone: no parameter changes
read["exact"] = error_in(exact.eval(), mixed)
print(f"running values {read['eval', 'mixed']:.1f} %, those of all training digits {read['exact']:.1f} %")
print(f"SDLM {curves['SDLM, one at a time'][-1]:.1f} %")

# %% [markdown]
# So most of the lead of SDLM after four epochs was not in the weights. Before you compare two methods, look for what
# else differs.

# %%
assert min(error[:2]) > 1e-2 and error[2] < 1e-7, "two terms are not enough, three are"
assert change < 1e-3 and abs(factor - 0.1) < 1e-3 and all(alike), "the size of the weights before it does not matter"
assert max(found["with"]) < 20 and found["without"][2] > 80, "every one of these step sizes is good enough"
assert read["train", "one class each"] > 30 > 10 > read["exact"], "a batch must not decide what a digit is"

# %% [markdown]
# ## Exercise: batch-norm
#
# Write `forward` and `backward` of a `BatchNorm1d` for x of shape (N, F), as after F6: mean and variance over the batch
# alone, in training mode. Derive it for yourself before you look up, and check it with `check_gradients`. Then write
# reading mode: which of the three terms are left, and why?
#
# The layer for maps has a checker:
#
#     python -m scratchnet exercise start batch-norm
