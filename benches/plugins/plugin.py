"""mdcloud in Python, as a program would use it: plugin.py MODE BASE_URL N [FILE], described in ../protocol/lib.rs."""

from __future__ import annotations

import os.path
import sys

import mdcloud

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "protocol"))
from protocol import KEY, hash_number, run


class Ours:
    def __init__(self, base_url: str) -> None:
        self.client = mdcloud.Client(api_key=KEY, base_url=f"{base_url}/v4")

    def raw(self, hash: str) -> int:
        return len(self.client.call("GET", f"/hash/{hash}").raw)

    def lookup(self, hash: str) -> bool:
        return self.client.hash_lookup(hash).verdict is mdcloud.Verdict.INFECTED

    def full(self, hash: str) -> int:
        return len(self.client.hash_lookup(hash).json())

    def bulk(self, hashes: list[str]) -> int:
        return sum(result.is_known for result in self.client.hash_lookup_many(hashes))

    def upload(self, path: str) -> bool:
        return self.client.file_submit(path).data_id is not None

    def reader(self, path: str) -> bool:
        with open(path, "rb") as file:
            return self.client.file_submit(file).data_id is not None

    def stream(self, count: int) -> int:
        hashes = (hash_number(index) for index in range(count))
        return sum(result.is_known for result in self.client.hash_lookup_many(hashes))

    def sha256(self, path: str) -> int:
        return len(self.client.plan([path]).files)


if __name__ == "__main__":
    run(Ours, sys.argv[1:])
