"""Networks made of layers: the paper's LeNet-5, its ancestors, and the networks that tutorials call LeNet-5."""

from scratchnet.models.before_1998 import lenet1, lenet_1989
from scratchnet.models.codes import DIGIT_CODES, STRING_CODES
from scratchnet.models.displacement import space_displacement, string_lenet5
from scratchnet.models.grammar import Reading, read_string, with_blank
from scratchnet.models.lenet5 import TABLE_I, lenet5
from scratchnet.models.tutorials import (
    blog_relu_maxpool,
    fashion_relu,
    fashion_tanh,
    notebook_learned_slope,
    paper_softmax,
    paper_softmax_sparse,
    tutorial_28,
)

__all__ = [
    "DIGIT_CODES",
    "STRING_CODES",
    "TABLE_I",
    "Reading",
    "blog_relu_maxpool",
    "fashion_relu",
    "fashion_tanh",
    "lenet1",
    "lenet5",
    "lenet_1989",
    "notebook_learned_slope",
    "paper_softmax",
    "paper_softmax_sparse",
    "read_string",
    "space_displacement",
    "string_lenet5",
    "tutorial_28",
    "with_blank",
]
