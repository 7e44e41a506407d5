"""Whatever the service does, only documented exceptions come out."""

from __future__ import annotations

import io
import json
import pathlib
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import mdcloud

FAULTS: list[Callable[[random.Random], tuple[str, Any, dict[str, Any]]]] = [
    lambda r: ("status", r.choice([200, 204, 301, 400, 401, 403, 404, 413, 429, 500, 503]), {"body": garbage(r)}),
    lambda r: ("code", r.choice([400000, 401001, 403001, 404003, 429000, 429001, 429002, 500000, 503000]), {}),
    lambda r: ("no_headers", None, {}),
    lambda r: ("not_json", None, {}),
    lambda r: ("redirect", "http://127.0.0.1:1/", {}),
    lambda r: ("raw", r.randbytes(r.randrange(200)), {}),
    lambda r: ("raw", b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n" + r.randbytes(5), {}),
    lambda r: ("close", None, {}),
    lambda r: ("reset", None, {}),
    lambda r: ("close_after", r.randrange(100), {}),
    lambda r: ("stall_after", r.randrange(100), {}),
    lambda r: ("wrong_length", r.choice([-3, 1, 1000]), {}),
    lambda r: ("headers", {"x-ratelimit-limit": garbage(r), "x-ratelimit-remaining": "-1"}, {}),
]

CALLS: list[Callable[[mdcloud.Client], object]] = [
    lambda c: c.file_scan(b"content"),
    lambda c: c.file_scan(io.BytesIO(b"stream"), reuse=False),
    lambda c: c.file_submit(b"x"),
    lambda c: c.hash_lookup("0" * 32),
    lambda c: [one.error for one in c.hash_lookup_many(["0" * 32, "bad"])],
    lambda c: [one.error for one in c.ip_lookup_many(["8.8.8.8"])],
    lambda c: [one.error for one in c.file_scan_many([b"a", b"b"])],
    lambda c: c.apikey_info(),
    lambda c: c.apikey_limits_left().amounts,
    lambda c: list(c.feed_infected()),
    lambda c: c.hash_badge("0" * 32),
    lambda c: c.sandbox_submit_url("https://example.com"),
    lambda c: c.engine_definitions().json(),
    lambda c: c.call("GET", "/apikey/").json(),
]


def garbage(r: random.Random) -> str:
    """Answers that are nearly right."""
    value: Any = r.choice(["null", "5", "[]", "{}", '{"error": {"code": "x"}}', '{"data_id": 5}', "{", "\u00e9", ""])
    return str(value)


@pytest.mark.parametrize("seed", range(10))
def test_random_faults_raise_documented_exceptions(seed: int) -> None:
    # The calls mostly wait.
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(one_call_under_random_faults, (random.Random(f"{seed} {number}") for number in range(12))))


def one_call_under_random_faults(r: random.Random) -> None:
    settings: dict[str, Any] = {"read_timeout": 0.2, "timeout": 0.5, "max_wait": 0.2, "retries": 1, "deadline": 2}
    with mdcloud.Emulator(scan_time=0) as emulator, emulator.client(**settings) as client:
        for _ in range(r.randrange(1, 4)):
            kind, value, details = r.choice(FAULTS)(r)
            emulator.fault(kind, value, count=r.randrange(1, 4), **details)
        call = r.choice(CALLS)
        try:
            outcome = call(client)
        except mdcloud.MdcloudError as error:
            outcome = [error]
        for error in outcome if isinstance(outcome, list) else []:
            if isinstance(error, BaseException):
                looked_at(error, emulator.api_key)


def looked_at(error: BaseException, key: str) -> None:
    """An error tells what happened, and can be shown and sent elsewhere."""
    import copy
    import pickle

    assert isinstance(error, mdcloud.MdcloudError), repr(error)
    assert type(error).__module__.startswith("mdcloud") and error.status > 0 and str(error)
    assert key not in str(error) + repr(error)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
    assert str(copy.copy(error)) == str(error)


ROOT = pathlib.Path(__file__).parents[1]


def works_on(client: mdcloud.Client) -> None:
    """With what needs no key, in which the ledger has no say. On a busy machine not with the first try, as the
    client has little patience."""
    end = time.monotonic() + 30
    while True:
        try:
            client.service_version()
            return
        except mdcloud.RequestTimeoutError:
            assert time.monotonic() < end, "the client does not work any more"


def endured(fault: dict[str, Any]) -> list[str]:
    """Puts every call through one fault of the list; gives what was wrong."""
    order = {"count": 1000, **fault}
    wanted = order.pop("lookup", None)
    wrong = []
    settings: dict[str, Any] = {"read_timeout": 0.2, "timeout": 0.5, "max_wait": 0.1, "retries": 1, "deadline": 0.8}
    with mdcloud.Emulator(scan_time=0, paid=True) as emulator, emulator.client(**settings) as client:
        known = emulator.client().file_scan(b"known").sha256 or ""
        for number, call in enumerate([lambda c: c.hash_lookup(known), *CALLS]):
            emulator.fault(**order)
            start, came = time.monotonic(), "OK"
            try:
                outcome = call(client)
            except mdcloud.MdcloudError as error:
                outcome, came = [error], error.status.name
            except RecursionError:
                outcome = None  # ``json()`` is Python's own reader, which says so of what is nested too deep
                if fault["kind"] != "deep":
                    wrong.append(f"{fault}: RecursionError")
            except BaseException as error:
                outcome = wrong.append(f"{fault}: {error!r}")
            for error in outcome if isinstance(outcome, list) else []:
                if isinstance(error, BaseException):
                    looked_at(error, emulator.api_key)
            if number == 0 and wanted is not None and came != wanted:
                wrong.append(f"{fault}: the lookup gave {came}")
            if time.monotonic() - start > 10:
                wrong.append(f"{fault}: call {number} took {time.monotonic() - start:.1f} s")
            emulator.reset()
            works_on(client)
    return wrong


def test_the_faults_that_every_language_is_put_through() -> None:
    faults = json.loads((ROOT / "faults.json").read_text("utf-8"))
    with ThreadPoolExecutor(12) as pool:
        wrong = [text for texts in pool.map(endured, faults) for text in texts]
    assert len(faults) > 40 and not wrong, wrong


def test_a_closed_client_says_so_in_every_operation(client: mdcloud.Client) -> None:
    client.close()
    for call in CALLS:
        with pytest.raises(mdcloud.CancelledError, match="was closed: make a new one"):
            call(client)
    with pytest.raises(mdcloud.CancelledError, match="closed"):
        client.file_tree("bzI2")
