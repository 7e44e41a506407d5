"""The command ``mdcloud``: what it prints, and what its exit code means."""

from __future__ import annotations

import io
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import xml.etree.ElementTree as xml

import pytest

import mdcloud
from mdcloud.cli import main

KEY = "0123456789abcdefsecret0123456789"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> mdcloud.Emulator:
    """An emulator that the command finds in the environment, as it would find the service."""
    emulator = mdcloud.Emulator(scan_time=0, api_key=KEY)
    monkeypatch.setenv("MDCLOUD_BASE_URL", emulator.base_url)
    monkeypatch.setenv("MDCLOUD_API_KEY", KEY)
    return emulator


@pytest.fixture
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """Files of every kind, in the current folder."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "clean.txt").write_bytes(mdcloud.Emulator.sample("clean"))
    (tmp_path / "sub" / "bad.com").write_bytes(mdcloud.Emulator.sample("infected"))
    (tmp_path / "sub" / "empty").touch()
    (tmp_path / "link").symlink_to("/etc/passwd")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def json_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


def verdicts(text: str) -> dict[object, object]:
    return {line["file"]: line["verdict"] for line in json_lines(text)}


# -- exit codes: one meaning each


def test_a_clean_file_is_0_and_a_threat_is_1(
    service: mdcloud.Emulator, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "clean.txt"]) == 0
    assert main(["scan", "clean.txt", "sub/bad.com"]) == 1
    out = capsys.readouterr().out
    assert "CLEAN" in out and "INFECTED" in out and "2 files: " in out
    assert "\x1b" not in out, "no colours where nobody looks at a terminal"


@pytest.mark.parametrize("kind", ["encrypted", "aborted"])
def test_a_file_that_could_not_be_looked_into_is_3_and_never_0(
    service: mdcloud.Emulator, folder: pathlib.Path, kind: str
) -> None:
    (folder / "odd").write_bytes(service.sample(kind))
    assert main(["scan", "clean.txt", "odd"]) == 3


def test_a_scan_that_does_not_end_in_time_is_3(service: mdcloud.Emulator, folder: pathlib.Path) -> None:
    (folder / "slow").write_bytes(service.sample("unfinished"))
    assert main(["scan", "slow", "--deadline", "0.3"]) == 3


def test_a_used_up_quota_is_4(folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with mdcloud.Emulator(scene="exhausted", api_key=KEY) as emulator:
        monkeypatch.setenv("MDCLOUD_BASE_URL", emulator.base_url)
        monkeypatch.setenv("MDCLOUD_API_KEY", KEY)
        assert main(["scan", "clean.txt", "--max-wait", "0"]) == 4
        assert main(["hash", "0" * 64, "--max-wait", "0"]) == 4
    with mdcloud.Emulator(allowances={"prevention_api": 1}, scan_time=0, api_key=KEY) as emulator:
        monkeypatch.setenv("MDCLOUD_BASE_URL", emulator.base_url)
        assert main(["quota"]) == 0
        assert main(["scan", "clean.txt"]) == 0
        assert main(["quota"]) == 4


def test_a_missing_file_an_outage_and_a_refused_key_are_5(
    service: mdcloud.Emulator, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "clean.txt", "not-there"]) == 5
    service.fault("code", 500000, count=99)
    assert main(["key"]) == 5
    service.reset()
    service.fault("code", 401006, count=99)
    assert main(["scan", *["clean.txt"] * 40]) == 5
    assert len(service.requests()) < 20, "a refused key is not tried with every file"
    assert "invalid" in capsys.readouterr().err.lower()


def test_a_threat_counts_more_than_an_error(service: mdcloud.Emulator, folder: pathlib.Path) -> None:
    assert main(["scan", "not-there", "sub/bad.com"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["scan"],
        ["scan", "-", "clean.txt"],
        ["scn"],
        ["scan", "x", "--json", "--sarif"],
        ["ip", "--nothing"],
        ["scan", "clean.txt", "--max-wait", "-1"],
        ["quota", "--base-url", "ftp://nowhere"],
        ["quota", "--key-file", "/dev/null"],
        ["feed", "infected", "--date", "yesterday"],
    ],
)
def test_arguments_that_are_not_understood_are_2_and_send_nothing(
    service: mdcloud.Emulator, wrong: list[str]
) -> None:
    assert main(wrong) == 2
    assert service.requests() == []


# -- what is scanned


def test_of_a_folder_links_and_empty_files_stay_at_home(
    service: mdcloud.Emulator, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "."]) == 1
    out = capsys.readouterr().out
    assert "1 empty and left out" in out and "link" not in out
    assert sum(request.method == "POST" for request in service.requests()) == 2


def test_patterns_lists_and_exclusions(
    service: mdcloud.Emulator,
    folder: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    main(["scan", "**/*.com", "--json"])
    assert verdicts(capsys.readouterr().out) == {"sub/bad.com": "INFECTED"}
    main(["scan", ".", "--exclude", "*.com", "--json"])
    assert verdicts(capsys.readouterr().out) == {"./clean.txt": "CLEAN"}
    monkeypatch.setattr("sys.stdin", io.StringIO("clean.txt\n\n# not this\nsub/bad.com\n"))
    main(["scan", "--files-from", "-", "--json"])
    assert verdicts(capsys.readouterr().out) == {"clean.txt": "CLEAN", "sub/bad.com": "INFECTED"}


def test_no_upload_sends_hashes_only(
    service: mdcloud.Emulator, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", "sub/bad.com"]) == 1
    service.reset()
    capsys.readouterr()
    assert main(["scan", ".", "not-there", "--no-upload", "--json"]) == 1
    found = {"./clean.txt": "UNKNOWN", "./sub/bad.com": "INFECTED", "not-there": "ERROR"}
    assert verdicts(capsys.readouterr().out) == found
    assert [request.path for request in service.requests()] == ["/v4/hash"]


def test_standard_input_is_a_file(service: mdcloud.Emulator) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mdcloud", "scan", "-", "--name", "mail.eml", "--json"],
        input=service.sample("infected"),
        capture_output=True,
    )
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["file"] == "mail.eml"


# -- what is printed


def test_a_name_cannot_reach_the_terminal_as_a_control_sequence(
    service: mdcloud.Emulator, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = "a\x1b[2J\u202egpj\n.exe"
    (folder / evil).write_bytes(service.sample("infected"))
    (folder / os.fsdecode(b"latin\xe9")).write_bytes(b"x")
    for form in ([], ["--json"], ["--junit"], ["--sarif"]):
        assert main(["scan", ".", *form]) == 1
        out = capsys.readouterr().out
        assert not {"\x1b", "\u202e", "\r"} & set(out), form
        if form == ["--junit"]:
            cases = [case.get("name", "") for case in xml.fromstring(out.encode()).iter("testcase")]
            assert any("\\x1b[2J\\u202egpj\\n.exe" in name for name in cases)


def test_sarif_has_a_result_for_what_is_not_clean_and_a_notification_for_what_failed(
    service: mdcloud.Emulator, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "a b#c.com").write_bytes(service.sample("infected") + b"2")
    main(["scan", "clean.txt", "./sub/bad.com", "a b#c.com", "not-there", "--sarif"])
    run = json.loads(capsys.readouterr().out)["runs"][0]
    where = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]
    ]
    assert where == ["sub/bad.com", "a%20b%23c.com"]
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in run["results"]} == {"infected"} <= rules
    invocation = run["invocations"][0]
    assert not invocation["executionSuccessful"]
    assert "not-there" in invocation["toolExecutionNotifications"][0]["message"]["text"]


def test_junit_counts_threats_as_failures(
    service: mdcloud.Emulator, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["scan", "clean.txt", "sub/bad.com", "not-there", "--junit"])
    suite = xml.fromstring(capsys.readouterr().out.encode())[0]
    assert [suite.get(count) for count in ("tests", "failures", "errors")] == ["3", "1", "1"]


def test_lookups_keep_the_order_and_take_standard_input(
    service: mdcloud.Emulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{'1' * 32}  a file\n"))
    assert main(["hash", "0" * 64, "-", "--json"]) == 3
    assert [line["hash"] for line in json_lines(capsys.readouterr().out)] == ["0" * 64, "1" * 32]
    assert main(["hash", "nonsense"]) == 5
    capsys.readouterr()
    assert main(["ip", "203.0.113.7", "198.51.100.1", "--json"]) == 1
    assert [line["listed"] for line in json_lines(capsys.readouterr().out)[-2:]] == [True, False]
    assert main(["domain", "harmless.example"]) == 0
    assert main(["url", "https://harmless.example/x"]) == 0


def test_the_key_never_shows(
    service: mdcloud.Emulator,
    folder: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://anna:hunter2@proxy.example:3128")
    (folder / "key").write_text(KEY)
    service.fault("code", 500000, path="/file", count=1)
    shown = ""
    for line in (
        "key --json",
        "key",
        "quota",
        "doctor",
        "doctor --json",
        "scan clean.txt --key-file key",
        "doctor --proxy http://anna:hunter2@127.0.0.1:1",
        "completion bash",
    ):
        main(line.split())
        captured = capsys.readouterr()
        shown += captured.out + captured.err
    assert "quiet_emulator" in shown, "what the key may do is shown"
    assert KEY not in shown and "hunter2" not in shown


def test_doctor_tells_what_is_wrong(
    service: mdcloud.Emulator, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def states() -> dict[object, object]:
        return {line["check"]: line["state"] for line in json_lines(capsys.readouterr().out)}

    assert main(["doctor", "--json"]) == 0
    assert set(states().values()) == {"ok"}
    service.fault("headers", {"date": "Thu, 01 Jan 2015 00:00:00 GMT"}, path="/status/version")
    main(["doctor", "--json"])
    assert states()["clock"] == "warn"
    service.fault("code", 401006, path="/apikey")
    assert main(["doctor", "--json"]) == 5
    assert states()["key"] == "fail"
    assert sum("/apikey" in request.path for request in service.requests()) <= 5
    monkeypatch.delenv("MDCLOUD_API_KEY")
    assert main(["doctor", "--json"]) == 5


def test_the_rest_of_the_commands(
    service: mdcloud.Emulator, folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "page.html").write_text("<html><script>steal()</script></html>")
    assert main(["sanitize", "page.html", "-o", "clean.html"]) == 0
    assert "script" not in (folder / "clean.html").read_text()
    assert main(["sanitize", "page.html", "-o", "clean.html"]) == 2, "nothing is written over"
    assert main(["webhook", "bzI2MDMxMUxaNVNtVlJRUg"]) == 3, "the service does not know it"
    assert main(["webhook"]) == 0
    assert main(["feed", "infected", "--json"]) == 0
    assert len(json_lines(capsys.readouterr().out.partition("hours\n")[2])) == 1000


def test_the_first_verdict_needs_neither_a_key_nor_a_network(
    folder: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    assert "INFECTED" in out and "try again in" in out
    assert main(["scan", "sub/bad.com", "--emulator"]) == 1


# -- as a process


def test_ctrl_c_ends_a_scan_at_once_and_without_a_traceback(folder: pathlib.Path) -> None:
    with mdcloud.Emulator(scene="never_finished") as emulator:
        environment = {
            **os.environ,
            "MDCLOUD_BASE_URL": emulator.base_url,
            "MDCLOUD_API_KEY": emulator.api_key,
        }
        command = [sys.executable, "-m", "mdcloud", "scan", "."]
        child = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        while not any(request.method == "POST" for request in emulator.requests()):
            assert child.poll() is None
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=30)
    assert child.returncode == 130
    assert told == "mdcloud: interrupted\n"


def test_verbose_tells_each_request_and_no_key(service: mdcloud.Emulator, folder: pathlib.Path) -> None:
    command = [sys.executable, "-m", "mdcloud", "scan", "clean.txt", "-v"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("CLEAN")
    assert "POST /file" in done.stderr and KEY not in done.stderr


def test_a_reader_that_stops_early_is_no_error_of_ours(folder: pathlib.Path) -> None:
    command = f"{sys.executable} -m mdcloud feed infected --emulator | head -n 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr


def test_the_emulator_serves_other_programs_until_it_is_ended() -> None:
    command = [
        sys.executable,
        "-m",
        "mdcloud",
        "emulator",
        "--set",
        "scan_time=0ms",
        "--scene",
        "paid",
        "--json",
    ]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    told = json.loads(child.stdout.readline())
    with mdcloud.Client(told["api_key"], base_url=told["base_url"]) as client:
        assert client.apikey_info().is_paid
    child.terminate()
    assert child.wait(timeout=30) == 0


def test_bash_completes_commands_and_options(tmp_path: pathlib.Path) -> None:
    script = """
