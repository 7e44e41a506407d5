"""Forked workers on one budget, each test in a process of its own: what a forked process decides costs as much
as all the keys that its parent has ever used, and this one has used hundreds by now."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

TESTS = pathlib.Path(__file__).with_name("fork_budget.py")
NAMES = re.findall(r"^def (test_\w+)", TESTS.read_text(), re.M)


@pytest.mark.parametrize("name", NAMES)
def test_forked(name: str) -> None:
    pytest_itself = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*pytest_itself, f"{TESTS}::{name}"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
