"""What all formats share: names, safetensors, files that are not believed, half-written files, the two commands."""

import json
import struct
import subprocess
import sys

import numpy as np
import pytest
from exchanged import ALL, KERAS, apart, emptied, fresh, inputs, network, states_equal

from scratchnet import BatchNorm2d, InputError, ModelError, Sequential, cli, exchange, models, storage
from scratchnet.exchange.meaning import meaning_of, preparation_of, recipe_like
from scratchnet.runs.model_file import load_model
from scratchnet.runs.recipes import RECIPES

pytest.importorskip("safetensors")


def test_other_libraries_are_imported_only_when_they_are_used():
    code = (
        "import sys, scratchnet.exchange, scratchnet.cli\n"
        "assert not {'torch', 'onnx', 'keras', 'safetensors', 'h5py', 'google.protobuf'} & set(sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize(
    "module, use",
    [
        ("onnx", lambda path: exchange.to_onnx(network("paper"), path)),
        ("onnx", lambda path: exchange.from_onnx(path)),
        ("safetensors", lambda path: exchange.to_safetensors(network("paper"), path)),
        ("safetensors", lambda path: exchange.from_safetensors(fresh("paper"), path)),
        ("keras", lambda path: exchange.to_keras(network("paper"))),
    ],
)
def test_a_missing_library_gets_a_sentence(module, use, monkeypatch, tmp_path):
    for name in [name for name in sys.modules if name.partition(".")[0] == module]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=rf"This needs {module}, which cannot be imported.*Install it: pip install"):
        use(tmp_path / "net.onnx")


# What a network takes and says.


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_is_known_by_its_layers_and_its_pixels(name):
    """The numbers for black and white are those that the recipe makes of images of 0 and of 255."""
    assert recipe_like(network(name)) is RECIPES[name]
    found = preparation_of(RECIPES[name])
    for byte, level in ((0, found.black), (255, found.white)):
        x = RECIPES[name].prepare(np.full((1, 28, 28), byte, np.uint8), "test")
        assert x.shape[-1] == found.size
        assert x[0, 0, 14, 14] == np.float32(level)


def test_other_networks_have_no_recipe():
    assert recipe_like(network("modern")) is None and recipe_like(network("strings")) is None
    assert meaning_of(network("modern")).facts(network("modern")) == {
        "input": "float32 (N, 2, 12, 13)",
        "output": "probabilities of the classes: the largest wins",
        "decision": "argmax",
    }


# safetensors.


@pytest.mark.parametrize("name", ALL)
def test_safetensors_come_back_bit_for_bit(name, tmp_path):
    net, path = network(name), tmp_path / "net.safetensors"
    exchange.to_safetensors(net, path, {"note": "of a test"})
    assert states_equal(net, exchange.from_safetensors(emptied(name), path))


def test_special_numbers_come_back_bit_for_bit(tmp_path):
    net = Sequential(norm=BatchNorm2d(5, dtype=float))
    net["norm"].W[...] = [-0.0, 5e-324, np.pi, -np.finfo(float).max, 1e-300]
    exchange.to_safetensors(net, tmp_path / "net.safetensors")
    back = exchange.from_safetensors(Sequential(norm=BatchNorm2d(5, dtype=float)), tmp_path / "net.safetensors")
    assert net["norm"].W.tobytes() == back["norm"].W.tobytes()


def test_pytorch_reads_them_and_its_own_come_in(tmp_path):
    pytest.importorskip("torch")
    from safetensors.torch import load_file, save_file

    path = tmp_path / "net.safetensors"
    exchange.to_safetensors(network("paper"), path)
    read = load_file(path)
    assert all(np.array_equal(read[name].numpy(), value) for name, value in network("paper").state().items())
    for name in ("modern", "notebook-learned-slope", "paper"):
        save_file(exchange.to_torch(network(name)).state_dict(), path)
        assert states_equal(network(name), exchange.from_safetensors(emptied(name), path))
    state = exchange.to_torch(network("paper")).state_dict()
    save_file({key: tensor.half() for key, tensor in state.items()}, path)
    assert apart(network("paper")["C5"].W, exchange.from_safetensors(fresh("paper"), path)["C5"].W) < 1e-3
    save_file(
        {key: tensor.bfloat16() for key, tensor in exchange.to_torch(network("paper")).state_dict().items()}, path
    )
    with pytest.raises(ModelError, match="has the type BF16, expected F16, F32, F64"):
        exchange.from_safetensors(fresh("paper"), path)


