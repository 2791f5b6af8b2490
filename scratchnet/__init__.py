"""scratchnet: the 1998 LeNet-5 paper as a NumPy library to read, step through, check and train."""

import importlib

__version__ = "0.1.0"

# Where each public name lives. Looked up at first use, so that the import itself stays fast.
_HOME = {
    "layers": "AvgPool2d BatchNorm2d Conv2d Dropout Flatten LastAxisLinear Layer Linear MaxPool2d RBF ReLU Scale "
    "ScaledTanh Sequential Sigmoid Softmax Subsampling Tanh",
    "losses": "BCELoss CrossEntropyLoss MAPLoss MLELoss",
    "optimizers": "Adam SDLM SGD",
    "training": "Callback Evaluation History evaluate fit",
    "pruning": "OptimalBrainDamage",
    "recipes": "RECIPES",
    "checks": "central_differences check_against check_curvature check_gradients check_loss",
    "look": "Step picture show trace",
    "errors": "DataError Diverged InputError ModelError ScratchnetError",
}
_MODULE = {name: module for module, names in _HOME.items() for name in names.split()}
_MODULES = (*_HOME, "datasets", "figures", "kernels", "metrics", "models", "schedules", "sketches")

__all__ = [*_MODULE, *_MODULES]


def __getattr__(name):
    if name in _MODULES:
        return importlib.import_module(f"scratchnet.{name}")
    if name in _MODULE:
        return getattr(importlib.import_module(f"scratchnet.{_MODULE[name]}"), name)
    raise AttributeError(f"module 'scratchnet' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *__all__])
