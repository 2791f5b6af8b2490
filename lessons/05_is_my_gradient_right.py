# %% [markdown]
# # 5. Is my gradient right?
#
# After this lesson you can check any `backward` with nothing but its `forward`, and say from the size of an
# error whether it is rounding or a mistake.
#
# The paper obtains all gradients by "back-propagation" (section II.C), which is what `backward` is called
# when layers pass gradients down a row. It is a page of algebra, and one wrong sign will not crash: the
# program just learns badly. So before anything is trained, the algebra is measured.

# %%
import numpy as np

from scratchnet import Linear, ScaledTanh, Sequential, check_gradients, picture, show, sketches
from scratchnet.checks import CheckFailed

rng = np.random.default_rng(0)  # a source of random numbers that gives the same ones every time
layer = ScaledTanh()
x = rng.normal(size=(4, 5))
y = layer(x)

# %% [markdown]
# The judge is the slope of lesson 2, measured: move one input by $h$ to both sides, and divide the change
# of $E$ by $2h$. This is called a **central difference**. As $E$ we take the sum of $r \cdot y$ with random
# $r$, so that $dE/dy$ is $r$, and no two outputs count the same.

# %%
r = rng.normal(size=y.shape)


def E(x):
    return np.sum(r * layer(x))


def central_difference(at, h):
    up, down = x.copy(), x.copy()
    up[at] += h
    down[at] -= h
    return (E(up) - E(down)) / (2 * h)


layer(x)
dx = layer.backward(r)
print("by algebra    ", dx[2, 3])
print("by measurement", central_difference((2, 3), 1e-5))

# %% [markdown]
# Ten digits agree or so. Not all: a measured slope has two errors. If $h$ is large, the curve bends between
# the two points. If $h$ is tiny, the two values of $E$ are almost the same, and the computer, which keeps
# only about 16 digits of a number (`float64`), loses most of them in the subtraction.
#
# **Relative error** is the size of the difference divided by the size of the number: 1e-10 means ten digits
# are right.

# %% [markdown]
# **Predict.** With 16 digits, and steps $h$ from 1 down to 0.000000000001, at which $h$ is the measurement
# best: at the smallest one?

# %%
steps = 10.0 ** -np.arange(0, 13)
errors = [abs(central_difference((2, 3), h) / dx[2, 3] - 1) for h in steps]
for h, error in zip(steps, errors):
    print(f"h = {h:7.0e}   relative error {error:.1e}")
best = steps[np.argmin(errors)]

# %%
picture(
    sketches.curves(
        steps,
        {"relative error": errors},
        xlabel="step h",
        ylabel="relative error",
        log="xy",
        title=f"best near h = {best:.0e}",
    ),
    "On logarithmic axes the error is a V: it falls with h from 1 down to 1e-5 or 1e-6, then rises again as h "
    "becomes smaller.",
)

# %% [markdown]
# The best step is in the middle, and the best error is about 1e-11. That tells what to expect of a right
# gradient: in float64, at h = 1e-5, a relative error of **1e-6 or less is right**, and **1e-2 is a
# mistake** in the algebra, not rounding. In `float32`, numbers with 7 digits, such a step would leave about
# two: gradients are checked in float64, and trained in float32.
#
# The library's checker does this for the input and for every parameter, on up to 50 random entries each;
# its error is the largest difference divided by the largest entry. (The connection table in it is for
# lesson 10: weights that do not exist must have no gradient.)

# %%
show(check_gradients)

# %%
small_network = Sequential(first=Linear(5, 4, dtype=float), squash=ScaledTanh(), second=Linear(4, 3, dtype=float))
errors_found = check_gradients(small_network, x)
for name, error in errors_found.items():
    print(f"{name:10} {error:.1e}")

# %% [markdown]
# `Sequential` is layers in a row: forward calls them in order, backward in reverse, each being given what
# the next one returned. Layers in a row are a network.
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
        print(f"{type(wrong).__name__}: {why}\n")

# %%
assert 1e-7 < best < 1e-3, "neither the largest nor the smallest step is the best"
assert max(errors_found.values()) < 1e-6, "the library's gradients pass"
assert caught == 3, "and three mistakes do not"

# %% [markdown]
# ## Exercise: central-differences
#
# Write `measured_gradient(E, x, h=1e-5)`: all entries of the gradient of a function E of an array x, by
# central differences: `python -m scratchnet exercise start central-differences`. Be sure to leave x as it was.
# Then write the judge itself, `check-gradients`: it gets layers with mistakes in them, and right ones, and has to
# say which is which.
