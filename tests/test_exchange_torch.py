"""To PyTorch and back: outputs, gradients, a stand-alone file, state dicts that do not fit, files with a pickle."""

import importlib.util
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from exchanged import ALL, apart, emptied, fresh, inputs, network, states_equal

from scratchnet import Conv2d, InputError, Linear, ModelError, Sequential, datasets, exchange, models
from scratchnet.runs.recipes import RECIPES

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("name", ALL)
def test_outputs_are_the_same(name):
    net = network(name)
    x = inputs(net)
    y = exchange.to_torch(net)(torch.from_numpy(x)).detach().numpy()
    assert y.dtype == np.float32
    assert apart(net(x), y) < 2e-6


@pytest.mark.parametrize("name", RECIPES)
def test_outputs_and_gradients_are_the_same_in_float64(name):
    """To 1e-12, where float32 cannot hide a wrong formula."""
    source = network(name)
    net = RECIPES[name].network(0, dtype=float)
    for key, value in net.state().items():
        value[...] = source.state()[key]
    x = inputs(net, 3).astype(float)
    twin, given = exchange.to_torch(net), torch.from_numpy(x).requires_grad_()
    y = twin(given)
    assert apart(net(x), y.detach().numpy()) < 1e-12
    dy = np.random.default_rng(2).normal(size=y.shape)
    dx = net.backward(dy)
    y.backward(torch.from_numpy(dy))
    assert apart(dx, given.grad.numpy()) < 1e-11
    for (key, _, gradient, _), parameter in zip(net.parameters(), twin.parameters(), strict=True):
        assert apart(gradient, parameter.grad.numpy()) < 1e-10, key


def test_the_module_has_its_own_memory_and_our_names():
    net = fresh("paper")
    twin = exchange.to_torch(net)
    before = twin.C1.weight.detach().clone()
    net["C1"].W += 1
    assert torch.equal(twin.C1.weight, before)
    assert list(twin.state_dict())[:4] == ["C1.weight", "C1.bias", "S2.weight", "S2.bias"]
    assert [name for name, _ in twin.named_children()] == list(net.layers)


def test_the_mode_is_the_same():
    net = fresh("modern")
    assert not exchange.to_torch(net).training
    assert exchange.to_torch(net.train()).training


@pytest.mark.parametrize("name", ALL)
def test_a_state_dict_comes_back_bit_for_bit(name):
    net, back = network(name), emptied(name)
    exchange.from_torch(back, exchange.to_torch(net).state_dict())
    assert states_equal(net, back)


def test_a_network_that_is_trained_in_pytorch_comes_back():
    """With weight decay and momentum, the missing connections of C3 stay missing."""
    net = fresh("paper")
    twin, x = exchange.to_torch(net), inputs(net, 8)
    optimizer = torch.optim.SGD(twin.parameters(), 1e-4, momentum=0.9, weight_decay=0.01)
    for _ in range(3):
        optimizer.zero_grad()
        twin(torch.from_numpy(x))[:, 0].mean().backward()
        optimizer.step()
    exchange.from_torch(net, twin.state_dict())
    assert apart(net(x), twin(torch.from_numpy(x)).detach().numpy()) < 2e-6
    assert not net["C3"].W[~net["C3"].connections].any()


def test_a_twin_that_keeps_mask_and_codes_in_its_state_comes_in():
    """As people write it: full weights under a mask. What the mask hides is left out."""
    from torch_twin import torch_lenet5

    twin, net = torch_lenet5(), models.lenet5(0)
    exchange.from_torch(net, twin.state_dict())
    x = inputs(net)
    with torch.no_grad():
        assert apart(net(x), twin(torch.from_numpy(x)).numpy()) < 2e-6
    state = twin.state_dict()
    other = {key: 1 - value if key.endswith("mask") else value for key, value in state.items()}
    with pytest.raises(ModelError, match=r"another mask in '4\.mask' than C3"):
        exchange.from_torch(net, other)
    other = {key: -value if key.endswith("codes") else value for key, value in state.items()}
    with pytest.raises(ModelError, match="another codes"):
        exchange.from_torch(net, other)


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "paper"])
def test_the_tutorials_own_modules_come_in(name):
    from torch_tutorials import TWINS

    twin, net = TWINS[name](), RECIPES[name].network(0)
    exchange.from_torch(net, twin.state_dict())
    x = inputs(net)
    with torch.no_grad():
        assert apart(net(x), twin(torch.from_numpy(x)).numpy()) < 3e-6


def state(name="tutorial-28"):
    return exchange.to_torch(network(name)).state_dict()


def changed(key, value):
    return {name: value(tensor) if name == key else tensor for name, tensor in state().items()}


