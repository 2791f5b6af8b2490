"""The networks that tutorials call LeNet-5, in PyTorch, as each is written there."""

import torch
from torch import nn
from torch.nn import functional as F
from torch_twin import SparseConv2d, Squash

from scratchnet.models.lenet5 import TABLE_I, connection_table


class BlogReluMaxpool(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, kernel_size=5)
        self.conv2 = nn.Conv2d(6, 16, kernel_size=5)
        self.conv3 = nn.Conv2d(16, 120, kernel_size=5)
        self.fc1 = nn.Linear(120, 84)
        self.fc2 = nn.Linear(84, 10)
        for layer in (self.conv1, self.conv2, self.conv3, self.fc1, self.fc2):
            nn.init.kaiming_normal_(layer.weight)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.conv3(x))
        x = F.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc2(x)


def tutorial_28():
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2, 2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2, 2), nn.Flatten()),
        *(nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    )


class LearnedSlope(nn.Module):
    def __init__(self, features):
        super().__init__()
        self.slope = nn.Linear(features, features, bias=False)

    def forward(self, x):
        return 1.7159 * torch.tanh(self.slope(x))


class SumPool(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)

    def forward(self, x):
        return self.linear(F.avg_pool2d(x, 2) * 4)


def notebook_learned_slope():
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), LearnedSlope(28), SumPool(14), LearnedSlope(14)),
        *(nn.Conv2d(6, 16, 5), LearnedSlope(10), SumPool(5), LearnedSlope(5), nn.Flatten()),
        *(nn.Linear(400, 120), LearnedSlope(120), nn.Linear(120, 84), LearnedSlope(84), nn.Linear(84, 10)),
    )


def fashion(squash):
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, stride=1, padding=2), squash(), nn.AvgPool2d(2, 2)),
        *(nn.Conv2d(6, 16, 5), nn.AvgPool2d(2, 2), nn.Conv2d(16, 120, 5), squash()),
        *(nn.Flatten(), nn.Linear(120, 84), squash(), nn.Linear(84, 10)),
    )


class OneCoefficient(nn.Module):
    def __init__(self):
        super().__init__()
        self.coefficient, self.bias = (nn.Parameter(2 * torch.rand(1) - 1) for _ in range(2))

    def forward(self, x):
        return F.avg_pool2d(x, 2) * self.coefficient + self.bias


def paper_softmax(C3=None):
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), Squash(), OneCoefficient(), Squash()),
        *(C3 or nn.Conv2d(6, 16, 5), Squash(), OneCoefficient(), Squash()),
        *(nn.Conv2d(16, 120, 5), Squash(), nn.Flatten(), nn.Linear(120, 84), Squash(), nn.Linear(84, 10)),
        nn.Softmax(dim=1),
    )


TWINS = {
    "blog-relu-maxpool": BlogReluMaxpool,
    "tutorial-28": tutorial_28,
    "notebook-learned-slope": notebook_learned_slope,
    "fashion-tanh": lambda: fashion(nn.Tanh),
    "fashion-relu": lambda: fashion(nn.ReLU),
    "paper-softmax": paper_softmax,
    "paper-softmax-sparse": lambda: paper_softmax(SparseConv2d(6, 16, 5, connections=connection_table(TABLE_I))),
}


def loss_of(name):
    """The tutorial's loss: (y, labels) -> E."""
    if name.startswith("paper-softmax"):
        return lambda y, labels: F.binary_cross_entropy(y, F.one_hot(labels, 10).to(y.dtype))
    return F.cross_entropy
