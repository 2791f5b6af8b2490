"""Many runs: what is done is kept, what fails is named and ends nothing else, and the same command goes on."""

import multiprocessing
import os
import signal
import time
from concurrent.futures import Executor, Future
from functools import partial

import numpy as np
import pytest

from scratchnet.experiments.many import Results, Task, duration, processes, run_many


class Here(Executor):
    """Runs each task at once, in this process."""

    def submit(self, function, /, *arguments, **options):
        future = Future()
        try:
            future.set_result(function(*arguments, **options))
        except BaseException as why:
            future.set_exception(why)
        return future


def square(x):
    return {"y": x * x, "array": np.arange(x), "name": "square", "path": [x, None]}


def fails(x):
    raise ValueError(f"{x} is no good")


def counted(folder, x):
    path = os.path.join(folder, f"{x}-{time.monotonic_ns()}")
    open(path, "w").close()
    return {"x": x}


def killed_once(flag):
    if not os.path.exists(flag):
        open(flag, "w").close()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"survived": True}


def killed(x):
    os.kill(os.getpid(), signal.SIGKILL)


def run(tasks, tmp_path, pool=Here):
    lines = []
    results = Results(tmp_path / "results")
    return run_many(tasks, results, pool, lines.append), results, lines


def test_a_result_comes_back_as_it_was(tmp_path):
    task = Task("five", square, {"x": 5})
    failed, results, lines = run([task], tmp_path)
    found = results[task]
    assert failed == {} and found["y"] == 25 and found["name"] == "square" and found["path"] == [5, None]
    assert np.array_equal(found["array"], np.arange(5)) and results.seconds(task) >= 0
    assert lines == ["1/1  five   all done"]


def test_what_is_done_is_not_repeated(tmp_path):
    done = tmp_path / "done"
    done.mkdir()
    tasks = [Task(f"t{x}", counted, {"folder": str(done), "x": x}) for x in range(3)]
    run(tasks[:2], tmp_path)
    run([*tasks, tasks[0]], tmp_path)
    assert sorted(path.name[0] for path in done.iterdir()) == ["0", "1", "2"]


def test_other_arguments_under_the_same_name_run_again(tmp_path):
    _, results, _ = run([Task("t", square, {"x": 2})], tmp_path)
    assert Task("t", square, {"x": 3}) not in results and Task("t", fails, {"x": 2}) not in results
    task = Task("t", square, {"x": 3})
    run([task], tmp_path)
    assert results[task]["y"] == 9


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 no zip", b"x" * 1000])
def test_a_damaged_result_is_made_again(tmp_path, damage):
    task = Task("t", square, {"x": 2})
    _, results, _ = run([task], tmp_path)
    results.path(task).write_bytes(damage)
    assert task not in results
    run([task], tmp_path)
    assert results[task]["y"] == 4


def test_a_run_that_fails_is_named_and_ends_nothing_else(tmp_path):
    bad, good = Task("bad", fails, {"x": 1}), Task("good", square, {"x": 2})
    failed, results, lines = run([bad, good], tmp_path)
    assert failed == {"bad": "ValueError: 1 is no good"}
    assert good in results and bad not in results
    assert any("bad: failed (ValueError: 1 is no good)" in line for line in lines)


def test_ctrl_c_keeps_what_is_done(tmp_path):
    def press(line):
        raise KeyboardInterrupt

    tasks, results = [Task(f"t{x}", square, {"x": x}) for x in range(9)], Results(tmp_path / "results")
    with pytest.raises(KeyboardInterrupt):
        run_many(tasks, results, Here, press)
    assert sum(task in results for task in tasks) == 1


def slow(x):
    time.sleep(60)


@pytest.mark.skipif(os.name == "nt", reason="sends SIGINT")
def test_ctrl_c_ends_the_processes(tmp_path):
    tasks = [Task("quick", square, {"x": 2}), *(Task(f"slow{x}", slow, {"x": x}) for x in range(3))]
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run_many(
            tasks, Results(tmp_path / "results"), partial(processes, 2), lambda line: signal.raise_signal(signal.SIGINT)
        )
    while multiprocessing.active_children() and time.monotonic() - start < 40:
        time.sleep(0.01)  # a thread of the pool waits for them too: who comes second sees a process after its end
    assert not multiprocessing.active_children() and time.monotonic() - start < 40
    assert tasks[0] in Results(tmp_path / "results")


def test_processes_give_what_this_process_gives(tmp_path):
    tasks = [Task(f"t{x}", square, {"x": x}) for x in range(4)]
    failed, results, lines = run(tasks, tmp_path, partial(processes, 2))
    assert failed == {} and [results[task]["y"] for task in tasks] == [0, 1, 4, 9] and len(lines) == 4


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_process_that_is_killed_costs_its_own_run_alone(tmp_path):
    again = Task("again", killed_once, {"flag": str(tmp_path / "flag")})
    never = Task("never", killed, {"x": 1})
    good = [Task(f"t{x}", square, {"x": x}) for x in range(4)]
    failed, results, _ = run([again, *good, never], tmp_path, partial(processes, 1))
    assert list(failed) == ["never"] and "ended twice" in failed["never"]
    assert all(task in results for task in (again, *good))


def test_durations_are_said_as_people_say_them():
    assert [duration(s) for s in (5, 80, 600, 9000)] == ["5 s", "80 s", "10 min", "2.5 h"]
