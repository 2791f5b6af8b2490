"""Messages between the checker and the process that runs a learner's code.

What comes from there is not believed: a message is JSON and plain numbers, never a pickle; its length is checked before
it is read, and a sender that stops in the middle costs no more than the time that is left.
"""

import json
import math
import pickle
import struct
import time
from numbers import Real

import numpy as np

from scratchnet.errors import visible

LONGEST = 64 * 2**20  # bytes of the arrays of a message: the results of LeNet-5's sizes take a few MB
TEXTS = 2**20  # bytes of everything else
AXES = 32
LENGTH = struct.Struct(">Q")
NAME = 40  # letters of the name of a type that is shown
KINDS = "fiubcU"  # of arrays that are sent: numbers, truth values, texts of a fixed length


class Broken(Exception):
    """The other side has gone, or sent what is no message; the message says which."""


class Gone(Broken):
    """The other side has gone."""


class TooLate(Exception):
    """Nothing came in time."""


class Wire:
    """One end of a socket. deadline: time.monotonic() after which nothing is waited for; None: wait."""

    def __init__(self, socket):
        self.socket, self.deadline = socket, None

    def send_bytes(self, data):
        try:
            self.socket.settimeout(self.left())
            self.socket.sendall(LENGTH.pack(len(data)) + data)
        except TimeoutError:
            raise TooLate from None
        except OSError as why:
            raise Gone(f"nobody reads it ({why})") from None

    def receive_bytes(self, longest):
        (length,) = LENGTH.unpack(self.exactly(LENGTH.size))
        if length > longest:
            raise Broken(f"a message of {length:,} bytes, where {longest:,} are allowed")
        return self.exactly(length)

    def exactly(self, count):
        parts = bytearray()
        while len(parts) < count:
            try:
                self.socket.settimeout(self.left())
                part = self.socket.recv(min(count - len(parts), 2**20))
            except TimeoutError:
                raise TooLate from None
            except OSError as why:
                raise Gone(f"it cannot be read ({why})") from None
            if not part:
                raise Gone("the process has ended")
            parts += part
        return bytes(parts)

    def left(self):
        if self.deadline is None:
            return None
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TooLate
        return left

    def ask(self, message):
        """Send a message of our own to the learner's process, which may believe it."""
        self.send_bytes(pickle.dumps(message))

    def asked(self):
        """Return the message of `ask`, in the learner's process."""
        return pickle.loads(self.receive_bytes(LONGEST))

    def answer(self, message, results=()):
        """Send from the learner's process: a message of texts and numbers, and a list of {name: result}."""
        arrays = []
        listed = [{name: described(value, arrays) for name, value in one.items()} for one in results]
        self.send_bytes(json.dumps(message | {"results": listed}).encode())
        for array in arrays:
            self.send_bytes(array.tobytes())

    def answered(self):
        """Return what `answer` sent: the message, and the list of {name: result}.

        Raises Broken for anything else. A result that is neither an array of numbers, a number, None nor a text is an
        object that has the name of its type.
        """
        room = [LONGEST]
        try:
            message = json.loads(self.receive_bytes(TEXTS))
            results = [{str(n): self.result(about, room) for n, about in one.items()} for one in message.pop("results")]
            if not isinstance(message["kind"], str):
                raise TypeError("its kind is no text")
        except (Broken, TooLate):
            raise
        except Exception as why:  # NumPy has many for what is no dtype
            raise Broken(f"it is no answer ({type(why).__name__})") from None
        return message, results

    def result(self, about, room):
        """Return a result by what is said about it; room: [how many bytes its array may have], which gets less."""
        if isinstance(about, int) and abs(about) >= 2**63:
            return stranger("int")
        if not isinstance(about, dict):
            return about if about is None or isinstance(about, Real | str) else stranger(type(about).__name__)
        if "type" in about:
            return stranger(str(about["type"]))
        dtype, shape = np.dtype(str(about["dtype"])), tuple(int(n) for n in about["shape"])
        if dtype.kind not in KINDS or len(shape) > AXES or min(shape, default=0) < 0:
            raise ValueError("it is no array that is sent")
        size = math.prod(shape) * dtype.itemsize
        room[0] -= size
        data = self.receive_bytes(max(0, room[0] + size))
        return np.ndarray(shape, dtype, data).copy()


def described(value, arrays):
    """Return a value as JSON; an array is put into `arrays`."""
    if isinstance(value, np.ndarray) and value.dtype.kind in KINDS:
        arrays.append(np.asarray(value))
        return {"dtype": value.dtype.str, "shape": value.shape}
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float | np.floating):
        return float(value)
    if isinstance(value, int | np.integer) and abs(value) < 2**63:
        return int(value)
    if isinstance(value, str):
        return value[:1000]
    if isinstance(value, np.ndarray):
        return {"type": f"an array of {value.dtype}"}
    return {"type": type(value).__name__}


def stranger(name):
    """Return an object whose type has this name."""
    if name in ("tuple", "list"):
        return () if name == "tuple" else []
    return type(visible(name)[:NAME] or "object", (), {})()


def packed(value):
    """Return an array as a dict from which `unpacked` makes it again, in the same order in memory; else the value."""
    if not isinstance(value, np.ndarray):
        return value
    strides = None if value.flags.c_contiguous else value.strides
    return {"strides": strides, "array": np.ascontiguousarray(value)}


def unpacked(value):
    """Return what `packed` was given."""
    if not isinstance(value, dict):
        return value
    array, strides = value["array"], value["strides"]
    if strides is None:
        return array
    last = sum((n - 1) * step for n, step in zip(array.shape, strides))
    laid = np.ndarray(array.shape, array.dtype, np.zeros(last + array.itemsize, np.uint8), strides=strides)
    laid[...] = array
    return laid
