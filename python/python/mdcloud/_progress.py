"""The bar of ``progress=True``: tqdm's where it is installed, one of our own where not, none where nobody looks.

The native module calls ``start`` at the beginning of a call, the bar as the call goes on, and ``close`` at
its end.
"""

from __future__ import annotations

import sys

from ._native import Progress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def start(operation: str) -> TqdmBar | NotebookBar | TerminalBar | NoBar:
    """The bar that suits where the program runs."""
    if in_notebook():
        # tqdm's bar of notebooks is made of widgets; without them it prints warnings.
        return (_tqdm("notebook", operation) if _installed("ipywidgets") else None) or NotebookBar(operation)
    if sys.stderr is not None and sys.stderr.isatty():
        return _tqdm("std", operation) or TerminalBar(operation)
    return NoBar()


def in_notebook() -> bool:
    """Whether this is the kernel of a notebook; asks without importing anything."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    return type(shell).__name__ == "ZMQInteractiveShell"


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def _tqdm(kind: str, operation: str) -> TqdmBar | None:
    try:
        from importlib import import_module

        return TqdmBar(import_module(f"tqdm.{kind}").tqdm, operation)
    except ImportError:
        return None


def words(operation: str, progress: Progress) -> tuple[str, str, int, int | None]:
    """What a bar shows: a label, a unit, and how much of how much is done."""
    if progress.phase == "upload":
        return f"{operation}: upload", "B", progress.sent or 0, progress.total
    if progress.phase == "many":
        return operation, "", progress.sent or 0, progress.total
    return f"{operation}: {progress.phase}", "%", progress.percent, 100


class NoBar:
    """Where nobody looks."""

    def __call__(self, progress: Progress, /) -> None:
        pass

    def close(self) -> None:
        pass


class TqdmBar:
    """tqdm's bar, one for each phase."""

    def __init__(self, tqdm: Any, operation: str) -> None:
        self._tqdm = tqdm
        self._operation = operation
        self._bar: Any = None
        self._phase = ""

    def __call__(self, progress: Progress, /) -> None:
        label, unit, done, total = words(self._operation, progress)
        if progress.phase != self._phase:
            self.close()
            self._phase = progress.phase
            # A rate of percents is of no use.
            shape = "{l_bar}{bar}| [{elapsed}<{remaining}]" if unit == "%" else None
            scale = unit == "B"
            self._bar = self._tqdm(
                desc=label, total=total, unit=unit or "it", unit_scale=scale, bar_format=shape
            )
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None


class TerminalBar:
    """One line that is written over and over."""

    WIDTH = 30

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._shown = ""

    def __call__(self, progress: Progress, /) -> None:
        line = bar_line(self._operation, progress, self.WIDTH)
        if line != self._shown:
            gap = " " * max(0, len(self._shown) - len(line))
            self._write(f"\r{line}{gap}")
            self._shown = line

    def close(self) -> None:
        if self._shown:
            self._write("\n")
            self._shown = ""

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:  # the terminal has gone; the call goes on
            pass


def bar_line(operation: str, progress: Progress, width: int) -> str:
    """For people: ``file_scan: scan  [######----]  60 %``."""
    label, unit, done, total = words(operation, progress)
    if total is None:
        return f"{label}  {done}"
    full = width * progress.percent // 100
    bar = "#" * full + "-" * (width - full)
    numbers = f"{progress.percent:3} %" if unit else f"{done}/{total}"
    return f"{label}  [{bar}]  {numbers}"


class NotebookBar:
    """A bar in the output of a cell, for notebooks without tqdm or widgets."""

    WIDTH = 30

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._handle: Any = None
        self._shown: dict[str, str] = {}
        self._last: Progress | None = None

    def __call__(self, progress: Progress, /) -> None:
        self._last = progress
        self._show(progress, ended=False)

    def close(self) -> None:
        if self._last is not None:
            self._show(self._last, ended=True)
        self._handle = self._last = None

    def _show(self, progress: Progress, ended: bool) -> None:
        from IPython.display import display  # type: ignore[import-not-found, unused-ignore]

        # As text, too: consoles of Jupyter show no HTML.
        line = bar_line(self._operation, progress, self.WIDTH)
        shown = {"text/html": bar_html(self._operation, progress, ended), "text/plain": line}
        if shown == self._shown:
            return
        if self._handle is None:
            self._handle = display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)
        self._shown = shown


def bar_html(operation: str, progress: Progress, ended: bool) -> str:
    """The same as ``bar_line`` for a notebook. A bar without a total moves as long as it is shown."""
    label, unit, done, total = words(operation, progress)
    name = f"<span style='display:inline-block;min-width:12em'>{label}</span>"
    value = "" if total is None else f" value='{progress.percent}'"
    bar = "" if ended and total is None else f" <progress max='100'{value}></progress>"
    numbers = f"{progress.percent} %" if unit else f"{done}{f' / {total}' if total is not None else ''}"
    return f"<div>{name}{bar} {numbers}</div>"
