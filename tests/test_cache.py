"""The cache of compiled code: damaged files, a full disk and changed sources cost time, never the program."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

KERNEL = """
import numpy as np
from scratchnet.kernels import descend
w = np.ones(3, np.float32)
descend(w, w.copy(), np.full(3, 0.25, np.float32))
print(w[0])
"""
OPERATION = """
import numpy as np
from functools import partial
from numba import cfunc
from scratchnet.kernels.jit import kept
def double(x):
    return 2 * x
print(kept(partial(cfunc, "float64(float64)"), double, "stamp").ctypes(0.375))
"""


def run(code, cache, **environment):
    path = cache.parent / "program.py"
    if not path.exists() or path.read_text() != code:  # another date would be another source
        path.write_text(code)
    cache.mkdir(exist_ok=True)
    environment = os.environ | {"NUMBA_CACHE_DIR": str(cache)} | environment
    return subprocess.run([sys.executable, path], env=environment, capture_output=True, text=True, timeout=100)


def cut(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def emptied(path):
    path.write_bytes(b"")


def garbage(path):
    path.write_bytes(b"\x80\x04garbage" * 50)


DAMAGES = {
    "kernel": (KERNEL, [(cut, ".nbi"), (garbage, ".nbc"), (emptied, ".nbi")]),
    "operation": (OPERATION, [(emptied, ".nbc"), (cut, ".nbi")]),
}


def test_what_is_compiled_and_not_loaded_is_announced(tmp_path):
    announced = f"from scratchnet.kernels.jit import before_compiling, say_compiling\n{KERNEL}".replace(
        "w = ", "before_compiling.append(say_compiling)\nw = "
    )
    runs = [run(announced, tmp_path / "cache") for _ in range(2)]
    assert [one.stderr.count("Compiling kernels") for one in runs] == [1, 0], runs


@pytest.mark.planted
def test_a_check_says_that_it_compiles_only_if_it_does(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "scratchnet", "exercise"]
    settings = {"cwd": tmp_path, "env": environment, "capture_output": True, "text": True}
    subprocess.run([*command, "start", "im2col"], **settings)
    file = tmp_path / "my" / "ex04_im2col.py"
    file.write_text(file.read_text().replace("...  # yours", "return np.zeros(3)"))
    runs = [subprocess.run([*command, "check", "im2col"], **settings) for _ in range(2)]
    assert ["Compiling kernels" in one.stderr for one in runs] == [True, False], runs


@pytest.mark.parametrize("code, damages", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_cache_is_dropped(code, damages, tmp_path):
    cache = tmp_path / "cache"
    assert run(code, cache).stdout == "0.75\n"
    files = [path for path in cache.rglob("*.nb?") if path.is_file()]
    assert {path.suffix for path in files} == {".nbi", ".nbc"}
    for damage, kind in damages:
        for path in files:
            if path.suffix == kind:
                damage(path)
        broken, after = run(code, cache), run(code, cache)
        assert broken.returncode == 0 and broken.stdout == "0.75\n", broken.stderr
        assert broken.stderr.count("\n") == 1 and "has a damaged file" in broken.stderr
        assert after.stdout == "0.75\n" and after.stderr == "", "it is kept again"


def test_another_versions_cache_is_compiled_again(tmp_path):
    cache = tmp_path / "cache"
    run(KERNEL, cache)
    (index,) = [path for path in cache.rglob("*.nbi") if "descend" in path.name]
    import pickle

    import numba

    index.write_bytes(index.read_bytes().replace(pickle.dumps(numba.__version__, -1)[-12:-2], b"\x00" * 10, 1))
    again = run(KERNEL, cache)
    assert again.returncode == 0 and again.stdout == "0.75\n", again.stderr


FULL = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of file sizes")
@pytest.mark.parametrize("code", [KERNEL, OPERATION], ids=["kernel", "operation"])
def test_a_full_disk_costs_one_line(code, tmp_path):
    full = run(FULL + code, tmp_path / "cache")
    assert full.returncode == 0 and full.stdout == "0.75\n", full.stderr
    assert full.stderr.count("\n") == 1 and "cannot be written to" in full.stderr


def test_a_cache_that_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = subprocess.run(
        [sys.executable, "-c", KERNEL], capture_output=True, text=True, timeout=100,
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "file" / "below")},
    )  # fmt: skip
    assert result.returncode == 0 and result.stdout == "0.75\n", result.stderr


def test_a_change_in_a_file_that_is_called_is_noticed(tmp_path):
    """`outer` is compiled with `inner` in it; numba alone keeps the old `inner`."""
    package, cache = tmp_path / "package", tmp_path / "cache"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "outer.py").write_text(
        "from scratchnet.kernels.jit import jit\nfrom package.inner import inner\n\n"
        "@jit\ndef outer(x):\n    return inner(x)\n"
    )
    code = f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nfrom package.outer import outer\nprint(outer(1.0))\n"
    for value in ("1.5", "2.5"):
        (package / "inner.py").write_text(
            f"from scratchnet.kernels.jit import jit\n\n@jit\ndef inner(x):\n    return x * {value}\n"
        )
        assert run(code, cache).stdout == f"{value}\n"


def test_names_of_compiled_functions_stay_as_written():
    from scratchnet import kernels

    assert kernels.im2col.py_func.__qualname__ == "im2col"
    assert Path(kernels.im2col.py_func.__code__.co_filename).name == "convolution.py"
