"""Convolutions of all sizes, for hypothesis."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st


@dataclass
class ConvCase:
    x: np.ndarray
    out_channels: int
    kernel_size: tuple
    stride: int | tuple
    padding: int | tuple | str
    connections: np.ndarray | None

    @property
    def arguments(self):
        return (self.x.shape[1], self.out_channels, self.kernel_size)

    @property
    def options(self):
        return {"stride": self.stride, "padding": self.padding}


@st.composite
def conv_cases(draw):
    N, C, O = (draw(st.integers(1, 4)) for _ in "NCO")
    kh, kw = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    stride, padding = draw(st.integers(1, 3)), draw(st.integers(0, 3))
    H = draw(st.integers(max(1, kh - 2 * padding), 9))
    W = draw(st.integers(max(1, kw - 2 * padding), 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    connections = None
    if draw(st.booleans()):
        connections = rng.random((O, C)) < 0.6
        connections[np.arange(O), rng.integers(0, C, O)] = True
    return ConvCase(rng.normal(size=(N, C, H, W)), O, (kh, kw), stride, padding, connections)


@st.composite
def conv_pairs(draw):
    """Convolutions with a pair of strides and of paddings, or with padding="same"."""
    case = draw(conv_cases())
    case.stride, case.padding = (
        (draw(st.integers(1, 3)), draw(st.integers(1, 3))),
        (draw(st.integers(0, 3)), case.padding),
    )
    if draw(st.booleans()):
        case.stride, case.padding = 1, "same"
    C, (kh, kw) = case.x.shape[1], case.kernel_size
    case.x = np.random.default_rng(draw(st.integers(0, 2**32))).normal(size=(len(case.x), C, kh + 2, kw + 3))
    return case


def digits_like(rng, images, shape=(1, 32, 32)):
    return rng.normal(size=(images, *shape)).astype("f"), rng.integers(0, 10, images)
