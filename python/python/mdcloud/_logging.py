"""The logger ``mdcloud``: requests at DEBUG, repeats at INFO. The native module calls this."""

from __future__ import annotations

import logging

_LOGGER = logging.getLogger("mdcloud")
_LOGGER.addHandler(logging.NullHandler())  # or Python prints warnings of programs that set up no handler

_OFF = 50


def level() -> int:
    """The lowest level that is wanted now, among those that the library uses."""
    for number in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        if _LOGGER.isEnabledFor(number):
            return number
    return _OFF


def emit(level: int, text: str, created: float, thread: str) -> None:
    """Logs one record of the core, with the time at which it was made."""
    record = _LOGGER.makeRecord("mdcloud", level, "mdcloud", 0, text, (), None, "")
    record.created = created
    record.msecs = created % 1 * 1000
    if thread:
        record.threadName = thread
    _LOGGER.handle(record)
