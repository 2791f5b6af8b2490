"""Convolutions of all sizes, for hypothesis."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st


@dataclass
class ConvCase:
    x: np.ndarray
    out_channels: int
    kernel_size: tuple
    stride: int
    padding: int
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


def digits_like(rng, images, shape=(1, 32, 32)):
    return rng.normal(size=(images, *shape)).astype("f"), rng.integers(0, 10, images)
