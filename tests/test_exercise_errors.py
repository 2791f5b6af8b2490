"""The learner's own errors as sentences, and what a file may not do to others."""

import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from answers import ANSWERS
from attempts import write

import scratchnet
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer
from scratchnet.exercises.desk import NoDesk
from scratchnet.exercises.worker import Attempt

LINEAR = find_exercise("linear")
FILE = Path("my/ex02_linear.py")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


# The learner's own errors.


def test_an_exception_is_shown_with_the_learner_s_own_lines_only(said):
    write([ANSWERS["linear"][0], "half = dy / 2\nself.dW = half @ self.x\nreturn dy"])
    code, text = said("check", 2)
    assert code == 1
    line = FILE.read_text().split("\n").index("        self.dW = half @ self.x") + 1
    assert f"my/ex02_linear.py, line {line}:" in text and f"> {line:3} |         self.dW = half @ self.x" in text
    assert "There: half is (2, 2), self.x is (2, 3)." in text or "There: half is (" in text
    assert "ValueError: matmul" in text
    assert "kinds.py" not in text
    assert "checker.py" not in text


@pytest.mark.parametrize(
    "lines, words",
    [
        ("import sys\nsys.exit(3)", "Your code ends Python"),
        ("raise SystemExit", "Your code ends Python"),
        ("return self.forward(x)", "calls itself without an end"),
        ("return np.ones((10**9, 10**6))", "more memory than there is"),
        ("raise MemoryError", "more memory than there is"),
        ("import no_such_module", "No module named 'no_such_module'"),
        ("return 1 / 0", "ZeroDivisionError: division by zero"),
        ("assert False, 'mine'", "AssertionError: mine"),
        ("return missing_name", "NameError: name 'missing_name' is not defined"),
        ("self.x = x", "y: expected an array of shape"),
        ("self.x = x\nreturn [[1.0]]", ", got list."),
        ("self.x = x\nreturn (x @ self.W.T + self.b).astype(int)", "Keep the dtype"),
        ("return self.nothing", "has no 'nothing'"),
        ("Linear(0, 2)", "InputError"),
    ],
)
def test_errors_of_a_body_are_sentences(lines, words, said):
    write([lines, ANSWERS["linear"][1]])
    code, text = said("check", 2)
    assert code == 1, text
    assert words in text, text
    assert "checker.py" not in text, text
    assert "exercise hint 02" in text, text


@pytest.mark.planted
def test_a_loop_that_never_ends_is_stopped_and_shown(tmp_path):
    path = write(["n = 0\nwhile True:\n    n += 1", ""])
    start = time.monotonic()
    result = check_answer(replace(LINEAR, seconds=1), path)
    assert time.monotonic() - start < 20 and result.state == "wrong"
    assert "Your code took more than 1 s. Is there an endless loop?" in result.fact and "n += 1" in result.fact


@pytest.mark.planted
def test_an_exception_that_takes_for_ever_to_print_is_stopped(tmp_path):
    slow = "class Slow(Exception):\n    def __str__(self):\n        while True:\n            pass\n"
    path = write([slow + "raise Slow", ""])
    result = check_answer(replace(LINEAR, seconds=1), path)
    assert result.state == "wrong" and "Your code took more than 1 s. Is there an endless loop?" in result.fact


def test_a_check_in_another_thread_has_no_limit():
    path, found = write(ANSWERS["linear"]), []
    thread = threading.Thread(target=lambda: found.append(check_answer(LINEAR, path)))
    thread.start()
    thread.join()
    assert found[0].state == "right"


def test_ctrl_c_is_not_taken_for_a_mistake(monkeypatch):
    path = write(["raise KeyboardInterrupt", ""])
    with pytest.raises(KeyboardInterrupt):
        check_answer(LINEAR, path)


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda text: text.replace("class MyLinear", "class YourLinear"), "defines no class MyLinear. Keep that name"),
        (lambda text: text.replace("(Linear):", "(object):"), "should begin `class MyLinear(Linear):`"),
        (lambda text: text.replace("def backward(", "def back("), "still inherits backward from the library"),
        (lambda text: text.replace("        self.x = x", "\tself.x = x"), "tabs and spaces are mixed"),
        (lambda text: text.replace("        self.x = x", "      self.x = x"), "IndentationError"),
        (lambda text: text.replace("return dy @", "return dy @@"), "SyntaxError: invalid syntax."),
        (lambda text: text.replace("import numpy as np", "import nmupy as np"), "No module named 'nmupy'"),
        (lambda text: "\0" + text, "zero bytes"),
        (lambda text: "", "defines no class MyLinear"),
    ],
)
def test_a_spoilt_file_is_a_sentence(change, words, said):
    path = write(ANSWERS["linear"])
    path.write_text(change(path.read_text()))
    code, text = said("check", 2)
    assert code == 1 and words in text, text
    assert said("check", "--all")[0] == 1 and said()[0] == 0


