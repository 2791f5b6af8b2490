"""python -m scratchnet train: train a recipe, and print the result beside the published one."""

import contextlib
from functools import partial

from scratchnet.cli.flags import natural, pasted, path_of, positive
from scratchnet.cli.on_ranks import expect_shares, from_rank_0, on_all_ranks, rank_0_before_the_others, world
from scratchnet.errors import Diverged, InputError

FLAGS = {
    "loss": "--loss",
    "j": "--j",
    "eta": "--eta",
    "held_out": "--hold-out",
    "validate_every": "--validate-every",
    "epochs": "--epochs",
    "folder": "--out",
}


SHARED = ("command", "flags", "resume", "epochs", "verbose")  # what --resume leaves to give
DOUBT = 10_000  # training images that say when `predict` doubts, if none were held out


def add(commands):
    train = commands.add_parser(
        "train",
        help="train LeNet-5 by the paper's recipe or another one, and compare",
        epilog="On several machines, with MPI: mpiexec -n 4 python -m scratchnet train --recipe tutorial-28",
    )
    train.set_defaults(command=run, flags=FLAGS)
    train.add_argument("--recipe", metavar="NAME", help="see `recipes` (default: paper)")
    train.add_argument("--data", metavar="NAME", help="another data set than the recipe's, e.g. fashion-mnist")
    train.add_argument("--quick", action="store_true", help="one epoch of 10,000 images: a first result in seconds")
    train.add_argument("--epochs", type=positive, metavar="N", help="number of epochs")
    train.add_argument("--seed", type=natural, metavar="N", help="seeds every random draw (default: 0)")
    train.add_argument("--hold-out", type=natural, metavar="N", help="training images kept for validation")
    train.add_argument(
        "--validate-every", type=positive, metavar="N", help="validate every N updates too, not only after each epoch"
    )
    train.add_argument(
        "--eta", type=float, metavar="X", help="factor on the learning rates (default: 1; 0.25 for --recipe paper)"
    )
    train.add_argument("--distort", action="store_true", help="distort the training images anew in each epoch (III.A)")
    train.add_argument("--loss", choices=("map", "mle"), help="the paper's eq. 9 or eq. 8 (default: map)")
    train.add_argument("--j", type=float, metavar="J", help="penalty of the rubbish class in eq. 9 (default: 10)")
    train.add_argument(
        "--out",
        type=path_of,
        metavar="DIR",
        help="the run's folder (default: runs/RECIPE, or runs/quick; with -seedN for another seed)",
    )
    train.add_argument(
        "--resume", type=path_of, metavar="DIR", help="resume the run in this folder; --epochs may be larger"
    )
    train.add_argument("--readable", action="store_true", help="use the layers themselves, not the fast path")
    train.add_argument("-v", "--verbose", action="store_true", help="print the step sizes of the first epoch")


def run(options):
    comm = world()
    return train_run(options, comm) if comm is None else on_all_ranks(comm, partial(train_run, options, comm))


def train_run(options, comm):
    """Train the run that the options ask for, on one of the ranks of comm, and return the exit code."""
    run = from_rank_0(comm, partial(run_of, options))
    expect_shares(comm, run.recipe)
    try:
        train_and_report(run, options.verbose, comm)
    except KeyboardInterrupt:
        return interrupted(run, comm)
    except OSError as why:  # a full disk, a folder that can no longer be written to
        raise InputError(f"{described(why)} Mend that, then resume: {resume_line(run, comm)}") from None
    except Diverged as why:
        raise Diverged(f"{str(why).removesuffix('.')} (--eta).") from None


def train_and_report(run, verbose, comm=None):
    """Train the run's recipe, from the beginning or after its last complete epoch, and write the report.

    With comm each rank trains; only rank 0 writes.
    """
    import numpy as np

    from scratchnet.cli.progress import Progress, prepare_kernels, say
    from scratchnet.datasets import load
    from scratchnet.training import fit

    recipe, config = run.recipe, run.config
    loss, rng = run.loss(), np.random.default_rng(config["seed"])
    net = recipe.network(rng)
    train, test = load(config["data"], "train"), load(config["data"], "test")
    train, validation = run.split(train, rng)
    optimizer = recipe.optimizer(net, run.schedule(0))
    size = f"{net.n_parameters():,} parameters, {net.n_connections(net.input_shape):,} connections"
    fast = not config["readable"]
    with contextlib.ExitStack() as folder:
        from_rank_0(comm, lambda: folder.enter_context(run.in_use()))
        progress = folder.enter_context(contextlib.closing(Progress(run, net, optimizer, verbose)))
        say(f"{recipe.name}: {size}; {loss}, {optimizer}, batch {recipe.batch_size}, seed {config['seed']}")
        say_ranks(run, comm)
        with rank_0_before_the_others(comm):
            prepare_kernels(
                net, loss, partial(recipe.optimizer, lr=run.schedule(0)), batch_size=recipe.batch_size, fast=fast
            )
        go_on(run, net, optimizer, len(train[1]), comm)
        if len(run.history) < config["epochs"]:  # else only the report is missing
            fit(
                net,
                loss,
                optimizer,
                (recipe.prepare(train[0], "train"), train[1]),
                test=(recipe.prepare(test[0], "test"), test[1]),
                validation=validation and (recipe.prepare(validation[0], "train"), validation[1]),
                validate_every=config["validate_every"],
                epochs=config["epochs"],
                batch_size=recipe.batch_size,
                schedule=run.schedule,
                rng=rng,
                constant_order=recipe.constant_order,
                fresh=run.fresh(*train),
                history=run.history,
                callback=progress,
                fast=fast,
                verbose=False,
                comm=comm,
            )
        progress.close()
        if comm and comm.rank:
            return
        held_out = validation or tuple(part[-DOUBT:] for part in train)
        run.save_doubt(net, recipe.prepare(held_out[0], "train"), held_out[1])
        print_results(run, net, test, len(train[1]), fast)


