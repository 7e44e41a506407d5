# Made by `cargo xtask stubs` from the library's tables. Do not edit.

from enum import IntEnum

class Status(IntEnum):
    OK = 0  # success
    INVALID_ARGUMENT = 1  # invalid argument
    NO_API_KEY = 2  # no API key
    IO = 3  # the file could not be used
    CANCELLED = 4  # cancelled
    DEADLINE = 5  # not finished before the deadline
    NETWORK = 20  # no connection to the service
    TLS = 21  # TLS failed
    TIMEOUT = 22  # the service did not answer in time
    THROTTLED = 30  # throttled
    QUOTA_EXHAUSTED = 31  # the key's allowance is used up
    BUSY = 32  # too many connections
    BLOCKED = 33  # the service has blocked this address
    UNAUTHORIZED = 40  # the service refused the API key
    FORBIDDEN = 41  # the key may not do this
    BAD_REQUEST = 42  # the service refused the request
    TOO_LARGE = 43  # the file is too large for this key
    NOT_FOUND = 44  # not known to the service
    SERVER = 45  # the service failed
    PROTOCOL = 46  # unexpected answer
    PANIC = 99  # internal error

class Verdict(IntEnum):
    UNKNOWN = 0
    CLEAN = 1
    INFECTED = 2
    SUSPICIOUS = 3
    INCOMPLETE = 4
    PENDING = 5

class Operation(IntEnum):
    APIKEY_INFO = 1  # GET /apikey/
    APIKEY_LIMITS = 2  # GET /apikey/limits
    APIKEY_LIMITS_LEFT = 3  # GET /apikey/limits/status
    APIKEY_SCAN_HISTORY = 4  # GET /apikey/scan-history
    FILE_SUBMIT = 5  # POST /file
    FILE_REPORT = 6  # GET /file/{data_id}
    WEBHOOK_STATUS = 7  # GET /file/webhooks/{data_id}
    WEBHOOK_STATUS_ALL = 8  # GET /file/webhooks
    REPO_SUBMIT = 9  # POST /repo
    FILE_RESCAN = 10  # GET /file/{file_id}/rescan
    FILE_RESCAN_MANY = 11  # POST /file/rescan
    SANITIZED_LINK = 12  # GET /file/converted/{data_id}
    SANITIZED_DELETE = 13  # DELETE /file/converted/{data_id}
    SANITIZED_LINK_LEGACY = 14  # GET /file/{file_id}/sanitizedLink
    HASH_LOOKUP = 15  # GET /hash/{hash}
    HASH_LOOKUP_MANY = 16  # POST /hash
    HASH_HISTORY = 17  # GET /hash/{hash}/scanhistory
    HASH_BADGE = 18  # GET /hash/{hash}/badge
    IP_LOOKUP = 19  # GET /ip/{ip}
    IP_LOOKUP_MANY = 20  # POST /ip/
    URL_LOOKUP = 21  # GET /url/{url}
    URL_LOOKUP_MANY = 22  # POST /url/
    DOMAIN_LOOKUP = 23  # GET /domain/{domain}
    DOMAIN_LOOKUP_MANY = 24  # POST /domain/
    HASH_PEINFO = 25  # GET /hash/{hash}/peinfo
    HASH_EXIF = 26  # GET /hash/{hash}/exif
    HASH_APK_MANIFEST = 27  # GET /hash/{hash}/apk-manifest
    HASH_APPINFO = 28  # GET /appinfo/{hash}
    HASH_VULNERABILITY = 29  # GET /vulnerability/{hash}
    CVE_LIST = 30  # GET /cve
    CVE_INFO = 31  # GET /cve/{cve}
    CVE_PRODUCTS = 32  # GET /cve/{cve}/products
    CVE_VENDORS = 33  # GET /cve/{cve}/vendors
    CVE_HASHES = 34  # GET /cve/{cve}/hashes
    SANDBOX_SUBMIT_URL = 35  # POST /sandbox
    SANDBOX_REPORT = 36  # GET /sandbox/{sandbox_id}
    HASH_SANDBOX = 37  # GET /hash/{hash}/sandbox
    SANDBOX_SUBMIT_FILE = 38  # POST /sandbox/{data_id}/scan
    FEED_INFECTED = 39  # GET /feed/infected/latest
    FEED_CLEAN = 40  # GET /feed/clean/latest
    FEED_HASHES = 41  # GET /feed/hashes
    FEED_FALSE_POSITIVES = 42  # GET /feed/false-positives
    FEED_FALSE_POSITIVES_ENGINE = 43  # GET /feed/false-positives/{engine}
    SAMPLE_LINK = 44  # GET /file/{hash}/download
    FEED_INFECTED_TOP = 45  # GET /feed/infected
    SERVICE_VERSION = 46  # GET /status/version
    ENGINE_DEFINITIONS = 47  # GET /status/enginedef
