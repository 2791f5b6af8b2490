# %% [markdown]
# # 4. Backpropagation, and a network of your own
#
# After this lesson you can carry gradients backward through any graph of sums, products and maxima, by four
# rules, and train a network of two layers on handwritten digits, in ten lines that hide nothing.
#
# Lesson 2 had one unit, lesson 3 one layer. A network is layers in a row. How does a number at the end of
# the row know about a weight at its beginning? First with six numbers, small enough for a sheet of paper.

# %%
import numpy as np

from scratchnet import SGD, Linear, ReLU, ScaledTanh, Sequential, picture, show, sketches
from scratchnet.lessons import own_number
from scratchnet.viewing import drawings

x, w1, w2, v1, v2, t = 2.0, 1.5, 0.5, 1.0, -4.0, -2.0


def forward(x, w1, w2, v1, v2, t):
    p, q = w1 * x, w2 * x  # the first layer: two units, which both look at x
    h1, h2 = max(p, 0.0), max(q, 0.0)  # squashed, in a simple way: nothing below 0
    r, s = v1 * h1, v2 * h2  # the second layer: one unit, which looks at both
    y = r + s
    d = y - t  # t: what the answer should be
    E = d * d
    return locals()  # {name: number} of everything above


values = forward(x, w1, w2, v1, v2, t)
print({name: values[name] for name in ("p", "q", "h1", "h2", "r", "s", "y", "d", "E")})

# %% [markdown]
# The last number, $E$, says how wrong the answer $y$ is. It is 0 if $y$ is what it should be, and grows in
# both directions. A number that training is meant to make small is called a **loss**.
#
# Between the six numbers and $E$ there are nine operations. Drawn with an arrow from each number to where it is
# used, they are a **computational graph**. Forward, each operation computes its result from what comes in.
# Backward, each is given one number, the slope of $E$ with respect to its result, and passes on the slopes with
# respect to what came in. That is **backpropagation**. Every operation needs one rule, and never sees the rest:
#
# - **Add spreads.** If $y = r + s$ and $r$ grows by 1, so does $y$. Both get the gradient of $y$ as it is. (For
#   $d = y - t$, the $t$ gets it with a minus.)
# - **Multiply swaps.** If $p = w_1 x$ and $w_1$ grows by 1, $p$ grows by $x$. Each factor gets the gradient of
#   $p$ times the *other* factor.
# - **Max routes.** If $h_1 = \max(p, 0)$, the larger of the two gets the whole gradient, and the other gets 0:
#   moving it changes nothing.
# - **Fan-out sums.** $x$ goes to two places, $d$ goes twice into $d \cdot d$. Each path brings a gradient back,
#   and they add up: "a fan-out in the forward direction is transformed into a sum in the backward direction"
#   (section IV.A).

# %% [markdown]
# **Predict.** Take a sheet of paper. $E = d \cdot d$ with $d = 1$. What is the gradient of $d$? From there, go
# backward to $x$, with one of the four rules for each operation. What is the gradient of $x$?


# %%
def backward(x, w1, w2, v1, v2, t, p, q, h1, h2, r, s, y, d, E):
    g = {"E": 1.0}  # if E grows by 1, E grows by 1
    g["d"] = g["E"] * d + g["E"] * d  # multiply swaps, and fan-out sums: d is both factors
    g["y"], g["t"] = g["d"], -g["d"]  # add spreads, with a minus for what is subtracted
    g["r"], g["s"] = g["y"], g["y"]  # add spreads
    g["v1"], g["h1"] = g["r"] * h1, g["r"] * v1  # multiply swaps
    g["v2"], g["h2"] = g["s"] * h2, g["s"] * v2
    g["p"], g["q"] = g["h1"] if p > 0 else 0.0, g["h2"] if q > 0 else 0.0  # max routes
    g["w1"], g["x-p"] = g["p"] * x, g["p"] * w1  # multiply swaps
    g["w2"], g["x-q"] = g["q"] * x, g["q"] * w2
    g["x"] = g["x-p"] + g["x-q"]  # fan-out sums
    return g


