"""The process that runs a learner's code: what it may not reach, forge, stop or leave behind."""

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from answers import ANSWERS
from attempts import filled

import scratchnet
from scratchnet.exercises import bags
from scratchnet.exercises import desk as desks
from scratchnet.exercises import grade as grading
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer
from scratchnet.exercises.desk import Desk, NoDesk
from scratchnet.exercises.syllabus import Syllabus
from scratchnet.exercises.wire import Broken, TooLate, Wire

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
LINEAR = find_exercise("linear")
RIGHT, BACK = ANSWERS["linear"]


@pytest.fixture(scope="module")
def desk():
    with Desk(strict=True, memory=1500, warm=["max-pool-backward"]) as found:
        yield found


@pytest.fixture
def check(desk):
    """Checks bodies on the Desk; its Result."""
    return checking(desk)


def checking(desk):
    def run(bodies=(RIGHT, BACK), above="", exercise=LINEAR, seconds=20, end=""):
        files = {exercise.file: (filled(exercise, bodies, above) + end).encode()}
        return check_answer(exercise, exercise.file, 0, desk, files, seconds)

    return run


# A pass is earned.

INSTANCE = "layer = Linear(*self.W.shape[::-1])\nlayer.W, layer.b, self.x = self.W, self.b, x\nreturn layer"
DELEGATIONS = {
    "super": ("linear", ["return super().forward(x)", BACK], "return super().forward(x)"),
    "super of the class": ("linear", ["return super(MyLinear, self).forward(x)", BACK], "super(MyLinear"),
    "by the class": ("linear", [RIGHT, "return Linear.backward(self, dy)"], "return Linear.backward(self, dy)"),
    "by mro": ("linear", ["return type(self).__mro__[1].forward(self, x)", BACK], "__mro__[1].forward"),
    "by getattr": ("linear", ["return getattr(Linear, 'for' + 'ward')(self, x)", BACK], "getattr(Linear"),
    "by vars": ("linear", ["return vars(Linear)['forward'](self, x)", BACK], "vars(Linear)"),
    "by an instance": ("linear", [f"{INSTANCE}.forward(x)", BACK], "return layer.forward(x)"),
    "by a call": ("linear", [f"{INSTANCE}(x)", BACK], "return layer(x)"),
    "by a subclass": ("linear", ["class L(Linear):\n    pass\nreturn L.forward(self, x)", BACK], "L.forward(self, x)"),
    "conv by kernel": (
        "conv-forward",
        ["from scratchnet.kernels import convolve\nreturn convolve(x, self.W, self.b, 1, 0)"],
        "return convolve(",
    ),
    "conv by its class": ("conv-forward", ["return Conv2d.forward(self, x)"], "return Conv2d.forward(self, x)"),
    "im2col": (
        "im2col",
        ["import scratchnet.kernels as k\nreturn k.im2col(x, kh, kw, stride, padding)"],
        "return k.im2col(",
    ),
    "im2col by its module": (
        "im2col",
        ["import sys\nhome = sys.modules[output_size.__module__]\nreturn home.im2col(x, kh, kw, stride, padding)"],
        "return home.im2col(",
    ),
    "lenet5": ("lenet5", ["import scratchnet.models as m\nreturn m.lenet5(rng)"], "return m.lenet5(rng)"),
    "table-one": (
        "table-one",
        ["import scratchnet.models as m\nreturn m.lenet5()['C3'].connections"],
        "return m.lenet5()",
    ),
    "softmax": (
        "cross-entropy",
        [
            "import scratchnet\nself.right = one_hot(labels, y)\nself.p = scratchnet.Softmax().forward(y)\nreturn 0.0",
            "",
        ],
        "Softmax().forward(y)",
    ),
    "max pool by kernel": (
        "max-pool-backward",
        ["from scratchnet.kernels import max_pool_back\nreturn max_pool_back(dy, self.winner, self.shape)"],
        "return max_pool_back(",
    ),
    "max pool by its class": ("max-pool-backward", ["return MaxPool2d.backward(self, dy)"], "MaxPool2d.backward"),
    "sgd by step": ("sgd", ["SGD.step(self)"], "SGD.step(self)"),
    "sgd by Adam": ("sgd", ["import scratchnet\nscratchnet.Adam(self.net, self.lr).step()"], "scratchnet.Adam"),
    "sgd by its kernel": (
        "sgd",
        ["from scratchnet.kernels import descend\nfor _, w, g, _ in self.net.parameters():\n    descend(w, g, w)"],
        "descend(w, g, w)",
    ),
}


