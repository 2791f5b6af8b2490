# %% [markdown]
# # 13. Sixty thousand parameters: assembling LeNet-5
#
# After this lesson you can build the network of the paper's Fig. 2 from the layers of the last ten lessons,
# and count its parameters and connections with the paper.

# %%
import numpy as np

from scratchnet import datasets, models, picture, show, sketches, trace
from scratchnet.layers.initial import uniform_over_fan_in
from scratchnet.viewing import drawings

show(models.lenet5)

# %% [markdown]
# The letters are the paper's: C for convolution, S for subsampling, F for fully connected. "As in classical
# neural networks, units in layers up to F6 compute a dot product [...] then passed through a sigmoid
# squashing function" (section II.B): a `ScaledTanh` after each of C1, S2, C3, S4, C5 and F6.
#
# `init` draws the first weights at random. `rng` is where the random numbers come from: the same seed, the
# same network.

# %%
net = models.lenet5(np.random.default_rng(0))

# %% [markdown]
# The paper has "340,908 connections, but only 60,000 trainable free parameters because of the weight
# sharing" (section II.A).
#
# Count along: a map of a convolution has one bias, and a 5 x 5 filter for each map it reads; each parameter
# is used at every place. A subsampling unit has 4 inputs and a bias, but its map only 2 parameters.

# %%
parameters = {
    "C1": 6 * (25 + 1),
    "S2": 6 * 2,
    "C3": 60 * 25 + 16,  # 60 links in Table I, 16 biases
    "S4": 16 * 2,
    "C5": 120 * (16 * 25 + 1),
    "F6": 84 * (120 + 1),
}
connections = {
    "C1": parameters["C1"] * 28 * 28,
    "S2": 6 * 14 * 14 * (4 + 1),
    "C3": parameters["C3"] * 10 * 10,
    "S4": 16 * 5 * 5 * (4 + 1),
    "C5": parameters["C5"],
    "F6": parameters["F6"],
    "OUTPUT": 10 * 84,  # the codes: connections, but fixed, so no parameters
}
print(f"{sum(parameters.values()):,} parameters, {sum(connections.values()):,} connections")

# %% [markdown]
# **Predict.** Which layer has most of the parameters, and which most of the connections? Are they the same?

# %%
print(net)
picture(
    sketches.bars(
        {name: connections[name] / parameters[name] for name in parameters}, xlabel="connections for each parameter"
    ),
    "Bars of connections per parameter: C1 784, S2 490, C3 100, S4 62.5, C5 and F6 1.",
)

# %%
picture(
    drawings.lenet5_plan(net),
    "The network as in Fig. 2: from the input of 32 by 32 pixels to ten outputs the maps become smaller and more. "
    "Below, a table with the parameters and connections of each layer, and the pixels that a unit sees: 5 by 5 in C1, "
    "6 by 6 in S2, 14 by 14 in C3, 16 by 16 in S4, and all 32 by 32 from C5 on.",
)

# %% [markdown]
# Four of five parameters sit in C5; four of five connections in C1 and C3. A parameter of C1 is used 784
# times for one image, which will matter in lesson 15.
#
# ## One image through all layers
#
# `trace` calls layer after layer and says what each one did.

# %%
images, labels = datasets.load("mnist", "test")
x = datasets.paper_input(images[:1])
for step in trace(net, x):
    print(step)

# %% [markdown]
# The last line: ten penalties near 84, since an untrained F6 says about 0 everywhere, and each of the 84
# pixels of each code is 1 away from 0.
#
# ## Where the signal goes
#
# "If the initial weights are too small, the gradients are very small and the learning is slow. If they are
# too large, the sigmoids are saturated, and the gradient is also very small" (appendix A). The paper draws
# them between $-2.4/F$ and $2.4/F$, where $F$ is the number of inputs of a unit (**fan-in**). This library
# draws between $-1/\sqrt{F}$ and $1/\sqrt{F}$, as the authors' later code does. How large are the outputs
# of each layer?


# %%
def spread(net):
    """{layer: standard deviation of its output}: how far it is from always the same answer."""
    return {step.name: float(step.y.std()) for step in trace(net, x) if step.name.endswith("_squash")}


ours, printed = spread(net), spread(models.lenet5(np.random.default_rng(0), init=uniform_over_fan_in, coefficient=0.6))
for name in ours:
    print(f"{name.removesuffix('_squash'):3} 1/sqrt(F): {ours[name]:.3f}   2.4/F: {printed[name]:.4f}")

# %% [markdown]
# With 2.4/F (and coefficients of 0.6 in S2 and S4) hardly anything is left at F6. Trained with all else
# equal, that network does not learn in 20 epochs (docs/REPRODUCTION.md); lesson 15 shows why. The initial
# weights, and a factor of 1/4 on the learning rates, are what this library changed.
#
# ## C5 is a convolution
#
# It is "labeled as a convolutional layer, instead of a fully-connected layer, because if LeNet-5 input were
# made bigger with everything else kept constant, the feature map dimension would be larger than 1x1"
# (section II.B). Give it a wider image:

# %%
wide = np.concatenate([datasets.paper_input(images[i : i + 1]) for i in range(3)], axis=3)
y = wide
for name in list(net.layers)[:10]:  # C1 to C5_squash
    y = net[name](y)
print(wide.shape, "->", y.shape, ": C5 looks at 17 places, one every 4 pixels")

# %%
assert sum(parameters.values()) == net.n_parameters() == 60_000
assert sum(connections.values()) == net.n_connections((1, 32, 32)) == 340_908
assert np.allclose(net(x), 84, atol=15), "an untrained network is undecided"
assert printed["F6_squash"] < ours["F6_squash"] / 10, "with 2.4/F the signal fades"

# %% [markdown]
# ## Exercise: lenet5
#
# Assemble the network from `Sequential` and the layers without looking.
#
#     python -m scratchnet exercise start lenet5
#
# It is checked with our parameters in your network, layer by layer.
