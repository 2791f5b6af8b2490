"""Prints, the debugger and Ctrl-C on the Desk."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from attempts import filled
from desks import BACK, LINEAR, LINUX, RIGHT, STAYS, graded, left_over, wait_until

import scratchnet


def test_prints_are_of_the_small_case_and_twenty_lines_at_most(check):
    result = check([f"for n in range(600):\n    print(n, x.shape)\n{RIGHT.replace('@', '*')}", BACK], "print('above')")
    assert result.printed.startswith("0 (") and "above" not in result.printed
    text = str(result).split("Your code printed, in the small case:\n")[1].split("\n")
    assert text[19].startswith("  19 (") and text[20].startswith("  ... and ")
    (case,) = {line.partition(" ")[2] for line in text[:20] if line.startswith("  ") for line in [line.strip()]}
    assert case.startswith("(")


def test_control_characters_do_not_reach_the_screen(check):
    result = check(["print('\\x1b[2J \\ud800')\nraise ValueError('\\x1b[2J \\ud800')", BACK])
    assert "\x1b" not in str(result)
    str(result).encode()


def command(tmp_path, bodies, typed="", **options):
    (tmp_path / "my").mkdir()
    (tmp_path / "my" / LINEAR.file).write_text(filled(LINEAR, bodies))
    words = [sys.executable, "-m", "scratchnet", "exercise", "check", "2"]
    environment = os.environ | {"PYTHONPATH": str(Path(scratchnet.__file__).parents[1])}
    streams = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen(words, cwd=tmp_path, env=environment, text=True, **streams, **options)


@pytest.mark.planted
def test_the_debugger_can_be_left(tmp_path):
    out, err = command(tmp_path, [f"breakpoint()\n{RIGHT}", BACK]).communicate("q\n", 60)
    assert "You left the debugger, so the check ends here." in out and "Traceback" not in out + err


def test_the_debugger_shows_values_and_goes_on(tmp_path):
    bodies = [f"if not hasattr(np, 'seen'):\n    np.seen = True\n    breakpoint()\n{RIGHT}", BACK]
    out, err = command(tmp_path, bodies).communicate("p x.shape\nc\n", 60)
    assert "(Pdb) (2, 3)" in out and "Right." in out and "Traceback" not in out + err


@pytest.mark.planted
def test_the_time_limit_does_not_run_in_the_debugger(tmp_path):
    path = tmp_path / LINEAR.file
    path.write_text(
        filled(LINEAR, [f"if not hasattr(np, 'seen'):\n    np.seen = True\n    breakpoint()\n{RIGHT}", BACK])
    )
    program = f"""
from dataclasses import replace
from scratchnet.exercises import desk
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer
desk.GRACE = 2
print(check_answer(replace(find_exercise("linear"), seconds=2), {str(path)!r}).state)
"""
    words = [sys.executable, "-c", program]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    time.sleep(9)
    out, _ = process.communicate("p x.shape\nc\n", 60)
    assert "--KeyboardInterrupt--" not in out and out.endswith("right\n")


@LINUX
@pytest.mark.planted
def test_ctrl_c_ends_an_endless_loop_and_all_processes(tmp_path):
    lines = f"{STAYS}, stderr=subprocess.DEVNULL)\nwhile True:\n    pass"
    process = command(tmp_path, [lines, BACK], start_new_session=True)
    wait_until(left_over, 30)
    start = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert time.monotonic() - start < 3 and process.returncode == 130, err
    assert "Traceback" not in err
    wait_until(lambda: not left_over())


@pytest.mark.planted
def test_a_student_who_raises_keyboardinterrupt_is_wrong(tmp_path):
    grade = graded(tmp_path, ["raise KeyboardInterrupt", BACK])
    assert (grade.state, grade.points) == ("wrong", 0) and "raises KeyboardInterrupt" in grade.fact


@pytest.mark.planted
def test_a_stopped_exercise_has_a_place_in_the_lists(tmp_path, monkeypatch, said):
    monkeypatch.chdir(tmp_path)
    Path("my").mkdir()
    Path("my", LINEAR.file).write_text(filled(LINEAR, ["import os\nos._exit(0)", BACK]))
    assert said()[0] == 0 and "not right yet" in said("check", "--all")[1]


def test_errors_that_only_the_compiler_finds_show_the_line(check):
    result = check(end="\nreturn 5\n")
    assert result.state == "wrong" and "> " in result.fact and "return 5" in result.fact
    assert "'return' outside function" in result.fact


def test_a_check_takes_no_longer_than_its_limit(check):
    start = time.monotonic()
    result = check([RIGHT, "while True:\n    pass"], seconds=1)
    assert time.monotonic() - start < 8 and "took more than 1 s" in result.fact
    assert replace(LINEAR, seconds=1).seconds == 1


COMPILES = """
import numpy as np
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.kinds import layer_of
from scratchnet.exercises.worker import warm
from scratchnet.kernels import im2col
warm("conv-forward")
loaded = set(im2col.signatures)
exercise = find_exercise("conv-forward")
for which in ("tiny", "draw", "real", "odd"):
    for dtype in (np.float64, np.float32):
        found = getattr(exercise, which)(np.random.default_rng(1), dtype)
        for case in found if isinstance(found, list) else [found]:
            conv = layer_of(exercise.target, case)
            im2col(case.arrays["x"], *conv.kernel_size, conv.stride, conv.padding)
assert set(im2col.signatures) == loaded, set(im2col.signatures) - loaded
"""


@pytest.mark.planted
def test_no_check_of_a_convolution_compiles_its_kernel():
    run = subprocess.run([sys.executable, "-c", COMPILES], capture_output=True, text=True, timeout=170)
    assert run.returncode == 0, run.stderr
