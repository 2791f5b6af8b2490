"""The tutorials' networks, each compared with PyTorch gradient by gradient, and their recipes."""

import copy
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch_tutorials import TWINS, loss_of
from torch_twin import copy_parameters

from scratchnet import SDLM, InputError, check_gradients, datasets, evaluate, fit
from scratchnet.runs import Run
from scratchnet.runs.recipes import RECIPES

PARAMETERS = {
    "paper": 60_000,
    "blog-relu-maxpool": 61_706,
    "tutorial-28": 61_706,
    "notebook-learned-slope": 84_507,
    "fashion-tanh": 61_706,
    "fashion-relu": 61_706,
    "paper-softmax": 61_710,
    "paper-softmax-sparse": 60_810,
}


def test_there_is_a_twin_for_every_tutorial():
    assert set(TWINS) == set(RECIPES) - {"paper"}
    for name, recipe in RECIPES.items():
        net = recipe.network(np.random.default_rng(0))
        assert recipe.name == name and name in PARAMETERS
        assert net.n_parameters() == PARAMETERS[name]
        if name in TWINS:
            assert sum(p.numel() for p in TWINS[name]().parameters()) == PARAMETERS[name] + 36 * 25 * (
                name == "paper-softmax-sparse"  # whose twin keeps the blanks of Table I
            )


@pytest.mark.parametrize("name", TWINS)
def test_against_the_tutorial_in_pytorch(name, rng):
    recipe = RECIPES[name]
    net, twin = recipe.network(rng, dtype=float), TWINS[name]().double()
    for parameter, value, _, _ in net.parameters():
        if "C3.W" not in parameter:
            value += 0.02 * rng.normal(size=value.shape)
    copy_parameters(net, twin)
    x, labels, loss = rng.normal(size=(3, *net.input_shape)), rng.integers(0, 10, 3), recipe.loss()
    t = torch.tensor(x, requires_grad=True)
    E = loss_of(name)(twin(t), torch.as_tensor(labels))
    E.backward()
    assert loss.forward(net(x), labels) == pytest.approx(E.item(), rel=1e-9)
    dx = net.backward(loss.backward())
    pairs = [("x", dx, t.grad)]
    pairs += [(key, d, p.grad) for (key, _, d, _), p in zip(net.parameters(), twin.parameters(), strict=True)]
    for key, got, expected in pairs:
        expected = expected.numpy()
        assert np.abs(got - expected).max() <= 1e-9 * np.abs(expected).max(), key


@pytest.mark.parametrize("name", ["notebook-learned-slope", "fashion-tanh", "paper-softmax", "paper-softmax-sparse"])
def test_gradients_of_a_whole_tutorial(name, rng):
    """Check the tutorials whose functions have no kink."""
    net = RECIPES[name].network(rng, dtype=float)
    check_gradients(net, rng.normal(size=(2, *net.input_shape)), entries=6, tolerance=1e-5)


@pytest.fixture(scope="module")
def digits():
    images, labels = datasets.load("mnist", "train")
    return images[:3000], labels[:3000]


@pytest.mark.parametrize("name", TWINS)
def test_ten_updates_follow_pytorch(name, digits, rng):
    """Compare the recipe's own optimizer, loss, batch and pixels, in float64, with torch.optim."""
    recipe = RECIPES[name]
    net, twin = recipe.network(rng, dtype=float), TWINS[name]().double()
    copy_parameters(net, twin)
    n = 10 * recipe.batch_size
    x, labels = recipe.pixels(digits[0][:n]).astype(float), digits[1][:n]
    kind = torch.optim.SGD if name == "blog-relu-maxpool" else torch.optim.Adam
    ours, theirs = recipe.optimizer(net, recipe.schedule(0)), kind(twin.parameters(), 1e-3)
    order = np.random.default_rng(5).permutation(n)  # the same first draw as in fit
    fit(net, recipe.loss(), ours, (x, labels), epochs=1, batch_size=recipe.batch_size, rng=np.random.default_rng(5),
        constant_order=True, train_error=False)  # fmt: skip
    for first in range(0, n, recipe.batch_size):
        batch = order[first : first + recipe.batch_size]
        theirs.zero_grad()
        loss_of(name)(twin(torch.as_tensor(x[batch])), torch.as_tensor(labels[batch].astype(int))).backward()
        theirs.step()
    for (key, value, _, _), parameter in zip(net.parameters(), twin.parameters()):
        expected = parameter.detach().numpy()
        if name == "paper-softmax-sparse" and key == "C3.W":
            expected = expected * net["C3"].connections[:, :, None, None]
        assert np.abs(value - expected).max() <= 1e-6 * np.abs(expected).max(), key


