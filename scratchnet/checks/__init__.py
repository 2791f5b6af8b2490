"""Is this layer right? The same functions for the library's tests, for exercises and for your own layers.

gradients.py  against central differences, the exact curvature, a reference
diagnosis.py  what a wrong array looks like, in a sentence
"""

from scratchnet.checks.diagnosis import diagnose
from scratchnet.checks.gradients import (
    NOT_THERE,
    central_differences,
    check_against,
    check_curvature,
    check_gradients,
    check_loss,
    compare,
    expect_array,
)
from scratchnet.errors import CheckFailed

__all__ = [
    "NOT_THERE",
    "CheckFailed",
    "central_differences",
    "check_against",
    "check_curvature",
    "check_gradients",
    "check_loss",
    "compare",
    "diagnose",
    "expect_array",
]
