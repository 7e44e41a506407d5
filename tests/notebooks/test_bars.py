"""The bars of ``progress=True`` in a real kernel: those of widgets, and ours where there are none."""

from __future__ import annotations

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

SETUP = """
import mdcloud
emulator = mdcloud.Emulator(throttle="1000/60s")
client = emulator.client()
"""

CALLS = """
client.file_scan(b"x" * 1_000_000, progress=True)
client.hash_lookup_many(["0" * 32] * 3, progress=True).to_table()
client.file_scan_many(iter([b"a", b"b"]), progress=True).to_table()
None
"""

ENDS_EARLY = """
slow = mdcloud.Emulator(scan_time=600)
try:
    slow.client().file_scan(b"y" * 1_000_000, deadline=2, progress=True)
except mdcloud.ScanNotFinishedError as error:
    print("not finished")
"""

WIDGET = "application/vnd.jupyter.widget-view+json"


def run(*cells: str) -> Any:
    """The cells as a notebook of their own, executed: an exception in a cell is one here."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3", coalesce_streams=True).execute()
    return notebook


def widgets(notebook: Any, outputs: list[Any]) -> list[tuple[dict[str, Any], str]]:
    """The bars that the outputs show, as the page would draw them: a bar's state, and the texts beside it."""
    models = notebook.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]["state"]
    bars = []
    for output in outputs:
        box = models[output["data"][WIDGET]["model_id"]]["state"]
        inside = [models[child.removeprefix("IPY_MODEL_")] for child in box["children"]]
        [bar] = [model["state"] for model in inside if model["model_name"] == "FloatProgressModel"]
        texts = [model["state"]["value"] for model in inside if model["model_name"] == "HTMLModel"]
        bars.append((bar, " ".join(texts).replace("\u2007", " ")))  # as tqdm writes spaces
    return bars


def test_widgets_reach_their_end() -> None:
    notebook = run(SETUP, CALLS)
    bars = widgets(notebook, notebook.cells[1].outputs)
    names = ["file_scan: upload", "file_scan: scan", "hash_lookup_many", "file_scan_many"]
    assert [text.rpartition(": ")[0] for _, text in bars] == names
    assert [(bar["value"], bar["max"], bar["bar_style"]) for bar, _ in bars] == [
        (1_000_000, 1_000_000, "success"),
        (100, 100, "success"),
        (3, 3, "success"),
        (1, 1, "success"),  # nobody knows how many will come: it fills with the last one
    ]
    assert " 2/? " in bars[3][1]
    assert "%/s" not in bars[1][1], "a rate of percents"


def test_a_widget_shows_that_the_call_failed() -> None:
    notebook = run(SETUP, ENDS_EARLY)
    *shown, printed = notebook.cells[1].outputs
    assert printed["text"] == "not finished\n"
    assert [bar["bar_style"] for bar, _ in widgets(notebook, shown)] == ["success", "danger"]


@pytest.mark.parametrize("missing", ["ipywidgets", "tqdm.notebook"])
def test_without_widgets_a_bar_is_part_of_the_output(missing: str) -> None:
    notebook = run(f"import sys; sys.modules[{missing!r}] = None", SETUP, CALLS, ENDS_EARLY)
    assert "widgets" not in notebook.metadata
    lines = [output["data"]["text/plain"] for output in notebook.cells[2].outputs]
    full = "#" * 30
    assert lines == [
        f"file_scan: scan  [{full}]  100 %",
        f"hash_lookup_many  [{full}]  3/3",
        "file_scan_many  2",
    ]
    assert "value='100'></progress> 3 / 3" in notebook.cells[2].outputs[1]["data"]["text/html"]
    assert "<progress" not in notebook.cells[2].outputs[2]["data"]["text/html"], "it would move for ever"
    assert notebook.cells[3].outputs[-1]["text"] == "not finished\n"
