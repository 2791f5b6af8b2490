"""A network as a PyTorch module: each layer is a call, which is made (`to_torch`) or printed (`write_torch`)."""

from collections import OrderedDict
from functools import singledispatch
from typing import Any

from scratchnet.errors import InputError
from scratchnet.exchange.needs import expect_network, function_for, needed
from scratchnet.layers import (
    RBF,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    LastAxisLinear,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
    Scale,
    ScaledTanh,
    Sequential,
    Sigmoid,
    Softmax,
    Subsampling,
    Tanh,
)
from scratchnet.layers.conv import one_if_equal
from scratchnet.layers.pooling import Pool2d
from scratchnet.layers.sequential import arrays_of
from scratchnet.layers.squash import A, S
from scratchnet.models.before_1998 import UnsharedBiasConv2d
from scratchnet.parallel import leaves

IN_PYTORCH = {"W": "weight", "b": "bias"}


class Call:
    """How PyTorch makes a layer: Call("nn.Conv2d", 1, 6, 5) is nn.Conv2d(1, 6, 5).

    name: a class of torch.nn ("nn.Conv2d") or of scratchnet/exchange/torch_modules.py ("Squash").
    """

    def __init__(self, name: str, *args: Any, **named: Any) -> None:
        self.name, self.args, self.named = name, args, named

    def __repr__(self) -> str:
        parts = [repr(value) for value in self.args] + [f"{name}={value!r}" for name, value in self.named.items()]
        return f"{self.name}({', '.join(parts)})"

    def make(self) -> Any:
        """Return the new torch.nn.Module."""
        modules = needed("scratchnet.exchange.torch_modules")
        owner = modules.nn if self.name.startswith("nn.") else modules
        return getattr(owner, self.name.removeprefix("nn."))(*self.args, **self.named)


@singledispatch
def torch_call(layer: Layer) -> Any:
    """Return the Call that makes a layer in PyTorch, or a torch.nn.Module with its parameters already in it.

    Register a function for your own layer: `@torch_call.register`. With a Call, `to_torch` makes the module and copies
    the arrays of `params` and `buffers` into it (W is called weight there, b is called bias, other names stay).
    Raises InputError for a layer that is not registered.
    """
    return function_for(torch_call, layer)(layer)


@torch_call.register
def _(layer: Conv2d):
    sizes = (layer.in_channels, layer.out_channels, one_if_equal(layer.kernel_size))
    named: dict[str, Any] = {"stride": layer.stride} if layer.stride != 1 else {}
    if layer.padding != 0 or any(layer.extra):
        named["padding"] = "same" if any(layer.extra) else layer.padding
    return Call("nn.Conv2d", *sizes, **named) if layer.dense else Call("SparseConv2d", *sizes, **named, **reads(layer))


@torch_call.register
def _(layer: UnsharedBiasConv2d):
    return Call("UnsharedBiasConv2d", layer.in_channels, layer.out_channels, 5, side=layer.size, **reads(layer))


def reads(layer):
    """Return the connection table as the paper draws it: a row for each input map."""
    return {"reads": ["".join("X" if linked else "." for linked in row) for row in layer.connections.T]}


@torch_call.register
def _(layer: Linear):
    return Call("nn.Linear", layer.in_features, layer.out_features)


@torch_call.register
def _(layer: LastAxisLinear):
    more = {} if "b" in layer.params else {"bias": False}
    return Call("nn.Linear", layer.in_features, layer.out_features, **more)


@torch_call.register
def _(layer: Subsampling):
    return Call("Subsampling", layer.channels)


@torch_call.register
def _(layer: Scale):
    return Call("Scale")


@torch_call.register
def _(layer: BatchNorm2d):
    return Call("nn.BatchNorm2d", layer.channels, eps=layer.eps, momentum=layer.momentum)


@torch_call.register
def _(layer: RBF):
    codes = layer.codes.tolist()
    drawn = all(abs(number) == 1 for row in codes for number in row)
    return Call("RBF", *("".join("#" if number > 0 else "." for number in row) if drawn else row for row in codes))


@torch_call.register
def _(layer: ScaledTanh):
    return Call("Squash", A, S)


@torch_call.register
def _(layer: Tanh):
    return Call("nn.Tanh") if layer.A == 1 else Call("Squash", layer.A)


@torch_call.register
def _(layer: MaxPool2d):
    return Call("nn.MaxPool2d", *window(layer))


@torch_call.register
def _(layer: AvgPool2d):
    if layer.share == 1 / (layer.window[0] * layer.window[1]):
        return Call("nn.AvgPool2d", *window(layer))
    return Call("SumPool2d", layer.window, layer.stride, layer.padding, layer.share)


def window(layer: Pool2d) -> list:
    """Return window, stride and padding, without those at the end that PyTorch would choose itself."""
    sizes = [one_if_equal(layer.window), one_if_equal(layer.stride), one_if_equal(layer.padding)]
    if layer.padding != (0, 0):
        return sizes
    return sizes[:2] if layer.stride != layer.window else sizes[:1]


@torch_call.register
def _(layer: Flatten):
    return Call("nn.Flatten")


@torch_call.register
def _(layer: Dropout):
    return Call("nn.Dropout", layer.p)


@torch_call.register
def _(layer: Softmax):
    return Call("nn.Softmax", dim=1)


@torch_call.register
def _(layer: ReLU):
    return Call("nn.ReLU")


@torch_call.register
def _(layer: Sigmoid):
    return Call("nn.Sigmoid")


def to_torch(net: Sequential) -> Any:
    """Return the network as a torch.nn.Sequential: the same outputs and gradients, the same names of layers.

    Parameters are copied: training one network does not change the other. They are called weight and bias there
    (C1.W is C1.weight), with the same shapes and dtype. The module is in evaluation mode, as a new network is here,
    unless the network is in training mode. Missing connections and RBF codes are constants, not in the state dict.
    Raises InputError without PyTorch, for something that is no Sequential, for a layer that `torch_call` does not
    know, and for a name of a layer that PyTorch does not allow.
    """
    module = module_of(expect_network(net))
    return module.train(any(leaf.training for leaf in leaves(net)))


def module_of(layer: Layer) -> Any:
    """Return a layer, or a network and all that is in it, as a torch.nn.Module."""
    if isinstance(layer, Sequential) and type(layer).forward is Sequential.forward:
        nn = needed("torch").nn
        modules = OrderedDict((name, module_of(inside)) for name, inside in layer.layers.items())
        try:
            return nn.Sequential(modules)
        except KeyError as why:  # it has a dot, or a Module has something of that name
            raise InputError(f"PyTorch does not allow a name of a layer ({why.args[0]}). Rename the layer.") from None
    call = function_for(torch_call, layer)(layer)
    return made(call, layer) if isinstance(call, Call) else call


def made(call: Call, layer: Layer) -> Any:
    """Return the module of a Call, with the layer's arrays copied into it."""
    torch, module = needed("torch"), call.make()
    tensors = {IN_PYTORCH.get(name, name): torch.tensor(array) for name, array in arrays_of(layer).items()}
    for tensor in tensors.values():
        module.to(tensor.dtype)  # the same for all arrays of a layer
    module.load_state_dict(module.state_dict() | tensors)
    if isinstance(layer, RBF):
        module.codes = torch.tensor(layer.codes)  # in its own dtype, to the last digit
    return module