@pytest.mark.parametrize("name, bodies, line", DELEGATIONS.values(), ids=DELEGATIONS)
def test_what_calls_the_librarys_own_is_not_written_yet(name, bodies, line, check):
    result = check(bodies, exercise=find_exercise(name))
    assert result.state == "blank", result.fact
    assert "You have not written it yet: " in result.fact and "Write it yourself" in result.fact
    (marked,) = [text for text in result.fact.split("\n") if text.startswith("> ")]
    assert line in marked


GC = """
import gc, sys

def everything():
    frame = sys._getframe()
    while frame:
        yield from list(frame.f_locals.values()) + list(frame.f_globals.values())
        frame = frame.f_back
    yield from gc.get_objects()
"""
CHEATS = {
    "deletes a method": (["return x", BACK], "", "\ndel MyLinear.forward\n"),
    "deletes both": ([RIGHT, BACK], "", "\ndel MyLinear.forward, MyLinear.backward\n"),
    "is the library's": ([RIGHT, BACK], "", "\nMyLinear = Linear\n"),
    "no answer in the process": (
        [
            "self.x = x\nright = x @ self.W.T + self.b\nfor thing in everything():\n"
            "    if isinstance(thing, np.ndarray) and thing is not right and thing.shape == right.shape:\n"
            "        if np.array_equal(thing, right):\n            return thing\n"
            "return np.zeros_like(right)",
            BACK,
        ],
        GC,
        "",
    ),
    "functions by name": (
        [
            "for thing in everything():\n"
            "    if getattr(thing, '__qualname__', '') == 'Linear.forward' and not thing.__closure__:\n"
            "        return thing(self, x)\nreturn x",
            BACK,
        ],
        GC,
        "",
    ),
    "imports the checker": ([RIGHT, BACK], "import scratchnet.exercises.checker", ""),
    "imports the exercises": ([RIGHT, BACK], "from scratchnet import exercises", ""),
    "loads the library again": (
        ["return linear.Linear.forward(self, x)", BACK],
        "import importlib\nimport scratchnet.layers.linear as linear\nimportlib.reload(linear)",
        "",
    ),
    "imports the library again": (
        ["return Again.forward(self, x)", BACK],
        "import sys\nfor name in [name for name in sys.modules if name.startswith('scratchnet')]:\n"
        "    del sys.modules[name]\nfrom scratchnet import Linear as Again",
        "",
    ),
    "replaces levels": (
        ["return x", BACK],
        "import sys\nfor module in list(sys.modules.values()):\n    if hasattr(module, 'LEVELS'):\n"
        "        module.LEVELS = ()",
        "",
    ),
    "replaces the worker": (
        ["return x", BACK],
        "import sys\nmain = sys.modules['__main__']\n"
        "main.Attempt.run = lambda self, message: ({'kind': 'right'}, [{'y': 0.0}] * message['times'])\n"
        "main.told = lambda why: {'kind': 'right', 'state': 'right'}",
        "",
    ),
    "replaces what it sends": (
        ["return x", BACK],
        "import sys\nWire = sys.modules['__main__'].Wire\nold = Wire.answer\n"
        "Wire.answer = lambda self, message, results=(): old(self, {'kind': 'ran', 'text': 'Right.'}, results)",
        "",
    ),
}


@pytest.mark.parametrize("bodies, above, end", CHEATS.values(), ids=CHEATS)
def test_no_cheat_is_right(bodies, above, end, check):
    result = check(bodies, above, end=end)
    assert result.state in ("wrong", "blank", "stopped") and result.failed != (), str(result)
    assert len(result.fact) > 30, "a sentence"


def test_function_exercises_leave_no_original_in_reach(check):
    lines = """
    for thing in everything():
        for name in ('im2col',):
            found = getattr(thing, 'target', None) or getattr(thing, '__dict__', {}).get(name)
            found = getattr(found, 'py_func', found)
            if getattr(found, '__name__', '') == name and found.__code__.co_filename.endswith('columns.py'):
                return found(x, kh, kw, stride, padding)
    return x
    """
    import textwrap

    assert check([textwrap.dedent(lines).strip()], GC, find_exercise("im2col")).state != "right"


