# Made by `cargo xtask stubs` from the library's tables. Do not edit.

from collections.abc import Iterator
from typing import Any, overload

from typing_extensions import Unpack, disjoint_base

from ._enums import Verdict
from ._errors import MdcloudError
from ._options import CallOptions

__all__ = [
    "ApkManifest",
    "ApkPermission",
    "AppEntry",
    "AppInfo",
    "Engine",
    "Exif",
    "ExtractedFile",
    "FeedEntry",
    "FeedPage",
    "GeoInfo",
    "HashResult",
    "KeyInfo",
    "Limits",
    "PastScan",
    "PeImport",
    "PeInfo",
    "PeSection",
    "Plan",
    "PlannedFile",
    "ProcessInfo",
    "Report",
    "Reputation",
    "ReputationSource",
    "RescanResult",
    "Result",
    "SandboxReport",
    "SandboxSubmission",
    "Sanitized",
    "ScanHistory",
    "ScanSummaries",
    "ScanSummary",
    "Submission",
    "WebhookStatus",
    "WebhookStatuses",
]

@disjoint_base
class Result:
    """What all results have: the exact bytes, and the same as plain objects."""

    @property
    def raw(self) -> bytes:
        """The bytes of the answer exactly as received; of a nested result, its part of them."""

    def json(self) -> Any:
        """The answer as plain Python objects."""

    def to_dict(self) -> dict[str, Any]:
        """The typed fields as plain Python objects, nested ones too: verdicts by their names, an error by its text."""

    def _repr_html_(self) -> str: ...
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
    def blocked_reasons(self) -> list[str]:
        """Everything that spoke for blocking it, for people."""

    @property
    def verdicts(self) -> list[str]:
        """What was found, for people."""

    @property
    def actions_ran(self) -> str | None:
        """What was done to the file afterwards, such as `Sanitized`; several are separated by `|`."""

    @property
    def actions_failed(self) -> str | None:
        """What could not be done to it."""

    @property
    def converted_to(self) -> str | None:
        """Kind of file that it was converted to."""

    @property
    def converted_destination(self) -> str | None:
        """Name of the converted file. Never use it as a path."""

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

    @property
    def verdict(self) -> Verdict:
        """What its scan found."""

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

    @property
    def sandbox_error_code(self) -> int | None:
        """The service's code where the scan was accepted and the sandbox run refused."""

    @property
    def sandbox_error_messages(self) -> list[str]:
        """Why the sandbox run was refused, for people."""

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
    """What a key may do. The answer holds the key itself, so do not log its bytes."""

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
    def sandbox_queue(self) -> str | None:
        """The sandbox queue: `normal` or `high`."""

    @property
    def scan_with(self) -> str | None:
        """Back end that the key uses: `mdaas` or `mdcore`."""

    @property
    def limit_prevention(self) -> int | None:
        """Uploads, rescans and sanitizations per window."""

    @property
    def limit_reputation(self) -> int | None:
        """Lookups per window."""

    @property
    def limit_analysis(self) -> int | None:
        """Analyses per window."""

    @property
    def limit_sandbox(self) -> int | None:
        """Sandbox runs per window."""

    @property
    def limit_feed(self) -> int | None:
        """Depth of the feeds in entries."""

    @property
    def limit_threat_intel_search(self) -> int | None:
        """Searches in threat intelligence per window."""

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
    def max_file_download(self) -> int | None:
        """Largest sample download; the unit is not documented."""

    @property
    def enforce_private_scan(self) -> bool | None:
        """Whether only private scans are allowed."""

    @property
    def is_enterprise(self) -> bool | None:
        """Whether the key belongs to an enterprise licence."""

    @property
    def mtls_only(self) -> bool | None:
        """Whether the key works with mutual TLS only."""

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

