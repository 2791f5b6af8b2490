"""Where the maps of a layer are in memory."""

from dataclasses import dataclass


@dataclass
class Maps:
    """The offsets of a layer's output and of dE/dy; `map` and `row`: floats from map to map and from row to row."""

    shape: tuple
    value: int
    gradient: int
    map: int
    row: int
    vectors: int  # the size in vectors, guards included
    kept: bool = False  # the backward pass of its layer needs it, so the next layer may not overwrite it
