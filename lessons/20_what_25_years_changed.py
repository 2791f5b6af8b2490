# %% [markdown]
# # 20. What 25 years changed
#
# After this lesson you can name four differences between the LeNet-5 of 1998 and the one that tutorials
# teach, say what each is for, and tell a difference between two numbers from luck.
#
# A tutorial's LeNet-5 ends in a softmax, is trained by Adam on batches, has ReLU as its activation and takes the
# maximum of each window. Here these are changed one at a time.

# %%
import numpy as np

from scratchnet import SDLM, Adam, CrossEntropyLoss, Linear, MAPLoss, MaxPool2d, ReLU, Sequential
from scratchnet import datasets, evaluate, fit, models, picture, show, sketches
from scratchnet.runs.recipes import RECIPES

# %% [markdown]
# ## 1. Softmax and cross entropy, for RBF and MAP
#
# Ten scores $y$, which today are called **logits**: the largest wins, and $p_i = e^{y_i} / \sum_k e^{y_k}$ is
# their **softmax**. The loss is the mean of $-\log p_D$. Compare lesson 12: it is MAP with $-y$ for the
# penalties (a logit is minus a penalty), and without the rubbish class. What is lost is "none of these".

# %%
show(CrossEntropyLoss.forward)
y, right = np.array([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0]]), np.array([0, 2])
losses = CrossEntropyLoss().forward(y, right), MAPLoss(j=np.inf).forward(-y, right)
print("cross entropy of y, and MAP of -y with j = inf:", losses)

# %% [markdown]
# ## 2. ReLU, for the squashing
#
# ReLU is $\max(x, 0)$: slope 1 or 0, nothing to saturate on the right. A product of many slopes below 1
# vanishes in a deep network; a product of ones does not.

# %%
show(ReLU.forward)
at = np.linspace(-3, 3, 121)
slope = 1.7159 * 2 / 3 * (1 - np.tanh(2 / 3 * at) ** 2)
depth = {"one layer of 1.7159 tanh(2x/3)": slope, "twenty of them": slope**20, "any number of ReLU": (at > 0) * 1.0}
depth = {name: np.maximum(product, 1e-6) for name, product in depth.items()}
picture(
    sketches.curves(at, depth, xlabel="x of every layer", ylabel="product of slopes, at least 1e-6", log="y"),
    "Slopes on a logarithmic axis. One tanh: near 1 around 0. Twenty: far above 1 near 0, vanishing beyond 1. Any "
    "number of ReLU: exactly 1 on the right, nothing on the left.",
)

# %% [markdown]
# Two things come with it. On the left the slope is 0: a unit whose weighted sum is negative for *every* image
# gets no gradient, does not move, and stays silent. It is **dead**. And at 0 there is a **kink**: the slope is
# 1 on one side and 0 on the other, so central differences that reach across it measure something between.

# %%
unit, relu = Linear(3, 1, rng=0, dtype=float), ReLU()
unit.b[:] = -20  # as after one step that was too long
inputs = np.random.default_rng(0).normal(size=(100, 3))
answers = relu(unit(inputs))
unit.backward(relu.backward(np.ones_like(answers)))
print("a dead unit: answers", answers.min(), "to", answers.max(), " gradient of its weights", unit.dW.ravel())
step = 1e-3
print("at the kink: central difference", ((relu(np.array([step])) - relu(np.array([-step]))) / (2 * step)).item())
relu(np.array([0.0]))
print("             backward          ", relu.backward(np.ones(1)).item())

# %% [markdown]
# ## 3. The maximum, for the sum, of each window
#
# It keeps the strongest answer, has no parameters, and sends the whole gradient back to the pixel that won.

# %%
pool = MaxPool2d(2)
window = np.array([[[[1.0, 5.0], [2.0, 3.0]]]])
print("forward", pool(window).item(), " backward of 1:", pool.backward(np.ones((1, 1, 1, 1))).ravel())

