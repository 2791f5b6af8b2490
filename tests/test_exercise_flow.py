"""python -m scratchnet exercise, as a learner meets it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from answers import ANSWERS
from attempts import write

from scratchnet.exercises.catalogue import EXERCISES, find_exercise

LINEAR = find_exercise("linear")
FILE = Path("my/ex02_linear.py")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_from_the_list_to_the_first_right_answer(said):
    code, text = said()
    assert code == 0
    assert text.count("\n") > len(EXERCISES)
    assert f"0 of {len(EXERCISES)} done" in text
    assert "start 00" in text
    code, text = said("start", 1)
    assert code == 0
    assert text.startswith("my/ex01_scaled_tanh.py")
    assert "lessons run 2" in text
    assert "check 01" in text
    code, text = said("check", 1)
    assert code == 1 and "You have not written it yet: MyScaledTanh.forward in my/ex01_scaled_tanh.py" in text
    write(ANSWERS["scaled-tanh"], find_exercise("1"))
    code, text = said("check")
    assert code == 0
    assert text.rstrip().endswith("start 02   (linear)")
    assert "Right." in text
    assert "  no  " not in text
    assert f"1 of {len(EXERCISES)} done" in said("list")[1]


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


@pytest.mark.parametrize(
    "lines",
    [
        "import scratchnet\nreturn scratchnet.datasets.paper_input(images)",
        "from scratchnet.datasets import grey\nreturn grey(np.pad(images, ((0, 0), (2, 2), (2, 2))), -0.1, 1.175)",
        "from scratchnet.datasets.pixels import pad\nreturn -0.1 + 1.275 * pad(images, 32)[:, None] / 255",
    ],
)
def test_the_functions_that_hold_the_answer_are_not_the_answer(lines, said):
    write([lines], find_exercise("paper-input"))
    code, text = said("check", 0)
    assert code == 1 and "this line calls the library's own" in text, text


@pytest.mark.parametrize(
    "name, bodies",
    [
        ("sequential", ["return super().forward(x)", "return super().backward(dy)"]),
        ("sequential", ["return scratchnet.Sequential.forward(self, x)", ANSWERS["sequential"][1]]),
        ("training-loop", ["return scratchnet.fit(net, loss, optimizer, (x, labels), epochs=epochs)"]),
        ("check-gradients", ["scratchnet.check_gradients(layer, x)\nreturn True"]),
        ("dropout", ["return super().forward(x)", "return super().backward(dy)"]),
        ("batch-norm", ["return scratchnet.BatchNorm2d.forward(self, x)", "return super().backward(dy)"]),
        (
            "average-pooling",
            ["return scratchnet.AvgPool2d(self.window, self.stride)(x)", "return super().backward(dy)"],
        ),
    ],
)
def test_calling_the_library_is_not_the_answer_to_the_later_ones(name, bodies, said):
    path = write(bodies, find_exercise(name))
    path.write_text(path.read_text().replace("import numpy as np\n", "import numpy as np\nimport scratchnet\n", 1))
    code, text = said("check", name)
    assert code == 1 and "calls the library's own" in text, text


def test_the_first_exercise_from_start_to_finish_by_its_hints(said):
    code, text = said("start", 0)
    assert code == 0 and text.startswith("my/ex00_paper_input.py")
    hints = [said("hint", 0)[1] for _ in find_exercise("0").ladder][-1]
    lines = re.search("padded = (.*?), then x = (.*?), then (return .*?)\\. Three lines", " ".join(hints.split()))
    write([f"padded = {lines[1]}\nx = {lines[2]}\n{lines[3]}"], find_exercise("0"))
    code, text = said("check", 0)
    assert code == 0 and text.rstrip().endswith("start 01   (scaled-tanh)"), text


@pytest.mark.parametrize("line", ["np.pad(images, 2)", "np.pad(-0.1 + 1.275 * images / 255, 2)"])
def test_images_that_are_padded_on_every_axis_are_named(line, said):
    write([f"return {line}[:, None].astype(np.float32)"], find_exercise("0"))
    assert "Yours pads the images axis too" in " ".join(said("check", 0)[1].split())


def test_the_next_exercise_is_the_first_that_is_not_done_also_if_it_is_started(said):
    for name in ("sequential", "training-loop", "central-differences"):
        said("start", name)
    write(ANSWERS["sequential"], find_exercise("sequential"))
    assert said("check", "sequential")[1].rstrip().endswith("check 36   (training-loop, which is started)")
    write(ANSWERS["training-loop"], find_exercise("training-loop"))
    assert said("check", "sequential")[1].rstrip().endswith("check 25   (central-differences, which is started)")
    assert "exercise start 00 " in said("list")[1]
    said("start", 0)
    assert "exercise check 00 " in said("list")[1]


def test_the_training_loop_trains_the_network_of_lesson_4(said):
    path = write(ANSWERS["training-loop"], find_exercise("training-loop"))
    run = subprocess.run([sys.executable, path], capture_output=True, text=True)
    low, middle, high = run.stdout.splitlines()
    assert low.startswith("0.001 [2.9") and middle.startswith("0.01 [1.9") and high.count("nan") == 3, run


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
    for count in range(1, len(LINEAR.ladder) + 2):
        code, text = said("hint", "linear")
        shown = min(count, len(LINEAR.ladder))
        assert code == 0
        assert "dE/dW = dy' x" in text and text.count("\n") == LINEAR.ladder[0].count("\n") + shown + 2
        assert all(hint in text for hint in LINEAR.ladder[:shown])
    assert "That is all" in text
    assert LINEAR.hints[-1] in said("hint")[1], "without a name: the exercise that was saved last"
    said("reset", 2)
    assert LINEAR.hints[1] not in said("hint", 2)[1]
    Path("my/.hints.json").write_text("no json")
    assert LINEAR.hints[1] not in said("hint", 2)[1]


def test_a_solution_comes_with_a_right_answer_and_can_be_switched_off(said):
    said("start", "linear")
    code, text = said("solution", 2)
    assert code == 2
    assert "Write something first" in text
    assert "np.dot" not in text
    write(["return x", ""])
    code, text = said("solution", 2)
    assert code == 2 and "Yours does not pass yet" in text and "np.dot" not in text
    write(ANSWERS["linear"])
    assert "to compare: python -m scratchnet exercise solution 02" in said("check", 2)[1]
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
    assert "to compare" not in said("check", 2)[1]


def test_who_is_stuck_sees_the_solution_after_every_hint(said):
    write(["return x", ""])
    for _ in LINEAR.ladder:
        assert "np.dot" not in said("solution", 2)[1]
        said("hint", 2)
    code, text = said("solution", 2)
    assert code == 0 and "np.dot(dy.T, self.x)" in text


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
    assert f"{len(EXERCISES)} files written to my" in said("start", "--all")[1]
    assert len(list(Path("my").glob("ex*.py"))) == len(EXERCISES)
    assert "0 files written" in said("start", "--all")[1]
    for path in Path("my").glob("ex*.py"):
        if path != FILE:
            path.unlink()
    write(ANSWERS["linear"])
    code, text = said("check", "--all")
    assert code == 0
    assert "02  linear                 done" in text
    assert f"1 of {len(EXERCISES)} done" in text
    write([ANSWERS["linear"][0].replace(" + self.b", ""), ""])
    code, text = said("check", "--all")
    assert code == 1 and "not right yet  Yours has no bias; it should add b." in text


def test_a_syllabus_shortens_the_list(said):
    Path("syllabus.ini").write_text("[points]\nlinear = 3\n")
    text = said()[1]
    assert "0 of 1 done" in text and "im2col" not in text
    assert "next" not in said("check", "--all")[1]


def test_numbers_of_one_s_own_from_start_to_solution(said):
    path = Path("my/ex31_receptive_field.py")
    code, text = said("start", "receptive-field", "--student", "Ada Lovelace")
    assert code == 0 and text.startswith(path.as_posix())
    blank = path.read_text()
    assert "STUDENT = 'Ada Lovelace'" in blank and "KERNEL_1 = " in blank and "FIELD = ...  # yours" in blank
    assert "FIELD in my/ex31_receptive_field.py is still blank" in said("check", 31)[1]
    path.write_text(blank.replace("FIELD = ...", "FIELD = KERNEL_1 * WINDOW * KERNEL_2"))
    code, text = said("check", 31)
    assert code == 1 and "Yours multiplies the sizes" in text and "is not right for KERNEL_1 = " in text
    path.write_text(
        blank.replace("FIELD = ...", "FIELD = KERNEL_1 - 1 + WINDOW * KERNEL_2").replace("= ...", "= WINDOW")
    )
    code, text = said("check", 31)
    assert code == 0 and "ok  DISTANCE  derived" in text
    assert "field = 1 + (kernel1 - 1)" in said("solution", 31)[1] and "field = 1 + (kernel1 - 1)" in said("hint", 31)[1]
    said("reset", 31)
    assert path.read_text() == blank, "the name is kept"
    said("start", "connections", "--student", "Alan Turing")
    assert "STUDENT = 'Alan Turing'" in Path("my/ex32_connections.py").read_text()
