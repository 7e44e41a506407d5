"""A ledger in Redis: one budget for processes that may be on any machine, and never why a call fails."""

from __future__ import annotations

import pathlib
import pickle
import subprocess
from collections.abc import Iterator

import pytest
from processes import HASH, fork, results, spend, time_of_forty, until
from redis_server import RedisServer
from apart_quota_store import Workers

import mdcloud


@pytest.fixture
def redis(tmp_path: pathlib.Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as server:
        yield server


@pytest.fixture
def emulator() -> Iterator[mdcloud.Emulator]:
    with mdcloud.Emulator(allowances={"reputation_api": 100}) as emulator:
        yield emulator


def test_eight_processes_spend_an_allowance_to_the_last_call(emulator: mdcloud.Emulator, redis: RedisServer) -> None:
    workers = Workers(emulator, 8, "lookup", 60, MDCLOUD_QUOTA_STORE=redis.url)
    worked = workers.results()
    assert all(result["error"] is None for result in worked)
    assert sum(result["made"] for result in worked) == 100
    assert len(emulator.requests()) == 100


def test_eight_processes_keep_the_window_and_lose_no_time(redis: RedisServer) -> None:
    with mdcloud.Emulator(throttle="10/5s", scan_time=0) as emulator:
        settings = {"MDCLOUD_QUOTA_STORE": redis.url, "MDCLOUD_THROTTLE": "10/5s"}
        workers = Workers(emulator, 8, "submit", 5, **settings)
        assert [result["made"] for result in workers.results()] == [5] * 8
        assert 1 <= time_of_forty(emulator) < 1.15


def test_calls_go_on_without_redis_and_are_counted_when_it_is_back(
    emulator: mdcloud.Emulator, redis: RedisServer
) -> None:
    client = emulator.client(quota_store=redis.url)
    assert spend(client, 10) == 10
    assert (client.quota().store, client.quota().store_error) == (f"{redis.url}/0", None)
    for away, back in [(redis.kill, redis.start_again), (redis.stall, redis.go_on)]:
        before = len(emulator.requests())
        away()
        assert spend(client, 10) == 10
        quota = client.quota()
        assert quota.store == "process"
        assert f"{redis.url}/0 cannot be used" in quota.store_error
        assert quota.families[0].remaining == 90 - before, "what Redis knew is not forgotten"
        with pytest.raises(mdcloud.NetworkError, match="strict_store: redis://.*nothing was sent"):
            emulator.client(quota_store=redis.url, strict_store=True).hash_lookup(HASH)
        assert len(emulator.requests()) == before + 10
        back()
        until(lambda: client.quota().store_error is None, "it is not used again")
        assert (client.quota().store, client.quota().families[0].remaining) == (f"{redis.url}/0", 90 - before)
    # Another process learns of what was done meanwhile.
    assert Workers(emulator, 1, "lookup", 100, MDCLOUD_QUOTA_STORE=redis.url).results()[0]["made"] == 70


def test_forked_children_have_connections_of_their_own(emulator: mdcloud.Emulator, redis: RedisServer) -> None:
    client = emulator.client(quota_store=redis.url)
    assert spend(client, 10) == 10
    children = [fork(lambda: spend(client, 60)) for _ in range(4)]
    assert 10 + spend(client, 60) + sum(results(children)) == 100
    assert len(emulator.requests()) == 100


def test_what_a_short_script_learned_is_there_for_the_next(emulator: mdcloud.Emulator, redis: RedisServer) -> None:
    for left in (99, 98, 97):
        assert Workers(emulator, 1, "lookup", 1, MDCLOUD_QUOTA_STORE=redis.url).results()[0]["made"] == 1
        client = emulator.client(quota_store=redis.url)
        assert (client.quota().families[0].remaining, client.quota().in_flight) == (left, 0)


def test_a_password_in_the_url_shows_nowhere(emulator: mdcloud.Emulator, redis: RedisServer) -> None:
    command = ["redis-cli", "-p", str(redis.port), "CONFIG", "SET", "requirepass", "geheim"]
    assert subprocess.run(command, capture_output=True, check=True).stdout == b"OK\n"
    shown = f"redis://***@127.0.0.1:{redis.port}/3"
    client = emulator.client(quota_store=f"redis://:geheim@127.0.0.1:{redis.port}/3")
    assert spend(client, 1) == 1
    assert client.quota().store == shown
    wrong = emulator.client(quota_store=f"redis://:falsch@127.0.0.1:{redis.port}/3", strict_store=True)
    with pytest.raises(mdcloud.NetworkError, match="user or password in the URL are wrong") as caught:
        wrong.hash_lookup(HASH)
    texts = [repr(client), repr(client.quota()), str(mdcloud.quota()), str(caught.value), repr(wrong.quota())]
    with pytest.raises(mdcloud.InvalidArgumentError, match="quota_store") as refused:
        emulator.client(quota_store="redis://geheim@127.0.0.1")
    texts += [str(refused.value), str(pickle.dumps(caught.value))]
    assert all("geheim" not in text and "falsch" not in text for text in texts), texts
