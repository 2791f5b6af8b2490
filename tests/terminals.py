"""A command on a pseudo-terminal, with keys typed at its prompts; and the stream of a page in a browser."""

import io
import os
import re
import select
import sys
import time

from scripts import environment

CTRL_C, CTRL_D = b"\x03", b"\x04"
PROMPT = re.compile(rb"(>>> |prediction: |\.\.\. )$")


def typed(keys, code, *arguments, cwd, seconds=60, **more):
    """Run Python code on a terminal; return what it shows, and its exit code. A key is a line, or bytes as they are.

    Each is typed when a prompt is waiting, or, in a pair (text, key), when this text has been shown.
    """
    import pty

    child, terminal = pty.fork()
    if child == 0:
        os.chdir(cwd)
        os.execve(sys.executable, [sys.executable, "-c", code, *arguments], environment(TERM="dumb", **more))
    shown, keys, before, end = b"", list(keys), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 65536)
            except OSError:  # the end, on Linux
                break
        waits_for, key = keys[0] if keys and isinstance(keys[0], tuple) else (PROMPT, keys[0] if keys else b"")
        if keys and re.search(waits_for, shown[before:]):
            before = len(shown)
            time.sleep(0.1)  # Python loses a Ctrl-C between the prompt and its wait for a line
            os.write(terminal, key if isinstance(key, bytes) else f"{key}\n".encode())
            keys.pop(0)
    else:
        os.kill(child, 9)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    assert not keys, f"never asked for {keys}: {shown.decode()}"
    return shown.decode().replace("\r\n", "\n"), code


class LiteStream:
    """As the stream of a cell in JupyterLite: it has these four and no more, so neither `closed` nor `fileno`."""

    encoding, __module__ = "utf-8", "pyodide_kernel.display"

    def __init__(self):
        text = io.StringIO()
        self.getvalue = text.getvalue
        self.print = text.write

    def write(self, text):
        self.print(text)  # the number of letters is not returned

    def flush(self):
        pass

    def isatty(self):
        return False
