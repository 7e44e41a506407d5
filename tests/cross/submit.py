"""Threads of Python and as many of C++ upload some files each; prints how many the service took."""

import ctypes
import json
import sys
import threading

import mdcloud


def main(plugin: str, threads: int, each: int) -> None:
    submit = ctypes.CDLL(plugin).submit
    taken: list[int] = []

    def in_python(client: mdcloud.Client, thread: int) -> None:
        for number in range(each):
            client.file_submit(f"Python {thread} {number}".encode())
            taken.append(1)

    with mdcloud.Client() as client:
        crowd = [threading.Thread(target=lambda: taken.append(submit(threads, each)))]
        crowd += [threading.Thread(target=in_python, args=(client, thread)) for thread in range(threads)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
    print(json.dumps({"taken": sum(taken)}))


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