class Plan(Result):
    """What scanning a set of files would take of the quota: how much fits now, how much after the next reset,
    and what lookups may save. A number that depends on something unknown is absent."""

    @property
    def files(self) -> list[PlannedFile]:
        """The files, in the order of the sources."""

    @property
    def distinct(self) -> int | None:
        """Files that can be scanned: readable, not too large, each content once."""

    @property
    def bytes(self) -> int | None:
        """Their bytes in all."""

    @property
    def known(self) -> int | None:
        """Of these, files that the service is known to have a result for. Absent unless lookups were allowed."""

    @property
    def uploads(self) -> int | None:
        """Uploads that scanning takes at most: one for each distinct file that is not known."""

    @property
    def lookups(self) -> int | None:
        """Lookups that scanning would make first, each of which may save an upload."""

    @property
    def uploads_now(self) -> int | None:
        """Uploads that fit into what is left now."""

    @property
    def uploads_after_reset(self) -> int | None:
        """Of the rest, uploads that fit after the next reset."""

    @property
    def uploads_later(self) -> int | None:
        """Uploads that fit neither now nor after the next reset."""

    @property
    def resets_in(self) -> float | None:
        """Seconds until the Prevention allowance is full again."""

    @property
    def lookups_now(self) -> int | None:
        """Lookups that fit into what is left now."""

    @property
    def lookups_reset_in(self) -> float | None:
        """Seconds until the Reputation allowance is full again."""

    @property
    def throttle_seconds(self) -> float | None:
        """Seconds that the throttle makes the uploads which fit now take, at least."""

class PlannedFile(Result):
    """One file of a plan."""

    @property
    def index(self) -> int | None:
        """Its place among the sources, from 0."""

    @property
    def name(self) -> str | None:
        """Its name, without folders; absent for bytes and streams."""

    @property
    def size(self) -> int | None:
        """Its size in bytes; absent where it could not be read."""

    @property
    def sha256(self) -> str | None:
        """SHA-256 of its content, lower-case hexadecimal digits."""

    @property
    def duplicate_of(self) -> int | None:
        """The place of an earlier source with the same content."""

    @property
    def is_known(self) -> bool | None:
        """Whether the service has a result. Absent unless lookups were allowed."""

    @property
    def result_code(self) -> int | None:
        """The service's result code, where it has a result."""

    @property
    def fits_now(self) -> bool | None:
        """Whether its upload fits into what is left now; the first come first."""

    @property
    def problem(self) -> str | None:
        """Why it cannot be scanned: unreadable, or larger than the key allows."""

    @property
    def verdict(self) -> Verdict:
        """What the service has found, where it has a result."""

class ScanSummaries(Result):
    """Files uploaded with a key, newest first."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[ScanSummary]: ...
    @overload
    def __getitem__(self, index: int) -> ScanSummary: ...
    @overload
    def __getitem__(self, index: slice) -> list[ScanSummary]: ...

    @property
    def entries(self) -> list[ScanSummary]:
        """The files."""

class ScanSummary(Result):
    """One uploaded file, in short."""

    @property
    def data_id(self) -> str | None:
        """Handle of the scan."""

    @property
    def display_name(self) -> str | None:
        """Name of the file as it was given. Never use it as a path."""

    @property
    def md5(self) -> str | None:
        """MD5, upper-case hexadecimal digits."""

    @property
    def sha1(self) -> str | None:
        """SHA-1, upper-case hexadecimal digits."""

    @property
    def sha256(self) -> str | None:
        """SHA-256, upper-case hexadecimal digits."""

    @property
    def file_type_extension(self) -> str | None:
        """The usual extension of such files."""

    @property
    def result_code(self) -> int | None:
        """The service's result code."""

    @property
    def start_time(self) -> str | None:
        """When the scan began, RFC 3339."""

    @property
    def total_engines(self) -> int | None:
        """How many engines took part."""

    @property
    def detected_engines(self) -> int | None:
        """How many engines found a threat."""

    @property
    def sanitized_result(self) -> str | None:
        """What became of the sanitization."""

    @property
    def scan_with(self) -> str | None:
        """Back end that scanned: `mdaas` or `mdcore`."""

    @property
    def verdict(self) -> Verdict:
        """What the scan found."""

class ScanHistory(Result):
    """Earlier scans of a file, oldest first."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[PastScan]: ...
    @overload
    def __getitem__(self, index: int) -> PastScan: ...
    @overload
    def __getitem__(self, index: slice) -> list[PastScan]: ...

    @property
    def md5(self) -> str | None:
        """MD5, upper-case hexadecimal digits."""

    @property
    def sha1(self) -> str | None:
        """SHA-1, upper-case hexadecimal digits."""

    @property
    def sha256(self) -> str | None:
        """SHA-256, upper-case hexadecimal digits."""

    @property
    def entries(self) -> list[PastScan]:
        """The scans."""

class PastScan(Result):
    """One earlier scan of a file."""

    @property
    def data_id(self) -> str | None:
        """Handle of the scan."""

    @property
    def result_code(self) -> int | None:
        """The service's result code."""

    @property
    def start_time(self) -> str | None:
        """When the scan began, RFC 3339."""

    @property
    def total_engines(self) -> int | None:
        """How many engines took part."""

    @property
    def detected_engines(self) -> int | None:
        """How many engines found a threat."""

    @property
    def total_time(self) -> int | None:
        """How long it took, in milliseconds."""

    @property
    def verdict(self) -> Verdict:
        """What the scan found."""