def say_ranks(run, comm):
    """Say that several ranks train, and what to do when one of them dies."""
    from scratchnet.cli.progress import say

    if comm:
        say(f"{comm.size} ranks train together: each takes its share of every batch. If one dies, all end. To resume")
        say(f"after the last complete epoch: {resume_line(run, comm)}")


def go_on(run, net, optimizer, images, comm):
    """Load what the run has trained before. Ranks after 0 get it from rank 0: they may not see the folder."""

    def trained():
        run.go_on(net, optimizer, images)
        return run.history, net.state(), optimizer.state()

    run.history, arrays, state = from_rank_0(comm, trained)
    if comm is None or comm.rank == 0:
        return
    for name, array in net.state().items():
        array[...] = arrays[name]
    if len(run.history) and optimizer.remembers():
        optimizer.restore(state)


def run_of(options):
    """Return the Run that the options ask for: a new one, or one to resume."""
    from scratchnet.runs.folder import Run

    if not options.resume:
        return Run.new(
            options.recipe or "paper",
            data=options.data,
            quick=options.quick,
            seed=options.seed or 0,
            epochs=options.epochs,
            held_out=options.hold_out,
            validate_every=options.validate_every,
            eta=options.eta,
            loss=options.loss,
            j=options.j,
            distort=options.distort,
            readable=options.readable,
            folder=options.out,
        )
    values = {name: value for name, value in sorted(vars(options).items()) if name not in SHARED}
    given = [name for name, value in values.items() if value is not None and value is not False]
    if given:
        wrong = ", ".join("--" + name.replace("_", "-") for name in given)
        raise InputError(f"--resume uses the run's own options: leave out {wrong}. Only --epochs may be given.")
    return Run.resumed(options.resume, options.epochs)


def print_results(run, net, test, images, fast):
    """Write the report, and print this run beside the published result."""
    from scratchnet.cli.progress import say
    from scratchnet.datasets import class_names
    from scratchnet.exchange.saved import page_of_run
    from scratchnet.runs import report  # Matplotlib takes a third of a second: not before the first result
    from scratchnet.viewing.tables import confusion_table, table

    recipe, data = run.recipe, run.config["data"]
    say(f"Writing the report to {run.folder / 'report'} ...")
    pixels = partial(recipe.prepare, split="test")
    page_of_run(net, recipe, data, test, run.folder / "last.npz", fast).save(run.folder / "report" / report.LIVE)
    result = report.write_report(run.folder / "report", net, recipe, test, data, run.history, fast=fast, pixels=pixels,
                                 seed=run.config["seed"])  # fmt: skip
    print("\n" + table(summary(recipe, data, images, run.history, result)))
    print("\n" + confusion_table(result.confusion, class_names(data)))
    print("\n" + table([(name, str(run.folder / file)) for name, file in run.files()]))


def interrupted(run, comm):
    from scratchnet.cli.progress import say

    epochs = len(run.history)
    if not epochs:
        say("\nInterrupted before the end of the first epoch: nothing is saved.")
    elif epochs < run.config["epochs"]:
        say(f"\nInterrupted. {run.folder / 'last.npz'} is the network after epoch {epochs}. To resume:")
        say(f"  {resume_line(run, comm)}")
    else:
        say(f"\nInterrupted. The training is complete: {run.folder / 'last.npz'}. For the report that is missing:")
        say(f"  {resume_line(run, comm)}")
    return 130


def resume_line(run, comm=None):
    ranks = f"mpiexec -n {comm.size} " if comm else ""
    return f"{ranks}python -m scratchnet train --resume {pasted(run.folder)}"


def described(why):
    """Return an OSError as a sentence: what could not be written, and why."""
    return f"{why.filename} could not be written ({why.strerror})." if why.filename else f"{why.strerror or why}."


def summary(recipe, data, images, history, result):
    """Return this run beside the published result, as rows of a table."""
    wrong = result.confusion.sum() - result.confusion.trace()
    published = (recipe.claimed, recipe.claimed_training) if data == recipe.data else (None, None)
    claimed, claimed_training = (f"{100 - value:.2f} %" if value else "" for value in published)
    paper = recipe.name == "paper" and data == recipe.data
    seconds = sum(history.seconds)
    return [
        ("", "this run", "paper" if paper else "claimed"),
        ("test error", f"{result.error:.2f} % ({wrong})", claimed + " (+- 0.1)" * paper),
        ("top 3 error", f"{result.top3_error:.2f} %", ""),
        ("training error, on the fly", f"{history.running_error[-1]:.2f} %", claimed_training),
        ("training error, after", f"{history.train_error[-1]:.2f} %", ""),
        ("epochs", f"{len(history)}", f"{recipe.epochs}"),
        ("learning rates", f"{history.lr[0]:g} ... {history.lr[-1]:g}", "0.0005 ... 0.00001" if paper else ""),
        ("images in an epoch", f"{images:,}", f"{60_000 - recipe.held_out:,}"),
        (
            "time of the updates",
            f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s",
            "2 to 3 days" if paper else "",
        ),
    ]
