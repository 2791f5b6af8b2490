"""python -m scratchnet doctor: does everything work on this machine, and if not, what mends it?

Each check is a function that returns (what was found, "") or (what was found, what mends it).
"""

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from scratchnet.errors import ScratchnetError

Found = tuple[str, str]

NEEDED = ("numpy", "numba", "scipy", "matplotlib", "pillow", "threadpoolctl", "platformdirs", "filelock", "tqdm")
EXTRAS = {
    "lessons": ("jupytext", "markdown_it", "mdit_py_plugins", "latex2mathml", "pygments"),
    "docs": ("sphinx", "furo", "myst_parser"),
    "datasets": ("torchvision",),
    "test": ("pytest", "hypothesis", "mypy", "mpmath", "selenium"),
}
INSTALL = 'pip install --force-reinstall "scratchnet-lenet"'
SECONDS = 3  # of training


def add(commands):
    doctor = commands.add_parser("doctor", help="does everything work on this machine, and if not, what mends it?")
    doctor.set_defaults(command=run, flags={})
    doctor.add_argument("--json", action="store_true", help="print the same for a program that collects the answers")


def run(options):
    checks: dict[str, Callable[[], Found]] = {
        "Python": python,
        "libraries": libraries,
        "disk": disk,
        "cores": processor,
        "compiled code": compiled_code,
        "threads": threading_layer,
        "data": data,
        "extras": extras,
        "gradients": gradients,
        "training": training,
    }
    about = f"Checking this machine. It takes {SECONDS} s of training, and the first time up to a minute to compile ..."
    print(about, file=sys.stderr, flush=True)
    found = {name: outcome(check) for name, check in checks.items()}
    if options.json:
        import json

        print(json.dumps({name: {"found": what, "mend": mend} for name, (what, mend) in found.items()}, indent=1))
    else:
        for name, (what, mend) in found.items():  # not viewing.tables, which needs libraries that may be missing
            print(f"{name:15}{'mend' if mend else 'ok':6}{what}")
        mends = [f"{name}: {mend}" for name, (_, mend) in found.items() if mend]
        print("\nEverything works." if not mends else "\nTo mend:")
        print("".join(f"{i}. {mend}\n" for i, mend in enumerate(mends, 1)), end="")
    return 1 if any(mend for _, mend in found.values()) else 0


def outcome(check: Callable[[], Found]) -> Found:
    """Return what a check found. A check that fails is a finding too."""
    try:
        return check()
    except ScratchnetError as why:
        return str(why), "Do what the sentence says."
    except Exception as why:  # a broken library raises anything
        return f"{type(why).__name__}: {why}", f"Install again: {INSTALL}"


def python() -> Found:
    new = sys.version_info >= (3, 10)
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    return found, "" if new else "Install Python 3.10 or newer: https://www.python.org/downloads"


def libraries() -> Found:
    from scratchnet import __version__

    versions = [f"scratchnet {__version__}"]
    for name in NEEDED:
        if name == "numba" and sys.platform == "emscripten":  # there is none for browsers
            continue
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
            importlib.import_module("PIL" if name == "pillow" else name)
        except importlib.metadata.PackageNotFoundError:
            return f"{name} is missing", f"pip install {name}"
        except ImportError as why:
            return f"{name} cannot be imported ({why})", f"pip install --force-reinstall {name}"
    return ", ".join(versions), ""


def disk() -> Found:
    free = shutil.disk_usage(".").free
    try:
        tempfile.TemporaryFile(dir=".").close()
    except OSError as why:
        return f"{Path.cwd()} cannot be written to ({why.strerror})", "Change to a folder of your own: cd"
    found = f"{free / 2**30:.1f} GB free in {Path.cwd()}"
    return found, "" if free > 2**28 else "Free 256 MB: a run with its report takes 5 MB, compiled code 30 MB."


def processor() -> Found:
    from scratchnet.parallel import cores
    from scratchnet.parallel.threads import quota

    found = f"{cores()} used of {os.cpu_count()}, quota {quota():g}"
    return found + ", SCRATCHNET_THREADS is set" * ("SCRATCHNET_THREADS" in os.environ), ""


