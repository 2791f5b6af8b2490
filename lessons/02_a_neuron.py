# %% [markdown]
# # 2. A neuron, and its slope
#
# After this lesson you can compute what one artificial neuron does, measure the slope of any function with
# two evaluations, and compute the same slope from a formula.

# %%
import numpy as np

from scratchnet import ScaledTanh, datasets, picture, show, sketches
from scratchnet.viewing import drawings

images, labels = datasets.load("mnist", "test")
x = datasets.paper_input(images[:1])[0, 0]  # the seven of lesson 1: 32 x 32 numbers, -0.1 is background

# %% [markdown]
# A **unit** (the paper's word for an artificial **neuron**) looks at some numbers, and answers with one.
# The paper: units "compute a dot product between their input vector and their weight vector, to which a
# bias is added" (section II.B). A **vector** is a row of numbers; the **dot product** of two of them
# multiplies number by number and adds up. So a unit owns one number per input, its **weights** $w$, and one
# more, its **bias** $b$:
#
# $$a = \sum_i w_i x_i + b$$
#
# ($\sum_i$ is the sum over all $i$, which counts the 1,024 pixels.) Weights and biases are called
# **parameters**: the numbers that training will change. Let us make a unit by hand that looks at the top
# half of the picture, and likes ink there.

# %%
w = np.repeat([0.02, 0.0], 16)[:, None] * np.ones(32)  # 16 rows of 0.02, 16 rows of 0
b = 0.1 * w.sum()  # background is -0.1: with this bias an empty picture gives a = 0
a = np.sum(w * x) + b
print(f"weighted sum a = {a:.3f}")

# %% [markdown]
# The sum $a$ can be any number. It is then "passed through a sigmoid squashing function" (section II.B;
# sigmoid: like an S), which keeps every answer between two bounds. Today such a function is called an
# **activation** function, and the answer of a unit its activation. The paper's function (equation 6,
# appendix A) is
#
# $$f(a) = A \, \tanh(S a), \qquad A = 1.7159, \; S = \frac{2}{3}$$
#
# $\tanh$ rises from -1 to 1, steeply near 0 and flat far away. The odd-looking $A$ and $S$ were chosen so
# that $f(1)$ and $f(-1)$ come out simple.

# %%
picture(
    drawings.neuron([0.5, -1.0, 2.0], [0.8, 0.3, -0.2], b=0.1),
    "A unit with three inputs, from left to right: each input is multiplied by its weight, the three products and the "
    "bias are added to a = -0.2, and f makes the answer y of it.",
)

# %% [markdown]
# **Predict.** What could $f(1)$ and $f(-1)$ be? And how large can $f$ get at most?

# %%
A, S = 1.7159, 2 / 3


def f(a):
    return A * np.tanh(S * a)


print(f"f(1) = {f(1):.6f}   f(-1) = {f(-1):.6f}   f(100) = {f(100):.4f}")
print(f"our unit answers f({a:.3f}) = {f(a):.3f}")

# %% [markdown]
# +1 and -1 will be the numbers that the network is asked to produce. They lie well inside the range of
# +-1.7159, where the curve still rises: a unit can reach them.
#
# ## The slope
#
# Training asks one question again and again: *if this number were a little larger, how much would that one
# change?* Move $a$ by a small `step`, and see how much $f$ moves. Change of $f$ per change of $a$ is the
# **slope**, or **derivative**, written $f'(a)$ or $\frac{df}{da}$. Stepping to both sides of $a$ is more
# exact than stepping to one:
#
# $$f'(a) \approx \frac{f(a + \text{step}) - f(a - \text{step})}{2 \, \text{step}}$$


# %%
def measured_slope(f, a, step=1e-5):
    return (f(a + step) - f(a - step)) / (2 * step)


for at in (0.0, 1.0, 3.0):
    print(f"slope of f at {at}: {measured_slope(f, at):.6f}")

# %% [markdown]
# Measuring costs two evaluations per slope. Algebra is cheaper. Take from a table that the slope of
# $\tanh(u)$ is $1 - \tanh^2(u)$. Here $u = S a$ moves $S$ times as far as $a$, and the result is multiplied
# by $A$; and $\tanh(S a)$ is $y / A$:
#
# $$f'(a) = A S \, (1 - \tanh^2(S a)) = A S - \frac{S}{A} y^2 \qquad \text{with } y = f(a)$$
#
# The second form needs only the answer $y$, which we have anyway: two multiplications and one subtraction.


# %%
def slope_from_answer(y):
    return A * S - S / A * y**2


at = np.linspace(-4, 4, 161)
worst = np.abs(measured_slope(f, at) - slope_from_answer(f(at))).max()
print(f"largest difference between measured and computed slopes: {worst:.1e}")
marks = [(1, 1, "f(1) = 1", (45, -8)), (-1, -1, "f(-1) = -1", (45, -8))]
shown = {"f(a) = 1.7159 tanh(2a/3)": f(at), "its slope": slope_from_answer(f(at))}
picture(
    sketches.curves(at, shown, xlabel="weighted sum a", ylabel="f(a) and f'(a)", points=marks),
    "The squashing function rises from -1.7159 to 1.7159 through (-1, -1) and (1, 1). Its slope is a hill, "
    "highest at 0 with 1.14, and almost 0 beyond -4 and 4.",
)

# %% [markdown]
# Far out the slope is nearly 0: whatever you do to $a$ there, the answer hardly moves. The unit is
# **saturated**, and hard to teach. Remember it for lesson 15.
#
# ## Slopes multiply
#
# Let $E$ (for error) be a number that we want small, and say that we know its slope $\frac{dE}{dy}$ with
# respect to the answer $y$. What is its slope with respect to $a$? If $y$ moves 0.8 times as far as $a$,
# and $E$ 3 times as far as $y$, then $E$ moves 2.4 times as far as $a$. Slopes in a row multiply. This is
# the **chain rule**:
#
# $$\frac{dE}{da} = f'(a) \, \frac{dE}{dy}$$
#
# In the library a step like $f$ is a layer. `forward` computes $y$; `backward` is given $dE/dy$ and returns
# the slope with respect to the input, which is always called `x`. Three helpers do not compute anything:
# `expect_input` and `expect_gradient` raise an error if an array has the wrong shape, and `packed` copies an
# array that does not lie in memory in one piece. (`backward2` is for lesson 15.)

# %%
show(ScaledTanh)

# %% [markdown]
# `times_slope(dy, y, steepest, bend)` is `dy * (steepest - bend * y**2)`, in one compiled loop. Let us see that
# we get the same.

# %%
layer = ScaledTanh()
inputs = np.array([[-2.0, 0.0, 0.5, 3.0]])  # one row of four numbers
y = layer.forward(inputs)
dE_dy = np.array([[1.0, 1.0, -2.0, 10.0]])
dE_dx = layer.backward(dE_dy)
print("y", y.round(4), " dE/dx", dE_dx.round(4))

# %%
assert abs(f(1) - 1) < 1e-5 and abs(f(-1) + 1) < 1e-5, "f passes through (1, 1) and (-1, -1)"
assert worst < 1e-9, "algebra and measurement agree"
assert np.allclose(y, f(inputs)), "the layer computes our f"
assert np.allclose(dE_dx, slope_from_answer(f(inputs)) * dE_dy), "and multiplies slopes as we did"

# %% [markdown]
# ## Exercise: scaled-tanh
#
# The first command writes a file with what is asked for and two blanks: `forward`, which keeps `self.y`, and
# `backward`. The second says what is right and what not.
#
#     python -m scratchnet exercise start scaled-tanh
#     python -m scratchnet exercise check scaled-tanh