@pytest.mark.parametrize("name", TWINS)
def test_every_recipe_learns(name, digits):
    """Train two epochs of 3,000 digits: it is far better than guessing, or a little for plain SGD at 1e-3.

    If the subsampling starts with coefficients from U(-1, 1), which are small at first, it needs five epochs.
    """
    recipe, rng = RECIPES[name], np.random.default_rng(0)
    net = recipe.network(rng)
    train = recipe.pixels(digits[0]), digits[1]
    before = evaluate(net, train).error
    optimizer = recipe.optimizer(net, recipe.schedule(0))
    epochs = 5 if name.startswith("paper-softmax") else 2
    fit(net, recipe.loss(), optimizer, train, epochs=epochs, batch_size=recipe.batch_size, rng=rng)
    assert evaluate(net, train).error < (before - 15 if name == "blog-relu-maxpool" else 30)


@pytest.mark.parametrize("name", ["tutorial-28", "fashion-tanh"])
def test_the_curvature_pass_trains_a_modern_network_too(name, digits):
    recipe, rng = RECIPES[name], np.random.default_rng(0)
    net = recipe.network(rng)
    train = recipe.pixels(digits[0][:1000]), digits[1][:1000]
    # after two epochs the error is between 9 and 43 %, by seed and by the machine's rounding; after four below 25
    fit(net, recipe.loss(), SDLM(net, 1e-3, mu=0.02), train, epochs=4, batch_size=1, rng=rng)
    assert evaluate(net, train).error < 40


def test_sdlm_cannot_train_through_softmax(digits):
    recipe, rng = RECIPES["paper-softmax"], np.random.default_rng(0)
    net = recipe.network(rng)
    train = recipe.pixels(digits[0][:10]), digits[1][:10]
    with pytest.raises(InputError, match="softmax: Softmax has no curvature pass"):
        fit(net, recipe.loss(), SDLM(net, 1e-3), train, epochs=1, rng=rng)


def test_recipes_have_the_numbers_of_the_tutorials():
    table = {
        name: (r.batch_size, r.epochs, r.held_out, r.claimed, r.data, [r.schedule(e) for e in (0, 1)])
        for name, r in RECIPES.items()
    }
    assert table == {
        "paper": (1, 20, 0, 99.05, "mnist", [0.0005, 0.0005]),
        "blog-relu-maxpool": (64, 10, 1000, 97.4, "mnist", [1e-3, 1e-3]),
        "tutorial-28": (64, 5, 0, 99.05, "mnist", [1e-3, 1e-3]),
        "notebook-learned-slope": (128, 20, 0, 97.86, "mnist", [1e-3, 1e-3]),
        "fashion-tanh": (100, 5, 0, 87.0, "fashion-mnist", [1e-3, 1e-3]),
        "fashion-relu": (100, 5, 0, 88.9, "fashion-mnist", [1e-3, 1e-3]),
        "paper-softmax": (128, 20, 0, None, "mnist", [1e-3, 1e-3 * 0.9]),
        "paper-softmax-sparse": (128, 20, 0, None, "mnist", [1e-3, 1e-3 * 0.9]),
    }


