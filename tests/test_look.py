"""show, picture, trace, gathered."""

import functools
import inspect
import io
import itertools
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from browsing import contrast
from PIL import Image

import scratchnet
from scratchnet import Conv2d, Flatten, Linear, ScaledTanh, Sequential, layers, look, picture, show, sketches, trace
from scratchnet.errors import InputError
from scratchnet.kernels import im2col
from scratchnet.models import lenet5, paper_softmax
from scratchnet.viewing import figures, svg
from scratchnet.viewing.dark import on_dark
from scratchnet.viewing.pieces import png


@pytest.mark.parametrize(
    "thing, file, word",
    [
        (Conv2d.backward, "scratchnet/layers/conv.py", "def backward(self, dy"),
        (Linear, "scratchnet/layers/linear.py", "class Linear(Layer):"),
        (im2col, "scratchnet/kernels/convolution.py", "def im2col(x"),
        (scratchnet.checks.gradients, "scratchnet/checks/gradients.py", "def check_gradients("),
        (ScaledTanh(), "scratchnet/layers/squash.py", "class ScaledTanh(Layer):"),
        (ScaledTanh().forward, "scratchnet/layers/squash.py", "def forward(self, x"),
    ],
)
def test_show_prints_the_lines_of_the_file(thing, file, word, capsys):
    show(thing)
    head, *lines = capsys.readouterr().out.splitlines()
    path, first, last = head.split(", lines ")[0], *map(int, head.split(", lines ")[1].split(" to "))
    assert path == file and word in "\n".join(lines)
    source = (look.ROOT / file).read_text("utf-8").splitlines()
    for number, line in zip(range(first, last + 1), lines, strict=True):
        assert line == f"{number:{len(str(last))}} | {source[number - 1]}".rstrip()


def test_show_finds_what_is_under_a_property_a_partial_and_a_decorator(capsys):
    for thing in (functools.partial(look.show, 1), functools.lru_cache(look.show), property(look.show)):
        show(thing)
        assert "def show(thing: Any) -> None:" in capsys.readouterr().out


def test_show_of_what_is_not_python():
    for thing in (3, len, np.zeros(2)):
        with pytest.raises(InputError, match="no source in Python"):
            show(thing)


@pytest.mark.parametrize("name", [name for name in layers.__all__ if name not in ("Layer", "Sequential")])
def test_every_layer_has_a_formula(name):
    kind = getattr(layers, name)
    formula = look.formula(kind.__new__(kind))
    assert formula in " ".join(inspect.getdoc(kind).split())
    assert ("=" in formula or "->" in formula) and len(formula) < 60
    assert formula.count("(") == formula.count(")") and formula.count("[") == formula.count("]")


def test_a_layer_without_a_docstring_has_no_formula():
    class Mine(layers.Layer):
        def forward(self, x):
            return x

    assert look.formula(Mine()) == ""


def test_trace_is_the_forward_pass(rng):
    net, x = lenet5(rng), rng.normal(size=(2, 1, 32, 32)).astype(np.float32)
    steps = list(trace(net, x))
    assert [step.name for step in steps] == list(net.layers)
    assert np.array_equal(steps[-1].y, net(x)) and steps[0].x_shape == x.shape
    for before, after in itertools.pairwise(steps):
        assert before.y_shape == after.x_shape
    C1 = steps[0]
    assert C1.parameters == {"W": (6, 1, 5, 5), "b": (6,)} and C1.formula.startswith("y[n,o] = b[o] + sum_c")
    assert (C1.min, C1.max) == (C1.y.min(), C1.y.max()) and C1.mean == pytest.approx(C1.y.mean())
    assert all(0 < step.seconds < 10 for step in steps)
    for text in ("C1: Conv2d(1 -> 6 maps, 5x5)", "(2, 1, 32, 32) -> (2, 6, 28, 28)", "W (6, 1, 5, 5)", "mean", " us"):
        assert text in str(C1)


def test_trace_goes_into_layers_inside_layers(rng):
    names = [step.name for step in trace(paper_softmax(rng), np.zeros((1, 1, 32, 32), np.float32))]
    assert "S2.mean" in names
    assert "S2.coefficient" in names
    assert names[-1] == "softmax"


def test_trace_yields_as_it_goes(rng):
    net = Sequential(first=Linear(3, 4, rng=rng), second=Linear(9, 2, rng=rng))
    steps = trace(net, np.zeros((1, 3), np.float32))
    assert next(steps).name == "first"
    with pytest.raises(InputError, match="second: Linear expects"):
        next(steps)


def test_trace_of_what_is_no_number_and_no_network(rng):
    net, x = lenet5(rng), np.full((1, 1, 32, 32), np.nan, np.float32)
    with pytest.raises(InputError, match="NaN or infinity in 1024 of 1024 entries"):
        next(trace(net, x))
    with pytest.raises(InputError, match="trace expects a network or layer, then x, got ndarray"):
        next(trace(x, net))