# %% [markdown]
# ## 4. Adam, for the third pass
#
# Adam (D. Kingma and J. Ba, 2015) too has a step size for each parameter. It needs no curvature: with $m$
# and $v$ the running means of the gradient and of its square, the step is
#
# $$w \leftarrow w - \epsilon \, \frac{m}{\sqrt{v} + 10^{-8}}$$
#
# (The code also divides $m$ and $v$ by $1 - \beta^t$, since both start at 0.) And it takes **batches**: the
# mean gradient of 16 digits at once. The paper preferred single digits: "on tasks with large, redundant
# data sets, the stochastic version is considerably faster than the batch version" (appendix B; its batch is
# the whole training set).

# %%
show(Adam.step)

# %% [markdown]
# ## One change at a time
#
# 6,000 training digits, two epochs, error on 4,000 other training digits, from two seeds; each with a
# learning rate that was the best of a few on other held-out digits.


# %%
def changed(net, softmax=False, relu=False, maximum=False, rng=None):
    """The paper's network with some layers replaced."""
    layers = dict(net.layers)
    for name in layers:
        if relu and name.endswith("_squash"):
            layers[name] = ReLU()
        if maximum and name in ("S2", "S4"):
            layers[name] = MaxPool2d(2)
    if softmax:
        layers["OUTPUT"] = Linear(84, 10, rng=rng)
    return Sequential(**layers, input_shape=(1, 32, 32))


paper, entropy = MAPLoss(j=10), CrossEntropyLoss()
changes = {  # what is changed, loss, optimizer, learning rate, batch size
    "the paper": ({}, paper, SDLM, 0.000125, 1),
    "softmax": ({"softmax": True}, entropy, SDLM, 0.0002, 1),
    "and Adam": ({"softmax": True}, entropy, Adam, 0.001, 16),
    "and ReLU": ({"softmax": True, "relu": True}, entropy, Adam, 0.002, 16),
    "and maximum": ({"softmax": True, "relu": True, "maximum": True}, entropy, Adam, 0.004, 16),
}
images, labels = datasets.load("mnist", "train")
x = datasets.paper_input(images[:10_000])

# %% [markdown]
# **Predict.** Rank the five by their error. By how much will the best be better than the paper's? And how
# much will two seeds of the same network differ?

# %%
errors = {name: [] for name in changes}
train, held_out = (x[:6_000], labels[:6_000]), (x[6_000:], labels[6_000:10_000])
for name, (layers, loss, kind, lr, batch_size) in changes.items():
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        net = changed(models.lenet5(rng), **layers, rng=rng)
        fit(net, loss, kind(net, lr), train, epochs=2, batch_size=batch_size, rng=rng, train_error=False, verbose=False)
        errors[name].append(evaluate(net, held_out).error)
for name, found in errors.items():
    print(f"{name:12} {found[0]:5.2f} % and {found[1]:5.2f} %")
apart = {name: abs(found[0] - found[1]) for name, found in errors.items()}
print(f"two seeds of the same network: up to {max(apart.values()):.1f} % apart")

# %% [markdown]
# A sample of 4,000 digits at 5 % error is uncertain by about 0.3 % (the standard error,
# $\sqrt{0.05 \cdot 0.95 / 4000}$), and two seeds of one network differ by more than that, here by more than
# most rows differ from each other. Whoever shows one run of each can show almost any order. Longer runs
# differ less. The library has full runs of the paper's network and of six tutorials'; these are their test
# accuracies in % (seed 0; the two `fashion-` ones read clothes, not digits; docs/TUTORIALS.md has three
# seeds of each, and what each recipe is):

# %%
for name, recipe in RECIPES.items():
    print(f"{name:24} {recipe.measured:.2f}")

# %%
assert np.isclose(*losses), "the same loss"
assert np.array_equal(pool.backward(np.ones((1, 1, 1, 1))).ravel(), [0, 1, 0, 0]), "the winner takes the gradient"
assert max(max(found) for found in errors.values()) < 20, "all five learn"
assert max(apart.values()) > 0.5, "and luck is not small"

# %% [markdown]
# ## Exercise: modern
#
# Write `relu`, `max-pool-backward`, `cross-entropy` and `adam`, each by its contract, and repeat one row
# of the table with your own layers.
#
#     python -m scratchnet exercise start relu
