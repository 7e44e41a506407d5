"""Clients in Python that are measured beside ours: python.py CLIENT MODE BASE_URL N [FILE]."""

from __future__ import annotations

import os.path
import sys
from typing import Any

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "protocol"))
from protocol import KEY, run

OCTETS = {"Content-Type": "application/octet-stream"}


def verdict(report: Any) -> int:
    return report["scan_results"]["scan_all_result_i"]


class Requests:
    """A session of requests, which keeps its connection."""

    def __init__(self, base_url: str) -> None:
        import requests

        self.base_url = f"{base_url}/v4"
        self.session = requests.Session()
        self.session.headers["apikey"] = KEY

    def ask(self, method: str, path: str, **options: Any) -> Any:
        answer = self.session.request(method, self.base_url + path, **options)
        answer.raise_for_status()
        return answer

    def raw(self, hash: str) -> int:
        return len(self.ask("GET", f"/hash/{hash}").content)

    def lookup(self, hash: str) -> int:
        return verdict(self.ask("GET", f"/hash/{hash}").json())

    full = lookup  # its answer is a dict of all there is

    def bulk(self, hashes: list[str]) -> int:
        batches = (hashes[start : start + 1000] for start in range(0, len(hashes), 1000))
        return sum(len(self.ask("POST", "/hash", json={"hash": batch}).json()["data"]) for batch in batches)

    def upload(self, path: str) -> Any:
        with open(path, "rb") as file:
            return self.ask("POST", "/file", data=file, headers=OCTETS).json()["data_id"]


class Httpx(Requests):
    def __init__(self, base_url: str) -> None:
        import httpx

        self.base_url = f"{base_url}/v4"
        self.session = httpx.Client(headers={"apikey": KEY}, timeout=60)

    def upload(self, path: str) -> Any:
        with open(path, "rb") as file:
            return self.ask("POST", "/file", content=file, headers=OCTETS).json()["data_id"]


class Opswat:
    """OPSWAT's own SDK. Its model of a report drops the engines, so that `full` is not there."""

    def __init__(self, base_url: str) -> None:
        import mcl_platform_sdk as sdk

        client = sdk.ApiClient(sdk.Configuration(host=f"{base_url}/v4"))
        self.key = {"apikey": KEY}
        self.hashes, self.files = sdk.HashLookupsApi(client), sdk.FileScanningApi(client)

    def lookup(self, hash: str) -> Any:
        return self.hashes.lookup_hash(hash, headers=self.key).scan_results.scan_all_result_i

    def bulk(self, hashes: list[str]) -> int:
        from mcl_platform_sdk import MultipleHashLookupRequest

        batches = (hashes[start : start + 1000] for start in range(0, len(hashes), 1000))
        ask = lambda batch: self.hashes.lookup_hashes(MultipleHashLookupRequest(hash=batch), headers=self.key)
        return sum(len(ask(batch).data) for batch in batches)

    def upload(self, path: str) -> Any:
        with open(path, "rb") as file:
            content = file.read()  # it takes no less
        return self.files.analyze_file(file=content, headers={**self.key, "filename": "file"})


CLIENTS = {"requests": Requests, "httpx": Httpx, "opswat": Opswat}

if __name__ == "__main__":
    run(CLIENTS[sys.argv[1]], sys.argv[2:])