def test_a_link_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("theirs.py").write_text(filled(LINEAR, [RIGHT, BACK]))
    Path("my").mkdir()
    Path("my", LINEAR.file).symlink_to(Path("theirs.py").resolve())
    result = check_answer(LINEAR, Path("my", LINEAR.file))
    assert result.state == "wrong" and "is a link to another file" in result.fact


# What comes from the process is not believed.


def sent(data, seconds=0.2):
    """What Wire makes of these bytes."""
    mine, other = socket.socketpair()
    with mine, other:
        other.sendall(data)
        wire = Wire(mine)
        wire.deadline = time.monotonic() + seconds
        return wire.answered()


def framed(text, *arrays):
    return b"".join(struct.pack(">Q", len(part)) + part for part in (text.encode(), *arrays))


def one(about):
    return framed(json.dumps({"kind": "ran", "results": [{"y": about}]}), bytes(16))


BAD = {
    "garbage": b"garbage " * 9,
    "huge": struct.pack(">Q", 2**63),
    "more text than there may be": struct.pack(">Q", 2**20 + 1),
    "no json": framed("{"),
    "a list": framed("[]"),
    "null": framed("null"),
    "deep": framed("[" * 90_000),
    "deep dicts": framed('{"a":' * 20_000),
    "no results": framed('{"kind": "ran"}'),
    "results of numbers": framed('{"kind": "ran", "results": [1]}'),
    "kind of number": framed('{"kind": 1, "results": []}'),
    "long number": framed('{"kind": "ran", "results": [' + "9" * 5000 + "]}"),
    "not utf-8": struct.pack(">Q", 2) + b"\xff\xfe",
    "negative": one({"dtype": "<f8", "shape": [-1, -2]}),
    "nan": one({"dtype": "<f8", "shape": [float("nan")]}),
    "infinite": one({"dtype": "<f8", "shape": [float("inf")]}),
    "huge shape": one({"dtype": "<f8", "shape": [2**40, 2**40]}),
    "many axes": one({"dtype": "<f8", "shape": [1] * 70}),
    "huge and empty": one({"dtype": "<f8", "shape": [0, 10**30]}),
    "wrong size": one({"dtype": "<f8", "shape": [3]}),
    "objects": one({"dtype": "O", "shape": [2]}),
    "fields": one({"dtype": "f8,f8", "shape": [1]}),
    "no dtype": one({"dtype": "(1,", "shape": [1]}),
    "dates": one({"dtype": "M8[ns]", "shape": [2]}),
    "bytes": one({"dtype": "|S2", "shape": [2]}),
    "no shape": one({"dtype": "<f8"}),
    "shape of texts": one({"dtype": "<f8", "shape": "ab"}),
    "name of a type": one({"type": "\ud800"}),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD)
def test_a_malformed_message_is_broken(data):
    with pytest.raises(Broken) as why:
        sent(data)
    assert len(str(why.value)) > 10


def test_a_message_that_stops_in_the_middle_costs_no_more_than_the_time():
    for data in (b"", b"\0\0", struct.pack(">Q", 9) + b"{"):
        with pytest.raises(TooLate):
            sent(data)


def test_the_arrays_of_a_message_have_a_limit_together():
    mine, other = socket.socketpair()
    text = json.dumps({"kind": "ran", "results": [{str(n): {"dtype": "<f8", "shape": [2**22]} for n in range(9)}]})
    sender = threading.Thread(target=send_all, args=(other, framed(text, *[bytes(2**25)] * 9)))
    sender.start()
    wire = Wire(mine)
    wire.deadline = time.monotonic() + 20
    with mine, pytest.raises(Broken, match="bytes"):
        wire.answered()
    sender.join()
    other.close()


def send_all(where, data):
    with contextlib.suppress(OSError):
        where.sendall(data)


