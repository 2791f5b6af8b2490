"""The prompt after each cell of a lesson: a key, a prediction, or Python in the lesson's names."""

import contextlib
import sys
import traceback
from code import InteractiveInterpreter

KEYS = "Enter: next  <: back  5: to cell 5  o: picture  ?: help  q: stop  or Python"
PREDICTION_KEYS = "your prediction, then Enter; nobody judges it  <: back  ?: help  q: stop"
HELP = """\
Enter          shows the next cell
<              goes back to the cell before
5              goes to cell 5
o              opens the last picture
?              shows these keys
q              stops the lesson; Ctrl-D and Ctrl-C stop it too
W.shape        or any other Python is run with the names of the lesson

Going back shows a cell again, with all names as they are. When a cell of code
then runs again, those before it do so first, from cell 1 on, and print nothing:
what you changed at the prompt is gone. Where an answer follows, all that you
type is your prediction, also a number."""
LEAVE = object()


class Prompt(InteractiveInterpreter):
    """Ask what to do after a cell. walk: the way through the lesson; view(path): opens a picture, returns if it could.

    An error of what is typed is printed in one line. Ctrl-C while it runs stops it alone.
    """

    def __init__(self, walk, view=None):
        super().__init__(walk.names)
        self.walk, self.view, self.last = walk, view, len(walk.lesson.cells)
        with contextlib.suppress(ImportError):  # the arrow keys, where Python has it
            import readline  # noqa: F401

    def after(self, number):
        """Return the number of the cell to show next, or None to stop. One more than the last is the end."""
        predicts = self.walk.lesson.cells[number - 1].predicts
        print(f"\n-- {PREDICTION_KEYS if predicts else KEYS}")
        try:
            while (after := self.answer(ask(predicts), number, predicts)) is None:
                pass
        except (EOFError, SystemExit) as why:  # exit() was typed
            print(end="\n" if isinstance(why, EOFError) else "")
            after = LEAVE
        return None if after is LEAVE else after

    def answer(self, typed, number, predicts):
        """Do what is typed. Return the cell to go to, LEAVE, or None to ask again."""
        if typed == "q":
            return LEAVE
        if typed == "<":
            return number - 1 or print("This is the first cell.")
        if typed in ("?", "o"):
            return print(HELP) if typed == "?" else self.open_picture()
        if predicts:
            self.walk.predict(number, typed)
            return number + 1
        if not typed:
            return number + 1
        if typed.isdecimal():
            return int(typed) if 1 <= int(typed) <= self.last else print(f"The cells are 1 to {self.last}.")
        return self.run(typed, number)

    def run(self, typed, number):
        """Run a statement, or print the value of an expression. It may take more lines: an empty one ends it."""
        self.walk.run_up_to(number)
        while self.runsource(typed, "<typed>"):
            typed += "\n" + input("... ")

    def open_picture(self):
        path = self.walk.names.get("_picture")
        if not path:
            print("No cell has drawn a picture yet.")
        elif not (self.view and self.view(path)):
            print(f"No program here shows pictures. The file is {path.resolve()}")

    def showtraceback(self):
        say_in_a_line(sys.exc_info()[1])

    def showsyntaxerror(self, filename=None, **_):
        say_in_a_line(sys.exc_info()[1])


def ask(predicts):
    return input("your prediction: " if predicts else ">>> ").strip()


def say_in_a_line(why):
    print("Stopped." if interrupted(why) else " ".join(traceback.format_exception_only(why)[-1].split()))


def interrupted(why):
    """Return whether an error is Ctrl-C; compiled code makes a SystemError of it."""
    return isinstance(why.__cause__ or why, KeyboardInterrupt)


def where_to_begin(cell, last):
    """Ask whether to go on where one stopped. Return the number of a cell, or None to stop."""
    print(f"You stopped at cell {cell} of {last}.   Enter: go on there   1: from the first cell   q: stop")
    while True:
        try:
            typed = ask(False)
        except EOFError:
            print()
            return None
        if typed == "q":
            return None
        if not typed:
            return cell
        if typed.isdecimal() and 1 <= int(typed) <= last:
            return int(typed)
        print(f"Type Enter, a number from 1 to {last}, or q.")
