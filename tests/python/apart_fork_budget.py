"""Forked workers and their parent have one budget, whatever becomes of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from processes import HASH, fork, kill, results, spend, until

import mdcloud

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere forked processes count on their own")


def with_allowance(amount: int) -> mdcloud.Emulator:
    return mdcloud.Emulator(allowances={"reputation_api": amount})


def statuses(emulator: mdcloud.Emulator) -> set[int]:
    return {request.status for request in emulator.requests()}


def test_eight_children_and_their_parent_spend_an_allowance_to_the_last_call() -> None:
    with with_allowance(100) as emulator, emulator.client() as client:
        children = [fork(lambda: spend(client, 55)) for _ in range(8)]
        made = spend(client, 60)
        assert made + sum(results(children)) == 100
        assert len(emulator.requests()) == 100


def test_children_of_children_too() -> None:
    with with_allowance(100) as emulator, emulator.client() as client:
        assert spend(client, 1) == 1

        def child() -> int:
            grandchildren = [fork(lambda: spend(client, 40)) for _ in range(2)]
            return spend(client, 40) + sum(results(grandchildren))

        children = [fork(child) for _ in range(2)]
        assert spend(client, 40) + sum(results(children)) == 99
        assert len(emulator.requests()) == 100
        quota = client.quota()
        assert (quota.store, quota.store_error, quota.in_flight) == ("process", None, 0)
        assert quota.families[0].remaining == 0


def test_workers_forked_after_the_import_that_each_make_a_client() -> None:
    script = """
import os, mdcloud
workers = []
for _ in range(4):
    pid = os.fork()
    if pid == 0:
        with mdcloud.Client() as client:
            for _ in range(40):
                try: client.hash_lookup("44d88612fea8a8f36de82e1278abb02f")
                except (mdcloud.NotFoundError, mdcloud.QuotaExhaustedError): pass
        os._exit(0)
    workers.append(pid)
for pid in workers:
    assert os.waitpid(pid, 0)[1] == 0
"""
    with with_allowance(100) as emulator:
        variables = {"MDCLOUD_BASE_URL": emulator.base_url, "MDCLOUD_API_KEY": emulator.api_key}
        subprocess.run([sys.executable, "-c", script], env=os.environ | variables, check=True, timeout=120)
        assert len(emulator.requests()) == 100
        assert statuses(emulator) == {404}


def test_a_window_is_shared_by_forked_workers() -> None:
    with mdcloud.Emulator(throttle="10/1s", scan_time=0) as emulator, emulator.client(throttle="10/1s") as client:

        def submit() -> None:
            for number in range(10):
                client.file_submit(b"%d of %d" % (number, os.getpid()))

        children = [fork(submit) for _ in range(4)]
        results(children)
        assert len(emulator.requests()) == 40
        assert statuses(emulator) == {200}


def test_fork_while_other_threads_ask() -> None:
    with with_allowance(150) as emulator, emulator.client() as client:
        made: list[int] = []
        threads = [threading.Thread(target=lambda: made.append(spend(client, 60))) for _ in range(3)]
        for thread in threads:
            thread.start()
        children = [fork(lambda: spend(client, 20)) for _ in range(6)]
        made += results(children)
        for thread in threads:
            thread.join()
        assert sum(made) == 150
        assert len(emulator.requests()) == 150


def test_children_killed_in_the_middle_take_no_more_than_their_own_call_with_them() -> None:
    with with_allowance(100) as emulator, emulator.client() as client:
        spend(client, 1)
        for _ in range(5):
            before = len(emulator.requests())
            child = fork(lambda: spend(client, 100))
            until(lambda: len(emulator.requests()) > before + 3, "the child asks nothing")
            kill(child)
        spend(client, 100)
        # A call of a dead child may have been counted, so it counts.
        assert 95 <= len(emulator.requests()) <= 100
        assert statuses(emulator) == {404}
        quota = client.quota()
        assert (quota.store_error, quota.in_flight) == (None, 0)


def test_a_stopped_child_holds_nobody_up() -> None:
    """It is stopped again and again, until it happens to hold the lock."""
    with with_allowance(1) as emulator, emulator.client(max_wait=0) as client:
        assert spend(client, 1) == 1
        child = fork(lambda: spend(client, 100_000_000))

        def stopped_in_the_middle() -> bool:
            os.kill(child[0], signal.SIGSTOP)
            os.waitpid(child[0], os.WUNTRACED)
            if client.quota().store_error:
                return True
            os.kill(child[0], signal.SIGCONT)
            return False

        try:
            until(stopped_in_the_middle, "it never held the lock")
            assert "stopped" in client.quota().store_error
            assert spend(client, 20) == 0, "what was known last still counts"
            os.kill(child[0], signal.SIGCONT)
            until(lambda: client.quota().store_error is None, "it is not used again")
            assert spend(client, 20) == 0
        finally:
            kill(child)
        assert len(emulator.requests()) == 1


def test_what_a_child_learns_the_parent_knows() -> None:
    with with_allowance(50) as emulator, emulator.client() as client:
        assert client.quota() is None
        assert results([fork(lambda: spend(client, 7))]) == [7]
        assert client.quota().families[0].remaining == 43
        with pytest.raises(mdcloud.NotFoundError):
            client.hash_lookup(HASH)
        assert results([fork(lambda: client.quota().families[0].remaining)]) == [42]
