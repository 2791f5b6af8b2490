#!/usr/bin/env bash
# Gradescope runs this once, when you upload the autograder: Python, the library, and compiled kernels.
set -euo pipefail
apt-get update
apt-get install -y python3 python3-venv
python3 -m venv /autograder/venv
/autograder/venv/bin/pip install /autograder/source/*.whl
/autograder/venv/bin/python -m scratchnet doctor || true # compiles once, so that no student waits for it
