"""Beyond scanning, in one tour: a sanitized file, a callback, and what is known of an address.

Runs against the emulator of the package: no key and no network are needed. Prints one line each.
"""

from __future__ import annotations

import http.server
import json
import tempfile
import threading
import time
from pathlib import Path

import mdcloud


class Receiver(http.server.BaseHTTPRequestHandler):
    """Takes the callback that the service posts when a scan is finished."""

    reports: list[mdcloud.Report] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.reports.append(mdcloud.Report.from_json(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def sanitize(client: mdcloud.Client) -> None:
    page = b"<html><body>Invoice<script>steal()</script></body></html>"
    with tempfile.TemporaryDirectory() as folder:
        clean = Path(folder) / "clean.html"
        report = client.file_sanitize(page, clean, filename="invoice.html")
        assert report.sanitized is not None
        gone = b"<script>" not in clean.read_bytes()
        print(
            f"sanitized   {report.sanitized.result}: {len(page)} bytes in, {clean.stat().st_size} out, script gone: {gone}"
        )


def callback(client: mdcloud.Client) -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/done"
    submission = client.file_submit(b"call me back", filename="note.txt", callback_url=url)
    while not Receiver.reports:
        time.sleep(0.05)
    # No signature comes with a callback: what it says is asked again before it is believed.
    report = client.file_report(submission.data_id or "")
    status = delivery(client, submission.data_id or "")
    print(f"webhook     {report.verdict.name}, delivered with status {status.status_code}")
    server.shutdown()
    server.server_close()


def delivery(client: mdcloud.Client, data_id: str) -> mdcloud.WebhookStatus:
    """How the callback was delivered; the service notes it a moment after we have answered."""
    for _ in range(50):
        try:
            return client.webhook_status(data_id)
        except mdcloud.NotFoundError:
            time.sleep(0.1)
    return client.webhook_status(data_id)


def reputation(client: mdcloud.Client) -> None:
    for result in client.ip_lookup_many(["203.0.113.7", "198.51.100.1"]):
        by = [source.provider for source in result.sources if source.assessment]
        print(
            f"reputation  {result.address}: {'listed by ' + ', '.join(map(str, by)) if result.is_listed else 'not listed'}"
        )


def archive(client: mdcloud.Client) -> None:
    import io
    import zipfile

    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "nothing to see here")
        archive.writestr(
            "eicar.com", "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
        )
    report = client.file_scan(packed.getvalue(), filename="parcel.zip", rule=["multiscan", "unarchive"])
    inside = {
        str(entry.file.display_name): entry.file.verdict.name
        for entry in client.file_tree(report.data_id or "")
        if entry.file
    }
    print(f"archive     {report.verdict.name}: {json.dumps(inside)}")


def main() -> None:
    with mdcloud.Emulator(paid=True) as emulator, emulator.client() as client:
        sanitize(client)
        callback(client)
        reputation(client)
        archive(client)


if __name__ == "__main__":
    main()
