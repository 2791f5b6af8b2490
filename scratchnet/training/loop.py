"""The training loop: fit."""

import contextlib
import math
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scratchnet.errors import InputError, expect_count
from scratchnet.layers import Layer
from scratchnet.layers.initial import Seed, generator
from scratchnet.losses import Loss
from scratchnet.optimizers import Optimizer
from scratchnet.parallel import Engine, has_several, leaves, own_cores, quiet_overflow
from scratchnet.training.agreement import expect_agreement, rate_of
from scratchnet.training.callbacks import Callback, interrupts, somebody_reads, stop_if
from scratchnet.training.engines import engine_for
from scratchnet.training.evaluation import Data, expect_data, expect_labels, measure, mode
from scratchnet.training.history import History
from scratchnet.training.on_the_fly import HeldOut, Tally
from scratchnet.training.rank_engine import RankEngine
from scratchnet.training.same_arguments import expect_agreement_of_ranks, is_first


def fit(
    net: Layer,
    loss: Loss,
    optimizer: Optimizer,
    train: Data,
    *,
    test: Data | None = None,
    validation: Data | None = None,
    validate_every: int | None = None,
    epochs: int = 20,
    batch_size: int = 1,
    schedule: Callable[[int], float] | None = None,
    rng: Seed = None,
    constant_order: bool = True,
    fresh: Callable[[int], Data] | None = None,
    train_error: bool = True,
    history: History | None = None,
    callback: Callback | None = None,
    fast: bool = True,
    verbose: bool | None = None,
    comm: Any = None,
) -> History:
    """Train the network in place and return the History.

    train, test, validation: (x, labels) with x (N, ...) floats and labels (N,) integers. validation:
    held-out data, for choices. Its error is measured after every epoch, and after every validate_every
    updates, counted from the first epoch.
    schedule: epoch, counted from 0 -> learning rate; without it the optimizer keeps its own.
    constant_order: one random order for all epochs (paper, appendix C), else a new one each epoch.
    fresh: epoch, counted from 0 -> (x, labels) of that epoch, as many as in train, for example the same images
    distorted anew. Without it every epoch has the data of train.
    train_error: measure the training error after each epoch too (this costs a forward pass over all of it).
    history: the History of earlier epochs, to resume after them. With the same seed and the state of the
    optimizer (`state`, `restore`) the result is exactly that of a training without interruption.
    fast: use the compiled programs of scratchnet.fast, if they have every layer and the loss. The updates are the
    same except for rounding. If they cannot be used, a line on stderr gives the reason.
    verbose: print a line after each epoch (`History.line`). The default is to print on a terminal and in a notebook.
    Ctrl-C raises KeyboardInterrupt between two updates; the history then ends with the last complete epoch.
    rng: a numpy Generator or an integer seed, for the order of the images.
    comm: a communicator of mpi4py. Each of its ranks calls `fit` with the same arguments and takes its share of every
    batch; all end with the same network, that of one process except for rounding. Rank 0 alone prints and runs the
    callback. An error on some ranks only ends the processes of all.
    Raises InputError for data that does not fit and for parts that do not belong together (see agreement.py), and
    Diverged as soon as the loss or a parameter is not finite.
    """
    expect_arguments(locals())
    sets, (x, labels) = expect_sets(net, training=train, test=test, validation=validation)
    engine = engine_that_takes(net, loss, sets, fast, comm)
    callback, verbose = (callback or Callback(), verbose) if is_first(comm) else (Callback(), False)
    rng, history = generator(rng), History() if history is None else history
    order = first_order(rng, len(x), 0 if constant_order else len(history))
    held_out = HeldOut(engine, sets.get("validation"), validate_every, history, len(x), batch_size)
    fused = engine.fused(optimizer, batch_size)  # updates in one call of the fast path; else 0

    with quiet_overflow(), without_input_gradient(net), interrupts() as pressed, engine:
        for epoch in range(len(history), epochs):
            start, held_out.seconds = time.perf_counter(), 0.0
            order = order if constant_order else rng.permutation(len(order))
            optimizer.lr = rate_of(schedule, epoch) if schedule else optimizer.lr
            x, labels = expect_fresh(fresh(epoch), sets["training"], net) if fresh else (x, labels)
            optimizer.before_pass(engine, x, labels, order)
            tally = Tally(net, len(x), f"epoch {epoch + 1}, learning rate {optimizer.lr:g}")
            with mode(net, training=True):
                for batch in batches(order, fused or batch_size, epoch, held_out):
                    if fused:
                        E, y = engine.updates(optimizer, x, labels, batch)
                    else:
                        E, y = engine.gradients(x, labels, batch)  # forward, loss, backward
                        if math.isfinite(E):
                            optimizer.step()
                    tally.add(batch, E, y)
                    stop_if(pressed)
                    held_out.after_update(epoch, tally.done)
                    callback.batch(tally.done, len(x), E)
            (E, running_error), seconds = tally.end(labels), time.perf_counter() - start - held_out.seconds
            held_out.validate(epoch + 1.0)
            history.append(loss=E, running_error=running_error, lr=optimizer.lr, seconds=seconds,
                           **errors_after(engine, sets, history, train_error))  # fmt: skip
            tell(history, epochs, verbose)
            callback.epoch(history)
            stop_if(pressed)
    callback.end(history)
    return history


