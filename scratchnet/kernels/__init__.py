"""The hot path: functions on plain arrays that know no layer.

conv.py      a convolution as im2col, one matrix product, col2im
windows.py   subsampling
slope.py     the slope of a hyperbolic tangent
update.py    one step of gradient descent
threads.py   several cores
jit.py       how the kernels are compiled
"""

from scratchnet.kernels.conv import col2im, convolve, convolve_back, im2col, output_size
from scratchnet.kernels.slope import times_slope
from scratchnet.kernels.threads import cores, in_parallel, one_blas_thread
from scratchnet.kernels.update import descend
from scratchnet.kernels.windows import subsample, subsample_back

__all__ = [
    "col2im",
    "convolve",
    "convolve_back",
    "cores",
    "descend",
    "im2col",
    "in_parallel",
    "one_blas_thread",
    "output_size",
    "subsample",
    "subsample_back",
    "times_slope",
]
