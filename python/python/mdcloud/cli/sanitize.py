"""``mdcloud sanitize``: a clean copy of a file."""

from __future__ import annotations

import argparse
import contextlib
import os

from .._errors import NotFoundError
from . import _exits, _session
from ._terminal import safe, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._client import Client
    from .._models import Report
    from ._parser import Commands

_ABOUT = """\
Upload a document and fetch the copy that the service made without active content. The verdict of the
original decides the exit code."""


def register(commands: Commands) -> None:
    parser = commands.add("sanitize", "fetch a clean copy of a document", _ABOUT, run)
    parser.add_argument("file", metavar="FILE", help="the document, or - for standard input")
    parser.add_argument("-o", "--output", metavar="FILE", help="where the copy goes (sanitized-NAME)")
    parser.add_argument("--force", action="store_true", help="write over a file that is there")
    parser.add_argument("--name", help="name of what comes from standard input")
    parser.add_argument("--file-password", metavar="TEXT", help="password of the document")


def run(options: argparse.Namespace) -> int:
    name = (options.name or "stdin") if options.file == "-" else os.path.basename(options.file)
    output = options.output or f"sanitized-{name}"
    if os.path.lexists(output) and not options.force:
        say(f"sanitize: {output} is there already; choose another with -o, or add --force")
        return _exits.USAGE
    with _session.client(options) as client:
        try:
            report = _fetch(client, options, name, output)
        except NotFoundError as error:
            say(f"there is no clean copy: {error}")
            return _exits.UNKNOWN
    size = os.stat(output).st_size
    if options.json:
        _session.json_line(
            {"file": options.file, "verdict": report.verdict.name, "output": output, "size": size}
        )
    else:
        terminal = _session.terminal(options)
        badge = terminal.badge(report.verdict.name)
        terminal.line(f"{badge}  {safe(name)}  clean copy of {size} bytes in {safe(output)}")
    return _exits.of_verdict(report.verdict)


def _fetch(client: Client, options: argparse.Namespace, name: str, output: str) -> Report:
    with contextlib.ExitStack() as stack:
        source = options.file
        if source == "-":
            source = stack.enter_context(_session.standard_input())
        return client.file_sanitize(source, output, filename=name, file_password=options.file_password)
