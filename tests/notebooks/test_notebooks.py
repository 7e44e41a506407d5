"""Every notebook of python/examples runs to its end in a real kernel, and shows what is committed."""

from __future__ import annotations

import os
import pathlib

import nbformat
import pytest

from notebooks import FOLDER, NAMES, run, shown


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_shows_what_its_reader_sees(name: str) -> None:
    if name == "c_and_python.ipynb" and not os.environ.get("MDCLOUD_TEST_LIB"):
        pytest.skip("MDCLOUD_TEST_LIB does not name a libmdcloud.so")
    committed = nbformat.read(FOLDER / name, as_version=4)
    now = run(name)
    assert shown(now) == shown(committed), (
        f"{name} shows something else: run `cargo xtask notebooks`, and look at it"
    )


def test_there_are_notebooks() -> None:
    assert len(NAMES) >= 4
    assert all(pathlib.Path(FOLDER, name).stat().st_size < 100_000 for name in NAMES)
