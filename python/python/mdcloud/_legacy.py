"""The warning of operations that the service keeps for old programs only. The native module calls this."""

from __future__ import annotations

import os
import sys
import threading
import warnings

from ._errors import LegacyOperationWarning

_PACKAGE = os.path.dirname(__file__) + os.sep
_HERE = threading.local()


def silence_this_thread() -> None:
    """For threads that work for a task, which was warned already."""
    _HERE.silent = True


def warn(operation: str) -> None:
    """Warns at the line of the caller's program, however deep in the package we are."""
    if getattr(_HERE, "silent", False):
        return
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    text = f"{operation} is a legacy operation: the service may drop it (docs/operations.md says what else there is)"
    warnings.warn(text, LegacyOperationWarning, stacklevel=level + 1)
