"""What a plan and its layers speak of."""

from dataclasses import dataclass


@dataclass
class Maps:
    """Where the output of a layer is, and dE/d of it: `map` floats from map to map, `row` from row to row."""

    shape: tuple
    value: int
    gradient: int
    map: int
    row: int
    vectors: int  # all of it, guards included
    kept: bool = False  # its layer needs it on the way back: nobody may write over it
