"""Looks up a column of hashes. Runs on the workers of Spark and Dask alike."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator

import pandas as pd

import mdcloud

COLUMNS = ["sha256", "verdict", "detected", "data_id", "error"]


@functools.cache
def client() -> mdcloud.Client:
    """The client of this worker process: made once, for all its tasks.

    Its key, and the quota ledger that it shares with the other workers, come from the environment. A batch
    job may wait long for its turn; few connections each, as there are many workers. A worker that cannot reach
    the ledger sends nothing: its rows say so in `error`, and the others' quota stays theirs.
    """
    return mdcloud.Client(max_wait=3600, concurrency=2, strict_store=True)


def row(result: mdcloud.HashResult) -> list[object]:
    error = None if result.error is None else str(result.error)
    verdict = None if error else result.verdict.name
    return [result.hash, verdict, result.detected_engines, result.data_id, error]


def enrich(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Rows for the hashes of all frames, in their order. Requests are full whatever size the frames have, and
    no more than a few thousand rows are in memory at once."""
    hashes = (value for frame in frames for value in frame["sha256"])
    results = iter(client().hash_lookup_many(hashes))
    while rows := [row(result) for result in itertools.islice(results, 5000)]:
        yield pd.DataFrame(rows, columns=COLUMNS).astype({"detected": "Int64"})
