# Made by `cargo xtask stubs` from the library's tables. Do not edit.

from typing import Any

from typing_extensions import disjoint_base

from ._enums import Verdict
from ._errors import MdcloudError

__all__ = [
    "Engine",
    "ExtractedFile",
    "HashResult",
    "KeyInfo",
    "Limits",
    "ProcessInfo",
    "Report",
    "Result",
    "Sanitized",
    "Submission",
]

@disjoint_base
class Result:
    """What all results have: the exact bytes, and the same as plain objects."""

    @property
    def raw(self) -> bytes:
        """The bytes of the answer exactly as received; of a nested result, its part of them."""

    def json(self) -> Any:
        """The answer as plain Python objects."""

    def __hash__(self) -> int: ...

class Report(Result):
    """What the service knows of a file: the state of a scan, then its result."""

    @staticmethod
    def from_json(raw: bytes | bytearray | memoryview | str) -> Report:
        """Reads an answer of the service, for example the body of a webhook."""

    @property
    def data_id(self) -> str | None:
        """Handle of this scan; `file_report` asks for it."""

    @property
    def file_id(self) -> str | None:
        """Handle of the file, for rescans."""

    @property
    def verdict(self) -> Verdict:
        """What the scan found, in one word; Pending until the scan itself is through."""

    @property
    def result_code(self) -> int | None:
        """The service's result code; 0 is clean, 1 infected, and there are codes that nobody has listed."""

    @property
    def result_text(self) -> str | None:
        """The service's text for the result code."""

    @property
    def is_finished(self) -> bool:
        """Whether scan, sanitization and extracted files, as far as they apply, are all through."""

    @property
    def progress(self) -> int | None:
        """Progress of the scan, 0 to 100."""

    @property
    def total_engines(self) -> int | None:
        """How many engines took part."""

    @property
    def detected_engines(self) -> int | None:
        """How many engines found a threat."""

    @property
    def threat_name(self) -> str | None:
        """Name of the threat, as the service sums it up."""

    @property
    def engines(self) -> list[Engine]:
        """The result of every engine, in the order of the answer."""

    @property
    def start_time(self) -> str | None:
        """When the scan began, as the service writes it (usually RFC 3339, UTC)."""

    @property
    def total_time(self) -> int | None:
        """How long the scan took, in milliseconds."""

    @property
    def display_name(self) -> str | None:
        """Name of the file as it was given at the upload. Never use it as a path."""

    @property
    def file_size(self) -> int | None:
        """Size of the file in bytes."""

    @property
    def md5(self) -> str | None:
        """MD5 of the file, upper-case hexadecimal digits."""

    @property
    def sha1(self) -> str | None:
        """SHA-1 of the file, upper-case hexadecimal digits."""

    @property
    def sha256(self) -> str | None:
        """SHA-256 of the file, upper-case hexadecimal digits."""

    @property
    def file_type(self) -> str | None:
        """What kind of file it is, in words."""

    @property
    def file_type_extension(self) -> str | None:
        """The usual extension of such files."""

    @property
    def sanitized(self) -> Sanitized | None:
        """What became of the sanitization, where one was asked for."""

    @property
    def extracted_files(self) -> list[ExtractedFile]:
        """The direct members of an archive, where it was unpacked."""

    @property
    def process_info(self) -> ProcessInfo | None:
        """How the service processed the file."""

class Engine(Result):
    """The result of one engine."""

    @property
    def name(self) -> str | None:
        """Name of the engine. Bulk lookups write underscores for dots in it."""

    @property
    def code(self) -> int | None:
        """The engine's result code, from the same table as `Report.result_code`."""

    @property
    def threat(self) -> str | None:
        """What the engine calls the threat, where it found one."""

    @property
    def definition_time(self) -> str | None:
        """How old the engine's definitions were, as the service writes it (usually RFC 3339, UTC)."""

    @property
    def scan_time(self) -> int | None:
        """How long the engine took, in milliseconds."""

class ProcessInfo(Result):
    """How the service processed a file."""

    @property
    def result(self) -> str | None:
        """`Allowed`, `Blocked` or `Processing`."""

    @property
    def progress(self) -> int | None:
        """0 to 100."""

    @property
    def profile(self) -> str | None:
        """What was done, such as `multiscan_sanitize`."""

    @property
    def blocked_reason(self) -> str | None:
        """Why the file was blocked, for people."""

    @property
    def verdicts(self) -> list[str]:
        """What was found, for people."""

class Sanitized(Result):
    """What became of the sanitization of a file."""

    @property
    def result(self) -> str | None:
        """`Allowed` where there is a clean copy, `Blocked` or `Error` where there is none."""

    @property
    def progress(self) -> int | None:
        """0 to 100."""

    @property
    def reason(self) -> str | None:
        """Why there is no clean copy, for people."""

    @property
    def data_id(self) -> str | None:
        """Handle of the clean copy's own scan."""

    @property
    def file_path(self) -> str | None:
        """Link to the clean copy, good for 24 hours. Whoever has the link can read the file."""

