# %% [markdown]
# # 19. Learning by heart, and what helps
#
# After this lesson you can recognise a network that has learned its digits by heart, try four remedies one at
# a time, and say from a table which of them helps here.
#
# Lesson 16 said that a network could learn its digits by heart. Here it does: LeNet-5 gets only 500 of the
# 60,000 training digits. Of the others, 2,000 are held out to make choices, and 3,000 to judge them.

# %%
import numpy as np

from scratchnet import SDLM, SGD, Callback, Dropout, MAPLoss, Sequential
from scratchnet import datasets, evaluate, fit, models, picture, schedules, show, sketches
from scratchnet.lessons import own_number

images, labels = datasets.load("mnist", "train")
few, few_labels = images[:500], labels[:500]
x = datasets.paper_input(few)
choose = datasets.paper_input(images[-5_000:-3_000]), labels[-5_000:-3_000]
judge = datasets.paper_input(images[-3_000:]), labels[-3_000:]


def learn(net, labels=few_labels, epochs=24, weight_decay=0.0, **more):
    """Train on the 500 digits, ten at a time. Return the history, and the error on the digits that judge."""
    options = {"validation": choose, "epochs": epochs, "batch_size": 10, "rng": 0, "verbose": False} | more
    optimizer = SGD(net, 0.005, weight_decay=weight_decay)
    history = fit(net, MAPLoss(j=10), optimizer, (x, labels), **options)
    return history, evaluate(net, judge).error


# %% [markdown]
# **Predict.** 60,000 parameters, 500 digits, 24 epochs. How many of the 500 will be wrong at the end, and how many
# percent of the others? And when the last of the 500 is right, does the error on the others begin to rise?

# %%
plain_net = models.lenet5(0)
plain, plain_error = learn(plain_net)
first_0 = 1 + plain.train_error.index(0.0)
print(f"500 digits: {plain.train_error[-1]:.1f} % wrong, 0 % for the first time after epoch {first_0}")
print(f"others: {plain.validation_error[first_0 - 1]:.1f} % wrong then, {plain.validation_error[-1]:.1f} % at the end")
epochs = np.arange(1, 25)
picture(
    sketches.curves(
        epochs,
        {"the 500 digits": plain.train_error, "2,000 other digits": plain.validation_error},
        xlabel="epoch",
        ylabel="wrong (%)",
    ),
    "Two falling curves: the error on the 500 digits reaches 0; the error on other digits stays above 5 %, and does "
    "not rise again.",
)

# %% [markdown]
# The training error is 0, and the error on new digits is not. The gap between the two is called
# **overfitting**: the network fits its 500 digits better than it fits digits. With right labels the
# gap does not open further. The paper saw the same with 60,000 digits: its test error stayed where it was.
# Training has less and less to correct, so less and less changes.
#
# ## Is it able to learn anything at all?
#
# Now the labels are shuffled: each of the 500 images gets the label of another one. There is nothing left to
# understand.

# %% [markdown]
# **Predict.** The same network, the same digits, shuffled labels, 80 epochs. What will the training error be: 90 %
# (guessing), about 50 %, or 0?

# %%
shuffled = np.random.default_rng(0).permutation(few_labels)
nonsense, nonsense_error = learn(models.lenet5(0), shuffled, epochs=80, validation=None)
for epoch in (10, 30, 50, 70, 80):
    print(f"epoch {epoch}: {nonsense.train_error[epoch - 1]:5.1f} % of the 500 shuffled labels wrong")
print(f"new digits, with their right labels: {nonsense_error:.1f} % wrong")

# %% [markdown]
# It learns them by heart, since there is nothing else to learn. So a training error of 0 says nothing about
# reading. It takes many more epochs than the true labels did: what the digits have in common is learned first,
# and what only one of them has, later. (C. Zhang et al., 2017, showed this with large networks.)
#
# ## Remedy 1: stop early
#
# That order can be used. Here 200 of the 500 labels are shuffled: people who label digits make mistakes too,
# though not so many. **Early stopping** measures the error on held-out digits after each epoch, and keeps the
# parameters of the best.


