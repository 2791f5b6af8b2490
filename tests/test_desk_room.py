"""A closed room: what a learner's code cannot reach."""

import socket
import subprocess
import sys

import pytest
from attempts import filled
from desks import BACK, LINEAR, LINUX, STAYS, checking, left_over, wait_until

from scratchnet.exercises.desk import Desk


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """(Desk, the folder of a class that it hides) where there are closed rooms."""
    folder = tmp_path_factory.mktemp("class")
    (folder / "secret.txt").write_text("the secret")
    with Desk(strict=True, hidden=[str(folder)]) as found:
        found.start()
        if found.no_room:
            pytest.skip(f"there is no closed room here: {found.no_room}")
        yield found, folder


def test_another_students_file_cannot_be_read(room):
    desk, folder = room
    result = checking(desk)([f"raise ValueError(open({str(folder / 'secret.txt')!r}).read())", BACK])
    assert "FileNotFoundError" in result.fact and "the secret" not in result.fact


def test_no_named_file_can_be_written(room, tmp_path):
    desk, folder = room
    for place in (folder, tmp_path):
        result = checking(desk)([f"open({str(place / 'written.txt')!r}, 'w')\nreturn x", BACK])
        assert result.state == "wrong"
        assert not (place / "written.txt").exists()
    assert "Read-only file system" in result.fact


def test_there_is_no_network(room):
    desk, _ = room
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        result = checking(desk)([f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)", BACK])
    assert "OSError" in result.fact or "ConnectionRefusedError" in result.fact


def test_a_socket_in_a_folder_of_the_system_cannot_be_reached(room):
    desk, _ = room
    result = checking(desk)(["import os\nraise ValueError(os.listdir('/run'))", BACK])
    assert "ValueError: []" in result.fact


def test_no_other_process_can_be_seen(room):
    desk, _ = room
    lines = "import os\nraise ValueError(sum(name.isdigit() for name in os.listdir('/proc')))"
    assert "ValueError: 2" in checking(desk)([lines, BACK]).fact


@LINUX
@pytest.mark.planted
def test_when_the_process_is_killed_nothing_stays_in_the_room(room):
    program = """
import sys
from scratchnet.exercises.desk import Desk
from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer
files = {"ex02_linear.py": sys.stdin.buffer.read()}
check_answer(find_exercise("linear"), "ex02_linear.py", 0, Desk(strict=True), files)
"""
    lines = f"{STAYS})\ntime.sleep(90)"
    checker = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE)
    checker.stdin.write(filled(LINEAR, [lines, BACK]).encode())
    checker.stdin.close()
    wait_until(left_over)
    checker.kill()
    checker.wait()
    wait_until(lambda: not left_over())
