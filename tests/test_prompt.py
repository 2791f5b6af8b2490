"""The prompt of `lessons run`: Python in the lesson's names, back, to a cell, where one stopped, the ends."""

import os
import re

import pytest
from terminals import CTRL_C, CTRL_D, typed

from scratchnet import cli
from scratchnet.lessons import stepping
from scratchnet.lessons.bookmark import Bookmark
from scratchnet.lessons.prompt import HELP, KEYS, PREDICTION_KEYS
from scratchnet.lessons.scripts import Lesson, playing

POSIX = pytest.mark.skipif(os.name == "nt", reason="pseudo-terminals")

COUNTING = """# %% [markdown]
# # 1. Counting
#
# With $\\frac{a}{b}$ you can count.

# %%
counts = []
print("one")

# %% [markdown]
# **Predict.** How many?

# %%
counts.append(1)
print("counted", len(counts))

# %%
counts.append(2)

# %% [markdown]
# ## Exercise: counting
#
# Count.
"""


@pytest.fixture
def counting(tmp_path, monkeypatch):
    monkeypatch.setenv("SCRATCHNET_STATE", str(tmp_path / "state"))
    (tmp_path / "course").mkdir()
    path = tmp_path / "course" / "01_counting.py"
    path.write_text(COUNTING)
    return Lesson(path)


@pytest.fixture
def walk(counting, monkeypatch, capsys):
    """Return what a walk through the lesson shows when these lines are typed; then its input ends."""

    def run(*lines, **others):
        lines = iter(lines)
        monkeypatch.setattr("builtins.input", lambda question="": print(question) or next_or_end(lines))
        walk.ended = stepping.step(counting, True, **others)
        return capsys.readouterr().out

    return run


def next_or_end(lines):
    for line in lines:
        return line
    raise EOFError


def cells(shown):
    """The numbers of the cells that were shown, in order."""
    return [int(number) for number in re.findall(r"-- lesson 1, cell (\d)", shown)]


# Python.


def test_an_expression_is_evaluated_in_the_lessons_names(walk):
    shown = walk("", "len(counts) + 42", "counts")
    assert "\n42\n" in shown
    assert "\n[]\n" in shown
    assert cells(shown) == [1, 2], "it stays at its cell"


def test_a_statement_stays_for_the_cells_after_it(walk):
    shown = walk("", "counts.extend([7, 7])", "", "", "mine = counts", "mine")
    assert "counted 3" in shown
    assert "[7, 7, 1]" in shown


def test_a_statement_of_more_lines_ends_with_an_empty_one(walk):
    shown = walk("", "for i in range(2):", "    print('i is', i)", "", "")
    assert "i is 0\ni is 1\n" in shown
    assert cells(shown) == [1, 2, 3]


@pytest.mark.parametrize(
    "line, said",
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("ok", "NameError: name 'ok' is not defined"),
        ("1 +", "SyntaxError: invalid syntax"),
        ("raise ValueError('two\\nlines')", "ValueError: two lines"),
        ("raise KeyboardInterrupt", "Stopped."),
    ],
)
def test_an_error_is_one_line(line, said, walk):
    shown = walk("", line)
    after = shown.rpartition(KEYS)[2].strip().splitlines()
    assert after == [">>>", said, ">>>"] or after == [">>> ", said, ">>>"], after


def test_exit_leaves(walk):
    assert cells(walk("", "exit()", "")) == [1, 2]


# There and back.


def test_back_and_on_gives_what_the_first_time_gave(walk):
    shown = walk("", "", "", "<", "<", "", "", "", "counts")
    assert cells(shown) == [1, 2, 3, 4, 3, 2, 3, 4, 5]
    assert shown.count("counted 1") == 2
    assert "counted 2" not in shown
    assert "[1, 2]" in shown


def test_going_back_to_a_text_keeps_the_names(walk):
    shown = walk("2", "<", "counts")
    assert cells(shown) == [1, 2, 1]
    assert "\n[]\n" in shown
    assert "running" not in shown


def test_what_was_changed_at_the_prompt_goes_when_a_cell_runs_again(walk):
    shown = walk("4", "counts.append(9); mine = 1", "4", "mine", "counts")
    assert "NameError: name 'mine'" in shown
    assert "\n[1]\n" in shown


def test_a_cell_further_on_runs_those_before_it_silently(walk):
    shown = walk("5", "counts")
    assert cells(shown) == [1, 5]
    assert "(running 2 cells of code before this one)" in shown
    assert "counted" not in shown
    assert "[1, 2]" in shown