eval "$(%s -m mdcloud completion bash)"
COMP_WORDS=(mdcloud sc); COMP_CWORD=1; _mdcloud; echo "${COMPREPLY[@]}"
COMP_WORDS=(mdcloud scan --sa); COMP_CWORD=2; _mdcloud; echo "${COMPREPLY[@]}"
COMP_WORDS=(mdcloud feed fa); COMP_CWORD=2; _mdcloud; echo "${COMPREPLY[@]}"
"""
    done = subprocess.run(["bash", "-c", script % sys.executable], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["scan", "--sarif", "false-positives"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_take_their_completion(shell: str, folder: pathlib.Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"its completion was not tried: there is no {shell} here")
    made = subprocess.run(
        [sys.executable, "-m", "mdcloud", "completion", shell], capture_output=True, check=True
    )
    (folder / "script").write_bytes(made.stdout)
    ask = {
        "zsh": "autoload -Uz compinit; compinit -u -D; source ./script; print $_comps[mdcloud]",
        "fish": "source ./script; complete -C 'mdcloud scan --sa'",
    }[shell]
    done = subprocess.run([shell, "-c", ask], capture_output=True, text=True)
    assert done.stdout.split()[:1] == {"zsh": ["_mdcloud"], "fish": ["--sarif"]}[shell], done.stderr


def test_colours_are_for_terminals_and_can_be_left_out() -> None:
    import pty

    def shown(*options: str, **variables: str) -> str:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "mdcloud", "ip", "203.0.113.7", "--emulator", *options]
        environment = {**os.environ, "TERM": "xterm", "NO_COLOR": "", **variables}
        subprocess.run(command, stdout=theirs, stderr=subprocess.DEVNULL, env=environment)
        os.close(theirs)
        text = os.read(ours, 10_000).decode()
        os.close(ours)
        return text

    assert "\x1b[31mLISTED" in shown()
    assert "\x1b" not in shown(NO_COLOR="1") + shown(TERM="dumb") + shown("--no-color")
