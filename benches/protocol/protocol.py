"""What every client in Python that is measured does: MODE BASE_URL N [FILE], described in lib.rs."""

from __future__ import annotations

import resource
import sys
import time

TYPE_CHECKING = False  # imports are in what `bench start` times, so there are few
if TYPE_CHECKING:
    from typing import Any, NoReturn

KEY = "0123456789abcdef0123456789abcdef"


def hash_number(index: int) -> str:
    """Hash number `index`: digits that no two have in common."""
    return f"{(index + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % (1 << 128):064x}"


def peak() -> int:
    """The most memory that this process has had, in KiB."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


class Clock:
    def __init__(self) -> None:
        self.peak = peak()
        self.used = resource.getrusage(resource.RUSAGE_SELF)
        self.start = time.perf_counter()

    def stop(self, done: int, more: str = "") -> None:
        took = time.perf_counter() - self.start
        used = resource.getrusage(resource.RUSAGE_SELF)
        user, system = used.ru_utime - self.used.ru_utime, used.ru_stime - self.used.ru_stime
        print(f"{took:.6f} user={user:.6f} sys={system:.6f} ok={done} hwm0={self.peak} hwm={peak()} {more}")


def run(make: Any, words: list[str]) -> None:
    """Does what the command line asks for with the client that `make(base_url)` gives."""
    mode, base_url, count, file = words[0], words[1].rstrip("/"), int(words[2]), "".join(words[3:])
    client = make(base_url)
    kind = mode if hasattr(client, mode) else mode.rstrip("0123456789")
    one = getattr(client, kind if kind in ("raw", "full") else "lookup", None)
    if one is None or not (kind == "throttle" or hasattr(client, kind)):
        no_such_mode()
    if kind in ("raw", "lookup", "full") and kind != mode:
        return in_threads(one, int(mode[len(kind) :]), count)
    if kind == "throttle":
        return throttle(one, count)
    if kind != "sha256":
        one(hash_number(0))
    clock = Clock()
    if kind == "bulk":
        done = client.bulk([hash_number(index) for index in range(count)])
    elif kind == "stream":
        done = client.stream(count)
    elif kind in ("upload", "reader", "sha256"):
        work = getattr(client, kind)
        done = sum(1 for _ in range(count) if work(file))
    else:
        done = sum(1 for index in range(count) if one(hash_number(index)))
    clock.stop(done)


def in_threads(one: Any, threads: int, count: int) -> None:
    """The clock starts when every thread has made its first lookup."""
    import threading

    gate = threading.Barrier(threads + 1)
    each = count // threads
    done = []

    def work(first: int) -> None:
        one(hash_number(first))
        gate.wait()
        gate.wait()
        done.append(sum(1 for index in range(first, first + each) if one(hash_number(index))))

    running = [threading.Thread(target=work, args=(number * each,), daemon=True) for number in range(threads)]
    for thread in running:
        thread.start()
    gate.wait(60)
    clock = Clock()
    gate.wait(60)
    for thread in running:
        thread.join()
    clock.stop(sum(done))


def throttle(one: Any, count: int) -> None:
    """Goes on until one fails."""
    clock, done, more = Clock(), 0, ""
    try:
        for index in range(count):
            one(hash_number(index))
            done += 1
    except Exception as failure:
        more = f"gave_up=1 why={type(failure).__name__}"
    clock.stop(done, more)


def no_such_mode() -> NoReturn:
    sys.exit(3)
