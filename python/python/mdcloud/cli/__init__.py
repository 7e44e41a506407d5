"""The command ``mdcloud``: its commands, and how it ends.

>>> from mdcloud.cli import main
>>> main(["ip", "198.51.100.1", "--emulator", "--no-color"])
not listed  198.51.100.1
0
"""

from __future__ import annotations

import os
import sys

from .._errors import InvalidArgumentError, MdcloudError
from . import _exits, _session
from ._terminal import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command, and gives the exit code that says how it ended."""
    from ._parser import build

    for stream in (sys.stdout, sys.stderr):
        # A name that the terminal cannot show must not end the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = build().parse_args(arguments)
    except SystemExit as ended:  # --help, --version, or arguments that were not understood
        return ended.code if isinstance(ended.code, int) else _exits.USAGE
    _session.log(options)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        say("interrupted")
        return _exits.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has stopped, as `head` does; the interpreter would complain when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _exits.ERROR
    except MdcloudError as error:
        say(_exits.advice(error))
        # Refused before anything was sent: an option that cannot work, such as a negative time.
        return _exits.USAGE if isinstance(error, InvalidArgumentError) else _exits.of_error(error)
    except OSError as error:
        say(str(error))
        return _exits.ERROR
