"""Pooling: the largest or the mean of each window, without parameters."""

from numpy.typing import NDArray

from scratchnet.errors import InputError
from scratchnet.kernels import average_pool, average_pool_back, max_pool, max_pool_back, output_size
from scratchnet.layers.expect import expect_gradient, expect_input, is_finite, label, packed, pair
from scratchnet.layers.layer import Layer


class Pool2d(Layer):
    """The base class of MaxPool2d and AvgPool2d, with windows, strides and paddings as in PyTorch.

    x: (N, C, H, W); y: (N, C, OH, OW) with OH = floor((H + 2 padding - window) / stride) + 1, and OW
    likewise: a window that does not fit is left out.
    window, stride, padding: a whole number, or a pair for height and width; by default the stride is the
    size of the window.
    Raises InputError for sizes of another type, for sizes below 1, for padding below 0 or above half the
    window, and for an image that is smaller than a window.
    """

    def __init__(
        self,
        window: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
    ) -> None:
        self.window, self.padding = pair(self, window), pair(self, padding)
        self.stride = self.window if stride is None else pair(self, stride)
        if min(*self.window, *self.stride) < 1:
            raise InputError(
                f"{label(self)} needs window and stride of at least 1, got window {window} and stride {stride}."
            )
        if min(self.padding) < 0 or any(2 * border > k for border, k in zip(self.padding, self.window)):
            raise InputError(
                f"{label(self)} needs padding from 0 to half the window, so that every window has a pixel in it; "
                f"got padding {padding} for window {window}."
            )

    def _misfit(self, shape):
        if len(shape) != 4:
            return "(N, C, H, W)"
        if min(self.output_shape(shape[1:])) < 1:
            kh, kw = (k - 2 * border for k, border in zip(self.window, self.padding))
            return f"images of at least {kh} x {kw} pixels"

    def output_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        sizes = zip(shape[1:], self.window, self.stride, self.padding)
        return shape[0], *(output_size(*axis) for axis in sizes)

    def __repr__(self) -> str:
        text = f"{self.window[0]}x{self.window[1]}"
        text += f", stride {self.stride[0]}x{self.stride[1]}" * (self.stride != self.window)
        text += f", padding {self.padding[0]}x{self.padding[1]}" * (self.padding != (0, 0))
        return f"{type(self).__name__}({text})"


class MaxPool2d(Pool2d):
    """y = the largest x of each window; of equal ones the first, row by row. Padding is never the largest.

    dE/dx = the sum of dE/dy over the windows where x is the largest; d2E/dx2 likewise.
    Sizes, shapes and errors: see Pool2d.
    """

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.shape, self.dtype = x.shape, x.dtype
        y, self.winner = max_pool(packed(x), *self.window, *self.stride, *self.padding)
        return y

    def backward(self, dy: NDArray) -> NDArray:
        expect_gradient(self, dy, self.winner.shape)
        return max_pool_back(packed(dy, self.dtype), self.winner, self.shape[2], self.shape[3])

    def backward2(self, hy: NDArray) -> NDArray:
        return self.backward(hy)


class AvgPool2d(Pool2d):
    """y = the sum over each window, divided by K. The zeros of the padding count as pixels.

    K is the number of pixels of a window by default, so that y is the mean. With divisor=1, y is the sum.
    dE/dx = the sum of dE/dy / K over the windows that x is in
    d2E/dx2 = the sum of d2E/dy2 / K^2 over them
    Sizes, shapes and errors: see Pool2d; also InputError for a divisor that is 0 or not finite.
    """

    def __init__(
        self,
        window: int | tuple[int, int],
        stride: int | tuple[int, int] | None = None,
        padding: int | tuple[int, int] = 0,
        *,
        divisor: float | None = None,
    ) -> None:
        super().__init__(window, stride, padding)
        if divisor is not None and (not is_finite(divisor) or divisor == 0):
            raise InputError(
                f"AvgPool2d expects a finite divisor other than 0, got {divisor!r}. Use divisor=1 for sums."
            )
        self.share = 1 / (self.window[0] * self.window[1] if divisor is None else divisor)

    def forward(self, x: NDArray) -> NDArray:
        expect_input(self, x)
        self.shape, self.dtype = x.shape, x.dtype
        y = average_pool(packed(x), self.share, *self.window, *self.stride, *self.padding)
        self.y_shape = y.shape
        return y

    def backward(self, dy: NDArray) -> NDArray:
        return self._back(dy, self.share)

    def backward2(self, hy: NDArray) -> NDArray:
        return self._back(hy, self.share**2)

    def _back(self, dy, share):
        expect_gradient(self, dy, self.y_shape)
        H, W = self.shape[2:]
        return average_pool_back(packed(dy, self.dtype), share, H, W, *self.window, *self.stride, *self.padding)
