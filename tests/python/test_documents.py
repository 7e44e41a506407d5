"""The commands in the documents, run as they stand there. ``...`` stands for anything."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

import pytest

import mdcloud

ROOT = pathlib.Path(__file__).parent.parent.parent


def blocks(document: str) -> list[list[tuple[str, list[str]]]]:
    """The console blocks: commands, each with the lines that it prints."""
    found = []
    for block in re.findall(r"^```console\n(.*?)^```", (ROOT / document).read_text(), re.M | re.S):
        commands: list[tuple[str, list[str]]] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            else:
                commands[-1][1].append(line)
        found.append(commands)
    return found


def fits(expected: str, real: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, expected.split("..."))), real, re.DOTALL) is not None


def test_the_commands_print_what_the_document_says(
    emulator: mdcloud.Emulator, client: mdcloud.Client, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "invoice.pdf").write_bytes(b"%PDF-1.4\n")
    (tmp_path / "page.html").write_text("<html>Invoice<script>steal()</script></html>")
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "eicar.com").write_bytes(emulator.sample("infected"))
    programs = pathlib.Path(sys.executable).parent  # where `mdcloud` was installed
    if not (programs / "mdcloud").exists():
        pytest.skip("the commands were not tried: there is no `mdcloud` beside this Python")
    environment = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "MDCLOUD_BASE_URL": emulator.base_url,
        "MDCLOUD_API_KEY": emulator.api_key,
    }
    ran = 0
    for commands in blocks("docs/command-line.md"):
        # One shell for a block: `$?` is that of the command before.
        mark = "-- next --"
        script = "\n".join(
            f"{command} 2>&1\n_code=$?; echo '{mark}'; (exit $_code)" for command, _ in commands
        )
        done = subprocess.run(
            ["bash", "-c", script], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )
        for (command, expected), real in zip(commands, done.stdout.split(f"{mark}\n")):
            assert fits("\n".join(expected), real.rstrip("\n")), f"$ {command}\n{real}{done.stderr}"
            ran += 1
    assert ran > 3


def test_the_tests_in_the_tutorial_pass(tmp_path: pathlib.Path) -> None:
    text = (ROOT / "docs/python.md").read_text()
    found = [
        block for block in re.findall(r"^```python\n(.*?)^```", text, re.M | re.S) if "def test_" in block
    ]
    for number, block in enumerate(found):
        (tmp_path / f"test_{number}.py").write_text(block)
    command = [sys.executable, "-m", "pytest", "-q", "--strict-markers", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "5 passed" in done.stdout, done.stdout + done.stderr
