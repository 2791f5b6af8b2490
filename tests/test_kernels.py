import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from shapes import conv_cases

from scratchnet import InputError, kernels
from scratchnet.kernels import (
    adam,
    average_pool,
    average_pool_back,
    col2im,
    convolve,
    convolve_back,
    descend,
    im2col,
    max_pool,
    max_pool_back,
    output_size,
    subsample,
    subsample_back,
    times_slope,
    where_positive,
)
from scratchnet.kernels.convolution import TILE_BYTES


def plain(kernel):
    """Return the Python function of a kernel, also with NUMBA_DISABLE_JIT=1, which compiles nothing."""
    return getattr(kernel, "py_func", kernel)


def columns_by_definition(x, kh, kw, stride, padding):
    x = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    windows = np.lib.stride_tricks.sliding_window_view(x, (kh, kw), axis=(2, 3))[:, :, ::stride, ::stride]
    return windows.transpose(1, 4, 5, 0, 2, 3).reshape(x.shape[1] * kh * kw, -1)


@given(conv_cases())
def test_im2col_copies_every_receptive_field(case):
    sizes = (*case.kernel_size, case.stride, case.padding)
    assert np.array_equal(im2col(case.x, *sizes), columns_by_definition(case.x, *sizes))


@given(conv_cases())
def test_col2im_is_the_adjoint_of_im2col(case):
    sizes = (*case.kernel_size, case.stride, case.padding)
    columns = im2col(case.x, *sizes)
    c = np.random.default_rng(1).normal(size=columns.shape)
    back = col2im(c, case.x.shape, *sizes)
    assert back.shape == case.x.shape
    assert np.vdot(columns, c) == pytest.approx(np.vdot(case.x, back), rel=1e-12, abs=1e-12)


@given(conv_cases())
def test_output_size_counts_the_columns(case):
    kh, kw = case.kernel_size
    OH = output_size(case.x.shape[2], kh, case.stride, case.padding)
    OW = output_size(case.x.shape[3], kw, case.stride, case.padding)
    assert im2col(case.x, kh, kw, case.stride, case.padding).shape[1] == len(case.x) * OH * OW


def test_kernels_equal_their_python_source(rng):
    x, W, b = rng.normal(size=(2, 3, 6, 7)), rng.normal(size=(4, 3, 3, 2)), rng.normal(size=4)
    sizes = (3, 2, 2, 1)
    X = im2col(x, *sizes)
    assert np.array_equal(X, plain(im2col)(x, *sizes))
    assert np.allclose(col2im(X, x.shape, *sizes), plain(col2im)(X, x.shape, *sizes), rtol=1e-14)
    (y, X), expected = convolve(x, W, b, 2, 1), plain(convolve)(x, W, b, 2, 1)
    assert np.allclose(y, expected[0], rtol=1e-12) and np.array_equal(X, expected[1])
    dy = rng.normal(size=y.shape)
    for got, expected in zip(convolve_back(dy, x, X, W, 2, 1), plain(convolve_back)(dy, x, X, W, 2, 1)):
        assert np.allclose(got, expected, rtol=1e-12)
    x, coefficients = rng.normal(size=(2, 3, 4, 6)), rng.normal(size=3)
    for got, expected in zip(subsample(x, coefficients, b[:3]), plain(subsample)(x, coefficients, b[:3])):
        assert np.allclose(got, expected, rtol=1e-14)
    dy = rng.normal(size=(2, 3, 2, 3))
    for got, expected in zip(subsample_back(dy, dy, coefficients), plain(subsample_back)(dy, dy, coefficients)):
        assert np.allclose(got, expected, rtol=1e-12)
    assert np.allclose(times_slope(dy, dy, 1.1, 0.4), plain(times_slope)(dy, dy, 1.1, 0.4), rtol=1e-14)
    assert np.array_equal(where_positive(dy, -dy), plain(where_positive)(dy, -dy))
    for window in ((2, 2, 2, 2, 0, 0), (3, 2, 1, 2, 1, 0)):
        (y, winner), expected = max_pool(x, *window), plain(max_pool)(x, *window)
        assert np.array_equal(y, expected[0]) and np.array_equal(winner, expected[1])
        assert np.array_equal(max_pool_back(y, winner, 4, 6), plain(max_pool_back)(y, winner, 4, 6))
        assert np.allclose(average_pool(x, 0.3, *window), plain(average_pool)(x, 0.3, *window), rtol=1e-14)
        got, expected = (f(y, 0.3, 4, 6, *window) for f in (average_pool_back, plain(average_pool_back)))
        assert np.allclose(got, expected, rtol=1e-14)
    mine, theirs = np.stack([dy, dy, dy**2]), np.stack([dy, dy, dy**2])
    adam(*mine, dy, 0.1, 0.9, 0.99, 1.5, 1e-8)
    plain(adam)(*theirs, dy, 0.1, 0.9, 0.99, 1.5, 1e-8)
    assert np.allclose(mine, theirs, rtol=1e-13) and not np.allclose(mine[0], dy)
    mine, theirs = dy.copy(), dy.copy()
    descend(mine, x[:, :, ::2, ::2].copy(), dy)
    plain(descend)(theirs, x[:, :, ::2, ::2].copy(), dy)
    assert np.allclose(mine, theirs, rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_batch_of_many_tiles_equals_its_images_one_by_one(rng, dtype):
    x, W, b = rng.normal(size=(50, 2, 20, 20)), rng.normal(size=(3, 2, 5, 5)), rng.normal(size=3)
    x, W, b = x.astype(dtype), W.astype(dtype), b.astype(dtype)
    assert im2col(x, 5, 5, 1, 0).nbytes > 3 * TILE_BYTES
    y, X = convolve(x, W, b, 1, 0)
    dy = rng.normal(size=y.shape).astype(dtype)
    dx, dW, db = convolve_back(dy, x, X, W, 1, 0)
    total_dW, total_db = 0, 0
    close = {"rtol": 1e-4, "atol": 1e-3} if dtype == np.float32 else {"rtol": 1e-10}
    for n in range(len(x)):
        one = slice(n, n + 1)
        yn, Xn = convolve(x[one], W, b, 1, 0)
        dxn, dWn, dbn = convolve_back(dy[one], x[one], Xn, W, 1, 0)
        assert np.allclose(y[one], yn, **close) and np.allclose(dx[one], dxn, **close)
        total_dW, total_db = total_dW + dWn, total_db + dbn
    assert np.allclose(dW, total_dW, **close) and np.allclose(db, total_db, **close)


@pytest.mark.planted
def test_layers_pass_without_numba():
    """Run the same tests on the kernels' Python source, with NUMBA_DISABLE_JIT=1."""
    tests = Path(__file__).parent
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests.glob("test_*layers.py")],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1", "HYPOTHESIS_PROFILE": "few"},
        capture_output=True,
        text=True,
        cwd=tests.parent,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize(
    "call",
    [
        lambda a, b: kernels.descend(a, b, a),
        lambda a, b: kernels.descend(a, a, b),
        lambda a, b: kernels.adam(a, b, a, a, 0.1, 0.9, 0.99, 1.0, 1e-8),
        lambda a, b: kernels.adam(a, a, b, a, 0.1, 0.9, 0.99, 1.0, 1e-8),
        lambda a, b: kernels.adam(a, a, a, b, 0.1, 0.9, 0.99, 1.0, 1e-8),
        lambda a, b: kernels.times_slope(b, a, 1.0, 1.0),
        lambda a, b: kernels.where_positive(b, a),
        lambda a, b: kernels.where_positive(a.reshape(2, 48), a),
        lambda a, b: kernels.subsample(a.reshape(1, 2, 6, 8), b[:1], b[:1]),
        lambda a, b: kernels.subsample_back(a.reshape(1, 2, 6, 8), a.reshape(1, 2, 6, 8)[..., :4], b[:2]),
    ],
)
def test_arrays_of_other_shapes_are_refused_in_compiled_code(call):
    """Before: it read and wrote beside them, and the process died later."""
    with pytest.raises(InputError, match="expects"):
        call(np.zeros(96, np.float32), np.zeros(3, np.float32))


