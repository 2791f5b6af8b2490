"""python -m scratchnet sweep: a recipe with several settings and seeds, as one table with intervals."""

import argparse
from pathlib import Path

from scratchnet.cli.flags import path_of, positive
from scratchnet.cli.reproduce import add_pool, pool

EXAMPLES = """examples:
  python -m scratchnet sweep tutorial-28 --seeds 10 --set lr=1e-3,3e-3
  python -m scratchnet sweep paper --set loss=map,mle --set epochs=4
  python -m scratchnet sweep fashion-relu --test --csv fashion.csv
"""
FOLDER = Path("runs/sweep")


def add(commands):
    command = commands.add_parser(
        "sweep",
        help="train a recipe with several settings and seeds: a table with intervals",
        description=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(command=run, flags={"held_out": "--hold-out"})
    command.add_argument("recipe", metavar="RECIPE", help="see `recipes`")
    command.add_argument("--set", action="append", default=[], metavar="NAME=A,B", help="a setting, and its values")
    command.add_argument("--seeds", type=positive, default=5, metavar="N", help="runs of each (default: 5)")
    measured = command.add_mutually_exclusive_group()
    measured.add_argument(
        "--hold-out", type=positive, default=5000, metavar="N", help="training images to measure on (default: 5000)"
    )
    measured.add_argument("--test", action="store_true", help="measure on the test set: to report, not to choose")
    command.add_argument("--csv", type=path_of, metavar="FILE", help="write the table to a file")
    command.add_argument("--out", type=path_of, default=FOLDER, metavar="DIR", help=f"(default: {FOLDER.as_posix()})")
    add_pool(command)


def run(options):
    from scratchnet.cli.progress import say
    from scratchnet.experiments.combinations import Sweep, parse
    from scratchnet.experiments.many import Results, run_many
    from scratchnet.runs.folder import check_writable
    from scratchnet.training.history import write_table
    from scratchnet.viewing.tables import table

    sweep = Sweep(options.recipe, dict(map(parse, options.set)), options.seeds, 0 if options.test else options.hold_out)
    check_writable(options.out)
    results = Results(options.out)
    failed = run_many(sweep.tasks(), results, pool(options), say)
    found = sweep.table(results)
    if options.csv:
        write_table(options.csv, list(found.columns), found.rows)
        say(f"written: {options.csv}")
    print(f"{found.title}\n\n{table([found.columns, *found.rows])}\n\n{found.note}")
    for name, why in failed.items():
        say(f"failed: {name}: {why}")
    return 1 if failed else 0
