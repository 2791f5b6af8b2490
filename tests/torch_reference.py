"""A PyTorch function or module with the methods of a scratchnet layer, for `check_against`."""

import torch


class TorchLayer:
    def __init__(self, function, **parameters):
        self.function = function
        self.values = {name: torch.tensor(value, requires_grad=True) for name, value in parameters.items()}

    def forward(self, x):
        self.x = torch.tensor(x, requires_grad=True)
        self.y = self.function(self.x, *self.values.values())
        return self.y.detach().numpy()

    def backward(self, dy):
        dx, *self.gradients = torch.autograd.grad(self.y, [self.x, *self.values.values()], torch.as_tensor(dy))
        return dx.numpy()

    def parameters(self):
        for (name, value), gradient in zip(self.values.items(), self.gradients):
            yield name, value.detach().numpy(), gradient.numpy(), None
