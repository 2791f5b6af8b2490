"""python -m scratchnet reproduce: the paper's experiments, beside the paper's figures."""

import argparse
from pathlib import Path

from scratchnet.cli.flags import path_of, positive
from scratchnet.errors import InputError

EXAMPLES = """examples:
  python -m scratchnet reproduce                  the list of the experiments
  python -m scratchnet reproduce fig5 --seeds 2   the error over 20 passes, two seeds
  python -m scratchnet reproduce all --jobs 2     all of them; the same command goes on after an interruption
  python -m scratchnet reproduce report           what was found, as a page
  python -m scratchnet reproduce fig5 report --seeds 10   a run, and its part of the page
  mpiexec -n 8 python -m mpi4py.futures -m scratchnet reproduce all --executor mpi
"""
FOLDER, PAGE = Path("runs/reproduce"), Path("docs/REPRODUCTION.md")


def add(commands):
    command = commands.add_parser(
        "reproduce",
        help="the paper's experiments, beside its figures",
        description=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(command=run, flags={})
    command.add_argument("names", nargs="*", metavar="NAME", help="experiments, all, or report; without NAME: the list")
    command.add_argument("--seeds", type=positive, default=5, metavar="N", help="runs of each training (default: 5)")
    command.add_argument("--tiny", action="store_true", help="a slice of each, in seconds: does everything run?")
    command.add_argument("--out", type=path_of, default=FOLDER, metavar="DIR", help=f"(default: {FOLDER.as_posix()})")
    command.add_argument(
        "--page", type=path_of, default=PAGE, metavar="FILE", help=f"what `report` writes (default: {PAGE.as_posix()})"
    )
    add_pool(command)


def add_pool(command):
    command.add_argument("--jobs", type=positive, metavar="N", help="runs at once (default: one for each core)")
    command.add_argument("--executor", choices=("processes", "mpi"), default="processes", help="what runs them")


def run(options):
    from scratchnet.cli.progress import say
    from scratchnet.experiments import NAMES, find_experiment
    from scratchnet.experiments.experiment import Plan
    from scratchnet.experiments.many import Results, run_many
    from scratchnet.experiments.publish import as_text, write
    from scratchnet.runs.folder import check_writable
    from scratchnet.viewing.tables import table

    named = [name for name in options.names if name != "report"]
    everything = "all" in named or options.names == ["report"]
    chosen = [find_experiment(name) for name in (NAMES if everything else dict.fromkeys(named))]
    if not chosen:
        every = map(find_experiment, NAMES)
        print(table([("experiment", "what", "in the paper"), *((e.name, e.title, e.source) for e in every)]))
        return 0
    plan = Plan(options.seeds, options.tiny)
    folder = options.out / "tiny" if options.tiny else options.out
    check_writable(folder)
    results = Results(folder / "results")
    failed = {}
    if options.names != ["report"]:
        failed = run_many([task for e in chosen for task in e.tasks(plan)], results, pool(options), say)
    pairs = list(found_in(chosen, plan, results))
    for experiment, found in [] if "report" in options.names else pairs:
        print(as_text(experiment, found), end="\n\n")
        for path in write(experiment, found, folder):
            say(f"written: {path}")
    for name, why in failed.items():
        say(f"failed: {name}: {why}")
    if failed:
        say("The same command runs again what failed, and keeps the rest.")
    if "report" in options.names:
        report(pairs, results, plan, options.page)
    return 1 if failed else 0


def found_in(chosen, plan, results):
    """Yield (experiment, findings) for the experiments whose runs are all done, and say which are not."""
    from scratchnet.cli.progress import say

    for experiment in chosen:
        missing = [task.name for task in experiment.tasks(plan) if task not in results]
        if missing:
            say(f"{experiment.name}: {len(missing)} runs are missing, so it is left out: {', '.join(missing[:3])} ...")
        else:
            yield experiment, experiment.findings(plan, results)


def report(pairs, results, plan, page):
    """Write what was found into the page of the documentation; the rest of the page stays."""
    from scratchnet.cli.progress import say
    from scratchnet.experiments import NAMES
    from scratchnet.experiments.publish import write_page

    if not pairs:
        raise InputError("There is nothing to report yet. First run `python -m scratchnet reproduce all`.")
    commands = {name: f"python -m scratchnet reproduce {name} report --seeds {plan.seeds}" for name in NAMES}
    for path in write_page(pairs, results, plan, page, commands):
        say(f"written: {path}")


def pool(options):
    """Return a function that makes the executor which the options ask for."""
    from scratchnet.experiments.many import mpi, processes
    from scratchnet.parallel import cores

    if options.executor == "mpi":
        if options.jobs:
            raise InputError("--jobs is for processes: with MPI, `mpiexec -n` says how many ranks there are.")
        from scratchnet.cli.progress import say

        say("If a rank dies, mpiexec ends all of them. The same command then goes on: what is done is kept.")
        return mpi
    return lambda: processes(options.jobs or cores())
