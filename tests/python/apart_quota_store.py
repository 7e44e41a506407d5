"""A ledger in a file: shared by processes that know nothing of each other, and never why a call fails."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import pathlib
import random
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from processes import HASH, fork, kill, results, spend, time_of_forty, until

import mdcloud

WORKER = """
import json, sys, mdcloud
what, count = sys.argv[1], int(sys.argv[2])
made = 0
with mdcloud.Client() as client:
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(count):
        try:
            if what == "lookup": client.hash_lookup("44d88612fea8a8f36de82e1278abb02f")
            else: client.file_submit(b"%d" % number)
            made += 1
        except mdcloud.NotFoundError: made += 1
        except mdcloud.QuotaExhaustedError as error: assert error.is_local
    print(json.dumps({"made": made, "error": client.quota().store_error}))
"""


class Workers:
    """Processes of their own that begin to ask all at once."""

    def __init__(self, emulator: mdcloud.Emulator, number: int, what: str, count: int, **environment: str) -> None:
        point = {"MDCLOUD_BASE_URL": emulator.base_url, "MDCLOUD_API_KEY": emulator.api_key}
        command = [sys.executable, "-c", WORKER, what, str(count)]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        self.processes = [
            subprocess.Popen(command, env=os.environ | point | environment, **pipes) for _ in range(number)
        ]
        for process in self.processes:
            assert process.stdout.readline() == "ready\n"
        for process in self.processes:
            process.stdin.write("\n")
            process.stdin.flush()

    def results(self) -> list[dict[str, Any]]:
        outputs = [process.communicate(timeout=120)[0] for process in self.processes]
        assert all(process.returncode == 0 for process in self.processes), outputs
        return [json.loads(output) for output in outputs]


@pytest.fixture
def emulator() -> Iterator[mdcloud.Emulator]:
    with mdcloud.Emulator(allowances={"reputation_api": 100}) as emulator:
        yield emulator


@pytest.fixture
def ledger(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "ledger"


def damaged(ledger: pathlib.Path) -> list[pathlib.Path]:
    return sorted(ledger.parent.glob(f"{ledger.name}.damaged-*"))


def test_four_processes_spend_an_allowance_to_the_last_call(
    emulator: mdcloud.Emulator, ledger: pathlib.Path
) -> None:
    workers = Workers(emulator, 4, "lookup", 125, MDCLOUD_QUOTA_STORE=f"file:{ledger}")
    assert sum(result["made"] for result in workers.results()) == 100
    assert len(emulator.requests()) == 100


def test_one_of_four_killed_in_the_middle(emulator: mdcloud.Emulator, ledger: pathlib.Path) -> None:
    workers = Workers(emulator, 4, "lookup", 125, MDCLOUD_QUOTA_STORE=f"file:{ledger}")
    until(lambda: len(emulator.requests()) > 20, "nobody asks")
    killed = workers.processes.pop()
    killed.kill()
    killed.communicate()
    rest = workers.results()
    assert all(result["error"] is None for result in rest)
    # A call of the dead one may have been counted, so it counts; and never one too many.
    assert 99 <= len(emulator.requests()) <= 100
    assert {request.status for request in emulator.requests()} == {404}
    assert damaged(ledger) == []


def test_four_processes_of_a_user_keep_the_window_and_lose_no_time(tmp_path: pathlib.Path) -> None:
    with mdcloud.Emulator(throttle="10/5s", scan_time=0) as emulator:
        settings = {"MDCLOUD_QUOTA_STORE": "user", "MDCLOUD_THROTTLE": "10/5s", "XDG_STATE_HOME": str(tmp_path)}
        workers = Workers(emulator, 4, "submit", 10, **settings)
        assert [result["made"] for result in workers.results()] == [10] * 4
        assert 1 <= time_of_forty(emulator) < 1.15
    files = list((tmp_path / "mdcloud").iterdir())
    assert len(files) == 1
    assert [path.stat().st_mode & 0o777 for path in (files[0].parent, files[0])] == [0o700, 0o600]
    assert emulator.api_key.encode() not in files[0].read_bytes()


def test_two_hundred_kills(ledger: pathlib.Path) -> None:
    """Nothing is torn, nobody is stuck, and nothing that was counted is lost."""
    with mdcloud.Emulator(allowances={"reputation_api": 1_000_000}) as emulator:
        client = emulator.client(quota_store=f"file:{ledger}")
        spend(client, 1)
        children = [fork(lambda: spend(client, 1_000_000)) for _ in range(3)]
        chance = random.Random(5)
        try:
            for _ in range(200):
                kill(children.pop(chance.randrange(3)))
                children.append(fork(lambda: spend(client, 1_000_000)))
                assert spend(client, 1) == 1
                sent = len(emulator.requests())
                quota = client.quota()
                assert (quota.store, quota.store_error) == (f"file:{ledger}", None)
                # What is left may rise by a call that was counted for a dead process, where the next answer says
                # that it was not sent; but never over what the service has left.
                known = quota.families[0]
                assert known.remaining - known.in_flight <= 1_000_000 - sent
        finally:
            for child in children:
                kill(child)
        spend(client, 1)
        # What a killed process was allowed counts, though it may not have come to send it.
        unsent = client.quota().families[0].used - len(emulator.requests())
        assert 0 <= unsent <= 203
        assert damaged(ledger) == []


def test_the_state_survives_a_restart(emulator: mdcloud.Emulator, ledger: pathlib.Path) -> None:
    Workers(emulator, 1, "lookup", 60, MDCLOUD_QUOTA_STORE=f"file:{ledger}").results()
    client = emulator.client(quota_store=f"file:{ledger}")
    quota = client.quota()
    assert (quota.store, quota.families[0].remaining) == (f"file:{ledger}", 40)
    assert [other.store for other in mdcloud.quota() if other.account == quota.account] == [f"file:{ledger}"]
    assert spend(client, 50) == 40
    assert len(emulator.requests()) == 100


def test_forked_children_reopen_the_file(emulator: mdcloud.Emulator, ledger: pathlib.Path) -> None:
    """Through the parent's descriptor they would not exclude each other."""
    client = emulator.client(quota_store=f"file:{ledger}")
    children = [fork(lambda: spend(client, 60)) for _ in range(4)]
    assert spend(client, 60) + sum(results(children)) == 100
    assert len(emulator.requests()) == 100


