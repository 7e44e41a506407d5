"""The client."""

from __future__ import annotations

from . import _native, _quota
from ._document import Document
from ._budget import Budgets
from ._lookups import Lookups

TYPE_CHECKING = False  # as type checkers read it; importing typing would take longer than all the rest
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping
    from types import TracebackType

    from typing_extensions import Self, Unpack

    from ._models import (
        KeyInfo,
        Limits,
        Report,
        RescanResult,
        ScanSummaries,
        Submission,
        WebhookStatus,
        WebhookStatuses,
    )
    from ._native import FileTree, ScanOutcomes
    from ._options import CallOptions, ScanOptions, SourceLike, SubmitOptions


class _NotGiven:
    """Stands for a keyword that was not given, where None has a meaning of its own."""

    def __repr__(self) -> str:
        return "..."


_NOT_GIVEN = _NotGiven()


class Client(Budgets, Lookups):
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
        quota_store: Who shares the quota ledger: ``"process"`` (the default) this process and its forked
            children, ``"user"`` all processes of the user, ``"file:PATH"`` all processes that use this
            file, ``"redis://[[user]:password@]host[:port][/database]"`` or ``"rediss://…"`` (with TLS) a
            fleet of machines. Environment: ``MDCLOUD_QUOTA_STORE``.
        strict_store: Whether calls fail while that store cannot be used (False: they go on with the ledger
            of this process alone, and ``quota()`` says so).
        retries: How often a failed request is repeated where that does no harm (3).
        deadline: Longest time of operations that wait for a result (900); None waits for ever.
        proxy: ``http://``, ``https://``, ``socks4://`` or ``socks5://[user:password@]host:port``; empty for
            none; from the environment by default.
        ca_file: PEM file with root certificates to trust beside those of the system.
        user_agent: The header ``User-Agent`` (``mdcloud/VERSION``).
        concurrency: Most requests at once, and connections kept open (8).

    Raises ``InvalidArgumentError`` for a setting that cannot work.

    Operations raise an exception derived from ``MdcloudError``. All take ``deadline``, ``max_wait``,
    ``cancel`` and ``progress`` as keywords. A client belongs to its process: it cannot be pickled, but
    goes on working in a child after a fork.

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
        strict_store: bool = False,
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
            "strict_store": strict_store,
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
        raise TypeError("a Client cannot be pickled or copied: make one in each process that needs one")

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
        """What the key may do. Charged to no allowance."""
        return self._native.apikey_info(options)

    def apikey_limits(self, **options: Unpack[CallOptions]) -> Limits:
        """Amounts used in the current window, per family. Charged to no allowance."""
        return self._native.apikey_limits(options)

    def apikey_limits_left(self, **options: Unpack[CallOptions]) -> Limits:
        """Amounts left in the current window, per family. Charged to no allowance.

        >>> import mdcloud
        >>> with mdcloud.Emulator() as emulator, emulator.client() as client:
        ...     client.apikey_limits_left().reputation_api
        4000
        """
        return self._native.apikey_limits_left(options)

    def apikey_scan_history(
        self, limit: int | None = None, offset: int | None = None, **options: Unpack[CallOptions]
    ) -> ScanSummaries:
        """Files that were uploaded with this key, newest first. Charged to no allowance."""
        return self._native.perform("apikey_scan_history", {"limit": limit, "offset": offset}, options)

    # -- files

    def file_submit(self, source: SourceLike, **options: Unpack[SubmitOptions]) -> Submission:
        """Uploads a file for analysis and gives its handle; the scan goes on at the service.

        ``source`` is a path, bytes, or a binary file object, which is read from where it stands. Options:
        see ``SubmitOptions``. Charged to the Prevention allowance, and throttled. It is never sent twice:
        where the answer was lost, the upload is looked for among the newest of the key, for some seconds;
        where it cannot be found, ``error.delivery`` is ``"unknown"``.

        Raises ``TooLargeError``, ``ThrottledError``, ``QuotaExhaustedError``, ``FileError`` (an
        ``OSError``) and others.

        >>> import mdcloud
        >>> with mdcloud.Emulator() as emulator, emulator.client() as client:
        ...     submission = client.file_submit(b"hello", filename="hello.txt")
        ...     client.file_wait(submission.data_id).display_name
        'hello.txt'
        """
        return self._native.file_submit(source, options)

    def file_report(self, data_id: str, **options: Unpack[CallOptions]) -> Report:
        """State of a scan, finished or not (``Report.is_finished``). Charged to no allowance."""
        return self._native.file_report(data_id, options)

    def file_wait(self, data_id: str, **options: Unpack[CallOptions]) -> Report:
        """Waits for the end of a scan, at most ``deadline`` seconds. Charged to no allowance.

        Raises ``ScanNotFinishedError`` at the deadline; its ``data_id`` is good for waiting again.
        """
        return self._native.file_wait(data_id, options)

    def file_scan(self, source: SourceLike, **options: Unpack[ScanOptions]) -> Report:
        """Scans a file: asks for a known result by its hash, uploads it where there is none, and waits.

        Asking first saves the scarce upload allowance and keeps a known file at home. A file is uploaded
        without asking with ``reuse=False``, with private processing, when something else than a plain scan
        is wanted of it, and when it is a stream that cannot seek.

        >>> import mdcloud
        >>> with mdcloud.Emulator() as emulator, emulator.client() as client:
        ...     report = client.file_scan(b"hello")
        ...     report.verdict, report.detected_engines, report.sha256[:8]
        (<Verdict.CLEAN: 1>, 0, '2CF24DBA')
        """
        return self._native.file_scan(source, options)

    def file_scan_many(self, sources: Iterable[SourceLike], **options: Unpack[ScanOptions]) -> ScanOutcomes:
        """Scans any number of files, each as ``file_scan`` does: one ``ScanOutcome`` per source, in the order
        in which they finish, with its ``source``, and its ``result`` or ``error``.

        At most as many requests at once as the setting ``concurrency`` says; ``deadline`` counts for each
        file from its start. File objects are read on threads of the library; ``progress`` is not called.

        >>> import mdcloud
        >>> with mdcloud.Emulator(scan_time=0) as emulator, emulator.client() as client:
        ...     outcomes = client.file_scan_many([b"one", b"two", b""])
        ...     sorted((outcome.index, outcome.error is None) for outcome in outcomes)
        [(0, True), (1, True), (2, False)]
        """
        return self._native.file_scan_many(sources, options)

    def file_tree(
        self, data_id: str, depth: int | None = None, **options: Unpack[CallOptions]
    ) -> FileTree:
        """The files inside an archive that was scanned with the rule ``unarchive``, and inside the archives in
        it, down to ``depth`` levels (16): one ``TreeFile`` each, the outermost first.

        Lazy: what is inside a member is asked for when the walk comes to it, charged to no allowance.

        >>> import io, mdcloud, zipfile
        >>> packed = io.BytesIO()
        >>> with zipfile.ZipFile(packed, "w") as archive:
        ...     archive.writestr("a.txt", "hello")
        >>> with mdcloud.Emulator(scan_time=0) as emulator, emulator.client() as client:
        ...     report = client.file_scan(packed.getvalue(), rule=["multiscan", "unarchive"])
        ...     for entry in client.file_tree(report.data_id):
        ...         entry.depth, entry.file.display_name.rpartition("/")[2], entry.file.verdict.name
        (1, 'a.txt', 'CLEAN')
        """
        return self._native.file_tree(data_id, depth, options)

    def file_sanitize(
        self,
        source: SourceLike,
        destination: str | os.PathLike[str],
        **options: Unpack[SubmitOptions],
    ) -> Report:
        """Uploads a file for sanitization, waits, and fetches the clean copy into the file ``destination``.

        The rule is ``sanitize`` with ``multiscan`` unless ``rule`` says otherwise. Where the service makes no
        clean copy, ``NotFoundError`` has its reason, and ``destination`` stays as it was.
        """
        given = {"source": source, "destination": destination}
        return self._native.perform("file_sanitize", given, options)

    def sanitized_link(self, data_id: str, **options: Unpack[CallOptions]) -> str:
        """Link to the clean copy of a file; good without a key for up to 24 hours. Charged to no allowance."""
        return self._native.perform("sanitized_link", {"data_id": data_id}, options)

    def sanitized_download(
        self, data_id: str, destination: str | os.PathLike[str], **options: Unpack[CallOptions]
    ) -> int:
        """Fetches the clean copy into the file ``destination``, whole or not at all, and gives its length in bytes."""
        return self._native.perform(
            "sanitized_download", {"data_id": data_id, "destination": destination}, options
        )

    def sanitized_delete(self, data_id: str, **options: Unpack[CallOptions]) -> None:
        """Removes a clean copy before its 24 hours are over. Paid keys only."""
        self._native.perform("sanitized_delete", {"data_id": data_id}, options)

    def sanitized_link_legacy(self, file_id: str, **options: Unpack[CallOptions]) -> str:
        """Legacy: as ``sanitized_link``, by ``file_id``."""
        return self._native.perform("sanitized_link_legacy", {"file_id": file_id}, options)

    def file_rescan(self, file_id: str, **options: Unpack[CallOptions]) -> Submission:
        """Legacy: scans a file again that the service has kept. Charged to the Prevention allowance."""
        return self._native.perform("file_rescan", {"file_id": file_id}, options)

    def file_rescan_many(self, file_ids: Iterable[str], **options: Unpack[CallOptions]) -> list[RescanResult]:
        """Legacy: the same for any number of files, one outcome per input, in input order."""
        return self._native.perform("file_rescan_many", {"file_ids": file_ids}, options)

    def repo_submit(
        self,
        source: str,
        username: str,
        repository: str,
        ref: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Submission:
        """Scans a public source repository; ``source`` is ``github``, ``gitlab`` or ``bitbucket``, ``ref`` a branch or
        commit (``master``). Charged to the Prevention allowance, and throttled.
        """
        return self._native.perform(
            "repo_submit",
            {"source": source, "username": username, "repository": repository, "ref": ref},
            options,
        )

    def webhook_status(self, data_id: str, **options: Unpack[CallOptions]) -> WebhookStatus:
        """Delivery status of the callback of one scan."""
        return self._native.perform("webhook_status", {"data_id": data_id}, options)

    def webhook_status_all(self, **options: Unpack[CallOptions]) -> WebhookStatuses:
        """All deliveries of the last 12 hours."""
        return self._native.perform("webhook_status_all", {}, options)

    # -- anything else

    def call(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | bytearray | memoryview | str | None = None,
        **options: Unpack[CallOptions],
    ) -> Document:
        """Sends any request below the base URL and gives the answer as it came.

        ``method`` is GET, POST or DELETE; ``path`` begins with a slash and is sent as it is, so what it
        carries must be percent-encoded. A body is sent as JSON unless ``headers`` say otherwise.

        >>> import mdcloud
        >>> with mdcloud.Emulator() as emulator, emulator.client() as client:
        ...     client.call("GET", "/apikey/limits").json()["reputation_api"]
        0
        """
        return Document(self._native.call(method, path, headers, body, options))


Client.__module__ = "mdcloud"