LAYOUTS = {"Fortran": np.asfortranarray, "every second": lambda a: np.repeat(a, 2, axis=-1)[..., ::2]}
CALLS = {  # kernel: its arguments; f makes an array of a shape
    "im2col": lambda f: (f(3, 2, 6, 6), 3, 3, 1, 1),
    "col2im": lambda f: (f(2 * 9, 3 * 16), (3, 2, 6, 6), 3, 3, 1, 0),
    "convolve": lambda f: (f(3, 2, 6, 6), f(4, 2, 3, 3), f(4), 1, 1),
    "convolve_back": lambda f: (f(3, 4, 4, 4), f(3, 2, 6, 6), f(2 * 9, 3 * 16), f(4, 2, 3, 3), 1, 0),
    "subsample": lambda f: (f(3, 2, 6, 6), f(2), f(2)),
    "subsample_back": lambda f: (f(3, 2, 3, 3), f(3, 2, 3, 3), f(2)),
    "max_pool": lambda f: (f(3, 2, 6, 6), 2, 2, 2, 2, 0, 0),
    "average_pool": lambda f: (f(3, 2, 6, 6), 0.25, 2, 2, 2, 2, 0, 0),
    "average_pool_back": lambda f: (f(3, 2, 3, 3), 0.25, 6, 6, 2, 2, 2, 2, 0, 0),
    "times_slope": lambda f: (f(3, 5), f(3, 5), 1.5, 0.5),
    "where_positive": lambda f: (f(3, 5), f(3, 5)),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", CALLS)
def test_a_raw_kernel_is_right_for_arrays_of_any_layout(name, layout):
    """Layers give contiguous arrays to kernels; people may give others."""

    def called(change):
        rng = np.random.default_rng(0)
        made = CALLS[name](lambda *shape: change(rng.normal(size=shape).astype(np.float32)))
        found = getattr(kernels, name)(*made)
        return found if isinstance(found, tuple) else (found,)

    [np.full((3, 2, 6, 6), np.nan, np.float32) for _ in range(99)]  # so that memory without values is seen
    for mine, right in zip(called(LAYOUTS[layout]), called(np.ascontiguousarray), strict=True):
        assert np.allclose(mine, right, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("changed", [0, 1, 2])
def test_what_a_kernel_changes_in_place_has_to_be_contiguous(changed, layout):
    arrays = [np.zeros((3, 4), np.float32) for _ in range(4)]
    arrays[changed] = LAYOUTS[layout](arrays[changed])
    with pytest.raises(InputError, match="should be C-contiguous"):
        kernels.adam(*arrays, 0.1, 0.9, 0.99, 1.0, 1e-8)
    if changed == 0:
        with pytest.raises(InputError, match="should be C-contiguous"):
            kernels.descend(*arrays[:3])
