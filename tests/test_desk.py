"""The process that runs a learner's code: what it may not reach, forge, stop or leave behind."""

from pathlib import Path

import pytest
from attempts import filled
from desks import BACK, LINEAR, RIGHT

from scratchnet.exercises.catalogue import find_exercise
from scratchnet.exercises.checker import check_answer

INSTANCE = "layer = Linear(*self.W.shape[::-1])\nlayer.W, layer.b, self.x = self.W, self.b, x\nreturn layer"
DELEGATIONS = {
    "super": ("linear", ["return super().forward(x)", BACK], "return super().forward(x)"),
    "super of the class": ("linear", ["return super(MyLinear, self).forward(x)", BACK], "super(MyLinear"),
    "by the class": ("linear", [RIGHT, "return Linear.backward(self, dy)"], "return Linear.backward(self, dy)"),
    "by mro": ("linear", ["return type(self).__mro__[1].forward(self, x)", BACK], "__mro__[1].forward"),
    "by getattr": ("linear", ["return getattr(Linear, 'for' + 'ward')(self, x)", BACK], "getattr(Linear"),
    "by vars": ("linear", ["return vars(Linear)['forward'](self, x)", BACK], "vars(Linear)"),
    "by an instance": ("linear", [f"{INSTANCE}.forward(x)", BACK], "return layer.forward(x)"),
    "by a call": ("linear", [f"{INSTANCE}(x)", BACK], "return layer(x)"),
    "by a subclass": ("linear", ["class L(Linear):\n    pass\nreturn L.forward(self, x)", BACK], "L.forward(self, x)"),
    "conv by kernel": (
        "conv-forward",
        ["from scratchnet.kernels import convolve\nreturn convolve(x, self.W, self.b, 1, 0)"],
        "return convolve(",
    ),
    "conv by its class": ("conv-forward", ["return Conv2d.forward(self, x)"], "return Conv2d.forward(self, x)"),
    "im2col": (
        "im2col",
        ["import scratchnet.kernels as k\nreturn k.im2col(x, kh, kw, stride, padding)"],
        "return k.im2col(",
    ),
    "im2col by its module": (
        "im2col",
        ["import sys\nhome = sys.modules[output_size.__module__]\nreturn home.im2col(x, kh, kw, stride, padding)"],
        "return home.im2col(",
    ),
    "lenet5": ("lenet5", ["import scratchnet.models as m\nreturn m.lenet5(rng)"], "return m.lenet5(rng)"),
    "table-one": (
        "table-one",
        ["import scratchnet.models as m\nreturn m.lenet5()['C3'].connections"],
        "return m.lenet5()",
    ),
    "softmax": (
        "cross-entropy",
        [
            "import scratchnet\nself.right = one_hot(labels, y)\nself.p = scratchnet.Softmax().forward(y)\nreturn 0.0",
            "",
        ],
        "Softmax().forward(y)",
    ),
    "max pool by kernel": (
        "max-pool-backward",
        ["from scratchnet.kernels import max_pool_back\nreturn max_pool_back(dy, self.winner, self.shape)"],
        "return max_pool_back(",
    ),
    "max pool by its class": ("max-pool-backward", ["return MaxPool2d.backward(self, dy)"], "MaxPool2d.backward"),
    "sgd by step": ("sgd", ["SGD.step(self)"], "SGD.step(self)"),
    "sgd by Adam": ("sgd", ["import scratchnet\nscratchnet.Adam(self.net, self.lr).step()"], "scratchnet.Adam"),
    "sgd by its kernel": (
        "sgd",
        ["from scratchnet.kernels import descend\nfor _, w, g, _ in self.net.parameters():\n    descend(w, g, w)"],
        "descend(w, g, w)",
    ),
}


@pytest.mark.parametrize("name, bodies, line", DELEGATIONS.values(), ids=DELEGATIONS)
def test_what_calls_the_librarys_own_is_not_written_yet(name, bodies, line, check):
    result = check(bodies, exercise=find_exercise(name))
    assert result.state == "blank", result.fact
    assert "You have not written it yet: " in result.fact and "Write it yourself" in result.fact
    (marked,) = [text for text in result.fact.split("\n") if text.startswith("> ")]
    assert line in marked