class WebhookStatus(Result):
    """How the delivery of a finished result to its callback went."""

    @property
    def url(self) -> str | None:
        """Where the service posted to."""

    @property
    def status_code(self) -> int | None:
        """The HTTP status that the receiver answered, or the service's code for why there was none."""

    @property
    def data_id(self) -> str | None:
        """Handle of the scan."""

    @property
    def request_time(self) -> str | None:
        """When it was posted, RFC 3339."""

    @property
    def is_delivered(self) -> bool:
        """Whether the receiver took it: a status from 200 to 299."""

class WebhookStatuses(Result):
    """All deliveries of the last 12 hours."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[WebhookStatus]: ...
    @overload
    def __getitem__(self, index: int) -> WebhookStatus: ...
    @overload
    def __getitem__(self, index: slice) -> list[WebhookStatus]: ...

    @property
    def entries(self) -> list[WebhookStatus]:
        """The deliveries."""

class Reputation(Result):
    """What sources say of an address, a URL or a domain."""

    @property
    def address(self) -> str | None:
        """What was asked for: in a bulk lookup as it was given, else as the service writes it."""

    @property
    def is_listed(self) -> bool:
        """Whether at least one source lists it."""

    @property
    def detected_by(self) -> int | None:
        """How many sources list it."""

    @property
    def start_time(self) -> str | None:
        """When the sources were asked, RFC 3339."""

    @property
    def sources(self) -> list[ReputationSource]:
        """What each source says."""

    @property
    def geo(self) -> GeoInfo | None:
        """Where an IP address is; absent for URLs and domains."""

    @property
    def error(self) -> MdcloudError | None:
        """Why this entry has no answer."""

class ReputationSource(Result):
    """What one source says."""

    @property
    def provider(self) -> str | None:
        """Name of the source."""

    @property
    def assessment(self) -> str | None:
        """What it calls the address; absent where it knows nothing."""

    @property
    def detect_time(self) -> str | None:
        """When it first saw the address, as it writes it."""

    @property
    def update_time(self) -> str | None:
        """When it last changed, as it writes it."""

    @property
    def status(self) -> int | None:
        """0 knows nothing, 1 lists it; others occur."""

class GeoInfo(Result):
    """Where an address is. Any part may be missing."""

    @property
    def continent_code(self) -> str | None:
        """Code of the continent, such as `EU`."""

    @property
    def continent(self) -> str | None:
        """Name of the continent."""

    @property
    def country_code(self) -> str | None:
        """ISO code of the country."""

    @property
    def country(self) -> str | None:
        """Name of the country."""

    @property
    def city(self) -> str | None:
        """Name of the city."""

    @property
    def latitude(self) -> float | None:
        """Degrees north."""

    @property
    def longitude(self) -> float | None:
        """Degrees east."""

    @property
    def registered_country_code(self) -> str | None:
        """ISO code of the country that the address is registered in."""

    @property
    def subdivision(self) -> str | None:
        """Name of the first subdivision."""

class SandboxSubmission(Result):
    """What the service says to a sandbox submission: the handle to wait with."""

    @property
    def sandbox_id(self) -> str | None:
        """Handle of the run; `sandbox_wait` and `sandbox_report` take it."""

    @property
    def data_id(self) -> str | None:
        """Handle of the file's scan, for files."""

    @property
    def status(self) -> str | None:
        """Usually `inqueue`."""

    @property
    def in_queue(self) -> int | None:
        """Length of the queue at that moment."""

    @property
    def queue_priority(self) -> str | None:
        """`normal`, or `high` for paid keys."""

