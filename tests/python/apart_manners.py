"""How the package behaves in programs of other people's: processes, threads, logging, warnings."""

from __future__ import annotations

import concurrent.futures
import copy
import logging
import multiprocessing
import pathlib
import pickle
import subprocess
import sys
import warnings
from typing import Any

import pytest

import mdcloud
from mdcloud import _native

_client: mdcloud.Client | None = None


def begin(api_key: str, base_url: str) -> None:
    """For a process of a pool: a client of its own."""
    global _client
    _client = mdcloud.Client(api_key, base_url=base_url)


def scan(number: int) -> mdcloud.Report:
    assert _client is not None
    return _client.file_scan(b"number %d" % number)


def fails(hash: str) -> object:
    assert _client is not None
    return _client.hash_lookup(hash)


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_pools_of_processes_send_back_results_and_errors(emulator: mdcloud.Emulator, method: str) -> None:
    context = multiprocessing.get_context(method)
    given = (emulator.api_key, emulator.base_url)
    with concurrent.futures.ProcessPoolExecutor(2, context, initializer=begin, initargs=given) as pool:
        reports = list(pool.map(scan, range(6)))
        assert len({report.sha256 for report in reports}) == 6
        with pytest.raises(mdcloud.NotFoundError) as caught:
            pool.submit(fails, "0" * 32).result()
        assert caught.value.code and caught.value.raw


def test_one_client_goes_on_in_forked_processes(client: mdcloud.Client) -> None:
    global _client
    client.file_scan(b"before")
    _client = client
    with multiprocessing.get_context("fork").Pool(2) as pool:
        assert len(set(pool.map(scan, range(6)))) == 6
    assert scan(7).is_finished


def test_one_client_for_a_pool_of_threads(client: mdcloud.Client) -> None:
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        reports = list(pool.map(client.file_scan, (b"%d" % number for number in range(40))))
    assert len({report.sha256 for report in reports}) == 40


def test_outcomes_and_entries_compare_copy_and_pickle(client: mdcloud.Client) -> None:
    outcomes = sorted(client.file_scan_many([b"a", "missing", b"c"]), key=lambda one: one.index)
    for outcome in outcomes:
        for again in (pickle.loads(pickle.dumps(outcome)), copy.copy(outcome), copy.deepcopy(outcome)):
            assert again == outcome and hash(again) == hash(outcome) and repr(again) == repr(outcome)
            assert str(again.error) == str(outcome.error)
    assert outcomes[0] != outcomes[2] and outcomes[0] != 5
    with pytest.raises(TypeError):
        _native._restore_outcome(0, b"", 5, None)  # type: ignore[arg-type]


def test_quota_compares_hashes_and_pickles(client: mdcloud.Client) -> None:
    client.file_submit(b"x")
    quota = client.quota()
    assert quota is not None
    again = pickle.loads(pickle.dumps(quota))
    assert again == quota and hash(again) == hash(quota) and {quota, again} == {quota}


def test_a_result_of_a_later_version_says_why_it_does_not_unpickle(client: mdcloud.Client) -> None:
    name, *rest = client.apikey_info().__reduce__()[1]  # type: ignore[misc]
    assert rest[-1] == mdcloud.__version__
    with pytest.raises(mdcloud.InvalidArgumentError, match=r"version 9\.9 of mdcloud"):
        _native._restore("HoloReport", b"{}", "", None, "9.9")
    # What a later version adds to those that are known does no harm, and an earlier one may give less.
    assert _native._restore("KeyInfo", rest[0], "", None, "9.9", "more").raw == rest[0]
    assert _native._restore("KeyInfo", rest[0], "").raw == rest[0]


# -- logging


def test_requests_are_logged_for_who_asks(
    client: mdcloud.Client, emulator: mdcloud.Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "mdcloud"):
        client.file_scan(b"hello")
        client.hash_lookup_many(["0" * 32]).to_table()
    texts = [record.getMessage() for record in caplog.records if record.name == "mdcloud"]
    assert any(text.startswith("POST /file: HTTP status 200") for text in texts)
    assert any(text.startswith("POST /hash: HTTP status 200") for text in texts)
    assert len(texts) == len(emulator.requests())
    assert emulator.api_key not in caplog.text
    assert all(record.levelno == logging.DEBUG for record in caplog.records)


def test_repeats_are_logged_while_the_call_waits(
    emulator: mdcloud.Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.fault("code", 500001, path="/apikey")
    with caplog.at_level(logging.INFO, "mdcloud"), emulator.client() as client:
        client.apikey_info()
    (record,) = caplog.records
    assert record.levelno == logging.INFO and "again in" in record.getMessage()


def test_nothing_is_logged_where_nobody_asks(
    client: mdcloud.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        client.file_scan(b"hello")
    assert caplog.records == []


def test_a_program_without_logging_does_not_import_it(emulator: mdcloud.Emulator) -> None:
    code = (
        "import mdcloud, sys\n"
        "assert 'enum' not in sys.modules\n"  # it takes longer to import than all of ours
        "with mdcloud.Client(sys.argv[1], base_url=sys.argv[2]) as client: client.file_scan(b'x')\n"
        "assert not {'logging', 'asyncio', 'typing', 'html', 'threading'} & set(sys.modules), sorted(sys.modules)\n"
    )
    # -S: what site packages of the environment import is not ours.
    folder = str(pathlib.Path(mdcloud.__file__).parent.parent)
    code = f"import sys; sys.path.insert(0, {folder!r})\n{code}"
    subprocess.run(
        [sys.executable, "-S", "-c", code, emulator.api_key, emulator.base_url], check=True, timeout=60
    )


# -- warnings

LEGACY: dict[str, tuple[Any, ...]] = {
    "cve_list": (),
    "cve_info": ("CVE-2020-0001",),
    "feed_infected_top": (),
    "hash_vulnerability": ("0" * 64,),
    "file_rescan": ("bzI2",),
    "file_rescan_many": (["bzI2"],),
    "sanitized_link_legacy": ("bzI2",),
    "sandbox_submit_file": ("bzI2", "windows10"),
}


@pytest.mark.parametrize("name", LEGACY)
def test_a_legacy_operation_warns_at_the_line_of_the_caller(client: mdcloud.Client, name: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            getattr(client, name)(*LEGACY[name])
        except mdcloud.MdcloudError:
            pass
    assert [(one.category, one.filename) for one in caught] == [(mdcloud.LegacyOperationWarning, __file__)]
    assert name in str(caught[0].message)
    assert "Legacy" in (getattr(mdcloud.Client, name).__doc__ or "")


def test_nothing_else_warns(client: mdcloud.Client) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client.file_scan(b"x")
        len(client.feed_infected())
        client.file_scan_many([b"a"]).to_table()
    warned = {name for name in _native.LEGACY}
    assert warned >= set(LEGACY)


def test_warnings_that_are_errors_come_out_before_anything_is_sent(
    client: mdcloud.Client, emulator: mdcloud.Emulator
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(mdcloud.LegacyOperationWarning):
            client.cve_list()
    assert emulator.requests() == []
