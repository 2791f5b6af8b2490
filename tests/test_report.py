"""The report of a trained network: pictures, the same in text, one page."""

from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from scratchnet import (
    BatchNorm2d,
    Conv2d,
    Flatten,
    History,
    Linear,
    Sequential,
    datasets,
    evaluate,
)
from scratchnet.runs import report
from scratchnet.runs.recipes import RECIPES
from scratchnet.runs.report import by_confidence, write_report


@pytest.fixture(scope="module")
def digits():
    images, labels = datasets.load("mnist", "test")
    return images[:60], labels[:60]


@pytest.fixture(scope="module")
def reports(digits, tmp_path_factory):
    """{recipe: folder with the report of an untrained network}."""
    folders = {}
    for name in ("paper", "paper-softmax"):
        folders[name] = tmp_path_factory.mktemp(name)
        net = RECIPES[name].network(np.random.default_rng(0))
        write_report(folders[name], net, RECIPES[name], digits, "mnist", two_epochs())
    return folders


def two_epochs():
    history = History()
    for i in (2, 1):
        history.append(**({name: float(i) for name in history.columns()} | {"lr": 1e-3}))
    return history


class Page(HTMLParser):
    """The links of a page, and the alternative texts of its pictures."""

    def __init__(self, text):
        super().__init__()
        self.links, self.alts, self.headings = [], [], 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.links += [attributes[key] for key in ("src", "href") if key in attributes]
        if tag == "img":
            self.alts.append(attributes.get("alt", ""))
        self.headings += tag in ("h1", "h2")


@pytest.mark.parametrize("name", ["paper", "paper-softmax"])
def test_the_page_needs_nothing_from_elsewhere(name, reports):
    text = (reports[name] / "index.html").read_text("utf-8")
    page = Page(text)
    assert "://" not in text.replace("<!doctype html>", "")
    assert 'lang="en"' in text
    assert "viewport" in text
    for link in page.links:
        assert (f'id="{link[1:]}"' in text) if link.startswith("#") else (reports[name] / link).is_file(), link
    assert len(page.alts) == len(list(reports[name].glob("*.png"))) == page.headings - 1
    assert all(len(alt) > 40 for alt in page.alts)


def test_every_picture_is_there_as_text_too(reports):
    for name, folder in reports.items():
        pictures = {path.stem for path in folder.glob("*.png")}
        expected = {"curves", "top3", "confusion", "confident", "wall", "maps", "filters"}
        assert pictures == expected | ({"codes"} if name == "paper" else set())
        for picture in pictures:
            text = (folder / f"{picture}.txt").read_text("utf-8")
            assert text.isascii() and text.count("\n") > 2, picture
    assert (reports["paper"] / "filters.txt").read_text().count("X . . . X X X . . X X X X . X X") == 1
    assert "true 7: F6, and the code of" in (reports["paper"] / "codes.txt").read_text()


def test_the_wall_lists_every_wrong_answer(reports, digits):
    recipe = RECIPES["paper"]
    net = recipe.network(np.random.default_rng(0))
    result = evaluate(net, (recipe.pixels(digits[0]), digits[1]))
    lines = (reports["paper"] / "wall.txt").read_text().splitlines()[1:]
    listed = [tuple(map(int, line.split()[:3])) for line in lines]
    wrong = np.flatnonzero(result.predictions != digits[1])
    assert sorted(listed) == [(i, digits[1][i], result.predictions[i]) for i in wrong]


def test_by_confidence_sorts_even_where_probabilities_are_all_1():
    scores = np.array([[0, 60], [0, 90], [0, 1], [70, 0], [2, 0]], np.float32)
    labels = np.array([1, 1, 1, 1, 1])
    result = SimpleNamespace(scores=scores, predictions=scores.argmax(axis=1))
    groups = by_confidence(labels, result, count=2)
    assert [list(indices) for indices in groups.values()] == [[1], [2, 0], [3, 4], [4, 3]]