def compiled_code() -> Found:
    """Can Numba compile, and is there a folder where it keeps what it compiled?"""
    import numpy as np

    from scratchnet.kernels import im2col
    from scratchnet.kernels.jit import njit

    if njit is None:
        return "none: without Numba the kernels run on NumPy", ""
    if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0"):
        return "NUMBA_DISABLE_JIT is set: kernels run as plain Python, slowly", "unset NUMBA_DISABLE_JIT"
    im2col(np.zeros((1, 1, 3, 3), np.float32), 2, 2, 1, 0)
    cache = getattr(getattr(im2col, "_cache", None), "_impl", None)
    folder = Path(cache.locator.get_cache_path()) if cache else None
    if folder is None:
        return "kept nowhere: every start compiles again", "Name a folder to write to: NUMBA_CACHE_DIR=FOLDER"
    files = [path for path in folder.glob("*.nb?") if path.is_file()]
    return f"{len(files)} files, {sum(path.stat().st_size for path in files) / 2**20:.1f} MB in {folder}", ""


def threading_layer() -> Found:
    import numpy as np

    from scratchnet.kernels.jit import njit

    if njit is None:
        return "none of Numba's: training takes the readable path", ""
    import numba

    from scratchnet.fast import FastEngine
    from scratchnet.losses import CrossEntropyLoss
    from scratchnet.models import tutorial_28

    net = tutorial_28(0)
    FastEngine(net, CrossEntropyLoss(), (1, 28, 28)).gradients(np.zeros((64, 1, 28, 28), np.float32), np.zeros(64, int))
    try:
        return f"Numba's {numba.threading_layer()}", ""
    except ValueError:
        return "one: no threads are needed", ""


def data() -> Found:
    from scratchnet.datasets import SETS
    from scratchnet.datasets.sets import damaged

    wrong = damaged()
    if wrong:
        return f"{', '.join(wrong)} differ from MNIST", f"Install again: {INSTALL}"
    there = [name for name, one in SETS.items() if one.is_there()]
    return f"{', '.join(there)}; MNIST is right to the last bit (SHA-256)", ""


def extras() -> Found:
    """Which extras are installed? None has to be."""
    there = {name: all(map(importlib.util.find_spec, modules)) for name, modules in EXTRAS.items()}
    return ", ".join(f"[{name}] {'yes' if yes else 'no'}" for name, yes in there.items()), ""


def gradients() -> Found:
    import numpy as np

    from scratchnet.checks import check_gradients
    from scratchnet.layers import Conv2d, Flatten, Linear, ScaledTanh, Sequential

    net = Sequential(Conv2d(1, 2, 3, rng=0, dtype=float), ScaledTanh(), Flatten(), Linear(32, 3, rng=0, dtype=float))
    errors = check_gradients(net, np.random.default_rng(0).normal(size=(2, 1, 6, 6)))
    return f"backward agrees with central differences to {max(errors.values()):.0e}", ""


def training() -> Found:
    """Train LeNet-5 for some seconds: it has to read digits that it has not seen better than by guessing."""
    import numpy as np

    from scratchnet import datasets
    from scratchnet.losses import MAPLoss
    from scratchnet.models import lenet5
    from scratchnet.optimizers import SDLM
    from scratchnet.training import evaluate, fit

    images, labels = datasets.load("mnist", "train")
    x, net, rng = datasets.paper_input(images[:12_000]), lenet5(0), np.random.default_rng(0)
    fit(net, MAPLoss(), SDLM(net, 0.000125), (x[:10], labels[:10]), epochs=1, rng=rng, verbose=False)  # compiles
    start, count = time.perf_counter(), 0
    while time.perf_counter() - start < SECONDS:
        part = slice(count % 10_000, count % 10_000 + 1_000)
        fit(
            net,
            MAPLoss(),
            SDLM(net, 0.000125),
            (x[part], labels[part]),
            epochs=1,
            rng=rng,
            train_error=False,
            verbose=False,
        )
        count += 1_000
    seconds = time.perf_counter() - start
    error = evaluate(net, (x[10_000:], labels[10_000:12_000])).error
    found = f"{count:,} digits in {seconds:.1f} s, {error:.1f} % of 2,000 others wrong"
    learned = error < 50 or count < 5_000
    return found, "" if learned else f"It does not learn (guessing: 90 %). Delete the compiled code, then: {INSTALL}"
