"""The hot path: compiled functions on plain arrays.

convolution.py  a convolution as im2col, one matrix product, col2im
window_sums.py  subsampling
pool.py         pooling: the largest or the mean of each window
slope.py        the slopes of squashing functions
update.py       steps of gradient descent
warp.py         an affine map of images
paste.py        several images side by side on one picture
tangent.py      tangent distances between images
jit.py          how the kernels are compiled
plain.py        the same in NumPy, where Numba is missing
"""

from scratchnet.kernels.convolution import col2im, convolve, convolve_back, im2col, output_size
from scratchnet.kernels.paste import paste
from scratchnet.kernels.pool import average_pool, average_pool_back, max_pool, max_pool_back
from scratchnet.kernels.slope import times_slope, where_positive
from scratchnet.kernels.tangent import tangent_distances
from scratchnet.kernels.update import adam, descend
from scratchnet.kernels.warp import warp
from scratchnet.kernels.window_sums import subsample, subsample_back

__all__ = [
    "adam",
    "average_pool",
    "average_pool_back",
    "col2im",
    "convolve",
    "convolve_back",
    "descend",
    "im2col",
    "max_pool",
    "max_pool_back",
    "output_size",
    "paste",
    "subsample",
    "subsample_back",
    "tangent_distances",
    "times_slope",
    "warp",
    "where_positive",
]
