"""The drawings: what they write is what is computed elsewhere; they can be read; their SVG needs nothing else."""

import itertools
import re
import sys
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pytest
from browsing import contrast, open_file
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from scipy.signal import correlate2d

from scratchnet import (
    AvgPool2d,
    Conv2d,
    Flatten,
    Linear,
    ScaledTanh,
    Sequential,
    Sigmoid,
    figures,
    look,
    models,
    picture,
    sketches,
)
from scratchnet.errors import InputError
from scratchnet.lessons.site import STYLE as SITE
from scratchnet.viewing import drawings, svg

PHONE = 328  # pixels that a page of 360 has for a picture


def texts(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def areas(figure, colour):
    """How many areas have this colour."""
    return sum(patch.get_fill() and to_hex(patch.get_facecolor()) == colour for patch in figure.axes[0].patches)


def has(figure, *expected):
    missing = [text for text in expected if text not in texts(figure)]
    assert not missing, (missing, texts(figure))


# Two layers as a graph, with gradients from measured slopes.


def graph_values(x, w1, w2, v1, v2, t):
    p, q = w1 * x, w2 * x
    h1, h2 = max(p, 0.0), max(q, 0.0)
    r, s = v1 * h1, v2 * h2
    y = r + s
    d = y - t
    E = d * d
    return locals()


def after(cut, v):
    """E, if the numbers of v are as given and those that are computed from `cut` follow."""
    made = {"p": lambda v: v["w1"] * v["x-p"], "q": lambda v: v["w2"] * v["x-q"], "h1": lambda v: max(v["p"], 0)}
    made |= {"h2": lambda v: max(v["q"], 0), "r": lambda v: v["v1"] * v["h1"], "s": lambda v: v["v2"] * v["h2"]}
    made |= {"y": lambda v: v["r"] + v["s"], "d": lambda v: v["y"] - v["t"], "E": lambda v: v["d"] ** 2}
    v = dict(v)
    for name, rule in made.items():
        if name != cut:
            v[name] = rule(v)
    return v["E"]


def graph_gradients(values, h=1e-6):
    v = values | {"x-p": values["x"], "x-q": values["x"]}
    slopes = {}
    for name in v.keys() - {"x"}:
        slopes[name] = (after(name, v | {name: v[name] + h}) - after(name, v | {name: v[name] - h})) / (2 * h)
    return slopes | {"x": slopes["x-p"] + slopes["x-q"], "E": 1.0}


SIX = [(2.0, 1.5, 0.5, 1.0, -4.0, -2.0), (-1.25, 0.5, -2.0, 0.75, 1.5, 0.3), (0.4, 2.0, 1.1, -0.6, 0.9, 1.7)]


def graph(six=SIX[0]):
    values = graph_values(*six)
    return drawings.two_layer_graph(values, graph_gradients(values))


# All of them, each with other numbers than in the lessons too.

SOME = np.random.default_rng(0)
H = np.array([20.0, 1.0])
STEPS = np.arange(25)[:, None]
PATHS = {"one step size, 0.095": (1 - 0.095 * H) ** STEPS * (1, 4), "a step size each": 0.5 ** STEPS[:9] * (1.0, 4.0)}
ALL = {
    "neuron": lambda: drawings.neuron([0.5, -1.0, 2.0], [0.8, 0.3, -0.2], 0.1),
    "neuron of 1024": lambda: drawings.neuron(SOME.normal(size=1024), 0.02 * SOME.normal(size=1024), -0.123),
    "neuron of one": lambda: drawings.neuron([-0.5], [0.25], 0),
    "linear": lambda: drawings.linear_layer(Linear(3, 2), 4),
    "F6": lambda: drawings.linear_layer(Linear(120, 84), 500),
    "graph": graph,
    "another graph": lambda: graph(SIX[1]),
    "window": lambda: drawings.sliding_window(np.eye(4), [[-1, 1], [1, -1]], (1, 2)),
    "large window": lambda: drawings.sliding_window(SOME.integers(0, 3, (7, 6)), SOME.integers(-1, 2, (3, 3)), (2, 3)),
    "columns": lambda: drawings.image_to_columns(np.arange(16).reshape(4, 4), 2, 4),
    "other columns": lambda: drawings.image_to_columns(np.arange(20).reshape(4, 5) - 9, (3, 2), 7),
    "col2im": lambda: drawings.columns_to_image(SOME.normal(size=(4, 9)), (4, 4), 2, (1, 2)),
    "col2im of nine": lambda: drawings.columns_to_image(SOME.normal(size=(9, 9)), (5, 5), 3, (2, 2)),
    "col2im of one": lambda: drawings.columns_to_image(SOME.normal(size=(4, 6)), (3, 4), 2, (0, 0)),
    "pooling": lambda: drawings.pooling_variants([[0.2, -0.5], [1.0, 0.4]], 0.5, 0.1),
    "valley": lambda: drawings.valley(H, PATHS),
    "turned valley": lambda: drawings.valley([[3.0, 1.0], [1.0, 2.0]], {"a path": [[2, 1], [-1.5, 0.5], [0, 0.1]]}),
    "springs": lambda: drawings.springs([50.0, 12.0, 12.5, 90.0], 2, 20),
    "ten springs": lambda: drawings.springs(np.linspace(2, 90, 10), 3, 10),
    "without rubbish": lambda: drawings.springs([3.0, 2.0], 1, np.inf),
    "LeNet-5": lambda: drawings.lenet5_plan(models.lenet5(0)),
    "another network": lambda: drawings.lenet5_plan(small_network()),
}
every_drawing = pytest.mark.parametrize("make", ALL.values(), ids=ALL)


def small_network():
    return Sequential(
        input_shape=(3, 20, 17),
        C1=Conv2d(3, 4, (3, 5), stride=(2, 1), dtype=float, rng=0),
        C1_squash=ScaledTanh(),
        S2=AvgPool2d((2, 3), stride=2),
        C3=Conv2d(4, 5, 3, padding="same", dtype=float, rng=1),
        flatten=Flatten(),
        F4=Linear(5 * 4 * 6, 7, dtype=float, rng=2),
    )


# What they write.


@pytest.mark.parametrize("n, f", [(1, ScaledTanh()), (3, ScaledTanh()), (5, Sigmoid()), (8, ScaledTanh())])
def test_a_neuron_adds_its_products(n, f, rng):
    x, w, b = rng.normal(size=n), rng.normal(size=n), rng.normal()
    figure = drawings.neuron(x, w, b, f)
    a = sum(float(w[i]) * float(x[i]) for i in range(n)) + b
    y = 1.7159 * np.tanh(2 / 3 * a) if isinstance(f, ScaledTanh) else 1 / (1 + np.exp(-a))
    has(figure, f"a = {a:.3g}", f"b = {b:.3g}", f"y = {y:.3g}", type(f).__name__)
    names = [str(i + 1) for i in range(n)] if n <= 5 else ["1", "2", "3", "n"]
    for name, i in zip(names, range(n) if n <= 5 else (0, 1, 2, n - 1)):
        has(figure, f"w{name} = {w[i]:.2g}", f"w{name} x{name} = {w[i] * x[i]:.2g}", f"{x[i]:.2f}".rstrip("0"))
    assert sum(text.startswith("w") for text in texts(figure)) == 2 * len(names)
    assert (f"n = {n:,} inputs" in texts(figure)) == (n > 5)


@pytest.mark.parametrize("n_in, n_out, N", [(3, 2, 4), (120, 84, 500), (1, 7, 1)])
def test_a_linear_layer_has_the_shapes_of_its_passes(n_in, n_out, N, rng):
    layer = Linear(n_in, n_out, rng=rng, dtype=float)
    before = vars(layer).keys()
    figure = drawings.linear_layer(layer, N)
    assert vars(layer).keys() == before
    x = rng.normal(size=(N, n_in))
    y = layer(x)
    dx = layer.backward(y)
    arrays = {"x": x, "y": y, "dx": dx, "dy": y, "W": layer.W, "b": layer.b, "dW": layer.dW, "db": layer.db}
    has(figure, *(f"{name} {array.shape}" for name, array in arrays.items()))


@pytest.mark.parametrize("six", SIX)
def test_the_graph_has_values_above_and_gradients_below(six):
    values = graph_values(*six)
    gradients = graph_gradients(values)
    figure = drawings.two_layer_graph(values, gradients)
    assert figure.svg()  # so that all is placed
    by_place = {text.get_position(): text for text in figure.axes[0].texts}
    for name in values:
        (place,) = [at for at, text in by_place.items() if text.get_text() == name]
        value, gradient = (by_place[place[0], place[1] + down].get_text() for down in (12, 29))
        assert abs(float(value) - values[name]) <= 0.006 and abs(float(gradient) - gradients[name]) <= 0.006, name
    beside = [float(text.get_text()) for (x, _), text in by_place.items() if x == 45]
    assert beside == pytest.approx([gradients["x-p"], gradients["x-q"]], abs=0.006)
    (place,) = [at for at, text in by_place.items() if text.get_text() == "d"]
    begin = [tuple(line.get_xydata()[0]) for line in figure.axes[0].lines]
    assert len([x for x, y in begin if (x, y) == (place[0] - 13, place[1] + 20)]) == 2, "d is used twice"
    right = values["d"] * gradients["E"]  # of each of its two paths
    paths = [text for (x, y), text in by_place.items() if x == place[0] + 17 and abs(y - place[1] - 20) == 23]
    assert [float(text.get_text()) for text in paths] == pytest.approx([right, right], abs=0.006)


@pytest.mark.parametrize("which", ["values", "gradients"])
def test_a_graph_with_a_wrong_number_is_not_drawn(which):
    values = graph_values(*SIX[2])
    right = {"values": values, "gradients": graph_gradients(values)}
    for name in right[which].keys() - {"x", "w1", "w2", "v1", "v2", "t"} if which == "values" else right[which]:
        with pytest.raises(InputError, match="two_layer_graph got"):
            drawings.two_layer_graph(**(right | {which: right[which] | {name: right[which][name] + 0.5}}))
        with pytest.raises(InputError, match="missing or unknown: "):
            drawings.two_layer_graph(**(right | {which: {k: v for k, v in right[which].items() if k != name}}))
    rounded = {what: {name: round(number, 2) for name, number in numbers.items()} for what, numbers in right.items()}
    assert drawings.two_layer_graph(**rounded)


@pytest.mark.parametrize(
    "shape, kernel, at", [((4, 4), (2, 2), (1, 2)), ((5, 6), (3, 2), (0, 0)), ((3, 3), (3, 3), (0, 0))]
)
def test_a_window_writes_its_sum(shape, kernel, at, rng):
    x, W = rng.integers(-2, 3, shape), rng.integers(-2, 3, kernel)
    figure = drawings.sliding_window(x, W, at)
    sums = correlate2d(x, W, mode="valid")
    written = texts(figure)
    terms = "".join(text for text in written if " * " in text)
    assert eval(terms) == sums[at] and terms.count("*") == W.size
    assert written[-1] == f"= {sums[at]}"
    so_far = sums.ravel()[: at[0] * sums.shape[1] + at[1] + 1]
    numbers = [text for text in written if re.fullmatch(r"-?\d+", text)]
    assert numbers == [str(n) for n in (*x.flat, *W.flat, *so_far)]
    assert areas(figure, svg.PALE_BLUE) == 2 * W.size and areas(figure, svg.PALE_ORANGE) == 1


@pytest.mark.parametrize("shape, kernel", [((4, 4), 2), ((4, 5), (3, 2)), ((3, 3), 3)])
def test_columns_are_the_patches_of_the_picture(shape, kernel, rng):
    x = rng.permutation(np.arange(np.prod(shape))).reshape(shape)
    kh, kw = np.broadcast_to(kernel, 2)
    patches = np.lib.stride_tricks.sliding_window_view(x, (kh, kw)).reshape(-1, kh * kw)
    for patch in range(len(patches)):
        figure = drawings.image_to_columns(x, kernel, patch)
        numbers = [int(text) for text in texts(figure) if text.isdecimal()]
        assert numbers == [*x.flat, *patches.T.flat]
        blue = [text for text in coloured_texts(figure, svg.PALE_BLUE)]
        assert blue == [str(n) for n in patches[patch]] * 2
        assert any(f"column {patch} is" in text and str(patches.T.shape) in text for text in texts(figure))


def coloured_texts(figure, colour):
    """The texts on areas of a colour, in the order in which they were drawn."""
    found = []
    for patch in figure.axes[0].patches:
        if patch.get_fill() and to_hex(patch.get_facecolor()) == colour:
            box = patch.get_extents().transformed(figure.axes[0].transData.inverted())
            found += [t.get_text() for t in figure.axes[0].texts if box.contains(*t.get_position())]
    return found


@pytest.mark.parametrize("shape, kernel", [((4, 4), 2), ((3, 4), (2, 2)), ((5, 5), 3)])
def test_col2im_adds_the_copies(shape, kernel, rng):
    (H, W), (kh, kw) = shape, np.broadcast_to(kernel, 2)
    OH, OW = H - kh + 1, W - kw + 1
    dX = rng.integers(-9, 10, (kh * kw, OH * OW)) / 4
    total = np.zeros(shape)
    for h, w, i, j in np.ndindex(OH, OW, kh, kw):
        total[h + i, w + j] += dX[i * kw + j, h * OW + w]
    for pixel in [(0, 0), (1, 2), (H - 1, 1)]:
        figure = drawings.columns_to_image(dX, shape, kernel, pixel)
        copies = [dX[i * kw + j, h * OW + w] for h, w, i, j in np.ndindex(OH, OW, kh, kw) if (h + i, w + j) == pixel]
        written = texts(figure)
        assert written.count("+") == len(copies) - 1 and written.count("=") == 1
        pale = (svg.PALE_BLUE, svg.PALE_ORANGE, svg.PALE_GREEN, svg.PALE_PINK)
        terms = [float(text) for colour in pale for text in coloured_texts(figure, colour)]
        assert sorted(terms) == sorted(2 * copies)  # in the columns, and in the sum
        assert [float(text) for text in coloured_texts(figure, svg.GREY)] == [total[pixel]] * 2
        numbers = [float(text) for text in written if re.fullmatch(r"-?[\d.]+", text)]
        assert numbers[: dX.size] == [*dX.flat] and numbers[-total.size :] == [*total.flat]


@pytest.mark.parametrize("w, b", [(0.5, 0.0), (-0.3, 0.25)])
def test_pooling_variants_side_by_side(w, b, rng):
    x = rng.integers(-9, 10, (2, 2)) / 4
    figure = drawings.pooling_variants(x, w, b)
    has(figure, "Subsampling", "AvgPool2d", "MaxPool2d", "mean", "largest")
    assert [float(t) for t in coloured_texts(figure, svg.PALE_BLUE)] == pytest.approx(
        [w * x.sum() + b, x.mean(), x.max()], abs=0.0051
    )
    shares = [[w] * 4, [0.25] * 4, [float(v == x.max()) for v in x.flat]]
    assert [float(t) for t in coloured_texts(figure, svg.PALE_ORANGE)] == pytest.approx(np.ravel(shares), abs=0.0051)


@pytest.mark.parametrize("diagonal", [True, False])
def test_a_valley_has_the_energy_of_its_paths(diagonal, rng):
    matrix = np.diag([5.0, 0.7]) if diagonal else np.array([[1.0, 0.6], [0.6, 2.0]])
    path = rng.normal(size=(6, 2))
    figure = drawings.valley(np.diag(matrix) if diagonal else matrix, {"this way": path}, names=("p", "q"))
    start, end = (0.5 * sum(w[i] * matrix[i, j] * w[j] for i in (0, 1) for j in (0, 1)) for w in (path[0], path[-1]))
    has(figure, f"this way: E from {start:.3g} to {end:.3g} in 5 steps")
    has(figure, f"p, curvature {matrix[0, 0]:.3g}", f"q, curvature {matrix[1, 1]:.3g}")
    dots = [p.center for p in figure.axes[0].patches if hasattr(p, "center")]  # the minimum, then the places
    flat = int(matrix[1, 1] < matrix[0, 0])
    w = np.array([[0, 0], *path])[:, [flat, 1 - flat]]
    scale = np.ptp(np.array(dots), axis=0) / np.ptp(w, axis=0)
    assert (np.array(dots) - dots[0]) == pytest.approx((w - w[0]) * scale * (1, -1), abs=1e-6)
    across, up = w_of_tick(figure)
    assert across == pytest.approx(scale[0], rel=0.02) and up == pytest.approx(scale[1], rel=0.02)


def w_of_tick(figure):
    """Points for one unit, read from the numbers at the axes."""
    numbers = [
        (float(t.get_text()), *t.get_position())
        for t in figure.axes[0].texts
        if re.fullmatch(r"-?[\d.]+", t.get_text())
    ]
    bottom = max(y for _, _, y in numbers)
    across = [(value, x) for value, x, y in numbers if y == bottom]
    up = [(value, -y) for value, x, y in numbers if y != bottom]
    return [(axis[-1][1] - axis[0][1]) / (axis[-1][0] - axis[0][0]) for axis in (across, up)]


@pytest.mark.parametrize("j", [1.0, 20.0, np.inf])
def test_springs_have_the_forces_of_the_losses(j, rng):
    y, right = rng.uniform(5, 15, 6), 4
    figure = drawings.springs(y, right, j)

    def E(y, map_loss):
        return y[right] + (np.log(np.exp(-j) + np.exp(-y).sum()) if map_loss else 0)

    expected = []
    for map_loss in (False, True):
        for i in range(6):
            h = 1e-6 * np.eye(6)[i]
            expected.append(-(E(y + h, map_loss) - E(y - h, map_loss)) / 2e-6)
    floors = sorted({t.get_position()[1] for t in figure.axes[0].texts if t.get_color() in (svg.BLUE, svg.ORANGE)})
    written = [float(t.get_text()) for at in floors for t in figure.axes[0].texts if t.get_position()[1] == at]
    assert written == pytest.approx(expected, abs=0.0051)
    zigzags = [line for line in figure.axes[0].lines if len(line.get_xdata()) > 4]
    assert len(zigzags) == sum(abs(force) >= 0.005 for force in expected)
    heights = [
        t.get_position()[1] for t in figure.axes[0].texts if t.get_text() in list("012345") and t.get_ha() == "center"
    ]
    balls = np.array([h for h in heights if h not in floors]).reshape(2, 6)
    assert np.corrcoef(balls[0], y)[0, 1] == pytest.approx(-1) and np.ptp(balls[1] - balls[0]) < 1e-9


def trained(net, layers):
    """The parameters of these layers, 1 where training changes them: a weight outside of a connection table is 0."""
    for layer in layers:
        for name, value, _, _ in net[layer].parameters():
            yield value != 0 if name == "W" else np.ones(value.shape)


def receptive_field(net, until, shape):
    """Rows and columns of the input that change the middle unit of a layer, found by changing each pixel."""
    rng = np.random.default_rng(0)
    changed = np.zeros(shape[1:], bool)
    for _ in range(2):
        x = rng.normal(size=(1, *shape))
        pixels = np.repeat(x, shape[1] * shape[2], axis=0)
        for k, (h, w) in enumerate(np.ndindex(*shape[1:])):
            pixels[k, :, h, w] += 0.5
        for name, layer in net.layers.items():
            x, pixels = layer(x), layer(pixels)
            if name == until:
                break
        unit = tuple(n // 2 for n in x.shape[2:])
        different = np.abs(pixels - x)[(slice(None), slice(None), *unit)].max(axis=1) > 0
        changed |= different.reshape(shape[1:])
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    return f"{np.ptp(rows) + 1}x{np.ptp(columns) + 1}"


@pytest.mark.parametrize("make", [lambda: models.lenet5(0, dtype=float), small_network])
def test_the_plan_of_a_network_has_its_numbers(make):
    net = make()
    figure = drawings.lenet5_plan(net)
    stages = {name: [n for n in net.layers if n.split("_")[0] == name] for name in net.layers if "_" not in name}
    del stages["flatten"]
    shapes, x = net.shapes(), np.zeros((1, *net.input_shape))
    connections = {}
    for name, layer in net.layers.items():
        connections[name] = layer.n_connections(x.shape[1:])
        x = layer(x)
    rows = {}
    for text in figure.axes[0].texts:
        rows.setdefault(round(text.get_position()[1]), []).append(text.get_text())
    for name, layers in stages.items():
        (row,) = [row for row in rows.values() if row[0] == name and len(row) == 5]
        parameters = 0 if name == "OUTPUT" else sum(np.count_nonzero(a) for a in trained(net, layers))
        assert row[2:4] == [f"{parameters:,}", f"{sum(connections[layer] for layer in layers):,}"]
        assert row[4] == receptive_field(net, layers[-1], net.input_shape), name
        shape = shapes[layers[-1]]
        has(figure, f"{shape[0]}@{shape[1]}x{shape[2]}" if len(shape) == 3 else str(shape[0]))
    has(figure, f"{net.n_parameters():,}", f"{net.n_connections(net.input_shape):,}")


def test_the_plan_of_lenet5_is_the_papers():
    has(
        drawings.lenet5_plan(models.lenet5(0)), "60,000", "340,908", "1@32x32", "6@28x28", "120@1x1", "14x14", "151,600"
    )


def test_a_layer_inside_a_layer_belongs_to_its_stage():
    net = models.paper_softmax(0)
    figure = drawings.lenet5_plan(net)
    has(figure, f"{net.n_parameters():,}", f"{net.n_connections(net.input_shape):,}")


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: drawings.neuron([1, 2], [1], 0), "as many inputs as weights, got 2 and 1"),
        (lambda: drawings.linear_layer(Conv2d(1, 1, 1), 2), "expects a Linear, got Conv2d"),
        (lambda: drawings.sliding_window(np.eye(3), np.eye(2), (2, 0)), "fits in 2 x 2 places of this image"),
        (lambda: drawings.sliding_window(np.eye(32), np.eye(5), (0, 0)), "too wide for a drawing"),
        (lambda: drawings.sliding_window(np.eye(3) * np.nan, np.eye(2), (0, 0)), "finite numbers"),
        (lambda: drawings.image_to_columns(np.eye(3), 2, 4), "got patch 4"),
        (lambda: drawings.image_to_columns(np.eye(2), 3, 0), "0 x 0 patches"),
        (lambda: drawings.columns_to_image(np.eye(4), (3, 3), 2, (3, 0)), r"the pixel \(3, 0\)"),
        (lambda: drawings.columns_to_image(np.eye(5), (3, 3), 2, (0, 0)), r"columns of \(4, 4\)"),
        (lambda: drawings.pooling_variants(np.eye(3)), "window of 2 x 2 numbers"),
        (lambda: drawings.valley([1, -1], PATHS), "positive definite"),
        (lambda: drawings.valley(H, {}), "one to three paths"),
        (lambda: drawings.springs([1, 2], 2, 1), "a right class among them"),
        (lambda: drawings.lenet5_plan(Sequential(Linear(2, 2))), "with an input_shape"),
        (lambda: drawings.lenet5_plan(Linear(2, 2)), "with an input_shape"),
    ],
)
def test_what_cannot_be_drawn_is_an_error(call, message):
    with pytest.raises(InputError, match=message):
        call()


