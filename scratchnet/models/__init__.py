"""Networks assembled from layers."""

from scratchnet.models.codes import DIGIT_CODES
from scratchnet.models.lenet5 import TABLE_I, lenet5

__all__ = ["DIGIT_CODES", "TABLE_I", "lenet5"]
