"""The service on loopback."""

from __future__ import annotations

from . import _native
from ._client import Client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any

    from typing_extensions import Self

    from ._native import RequestRecord


class Emulator:
    """MetaDefender Cloud on loopback, in this process: tests and try-outs need neither a key nor a network.

    It listens from the moment it is made until ``stop``, or the end of the ``with`` block. A file that
    holds the EICAR test file is infected, every other file is clean.

    Settings are keywords, times in seconds: ``throttle="10/60s"``, ``allowances={"prevention_api": 40}``,
    ``interval``, ``scan_time``, ``sanitize_time``, ``sandbox_time``, ``delay``, ``virtual_clock=True`` (time
    moves only by ``advance``), ``max_upload_mb``, ``envelope``, ``paid``, ``seed`` and the others of the
    emulator's README.

    ``scene`` is a situation to start in; a setting that is given counts more than the scene's:
    ``paid``, ``throttled``, ``exhausted``, ``wrong_key``, ``blocked``, ``outage``, ``hiccup`` (the first answer
    is a 503), ``silent`` (no answer ever), ``never_finished``.

    Raises ``InvalidArgumentError`` for a setting that it does not have.

    >>> import mdcloud
    >>> with mdcloud.Emulator(scan_time=0) as emulator:
    ...     with emulator.client() as client:
    ...         client.file_scan(b"hello").verdict
    ...     [request.method for request in emulator.requests()]
    <Verdict.CLEAN: 1>
    ['GET', 'POST', 'GET']
    """

    __slots__ = ("__weakref__", "_native")

    def __init__(self, *, scene: str | None = None, **settings: Any) -> None:
        faults: list[dict[str, Any]] = []
        if scene is not None:
            from . import _scenes

            settings, faults = _scenes.scene(scene, settings)
        self._native = _native.Emulator(settings)
        for fault in faults:
            self.fault(**fault)

    @property
    def base_url(self) -> str:
        """Where it listens, with the ``/v4``."""
        return self._native.base_url

    @property
    def api_key(self) -> str:
        """The one key that it accepts."""
        return self._native.api_key

    key = api_key

    def client(self, **settings: Any) -> Client:
        """A client of this emulator; takes the settings of ``Client``."""
        return Client(**{"api_key": self.api_key, "base_url": self.base_url, **settings})

    @staticmethod
    def sample(kind: str = "clean") -> bytes:
        """A file that the emulator gives the wanted result: ``clean``, ``infected``, ``suspicious``,
        ``encrypted``, ``aborted``, ``queued`` or ``unfinished`` (these two never end).

        Any bytes may be added at its end, to make it another file with the same result.

        >>> import mdcloud
        >>> with mdcloud.Emulator(scan_time=0) as emulator, emulator.client() as client:
        ...     client.file_scan(emulator.sample("infected")).threat_name
        'Test/Eicar!emulated'
        """
        from . import _scenes

        return _scenes.sample(kind)

    def advance(self, seconds: float) -> None:
        """Moves its clock forward. A real clock skips ahead, a virtual one moves only so."""
        self._native.advance(seconds)

    def requests(self) -> list[RequestRecord]:
        """The requests that came in, in order of arrival."""
        return self._native.requests()

    def reset(self) -> None:
        """Forgets the requests, windows, throttle, blocks and open faults; files stay known."""
        self._native.reset()

    def fault(self, kind: str, value: Any = None, *, path: str = "", count: int = 1, **details: Any) -> None:
        """Orders a fault for the next ``count`` requests whose ``METHOD /path?query`` holds ``path``.

        Instead of the answer: ``status`` (value: the HTTP status; ``body=``, ``content_type=``), ``code``
        (the service's code), ``no_headers``, ``not_json``, ``redirect`` (the place), ``raw`` (bytes),
        ``large`` and ``gzip_bomb`` (how many bytes), ``deep`` (how deep), ``close``, ``reset``, ``stall``.
        After the work: ``close_after`` and ``stall_after`` (bytes of the answer), ``drip`` (bytes in a piece;
        ``every=`` seconds), ``wrong_length`` (by how much), ``delay`` (seconds), ``headers`` (a dict; an
        empty value removes one), ``extra_headers`` (a dict; some then come twice), ``gzip``, ``nulls``,
        ``texts`` (the text that every text becomes), ``invalid_utf8``.

        >>> import mdcloud
        >>> with mdcloud.Emulator() as emulator, emulator.client(retries=0) as client:
        ...     emulator.fault("code", 500000, path="/apikey")
        ...     try:
        ...         client.apikey_info()
        ...     except mdcloud.ServerError as error:
        ...         error.code
        500000
        """
        if unknown := details.keys() - {"body", "content_type", "every"}:
            raise TypeError(f"fault() got an unexpected keyword argument {min(unknown)!r}")
        order: dict[str, Any] = {"kind": kind, "path": path, "count": count, **details}
        if value is not None:
            # Bytes travel as letters, one for each.
            is_bytes = isinstance(value, (bytes, bytearray, memoryview))
            order["value"] = bytes(value).decode("latin-1") if is_bytes else value
        # Only here: at the top it would cost every import of mdcloud.
        import json

        self._native.fault(json.dumps(order))

    def stop(self) -> None:
        """Stops it: the thread ends, connections close, the port is free. Twice does no harm."""
        self._native.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Emulator(base_url={self.base_url!r})"

    def __reduce_ex__(self, protocol: object) -> str:
        raise TypeError("an Emulator cannot be pickled or copied: it runs in its process")


Emulator.__module__ = "mdcloud"