gradients = backward(**values)
for names in (("E", "d", "y", "t", "r", "s"), ("v1", "h1", "v2", "h2"), ("p", "q", "w1", "w2", "x-p", "x-q", "x")):
    print("  ".join(f"{name} {gradients[name]:g}" for name in names))

# %%
picture(
    drawings.two_layer_graph(values, gradients),
    "The graph from left to right: x goes into two products, with w1 and w2; each result goes through a maximum with 0 "
    "and into a product with v1 or v2; the sum of both, less t, is d, which goes twice into a product. Above each "
    "arrow is its value, below its gradient. The two gradients that come back to d, 1 and 1, add up to 2, and those "
    "that come back to x, 3 and -4, to -1.",
)

# %% [markdown]
# Is it right? Each of the six is a slope of $E$, and a slope can be measured (lesson 2).


# %%
def measured(name, numbers, step=1e-5):
    up, down = dict(numbers), dict(numbers)
    up[name] += step
    down[name] -= step
    return (forward(**up)["E"] - forward(**down)["E"]) / (2 * step)


six = {"x": x, "w1": w1, "w2": w2, "v1": v1, "v2": v2, "t": t}
for name in six:
    print(f"{name:2}  by the rules {gradients[name]:6.1f}   measured {measured(name, six):10.5f}")
six_right = all(abs(measured(name, six) - gradients[name]) < 1e-6 for name in six)

# %% [markdown]
# Count what it cost. Measuring needs two forward passes for each number, so twelve here. The backward pass
# gave all six at once, and each of its lines is one or two products. A network with 60,000 weights needs
# one backward pass as well, and that is why it can be trained at all.

# %% [markdown]
# **Predict.** Now let $w_2$ be -0.5. Then $q$ is negative, and its maximum is 0. Which of the six gradients
# are 0?

# %%
turned = forward(**(six | {"w2": -0.5}))
turned_gradients = backward(**turned)
print({name: turned_gradients[name] for name in six})

# %% [markdown]
# Nothing gets through the maximum to $w_2$: moving it a little changes nothing. And $v_2$ is multiplied by
# 0, so its gradient is 0 too. The whole lower path has no part in the answer, and none of the blame.
#
# ## The same by layers
#
# A layer is this, for many numbers at once. The two products with $x$ are a `Linear` layer, the maximum is the
# squashing (the library calls it `ReLU`, lesson 20), and the last unit is another `Linear`. `backward` of the
# last layer returns what `backward` of the layer before it is given.

# %%
first, squash, second = Linear(1, 2, dtype=float), ReLU(), Linear(2, 1, dtype=float)
first.W, second.W = np.array([[w1], [w2]]), np.array([[v1, v2]])  # the biases are 0
y = second(squash(first(np.array([[x]]))))
dy = 2 * (y - t)  # the gradient of (y - t) * (y - t), with respect to y
dh = second.backward(dy)
dp = squash.backward(dh)
dx = first.backward(dp)
print("y", y, " E", (y - t) ** 2)
print("dv", second.dW, " dw", first.dW.ravel(), " dx", dx)

# %% [markdown]
# Calling the layers in a row, and backward in the opposite order, is all that `Sequential` does. Nothing
# else makes layers a network. (The first two lines of its `forward` only refuse inputs that are not numbers.)

# %%
show(Sequential.forward)
show(Sequential.backward)
both = Sequential(first=first, squash=squash, second=second)
both(np.array([[x]]))
print("dx", both.backward(dy))

# %% [markdown]
# ## One matrix for each layer, which nobody builds
#
# A layer with several inputs and several outputs has a slope for each pair of them. The table of all these
# slopes, a row for each output and a column for each input, is its **Jacobian**. That of a linear layer is
# its weights W. That of a squashing has the slopes of the units on its diagonal, and 0 elsewhere. For
# layers in a row the Jacobians are multiplied, which is the chain rule for many numbers, and `dx` is `dy`
# times their product.

