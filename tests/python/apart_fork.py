"""A warm client in a process that forks: no wrong answers, no hang, in either process."""

from __future__ import annotations

import json
import os
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

import mdcloud

REQUESTS = 300

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


class Echo(socketserver.StreamRequestHandler):
    """Answers ``GET /v4/hash/{hash}`` with the hash as data_id; keeps the connection."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        while line := self.rfile.readline():
            path = line.split()[1]
            while self.rfile.readline() not in (b"\r\n", b""):
                pass
            body = json.dumps({"data_id": path.rsplit(b"/")[-1].decode()}).encode()
            self.wfile.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
                % (len(body), body)
            )


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@pytest.fixture
def echo() -> Iterator[str]:
    """The server runs in a process of its own, so that both clients reach it."""
    with Server(("127.0.0.1", 0), Echo) as server:
        pid = os.fork()
        if pid == 0:
            try:
                server.serve_forever()
            finally:
                os._exit(0)
        yield f"http://127.0.0.1:{server.server_address[1]}/v4"
        os.kill(pid, 9)
        os.waitpid(pid, 0)


def ask(client: mdcloud.Client, tag: int, wrong: list[str]) -> None:
    for index in range(REQUESTS):
        asked = f"{tag:08x}{index:024x}"
        try:
            got = client.hash_lookup(asked).data_id
        except Exception as error:
            got = repr(error)
        if got != asked:
            wrong.append(f"{asked}: {got}")


def child_ends(pid: int) -> int:
    """The child's exit status; -1 where it hangs."""
    for _ in range(600):
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return -1


def test_parent_and_child_use_a_warm_client(echo: str) -> None:
    client = mdcloud.Client("key", base_url=echo)
    client.hash_lookup("0" * 32)
    wrong: list[str] = []
    pid = os.fork()
    if pid == 0:
        ask(client, 2, wrong)
        os._exit(min(len(wrong), 100))
    ask(client, 1, wrong)
    assert child_ends(pid) == 0
    assert wrong == []


def test_fork_while_other_threads_use_the_client(echo: str) -> None:
    client = mdcloud.Client("key", base_url=echo)
    stop = threading.Event()
    wrong: list[str] = []

    def work(tag: int) -> None:
        while not stop.is_set():
            asked = f"{tag:032x}"
            if (got := client.hash_lookup(asked).data_id) != asked:
                wrong.append(f"{asked}: {got}")

    threads = [threading.Thread(target=work, args=(tag,)) for tag in range(3)]
    for thread in threads:
        thread.start()
    try:
        for round in range(10):
            pid = os.fork()
            if pid == 0:
                mine: list[str] = []
                for index in range(20):
                    asked = f"{round + 16:08x}{index:024x}"
                    if client.hash_lookup(asked).data_id != asked:
                        mine.append(asked)
                os._exit(len(mine))
            assert child_ends(pid) == 0
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_an_emulator_of_the_parent_does_no_harm_in_a_child() -> None:
    with mdcloud.Emulator() as emulator:
        pid = os.fork()
        if pid == 0:
            emulator.stop()
            os._exit(7)
        assert child_ends(pid) == 7
        emulator.client().apikey_info()