def test_other_encodings_and_line_ends(said):
    path = write(ANSWERS["linear"])
    text = path.read_text()
    for right in (text.replace("\n", "\r\n").encode(), text.encode("utf-8-sig"), (text + "# \u00e9\n").encode()):
        path.write_bytes(right)
        assert said("check", 2)[0] == 0
    for wrong in (text.encode("utf-16"), (text + "# \u00e9\n").encode("latin-1")):
        path.write_bytes(wrong)
        code, said_text = said("check", 2)
        assert code == 1
        assert "is not text in UTF-8" in said_text
        assert "Save it as UTF-8" in said_text


def test_files_that_are_gone_or_renamed(said):
    code, text = said("check", 2)
    assert code == 2 and "There is no my/ex02_linear.py. `exercise start 02` writes a new one." in text
    write(ANSWERS["linear"]).rename("my/linear.py")
    assert "Is it linear.py? Rename it." in said("check", 2)[1]
    assert "Is it linear.py?" in said("reset", 2)[1]
    code, text = said("check")
    assert code == 2 and "No exercise is started in my" in text
    assert said("check", "--all")[0] == 2 and said("hint")[0] == 2
    assert "Either a name or --all" in said("check", "2", "--all")[1]


@pytest.mark.parametrize(
    "words, answer",
    [
        (("start",), "Which one?"),
        (("start", "99"), "There is no exercise '99'"),
        (("start", "lineer"), "Did you mean 'linear'?"),
        (("start", "looking"), "There is no exercise 'looking'"),
        (("start", "modern"), "Lesson 20 has relu, max-pool-backward, cross-entropy, adam."),
        (("train",), "None of the exercises that LeNet-5 is made of is right yet"),
        (("start", "2", "--folder", "file"), "is not a folder"),
        (("reset",), "Which one?"),
    ],
)
def test_a_wrong_command_is_a_sentence(words, answer, said):
    Path("file").write_text("")
    code, text = said(*words)
    assert code == 2 and answer in text


def test_a_file_that_is_a_folder(said):
    FILE.mkdir(parents=True)
    code, text = said("check", 2)
    assert code == 1 and "cannot be read" in text
    assert said("list")[0] == 0 and said("start", 2)[0] == 2


# What is no mistake of the learner's: a package that is not installed.


def test_a_missing_package_is_asked_for_before_the_file_runs():
    pytorch = replace(find_exercise("pytorch"), needs="no_such_package")
    path = write(ANSWERS["pytorch"], pytorch)
    answer, _ = Attempt(pytorch, path).reply({"do": "open"})
    assert answer["kind"] == "environment" and "Install it: pip install no_such_package" in answer["text"]
    write([""], pytorch)
    assert Attempt(pytorch, path).reply({"do": "open"})[0]["blank"] == [""]


def test_an_exercise_that_cannot_be_checked_here_is_not_wrong(said, monkeypatch):
    def no_torch(*arguments):
        raise NoDesk("This exercise needs torch. Install it: pip install torch")

    write(ANSWERS["pytorch"], find_exercise("pytorch"))
    monkeypatch.setattr("scratchnet.exercises.checker.check_answer", no_torch)
    code, text = said("check", "pytorch")
    assert code == 2 and "Install it: pip install torch" in text
    assert re.search("28  pytorch +22  no check here", said("list")[1])
    code, text = said("check", "--all")
    assert code == 1 and "Install it: pip install torch" in text and "not right" not in text


# What a file may not do to others.


def test_what_a_file_changes_in_the_library_is_put_back(said):
    changes = [
        "import scratchnet.checks\nscratchnet.checks.compare = lambda *a, **k: 0.0\n",
        "import scratchnet\nscratchnet.Linear.forward = lambda self, x: x\n",
        "np.abs = lambda x: x * 0\n",
        "from scratchnet.layers import expect\nexpect.expect_input.__code__ = (lambda *a: None).__code__\n",
    ]
    before = scratchnet.checks.compare, scratchnet.Linear.forward, np.abs
    for lines in changes:
        path = write(ANSWERS["linear"])
        path.write_text(path.read_text() + "\n" + lines)
        code, text = said("check", 2)
        assert code == 1 and "The file changes parts of the library" in text, text
        assert (scratchnet.checks.compare, scratchnet.Linear.forward, np.abs) == before
        path = write([ANSWERS["linear"][0], "return -dy"])
        assert said("check", 2)[0] == 1


def test_a_file_may_import_the_one_beside_it(said):
    write(ANSWERS["im2col"], find_exercise("im2col"))
    path = write(ANSWERS["conv-forward"], find_exercise("conv-forward"))
    path.write_text(path.read_text().replace("from scratchnet.kernels import im2col", "from ex04_im2col import im2col"))
    assert said("check", "conv-forward")[0] == 0
    other = Path("my/ex04_im2col.py")
    other.write_text(other.read_text().replace("return columns", "return -columns"))
    assert said("check", "conv-forward")[0] == 1, "it is read again"


# watch and train.
