"""The client."""

from __future__ import annotations

from . import _native, _quota
from ._document import Document
from ._files import Files
from ._lookups import Lookups
from ._services import Services

TYPE_CHECKING = False  # as type checkers read it; importing typing would take longer than all the rest
if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._models import KeyInfo, Limits, ScanSummaries
    from ._options import CallOptions


class _NotGiven:
    """Stands for a keyword that was not given, where None has a meaning of its own."""

    def __repr__(self) -> str:
        return "..."


_NOT_GIVEN = _NotGiven()


class Client(Files, Lookups, Services):
    """A client of MetaDefender Cloud. Safe to use from many threads at once.

    What is not given comes from the environment, then from the defaults. Times are in seconds, whole or
    not. Making a client sends nothing.

    Args:
        api_key: The key. Environment: ``MDCLOUD_API_KEY``.
        base_url: Address of the service with its ``/v4``. Environment: ``MDCLOUD_BASE_URL``. Must be
            https or loopback, as it would carry the key in clear otherwise.
        allow_http: Allows an address that is neither.
        connect_timeout: Longest time to resolve, connect and shake hands (10).
        read_timeout: Longest silence of the service (70).
        timeout: Longest time of one request in all (none).
        max_wait: Longest time a call may wait for quota before it fails at once with the time still to
            wait (60). Environment: ``MDCLOUD_MAX_WAIT``.
        throttle: Requests per window for the throttled operations, such as ``"10/60s"``; learned from the
            service by default. Environment: ``MDCLOUD_THROTTLE``.
        quota_store: Who shares the quota ledger (``"process"``). Environment: ``MDCLOUD_QUOTA_STORE``.
        retries: How often a failed request is repeated where that does no harm (3).
        deadline: Longest time of operations that wait for a result (900); None waits for ever.
        proxy: ``http://``, ``https://``, ``socks4://`` or ``socks5://[user:password@]host:port``; empty for
            none; from the environment by default.
        ca_file: PEM file with root certificates to trust beside those of the system.
        user_agent: The header ``User-Agent`` (``mdcloud/VERSION``).
        concurrency: Most requests at once, and connections kept open (8).

    Raises ``InvalidArgumentError`` for a setting that cannot work.

    Operations raise an exception derived from ``MdcloudError``: those named with each of them and, wherever
    something is sent, ``AuthError``, ``ForbiddenError``, ``BlockedError``, ``BadRequestError``,
    ``ThrottledError``, ``QuotaExhaustedError``, ``BusyError``, ``ServerError``, ``ProtocolError``,
    ``NetworkError``, ``TlsError``, ``RequestTimeoutError`` and ``CancelledError``. An argument of a wrong type
    is a ``TypeError`` that names it. All operations take ``deadline``, ``max_wait``, ``cancel`` and
    ``progress`` as keywords (``CallOptions``). In their examples ``client`` is a client of an ``Emulator``.

    Threads, thread pools and a running event loop may share one client (``AsyncClient`` is for coroutines). It
    goes on working in a child after a fork, but cannot be pickled: where processes are spawned, each makes its
    own. The logger ``mdcloud`` has requests at DEBUG and repeats at INFO.

    >>> import mdcloud
    >>> with mdcloud.Emulator() as emulator:
    ...     with mdcloud.Client(emulator.api_key, base_url=emulator.base_url) as client:
    ...         client.apikey_info().is_paid
    False
    """

    __slots__ = ("__weakref__", "_native")

    def __init__(
        self,
        api_key: str | None = None,
        *,
        base_url: str | None = None,
        allow_http: bool = False,
        connect_timeout: float | None = None,
        read_timeout: float | None = None,
        timeout: float | None = None,
        max_wait: float | None = None,
        throttle: str | None = None,
        quota_store: str | None = None,
        retries: int | None = None,
        deadline: float | _NotGiven | None = _NOT_GIVEN,
        proxy: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        user_agent: str | None = None,
        concurrency: int | None = None,
    ) -> None:
        settings: dict[str, object] = {
            "api_key": api_key,
            "base_url": base_url,
            "allow_http": allow_http,
            "connect_timeout": connect_timeout,
            "read_timeout": read_timeout,
            "timeout": timeout,
            "max_wait": max_wait,
            "throttle": throttle,
            "quota_store": quota_store,
            "retries": retries,
            "proxy": proxy,
            "ca_file": ca_file,
            "user_agent": user_agent,
            "concurrency": concurrency,
        }
        if deadline is not _NOT_GIVEN:
            settings["deadline"] = deadline
        self._native = _native.Client(settings)

    # -- the client itself

    @property
    def base_url(self) -> str:
        """Address of the service."""
        return self._native.base_url

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._native.closed

    def close(self) -> None:
        """Ends all calls of this client, also those of other threads, with ``CancelledError``; later calls
        end at once."""
        self._native.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client(base_url={self.base_url!r}{', closed' if self.closed else ''})"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError(
            "a Client cannot be pickled or copied: make one in each process that needs one, for example in the "
            "initializer of its pool"
        )

    def quota(self) -> _quota.Quota | None:
        """What is known of this key's quota; None before its first call. Asks nobody.

        >>> import mdcloud
        >>> with mdcloud.Emulator(throttle="10/60s") as emulator, emulator.client() as client:
        ...     _ = client.file_submit(b"hello")
        ...     client.quota().families[0].name
        'prevention_api'
        """
        known = _quota._read(self._native.quota())
        return known[0] if known else None

    # -- the key

    def apikey_info(self, **options: Unpack[CallOptions]) -> KeyInfo:
        """What the key may do. Charged to no allowance.

        Raises ``AuthError`` where there is no key, or the service refuses it.

        >>> info = client.apikey_info()
        >>> info.is_paid, info.limit_prevention  # uploads a day
        (True, 1000)
        """
        return self._native.apikey_info(options)

    def apikey_limits(self, **options: Unpack[CallOptions]) -> Limits:
        """Amounts used in the current window, per allowance. Charged to no allowance.

        Raises ``AuthError`` where the key is refused.

        >>> client.apikey_limits().prevention_api
        0
        """
        return self._native.apikey_limits(options)

    def apikey_limits_left(self, **options: Unpack[CallOptions]) -> Limits:
        """Amounts left in the current window, per allowance. Charged to no allowance.

        Raises ``AuthError`` where the key is refused.

        >>> client.apikey_limits_left().reputation_api
        4000
        """
        return self._native.apikey_limits_left(options)

    def apikey_scan_history(
        self, limit: int | None = None, offset: int | None = None, **options: Unpack[CallOptions]
    ) -> ScanSummaries:
        """Files that were uploaded with this key, newest first, at most ``limit`` behind the first ``offset``.
        Charged to no allowance.

        Raises ``InvalidArgumentError`` for a limit or offset that is out of range.

        >>> _ = client.file_scan(b"hello", filename="hello.txt")
        >>> [entry.display_name for entry in client.apikey_scan_history(limit=5)]
        ['hello.txt']
        """
        return self._native.perform("apikey_scan_history", {"limit": limit, "offset": offset}, options)

    # -- anything else

    def call(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | bytearray | memoryview | str | None = None,
        **options: Unpack[CallOptions],
    ) -> Document:
        """Sends any request below the base URL and gives the answer as it came: for what has no method of its own.

        Args:
            method: ``"GET"``, ``"POST"`` or ``"DELETE"``.
            path: Begins with a slash, and is sent as it is: what it carries must be percent-encoded.
            headers: A dict of texts; the key is added.
            body: Bytes or text, sent as JSON unless ``headers`` say otherwise.

        Raises ``InvalidArgumentError`` for a path that leads elsewhere, and what the service answers as any
        operation does.

        >>> client.call("GET", "/apikey/limits").pointer("/reputation_api")
        0
        """
        return Document(self._native.call(method, path, headers, body, options))


Client.__module__ = "mdcloud"
