"""Python and a C++ plug-in in one process, on one quota: python one_process.py PLUGIN REQUESTS THROTTLE

The plug-in (bindings/c/examples/plugin.cpp) brings its own copy of the library. Both sides make REQUESTS
bulk lookups at the same time with the rate THROTTLE, such as 6/4s; the service would refuse every request
over it, and refuses none. Prints one JSON object.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import threading
import time

import mdcloud


def main(plugin: str, requests: int, throttle: str) -> int:
    library = ctypes.CDLL(plugin)
    library.plugin_lookups.argtypes = [
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_double),
    ]
    base_url, key = os.environ["MDCLOUD_BASE_URL"], os.environ["MDCLOUD_API_KEY"]
    answered = {"C++": 0, "Python": 0}
    longest = {"C++": 0.0, "Python": 0.0}

    def in_cpp() -> None:
        waited = ctypes.c_double()
        texts = (base_url.encode(), key.encode(), throttle.encode())
        answered["C++"] = library.plugin_lookups(*texts, requests, ctypes.byref(waited))
        longest["C++"] = waited.value

    with mdcloud.Client(throttle=throttle) as client:
        thread = threading.Thread(target=in_cpp)
        thread.start()
        for _ in range(requests):
            start = time.monotonic()
            for result in client.hash_lookup_many(["44d88612fea8a8f36de82e1278abb02f"]):
                answered["Python"] += result.error is None
            longest["Python"] = max(longest["Python"], (time.monotonic() - start) * 1000)
        thread.join()
        quota = client.quota()
    leader = mdcloud.tracker_info()
    facts = {
        "answered": answered,
        "longest_wait_ms": {name: round(value) for name, value in longest.items()},
        "copies": leader.copies,
        "leader": os.path.basename(leader.object),
        "quota": str(quota),
    }
    print(json.dumps(facts))
    return 0 if answered == {"C++": requests, "Python": requests} else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