# %%
p, q = values["p"], values["q"]
jacobian = second.W @ np.diag([p > 0, q > 0]).astype(float) @ first.W
print("the Jacobian of the whole network:", jacobian, " dy times it:", dy @ jacobian)

# %% [markdown]
# The backward pass computes `((dy @ second.W) @ squashing) @ first.W`, from the left: for one example
# always a row times a matrix, never a matrix times a matrix. The Jacobian of a squashing is never built,
# since a product with its diagonal is enough.
#
# ## A network of your own
#
# Now with digits. The first layer has 30 units that look at all 32 x 32 pixels. Their answers, squashed, go
# to ten units of a second layer, one for each digit. The units between input and output are called
# **hidden**: nobody says what they should answer. The target is +1 for the unit of the right digit, and -1
# for the nine others. The loss is the squared error from above, added up over the ten units and averaged
# over the N digits of a batch:
#
# $$E = \frac{1}{N} \sum_n \sum_k (y_{nk} - t_{nk})^2 \qquad
# \frac{\partial E}{\partial y_{nk}} = \frac{2}{N} (y_{nk} - t_{nk})$$
#
# The gradient says in which direction a weight makes $E$ larger. So each weight takes a small step in the
# *other* direction: $w \leftarrow w - \eta \, dE/dw$. That is **gradient descent**. The factor $\eta$, a Greek letter,
# is the **learning rate**; the code calls it `eta`. If it is too small, nothing happens; if it is too large, the
# step leads too far, and $E$ grows. (Lesson 15 says how large it may be.)
#
# A step after every 10 digits is better than one after all 5,000, because many digits say nearly the same:
# "on tasks with large, redundant data sets, the stochastic version is considerably faster than the batch
# version" (appendix B). Such a small batch is called a **mini-batch**. Gradient descent on batches that are
# drawn at random is called stochastic gradient descent, **SGD**. Once through all training digits is an
# **epoch** (the paper says: a pass).

# %%
(images, labels), (held_out, held_out_labels) = own_number.digits()
x, targets = images.reshape(5000, 1024), own_number.TARGETS[labels]
print(x.shape, targets.shape, "the first target, of a", labels[0], ":", targets[0].astype(int))

# %% [markdown]
# **Predict.** 5,000 digits, three epochs, 10 digits for each step. How many steps is that? And how many
# percent of other digits, which it has never seen, will the network read wrong at the end?

# %%
rng, eta, losses = np.random.default_rng(0), 0.01, []
net = Sequential(hidden=Linear(1024, 30, rng=rng), squash=ScaledTanh(), out=Linear(30, 10, rng=rng))
for epoch in range(3):
    order = rng.permutation(len(x))  # a new random order in each epoch
    for start in range(0, len(x), 10):
        batch = order[start : start + 10]
        y = net.forward(x[batch])
        losses.append(np.sum((y - targets[batch]) ** 2) / len(batch))
        net.backward(2 * (y - targets[batch]) / len(batch))
        for layer in (net["hidden"], net["out"]):
            layer.W -= eta * layer.dW
            layer.b -= eta * layer.db
    print(f"epoch {epoch + 1}, {len(losses)} steps: mean loss of this epoch {np.mean(losses[-500:]):.2f}")

# %% [markdown]
# The ten lines before the last are all of training. How well does it read? Digits that were kept
# away from training are **held out**. Only they tell whether the network reads, or has learned 5,000
# pictures by heart. To learn by heart is called **overfitting**.

# %%
read = net.forward(held_out.reshape(-1, 1024)).argmax(axis=1)  # the unit with the largest answer wins
error = own_number.record(4, "two linear layers", read)
on_training = 100 * np.mean(net.forward(x).argmax(axis=1) != labels)
print(f"wrong: {on_training:.1f} % of the training digits, {50 * error:.0f} of 5,000 held-out digits, {error:.2f} %")
parameters = sum(w.size for _, w, _, _ in net.parameters())
print(f"{parameters:,} parameters")
print(own_number.table())