def test_results_of_every_type_arrive_as_they_are():
    mine, other = socket.socketpair()
    arrays = {"f": np.arange(6.0).reshape(2, 3).T, "b": np.array(True), "e": np.zeros((0, 3), np.float32)}
    others = {"n": None, "i": 3, "x": 2.5, "t": "text", "o": object(), "w": 2**70}
    Wire(other).answer({"kind": "ran"}, [arrays | others])
    _, (found,) = Wire(mine).answered()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array)
    assert [found[name] for name in "nixt"] == [None, 3, 2.5, "text"]
    assert [type(found[name]).__name__ for name in "ow"] == ["object", "int"]
    mine.close(), other.close()


PEER = """
import json, os, socket, struct, time

def send(data):
    for name in os.listdir('/proc/self/fd'):
        try:
            peer = socket.socket(fileno=os.dup(int(name)))
            peer.setblocking(True)
            peer.sendall(data)
        except OSError:
            pass

def message(**parts):
    text = json.dumps(parts | {'results': parts.get('results', [])}).encode()
    send(struct.pack('>Q', len(text)) + text)
"""
FORGED = {
    "garbage": "send(b'garbage ' * 100)\ntime.sleep(100)",
    "ended": "message(kind='ended', signal=0)\ntime.sleep(100)",
}
MORE_FORGED = {
    "half": "send(struct.pack('>Q', 100) + b'{')\ntime.sleep(100)",
    "debugging": "message(kind='debugging')\nimport signal\nsignal.signal(2, signal.SIG_IGN)\ntime.sleep(100)",
    "huge": "send(struct.pack('>Q', 2**62))\ntime.sleep(100)",
    "right": "message(kind='right', state='right')",
    "end": "message(kind='end', changed=[])\ntime.sleep(100)",
    "end of numbers": "message(kind='end', changed=5)\ntime.sleep(100)",
    "environment": "message(kind='environment', text='mine')\ntime.sleep(100)",
    "opened": "message(kind='open', blank=5)",
    "not opened": "message(kind='open')",
    "more results": "message(kind='ran', results=[{}] * 5)",
    "no results": "message(kind='ran', results=[{}])",
    "texts": "for _ in range(99):\n    message(kind='ran', results=[{'y': 'text', 'dx': [1]}])",
    "numbers": "for _ in range(99):\n    message(kind='ran', results=[{'y': 1e999}])",
    "long": "message(kind='failed', text='x' * 900_000, diagnosis='y' * 100_000)",
    "surrogates": "message(kind='Mistake', text='\\ud800\\x1b[2J')",
    "debugging for ever": "while True:\n    message(kind='debugging')",
    "closes all": "os.closerange(0, 256)",
    "closes all and waits": "os.closerange(0, 256)\ntime.sleep(100)",
}


def forged(check, lines, monkeypatch):
    monkeypatch.setattr(desks, "GRACE", 3)
    start = time.monotonic()
    result = check([f"{lines}\nself.x = x\nreturn x", BACK], PEER, seconds=2)
    assert time.monotonic() - start < 25
    assert result.state in ("wrong", "stopped"), result
    assert len(result.fact) < 40_000 and "\x1b" not in result.fact
    (str(result) + result.printed).encode()
    assert check().state == "right", "the next one is not disturbed"


@LINUX
@pytest.mark.parametrize("lines", FORGED.values(), ids=FORGED)
def test_a_forged_message_harms_only_its_author(lines, check, monkeypatch):
    forged(check, lines, monkeypatch)


@LINUX
@pytest.mark.planted
@pytest.mark.parametrize("lines", MORE_FORGED.values(), ids=MORE_FORGED)
def test_more_forged_messages(lines, check, monkeypatch):
    forged(check, lines, monkeypatch)


@LINUX
@pytest.mark.planted
def test_who_forges_the_end_of_a_check_does_not_answer_the_next(check):
    """It would wait at the socket for the file of the next student, and answer in their place."""
    lines = """message(kind='end', changed=[])
message(kind='ended', signal=0)
while True:
    message(kind='Mistake', text='I am somebody else')
    time.sleep(0.01)"""
    assert check([lines, BACK], PEER, seconds=2).state != "right"
    for _ in range(3):
        assert check().state == "right"


# Nobody's file ends the grading of the others, or outlives it.

MARKER = f"marker-of-a-test-{os.getpid()}"
SLEEPS = f"[sys.executable, '-c', 'import time; time.sleep(90)', '{MARKER}']"
STAYS = f"import os, subprocess, sys, time\nsubprocess.Popen({SLEEPS}"
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