def test_a_text_further_on_runs_them_when_python_needs_them(walk):
    assert "counts)" not in walk("6")
    assert "[1, 2]" in walk("6", "counts")


@pytest.mark.parametrize("line, said", [("<", "This is the first cell."), ("0", "1 to 6"), ("7", "1 to 6")])
def test_where_there_is_no_cell(line, said, walk):
    shown = walk(line)
    assert said in shown
    assert cells(shown) == [1]


def test_the_pickle_of_a_class_survives_going_back(tmp_path):
    lesson = Lesson(tmp_path / "01_x.py")
    lesson.path.write_text("# %%\nimport pickle\n\n\nclass P:\n    pass\n\n# %%\npickle.loads(pickle.dumps(P()))\n")
    with playing(lesson) as names:
        walk = stepping.Walk(lesson, names)
        for number in (1, 2, 1, 2):
            walk.show(number)
        assert names["__name__"] == "__main__"


# Predictions, keys, pictures.


def test_a_prediction_stands_beside_its_answer(walk):
    shown = walk("3", "4", "")
    assert cells(shown) == [1, 3, 4, 5]
    answer = shown[shown.index("cell 4 of 6") : shown.index("cell 5 of 6")]
    assert re.search(r"counted 1\n-- what you predicted -+\n4\n", answer)
    assert "predicted" not in walk("3", "", "")


def test_a_prediction_is_kept_when_the_question_is_seen_again(walk):
    shown = walk("3", "two", "<", "")
    assert shown.count("-- what you predicted") == 2
    assert shown.count("\ntwo\n") == 2


def test_the_keys_are_one_line_and_helped(walk):
    assert max(map(len, [f"-- {KEYS}", f"-- {PREDICTION_KEYS}", *HELP.splitlines()])) <= 80
    shown = walk("?", "3", "?", "q")
    assert shown.count(HELP) == 2
    assert PREDICTION_KEYS in shown
    for key in ("Enter", "<", "5", "o", "?", "q"):
        assert re.search(rf"^{re.escape(key)} ", HELP, re.M)


DRAWING = "# %%\nimport numpy as np\nfrom scratchnet import picture, sketches\n\n"
DRAWING += "picture(sketches.arrays({'a': np.eye(3)}), 'what it shows')\n\n# %%\nx = 1\n"


@pytest.mark.parametrize("works", [True, False])
def test_the_last_picture_opens_when_asked_for(works, counting, walk, tmp_path, monkeypatch):
    monkeypatch.setenv("SCRATCHNET_FIGURES", str(tmp_path / "figures"))
    counting.path.write_text(DRAWING)
    opened = []
    shown = walk("", "o", view=lambda path: opened.append(path) or works)
    assert opened == [tmp_path / "figures" / "01_counting-1.png"] and opened[0].exists()
    assert ("No program here shows pictures. The file is" in shown) != works


def test_no_picture_opens_by_itself(counting, walk, tmp_path, monkeypatch):
    monkeypatch.setenv("SCRATCHNET_FIGURES", str(tmp_path / "figures"))
    counting.path.write_text(DRAWING)
    assert "No cell has drawn a picture" not in walk("", "", view=None)
    counting.path.write_text("# %%\nx = 1\n")
    del counting.__dict__["cells"], counting.__dict__["script"]
    assert "No cell has drawn a picture yet." in walk("o")


# Where one stopped.


def test_a_bookmark(counting, tmp_path):
    assert Bookmark(counting).cell == 1
    Bookmark(counting).move(3)
    assert Bookmark(counting).cell == 3
    Bookmark(counting, keeps=False).move(5)
    assert Bookmark(counting).cell == 3
    Bookmark(counting).move(1)
    assert Bookmark(counting).cell == 1
    assert list((tmp_path / "state").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"99", b"0", b"-2", b"three", b"\xff"])
def test_a_damaged_bookmark_is_the_first_cell(content, counting, tmp_path):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "counting.cell").write_bytes(content)
    assert Bookmark(counting).cell == 1


def test_a_folder_that_cannot_be_written_to_ends_no_lesson(counting, tmp_path, walk):
    (tmp_path / "state").write_text("a file")
    assert cells(walk("", "", bookmark=Bookmark(counting))) == [1, 2, 3]


@pytest.fixture
def run(counting, monkeypatch, capsys):
    """Run `lessons run 1` without a terminal; return its exit code and what it prints."""
    monkeypatch.setattr("scratchnet.lessons.scripts.folder", lambda: counting.path.parent)

    def command(*flags):
        code = cli.main(["lessons", "run", "1", *flags])
        return code, *capsys.readouterr()

    return command


