"""The drawings: what they write is what is computed elsewhere."""

import re

import numpy as np
import pytest
from drawn import PATHS, SIX, H, areas, graph_gradients, graph_values, has, small_network, texts
from matplotlib.colors import to_hex
from scipy.signal import correlate2d

from scratchnet import (
    Conv2d,
    Linear,
    ScaledTanh,
    Sequential,
    Sigmoid,
    models,
)
from scratchnet.errors import InputError
from scratchnet.viewing import drawings, svg

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