def left_over():
    """Processes that a file has started and that run still."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if MARKER in path.read_bytes().decode(errors="replace"):
                found.append(path)
        except OSError:
            pass
    return found


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


# The environment's failures are no grade.


def graded(folder, bodies=(RIGHT, BACK)):
    """The Grade of a class of one."""
    place = folder / "class" / "student"
    place.mkdir(parents=True)
    (place / LINEAR.file).write_text(filled(LINEAR, bodies))
    (found,) = grading.grade(folder / "class", Syllabus(points={"linear": 2}))
    return found


def test_no_space_for_a_folder_is_no_grade(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(desks.tempfile, "mkdtemp", full)
    grade = graded(tmp_path)
    assert (grade.state, grade.points) == ("ungraded", None)
    assert grade.fact == "There is no folder for the files: No space left on device."


def test_a_python_that_cannot_be_started_is_no_grade(tmp_path, monkeypatch):
    monkeypatch.setattr(desks.sys, "executable", str(tmp_path / "python"))
    grade = graded(tmp_path)
    assert (grade.state, grade.points) == ("ungraded", None)
    assert "cannot be started: " in grade.fact and "No such file" in grade.fact


def test_a_process_that_does_not_come_up_is_no_grade(tmp_path, monkeypatch):
    broken = tmp_path / "broken" / "numpy"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('damaged')")
    monkeypatch.setattr(desks, "ROOT", tmp_path / "broken")
    grade = graded(tmp_path)
    assert (grade.state, grade.points) == ("ungraded", None)
    assert "cannot be started: " in grade.fact


@LINUX
def test_a_file_system_that_is_full_in_the_process_is_no_grade(tmp_path, monkeypatch):
    monkeypatch.setattr(desks.tempfile, "mkdtemp", lambda **_: str(tmp_path / "not there"))
    monkeypatch.setattr(desks.shutil, "rmtree", lambda *_, **__: None)
    with Desk(strict=True) as found, pytest.raises(NoDesk, match="No such file"):
        checking(found)()


@pytest.mark.planted
def test_a_process_that_died_between_two_checks_is_started_again():
    with Desk(strict=True) as found:
        assert checking(found)().state == "right"
        found.process.kill()
        assert checking(found)().state == "right"


@pytest.mark.planted
def test_a_damaged_cache_is_no_wrong_answer(tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(cache))
    exercise = find_exercise("subsampling")
    for damaged in (False, True):
        for path in cache.rglob("*.nb?") if damaged else ():
            path.write_bytes(b"\x80\x04garbage" * 50)
        with Desk(strict=True, warm=["subsampling", "linear"]) as found:
            assert checking(found)(ANSWERS["subsampling"], exercise=exercise).state == "right"


def test_a_link_to_the_file_of_another_is_not_graded(tmp_path):
    grading_of = tmp_path / "class"
    (grading_of / "other").mkdir(parents=True)
    (grading_of / "other" / LINEAR.file).write_text(filled(LINEAR, [RIGHT, BACK]))
    (grading_of / "student").mkdir()
    (grading_of / "student" / LINEAR.file).symlink_to(grading_of / "other" / LINEAR.file)
    grades = {grade.student: grade for grade in grading.grade(grading_of, Syllabus(points={"linear": 2}))}
    assert grades["other"].state == "right"
    assert grades["student"].state == "missing" and "is a link" in " ".join(grades["student"].notes)


def test_files_that_are_too_large_are_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(bags, "ONE_FILE", 2**10)
    grade = graded(tmp_path, [RIGHT + "# " + "x" * 2**10, BACK])
    assert grade.state == "missing" and "it has more than" in " ".join(grade.notes)


# A closed room.


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """(Desk, the folder of a class that it hides) where there are closed rooms."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "secret.txt").write_text("the secret")
    with Desk(strict=True, hidden=[str(folder)]) as found:
        found.start()
        if found.no_room:
            pytest.skip(f"there is no closed room here: {found.no_room}")
        yield found, folder


def test_another_students_file_cannot_be_read(room):
    desk, folder = room
    result = checking(desk)([f"raise ValueError(open({str(folder / 'secret.txt')!r}).read())", BACK])
    assert "FileNotFoundError" in result.fact and "the secret" not in result.fact


