"""Everything that can be scanned."""

from __future__ import annotations

import errno
import io
import os
import pathlib
import tempfile

import pytest

import mdcloud


def uploaded(emulator: mdcloud.Emulator) -> tuple[int, str | None]:
    (record,) = [request for request in emulator.requests() if request.method == "POST"]
    return record.body_length, record.headers.get("filename")


@pytest.fixture
def file(tmp_path: pathlib.Path) -> pathlib.Path:
    path = tmp_path / "some file.bin"
    path.write_bytes(os.urandom(300_000))
    return path


class BytesPath:
    def __init__(self, path: pathlib.Path) -> None:
        self.path = path

    def __fspath__(self) -> bytes:
        return os.fsencode(self.path)


@pytest.mark.parametrize("make", [str, pathlib.Path, BytesPath])
def test_a_path(client: mdcloud.Client, emulator: mdcloud.Emulator, file: pathlib.Path, make) -> None:
    report = client.file_scan(make(file))
    assert report.file_size == 300_000
    assert uploaded(emulator) == (300_000, "some%20file.bin")


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes(client: mdcloud.Client, emulator: mdcloud.Emulator, kind) -> None:
    client.file_scan(kind(b"abc"))
    assert uploaded(emulator) == (3, None)


def test_a_file_object(client: mdcloud.Client, emulator: mdcloud.Emulator, file: pathlib.Path) -> None:
    with file.open("rb") as stream:
        stream.seek(100_000)
        report = client.file_scan(stream)
    assert report.file_size == 200_000
    assert [request.method for request in emulator.requests()] == ["GET", "POST", "GET"]
    assert uploaded(emulator) == (200_000, "some%20file.bin")


def test_files_in_memory(client: mdcloud.Client) -> None:
    assert client.file_scan(io.BytesIO(b"x" * 70_000)).file_size == 70_000
    with tempfile.SpooledTemporaryFile() as spooled:
        spooled.write(b"spooled")
        spooled.seek(0)
        assert client.file_scan(spooled).file_size == 7


def test_a_file_that_cannot_seek(
    client: mdcloud.Client, emulator: mdcloud.Emulator, file: pathlib.Path
) -> None:
    class Forward:
        def __init__(self, file: io.BufferedReader) -> None:
            self.read, self.fileno = file.read, file.fileno

    with file.open("rb") as stream:
        report = client.file_scan(Forward(stream))
    assert report.file_size == 300_000
    assert emulator.requests()[0].method == "POST"


def test_a_pipe_has_no_length(client: mdcloud.Client, emulator: mdcloud.Emulator) -> None:
    read, write = os.pipe()
    with os.fdopen(read, "rb") as stream, os.fdopen(write, "wb"):
        with pytest.raises(mdcloud.InvalidArgumentError, match="length"):
            client.file_scan(stream)
    assert emulator.requests() == []


class Failing(io.BytesIO):
    def __init__(self, error: BaseException, after: int) -> None:
        super().__init__(b"x" * 2_000_000)
        self.error, self.after = error, after

    def read(self, size: int | None = -1) -> bytes:
        if self.tell() >= self.after:
            raise self.error
        return super().read(size)


@pytest.mark.parametrize("error", [RuntimeError("mine"), KeyboardInterrupt(), OSError(5, "mine")])
@pytest.mark.parametrize("reuse", [True, False])
def test_what_the_file_object_raises_comes_out_unchanged(
    client: mdcloud.Client, error: BaseException, reuse: bool
) -> None:
    stream = Failing(error, 500_000)
    with pytest.raises(type(error)) as caught:
        client.file_scan(stream, reuse=reuse)
    assert caught.value is error
    assert stream.tell() == 0  # ready for another try


def test_after_a_failure_the_same_file_object_can_be_tried_again(emulator: mdcloud.Emulator) -> None:
    client = emulator.client(retries=0)
    stream = io.BytesIO(b"prefix and content")
    stream.seek(7)
    emulator.fault("code", 500000, path="POST")
    with pytest.raises(mdcloud.ServerError):
        client.file_submit(stream)
    client.file_submit(stream)
    assert emulator.requests()[-1].body_length == 11


def test_what_cannot_be_read(
    client: mdcloud.Client, emulator: mdcloud.Emulator, tmp_path: pathlib.Path
) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        client.file_scan(tmp_path / "missing")
    error = caught.value
    assert isinstance(error, mdcloud.FileError) and error.errno == errno.ENOENT
    assert os.fspath(error.filename) == str(tmp_path / "missing")
    assert error.status is mdcloud.Status.IO and "missing" in str(error)
    with pytest.raises(IsADirectoryError):
        client.file_scan(tmp_path)
    with pytest.raises(mdcloud.InvalidArgumentError, match="empty"):
        client.file_scan(b"")
    assert emulator.requests() == []


def test_text_is_not_bytes(client: mdcloud.Client, emulator: mdcloud.Emulator, file: pathlib.Path) -> None:
    with open(file, encoding="latin-1") as stream, pytest.raises(TypeError, match="rb"):
        client.file_scan(stream)  # type: ignore[arg-type]

    class Odd:
        def __init__(self, chunk: object) -> None:
            self.chunk = chunk

        def read(self, size: int) -> object:
            return self.chunk

        def seek(self, place: int, whence: int = 0) -> None: ...

        def tell(self) -> int:
            return 0

        def seekable(self) -> bool:
            return False

        def fileno(self) -> int:
            return os.open(file, os.O_RDONLY)

    for chunk in ("text", None, 5):
        with pytest.raises(TypeError, match="read"):
            client.file_scan(Odd(chunk))
    with pytest.raises(mdcloud.InvalidArgumentError, match="more bytes"):
        client.file_scan(Odd(b"x" * 1_000_000))
