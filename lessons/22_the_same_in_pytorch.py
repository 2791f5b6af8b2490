# %% [markdown]
# # 22. The same network in PyTorch
#
# After this lesson you can write LeNet-5 in PyTorch, move parameters from one library to the other, and
# prove that both compute the same: outputs, gradients and answers.
#
# "All the derivatives in the system can be computed by calling the bprop method on all the modules in
# reverse order" (section IV.A). PyTorch does that by itself (**autograd**): only forward is written. This
# lesson needs it.

# %%
import sys

import numpy as np

from scratchnet import SDLM, SGD, MAPLoss, datasets, evaluate, exchange, fit, models, show
from scratchnet.models.lenet5 import connection_table

try:
    import torch
    import torch.nn.functional as F
except ModuleNotFoundError:
    sys.exit("this lesson needs PyTorch. Install it: pip install torch")

# %% [markdown]
# ## The network, in PyTorch
#
# Three layers of the paper do not exist there, and C3 needs its mask; each is a few lines. The rest is
# PyTorch's own.


# %%
class Squash(torch.nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(2 / 3 * x)


class Subsampling(torch.nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.W, self.b = (torch.nn.Parameter(torch.zeros(channels)) for _ in range(2))

    def forward(self, x):
        s = F.avg_pool2d(x, 2, divisor_override=1)  # the sum of each window
        return self.W[:, None, None] * s + self.b[:, None, None]


class SparseConv2d(torch.nn.Conv2d):
    mask = connection_table(models.TABLE_I)[:, :, None, None].astype(np.float32)

    def forward(self, x):
        return F.conv2d(x, self.weight * torch.from_numpy(self.mask), self.bias)


class RBF(torch.nn.Module):
    def forward(self, x):
        return (x[:, None, :] - torch.from_numpy(models.DIGIT_CODES)).square().sum(dim=2)


theirs = torch.nn.Sequential(
    *(torch.nn.Conv2d(1, 6, 5), Squash(), Subsampling(6), Squash()),
    *(SparseConv2d(6, 16, 5), Squash(), Subsampling(16), Squash()),
    *(torch.nn.Conv2d(16, 120, 5), Squash(), torch.nn.Flatten(), torch.nn.Linear(120, 84), Squash(), RBF()),
)

# %% [markdown]
# ## The same parameters
#
# Train ours for a moment, then copy. The layouts are the same in both libraries (a convolution's weights
# are (out, in, height, width)), and so is the order.

# %%
images, labels = datasets.load("mnist", "train")
x = datasets.paper_input(images[:10_000])
ours = models.lenet5(np.random.default_rng(0))
rng = np.random.default_rng(0)
fit(ours, MAPLoss(j=10), SDLM(ours, 0.000125), (x, labels[:10_000]), epochs=1, rng=rng, train_error=False)
with torch.no_grad():
    for (name, value, _, _), parameter in zip(ours.parameters(), theirs.parameters(), strict=True):
        parameter.copy_(torch.from_numpy(value))
        print(f"{name:5} {value.shape}")

# %% [markdown]
# **Predict.** Both compute in float32, with 7 digits, and add in different orders. On 10,000 test digits:
# will all answers be the same? Will all penalties be exactly the same numbers?

# %%
test_images, test_labels = datasets.load("mnist", "test")
test_x = datasets.paper_input(test_images)
result = evaluate(ours, (test_x, test_labels))
with torch.no_grad():
    parts = [theirs(torch.from_numpy(test_x[first : first + 500])) for first in range(0, 10_000, 500)]
    penalties = torch.cat(parts).numpy()
same = result.predictions == penalties.argmin(axis=1)
apart = np.abs(-result.scores - penalties).max() / penalties.max()
print(f"{same.sum():,} of 10,000 answers are the same, {result.error:.2f} % of ours are wrong")
exactly = np.mean(-result.scores == penalties)
print(f"the penalties differ by at most {apart:.0e} of the largest; {100 * exactly:.0f} % are exactly equal")

# %% [markdown]
# ## The same gradients
#
# Our ways back were written by hand, PyTorch's was derived from its forward. For one batch of 100 digits:


# %%
def torch_map(y, labels, j=10.0):
    rubbish = torch.full_like(y[:, :1], -j)
    right = y.gather(1, labels[:, None])[:, 0]
    return (right + torch.cat([rubbish, -y], dim=1).logsumexp(dim=1)).mean()


loss, y64 = MAPLoss(j=10), labels.astype(np.int64)  # PyTorch wants its labels in 64 bits
loss.forward(ours(x[:100]), labels[:100])
ours.backward(loss.backward())
torch_map(theirs(torch.from_numpy(x[:100])), torch.from_numpy(y64[:100])).backward()
errors = {}
for (name, _, gradient, _), parameter in zip(ours.parameters(), theirs.parameters()):
    other = parameter.grad.numpy()
    errors[name] = float(np.abs(gradient - other).max() / np.abs(other).max())
    print(f"dE/d{name:5} relative difference {errors[name]:.0e}")

# %% [markdown]
# Ten steps of gradient descent. If one gradient were wrong, the paths would part.

# %%
step = SGD(ours, 0.001)
for rows in (slice(100 * i, 100 * i + 100) for i in range(10)):
    loss.forward(ours(x[rows]), labels[rows])
    ours.backward(loss.backward())
    step.step()
    theirs.zero_grad()  # PyTorch adds to the gradients that are there; ours are overwritten
    torch_map(theirs(torch.from_numpy(x[rows])), torch.from_numpy(y64[rows])).backward()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter -= 0.001 * parameter.grad  # what torch.optim.SGD does
pairs = zip(ours.parameters(), theirs.parameters())
parted = max(float(np.abs(value - other.detach().numpy()).max()) for (_, value, _, _), other in pairs)
print(f"after ten steps the parameters differ by at most {parted:.0e}")

# %% [markdown]
# ## Out and back
#
# The library does this for every network: `exchange.to_torch` has one function a layer. This is the one for
# a convolution. The four modules that PyTorch does not have are ready, much as you have just read them.

# %%
show(exchange.torch_call.dispatch(type(ours["C1"])))
ready = exchange.to_torch(ours)
with torch.no_grad():
    y = ready(torch.from_numpy(x[:100])).numpy()
out = np.abs(ours(x[:100]) - y).max() / y.max()
print(f"{ready.C3}\nthe penalties differ by at most {out:.0e} of the largest")

# %% [markdown]
# **Predict.** The network above has taken ten steps in PyTorch. Its parameters have other names there. Which
# ones can come back, and what has to agree?

# %%
names = list(theirs.state_dict())
print(", ".join(names))
back = exchange.from_torch(models.lenet5(1), theirs.state_dict())  # by order and shape
with torch.no_grad():
    y = theirs(torch.from_numpy(x[:100])).numpy()
returned = np.abs(back(x[:100]) - y).max() / y.max()
print(f"back here, the penalties differ by at most {returned:.0e} of the largest")

# %% [markdown]
# All come back: what counts is the order and the shape. `exchange.to_onnx`, `to_safetensors` and `to_keras`
# do the same for other libraries, and `python -m scratchnet export` does it on the command line.

# %%
assert same.sum() >= 9_999, "the same answers (one digit may lie exactly between two classes)"
assert apart < 1e-5 and max(errors.values()) < 1e-4, "and the same numbers, to float32"
assert parted < 1e-5
assert max(out, returned) < 1e-5, "one line out, one line back"

# %% [markdown]
# ## Exercise: pytorch
#
# Write `tutorial-28` (all of its layers exist in PyTorch) and copy the parameters:
#
#     python -m scratchnet exercise start pytorch
