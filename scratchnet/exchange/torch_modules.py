"""The layers that PyTorch does not have, and how images are prepared, in PyTorch alone.

A module that `write_torch` writes contains the source of what it uses from here, so nothing here may use scratchnet.
"""

import torch
from torch import nn
from torch.nn import functional as F


class Squash(nn.Module):
    """y = A tanh(S x)."""

    def __init__(self, A, S=1.0):
        super().__init__()
        self.A, self.S = A, S

    def forward(self, x):
        return self.A * torch.tanh(self.S * x)


class Subsampling(nn.Module):
    """y = weight * (sum of a 2x2 window) + bias, a pair for each map."""

    def __init__(self, channels):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        s = 4 * F.avg_pool2d(x, 2)  # torch.onnx ignores divisor_override=1
        return self.weight[:, None, None] * s + self.bias[:, None, None]


class Scale(nn.Module):
    """y = weight * x + bias, one pair for all maps."""

    def __init__(self):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(1)), nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.weight * x + self.bias


class SumPool2d(nn.Module):
    """y = share * (sum of a window)."""

    def __init__(self, window, stride, padding, share):
        super().__init__()
        self.window, self.share = (window, stride, padding), share * window[0] * window[1]

    def forward(self, x):
        return self.share * F.avg_pool2d(x, *self.window)


class SparseConv2d(nn.Conv2d):
    """A convolution whose output maps do not read all input maps. reads: a row for each input map, X where it is read
    by the output map of that column."""

    def __init__(self, *sizes, reads, **more):
        super().__init__(*sizes, **more)
        mask = torch.tensor([[float(mark == "X") for mark in row] for row in reads])
        self.register_buffer("mask", mask.T[:, :, None, None], persistent=False)

    def forward(self, x):
        return self._conv_forward(x, self.weight * self.mask, self.bias)


class UnsharedBiasConv2d(SparseConv2d):
    """A convolution with stride 2 over a border of two pixels of -1, and a bias for each unit."""

    def __init__(self, *sizes, side, reads):
        super().__init__(*sizes, stride=2, bias=False, reads=reads)
        self.bias = nn.Parameter(torch.zeros(sizes[1], side // 2, side // 2))

    def forward(self, x):
        return F.conv2d(F.pad(x, (2, 2, 2, 2), value=-1.0), self.weight * self.mask, stride=2) + self.bias


class RBF(nn.Module):
    """y_i = sum_k (x_k - w_ik)^2: a penalty for each code, the smallest wins. codes: strings of # (1) and . (-1), or
    rows of numbers."""

    def __init__(self, *codes):
        super().__init__()
        rows = [[1.0 if mark == "#" else -1.0 for mark in row] if isinstance(row, str) else row for row in codes]
        self.register_buffer("codes", torch.tensor(rows), persistent=False)

    def forward(self, x):
        return (x[:, None, :] - self.codes).square().sum(dim=2)


def pad(images, size):
    """Add a border of 0 up to size x size: uint8 (N, H, W) -> uint8 (N, size, size)."""
    rows, columns = (size - n for n in images.shape[1:])
    return F.pad(images, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))


def resize(images, size):
    """Resize to size x size, bilinear, as Pillow does: uint8 (N, H, W) -> uint8 (N, size, size)."""
    for _ in range(2):  # the rows, then the columns; each result is rounded to bytes
        scale = images.shape[2] / size
        places = torch.arange(images.shape[2], dtype=torch.float64) + 0.5
        distance = (places - (torch.arange(size, dtype=torch.float64)[:, None] + 0.5) * scale).abs() / max(scale, 1)
        weights = (1 - distance).clamp(min=0)
        weights = torch.floor(weights / weights.sum(dim=1, keepdim=True) * 2**22 + 0.5)
        sums = images.double() @ weights.T
        images = torch.floor(sums / 2**22 + 0.5).clamp(0, 255).to(torch.uint8).transpose(1, 2)
    return images


def grey(images, black, white):
    """Map 0 ... 255 to black ... white: uint8 (N, H, W) -> (N, 1, H, W)."""
    levels = torch.linspace(black, white, 256, dtype=torch.float64).float()
    return levels[images.long()][:, None]
