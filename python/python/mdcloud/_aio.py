"""The client for asyncio programs: the blocking core on threads, and cancellation that reaches the request."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterable
from concurrent.futures import ThreadPoolExecutor
from functools import wraps
from inspect import cleandoc, signature

from . import _legacy, _native
from ._client import Client
from ._errors import CancelledError, InvalidArgumentError
from ._native import Cancel
from ._table import Table

_AT_ONCE = 1000  # results that one trip to a thread may bring


class AsyncClient:
    """A client for asyncio programs: the operations of ``Client``, to be awaited.

    Takes the settings of ``Client``, and ``threads``: how many calls may go on at once (64); further ones
    wait for a thread. Cancelling a task, or a timeout around it, ends the request within 150 ms and leaves
    nothing behind that would spend quota. ``_many`` operations and ``file_tree`` give async iterators, and
    take async iterables too. Progress callbacks run on the event loop.

    Leave it with ``async with``, or ``close`` it. It belongs to the event loop that uses it first.

    Raises what ``Client`` raises, and ``asyncio.CancelledError`` where the task was cancelled.

    >>> import asyncio, mdcloud
    >>> async def main():
    ...     with mdcloud.Emulator(scan_time=0) as emulator:
    ...         async with mdcloud.AsyncClient(emulator.api_key, base_url=emulator.base_url) as client:
    ...             reports = await asyncio.gather(*(client.file_scan(b"%d" % n) for n in range(3)))
    ...             known = [result.is_known async for result in client.hash_lookup_many(["0" * 32])]
    ...             return [report.verdict.name for report in reports], known
    >>> asyncio.run(main())
    (['CLEAN', 'CLEAN', 'CLEAN'], [False])
    """

    def __init__(self, api_key=None, *, threads=64, **settings):
        if isinstance(threads, bool) or not isinstance(threads, int):
            raise TypeError(f"threads: expected int, got {type(threads).__name__}")
        if threads < 1:
            raise InvalidArgumentError(f"invalid argument: threads: must be at least 1, not {threads}")
        self._client = Client(api_key, **settings)
        # The warning comes from where the task is.
        self._threads = ThreadPoolExecutor(threads, "mdcloud-aio", initializer=_legacy.silence_this_thread)

    @property
    def base_url(self):
        """Address of the service."""
        return self._client.base_url

    @property
    def closed(self):
        """Whether it was closed."""
        return self._client.closed

    def quota(self):
        """What is known of this key's quota; None before its first call. Asks nobody, and is not awaited."""
        return self._client.quota()

    def close(self):
        """Ends all its calls with ``CancelledError`` of this library; later ones end at once. Does not wait."""
        self._client.close()
        self._threads.shutdown(wait=False)

    async def __aenter__(self):
        return self

    async def __aexit__(self, kind, error, trace):
        self._client.close()
        # The threads end as their calls do: soon, but not on the event loop's time.
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)

    def __repr__(self):
        return f"Async{self._client!r}"

    def __reduce_ex__(self, protocol):
        raise TypeError("an AsyncClient cannot be pickled or copied: make one in each process that needs one")

    async def all_pages(self, page, **options):
        """This page of a feed and all behind it, each asked for when it is taken.

        >>> import asyncio, mdcloud
        >>> async def main():
        ...     with mdcloud.Emulator(paid=True) as emulator:
        ...         async with mdcloud.AsyncClient(emulator.api_key, base_url=emulator.base_url) as client:
        ...             return [len(page) async for page in client.all_pages(await client.feed_infected())]
        >>> asyncio.run(main())
        [1000, 1000, 500]
        """
        call = _Call(options)
        pages = page.all_pages(**options)
        while (following := await self._on_thread(call.cancel.cancel, lambda: next(pages, None))) is not None:
            yield following

    async def _call(self, method, given, options):
        call = _Call(options)
        try:
            return await self._on_thread(call.cancel.cancel, lambda: method(self._client, *given, **call.options))
        except CancelledError:
            call.reraise()
            raise

    async def _on_thread(self, stop, work):
        """Does the work on a thread; ends with the task, and not before the thread has heard of it."""
        if self.closed:
            return work()  # which says that it is closed; the pool takes no more work
        job = self._threads.submit(work)
        done = asyncio.wrap_future(job)
        try:
            return await asyncio.shield(done)
        except asyncio.CancelledError:
            if not job.cancel():  # it has begun
                stop()
                await _settled(done)
            raise


async def _settled(done):
    """Waits for a thread that was told to stop, whatever else happens; it does within 150 ms."""
    while not done.done():
        try:
            await asyncio.wait([done])
        except asyncio.CancelledError:  # once more: the first one is on its way already
            continue
    if not done.cancelled():
        done.exception()  # looked at, so that nobody warns of it


