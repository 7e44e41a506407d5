"""The worker in Python: worker.py [--beside PLUGIN] NAME THREADS SECONDS SEED.

What it prints is described in src/outcomes.rs. With --beside it loads the worker in C++ as a library, and
both work in this process.
"""

from __future__ import annotations

import ctypes
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable

import mdcloud

DEADLINE = 10  # every call has an end
EICAR = "44d88612fea8a8f36de82e1278abb02f"


def say(line: str) -> None:
    # One write for a line, so that languages and threads do not mix within it.
    os.write(1, f"{line}\n".encode())


def claim(error: mdcloud.MdcloudError | None) -> str:
    """What the caller of an upload knows. An error with a data_id came after the upload."""
    if error is None or error.data_id is not None:
        return "taken"
    return error.delivery


class Calls:
    """The calls of one thread."""

    def __init__(self, client: mdcloud.Client, name: str, seed: int) -> None:
        self.client = client
        self.name = name
        self.random = random.Random(seed)
        self.files = 0
        self.asked = 0
        self.ended: Counter[str] = Counter()
        self.longest = 0.0

    def file(self) -> tuple[str, bytes]:
        """A new content with a name of its own; sometimes a large one."""
        self.files += 1
        name = f"{self.name}-{self.files}"
        content = f"soak {name}\n".encode()
        return name, content.ljust(200_000, b".") if self.random.randrange(10) == 0 else content

    def call(self, upload: str | None, act: Callable[[], object]) -> object:
        self.asked += 1
        start = time.monotonic()
        result, error = None, None
        try:
            result = act()
        except mdcloud.MdcloudError as raised:
            error = raised
        self.longest = max(self.longest, time.monotonic() - start)
        status = error.status.name if error else "OK"
        self.ended[status] += 1
        if upload is not None:
            say(f"upload {upload} {claim(error)} {status}")
        return result

    def scan(self, cancel: mdcloud.Cancel | None = None) -> None:
        name, content = self.file()
        self.call(name, lambda: self.client.file_scan(content, filename=name, cancel=cancel, deadline=DEADLINE))

    def one(self) -> None:
        client, kind = self.client, self.random.randrange(100)
        if kind < 25:
            self.scan()
        elif kind < 35:
            name, content = self.file()
            submission = self.call(name, lambda: client.file_submit(content, filename=name, deadline=DEADLINE))
            if isinstance(submission, mdcloud.Submission) and submission.data_id:
                data_id = submission.data_id
                self.call(None, lambda: client.file_wait(data_id, deadline=DEADLINE))
        elif kind < 60:
            self.call(None, lambda: client.hash_lookup(EICAR, deadline=DEADLINE))
        elif kind < 75:
            hashes = [f"{self.random.randrange(1 << 40):032x}" for _ in range(5)]
            self.call(None, lambda: list(client.hash_lookup_many(hashes, deadline=DEADLINE)))
        elif kind < 85:
            self.call(None, lambda: client.ip_lookup("203.0.113.7", deadline=DEADLINE))
        elif kind < 92:
            name, content = self.file()
            clean = os.path.join(tempfile.gettempdir(), f"mdcloud-soak-{os.getpid()}-{name}")
            self.call(name, lambda: client.file_sanitize(content, clean, filename=name, deadline=DEADLINE))
            if os.path.exists(clean):
                os.remove(clean)
        else:
            cancel = mdcloud.Cancel()
            soon = threading.Timer(self.random.random() * 0.06, cancel.cancel)
            soon.start()
            self.scan(cancel)
            soon.join()

    def work(self, end: float) -> None:
        while time.monotonic() < end:
            self.one()
        say(f"asked {self.asked}")
        say(f"longest {self.longest * 1000:.0f}")
        for status, count in self.ended.items():
            say(f"ended {status} {count}")


def main(arguments: list[str]) -> int:
    plugin = None
    if arguments[:1] == ["--beside"]:
        plugin, arguments = ctypes.CDLL(arguments[1]), arguments[2:]
    name, threads, seconds, seed = arguments[0], *map(int, arguments[1:])
    end = time.monotonic() + seconds
    with mdcloud.Client(read_timeout=2, max_wait=8, strict_store=True) as client:
        work = [Calls(client, f"{name}-{i}", seed * 100 + i).work for i in range(threads)]
        running = [threading.Thread(target=one, args=(end,)) for one in work]
        if plugin is not None:
            arguments_in_cpp = (name.encode(), threads, seconds, ctypes.c_uint64(seed))
            running.append(threading.Thread(target=plugin.soak_work, args=arguments_in_cpp))
        for thread in running:
            thread.start()
        for thread in running:
            thread.join()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
