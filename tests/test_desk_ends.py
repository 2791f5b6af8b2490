"""Nobody's file ends the grading of the others, or outlives it."""

import os
import time
from pathlib import Path

import pytest
from attempts import filled
from desks import BACK, LINUX, STAYS, checking, left_over

from scratchnet.exercises import desk as desks
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer
from scratchnet.exercises.desk import Desk

ENDINGS = {
    "os._exit": ("import os\nos._exit(0)", "The process ended before"),
    "killed": ("import os\nos.kill(os.getpid(), 9)", "ended by signal 9"),
    "leaves a child": (f"{STAYS}, start_new_session=True)\nreturn x", "self.x"),
    "a child that holds the socket": (
        "import os, time\nif os.fork():\n    os._exit(0)\nos.setsid()\ntime.sleep(100)",
        "The process ended before",
    ),
}
MORE_ENDINGS = {
    "deaf": ("import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True:\n    pass", "Is there an endless loop?"),
    "kills its parent": ("import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(100)", ""),
    "kills its group": ("import os\nos.killpg(0, 9)", "signal 9"),
    "crashes": ("import os\nos.kill(os.getpid(), 11)", "signal 11"),
    "stops": ("import os\nos.kill(os.getpid(), 19)", "endless loop"),
    "60 forks": ("import os, time\nfor _ in range(60):\n    if not os.fork():\n        time.sleep(100)\nreturn x", ""),
    "chain of forks": (
        "import os\nif os.fork():\n    os._exit(0)\nfor _ in range(100_000):\n    if os.fork():\n        os._exit(0)",
        "",
    ),
    "kills its parent and leaves a child": (
        f"{STAYS}, start_new_session=True)\nos.kill(os.getppid(), 9)\ntime.sleep(100)",
        "",
    ),
    "threads": (
        "import threading, time\nfor _ in range(5):\n    threading.Thread(target=time.sleep, args=[90]).start()\n"
        "return x",
        "self.x",
    ),
    "atexit": ("import atexit, time\natexit.register(time.sleep, 100)\nreturn x", "self.x"),
    "10 GB": ("return np.ones(10**10 // 8)", "more memory than there is"),
    "lists": ("a = [0]\nwhile True:\n    a = a + a", "more memory than there is"),
    "200 MB": ("open('big', 'wb').write(bytes(200 * 2**20))\nreturn x", ""),
    "10,000 files": ("for n in range(10_000):\n    open(f'f{n}', 'w').close()\nreturn x", ""),
    "floods": ("import os\nfor _ in range(20_000):\n    os.write(1, b'x' * 1000)\nreturn x", "self.x"),
    "interrupts itself": ("raise KeyboardInterrupt", None),
}


def ending(check, lines, words, monkeypatch):
    monkeypatch.setattr(desks, "GRACE", 3)
    start = time.monotonic()
    if words is None:
        with pytest.raises(desks.Interrupted):
            check([lines, BACK], seconds=3)
    else:
        result = check([lines, BACK], seconds=15 if "memory" in words else 3)  # to fill 1.5 GB takes its time
        assert result.state in ("wrong", "stopped") and words in result.fact, result
    assert time.monotonic() - start < 25
    assert check().state == "right"
    assert not left_over()


@LINUX
@pytest.mark.parametrize("lines, words", ENDINGS.values(), ids=ENDINGS)
def test_a_bad_end_harms_nobody_else(lines, words, check, monkeypatch):
    ending(check, lines, words, monkeypatch)


@LINUX
@pytest.mark.planted
@pytest.mark.parametrize("lines, words", MORE_ENDINGS.values(), ids=MORE_ENDINGS)
def test_more_bad_ends(lines, words, check, monkeypatch):
    ending(check, lines, words, monkeypatch)


@pytest.fixture(scope="module")
def open_desk():
    """A Desk on a system that offers no closed room."""
    with Desk(strict=True, memory=1500, hidden=["/a/folder/that/is/not/there"]) as found:
        yield found


@LINUX
@pytest.mark.planted
@pytest.mark.parametrize("lines, words", (ENDINGS | MORE_ENDINGS).values(), ids=ENDINGS | MORE_ENDINGS)
def test_bad_ends_without_a_closed_room(lines, words, open_desk, monkeypatch):
    ending(checking(open_desk), lines, words, monkeypatch)


@LINUX
def test_without_a_closed_room_grading_works_and_has_the_reason(open_desk):
    assert checking(open_desk)().state == "right"
    assert open_desk.no_room == "No such file or directory"


@LINUX
@pytest.mark.planted
def test_many_checks_leave_nothing_open(desk):
    exercise, path = find_exercise("scaled-tanh"), "ex01_scaled_tanh.py"
    files = {path: filled(exercise, ["", ""]).encode()}

    def check():
        assert check_answer(exercise, path, 0, desk, files).state == "blank"
        return desk.process.pid

    process = check()
    before = [len(os.listdir(f"/proc/{number}/fd")) for number in ("self", process)]
    for _ in range(200):
        assert check() == process
    assert [len(os.listdir(f"/proc/{number}/fd")) for number in ("self", process)] == before
    assert Path(f"/proc/{process}/task/{process}/children").read_text() == ""
