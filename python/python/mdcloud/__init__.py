"""Scan files and look up hashes with MetaDefender Cloud.

This project is independent of OPSWAT, the maker of MetaDefender Cloud.

>>> import mdcloud
>>> with mdcloud.Emulator() as emulator, emulator.client() as client:
...     client.file_scan(b"hello").verdict
<Verdict.CLEAN: 1>

``Client`` has the operations, ``Emulator`` is the service on loopback for tests and try-outs. All
exceptions of the library derive from ``MdcloudError``.
"""

from __future__ import annotations

from ._client import Client
from ._document import Badge, Document
from ._emulator import Emulator
from ._errors import (
    AuthError,
    BadRequestError,
    BlockedError,
    BusyError,
    CancelledError,
    FileError,
    ForbiddenError,
    InternalError,
    InvalidArgumentError,
    LegacyOperationWarning,
    MdcloudError,
    NetworkError,
    NotFoundError,
    ProtocolError,
    QuotaError,
    QuotaExhaustedError,
    RequestTimeoutError,
    ScanNotFinishedError,
    ServerError,
    ThrottledError,
    TlsError,
    TooLargeError,
)
from ._models import (
    ApkManifest,
    ApkPermission,
    AppEntry,
    AppInfo,
    Engine,
    Exif,
    ExtractedFile,
    FeedEntry,
    FeedPage,
    GeoInfo,
    HashResult,
    KeyInfo,
    Limits,
    PastScan,
    PeImport,
    PeInfo,
    PeSection,
    Plan,
    PlannedFile,
    ProcessInfo,
    Report,
    Reputation,
    ReputationSource,
    RescanResult,
    Result,
    SandboxReport,
    SandboxSubmission,
    Sanitized,
    ScanHistory,
    ScanSummaries,
    ScanSummary,
    Submission,
    WebhookStatus,
    WebhookStatuses,
)
from ._native import (
    Cancel,
    FileTree,
    Progress,
    RequestRecord,
    Reservation,
    Results,
    ScanOutcome,
    ScanOutcomes,
    TrackerInfo,
    TreeFile,
    __version__,
    tracker_info,
)
from ._quota import FamilyQuota, Quota, ThrottleQuota, quota

TYPE_CHECKING = False  # as type checkers read it; importing typing would take longer than all the rest
if TYPE_CHECKING:
    from ._aio import AsyncClient, AsyncResults
    from ._enums import Operation, Status, Verdict
    from ._options import CallOptions, ScanOptions, SourceLike, SubmitOptions
    from ._table import Table

__all__ = [
    "ApkManifest",
    "ApkPermission",
    "AppEntry",
    "AppInfo",
    "AsyncClient",
    "AsyncResults",
    "AuthError",
    "BadRequestError",
    "Badge",
    "BlockedError",
    "BusyError",
    "CallOptions",
    "Cancel",
    "CancelledError",
    "Client",
    "Document",
    "Emulator",
    "Engine",
    "Exif",
    "ExtractedFile",
    "FamilyQuota",
    "FeedEntry",
    "FeedPage",
    "FileError",
    "FileTree",
    "ForbiddenError",
    "GeoInfo",
    "HashResult",
    "InternalError",
    "InvalidArgumentError",
    "KeyInfo",
    "LegacyOperationWarning",
    "Limits",
    "MdcloudError",
    "NetworkError",
    "NotFoundError",
    "Operation",
    "PastScan",
    "PeImport",
    "PeInfo",
    "PeSection",
    "Plan",
    "PlannedFile",
    "ProcessInfo",
    "Progress",
    "ProtocolError",
    "Quota",
    "QuotaError",
    "QuotaExhaustedError",
    "Report",
    "Reputation",
    "ReputationSource",
    "RequestRecord",
    "RequestTimeoutError",
    "RescanResult",
    "Reservation",
    "Result",
    "Results",
    "SandboxReport",
    "SandboxSubmission",
    "Sanitized",
    "ScanHistory",
    "ScanNotFinishedError",
    "ScanOptions",
    "ScanOutcome",
    "ScanOutcomes",
    "ScanSummaries",
    "ScanSummary",
    "ServerError",
    "SourceLike",
    "Status",
    "Submission",
    "SubmitOptions",
    "Table",
    "ThrottleQuota",
    "ThrottledError",
    "TlsError",
    "TooLargeError",
    "TrackerInfo",
    "TreeFile",
    "Verdict",
    "WebhookStatus",
    "WebhookStatuses",
    "__version__",
    "quota",
    "tracker_info",
]


# Imported when they are asked for: the standard library's enum takes as long as all else here, asyncio longer.
_LATER = {
    "AsyncClient": "_aio",
    "AsyncResults": "_aio",
    "CallOptions": "_options",
    "Operation": "_enums",
    "ScanOptions": "_options",
    "SourceLike": "_options",
    "Status": "_enums",
    "SubmitOptions": "_options",
    "Table": "_table",
    "Verdict": "_enums",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
