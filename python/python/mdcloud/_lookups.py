"""What a client looks up: hashes, addresses, sandbox runs, feeds, and the service itself."""

from __future__ import annotations

from . import _native
from ._document import Badge, Document

TYPE_CHECKING = False  # as type checkers read it; importing typing would take longer than all the rest
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Literal, overload

    from typing_extensions import Unpack

    from ._models import (
        ApkManifest,
        AppInfo,
        Exif,
        FeedPage,
        HashResult,
        PeInfo,
        Report,
        Reputation,
        SandboxReport,
        SandboxSubmission,
        ScanHistory,
    )
    from ._native import Results
    from ._options import CallOptions


class Lookups:
    """The part of a client that sends no files."""

    __slots__ = ()

    _native: _native.Client

    # -- hashes

    def hash_lookup(self, hash: str, **options: Unpack[CallOptions]) -> Report:
        """The latest public result for a hash (MD5, SHA-1 or SHA-256 in hexadecimal digits).

        It may be that of a scan which still goes on (``Report.is_finished``). Charged to the Reputation
        allowance.

        Raises ``NotFoundError`` where the service does not know the hash.
        """
        return self._native.hash_lookup(hash, options)

    def hash_lookup_many(self, hashes: Iterable[str], **options: Unpack[CallOptions]) -> Results[HashResult]:
        """What the service knows of any number of hashes: one ``HashResult`` per input, in input order.

        Lazy: takes at most one batch of inputs ahead of the results. A hash that the service does not know
        is no error; a malformed one is an error of its own entry (``HashResult.error``). Charged to the
        Reputation allowance, one per hash, and throttled per request of up to 1,000 hashes.

        >>> import mdcloud
        >>> with mdcloud.Emulator() as emulator, emulator.client() as client:
        ...     [result.is_known for result in client.hash_lookup_many(["0" * 32, "1" * 64])]
        [False, False]
        """
        return self._native.many("hash_lookup_many", hashes, options)

    def hash_history(
        self, hash: str, limit: int | None = None, offset: int | None = None, **options: Unpack[CallOptions]
    ) -> ScanHistory:
        """Earlier scans of a file, oldest first. Charged to the Reputation allowance."""
        return self._native.perform("hash_history", {"hash": hash, "limit": limit, "offset": offset}, options)

    def hash_badge(
        self,
        hash: str,
        size: Literal["small", "medium"] | None = None,
        type: Literal["svg", "png", "jpg"] | None = None,
        **options: Unpack[CallOptions],
    ) -> Badge:
        """A picture that shows what is known of a file, for web pages. Needs no key and sends none."""
        given = {"hash": hash, "size": size, "type": type}
        data_and_type: tuple[bytes, str] = self._native.perform("hash_badge", given, options)
        return Badge(*data_and_type)

    def hash_peinfo(self, hash: str, **options: Unpack[CallOptions]) -> PeInfo:
        """The inside of a Windows executable. Charged to the Reputation allowance."""
        return self._native.perform("hash_peinfo", {"hash": hash}, options)

    def hash_exif(self, hash: str, **options: Unpack[CallOptions]) -> Exif:
        """Metadata of a document or picture. Charged to the Reputation allowance."""
        return self._native.perform("hash_exif", {"hash": hash}, options)

    def hash_apk_manifest(self, hash: str, **options: Unpack[CallOptions]) -> ApkManifest:
        """Manifest of an Android package. Charged to the Reputation allowance."""
        return self._native.perform("hash_apk_manifest", {"hash": hash}, options)

    def hash_appinfo(self, hash: str, **options: Unpack[CallOptions]) -> AppInfo:
        """Products that a file belongs to. Charged to the Reputation allowance."""
        return self._native.perform("hash_appinfo", {"hash": hash}, options)

    def hash_sandbox(self, hash: str, **options: Unpack[CallOptions]) -> SandboxReport:
        """The last sandbox report of a file. Charged to the Reputation allowance."""
        return self._native.perform("hash_sandbox", {"hash": hash}, options)

    def hash_vulnerability(
        self, hash: str, limit: int | None = None, offset: int | None = None, **options: Unpack[CallOptions]
    ) -> Document:
        """Legacy: vulnerabilities of a file; the form of the answer is not documented."""
        return self._native.perform(
            "hash_vulnerability", {"hash": hash, "limit": limit, "offset": offset}, options
        )

    def sample_link(self, hash: str, **options: Unpack[CallOptions]) -> str:
        """Link to a sample, for partners; good without a key for a short time."""
        return self._native.perform("sample_link", {"hash": hash}, options)

    def cve_list(self, **options: Unpack[CallOptions]) -> Document:
        """Legacy: known vulnerabilities; the form of the answer is not documented."""
        return self._native.perform("cve_list", {}, options)

    def cve_info(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: one vulnerability."""
        return self._native.perform("cve_info", {"cve": cve}, options)

    def cve_products(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: products that a vulnerability concerns."""
        return self._native.perform("cve_products", {"cve": cve}, options)

    def cve_vendors(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: vendors that a vulnerability concerns."""
        return self._native.perform("cve_vendors", {"cve": cve}, options)

    def cve_hashes(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: files that a vulnerability concerns."""
        return self._native.perform("cve_hashes", {"cve": cve}, options)

    # -- addresses

    def ip_lookup(self, ip: str, **options: Unpack[CallOptions]) -> Reputation:
        """What sources say of an IP address. Charged to the Reputation allowance."""
        return self._native.perform("ip_lookup", {"ip": ip}, options)

    def ip_lookup_many(self, ips: Iterable[str], **options: Unpack[CallOptions]) -> Results[Reputation]:
        """The same for any number of IPs: one ``Reputation`` per input, in input order. Lazy."""
        return self._native.many("ip_lookup_many", ips, options)

    def url_lookup(self, url: str, **options: Unpack[CallOptions]) -> Reputation:
        """What sources say of a URL. Charged to the Reputation allowance."""
        return self._native.perform("url_lookup", {"url": url}, options)

    def url_lookup_many(self, urls: Iterable[str], **options: Unpack[CallOptions]) -> Results[Reputation]:
        """The same for any number of URLs: one ``Reputation`` per input, in input order. Lazy."""
        return self._native.many("url_lookup_many", urls, options)

    def domain_lookup(self, domain: str, **options: Unpack[CallOptions]) -> Reputation:
        """What sources say of a domain. Charged to the Reputation allowance."""
        return self._native.perform("domain_lookup", {"domain": domain}, options)

    def domain_lookup_many(
        self, domains: Iterable[str], **options: Unpack[CallOptions]
    ) -> Results[Reputation]:
        """The same for any number of domains: one ``Reputation`` per input, in input order. Lazy."""
        return self._native.many("domain_lookup_many", domains, options)

    # -- sandbox

    def sandbox_submit_url(self, url: str, **options: Unpack[CallOptions]) -> SandboxSubmission:
        """Runs a URL in the sandbox. Charged to the Sandbox allowance."""
        return self._native.perform("sandbox_submit_url", {"url": url}, options)

    def sandbox_submit_file(
        self, data_id: str, system: str, **options: Unpack[CallOptions]
    ) -> SandboxSubmission:
        """Legacy: runs an uploaded file in the sandbox, for example in ``windows10``."""
        return self._native.perform("sandbox_submit_file", {"data_id": data_id, "system": system}, options)

    def sandbox_report(self, sandbox_id: str, **options: Unpack[CallOptions]) -> SandboxReport:
        """State of a sandbox run, finished or not. Charged to no allowance."""
        return self._native.perform("sandbox_report", {"sandbox_id": sandbox_id}, options)

    def sandbox_wait(self, sandbox_id: str, **options: Unpack[CallOptions]) -> SandboxReport:
        """Waits for the end of a sandbox run, at most ``deadline`` seconds; they take minutes."""
        return self._native.perform("sandbox_wait", {"sandbox_id": sandbox_id}, options)

    # -- feeds

    def feed_infected(
        self,
        date: str | None = None,
        category: str | None = None,
        page: int | None = None,
        **options: Unpack[CallOptions],
    ) -> FeedPage:
        """Hashes of files found infected on a day (``YYYY-MM-DD``, today), newest first; ``all_pages`` goes on."""
        return self._feed("feed_infected", {"date": date, "category": category}, page, options)

    def feed_clean(
        self,
        date: str | None = None,
        category: str | None = None,
        page: int | None = None,
        **options: Unpack[CallOptions],
    ) -> FeedPage:
        """Hashes of files found clean; as ``feed_infected``."""
        return self._feed("feed_clean", {"date": date, "category": category}, page, options)

    def feed_hashes(self, page: int | None = None, **options: Unpack[CallOptions]) -> FeedPage:
        """Hashes for partners of the malware exchange."""
        return self._feed("feed_hashes", {}, page, options)

    def feed_false_positives(
        self, page: int | None = None, engine: str | None = None, **options: Unpack[CallOptions]
    ) -> FeedPage:
        """Possible false positives, for partners; of one ``engine`` where named."""
        return self._feed("feed_false_positives", {"engine": engine}, page, options)

    if TYPE_CHECKING:

        @overload
        def feed_infected_top(
            self,
            type: Literal["json"] | None = None,
            page: int | None = None,
            category: str | None = None,
            **options: Unpack[CallOptions],
        ) -> FeedPage: ...
        @overload
        def feed_infected_top(
            self,
            type: Literal["csv", "bro", "rss"],
            page: int | None = None,
            category: str | None = None,
            **options: Unpack[CallOptions],
        ) -> Document: ...

    def feed_infected_top(
        self,
        type: str | None = None,
        page: int | None = None,
        category: str | None = None,
        **options: Unpack[CallOptions],
    ) -> FeedPage | Document:
        """Legacy: the most frequent infected files; a ``Document`` with the type ``csv``, ``bro`` or ``rss``."""
        if type in (None, "json"):
            return self._feed("feed_infected_top", {"type": type, "category": category}, page, options)
        given = {"type": type, "category": category, "page": page}
        return self._native.perform("feed_infected_top", given, options)

    def _feed(self, name: str, given: dict[str, Any], page: int | None, options: CallOptions) -> FeedPage:
        def ask(number: int | None, more: CallOptions) -> FeedPage:
            return self._native.perform(name, {**given, "page": number}, {**options, **more})

        first = ask(page, {})
        _native._set_next(first, (ask, 2 if page is None else page + 1))
        return first

    # -- the service

    def service_version(self, **options: Unpack[CallOptions]) -> Document:
        """Version of the service. Needs no key."""
        return self._native.perform("service_version", {}, options)

    def engine_definitions(self, **options: Unpack[CallOptions]) -> Document:
        """Definition times of the engines. Needs no key."""
        return self._native.perform("engine_definitions", {}, options)
