"""scratchnet: the 1998 LeNet-5 paper as a NumPy library to read, step through, check and train."""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:  # for editors and type checkers; at run time __getattr__ imports a name at its first use
    from scratchnet import checks as checks
    from scratchnet import datasets as datasets
    from scratchnet import errors as errors
    from scratchnet import exchange as exchange
    from scratchnet import kernels as kernels
    from scratchnet import layers as layers
    from scratchnet import losses as losses
    from scratchnet import metrics as metrics
    from scratchnet import models as models
    from scratchnet import optimizers as optimizers
    from scratchnet import schedules as schedules
    from scratchnet import training as training
    from scratchnet import viewing as look  # noqa: F401
    from scratchnet.checks import central_differences as central_differences
    from scratchnet.checks import check_against as check_against
    from scratchnet.checks import check_curvature as check_curvature
    from scratchnet.checks import check_gradients as check_gradients
    from scratchnet.checks import check_loss as check_loss
    from scratchnet.errors import CheckFailed as CheckFailed
    from scratchnet.errors import DataError as DataError
    from scratchnet.errors import Diverged as Diverged
    from scratchnet.errors import InputError as InputError
    from scratchnet.errors import ModelError as ModelError
    from scratchnet.errors import ScratchnetError as ScratchnetError
    from scratchnet.exchange.live_page import LivePage as LivePage
    from scratchnet.exchange.live_page import draw as draw
    from scratchnet.layers import RBF as RBF
    from scratchnet.layers import AvgPool2d as AvgPool2d
    from scratchnet.layers import BatchNorm2d as BatchNorm2d
    from scratchnet.layers import Conv2d as Conv2d
    from scratchnet.layers import Dropout as Dropout
    from scratchnet.layers import Flatten as Flatten
    from scratchnet.layers import LastAxisLinear as LastAxisLinear
    from scratchnet.layers import Layer as Layer
    from scratchnet.layers import Linear as Linear
    from scratchnet.layers import MaxPool2d as MaxPool2d
    from scratchnet.layers import ReLU as ReLU
    from scratchnet.layers import Scale as Scale
    from scratchnet.layers import ScaledTanh as ScaledTanh
    from scratchnet.layers import Sequential as Sequential
    from scratchnet.layers import Sigmoid as Sigmoid
    from scratchnet.layers import Softmax as Softmax
    from scratchnet.layers import Subsampling as Subsampling
    from scratchnet.layers import Tanh as Tanh
    from scratchnet.losses import BCELoss as BCELoss
    from scratchnet.losses import CrossEntropyLoss as CrossEntropyLoss
    from scratchnet.losses import MAPLoss as MAPLoss
    from scratchnet.losses import MLELoss as MLELoss
    from scratchnet.optimizers import SDLM as SDLM
    from scratchnet.optimizers import SGD as SGD
    from scratchnet.optimizers import Adam as Adam
    from scratchnet.optimizers import Optimizer as Optimizer
    from scratchnet.runs import RECIPES as RECIPES
    from scratchnet.runs import recipes as recipes
    from scratchnet.training import Callback as Callback
    from scratchnet.training import Evaluation as Evaluation
    from scratchnet.training import History as History
    from scratchnet.training import evaluate as evaluate
    from scratchnet.training import fit as fit
    from scratchnet.training import predict as predict
    from scratchnet.training import pruning as pruning
    from scratchnet.training.pruning import OptimalBrainDamage as OptimalBrainDamage
    from scratchnet.viewing import Step as Step
    from scratchnet.viewing import figures as figures
    from scratchnet.viewing import picture as picture
    from scratchnet.viewing import show as show
    from scratchnet.viewing import sketches as sketches
    from scratchnet.viewing import trace as trace

# The module of each public name. It is imported at the first use of the name, so that `import scratchnet` is fast.
_HOME = {
    "layers": "AvgPool2d BatchNorm2d Conv2d Dropout Flatten LastAxisLinear Layer Linear MaxPool2d RBF ReLU Scale "
    "ScaledTanh Sequential Sigmoid Softmax Subsampling Tanh",
    "losses": "BCELoss CrossEntropyLoss MAPLoss MLELoss",
    "optimizers": "Adam Optimizer SDLM SGD",
    "training": "Callback Evaluation History evaluate fit predict",
    "training.pruning": "OptimalBrainDamage",
    "runs.recipes": "RECIPES",
    "exchange.live_page": "LivePage draw",
    "checks": "central_differences check_against check_curvature check_gradients check_loss",
    "viewing": "Step picture show trace",
    "errors": "CheckFailed DataError Diverged InputError ModelError ScratchnetError",
}
_NAMES = {name: home for home, names in _HOME.items() for name in names.split()}
_MODULES = {name: name for name in ("checks", "datasets", "errors", "exchange", "kernels", "layers", "losses",
                                    "metrics", "models", "optimizers", "schedules", "training")}  # fmt: skip
_MODULES |= {"figures": "viewing.figures", "look": "viewing", "pruning": "training.pruning"}
_MODULES |= {"recipes": "runs.recipes", "sketches": "viewing.sketches"}

__all__ = [*_NAMES, *_MODULES]


if not TYPE_CHECKING:  # a type checker would accept any name

    def __getattr__(name: str) -> Any:
        if name in _MODULES:
            return importlib.import_module(f"scratchnet.{_MODULES[name]}")
        if name in _NAMES:
            return getattr(importlib.import_module(f"scratchnet.{_NAMES[name]}"), name)
        raise AttributeError(f"module 'scratchnet' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
