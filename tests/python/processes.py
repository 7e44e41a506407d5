"""For tests with several processes: children that are forked, and what became of their calls."""

from __future__ import annotations

import itertools
import json
import os
import time
import traceback
from collections.abc import Callable, Iterable

import mdcloud

HASH = "44d88612fea8a8f36de82e1278abb02f"

# Each lookup is of a hash of its own: the same one asked twice at once may be one request.
numbers = itertools.count()


def fork(child: Callable[[], object]) -> tuple[int, int]:
    """Runs it in a forked child; gives the child's id, and a pipe that brings its result as JSON."""
    result, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(result)
            os.write(write, json.dumps(child()).encode())
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(write)
    return pid, result


def results(children: Iterable[tuple[int, int]]) -> list[object]:
    """What the children give, once all have ended well."""
    given = []
    for pid, pipe in children:
        with os.fdopen(pipe) as file:
            given.append(json.loads(file.read() or '"it died"'))
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, given
    return given


def time_of_forty(emulator: mdcloud.Emulator) -> float:
    """How long forty requests took in windows of ten in 5 s, over the least: the last may start after three windows."""
    requests = emulator.requests()
    assert [request.status for request in requests] == [200] * 40
    makespan = max(request.at for request in requests) - min(request.at for request in requests)
    print(f"\nmakespan {makespan:.3f} s, ideal 15 s: {makespan / 15:.4f}")
    return makespan / 15


def kill(child: tuple[int, int]) -> None:
    os.kill(child[0], 9)
    os.waitpid(child[0], 0)
    os.close(child[1])


def spend(client: mdcloud.Client, calls: int) -> int:
    """How many of so many lookups were made; the others the ledger has refused."""
    made = 0
    for _ in range(calls):
        try:
            client.hash_lookup(f"{os.getpid():08x}{next(numbers):024x}")
        except mdcloud.NotFoundError:
            made += 1
        except mdcloud.QuotaExhaustedError as error:
            assert error.is_local, "the service had to refuse"
    return made


def until(is_so: Callable[[], bool], why: str, most: float = 60) -> None:
    """Waits for something that another process does."""
    end = time.monotonic() + most
    while not is_so():
        assert time.monotonic() < end, why
        time.sleep(0.002)
