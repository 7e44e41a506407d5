"""What commands have in common: the options of the connection, the client, and JSON lines."""

from __future__ import annotations

import argparse
import contextlib
import json
import pathlib
import shutil
import sys
import tempfile

from .._client import Client
from .._emulator import Emulator
from .._errors import InvalidArgumentError, MdcloudError
from ._terminal import Terminal, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO, Any


def connection() -> argparse.ArgumentParser:
    """Options of every command that asks the service. There is none for the key itself: other users of the
    machine could read it in the list of processes."""
    options = argparse.ArgumentParser(add_help=False)
    group = options.add_argument_group("connection", "The key comes from MDCLOUD_API_KEY, or a file.")
    group.add_argument("--key-file", metavar="FILE", help="file that holds the API key and nothing else")
    group.add_argument("--base-url", metavar="URL", help="address of the service (MDCLOUD_BASE_URL)")
    group.add_argument("--proxy", metavar="URL", help="proxy; empty for none (HTTPS_PROXY)")
    group.add_argument("--ca-file", metavar="FILE", help="further root certificates, PEM")
    group.add_argument(
        "--max-wait", metavar="SECONDS", type=float, help="longest wait for quota (MDCLOUD_MAX_WAIT, 60)"
    )
    group.add_argument("-v", "--verbose", action="store_true", help="tell each request")
    group.add_argument(
        "--emulator",
        action="store_true",
        help="ask the emulator on this machine: no key, no network, made-up verdicts",
    )
    return options


def output() -> argparse.ArgumentParser:
    """How results are shown."""
    options = argparse.ArgumentParser(add_help=False)
    group = options.add_argument_group("output")
    group.add_argument("--json", action="store_true", help="one JSON object per line")
    group.add_argument("--no-color", action="store_true", help="no colours (NO_COLOR)")
    return options


def terminal(options: argparse.Namespace) -> Terminal:
    return Terminal(colour=False if options.no_color else None)


def log(options: argparse.Namespace) -> None:
    """With ``--verbose`` the library's log goes to standard error; it never holds the key."""
    if getattr(options, "verbose", False):
        import logging

        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("mdcloud: %(message)s"))
        logger = logging.getLogger("mdcloud")
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)


@contextlib.contextmanager
def client(options: argparse.Namespace, **more: Any) -> Iterator[Client]:
    """The client that the options ask for; ``more`` are settings of the command's own."""
    if options.emulator:
        say("this is the emulator: nothing leaves the machine, and its verdicts are made up")
        more["max_wait"] = options.max_wait
        with Emulator(scan_time=0.2) as emulator, emulator.client(**more) as asking:
            yield asking
        return
    with Client(**settings(options), **more) as asking:
        yield asking


def settings(options: argparse.Namespace) -> dict[str, Any]:
    """Settings of ``Client``; None is what the environment says."""
    return {
        "api_key": _key_of(options.key_file) if options.key_file is not None else None,
        "base_url": options.base_url,
        "proxy": options.proxy,
        "ca_file": options.ca_file,
        "max_wait": options.max_wait,
    }


def _key_of(name: str) -> str:
    try:
        key = pathlib.Path(name).read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        raise InvalidArgumentError(f"--key-file: {name} holds something else than a key") from None
    if not key or len(key.split()) > 1:
        raise InvalidArgumentError(f"--key-file: {name} must hold the key and nothing else")
    return key


def json_line(values: dict[str, Any], stream: Any = None) -> None:
    # ASCII: what is in a name cannot reach the terminal as a control character, or fail to be encoded.
    print(json.dumps(values), file=stream or sys.stdout, flush=True)


def error_facts(error: BaseException | None) -> dict[str, Any] | None:
    """An error for programs."""
    if error is None:
        return None
    if not isinstance(error, MdcloudError):
        return {"status": "IO", "code": None, "message": str(error), "retry_after": None}
    return {
        "status": error.status.name,
        "code": error.code,
        "message": str(error),
        "retry_after": error.retry_after,
    }


def standard_input() -> IO[bytes]:
    """All of standard input, as a file that can seek: its length is sent first. A large one goes to disk."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=16 << 20)
    shutil.copyfileobj(sys.stdin.buffer, file)
    file.seek(0)
    return file


def lines_of(name: str) -> Iterator[str]:
    """The lines of a file, or of standard input for ``-``; blank ones and those that begin with # are left out."""
    with contextlib.ExitStack() as stack:
        file = (
            sys.stdin
            if name == "-"
            else stack.enter_context(open(name, encoding="utf-8", errors="surrogateescape"))
        )
        for line in file:
            line = line.rstrip("\r\n")
            if line.strip() and not line.startswith("#"):
                yield line


def values_of(given: list[str], files: list[str]) -> Iterator[str]:
    """Values from the command line, ``-`` for those on standard input, then those in files; a line's first word."""
    for value in given:
        if value == "-":
            yield from (line.split()[0] for line in lines_of("-"))
        else:
            yield value
    for file in files:
        yield from (line.split()[0] for line in lines_of(file))
