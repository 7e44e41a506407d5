"""The client for asyncio programs, and the plain one among coroutines."""

from __future__ import annotations

import asyncio
import threading
import time
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest

import mdcloud
from mdcloud import AsyncClient, Client, Verdict

LIMIT = 0.150


def run(emulator: mdcloud.Emulator, main: Callable[[AsyncClient], Coroutine[Any, Any, Any]], **settings: Any) -> Any:
    """Runs a coroutine with a client of the emulator."""

    async def whole() -> Any:
        async with AsyncClient(emulator.api_key, base_url=emulator.base_url, **settings) as client:
            return await main(client)

    return asyncio.run(whole())


def paths(emulator: mdcloud.Emulator) -> list[str]:
    return [request.path for request in emulator.requests()]


def test_many_calls_at_once(emulator: mdcloud.Emulator) -> None:
    async def main(client: AsyncClient) -> list[mdcloud.Report]:
        return await asyncio.gather(*(client.file_scan(b"%d" % number) for number in range(20)))

    reports = run(emulator, main)
    assert len({report.sha256 for report in reports}) == 20
    assert all(report.verdict is Verdict.CLEAN for report in reports)


def test_every_operation_of_the_client_is_there_with_its_arguments() -> None:
    import inspect

    for name, method in inspect.getmembers(Client, inspect.isfunction):
        if name.startswith("_") or name in ("close", "quota"):
            continue
        mine = getattr(AsyncClient, name)
        assert inspect.signature(mine) == inspect.signature(method), name
        assert mine.__doc__ and ">>>" not in mine.__doc__
        gives_iterator = name == "file_tree" or name.endswith("_many") and name != "file_rescan_many"
        assert inspect.iscoroutinefunction(mine) is not gives_iterator, name


@pytest.mark.parametrize("threads", [1, 8])
def test_cancelling_a_task_ends_its_request(emulator: mdcloud.Emulator, threads: int) -> None:
    emulator.fault("stall", path="/apikey", count=9)

    async def main(client: AsyncClient) -> float:
        best = 9.0
        for _ in range(3):
            task = asyncio.create_task(client.apikey_info())
            while len(emulator.requests()) == 0:
                await asyncio.sleep(0.01)
            start = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            best = min(best, time.monotonic() - start)
            emulator.reset()
            emulator.fault("stall", path="/apikey", count=9)
        # The thread is free again: it has not waited for the answer.
        emulator.reset()
        await client.apikey_limits()
        return best

    assert run(emulator, main, threads=threads) <= LIMIT


def test_a_call_that_waits_for_a_thread_is_never_sent_once_cancelled(emulator: mdcloud.Emulator) -> None:
    emulator.fault("stall", path="/apikey", count=1)

    async def main(client: AsyncClient) -> None:
        first = asyncio.create_task(client.apikey_info())
        second = asyncio.create_task(client.hash_lookup("0" * 32))
        while not emulator.requests():
            await asyncio.sleep(0.01)
        second.cancel()
        await asyncio.wait([second])
        first.cancel()
        await asyncio.wait([first])

    run(emulator, main, threads=1)
    assert paths(emulator) == ["/v4/apikey/"]


def test_a_token_ends_its_calls_and_a_task_does_not_end_the_token(emulator: mdcloud.Emulator) -> None:
    emulator.fault("stall", path="/apikey", count=9)

    async def main(client: AsyncClient) -> None:
        token = mdcloud.Cancel()
        first = asyncio.create_task(client.apikey_info(cancel=token))
        second = asyncio.create_task(client.apikey_limits(cancel=token))
        while len(emulator.requests()) < 2:
            await asyncio.sleep(0.01)
        first.cancel()
        await asyncio.wait([first])
        assert not token.cancelled and not second.done()
        token.cancel()
        with pytest.raises(mdcloud.CancelledError):
            await second

    run(emulator, main)


def test_leaving_the_block_ends_all_calls(emulator: mdcloud.Emulator) -> None:
    emulator.fault("stall", path="/apikey", count=9)

    async def main(client: AsyncClient) -> asyncio.Task[mdcloud.KeyInfo]:
        task = asyncio.create_task(client.apikey_info())
        while not emulator.requests():
            await asyncio.sleep(0.01)
        return task

    async def whole() -> None:
        async with AsyncClient(emulator.api_key, base_url=emulator.base_url) as client:
            task = await main(client)
        with pytest.raises(mdcloud.CancelledError):
            await task
        assert client.closed
        with pytest.raises(mdcloud.CancelledError):
            await client.apikey_info()

    asyncio.run(whole())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("mdcloud-aio")]


