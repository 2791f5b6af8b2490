"""Nothing that a file says is believed: damaged files of every kind end in an error of the library's own."""

import csv
import functools
import importlib.util
import io
import json
import os
import struct
import sys
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet import History, InputError, Linear, ModelError, Sequential, cli
from scratchnet.datasets.idx import read_idx
from scratchnet.errors import DataError
from scratchnet.models import lenet5
from scratchnet.runs import Run, load_model
from scratchnet.storage import atomic_write, read_arrays

FUZZ = Path(__file__).parents[1] / "benchmarks" / "fuzz.py"
spec = importlib.util.spec_from_file_location("fuzz", FUZZ)
fuzz = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fuzz)


@pytest.mark.parametrize("what", fuzz.KINDS)
@pytest.mark.filterwarnings("ignore")
def test_damaged_files(what, tmp_path):
    """`python benchmarks/fuzz.py 80000` tries a million."""
    outcomes, _ = fuzz.fuzz(what, 150, np.random.default_rng(3), tmp_path / "files")
    assert set(outcomes) <= {"read", "refused"}, outcomes
    assert outcomes["refused"] > 30


@functools.cache
def good_file(what):
    with tempfile.TemporaryDirectory() as folder:
        return fuzz.KINDS[what][1](Path(folder))


def pieces(good):
    """Strategy: files of bytes that come from anywhere, from the good file, or from both."""
    part = st.builds(lambda a, b: good[min(a, b) : max(a, b)], st.integers(0, len(good)), st.integers(0, len(good)))
    return st.lists(st.one_of(st.binary(max_size=40), part), max_size=5).map(b"".join)


