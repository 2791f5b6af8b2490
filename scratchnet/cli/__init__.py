"""The command line: python -m scratchnet, one file a command, with its arguments.

The imports that take time are inside the commands, so that --help answers at once.
"""

from scratchnet.cli.entry import main, parser

__all__ = ["main", "parser"]
