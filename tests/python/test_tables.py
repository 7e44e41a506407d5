"""Results as tables, and what reads them."""

from __future__ import annotations

import copy
import io
import os
import pathlib
import pickle
import weakref
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import mdcloud

MANY = 2500


@pytest.fixture
def kinds(client: mdcloud.Client, eicar: bytes) -> list[mdcloud.Table[Any]]:
    """One table of each kind of rows, with what goes wrong in it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "hello")
    opened = client.file_scan(packed.getvalue(), rule=["multiscan", "unarchive"])
    reports = [client.file_scan(eicar, filename="eicar.com"), opened]
    return [
        mdcloud.Table(reports),
        client.hash_lookup_many([reports[0].sha256 or "", "no hash", "0" * 32]).to_table(),
        client.ip_lookup_many(["203.0.113.7", "no address"]).to_table(),
        client.file_scan_many([b"a", pathlib.Path("missing"), io.BytesIO(b"c")]).to_table(),
        client.file_tree(opened.data_id or "").to_table(),
        mdcloud.Table([client.apikey_limits()]),
        mdcloud.Table(client.feed_infected()),
        mdcloud.Table._of([], "HashResult"),
    ]


def test_a_table_is_a_sequence_of_its_results(client: mdcloud.Client) -> None:
    results = list(client.hash_lookup_many([f"{n:032x}" for n in range(5)]))
    table = mdcloud.Table(results)
    assert len(table) == 5 and list(table) == results and table[-1] == results[-1]
    assert isinstance(table[1:3], mdcloud.Table) and list(table[1:3]) == results[1:3]
    for again in (pickle.loads(pickle.dumps(table)), copy.copy(table), mdcloud.Table(iter(results))):
        assert again == table and hash(again) == hash(table)
    assert table != mdcloud.Table([]) and table != results
    with pytest.raises(TypeError):
        table[0] = results[1]  # type: ignore[index]


def test_what_is_no_row_is_refused_by_its_place(client: mdcloud.Client) -> None:
    with pytest.raises(TypeError, match=r"rows\[0\].*str"):
        mdcloud.Table(["x"])
    mixed = [client.apikey_info(), client.apikey_limits()]
    with pytest.raises(TypeError, match=r"rows\[1\].*KeyInfo.*Limits"):
        mdcloud.Table(mixed)
    with pytest.raises(TypeError):
        mdcloud.Table(5)  # type: ignore[arg-type]


def test_dicts_hold_plain_objects_with_the_same_names_in_every_row(kinds: list[mdcloud.Table[Any]]) -> None:
    import json

    for table in kinds:
        dicts = table.to_dicts()
        json.dumps(dicts)
        assert len(dicts) == len(table)
        assert len({tuple(row) for row in dicts}) <= 1
    first, failed, unknown = kinds[1].to_dicts()
    assert (first["verdict"], first["error"]) == ("INFECTED", None)
    assert "no hash" in failed["error"] and failed["data_id"] is None
    assert (unknown["is_known"], unknown["error"]) == (False, None)
    sources = {row["index"]: row["source"] for row in kinds[3].to_dicts()}
    assert sources == {0: None, 1: "missing", 2: None}


def test_an_error_outlives_pickling(kinds: list[mdcloud.Table[Any]]) -> None:
    for table in kinds:
        assert pickle.loads(pickle.dumps(table.to_dicts())) == table.to_dicts()
        if not any(isinstance(getattr(row, "source", None), io.BytesIO) for row in table):
            assert pickle.loads(pickle.dumps(table)).to_dicts() == table.to_dicts()


def test_pyarrow_reads_the_same_as_dicts(kinds: list[mdcloud.Table[Any]]) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    for table in kinds:
        read = pyarrow.table(table)
        read.validate(full=True)
        expected = table.to_dicts()
        for row in expected:  # Arrow has no dicts of any names
            if "amounts" in row:
                row["amounts"] = [{"name": name, "amount": n} for name, n in row["amounts"].items()]
        assert read.to_pylist() == expected
        assert pyarrow.table(table) == read, "a table can be read twice"


READERS: dict[str, Callable[[Any], list[Any]]] = {
    "polars": lambda table: __import__("polars").DataFrame(table)["hash"].to_list(),
    "pandas": lambda table: list(__import__("pandas").DataFrame.from_arrow(table)["hash"]),
    "duckdb": lambda rows: [hash for (hash,) in __import__("duckdb").sql("select hash from rows").fetchall()],
    "pyarrow": lambda table: __import__("pyarrow").table(table)["hash"].to_pylist(),
}


@pytest.mark.parametrize("library", READERS)
@pytest.mark.parametrize("lazy", [False, True], ids=["table", "results"])
def test_each_library_reads_more_than_a_batch(library: str, lazy: bool, client: mdcloud.Client) -> None:
    pytest.importorskip(library)
    if library == "pandas" and lazy:
        pytest.importorskip("pyarrow")
    hashes = [f"{number:032x}" for number in range(MANY)]
    results = client.hash_lookup_many(iter(hashes))
    assert READERS[library](results if lazy else results.to_table()) == hashes


def test_duckdb_counts_engines_inside_of_reports(client: mdcloud.Client, eicar: bytes) -> None:
    duckdb = pytest.importorskip("duckdb")
    reports = mdcloud.Table([client.file_scan(eicar), client.file_scan(b"hello")])
    asked = "select verdict, len(list_filter(engines, lambda e: e.threat is not null)) from reports order by 1"
    found = reports[0].detected_engines
    assert duckdb.sql(asked).fetchall() == [("CLEAN", 0), ("INFECTED", found)] and found


def test_a_stream_that_fails_says_why(client: mdcloud.Client) -> None:
    pyarrow = pytest.importorskip("pyarrow")

    def inputs() -> Iterator[str]:
        yield "0" * 32
        raise LookupError("mine")

    with pytest.raises(Exception, match="mine"):
        pyarrow.table(client.hash_lookup_many(inputs()))


def test_a_stream_lets_go_of_what_it_reads(client: mdcloud.Client) -> None:
    class Rows:
        def __init__(self, rows: mdcloud.Table[mdcloud.HashResult]) -> None:
            self.rows = iter(rows)

        def __iter__(self) -> Rows:
            return self

        def __next__(self) -> mdcloud.HashResult:
            return next(self.rows)

    table = client.hash_lookup_many([f"{number:032x}" for number in range(MANY)]).to_table()
    rows = Rows(table)
    gone = weakref.ref(rows)
    capsule = mdcloud._native._arrow_stream(rows, "HashResult")
    del rows
    assert gone() is not None
    del capsule
    assert gone() is None, "nobody has read it"

    pyarrow = pytest.importorskip("pyarrow")
    rows = Rows(table)
    gone = weakref.ref(rows)

    class Source:
        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            return mdcloud._native._arrow_stream(rows, "HashResult")

    reader = pyarrow.RecordBatchReader.from_stream(Source())
    del rows
    batch = reader.read_next_batch()
    column = batch.column("hash")
    del batch, reader
    assert gone() is None, "it was read half"
    assert column[999].as_py() == f"{999:032x}", "a column outlives its stream"


@pytest.mark.skipif(not pathlib.Path("/proc/self/statm").exists(), reason="there is no /proc here")
def test_reading_does_not_leak(client: mdcloud.Client, eicar: bytes) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = mdcloud.Table([client.file_scan(eicar)] * 1000)
    size = pyarrow.table(table).nbytes
    pages = pathlib.Path("/proc/self/statm")
    for _ in range(3):
        pyarrow.table(table)
    before = int(pages.read_text().split()[1])
    for _ in range(60):
        pyarrow.table(table)
    grown = (int(pages.read_text().split()[1]) - before) * os.sysconf("SC_PAGE_SIZE")
    assert grown < 10 * size, f"60 readings of {size} bytes took {grown} bytes"


def test_counts_of_verdicts(kinds: list[mdcloud.Table[Any]]) -> None:
    assert kinds[0].verdicts() == {"INFECTED": 1, "CLEAN": 1}
    assert kinds[1].verdicts() == {"INFECTED": 1, "error": 1, "UNKNOWN": 1}
    assert kinds[2].verdicts() == {"LISTED": 1, "error": 1}
    assert kinds[3].verdicts() == {"CLEAN": 2, "error": 1}
    assert kinds[5].verdicts() == {}


def test_the_text_of_a_large_table_is_short(client: mdcloud.Client) -> None:
    shown = repr(client.hash_lookup_many([f"{number:032x}" for number in range(1000)]).to_table())
    assert "1000 UNKNOWN" in shown and "990 more" in shown
    assert len(shown) < 3000
