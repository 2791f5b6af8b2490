"""python -m scratchnet draw: a page on which your own network reads what you draw."""

import argparse

from scratchnet.cli.flags import pasted, path_of

EXAMPLES = """examples:
  python -m scratchnet draw runs/paper                       draw a digit and watch the network read it
  python -m scratchnet draw runs/paper runs/tutorial-28      two networks on one drawing
  python -m scratchnet draw runs/paper --out page.html       one file for a USB stick or a web space
"""


def add(commands):
    command = commands.add_parser(
        "draw",
        help="draw a digit and watch your own network read it, in a browser",
        description=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(command=run, flags={})
    command.add_argument("model", type=path_of, metavar="RUN", help="a run or a model, e.g. runs/paper")
    command.add_argument("second", nargs="?", type=path_of, metavar="SECOND", help="another one, beside the first")
    command.add_argument("--out", type=path_of, metavar="FILE", help="the page (default: draw.html in the first run)")
    command.add_argument(
        "--strings",
        type=path_of,
        metavar="MODEL",
        help="a model that reads strings (default: runs/reproduce/sdnn.npz if it is there)",
    )


def run(options):
    from scratchnet.cli.progress import say
    from scratchnet.exchange.saved import page_of_models

    say("Writing the page ...")
    models = [path for path in (options.model, options.second) if path]
    page, first = page_of_models(models, options.strings)
    path = options.out or first.with_name("draw.html")
    page.save(path)
    print(f"page    {path}")
    if not opened(path):
        say(f"Open it in a browser: {pasted(path)}")
    return 0


def opened(path):
    """Open a page in the browser of the desktop, and return whether there is one."""
    import os
    import sys
    import webbrowser

    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return bool(screen or os.name == "nt" or sys.platform == "darwin") and webbrowser.open(path.resolve().as_uri())
