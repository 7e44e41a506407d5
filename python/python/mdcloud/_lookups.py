"""What a client looks up: hashes, vulnerabilities and addresses."""

from __future__ import annotations

from . import _native
from ._document import Badge, Document

TYPE_CHECKING = False  # as type checkers read it; importing typing would take longer than all the rest
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from typing_extensions import Unpack

    from ._models import (
        ApkManifest,
        AppInfo,
        Exif,
        HashResult,
        PeInfo,
        Report,
        Reputation,
        SandboxReport,
        ScanHistory,
    )
    from ._native import Results
    from ._options import CallOptions


class Lookups:
    """The part of a client that asks what is known."""

    __slots__ = ()

    _native: _native.Client

    # -- hashes

    def hash_lookup(self, hash: str, **options: Unpack[CallOptions]) -> Report:
        """The latest public result for a hash (MD5, SHA-1 or SHA-256 in hexadecimal digits).

        It may be that of a scan which still goes on (``Report.is_finished``). Charged to the Reputation allowance.

        Raises ``NotFoundError`` where the service does not know the hash, ``InvalidArgumentError`` for what is none.

        >>> report = client.file_scan(b"hello")
        >>> client.hash_lookup(report.sha256).verdict
        <Verdict.CLEAN: 1>
        """
        return self._native.hash_lookup(hash, options)

    def hash_lookup_many(self, hashes: Iterable[str], **options: Unpack[CallOptions]) -> Results[HashResult]:
        """What the service knows of any number of hashes: one ``HashResult`` per input, in input order.

        Lazy: takes a few batches of inputs ahead of the results, of a list up to 20,000 inputs. A hash that the service
        does not know is no error (``HashResult.is_known``); a malformed one is an error of its own entry
        (``HashResult.error``). Charged to the Reputation allowance, one per hash, but one that stands among the 20,000
        before it is not asked again; throttled per request of up to 1,000 hashes. ``progress`` counts
        hashes: True for a bar, a callable for a ``Progress`` with the phase ``"many"`` about once a request.

        Raises nothing for an entry that fails, but what the iterable raises, ``TypeError`` for an input that is no
        text, and ``InvalidArgumentError`` where there is none: at once for a list, and before anything is sent;
        for an iterator when the results of the requests before are out.

        >>> [result.is_known for result in client.hash_lookup_many(["0" * 32, "1" * 64])]
        [False, False]
        >>> table = client.hash_lookup_many(["0" * 32, "no hash"]).to_table()  # for pandas, polars, DuckDB
        >>> [str(row["error"])[:16] for row in table.to_dicts()]
        ['None', 'invalid argument']
        """
        return self._native.many("hash_lookup_many", hashes, options)

    def hash_history(
        self, hash: str, limit: int | None = None, offset: int | None = None, **options: Unpack[CallOptions]
    ) -> ScanHistory:
        """Earlier scans of a file, oldest first, at most ``limit`` behind the first ``offset``. Charged to the
        Reputation allowance.

        Raises ``NotFoundError`` where the service does not know the hash.

        >>> report = client.file_scan(b"hello")
        >>> len(client.hash_history(report.sha256, limit=3))
        1
        """
        return self._native.perform("hash_history", {"hash": hash, "limit": limit, "offset": offset}, options)

    def hash_badge(
        self,
        hash: str,
        size: Literal["small", "medium"] | None = None,
        type: Literal["svg", "png", "jpg"] | None = None,
        **options: Unpack[CallOptions],
    ) -> Badge:
        """A picture that shows what is known of a file, for web pages. Needs no key, sends none, and is charged to
        no allowance.

        Raises ``InvalidArgumentError`` for what is no hash.

        >>> client.hash_badge("0" * 64, size="small", type="svg").media_type
        'image/svg+xml'
        """
        given = {"hash": hash, "size": size, "type": type}
        data_and_type: tuple[bytes, str] = self._native.perform("hash_badge", given, options)
        return Badge(*data_and_type)

    def hash_peinfo(self, hash: str, **options: Unpack[CallOptions]) -> PeInfo:
        """The inside of a Windows executable: sections, imports, version. Charged to the Reputation allowance.

        Raises ``NotFoundError`` where the service knows nothing of the kind.

        >>> report = client.file_scan(b"MZ program")
        >>> [section.name for section in client.hash_peinfo(report.sha256).sections][:1]
        ['.text']
        """
        return self._native.perform("hash_peinfo", {"hash": hash}, options)

    def hash_exif(self, hash: str, **options: Unpack[CallOptions]) -> Exif:
        """Metadata of a document or picture. Charged to the Reputation allowance.

        Raises ``NotFoundError`` where the service knows nothing of the kind.

        >>> report = client.file_scan(b"%PDF-1.7")
        >>> client.hash_exif(report.sha256).mime_type
        'image/jpeg'
        """
        return self._native.perform("hash_exif", {"hash": hash}, options)

    def hash_apk_manifest(self, hash: str, **options: Unpack[CallOptions]) -> ApkManifest:
        """Manifest of an Android package. Charged to the Reputation allowance.

        Raises ``NotFoundError`` where the service knows nothing of the kind.

        >>> report = client.file_scan(b"PK\\x03\\x04....AndroidManifest.xml")
        >>> client.hash_apk_manifest(report.sha256).package is not None
        True
        """
        return self._native.perform("hash_apk_manifest", {"hash": hash}, options)

    def hash_appinfo(self, hash: str, **options: Unpack[CallOptions]) -> AppInfo:
        """Products that a file belongs to. Charged to the Reputation allowance.

        Raises ``NotFoundError`` where the service knows nothing of the kind.

        >>> report = client.file_scan(b"MZ program")
        >>> len(client.hash_appinfo(report.sha256)) > 0
        True
        """
        return self._native.perform("hash_appinfo", {"hash": hash}, options)

    def hash_sandbox(self, hash: str, **options: Unpack[CallOptions]) -> SandboxReport:
        """The last sandbox report of a file. Charged to the Reputation allowance.

        Raises ``NotFoundError`` where it never ran in a sandbox.

        >>> try:
        ...     client.hash_sandbox("0" * 64)
        ... except mdcloud.NotFoundError as error:
        ...     error.http_status
        404
        """
        return self._native.perform("hash_sandbox", {"hash": hash}, options)

    def hash_vulnerability(
        self, hash: str, limit: int | None = None, offset: int | None = None, **options: Unpack[CallOptions]
    ) -> Document:
        """Legacy: vulnerabilities of a file; the form of the answer is not documented. Warns with
        ``LegacyOperationWarning``.

        >>> report = client.file_scan(b"hello")
        >>> type(client.hash_vulnerability(report.sha256).json()).__name__
        'dict'
        """
        return self._native.perform(
            "hash_vulnerability", {"hash": hash, "limit": limit, "offset": offset}, options
        )

    def sample_link(self, hash: str, **options: Unpack[CallOptions]) -> str:
        """Link to a sample, for partners; good without a key for a short time.

        Raises ``ForbiddenError`` where the key may not do this, ``NotFoundError`` where there is no sample.

        >>> report = client.file_scan(b"hello")
        >>> client.sample_link(report.sha256).startswith("http")
        True
        """
        return self._native.perform("sample_link", {"hash": hash}, options)

    def cve_list(self, **options: Unpack[CallOptions]) -> Document:
        """Legacy: known vulnerabilities; the form of the answer is not documented. Warns with
        ``LegacyOperationWarning``.

        >>> client.cve_list().raw[:1] in (b"[", b"{")
        True
        """
        return self._native.perform("cve_list", {}, options)

    def cve_info(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: one vulnerability, by its CVE number. Warns with ``LegacyOperationWarning``.

        >>> client.cve_info("CVE-2020-0001").raw[:1] in (b"[", b"{")
        True
        """
        return self._native.perform("cve_info", {"cve": cve}, options)

    def cve_products(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: products that a vulnerability concerns. Warns with ``LegacyOperationWarning``.

        >>> client.cve_products("CVE-2020-0001").raw[:1] in (b"[", b"{")
        True
        """
        return self._native.perform("cve_products", {"cve": cve}, options)

    def cve_vendors(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: vendors that a vulnerability concerns. Warns with ``LegacyOperationWarning``.

        >>> client.cve_vendors("CVE-2020-0001").raw[:1] in (b"[", b"{")
        True
        """
        return self._native.perform("cve_vendors", {"cve": cve}, options)

    def cve_hashes(self, cve: str, **options: Unpack[CallOptions]) -> Document:
        """Legacy: files that a vulnerability concerns. Warns with ``LegacyOperationWarning``.

        >>> client.cve_hashes("CVE-2020-0001").raw[:1] in (b"[", b"{")
        True
        """
        return self._native.perform("cve_hashes", {"cve": cve}, options)

    # -- addresses

    def ip_lookup(self, ip: str, **options: Unpack[CallOptions]) -> Reputation:
        """What sources say of an IP address, version 4 or 6, and where it is. Charged to the Reputation allowance.

        Raises ``InvalidArgumentError`` for what is no address.

        >>> reputation = client.ip_lookup("203.0.113.7")
        >>> reputation.is_listed, reputation.detected_by > 0
        (True, True)
        """
        return self._native.perform("ip_lookup", {"ip": ip}, options)

    def ip_lookup_many(self, ips: Iterable[str], **options: Unpack[CallOptions]) -> Results[Reputation]:
        """The same for any number of addresses: one ``Reputation`` per input, in input order. Lazy, as
        ``hash_lookup_many``; charged to the Reputation allowance, one per address.

        Raises nothing for an entry that fails (``Reputation.error``), but what the iterable raises.

        >>> [(one.address, one.is_listed) for one in client.ip_lookup_many(["203.0.113.7", "198.51.100.1"])]
        [('203.0.113.7', True), ('198.51.100.1', False)]
        """
        return self._native.many("ip_lookup_many", ips, options)

    def url_lookup(self, url: str, **options: Unpack[CallOptions]) -> Reputation:
        """What sources say of a URL. Charged to the Reputation allowance.

        Raises ``InvalidArgumentError`` for what is no URL.

        >>> client.url_lookup("https://example.com/a?b=c").is_listed
        False
        """
        return self._native.perform("url_lookup", {"url": url}, options)

    def url_lookup_many(self, urls: Iterable[str], **options: Unpack[CallOptions]) -> Results[Reputation]:
        """The same for any number of URLs: one ``Reputation`` per input, in input order. Lazy, as
        ``hash_lookup_many``; charged to the Reputation allowance, one per URL.

        Raises nothing for an entry that fails (``Reputation.error``), but what the iterable raises.

        >>> [one.is_listed for one in client.url_lookup_many(["https://example.com/"])]
        [False]
        """
        return self._native.many("url_lookup_many", urls, options)

    def domain_lookup(self, domain: str, **options: Unpack[CallOptions]) -> Reputation:
        """What sources say of a domain. Charged to the Reputation allowance.

        Raises ``InvalidArgumentError`` for what is no domain.

        >>> client.domain_lookup("example.com").is_listed
        False
        """
        return self._native.perform("domain_lookup", {"domain": domain}, options)

    def domain_lookup_many(
        self, domains: Iterable[str], **options: Unpack[CallOptions]
    ) -> Results[Reputation]:
        """The same for any number of domains: one ``Reputation`` per input, in input order. Lazy, as
        ``hash_lookup_many``; charged to the Reputation allowance, one per domain.

        Raises nothing for an entry that fails (``Reputation.error``), but what the iterable raises.

        >>> [one.is_listed for one in client.domain_lookup_many(["example.com"])]
        [False]
        """
        return self._native.many("domain_lookup_many", domains, options)
