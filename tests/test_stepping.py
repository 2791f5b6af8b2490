"""A lesson cell by cell: on a terminal, in a pipe, in the debugger, and what a failing cell shows."""

import re
import subprocess
import sys

import pytest
from scripts import script

from scratchnet import cli
from scratchnet.errors import InputError
from scratchnet.lessons import stepping
from scratchnet.lessons.scripts import (
    CellError,
    Lesson,
    all_lessons,
    cut,
    execute,
    find_lesson,
    playing,
)
from scratchnet.viewing.show import ROOT

LESSONS = all_lessons()


# As cells.


def test_cut():
    script = "ignored\n# %% [markdown]\n# # Title\n#\n# text\n\n# %%\n\nx = 1\n\n\n# %%\ny = 2  # comment\n"
    cells = cut(script)
    assert [(cell.text, cell.source, cell.line) for cell in cells] == [
        (True, "# Title\n\ntext", 3),
        (False, "x = 1", 9),
        (False, "y = 2  # comment", 13),
    ]


def test_marks_that_editors_take_and_those_that_they_do_not():
    cells = cut("#%%\nx = 1\n# %%time\ny = '\x0c \u2028'\n# %% [md]\n# text\n# %% a title\nz = 2\n")
    assert [(cell.text, cell.source, cell.line) for cell in cells] == [
        (False, "x = 1\n# %%time\ny = '\x0c \u2028'", 2),
        (True, "text", 6),
        (False, "z = 2", 8),
    ]


def test_a_byte_order_mark_and_an_answer_below_the_exercise(little):
    little.path.write_text("\ufeff" + LITTLE + "\n# %%\nmine = 1\n", "utf-8")
    again = Lesson(little.path)
    assert again.title == "1. A little lesson" and again.exercise == ("little", "Write it.")


@pytest.mark.parametrize("content, word", [(b"x = 1\n", "has no cells"), (b"# %%\n\xff\n", "not text in UTF-8")])
@pytest.mark.parametrize("command", [[], ["run", "1"]])
def test_a_file_that_is_no_lesson_is_named(content, word, command, little, monkeypatch, capsys):
    little.path.write_bytes(content)
    monkeypatch.setattr("scratchnet.lessons.scripts.folder", lambda: little.path.parent)
    assert cli.main(["lessons", *command]) == 2
    said = capsys.readouterr().err
    assert word in said
    assert "01_little.py" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("word", ["7", "07", "im2col", "07_im2col", "07_im2col.py", "lessons/07_im2col.py"])
def test_a_lesson_is_found_by_number_and_name(word):
    assert find_lesson(word).name == "im2col"


@pytest.mark.parametrize("word", ["99", "26", "im2cl", "", "99_im2col"])
def test_an_unknown_lesson_lists_them_all(word, capsys):
    assert cli.main(["lessons", "run", word]) == 2
    said = capsys.readouterr().err
    assert f"no lesson {word!r}" in said and all(lesson.name in said for lesson in LESSONS)
    assert ("Did you mean 'im2col'" in said) == (word in ("im2cl", "99_im2col"))


