"""Four threads of Python and four of C++ upload five files each; prints how many the service took."""

import ctypes
import json
import sys
import threading

import mdcloud


def main(plugin: str) -> None:
    submit = ctypes.CDLL(plugin).submit
    taken: list[int] = []

    def in_python(client: mdcloud.Client, thread: int) -> None:
        for number in range(5):
            client.file_submit(f"Python {thread} {number}".encode())
            taken.append(1)

    with mdcloud.Client() as client:
        threads = [threading.Thread(target=lambda: taken.append(submit(4, 5)))]
        threads += [threading.Thread(target=in_python, args=(client, thread)) for thread in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    print(json.dumps({"taken": sum(taken)}))


main(sys.argv[1])
