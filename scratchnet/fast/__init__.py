"""The fast path: the same layers and parameters, several times faster. Read README.md here first."""

from scratchnet.errors import Unsupported
from scratchnet.fast.fast_engine import FastEngine

__all__ = ["FastEngine", "Unsupported"]
