"""LeNet-5 of the paper in PyTorch, as one would write it there, for comparison."""

import torch
from torch import nn
from torch.nn import functional as F

from scratchnet.models import DIGIT_CODES
from scratchnet.models.lenet5 import TABLE_I, connection_table


class Squash(nn.Module):
    def forward(self, x):
        return 1.7159 * torch.tanh(x * (2 / 3))


class Subsampling(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.full((channels,), 0.5))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        s = F.avg_pool2d(x, 2, divisor_override=1)
        return s * self.weight[:, None, None] + self.bias[:, None, None]


class SparseConv2d(nn.Conv2d):
    def __init__(self, *sizes, connections):
        super().__init__(*sizes)
        self.register_buffer("mask", torch.as_tensor(connections)[:, :, None, None].to(self.weight.dtype))

    def forward(self, x):
        return F.conv2d(x, self.weight * self.mask, self.bias)


class RBF(nn.Module):
    def __init__(self, codes):
        super().__init__()
        self.register_buffer("codes", torch.as_tensor(codes))

    def forward(self, x):
        return (x[:, None, :] - self.codes).square().sum(dim=2)


def torch_lenet5():
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), Squash(), Subsampling(6), Squash()),
        *(SparseConv2d(6, 16, 5, connections=connection_table(TABLE_I)), Squash(), Subsampling(16), Squash()),
        *(nn.Conv2d(16, 120, 5), Squash(), nn.Flatten(), nn.Linear(120, 84), Squash()),
        RBF(DIGIT_CODES),
    )


def copy_parameters(net, twin):
    """From a scratchnet network to its twin: the same order, the same layouts."""
    with torch.no_grad():
        for (_, value, _, _), parameter in zip(net.parameters(), twin.parameters(), strict=True):
            parameter.copy_(torch.as_tensor(value))


def mle(y, labels):
    return y.gather(1, labels[:, None]).mean()


def map_loss(j):
    def loss(y, labels):
        rubbish = torch.full_like(y[:, :1], -j)
        return mle(y, labels) + torch.cat([rubbish, -y], dim=1).logsumexp(dim=1).mean()

    return loss
