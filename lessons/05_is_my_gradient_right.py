# %% [markdown]
# # 5. Is my gradient right?
#
# After this lesson you can check any `backward` with nothing but its `forward`, and say from the size of an
# error whether it is rounding or a mistake.
#
# The paper obtains all gradients by "back-propagation" (section II.C): layers pass gradients down a row, as
# in lesson 4. It is a page of algebra, and one wrong sign will not crash: the program only learns badly.
# Your network of lesson 4 has learned, but that is no proof. So now the algebra is measured.

# %%
import textwrap

import numpy as np

from scratchnet import SGD, Linear, ScaledTanh, Sequential, check_gradients, picture, show, sketches
from scratchnet.checks import CheckFailed, central_differences
from scratchnet.lessons import own_number

rng = np.random.default_rng(0)  # a source of random numbers that gives the same ones every time
layer = ScaledTanh()
x = rng.normal(size=(4, 5))
y = layer(x)

# %% [markdown]
# The judge is the slope of lesson 2, measured: move one input by a `step` to both sides, and divide the change
# of $E$ by twice the step. This is called a **central difference**. As $E$ we take the sum of $r \cdot y$ with random
# $r$, so that $dE/dy$ is $r$, and no two outputs count the same.

# %%
r = rng.normal(size=y.shape)


def E(x):
    return np.sum(r * layer(x))


def central_difference(at, step):
    up, down = x.copy(), x.copy()
    up[at] += step
    down[at] -= step
    return (E(up) - E(down)) / (2 * step)


layer(x)
dx = layer.backward(r)
print("by algebra    ", dx[2, 3])
print("by measurement", central_difference((2, 3), 1e-5))

# %% [markdown]
# Ten digits agree or so. Not all: a measured slope has two errors. If the step is large, the curve bends between
# the two points. If it is tiny, the two values of $E$ are almost the same, and the computer, which keeps
# only about 16 digits of a number (`float64`), loses most of them in the subtraction.
#
# **Relative error** is the size of the difference divided by the size of the number: 1e-10 means ten digits
# are right.

# %% [markdown]
# **Predict.** With 16 digits, and steps from 1 down to 0.000000000001, at which step is the measurement
# best: at the smallest one?

# %%
steps = 10.0 ** -np.arange(0, 13)
errors = [abs(central_difference((2, 3), step) / dx[2, 3] - 1) for step in steps]
for step, error in zip(steps, errors):
    print(f"step = {step:7.0e}   relative error {error:.1e}")
best = steps[np.argmin(errors)]
good = [step for step, error in zip(steps, errors) if error < 10 * min(errors)]

# %%
picture(
    sketches.curves(
        steps,
        {"relative error": errors},
        xlabel="step",
        ylabel="relative error",
        log="xy",
        title=f"best from {min(good):.0e} to {max(good):.0e}",
    ),
    "On logarithmic axes the error is a V: it falls with the step from 1 down to 1e-5 or 1e-6, then rises again as "
    "the step becomes smaller.",
)

# %% [markdown]
# The best step is in the middle, and the best error is about 1e-11. The first error falls with
# $\text{step}^2$, the second grows with $10^{-16} / \text{step}$, and they meet near 1e-5.
#
# That tells what to expect of a right gradient: in float64, at a step of 1e-5, a relative error of **1e-6 or
# less is right**, and **1e-2 is a mistake** in the algebra, not rounding. (1e-6 and not 1e-11, because the $E$ of
# a network adds up many numbers, and each brings rounding of its own.) Between the two, look for a kink, where
# the slope jumps, as that of the maximum in lesson 4 does at 0; or for a gradient that is tiny beside $E$. In
# `float32`, numbers with 7 digits, such a step would leave about two: gradients are checked in float64, and
# trained in float32.
#
# The library's checker `check_gradients` does this for the input and for every parameter, on up to 50 random
# entries each. It compares `backward` with the function below, and its error is the largest difference divided
# by the largest entry. (`.flat[i]` is entry i of an array, counted through all rows.)

# %%
show(central_differences)

# %%
small_network = Sequential(first=Linear(5, 4, dtype=float), squash=ScaledTanh(), second=Linear(4, 3, dtype=float))
errors_found = check_gradients(small_network, x)
for name, error in errors_found.items():
    print(f"{name:10} {error:.1e}")

# %% [markdown]
# ## A network like yours of lesson 4
#
# The network below has the same 1,024 inputs, 30 hidden units and 10 outputs, in float64, with new random
# weights: a formula that is wrong is wrong for almost all weights, so random ones find it. It gets a mini-batch
# of 10 digits, and the loss of lesson 4. `check_gradients` looks at the layers. The loss comes on top, with its
# factor $2 / N$. So measure the slope of the loss itself too, for all 300 weights of the second layer, all 30
# biases of the first, and 20 weights of the first: one formula gives all 30,720 of these, so a few are enough.