def test_the_most_confident_are_one_of_each_class_and_by_penalty():
    scores = -np.array([[3, 90], [1, 5], [80, 2], [70, 9], [4, 5]], np.float32)
    labels = np.array([0, 0, 1, 1, 1])
    result = SimpleNamespace(scores=scores, predictions=scores.argmax(axis=1))
    groups = by_confidence(labels, result, penalties=True)
    assert [list(indices) for indices in groups.values()] == [[1, 2], [3, 0, 2, 1], [4], [4]]


def test_every_picture_says_how_to_read_it_and_one_suits_a_phone(reports):
    text = (reports["paper"] / "index.html").read_text("utf-8")
    assert text.count("Lesson ") >= 8 and "prefers-color-scheme: dark" in text
    narrow = {path.stem for path in (reports["paper"] / "narrow").glob("*.png")}
    assert narrow == {"curves", "top3", "confusion", "confident", "wall", "maps", "filters", "codes"}
    for name in narrow:
        assert f'srcset="narrow/{name}.png"' in text
        wide, slim = (Image.open(folder / f"{name}.png") for folder in (reports["paper"], reports["paper"] / "narrow"))
        assert slim.width < 0.7 * wide.width and slim.height > slim.width, name


def test_the_facts_say_how_it_was_trained(digits, tmp_path):
    recipe = RECIPES["paper"]
    write_report(tmp_path, recipe.network(0), recipe, digits, "mnist", two_epochs(), seed=7)
    text = (tmp_path / "index.html").read_text("utf-8")
    for fact in (">7<", ">2<", "SDLM(", "batch 1", "time of the updates"):
        assert fact in text, fact


@pytest.mark.planted
def test_a_report_of_a_run_without_a_test_set_and_one_of_little(digits, tmp_path):
    net, recipe = RECIPES["fashion-relu"].network(np.random.default_rng(0)), RECIPES["fashion-relu"]
    history = two_epochs()
    write_report(tmp_path, net, recipe, digits, "fashion-mnist", history)
    assert (tmp_path / "top3.png").is_file()
    assert "Ankle boot" in (tmp_path / "confusion.txt").read_text()
    for name in ("test_error", "test_top3_error", "train_error", "lr"):
        getattr(history, name)[:] = [float("nan")] * 2
    write_report(tmp_path, net, recipe, (digits[0][:3], digits[1][:3]), "fashion-mnist", history)
    assert not (tmp_path / "top3.png").exists() and "nan" not in (tmp_path / "index.html").read_text()
    perfect = recipe.network(np.random.default_rng(0))
    perfect["OUTPUT"].W[:], perfect["OUTPUT"].b[:] = 0, np.eye(10)[7]
    write_report(tmp_path, perfect, recipe, (digits[0][:1], np.array([7])), "fashion-mnist")
    assert "image" in (tmp_path / "wall.txt").read_text() and not (tmp_path / "curves.png").exists()


def test_claims_are_drawn_only_for_the_data_they_are_of(digits, tmp_path):
    recipe = RECIPES["tutorial-28"]
    for data, drawn in (("mnist", 1), ("kmnist", 0)):
        sections = list(report.curves(recipe, two_epochs(), data, "title"))
        assert len(sections[0].figure.axes[0].texts) == drawn


def test_a_report_leaves_the_network_as_it_was(digits, tmp_path):
    net = Sequential(
        input_shape=(1, 28, 28), C1=Conv2d(1, 2, 5), norm=BatchNorm2d(2), flatten=Flatten(), OUTPUT=Linear(1152, 10)
    )
    recipe = SimpleNamespace(
        name="own", about="", pixels=datasets.grey, data="mnist", claimed=None, claimed_training=None
    )
    before = net.train()["norm"].running_mean.copy()
    write_report(tmp_path, net, recipe, digits, "mnist")
    assert np.array_equal(net["norm"].running_mean, before) and net["norm"].training