def test_lessons_are_listed(capsys):
    assert cli.main(["lessons"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for lesson, line in zip(LESSONS, lines):
        assert line.startswith(f"{lesson.number:4}  {lesson.name}")
        assert len(line) < 110
        assert line.isascii()


def test_where_there_are_no_lessons(monkeypatch, tmp_path):
    from scratchnet.lessons import scripts as module

    monkeypatch.setattr(module, "ROOT", tmp_path)
    with pytest.raises(InputError, match=r"Expected the lessons in .*lessons, found none\. Install scratchnet again"):
        all_lessons()


LITTLE = """# %% [markdown]
# # 1. A little lesson
#
# After this lesson you can count.

# %%
import numpy as np

x = np.zeros((2, 3), np.float32)
name = "a text"


def broken(a):
    return a / zero


print("printed")

# %% [markdown]
# **Predict.** What now?

# %%
zero = 0
y = broken(1)
print("not reached")

# %% [markdown]
# ## Exercise: little
#
# Write it.
"""


@pytest.fixture
def little(tmp_path):
    path = tmp_path / "01_little.py"
    path.write_text(LITTLE)
    return Lesson(path)


def test_stepping_shows_text_code_output_and_what_was_made(tmp_path, capsys):
    path = tmp_path / "01_little.py"
    path.write_text(LITTLE.replace("zero = 0", "zero = 2").replace('print("not reached")', ""))
    stepping.step(Lesson(path), pause=False)
    said = capsys.readouterr().out
    wanted = [
        "lesson 1, cell 1 of 5",
        "# 1. A little lesson",
        "   7 | import numpy as np",
        "what it prints",
        "\nprinted\n",
        "what it made",
        "x = array (2, 3) float32",
        "name = 'a text'",
        "**Predict.**",
        "y = 0.5",
        "end of lesson 1",
    ]
    places = [said.index(text) for text in wanted]
    assert places == sorted(places)
    assert "broken =" not in said
    assert "np =" not in said
    assert "Enter" not in said
    assert said.count("what it prints") == 1, "no heading where nothing is printed"


def test_stepping_pauses_and_stops(tmp_path, capsys, monkeypatch):
    path = tmp_path / "01_little.py"
    path.write_text(LITTLE.replace("zero = 0", "zero = 2"))
    asked, answers = [], iter(["", "", "four", "q"])

    def answer(question):
        asked.append(question)
        return next(answers)

    monkeypatch.setattr("builtins.input", answer)
    stepping.step(Lesson(path), pause=True)
    said = capsys.readouterr().out
    assert len(asked) == 4
    assert "your prediction" in asked[2]
    assert "q: stop" in said
    assert "not reached" in said and "## Exercise" not in said, "stopped before the last cell"


def test_the_end_of_the_input_stops(little, capsys, monkeypatch):
    def end(question):
        raise EOFError

    monkeypatch.setattr("builtins.input", end)
    stepping.step(little, pause=True)
    assert "cell 2" not in capsys.readouterr().out


def test_nothing_pauses_in_a_pipe(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "scratchnet", "lessons", "run", "3"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    assert "Enter" not in run.stdout, run.stderr
    assert "end of lesson 3" in run.stdout, run.stderr


def test_an_exception_shows_the_learners_cell(little, capsys):
    with playing(little) as names, pytest.raises(CellError) as caught:
        execute(little, 2, names)
        execute(little, 4, names)
    said = str(caught.value)
    assert "cell 4 of lesson 1 failed" in said and "ZeroDivisionError: division by zero" in said
    assert ">   24 | y = broken(1)" in said.splitlines() and "    23 | zero = 0" in said
    assert "course.py" not in said
    assert "Traceback" not in said
    assert "exec(" not in said
    assert "01_little.py" in said


def test_an_exception_of_the_library_says_where(tmp_path):
    path = tmp_path / "01_x.py"
    path.write_text("# %%\nimport numpy as np\nfrom scratchnet import Linear\n\nLinear(2, 3)(np.zeros((1, 5)))\n")
    with playing(Lesson(path)) as names, pytest.raises(CellError) as caught:
        execute(Lesson(path), 1, names)
    assert "expects (N, 2)" in str(caught.value) and "raised in scratchnet/layers/expect.py" in str(caught.value)
    assert ">    5 | Linear(2, 3)(np.zeros((1, 5)))" in str(caught.value).splitlines()


def test_a_syntax_error_shows_its_line(tmp_path):
    path = tmp_path / "01_x.py"
    path.write_text("# %%\nx = 1\n\n# %%\ny = (2\nz = 3\n")
    with playing(Lesson(path)) as names, pytest.raises(CellError) as caught:
        execute(Lesson(path), 2, names)
    assert "cell 2" in str(caught.value) and "SyntaxError: '(' was never closed" in str(caught.value)
    assert ">    5 | y = (2" in str(caught.value).splitlines()


def cell_error(tmp_path, code):
    """What a learner sees of a lesson that is this code."""
    lesson = Lesson(tmp_path / "01_x.py")
    lesson.path.write_text(f"# %%\n{code}\n")
    with playing(lesson) as names, pytest.raises(CellError) as caught:
        execute(lesson, 1, names)
    return str(caught.value)


def test_a_syntax_error_elsewhere_is_not_the_lessons(tmp_path):
    said = cell_error(tmp_path, "x = 1\neval('1 +')")
    assert ">    3 | eval('1 +')" in said.splitlines()
    assert "in line 3 of" in said
    assert "SyntaxError" in said
    (tmp_path / "broken_module.py").write_text("\n\n\ndef f(:\n")
    said = cell_error(tmp_path, f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\nimport broken_module")
    assert ">    4 | import broken_module" in said.splitlines()


def test_an_error_has_pythons_own_name(tmp_path):
    assert "IndentationError: unexpected indent" in cell_error(tmp_path, "x = 1\n  y = 2")


def test_an_error_that_cannot_be_printed(tmp_path):
    said = cell_error(tmp_path, "class E(Exception):\n    def __str__(self):\n        return 1 / 0\n\nraise E")
    assert "cell 1 of lesson 1 failed" in said and ">    6 | raise E" in said.splitlines()


def test_a_cell_is_of_the_module_main(tmp_path):
    lesson = Lesson(tmp_path / "01_x.py")
    lesson.path.write_text(
        "# %%\nimport pickle\nfrom dataclasses import dataclass\n\n@dataclass\nclass P:\n    n: int\n\n"
        "# %%\nassert pickle.loads(pickle.dumps(P(7))) == P(7) and __name__ == '__main__'\n"
    )
    before = sys.modules["__main__"]
    with playing(lesson) as names:
        execute(lesson, 1, names)
        execute(lesson, 2, names)
    assert sys.modules["__main__"] is before


@pytest.mark.parametrize(
    "code, said", [("exit()", "stops"), ("sys.exit(0)", "stops"), ("sys.exit('why')", "stops: why")]
)
def test_exit_stops_a_lesson(code, said, tmp_path, capsys, monkeypatch):
    (tmp_path / "01_x.py").write_text(f"# %%\nimport sys\n{code}\n")
    monkeypatch.setattr("scratchnet.lessons.scripts.folder", lambda: tmp_path)
    assert cli.main(["lessons", "run", "1"]) == 1
    assert capsys.readouterr().err == f"scratchnet: lesson 1 {said}\n"


def test_the_exit_code_of_a_failed_cell_is_1(little, capsys, monkeypatch):
    monkeypatch.setattr("scratchnet.lessons.scripts.folder", lambda: little.path.parent)
    assert cli.main(["lessons", "run", "1"]) == 1
    said = capsys.readouterr()
    assert "printed" in said.out and said.err.startswith("scratchnet: cell 4 of lesson 1 failed")


def test_a_missing_torch_is_said_in_a_line(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert cli.main(["lessons", "run", "22"]) == 1
    said = capsys.readouterr().err
    assert said == "scratchnet: lesson 22 stops: this lesson needs PyTorch. Install it: pip install torch\n"


def pdb(lesson, *keys, cwd):
    return subprocess.run(
        [sys.executable, "-m", "scratchnet", "lessons", "run", lesson, "--debug"],
        input="".join(f"{key}\n" for key in keys),
        capture_output=True,
        text=True,
        cwd=cwd,
        timeout=120,
    )


def test_debug_stops_at_the_first_cell_and_steps_into_a_kernel(tmp_path):
    script = find_lesson("7").path
    call = next(i for i, line in enumerate(script.read_text("utf-8").splitlines(), 1) if "(im2col(digits, 5" in line)
    run = pdb("7", "w", f"b {script}:{call}", "c", "s", "n", "n", "p kh * kw", "q", cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert re.search(r"07_im2col\.py\(\d+\)<module>\(\)\n-> import time", run.stdout)
    assert re.search(r"kernels/convolution\.py\(\d+\)im2col\(\)", run.stdout) and "(Pdb) 25" in run.stdout


def test_pdbs_run_begins_again(tmp_path):
    run = pdb("3", "n", "run", "q", cwd=tmp_path)
    assert run.returncode == 0
    assert run.stdout.count("-> import numpy as np") == 2
    assert "The lesson starts again" in run.stdout


def test_debug_shows_a_mistake_without_the_debuggers_lines(little, monkeypatch, capsys):
    monkeypatch.setattr("scratchnet.lessons.scripts.folder", lambda: little.path.parent)
    monkeypatch.setattr("sys.stdin", iter(()))
    monkeypatch.setattr(stepping.pdb.Pdb, "run", lambda self, code, names: exec(code, names))
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "0")
    assert cli.main(["lessons", "run", "1", "--debug"]) == 1
    said = capsys.readouterr().err
    assert "failed, in line 24" in said
    assert ">   24 | y = broken(1)" in said.splitlines()
    assert "bdb" not in said


@pytest.mark.lesson
def test_a_lesson_breaks_when_the_library_changes_under_it(tmp_path):
    """Linear.backward renamed in a copy: lesson 3 fails, and says so."""
    import shutil

    shutil.copytree(ROOT / "scratchnet", tmp_path / "scratchnet", ignore=shutil.ignore_patterns("__pycache__"))
    path = tmp_path / "scratchnet" / "layers" / "linear.py"
    path.write_text(path.read_text("utf-8").replace("def backward(", "def back("), "utf-8")
    run = script(find_lesson("3"), tmp_path, PYTHONPATH=str(tmp_path))
    assert run.returncode == 1
    assert "AttributeError" in run.stderr
    assert "backward" in run.stderr
