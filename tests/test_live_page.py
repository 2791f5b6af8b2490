"""The live page: its engine against NumPy, its preparation against datasets.prepare, in a real browser."""

import base64
import json
import time
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from browsing import COLOURS, open_file, pale, requests
from PIL import Image, ImageDraw, ImageFont
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from scratchnet import SDLM, Conv2d, Dropout, Flatten, InputError, Linear, MAPLoss, Sequential, datasets, fit
from scratchnet.cli import main
from scratchnet.datasets.prepare import digit_in, find_digit
from scratchnet.exchange.live_page import COUNT, FOLDER, SCRIPTS, ShownNetwork, draw, live_page
from scratchnet.exchange.saved import page_of_run
from scratchnet.layers import AvgPool2d, BatchNorm2d, MaxPool2d, ReLU, Sigmoid
from scratchnet.models import lenet5, read_string, space_displacement, string_lenet5, with_blank
from scratchnet.models.displacement import between_codes
from scratchnet.runs.recipes import RECIPES
from scratchnet.runs.report import LIVE, write_report

TOLERANCE = 1e-5


def text_of(array):
    """An array as base64, for a page."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


@pytest.fixture(scope="module")
def digits():
    images, labels = datasets.load("mnist", "test")
    return images[:1000], labels[:1000]


@pytest.fixture(scope="module")
def trained():
    """LeNet-5, trained for a second, so that its answers are an answer."""
    net = lenet5(0)
    images, labels = (array[:400] for array in datasets.load("mnist", "train"))
    fit(net, MAPLoss(10.0), SDLM(net, 1e-4, mu=0.02), (datasets.paper_input(images), labels), epochs=1, verbose=False)
    return net


@pytest.fixture(scope="module")
def page_of(tmp_path_factory, digits):
    """Writes the page of networks, and returns its path."""

    def write(*networks, images=digits):
        path = tmp_path_factory.mktemp("page") / "draw.html"
        live_page(networks, None, *images).save(path)
        return path

    return write


@pytest.fixture(scope="module")
def paper(page_of, trained):
    return page_of(ShownNetwork(trained, "paper", datasets.paper_input, "mnist", {"best": -30.0, "ahead": 5.0}))


def recipe_view(name, seed=0):
    recipe = RECIPES[name]
    return ShownNetwork(recipe.network(seed), name, lambda images: recipe.prepare(images, "test"), recipe.data)


# The engine.

OUTPUTS = """
const bytes = Uint8Array.from(atob(arguments[0]), c => c.charCodeAt(0)), all = [], digits = [];
for (let n = 0; n < bytes.length / 784; n++) {
  const {digit, layers} = scratchnet.read(bytes.subarray(784 * n, 784 * n + 784));
  digits.push(digit);
  all.push(...layers.map(layer => layer.data));
}
const joined = new Float32Array(all.reduce((sum, data) => sum + data.length, 0));
let at = 0;
for (const data of all) joined.set(data, at), at += data.length;
const raw = new Uint8Array(joined.buffer), parts = [];
for (let i = 0; i < raw.length; i += 30000) parts.push(String.fromCharCode(...raw.subarray(i, i + 30000)));
return [digits, btoa(parts.join(""))];
"""


def layer_outputs(net, x):
    """Each image's outputs of all layers, in one row."""
    values = []
    for layer in net.leaves():
        x = layer(x)
        values.append(x.reshape(len(x), -1))
    return np.concatenate(values, axis=1), net.decide(x)


def agrees(browser, shown, images, count=100):
    for first in range(0, len(images), count):
        part = images[first : first + count]
        read, data = browser.execute_script(OUTPUTS, text_of(part))
        expected, answers = layer_outputs(shown.net, shown.pixels(part))
        got = np.frombuffer(base64.b64decode(data), "<f4").reshape(expected.shape)
        worst = np.max(np.abs(got - expected) / np.maximum(np.abs(expected), 1))
        assert worst < TOLERANCE, worst
        assert read == answers.tolist()


