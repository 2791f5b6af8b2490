"""Damaged files of every kind: does each end in an error of the library's own?

    python benchmarks/fuzz.py [COUNT [SEED]]       COUNT files of each kind (default: 10,000)
    python benchmarks/fuzz.py --guided KIND COUNT  COUNT files of one kind by atheris, which follows the branches taken

It changes good files: bits, bytes, numbers, pieces that are cut, doubled or moved. It prints for each kind how many
could be read, how many were refused with an error of the library, and everything else, which is a fault.
"""

import gzip
import importlib.util
import io
import json
import struct
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from scratchnet import (
    Adam,
    Conv2d,
    Flatten,
    History,
    Linear,
    ScaledTanh,
    Sequential,
    Subsampling,
    datasets,
    exchange,
    runs,
)
from scratchnet.datasets.idx import read_idx
from scratchnet.errors import ScratchnetError
from scratchnet.exercises.learner import parse
from scratchnet.exercises.syllabus import Syllabus
from scratchnet.runs.model_file import epochs_in, limits_in
from scratchnet.storage import read_arrays, write_arrays

CONFIG = {
    **{"recipe": "tutorial-28", "data": "mnist", "seed": 0, "epochs": 3, "images": None, "held_out": 100},
    **{"validate_every": None, "eta": 1.0, "loss": None, "j": None, "distort": False, "readable": False},
}
RNG = np.random.default_rng(0)
NET = Sequential(F6=Linear(6, 4, rng=0), OUTPUT=Linear(4, 3, rng=1))


