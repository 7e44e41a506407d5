"""Parts of an allowance kept for someone, floors, plans, and the same question asked by many at once."""

from __future__ import annotations

import copy
import io
import pathlib
import pickle
import threading
from typing import Any

import pytest

import mdcloud


def hash_of(number: int) -> str:
    return f"{number:032x}"


def spend(client: mdcloud.Client, first: int, **options: Any) -> int:
    """Looks hashes up until it is refused; how many went."""
    for number in range(1000):
        try:
            client.hash_lookup(hash_of(first + number), max_wait=0, **options)
        except mdcloud.NotFoundError:
            pass
        except mdcloud.QuotaExhaustedError as error:
            assert error.is_local
            return number
    raise AssertionError("nothing is ever refused")


def test_what_is_reserved_is_there_for_whoever_holds_it_and_for_nobody_else() -> None:
    with mdcloud.Emulator(allowances={"reputation_api": 20}) as emulator, emulator.client() as client:
        with client.reserve("reputation_api", 5) as kept:
            assert (kept.family, kept.amount, kept.released) == ("reputation_api", 5, False)
            assert spend(client, 0) == 15
            quota = client.quota()
            assert quota is not None and quota.families[0].reserved == 5
            assert spend(client, 100, reservation=kept) == 5
        assert kept.released and "released" in repr(kept)
        assert len(emulator.requests()) == 20


def test_what_is_left_of_a_reservation_comes_back() -> None:
    with mdcloud.Emulator(allowances={"reputation_api": 10}) as emulator, emulator.client() as client:
        kept = client.reserve("reputation_api", 4)
        assert spend(client, 0) == 6
        with pytest.raises(mdcloud.QuotaExhaustedError) as refused:
            client.reserve("reputation_api", 1)
        assert refused.value.family == "reputation_api" and refused.value.retry_after is not None
        kept.release()
        kept.release()
        assert spend(client, 100) == 4


def test_bad_reservations(client: mdcloud.Client, emulator: mdcloud.Emulator) -> None:
    kept = client.reserve("prevention_api", 1)
    for family, amount, kind in [
        ("", 1, ValueError),
        ("two words", 1, ValueError),
        ("prevention_api", 0, ValueError),
        ("prevention_api", -1, ValueError),
        ("prevention_api", 2**40, ValueError),
        (5, 1, TypeError),
        ("prevention_api", "1", TypeError),
    ]:
        with pytest.raises(kind):
            client.reserve(family, amount)  # type: ignore[arg-type]
    for option in ({"reservation": 5}, {"leave": "1"}, {"leave": True}):
        with pytest.raises(TypeError, match=next(iter(option))):
            client.hash_lookup("0" * 32, **option)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="leave"):
        client.hash_lookup("0" * 32, leave=-1)
    for impossible in (pickle.dumps, copy.copy):
        with pytest.raises(TypeError, match="Reservation"):
            impossible(kept)
    assert emulator.requests() == []


def test_bulk_work_leaves_the_floor_that_it_was_told_to_leave() -> None:
    with mdcloud.Emulator(allowances={"reputation_api": 100}) as emulator, emulator.client() as client:
        results = list(client.hash_lookup_many(map(hash_of, range(500)), leave=30, max_wait=0))
        assert sum(result.error is None for result in results) == 70
        assert isinstance(results[-1].error, mdcloud.QuotaExhaustedError)
        assert spend(client, 1000) == 30


def test_a_plan_sends_only_what_it_may(tmp_path: pathlib.Path, eicar: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"one")
    sources = [path, b"two", io.BytesIO(b"one"), tmp_path / "none", eicar]
    with mdcloud.Emulator(scan_time=0, allowances={"prevention_api": 3}) as emulator, emulator.client() as client:
        plan = client.plan(sources)
        assert emulator.requests() == []
        assert (plan.distinct, plan.uploads, plan.lookups, plan.uploads_now) == (3, 3, 3, None)
        assert plan.files[0].name == "a.txt" and plan.files[2].duplicate_of == 0
        assert plan.files[3].problem and "none" in plan.files[3].problem
        client.file_scan(eicar)
        plan = client.plan(iter(sources), limits=True, lookups=True)
        assert (plan.known, plan.uploads, plan.lookups, plan.uploads_now) == (1, 2, 0, 2)
        assert plan.files[4].is_known and plan.files[4].verdict is mdcloud.Verdict.INFECTED
        plan = client.plan(sources, leave=1)
        assert (plan.uploads_now, plan.uploads_after_reset) == (1, 2)
        assert pickle.loads(pickle.dumps(plan)).uploads_now == 1
        with pytest.raises(mdcloud.InvalidArgumentError, match="sources"):
            client.plan([])
        with pytest.raises(TypeError, match="lookups"):
            client.plan(sources, lookups=1)  # type: ignore[arg-type]


def test_many_threads_with_one_question_are_one_request() -> None:
    with mdcloud.Emulator(delay=0.3) as emulator, emulator.client() as client:
        start = threading.Barrier(16)
        answers: list[str | None] = []

        def ask() -> None:
            start.wait()
            answers.append(client.domain_lookup("malware.example").address)

        threads = [threading.Thread(target=ask) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == ["malware.example"] * 16
        assert len(emulator.requests()) < 16
