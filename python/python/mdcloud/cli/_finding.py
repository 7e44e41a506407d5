"""One scanned file, as every form of output needs it."""

from __future__ import annotations

from .._errors import AuthError, BlockedError, MdcloudError, ScanNotFinishedError
from .._models import HashResult, Report
from . import _exits
from ._session import error_facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Finding:
    """The name of a file, and what became of it: a report, what is known of its hash, or an error."""

    __slots__ = ("error", "name", "report")

    def __init__(
        self, name: str, report: Report | HashResult | None = None, error: BaseException | None = None
    ) -> None:
        self.name = name
        self.report = report
        self.error = error

    @property
    def verdict(self) -> str:
        """Name of the verdict; ``QUOTA`` or ``ERROR`` where there is none."""
        if self.report is not None and self.error is None:
            return self.report.verdict.name
        if isinstance(self.error, ScanNotFinishedError):
            return "PENDING"
        return {_exits.QUOTA: "QUOTA", _exits.UNKNOWN: "UNKNOWN"}.get(self.exit_code, "ERROR")

    @property
    def exit_code(self) -> int:
        if self.error is not None:
            return _exits.of_error(self.error)
        return _exits.ERROR if self.report is None else _exits.of_verdict(self.report.verdict)

    @property
    def threat(self) -> str | None:
        """What was found, with how many engines say so where the service names no threat."""
        if isinstance(self.report, Report):
            named = [engine.threat for engine in self.report.engines if engine.threat]
            return self.report.threat_name or (named[0] if named else None)
        return None

    @property
    def engines(self) -> str:
        """Such as ``19/22``."""
        found = self.report.detected_engines if self.report is not None else None
        total = self.report.total_engines if isinstance(self.report, Report) else None
        return "" if found is None else f"{found}/{'?' if total is None else total}"

    @property
    def summary(self) -> str:
        """One line for people, without the name."""
        if self.error is not None:
            return str(self.error)
        return "  ".join(part for part in (self.engines and f"{self.engines} engines", self.threat) if part)

    def facts(self) -> dict[str, Any]:
        """For programs."""
        report = self.report if isinstance(self.report, Report) else None
        return {
            "file": self.name,
            "verdict": self.verdict,
            "detected": self.report.detected_engines if self.report is not None else None,
            "total": report.total_engines if report else None,
            "threat": self.threat,
            "sha256": report.sha256 if report else getattr(self.report, "hash", None),
            "data_id": self.report.data_id if self.report is not None else None,
            "error": error_facts(self.error),
        }


def of_one_file(error: BaseException) -> BaseException:
    """The error, if it concerns one file or value; any other ends the command.

    A key that is refused ends it too: wrong keys that go on asking end in a block of the address.
    """
    if isinstance(error, (AuthError, BlockedError)) or not isinstance(error, (MdcloudError, OSError)):
        raise error
    return error
