"""Looks up a column of hashes with PySpark: spark-submit spark_enrich.py hashes.csv known.parquet"""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Iterable, Iterator

import pandas as pd
from pyspark.sql import SparkSession

SCHEMA = "sha256 string, verdict string, detected long, data_id string, error string"


def enrich_partition(frames: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """A partition comes as an iterator of frames, so a worker never holds it whole."""
    import enrich  # on the worker, where `addPyFile` has put it

    return enrich.enrich(frames)


def main(source: str, destination: str) -> None:
    spark = SparkSession.builder.appName("mdcloud").getOrCreate()
    spark.sparkContext.addPyFile(str(pathlib.Path(__file__).with_name("enrich.py")))
    hashes = spark.read.csv(source, header=True).select("sha256")
    # As many partitions as workers: more would only cut the requests smaller.
    hashes = hashes.repartition(spark.sparkContext.defaultParallelism)
    hashes.mapInPandas(enrich_partition, SCHEMA).write.parquet(destination)
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
