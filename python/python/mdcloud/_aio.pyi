# Made by `cargo xtask stubs` from the operations of Client. Do not edit.

import os
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Generic, Literal, TypeVar, overload

from typing_extensions import Self, Unpack

from ._client import _NotGiven
from ._document import Badge, Document
from ._models import *
from ._native import Reservation, ScanOutcome, TreeFile
from ._options import CallOptions, ScanOptions, SourceLike, SubmitOptions
from ._quota import Quota
from ._table import Table

_T = TypeVar("_T")

class AsyncResults(Generic[_T]):
    """The results of an operation on many inputs, as they come."""

    def __init__(
        self,
        client: AsyncClient,
        method: Callable[..., object],
        given: Sequence[object],
        options: dict[str, object],
    ) -> None: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _T: ...
    async def to_table(self) -> Table[_T]:
        """Waits for all results that are left, and makes a ``Table`` of them."""
    async def aclose(self) -> None:
        """Ends the requests that are on their way; no more results come."""

class AsyncClient:
    """A client for asyncio programs: the operations of ``Client``, to be awaited."""

    def __init__(self, api_key: str | None = None, *, threads: int = 64, base_url: str | None = None, allow_http: bool = False, connect_timeout: float | None = None, read_timeout: float | None = None, timeout: float | None = None, max_wait: float | None = None, throttle: str | None = None, quota_store: str | None = None, strict_store: bool = False, retries: int | None = None, deadline: float | _NotGiven | None = ..., proxy: str | None = None, ca_file: str | os.PathLike[str] | None = None, user_agent: str | None = None, concurrency: int | None = None) -> None: ...
    @property
    def base_url(self) -> str:
        """Address of the service."""
    @property
    def closed(self) -> bool:
        """Whether it was closed."""
    def quota(self) -> Quota | None:
        """What is known of this key's quota; None before its first call. Asks nobody, and is not awaited."""
    def close(self) -> None:
        """Ends all its calls; does not wait."""
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def all_pages(self, page: FeedPage, **options: Unpack[CallOptions]) -> AsyncIterator[FeedPage]:
        """This page of a feed and all behind it, each asked for when it is taken."""
    async def apikey_info(self, **options: Unpack[CallOptions]) -> KeyInfo:
        """What the key may do. Charged to no allowance.

        Raises ``AuthError`` where there is no key, or the service refuses it.
        """
    async def apikey_limits(self, **options: Unpack[CallOptions]) -> Limits:
        """Amounts used in the current window, per allowance. Charged to no allowance.

        Raises ``AuthError`` where the key is refused.
        """
    async def apikey_limits_left(self, **options: Unpack[CallOptions]) -> Limits:
        """Amounts left in the current window, per allowance. Charged to no allowance.

        Raises ``AuthError`` where the key is refused.
        """
    async def apikey_scan_history(self, limit: int | None = None, offset: int | None = None, **options: Unpack[CallOptions]) -> ScanSummaries:
        """Files that were uploaded with this key, newest first, at most ``limit`` behind the first ``offset``.
        Charged to no allowance.

        Raises ``InvalidArgumentError`` for a limit or offset that is out of range.
        """
    async def call(self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | bytearray | memoryview | str | None = None, **options: Unpack[CallOptions]) -> Document:
        """Sends any request below the base URL and gives the answer as it came: for what has no method of its own.

        Args:
            method: ``"GET"``, ``"POST"`` or ``"DELETE"``.
            path: Begins with a slash, and is sent as it is: what it carries must be percent-encoded.
            headers: A dict of texts; the key is added.
            body: Bytes or text, sent as JSON unless ``headers`` say otherwise.

        Raises ``InvalidArgumentError`` for a path that leads elsewhere, and what the service answers as any
        operation does.
        """
    async def reserve(self, family: str, amount: int, **options: Unpack[CallOptions]) -> Reservation:
        """Keeps ``amount`` of an allowance (``prevention_api``, ``reputation_api``, or any other that the
        service names) for the calls that are given it as ``reservation=``; other calls see that much less.
        Sends nothing, never waits.

        What is left goes back at the end of the ``with`` block. Before the service has told what there is,
        the amount is taken on trust.

        Raises ``QuotaExhaustedError`` where less is left.
        """
    async def plan(self, sources: Iterable[SourceLike], *, limits: bool = False, lookups: bool = False, **options: Unpack[CallOptions]) -> Plan:
        """What scanning these sources would take of the quota: how much fits now, how much after the next
        reset, and what lookups may save.

        Hashes them here, finds duplicates, checks sizes, and compares with what is known of the allowances,
        less what ``leave=`` and other people's reservations keep. A source that cannot be read, or only
        once, is a problem of its own file. A number that depends on something unknown is None.

        Args:
            sources: any iterable of what ``file_scan`` takes.
            limits: may ask for the key's limits: two requests that are charged to no allowance.
            lookups: may look the files up by their hashes: charged to the Reputation allowance, one per
                distinct file. What is known needs no upload.

        With neither, nothing is sent.
        """
    async def file_submit(self, source: SourceLike, **options: Unpack[SubmitOptions]) -> Submission:
        """Uploads a file for analysis and gives its handle; the scan goes on at the service.

        Charged to the Prevention allowance, and throttled. It is never sent twice: where the answer was lost, the
        upload is looked for among the newest of the key, for some seconds; where it cannot be found,
        ``error.delivery`` is ``"unknown"``.

        Args:
            source: A path (text or ``Path``), bytes, or a binary file object, which is read from where it stands.
                A path or file object is never held in memory as a whole.
            filename: Name to send; only its last part is sent. The path's own by default.
            rule: What to do: ``"multiscan"`` (the default), ``"sanitize"``, ``"unarchive"``, ``"cdr"``, ``"dlp"``
                or any other text, or a list of them.
            archive_password, file_password: Passwords of an archive or a protected document.
            sample_sharing: False keeps the service from sharing the file; paid keys only.
            private_processing: True hides the result from hash lookups as well; paid keys only.
            download_from: A direct link from which the service fetches the file itself.
            sandbox: Also runs it in a sandbox, for example ``"windows10"``.
            callback_url: Where the service posts the finished report.
            rescan_count, rescan_interval: Scheduled rescans; the service does not document the interval's unit.
            metadata: A dict or JSON text that comes back in the report.
            headers: Any further headers, a dict of texts.
            deadline: Seconds until the whole call ends, waits included.
            max_wait: Longest time in seconds to wait for quota; 0 never waits.
            cancel: A ``Cancel`` token, to end the call from elsewhere.
            progress: True for a bar, or a callable that is given a ``Progress``.

        Raises ``TooLargeError``, ``ThrottledError``, ``QuotaExhaustedError``, ``FileError`` (an ``OSError``) for a
        file that cannot be read, and the others of ``MdcloudError``.
        """
    async def file_report(self, data_id: str, **options: Unpack[CallOptions]) -> Report:
        """State of a scan, finished or not (``Report.is_finished``). Charged to no allowance.

        Raises ``NotFoundError`` for a ``data_id`` that the service does not know.
        """
    async def file_wait(self, data_id: str, **options: Unpack[CallOptions]) -> Report:
        """Waits for the end of a scan, at most ``deadline`` seconds (the client's 900 by default; None for ever).
        Charged to no allowance.

        Raises ``ScanNotFinishedError`` at the deadline: the scan goes on at the service, and the ``data_id`` of the
        error is good for waiting again.
        """
    async def file_scan(self, source: SourceLike, **options: Unpack[ScanOptions]) -> Report:
        """Scans a file: asks for a known result by its hash, uploads it where there is none, and waits.

        Asking first saves the scarce upload allowance and keeps a known file at home. A file is uploaded
        without asking with ``reuse=False``, with private processing, when something else than a plain scan
        is wanted of it, and when it is a stream that cannot seek. Charged to the Reputation allowance for asking,
        and to the Prevention allowance for an upload.

        Args:
            source: A path (text or ``Path``), bytes, or a binary file object, which is read from where it stands.
            reuse: Whether to ask for a known result first (True).
            deadline: Longest time in seconds, waits included (the client's 900); None waits for ever.
            max_wait: Longest time in seconds to wait for quota (the client's 60); 0 never waits.
            cancel: A ``Cancel`` token, to end the call from elsewhere.
            progress: True for a bar on a terminal or in a notebook, or a callable that is given a ``Progress``.
            filename, rule, archive_password, file_password, sample_sharing, private_processing, download_from,
                sandbox, callback_url, rescan_count, rescan_interval, metadata, headers: As for ``file_submit``.

        Raises ``ScanNotFinishedError`` at the deadline (its ``data_id`` is good for ``file_wait``),
        ``ThrottledError`` or ``QuotaExhaustedError`` with ``retry_after`` in seconds, ``TooLargeError``,
        ``FileError`` (an ``OSError``) for a file that cannot be read, ``AuthError``, ``NetworkError``,
        ``CancelledError`` and the others of ``MdcloudError``.
        """
    def file_scan_many(self, sources: Iterable[SourceLike] | AsyncIterable[SourceLike], **options: Unpack[ScanOptions]) -> AsyncResults[ScanOutcome]:
        """Scans any number of files, each as ``file_scan`` does: one ``ScanOutcome`` per source, in the order in which
        they finish, with its ``source``, and its ``result`` or ``error``. One bad file never loses the rest.

        Lazy: sources are taken as there is room, at most as many requests at once as the setting ``concurrency``
        says. ``deadline`` counts in seconds for each file from its start. File objects are read on threads of the
        library. ``progress`` counts files: True for a bar over all of them, a callable for a ``Progress`` with the
        phase ``"many"`` after each. Takes the options of ``file_scan``.

        Raises nothing for a file that fails, but what the iterable raises, and ``CancelledError``.
        """
    def file_tree(self, data_id: str, depth: int | None = None, **options: Unpack[CallOptions]) -> AsyncResults[TreeFile]:
        """The files inside an archive that was scanned with the rule ``unarchive``, and inside the archives in it,
        down to ``depth`` levels (16): one ``TreeFile`` each, the outermost first.

        Lazy: what is inside a member is asked for when the walk comes to it, charged to no allowance. A member that
        cannot be looked into has an ``error`` and does not end the walk.

        Raises ``InvalidArgumentError`` for a malformed ``data_id``.
        """
    async def file_sanitize(self, source: SourceLike, destination: str | os.PathLike[str], **options: Unpack[SubmitOptions]) -> Report:
        """Uploads a file for sanitization, waits, and fetches the clean copy into the file ``destination``, whole or
        not at all.

        The rule is ``sanitize`` with ``multiscan`` unless ``rule`` says otherwise; takes the options of
        ``file_submit``. Charged to the Prevention allowance, and throttled.

        Raises ``NotFoundError`` with the service's reason where it makes no clean copy, ``ScanNotFinishedError`` at
        the deadline, ``FileError`` where a file cannot be read or written.
        """
    async def sanitized_link(self, data_id: str, **options: Unpack[CallOptions]) -> str:
        """Link to the clean copy of a file; good without a key for up to 24 hours. Charged to no allowance.

        Raises ``NotFoundError`` where there is no clean copy.
        """
    async def sanitized_download(self, data_id: str, destination: str | os.PathLike[str], **options: Unpack[CallOptions]) -> int:
        """Fetches the clean copy into the file ``destination``, whole or not at all, and gives its length in bytes.

        Raises ``NotFoundError`` where there is no clean copy, ``FileError`` (an ``OSError``) where it cannot be
        written.
        """
    async def sanitized_delete(self, data_id: str, **options: Unpack[CallOptions]) -> None:
        """Removes a clean copy before its 24 hours are over. Paid keys only.

        Raises ``ForbiddenError`` for a free key, ``NotFoundError`` where there is no clean copy.
        """
    async def sanitized_link_legacy(self, file_id: str, **options: Unpack[CallOptions]) -> str:
        """Legacy: as ``sanitized_link``, by ``file_id``. Warns with ``LegacyOperationWarning``.
        """
    async def file_rescan(self, file_id: str, **options: Unpack[CallOptions]) -> Submission:
        """Legacy: scans a file again that the service has kept. Charged to the Prevention allowance. Warns with
        ``LegacyOperationWarning``.

        Raises ``NotFoundError`` where the service has not kept it.
        """
    async def file_rescan_many(self, file_ids: Iterable[str], **options: Unpack[CallOptions]) -> list[RescanResult]:
        """Legacy: the same for any number of files, one outcome per input, in input order. Warns with
        ``LegacyOperationWarning``.
        """
    async def repo_submit(self, source: str, username: str, repository: str, ref: str | None = None, **options: Unpack[CallOptions]) -> Submission:
        """Scans a public source repository. Charged to the Prevention allowance, and throttled.

        Args:
            source: ``"github"``, ``"gitlab"`` or ``"bitbucket"``.
            username: Whose repository it is.
            repository: Its name.
            ref: A branch or commit (``"master"``).

        Raises ``NotFoundError`` where there is no such repository.
        """
    async def webhook_status(self, data_id: str, **options: Unpack[CallOptions]) -> WebhookStatus:
        """Delivery status of the callback of one scan. Charged to no allowance.

        Raises ``NotFoundError`` where the scan has no callback, or was not finished yet.
        """
    async def webhook_status_all(self, **options: Unpack[CallOptions]) -> WebhookStatuses:
        """All deliveries of callbacks in the last 12 hours. Charged to no allowance.

        Raises ``AuthError`` where the key is refused.
        """
    async def hash_lookup(self, hash: str, **options: Unpack[CallOptions]) -> Report:
        """The latest public result for a hash (MD5, SHA-1 or SHA-256 in hexadecimal digits).

        It may be that of a scan which still goes on (``Report.is_finished``). Charged to the Reputation allowance.

        Raises ``NotFoundError`` where the service does not know the hash, ``InvalidArgumentError`` for what is none.
        """
    def hash_lookup_many(self, hashes: Iterable[str] | AsyncIterable[str], **options: Unpack[CallOptions]) -> AsyncResults[HashResult]:
        """What the service knows of any number of hashes: one ``HashResult`` per input, in input order.

        Lazy: takes a few batches of inputs ahead of the results, of a list up to 20,000 inputs. A hash that the service
        does not know is no error (``HashResult.is_known``); a malformed one is an error of its own entry
        (``HashResult.error``). Charged to the Reputation allowance, one per hash, but one that stands among the 20,000
        before it is not asked again; throttled per request of up to 1,000 hashes. ``progress`` counts
        hashes: True for a bar, a callable for a ``Progress`` with the phase ``"many"`` about once a request.

        Raises nothing for an entry that fails, but what the iterable raises, ``TypeError`` for an input that is no
        text, and ``InvalidArgumentError`` where there is none: at once for a list, and before anything is sent;
        for an iterator when the results of the requests before are out.
        """
    async def hash_history(self, hash: str, limit: int | None = None, offset: int | None = None, **options: Unpack[CallOptions]) -> ScanHistory:
        """Earlier scans of a file, oldest first, at most ``limit`` behind the first ``offset``. Charged to the
        Reputation allowance.

        Raises ``NotFoundError`` where the service does not know the hash.
        """
    async def hash_badge(self, hash: str, size: Literal["small", "medium"] | None = None, type: Literal["svg", "png", "jpg"] | None = None, **options: Unpack[CallOptions]) -> Badge:
        """A picture that shows what is known of a file, for web pages. Needs no key, sends none, and is charged to
        no allowance.

        Raises ``InvalidArgumentError`` for what is no hash.
        """
    async def hash_peinfo(self, hash: str, **options: Unpack[CallOptions]) -> PeInfo:
        """The inside of a Windows executable: sections, imports, version. Charged to the Reputation allowance.

        Raises ``NotFoundError`` where the service knows nothing of the kind.
        """
    async def hash_exif(self, hash: str, **options: Unpack[CallOptions]) -> Exif:
        """Metadata of a document or picture. Charged to the Reputation allowance.

        Raises ``NotFoundError`` where the service knows nothing of the kind.
        """
    async def hash_apk_manifest(self, hash: str, **options: Unpack[CallOptions]) -> ApkManifest:
        """Manifest of an Android package. Charged to the Reputation allowance.

        Raises ``NotFoundError`` where the service knows nothing of the kind.
        """
    async def hash_appinfo(self, hash: str, **options: Unpack[CallOptions]) -> AppInfo:
        """Products that a file belongs to. Charged to the Reputation allowance.

        Raises ``NotFoundError`` where the service knows nothing of the kind.
        """
    async def hash_sandbox(self, hash: str, **options: Unpack[CallOptions]) -> SandboxReport:
        """The last sandbox report of a file. Charged to the Reputation allowance.

        Raises ``NotFoundError`` where it never ran in a sandbox.
        """
    async def hash_vulnerability(self, hash: str, limit: int | None = None, offset: int | None = None, **options: Unpack[CallOptions]) -> Document:
        """Legacy: vulnerabilities of a file; the form of the answer is not documented. Warns with
        ``LegacyOperationWarning``.
        """
    async def sample_link(self, hash: str, **options: Unpack[CallOptions]) -> str:
        """Link to a sample, for partners; good without a key for a short time.

        Raises ``ForbiddenError`` where the key may not do this, ``NotFoundError`` where there is no sample.
        """
    async def cve_list(self, **options: Unpack[CallOptions]) -> Document:
        """Legacy: known vulnerabilities; the form of the answer is not documented. Warns with
        ``LegacyOperationWarning``.
        """
    async def cve_info(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: one vulnerability, by its CVE number. Warns with ``LegacyOperationWarning``.
        """
    async def cve_products(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: products that a vulnerability concerns. Warns with ``LegacyOperationWarning``.
        """
    async def cve_vendors(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: vendors that a vulnerability concerns. Warns with ``LegacyOperationWarning``.
        """
    async def cve_hashes(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: files that a vulnerability concerns. Warns with ``LegacyOperationWarning``.
        """
    async def ip_lookup(self, ip: str, **options: Unpack[CallOptions]) -> Reputation:
        """What sources say of an IP address, version 4 or 6, and where it is. Charged to the Reputation allowance.

        Raises ``InvalidArgumentError`` for what is no address.
        """
    def ip_lookup_many(self, ips: Iterable[str] | AsyncIterable[str], **options: Unpack[CallOptions]) -> AsyncResults[Reputation]:
        """The same for any number of addresses: one ``Reputation`` per input, in input order. Lazy, as
        ``hash_lookup_many``; charged to the Reputation allowance, one per address.

        Raises nothing for an entry that fails (``Reputation.error``), but what the iterable raises.
        """
    async def url_lookup(self, url: str, **options: Unpack[CallOptions]) -> Reputation:
        """What sources say of a URL. Charged to the Reputation allowance.

        Raises ``InvalidArgumentError`` for what is no URL.
        """
    def url_lookup_many(self, urls: Iterable[str] | AsyncIterable[str], **options: Unpack[CallOptions]) -> AsyncResults[Reputation]:
        """The same for any number of URLs: one ``Reputation`` per input, in input order. Lazy, as
        ``hash_lookup_many``; charged to the Reputation allowance, one per URL.

        Raises nothing for an entry that fails (``Reputation.error``), but what the iterable raises.
        """
    async def domain_lookup(self, domain: str, **options: Unpack[CallOptions]) -> Reputation:
        """What sources say of a domain. Charged to the Reputation allowance.

        Raises ``InvalidArgumentError`` for what is no domain.
        """
    def domain_lookup_many(self, domains: Iterable[str] | AsyncIterable[str], **options: Unpack[CallOptions]) -> AsyncResults[Reputation]:
        """The same for any number of domains: one ``Reputation`` per input, in input order. Lazy, as
        ``hash_lookup_many``; charged to the Reputation allowance, one per domain.

        Raises nothing for an entry that fails (``Reputation.error``), but what the iterable raises.
        """
    async def sandbox_submit_url(self, url: str, **options: Unpack[CallOptions]) -> SandboxSubmission:
        """Runs a URL in the sandbox. Charged to the Sandbox allowance.

        Raises ``QuotaExhaustedError`` where that is used up, ``InvalidArgumentError`` for what is no URL.
        """
    async def sandbox_submit_file(self, data_id: str, system: str, **options: Unpack[CallOptions]) -> SandboxSubmission:
        """Legacy: runs an uploaded file in the sandbox, for example in ``"windows10"``. Charged to the Sandbox
        allowance. Warns with ``LegacyOperationWarning``.

        Raises ``NotFoundError`` for a ``data_id`` that the service does not know.
        """
    async def sandbox_report(self, sandbox_id: str, **options: Unpack[CallOptions]) -> SandboxReport:
        """State of a sandbox run, finished or not. Charged to no allowance.

        Raises ``NotFoundError`` for a ``sandbox_id`` that the service does not know.
        """
    async def sandbox_wait(self, sandbox_id: str, **options: Unpack[CallOptions]) -> SandboxReport:
        """Waits for the end of a sandbox run, at most ``deadline`` seconds (the client's 900); they take minutes.
        Charged to no allowance.

        Raises ``ScanNotFinishedError`` at the deadline; the run goes on at the service.
        """
    async def feed_infected(self, date: str | None = None, category: str | None = None, page: int | None = None, **options: Unpack[CallOptions]) -> FeedPage:
        """Hashes of files found infected on a day, newest first, 1,000 a page; ``all_pages`` goes on. Charged to the
        Feed allowance.

        Args:
            date: ``"YYYY-MM-DD"`` (today).
            category: A letter for a category of files, such as ``"E"`` for executables.
            page: From 1.

        Raises ``AuthError`` for pages that a free key does not see.
        """
    async def feed_clean(self, date: str | None = None, category: str | None = None, page: int | None = None, **options: Unpack[CallOptions]) -> FeedPage:
        """Hashes of files found clean; as ``feed_infected``.
        """
    async def feed_hashes(self, page: int | None = None, **options: Unpack[CallOptions]) -> FeedPage:
        """Hashes for partners of the malware exchange, 1,000 a page. Charged to the Feed allowance.

        Raises ``ForbiddenError`` where the key may not do this.
        """
    async def feed_false_positives(self, page: int | None = None, engine: str | None = None, **options: Unpack[CallOptions]) -> FeedPage:
        """Possible false positives, for partners; of one ``engine`` where named. Charged to the Feed allowance.

        Raises ``ForbiddenError`` where the key may not do this.
        """
    @overload
    async def feed_infected_top(self, type: Literal["json"] | None = None, page: int | None = None, category: str | None = None, **options: Unpack[CallOptions]) -> FeedPage: ...
    @overload
    async def feed_infected_top(self, type: Literal["csv", "bro", "rss"], page: int | None = None, category: str | None = None, **options: Unpack[CallOptions]) -> Document: ...
    async def service_version(self, **options: Unpack[CallOptions]) -> Document:
        """Version of the service. Needs no key.
        """
    async def engine_definitions(self, **options: Unpack[CallOptions]) -> Document:
        """Definition times of the engines. Needs no key.
        """
