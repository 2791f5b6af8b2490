"""The same command under MPI: the same tables and pictures, file by file; when a rank dies, the rest is resumable."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scratchnet.cli import main

pytest.importorskip("mpi4py", reason='pip install -e ".[mpi]"')
MPIEXEC = shutil.which("mpiexec", path=str(Path(sys.executable).parent)) or shutil.which("mpiexec")
pytestmark = pytest.mark.skipif(not MPIEXEC, reason='needs mpiexec: pip install -e ".[mpi]"')

COMMAND = ("reproduce", "fig5", "--tiny", "--seeds", "3")
RANK_DIES = """
import sys
from scratchnet.experiments.many import Results, Task, mpi, run_many
sys.path.insert(0, {folder!r})
import dying
if __name__ == "__main__":
    tasks = [Task(f"t{{x}}", dying.die, {{"x": x}}) for x in range(3)]
    print(run_many(tasks, Results({folder!r} + "/results"), mpi, print))
"""
DYING = """
import os, signal, time
def die(x):
    flag = os.path.join(os.path.dirname(__file__), "died")
    if x == 1 and not os.path.exists(flag):
        open(flag, "w").close()
        time.sleep(1)  # the first result is written meanwhile
        os.kill(os.getpid(), signal.SIGKILL)
    return {"x": x}
"""


def under_mpi(ranks, *words):
    command = [MPIEXEC, "-n", str(ranks), sys.executable, "-m", "mpi4py.futures", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=170)


@pytest.mark.planted
def test_two_and_four_ranks_give_what_one_process_gives(tmp_path):
    assert main([*COMMAND, "--jobs", "1", "--out", str(tmp_path / "one")]) == 0
    one = {path.name: path.read_bytes() for path in (tmp_path / "one" / "tiny").glob("*.*")}
    for ranks in (2, 4):
        out = tmp_path / f"ranks{ranks}"
        run = under_mpi(ranks, "-m", "scratchnet", *COMMAND, "--executor", "mpi", "--out", str(out))
        assert run.returncode == 0, run.stdout + run.stderr
        assert "the same command then goes on" in run.stderr.lower()
        assert {path.name: path.read_bytes() for path in (out / "tiny").glob("*.*")} == one


def test_when_a_rank_dies_the_rest_is_resumable(tmp_path):
    (tmp_path / "dying.py").write_text(DYING)
    script = tmp_path / "script.py"
    script.write_text(RANK_DIES.format(folder=str(tmp_path)))
    assert under_mpi(2, str(script)).returncode != 0
    assert [path.name for path in (tmp_path / "results").glob("*.npz")] == ["t0.npz"]
    again = under_mpi(2, str(script))
    assert again.returncode == 0 and "{}" in again.stdout, again.stdout + again.stderr
    assert len(list((tmp_path / "results").glob("*.npz"))) == 3


def test_jobs_belong_to_processes(capsys, tmp_path):
    assert main([*COMMAND, "--jobs", "2", "--executor", "mpi", "--out", str(tmp_path)]) == 2
    assert "mpiexec -n" in capsys.readouterr().err


@pytest.mark.planted
def test_a_class_is_graded_on_the_ranks(tmp_path, monkeypatch):
    from answers import ANSWERS
    from attempts import filled

    from scratchnet.exercises.catalogue import find_exercise

    monkeypatch.chdir(tmp_path)
    for student, mistake in (("anna", ""), ("bob", "2 * "), ("cleo", None)):
        for name in ("scaled-tanh", "im2col") if mistake is not None else ():
            exercise = find_exercise(name)
            text = filled(exercise, ANSWERS[name]).replace("return ", f"return {mistake}")
            (tmp_path / "class" / student).mkdir(parents=True, exist_ok=True)
            (tmp_path / "class" / student / exercise.file).write_text(text)
    (tmp_path / "class" / "cleo").mkdir()
    (tmp_path / "syllabus.ini").write_text("[points]\nscaled-tanh = 1\nim2col = 1\n")
    command = ["exercise", "grade", "class", "--csv"]
    assert main([*command, "one.csv", "--feedback", "f1"]) == 0
    run = under_mpi(3, "-m", "scratchnet", *command, "many.csv", "--feedback", "f2", "--executor", "mpi")
    assert run.returncode == 0, run.stdout + run.stderr
    assert (tmp_path / "one.csv").read_text() == (tmp_path / "many.csv").read_text()
    assert "bob" in (tmp_path / "many.csv").read_text()
    assert main([*command, "x.csv", "--jobs", "2", "--executor", "mpi"]) == 2
