"""Large objects whose connection breaks on the way: seen from a client that does what the store would."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from infra import s3_streams

CONTENT = bytes(range(256)) * 40_000


class Breaks:
    """A store whose connection breaks after so many bytes, so many times."""

    def __init__(self, times: int) -> None:
        self.left, self.asked = times, list[Mapping[str, str]]()

    def get_object(self, **said: str) -> Mapping[str, Any]:
        self.asked.append(said)
        return {"Body": self, "ETag": "the same"}

    def iter_chunks(self, size: int) -> Iterator[bytes]:
        begins = int(self.asked[-1].get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        for number, at in enumerate(range(begins, len(CONTENT), size)):
            if number == 1 and self.left:
                self.left -= 1
                raise ReadTimeoutError(endpoint_url="")
            yield CONTENT[at : at + size]


def test_a_connection_that_breaks_is_taken_up_where_it_broke_and_only_for_the_same_object() -> None:
    store, got = Breaks(2), io.BytesIO()

    s3_streams.fetch(store, "bucket", "key", got)  # type: ignore[arg-type]

    assert got.getvalue() == CONTENT
    assert [said.get("Range") for said in store.asked] == [None, "bytes=262144-", "bytes=524288-"]
    assert {said["IfMatch"] for said in store.asked[1:]} == {"the same"}


def test_a_connection_that_breaks_again_and_again_is_an_error() -> None:
    with pytest.raises(ReadTimeoutError):
        s3_streams.fetch(Breaks(100), "bucket", "key", io.BytesIO())  # type: ignore[arg-type]


class Refuses:
    """A store that refuses the second part."""

    def __init__(self) -> None:
        self.aborted: list[str] = []

    def create_multipart_upload(self, **_: object) -> Mapping[str, str]:
        return {"UploadId": "upload"}

    def upload_part(self, *, PartNumber: int, **_: object) -> Mapping[str, str]:  # noqa: N803 - the store's word
        if PartNumber == 2:
            raise ReadTimeoutError(endpoint_url="")
        return {"ETag": "part"}

    def abort_multipart_upload(self, *, UploadId: str, **_: object) -> None:  # noqa: N803 - as above
        self.aborted.append(UploadId)


def test_an_upload_that_fails_is_taken_back() -> None:
    store = Refuses()

    with pytest.raises(ReadTimeoutError):
        s3_streams.send(store, "bucket", "key", io.BytesIO(bytes(3 * s3_streams.PART_BYTES)), {})  # type: ignore[arg-type]

    assert store.aborted == ["upload"]