def test_a_stuck_holder_of_the_lock_holds_nobody_up(emulator: mdcloud.Emulator, ledger: pathlib.Path) -> None:
    client = emulator.client(quota_store=f"file:{ledger}")
    assert spend(client, 10) == 10
    with ledger.open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert spend(client, 20) == 20
        quota = client.quota()
        assert quota.store == "process"
        assert "another process holds its lock" in quota.store_error
        assert quota.families[0].remaining == 70, "what the store knew is not forgotten"
        with pytest.raises(OSError, match="strict_store: .*nothing was sent"):
            emulator.client(quota_store=f"file:{ledger}", strict_store=True).hash_lookup(HASH)
        assert len(emulator.requests()) == 30
    until(lambda: client.quota().store_error is None, "it is not used again")
    quota = client.quota()
    assert (quota.store, quota.families[0].remaining) == (f"file:{ledger}", 70)
    # Another process learns of what was done meanwhile.
    assert Workers(emulator, 1, "lookup", 100, MDCLOUD_QUOTA_STORE=f"file:{ledger}").results()[0]["made"] == 70


def test_a_place_where_nothing_can_be_written(emulator: mdcloud.Emulator) -> None:
    client = emulator.client(quota_store="file:/proc/ledger")
    assert spend(client, 3) == 3
    quota = client.quota()
    assert (quota.store, quota.families[0].remaining) == ("process", 97)
    assert "file:/proc/ledger cannot be used" in quota.store_error
    with pytest.raises(OSError, match="strict_store") as caught:
        emulator.client(quota_store="file:/proc/ledger", strict_store=True).hash_lookup(HASH)
    assert caught.value.errno in (errno.ENOENT, errno.EACCES)
    assert len(emulator.requests()) == 3


def test_a_damaged_ledger_starts_anew_and_is_kept(emulator: mdcloud.Emulator, ledger: pathlib.Path) -> None:
    ledger.write_bytes(b"\0nonsense" * 1000)
    client = emulator.client(quota_store=f"file:{ledger}")
    assert spend(client, 2) == 2
    quota = client.quota()
    assert (quota.store, quota.families[0].remaining) == (f"file:{ledger}", 98)
    assert str(damaged(ledger)[0]) in quota.store_error
    assert damaged(ledger)[0].read_bytes() == b"\0nonsense" * 1000


def test_what_cannot_be_meant_is_refused_at_once(emulator: mdcloud.Emulator, tmp_path: pathlib.Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "ledger")
    for store, rule in [
        ("file:", "names no file"),
        (f"file:{tmp_path}", "is a directory"),
        (f"file:{tmp_path}/no/ledger", "mkdir -p -m 700"),
        (f"file:{link}", "symbolic link"),
        ("file:/dev/null", "not a regular file"),
        ("redis://", "quota_store"),
        ("users", '"process", "user", "file:PATH" or "redis://HOST"'),
    ]:
        with pytest.raises(mdcloud.InvalidArgumentError, match="quota_store") as caught:
            emulator.client(quota_store=store)
        assert rule in str(caught.value)
    assert not (tmp_path / "ledger").exists()