# %%
smooth = np.reshape(losses, (-1, 50)).mean(axis=1)  # the mean loss of 50 steps
picture(
    sketches.curves(
        50 * np.arange(1, 31), {"loss": smooth}, xlabel="steps of 10 digits, 500 for an epoch", ylabel="mean loss"
    ),
    "The loss over 1,500 steps falls steeply in the first 200 and slowly afterwards.",
)

# %% [markdown]
# This is your number. `own_number.record` has counted the wrong answers and put a row into
# `my/own_number.csv`. From now on it is to become smaller: lesson after lesson adds what the paper
# proposes, trains on the same 5,000 digits for three epochs, and counts on the same held-out digits. Lesson
# 16 draws all rows.
#
# The network has $1024 \cdot 30 + 30 + 30 \cdot 10 + 10 = 31{,}060$ parameters, and saw 5,000 digits three times. It is
# wrong almost as often on digits that it has seen as on others. So it has not learned them by heart. Lesson 19
# has a network that does. Change the 30, `eta` or the number of epochs, one at a time, and predict first. Is more
# always better?
#
# Why is the gradient of this network right? Each layer's backward pass was derived (lessons 2 and 3), and
# they are put in a row by the chain rule. That is an argument. The next lesson measures it, for a network of
# this size.
#
# ## The same loop with a loss and an optimizer
#
# The ten lines know one loss and one kind of step. Two objects take these out of the loop. A loss has
# `forward(y, labels)`, which returns $E$, and `backward()`, which returns $\frac{\partial E}{\partial y}$. An
# **optimizer** is an object whose `step()` moves all parameters: `SGD(net, lr=0.01)` takes the learning rate as
# `lr`. Here is the loss of this lesson, and one step with both.

# %%
show(own_number.SquaredError)
rng = np.random.default_rng(0)
again = Sequential(hidden=Linear(1024, 30, rng=rng), squash=ScaledTanh(), out=Linear(30, 10, rng=rng))
loss, optimizer = own_number.SquaredError(), SGD(again, lr=0.01)
batch = rng.permutation(len(x))[:10]
E = loss.forward(again.forward(x[batch]), labels[batch])
again.backward(loss.backward())
optimizer.step()
print(f"E {E:.4f}; the first loss above was {losses[0]:.4f}: the same seed gives the same weights and digits")

# %%
assert six_right and gradients["x"] == -1 == gradients["x-p"] + gradients["x-q"], "the rules give the measured slopes"
assert all(turned_gradients[name] == 0 for name in ("w2", "v2")), "max routes: nothing to the path that lost"
assert dx == gradients["x"] == (dy @ jacobian).item() and first.dW.ravel().tolist() == [4, -16], "layers do the same"
learned = len(losses) == 1500 and smooth[-1] < smooth[0] / 2 and 8 < error < 11 and abs(error - on_training) < 1
assert learned and parameters == 31_060 and np.isclose(E, losses[0]), "and a network of two layers learns"

# %% [markdown]
# ## Exercise: training-loop
#
# Write the ten lines without looking, as a function of the network, the loss, the optimizer, the digits, the
# number of epochs and the batch size:
#
#     python -m scratchnet exercise start training-loop
#
# The end of the file calls your function with the digits and the loss of this lesson, for a learning rate of
# 0.001, of 0.01 and of 0.05. Run it, and say from the losses alone which rate is too small and which too large.
# (`nan`, not a number, means that the weights have grown beyond the largest number that there is.)
#
#     python my/ex36_training_loop.py
#
# `backpropagation` is another graph on a sheet of paper, with your own numbers, and in `sequential` you write the
# class that makes layers a network. Both have a checker too.
