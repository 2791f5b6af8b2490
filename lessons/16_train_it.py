# %% [markdown]
# # 16. Train it
#
# After this lesson you can write the training loop of LeNet-5 in six lines, run it on digits it can learn
# from, and measure honestly how well it reads.
#
# In lesson 4 you trained two layers, and since then your network has grown. Now everything is there: layers
# with their backward pass (lessons 2 to 11), a loss (12), the network (13), step sizes (15).

# %%
import time

import numpy as np

from scratchnet import SDLM, MAPLoss, datasets, evaluate, figures, fit, models, picture, schedules
from scratchnet.lessons import own_number

images, labels = datasets.load("mnist", "train")
x = datasets.paper_input(images)
print("training set:", x.shape, "labels:", np.bincount(labels))

# %% [markdown]
# ## The loop
#
# One digit at a time, 500 times: forward, loss, backward, a step. "We prefer to update the weights after
# each presentation of a single pattern" (appendix C). The curvature comes first, over these 500 digits.

# %%
net = models.lenet5(np.random.default_rng(0))
loss, optimizer = MAPLoss(j=10), SDLM(net, lr=0.000125, mu=0.02)
optimizer.estimate(loss, x[:500], labels[:500])
losses = []
for i in range(500):
    y = net.forward(x[i : i + 1])
    losses.append(loss.forward(y, labels[i : i + 1]))
    net.backward(loss.backward())
    optimizer.step()
print(f"first 10 digits: mean loss {np.mean(losses[:10]):.1f}")
for first in range(0, 500, 100):
    print(f"digits {first:3} to {first + 99:3}: mean loss {np.mean(losses[first : first + 100]):5.1f}")

# %% [markdown]
# That is all of training; the rest is more of it. The loss starts near 74 (penalties of 84, less j = 10)
# and falls within a few hundred digits.
#
# ## Two kinds of error
#
# A network could learn its digits by heart (lesson 19). So it is judged on digits that it has never been trained on:
# the **test set**, 10,000 digits. And the test set is looked at once, at the end. Whoever compares settings
# by their test error has trained on it, a little. For choices there is a third set: **held-out** digits,
# taken from the training set and not trained on. Your number is counted on such digits.
#
# Here: 20,000 digits to train on, 5,000 held out. `fit` is the loop above; with `verbose=True` it prints a
# line after each epoch. It calls a compiled version of the same layers, and updates the same arrays (lesson
# 23).

# %%
train, held_out = (x[:20_000], labels[:20_000]), (x[-5_000:], labels[-5_000:])


# %% [markdown]
# **Predict.** A reader who guesses is wrong on 90 % of the digits. After one epoch, in which each of 20,000
# digits is seen once: how many percent wrong on the held-out digits? And which is
# larger in the first epoch, the training error (measured on the fly, on each digit before its update) or the
# held-out error (measured after the epoch)?

# %%
net = models.lenet5(np.random.default_rng(0))
start = time.perf_counter()
history = fit(
    net,
    MAPLoss(j=10),
    SDLM(net, lr=1, mu=0.02),
    train,
    validation=held_out,
    epochs=3,
    schedule=lambda epoch: schedules.paper(3 * epoch, 0.25),  # the paper's rates, three of its epochs in one of ours
    rng=np.random.default_rng(0),
    train_error=False,
    verbose=True,
)
print(f"{time.perf_counter() - start:.1f} s for {3 * len(train[0]):,} updates")

# %%
picture(
    figures.training_curves(history, title="LeNet-5 on 20,000 digits, three epochs"),
    "Training error on the fly and held-out error over three epochs: both fall, the training error from above, "
    "since in the first epoch it counts the digits read before the network had learnt anything.",
)

# %% [markdown]
# In the first epoch the training error is larger: it is measured "on-the-fly as training proceeds. This
# explains why the training error appears to be larger than the test error" (caption of Fig. 5).
#
# ## Your number, with a rate that falls
#
# The same schedule for your 5,000 digits: steps of full size in the first epoch, of 2/5 in the second, of
# 1/5 in the third.

# %% [markdown]
# **Predict.** Smaller steps learn more slowly. Why could they end at a smaller error than in lesson 15?

# %%
ways = {"steps of one size": lambda epoch: 0.000125, "steps that fall": lambda epoch: schedules.paper(3 * epoch, 0.25)}
mine = {name: [] for name in ways}
for name, schedule in ways.items():
    for seed in (0, 1):
        small = models.lenet5(np.random.default_rng(seed))
        read = own_number.learn(small, MAPLoss(j=10), SDLM(small, lr=1), batch_size=1, seed=seed, schedule=schedule)
        mine[name].append(own_number.error_of(read))
        if name == "steps that fall" and seed == 0:
            own_number.record(16, "rates that fall, as in the paper", read)
    print(f"{name:17}", "  ".join(f"{error:.2f} %" for error in mine[name]), "  (two seeds)")
print(own_number.table())
picture(
    own_number.chart(),
    "A bar for each lesson that has added to the table of my network, with its error on the held-out digits.",
)

# %% [markdown]
# With steps of one size, each digit pulls the weights to itself, up to the last one. Smaller steps come to
# rest between what all digits want. The gain is small. The chart has
# all your rows: if a lesson is missing, run it, and it takes its place. Look at what brought much and what
# brought little. The convolution and the smaller maps changed *what the network can see*. Codes, loss and
# curvature changed how it learns, and with 5,000 digits they changed little. More digits change more: with
# the 20,000 of the last section the same network, trained in the same way, makes about half as many
# mistakes.

# %% [markdown]
# ## And now the test set, once

# %%
test_images, test_labels = datasets.load("mnist", "test")
result = evaluate(net, (datasets.paper_input(test_images), test_labels))
print(f"test error {result.error:.2f} %: {np.count_nonzero(result.predictions != test_labels)} of 10,000 digits")
print("the paper, with 60,000 digits and 20 epochs: 0.95 %; 2 to 3 days on a computer of 1998 (section III.D)")

# %% [markdown]
# The command for the whole of it, 20 epochs over 60,000 digits, is
#
#     python -m scratchnet train
#
# The command also draws every picture of the next two lessons, for your own run. docs/REPRODUCTION.md has our
# results, and how long they took.

# %%
assert np.mean(losses[400:]) < np.mean(losses[:100]) - 20, "the loss falls within 500 digits"
assert history.validation_error[-1] < 4, "most held-out digits are read"
assert history.running_error[0] > history.validation_error[0], "on the fly means: before it was learnt"
assert result.error < 4 and history.validation_error[-1] < np.mean(mine["steps that fall"]) < np.mean(
    mine["steps of one size"]
)

# %% [markdown]
# ## Exercise: sgd
#
# Write `step` of gradient descent, `sgd`, then the same with `momentum` and a velocity for each parameter.
#
#     python -m scratchnet exercise start sgd
#
# Train with it instead of SDLM, choose the rate on the held-out digits, and only then look at the test set.
# And this trains LeNet-5 on the layers that you have written:
#
#     python -m scratchnet exercise train