async def hashes(count: int) -> AsyncIterator[str]:
    for number in range(count):
        if number % 1000 == 0:
            await asyncio.sleep(0)
        yield f"{number:032x}"


def test_many_inputs_from_an_async_generator(emulator: mdcloud.Emulator) -> None:
    async def main(client: AsyncClient) -> None:
        seen: list[mdcloud.Progress] = []
        results = [one.hash async for one in client.hash_lookup_many(hashes(2500), progress=seen.append)]
        assert results == [f"{number:032x}" for number in range(2500)]
        assert seen[-1].sent == 2500
        assert len(await client.hash_lookup_many(hashes(3)).to_table()) == 3
        outcomes = await client.file_scan_many([b"a", b"b"]).to_table()
        assert outcomes.verdicts() == {"CLEAN": 2}

    run(emulator, main)


def test_cancelling_one_that_waits_for_inputs(emulator: mdcloud.Emulator) -> None:
    stopped = []

    async def never() -> AsyncIterator[str]:
        yield "0" * 32
        try:
            await asyncio.Event().wait()
        finally:
            stopped.append(True)

    async def main(client: AsyncClient) -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.hash_lookup_many(never()).to_table(), 0.2)
        assert stopped

    run(emulator, main)


def test_an_async_generator_that_raises(emulator: mdcloud.Emulator) -> None:
    error = LookupError("mine")

    async def inputs() -> AsyncIterator[str]:
        yield "0" * 32
        raise error

    async def main(client: AsyncClient) -> None:
        with pytest.raises(LookupError) as caught:
            await client.hash_lookup_many(inputs()).to_table()
        assert caught.value is error

    run(emulator, main)
    assert emulator.requests() == []


def test_progress_callbacks_run_on_the_event_loop(emulator: mdcloud.Emulator) -> None:
    error = LookupError("mine")

    async def main(client: AsyncClient) -> None:
        threads = set()
        await client.file_scan(b"a", progress=lambda progress: threads.add(threading.get_ident()))
        assert threads == {threading.get_ident()}
        emulator.fault("stall", path="GET /v4/file", count=9)

        def fail(progress: mdcloud.Progress) -> None:
            raise error

        with pytest.raises(LookupError) as caught:
            await client.file_scan(b"b", progress=fail)
        assert caught.value is error
        with pytest.raises(mdcloud.CancelledError):
            await client.file_scan(b"c", progress=lambda progress: False)
        emulator.reset()
        with pytest.raises(LookupError):
            await client.file_scan_many([b"%d" % number for number in range(30)], progress=fail).to_table()

    run(emulator, main)


def test_bad_arguments(emulator: mdcloud.Emulator) -> None:
    async def main(client: AsyncClient) -> None:
        with pytest.raises(TypeError, match="cancel"):
            await client.apikey_info(cancel=5)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="hashes"):
            client.hash_lookup_many(5)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="hashes"):
            client.hash_lookup_many()  # type: ignore[call-arg]
        with pytest.raises(mdcloud.InvalidArgumentError):
            await client.hash_lookup("xyz")

    run(emulator, main)
    assert emulator.requests() == []
    with pytest.raises(TypeError, match="threads"):
        AsyncClient("key", threads="4")  # type: ignore[arg-type]
    with pytest.raises(mdcloud.InvalidArgumentError, match="threads"):
        AsyncClient("key", threads=0)
    assert "secret0key" not in repr(AsyncClient("secret0key"))


def test_a_legacy_operation_warns_where_the_task_is(emulator: mdcloud.Emulator) -> None:
    async def main(client: AsyncClient) -> None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            await client.cve_list()
        assert [(one.category, one.filename) for one in caught] == [(mdcloud.LegacyOperationWarning, __file__)]

    run(emulator, main)


def test_the_plain_client_works_inside_a_running_loop(client: Client) -> None:
    async def main() -> None:
        assert client.file_scan(b"hello").verdict is Verdict.CLEAN
        assert len(list(client.hash_lookup_many(["0" * 32]))) == 1
        report = await asyncio.get_running_loop().run_in_executor(None, client.file_scan, b"other")
        assert report.is_finished

    asyncio.run(main())
