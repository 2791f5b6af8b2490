"""What comes from a process with a learner's code is not believed."""

import contextlib
import json
import socket
import struct
import threading
import time

import numpy as np
import pytest
from desks import BACK, LINUX

from scratchnet.exercises import desk as desks
from scratchnet.exercises.wire import Broken, TooLate, Wire


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
