"""What is refused before anything is sent."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import pytest

import mdcloud

OPTIONS: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"deadline": "5"}, TypeError, "deadline"),
    ({"deadline": True}, TypeError, "deadline"),
    ({"deadline": -1}, ValueError, "deadline"),
    ({"deadline": float("nan")}, ValueError, "deadline"),
    ({"max_wait": 10**400}, ValueError, "max_wait"),
    ({"max_wait": []}, TypeError, "max_wait"),
    ({"cancel": ...}, TypeError, "cancel"),
    ({"progress": 5}, TypeError, "progress"),
    ({"unknown": 5}, TypeError, "unknown"),
]
SUBMIT: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"filename": 5}, TypeError, "filename"),
    ({"filename": "a\0b"}, ValueError, "filename"),
    ({"rule": 5}, TypeError, "rule"),
    ({"rule": ["a", 5]}, TypeError, r"rule\[1\]"),
    ({"rule": "a\r\nb: c"}, ValueError, "rule"),
    ({"sample_sharing": 1}, TypeError, "sample_sharing"),
    ({"private_processing": "yes"}, TypeError, "private_processing"),
    ({"rescan_count": 1.5}, TypeError, "rescan_count"),
    ({"rescan_count": -1}, ValueError, "rescan_count"),
    ({"metadata": 5}, TypeError, "metadata"),
    ({"metadata": "{"}, ValueError, "metadata"),
    ({"metadata": {"a": ...}}, TypeError, "JSON"),
    ({"headers": ["a"]}, TypeError, "headers"),
    ({"headers": {"a": 1}}, TypeError, "headers"),
    ({"headers": {"apikey": "x"}}, ValueError, "apikey"),
    ({"archive_password": "\ud800"}, ValueError, "archive_password"),
]


@pytest.mark.parametrize(("options", "kind", "name"), OPTIONS + SUBMIT, ids=str)
def test_options(
    client: mdcloud.Client,
    emulator: mdcloud.Emulator,
    options: dict[str, Any],
    kind: type[Exception],
    name: str,
) -> None:
    with pytest.raises(kind, match=name):
        client.file_submit(b"x", **options)
    with pytest.raises(kind, match=name):
        client.file_scan(b"x", **options)
    if (options, kind, name) in OPTIONS:
        with pytest.raises(kind, match=name):
            client.hash_lookup("0" * 32, **options)
    else:
        with pytest.raises(TypeError, match="unexpected"):
            client.hash_lookup("0" * 32, **options)
    assert emulator.requests() == []


CALLS: list[tuple[Callable[[mdcloud.Client], object], type[Exception], str]] = [
    (lambda c: c.file_submit(5), TypeError, "source"),  # type: ignore[arg-type]
    (lambda c: c.file_scan(None), TypeError, "source"),  # type: ignore[arg-type]
    (lambda c: c.file_submit(b"x", reuse=True), TypeError, "reuse"),  # type: ignore[call-arg]
    (lambda c: c.file_report(5), TypeError, "data_id"),  # type: ignore[arg-type]
    (lambda c: c.file_report(""), ValueError, "data_id"),
    (lambda c: c.file_wait("../apikey"), ValueError, "data_id"),
    (lambda c: c.hash_lookup(b"0" * 32), TypeError, "hash"),  # type: ignore[arg-type]
    (lambda c: c.hash_lookup("xyz"), ValueError, "hash"),
    (lambda c: c.hash_lookup_many("0" * 32), TypeError, "hashes"),
    (lambda c: c.hash_lookup_many(5), TypeError, "hashes"),  # type: ignore[arg-type]
    (lambda c: c.hash_lookup_many(["0" * 32] * 3000 + [5]), TypeError, r"hashes\[3000\]"),  # type: ignore[list-item]
    (lambda c: list(c.hash_lookup_many(iter(["0" * 32, 5]))), TypeError, r"hashes\[1\]"),  # type: ignore[list-item]
    (lambda c: c.call("PUT", "/x"), ValueError, "method"),
    (lambda c: c.call("GET", "x"), ValueError, "path"),
    (lambda c: c.call("GET", "/../x"), ValueError, "path"),
    (lambda c: c.call("GET", 5), TypeError, "path"),  # type: ignore[arg-type]
    (lambda c: c.call("GET", "/x", {"a": "b\r\nc"}), ValueError, "a"),
    (lambda c: c.call("POST", "/x", None, 5), TypeError, "body"),  # type: ignore[arg-type]
    (lambda c: c.call("GET", "/x", None, b"x"), ValueError, "body"),
    (lambda c: c.hash_badge("0" * 64, size=5), TypeError, "size"),  # type: ignore[arg-type]
    (lambda c: c.file_scan_many([b"x"], deadline="soon"), TypeError, "deadline"),  # type: ignore[arg-type]
    (lambda c: c.file_tree("id", depth="deep"), TypeError, "depth"),  # type: ignore[arg-type]
    (lambda c: mdcloud.Document(5), TypeError, "raw"),  # type: ignore[arg-type]
    (lambda c: mdcloud.Document(b"{}").pointer(5), TypeError, "pointer"),  # type: ignore[arg-type]
    (lambda c: mdcloud.Document(b"{}").pointer("x"), ValueError, "pointer"),
]


@pytest.mark.parametrize(("call", "kind", "name"), CALLS)
def test_arguments(
    client: mdcloud.Client,
    emulator: mdcloud.Emulator,
    call: Callable[[mdcloud.Client], object],
    kind: type[Exception],
    name: str,
) -> None:
    with pytest.raises(kind, match=name) as caught:
        call(client)
    if kind is ValueError:
        assert isinstance(caught.value, mdcloud.InvalidArgumentError) and caught.value.is_local
    assert emulator.requests() == []


@pytest.mark.parametrize("error", [LookupError("mine"), KeyboardInterrupt("mine")])
def test_an_iterable_that_raises(
    client: mdcloud.Client, emulator: mdcloud.Emulator, error: BaseException
) -> None:
    """What was paid for before comes first, unless it is no error but an interrupt."""

    def inputs(count: int) -> Any:
        yield from (f"{number:032x}" for number in range(count))
        raise error

    given = []
    with pytest.raises(type(error)) as caught:
        given.extend(client.hash_lookup_many(inputs(1500)))
    assert caught.value is error
    assert len(given) == (1000 if isinstance(error, Exception) else len(given))
    assert len(emulator.requests()) <= 1, "the batch that it is in is not asked for"
    given = []
    with pytest.raises(type(error)) as caught:
        given.extend(client.file_scan_many(number.encode() for number in inputs(3)))
    assert caught.value is error
    assert len(given) == (3 if isinstance(error, Exception) else len(given))


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"api_key": 5}, TypeError),
        ({"api_key": ""}, ValueError),
        ({"api_key": "with space"}, ValueError),
        ({"base_url": "http://example.com/v4"}, ValueError),
        ({"base_url": b"x"}, TypeError),
        ({"allow_http": 1}, TypeError),
        ({"connect_timeout": "1"}, TypeError),
        ({"read_timeout": -1}, ValueError),
        ({"timeout": float("inf")}, ValueError),
        ({"throttle": 10}, TypeError),
        ({"throttle": "10"}, ValueError),
        ({"quota_store": "nowhere"}, ValueError),
        ({"quota_store": "file:/nowhere/at/all"}, ValueError),
        ({"strict_store": 1}, TypeError),
        ({"retries": 1.0}, TypeError),
        ({"retries": -1}, ValueError),
        ({"retries": 2**40}, ValueError),
        ({"deadline": "x"}, TypeError),
        ({"proxy": "no proxy"}, ValueError),
        ({"ca_file": 5}, TypeError),
        ({"user_agent": "a\nb"}, ValueError),
        ({"concurrency": 0}, ValueError),
        ({"unknown": 0}, TypeError),
    ],
    ids=str,
)
def test_settings(settings: dict[str, Any], kind: type[Exception]) -> None:
    with pytest.raises(kind, match=next(iter(settings))):
        mdcloud.Client(**settings)


def test_settings_that_work(
    emulator: mdcloud.Emulator, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = emulator.client(
        connect_timeout=1,
        read_timeout=2.5,
        timeout=None,
        max_wait=0,
        throttle="100/1s",
        quota_store="process",
        strict_store=True,
        retries=1,
        deadline=None,
        proxy="",
        user_agent="mine/1",
        concurrency=2,
    )
    assert client.file_scan(b"x", deadline=None, max_wait=1.5).is_finished
    assert emulator.requests()[0].headers["user-agent"] == "mine/1"
    monkeypatch.setenv("MDCLOUD_API_KEY", emulator.api_key)
    monkeypatch.setenv("MDCLOUD_BASE_URL", emulator.base_url)
    with mdcloud.Client() as client:
        assert client.base_url == emulator.base_url
        client.apikey_info()


def test_the_emulator_refuses_what_it_does_not_know() -> None:
    with pytest.raises(mdcloud.InvalidArgumentError, match="colour"):
        mdcloud.Emulator(colour="red")
    with mdcloud.Emulator(throttle=None, scan_time=0.05, virtual_clock=True) as emulator:
        with pytest.raises(mdcloud.InvalidArgumentError):
            emulator.fault("earthquake")
        with pytest.raises(TypeError):
            emulator.fault("stall", colour="red")
        client = emulator.client()
        submission = client.file_submit(b"x")
        assert not client.file_report(submission.data_id or "").is_finished
        emulator.advance(1)
        assert client.file_report(submission.data_id or "").is_finished
    emulator.stop()
    with pytest.raises(RuntimeError):
        emulator.requests()


LISTS = {
    "hash_lookup_many": "hashes",
    "ip_lookup_many": "ips",
    "url_lookup_many": "urls",
    "domain_lookup_many": "domains",
    "file_scan_many": "sources",
    "file_rescan_many": "file_ids",
}


@pytest.mark.parametrize(("operation", "argument"), LISTS.items())
def test_nothing_to_ask_for_is_a_mistake_and_not_a_result(
    client: mdcloud.Client, emulator: mdcloud.Emulator, operation: str, argument: str
) -> None:
    call = getattr(client, operation)
    for nothing in ([], (), {}, set()):
        with pytest.raises(mdcloud.InvalidArgumentError, match=argument) as refused:
            call(nothing)
        assert refused.value.is_local
    # An iterator shows only when it is asked that it has nothing.
    with pytest.raises(mdcloud.InvalidArgumentError, match=argument):
        list(call(iter([])))
    assert emulator.requests() == []
