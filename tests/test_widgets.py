"""What a reader moves and types on the website, in a browser: sliders against NumPy, predictions, what was read."""

import numpy as np
import pytest
from browsing import COLOURS, open_file, pale, requests
from courses import three_lessons
from selenium.webdriver import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from scratchnet import Conv2d, MAPLoss, ScaledTanh, Subsampling, datasets
from scratchnet.lessons.widgets import FOLDER, names

MARKED = "1\n\n# %% [markdown]\n" + "#\n".join(f"# <!-- widget: {name} -->\n" for name in names())
QUESTION = """

# %% [markdown]
# **Predict.** What is 6 times 7?

# %%
print(6 * 7)"""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a course whose second lesson has all widgets."""
    with pytest.MonkeyPatch.context() as patch:
        small = three_lessons(tmp_path_factory.mktemp("course"), patch)
        small(MARKED + QUESTION)
        yield small.folder / "site"


@pytest.fixture
def view(browser, site):
    def open_page(name, width=1200, scheme="light"):
        open_file(browser, site / f"{name}.html", width, scheme)
        browser.execute_script("document.querySelectorAll('.answer').forEach(d => d.open = true)")
        return browser

    browser.get((site / "index.html").as_uri())
    browser.execute_script("localStorage.clear()")
    yield open_page
    browser.execute_script("localStorage.clear()")


@pytest.fixture
def widgets(view):
    return view("02_plus")


def widget(page, name):
    return page.find_element(By.CSS_SELECTOR, f"[data-widget={name}]")


def says(page, name):
    """What the line below a widget says, with an ASCII minus."""
    return widget(page, name).find_element(By.CSS_SELECTOR, ".says").text.replace("\u2212", "-")


def move(page, name, place, value):
    """Move a slider of a widget, as the browser does it when one drags."""
    slider = widget(page, name).find_elements(By.CSS_SELECTOR, "input[type=range]")[place]
    page.execute_script(
        "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))", slider, value
    )


# The formulas.


@pytest.mark.parametrize("eps", [(0.021, 0.021), (0.002, 0.002), (0.005, 0.5)])
def test_the_path_of_gradient_descent(eps, widgets):
    w, path = np.ones(2), []
    for _ in range(41):
        path.append(w)
        w = w - np.array(eps) * [100.0, 1.0] * w
    found = np.array(widgets.execute_script("return descent(arguments[0], 40)", eps))
    np.testing.assert_allclose(found, path, rtol=1e-12)
    E = widgets.execute_script("return arguments[0].map(valley)", found.tolist())
    np.testing.assert_allclose(E, 0.5 * np.sum([100, 1] * np.array(path) ** 2, axis=1), rtol=1e-12)
    level = np.array(widgets.execute_script("return level(8)"))
    np.testing.assert_allclose(0.5 * np.sum([100, 1] * level**2, axis=1), 8)


@pytest.mark.parametrize("j", [1, 10, 40])
def test_the_force_on_the_penalties(j, widgets):
    for y in (0.0, 9.5, 12.0, 60.0):
        loss = MAPLoss(j=j)
        loss.forward(np.array([[y, y]]), np.array([0]))
        right, wrong = loss.backward()[0]
        found = widgets.execute_script(
            "return probability(arguments[0], arguments[1], [arguments[0], arguments[0]])", y, j
        )
        np.testing.assert_allclose([1 - found, -found], [right, wrong], rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("w, b", [(0.1, 0), (3, 9), (3, -9), (4, -10)])
def test_the_squashed_answer_of_subsampling(w, b, widgets):
    layer = Subsampling(1, dtype=float)
    layer.W[...], layer.b[...] = w, b
    for dark in range(5):
        pixels = np.where(np.arange(4) < dark, 1.0, -1.0).reshape(1, 1, 2, 2)
        found = widgets.execute_script("return unit(...arguments)", dark, w, b)
        assert found == pytest.approx(ScaledTanh()(layer(pixels)).item(), abs=1e-12)


def test_the_windows_of_a_convolution(widgets):
    script = "return examples(JSON.parse(document.querySelector('[data-widget=window] script').textContent))"
    examples = widgets.execute_script(f"{script}.map(one => [one.x, one.W, convolution(one.x, one.W)])")
    seven = datasets.paper_input(datasets.load("mnist", "test")[0][:1])[0, 0]
    for place, (x, W, y) in enumerate(examples):
        if place:
            np.testing.assert_allclose(x, seven, atol=1e-6)
        layer = Conv2d(1, 1, len(W), dtype=float)
        layer.W[...], layer.b[...] = W, 0
        np.testing.assert_allclose(y, layer(np.array([[x]], float))[0, 0], atol=1e-12)
    assert len(examples) == 4


# In the page.


def test_all_widgets_are_seen_and_nothing_is_asked_or_complained_of(view, browser):
    asked = requests(browser, lambda: view("02_plus"))
    assert {url.rpartition("/")[2] for url in asked if url.endswith(".js")} == {
        path.name for path in FOLDER.glob("*.js")
    }
    for name in names():
        assert widget(browser, name).is_displayed() and says(browser, name)
    assert not any(".js" in url and "remembered" not in url for url in requests(browser, lambda: view("01_plus")))


def test_sliders_change_what_is_said_and_drawn(widgets):
    move(widgets, "valley", 0, 0.021)
    move(widgets, "valley", 1, 2)
    assert (
        says(widgets, "valley")
        == "After 2 steps: u = 1.210, v = 0.958, E = 73.6643. The point is outside of the picture."
    )
    widget(widgets, "valley").find_element(By.CSS_SELECTOR, "[type=checkbox]").click()
    assert says(widgets, "valley") == "After 2 steps: u = 0.250, v = 0.250, E = 3.1563."
    move(widgets, "penalties", 0, 40)
    assert "With j = 40 and both penalties 12.0: the wrong class is pushed with 0.5000" in says(widgets, "penalties")
    before = widget(widgets, "coefficient").find_element(By.CSS_SELECTOR, ".curve").get_attribute("points")
    move(widgets, "coefficient", 0, 3)
    move(widgets, "coefficient", 1, 9)
    assert says(widgets, "coefficient").endswith("dark pixels: -1.65, 1.65, 1.72, 1.72, 1.72.")
    assert widget(widgets, "coefficient").find_element(By.CSS_SELECTOR, ".curve").get_attribute("points") != before


def test_a_pixel_shows_its_window(widgets):
    assert says(widgets, "window") == "y[1, 2] is the sum of the 4 products: 2.000.", "it begins at the largest"
    points = widget(widgets, "window").find_element(By.CSS_SELECTOR, ".points")
    widgets.execute_script("arguments[0].scrollIntoView({block: 'center'})", points)
    third = points.size["width"] / 3
    ActionChains(widgets).move_to_element_with_offset(points, -third, third).perform()
    assert says(widgets, "window") == "y[2, 0] is the sum of the 4 products: -1.000."
    tables = widget(widgets, "window").find_elements(By.CSS_SELECTOR, "table")
    assert [table.text.replace("\u2212", "-").split() for table in tables] == [
        ["window", "of", "x", "0.00", "0.00", "0.00", "1.00"],
        ["filter", "W", "-1.00", "1.00", "1.00", "-1.00"],
        ["products", "0.000", "0.000", "0.000", "-1.000"],
    ]
    frame = widget(widgets, "window").find_element(By.CSS_SELECTOR, ".pair .frame")
    assert [frame.get_attribute(name) for name in ("x", "y", "width")] == ["0", "2", "2"]


def test_the_keyboard_is_enough(widgets):
    for name, place in (("valley", 1), ("penalties", 0), ("coefficient", 0), ("window", 0)):
        before = says(widgets, name)
        slider = widget(widgets, name).find_elements(By.CSS_SELECTOR, "input[type=range]")[place]
        slider.send_keys(Keys.ARROW_RIGHT)
        assert says(widgets, name) != before, name
    select = widget(widgets, "window").find_element(By.TAG_NAME, "select")
    select.send_keys("a seven")
    assert "of the 25 products" in says(widgets, "window")


def test_a_screen_reader_has_names(widgets):
    unnamed = widgets.execute_script(
        "return [...document.querySelectorAll("
        "'input, select, button, svg:not(.drawing), figure[role], details.answer summary')]"
        ".filter(e => !e.labels?.[0]?.innerText.trim() && !e.getAttribute('aria-label') && !e.innerText?.trim() &&"
        " !document.getElementById(e.getAttribute('aria-labelledby'))).map(e => e.outerHTML)"
    )
    assert unnamed == []
    values = widgets.execute_script(
        "return [...document.querySelectorAll('[type=range]')].map(e => [e.getAttribute('aria-valuetext'), "
        "e.nextSibling.textContent])"
    )
    assert len(values) == 8 and all(spoken == seen for spoken, seen in values)


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("name", ["02_plus", "index", "glossary"])
def test_a_page_fits(name, width, view):
    page = view(name, width)
    assert page.execute_script("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    beyond = page.execute_script(
        "return [...document.querySelectorAll('.widget, .widget *, form *, .lessons *')].filter(e => "
        "e.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 && "
        "!e.closest('pre, .formula, .table, clipPath, svg')).map(e => e.outerHTML)"
    )
    assert beyond == []
    cut = page.execute_script(
        "const box = e => e.getBoundingClientRect(), inside = (t, s) => t.left >= s.left && t.right <= s.right && "
        "t.top >= s.top && t.bottom <= s.bottom;"
        "return [...document.querySelectorAll('.plot text')].filter(e => !inside(box(e), box(e.closest('svg'))))"
        ".map(e => e.textContent)"
    )
    assert cut == []


def test_dots_at_the_edge_of_a_plot_are_whole_and_those_outside_of_it_are_hidden(widgets):
    dots = widgets.execute_script(
        "return [...document.querySelectorAll('.plot circle')].map(e => [e.hasAttribute('clip-path'), "
        "e.getAttribute('visibility'), e.cx.baseVal.value, +e.closest('svg').getAttribute('viewBox').split(' ')[2]])"
    )
    assert len(dots) > 20 and not any(clipped for clipped, *_ in dots)
    assert all((visibility == "visible") == (54 <= x <= wide - 10) for _, visibility, x, wide in dots)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["02_plus", "index", "glossary"])
def test_text_can_be_read(name, scheme, view):
    assert pale(view(name, scheme=scheme).execute_script(COLOURS)) == []


# Predictions, and what was read.


def test_a_prediction_is_typed_before_the_answer_and_repeated_beside_it(view, browser, site):
    page = open_file(view("02_plus"), site / "02_plus.html")
    answers = page.find_elements(By.CSS_SELECTOR, ".answer")
    fields = page.find_elements(By.CSS_SELECTOR, ".predict input")
    assert len(fields) == len(answers) == 2 and not page.find_element(By.CSS_SELECTOR, ".yours").is_displayed()
    fields[1].send_keys("about <b>40</b>", Keys.ENTER)
    assert answers[1].get_attribute("open") and not answers[0].get_attribute("open")
    assert answers[1].find_element(By.CSS_SELECTOR, ".yours").text == "Your prediction: about <b>40</b>"
    assert page.switch_to.active_element == answers[1].find_element(By.TAG_NAME, "summary")
    page = open_file(page, site / "02_plus.html")  # kept
    fields = page.find_elements(By.CSS_SELECTOR, ".predict input")
    assert [field.get_attribute("value") for field in fields] == ["", "about <b>40</b>"]
    page = open_file(page, site / "index.html")
    button = next(b for b in page.find_elements(By.TAG_NAME, "button") if "predictions" in b.text)
    button.click()
    page = open_file(page, site / "02_plus.html")
    assert page.find_elements(By.CSS_SELECTOR, ".predict input")[1].get_attribute("value") == ""


def test_what_was_read_is_kept_shown_and_forgotten(view):
    page = view("index")
    assert "You have read 0 of 3 lessons." in page.find_element(By.ID, "progress").text
    page = view("01_plus")
    page.find_element(By.CSS_SELECTOR, "footer [rel=next]").click()  # who goes on has read it
    page = view("03_plus")
    page.find_element(By.CSS_SELECTOR, ".finished input").click()
    page = view("index")
    assert "You have read 2 of 3 lessons. Go on with 2. On <b>plus</b>." in page.find_element(By.ID, "progress").text
    marks = [
        lesson.find_elements(By.CSS_SELECTOR, ".read") for lesson in page.find_elements(By.CSS_SELECTOR, ".lessons li")
    ]
    assert [len(mark) for mark in marks] == [1, 0, 1]
    next(b for b in page.find_elements(By.TAG_NAME, "button") if "what I read" in b.text).send_keys(Keys.ENTER)
    assert "You have read 0 of 3 lessons." in page.find_element(By.ID, "progress").text
    assert not page.find_elements(By.CSS_SELECTOR, ".read")
    page = view("03_plus")
    assert not page.find_element(By.CSS_SELECTOR, ".finished input").is_selected()


def test_without_javascript_all_is_folded_as_before(view, browser, site):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page = open_file(browser, site / "02_plus.html")
        assert not page.find_elements(By.CSS_SELECTOR, "form, .finished, .yours")
        assert not any(figure.is_displayed() for figure in page.find_elements(By.CSS_SELECTOR, ".widget"))
        answer = page.find_elements(By.CSS_SELECTOR, ".answer")[1]
        assert not answer.find_element(By.TAG_NAME, "pre").is_displayed()
        answer.find_element(By.TAG_NAME, "summary").click()
        assert answer.find_element(By.CSS_SELECTOR, "pre.text").text == "42"
        assert not open_file(browser, site / "index.html").find_element(By.ID, "progress").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_where_nothing_can_be_kept_the_page_works(view, browser, site):
    blocked = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no'); }});"
    script = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": blocked})
    try:
        asked = requests(browser, lambda: open_file(browser, site / "02_plus.html"))
        assert asked
        browser.find_elements(By.CSS_SELECTOR, ".predict input")[0].send_keys("two", Keys.ENTER)
        assert browser.find_element(By.CSS_SELECTOR, ".answer .yours").text == "Your prediction: two"
        browser.find_element(By.CSS_SELECTOR, ".finished input").click()
        assert not browser.get_log("browser")
    finally:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
        browser.get((site / "index.html").as_uri())
