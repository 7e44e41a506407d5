"""JUnit XML: every scanned file is a test case, for build servers."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from . import _exits
from ._terminal import safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ._finding import Finding


def document(findings: Iterable[Finding]) -> str:
    """Infected files fail, what has no verdict or could not be scanned is an error."""
    cases: list[str] = []
    failures = errors = 0
    for finding in findings:
        # XML cannot hold control characters, not even escaped.
        name, told = quoteattr(safe(finding.name)), safe(finding.summary)
        if finding.exit_code == _exits.CLEAN:
            cases.append(f'    <testcase classname="mdcloud.scan" name={name}/>')
            continue
        kind = "failure" if finding.exit_code == _exits.INFECTED else "error"
        failures += kind == "failure"
        errors += kind == "error"
        cases.append(
            f'    <testcase classname="mdcloud.scan" name={name}>\n'
            f"      <{kind} type={quoteattr(finding.verdict)} message={quoteattr(told or finding.verdict)}>"
            f"{escape(told)}</{kind}>\n"
            "    </testcase>"
        )
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    suite = f'  <testsuite name="mdcloud scan" {counts}>\n' + "".join(f"{case}\n" for case in cases)
    return f"{head}<testsuites {counts}>\n{suite}  </testsuite>\n</testsuites>"
