"""Types of arguments, for annotations."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Protocol, TypedDict, Union

from ._native import Cancel, Progress


class SupportsRead(Protocol):
    """A binary file object."""

    def read(self, size: int, /) -> bytes: ...


SourceLike = Union[str, "os.PathLike[str]", "os.PathLike[bytes]", bytes, bytearray, memoryview, SupportsRead]
"""What can be scanned: a path, bytes, or a binary file object."""


class CallOptions(TypedDict, total=False):
    """What a single call may override."""

    deadline: float | None
    """Seconds from now until the whole call ends; None waits for ever."""
    max_wait: float | None
    """Longest time in seconds to wait for quota; 0 never waits, None is the client's setting."""
    cancel: Cancel | None
    """A token that ends the call from another thread."""
    progress: Callable[[Progress], object] | bool | None
    """True shows a bar on a terminal or in a notebook; a callable is called on the calling thread as the call goes
    on, and cancels it by returning ``False``."""


class SubmitOptions(CallOptions, total=False):
    """Options of an upload. None is as good as not given."""

    filename: str | None
    """Name of the file; only its last part is sent."""
    rule: str | list[str] | tuple[str, ...] | None
    """``multiscan``, ``sanitize``, ``unarchive``, ``cdr``, ``dlp`` or any other text; one or many."""
    archive_password: str | None
    """Password of an archive."""
    file_password: str | None
    """Password of a protected document."""
    sample_sharing: bool | None
    """Whether the service may keep and share the file; False needs a paid key."""
    private_processing: bool | None
    """Hides the result from hash lookups too."""
    download_from: str | None
    """A direct link from which the service fetches the file itself."""
    sandbox: str | None
    """Also runs a dynamic analysis, for example in ``windows10``."""
    callback_url: str | None
    """Where the service posts the finished result."""
    rescan_count: int | None
    """How many scheduled rescans."""
    rescan_interval: int | None
    """Interval of scheduled rescans; the service does not document the unit."""
    metadata: dict[str, Any] | str | None
    """Comes back in the report; a dict, or JSON text."""
    headers: dict[str, str] | None
    """Any further headers."""


class ScanOptions(SubmitOptions, total=False):
    """Options of ``file_scan``."""

    reuse: bool | None
    """Ask for a known result by the file's hash before uploading (the default)."""
