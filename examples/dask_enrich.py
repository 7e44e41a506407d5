"""Looks up a column of hashes with Dask: python dask_enrich.py hashes.csv known.parquet [SCHEDULER]"""

from __future__ import annotations

import pathlib
import sys

import dask.dataframe as dd
import pandas as pd
from distributed import Client

TYPES = {
    "sha256": "string",
    "verdict": "string",
    "detected": "Int64",
    "data_id": "string",
    "error": "string",
}


def enrich_partition(frame: pd.DataFrame) -> pd.DataFrame:
    import enrich  # on the worker, where `upload_file` has put it

    rows = [rows for rows in enrich.enrich([frame]) if len(rows)]
    return pd.concat(rows).astype(TYPES) if rows else pd.DataFrame(columns=list(TYPES)).astype(TYPES)


def main(source: str, destination: str, scheduler: str | None = None) -> None:
    with Client(scheduler) as cluster:  # without a scheduler: worker processes on this machine
        cluster.upload_file(str(pathlib.Path(__file__).with_name("enrich.py")))
        hashes = dd.read_csv(source, usecols=["sha256"], dtype="string")
        workers = len(cluster.nthreads())  # as many partitions as workers: more would only cut the requests smaller
        known = hashes.repartition(npartitions=workers).map_partitions(
            enrich_partition, meta=pd.DataFrame(columns=list(TYPES)).astype(TYPES)
        )
        known.to_parquet(destination)


if __name__ == "__main__":
    main(*sys.argv[1:])