def test_trace_of_one_layer(rng):
    (step,) = trace(Flatten(), np.zeros((1, 2, 3, 3), np.float32))
    assert step.name == "Flatten"
    assert step.y_shape == (1, 18)
    assert "no parameters" in str(step)


def test_trace_calls_a_layer_in_training_mode_once(rng):
    norm = layers.BatchNorm2d(2).train()
    list(trace(norm, rng.normal(size=(4, 2, 3, 3)).astype(np.float32)))
    once = layers.BatchNorm2d(2).train()
    once(np.random.default_rng(0).normal(size=(4, 2, 3, 3)).astype(np.float32))
    assert all(np.array_equal(vars(norm)[name], vars(once)[name]) for name in (*norm.params, *norm.buffers))


def figure():
    return sketches.arrays({"eye": np.eye(3)})


def test_a_picture_becomes_a_file(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SCRATCHNET_FIGURES", raising=False)
    monkeypatch.delitem(globals(), "_pictures", raising=False)
    picture(figure(), "three dots on a diagonal")
    picture(figure(), "the same")
    assert [p.name for p in sorted((tmp_path / "lesson-figures").iterdir())] == ["test_look-1.png", "test_look-2.png"]
    printed = capsys.readouterr().out
    assert "lesson-figures" in printed and "[three dots on a diagonal]" in printed
    monkeypatch.setenv("SCRATCHNET_FIGURES", str(tmp_path / "elsewhere"))
    picture(figure(), "the same")
    assert len(list((tmp_path / "elsewhere").iterdir())) == 1


@pytest.mark.parametrize("figure, alt", [(np.zeros((2, 2)), "a"), ("a", None), (None, "a")])
def test_a_picture_is_of_a_figure(figure, alt):
    with pytest.raises(InputError, match="expects a matplotlib Figure and a sentence"):
        picture(figure, alt)


def test_a_picture_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SCRATCHNET_FIGURES", str(tmp_path / "file"))
    with pytest.raises(InputError, match=r"cannot be written .* SCRATCHNET_FIGURES"):
        picture(figure(), "nothing")


def test_a_picture_is_displayed_in_a_notebook(tmp_path, monkeypatch, capsys):
    shown = []
    display = SimpleNamespace(Image=lambda data, alt: SimpleNamespace(data=data, alt=alt), display=shown.append)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(
        sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=1), display=display)
    )
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    picture(figure(), "three dots")
    assert shown[0].alt == "three dots"
    assert shown[0].data[:4] == b"\x89PNG"
    assert not list(tmp_path.iterdir())


def test_gathered_keeps_the_order(capsys):
    with look.gathered() as items:
        print("before")
        show(Linear.forward)
        with look.gathered() as inner:
            print("inside")
        picture(figure(), "alt")
        print("after")
    kinds = [type(item).__name__ for item in items if item != "\n"]
    assert kinds == ["str", "Source", "Picture", "str"] and inner == ["inside", "\n"]
    assert capsys.readouterr().out == ""
    print("free")
    assert capsys.readouterr().out == "free\n"


# Sketches.


def test_every_array_is_drawn(rng):
    named = {str(i): rng.normal(size=(3, 4)) for i in range(7)}
    drawn = sketches.arrays(named, numbers="{:.1f}")
    axes = drawn.axes
    assert len(axes) == 9 and [ax.axison for ax in axes] == [True] * 7 + [False] * 2
    for ax, (name, array) in zip(axes, named.items()):
        assert np.array_equal(ax.images[0].get_array(), array) and ax.get_title() == name
        assert [text.get_text() for text in ax.texts] == [f"{value:.1f}" for value in array.flat]
        assert ax.images[0].get_clim() == pytest.approx((-np.abs(array).max(), np.abs(array).max()))


def test_a_row_of_pictures_is_as_high_as_its_highest():
    figure = sketches.arrays({"low": np.eye(16)[:1], "square": np.eye(16)}, columns=1)
    figure.savefig(io.BytesIO())
    low, square = (ax.get_position().height for ax in figure.axes)
    assert square > 8 * low
    small, _ = sketches.arrays({"filter": np.eye(5), "map": np.eye(28)}, columns=1).axes
    assert small.get_subplotspec().get_gridspec().get_height_ratios() == [1.9, 1.9], "both are squares"
    assert (
        figure.get_size_inches()[1] < sketches.arrays({"a": np.eye(16), "b": np.eye(16)}, columns=1).bbox.height / 110
    )


def test_a_table_of_numbers_has_the_numbers_of_its_rows_and_columns():
    (ax,) = sketches.arrays({"x": np.zeros((2, 3))}, numbers="{:.0f}").axes
    assert (list(ax.get_xticks()), list(ax.get_yticks())) == ([0, 1, 2], [0, 1])
    assert not sketches.arrays({"x": np.zeros((2, 3))}).axes[0].get_xticks().size


