"""The object store behind one interface. `S3Objects` speaks to AWS S3, Ceph, MinIO and the JuiceFS gateway alike.

Store facts that shape it: a presigned PUT is bound to its content by Content-MD5, which every store checks, while
SHA-256 checksums are silently ignored by some; multi-object delete needs Content-MD5 on older stores, which new boto3
no longer sends by itself.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import IO, Any, Protocol

from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import BotoCoreError, ClientError

from infra.s3_client import s3_client
from infra.settings import StoreSettings

_DELETE_BATCH = 1000
_HAVE_IT = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_SERVER_FAULT = 500
_CANNOT = frozenset({"NotImplemented", "MethodNotAllowed", "501"})
_NOT_SET = frozenset({"NoSuchLifecycleConfiguration", "ObjectLockConfigurationNotFoundError"})


class NoSuchObject(Exception):
    """There is nothing under this key."""


class StoreRefused(Exception):
    """The store answered, and did not do what was asked."""


class StoreUnavailable(Exception):
    """The store did not answer, or says that it cannot now. The same call may go through later."""


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
    """Everything the system asks of a store. Keys come from `infra.object_keys` only, and none ends with a slash.

    Whatever talks to the store raises `StoreRefused` or `StoreUnavailable` when it was not done.
    """

    def presign_put(self, key: str, *, md5_hex: str, seconds: int) -> tuple[str, Mapping[str, str]]:
        """A URL and the headers with which exactly these bytes may be put under this key for so many seconds."""

    def put(self, key: str, data: bytes | IO[bytes]) -> None:
        """Store bytes or a seekable file under a key."""

    def put_locked(self, key: str, data: bytes, *, until: datetime) -> None:
        """Store bytes that nobody, its owner included, can change or remove before `until`. Needs object lock."""

    def get(self, key: str) -> bytes:
        """The whole object. Raises `NoSuchObject`."""

    def read_into(self, key: str, file: IO[bytes]) -> None:
        """Copy an object to a file in constant memory. Raises `NoSuchObject`."""

    def facts(self, key: str) -> ObjectFacts:
        """Size and digest. Raises `NoSuchObject`."""

    def listing(self, prefix: str) -> Iterator[ObjectFacts]:
        """Every current object under a prefix, in key order."""

    def destroy(self, keys: Iterable[str]) -> int:
        """Remove every form of these keys: object, old versions, delete markers, unfinished uploads.

        How many keys were removed, absent ones included. Raises `StoreRefused` when the store kept any of them.
        """

    def remnants(self, prefix: str) -> Iterator[str]:
        """Each key that is left under a prefix in any form: object, old version, delete marker, unfinished upload."""

    def abilities(self) -> StoreAbilities:
        """What this store does with this bucket. Asks, and changes nothing."""


class S3Objects:
    """`ObjectStore` over the S3 protocol, as the credentials of one process."""

    def __init__(self, settings: StoreSettings) -> None:
        """Connects lazily; no request is made here."""
        self.bucket = settings.bucket
        self._client = s3_client(settings, settings.endpoint)
        self._public = s3_client(settings, settings.public_endpoint)

    def ensure_bucket(self, *, object_lock: bool = False) -> None:
        """Make the bucket unless it is there. Only for accounts that may, such as the stack's; processes may not."""
        try:
            self._client.create_bucket(Bucket=self.bucket, ObjectLockEnabledForBucket=object_lock)
        except ClientError as error:
            if _code(error) not in _HAVE_IT:
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
        with _translated(key):
            if isinstance(data, bytes):
                self._client.put_object(Bucket=self.bucket, Key=key, Body=data)
            else:
                self._client.upload_fileobj(data, self.bucket, key)

    def put_locked(self, key: str, data: bytes, *, until: datetime) -> None:
        """See `ObjectStore`. In compliance mode; a put with a lock must carry its MD5."""
        with _translated(key):
            self._client.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=data,
                ContentMD5=base64.b64encode(bytes.fromhex(md5_hex(data))).decode(),
                ObjectLockMode="COMPLIANCE",
                ObjectLockRetainUntilDate=until,
            )

    def get(self, key: str) -> bytes:
        """See `ObjectStore`."""
        with _translated(key):
            body: bytes = self._client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            return body

    def read_into(self, key: str, file: IO[bytes]) -> None:
        """See `ObjectStore`."""
        with _translated(key):
            self._client.download_fileobj(self.bucket, key, file)

    def facts(self, key: str) -> ObjectFacts:
        """See `ObjectStore`."""
        with _translated(key):
            head = self._client.head_object(Bucket=self.bucket, Key=key)
        return ObjectFacts(key, head["ContentLength"], head["ETag"].strip('"'), head["LastModified"])

    def listing(self, prefix: str) -> Iterator[ObjectFacts]:
        """See `ObjectStore`."""
        for item in self._pages("list_objects_v2", prefix, "Contents"):
            yield ObjectFacts(item["Key"], item["Size"], item["ETag"].strip('"'), item["LastModified"])

    def destroy(self, keys: Iterable[str]) -> int:
        """See `ObjectStore`. Cheapest when keys of one folder follow one another, as a listing gives them."""
        versioned = self._is_versioned()
        removed = 0
        for folder, group in groupby(keys, key=_folder):
            names = list(group)
            targets = self._versions(folder, set(names)) if versioned else [{"Key": name} for name in names]
            for start in range(0, len(targets), _DELETE_BATCH):
                self._delete(targets[start : start + _DELETE_BATCH])
            self._abort_uploads(folder, set(names))
            removed += len(names)
        return removed

    def remnants(self, prefix: str) -> Iterator[str]:
        """See `ObjectStore`. Both listings: the gateway of the development stack pages only the plain one."""
        found = {facts.key for facts in self.listing(prefix)}
        found |= {item["Key"] for item in self._pages("list_object_versions", prefix, "Versions", "DeleteMarkers")}
        found |= {item["Key"] for item in self._pages("list_multipart_uploads", prefix, "Uploads")}
        yield from sorted(found)

    def abilities(self) -> StoreAbilities:
        """See `ObjectStore`. Object lock counts only when this bucket was made with it."""
        lifecycle = self._ask("get_bucket_lifecycle_configuration")
        lock = self._ask("get_object_lock_configuration") or {}
        return StoreAbilities(
            lifecycle=lifecycle is not None,
            object_lock=lock.get("ObjectLockConfiguration", {}).get("ObjectLockEnabled") == "Enabled",
            versioning=self._is_versioned(),
        )

    def _is_versioned(self) -> bool:
        # A bucket whose versioning was suspended still holds the versions of before.
        return bool((self._ask("get_bucket_versioning") or {}).get("Status"))

    def _ask(self, operation: str) -> dict[str, Any] | None:
        """The bucket's configuration; empty when it was never set, None when the store does not know such a thing."""
        with _translated(operation):
            try:
                answer: dict[str, Any] = getattr(self._client, operation)(Bucket=self.bucket)
            except ClientError as error:
                if _code(error) in _CANNOT:
                    return None
                if _code(error) in _NOT_SET:
                    return {}
                raise
            return answer

    def _versions(self, folder: str, names: set[str]) -> list[dict[str, str]]:
        pages = self._pages("list_object_versions", folder, "Versions", "DeleteMarkers")
        return [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in pages if item["Key"] in names]

    def _delete(self, targets: list[Any]) -> None:
        with _translated(targets[0]["Key"]):
            answer = self._client.delete_objects(Bucket=self.bucket, Delete={"Objects": targets, "Quiet": True})
        if answer.get("Errors"):
            raise StoreRefused(f"the store kept {len(answer['Errors'])} of {len(targets)} objects")

    def _abort_uploads(self, folder: str, names: set[str]) -> None:
        for item in self._pages("list_multipart_uploads", folder, "Uploads"):
            if item["Key"] in names:
                with _translated(item["Key"]):
                    self._client.abort_multipart_upload(Bucket=self.bucket, Key=item["Key"], UploadId=item["UploadId"])

    def _pages(self, operation: Any, prefix: str, *fields: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a literal
        with _translated(prefix):
            for page in self._client.get_paginator(operation).paginate(Bucket=self.bucket, Prefix=prefix):
                for field in fields:
                    # A store over a file system also lists the folders of what is gone; no key of ours is one.
                    yield from (item for item in page.get(field, ()) if not item["Key"].endswith("/"))


def md5_hex(data: bytes) -> str:
    """MD5 as S3 uses it: to bind an upload to its content, never for trust; trust is in SHA-256 and signatures."""
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


def _folder(key: str) -> str:
    """What is listed to find every form of a key: few neighbours, and never the whole bucket."""
    return key[: key.rfind("/") + 1] or key


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if _code(error) in _MISSING:
            raise NoSuchObject(key) from error
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        kind = StoreUnavailable if status >= _SERVER_FAULT else StoreRefused
        raise kind(f"{_code(error)} for {key}") from error
    except S3UploadFailedError as error:
        raise StoreRefused(f"upload of {key} failed") from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"{type(error).__name__} for {key}") from error
