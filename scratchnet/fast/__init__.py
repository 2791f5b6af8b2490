"""The fast path: the same layers and parameters, several times faster. Read README.md here first."""

from scratchnet.fast.maps import Unsupported
from scratchnet.fast.team import FastTeam

__all__ = ["FastTeam", "Unsupported"]