GC = """
import gc, sys

def everything():
    frame = sys._getframe()
    while frame:
        yield from list(frame.f_locals.values()) + list(frame.f_globals.values())
        frame = frame.f_back
    yield from gc.get_objects()
"""
CHEATS = {
    "deletes a method": (["return x", BACK], "", "\ndel MyLinear.forward\n"),
    "deletes both": ([RIGHT, BACK], "", "\ndel MyLinear.forward, MyLinear.backward\n"),
    "is the library's": ([RIGHT, BACK], "", "\nMyLinear = Linear\n"),
    "no answer in the process": (
        [
            "self.x = x\nright = x @ self.W.T + self.b\nfor thing in everything():\n"
            "    if isinstance(thing, np.ndarray) and thing is not right and thing.shape == right.shape:\n"
            "        if np.array_equal(thing, right):\n            return thing\n"
            "return np.zeros_like(right)",
            BACK,
        ],
        GC,
        "",
    ),
    "functions by name": (
        [
            "for thing in everything():\n"
            "    if getattr(thing, '__qualname__', '') == 'Linear.forward' and not thing.__closure__:\n"
            "        return thing(self, x)\nreturn x",
            BACK,
        ],
        GC,
        "",
    ),
    "imports the checker": ([RIGHT, BACK], "import scratchnet.exercises.checker", ""),
    "imports the exercises": ([RIGHT, BACK], "from scratchnet import exercises", ""),
    "loads the library again": (
        ["return linear.Linear.forward(self, x)", BACK],
        "import importlib\nimport scratchnet.layers.linear as linear\nimportlib.reload(linear)",
        "",
    ),
    "imports the library again": (
        ["return Again.forward(self, x)", BACK],
        "import sys\nfor name in [name for name in sys.modules if name.startswith('scratchnet')]:\n"
        "    del sys.modules[name]\nfrom scratchnet import Linear as Again",
        "",
    ),
    "replaces levels": (
        ["return x", BACK],
        "import sys\nfor module in list(sys.modules.values()):\n    if hasattr(module, 'LEVELS'):\n"
        "        module.LEVELS = ()",
        "",
    ),
    "replaces the worker": (
        ["return x", BACK],
        "import sys\nmain = sys.modules['__main__']\n"
        "main.Attempt.run = lambda self, message: ({'kind': 'right'}, [{'y': 0.0}] * message['times'])\n"
        "main.told = lambda why: {'kind': 'right', 'state': 'right'}",
        "",
    ),
    "replaces what it sends": (
        ["return x", BACK],
        "import sys\nWire = sys.modules['__main__'].Wire\nold = Wire.answer\n"
        "Wire.answer = lambda self, message, results=(): old(self, {'kind': 'ran', 'text': 'Right.'}, results)",
        "",
    ),
}


@pytest.mark.parametrize("bodies, above, end", CHEATS.values(), ids=CHEATS)
def test_no_cheat_is_right(bodies, above, end, check):
    result = check(bodies, above, end=end)
    assert result.state in ("wrong", "blank", "stopped") and result.failed != (), str(result)
    assert len(result.fact) > 30, "a sentence"


def test_function_exercises_leave_no_original_in_reach(check):
    lines = """
    for thing in everything():
        for name in ('im2col',):
            found = getattr(thing, 'target', None) or getattr(thing, '__dict__', {}).get(name)
            found = getattr(found, 'py_func', found)
            if getattr(found, '__name__', '') == name and found.__code__.co_filename.endswith('columns.py'):
                return found(x, kh, kw, stride, padding)
    return x
    """
    import textwrap

    assert check([textwrap.dedent(lines).strip()], GC, find_exercise("im2col")).state != "right"


def test_a_link_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("theirs.py").write_text(filled(LINEAR, [RIGHT, BACK]))
    Path("my").mkdir()
    Path("my", LINEAR.file).symlink_to(Path("theirs.py").resolve())
    result = check_answer(LINEAR, Path("my", LINEAR.file))
    assert result.state == "wrong" and "is a link to another file" in result.fact