# %%
class KeepBest(Callback):
    """Keep the parameters of the epoch with the lowest held-out error."""

    def __init__(self, net):
        self.net, self.lowest = net, np.inf

    def epoch(self, history):  # fit calls it after every epoch
        if history.validation_error[-1] < self.lowest:
            self.lowest, self.best_epoch = history.validation_error[-1], len(history)
            self.kept = [value.copy() for _, value, _, _ in self.net.parameters()]

    def restore(self):
        for (_, value, _, _), kept in zip(self.net.parameters(), self.kept):
            value[...] = kept


rng = np.random.default_rng(0)
some = rng.choice(500, 200, replace=False)
partly = few_labels.copy()
partly[some] = rng.permutation(partly[some])
print(f"{100 * np.mean(partly != few_labels):.0f} % of the labels are wrong")

# %% [markdown]
# **Predict.** 24 epochs again. Draw the two curves: the training error, and the error on the 2,000 held-out digits
# with their right labels.

# %%
net = models.lenet5(0)
best = KeepBest(net)
wrong_labels, at_the_end = learn(net, partly, callback=best)
best.restore()
stopped = evaluate(net, judge).error
picture(
    sketches.curves(
        epochs,
        {"the 500, a third mislabelled": wrong_labels.train_error, "2,000 others": wrong_labels.validation_error},
        xlabel="epoch",
        ylabel="wrong (%)",
        points=[(best.best_epoch, best.lowest, "kept", (4, 24))],
    ),
    "The training error falls, at the end with small rises. The error on other digits falls for some epochs, and then "
    "rises far above its lowest value.",
)
print(f"after 24 epochs {at_the_end:.1f} % of the 3,000 wrong; kept from epoch {best.best_epoch}: {stopped:.1f} %")
print(f"on the 2,000 digits that chose the epoch: {best.lowest:.1f} %")

# %% [markdown]
# This curve has a valley. The held-out digits have chosen an epoch, so their own error is a little too good
# for it (lesson 25 measures by how much). That is why others judge.
#
# ## Remedy 2: weight decay
#
# **Weight decay** adds $\frac{\lambda}{2} w^2$ to $E$ for every parameter. Its derivative is $\lambda w$: each step
# also makes each weight a little smaller, and only weights that the digits need stay large. The paper saw
# something like it without asking for it, and calls it "an almost perfect, if fortuitous, implementation of
# Structural Risk Minimization" (section III.C).
#
# ## Remedy 3: dropout
#
# **Dropout** sets a random share $p$ of the numbers to 0 in every forward pass of training, and multiplies the
# others by $1 / (1 - p)$, so that the mean is the same. No unit can rely on another one being there. When the
# network reads, nothing is dropped.

# %%
show(Dropout.forward)
drop, ones = Dropout(0.25, rng=0), np.ones((1, 10_000), np.float32)
drop.train()
y = drop(ones)
print(f"training: {100 * np.mean(y == 0):.1f} % zeros, the others {y.max():.3f}, mean {y.mean():.3f}")
drop.eval()
print("reading: unchanged,", np.array_equal(drop(ones), ones))


# %%
def with_dropout(p, seed=0):
    """LeNet-5 with dropout before F6."""
    layers = {}
    for name, layer in models.lenet5(seed).layers.items():
        layers |= {"drop": Dropout(p, rng=seed), name: layer} if name == "F6" else {name: layer}
    return Sequential(**layers, input_shape=(1, 32, 32))


# %% [markdown]
# ## Remedy 4: distortions
#
# The last remedy is more digits. `datasets.distort` makes them: it moves, scales, squeezes and shears each digit a
# little, as the paper does (section III.A), and it is the same digit still. The paper's network then "effectively
# sees each individual sample only twice" (section III.B). Ours sees each only once: `fresh` gives `fit`
# new distortions in each epoch.

# %%
distorted = [few[:3]] + [datasets.distort(few[:3], seed) for seed in range(3)]
named = {
    f"digit {k}, {'as it is' if i == 0 else f'distortion {i}'}": a[k] for k in range(3) for i, a in enumerate(distorted)
}
picture(
    sketches.arrays(named, grey=True, columns=4, size=1.5),
    "Three digits, each as it is and in three distortions: moved by a pixel or two, slanted, wider or narrower, and "
    "easy to read.",
)

