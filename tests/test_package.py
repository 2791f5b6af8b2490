import subprocess
import sys

import pytest

import scratchnet


def test_every_public_name_is_there():
    for name in scratchnet.__all__:
        assert getattr(scratchnet, name).__doc__, name
    assert set(scratchnet.__all__) <= set(dir(scratchnet))
    with pytest.raises(AttributeError, match="nothing"):
        scratchnet.nothing  # noqa: B018


def test_the_core_does_not_import_torch():
    code = (
        "import sys, scratchnet, scratchnet.cli.train\n"
        "[getattr(scratchnet, name) for name in scratchnet.__all__]\n"
        "assert 'torch' not in sys.modules"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_importing_the_package_imports_nothing_else():
    code = "import sys, scratchnet; assert not {'numba', 'numpy', 'matplotlib', 'scipy'} & set(sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
