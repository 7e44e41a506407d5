"""Error classes, what they carry, and that they travel."""

from __future__ import annotations

import copy
import pickle

import pytest

import mdcloud
from mdcloud import _native

BASES = {
    "InvalidArgumentError": ValueError,
    "NetworkError": ConnectionError,
    "RequestTimeoutError": TimeoutError,
    "ScanNotFinishedError": TimeoutError,
    "ThrottledError": mdcloud.QuotaError,
    "QuotaExhaustedError": mdcloud.QuotaError,
    "FileError": OSError,
}


def classes() -> list[type[mdcloud.MdcloudError]]:
    return [
        value
        for name in mdcloud.__all__
        if isinstance(value := getattr(mdcloud, name), type) and issubclass(value, mdcloud.MdcloudError)
    ]


def test_every_kind_has_its_class_and_every_class_its_bases() -> None:
    for number, name, python in _native.KINDS:
        made = mdcloud._errors._make(number, "text", None, None, {})
        assert isinstance(made, mdcloud.MdcloudError)
        assert type(made).__name__ == {"OSError": "FileError"}.get(python, python)
        assert made.status is mdcloud.Status[name]
    for name, base in BASES.items():
        assert issubclass(getattr(mdcloud, name), base)
    assert len(classes()) == 21


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_errors_pickle_and_copy(kind: type[mdcloud.MdcloudError]) -> None:
    error = kind("what happened", code=429001, messages=["a"], retry_after=1.5, data_id="x", raw=b"{}")
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is kind
        assert str(again) == "what happened" == str(error)
        assert again.__dict__ == error.__dict__
        assert again.args == error.args


@pytest.mark.parametrize(
    ("code", "kind", "status"),
    [
        (400144, mdcloud.TooLargeError, "TOO_LARGE"),
        (400037, mdcloud.BadRequestError, "BAD_REQUEST"),
        (401006, mdcloud.AuthError, "UNAUTHORIZED"),
        (403001, mdcloud.ForbiddenError, "FORBIDDEN"),
        (403002, mdcloud.BlockedError, "BLOCKED"),
        (404003, mdcloud.NotFoundError, "NOT_FOUND"),
        (429000, mdcloud.QuotaExhaustedError, "QUOTA_EXHAUSTED"),
        (429002, mdcloud.BusyError, "BUSY"),
        (500000, mdcloud.ServerError, "SERVER"),
    ],
)
def test_what_the_service_refuses(
    emulator: mdcloud.Emulator, code: int, kind: type[mdcloud.MdcloudError], status: str
) -> None:
    client = emulator.client(retries=0, max_wait=0)
    emulator.fault("code", code, count=9)
    with pytest.raises(kind) as caught:
        client.apikey_info()
    error = caught.value
    assert error.code == code
    assert error.status is mdcloud.Status[status]
    assert error.http_status and error.messages and not error.is_local
    assert error.delivery == "refused"
    assert error.request == "GET /apikey/"
    assert b"%d" % code in error.raw
    assert emulator.api_key not in str(error) + repr(error) + repr(vars(error))
    assert pickle.loads(pickle.dumps(error)).__dict__ == error.__dict__


def test_an_unknown_hash(client: mdcloud.Client) -> None:
    with pytest.raises(mdcloud.NotFoundError) as caught:
        client.hash_lookup("0" * 32)
    assert caught.value.http_status == 404


def test_a_full_window_says_when_to_try_again() -> None:
    with mdcloud.Emulator(throttle="1/60s") as emulator, emulator.client(max_wait=0) as client:
        client.file_submit(b"one")
        with pytest.raises(mdcloud.ThrottledError) as caught:
            client.file_submit(b"two")
        assert caught.value.retry_after and 0 < caught.value.retry_after <= 61


def test_used_up(emulator: mdcloud.Emulator) -> None:
    with mdcloud.Emulator(allowances={"prevention_api": 1}) as small, small.client(max_wait=0) as client:
        client.file_submit(b"one")
        with pytest.raises(mdcloud.QuotaExhaustedError) as caught:
            client.file_submit(b"two")
        assert caught.value.is_local and caught.value.family == "prevention_api"
        assert len(small.requests()) == 1


def test_no_key() -> None:
    with pytest.raises(mdcloud.AuthError, match="MDCLOUD_API_KEY") as caught:
        mdcloud.Client().apikey_info()
    assert caught.value.status is mdcloud.Status.NO_API_KEY


def test_nobody_there() -> None:
    client = mdcloud.Client("key", base_url="http://127.0.0.1:1/v4", retries=0)
    with pytest.raises(ConnectionError) as caught:
        client.apikey_info()
    assert isinstance(caught.value, mdcloud.NetworkError)
    assert caught.value.delivery == "not_sent"


def test_silence(emulator: mdcloud.Emulator) -> None:
    emulator.fault("stall", count=9)
    with pytest.raises(TimeoutError) as caught:
        emulator.client(read_timeout=0.2, retries=0).apikey_info()
    assert isinstance(caught.value, mdcloud.RequestTimeoutError)


def test_an_answer_that_is_none(emulator: mdcloud.Emulator) -> None:
    emulator.fault("not_json", count=9)
    with pytest.raises(mdcloud.ProtocolError):
        emulator.client(retries=0).apikey_info()


def test_the_deadline_of_a_scan(emulator: mdcloud.Emulator) -> None:
    with pytest.raises(mdcloud.ScanNotFinishedError) as caught:
        emulator.client().file_scan(b"MDCLOUD-RESULT:255 ", deadline=0.5)
    assert isinstance(caught.value, TimeoutError)
    assert caught.value.data_id and emulator.client().file_report(caught.value.data_id)


def test_a_panic_is_an_exception_like_others() -> None:
    with pytest.raises(mdcloud.InternalError, match="asked for by a test") as caught:
        _native._panic_for_tests()
    assert isinstance(caught.value, Exception) and caught.value.status is mdcloud.Status.PANIC
