"""Four threads of Python and four of C++ ask 500 times in all; prints what became of it."""

import ctypes
import json
import sys
import threading

import mdcloud

EACH = 62  # 4 x 62 in C++ and 4 x 63 in Python make 500


def main(plugin: str) -> None:
    spend = ctypes.CDLL(plugin).spend
    counts = {"answered": 0, "refused": 0}
    retry_after: list[float] = []
    lock = threading.Lock()

    def in_cpp() -> None:
        refused = ctypes.c_int()
        answered = spend(4, EACH, ctypes.byref(refused))
        with lock:
            counts["answered"] += answered
            counts["refused"] += refused.value

    def in_python(client: mdcloud.Client, thread: int) -> None:
        for number in range(EACH + 1):
            try:
                # Each its own: the same one, asked for at once, would be one request.
                client.hash_lookup(f"{thread:016x}{number:016x}")
            except mdcloud.NotFoundError:
                which = "answered"
            except mdcloud.QuotaExhaustedError as error:
                which = "refused" if error.is_local else "by the service"
                retry_after.append(error.retry_after or 0)
            with lock:
                counts[which] = counts.get(which, 0) + 1

    with mdcloud.Client() as client:
        threads = [threading.Thread(target=in_cpp)]
        threads += [threading.Thread(target=in_python, args=(client, thread)) for thread in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print(json.dumps(counts | {"retry_after": min(retry_after)}))


main(sys.argv[1])
