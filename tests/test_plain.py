"""Without Numba: the kernels in NumPy, and everything that lessons 0 to 13 need."""

import inspect
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from answers import ANSWERS
from attempts import filled
from hypothesis import given
from hypothesis import strategies as st
from plants import PLANTS
from scripts import environment, script, without_numba
from shapes import conv_cases

from scratchnet import InputError, kernels
from scratchnet.exercises.blank import blank_file
from scratchnet.exercises.catalogue import EXERCISES, find_exercise
from scratchnet.exercises.checker import check_answer
from scratchnet.exercises.desk import my_desk
from scratchnet.exercises.one_process import OneProcessDesk
from scratchnet.kernels import plain
from scratchnet.lessons.scripts import all_lessons
from scratchnet.viewing.show import underlying

TESTS = Path(__file__).parent
IN_NUMPY = [name for name in kernels.__all__ if hasattr(plain, name)]
SAID = (
    "scratchnet: using the readable path, because Numba is not installed. The fast path needs it: pip install numba.\n"
)
FIRST = [exercise for exercise in EXERCISES if exercise.lesson <= 13]

# The kernels.


@pytest.mark.parametrize("name", IN_NUMPY)
def test_a_kernel_in_numpy_is_called_like_the_loops(name):
    mine, theirs = (inspect.signature(underlying(getattr(module, name))).parameters for module in (plain, kernels))
    assert list(mine) == list(theirs)
    assert [p.default for p in mine.values()] == [p.default for p in theirs.values()]


def test_only_short_loops_and_those_of_later_lessons_have_no_kernel_in_numpy():
    assert set(kernels.__all__) - set(IN_NUMPY) == {"output_size", "paste", "tangent_distances", "warp"}


def same(mine, theirs, dtype):
    """Whether the results of two kernels agree, to rounding, in the dtype of their input."""
    mine, theirs = ([result] if isinstance(result, np.ndarray) else result for result in (mine, theirs))
    for got, expected in zip(mine, theirs, strict=True):
        assert got.dtype == expected.dtype and got.shape == expected.shape and got.flags.c_contiguous
        close = {"rtol": 1e-4, "atol": 1e-4} if dtype == np.float32 else {"rtol": 1e-12, "atol": 1e-12}
        np.testing.assert_allclose(got, expected, **close)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(conv_cases())
def test_a_convolution_in_numpy_is_that_of_the_loops(dtype, case):
    sizes = (*case.kernel_size, case.stride, case.padding)
    x, rng = case.x.astype(dtype), np.random.default_rng(1)
    X = plain.im2col(x, *sizes)
    assert np.array_equal(X, kernels.im2col(x, *sizes))
    c = rng.normal(size=X.shape).astype(dtype)
    same(plain.col2im(c, x.shape, *sizes), kernels.col2im(c, x.shape, *sizes), dtype)
    back = plain.col2im(c.astype(float), x.shape, *sizes)
    assert np.vdot(X, c) == pytest.approx(np.vdot(x, back), rel=1e-4, abs=1e-4)  # the adjoint
    W = rng.normal(size=(case.out_channels, x.shape[1], *case.kernel_size)).astype(dtype)
    b = rng.normal(size=case.out_channels).astype(dtype)
    y, X = plain.convolve(x, W, b, case.stride, case.padding)
    same((y, X), kernels.convolve(x, W, b, case.stride, case.padding), dtype)
    dy = rng.normal(size=y.shape).astype(dtype)
    assert not np.shares_memory(X, x)
    arguments = dy, x, X, W, case.stride, case.padding
    same(plain.convolve_back(*arguments, True), kernels.convolve_back(*arguments, True), dtype)
    same(plain.convolve_back(*arguments, False)[1:], kernels.convolve_back(*arguments, False)[1:], dtype)


@given(conv_cases())
def test_a_pair_of_strides_and_paddings(case):
    pairs = (case.stride, 2), (case.padding, 1)
    x = np.pad(case.x, [(0, 0), (0, 0), (0, 0), (4, 4)])
    assert np.array_equal(plain.im2col(x, *case.kernel_size, *pairs), kernels.im2col(x, *case.kernel_size, *pairs))


def test_a_batch_of_many_tiles():
    """There are no tiles in NumPy: X has the columns of all images, and backward takes it."""
    rng = np.random.default_rng(0)
    x, W, b = (rng.normal(size=shape) for shape in ((60, 2, 20, 20), (3, 2, 5, 5), (3,)))
    y, X = plain.convolve(x, W, b, 1, 0)
    theirs, tile = kernels.convolve(x, W, b, 1, 0)
    assert X.shape[1] > tile.shape[1]
    same(y, theirs, float)
    same(plain.convolve_back(y, x, X, W, 1, 0, True), kernels.convolve_back(y, x, tile, W, 1, 0, True), float)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(st.integers(0, 2**32))
