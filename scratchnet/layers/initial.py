"""Where the weights start. A function of (rng, shape, fan_in) that returns float64.

fan_in: number of inputs of a unit, the bias not counted; one number, or an array that broadcasts
against `shape` when the units differ (C3's maps read 3, 4 or 6 maps of S2).
"""

import numpy as np


def uniform_over_fan_in(rng, shape, fan_in):
    """U(-2.4/F, 2.4/F), the paper's appendix A to the letter."""
    return rng.uniform(-1, 1, shape) * (2.4 / fan_in)


def uniform_over_sqrt_fan_in(rng, shape, fan_in):
    """U(-1/sqrt F, 1/sqrt F), what the authors' later demo of the same network uses."""
    return rng.uniform(-1, 1, shape) / np.sqrt(fan_in)
