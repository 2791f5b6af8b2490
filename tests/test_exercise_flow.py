"""python -m scratchnet exercise, as a learner meets it."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from attempts import filled
from plants import ANSWERS

import scratchnet
from scratchnet.cli import main
from scratchnet.exercises import learner, reward
from scratchnet.exercises.catalogue import EXERCISES, find_exercise
from scratchnet.exercises.checker import check_answer
from scratchnet.exercises.my_folder import Folder

LINEAR = find_exercise("linear")
FILE = Path("my/ex02_linear.py")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def said(capfd):
    """Runs a command; (exit code, what it printed to stdout and stderr)."""

    def run(*words):
        code = main(["exercise", *map(str, words)])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return code, out + err

    return run


def write(bodies, exercise=LINEAR, path=None):
    path = path or Path("my") / exercise.file
    path.parent.mkdir(exist_ok=True)
    path.write_text(filled(exercise, bodies), encoding="utf-8")
    return path


def test_from_the_list_to_the_first_right_answer(said):
    code, text = said()
    assert code == 0
    assert text.count("\n") > len(EXERCISES)
    assert "0 of 24 done" in text
    assert "start 01" in text
    code, text = said("start", 1)
    assert code == 0
    assert text.startswith("my/ex01_scaled_tanh.py")
    assert "lessons run 2" in text
    assert "check 01" in text
    code, text = said("check", 1)
    assert code == 1 and "You have not written it yet: MyScaledTanh.forward in my/ex01_scaled_tanh.py" in text
    write(ANSWERS["scaled-tanh"], EXERCISES[0])
    code, text = said("check")
    assert code == 0
    assert text.rstrip().endswith("start 02   (linear)")
    assert "Right." in text
    assert "  no  " not in text
    assert "1 of 24 done" in said("list")[1]


def test_one_body_right_and_the_other_blank(said):
    write([ANSWERS["linear"][0], ""])
    code, text = said("check", "linear")
    assert code == 1
    assert "ok  forward  odd shapes" in text
    assert "MyLinear.backward in my/ex02_linear.py is still" in text


def test_done_is_what_passes_now(said):
    write(ANSWERS["linear"])
    assert "02  linear                     3  done" in said()[1]
    FILE.write_text(FILE.read_text().replace("self.b", "2 * self.b"))
    assert "02  linear                     3  not right yet" in said()[1]
    assert not [name for name in os.listdir("my") if name != FILE.name and name != "__pycache__"]


def test_the_whole_of_a_wrong_attempt(said):
    write([ANSWERS["linear"][0], ANSWERS["linear"][1].replace("dy.sum(axis=0)", "dy.mean(axis=0)")])
    code, text = said("check", 2)
    assert code == 1
    wanted = (
        "no  backward  a small case by hand",
        "The input:\n  W = [[",
        "\n  dy = [[",
        "db, yours = [",
        "db, right = [",
        "db differs from the right result: 2 of 2 checked entries are wrong. The first is [0]: expected 2, got 1. ",
        "it should be at most 1e-09.",
        "Yours averages db over the batch; it should sum: the 1/N is in the loss.",
        "python -m scratchnet exercise hint 02",
    )
    assert all(words in text or words in " ".join(text.split()) for words in wanted), text
    assert text.isascii() and max(map(len, text.splitlines())) < 200


def test_what_passed_is_not_said_to_fail_when_the_next_body_is_blank(said):
    write([ANSWERS["linear"][0], ""])
    assert "  no  " not in said("check", 2)[1]


def test_calling_the_library_is_not_writing_it(said):
    write(["return super().forward(x)", ANSWERS["linear"][1]])
    code, text = said("check", 2)
    assert code == 1 and "forward calls the library's own forward. Write it yourself" in text


def test_a_changed_head_is_a_sentence(said):
    path = write(ANSWERS["linear"])
    path.write_text(path.read_text().replace("def forward(self, x):", "def forward(x):"))
    assert "forward takes (x), it should take (self, x). Keep that line as it was." in said("check", 2)[1]


def test_adding_to_what_is_not_there_yet_is_explained(said):
    write([ANSWERS["linear"][0], ANSWERS["linear"][1].replace("self.dW =", "self.dW +=")])
    assert "A pass makes it anew with '='" in said("check", 2)[1]


def test_the_judge_is_central_differences(said):
    wrong = ANSWERS["linear"][1].replace("dy.T @ self.x", "dy.T @ self.x if len(dy) < 3 else dy.T @ self.x**2")
    write([ANSWERS["linear"][0], wrong])
    code, text = said("check", 2)
    assert code == 1
    assert "no  backward  central differences" in text
    assert "dW differs from central differences" in text


def test_hints_say_more_each_time_and_start_again_after_reset(said):
    write(["", ""])
    for count in range(1, len(LINEAR.hints) + 2):
        code, text = said("hint", "linear")
        shown = min(count, len(LINEAR.hints))
        assert code == 0
        assert text.count("\n") == shown + 2
        assert all(hint in text for hint in LINEAR.hints[:shown])
    assert "That is all" in text
    assert LINEAR.hints[-1] in said("hint")[1], "without a name: the exercise that was saved last"
    said("reset", 2)
    assert LINEAR.hints[1] not in said("hint", 2)[1]
    Path("my/.hints.json").write_text("no json")
    assert LINEAR.hints[1] not in said("hint", 2)[1]


def test_a_solution_comes_after_an_attempt_and_can_be_switched_off(said):
    said("start", "linear")
    code, text = said("solution", 2)
    assert code == 2
    assert "Write something first" in text
    assert "np.dot" not in text
    write(["return x", ""])
    code, text = said("solution", 2)
    assert code == 0
    assert "def forward" in text
    assert "np.dot(dy.T, self.x)" in text
    assert "layers/linear.py" in text
    said("syllabus")
    Path("syllabus.ini").write_text(Path("syllabus.ini").read_text().replace("solutions = yes", "solutions = no"))
    code, text = said("solution", 2)
    assert code == 2
    assert "switched off in syllabus.ini" in text
    assert "np.dot" not in text


def test_reset_keeps_copies(said):
    for number in (1, 2):
        write([f"return x * {number}", ""])
        code, text = said("reset", 2)
        assert code == 0 and f"my/ex02_linear.backup-{number}.py" in text
        assert f"return x * {number}" in Path(f"my/ex02_linear.backup-{number}.py").read_text()
    assert "is still blank" in said("check", 2)[1]


def test_starting_again_is_refused(said):
    write(["return x", ""])
    code, text = said("start", 2)
    assert code == 2
    assert "exists already" in text
    assert "reset 02" in text
    assert "return x" in FILE.read_text()


def test_all_at_once(said):
    assert "24 files written to my" in said("start", "--all")[1] and len(list(Path("my").glob("ex*.py"))) == 24
    assert "0 files written" in said("start", "--all")[1]
    for path in Path("my").glob("ex*.py"):
        if path != FILE:
            path.unlink()
    write(ANSWERS["linear"])
    code, text = said("check", "--all")
    assert code == 0
    assert "02  linear                 done" in text
    assert "1 of 24 done" in text
    write([ANSWERS["linear"][0].replace(" + self.b", ""), ""])
    code, text = said("check", "--all")
    assert code == 1 and "not right yet  Yours has no bias; it should add b." in text


def test_a_syllabus_shortens_the_list(said):
    Path("syllabus.ini").write_text("[points]\nlinear = 3\n")
    text = said()[1]
    assert "0 of 1 done" in text and "im2col" not in text
    assert "next" not in said("check", "--all")[1]


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
        ("Linear(2, 2).forward(np.ones(3))", "InputError"),
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
        (("start", "25"), "There is no exercise '25'"),
        (("start", "lineer"), "Did you mean 'linear'?"),
        (("start", "paper-input"), "What lesson 1 proposes under that name is to be done without a checker."),
        (("start", "modern"), "Lesson 17 has relu, max-pool-backward, cross-entropy, adam."),
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


# What a file may not do to others.


def test_what_a_file_changes_in_the_library_is_put_back(said):
    changes = [
        "import scratchnet.checks\nscratchnet.checks.compare = lambda *a, **k: 0.0\n",
        "import scratchnet\nscratchnet.Linear.forward = lambda self, x: x\n",
        "np.abs = lambda x: x * 0\n",
        "from scratchnet.exercises import kinds\nkinds.agree.__code__ = (lambda *a: None).__code__\n",
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


@pytest.mark.planted
def test_watch_checks_on_save_and_moves_on_when_told():
    write(["return x", ""], EXERCISES[0])
    root = str(Path(scratchnet.__file__).parents[1])
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "scratchnet", "exercise", "watch", "1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": root},
    )
    said = []

    def until(words):
        while not said or words not in said[-1]:
            line = process.stdout.readline()
            assert line, said
            said.append(line)

    def press(key):
        process.stdin.write(key + "\n")
        process.stdin.flush()

    until("Type h for a hint")
    press("h")
    until("forward is one formula")
    write(ANSWERS["scaled-tanh"], EXERCISES[0])
    until("Right.")
    until("n and Enter: the next exercise")
    press("?")
    until("Type h for a hint")
    press("n")
    until("Started my")
    until("ex02_linear.py is still blank")
    press("q")
    assert process.wait(20) == 0


@pytest.mark.planted
def test_lenet5_on_the_learner_s_own_layers(said, monkeypatch):
    monkeypatch.setattr(reward, "IMAGES", 60)
    monkeypatch.setattr(reward, "TEST", 60)
    for name in ("scaled-tanh", "linear", "conv-forward", "conv-backward", "rbf", "sdlm", "map-loss", "lenet5"):
        write(ANSWERS[name], find_exercise(name))
    write(["return x", "return dy"], find_exercise("subsampling"))
    code, text = said("train")
    assert code == 0 and "Yours: scaled-tanh, linear, conv-forward, conv-backward, rbf, map-loss, lenet5, sdlm" in text
    assert "The library's: subsampling, linear-backward2, conv-backward2" in text
    assert "Trained on 60 digits, it reads " in text and text.count("read as ") == 6
    assert Path("my/digits.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.planted
def test_training_goes_through_every_body_of_the_learner():
    folder, calls = Folder("my"), set()
    for name in ("scaled-tanh", "linear", "conv-forward", "conv-backward", "conv-backward2", "subsampling", "rbf"):
        path = write(ANSWERS[name], find_exercise(name))
        path.write_text(path.read_text() + "\nCALLS = set()\n")
    own = reward.own_parts(folder, EXERCISES)
    for part, kind in own.classes.items():
        for method in ("forward", "backward", "backward2"):
            owner = next((c for c in getattr(kind, "__mro__", ()) if method in vars(c)), part)
            if owner.__module__ not in ("builtins",) and not owner.__module__.startswith("scratchnet"):
                setattr(kind, method, counted(getattr(kind, method), f"{part.__name__}.{method}", calls))
    x = np.random.default_rng(0).normal(size=(3, 1, 32, 32)).astype("f")
    reward.train_own_layers(own, folder, (x, np.array([1, 2, 3])), (x, np.array([1, 2, 3])))
    assert {"Conv2d.forward", "Conv2d.backward", "Conv2d.backward2", "Linear.forward", "Subsampling.backward"} <= calls
    assert {"ScaledTanh.forward", "ScaledTanh.backward", "RBF.forward", "RBF.backward"} <= calls


def counted(method, name, calls):
    def call(self, *arguments):
        calls.add(name)
        return method(self, *arguments)

    return call


@pytest.mark.planted
def test_a_body_that_is_slow_or_wrong_in_training_is_a_sentence(said, monkeypatch):
    monkeypatch.setattr(reward, "IMAGES", 60)
    monkeypatch.setattr(reward, "MINUTES", 0)
    write(ANSWERS["linear"])
    code, text = said("train")
    assert code == 0 and "Trained on 1 digits" in text
    path = write(ANSWERS["linear"])
    path.write_text(path.read_text().replace("self.x = x\n", "self.x = x\n        assert len(x) < 50, 'mine'\n"))
    assert check_answer(LINEAR, path).state == "right"
    code, text = said("train")
    assert code == 1
    assert "AssertionError: mine" in text
    assert "line" in text


def test_shown_paths_are_relative():
    assert learner.shown(Path.cwd() / "my" / "a.py") == "my/a.py" and learner.shown("my/a.py") == "my/a.py"