def test_every_layer_is_numpys_on_a_thousand_digits(paper, trained, digits, browser):
    open_file(browser, paper)
    agrees(browser, ShownNetwork(trained, "paper", datasets.paper_input), digits[0])


@pytest.mark.parametrize("name", list(RECIPES))
def test_every_recipe_is_read_as_numpy_reads_it(name, page_of, digits, browser):
    shown = recipe_view(name)
    open_file(browser, page_of(shown))
    agrees(browser, shown, digits[0][:20])
    gradients_agree(browser, shown)


def gradients_agree(browser, shown):
    """On noise: in the plain background of a digit the pixels of a window are equal, and any of them is the largest."""
    for image in np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8):
        y = shown.net(shown.pixels(image[None]))
        for k in (0, 7):
            dy = np.zeros_like(y)
            dy[0, k] = 1
            expected = shown.net.backward(dy).ravel()
            got = browser.execute_script(
                "return Array.from(scratchnet.gradient(arguments[0], arguments[1]).data)", image.ravel().tolist(), k
            )
            assert np.allclose(got, expected, atol=TOLERANCE * max(1, np.abs(expected).max()))


def test_other_layers_are_read_too(page_of, digits, browser):
    net = Sequential(
        C1=Conv2d(1, 4, 4, padding="same", rng=0),
        norm=BatchNorm2d(4),
        relu=ReLU(),
        S2=MaxPool2d(3, stride=2, padding=1),
        C3=Conv2d(4, 5, (3, 2), stride=(2, 1), padding=(1, 0), rng=1),
        S4=AvgPool2d(2, padding=1),
        drop=Dropout(0.5, rng=0),
        flatten=Flatten(),
        F6=Linear(5 * 4 * 7, 10, rng=2),
        sigmoid=Sigmoid(),
        input_shape=(1, 28, 28),
    )
    net["norm"].running_mean[...] = [0.1, -0.2, 0.3, 0]
    net["norm"].running_var[...] = [1, 2, 0.5, 1]
    shown = ShownNetwork(net, "own", datasets.grey)
    open_file(browser, page_of(shown))
    agrees(browser, shown, digits[0][:20])
    gradients_agree(browser, shown)


