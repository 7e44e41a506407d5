"""The programs in examples/ on local clusters of several worker processes, against one emulator."""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

import pandas as pd
import pytest
from distributed import LocalCluster
from redis_server import RedisServer

import mdcloud

Engine = Callable[[dict[str, str], pathlib.Path, pathlib.Path], None]

EXAMPLES = pathlib.Path(__file__).parent.parent.parent / "examples"

ROWS = 20_000
WORKERS = 3
KINDS = ["clean", "infected", "suspicious"]

# A worker's share fits into one window, two shares do not: whether they come too fast does not depend on luck.
THROTTLE = "9/5s"

# gzip, as Spark's usual compression is a native library that does not load on every machine.
SPARK = {"spark.sql.parquet.compression.codec": "gzip", "spark.ui.enabled": "false"}


def on_spark(environment: dict[str, str], hashes: pathlib.Path, output: pathlib.Path) -> None:
    if not shutil.which("java"):
        pytest.skip("Spark was not tried: there is no Java here")
    settings = [f"--conf {name}={value}" for name, value in SPARK.items()]
    environment["PYSPARK_SUBMIT_ARGS"] = " ".join([f"--master local[{WORKERS}]", *settings, "pyspark-shell"])
    environment["PYSPARK_PYTHON"] = sys.executable
    start("spark_enrich.py", environment, hashes, output)


def on_dask(environment: dict[str, str], hashes: pathlib.Path, output: pathlib.Path) -> None:
    """On workers that were there before, as on a cluster; the program itself needs no key."""
    workers = {"n_workers": WORKERS, "threads_per_worker": 1, "env": environment}
    with LocalCluster(dashboard_address=None, **workers) as cluster:
        start("dask_enrich.py", dict(os.environ), hashes, output, cluster.scheduler_address)


def start(program: str, environment: dict[str, str], *arguments: str | pathlib.Path) -> None:
    command = [sys.executable, EXAMPLES / program, *arguments]
    pipe, both = subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, env=environment, stdout=pipe, stderr=both, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.fixture
def hashes(tmp_path: pathlib.Path) -> pathlib.Path:
    """A million would look the same, and take longer. Three of them are known, one is no hash."""
    made = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(ROWS - 4)]
    known = [mdcloud.Emulator.sample(kind) for kind in KINDS]
    file = tmp_path / "hashes.csv"
    lines = [*made, *(hashlib.sha256(data).hexdigest() for data in known), "nonsense"]
    file.write_text("\n".join(["sha256", *lines, ""]))
    return file


@pytest.fixture
def emulator() -> Iterator[mdcloud.Emulator]:
    allowances = {"reputation_api": 10_000_000}
    with mdcloud.Emulator(scan_time=0, allowances=allowances, throttle=THROTTLE) as emulator:
        with emulator.client() as client:
            for kind in KINDS:
                client.file_scan(emulator.sample(kind), reuse=False)
        emulator.reset()
        yield emulator


def run(engine: Engine, hashes: pathlib.Path, emulator: mdcloud.Emulator, store: str) -> pd.DataFrame:
    environment = {
        **os.environ,
        "MDCLOUD_BASE_URL": emulator.base_url,
        "MDCLOUD_API_KEY": emulator.api_key,
        "MDCLOUD_QUOTA_STORE": store,
        "MDCLOUD_THROTTLE": THROTTLE,
    }
    output = hashes.with_name("known.parquet")
    engine(environment, hashes, output)
    return pd.concat(pd.read_parquet(part) for part in output.glob("*.parquet"))


def no_row_is_lost(known: pd.DataFrame, hashes: pathlib.Path) -> None:
    asked = pd.read_csv(hashes)["sha256"]
    assert sorted(known["sha256"]) == sorted(asked)
    counts = known["verdict"].value_counts().to_dict()
    assert counts == {"UNKNOWN": ROWS - 4, "CLEAN": 1, "INFECTED": 1, "SUSPICIOUS": 1}
    wrong = known[known["error"].notna()]
    assert wrong["sha256"].tolist() == ["nonsense"]


@pytest.mark.parametrize("engine", [on_spark, on_dask])
def test_workers_on_one_redis_are_never_refused(
    engine: Engine, hashes: pathlib.Path, emulator: mdcloud.Emulator, tmp_path: pathlib.Path
) -> None:
    with RedisServer(tmp_path) as redis:
        known = run(engine, hashes, emulator, redis.url)
    requests = emulator.requests()
    told = [f"{request.at - requests[0].at:.3f} s: {request.status}" for request in requests]
    assert {request.status for request in requests} == {200}, "\n".join(told)
    assert ROWS / 1000 <= len(requests) <= ROWS / 1000 + 2 * WORKERS, "in bulk requests"
    no_row_is_lost(known, hashes)


@pytest.mark.parametrize("engine", [on_spark, on_dask])
def test_workers_with_a_ledger_each_are_refused_and_lose_no_row(
    engine: Engine, hashes: pathlib.Path, emulator: mdcloud.Emulator
) -> None:
    """What the test above would see if the workers did not share, or were but one process."""
    known = run(engine, hashes, emulator, "process")
    assert 429 in {request.status for request in emulator.requests()}
    no_row_is_lost(known, hashes)
