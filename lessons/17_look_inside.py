# %% [markdown]
# # 17. Look inside
#
# After this lesson you can say what the layers of a trained LeNet-5 make of a digit, see F6 draw its code,
# and test whether a pretty picture means anything.

# %%
import numpy as np

from scratchnet import SDLM, MAPLoss, datasets, figures, fit, models, picture, sketches, trace
from scratchnet.kernels import im2col

images, labels = datasets.load("mnist", "train")
fresh, net = models.lenet5(np.random.default_rng(0)), models.lenet5(np.random.default_rng(0))
history = fit(
    net,
    MAPLoss(j=10),
    SDLM(net, lr=0.000125),
    (datasets.paper_input(images[:30_000]), labels[:30_000]),
    epochs=1,
    rng=np.random.default_rng(0),
    train_error=False,
)
test_images, test_labels = datasets.load("mnist", "test")
x = datasets.paper_input(test_images[:1_000])
print(f"one epoch of 30,000 digits: {history.running_error[0]:.1f} % wrong on the fly")

# %% [markdown]
# ## What each layer makes of a seven
#
# The paper's Fig. 2, from left to right, with numbers in it.

# %%
picture(
    figures.feature_maps(net, x[:1], "from the image to ten penalties"),
    "Columns of small maps from the input to the output: six maps that look like the digit, embossed; six smaller "
    "ones; sixteen that are hard to recognise; then columns of numbers, and ten penalties, the smallest for the "
    "7.",
)

# %% [markdown]
# C1 still looks like a seven. The deeper, the smaller and the more maps: the paper calls it a "bi-pyramid:
# at each layer, the number of feature maps is increased as the spatial resolution is decreased" (section
# II.A).
#
# ## F6 draws
#
# F6 has 84 outputs, and they are meant to become the picture of a code (lesson 11).

# %% [markdown]
# **Predict.** For each test digit, count how many of the 84 outputs of F6 have the same sign as the code of
# its true class. How many percent will it be before training? And after one epoch?


# %%
def F6(net, x):
    for name in list(net.layers)[:-1]:  # all but OUTPUT
        x = net[name](x)
    return x


codes = models.DIGIT_CODES[test_labels[: len(x)]]
agreement = {}
for name, network in (("untrained", fresh), ("trained", net)):
    agreement[name] = float(np.mean(np.sign(F6(network, x)) == codes))
    print(f"{name}: {100 * agreement[name]:.1f} % of F6's outputs have the sign of the code")

# %%
first = [int(np.flatnonzero(test_labels == digit)[0]) for digit in range(10)]
names = [str(digit) for digit in range(10)]
picture(
    figures.codes(fresh, x[first], names, "F6 before training"),
    "For one image of each digit: the image, F6's output as 7 by 12 pixels, pale and shapeless, and the nearest code.",
)
picture(
    figures.codes(net, x[first], names, "F6 after one epoch"),
    "The same after training: F6's pictures are those of the codes, with strong colours.",
)

# %% [markdown]
# ## The filters

# %%
picture(
    figures.filters(net, "after one epoch"),
    "The weights of C1, C3 and C5 as small squares in blue and red; C3 has grey gaps where Table I is blank.",
)

# %% [markdown]
# It is tempting to see edges and strokes in them. Does a filter of C1 find what it looks like? Test it.
# im2col (lesson 7) gives all patches of 5 x 5 pixels of 200 digits; keep those with both ink and background
# in them, and take the one that each filter likes best. The correlation r of the two is 1 if they are the
# same picture, 0 if they have nothing in common. And since a test without a comparison says little: the
# same for the untrained filters.

# %%
patches = im2col(x[:200], 5, 5, 1, 0).T  # a row of 25 pixels for each patch
patches = patches[patches.std(axis=1) > 0.4]
shown, likeness = {}, {"untrained": [], "trained": []}
for name, network in (("untrained", fresh), ("trained", net)):
    for o, weights in enumerate(network["C1"].W.reshape(6, 25)):
        best = patches[(patches @ weights).argmax()]
        likeness[name].append(np.corrcoef(weights, best)[0, 1])
        if name == "trained":
            shown |= {f"filter {o}": weights.reshape(5, 5), f"{o}: r = {likeness[name][-1]:.2f}": best.reshape(5, 5)}
    print(f"{name:9} r: {np.round(likeness[name], 2)}, median {np.median(likeness[name]):.2f}")
picture(
    sketches.arrays(
        shown, columns=4, size=1.5, title="each trained filter of C1, and the patch that it answers most strongly"
    ),
    "Six filters, each beside a patch of a digit: mostly, where the filter is red there is ink in the patch, and "
    "where it is blue, background.",
)

# %% [markdown]
# Even an untrained filter resembles its best patch: it was the best of some 40,000. The trained ones do so
# clearly more, but for filter 3, which looks for much ink and no more. The picture alone would not have
# told.

# %% [markdown]
# ## Saturation
#
# How much did training move the units out of the steep part of their squashing? Near +-1 the curve bends
# most (appendix A); beyond, its slope is below two thirds of its largest value. F6 is meant to be near +-1.

# %%
beyond = {}
for name, network in (("untrained", fresh), ("trained", net)):
    steps = [step for step in trace(network, x) if step.name.endswith("_squash")]
    beyond[name] = {step.name.removesuffix("_squash"): float(100 * np.mean(np.abs(step.y) > 1)) for step in steps}
for layer, share in beyond["trained"].items():
    print(f"{layer:3} beyond +-1: untrained {beyond['untrained'][layer]:5.1f} %   trained {share:5.1f} %")

# %% [markdown]
# The network starts almost linear and bends as it learns. The paper has a word for it,
# "self-regularization" (section III.C): small weights can only say simple things, and they grow as far as
# the task needs.
#
# `python -m scratchnet draw runs/quick` shows all this live: draw a digit, and watch the maps, the sum behind any
# number, and F6 beside the nearest code.

# %%
assert 0.4 < agreement["untrained"] < 0.6, "before training: a coin"
assert agreement["trained"] > 0.9, "after: the code"
assert len(shown) == 12 and np.median(likeness["trained"]) > np.median(likeness["untrained"]) + 0.1, (
    "filters look for what they look like"
)
assert beyond["trained"]["F6"] > beyond["untrained"]["F6"] + 20, "units bend as they learn"

# %% [markdown]
# ## Exercise: erase
#
# Set one map of C3 to zero after the other, and measure the error:
#
#     python -m scratchnet exercise start erase
#
# On held-out digits, which map is missed most? Is it the one
# that reads all six maps of S2?
