# %% [markdown]
# # 12. Two losses: MLE and MAP, and what j does
#
# After this lesson you can compute the two numbers that LeNet-5 may be trained to make small, with their
# gradients, and say which classes each of them pushes.
#
# A **loss** turns the network's outputs and the right answers (labels) into one number $E$. In lesson 4 it
# was the squared error. For the penalties of lesson 11 the paper has two losses.

# %%
import numpy as np

from scratchnet import RBF, SGD, Flatten, Linear, MAPLoss, MLELoss, ScaledTanh, Sequential
from scratchnet import models, picture, show, sketches
from scratchnet.lessons import own_number
from scratchnet.viewing import drawings

y = np.array([[9.0, 60.0, 11.0, 80.0], [50.0, 12.0, 12.5, 90.0]])  # penalties of 4 classes for two images
labels = np.array([0, 2])  # the right classes
print("classes read:", y.argmin(axis=1), " right classes:", labels)

# %% [markdown]
# ## MLE (equation 8)
#
# "The simplest output loss function" is the mean penalty of the right class $D$ (section II.C; maximum
# likelihood estimation):
#
# $$E = \frac{1}{N} \sum_n y_{n D_n} \qquad
# \frac{\partial E}{\partial y_{ni}} = \frac{1}{N} \text{ if } i = D_n, \text{ else } 0$$

# %%
mle = MLELoss()
print("by hand", (9.0 + 12.5) / 2, " library", mle.forward(y, labels))
print(mle.backward())

# %% [markdown]
# The second image is read wrong (class 1 has 12.0, the right class 2 has 12.5), and nothing pushes class 1
# away: its gradient is 0. The paper: "there is no competition between the classes" (section II.C).
#
# ## MAP (equation 9)
#
# The second loss makes the *probability* of the right class large (maximum a posteriori). If a penalty $y$
# counts as $e^{-y}$, the probability of class $i$ is its share of the sum. Why $e^{-y}$? A penalty is a squared
# distance from a code (lesson 11), and $e^{-\text{distance}^2}$ is the bell curve: F6 is near its code, and
# large deviations are rare. A **rubbish class** joins in, "none of these", with a constant penalty $j$:
#
# $$p_i = \frac{e^{-y_i}}{e^{-j} + \sum_k e^{-y_k}} \qquad
# E = \frac{1}{N} \sum_n \left( y_{n D_n} + \log \Big( e^{-j} + \sum_i e^{-y_{ni}} \Big) \right)$$
#
# $E$ is the mean of $-\log p_D$. "In addition to pushing down the penalty of the correct class like the MSE
# criterion, this criterion also pulls up the penalties of the incorrect classes" (section II.C; MSE, mean
# squared error, is equation 8). The gradient of the logarithm is the sum's gradient divided by the sum, and
# that of $e^{-y_i}$ is $-e^{-y_i}$: the minus in front of $p$ below comes from there.
#
# $$\frac{\partial E}{\partial y_{ni}} = \frac{1}{N} \left( [i = D_n] - p_{ni} \right)$$


# %%
def probabilities(y, j):
    return np.exp(-y) / (np.exp(-j) + np.exp(-y).sum(axis=1, keepdims=True))


print("probabilities with j = 20:", probabilities(y, 20.0).round(3), sep="\n")
map_loss = MAPLoss(j=20)
map_loss.forward(y, labels)
print("gradient:", map_loss.backward().round(3), sep="\n")

# %%
picture(
    drawings.springs(y[1], right=2, j=20),
    "The second image twice, each class as a ball at the height of its penalty. With MLE one spring pulls class 2, the "
    "right one, down. With MAP it pulls with 0.62, and another spring pulls class 1 up with 0.62: "
    "twice the numbers above, which are for the mean of two images.",
)

# %% [markdown]
# In the second image the right class is pushed down (positive gradient: less is better), and class 1 is
# pushed up by almost as much. Classes with large penalties are left alone: they do no harm.
#
# ## What j does
#
# The constant j "prevents the penalties of classes that are already very large from being pushed further
# up" (section II.C). The paper never says which value it had.

# %% [markdown]
# **Predict.** An image is ambiguous: the right class and one wrong class have the same penalty $y$, all
# others are far away. How hard is the wrong class pushed, as a number from 0 to 1, if $y$ is much smaller
# than $j$? If it is much larger? With j = 10, is anything pushed at the start of training, when all
# penalties are near 84?

# %%
same = np.linspace(0, 84, 169)
push = {f"j = {j}": np.exp(-same) / (np.exp(-float(j)) + 2 * np.exp(-same)) for j in (1, 10, 40)}
picture(
    sketches.curves(
        same,
        push,
        xlabel="penalty of the right class and of one wrong class",
        ylabel="push on the wrong class",
        points=[(12, push["j = 10"][24], "half-way, 6 to 8", (28, 26))],
    ),
    "Three curves that fall to 0, from 0.5 (j = 1: from 0.42): j = 1 near 1, j = 10 near 10, j = 40 near 40.",
)
start = np.exp(-84.0) / (np.exp(-10.0) + 10 * np.exp(-84.0))
print(f"at the start, all penalties 84, j = 10: push {start:.0e}")
for j in (1, 10, 40):
    print(f"half-way between 6 and 8 (both 12), j = {j:2}: push {np.exp(-12) / (np.exp(-j) + 2 * np.exp(-12)):.5f}")

