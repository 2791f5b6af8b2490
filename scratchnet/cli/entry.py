"""python -m scratchnet: results go to stdout, the bar and messages to stderr.

Exit codes: 0 done, 1 a check failed, training diverged or the output was closed, 2 wrong usage or input, 3 data
not available, 130 interrupted.
"""

import argparse
import atexit
import gc
import sys
from collections.abc import Sequence

from scratchnet import __version__
from scratchnet.cli import (
    compare,
    doctor,
    draw,
    evaluate,
    exercise,
    export,
    import_file,
    lessons,
    list_recipes,
    predict,
    reproduce,
    sweep,
    train,
)
from scratchnet.cli.consoles import consoles, endings
from scratchnet.cli.flags import Parser, translated
from scratchnet.errors import ScratchnetError

EXAMPLES = """examples:
  python -m scratchnet train --quick            one epoch of 10,000 digits, seconds
  python -m scratchnet train                    the paper: 20 epochs of 60,000, minutes
  python -m scratchnet recipes                  the networks that tutorials call LeNet-5
  python -m scratchnet train --recipe tutorial-28
  python -m scratchnet eval runs/paper/last.npz
  python -m scratchnet compare runs/paper runs/tutorial-28
  python -m scratchnet predict runs/paper/last.npz digit.png
  python -m scratchnet draw runs/paper          draw a digit, watch the network read it
  python -m scratchnet export runs/paper/last.npz --to onnx --out lenet5.onnx
  python -m scratchnet import lenet5.pt --like tutorial-28
  python -m scratchnet reproduce                the paper's experiments
  python -m scratchnet sweep tutorial-28 --set lr=1e-3,3e-3
  python -m scratchnet lessons                  LeNet-5 step by step
  python -m scratchnet exercise                 write its layers yourself
  python -m scratchnet doctor                   does everything work on this machine?
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return the exit code."""
    atexit.register(gc.freeze)  # else Python looks for cycles in all objects before it exits: half a second
    with endings(), consoles() as (out, _):
        code = run(argv)
        out.flush()
        if out.failure and not isinstance(out.failure, BrokenPipeError):  # `| head` has read what it wanted
            print(
                f"scratchnet: what it prints is lost ({out.failure.strerror}). Files are not affected.", file=sys.stderr
            )
        return code or int(out.failure is not None)


def run(argv: Sequence[str] | None) -> int:
    commands = parser()
    options = commands.parse_args(argv)
    if "command" not in options:
        commands.print_help(sys.stderr)
        raise SystemExit(2)
    try:
        return options.command(options) or 0
    except ScratchnetError as why:
        print(f"scratchnet: {translated(str(why), options.flags)}", file=sys.stderr)
        return why.exit_code
    except (KeyboardInterrupt, SystemError) as why:
        if not isinstance(why.__cause__ or why, KeyboardInterrupt):  # compiled code makes a SystemError of it
            raise
        print("\nscratchnet: interrupted.", file=sys.stderr)
        return 130
    except OSError as why:  # for example a full disk, or a folder that was deleted
        print(f"scratchnet: {why}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands. Each command sets `command`, a function of the options, and `flags`."""
    top = Parser(
        prog="python -m scratchnet",
        description="LeNet-5 of 1998 in NumPy.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"scratchnet {__version__}")
    commands = top.add_subparsers(metavar="COMMAND")
    modules = (train, list_recipes, evaluate, compare, predict, draw, export, import_file, reproduce, sweep)
    for module in (*modules, lessons, exercise, doctor):
        module.add(commands)
    return top