# %% [markdown]
# **Predict.** Right labels again, each remedy alone. Which of them lowers the error on the 3,000 digits, which does
# nothing, and does one of them make it worse?


# %%
def fresh(epoch):
    return datasets.paper_input(datasets.distort(few, epoch)), few_labels


runs = {
    "none": (plain, plain_error),
    "weight decay 0.03": learn(models.lenet5(0), weight_decay=0.03),
    "dropout 0.25": learn(with_dropout(0.25)),
    "distortions": learn(models.lenet5(0), fresh=fresh),
}
print(f"{'remedy':18} {'the 500':>8} {'3,000 others':>13}")
for name, (history, error) in runs.items():
    print(f"{name:18} {history.train_error[-1]:6.1f} % {error:11.1f} %")
chance = 100 * np.sqrt(0.07 * 0.93 / 3_000)
print(f"an error of 7 % of 3,000 digits is uncertain by {chance:.1f} % (one standard error)")
picture(
    sketches.curves(
        epochs,
        {name: history.validation_error for name, (history, _) in runs.items()},
        xlabel="epoch",
        ylabel="wrong of 2,000 others (%)",
    ),
    "Four curves of the error on other digits. Three end close together; that with distortions falls more slowly at "
    "first, crosses them, and ends well below.",
)

# %% [markdown]
# Only one of them does what it promises here. Weight decay and dropout are well-known remedies, and here they
# change nothing that 3,000 digits can tell from chance. Distortions add knowledge that is not in
# the 500 images: a moved seven is still a seven. Other networks and other data give other answers, so measure a
# remedy where you need it.
#
# ## Your own number
#
# The network of your table reads 5,000 digits. Do distortions help there?


# %%
def more_digits(epoch):
    return datasets.paper_input(datasets.distort(images[: own_number.DIGITS], epoch)), labels[: own_number.DIGITS]


def paper_rates(epoch):
    return schedules.paper(epoch * 20 // 12, 0.5)


read = {}
for name, more in (("as they are", {}), ("distorted anew in each epoch", {"fresh": more_digits})):
    net = models.lenet5(0)
    optimizer, options = SDLM(net, lr=1), {"batch_size": 1, "epochs": 12, "schedule": paper_rates}
    read[name] = own_number.learn(net, MAPLoss(j=10), optimizer, **options, **more)
    print(f"5,000 digits, 12 epochs, {name}: {own_number.error_of(read[name]):.2f} % of the held-out digits wrong")
own_number.record(19, "12 epochs, with distortions", read["distorted anew in each epoch"])
print(own_number.table())
picture(own_number.chart(), "A bar for each lesson that changed your number.")

# %% [markdown]
# With ten times as many digits there is less to be learned by heart, and distortions gain less. The paper has 60,000
# digits, and its test error went from 0.95 % to 0.8 % with them (section III.B).

# %%
assert plain.train_error[-1] == 0 < 5 < plain_error and nonsense.train_error[-1] < 10, "learned by heart"
assert nonsense_error > 80 and min(plain.validation_error) > plain.validation_error[-1] - 1, "and the others"
assert stopped < at_the_end - 5, "stopping early helps where labels are wrong"
assert runs["distortions"][1] < min(runs[name][1] for name in runs if name != "distortions") - 1, (
    "more digits help most"
)

# %% [markdown]
# ## Exercise: early-stopping
#
# `KeepBest` trains to the end. Write `EarlyStopping(net, patience)`: a `Callback` that keeps the best parameters, and
# says (`stopped`) after which epoch it would have given up, because the held-out error has not been lower for
# `patience` epochs in a row. Try patience 1, 3 and 10 with the 200 shuffled labels. Which one stops too early? Then
# combine two remedies, for example distortions and dropout, and judge them on the 3,000 digits once.
#
# `early-stopping`, `dropout` and `distortions` have a checker:
#
#     python -m scratchnet exercise start early-stopping