class ExtractedFile(Result):
    """A file that came out of an archive."""

    @property
    def display_name(self) -> str | None:
        """Its path inside the archive. Never use it as a path of your own."""

    @property
    def data_id(self) -> str | None:
        """Handle of its own scan."""

    @property
    def verdict(self) -> Verdict:
        """What its scan found."""

    @property
    def result_code(self) -> int | None:
        """Its result code."""

    @property
    def progress(self) -> int | None:
        """Progress of its scan, 0 to 100."""

    @property
    def file_size(self) -> int | None:
        """Its size in bytes."""

    @property
    def file_type(self) -> str | None:
        """What kind of file it is."""

    @property
    def detected_engines(self) -> int | None:
        """How many engines found a threat in it."""

class Submission(Result):
    """What the service says to an upload: the handle to wait with."""

    @property
    def data_id(self) -> str | None:
        """Handle of the scan; `file_wait` and `file_report` take it."""

    @property
    def file_id(self) -> str | None:
        """Handle of the file, where the service gives it at once."""

    @property
    def status(self) -> str | None:
        """Usually `inqueue`."""

    @property
    def in_queue(self) -> int | None:
        """Length of the queue at that moment."""

    @property
    def queue_priority(self) -> str | None:
        """`normal`, or `high` for paid keys."""

    @property
    def md5(self) -> str | None:
        """MD5 of what the service received, upper-case hexadecimal digits."""

    @property
    def sha1(self) -> str | None:
        """SHA-1 of what the service received, upper-case hexadecimal digits."""

    @property
    def sha256(self) -> str | None:
        """SHA-256 of what the service received, upper-case hexadecimal digits."""

    @property
    def sandbox_id(self) -> str | None:
        """Handle of the sandbox run, where one was accepted."""

class HashResult(Result):
    """What the service knows of one of many hashes."""

    @property
    def hash(self) -> str | None:
        """The hash as it was given."""

    @property
    def data_id(self) -> str | None:
        """Handle of the latest scan; absent where the service does not know the hash."""

    @property
    def is_known(self) -> bool:
        """Whether the service knows the hash. One that it does not know is no error."""

    @property
    def verdict(self) -> Verdict:
        """What the latest scan found; Unknown where the service does not know the hash."""

    @property
    def result_code(self) -> int | None:
        """The service's result code; 5 where it does not know the hash."""

    @property
    def detected_engines(self) -> int | None:
        """How many engines found a threat."""

    @property
    def engines(self) -> list[Engine]:
        """The result of every engine, where details were asked for."""

    @property
    def error(self) -> MdcloudError | None:
        """Why this entry has no answer."""

class KeyInfo(Result):
    """What a key may do."""

    @property
    def nickname(self) -> str | None:
        """Display name of the key's owner."""

    @property
    def is_paid(self) -> bool | None:
        """Whether the key is paid for."""

    @property
    def created_at(self) -> str | None:
        """When the key was made, RFC 3339."""

    @property
    def updated_at(self) -> str | None:
        """When the key was last changed, RFC 3339."""

    @property
    def expiration_date(self) -> str | None:
        """When the paid time ends, RFC 3339; 1970 for free keys."""

    @property
    def time_interval(self) -> str | None:
        """How often the allowances open again, such as `daily`."""

    @property
    def queue(self) -> str | None:
        """The scan queue: `normal` or `high`."""

    @property
    def limit_prevention(self) -> int | None:
        """Uploads, rescans and sanitizations per window."""

    @property
    def limit_reputation(self) -> int | None:
        """Lookups per window."""

    @property
    def limit_sandbox(self) -> int | None:
        """Sandbox runs per window."""

    @property
    def limit_feed(self) -> int | None:
        """Depth of the feeds in entries."""

    @property
    def throttling_limit(self) -> int | None:
        """The service's figure for the throttle; its unit is not documented."""

    @property
    def max_upload_file_size(self) -> int | None:
        """Largest file, in megabytes."""

    @property
    def max_archive_file_size(self) -> int | None:
        """Largest archive, in megabytes."""

    @property
    def max_archive_file_number(self) -> int | None:
        """Most files in an archive."""

    @property
    def max_archive_file_depth(self) -> int | None:
        """Deepest nesting of archives."""

    @property
    def enforce_private_scan(self) -> bool | None:
        """Whether only private scans are allowed."""

class Limits(Result):
    """Amounts per family: used, or left, as the operation says."""

    @property
    def amounts(self) -> dict[str, int]:
        """Every amount by the service's name for the family."""

    @property
    def prevention_api(self) -> int | None:
        """Uploads, rescans and sanitizations."""

    @property
    def reputation_api(self) -> int | None:
        """Lookups."""

    @property
    def analysis_api(self) -> int | None:
        """Analyses."""

    @property
    def sandbox_api(self) -> int | None:
        """Sandbox runs."""

    @property
    def feed_api(self) -> int | None:
        """Feed entries."""

    @property
    def download_file(self) -> int | None:
        """Sample downloads."""

    @property
    def throttling_limit(self) -> int | None:
        """The service's figure for the throttle; its unit is not documented."""
