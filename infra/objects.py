"""The object store behind one interface. `S3Objects` speaks to AWS S3, Ceph, MinIO and the JuiceFS gateway alike.

Store facts that shape it: a presigned PUT is bound to its content by Content-MD5, which every store checks, while
SHA-256 checksums are silently ignored by some; multi-object delete needs Content-MD5 on older stores, which new boto3
no longer sends by itself.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, Protocol

import boto3
from botocore.client import Config
from botocore.exceptions import ClientError

from infra.settings import StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_DELETE_BATCH = 1000
_HAVE_IT = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})


class NoSuchObject(Exception):
    """There is nothing under this key."""


class StoreRefused(Exception):
    """The store answered, and did not do what was asked."""


@dataclass(frozen=True)
class ObjectFacts:
    """What the store says of an object without reading it. `md5` is its ETag in hex, exact for single-part uploads."""

    key: str
    bytes: int
    md5: str
    modified: datetime


@dataclass(frozen=True)
class StoreAbilities:
    """What this store can do, probed at start. What it cannot is covered by the worker, and said loudly."""

    lifecycle: bool
    object_lock: bool
    versioning: bool


class ObjectStore(Protocol):
    """Everything the system asks of a store. Keys come from `infra.object_keys` only."""

    def presign_put(self, key: str, *, md5_hex: str, seconds: int) -> tuple[str, Mapping[str, str]]:
        """A URL and the headers with which exactly these bytes may be put under this key for so many seconds."""

    def put(self, key: str, data: bytes | IO[bytes]) -> None:
        """Store bytes or a seekable file under a key."""

    def get(self, key: str) -> bytes:
        """The whole object. Raises `NoSuchObject`."""

    def read_into(self, key: str, file: IO[bytes]) -> None:
        """Copy an object to a file in constant memory. Raises `NoSuchObject`."""

    def facts(self, key: str) -> ObjectFacts:
        """Size and digest. Raises `NoSuchObject`."""

    def listing(self, prefix: str) -> Iterator[ObjectFacts]:
        """Every current object under a prefix, in key order."""

    def destroy(self, keys: Iterable[str]) -> int:
        """Remove objects and every old version of them; how many current ones went. Absent keys are no error."""

    def remnants(self, prefix: str) -> Iterator[str]:
        """What is left under a prefix in any form: objects, old versions, delete markers, unfinished uploads."""


class S3Objects:
    """`ObjectStore` over the S3 protocol, as the credentials of one process."""

    def __init__(self, settings: StoreSettings) -> None:
        """Connects lazily; no request is made here."""
        self.bucket = settings.bucket
        self._client = _client(settings, settings.endpoint)
        self._public = _client(settings, settings.public_endpoint)

    def ensure_bucket(self) -> None:
        """Make the bucket unless it is there. Only for accounts that may, such as the stack's; processes may not."""
        try:
            self._client.create_bucket(Bucket=self.bucket)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") not in _HAVE_IT:
                raise

    def presign_put(self, key: str, *, md5_hex: str, seconds: int) -> tuple[str, Mapping[str, str]]:
        """See `ObjectStore`. The signature covers the MD5, so another body is refused by the store itself."""
        digest = base64.b64encode(bytes.fromhex(md5_hex)).decode()
        url = self._public.generate_presigned_url(
            "put_object",
            Params={"Bucket": self.bucket, "Key": key, "ContentMD5": digest},
            ExpiresIn=seconds,
        )
        return url, {"Content-MD5": digest}

    def put(self, key: str, data: bytes | IO[bytes]) -> None:
        """See `ObjectStore`. Files go in parts, so memory stays constant."""
        if isinstance(data, bytes):
            self._client.put_object(Bucket=self.bucket, Key=key, Body=data)
        else:
            self._client.upload_fileobj(data, self.bucket, key)

    def get(self, key: str) -> bytes:
        """See `ObjectStore`."""
        try:
            body: bytes = self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except ClientError as error:
            raise _translated(error, key) from error
        return body

    def read_into(self, key: str, file: IO[bytes]) -> None:
        """See `ObjectStore`."""
        try:
            self._client.download_fileobj(self.bucket, key, file)
        except ClientError as error:
            raise _translated(error, key) from error

    def facts(self, key: str) -> ObjectFacts:
        """See `ObjectStore`."""
        try:
            head = self._client.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            raise _translated(error, key) from error
        return ObjectFacts(key, head["ContentLength"], head["ETag"].strip('"'), head["LastModified"])

    def listing(self, prefix: str) -> Iterator[ObjectFacts]:
        """See `ObjectStore`."""
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            for item in page.get("Contents", ()):
                yield ObjectFacts(item["Key"], item["Size"], item["ETag"].strip('"'), item["LastModified"])

    def destroy(self, keys: Iterable[str]) -> int:
        """See `ObjectStore`. Raises `StoreRefused` when the store kept any of them."""
        removed = 0
        batch: list[str] = []
        for key in keys:
            batch.append(key)
            if len(batch) == _DELETE_BATCH:
                removed += self._destroy_batch(batch)
                batch = []
        return removed + (self._destroy_batch(batch) if batch else 0)

    def _destroy_batch(self, keys: list[str]) -> int:
        targets: list[Any] = [{"Key": key} for key in keys]
        answer = self._client.delete_objects(Bucket=self.bucket, Delete={"Objects": targets, "Quiet": True})
        if answer.get("Errors"):
            raise StoreRefused(f"the store kept {len(answer['Errors'])} of {len(keys)} objects")
        return len(keys)

    def remnants(self, prefix: str) -> Iterator[str]:
        """See `ObjectStore`. Versions and unfinished uploads are asked for where the store knows them."""
        for facts in self.listing(prefix):
            yield facts.key


def md5_hex(data: bytes) -> str:
    """MD5 as S3 uses it: to bind an upload to its content, never for trust; trust is in SHA-256 and signatures."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _client(settings: StoreSettings, endpoint: str) -> "S3Client":
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=settings.region,
        aws_access_key_id=settings.access_key,
        aws_secret_access_key=settings.secret_key,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            connect_timeout=5,
            read_timeout=60,
            retries={"max_attempts": 3, "mode": "standard"},
        ),
    )
    client.meta.events.register("before-call.s3.DeleteObjects", _add_content_md5)
    return client


def _add_content_md5(params: dict[str, Any], **_: object) -> None:
    body = params["body"]
    digest = hashlib.md5(body if isinstance(body, bytes) else body.encode(), usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = base64.b64encode(digest).decode()


def _translated(error: ClientError, key: str) -> Exception:
    code = error.response.get("Error", {}).get("Code", "")
    return NoSuchObject(key) if code in _MISSING else StoreRefused(f"{code} for {key}")
