"""Check whether a layer is right: one set of checks for the library's tests, the exercises and your own layers.

gradients.py   checks against central differences, the exact curvature, a reference
differences.py slopes measured by differences, and where they cannot judge
diagnosis.py   guesses the mistake in a wrong array
"""

from scratchnet.checks.diagnosis import diagnose
from scratchnet.checks.gradients import (
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
