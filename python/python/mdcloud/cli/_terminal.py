"""What people see: colours where they help, and no control characters from outside."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

_COLOURS = {"red": "31", "green": "32", "yellow": "33", "grey": "90", "bold": "1"}

_COLOUR_OF = {
    "CLEAN": "green",
    "INFECTED": "red",
    "SUSPICIOUS": "red",
    "LISTED": "red",
    "not listed": "green",
    "ERROR": "red",
    "QUOTA": "yellow",
    "UNKNOWN": "yellow",
    "INCOMPLETE": "yellow",
    "PENDING": "yellow",
}


def safe(text: object) -> str:
    """Text from outside for a terminal: names of files and threats are chosen by attackers, and a control
    character in them could hide a verdict or worse.

    >>> safe("a\\x1b[2Jb\\u202ecod.exe")
    'a\\\\x1b[2Jb\\\\u202ecod.exe'
    """
    plain = str(text)
    if plain.isprintable():
        return plain
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in plain)


def say(text: str) -> None:
    """A remark for people, on standard error. Its lines are ours, what is in them may not be."""
    for line in text.split("\n"):
        print(f"mdcloud: {safe(line)}", file=sys.stderr)


class Terminal:
    """Standard output, with colour where somebody looks at it."""

    def __init__(self, *, colour: bool | None = None, stream: TextIO | None = None) -> None:
        self._stream = sys.stdout if stream is None else stream
        if colour is None:
            colour = (
                self._stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
            )
        self._colour = colour

    def paint(self, text: str, colour: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self._colour else text

    def badge(self, word: str) -> str:
        """A verdict in its colour, in a column of ten."""
        return self.paint(word.ljust(10), _COLOUR_OF.get(word, "bold"))

    def line(self, text: str = "") -> None:
        # At once: whoever reads from a pipe sees each result as it comes.
        print(text, file=self._stream, flush=True)

    def table(self, rows: Iterable[Sequence[object]]) -> None:
        """Columns as wide as they need; the first row is their names."""
        texts = [[safe(cell) for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(*texts)]
        for number, row in enumerate(texts):
            text = "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip()
            self.line(self.paint(text, "grey") if number == 0 else text)

    def bar(self, part: float, width: int = 20) -> str:
        """A gauge from 0 to 1."""
        full = round(min(max(part, 0.0), 1.0) * width)
        colour = "red" if part >= 0.9 else "yellow" if part >= 0.7 else "green"
        return self.paint("█" * full, colour) + self.paint("░" * (width - full), "grey")