def test_no_named_file_can_be_written(room, tmp_path):
    desk, folder = room
    for place in (folder, tmp_path):
        result = checking(desk)([f"open({str(place / 'written.txt')!r}, 'w')\nreturn x", BACK])
        assert result.state == "wrong"
        assert not (place / "written.txt").exists()
    assert "Read-only file system" in result.fact


def test_there_is_no_network(room):
    desk, _ = room
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = checking(desk)([f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)", BACK])
    assert "OSError" in result.fact or "ConnectionRefusedError" in result.fact


def test_a_socket_in_a_folder_of_the_system_cannot_be_reached(room):
    desk, _ = room
    result = checking(desk)(["import os\nraise ValueError(os.listdir('/run'))", BACK])
    assert "ValueError: []" in result.fact


def test_no_other_process_can_be_seen(room):
    desk, _ = room
    lines = "import os\nraise ValueError(sum(name.isdigit() for name in os.listdir('/proc')))"
    assert "ValueError: 2" in checking(desk)([lines, BACK]).fact


@LINUX
@pytest.mark.planted
def test_when_the_process_is_killed_nothing_stays_in_the_room(room):
    program = """
import sys
from scratchnet.exercises.desk import Desk
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer
files = {"ex02_linear.py": sys.stdin.buffer.read()}
check_answer(find_exercise("linear"), "ex02_linear.py", 0, Desk(strict=True), files)
"""
    lines = f"{STAYS})\ntime.sleep(90)"
    checker = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
    checker.stdin.write(filled(LINEAR, [lines, BACK]).encode())
    checker.stdin.close()
    wait_until(left_over)
    checker.kill()
    checker.wait()
    wait_until(lambda: not left_over())


def wait_until(condition, seconds=15):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


# Systems that hand on no sockets, or make no children.


def test_once_for_each_check(monkeypatch):
    monkeypatch.setattr(desks, "INHERITED", False)
    with Desk(strict=True, fork=False) as found:
        check = checking(found)
        assert check().state == "right"
        assert check([RIGHT, BACK.replace("dy.sum", "dy.mean")]).state == "wrong"
        assert found.no_room == "not on this system"


@pytest.mark.planted
@pytest.mark.parametrize("inherited", [True, False])
def test_every_state_once(inherited, monkeypatch):
    monkeypatch.setattr(desks, "INHERITED", inherited)
    with Desk(strict=True, fork=False) as found:
        check = checking(found)
        assert check(["", ""]).state == "blank"
        assert check(["return super().forward(x)", BACK]).state == "blank"
        result = check(["import os\nos._exit(3)", BACK])
        assert (result.state, "The process ended before" in result.fact) == ("stopped", True)
        assert "signal 9" in check(["import os\nos.kill(os.getpid(), 9)", BACK]).fact
        assert "endless loop" in check(["while True:\n    pass", BACK], seconds=1).fact
        assert check([f"{STAYS})\nreturn x", BACK]).state == "wrong"
        assert check().state == "right" and not left_over()
    with Desk(fork=False) as found:
        assert checking(found)().state == "right"


# Prints, the debugger, Ctrl-C.


def test_prints_are_of_the_small_case_and_twenty_lines_at_most(check):
    result = check([f"for n in range(600):\n    print(n, x.shape)\n{RIGHT.replace('@', '*')}", BACK], "print('above')")
    assert result.printed.startswith("0 (") and "above" not in result.printed
    text = str(result).split("Your code printed, in the small case:\n")[1].split("\n")
    assert text[19].startswith("  19 (") and text[20].startswith("  ... and ")
    (case,) = {line.partition(" ")[2] for line in text[:20] if line.startswith("  ") for line in [line.strip()]}
    assert case.startswith("(")


def test_control_characters_do_not_reach_the_screen(check):
    result = check(["print('\\x1b[2J \\ud800')\nraise ValueError('\\x1b[2J \\ud800')", BACK])
    assert "\x1b" not in str(result)
    str(result).encode()


def command(tmp_path, bodies, typed="", **options):
    (tmp_path / "my").mkdir()
    (tmp_path / "my" / LINEAR.file).write_text(filled(LINEAR, bodies))
    words = [sys.executable, "-m", "scratchnet", "exercise", "check", "2"]
    environment = os.environ | {"PYTHONPATH": str(Path(scratchnet.__file__).parents[1])}
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(words, cwd=tmp_path, env=environment, text=True, **streams, **options)


@pytest.mark.planted
def test_the_debugger_can_be_left(tmp_path):
    out, err = command(tmp_path, [f"breakpoint()\n{RIGHT}", BACK]).communicate("q\n", 60)
    assert "You left the debugger, so the check ends here." in out and "Traceback" not in out + err


def test_the_debugger_shows_values_and_goes_on(tmp_path):
    bodies = [f"if not hasattr(np, 'seen'):\n    np.seen = True\n    breakpoint()\n{RIGHT}", BACK]
    out, err = command(tmp_path, bodies).communicate("p x.shape\nc\n", 60)
    assert "(Pdb) (2, 3)" in out and "Right." in out and "Traceback" not in out + err


@pytest.mark.planted
def test_the_time_limit_does_not_run_in_the_debugger(tmp_path):
    path = tmp_path / LINEAR.file
    path.write_text(
        filled(LINEAR, [f"if not hasattr(np, 'seen'):\n    np.seen = True\n    breakpoint()\n{RIGHT}", BACK])
    )
    program = f"""
from dataclasses import replace
from scratchnet.exercises import desk
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer
desk.GRACE = 2
print(check_answer(replace(find_exercise("linear"), seconds=2), {str(path)!r}).state)
"""
    words = [sys.executable, "-c", program]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    time.sleep(9)
    out, _ = process.communicate("p x.shape\nc\n", 60)
    assert "--KeyboardInterrupt--" not in out and out.endswith("right\n")


@LINUX
@pytest.mark.planted
def test_ctrl_c_ends_an_endless_loop_and_all_processes(tmp_path):
    lines = f"{STAYS}, stderr=subprocess.DEVNULL)\nwhile True:\n    pass"
    process = command(tmp_path, [lines, BACK], start_new_session=True)
    wait_until(left_over, 30)
    start = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert time.monotonic() - start < 3 and process.returncode == 130, err
    assert "Traceback" not in err
    wait_until(lambda: not left_over())


@pytest.mark.planted
def test_a_student_who_raises_keyboardinterrupt_is_wrong(tmp_path):
    grade = graded(tmp_path, ["raise KeyboardInterrupt", BACK])
    assert (grade.state, grade.points) == ("wrong", 0) and "raises KeyboardInterrupt" in grade.fact


@pytest.mark.planted
def test_a_stopped_exercise_has_a_place_in_the_lists(tmp_path, monkeypatch, said):
    monkeypatch.chdir(tmp_path)
    Path("my").mkdir()
    Path("my", LINEAR.file).write_text(filled(LINEAR, ["import os\nos._exit(0)", BACK]))
    assert said()[0] == 0 and "not right yet" in said("check", "--all")[1]


def test_errors_that_only_the_compiler_finds_show_the_line(check):
    result = check(end="\nreturn 5\n")
    assert result.state == "wrong" and "> " in result.fact and "return 5" in result.fact
    assert "'return' outside function" in result.fact


def test_a_check_takes_no_longer_than_its_limit(check):
    start = time.monotonic()
    result = check([RIGHT, "while True:\n    pass"], seconds=1)
    assert time.monotonic() - start < 8 and "took more than 1 s" in result.fact
    assert replace(LINEAR, seconds=1).seconds == 1


COMPILES = """
import numpy as np
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.kinds import layer_of
from scratchnet.exercises.worker import warm
from scratchnet.kernels import im2col
warm("conv-forward")
loaded = set(im2col.signatures)
exercise = find_exercise("conv-forward")
for which in ("tiny", "draw", "real", "odd"):
    for dtype in (np.float64, np.float32):
        found = getattr(exercise, which)(np.random.default_rng(1), dtype)
        for case in found if isinstance(found, list) else [found]:
            conv = layer_of(exercise.target, case)
            im2col(case.arrays["x"], *conv.kernel_size, conv.stride, conv.padding)
assert set(im2col.signatures) == loaded, set(im2col.signatures) - loaded
"""


@pytest.mark.planted
def test_no_check_of_a_convolution_compiles_its_kernel():
    run = subprocess.run([sys.executable, "-c", COMPILES], capture_output=True, text=True, timeout=170)
    assert run.returncode == 0, run.stderr
