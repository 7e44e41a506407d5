"""What a client does with files: scans, sanitized copies, callbacks."""

from __future__ import annotations

from . import _native

TYPE_CHECKING = False  # as type checkers read it; importing typing would take longer than all the rest
if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from typing_extensions import Unpack

    from ._models import Report, RescanResult, Submission, WebhookStatus, WebhookStatuses
    from ._native import FileTree, ScanOutcomes
    from ._options import CallOptions, ScanOptions, SourceLike, SubmitOptions


class Files:
    """The part of a client that sends files, and what belongs to them."""

    __slots__ = ()

    _native: _native.Client

    def file_submit(self, source: SourceLike, **options: Unpack[SubmitOptions]) -> Submission:
        """Uploads a file for analysis and gives its handle; the scan goes on at the service.

        Charged to the Prevention allowance, and throttled. It is never sent twice: where the answer was lost,
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

        >>> submission = client.file_submit(b"hello", filename="hello.txt")
        >>> client.file_wait(submission.data_id).display_name
        'hello.txt'
        """
        return self._native.file_submit(source, options)

    def file_report(self, data_id: str, **options: Unpack[CallOptions]) -> Report:
        """State of a scan, finished or not (``Report.is_finished``). Charged to no allowance.

        Raises ``NotFoundError`` for a ``data_id`` that the service does not know.

        >>> submission = client.file_submit(b"hello")
        >>> client.file_report(submission.data_id).is_finished
        True
        """
        return self._native.file_report(data_id, options)

    def file_wait(self, data_id: str, **options: Unpack[CallOptions]) -> Report:
        """Waits for the end of a scan, at most ``deadline`` seconds (the client's 900 by default; None for ever).
        Charged to no allowance.

        Raises ``ScanNotFinishedError`` at the deadline: the scan goes on at the service, and the ``data_id`` of the
        error is good for waiting again.

        >>> submission = client.file_submit(b"hello")
        >>> client.file_wait(submission.data_id, deadline=60).verdict
        <Verdict.CLEAN: 1>
        """
        return self._native.file_wait(data_id, options)

    def file_scan(self, source: SourceLike, **options: Unpack[ScanOptions]) -> Report:
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

        >>> report = client.file_scan(b"hello")
        >>> report.verdict, report.detected_engines, report.sha256[:8]
        (<Verdict.CLEAN: 1>, 0, '2CF24DBA')
        >>> [engine.name for engine in report.engines if engine.threat]
        []
        """
        return self._native.file_scan(source, options)

    def file_scan_many(self, sources: Iterable[SourceLike], **options: Unpack[ScanOptions]) -> ScanOutcomes:
        """Scans any number of files, each as ``file_scan`` does: one ``ScanOutcome`` per source, in the order in which
        they finish, with its ``source``, and its ``result`` or ``error``. One bad file never loses the rest.

        Lazy: sources are taken as there is room, at most as many requests at once as the setting ``concurrency``
        says. ``deadline`` counts in seconds for each file from its start. File objects are read on threads of the
        library. ``progress`` counts files: True for a bar over all of them, a callable for a ``Progress`` with the
        phase ``"many"`` after each. Takes the options of ``file_scan``.

        Raises nothing for a file that fails, but what the iterable raises, and ``CancelledError``.

        >>> outcomes = client.file_scan_many([b"one", b"two", b""])
        >>> sorted((outcome.index, outcome.error is None) for outcome in outcomes)
        [(0, True), (1, True), (2, False)]
        >>> client.file_scan_many([b"one", b"two"]).to_table().verdicts()
        {'CLEAN': 2}
        """
        return self._native.file_scan_many(sources, options)

    def file_tree(
        self, data_id: str, depth: int | None = None, **options: Unpack[CallOptions]
    ) -> FileTree:
        """The files inside an archive that was scanned with the rule ``unarchive``, and inside the archives in it,
        down to ``depth`` levels (16): one ``TreeFile`` each, the outermost first.

        Lazy: what is inside a member is asked for when the walk comes to it, charged to no allowance. A member that
        cannot be looked into has an ``error`` and does not end the walk.

        Raises ``InvalidArgumentError`` for a malformed ``data_id``.

        >>> import io, zipfile
        >>> packed = io.BytesIO()
        >>> with zipfile.ZipFile(packed, "w") as archive:
        ...     archive.writestr("a.txt", "hello")
        >>> report = client.file_scan(packed.getvalue(), rule=["multiscan", "unarchive"])
        >>> for entry in client.file_tree(report.data_id):
        ...     entry.depth, entry.file.display_name.rpartition("/")[2], entry.file.verdict.name
        (1, 'a.txt', 'CLEAN')
        """
        return self._native.file_tree(data_id, depth, options)

    def file_sanitize(
        self,
        source: SourceLike,
        destination: str | os.PathLike[str],
        **options: Unpack[SubmitOptions],
    ) -> Report:
        """Uploads a file for sanitization, waits, and fetches the clean copy into the file ``destination``, whole or
        not at all.

        The rule is ``sanitize`` with ``multiscan`` unless ``rule`` says otherwise; takes the options of
        ``file_submit``. Charged to the Prevention allowance, and throttled.

        Raises ``NotFoundError`` with the service's reason where it makes no clean copy, ``ScanNotFinishedError`` at
        the deadline, ``FileError`` where a file cannot be read or written.

        >>> import pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     clean = pathlib.Path(folder) / "clean.pdf"
        ...     report = client.file_sanitize(b"a document", clean, filename="a.pdf")
        ...     report.sanitized.result, clean.exists()
        ('Allowed', True)
        """
        given = {"source": source, "destination": destination}
        return self._native.perform("file_sanitize", given, options)

    def sanitized_link(self, data_id: str, **options: Unpack[CallOptions]) -> str:
        """Link to the clean copy of a file; good without a key for up to 24 hours. Charged to no allowance.

        Raises ``NotFoundError`` where there is no clean copy.

        >>> report = client.file_scan(b"a document", filename="a.pdf", rule=["multiscan", "sanitize"])
        >>> client.sanitized_link(report.data_id).startswith("http")
        True
        """
        return self._native.perform("sanitized_link", {"data_id": data_id}, options)

    def sanitized_download(
        self, data_id: str, destination: str | os.PathLike[str], **options: Unpack[CallOptions]
    ) -> int:
        """Fetches the clean copy into the file ``destination``, whole or not at all, and gives its length in bytes.

        Raises ``NotFoundError`` where there is no clean copy, ``FileError`` (an ``OSError``) where it cannot be
        written.

        >>> import os, tempfile
        >>> report = client.file_scan(b"a document", filename="a.pdf", rule=["multiscan", "sanitize"])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = os.path.join(folder, "clean.pdf")
        ...     client.sanitized_download(report.data_id, path) == os.path.getsize(path)
        True
        """
        return self._native.perform(
            "sanitized_download", {"data_id": data_id, "destination": destination}, options
        )

    def sanitized_delete(self, data_id: str, **options: Unpack[CallOptions]) -> None:
        """Removes a clean copy before its 24 hours are over. Paid keys only.

        Raises ``ForbiddenError`` for a free key, ``NotFoundError`` where there is no clean copy.

        >>> report = client.file_scan(b"a document", filename="a.pdf", rule=["multiscan", "sanitize"])
        >>> client.sanitized_delete(report.data_id)
        """
        self._native.perform("sanitized_delete", {"data_id": data_id}, options)

    def sanitized_link_legacy(self, file_id: str, **options: Unpack[CallOptions]) -> str:
        """Legacy: as ``sanitized_link``, by ``file_id``. Warns with ``LegacyOperationWarning``.

        >>> report = client.file_scan(b"a document", filename="a.pdf", rule=["multiscan", "sanitize"])
        >>> client.sanitized_link_legacy(report.file_id).startswith("http")
        True
        """
        return self._native.perform("sanitized_link_legacy", {"file_id": file_id}, options)

    def file_rescan(self, file_id: str, **options: Unpack[CallOptions]) -> Submission:
        """Legacy: scans a file again that the service has kept. Charged to the Prevention allowance. Warns with
        ``LegacyOperationWarning``.

        Raises ``NotFoundError`` where the service has not kept it.

        >>> report = client.file_scan(b"hello")
        >>> client.file_rescan(report.file_id).data_id is not None
        True
        """
        return self._native.perform("file_rescan", {"file_id": file_id}, options)

    def file_rescan_many(self, file_ids: Iterable[str], **options: Unpack[CallOptions]) -> list[RescanResult]:
        """Legacy: the same for any number of files, one outcome per input, in input order. Warns with
        ``LegacyOperationWarning``.

        >>> report = client.file_scan(b"hello")
        >>> [one.error is None for one in client.file_rescan_many([report.file_id, "../x"])]
        [True, False]
        """
        return self._native.perform("file_rescan_many", {"file_ids": file_ids}, options)

    def repo_submit(
        self,
        source: str,
        username: str,
        repository: str,
        ref: str | None = None,
        **options: Unpack[CallOptions],
    ) -> Submission:
        """Scans a public source repository. Charged to the Prevention allowance, and throttled.

        Args:
            source: ``"github"``, ``"gitlab"`` or ``"bitbucket"``.
            username: Whose repository it is.
            repository: Its name.
            ref: A branch or commit (``"master"``).

        Raises ``NotFoundError`` where there is no such repository.

        >>> submission = client.repo_submit("github", "someone", "something", ref="main")
        >>> client.file_wait(submission.data_id).is_finished
        True
        """
        return self._native.perform(
            "repo_submit",
            {"source": source, "username": username, "repository": repository, "ref": ref},
            options,
        )

    def webhook_status(self, data_id: str, **options: Unpack[CallOptions]) -> WebhookStatus:
        """Delivery status of the callback of one scan. Charged to no allowance.

        Raises ``NotFoundError`` where the scan has no callback, or was not finished yet.

        >>> try:
        ...     client.webhook_status("unknown")
        ... except mdcloud.NotFoundError as error:
        ...     error.http_status
        404
        """
        return self._native.perform("webhook_status", {"data_id": data_id}, options)

    def webhook_status_all(self, **options: Unpack[CallOptions]) -> WebhookStatuses:
        """All deliveries of callbacks in the last 12 hours. Charged to no allowance.

        Raises ``AuthError`` where the key is refused.

        >>> len(client.webhook_status_all())
        0
        """
        return self._native.perform("webhook_status_all", {}, options)