class SandboxReport(Result):
    """State of a sandbox run, then its result."""

    @property
    def sandbox_id(self) -> str | None:
        """Handle of the run."""

    @property
    def data_id(self) -> str | None:
        """Handle of the file's scan, for files."""

    @property
    def md5(self) -> str | None:
        """MD5 of the file."""

    @property
    def sha1(self) -> str | None:
        """SHA-1 of the file."""

    @property
    def sha256(self) -> str | None:
        """SHA-256 of the file."""

    @property
    def verdict(self) -> str | None:
        """What the run found: `MALICIOUS`, `LIKELY_MALICIOUS`, `SUSPICIOUS`, `UNKNOWN`, `INFORMATIONAL`, `NO_THREAT`, `BENIGN`, or others."""

    @property
    def threat_level(self) -> float | None:
        """How grave it is, 0 to 1."""

    @property
    def confidence(self) -> float | None:
        """How sure the sandbox is, 0 to 1."""

    @property
    def is_blocked(self) -> bool | None:
        """Whether the service would block the file."""

    @property
    def result_code(self) -> int | None:
        """The service's result code."""

    @property
    def store_link(self) -> str | None:
        """Link to the stored report. Whoever has it can read the report: do not log it."""

    @property
    def json_link(self) -> str | None:
        """Link to the full report as JSON. Whoever has it can read the report: do not log it."""

    @property
    def pdf_link(self) -> str | None:
        """Link to the full report as PDF. Whoever has it can read the report: do not log it."""

    @property
    def html_link(self) -> str | None:
        """Link to the full report as HTML. Whoever has it can read the report: do not log it."""

    @property
    def is_finished(self) -> bool:
        """Whether the run is through and there is a result."""

class FeedPage(Result):
    """One page of a feed, at most 1,000 entries."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[FeedEntry]: ...
    @overload
    def __getitem__(self, index: int) -> FeedEntry: ...
    @overload
    def __getitem__(self, index: slice) -> list[FeedEntry]: ...

    def all_pages(self, **options: Unpack[CallOptions]) -> Iterator[FeedPage]:
        """This page and all behind it, each asked for when it is taken; options override those of the first call."""

    @property
    def from_time(self) -> str | None:
        """Begin of the time that the page covers, RFC 3339."""

    @property
    def to_time(self) -> str | None:
        """End of the time that the page covers, RFC 3339."""

    @property
    def length(self) -> int | None:
        """How many entries the service says that there are."""

    @property
    def entries(self) -> list[FeedEntry]:
        """The entries."""

class FeedEntry(Result):
    """One file of a feed."""

    @property
    def data_id(self) -> str | None:
        """Handle of the scan."""

    @property
    def md5(self) -> str | None:
        """MD5, upper-case hexadecimal digits."""

    @property
    def sha1(self) -> str | None:
        """SHA-1, upper-case hexadecimal digits."""

    @property
    def sha256(self) -> str | None:
        """SHA-256, upper-case hexadecimal digits."""

    @property
    def threat_name(self) -> str | None:
        """Name of the threat."""

    @property
    def start_time(self) -> str | None:
        """When the scan began, RFC 3339."""

    @property
    def total_engines(self) -> int | None:
        """How many engines took part."""

    @property
    def detected_engines(self) -> int | None:
        """How many engines found a threat."""

    @property
    def result_code(self) -> int | None:
        """The service's result code."""

    @property
    def file_type_extension(self) -> str | None:
        """The usual extension of such files."""

    @property
    def file_type_category(self) -> str | None:
        """Kind of file as one letter, such as E for executables."""

    @property
    def detected_by(self) -> list[str]:
        """Names of the engines that found a threat; partner feeds only."""

    @property
    def rank(self) -> int | None:
        """Place in the list of the most frequent; legacy feed only."""

    @property
    def download_link(self) -> str | None:
        """Link to the sample; partner feeds only."""

    @property
    def page_link(self) -> str | None:
        """Page of the service about the file."""

class RescanResult(Result):
    """What became of one file of a bulk rescan."""

    @property
    def file_id(self) -> str | None:
        """Handle of the file, as it was given."""

    @property
    def data_id(self) -> str | None:
        """Handle of the new scan."""

    @property
    def in_queue(self) -> int | None:
        """Length of the queue at that moment."""

    @property
    def queue_priority(self) -> str | None:
        """`normal`, or `high` for paid keys."""

    @property
    def error(self) -> MdcloudError | None:
        """Why this file was not taken."""