def header(entries, data=b"", length=None):
    text = json.dumps(entries).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(shape, first, last, kind="F32"):
    return {"dtype": kind, "shape": shape, "data_offsets": [first, last]}


def right():
    """{name: entry} and the data of a good file."""
    entries, data = {}, b""
    for name, value in network("lenet1").state().items():
        raw = value.tobytes()
        entries[name] = entry(list(value.shape), len(data), len(data) + len(raw))
        data += raw
    return entries, data


def test_the_file_written_by_hand_is_read(tmp_path):
    (tmp_path / "net.safetensors").write_bytes(header(*right()))
    assert states_equal(network("lenet1"), exchange.from_safetensors(emptied("lenet1"), tmp_path / "net.safetensors"))


def hostile():
    entries, data = right()
    first, second = list(entries)[:2]
    yield "a header of 2^63 bytes", header(entries, data, 2**63)
    yield "a header longer than the file", header(entries, data, 10**6)
    yield "a header of nothing", header(entries, data, 0)
    yield "no header", b"\0" * 4
    yield "nothing", b""
    yield "text", b"hello, this is no such file at all"
    yield "no JSON", struct.pack("<Q", 5) + b"{{{{{" + data
    yield "deep JSON", struct.pack("<Q", 200_000) + b"[" * 200_000
    yield "overlap", header(entries | {second: entry(entries[second]["shape"], 0, 16)}, data)
    yield "beyond the end", header(entries | {second: entry([10**6], 0, 4 * 10**6)}, data)
    yield "a gap", header({first: entries[first], second: entry([4], 800, 816)}, data[:816])
    yield "a size that does not fit", header(entries | {second: entry([3], *entries[second]["data_offsets"])}, data)
    yield "a product beyond 64 bits", header(entries | {second: entry([2**62, 2**62], 0, 4)}, data)
    yield "negative offsets", header(entries | {second: entry([4], -16, 0)}, data)
    yield "negative sizes", header(entries | {second: entry([-4], 400, 416)}, data)
    yield "backwards", header(entries | {second: entry([4], 416, 400)}, data)
    yield "an unknown type", header(entries | {second: entry([4], *entries[second]["data_offsets"], "F99")}, data)
    yield "whole numbers", header(entries | {second: entry([4], *entries[second]["data_offsets"], "I32")}, data)
    yield "data after the end", header(entries, data + b"more")
    yield "cut data", header(entries, data[:-1])
    yield "an entry that is a number", header(entries | {second: 3}, data)
    yield "a header that is a list", header([1, 2], data)
    yield "not finite", header(entries, np.full(len(data) // 4, np.inf, np.float32).tobytes())


def strange_names():
    entries, data = right()
    first = next(iter(entries))
    renamed = {"C9.W" if name == first else name: one for name, one in entries.items()}
    yield "another name", header(renamed, data)
    yield "one more", header(entries | {"more": entry([0], len(data), len(data))}, data)
    yield "another shape", header(entries | {first: entry([100], 0, 400)}, data)


@pytest.mark.parametrize("what, content", [*hostile(), *strange_names()], ids=lambda value: str(value)[:30])
def test_a_hostile_file_is_refused_by_a_sentence(what, content, tmp_path):
    path, net = tmp_path / "net.safetensors", fresh("lenet1")
    path.write_bytes(content)
    with pytest.raises(ModelError) as why:
        exchange.from_safetensors(net, path)
    assert str(path) in str(why.value) and len(str(why.value)) < 600
    assert states_equal(net, network("lenet1"))


def test_damaged_bytes_end_in_a_sentence(tmp_path):
    path, rng = tmp_path / "net.safetensors", np.random.default_rng(0)
    content = header(*right())
    refused = 0
    for n in range(400):
        damaged = bytearray(content)
        damaged[rng.integers(1200)] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            exchange.from_safetensors(fresh("lenet1") if n == 0 else NET, path)
        except ModelError:
            refused += 1
    assert refused > 200


NET = fresh("lenet1")


def test_missing_files_and_other_endings():
    with pytest.raises(ModelError, match="There is no file"):
        exchange.from_safetensors(fresh("paper"), "gone.safetensors")
    with pytest.raises(InputError, match="an ending that is not known, expected one of"):
        exchange.import_model(fresh("paper"), "net.bin")


# Half-written files.


@pytest.mark.parametrize("to", exchange.FORMATS)
def test_a_failure_leaves_the_old_file(to, tmp_path, monkeypatch):
    """Before the new file is complete, the disk is full."""
    if to == "keras" and not KERAS:
        pytest.skip("Keras, or a backend for it, is not installed")
    path = tmp_path / f"net{exchange.FORMATS[to].suffix}"
    path.write_text("the old file")

    def full(number):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        exchange.export_model(network("tutorial-28"), path, to)
    assert path.read_text() == "the old file" and len(list(tmp_path.iterdir())) == 1


# The two commands.


@pytest.fixture
def model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    network("paper").save("last.npz", json.dumps({"recipe": "paper", "data": "mnist"}))
    return tmp_path / "last.npz"


@pytest.mark.parametrize("to, back", [("onnx", True), ("safetensors", True), ("keras", True), ("torch", False)])
def test_export_and_import(to, back, model, capsys):
    if to == "keras" and not KERAS:
        pytest.skip("Keras, or a backend for it, is not installed")
    if to == "onnx":
        pytest.importorskip("onnx")
    file = f"lenet5{exchange.FORMATS[to].suffix}"
    assert cli.main(["export", str(model), "--to", to, "--out", file]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"{file}: paper on mnist") and err == "" and out.isascii()
    if back:
        assert cli.main(["import", file, "--like", "paper"]) == 0
        assert "python -m scratchnet eval runs/lenet5.npz" in capsys.readouterr().out.replace("\\", "/")
        net, recipe, data = load_model("runs/lenet5.npz")
        assert states_equal(net, network("paper")) and (recipe.name, data) == ("paper", "mnist")


def test_import_of_pytorchs_parameters(model, capsys):
    torch = pytest.importorskip("torch")
    torch.save(exchange.to_torch(network("fashion-relu")).state_dict(), "net.pt")
    assert cli.main(["import", "net.pt", "--like", "fashion-relu", "--out", "clothes.npz"]) == 0
    net, _, data = load_model("clothes.npz")
    assert states_equal(net, network("fashion-relu")) and data == "fashion-mnist"


def test_a_model_that_reads_strings_is_exported_with_its_blank(model, capsys):
    onnx = pytest.importorskip("onnx")
    models.string_lenet5(0).save("strings.npz", json.dumps({"blank": True}))
    assert cli.main(["export", "strings.npz", "--to", "onnx", "--pixels", "--out", "strings.onnx"]) == 0
    facts = {one.key: one.value for one in onnx.load("strings.onnx").metadata_props}
    assert json.loads(facts["classes"])[-1] == "blank"


@pytest.mark.parametrize(
    "line, word",
    [
        ("export gone.npz --to onnx --out a.onnx", "no model file gone.npz"),
        ("export last.npz --to onnx --out a.txt", "should end in .onnx"),
        ("export last.npz --to keras --pixels --out a.keras", "--pixels is for --to onnx only"),
        ("import gone.pt --like paper", "There is no file gone.pt"),
        ("import last.npz --like paper", "an ending that is not known"),
        ("import gone.pt --like papers", "no recipe 'papers'"),
        ("import gone.pt --like paper --data minst", "no data set 'minst'"),
        ("import gone.pt --like paper --out a.pt", "--out a.npz"),
    ],
)
def test_a_users_mistake_gets_one_sentence(line, word, model, capsys):
    before = sorted(model.parent.iterdir())
    assert cli.main(line.split()) in (2, 3)
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("scratchnet: ") and word in err and err.count("\n") == 1
    assert sorted(model.parent.iterdir()) == before


def test_a_model_is_not_replaced_by_accident(model, capsys):
    exchange.to_safetensors(network("paper"), "lenet5.safetensors")
    assert cli.main(["import", "lenet5.safetensors", "--like", "paper"]) == 0
    assert cli.main(["import", "lenet5.safetensors", "--like", "paper"]) == 2
    assert "There is a model" in capsys.readouterr().err


def test_what_comes_in_computes_the_same(model):
    x = inputs(network("paper"))
    exchange.export_model(network("paper"), "lenet5.safetensors", "safetensors")
    assert np.array_equal(exchange.import_model(fresh("paper"), "lenet5.safetensors")(x), network("paper")(x))
    with pytest.raises(InputError, match="no format 'onix'"):
        exchange.export_model(network("paper"), "a.onnx", "onix")
