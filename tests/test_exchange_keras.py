"""To Keras and back: models of standard layers, weights of a user's own model, files, and what they could hide."""

import importlib.util
import io
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from exchanged import ALL, KERAS, apart, emptied, fresh, inputs, network, states_equal

from scratchnet import Flatten, InputError, MaxPool2d, ModelError, Sequential, Tanh, exchange
from scratchnet import models as networks
from scratchnet.exchange.to_keras_model import keras as imported
from scratchnet.runs.recipes import RECIPES

h5py = pytest.importorskip("h5py")
if not KERAS:
    pytest.skip("Keras, or a backend for it, is not installed", allow_module_level=True)
THERE = [name for name in ALL if name not in ("lenet-1989", "pooled")]


@pytest.fixture(scope="module")
def keras():
    return imported()


def read(model, x):
    return np.asarray(model.predict(x.transpose(0, 2, 3, 1), verbose=0))


@pytest.mark.parametrize("name", THERE)
def test_a_keras_model_agrees_and_comes_back(name, keras, tmp_path):
    """Also from its file, which Keras reads without scratchnet, and scratchnet without Keras."""
    net, x = network(name), inputs(network(name))
    model = exchange.to_keras(net)
    y = read(model, x)
    assert apart(net(x), y) < 2e-6
    assert states_equal(net, exchange.from_keras(emptied(name), model))
    exchange.write_keras(net, tmp_path / "net.keras")
    assert np.array_equal(y, read(keras.models.load_model(tmp_path / "net.keras"), x))
    model.save_weights(tmp_path / "net.weights.h5")
    for file in ("net.keras", "net.weights.h5"):
        assert states_equal(net, exchange.import_model(emptied(name), tmp_path / file))


def tutorial(keras, activation="relu"):
    """tutorial-28 as one writes it in Keras: activations inside of the layers."""
    layers = keras.layers
    return keras.Sequential([
        keras.Input((28, 28, 1)),
        layers.Conv2D(6, 5, padding="same", activation=activation),
        layers.MaxPooling2D(2),
        layers.Conv2D(16, 5, activation=activation),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(120, activation=activation),
        layers.Dense(84, activation=activation),
        layers.Dense(10),
    ])  # fmt: skip


def test_a_users_own_model_comes_in_and_gets_our_weights(keras, tmp_path):
    net, x = fresh("tutorial-28"), inputs(fresh("tutorial-28"))
    model = tutorial(keras)
    exchange.from_keras(net, model.get_weights())
    assert apart(net(x), read(model, x)) < 2e-6
    model.save(tmp_path / "own.keras")
    assert states_equal(net, exchange.import_model(emptied("tutorial-28"), tmp_path / "own.keras"))
    model.set_weights(exchange.keras_weights(network("tutorial-28")))
    assert apart(network("tutorial-28")(x), read(model, x)) < 2e-6


@pytest.mark.planted
@pytest.mark.filterwarnings("ignore")
def test_what_keras_exports_to_onnx_comes_back(keras, tmp_path):
    """Channels last, biases apart, with casts between."""
    if keras.backend.backend() != "torch":
        pytest.skip("Keras exports ONNX files with PyTorch or TensorFlow")
    pytest.importorskip("onnx")
    models = [(tutorial(keras, activation), network("tutorial-28")) for activation in ("relu", "tanh")]
    models += [(exchange.to_keras(network(name)), network(name)) for name in RECIPES]
    for model, net in models:
        x = inputs(net)
        y = read(model, x)
        model.export(str(tmp_path / "net.onnx"), format="onnx", verbose=False)
        assert apart(y, exchange.from_onnx(tmp_path / "net.onnx")(x)) < 2e-6


def test_the_rows_after_flatten_are_moved():
    """A row of ones in the place of one pixel: Keras has it at another place."""
    net = fresh("tutorial-28")
    net["C5"].W[...] = 0
    net["C5"].W[0].reshape(16, 5, 5)[3, 1, 4] = 1
    (dense,) = [w for w in exchange.keras_weights(net) if w.shape == (400, 120)]
    assert dense.reshape(5, 5, 16, 120)[1, 4, 3, 0] == 1 and np.count_nonzero(dense) == 1


def weights():
    return exchange.keras_weights(network("tutorial-28"))


@pytest.mark.parametrize(
    "given, word",
    [
        (lambda: weights()[:-1], "9 arrays of weights, expected 10"),
        (lambda: [weights()[0].transpose(3, 2, 0, 1), *weights()[1:]], "C1.W, of shape (5, 5, 1, 6) in Keras"),
        (lambda: [w.astype(int) for w in weights()], "floating-point"),
        (lambda: [w * np.nan for w in weights()], "not finite"),
    ],
)
def test_weights_that_do_not_fit_change_nothing(given, word):
    net = fresh("tutorial-28")
    with pytest.raises(ModelError) as why:
        exchange.from_keras(net, given())
    assert word in str(why.value)
    assert states_equal(net, network("tutorial-28"))