def test_it_reads_in_less_than_20_ms_and_paints_in_less_than_a_second(paper, browser):
    open_file(browser, paper)
    times = browser.execute_script(
        "const x = Array.from({length: 784}, (_, i) => i % 256), times = []; for (let n = 0; n < 30; n++) { const t = "
        "performance.now(); scratchnet.read(x); times.push(performance.now() - t) } return times.sort((a, b) => a - b)"
    )
    assert times[len(times) // 2] < 20, times
    paint = browser.execute_script("return performance.getEntriesByName('first-paint')[0]?.startTime ?? 0")
    assert paint < 1000, paint


# The explanation.

SUMS = """
const net = CONTENT.networks[0], x = received(net, arguments[0]), outputs = forward(net, x);
const found = [];
for (const stage of stagesOf(net, x, outputs)) {
  const [C, H, W] = as3(stage.y);
  for (const [c, r, q] of [[0, 0, 0], [C - 1, H - 1, W - 1], [C >> 1, H >> 1, W >> 1]]) {
    for (let n = stage.from; n <= stage.to; n++) {
      const layer = net.layers[n], before = n ? outputs[n - 1] : x;
      if (SUMS[layer.kind]) {
        found.push([layer.name, SUMS[layer.kind](before, layer, c, r, q).value, at(outputs[n], c, r, q)]);
      }
    }
  }
}
return found;
"""


@pytest.mark.parametrize("name", list(RECIPES))
def test_the_numbers_that_explain_a_number_add_up_to_it(name, page_of, digits, browser):
    open_file(browser, page_of(recipe_view(name)))
    found = browser.execute_script(SUMS, digits[0][3].ravel().tolist())
    assert len(found) >= 3 * 7
    for layer, explained, value in found:
        assert explained == pytest.approx(value, rel=1e-5, abs=1e-5), layer


REACH = """
const net = CONTENT.networks[0], x = received(net, new Uint8Array(784)), outputs = forward(net, x);
const stage = stagesOf(net, x, outputs).find(stage => stage.name === arguments[0]), [r, q] = arguments[1];
const box = reachOf(net, outputs, x, {maps: [0], top: r, bottom: r, left: q, right: q}, 0, stage.to);
return [box.top, box.bottom, box.left, box.right];
"""


@pytest.mark.parametrize(
    "stage, place", [("C1", (3, 4)), ("S2", (2, 9)), ("C3", (0, 5)), ("S4", (4, 1)), ("C5", (0, 0))]
)
def test_the_receptive_field_is_where_a_change_is_felt(stage, place, paper, trained, browser, rng):
    open_file(browser, paper)
    top, bottom, left, right = browser.execute_script(REACH, stage, place)
    x, inside = rng.normal(size=(1, 1, 32, 32)), np.zeros((32, 32), bool)
    inside[top : bottom + 1, left : right + 1] = True

    def value(x):
        for name, layer in trained.layers.items():
            x = layer(x)
            if name == f"{stage}_squash":
                return x[0, 0][place]

    assert value(np.where(inside, x, x + 1)) == pytest.approx(value(x), abs=1e-12)
    for r, q in ((top, left), (bottom, right)):
        changed = x.copy()
        changed[0, 0, r, q] += 1
        assert abs(value(changed) - value(x)) > 1e-9


# The preparation.


def drawings(rng):
    """Pictures of digits as people make them: clean, uneven light, noise, thin, tiny, bright on dark."""
    images = datasets.load("mnist", "test")[0]
    for n, size in enumerate((280, 150, 61, 28)):
        ink = np.kron(images[n], np.ones((-(-size // 28), -(-size // 28))))[:size, :size] / 255
        yield np.round(255 - 255 * ink)
        yield np.round(30 + 200 * ink)
        light = np.linspace(120, 240, size)[:, None] * np.linspace(1, 0.9, size)
        yield np.round(light * (1 - 0.7 * ink))
        yield np.clip(np.round(200 - 150 * ink + rng.normal(0, 3, ink.shape)), 0, 255)
    two = np.full((60, 100), 250.0)
    two[10:50, 20:26] = two[12:50, 70:77] = 20
    yield two
    tall = np.full((700, 300), 250.0)
    tall[80:650, 120:180] = 10
    yield tall


PREPARE = """
try { const found = scratchnet.prepare(arguments[0], arguments[1], arguments[2]);
  return [Array.from(found.pixels), found.doubt] } catch (why) { return [why.message, ""] }
"""


def test_a_drawing_is_prepared_as_numpy_prepares_it(paper, browser, rng):
    open_file(browser, paper)
    same = 0
    for picture in drawings(rng):
        pixels, doubt = digit_in(picture.astype(np.uint8))
        got, sentence = browser.execute_script(PREPARE, picture.ravel().tolist(), *picture.shape)
        difference = np.abs(np.array(got).reshape(28, 28) - pixels.astype(int))
        assert difference.max() <= 1, picture.shape
        same += difference.max() == 0
        assert bool(doubt) == bool(sentence)
    assert same >= 15


@pytest.mark.parametrize("kind, word", [("blank", "blank"), ("noise", "noise and nothing"), ("dots", "small marks")])
def test_a_picture_without_a_digit_gets_a_sentence(kind, word, paper, browser, rng):
    open_file(browser, paper)
    picture = np.full((90, 90), 200.0)
    if kind == "noise":
        picture += rng.normal(0, 8, picture.shape)
    if kind == "dots":
        picture[10:80:14, 10:80:14] = 0
    got, _ = browser.execute_script(PREPARE, picture.round().ravel().tolist(), *picture.shape)
    assert isinstance(got, str) and word in got
    with pytest.raises(InputError, match=word):
        datasets.prepare(picture.round().astype(np.uint8))


LINE = """
const [data, H, W] = arguments, net = CONTENT.networks[0];
const {strip} = preparedLine(picture(H, W, Float64Array.from(data)));
const penalties = penaltiesAlong(net, strip), read = readString(penalties.map(y => [...y, CONTENT.string.between]));
return [Array.from(strip.data), strip.W, penalties, read.text, read.path];
"""


def test_a_line_is_read_as_numpy_reads_it(paper, trained, digits, browser):
    open_file(browser, paper)
    field = np.full((120, 500), 255)
    for n in range(4):
        field[20:104, 20 + 110 * n : 104 + 110 * n] -= np.kron(digits[0][n], np.ones((3, 3), int))
    pixels, width, penalties, text, path = browser.execute_script(LINE, field.ravel().tolist(), *field.shape)
    strip = datasets.prepare_string(field.astype(np.uint8))
    assert width == strip.shape[1] and np.abs(np.reshape(pixels, strip.shape) - strip.astype(int)).max() <= 1
    x = datasets.grey(np.reshape(pixels, strip.shape).astype(np.uint8)[None], -0.1, 1.175)
    expected = space_displacement(trained, x)[0]
    assert np.allclose(np.array(penalties).T, expected, rtol=TOLERANCE, atol=TOLERANCE)
    read = read_string(with_blank(expected, between_codes()))
    assert text == read.text and path == read.path.tolist()


# The page.


def test_the_page_asks_nobody_and_complains_of_nothing(paper, browser):
    def use():
        open_file(browser, paper)
        browser.execute_script("document.querySelectorAll('#samples button')[7].click()")
        browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
        browser.execute_script("document.getElementById('line-example').click()")
        browser.execute_script("app.networks[0].walkButtons[0].click()")
        browser.execute_script(
            "app.networks[0].stages.forEach((s, n) => app.networks[0].point(n, [0, 0, 0], false, true))"
        )

    asked = requests(browser, use)
    assert [url for url in asked if not url.startswith(("data:", "chrome:"))] == [paper.as_uri()]
    text = paper.read_text("utf-8")
    assert "://" not in text.partition("<script>")[0] and len(text) < 700_000


def test_pictures_to_choose_have_wrong_ones_among_them(paper, trained, digits, browser):
    open_file(browser, paper)
    titles = browser.execute_script("return [...document.querySelectorAll('#samples .wrong')].map(b => b.title)")
    total = browser.execute_script("return document.querySelectorAll('#samples button').length")
    assert total == COUNT and 0 < len(titles) <= 24
    for title in titles:
        place = int(title.rpartition(" ")[2])
        answer = trained.decide(trained(datasets.paper_input(digits[0][[place]])))[0]
        assert title == f"{digits[1][place]}, read as {answer}, test image {place}"


def heard(browser):
    time.sleep(0.1)
    return browser.execute_script("return document.getElementById('live').textContent")


def test_mouse_finger_and_keys_draw(paper, browser):
    open_file(browser, paper)
    pad = browser.find_element(By.ID, "pad")
    ActionChains(browser).move_to_element_with_offset(pad, 0, -90).click_and_hold().move_by_offset(
        0, 180
    ).release().perform()
    assert heard(browser).startswith("It reads "), heard(browser)
    browser.find_element(By.ID, "undo").click()
    assert heard(browser).startswith("Draw a digit")
    box = browser.execute_script("const b = pad.getBoundingClientRect(); return [b.left + 140, b.top + 40]")
    for kind, dy in (("touchStart", 0), *(("touchMove", 20 * n) for n in range(1, 10))):
        browser.execute_cdp_cmd(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": box[0], "y": box[1] + dy}]}
        )
    browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert heard(browser).startswith("It reads ")
    browser.find_element(By.ID, "clear").click()
    pad.send_keys(" ", *[Keys.ARROW_DOWN] * 14, " ")
    assert heard(browser).startswith("It reads ")
    pad.send_keys(Keys.BACKSPACE)
    assert heard(browser).startswith("Draw a digit")


def test_a_pen_draws_and_keys_choose(paper, browser):
    open_file(browser, paper)
    left, top = browser.execute_script("const b = pad.getBoundingClientRect(); return [b.left, b.top]")
    for kind, buttons, dy in (("mousePressed", 1, 40), *(("mouseMoved", 1, 40 + 20 * n) for n in range(9)),
                              ("mouseReleased", 0, 220)):  # fmt: skip
        browser.execute_cdp_cmd("Input.dispatchMouseEvent", {
            "type": kind, "x": left + 140, "y": top + dy, "pointerType": "pen", "buttons": buttons, "clickCount": 1,
            "button": "none" if kind == "mouseMoved" else "left"})  # fmt: skip
    assert heard(browser).startswith("It reads ")
    first = browser.find_element(By.CSS_SELECTOR, "#samples [tabindex='0']")
    first.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    chosen = browser.execute_script("return [...document.querySelectorAll('#samples button')].findIndex(b => "
                                    "b.ariaSelected === 'true')")  # fmt: skip
    assert chosen > 10 and browser.execute_script("return app.pad.empty")
    assert browser.execute_script("return document.querySelectorAll('#samples [tabindex=\"0\"]').length") == 1


def test_the_keys_reach_every_number(paper, browser):
    open_file(browser, paper)
    stages = browser.find_elements(By.CSS_SELECTOR, ".stage .surface canvas")
    assert len(stages) == 8
    stages[3].send_keys(Keys.PAGE_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    assert heard(browser).startswith("C3, map 1, row 1, column 1: ")
    frames = browser.execute_script("return [...document.querySelectorAll('.frame.window')].length")
    assert frames == 3  # Table I: map 1 of C3 reads three maps of S2
    stages[6].send_keys(Keys.ARROW_DOWN)
    assert heard(browser).startswith("F6, unit 7: ")


def test_the_walk_says_a_sentence_of_each_layer(page_of, browser):
    for name in RECIPES:
        open_file(browser, page_of(recipe_view(name)))
        said = browser.execute_script(
            "const v = app.networks[0]; return v.figures.map((_, k) => (v.walkTo(k), v.walkText.textContent))"
        )
        assert len(set(said)) == len(said) >= 8
        assert all(text.endswith(".") and "undefined" not in text and len(text) > 50 for text in said), said


def test_sliders_change_the_picture_and_go_back(paper, digits, browser):
    open_file(browser, paper)
    run = browser.execute_script
    run("document.querySelectorAll('#samples button')[7].click()")
    before = run("return Array.from(app.shown)")
    for name in ("right", "down", "rotation", "scale", "squeeze", "strokes", "noise"):
        run(f"const s = document.querySelector('[name={name}]'); s.value = s.max; s.dispatchEvent(new Event('input'))")
        assert run("return Array.from(app.shown)") != before, name
        run("document.getElementById('rest').click()")
        assert run("return Array.from(app.shown)") == before, name


def test_two_networks_read_one_drawing(page_of, trained, browser):
    one = ShownNetwork(trained, "first", datasets.paper_input)
    open_file(browser, page_of(one, recipe_view("tutorial-28")))
    browser.execute_script("document.querySelectorAll('#samples button')[7].click()")
    assert len(browser.execute_script("return [...document.querySelectorAll('.digit')].map(e => e.textContent)")) == 2
    assert heard(browser).count("It reads") == 2


def test_clothes_are_chosen_and_named(page_of, browser, rng):
    images = rng.integers(0, 256, (200, 28, 28), dtype=np.uint8)
    labels = np.arange(200) % 10
    open_file(browser, page_of(recipe_view("fashion-tanh"), images=(images, labels)))
    browser.execute_script("document.querySelectorAll('#samples button')[7].click()")
    assert any(word in heard(browser) for word in datasets.class_names("fashion-mnist"))
    assert browser.execute_script("return document.getElementById('string').hidden")


WIDE = """return [innerWidth, document.documentElement.scrollWidth, [...document.querySelectorAll('body *')].filter(e =>
  !e.closest('.wide, .panel, .skip, .heard, .file') && e.getBoundingClientRect().right > innerWidth + 0.5)
  .map(e => e.outerHTML.slice(0, 80))]"""


@pytest.mark.parametrize("width", [360, 768, 1280, 3840])
def test_the_page_fits(width, paper, browser):
    open_file(browser, paper, width)
    browser.execute_script(
        "document.querySelectorAll('#samples button')[7].click(); app.networks[0].point(2, [0, 0, 0])"
    )
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
    inner, scroll, outside = browser.execute_script(WIDE)
    assert scroll <= inner == width and outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read(scheme, paper, browser):
    open_file(browser, paper, scheme=scheme)
    browser.execute_script("document.querySelectorAll('#samples button')[7].click(); app.networks[0].walkTo(3)")
    browser.execute_script("document.querySelectorAll('details').forEach(d => { d.open = true })")
    for stage in range(7):
        browser.execute_script("app.networks[0].point(arguments[0], [0, 0, 0], true)", stage)
        assert pale(browser.execute_script(COLOURS)) == []


def test_text_of_a_caller_stays_text(page_of, trained, browser):
    title = '</script><img src=x onerror=alert(1)> @CONTENT@ & "q"'
    open_file(browser, page_of(ShownNetwork(trained, title, datasets.paper_input)))
    assert browser.execute_script("return document.querySelector('h1').textContent") == title
    assert browser.execute_script("return document.images.length") == 0
    assert not browser.get_log("browser")


# In Python.


class Mine(Conv2d):
    def forward(self, x):
        return super().forward(x) * 2


class Renamed(Conv2d):
    """It adds nothing."""


def small_network(first):
    return Sequential(C1=first, flatten=Flatten(), F6=Linear(24 * 24, 10, rng=0), input_shape=(1, 28, 28))


def test_an_own_layer_gets_a_sentence():
    with pytest.raises(InputError, match="got Mine as layer 'C1': it has no JavaScript"):
        draw(small_network(Mine(1, 1, 5)))
    with pytest.raises(InputError, match="expects a Sequential"):
        draw(Linear(784, 10))
    assert "Conv2d" in draw(small_network(Renamed(1, 1, 5))).html


def test_pixels_that_the_page_cannot_prepare_get_a_sentence():
    with pytest.raises(InputError, match="pad or resize"):
        draw(lenet5(0), pixels=lambda images: datasets.paper_input(images[:, ::-1]))
    with pytest.raises(InputError, match="expects pixels= to make"):
        draw(lenet5(0), pixels=datasets.grey)
    with pytest.raises(InputError, match=r"an output for each of the 10 classes of mnist, got outputs of shape \(7,\)"):
        net = Sequential(flatten=Flatten(), F6=Linear(784, 7), input_shape=(1, 28, 28))
        draw(net)
    with pytest.raises(InputError, match="read the same pictures"):
        live_page([recipe_view("paper"), recipe_view("fashion-tanh")])


def test_a_notebook_shows_it_in_a_frame():
    page = draw(lenet5(0))
    assert len(repr(page)) < 100, "a terminal shows its name, not its text"
    frame = page._repr_html_()
    assert frame.startswith('<iframe title="paper" srcdoc="&lt;!doctype html&gt;') and "<script" not in frame


def test_the_command_writes_a_page(tmp_path, monkeypatch, capsys, trained):
    opened = []
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    trained.save(tmp_path / "run" / "last.npz", json.dumps({"recipe": "paper", "data": "mnist"}))
    assert main(["draw", "run"]) == 0
    assert (tmp_path / "run" / "draw.html").is_file() and opened == [(tmp_path / "run" / "draw.html").as_uri()]
    assert main(["draw", "run/last.npz", "run", "--out", "two.html"]) == 0
    assert "paper on mnist beside paper on mnist" in (tmp_path / "two.html").read_text("utf-8")
    assert "page    two.html" in capsys.readouterr().out
    assert main(["export", "run/last.npz", "--to", "page", "--out", "again.html"]) == 0
    assert Path("again.html").read_bytes() == Path("run/draw.html").read_bytes()
    assert main(["export", "run/last.npz", "--to", "page", "--out", "again.onnx"]) == 2
    assert main(["draw", "nowhere"]) == 2
    assert "There is no network at nowhere" in capsys.readouterr().err


@pytest.mark.planted
def test_a_report_links_the_page_of_its_network(tmp_path, monkeypatch, trained, digits):
    few, recipe = (digits[0][:60], digits[1][:60]), RECIPES["paper"]
    write_report(tmp_path, trained, recipe, few, "mnist")
    assert LIVE not in (tmp_path / "index.html").read_text("utf-8")
    page_of_run(trained, recipe, "mnist", few, tmp_path / "last.npz").save(tmp_path / LIVE)
    write_report(tmp_path, trained, recipe, few, "mnist")
    assert f'<a href="{LIVE}">' in (tmp_path / "index.html").read_text("utf-8")


def test_a_letter_is_doubted(paper, browser):
    open_file(browser, paper)
    font = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", 150)
    letter = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(letter).text((30, 10), "E", fill=0, font=font)
    _, doubt = browser.execute_script(PREPARE, np.asarray(letter).ravel().tolist(), 200, 200)
    assert doubt == find_digit(letter)[1] and "looks more like a letter" in doubt
    browser.execute_script(
        "for (const [a, b] of [[[80, 40], [80, 240]], [[80, 40], [200, 40]], [[80, 140], [190, 140]], [[80, 240], "
        "[200, 240]]]) { app.pad.start(a); app.pad.add(b); app.pad.end() } app.take()"
    )
    assert "looks more like a letter" in browser.execute_script("return app.message.textContent")


def test_a_file_is_read(paper, browser, tmp_path):
    open_file(browser, paper)
    images, _ = datasets.load("mnist", "test")
    path = tmp_path / "seven.png"
    Image.fromarray(np.kron(255 - images[0], np.ones((6, 6), np.uint8))).save(path)
    browser.find_element(By.ID, "file").send_keys(str(path))
    assert heard(browser).startswith("It reads ")
    seen = np.reshape(browser.execute_script("return Array.from(app.pixels)"), (28, 28))
    assert np.abs(seen - datasets.prepare(path).astype(int)).max() <= 1
    (tmp_path / "text.png").write_text("no picture")
    browser.find_element(By.ID, "file").send_keys(str(tmp_path / "text.png"))
    assert "text.png cannot be read as a picture" in heard(browser)


def test_the_frame_of_a_notebook_works(trained, browser, tmp_path):
    path = tmp_path / "notebook.html"
    path.write_text(f"<!doctype html><html lang=en><meta charset=utf-8>{draw(trained)._repr_html_()}", "utf-8")
    open_file(browser, path)
    browser.switch_to.frame(0)
    assert browser.execute_script("return scratchnet.read(new Array(784).fill(0)).scores.length") == 10
    browser.switch_to.default_content()
    assert not browser.get_log("browser")


def test_another_network_reads_strings(page_of, trained, digits, browser, tmp_path):
    reader = ShownNetwork(string_lenet5(0), "sdnn", datasets.paper_input)
    tutorial = recipe_view("tutorial-28")
    for networks, known in (([tutorial], None), ([tutorial], reader)):
        path = tmp_path / "page.html"
        live_page(networks, known, *digits).save(path)
        open_file(browser, path)
        assert browser.execute_script("return document.getElementById('string').hidden") == (known is None)
    browser.execute_script("document.getElementById('line-example').click()")
    assert heard(browser).startswith("It reads ")
    assert "trained on strings" in browser.execute_script("return document.getElementById('line-about').textContent")


def test_a_network_with_a_blank_reads_single_digits_too(page_of, browser, digits):
    shown = ShownNetwork(string_lenet5(0), "sdnn", datasets.paper_input)
    open_file(browser, page_of(shown))
    browser.execute_script("document.querySelectorAll('#samples button')[7].click()")
    assert browser.execute_script("return [...document.querySelectorAll('.bars th')].at(-1).textContent") == "blank"
    agrees(browser, shown, digits[0][:10])


@pytest.mark.parametrize("path", sorted(FOLDER.iterdir()), ids=lambda path: path.name)
def test_the_program_of_the_page_can_be_read(path):
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) <= 350
    if path.suffix == ".js":
        assert path.stem in SCRIPTS and lines[0] == '"use strict";' and lines[1].startswith("// ")
        assert max(map(len, lines)) <= 120