@pytest.mark.parametrize("x, whole", [([1, 2, 3, 4], True), (range(1, 21), True), ([0.5, 1, 1.5], False)])
def test_whole_numbers_are_on_the_axis_of_whole_numbers(x, whole):
    figure = sketches.curves(x, {"a": np.ones(len(x))}, xlabel="epoch", ylabel="y")
    ticks = figure.axes[0].get_xticks()
    assert all(tick == round(tick) for tick in ticks) is whole, ticks


@pytest.mark.parametrize(
    "names", [["a name of 24 wide letters", "another of 24 big letters"], ["a name that is longer than this one", "b"]]
)
def test_the_legend_of_curves_fits_the_figure(names):
    figure = sketches.curves([0, 1], {name: [0, 1] for name in [*names, "c"]}, xlabel="x", ylabel="y")
    figure.savefig(io.BytesIO())
    box = figure.axes[0].get_legend().get_window_extent()
    assert box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y1 <= figure.bbox.height


# On a dark page.


def png_of(colour):
    """One colour as a picture."""
    file = io.BytesIO()
    Image.new("RGB", (9, 9), colour).save(file, "png")
    return file.getvalue()


def test_a_figure_on_a_dark_page(monkeypatch, tmp_path):
    figure = sketches.arrays({"digit": np.eye(2)}, grey=True)
    with look.gathered() as items:
        picture(figure, "a digit")
        picture(sketches.bars({"a": 1.0}, xlabel="s"), "a bar")
    light, dark = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) for png in (items[0].png, items[0].dark))
    paper = tuple(bytes.fromhex(svg.DARK[svg.PAPER][1:]))
    assert light.shape == dark.shape and tuple(light[2, 2]) == (255, 255, 255) and tuple(dark[2, 2]) == paper
    box = figure.axes[0].get_window_extent()
    inside = slice(len(light) - int(box.y1), len(light) - int(box.y0)), slice(int(box.x0) + 1, int(box.x1) - 1)
    assert np.array_equal(light[inside], dark[inside]) and len(np.unique(dark[inside])) > 1
    blue = np.asarray(Image.open(io.BytesIO(items[1].dark)).convert("RGB")).reshape(-1, 3)
    shades, counts = np.unique(blue, axis=0, return_counts=True)
    ground, bar = shades[counts.argsort()[::-1][:2]]
    assert tuple(ground) == paper and bar[2] > bar[1] > bar[0]
    assert contrast(bar / 255, ground / 255) > 3
    for colour in figures.COLOURS:
        bright = on_dark(sketches.bars({}, xlabel="s"), png_of(colour))
        assert contrast(np.asarray(Image.open(io.BytesIO(bright)))[0, 0] / 255, ground / 255) > 4.5, colour
    written = []
    monkeypatch.setattr(sys.modules["scratchnet.viewing.show"], "_save", lambda item, names: written.append(item))
    picture(figure, "a digit")
    assert not written[0].dark, "a file and a notebook have one picture"


def test_what_stands_between_pictures_of_one_axes_is_dark():
    figure = figures.reading(np.zeros((3, 28, 28), np.uint8), np.arange(3), np.arange(3), "three")
    light = png(figure)
    dark = np.asarray(Image.open(io.BytesIO(on_dark(figure, light))))
    first, second, _ = (image.get_window_extent() for image in figure.axes[0].images)
    middle = len(dark) - round((first.y0 + first.y1) / 2)
    paper = list(bytes.fromhex(svg.DARK[svg.PAPER][1:]))
    assert dark[middle, round((first.x0 + first.x1) / 2)].tolist() == [255, 255, 255], "a picture stays"
    assert dark[middle, round((first.x1 + second.x0) / 2)].tolist() == paper


def test_grey_goes_from_white_to_black():
    (ax,) = sketches.arrays({"x": np.array([[-0.1, 1.175]])}, grey=True).axes
    assert ax.images[0].get_clim() == (-0.1, 1.175) and ax.get_xlabel() == "-0.1 white, 1.175 black"


def test_curves_and_bars():
    (ax,) = sketches.curves(
        np.arange(1, 4),
        {"a": [1, 2, 3], "b": [3, 2, 1]},
        xlabel="x",
        ylabel="y",
        log="xy",
        points=[(2, 2, "here", (9, 9))],
    ).axes
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log") and len(ax.lines) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"] and ax.texts[0].get_text() == "here"
    (ax,) = sketches.bars({"a": 1.0, "b": 20.0}, xlabel="n", log=True).axes
    assert [bar.get_width() for bar in ax.patches] == [1, 20] and [t.get_text() for t in ax.texts] == ["1", "20"]