# They can be read.


def boxes(figure):
    """{text: its box} in points from the bottom left."""
    figure.set_dpi(72)
    renderer = FigureCanvasAgg(figure).get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in figure.axes[0].texts]


@every_drawing
def test_texts_are_apart_and_inside(make):
    figure = make()
    width, height = 72 * figure.get_size_inches()
    found = boxes(figure)
    for text, box in found:
        assert box.x0 > 0 and box.x1 < width and box.y0 > 0 and box.y1 < height, (text, box)
    for (text, one), (other, two) in itertools.combinations(found, 2):
        across = min(one.x1, two.x1) - max(one.x0, two.x0)
        down = min(one.y1, two.y1) - max(one.y0, two.y0)
        assert across < 0.5 or down < 2.5, (text, other)  # a line's box has room for descenders


@every_drawing
def test_no_line_runs_through_a_text(make):
    figure = make()
    found = boxes(figure)
    for line in figure.axes[0].lines:
        points = line.get_transform().transform(line.get_xydata())
        for start, end in itertools.pairwise(points):
            for x, y in start + np.linspace(0, 1, 60)[:, None] * (end - start):
                hit = [t for t, b in found if b.x0 + 1 < x < b.x1 - 1 and b.y0 + 2.5 < y < b.y1 - 2]
                assert not hit or in_a_ball(figure, x, y), (hit, x, y)


