"""``mdcloud doctor`` on a connection with TLS, with certificates made for the occasion."""

from __future__ import annotations

import http.server
import json
import pathlib
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator

import pytest

ssl = pytest.importorskip("ssl", reason="TLS was not looked at: this Python was built without it")

from mdcloud.cli import main  # noqa: E402
from mdcloud.cli._network import proxy_of, redacted  # noqa: E402


class Service(http.server.BaseHTTPRequestHandler):
    """Knows its version, and nothing else."""

    def do_GET(self) -> None:
        body = b'{"version": "1"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def certificates(tmp_path: pathlib.Path) -> pathlib.Path:
    """A root of its own, as a company's proxy has one, and a certificate for this machine."""
    if not shutil.which("openssl"):
        pytest.skip("TLS was not looked at: there is no openssl here to make certificates with")
    (tmp_path / "leaf.ext").write_text("subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n")
    new = "-newkey rsa:2048 -nodes"
    for command in (
        f"req -x509 {new} -keyout root.key -out root.pem -subj /CN=Company-Root -days 9",
        f"req {new} -keyout leaf.key -out leaf.csr -subj /CN=service.test",
        "x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -days 9 -extfile leaf.ext -out leaf.pem",
    ):
        subprocess.run(["openssl", *command.split()], cwd=tmp_path, check=True, capture_output=True)
    return tmp_path


@pytest.fixture
def address(certificates: pathlib.Path) -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "leaf.pem", certificates / "leaf.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://localhost:{server.server_port}/v4"
    server.shutdown()
    server.server_close()


def looked_at(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, tuple[str, str]]:
    main(["doctor", "--json", *options])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {line["check"]: (line["state"], line["text"]) for line in lines}


def test_it_names_who_signed_the_certificate(
    address: str, certificates: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = looked_at(capsys, "--base-url", address, "--ca-file", str(certificates / "root.pem"))
    state, text = found["certificates"]
    assert state == "ok" and "service.test ← Company-Root" in text
    assert found["service"][0] == "ok"


def test_an_unknown_root_is_told_with_what_to_do(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = looked_at(capsys, "--base-url", address)
    assert found["certificates"][0] == "warn"
    assert found["service"][0] == "fail" and "ca_file" in found["service"][1]


def test_the_proxy_is_found_where_the_library_finds_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    service = "https://api.example/v4"
    assert proxy_of(None, service) == (None, "no variable names one")
    monkeypatch.setenv("https_proxy", "http://second:3128")
    assert proxy_of(None, service) == ("http://second:3128", "https_proxy")
    monkeypatch.setenv("ALL_PROXY", "http://first:3128")
    assert proxy_of(None, service) == ("http://first:3128", "ALL_PROXY")
    assert proxy_of("", service)[0] is None
    assert proxy_of(None, "http://127.0.0.1:8/v4")[0] is None
    monkeypatch.setenv("NO_PROXY", "api.example")
    assert proxy_of(None, service)[0] is None


def test_it_says_where_the_ledger_is_and_whether_it_can_be_used(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    assert looked_at(capsys, "--emulator")["ledger"][0] == "ok"
    monkeypatch.setenv("MDCLOUD_QUOTA_STORE", f"file:{tmp_path / 'ledger'}")
    assert looked_at(capsys, "--emulator")["ledger"] == ("ok", f"shared: file:{tmp_path / 'ledger'}")
    with socket.socket() as nobody:  # it has a port, and does not listen
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("MDCLOUD_QUOTA_STORE", f"redis://:secret@127.0.0.1:{nobody.getsockname()[1]}")
        state, text = looked_at(capsys, "--emulator")["ledger"]
    assert state == "warn" and "cannot be used" in text and "secret" not in text


def test_passwords_are_left_out() -> None:
    assert redacted("http://anna:p@ss@proxy:3128") == "http://***@proxy:3128"
    assert redacted("anna:pass@proxy:3128") == "***@proxy:3128"
    assert redacted("redis://:pass@host:6379") == "redis://***@host:6379"
    assert redacted("process") == "process"