def idx(shape, letter=8):
    return bytes([0, 0, letter, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + bytes(int(np.prod(shape)))


def model(folder):
    NET.save(folder / "m.npz", json.dumps({"recipe": "paper", "data": "mnist", "epochs": 3}))
    return (folder / "m.npz").read_bytes()


def optimizer(folder):
    adam = Adam(NET, 1e-3)
    for leaf in NET.leaves():
        leaf.dW, leaf.db = np.ones_like(leaf.W), np.ones_like(leaf.b)
    adam.step()
    write_arrays(folder / "o.npz", adam.state(), json.dumps({"epochs": 1}))
    return (folder / "o.npz").read_bytes()


def picture(form, mode="L"):
    file = io.BytesIO()
    Image.fromarray(RNG.integers(0, 256, (28, 28)).astype(np.uint8)).convert(mode).save(file, form)
    return file.getvalue()


def npy(folder):
    np.save(folder / "p.npy", RNG.integers(0, 256, (28, 28)).astype(np.uint8))
    return (folder / "p.npy").read_bytes()


def log(folder):
    history = History()
    for i in range(3):
        history.append(**{name: i + 0.5 for name in history.columns()})
    history.write(folder / "log.csv")
    return (folder / "log.csv").read_bytes()


def syllabus(folder):
    Syllabus().write(folder / "s.ini")
    return (folder / "s.ini").read_bytes()


def read_model(path):
    Sequential(F6=Linear(6, 4, rng=0), OUTPUT=Linear(4, 3, rng=1)).load(path)
    epochs_in(path)
    limits_in(path)


def read_optimizer(path):
    Adam(NET, 1e-3).restore(read_arrays(path))


def read_config(path):
    runs.Run.read(path.parent)


KINDS = {  # what: (name of the file, good contents, reader)
    "IDX": ("x-idx3-ubyte", lambda folder: idx((3, 4, 5)), lambda path: read_idx(path, 3)),
    "IDX, gzipped": ("x.gz", lambda folder: gzip.compress(idx((3, 4, 5))), read_idx),
    "model": ("last.npz", model, read_model),
    "optimizer": ("optimizer.npz", optimizer, read_optimizer),
    "config.json": ("config.json", lambda folder: json.dumps(CONFIG).encode(), read_config),
    "log.csv": ("log.csv", log, History.read),
    "validations.csv": (
        "v.csv",
        lambda folder: b"epochs,error\r\n1.0,5.0\r\n",
        lambda p: History().read_validations(p),
    ),
    "PNG": ("p.png", lambda folder: picture("PNG"), datasets.prepare),
    "JPEG": ("p.jpg", lambda folder: picture("JPEG", "CMYK"), datasets.prepare),
    "GIF": ("p.gif", lambda folder: picture("GIF", "P"), datasets.prepare),
    ".npy": ("p.npy", npy, datasets.prepare),
    "syllabus": ("syllabus.ini", syllabus, Syllabus.read),
    "learner's file": ("ex01.py", lambda folder: b"import numpy as np\n\n\nclass A:\n    x = [(1, 2), '3']\n", parse),
}


def small(seed=0):
    layers = {"C1": Conv2d(1, 2, 3, rng=seed), "S2": Subsampling(2), "squash": ScaledTanh(), "flatten": Flatten()}
    return Sequential(**layers, OUTPUT=Linear(8, 3, rng=seed), input_shape=(1, 6, 6))


SMALL = small(1)


def exported(to):
    def make(folder):
        path = folder / f"good{exchange.FORMATS[to].suffix}"
        exchange.export_model(small(), path, to)
        return path.read_bytes()

    return make


def state_dict(folder):
    import torch

    torch.save({name: torch.from_numpy(array) for name, array in small().state().items()}, folder / "good.pt")
    return (folder / "good.pt").read_bytes()


def keras_weights(folder):
    import h5py

    places = [f"layers/{name}/vars/{n}" for name in ("conv2d", "einsum_dense", "dense") for n in (0, 1)]
    with h5py.File(folder / "good.h5", "w") as file:
        for place, array in zip(places, exchange.keras_weights(small())):
            file[place] = array
    return (folder / "good.h5").read_bytes()


def read_exchanged(path):
    exchange.import_model(SMALL, path)


OF_OTHERS = {  # the library that reads it: as above
    "safetensors": (".safetensors", "m.safetensors", exported("safetensors"), read_exchanged),
    "onnx": ("ONNX", "m.onnx", exported("onnx"), exchange.from_onnx),
    "torch": (".pt", "m.pt", state_dict, read_exchanged),
    "h5py": (".weights.h5", "m.weights.h5", keras_weights, read_exchanged),
}
KINDS |= {kind: rest for module, (kind, *rest) in OF_OTHERS.items() if importlib.util.find_spec(module)}
NUMBERS = (0, 1, 127, 128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**64 - 1)
PIECES = (
    b"[" * 3000,
    b"\xef\xbb\xbf",
    b";",
    b"\x00",
    b"nan",
    b"1e999",
    b"-1",
    b"9" * 5000,
    b"\r",
    b"'",
    b"{}",
    b"\x1b[2J",
)


def changed(good, rng):
    """Return good bytes with one to four changes."""
    data = bytearray(good)
    for _ in range(int(rng.integers(1, 5))):
        at = int(rng.integers(0, len(data) + 1))
        what = int(rng.integers(0, 7))
        if what == 0 and at < len(data):
            data[at] ^= 1 << int(rng.integers(0, 8))
        elif what == 1 and at < len(data):
            data[at] = int(rng.integers(0, 256))
        elif what == 2:
            size, order = int(rng.choice([1, 2, 4, 8])), rng.choice(["<", ">"])
            number = NUMBERS[int(rng.integers(0, len(NUMBERS)))] % 2 ** (8 * size)
            data[at : at + size] = number.to_bytes(size, "little" if order == "<" else "big")
        elif what == 3:
            del data[at:]
        elif what == 4:
            to = int(rng.integers(0, len(data) + 1))
            data[at:at] = data[min(at, to) : max(at, to)][:2000]
        elif what == 5:
            del data[at : at + int(rng.integers(1, 30))]
        else:
            data[at:at] = PIECES[int(rng.integers(0, len(PIECES)))]
        if not data:
            break
    return bytes(data)


def outcome(reader, path):
    """Return "read", "refused", or what else happened."""
    try:
        reader(path)
    except ScratchnetError:
        return "refused"
    except Exception as why:
        return f"{type(why).__name__}: {str(why)[:80]}"
    return "read"


def fuzz(what, count, rng, folder):
    """Return a Counter of outcomes over this many damaged files of a kind, and the seconds of the slowest."""
    name, make, reader = KINDS[what]
    folder.mkdir(exist_ok=True)
    good, path, outcomes, slowest = make(folder), folder / name, Counter(), 0.0
    for _ in range(count):
        path.write_bytes(changed(good, rng))
        start = time.perf_counter()
        outcomes[outcome(reader, path)] += 1
        slowest = max(slowest, time.perf_counter() - start)
    return outcomes, slowest


def guided(what, count):
    """Let atheris (pip install atheris) make the files of a kind; it stops at the first fault."""
    import atheris

    name, make, reader = KINDS[what]
    folder = Path(tempfile.mkdtemp())
    (folder / "seeds").mkdir()
    (folder / "seeds" / "good").write_bytes(make(folder))

    def one(data):
        (folder / name).write_bytes(data)
        found = outcome(reader, folder / name)
        if found not in ("read", "refused"):
            raise RuntimeError(found)

    atheris.instrument_all()
    atheris.Setup([sys.argv[0], f"-runs={count}", "-max_len=20000", "-verbosity=0", str(folder / "seeds")], one)
    atheris.Fuzz()


def main():
    if sys.argv[1:2] == ["--guided"]:
        guided(sys.argv[2], int(sys.argv[3]))
    count, seed = map(int, (*sys.argv[1:], *("10000", "0")[len(sys.argv) - 1 :]))
    warnings.simplefilter("ignore")
    total = 0
    print(f"{'kind':18}{'files':>9}{'read':>9}{'refused':>9}{'faults':>8}{'slowest, s':>12}")
    for what in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            outcomes, slowest = fuzz(what, count, np.random.default_rng(seed), Path(folder) / "f")
        faults = {name: n for name, n in outcomes.items() if name not in ("read", "refused")}
        total += count
        row = (
            f"{what:18}{count:9,}{outcomes['read']:9,}{outcomes['refused']:9,}{sum(faults.values()):8,}{slowest:12.2f}"
        )
        print(row, *(f"\n    {n:,} x {name}" for name, n in faults.items()), flush=True)
    print(f"{total:,} files")


if __name__ == "__main__":
    main()