# %%
(images, labels), _ = own_number.digits()
digits, targets = images[:10].reshape(10, 1024).astype(float), own_number.TARGETS[labels[:10]]
net = Sequential(
    hidden=Linear(1024, 30, rng=0, dtype=float), squash=ScaledTanh(), out=Linear(30, 10, rng=1, dtype=float)
)
mine = check_gradients(net, digits)
print("the layers:", {name: f"{error:.0e}" for name, error in mine.items()})


def loss():
    return np.sum((net.forward(digits) - targets) ** 2) / len(digits)


net.backward(2 * (net.forward(digits) - targets) / len(digits))
arrays = {name: (w, dw.copy()) for name, w, dw, _ in net.parameters()}
chosen, of_loss = {"out.W": range(300), "hidden.b": range(30), "hidden.W": range(500, 520)}, {}
for name, entries in chosen.items():
    w, dw = arrays[name]
    slopes = central_differences(loss, w, chosen=entries)
    of_loss[name] = np.abs(slopes - dw).flat[list(entries)].max() / np.abs(dw).max()
print("with the loss:", {name: f"{error:.0e}" for name, error in of_loss.items()})

# %% [markdown]
# **Predict.** In lesson 4, suppose that somebody writes `net.backward((y - targets) / len(batch))` and forgets
# the 2. Does the network still learn? Would you notice it in the error? Would the measurement? And what if
# $2 / N$ is forgotten, both of it?

# %%
y = net.forward(digits)
net.backward((y - targets) / len(digits))
ratio = net["out"].dW / arrays["out.W"][1]
print(f"each entry of dW is {ratio.min():.3f} to {ratio.max():.3f} times what it should be")


def wrong_after_training(factor):
    """Lesson 4's training, with this factor before y - targets: how many percent of the held-out digits are wrong."""
    (x, labels), (held_out, _) = own_number.digits()
    x, rng = x.reshape(5000, 1024), np.random.default_rng(0)
    net = Sequential(hidden=Linear(1024, 30, rng=rng), squash=ScaledTanh(), out=Linear(30, 10, rng=rng))
    optimizer = SGD(net, lr=0.01)
    for batch in (batch for epoch in range(3) for batch in rng.permutation(5000).reshape(500, 10)):
        net.backward(factor * (net.forward(x[batch]) - own_number.TARGETS[labels[batch]]))
        optimizer.step()
    return own_number.error_of(net.forward(held_out.reshape(5000, 1024)).argmax(axis=1))


right, without_2 = wrong_after_training(2 / 10), wrong_after_training(1 / 10)
with np.errstate(all="ignore"):  # these weights grow beyond the largest float32
    without_both = wrong_after_training(1)
print(f"wrong: {right:.1f} % with 2 / N, {without_2:.1f} % without the 2, {without_both:.1f} % without 2 / N")

# %% [markdown]
# Without the 2 each entry is 0.5 times what it should be. Every gradient points in the right direction, and the
# network learns, as if the learning rate were half as large. About two digits more of a hundred are wrong, and
# nothing else tells. Training hides such a mistake.
#
# Without both, every gradient is 5 times too large ($N / 2$ with $N = 10$), as if the learning rate were 0.05. That
# is too much: the weights grow without end, and the network reads nothing. Such a mistake is seen, but not where
# it is. A measurement shows both. For the right lines we can say now why the gradient is right: by algebra, and
# by a measurement that knows nothing of the algebra.
#
# ## A judge must be able to say no
#
# Here are three wrong layers. Which of them would you have noticed by looking?


# %%
class MixedUpTheRows(Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.dW = self.dW[::-1]  # the right numbers in the wrong rows
        return dx


class AveragesOverTheBatch(Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.db = dy.mean(axis=0)  # should be the sum
        return dx


class WrongSign(ScaledTanh):
    def backward(self, dy):
        return -super().backward(dy)


caught = 0
for wrong in (MixedUpTheRows(5, 4, dtype=float), AveragesOverTheBatch(5, 4, dtype=float), WrongSign()):
    try:
        check_gradients(wrong, x)
    except CheckFailed as why:
        caught += 1
        print(textwrap.fill(f"{type(wrong).__name__}: {why}", 100), end="\n\n")

# %%
assert 1e-7 < best < 1e-3, "neither the largest nor the smallest step is the best"
largest = max(*errors_found.values(), *mine.values(), *of_loss.values())
assert largest < 1e-6 and caught == 3, "right gradients pass, and three mistakes do not"
assert np.allclose(ratio, 0.5), "a forgotten factor is seen by the measurement"
assert 0.5 < without_2 - right < 4 and without_both > 80, "and in training only if it is large"

# %% [markdown]
# ## Exercise: central-differences
#
# Write `measured_gradient(E, x, h=1e-5)`: all entries of the gradient of a function E of an array x, by
# central differences with the step h. Be sure to leave x as it was.
#
#     python -m scratchnet exercise start central-differences
#
# Then write the judge itself. It gets layers with mistakes in them, and right ones, and has to say which is which.
#
#     python -m scratchnet exercise start check-gradients
