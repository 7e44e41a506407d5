"""Files of tests that fork, each in a process of its own: after a fork a decision of the ledger costs as much as
all the keys that the process has ever used, and this one has used hundreds by now."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

HERE = pathlib.Path(__file__).parent


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("apart_*.py")))
def test_apart(file: str) -> None:
    pytest_itself = [sys.executable, "-m", "pytest", "-q", "-rs", "--color=no", "-p", "no:cacheprovider"]
    done = subprocess.run([*pytest_itself, str(HERE / file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    left_out = [line for line in done.stdout.splitlines() if line.startswith("SKIPPED")]
    if left_out:
        pytest.skip("; ".join(left_out))