def in_a_ball(figure, x, y):
    """Whether a disc that was drawn later covers the point: the balls of `springs` hide what is behind them."""
    balls = [p for p in figure.axes[0].patches if getattr(p, "radius", 0) > 6]
    return any(ball.get_window_extent().contains(x, y) for ball in balls)


@every_drawing
def test_letters_are_large_enough_on_a_phone(make):
    figure = make()
    scale = PHONE / (72 * figure.get_size_inches()[0])  # pixels for a point
    assert min(text.get_fontsize() for text in figure.axes[0].texts) * scale > 9


@pytest.mark.planted
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_text_can_be_read_on_what_lies_below_it(scheme):
    theme = {light: light if scheme == "light" else dark for light, dark in svg.DARK.items()}
    letters = (svg.INK, svg.QUIET, svg.BLUE, svg.ORANGE)
    for make in ALL.values():
        figure = make()
        for text in figure.axes[0].texts:
            assert text.get_color() in letters
            below = svg.PAPER
            for patch in figure.axes[0].patches:
                at = figure.axes[0].transData.transform(text.get_position())
                if patch.get_facecolor()[3] and patch.get_extents().contains(*at):
                    below = to_hex(patch.get_facecolor())
            assert contrast(theme[text.get_color()], theme[below]) >= 4.5, (text.get_text(), below)


