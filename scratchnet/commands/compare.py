"""python -m scratchnet compare: runs side by side."""

from scratchnet.commands.prepare import say
from scratchnet.errors import InputError
from scratchnet.runs import Run, check_writable
from scratchnet.tables import table


def compare(options):
    runs = {str(folder): Run.read(folder) for folder in options.runs}
    if options.out.is_dir() or options.out.suffix.lower() != ".png":
        raise InputError(f"{options.out} is not the name of a .png. Name one: --out compare.png")
    for name, run in runs.items():
        if not len(run.history):
            raise InputError(f"{name} has no whole pass yet: there is nothing to compare.")
    check_writable(options.out.parent)
    errors = ("test error %", "top 3 error %", "held out %", "on the fly %")
    rows = [("run", "recipe", "data", "seed", "passes", *errors, "s/pass")]
    for name, run in runs.items():
        history, config = run.history, run.config
        measured = (history.test_error, history.test_top3_error, history.validation_error, history.running_error)
        errors = (f"{values[-1]:.2f}".replace("nan", "") for values in measured)
        seconds = f"{sum(history.seconds) / len(history):.1f}"
        rows.append((name, run.recipe.name, config["data"], str(config["seed"]), str(len(history)), *errors, seconds))
    print(table(rows))
    from scratchnet import figures

    histories = {f"{name} on {run.config['data']}": run.history for name, run in runs.items()}
    figures.save(figures.run_curves(histories), options.out)
    say(f"\ncurves  {options.out}")