def test_from_a_cell_and_from_where_one_stopped(run, counting):
    assert cells(run("--from", "4")[1]) == [4, 5, 6]
    assert "counted 1" in run("--from", "4")[1]
    Bookmark(counting).move(5)
    assert cells(run("--resume")[1]) == [5, 6]
    assert Bookmark(counting).cell == 5, "without a terminal nothing is remembered"
    assert cells(run()[1]) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    "flags, said",
    [
        (("--from", "0"), "Lesson 1 has cells 1 to 6, got --from 0."),
        (("--from", "7"), "Lesson 1 has cells 1 to 6, got --from 7."),
        (("--debug", "--from", "2"), "--debug begins at the first cell: leave out --from and --resume."),
        (("--debug", "--resume"), "--debug begins at the first cell: leave out --from and --resume."),
    ],
)
def test_a_wrong_place_to_begin(flags, said, run):
    assert run(*flags) == (2, "", f"scratchnet: {said}\n")


def test_the_end_names_the_exercises_and_the_next_lesson(run, counting):
    other = counting.path.with_name("02_more.py")
    other.write_text(COUNTING.replace("1. Counting", "2. More"))
    shown = run()[1]
    assert "python -m scratchnet lessons run 2        lesson 2. More" in shown
    from scratchnet.exercises.catalogue import EXERCISES

    mine = [exercise for exercise in EXERCISES if exercise.lesson == 1]
    assert mine
    assert all(f"exercise start {e.number:02}" in shown and f"exercise {e.number}, {e.name}" in shown for e in mine)
    other.unlink()
    assert "lessons run" not in run()[1], "there is none after the last one"


# On a terminal.

LITTLE = """import sys
from pathlib import Path
from scratchnet.lessons import scripts
scripts.folder = lambda: Path(sys.argv[1])
from scratchnet.cli import main
sys.exit(main(["lessons", "run", "1", *sys.argv[2:]]))
"""


def stopped(cell):
    where = f" --from {cell}" if cell > 1 else ""
    return f"Lesson 1 stopped at cell {cell} of 6. Go on: python -m scratchnet lessons run 1{where}\n"


@pytest.fixture
def terminal(counting, tmp_path):
    def run(*keys, flags=()):
        return typed(keys, LITTLE, str(counting.path.parent), *flags, cwd=tmp_path)

    return run


@POSIX
def test_on_a_terminal_to_the_end_and_again_from_where_one_stopped(terminal):
    shown, code = terminal("", "6 * 7", "", "my guess", "q")
    assert code == 0
    assert "\n42\n" in shown
    assert "With a/b you can count." in shown
    assert shown.endswith(stopped(4))
    shown, code = terminal("7", "", "len(counts)", "", "", "")
    assert "You stopped at cell 4 of 6." in shown
    assert "Type Enter, a number from 1 to 6, or q." in shown
    assert cells(shown) == [4, 5, 6]
    assert shown.count("next:") == 1
    assert code == 0
    shown, code = terminal("q")
    assert "You stopped" not in shown, "it was finished"


@POSIX
@pytest.mark.parametrize("before, cell", [((), 1), (("",), 2), (("3",), 3), (("", "if 1:"), 2)])
@pytest.mark.parametrize("key", [CTRL_C, CTRL_D])
def test_every_prompt_can_be_left(before, cell, key, terminal):
    """At a text, at code, at a prediction, in the middle of a statement."""
    shown, code = terminal(*before, key)
    assert shown.endswith(stopped(cell))
    assert "Traceback" not in shown
    assert code == (130 if key == CTRL_C else 0)


@POSIX
@pytest.mark.parametrize("key, code", [(CTRL_C, 130), (CTRL_D, 0), ("q", 0)])
def test_the_question_where_to_begin_can_be_left(key, code, terminal, counting):
    Bookmark(counting).move(3)
    shown, ended = terminal(key)
    assert ended == code
    assert shown.endswith(stopped(3))
    assert cells(shown) == []


@POSIX
def test_ctrl_c_stops_a_cell_and_what_was_typed(terminal, counting):
    shown, code = terminal("", "import time", "print('now'); time.sleep(60)", (rb"\nnow\r", CTRL_C), "6 * 7", "q")
    assert "Stopped.\n>>> " in shown and "\n42\n" in shown and code == 0
    Bookmark(counting).move(1)
    counting.path.write_text(COUNTING.replace('print("one")', "import time; print('now'); time.sleep(60)"))
    shown, code = terminal("", (rb"\nnow\r", CTRL_C))
    assert shown.endswith(stopped(2))
    assert "Traceback" not in shown
    assert code == 130
