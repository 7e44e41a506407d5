"""Runs the notebooks of python/examples in a Jupyter kernel. As a program: writes what they show into them.

``cargo xtask notebooks`` starts it in the right environment.
"""

from __future__ import annotations

import copy
import os
import pathlib
import re
import sys
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = pathlib.Path(__file__).parent.parent.parent

FOLDER = ROOT / "python" / "examples"

NAMES = sorted(file.name for file in FOLDER.glob("*.ipynb"))


def run(name: str) -> Any:
    """A notebook, with what its cells show now. An exception in a cell is one here."""
    notebook = nbformat.read(FOLDER / name, as_version=4)
    fresh = copy.deepcopy(notebook)
    for variable in ("MDCLOUD_API_KEY", "MDCLOUD_BASE_URL", "MDCLOUD_QUOTA_STORE"):
        os.environ.pop(variable, None)
    os.environ.setdefault("MDCLOUD_LIBRARY", os.environ.get("MDCLOUD_TEST_LIB", "libmdcloud.so.0"))
    here = {"metadata": {"path": str(FOLDER)}}
    # Coalesced: how many pieces a text comes in depends on how busy the machine is.
    NotebookClient(fresh, timeout=120, kernel_name="python3", coalesce_streams=True, resources=here).execute()
    fresh.metadata = notebook.metadata  # not those of the machine it ran on
    for cell in fresh.cells:
        cell.metadata.pop("execution", None)
    return fresh


def shown(notebook: Any) -> list[Any]:
    """What the cells show, without what differs from run to run."""
    return [_steady(cell.get("outputs", [])) for cell in notebook.cells]


# Addresses, fingerprints of keys (which are those of the address, too), and times.
_OF_THIS_RUN = re.compile(
    r"(?<=127\.0\.0\.1:)\d+|(?<=\bkey )[0-9a-f]{8}\b|(?<=account=')[0-9a-f]+"
    r"|(?<=\bage=)[\d.e-]+|(?<=resets_in=)[\d.]+|\bjust now\b|\b[\d.]+ s ago\b"
)


def _steady(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _steady(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_steady(part) for part in value]
    return _OF_THIS_RUN.sub("", value) if isinstance(value, str) else value


def main() -> None:
    for name in NAMES:
        notebook = run(name)
        nbformat.write(notebook, FOLDER / name)
        print(name)


if __name__ == "__main__":
    sys.exit(main())
