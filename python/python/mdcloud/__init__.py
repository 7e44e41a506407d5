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

from typing import TYPE_CHECKING

from ._client import Client
from ._document import Document
from ._emulator import Emulator
from ._enums import Operation, Status, Verdict
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
    Engine,
    ExtractedFile,
    HashResult,
    KeyInfo,
    Limits,
    ProcessInfo,
    Report,
    Result,
    Sanitized,
    Submission,
)
from ._native import Cancel, HashResults, Progress, RequestRecord, TrackerInfo, __version__, tracker_info
from ._quota import FamilyQuota, Quota, ThrottleQuota, quota

if TYPE_CHECKING:
    from ._options import CallOptions, ScanOptions, SourceLike, SubmitOptions

__all__ = [
    "AuthError",
    "BadRequestError",
    "BlockedError",
    "BusyError",
    "CallOptions",
    "Cancel",
    "CancelledError",
    "Client",
    "Document",
    "Emulator",
    "Engine",
    "ExtractedFile",
    "FamilyQuota",
    "FileError",
    "ForbiddenError",
    "HashResult",
    "HashResults",
    "InternalError",
    "InvalidArgumentError",
    "KeyInfo",
    "Limits",
    "MdcloudError",
    "NetworkError",
    "NotFoundError",
    "Operation",
    "ProcessInfo",
    "Progress",
    "ProtocolError",
    "Quota",
    "QuotaError",
    "QuotaExhaustedError",
    "Report",
    "RequestRecord",
    "RequestTimeoutError",
    "Result",
    "Sanitized",
    "ScanNotFinishedError",
    "ScanOptions",
    "ServerError",
    "SourceLike",
    "Status",
    "Submission",
    "SubmitOptions",
    "ThrottleQuota",
    "ThrottledError",
    "TlsError",
    "TooLargeError",
    "TrackerInfo",
    "Verdict",
    "__version__",
    "quota",
    "tracker_info",
]


def __getattr__(name: str) -> object:
    # Types for annotations: importing them costs time that a program without annotations need not spend.
    if name in ("CallOptions", "ScanOptions", "SourceLike", "SubmitOptions"):
        from . import _options

        return getattr(_options, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
