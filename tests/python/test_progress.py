"""The bars of ``progress=True`` in a terminal, and callbacks of operations on many inputs.

Those of notebooks are tried in a real kernel, in tests/notebooks.
"""

from __future__ import annotations

import io
import sys

import pytest

import mdcloud


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Not a fixture: pytest puts a file of its own in place before the test begins."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


@pytest.fixture
def no_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("tqdm", "tqdm.std", "tqdm.notebook"):
        monkeypatch.setitem(sys.modules, name, None)  # as if it were not installed


def test_a_terminal_without_tqdm_has_a_bar_of_ours(
    client: mdcloud.Client, monkeypatch: pytest.MonkeyPatch, no_tqdm: None
) -> None:
    terminal = on_terminal(monkeypatch)
    client.file_scan(b"x" * 1_000_000, progress=True)
    shown = terminal.getvalue()
    assert f"\rfile_scan: upload  [{'#' * 30}]  100 %" in shown
    assert f"\rfile_scan: scan  [{'#' * 30}]  100 %" in shown
    assert shown.endswith("\n")


def test_a_terminal_with_tqdm_has_its_bar(client: mdcloud.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tqdm")
    terminal = on_terminal(monkeypatch)
    client.file_scan(b"x" * 1_000_000, progress=True)
    client.hash_lookup_many(["0" * 32] * 3, progress=True).to_table()
    shown = terminal.getvalue()
    assert "file_scan: upload: 100%" in shown and "1.00M/1.00M" in shown
    assert "hash_lookup_many: 100%" in shown and "3/3" in shown


def test_a_bar_ends_its_line_where_the_call_fails(
    client: mdcloud.Client, emulator: mdcloud.Emulator, monkeypatch: pytest.MonkeyPatch, no_tqdm: None
) -> None:
    terminal = on_terminal(monkeypatch)
    emulator.fault("code", 500000, path="GET /v4/file/", count=9)
    with pytest.raises(mdcloud.ServerError):
        client.file_scan(b"x" * 1_000_000, progress=True)
    assert "upload" in terminal.getvalue() and terminal.getvalue().endswith("\n")


def test_where_nobody_looks_nothing_is_written(
    client: mdcloud.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for nobody in (io.StringIO(), None):
        monkeypatch.setattr(sys, "stderr", nobody)
        client.file_scan(b"x" * 1000, progress=True, reuse=False)
        client.file_scan_many([b"a"], progress=True).to_table()
        assert nobody is None or nobody.getvalue() == ""


def test_false_and_none_are_no_bar(client: mdcloud.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    client.file_scan(b"x", progress=False)
    client.file_scan(b"y", progress=None)
    assert terminal.getvalue() == ""


def test_a_bar_counts_files_whether_they_fail_or_not(
    client: mdcloud.Client, monkeypatch: pytest.MonkeyPatch, no_tqdm: None
) -> None:
    terminal = on_terminal(monkeypatch)
    client.file_scan_many([b"a", "missing", b"c"], progress=True).to_table()
    assert "file_scan_many  [----------" not in terminal.getvalue().rpartition("\r")[2]
    assert terminal.getvalue().rstrip().endswith("3/3")


def test_a_callback_hears_of_every_file(client: mdcloud.Client) -> None:
    seen: list[mdcloud.Progress] = []
    for _ in client.file_scan_many(iter([b"a", b"b", b"c"]), progress=seen.append):
        pass
    assert [(one.phase, one.sent, one.total, one.percent) for one in seen] == [
        ("many", 1, None, 0),
        ("many", 2, None, 0),
        ("many", 3, None, 0),
    ]
    seen.clear()
    list(client.hash_lookup_many([f"{number:032x}" for number in range(2500)], progress=seen.append))
    assert (seen[-1].sent, seen[-1].total, seen[-1].percent) == (2500, 2500, 100)
    assert len(seen) < 20, "not for each of a million"
    assert repr(seen[-1]) == "Progress(phase='many', percent=100, sent=2500, total=2500)"


def test_a_callback_may_end_the_iterator(client: mdcloud.Client) -> None:
    results = client.hash_lookup_many([f"{n:032x}" for n in range(2500)], progress=lambda progress: False)
    with pytest.raises(mdcloud.CancelledError):
        list(results)
    assert list(results) == []
    error = LookupError("mine")

    def fail(progress: mdcloud.Progress) -> None:
        raise error

    with pytest.raises(LookupError) as caught:
        list(client.file_scan_many([b"a"], progress=fail))
    assert caught.value is error


def test_wrong_types(client: mdcloud.Client) -> None:
    for wrong in (5, "yes", object()):
        with pytest.raises(TypeError, match="progress"):
            client.file_scan(b"x", progress=wrong)  # type: ignore[arg-type]