PIXELS = {
    "paper": (32, -0.1, 1.175),
    "blog-relu-maxpool": (32, -0.1307 / 0.3081, (1 - 0.1307) / 0.3081),
    "tutorial-28": (28, 0, 1),
    "notebook-learned-slope": (32, -1, 1),
    "fashion-tanh": (28, -0.3814 / 0.3994, (1 - 0.3814) / 0.3994),
    "fashion-relu": (28, -0.3814 / 0.3994, (1 - 0.3814) / 0.3994),
    "paper-softmax": (32, -0.1, (1 - 0.078) / 0.78),
    "paper-softmax-sparse": (32, -0.1, (1 - 0.078) / 0.78),
}


@pytest.mark.parametrize("name", RECIPES)
def test_pixels(name):
    size, black, white = PIXELS[name]
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 10:18, 10:18] = 255
    x = RECIPES[name].pixels(image)
    assert x.shape == (1, 1, size, size) == (1, *RECIPES[name].network().input_shape) and x.dtype == np.float32
    assert x.min() == pytest.approx(black, abs=1e-6) and x.max() == pytest.approx(white, rel=1e-6)


def test_an_interrupted_adam_is_resumed_exactly(digits):
    recipe = RECIPES["tutorial-28"]
    train = recipe.pixels(digits[0][:200]), digits[1][:200]

    def run(net, optimizer, epochs, rng, history=None):
        options = {"batch_size": 64, "constant_order": False, "train_error": False, "history": history}
        return fit(net, recipe.loss(), optimizer, train, epochs=epochs, rng=rng, **options)

    nets = [recipe.network(np.random.default_rng(3)) for _ in range(2)]
    make = partial(recipe.optimizer, lr=1e-3)
    run(nets[0], make(nets[0]), 3, np.random.default_rng(4))
    first = make(nets[1])
    history = run(nets[1], first, 1, np.random.default_rng(4))
    second = make(nets[1])
    second.restore(copy.deepcopy(first.state()))
    run(nets[1], second, 3, np.random.default_rng(4), history)
    assert all(np.array_equal(a, b) for (_, a, _, _), (_, b, _, _) in zip(nets[0].parameters(), nets[1].parameters()))


def test_the_blog_prepares_test_images_by_their_own_mean_and_std(digits):
    """SEEDS: training images by 0.1307 and 0.3081, test images by 0.1325 and 0.3104; the last 1,000 are held out."""
    recipe = RECIPES["blog-relu-maxpool"]
    white = np.full((1, 28, 28), 255, np.uint8)
    assert recipe.prepare(white, "train").max() == pytest.approx((1 - 0.1307) / 0.3081)
    assert recipe.prepare(white, "test").max() == pytest.approx((1 - 0.1325) / 0.3104)
    run = Run.new("blog-relu-maxpool", folder=Path("nowhere"))
    (kept, _), (held_out, labels) = run.split((digits[0], digits[1]), np.random.default_rng(0))
    assert len(kept) == 2000
    assert np.array_equal(held_out, digits[0][2000:])
    assert np.array_equal(labels, digits[1][2000:])


def test_other_recipes_prepare_all_images_alike(digits):
    for name, recipe in RECIPES.items():
        if name != "blog-relu-maxpool":
            assert np.array_equal(recipe.prepare(digits[0][:5], "test"), recipe.prepare(digits[0][:5], "train")), name


def test_the_bounds_of_initial_parameters_are_the_tutorials():
    """U(-1, 1) for the subsampling of paper-softmax; the framework's default for the biases of the blog."""
    nets = [RECIPES["paper-softmax"].network(np.random.default_rng(seed)) for seed in range(200)]
    drawn = np.array([[net["S2"]["coefficient"].W[0], net["S4"]["coefficient"].b[0]] for net in nets])
    assert np.abs(drawn).max() <= 1
    assert np.abs(drawn.mean(axis=0)).max() < 0.15
    assert np.abs(drawn.std(axis=0) - 3**-0.5).max() < 0.08
    C3 = RECIPES["blog-relu-maxpool"].network(np.random.default_rng(0))["C3"]
    assert 0.5 * 150**-0.5 < np.abs(C3.b).max() <= 150**-0.5
