"""The interpreter ends while calls go on in its threads."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import mdcloud

CHILD = """
import sys, threading, time
import mdcloud
client = mdcloud.Client("key0", base_url=sys.argv[1], deadline={limit}, timeout={limit}, retries=0)
ended = []
def wait(call):
    try:
        call()
    except mdcloud.MdcloudError as error:
        ended.append(type(error).__name__)
calls = [
    lambda: client.file_wait("bzI2"),
    lambda: client.apikey_info(),
    lambda: list(client.hash_lookup_many(["0" * 32])),
    lambda: list(client.file_scan_many([b"x"])),
    lambda: client.file_submit(b"x"),
]
threads = [threading.Thread(target=wait, args=(call,), daemon={daemon}) for call in calls * 2]
for thread in threads:
    thread.start()
time.sleep(0.3)
print("ending", flush=True)
{end}
"""


@pytest.mark.parametrize("end", ["", "sys.exit(0)", "client.close()"], ids=["falls off", "exits", "closes"])
@pytest.mark.parametrize("daemon", [True, False], ids=["daemon", "normal"])
def test_the_interpreter_ends_with_calls_in_its_threads(daemon: bool, end: str) -> None:
    """Daemon threads are left; for normal ones it waits, as Python does, until their deadline."""
    with mdcloud.Emulator(api_key="key0") as emulator:
        emulator.fault("stall", count=1000)
        limit = "30" if daemon or "close" in end else "1"
        code = CHILD.format(daemon=daemon, limit=limit, end=end)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MDCLOUD_")}
        done = subprocess.run(
            [sys.executable, "-X", "faulthandler", "-c", code, emulator.base_url],
            capture_output=True,
            text=True,
            env=environment,
            timeout=25,
            check=False,
        )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ending\n", "")
