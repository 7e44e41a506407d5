"""The exceptions. Which failure gives which class stands in one table in the library's core."""

from __future__ import annotations

import os
from . import _native

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from ._enums import Status


class MdcloudError(Exception):
    """A call failed. Base of all exceptions of this library; holds the facts, never the key.

    >>> try:
    ...     raise NotFoundError("no such hash", http_status=404, code=404003)
    ... except MdcloudError as error:
    ...     error.status, error.code, error.retry_after
    (<Status.NOT_FOUND: 44>, 404003, None)
    """

    status: Status
    """The kind of failure, the same number in every language."""
    http_status: int | None
    """HTTP status of the answer; None where there was none."""
    code: int | None
    """The service's own code, such as 429001."""
    messages: list[str]
    """The service's own texts, for people."""
    retry_after: float | None
    """Seconds until the same call can succeed, where that is known."""
    family: str | None
    """The allowance concerned, by the service's name, such as ``prevention_api``."""
    is_local: bool
    """Whether the failure was found here and nothing reached the service."""
    delivery: Literal["not_sent", "refused", "unknown"]
    """Whether the service got the request; ``unknown`` where bytes went out and no whole answer came."""
    request: str | None
    """Method and path of the request."""
    raw: bytes
    """Body of the answer, as received."""
    data_id: str | None
    """The scan that goes on at the service, where there is one."""

    _status = "PANIC"  # by name: the enumeration is not made before it is needed

    def __init__(
        self,
        message: str = "",
        *,
        status: Status | None = None,
        http_status: int | None = None,
        code: int | None = None,
        messages: list[str] | None = None,
        retry_after: float | None = None,
        family: str | None = None,
        is_local: bool = True,
        delivery: Literal["not_sent", "refused", "unknown"] = "not_sent",
        request: str | None = None,
        raw: bytes = b"",
        data_id: str | None = None,
    ) -> None:
        super().__init__(message)
        if status is None:
            from ._enums import Status

            status = Status[self._status]
        self.status = status
        self.http_status = http_status
        self.code = code
        self.messages = [] if messages is None else messages
        self.retry_after = retry_after
        self.family = family
        self.is_local = is_local
        self.delivery = delivery
        self.request = request
        self.raw = raw
        self.data_id = data_id

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restore, (type(self), self.args, self.__dict__.copy()))


def _restore(kind: type[MdcloudError], args: tuple[Any, ...], facts: dict[str, Any]) -> MdcloudError:
    """Makes an exception again without its ``__init__``, which a subclass may have changed."""
    error = kind.__new__(kind, *args)
    if isinstance(error, OSError):
        OSError.__init__(error, *args)
    else:
        Exception.__init__(error, *args)
    error.__dict__.update(facts)
    return error


class InvalidArgumentError(MdcloudError, ValueError):
    """An argument or setting was refused before anything was sent."""

    _status = "INVALID_ARGUMENT"


class AuthError(MdcloudError):
    """There is no API key (``Status.NO_API_KEY``), or the service refused it (``Status.UNAUTHORIZED``)."""

    _status = "UNAUTHORIZED"


class ForbiddenError(MdcloudError):
    """The key may not do this."""

    _status = "FORBIDDEN"


class BlockedError(MdcloudError):
    """The service has blocked this address for an hour: send nothing, and check the key."""

    _status = "BLOCKED"


class BadRequestError(MdcloudError):
    """The service refused the request."""

    _status = "BAD_REQUEST"


class TooLargeError(MdcloudError):
    """The file is larger than the key allows."""

    _status = "TOO_LARGE"


class NotFoundError(MdcloudError):
    """The service does not know what was asked for."""

    _status = "NOT_FOUND"


class QuotaError(MdcloudError):
    """The key's quota is used up, for now: ``retry_after`` says for how long."""

    _status = "QUOTA_EXHAUSTED"


class ThrottledError(QuotaError):
    """The short window of requests is full, and the wait would be longer than ``max_wait``."""

    _status = "THROTTLED"


class QuotaExhaustedError(QuotaError):
    """The allowance of the day or month is used up."""

    _status = "QUOTA_EXHAUSTED"


class BusyError(MdcloudError):
    """Too many connections at once."""

    _status = "BUSY"


class ServerError(MdcloudError):
    """The service failed."""

    _status = "SERVER"


class ProtocolError(MdcloudError):
    """The answer is not what the service is known to send."""

    _status = "PROTOCOL"


class NetworkError(MdcloudError, ConnectionError):
    """The connection could not be made, or was lost."""

    _status = "NETWORK"


class TlsError(MdcloudError):
    """The TLS handshake failed."""

    _status = "TLS"


class RequestTimeoutError(MdcloudError, TimeoutError):
    """The service did not answer in time."""

    _status = "TIMEOUT"


class ScanNotFinishedError(MdcloudError, TimeoutError):
    """The deadline passed; the scan goes on at the service. ``data_id`` is its handle for ``file_wait``."""

    _status = "DEADLINE"


class CancelledError(MdcloudError):
    """The call was cancelled: by its token, its progress callback, or ``Client.close``."""

    _status = "CANCELLED"


class InternalError(MdcloudError):
    """A bug in this library; please report it."""

    _status = "PANIC"


class LegacyOperationWarning(DeprecationWarning):
    """An operation was called that the service keeps for old programs only. Warned once per line of a program."""


class FileError(MdcloudError, OSError):
    """The caller's own file could not be read or written. Has ``errno`` and ``filename`` like any OSError.

    A missing file is also a ``FileNotFoundError``, a forbidden one a ``PermissionError``, a directory an
    ``IsADirectoryError``.
    """

    _status = "IO"
    _message: str

    def __init__(
        self, message: str = "", *, errno: int | None = None, filename: Any = None, **facts: Any
    ) -> None:
        super().__init__(message, **facts)
        if errno is not None:
            OSError.__init__(self, errno, os.strerror(errno), filename)
        self._message = message

    def __str__(self) -> str:
        return self._message

    def __reduce__(self) -> tuple[Any, ...]:
        args = self.args
        if self.filename is not None and len(args) == 2:
            args = (*args, self.filename)
        return (_restore, (type(self), args, self.__dict__.copy()))


class _MissingFileError(FileError, FileNotFoundError):
    __doc__ = FileError.__doc__


class _FilePermissionError(FileError, PermissionError):
    __doc__ = FileError.__doc__


class _DirectoryError(FileError, IsADirectoryError):
    __doc__ = FileError.__doc__


_OF_ERRNO: dict[int | None, type[FileError]] = {
    2: _MissingFileError,
    1: _FilePermissionError,
    13: _FilePermissionError,
    21: _DirectoryError,
}


def _class_of(name: str) -> type[MdcloudError]:
    kind = FileError if name == "OSError" else globals()[name]
    assert issubclass(kind, MdcloudError)
    return kind


_OF_STATUS = {number: _class_of(name) for number, _, name in _native.KINDS}


def _make(
    number: int, message: str, errno: int | None, filename: object, facts: dict[str, Any]
) -> MdcloudError:
    """The exception for an error of the core; the native module calls this."""
    from ._enums import Status

    status, kind = Status(number), _OF_STATUS[number]
    if issubclass(kind, FileError):
        kind = _OF_ERRNO.get(errno, kind)
        return kind(message, errno=errno, filename=filename, status=status, **facts)
    return kind(message, status=status, **facts)


for _kind in list(globals().values()):
    if isinstance(_kind, type) and issubclass(_kind, MdcloudError) and not _kind.__name__.startswith("_"):
        _kind.__module__ = "mdcloud"
LegacyOperationWarning.__module__ = "mdcloud"
del _kind