def test_paper_and_ink_are_those_of_the_website():
    light, dark = SITE.read_text("utf-8").split("prefers-color-scheme: dark")
    for name, colour in (("text", svg.INK), ("quiet", svg.QUIET), ("paper", svg.PAPER)):
        assert f"--{name}: {colour};" in light and f"--{name}: {svg.DARK[colour]};" in dark


# As SVG.


@pytest.mark.parametrize("name", ALL)
def test_the_svg_is_small_whole_and_always_the_same(name):
    SOME.bit_generator.state = np.random.default_rng(1).bit_generator.state
    figure = ALL[name]()
    text = figure.svg('a < b & "c"')
    SOME.bit_generator.state = np.random.default_rng(1).bit_generator.state
    assert ALL[name]().svg('a < b & "c"') == text == figure.svg('a < b & "c"')
    assert len(text) < 60_000 and text.isascii()
    root = ElementTree.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg" and root.get("role") == "img" and root[0].text == 'a < b & "c"'
    assert {part.tag.removeprefix(space) for part in root} == {"title", "style", "path", "text"}
    assert [part.text for part in root.iter(f"{space}text")] == [t for t in texts(figure)]
    outside = text.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|href|url\(|\bid=|<!|<\?|@import|data:", outside)
    colours = {part.get(key) for part in root for key in ("fill", "stroke")} - {None, "none"}
    assert colours <= svg.DARK.keys(), colours - svg.DARK.keys()
    assert all(part.get("fill") for part in root.iter(f"{space}text"))


def test_a_drawing_without_an_alt_text_has_its_own():
    assert "<title>A neuron with 2 inputs.</title>" in drawings.neuron([1, 2], [3, 4], 5).svg()


def test_what_is_not_a_line_area_or_text_is_refused():
    figure = svg.Drawing(figsize=(2, 2))
    figure.add_axes((0, 0, 1, 1)).imshow(np.eye(2))
    with pytest.raises(InputError, match="lines, areas and text, got a"):
        figure.svg()


def test_a_drawing_becomes_an_svg_and_a_picture_a_png(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("SCRATCHNET_FIGURES", str(tmp_path))
    monkeypatch.delitem(globals(), "_pictures", raising=False)
    picture(ALL["neuron"](), "a neuron")
    picture(sketches.bars({"a": 1.0}, xlabel="s"), "one bar")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["test_drawings-1.svg", "test_drawings-2.png"]
    assert "<title>a neuron</title>" in (tmp_path / "test_drawings-1.svg").read_text("utf-8")
    assert "test_drawings-1.svg]\n[a neuron]" in capsys.readouterr().out


def test_a_notebook_shows_the_svg(tmp_path, monkeypatch):
    shown = []
    display = SimpleNamespace(Image=None, SVG=lambda data: data, display=shown.append)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(
        sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=1), display=display)
    )
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    figure = ALL["linear"]()
    picture(figure, "shapes")
    assert shown == [figure.svg("shapes")] and figure._repr_svg_() == figure.svg()
    assert not list(tmp_path.iterdir())


