"""``mdcloud scan``: files, folders, standard input."""

from __future__ import annotations

import argparse
import collections
import hashlib
import sys

from .._errors import MdcloudError
from . import _exits, _session
from ._files import Files
from ._finding import Finding, of_one_file
from ._terminal import Terminal, safe, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .._client import Client
    from ._parser import Commands

_ABOUT = """\
Scan files. A file that the service knows is found by its hash and not uploaded; any other is uploaded, and
may be kept and shared by the service unless --private is given (paid keys)."""


def register(commands: Commands) -> None:
    parser = commands.add("scan", "scan files, folders, or standard input", _ABOUT, run, json=False)
    parser.add_argument(
        "files", nargs="*", metavar="FILE", help="file, folder, pattern in quotes, or - for standard input"
    )
    parser.add_argument(
        "--files-from",
        action="append",
        default=[],
        metavar="FILE",
        help="names, one a line; - for standard input",
    )
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="PATTERN", help="leave these files and folders out"
    )
    parser.add_argument("--name", help="name of what comes from standard input")
    parser.add_argument(
        "--no-upload", action="store_true", help="look up hashes only: no file leaves the machine"
    )
    parser.add_argument("--upload", action="store_true", help="upload known files too")
    parser.add_argument("--private", action="store_true", help="private processing (paid keys)")
    parser.add_argument("--rule", action="append", help="multiscan, unarchive, sanitize, dlp or another")
    parser.add_argument("--archive-password", metavar="TEXT", help="password of archives")
    parser.add_argument("--deadline", type=float, metavar="SECONDS", help="longest time for one file (900)")
    form = parser.add_argument_group("output").add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object per line")
    form.add_argument("--sarif", action="store_true", help="SARIF 2.1.0, when all files are through")
    form.add_argument("--junit", action="store_true", help="JUnit XML, when all files are through")
    parser.add_argument("--no-color", action="store_true", help="no colours (NO_COLOR)")


def run(options: argparse.Namespace) -> int:
    if not options.files and not options.files_from:
        say("scan: name a file or a folder, or - for standard input")
        return _exits.USAGE
    if "-" in options.files and (len(options.files) > 1 or options.files_from or options.no_upload):
        say("scan: - stands alone, and cannot be combined with --files-from or --no-upload")
        return _exits.USAGE
    files = Files(options.files, options.files_from, options.exclude)
    kept: list[Finding] = []
    codes: list[int] = []
    whole = options.sarif or options.junit
    shown = collections.Counter[str]()
    terminal = _session.terminal(options)
    with _session.client(options) as client:
        for finding in _findings(client, options, files):
            codes.append(finding.exit_code)
            shown[finding.verdict] += 1
            if whole:
                kept.append(finding)
            elif options.json:
                _session.json_line(finding.facts())
            else:
                _show(terminal, finding)
    if whole:
        _document(options, kept)
    elif not options.json:
        _sum_up(terminal, shown, files)
    return _exits.worst(codes)


def _findings(client: Client, options: argparse.Namespace, files: Files) -> Iterator[Finding]:
    if options.no_upload:
        yield from _by_hash(client, files)
        return
    wishes: dict[str, Any] = {
        "rule": options.rule,
        "archive_password": options.archive_password,
        "private_processing": True if options.private else None,
        "reuse": False if options.upload else None,
    }
    if options.sarif or options.junit or not sys.stdout.isatty():
        wishes["progress"] = True  # on standard error, if that is a terminal; results would come between
    if options.deadline is not None:
        wishes["deadline"] = options.deadline
    if options.files == ["-"]:
        name = options.name or "stdin"
        try:
            with _session.standard_input() as source:
                yield Finding(name, client.file_scan(source, filename=name, **wishes))
        except (MdcloudError, OSError) as error:
            yield Finding(name, error=of_one_file(error))
        return
    for outcome in client.file_scan_many(files, **wishes):
        failed = None if outcome.error is None else of_one_file(outcome.error)
        yield Finding(str(outcome.source), outcome.result, failed)


def _by_hash(client: Client, files: Files) -> Iterator[Finding]:
    """What is known of the files' hashes. A file that cannot be read is told first; the lookup goes on."""
    names: collections.deque[str] = collections.deque()
    unread: collections.deque[Finding] = collections.deque()

    def digests() -> Iterator[str]:
        for name in files:
            try:
                digest = _sha256(name)
            except OSError as error:
                unread.append(Finding(name, error=error))
                continue
            names.append(name)
            yield digest

    for result in client.hash_lookup_many(digests()):
        while unread:
            yield unread.popleft()
        error = None if result.error is None else of_one_file(result.error)
        yield Finding(names.popleft(), result, error)
    yield from unread


def _sha256(name: str) -> str:
    digest = hashlib.sha256()
    with open(name, "rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def _show(terminal: Terminal, finding: Finding) -> None:
    told = safe(finding.summary)
    badge = terminal.badge(finding.verdict)
    terminal.line(f"{badge}  {safe(finding.name)}" + (f"  {terminal.paint(told, 'grey')}" if told else ""))


def _sum_up(terminal: Terminal, shown: collections.Counter[str], files: Files) -> None:
    counted = shown.total() if hasattr(shown, "total") else sum(shown.values())
    if counted > 1 or files.empty:
        parts = [f"{number} {verdict.lower()}" for verdict, number in shown.most_common()]
        if files.empty:
            parts.append(f"{files.empty} empty and left out")
        terminal.line(f"{counted} file{'' if counted == 1 else 's'}: {', '.join(parts)}")


def _document(options: argparse.Namespace, findings: list[Finding]) -> None:
    if options.sarif:
        from ._sarif import document
    else:
        from ._junit import document
    print(document(sorted(findings, key=lambda finding: finding.name)))
