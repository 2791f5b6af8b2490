"""The environment's failures are no grade; systems that hand on no sockets, or make no children."""

import pytest
from answers import ANSWERS
from attempts import filled
from desks import BACK, LINEAR, LINUX, RIGHT, STAYS, checking, graded, left_over

from scratchnet.exercises import bags
from scratchnet.exercises import desk as desks
from scratchnet.exercises import grade as grading
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.desk import Desk, NoDesk
from scratchnet.exercises.syllabus import Syllabus


def test_no_space_for_a_folder_is_no_grade(tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(desks.tempfile, "mkdtemp", full)
    grade = graded(tmp_path)
    assert (grade.state, grade.points) == ("ungraded", None)
    assert grade.fact == "There is no folder for the files: No space left on device."


def test_a_python_that_cannot_be_started_is_no_grade(tmp_path, monkeypatch):
    monkeypatch.setattr(desks.sys, "executable", str(tmp_path / "python"))
    grade = graded(tmp_path)
    assert (grade.state, grade.points) == ("ungraded", None)
    assert "cannot be started: " in grade.fact and "No such file" in grade.fact


def test_a_process_that_does_not_come_up_is_no_grade(tmp_path, monkeypatch):
    broken = tmp_path / "broken" / "numpy"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('damaged')")
    monkeypatch.setattr(desks, "ROOT", tmp_path / "broken")
    grade = graded(tmp_path)
    assert (grade.state, grade.points) == ("ungraded", None)
    assert "cannot be started: " in grade.fact


@LINUX
def test_a_file_system_that_is_full_in_the_process_is_no_grade(tmp_path, monkeypatch):
    monkeypatch.setattr(desks.tempfile, "mkdtemp", lambda **_: str(tmp_path / "not there"))
    monkeypatch.setattr(desks.shutil, "rmtree", lambda *_, **__: None)
    with Desk(strict=True) as found, pytest.raises(NoDesk, match="No such file"):
        checking(found)()


@pytest.mark.planted
def test_a_process_that_died_between_two_checks_is_started_again():
    with Desk(strict=True) as found:
        assert checking(found)().state == "right"
        found.process.kill()
        assert checking(found)().state == "right"


@pytest.mark.planted
def test_a_damaged_cache_is_no_wrong_answer(tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(cache))
    exercise = find_exercise("subsampling")
    for damaged in (False, True):
        for path in cache.rglob("*.nb?") if damaged else ():
            path.write_bytes(b"\x80\x04garbage" * 50)
        with Desk(strict=True, warm=["subsampling", "linear"]) as found:
            assert checking(found)(ANSWERS["subsampling"], exercise=exercise).state == "right"


def test_a_link_to_the_file_of_another_is_not_graded(tmp_path):
    grading_of = tmp_path / "class"
    (grading_of / "other").mkdir(parents=True)
    (grading_of / "other" / LINEAR.file).write_text(filled(LINEAR, [RIGHT, BACK]))
    (grading_of / "student").mkdir()
    (grading_of / "student" / LINEAR.file).symlink_to(grading_of / "other" / LINEAR.file)
    grades = {grade.student: grade for grade in grading.grade(grading_of, Syllabus(points={"linear": 2}))}
    assert grades["other"].state == "right"
    assert grades["student"].state == "missing" and "is a link" in " ".join(grades["student"].notes)


def test_files_that_are_too_large_are_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(bags, "ONE_FILE", 2**10)
    grade = graded(tmp_path, [RIGHT + "# " + "x" * 2**10, BACK])
    assert grade.state == "missing" and "it has more than" in " ".join(grade.notes)


def test_once_for_each_check(monkeypatch):
    monkeypatch.setattr(desks, "INHERITED", False)
    with Desk(strict=True, fork=False) as found:
        check = checking(found)
        assert check().state == "right"
        assert check([RIGHT, BACK.replace("dy.sum", "dy.mean")]).state == "wrong"
        assert found.no_room == "not on this system"


@pytest.mark.planted
@pytest.mark.parametrize("inherited", [True, False])
def test_every_state_once(inherited, monkeypatch):
    monkeypatch.setattr(desks, "INHERITED", inherited)
    with Desk(strict=True, fork=False) as found:
        check = checking(found)
        assert check(["", ""]).state == "blank"
        assert check(["return super().forward(x)", BACK]).state == "blank"
        result = check(["import os\nos._exit(3)", BACK])
        assert (result.state, "The process ended before" in result.fact) == ("stopped", True)
        assert "signal 9" in check(["import os\nos.kill(os.getpid(), 9)", BACK]).fact
        assert "endless loop" in check(["while True:\n    pass", BACK], seconds=1).fact
        assert check([f"{STAYS})\nreturn x", BACK]).state == "wrong"
        assert check().state == "right" and not left_over()
    with Desk(fork=False) as found:
        assert checking(found)().state == "right"
