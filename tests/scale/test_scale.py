"""The programs in examples/ on local clusters of several worker processes, against one emulator."""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pandas as pd
import pytest

import mdcloud

EXAMPLES = pathlib.Path(__file__).parent.parent.parent / "examples"

ROWS = 20_000
WORKERS = 3

# gzip, as Spark's usual compression is a native library that does not load on every machine.
SPARK = {"spark.sql.parquet.compression.codec": "gzip", "spark.ui.enabled": "false"}

ENGINES = {
    "spark_enrich.py": {
        "PYSPARK_SUBMIT_ARGS": " ".join(
            [f"--master local[{WORKERS}]", *(f"--conf {name}={value}" for name, value in SPARK.items())]
            + ["pyspark-shell"]
        ),
        "PYSPARK_PYTHON": sys.executable,
    },
    "dask_enrich.py": {
        "DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT": "60s",
        "DASK_DISTRIBUTED__DASHBOARD__LINK": "",
    },
}


@pytest.fixture
def hashes(tmp_path: pathlib.Path) -> pathlib.Path:
    """A million would look the same, and take longer. Three of them are known, one is no hash."""
    made = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(ROWS - 4)]
    known = [mdcloud.Emulator.sample(kind) for kind in ("clean", "infected", "suspicious")]
    file = tmp_path / "hashes.csv"
    lines = [*made, *(hashlib.sha256(data).hexdigest() for data in known), "nonsense"]
    file.write_text("\n".join(["sha256", *lines, ""]))
    return file


@pytest.fixture
def emulator(request: pytest.FixtureRequest) -> Iterator[mdcloud.Emulator]:
    allowances = {"reputation_api": 10_000_000}
    with mdcloud.Emulator(scan_time=0, allowances=allowances, throttle=request.param) as emulator:
        with emulator.client() as client:
            for kind in ("clean", "infected", "suspicious"):
                client.file_scan(emulator.sample(kind), reuse=False)
        emulator.reset()
        yield emulator


def run(engine: str, hashes: pathlib.Path, emulator: mdcloud.Emulator, store: str | None) -> pd.DataFrame:
    if engine == "spark_enrich.py" and not shutil.which("java"):
        pytest.skip("Spark was not tried: there is no Java here")
    environment = {
        **os.environ,
        **ENGINES[engine],
        "MDCLOUD_BASE_URL": emulator.base_url,
        "MDCLOUD_API_KEY": emulator.api_key,
    }
    environment.pop("MDCLOUD_QUOTA_STORE", None)
    if store is not None:
        environment["MDCLOUD_QUOTA_STORE"] = store
    output = hashes.with_name("known.parquet")
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / engine), str(hashes), str(output)],
        env=environment,
        cwd=hashes.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    parts = list(output.glob("*.parquet"))
    assert len(parts) > 1, "several workers had a share each"
    return pd.concat(pd.read_parquet(part) for part in parts)


def check(known: pd.DataFrame, hashes: pathlib.Path, emulator: mdcloud.Emulator) -> None:
    asked = pd.read_csv(hashes)["sha256"]
    assert sorted(known["sha256"]) == sorted(asked), "every hash has its row"
    counts = known["verdict"].value_counts().to_dict()
    assert counts == {"UNKNOWN": ROWS - 4, "CLEAN": 1, "INFECTED": 1, "SUSPICIOUS": 1}
    wrong = known[known["error"].notna()]
    assert wrong["sha256"].tolist() == ["nonsense"]
    requests = emulator.requests()
    assert [request.status for request in requests] == [200] * len(requests), "no 429, no other failure"
    assert ROWS / 1000 <= len(requests) <= ROWS / 1000 + 2 * WORKERS, "in bulk requests"


@pytest.mark.parametrize("emulator", ["off"], indirect=True)
@pytest.mark.parametrize("engine", ENGINES)
def test_every_hash_of_the_column_is_looked_up_in_bulk(
    engine: str, hashes: pathlib.Path, emulator: mdcloud.Emulator
) -> None:
    check(run(engine, hashes, emulator, None), hashes, emulator)


@pytest.mark.parametrize("emulator", ["6/2s"], indirect=True)
@pytest.mark.parametrize("engine", ENGINES)
def test_workers_that_share_a_ledger_never_ask_too_much(
    engine: str, hashes: pathlib.Path, emulator: mdcloud.Emulator, tmp_path: pathlib.Path
) -> None:
    store = f"file:{tmp_path / 'ledger'}"
    try:
        mdcloud.Client(emulator.api_key, base_url=emulator.base_url, quota_store=store)
    except mdcloud.InvalidArgumentError:
        pytest.skip("one ledger for all workers was not tried: this version has no quota store but `process`")
    os.environ["MDCLOUD_THROTTLE"] = "6/2s"
    try:
        check(run(engine, hashes, emulator, store), hashes, emulator)
    finally:
        del os.environ["MDCLOUD_THROTTLE"]
