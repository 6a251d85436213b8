"""Large objects of an S3 store in constant memory, both ways. boto3's own transfers hold about a hundred megabytes."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import cycle
from typing import IO, TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.chunked import fill
from infra.object_store import Sink

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

# A store takes ten thousand parts, so this is good for 80 GB; none but the last may be smaller than 5 MiB.
PART_BYTES = 8 << 20
# So many are on their way while the next one is made.
_AT_ONCE = 2
# Small enough that what is read lies in memory that was used just before: a mebibyte at a time is cleared each time.
_PORTION_BYTES = 1 << 18
_TRIES = 5


def send(client: "S3Client", bucket: str, key: str, file: IO[bytes], beside: Mapping[str, str]) -> None:
    """Put what a file holds from where it stands, in parts. Whatever is raised, no object and no part is left."""
    first = bytearray(PART_BYTES)
    count = fill(file, memoryview(first))
    if count < PART_BYTES:
        client.put_object(Bucket=bucket, Key=key, Body=bytes(first[:count]), Metadata=beside)
        return
    upload = client.create_multipart_upload(Bucket=bucket, Key=key, Metadata=beside)["UploadId"]
    try:
        parts = list(_sent(client, bucket, key, upload, _parts(file, first)))
        client.complete_multipart_upload(Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts})
    except BaseException:
        with suppress(BotoCoreError, ClientError):  # what stays after all is a leftover, which the sweep finds
            client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)
        raise


def fetch(client: "S3Client", bucket: str, key: str, sink: Sink) -> None:
    """Write an object out as it arrives; where the connection breaks, go on from there with the same object."""
    answer = client.get_object(Bucket=bucket, Key=key)
    body, tag, arrived = answer["Body"], answer["ETag"], 0
    for left in reversed(range(_TRIES)):
        try:
            for portion in body.iter_chunks(_PORTION_BYTES):
                sink.write(portion)
                arrived += len(portion)
        except BotoCoreError:
            if not left:
                raise
            body = client.get_object(Bucket=bucket, Key=key, Range=f"bytes={arrived}-", IfMatch=tag)["Body"]
        else:
            return


def _parts(file: IO[bytes], first: bytearray) -> Iterator[bytes | bytearray]:
    """The first part, which is full, and those that follow. The memory of each is used again two parts later."""
    yield first
    rooms = cycle([*(bytearray(PART_BYTES) for _ in range(_AT_ONCE)), first])
    for room in rooms:
        count = fill(file, memoryview(room))
        if count < PART_BYTES:
            if count:
                yield bytes(memoryview(room)[:count])
            return
        yield room


def _sent(
    client: "S3Client", bucket: str, key: str, upload: str, parts: Iterator[bytes | bytearray]
) -> Iterator["CompletedPartTypeDef"]:
    """Each part's number and tag, in order; waits for the oldest before it asks for more than are sent at once."""

    def put(number: int, body: bytes | bytearray) -> "CompletedPartTypeDef":
        part: Any = body  # a bytearray goes out as it is, which the client's types do not know
        done = client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=part)
        return {"PartNumber": number, "ETag": done["ETag"]}

    coming: deque[Future[CompletedPartTypeDef]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as beside:
        for number, body in enumerate(parts, 1):
            coming.append(beside.submit(put, number, body))
            if len(coming) > _AT_ONCE:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