class _Call:
    """The options of a call on a thread: a token for the task, callbacks on the event loop."""

    def __init__(self, options):
        self.options = options
        self._loop = asyncio.get_running_loop()
        self._raised = None
        given = options.get("cancel")
        # A token of the caller's may be that of other calls as well.
        self.cancel = given.child() if isinstance(given, Cancel) else Cancel()
        if given is None or isinstance(given, Cancel):
            options["cancel"] = self.cancel
        self._callback = options.get("progress")
        if callable(self._callback):
            options["progress"] = self._progress

    def _progress(self, progress):
        self._loop.call_soon_threadsafe(self._on_loop, progress)

    def _on_loop(self, progress):
        try:
            go_on = self._callback(progress)
        except BaseException as error:
            self._raised, go_on = error, False
        if go_on is False:
            self.cancel.cancel()

    def reraise(self):
        """What a callback has raised is why the call was cancelled."""
        if self._raised is not None:
            raised, self._raised = self._raised, None
            raise raised from None


_KINDS = {"hash_lookup_many": "HashResult", "file_scan_many": "ScanOutcome", "file_tree": "TreeFile"}


class AsyncResults:
    """The results of an operation on many inputs, as they come; of ``AsyncClient``.

    ``async for`` takes them one by one. Cancelling the task that waits for one ends all requests behind it.
    """

    def __init__(self, client, method, given, options):
        self._client = client
        self._call = _Call(options)
        self._asked = None
        self._kind = _KINDS.get(method.__name__, "Reputation")
        inputs, *others = given
        if isinstance(inputs, AsyncIterable):
            inputs = self._fetched(inputs.__aiter__())
        self._results = method(client._client, inputs, *others, **options)
        self._ready = deque()

    @classmethod
    def __class_getitem__(cls, of):
        return cls

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self._ready:
            try:
                self._ready.extend(await self._client._on_thread(self._stop, self._take))
            except CancelledError:
                self._call.reraise()
                raise
            # Where entries have errors of their own, the iterator itself does not fail.
            self._call.reraise()
        if not self._ready:
            raise StopAsyncIteration
        return self._ready.popleft()

    def _take(self):
        if isinstance(self._results, _native.Results):
            return self._results._take(_AT_ONCE)
        return [outcome for outcome in (next(self._results, None),) if outcome is not None]

    def _fetched(self, inputs):
        """Inputs that come on the event loop, for the thread that takes them."""

        async def one():
            return await inputs.__anext__()

        while True:
            self._asked = asyncio.run_coroutine_threadsafe(one(), self._call._loop)
            if self._call.cancel.cancelled:
                self._asked.cancel()
            try:
                yield self._asked.result()
            except StopAsyncIteration:
                return

    async def to_table(self):
        """Waits for all results that are left, and makes a ``Table`` of them.

        >>> import asyncio, mdcloud
        >>> async def main():
        ...     with mdcloud.Emulator() as emulator:
        ...         async with mdcloud.AsyncClient(emulator.api_key, base_url=emulator.base_url) as client:
        ...             return await client.hash_lookup_many(["0" * 32, "1" * 64]).to_table()
        >>> len(asyncio.run(main()))
        2
        """
        return Table._of([result async for result in self], self._kind)

    async def aclose(self):
        """Ends the requests that are on their way; no more results come."""
        self._stop()
        self._ready.clear()
        self._results = iter(())

    def _stop(self):
        self._call.cancel.cancel()
        if self._asked is not None:
            self._asked.cancel()


def _add_operations():
    """Gives the class every operation of ``Client``, with its signature and the words of its documentation."""
    for name in dir(Client):
        method = getattr(Client, name)
        if name.startswith("_") or not callable(method) or "options" not in signature(method).parameters:
            continue
        made = _iterating(method) if _gives_iterator(name) else _awaited(method)
        made.__qualname__ = f"AsyncClient.{name}"
        made.__doc__ = cleandoc(method.__doc__ or "").partition(">>>")[0].rstrip()
        setattr(AsyncClient, name, made)


def _gives_iterator(name):
    return name == "file_tree" or name.endswith("_many") and name != "file_rescan_many"


def _awaited(method):
    @wraps(method)
    async def operation(self, *given, **options):
        if method.__name__ in _native.LEGACY:
            _legacy.warn(method.__name__)
        return await self._call(method, given, options)

    return operation


def _iterating(method):
    names = signature(method)

    @wraps(method)
    def operation(self, *given, **options):
        given = names.bind(self._client, *given, **options).arguments
        options = given.pop("options", {})
        _, *given = given.values()
        return AsyncResults(self, method, given, options)

    return operation


_add_operations()
AsyncClient.__module__ = AsyncResults.__module__ = "mdcloud"