@pytest.mark.parametrize(
    "given, words",
    [
        (lambda: changed("C3.weight", lambda w: w[:, :1]), ["C3.W of shape (16, 6, 5, 5)", "(16, 1, 5, 5)", "C1.bias"]),
        (lambda: dict(list(state().items())[:-1]), ["expected 10 arrays, got 9", "nothing is there for OUTPUT.b"]),
        (lambda: state() | {"more": torch.zeros(3)}, ["got 11", "the network has nothing for more"]),
        (lambda: changed("F6.bias", lambda b: b.int()), ["F6.b should have floating-point numbers, got int32"]),
        (lambda: changed("F6.bias", lambda b: b * torch.nan), ["F6.b has entries that are not finite"]),
        (lambda: changed("F6.bias", lambda b: b.to_sparse()), ["no array of numbers in 'F6.bias'"]),
        (lambda: changed("F6.bias", lambda b: b.to("meta")), ["no array of numbers in 'F6.bias'"]),
        (lambda: changed("F6.bias", lambda b: "text"), ["no array of numbers in 'F6.bias', got a str"]),
        (lambda: changed("F6.bias", lambda b: b.to(torch.complex64)), ["no array of numbers in 'F6.bias'"]),
        (lambda: changed("F6.bias", lambda b: (b + 1).double() * 1e300), ["F6.b has entries that are not finite"]),
        (lambda: state("paper"), ["another network"]),
    ],
)
def test_the_first_misfit_is_named_and_nothing_changes(given, words):
    net = fresh("tutorial-28")
    before = {name: value.copy() for name, value in net.state().items()}
    with pytest.raises(ModelError) as why:
        exchange.from_torch(net, given())
    assert all(word in str(why.value) for word in words), why.value
    assert all(np.array_equal(before[name], value) for name, value in net.state().items())


def test_other_float_types_come_in():
    net = fresh("tutorial-28")
    for kind in (torch.float64, torch.float16, torch.bfloat16):
        halved = {name: tensor.to(kind) for name, tensor in state().items()}
        exchange.from_torch(net, halved)
        assert np.array_equal(net["F6"].W, halved["F6.weight"].float().numpy())
        assert net["F6"].W.dtype == np.float32


def test_weights_without_a_connection_are_refused():
    dense = RECIPES["paper-softmax"].network(0)
    with pytest.raises(ModelError, match=r"weights in C3\.W where C3 has no connection"):
        exchange.from_torch(RECIPES["paper-softmax-sparse"].network(0), exchange.to_torch(dense).state_dict())


def test_a_module_is_no_state_dict():
    with pytest.raises(InputError, match=r"Write model\.state_dict\(\)"):
        exchange.from_torch(fresh("paper"), exchange.to_torch(network("paper")))
    with pytest.raises(InputError, match="expects a Sequential"):
        exchange.to_torch(Linear(2, 3))


# A layer that the formats do not know.


class Doubled(Linear):
    def forward(self, x):
        return 2 * super().forward(x)


class Renamed(Linear):
    """A subclass that computes the same."""


def test_a_subclass_with_its_own_forward_pass_is_not_exported_as_its_base():
    """Before: a learner's Linear that doubles would have left as a plain Linear."""
    net = Sequential(Doubled(4, 3, rng=0), input_shape=(4,))
    for leave in (exchange.to_torch, lambda net: exchange.to_onnx(net, "x.onnx"), exchange.keras_weights):
        with pytest.raises(InputError, match="0: Doubled has a forward pass of its own, so it is no Linear for"):
            leave(net)
    same = Sequential(Renamed(4, 3, rng=0), input_shape=(4,))
    x = inputs(same)
    assert apart(same(x), exchange.to_torch(same)(torch.from_numpy(x)).detach().numpy()) < 1e-6


def test_an_own_layer_registers_itself():
    class Shifted(Linear):
        def forward(self, x):
            return super().forward(x) + 1

    net = Sequential(shifted=Shifted(4, 3, rng=0), input_shape=(4,))

    class Twin(torch.nn.Linear):
        def forward(self, x):
            return super().forward(x) + 1

    @exchange.torch_call.register
    def _(layer: Shifted):
        module = Twin(4, 3)
        module.load_state_dict({"weight": torch.from_numpy(layer.W), "bias": torch.from_numpy(layer.b)})
        return module

    x = inputs(net)
    assert apart(net(x), exchange.to_torch(net)(torch.from_numpy(x)).detach().numpy()) < 1e-6
    with pytest.raises(InputError, match="shifted: Shifted cannot be in a file that needs only PyTorch"):
        exchange.write_torch(net, "nothing.py")


def test_a_name_that_pytorch_does_not_allow():
    with pytest.raises(InputError, match="PyTorch does not allow a name of a layer"):
        exchange.to_torch(Sequential(**{"type": Linear(2, 2)}))


# The stand-alone file.


