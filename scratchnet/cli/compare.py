"""python -m scratchnet compare: runs side by side."""

from pathlib import Path

from scratchnet.cli.flags import path_of
from scratchnet.errors import InputError

PICTURE = Path("runs/compare.png")


def add(commands):
    command = commands.add_parser("compare", help="a table of runs, and their curves in one picture")
    command.set_defaults(command=run, flags={})
    command.add_argument("runs", nargs="+", type=path_of, metavar="RUN", help="run folders")
    command.add_argument("--out", type=path_of, default=PICTURE, metavar="PNG", help=f"(default: {PICTURE.as_posix()})")


def run(options):
    from scratchnet.cli.progress import say
    from scratchnet.runs.folder import Run, check_writable
    from scratchnet.viewing.tables import table

    runs = {str(folder): Run.read(folder) for folder in options.runs}
    if options.out.is_dir() or options.out.suffix.lower() != ".png":
        raise InputError(f"{options.out} is not the name of a .png. Name one: --out compare.png")
    for name, one in runs.items():
        if not len(one.history):
            raise InputError(f"{name} has no complete epoch yet, so there is nothing to compare.")
    check_writable(options.out.parent)
    print(table([HEAD, *(row(name, one) for name, one in runs.items())]))
    from scratchnet.viewing import figures

    histories = {f"{name} on {one.config['data']}": one.history for name, one in runs.items()}
    figures.save(figures.run_curves(histories), options.out)
    say(f"\ncurves  {options.out}")


HEAD = ("run", "recipe", "data", "seed", "epochs",
        "test error %", "top 3 error %", "held out %", "on the fly %", "s/epoch")  # fmt: skip


def row(name, run):
    """Return a run's row in the table."""
    history, config = run.history, run.config
    measured = (history.test_error, history.test_top3_error, history.validation_error, history.running_error)
    errors = (f"{values[-1]:.2f}".replace("nan", "") for values in measured)
    seconds = f"{sum(history.seconds) / len(history):.1f}"
    return (name, run.recipe.name, config["data"], str(config["seed"]), str(len(history)), *errors, seconds)
