"""A Redis of a test's own: on a free port, in a folder that goes with it, keeping nothing."""

from __future__ import annotations

import pathlib
import shutil
import signal
import socket
import subprocess
import time

import pytest


class RedisServer:
    """Stops with the block in which it was started."""

    def __init__(self, folder: pathlib.Path) -> None:
        if shutil.which("redis-server") is None:
            pytest.skip("redis-server is not installed: no ledger of a fleet was tested")
        self.folder = folder
        for _ in range(10):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
            if self._starts():
                return
        raise AssertionError("redis-server does not start")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def _starts(self) -> bool:
        where = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        command = ["redis-server", *where, "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except ConnectionRefusedError:
                time.sleep(0.005)
            else:
                return True
        return False

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        """On the port that it had."""
        assert self._starts()

    def stall(self) -> None:
        """It keeps its connections and answers nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def __enter__(self) -> RedisServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
