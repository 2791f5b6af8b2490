"""python -m scratchnet eval: a trained model on a data set."""

from functools import partial

from scratchnet.cli.flags import path_of
from scratchnet.errors import InputError


def add(commands):
    command = commands.add_parser("eval", help="error and confusion matrix of a trained model")
    command.set_defaults(command=run, flags={})
    command.add_argument("model", type=path_of, metavar="MODEL", help="e.g. runs/paper/last.npz")
    command.add_argument("--data", metavar="NAME", help="default: the data set of the model's recipe")
    command.add_argument("--split", choices=("test", "train"), default="test", help="(default: test)")
    command.add_argument(
        "--report", type=path_of, metavar="DIR", help="write pictures, tables and a page to this folder"
    )


def run(options):
    import numpy as np

    from scratchnet.cli.progress import prepare_kernels, say
    from scratchnet.datasets import class_names, load
    from scratchnet.runs import load_model
    from scratchnet.runs.folder import check_writable
    from scratchnet.training import evaluate
    from scratchnet.viewing.tables import confusion_table

    net, recipe, data_of_model = load_model(options.model)
    data, split = options.data or data_of_model, options.split
    (images, labels), pixels = load(data, split), partial(recipe.prepare, split=split)
    if options.report:
        check_writable(options.report)
    prepare_kernels(net)
    if options.report:
        from scratchnet.exchange.saved import page_of_run
        from scratchnet.runs import report

        title = f"{recipe.name} on {data if split == 'test' else f'{data}, training images'}"
        beside = run_beside(options.model, data) if split == "test" else None
        history, seed = (beside.history, beside.config["seed"]) if beside else (None, None)
        say(f"Writing the report to {options.report} ...")
        live = options.report / report.LIVE
        live.unlink(missing_ok=True)
        if split == "test":
            page_of_run(net, recipe, data, (images, labels), options.model).save(live)
        result = report.write_report(
            options.report, net, recipe, (images, labels), data, history, title, pixels=pixels, seed=seed
        )
    else:
        result = evaluate(net, (pixels(images), labels))
    wrong = np.count_nonzero(result.predictions != labels)
    print(f"{options.model}: {recipe.name} on {data}, {split} error {result.error:.2f} % ({wrong} of "
          f"{len(labels):,} images), top 3 error {result.top3_error:.2f} %\n")  # fmt: skip
    print(confusion_table(result.confusion, class_names(data)))
    if options.report:
        print(f"\nreport  {options.report / 'index.html'}")


def run_beside(model, data):
    """Return the Run in the folder of a model file, or None if there is none or it belongs to other data."""
    from scratchnet.runs.folder import Run

    try:
        run = Run.read(model.parent)
    except InputError:
        return None
    return run if run.config["data"] == data else None
