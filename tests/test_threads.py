"""How many cores are used, and how their threads wait."""

import math
import os
import subprocess
import sys

import pytest

from scratchnet import InputError
from scratchnet.parallel import cores
from scratchnet.parallel.threads import quota


@pytest.mark.parametrize("text", ["two", "0", "-1", "1.5", "²"])
def test_a_wrong_number_of_threads_gets_a_sentence(text, monkeypatch):
    monkeypatch.setenv("SCRATCHNET_THREADS", text)
    with pytest.raises(InputError, match="SCRATCHNET_THREADS should be a whole number of at least 1, got"):
        cores()


@pytest.mark.parametrize("text, expected", [("", None), ("3", 3), (" 2 ", 2)])
def test_the_number_of_threads(text, expected, monkeypatch):
    monkeypatch.setenv("SCRATCHNET_THREADS", text)
    assert cores() == expected if expected else 1 <= cores() <= (os.cpu_count() or 1)


def test_the_quota_of_a_container(tmp_path):
    assert quota(str(tmp_path)) == math.inf, "no container"
    second, first = tmp_path / "v2", tmp_path / "v1"
    for text, expected in (("150000 100000\n", 1.5), ("max 100000\n", math.inf), ("nonsense", math.inf)):
        second.mkdir(exist_ok=True)
        (second / "cpu.max").write_text(text)
        quota.cache_clear()
        assert quota(str(second)) == expected
    (first / "cpu").mkdir(parents=True)
    for text, expected in (("50000", 0.5), ("-1", math.inf)):
        (first / "cpu" / "cpu.cfs_quota_us").write_text(text)
        (first / "cpu" / "cpu.cfs_period_us").write_text("100000")
        quota.cache_clear()
        assert quota(str(first)) == expected


def test_cores_respect_the_quota(monkeypatch):
    from scratchnet.parallel import threads

    monkeypatch.delenv("SCRATCHNET_THREADS", raising=False)
    for limit in (0.3, 1.0):
        monkeypatch.setattr(threads, "quota", lambda limit=limit: limit)
        assert cores() == 1


PROGRAM = """
import os
before = dict(os.environ)
seen = []
import scratchnet.parallel.threads as threads
load = threads.importlib.import_module
threads.importlib.import_module = lambda name: seen.append(os.environ.get("GOMP_SPINCOUNT")) or load(name)
threads.let_waiting_threads_sleep()
threads.let_waiting_threads_sleep()
assert dict(os.environ) == before, "the settings of the program stay"
print(seen[:1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="libgomp is the OpenMP of Linux")
@pytest.mark.parametrize(
    "environment, expected",
    [({}, "['10000']"), ({"OMP_WAIT_POLICY": "active"}, "[]"), ({"GOMP_SPINCOUNT": "7"}, "[]")],
)
def test_waiting_threads_turn_for_a_while_only(environment, expected):
    names = ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY", "NUMBA_THREADING_LAYER")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    run = subprocess.run([sys.executable, "-c", PROGRAM], env=clean | environment, capture_output=True, text=True)
    assert run.stdout.strip() == expected, run.stderr