def loaded(path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ALL)
def test_the_stand_alone_file_computes_the_same(name, tmp_path):
    net, path = network(name), tmp_path / f"{name.replace('-', '_')}.py"
    exchange.write_torch(net, path)
    module = loaded(path)
    x = inputs(net)
    with torch.no_grad():
        y = module.network()(torch.from_numpy(x)).numpy()
    assert np.array_equal(y, exchange.to_torch(net)(torch.from_numpy(x)).detach().numpy())
    assert len(path.read_text().splitlines()) < 140
    if name in RECIPES:
        images = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
        assert apart(RECIPES[name].prepare(images, "test"), module.prepare(torch.from_numpy(images)).numpy()) < 1e-7


ALONE = """
import sys
class Refused:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("scratchnet", "onnx", "safetensors", "keras"):
            raise ImportError(name)
sys.meta_path.insert(0, Refused())
import torch, lenet5
print(lenet5.network()(lenet5.prepare(torch.full((2, 28, 28), 7, dtype=torch.uint8))).shape)
"""


def test_the_stand_alone_file_needs_only_pytorch(tmp_path):
    exchange.write_torch(network("paper"), tmp_path / "lenet5.py")
    run = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert run.stdout.strip() == "torch.Size([2, 10])", run.stderr


def test_to_write_a_stand_alone_file_needs_no_pytorch(tmp_path):
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "from scratchnet import exchange, models\n"
        "exchange.write_torch(models.lenet5(0), 'lenet5.py')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "lenet5.py").is_file()


@pytest.mark.planted
@pytest.mark.parametrize("name", RECIPES)
def test_ten_thousand_answers_are_the_same(name, tmp_path):
    """Through a stand-alone file, from bytes to answers."""
    net, recipe = network(name), RECIPES[name]
    images, _ = datasets.load(recipe.data, "test")
    exchange.write_torch(net, tmp_path / "net.py")
    module = loaded(tmp_path / "net.py")
    with torch.no_grad():
        for first in range(0, 10_000, 1000):
            some = images[first : first + 1000]  # all at once leave 4 GB, which every later fork copies
            y = module.network()(module.prepare(torch.from_numpy(some)))
            answers = y.argmin(dim=1) if name == "paper" else y.argmax(dim=1)
            assert np.array_equal(answers.numpy(), net.decide(net(recipe.prepare(some, "test"))))


# Files of PyTorch.


def test_a_pt_file_comes_in(tmp_path):
    path = tmp_path / "model.pt"
    torch.save(state(), path)
    net = emptied("tutorial-28")
    exchange.import_model(net, path)
    assert states_equal(net, network("tutorial-28"))
    torch.save({"epoch": 3, "model": state(), "optimizer": {"lr": 0.1}}, path)
    net = emptied("tutorial-28")
    exchange.import_model(net, path)
    assert states_equal(net, network("tutorial-28"))


class Evil:
    def __reduce__(self):
        return (print, ("a pickle was run",))


def whole_model(path):
    torch.save(exchange.to_torch(network("tutorial-28")), path)


def evil(path):
    torch.save({"a": Evil()}, path)


def old_format(path):
    torch.save(state(), path, _use_new_zipfile_serialization=False)


def bare_pickle(path):
    path.write_bytes(pickle.dumps(Evil()))


def compressed(path):
    torch.save(state(), path)
    with zipfile.ZipFile(path) as source:
        members = {name: source.read(name) for name in source.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)


def cut(path):
    torch.save(state(), path)
    path.write_bytes(path.read_bytes()[:-5000])


def a_list(path):
    torch.save([1, 2], path)


def spoilt(path):
    torch.save(state(), path)
    content = bytearray(path.read_bytes())
    content[200:400] = b"\xff" * 200
    path.write_bytes(content)


@pytest.mark.parametrize(
    "write, word",
    [
        (whole_model, "torch.save(model.state_dict(), 'model.pt')"),
        (evil, "torch.save(model.state_dict(), 'model.pt')"),
        (old_format, "no file of PyTorch 1.6"),
        (bare_pickle, "no file of PyTorch 1.6"),
        (compressed, "compressed"),
        (cut, "or it is damaged"),
        (a_list, "holds a list, expected a state dict"),
        (spoilt, ""),
        (lambda path: None, "There is no file"),
    ],
)
def test_a_pt_file_that_cannot_be_read_gets_a_sentence(write, word, tmp_path, capfd):
    path = tmp_path / "model.pt"
    write(path)
    with pytest.raises(ModelError) as why:
        exchange.read_torch(path)
    assert word in str(why.value) and "\n" not in str(why.value)
    assert "a pickle was run" not in capfd.readouterr().out


def test_without_pytorch_there_is_a_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(InputError, match=r"This needs torch.*Install it: pip install torch"):
        exchange.to_torch(fresh("paper"))


def test_sparse_convolutions_keep_stride_and_border():
    table = np.array([[True, False], [True, True], [False, True]])
    net = Sequential(c=Conv2d(2, 3, 3, stride=2, padding=1, connections=table, rng=0), input_shape=(2, 9, 9))
    x = inputs(net)
    assert apart(net(x), exchange.to_torch(net)(torch.from_numpy(x)).detach().numpy()) < 1e-6