def tell(history: History, epochs: int, verbose: bool | None) -> None:
    """Print the line of the last epoch, if it is wanted or, with None, if somebody reads it."""
    if somebody_reads() if verbose is None else verbose:
        print(history.line(epochs=epochs), flush=True)


def expect_arguments(given: dict[str, Any]) -> None:
    """Raise InputError unless the arguments of `fit` belong together, and are the same on all ranks of its comm."""
    expect_agreement_of_ranks(given)  # first: then every error below is one of all ranks
    expect_agreement(*(given[name] for name in ("net", "loss", "optimizer")))
    expect_settings(*(given[name] for name in ("epochs", "batch_size", "validate_every", "validation", "history")))


def expect_sets(net: Layer, **sets: Data | None) -> tuple[dict[str, Data], Data]:
    """Return {what: (x, labels)} of the data sets that there are, each checked, and that for training."""
    found = {what: expect_data(data, what, net) for what, data in sets.items() if data or what == "training"}
    return found, found["training"]


def expect_fresh(data: Data, first: Data, net: Layer) -> Data:
    """Return the data of an epoch. Raise InputError if the network that was made for the first cannot take them."""
    x, labels = expect_data(data, "fresh", net)
    if x.shape != first[0].shape or x.dtype != first[0].dtype:
        raise InputError(
            f"fresh= should return as many images as train has, {first[0].dtype} of shape {first[0].shape}, got "
            f"{x.dtype} of shape {x.shape}."
        )
    expect_labels(labels, "fresh", int(first[1].max()) + 1)
    return x, labels


def engine_that_takes(net: Layer, loss: Loss, sets: dict[str, Data], fast: bool, comm: Any) -> Engine:
    """Return the engine for all data sets, on several ranks that of this rank.

    Raise InputError for images or labels that do not fit the network.
    """
    with mode(net, training=False), own_cores(comm):
        engine = engine_for(net, loss, sets["training"][0], fast)
        for what, (x, labels) in sets.items():
            expect_labels(labels, what, engine.classes(x))
    return RankEngine(engine, comm) if has_several(comm) else engine


def expect_settings(
    epochs: int, batch_size: int, validate_every: int | None, validation: Data | None, history: History | None
) -> None:
    """Raise InputError for settings with which nothing would be trained, or nothing measured."""
    expect_count("epochs", epochs)
    expect_count("batch_size", batch_size)
    if history is not None and len(history) >= epochs:
        raise InputError(
            f"epochs={epochs} counts all epochs, and the history has {len(history)} already: nothing would be trained. "
            f"For one more epoch, write epochs={len(history) + 1}."
        )
    if validate_every is not None and validate_every < 1:
        raise InputError(f"validate_every={validate_every} has to be at least 1.")
    if validate_every is not None and not validation:
        raise InputError(f"validate_every={validate_every} needs validation data.")


def first_order(rng: np.random.Generator, n: int, epochs_done: int) -> NDArray:
    """Return a random order of n patterns, after the draws of the epochs that were done before."""
    order = rng.permutation(n)
    for _ in range(epochs_done):
        order = rng.permutation(n)
    return order


def batches(order: NDArray, size: int, epoch: int, held_out: HeldOut) -> Iterator[NDArray]:
    """Yield the epoch's order in parts of `size` patterns; a part ends early when a validation is due."""
    first = 0
    while first < len(order):
        batch = order[first : first + min(size, held_out.ahead(epoch, first))]
        yield batch
        first += len(batch)


def errors_after(engine: Engine, sets: dict[str, Data], history: History, train_error: bool) -> dict[str, float]:
    """Return the errors in percent after an epoch, nan if there is nothing to measure."""
    tested = measure(engine, sets["test"]) if "test" in sets else None
    return {
        "train_error": measure(engine, sets["training"]).error if train_error else math.nan,
        "validation_error": history.validations[-1][1] if "validation" in sets else math.nan,
        "test_error": tested.error if tested else math.nan,
        "test_top3_error": tested.top3_error if tested else math.nan,
    }


@contextlib.contextmanager
def without_input_gradient(net: Layer) -> Iterator[None]:
    """Tell the first layer not to compute dE/dx of the images, if it can leave it out: nothing uses it."""
    first = leaves(net)[0]
    if not hasattr(first, "input_gradient"):
        yield
        return
    first.input_gradient = False
    try:
        yield
    finally:
        first.input_gradient = True