def test_save_writes_the_file_that_is_named(tmp_path):
    figures.save(ALL["neuron"](), tmp_path / "a.svg")
    figures.save(ALL["neuron"](), tmp_path / "a.png")
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<svg ") and (tmp_path / "a.png").read_bytes()[1:4] == b"PNG"
    with pytest.raises(InputError, match="only drawings are written as SVG"):
        figures.save(sketches.bars({"a": 1.0}, xlabel="s"), tmp_path / "b.svg")
    assert not (tmp_path / "b.svg").exists()


def test_gathered_drawings_have_their_svg():
    with look.gathered() as items:
        picture(ALL["graph"](), "a graph")
    assert items[0].svg.startswith("<svg ") and (items[0].png, items[0].alt) == (b"", "a graph")


# In a browser.

FILLS = "return [...document.querySelectorAll('svg.drawing text')].map(t => getComputedStyle(t).fill)"
TOGETHER = """const boxes = [...document.querySelectorAll('svg.drawing text')].map(t => [t.textContent,
  t.getBoundingClientRect(), t.closest('svg')]);
return boxes.flatMap(([a, p, s], i) => boxes.slice(i + 1).filter(([b, q, r]) => r == s &&
  Math.min(p.right, q.right) - Math.max(p.left, q.left) > 0.5 &&
  Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 5).map(([b]) => [a, b]))"""


@pytest.mark.lesson
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_drawings_in_a_page(width, scheme, browser, tmp_path):
    svgs = "".join(f'<figure class="picture">{make().svg("a")}</figure>' for make in ALL.values())
    page = tmp_path / "page.html"
    head = '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    page.write_text(f"<!doctype html>{head}<style>{SITE.read_text('utf-8')}</style><main>{svgs}</main>")
    open_file(browser, page, width, scheme)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    theme = {"light": svg.DARK.keys(), "dark": svg.DARK.values()}[scheme]
    allowed = {f"rgb({int(c[1:3], 16)}, {int(c[3:5], 16)}, {int(c[5:], 16)})" for c in theme}
    assert set(browser.execute_script(FILLS)) <= allowed
    assert browser.execute_script(TOGETHER) == []
    sizes = browser.execute_script(
        "return [...document.querySelectorAll('svg.drawing text')].map(t => parseFloat(getComputedStyle(t).fontSize) * "
        "t.getScreenCTM().a)"
    )
    assert min(sizes) >= 9
