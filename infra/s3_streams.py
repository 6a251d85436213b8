"""Large objects of an S3 store in constant memory, both ways. boto3's own transfers hold about a hundred megabytes."""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from typing import IO, TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from infra.object_store import Sink

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import CompletedPartTypeDef

# A store takes ten thousand parts, so this is good for 80 GB; none but the last may be smaller than 5 MiB.
PART_BYTES = 8 << 20
# Two at most are on their way; while the next one is made, one is.
_AT_ONCE = 2
_PORTION_BYTES = 1 << 20
_TRIES = 5


def send(client: "S3Client", bucket: str, key: str, file: IO[bytes], beside: Mapping[str, str]) -> None:
    """Put what a file holds from where it stands, in parts. Whatever is raised, no object and no part is left."""
    portions = _portions(file)
    first = next(portions, b"")
    if len(first) < PART_BYTES:
        client.put_object(Bucket=bucket, Key=key, Body=first, Metadata=beside)
        return
    portions = chain([first], portions)
    del first  # or it would be held until the end
    upload = client.create_multipart_upload(Bucket=bucket, Key=key, Metadata=beside)["UploadId"]
    try:
        parts = list(_sent(client, bucket, key, upload, portions))
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


def _portions(file: IO[bytes]) -> Iterator[bytes]:
    while portion := file.read(PART_BYTES):
        yield portion


def _sent(
    client: "S3Client", bucket: str, key: str, upload: str, portions: Iterator[bytes]
) -> Iterator["CompletedPartTypeDef"]:
    """Each part's number and tag, in order; waits for the oldest before it asks for more than are sent at once."""

    def put(number: int, body: bytes) -> "CompletedPartTypeDef":
        done = client.upload_part(Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=body)
        return {"PartNumber": number, "ETag": done["ETag"]}

    coming: deque[Future[CompletedPartTypeDef]] = deque()
    with ThreadPoolExecutor(_AT_ONCE) as beside:
        for number, body in enumerate(portions, 1):
            coming.append(beside.submit(put, number, body))
            if len(coming) >= _AT_ONCE:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
