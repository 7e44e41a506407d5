"""What programs do most: `maturin build --pgo` has a wheel do this and count, and builds the real one by the counts.

What is not in here is made small instead of fast. So it is in here if speed matters, about as often as in a program
that makes thousands of lookups. Everything is done without TLS and with it, as the service wants it. Needs openssl,
for a certificate. ``training.py 1`` does all of it once: whether it works.
"""

from __future__ import annotations

import contextlib
import select
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mdcloud

LOOKUPS = 2000
UNKNOWN = [f"{number:064x}" for number in range(20_000)]
MEGABYTE = b"\x55" * (1 << 20)


def train(client: mdcloud.Client, folder: Path, lookups: int) -> None:
    """All of it; the others are done less often than lookups."""
    some = -(-lookups // 20)
    report = client.file_scan(b"trained" + folder.name.encode())
    known = report.sha256
    assert known

    for number in range(lookups):
        found = client.hash_lookup(known if number % 10 else known.upper())
        assert found.verdict is mdcloud.Verdict.CLEAN
        if number % 4 == 0:
            assert all(engine.name for engine in found.engines)
        if number % 4 == 1:
            found.json()
        if number % 4 == 2:
            client.call("GET", f"/hash/{known}").raw
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(client.hash_lookup, [known] * some))
    for _ in range(some):
        with contextlib.suppress(mdcloud.NotFoundError):
            client.hash_lookup(UNKNOWN[0])
        assert client.ip_lookup("203.0.113.7").detected_by
        assert client.url_lookup("http://malware.example/a").detected_by
        assert not client.domain_lookup("example.com").detected_by
    for hashes in (UNKNOWN[: lookups * 10], [known, *UNKNOWN[:999]], (hash for hash in UNKNOWN[:3000])):
        assert sum(1 for _ in client.hash_lookup_many(hashes)) >= 1
    list(client.ip_lookup_many([f"203.0.113.{number}" for number in range(100)]))

    path = folder / "upload"
    path.write_bytes(MEGABYTE * min(some, 16))
    for _ in range(2):
        client.file_submit(path)
        with path.open("rb") as file:
            client.file_submit(file)
    client.plan([path])
    for _ in client.file_scan_many([b"%d" % number for number in range(some)]):
        pass
    client.file_sanitize(b"hello", folder / "clean.txt", filename="hello.txt")


@contextlib.contextmanager
def sealed(port: int, certificate: Path, key: Path) -> Iterator[int]:
    """TLS before this port of ours; gives the port that has it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    class Carry(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with (
                context.wrap_socket(self.request, server_side=True) as outer,
                socket.create_connection(("127.0.0.1", port)) as inner,
            ):
                while True:
                    for side in [outer] if outer.pending() else select.select([outer, inner], [], [])[0]:
                        data = side.recv(1 << 16)
                        if not data:
                            return
                        (inner if side is outer else outer).sendall(data)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Carry) as server:
        server.daemon_threads = True  # a client that was closed may have idle connections
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address[1]
        server.shutdown()


def main(lookups: int) -> None:
    with (
        tempfile.TemporaryDirectory() as name,
        mdcloud.Emulator(
            paid=True,
            scan_time=0,
            sanitize_time=0,
            allowances=dict.fromkeys(["prevention_api", "reputation_api", "download_file"], 10_000_000),
        ) as emulator,
    ):
        folder = Path(name)
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=training"
        made += " -addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=critical,CA:FALSE"
        orders = ["openssl", *made.split(), "-keyout", str(key), "-out", str(certificate)]
        subprocess.run(orders, check=True, capture_output=True)
        port = int(emulator.base_url.split(":")[2].split("/")[0])
        with emulator.client() as client:
            train(client, folder, lookups)
        with (
            sealed(port, certificate, key) as port,
            emulator.client(base_url=f"https://127.0.0.1:{port}/v4", ca_file=certificate) as client,
        ):
            train(client, folder, lookups)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else LOOKUPS)
