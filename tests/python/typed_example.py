"""A program that uses the types: checked with ``mypy --strict``, and run."""

from __future__ import annotations

import asyncio
import io
import pathlib
import tempfile

import mdcloud
from mdcloud import AsyncClient, Client, HashResult, Report, ScanOptions, SourceLike, Table, Verdict


def scan_all(client: Client, sources: list[SourceLike], options: ScanOptions) -> list[Report]:
    return [client.file_scan(source, **options) for source in sources]


def tell(progress: mdcloud.Progress) -> None:
    assert 0 <= progress.percent <= 100


def main() -> None:
    with (
        mdcloud.Emulator(scan_time=0, throttle="100/1s") as emulator,
        emulator.client(deadline=None) as client,
    ):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "file"
            path.write_bytes(b"content")
            options: ScanOptions = {"reuse": False, "rule": ["multiscan"], "progress": tell, "deadline": 30}
            reports = scan_all(client, [path, str(path), b"x", io.BytesIO(b"y")], options)
        verdicts: list[Verdict] = [report.verdict for report in reports]
        assert verdicts == [Verdict.CLEAN] * 4
        names: list[str | None] = [engine.name for engine in reports[0].engines]
        assert names
        results: list[HashResult] = list(client.hash_lookup_many(report.sha256 or "" for report in reports))
        assert all(result.is_known for result in results)
        try:
            client.hash_lookup("0" * 64, max_wait=0, cancel=mdcloud.Cancel())
        except mdcloud.QuotaError as error:
            wait: float | None = error.retry_after
            print(wait)
        except mdcloud.NotFoundError as error:
            code: int | None = error.code
            status: mdcloud.Status = error.status
            assert code and status is mdcloud.Status.NOT_FOUND
        left: int | None = client.apikey_limits_left().prevention_api
        assert left
        quota = client.quota()
        if quota is not None:
            families: dict[str, int | None] = {family.name: family.remaining for family in quota.families}
            assert families
        raw: bytes = client.call("GET", "/apikey/limits").raw
        assert raw
        table: Table[Report] = Table(reports)
        rows: list[dict[str, object]] = table.to_dicts()
        counts: dict[str, int] = client.hash_lookup_many(["0" * 32], progress=True).to_table().verdicts()
        assert len(rows) == len(table[1:]) + 1 and counts
        asyncio.run(in_coroutines(emulator))


async def in_coroutines(emulator: mdcloud.Emulator) -> None:
    async with AsyncClient(emulator.api_key, base_url=emulator.base_url, threads=2) as client:
        report: Report = await client.file_scan(b"hello", progress=tell, deadline=30)
        hashes: list[HashResult] = [one async for one in client.hash_lookup_many([report.sha256 or ""])]
        outcomes: Table[mdcloud.ScanOutcome] = await client.file_scan_many([b"a"]).to_table()
        assert hashes[0].is_known and outcomes[0].result


if __name__ == "__main__":
    main()
