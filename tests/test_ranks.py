"""Training on several ranks of MPI: the same network as in one process, the same errors, Ctrl-C and dead ranks."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from trained_on_ranks import cases, trained

from scratchnet import History, InputError, fit
from scratchnet.cli import on_ranks
from scratchnet.parallel import together
from scratchnet.runs.recipes import RECIPES
from scratchnet.storage import read_arrays
from scratchnet.training.loop import engine_that_takes

HERE = Path(__file__).parent
MPIEXEC = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")


@pytest.fixture
def under_mpi():
    """Runs a script of this folder on so many ranks."""
    pytest.importorskip("mpi4py", reason='pip install -e ".[mpi]"')
    if not MPIEXEC:
        pytest.skip('needs mpiexec: pip install -e ".[mpi]"')

    def run(ranks, script, *words):
        command = [MPIEXEC, "-n", str(ranks), sys.executable, str(HERE / script), *map(str, words)]
        return subprocess.run(command, capture_output=True, text=True, timeout=170)

    return run


@pytest.fixture(scope="module")
def alone():
    return trained()


@pytest.mark.parametrize("ranks", (2, 4))
def test_ranks_train_what_one_process_trains(ranks, alone, under_mpi, tmp_path):
    run = under_mpi(ranks, "trained_on_ranks.py", tmp_path / "theirs.npz")
    assert run.returncode == 0, run.stdout + run.stderr  # and the ranks agree bit by bit
    theirs = np.load(tmp_path / "theirs.npz")
    assert theirs.files == list(alone)
    for name, expected in alone.items():
        if name.endswith("seconds"):
            continue
        if name.endswith("sums"):
            case, updates = name.removesuffix(": sums"), 10 if name == "SDLM: sums" else 8
            assert theirs[name] == updates + 2 * ("SDLM" in case), name  # one in an update, one for the curvature
        else:
            bound = 1e-12 if name.startswith("weights") and "history loss" not in name else 1e-5
            np.testing.assert_allclose(theirs[name], expected, rtol=0, atol=bound * np.max(np.abs(expected), initial=1),
                                       err_msg=name)  # fmt: skip


def test_one_rank_is_no_rank():
    class One:
        rank, size = 0, 1

        def Allreduce(self, *arrays):
            raise AssertionError("nothing to add up")

        allgather = Allreduce

    histories = []
    for comm in (None, One()):
        net, loss, optimizer_of, data, more = cases()["momentum"]
        histories.append(fit(net, loss, optimizer_of(net), data, epochs=1, batch_size=16, rng=0, comm=comm, **more))
    assert histories[0].loss == histories[1].loss
    with pytest.raises(InputError, match=r"comm should be a communicator of mpi4py, .*MPI.COMM_WORLD, got an int"):
        fit(net, loss, optimizer_of(net), data, comm=4)


SENTENCES = {
    "net": "fit got another net= on rank 1 than on rank 0 .*with the same seed",
    "train": "fit got another train= on rank 1 than on rank 0 ",
    "rng": "fit got another rng= on rank 1 than on rank 0 .*the same seed",
    "batch_size": r"fit got another batch_size= on rank 1 than on rank 0 \(9 and 8\)",
    "no seed": "rng=None draws another order .* on each rank",
    "too many": "batch_size=1 leaves some of 2 ranks without an image. Start at most 1 rank, or use a batch_size of",
    "labels": "labels from 0 to 1, got 5 to 6",
    "BatchNorm2d": "BatchNorm2d.* needs the whole batch, and each of 2 ranks has only its share",
    "diverges": "(not finite|became) .*Lower the learning rate",
}


def test_all_ranks_are_told_the_same(under_mpi):
    run = under_mpi(2, "errors_on_ranks.py", *SENTENCES)
    assert run.returncode == 0, run.stdout + run.stderr
    said = dict(line.split(": ", 1) for line in run.stdout.splitlines())
    assert said.keys() == SENTENCES.keys(), run.stdout
    for name, sentence in SENTENCES.items():
        assert re.match(f".*{sentence}", said[name]), said[name]  # a list would be two different ones


def test_an_error_on_one_rank_ends_all(under_mpi):
    run = under_mpi(2, "errors_on_ranks.py", "one rank")  # without the end of all, the other rank waits for ever
    assert run.returncode != 0
    assert "scratchnet: rank 0 of 2 has ended, so all ranks end: a callback of rank 0 fails" in run.stderr


RECIPE = ("train", "--recipe", "tutorial-28", "--epochs", "2")


@pytest.mark.planted
def test_the_command_trains_is_stopped_and_resumed(under_mpi, tmp_path):
    command, folders = "command_on_ranks.py", [tmp_path / name for name in ("whole", "stopped", "alone")]
    whole, stopped, one = folders
    run = under_mpi(2, command, "none", *RECIPE, "--out", whole)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.count("epoch  2/2") == 1 and run.stdout.count("test error  ") == 1
    assert run.stderr.count("2 ranks train together") == 1
    assert f"mpiexec -n 2 python -m scratchnet train --resume {whole}" in run.stderr

    run = under_mpi(2, command, "SIGINT", *RECIPE, "--out", stopped)  # on rank 1 alone
    assert run.returncode == 130, run.stdout + run.stderr
    assert run.stderr.count("Interrupted.") == 1 and "Traceback" not in run.stderr
    assert len(History.read(stopped / "log.csv")) == 1
    run = under_mpi(2, command, "none", "train", "--resume", stopped)
    assert run.returncode == 0, run.stdout + run.stderr
    again, expected = (read_arrays(folder / "last.npz") for folder in (stopped, whole))
    assert all(np.array_equal(again[name], array) for name, array in expected.items())

    run = subprocess.run(
        [sys.executable, HERE / command, "none", *RECIPE, "--out", one], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    for name, array in read_arrays(one / "last.npz").items():
        np.testing.assert_allclose(expected[name], array, rtol=0, atol=1e-4, err_msg=name)
    mine, theirs = (History.read(folder / "log.csv") for folder in (one, whole))
    np.testing.assert_allclose(theirs.loss, mine.loss, rtol=1e-4)


@pytest.mark.planted
def test_when_a_rank_dies_the_run_is_resumable(under_mpi, tmp_path):
    run = under_mpi(2, "command_on_ranks.py", "SIGKILL", *RECIPE, "--out", tmp_path)
    assert run.returncode != 0
    assert "If one dies, all end. To resume" in run.stderr
    assert len(History.read(tmp_path / "log.csv")) == 1
    words = [sys.executable, HERE / "command_on_ranks.py", "none", "train", "--resume", tmp_path]  # one process
    run = subprocess.run(words, capture_output=True, text=True, timeout=170)
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(History.read(tmp_path / "log.csv")) == 2


@pytest.mark.parametrize("recipe, ranks, sentence", [
    ("paper", 2, "2 ranks share every batch, and the recipe paper has batches of 1. Train it without mpiexec."),
    ("tutorial-28", 65, "65 ranks share every batch, .* tutorial-28 has batches of 64. Start at most 64 ranks."),
])  # fmt: skip
def test_a_recipe_needs_an_image_for_each_rank(recipe, ranks, sentence):
    with pytest.raises(InputError, match=sentence):
        on_ranks.expect_shares(SimpleNamespace(size=ranks), RECIPES[recipe])
    on_ranks.expect_shares(None, RECIPES[recipe])
    on_ranks.expect_shares(SimpleNamespace(size=64), RECIPES["tutorial-28"])


@pytest.mark.parametrize("environment, ranks", [
    ({}, 1),
    ({"PMI_SIZE": "4", "PMI_RANK": "0"}, 4),
    ({"OMPI_COMM_WORLD_SIZE": "3"}, 3),
    ({"MV2_COMM_WORLD_SIZE": "2"}, 2),
    ({"PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "8"}, 8),
    ({"SLURM_STEP_NUM_TASKS": "8"}, 1),  # a job step without MPI, or a batch script
])  # fmt: skip
def test_mpiexec_is_recognised(environment, ranks, monkeypatch):
    for name in (*on_ranks.SIZES, "PMIX_RANK", "SLURM_STEP_NUM_TASKS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert on_ranks.ranks_started() == ranks


def test_ranks_without_mpi4py_get_a_sentence(monkeypatch):
    monkeypatch.setenv("OMPI_COMM_WORLD_SIZE", "3")
    monkeypatch.setitem(sys.modules, "mpi4py", None)
    with pytest.raises(InputError, match=r"mpiexec has started 3 ranks, and MPI needs mpi4py. Run: pip install"):
        on_ranks.world()


def test_another_mpi_than_that_of_mpiexec_gets_a_sentence(monkeypatch):
    monkeypatch.setenv("OMPI_COMM_WORLD_SIZE", "3")
    alone = SimpleNamespace(MPI=SimpleNamespace(COMM_WORLD=SimpleNamespace(size=1)))
    monkeypatch.setitem(sys.modules, "mpi4py", alone)
    with pytest.raises(InputError, match="has started 3 ranks, and mpi4py finds 1: the two belong to different"):
        on_ranks.world()


def test_ranks_share_the_cores_that_they_may_run_on(monkeypatch):
    class Comm:
        def __init__(self, *affinities):
            self.all = [(together.platform.node(), list(cores)) for cores in affinities]
            self.size = len(self.all)

        def allgather(self, mine):
            assert mine == self.all[0]
            return self.all

    monkeypatch.delenv("SCRATCHNET_THREADS", raising=False)
    monkeypatch.setattr(together.os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    monkeypatch.setattr(together, "cores", lambda: 8)
    all_8, others = range(8), range(8, 16)
    assert together.cores_of_rank(Comm(all_8)) == 8
    assert together.cores_of_rank(Comm(all_8, all_8)) == 4
    assert together.cores_of_rank(Comm(all_8, others, all_8)) == 4  # mpiexec has given the third rank cores of its own
    assert together.cores_of_rank(Comm(*[all_8] * 20)) == 1
    monkeypatch.setenv("SCRATCHNET_THREADS", "3")
    monkeypatch.setattr(together, "cores", lambda: 3)
    assert together.cores_of_rank(Comm(all_8, all_8)) == 3
    with together.own_cores(Comm(all_8, all_8)):
        assert os.environ["SCRATCHNET_THREADS"] == "3"
    monkeypatch.delenv("SCRATCHNET_THREADS")
    monkeypatch.setattr(together, "cores", lambda: 8)
    net, loss, _, data, _ = cases()["momentum"]
    engine = engine_that_takes(net, loss, {"training": data}, False, Comm(all_8, all_8))
    assert len(engine.engine.replicas) == 4  # threads of the readable engine
    assert "SCRATCHNET_THREADS" not in os.environ