# %% [markdown]
# Below j the wrong class is pushed with 0.5, as hard as the right one is pulled. Above j no wrong class is
# pushed, and the loss acts like MLE. With $j = 1$ a wrong class is pushed only where F6 draws its code
# almost perfectly. The library's default is 10, chosen on held-out digits (docs/REPRODUCTION.md).
#
# <!-- widget: penalties -->
#
# ## A computer's numbers end somewhere
#
# $e^{-104}$ is too small for a float32 and becomes 0, $e^{-800}$ even for a float64, and $\log 0$ is minus
# infinity. Without a rubbish class ($j = \infty$) that happens, in float32, to an image far from all ten
# codes.

# %%
far = np.array([[800.0, 810.0]])
with np.errstate(divide="ignore"):
    naive = far[0, 0] + np.log(np.exp(-far).sum())
careful = MAPLoss(j=np.inf).forward(far, np.array([0]))
print("by the formula:", naive, " by the library:", careful)

# %% [markdown]
# The way out: subtract the smallest penalty before the exponential, and add it again outside the logarithm:
# $\log \sum e^{-y_i} = -m + \log \sum e^{-(y_i - m)}$. The largest exponential is then 1.

# %%
show(MAPLoss.forward)
show(MAPLoss.backward)


# %%
def measured(loss, y, labels, step=1e-5):
    gradient = np.zeros_like(y)
    for at in np.ndindex(*y.shape):
        up, down = y.copy(), y.copy()
        up[at], down[at] = y[at] + step, y[at] - step
        gradient[at] = (loss.forward(up, labels) - loss.forward(down, labels)) / (2 * step)
    return gradient


errors = {}
for loss in (MLELoss(), MAPLoss(j=20)):
    expected = measured(loss, y, labels)
    loss.forward(y, labels)
    errors[repr(loss)] = np.abs(loss.backward() - expected).max()
print({name: f"{error:.0e}" for name, error in errors.items()})

# %% [markdown]
# ## Your number, with codes and MAP
#
# With the ten targets of lesson 4 as codes, MLE is the squared error that your network was trained with
# until now. Now it gets the codes of lesson 11: 84 outputs in place of ten, squashed, and MAP in place of
# MLE. C1 to S4 stay. With 84 outputs the slopes are larger, so the learning rate is 0.005 for them. (It was
# chosen on digits 50,000 to 54,000 of the training set, which are neither trained on nor held out here.)

# %% [markdown]
# **Predict.** The codes were made for a reader of all printable characters. Do they help with ten digits?


# %%
def network(codes, seed):
    rng = np.random.default_rng(seed)
    front = list(models.lenet5(rng).layers.items())[:8]  # C1, S2, C3 and S4 with their squashing, as in lesson 10
    layers = {"flatten": Flatten(), "hidden": Linear(400, 30, rng=rng), "squash": ScaledTanh()}
    layers["out"] = Linear(30, codes.shape[1], rng=rng)
    if codes.shape[1] == 84:
        layers["out_squash"] = ScaledTanh()
    return Sequential(**dict(front), **layers, OUTPUT=RBF(codes))


ways = {
    "ten targets, MLE": (own_number.TARGETS, MLELoss(), 0.01),
    "84 pixels, MAP": (models.DIGIT_CODES.astype(np.float32), MAPLoss(j=10), 0.005),
}
found = {name: [] for name in ways}
for name, (codes, loss, eta) in ways.items():
    for seed in range(3):
        net = network(codes, seed)
        read = own_number.learn(net, loss, SGD(net, eta), seed=seed)
        found[name].append(own_number.error_of(read))
        if seed == 0 and name == "84 pixels, MAP":
            own_number.record(12, "codes of 84 pixels, and MAP", read)
    print(f"{name:16}", "  ".join(f"{error:.1f} %" for error in found[name]), f"  mean {np.mean(found[name]):.1f} %")
print(own_number.table())

# %% [markdown]
# The difference is no larger than what another seed can make. So the codes do not make the error on ten
# digits smaller. They are there for what lesson 11 said: characters that look alike, and images that are no
# digit.

# %%
assert mle.backward()[1, 1] == 0 and map_loss.backward()[1, 1] < -0.3, "only MAP pushes the wrong class away"
assert start < 1e-30, "and not even MAP does at the start"
assert not np.isfinite(naive) and np.isclose(careful, np.log(1 + np.exp(-10))) and max(errors.values()) < 1e-8
means = [np.mean(errors) for errors in found.values()]
assert max(means) < 6 and abs(means[0] - means[1]) < 1.2, "codes neither help nor hurt by much"

# %% [markdown]
# ## Exercise: map-loss
#
# Write `mle-loss`, then `map-loss`, first by the formula, then so that penalties of 10,000 give no
# infinity:
#
#     python -m scratchnet exercise start mle-loss
#     python -m scratchnet exercise start map-loss
