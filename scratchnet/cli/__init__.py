"""The command line, python -m scratchnet: one file for each command, with its arguments.

Slow imports are inside the commands, so that --help answers at once.
"""

from scratchnet.cli.entry import main, parser

__all__ = ["main", "parser"]