@pytest.mark.parametrize("what", fuzz.KINDS)
@pytest.mark.filterwarnings("ignore")
@given(draw=st.data())
def test_files_of_any_bytes(what, draw):
    name, _, reader = fuzz.KINDS[what]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(draw.draw(pieces(good_file(what))))
        assert fuzz.outcome(reader, path) in ("read", "refused")


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((0, 2**32 - 1, 2**32 - 1), "more than any data set here"),
        ((1,) * 65, "more than any data set here"),
        ((60000, 2000, 2000), "more than any data set here"),
        ((2**15, 2**14), "got only 4"),
    ],
)
def test_an_idx_header_that_promises_too_much(shape, words, tmp_path):
    path = tmp_path / "images"
    path.write_bytes(bytes([0, 0, 8, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + bytes(4))
    tracemalloc.start()
    with pytest.raises(DataError, match=words):
        read_idx(path)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def archive(path, members, **options):
    with zipfile.ZipFile(path, "w", **options) as file:
        for name, data in members.items():
            file.writestr(name, data)


def as_npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def with_shape(array, shape):
    """An .npy whose header promises another shape."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": array.dtype.str, "fortran_order": False, "shape": shape})
    return file.getvalue() + array.tobytes()


OURS = {"format.npy": as_npy(np.array("scratchnet 1")), "about.npy": as_npy(np.array(""))}
W = np.zeros((2, 3), np.float32)


@pytest.mark.parametrize(
    "members",
    [
        {"0.W.npy": b"no array at all", "0.b.npy": as_npy(W[:, 0])},
        {"0.W": b"0123", "0.b.npy": as_npy(W[:, 0])},
        {"0.W.npy": with_shape(W, (2**40, 2**20)), "0.b.npy": as_npy(W[:, 0])},
        {"0.W.npy": with_shape(W, (-2, -3)), "0.b.npy": as_npy(W[:, 0])},
        {"0.W.npy": as_npy(W)[:-8], "0.b.npy": as_npy(W[:, 0])},
    ],
)
def test_a_member_that_is_no_array(members, tmp_path):
    archive(tmp_path / "m.npz", OURS | members)
    with pytest.raises(ModelError, match="is damaged"):
        Sequential(Linear(3, 2, rng=0)).load(tmp_path / "m.npz")


def test_a_zip_bomb_is_not_unpacked(tmp_path):
    """Before: 2.3 MB became 2.2 GB of memory before they were refused."""
    path = tmp_path / "m.npz"
    archive(path, OURS | {"0.W.npy": as_npy(np.zeros(2**24, np.float32))}, compression=zipfile.ZIP_DEFLATED)
    tracemalloc.start()
    with pytest.raises(ModelError, match="it is compressed"):
        read_arrays(path)
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_a_zip_that_claims_to_span_disks(tmp_path):
    """zipfile raises where it only looks whether a file is a zip."""
    path = tmp_path / "m.npz"
    lenet5(0).save(path)
    data = path.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    locator = b"PK\x06\x07" + struct.pack("<LQL", 1, 0, 2)
    path.write_bytes(data[:end] + locator + data[end:])
    with pytest.raises(zipfile.BadZipFile):
        zipfile.is_zipfile(path)
    with pytest.raises(ModelError, match="is damaged"):
        read_arrays(path)


def test_brackets_without_end(tmp_path):
    about = as_npy(np.array("[" * 100_000))
    archive(tmp_path / "last.npz", OURS | {"about.npy": about, "0.W.npy": as_npy(W)})
    with pytest.raises(ModelError, match="does not record which recipe"):
        load_model(tmp_path / "last.npz")
    (tmp_path / "config.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match="There is no run in"):
        Run.read(tmp_path)
    Run.new("tutorial-28", folder=tmp_path)  # what it cannot read is no run, and it may be replaced


def test_a_log_from_a_spreadsheet(tmp_path):
    history = History()
    history.append(**{name: 2.5 for name in history.columns()})
    history.write(tmp_path / "log.csv")
    text = (tmp_path / "log.csv").read_text()
    (tmp_path / "log.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert History.read(tmp_path / "log.csv").loss == [2.5]
    (tmp_path / "log.csv").write_text(text.replace(",", ";"))
    with pytest.raises(InputError, match="has semicolons between its columns: save it with commas"):
        History.read(tmp_path / "log.csv")


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    order, fsync, replace = [], os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda number: (order.append("fsync"), fsync(number)))
    monkeypatch.setattr(os, "replace", lambda *paths: (order.append("replace"), replace(*paths)))
    with atomic_write(tmp_path / "a") as file:
        file.write(b"1")
    assert order == ["fsync", "replace"]


@pytest.mark.parametrize(("platform", "ending"), [("emscripten", ".py"), ("linux", ".tmp")])
def test_a_temporary_file_ends_as_its_name_does_in_a_browser(platform, ending, tmp_path, monkeypatch):
    """The editor of JupyterLite shows base64, and saves it, where a file's first name did not end in .py."""
    monkeypatch.setattr(sys, "platform", platform)
    with atomic_write(tmp_path / "a.py") as file:
        assert [path.suffix for path in tmp_path.iterdir()] == [ending]
        file.write(b"1")
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]


# Escaping.


def test_control_characters_do_not_reach_the_terminal(tmp_path, capsys):
    assert cli.main(["predict", str(tmp_path / "\x1b[2J\x07\u202egnp.exe"), "a.png"]) == 2
    printed = capsys.readouterr().err
    assert "\\x1b[2J\\x07\\u202egnp.exe" in printed
    assert not set(printed) & {"\x1b", "\x07", "\u202e"}


def test_a_cell_of_a_table_never_begins_with_a_formula(tmp_path):
    from scratchnet.training.history import write_table

    names = ["=1+1", "+1", "-1", "@a", "\t=1", "Ann"]
    write_table(tmp_path / "t.csv", ["who", "=points"], [(name, -1.5) for name in names])
    with open(tmp_path / "t.csv", newline="") as file:
        rows = list(csv.reader(file))
    assert all(cell[0] not in "=+-@\t\r" or cell == "-1.5" for row in rows for cell in row)
    assert rows[6] == ["Ann", "-1.5"]


def test_json_of_a_config_is_written_as_it_is_read(tmp_path):
    config = json.loads(json.dumps(fuzz.CONFIG))
    assert Run(tmp_path, config, History()).config == config
