"""What the exit codes mean: one thing each, whatever the command."""

from __future__ import annotations

from .._enums import Status, Verdict
from .._errors import MdcloudError, NotFoundError, QuotaError, ScanNotFinishedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

CLEAN = 0
"""Done, and nothing bad was found."""
INFECTED = 1
"""A threat was found, or an address is listed."""
USAGE = 2
"""The arguments were not understood; nothing was sent."""
UNKNOWN = 3
"""No verdict: the service does not know it, could not look into it, or has not finished."""
QUOTA = 4
"""The key's quota does not allow it now."""
ERROR = 5
"""It failed: network, key, file or service."""
INTERRUPTED = 130
"""Ctrl-C."""

MEANINGS = f"""\
exit codes:
  {CLEAN}    done, and nothing bad was found
  {INFECTED}    a threat was found, or an address is listed
  {USAGE}    the arguments were not understood; nothing was sent
  {UNKNOWN}    no verdict: not known, not readable for the engines, or not finished
  {QUOTA}    the key's quota does not allow it now
  {ERROR}    it failed: network, key, file or service
  {INTERRUPTED}  interrupted with Ctrl-C
Of several results the first of {INFECTED}, {ERROR}, {QUOTA}, {UNKNOWN}, {CLEAN} counts."""

_GRAVEST_FIRST = (INFECTED, ERROR, QUOTA, UNKNOWN, CLEAN)


def of_verdict(verdict: Verdict) -> int:
    if verdict in (Verdict.INFECTED, Verdict.SUSPICIOUS):
        return INFECTED
    return CLEAN if verdict is Verdict.CLEAN else UNKNOWN


def of_error(error: BaseException) -> int:
    if isinstance(error, QuotaError):
        return QUOTA
    return UNKNOWN if isinstance(error, (NotFoundError, ScanNotFinishedError)) else ERROR


def worst(codes: Iterable[int]) -> int:
    """The code of a whole run: a threat counts most."""
    seen = set(codes)
    return next((code for code in _GRAVEST_FIRST if code in seen), CLEAN)


def advice(error: MdcloudError) -> str:
    """The error, and what can be done about it from the command line."""
    text = str(error)
    if error.status is Status.NO_API_KEY:
        return f"{text}\nTo try the command without a key and without a network, add --emulator."
    return text