def test_windows_in_numpy_are_those_of_the_loops(dtype, seed):
    rng = np.random.default_rng(seed)
    kh, kw, sh, sw = rng.integers(1, 5, 4).tolist()
    window = kh, kw, sh, sw, int(rng.integers(0, kh // 2 + 1)), int(rng.integers(0, kw // 2 + 1))
    N, C, H, W = (*rng.integers(1, 4, 2).tolist(), *rng.integers(5, 10, 2).tolist())
    x = rng.normal(size=(N, C, H, W)).astype(dtype)
    for pixels in (x, np.round(x), np.full_like(x, -np.inf), np.where(x > 1, np.nan, x)):  # equal pixels; no largest
        y, winner = plain.max_pool(pixels, *window)
        theirs = kernels.max_pool(pixels, *window)
        assert all(np.array_equal(*pair, equal_nan=True) for pair in zip((y, winner), theirs))
    dy = rng.normal(size=y.shape).astype(dtype)
    same(plain.max_pool_back(dy, winner, H, W), kernels.max_pool_back(dy, winner, H, W), dtype)
    same(plain.average_pool(x, 0.3, *window), kernels.average_pool(x, 0.3, *window), dtype)
    sizes = 0.3, H, W, *window
    same(plain.average_pool_back(dy, *sizes), kernels.average_pool_back(dy, *sizes), dtype)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_other_kernels_in_numpy_are_the_loops(dtype, rng):
    x, W, b = (rng.normal(size=shape).astype(dtype) for shape in ((3, 4, 6, 8), 4, 4))
    y, s = plain.subsample(x, W, b)
    same((y, s), kernels.subsample(x, W, b), dtype)
    same(plain.subsample_back(y, s, W), kernels.subsample_back(y, s, W), dtype)
    same(plain.times_slope(y, s, 1.1, 0.4), kernels.times_slope(y, s, 1.1, 0.4), dtype)
    same(plain.where_positive(y, s), kernels.where_positive(y, s), dtype)
    for kernel in ("descend", "adam"):
        steps = [np.stack([y, y * 1e-29, y**2]) for _ in range(2)]
        rest = (s,) if kernel == "descend" else (s * (s > 0), 0.1, 0.9, 0.99, 1.5, 1e-8)
        for module, arrays in zip((plain, kernels), steps):
            getattr(module, kernel)(*(arrays[::2] if kernel == "descend" else arrays), *rest)
        same(*steps, dtype)
        assert not np.allclose(steps[0][0], y) and (kernel == "descend" or (steps[0][1] == 0).any())


@pytest.mark.parametrize(
    "call",
    [
        lambda a, b: plain.descend(a, b, a),
        lambda a, b: plain.adam(a, a, a, b, 0.1, 0.9, 0.99, 1.0, 1e-8),
        lambda a, b: plain.times_slope(b, a, 1.0, 1.0),
        lambda a, b: plain.where_positive(a, b),
        lambda a, b: plain.subsample(a.reshape(1, 2, 6, 8), b[:1], b[:1]),
        lambda a, b: plain.subsample_back(a.reshape(1, 2, 6, 8), a.reshape(1, 2, 6, 8)[..., :1], b[:2]),
        lambda a, b: plain.subsample_back(a.reshape(1, 2, 6, 8), a.reshape(1, 2, 6, 8), b[:1]),
    ],
)
def test_arrays_of_other_shapes_are_refused(call):
    with pytest.raises(InputError, match="expects"):
        call(np.zeros(96, np.float32), np.zeros((3,), np.float32)[:1].repeat(3))


# A Python without Numba.


@pytest.fixture(scope="session")
def no_numba(tmp_path_factory):
    return without_numba(tmp_path_factory.mktemp("no-numba"))


def python(no_numba, *words, folder=TESTS.parent):
    """Run Python without Numba in a folder."""
    env = environment(**no_numba, HYPOTHESIS_PROFILE="few")
    return subprocess.run([sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=600)


def suite_passes(no_numba, *words):
    run = python(no_numba, "-m", "pytest", "-q", "-p", "no:cacheprovider", *map(str, words))
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


FIT = """
import sys
import numpy as np
from scratchnet import SDLM, MAPLoss, evaluate, fit, kernels
from scratchnet.models import lenet5
net = lenet5(0)
x, labels = np.random.default_rng(0).normal(size=(20, 1, 32, 32)).astype("f"), np.arange(20) % 10
log = fit(net, MAPLoss(10), SDLM(net, 1e-4), (x, labels), epochs=2, batch_size=5, rng=0)
evaluate(net, (x, labels))
assert kernels.im2col.__module__ == "scratchnet.kernels.plain"
print(*log.loss)
"""


def test_fit_says_in_one_line_that_numba_is_missing_and_trains_the_same(no_numba, tmp_path):
    run = python(no_numba, "-c", FIT, folder=tmp_path)
    assert run.returncode == 0, run.stderr
    assert run.stderr == SAID
    names = {}
    exec(FIT.partition("assert")[0], names)  # with Numba, on the fast path
    assert [float(E) for E in run.stdout.split()] == pytest.approx(names["log"].loss, rel=1e-4)


def test_the_loops_run_if_they_are_asked_for(no_numba):
    """`lessons run --debug` steps through them."""
    code = "from scratchnet import kernels; print(kernels.im2col.__module__)"
    run = python(no_numba | {"NUMBA_DISABLE_JIT": "1"}, "-c", code)
    assert run.stdout == "scratchnet.kernels.convolution\n", run.stderr


@pytest.mark.planted
def test_layers_and_losses_pass_without_numba(no_numba):
    suite_passes(no_numba, *TESTS.glob("test_*layers.py"), TESTS / "test_losses.py", TESTS / "test_optimizers.py")


def test_commands_work_without_numba(no_numba, tmp_path):
    words = ("-m", "scratchnet", "exercise")
    started = python(no_numba, *words, "start", "4", folder=tmp_path)
    assert started.returncode == 0, started.stderr
    checked = python(no_numba, *words, "check", "4", folder=tmp_path)
    assert checked.returncode == 1 and "is still blank" in checked.stdout, checked.stderr
    run = python(no_numba, "-m", "scratchnet", "lessons", "run", "7", "--no-pause", folder=tmp_path)
    assert run.returncode == 0 and "end of lesson 7" in run.stdout and run.stderr == "", run.stderr
    assert "columns[c, i, j, n, h, w] = x[" in run.stdout, "the lesson shows the loops"


@pytest.mark.lesson
@pytest.mark.parametrize("lesson", all_lessons()[:14], ids=lambda lesson: lesson.name)
def test_a_lesson_up_to_13_runs_without_numba(lesson, no_numba, tmp_path):
    run = script(lesson, tmp_path, **no_numba)
    assert run.returncode == 0, run.stderr
    assert run.stderr in ("", SAID)


def answers_pass(no_numba, names):
    tests = [f"tests/test_exercises.py::test_a_plain_answer_passes[{name}]" for name in names]
    assert f"{len(names)} passed" in suite_passes(no_numba, *tests, "-m", "")


def test_answers_pass_without_numba(no_numba):
    answers_pass(no_numba, ["conv-backward"])


@pytest.mark.planted
def test_all_answers_pass_without_numba(no_numba):
    answers_pass(no_numba, [exercise.name for exercise in FIRST])


# A learner's code in this process, as in a browser.


@pytest.mark.parametrize(
    "exercise",
    [
        pytest.param(e, id=e.name, marks=[pytest.mark.planted] * (e.name not in ("linear", "col2im", "output-size")))
        for e in FIRST
    ],
)
def test_a_check_in_one_process_is_the_same(exercise, tmp_path):
    path, desk = tmp_path / exercise.file, OneProcessDesk()
    path.write_text(blank_file(exercise))
    assert check_answer(exercise, path, desk=desk).state == "blank"
    text = filled(exercise, ANSWERS[exercise.name])
    path.write_text(text)
    result = check_answer(exercise, path, desk=desk)
    assert result.state == "right", str(result)
    for find_this, put_this, _ in PLANTS[exercise.name]:
        path.write_text(text.replace(find_this, put_this))
        here, there = str(check_answer(exercise, path, desk=desk)), str(check_answer(exercise, path))
        assert here == there and "Right." not in here


FAULTS = {
    "while time.monotonic() < self.end: pass": "took more than 1 s",
    "x[...] = 0": "x has changed",
    "np.add = None": "changes parts of the library or of NumPy: numpy.add",
    "raise SystemExit": "ends Python",
    "print('hello')": "Your code printed, in the small case:\n  hello",
}


@pytest.mark.parametrize("line", FAULTS)
def test_what_a_file_must_not_do_is_found_in_one_process(line, tmp_path):
    exercise, path = find_exercise("linear"), tmp_path / "ex02_linear.py"
    forward, backward = ANSWERS["linear"]
    first = f"import time\nself.end = time.monotonic() + 2\n{line}\n"
    path.write_text(filled(exercise, (first + forward, backward)))
    before = np.add
    assert FAULTS[line] in str(check_answer(exercise, path, desk=OneProcessDesk(), seconds=1))
    assert np.add is before


def test_where_there_are_no_threads(monkeypatch, tmp_path, said):
    for module in ("parallel.threads", "exercises.desk", "exercises.learner", "exercises.watch"):
        monkeypatch.setattr(f"scratchnet.{module}.THREADS", False)
    monkeypatch.setattr("threading.Thread.start", None)
    from scratchnet.parallel import cores

    assert cores() == 1
    my_desk.cache_clear()
    try:
        assert isinstance(my_desk(), OneProcessDesk)
        monkeypatch.chdir(tmp_path)
        assert said("start", 2)[0] == 0
        code, out = said("check", 2)
        assert code == 1 and "is still blank" in out
        code, out = said("watch", 2)
        assert code == 2 and "a browser has none" in out
    finally:
        my_desk.cache_clear()