def test_what_keras_does_not_have_gets_a_sentence(tmp_path):
    with pytest.raises(InputError, match="H1: UnsharedBiasConv2d has a forward pass of its own"):
        exchange.to_keras(networks.lenet_1989(0))
    with pytest.raises(InputError, match="0: MaxPool2d has padding"):
        exchange.to_keras(Sequential(MaxPool2d(3, 2, 1), input_shape=(1, 9, 9)))
    with pytest.raises(InputError, match="expects model"):
        exchange.from_keras(fresh("paper"), 3)
    with pytest.raises(InputError, match=r"end in \.keras"):
        exchange.write_keras(network("paper"), tmp_path / "net.h5")
    with pytest.raises(InputError, match="input_shape"):
        exchange.to_keras(Sequential(Tanh(), Flatten()))
    assert list(tmp_path.iterdir()) == []


JAX = """
import numpy as np
from exchanged import apart, inputs, network
from scratchnet import exchange
import keras
assert keras.backend.backend() == "jax"
for name in ("paper", "tutorial-28", "notebook-learned-slope", "paper-softmax"):
    net = network(name)
    x = inputs(net)
    assert apart(net(x), np.asarray(exchange.to_keras(net).predict(x.transpose(0, 2, 3, 1), verbose=0))) < 2e-6, name
"""


@pytest.mark.planted
def test_with_the_jax_backend_too():
    if importlib.util.find_spec("jax") is None:
        pytest.skip("jax is not installed")
    environment = os.environ | {"KERAS_BACKEND": "jax"}
    here = os.path.dirname(__file__)
    run = subprocess.run([sys.executable, "-c", JAX], capture_output=True, text=True, cwd=here, env=environment)
    assert run.returncode == 0, run.stderr


# Files.


def rebuilt(path, change):
    """The archive again, with its file of weights changed by `change(h5py.File)`."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    content = io.BytesIO(members["model.weights.h5"])
    with h5py.File(content, "r+") as file:
        change(file)
    members["model.weights.h5"] = content.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)


def external_link(file):
    del file["layers/conv2d"]
    file["layers/conv2d"] = h5py.ExternalLink("other.h5", "/layers/conv2d")


def soft_link(file):
    del file["layers/conv2d/vars/0"]
    file["layers/conv2d/vars/0"] = h5py.SoftLink("/layers/conv2d_1/vars/0")


def outside(file):
    del file["layers/dense/vars/1"]
    file.create_dataset("layers/dense/vars/1", (120,), "f4", external=[("/etc/passwd", 0, 480)])


def bomb(file):
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", (10**6, 10**6), "f4", chunks=(1000, 1000), compression="gzip")


def compressed(file):
    values = file["layers/dense/vars/0"][()]
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", data=values, chunks=True, compression="gzip")


def large(file):
    del file["layers/dense/vars/0"]
    file.create_dataset("layers/dense/vars/0", (10**6, 10**6), "f4")


def whole_numbers(file):
    del file["layers/dense/vars/1"]
    file["layers/dense/vars/1"] = np.zeros(120, int)


def gone(file):
    del file["layers/dense_2"]


@pytest.mark.parametrize("change", [external_link, soft_link, outside, bomb, compressed, large, whole_numbers, gone])
def test_a_file_of_weights_that_is_not_plain_is_refused(change, tmp_path):
    path = tmp_path / "net.keras"
    exchange.write_keras(network("tutorial-28"), path)
    rebuilt(path, change)
    net = fresh("tutorial-28")
    with pytest.raises(ModelError, match="belongs to another network"):
        exchange.import_model(net, path)
    assert states_equal(net, network("tutorial-28"))


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "net.keras"
    exchange.write_keras(network("tutorial-28"), path)
    with zipfile.ZipFile(path) as archive:
        content = archive.read("model.weights.h5")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.weights.h5", content)
    with pytest.raises(ModelError, match="its weights are compressed"):
        exchange.import_model(fresh("tutorial-28"), path)
    for broken in (b"", b"text", content, content[:3000]):
        path.write_bytes(broken)
        with pytest.raises(ModelError, match="is damaged, or it is not a file of Keras 3"):
            exchange.import_model(fresh("tutorial-28"), path)
    with pytest.raises(ModelError, match="There is no file"):
        exchange.import_model(fresh("tutorial-28"), tmp_path / "gone.weights.h5")


def test_the_keras_of_the_recipes_is_complete():
    assert set(RECIPES) <= set(THERE)