class PeInfo(Result):
    """The inside of a Windows executable. Addresses are texts, as the service writes them."""

    @property
    def imphash(self) -> str | None:
        """Hash of the imports."""

    @property
    def pehash(self) -> str | None:
        """Hash of the structure."""

    @property
    def machine_type(self) -> str | None:
        """Machine, such as `AMD64`."""

    @property
    def compilation_time(self) -> str | None:
        """When it was compiled, as the file says."""

    @property
    def pe_type(self) -> str | None:
        """`PE32` or `PE32+`."""

    @property
    def entry_point(self) -> str | None:
        """Where it begins to run."""

    @property
    def subsystem(self) -> str | None:
        """What kind of program it is."""

    @property
    def image_size(self) -> int | None:
        """Size in memory in bytes."""

    @property
    def company_name(self) -> str | None:
        """Company, as the file says."""

    @property
    def product_name(self) -> str | None:
        """Product, as the file says."""

    @property
    def product_version(self) -> str | None:
        """Version of the product, as the file says."""

    @property
    def file_description(self) -> str | None:
        """What it is, as the file says."""

    @property
    def original_filename(self) -> str | None:
        """Its first name, as the file says."""

    @property
    def sections(self) -> list[PeSection]:
        """Its sections."""

    @property
    def imports(self) -> list[PeImport]:
        """The libraries that it needs."""

    @property
    def exports(self) -> list[str]:
        """The functions that it offers."""

class PeSection(Result):
    """One section of an executable."""

    @property
    def name(self) -> str | None:
        """Its name."""

    @property
    def md5(self) -> str | None:
        """MD5 of its bytes."""

    @property
    def entropy(self) -> float | None:
        """Entropy in bits per byte, 0 to 8."""

    @property
    def virtual_address(self) -> str | None:
        """Where it lies in memory."""

    @property
    def virtual_size(self) -> int | None:
        """Size in memory in bytes."""

    @property
    def raw_size(self) -> int | None:
        """Size in the file in bytes."""

    @property
    def characteristics(self) -> list[str]:
        """What may be done with it."""

class PeImport(Result):
    """One library that an executable needs."""

    @property
    def name(self) -> str | None:
        """Its name."""

    @property
    def functions(self) -> list[str]:
        """What is used of it."""

class Exif(Result):
    """Metadata of a document or picture: a few tags by name, all of them in the document."""

    @property
    def mime_type(self) -> str | None:
        """Media type."""

    @property
    def file_type(self) -> str | None:
        """Kind of file."""

    @property
    def image_width(self) -> int | None:
        """Width in pixels."""

    @property
    def image_height(self) -> int | None:
        """Height in pixels."""

    @property
    def title(self) -> str | None:
        """Title."""

    @property
    def author(self) -> str | None:
        """Author."""

    @property
    def software(self) -> str | None:
        """Program that made it."""

    @property
    def create_date(self) -> str | None:
        """When it was made, as the file says."""

    @property
    def modify_date(self) -> str | None:
        """When it was changed, as the file says."""

class ApkManifest(Result):
    """Manifest of an Android package."""

    @property
    def package(self) -> str | None:
        """Name of the package."""

    @property
    def version_name(self) -> str | None:
        """Version for people."""

    @property
    def version_code(self) -> int | None:
        """Version for programs."""

    @property
    def min_sdk(self) -> int | None:
        """Oldest Android that it runs on."""

    @property
    def target_sdk(self) -> int | None:
        """Android that it was made for."""

    @property
    def uses_permissions(self) -> list[ApkPermission]:
        """What it wants to be allowed."""

    @property
    def label(self) -> str | None:
        """Name of the application."""

    @property
    def is_debuggable(self) -> bool | None:
        """Whether it may be debugged."""

class ApkPermission(Result):
    """One permission of an Android package."""

    @property
    def name(self) -> str | None:
        """Its name."""

class AppInfo(Result):
    """Products that a file belongs to."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[AppEntry]: ...
    @overload
    def __getitem__(self, index: int) -> AppEntry: ...
    @overload
    def __getitem__(self, index: slice) -> list[AppEntry]: ...

    @property
    def entries(self) -> list[AppEntry]:
        """The products."""

class AppEntry(Result):
    """One product that a file belongs to."""

    @property
    def product_name(self) -> str | None:
        """Name of the product."""

    @property
    def product_version(self) -> str | None:
        """Version of the product."""

    @property
    def vendor_name(self) -> str | None:
        """Who makes it."""

    @property
    def os_name(self) -> str | None:
        """System that it runs on."""

    @property
    def file_name(self) -> str | None:
        """Name of the file in the product."""

    @property
    def file_size(self) -> int | None:
        """Size of the file in bytes."""

    @property
    def category(self) -> str | None:
        """Kind of product."""
