"""What else a client asks: the sandbox, feeds, and the service itself."""

from __future__ import annotations

from . import _native
from ._document import Document

TYPE_CHECKING = False  # as type checkers read it; importing typing would take longer than all the rest
if TYPE_CHECKING:
    from typing import Any, Literal, overload

    from typing_extensions import Unpack

    from ._models import FeedPage, SandboxReport, SandboxSubmission
    from ._options import CallOptions


class Services:
    """The part of a client about the sandbox, the feeds and the service."""

    __slots__ = ()

    _native: _native.Client

    # -- sandbox

    def sandbox_submit_url(self, url: str, **options: Unpack[CallOptions]) -> SandboxSubmission:
        """Runs a URL in the sandbox. Charged to the Sandbox allowance.

        Raises ``QuotaExhaustedError`` where that is used up, ``InvalidArgumentError`` for what is no URL.

        >>> client.sandbox_submit_url("https://example.com").sandbox_id is not None
        True
        """
        return self._native.perform("sandbox_submit_url", {"url": url}, options)

    def sandbox_submit_file(
        self, data_id: str, system: str, **options: Unpack[CallOptions]
    ) -> SandboxSubmission:
        """Legacy: runs an uploaded file in the sandbox, for example in ``"windows10"``. Charged to the Sandbox
        allowance. Warns with ``LegacyOperationWarning``.

        Raises ``NotFoundError`` for a ``data_id`` that the service does not know.

        >>> report = client.file_scan(b"hello")
        >>> client.sandbox_submit_file(report.data_id, "windows10").sandbox_id is not None
        True
        """
        return self._native.perform("sandbox_submit_file", {"data_id": data_id, "system": system}, options)

    def sandbox_report(self, sandbox_id: str, **options: Unpack[CallOptions]) -> SandboxReport:
        """State of a sandbox run, finished or not. Charged to no allowance.

        Raises ``NotFoundError`` for a ``sandbox_id`` that the service does not know.

        >>> submission = client.sandbox_submit_url("https://example.com")
        >>> client.sandbox_report(submission.sandbox_id).sandbox_id == submission.sandbox_id
        True
        """
        return self._native.perform("sandbox_report", {"sandbox_id": sandbox_id}, options)

    def sandbox_wait(self, sandbox_id: str, **options: Unpack[CallOptions]) -> SandboxReport:
        """Waits for the end of a sandbox run, at most ``deadline`` seconds (the client's 900); they take minutes.
        Charged to no allowance.

        Raises ``ScanNotFinishedError`` at the deadline; the run goes on at the service.

        >>> submission = client.sandbox_submit_url("https://example.com")
        >>> client.sandbox_wait(submission.sandbox_id).is_finished
        True
        """
        return self._native.perform("sandbox_wait", {"sandbox_id": sandbox_id}, options)

    # -- feeds

    def feed_infected(
        self,
        date: str | None = None,
        category: str | None = None,
        page: int | None = None,
        **options: Unpack[CallOptions],
    ) -> FeedPage:
        """Hashes of files found infected on a day, newest first, 1,000 a page; ``all_pages`` goes on. Charged to the
        Feed allowance.

        Args:
            date: ``"YYYY-MM-DD"`` (today).
            category: A letter for a category of files, such as ``"E"`` for executables.
            page: From 1.

        Raises ``AuthError`` for pages that a free key does not see.

        >>> page = client.feed_infected()
        >>> len(page), page.entries[0].threat_name is not None
        (1000, True)
        """
        return self._feed("feed_infected", {"date": date, "category": category}, page, options)

    def feed_clean(
        self,
        date: str | None = None,
        category: str | None = None,
        page: int | None = None,
        **options: Unpack[CallOptions],
    ) -> FeedPage:
        """Hashes of files found clean; as ``feed_infected``.

        >>> len(client.feed_clean(page=1)) > 0
        True
        """
        return self._feed("feed_clean", {"date": date, "category": category}, page, options)

    def feed_hashes(self, page: int | None = None, **options: Unpack[CallOptions]) -> FeedPage:
        """Hashes for partners of the malware exchange, 1,000 a page. Charged to the Feed allowance.

        Raises ``ForbiddenError`` where the key may not do this.

        >>> len(client.feed_hashes()) > 0
        True
        """
        return self._feed("feed_hashes", {}, page, options)

    def feed_false_positives(
        self, page: int | None = None, engine: str | None = None, **options: Unpack[CallOptions]
    ) -> FeedPage:
        """Possible false positives, for partners; of one ``engine`` where named. Charged to the Feed allowance.

        Raises ``ForbiddenError`` where the key may not do this.

        >>> client.feed_false_positives().entries is not None
        True
        """
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
        """Legacy: the most frequent infected files; a ``Document`` with the type ``csv``, ``bro`` or ``rss``. Charged to
        the Feed allowance. Warns with ``LegacyOperationWarning``.

        >>> len(client.feed_infected_top()) > 0
        True
        """
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
        """Version of the service. Needs no key.

        >>> client.service_version().raw[:1]
        b'{'
        """
        return self._native.perform("service_version", {}, options)

    def engine_definitions(self, **options: Unpack[CallOptions]) -> Document:
        """Definition times of the engines. Needs no key.

        >>> client.engine_definitions().raw[:1] in (b"[", b"{")
        True
        """
        return self._native.perform("engine_definitions", {}, options)
