"""The object store behind one interface. `S3Objects` speaks to AWS S3, Ceph, MinIO and the JuiceFS gateway alike.

Store facts that shape it: a presigned PUT is bound to its content by Content-MD5, which every store checks, while
SHA-256 checksums are silently ignored by some; multi-object delete needs Content-MD5 on older stores, which new boto3
no longer sends by itself.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import IO, TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from infra import s3_streams
from infra.object_store import (
    Form,
    Leftover,
    NoSuchObject,
    ObjectFacts,
    ObjectStore,
    Sink,
    StoreAbilities,
    StoreRefused,
    StoreUnavailable,
)
from infra.s3_client import s3_client
from infra.settings import StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

__all__ = [
    "Form",
    "Leftover",
    "NoSuchObject",
    "ObjectFacts",
    "ObjectStore",
    "S3Objects",
    "Sink",
    "StoreAbilities",
    "StoreRefused",
    "StoreUnavailable",
    "md5_hex",
]
_DELETE_BATCH = 1000
_HAVE_IT = frozenset({"BucketAlreadyOwnedByYou", "BucketAlreadyExists"})
_MISSING = frozenset({"404", "NoSuchKey", "NotFound"})
_SERVER_FAULT = 500
_CANNOT = frozenset({"NotImplemented", "MethodNotAllowed", "501"})
_NOT_SET = frozenset({"NoSuchLifecycleConfiguration", "ObjectLockConfigurationNotFoundError"})


class S3Objects:
    """`ObjectStore` over the S3 protocol, as the credentials of one process."""

    def __init__(self, settings: StoreSettings) -> None:
        """Connects lazily; no request is made here."""
        self.bucket = settings.bucket
        self._client = s3_client(settings, settings.endpoint)
        self._settings = settings

    @cached_property
    def _public(self) -> "S3Client":
        """For what is presigned only: most processes never do, and a client takes six megabytes."""
        return s3_client(self._settings, self._settings.public_endpoint)

    def ensure_bucket(self, *, object_lock: bool = False) -> None:
        """Make the bucket unless it is there. Only for accounts that may, such as the stack's; processes may not."""
        try:
            self._client.create_bucket(Bucket=self.bucket, ObjectLockEnabledForBucket=object_lock)
        except ClientError as error:
            if _code(error) not in _HAVE_IT:
                raise

    def presign_put(
        self, key: str, *, md5_hex: str, seconds: int, beside: Mapping[str, str] | None = None
    ) -> tuple[str, Mapping[str, str]]:
        """See `ObjectStore`. The signature covers MD5 and `beside`, so the store itself refuses any other."""
        digest, with_it = base64.b64encode(bytes.fromhex(md5_hex)).decode(), dict(beside or {})
        url = self._public.generate_presigned_url(
            "put_object",
            Params={"Bucket": self.bucket, "Key": key, "ContentMD5": digest, "Metadata": with_it},
            ExpiresIn=seconds,
        )
        return url, {"Content-MD5": digest} | {f"x-amz-meta-{name}": value for name, value in with_it.items()}

    def put(self, key: str, data: bytes | IO[bytes], *, beside: Mapping[str, str] | None = None) -> None:
        """See `ObjectStore`. Files go in parts, so memory stays constant."""
        with_it = dict(beside or {})
        with _translated(key):
            if isinstance(data, bytes):
                self._client.put_object(Bucket=self.bucket, Key=key, Body=data, Metadata=with_it)
            else:
                s3_streams.send(self._client, self.bucket, key, data, with_it)

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

    def beginning(self, key: str, count: int) -> bytes:
        """See `ObjectStore`."""
        with _translated(key):
            answer = self._client.get_object(Bucket=self.bucket, Key=key, Range=f"bytes=0-{count - 1}")
            body: bytes = answer["Body"].read()
            return body

    def read_into(self, key: str, sink: Sink) -> None:
        """See `ObjectStore`."""
        with _translated(key):
            s3_streams.fetch(self._client, self.bucket, key, sink)

    def facts(self, key: str) -> ObjectFacts:
        """See `ObjectStore`."""
        with _translated(key):
            head = self._client.head_object(Bucket=self.bucket, Key=key)
        etag, beside = head["ETag"].strip('"'), head.get("Metadata", {})
        return ObjectFacts(key, head["ContentLength"], etag, head["LastModified"], beside)

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

    def leftovers(self, prefix: str) -> Iterator[Leftover]:
        """See `ObjectStore`. Versions are asked for only where the bucket has any."""
        if self._is_versioned():
            found = self._pages("list_object_versions", prefix, "Versions", "DeleteMarkers")
            yield from (_leftover(item) for item in found if not _is_current(item))
        for item in self._pages("list_multipart_uploads", prefix, "Uploads"):
            yield Leftover(item["Key"], Form.UPLOAD, 0, item["Initiated"])

    def within(self, prefix: str) -> Iterator[str]:
        """See `ObjectStore`. Uploads are few and listed whole: not every store groups them by folder."""
        found = set(self._level("list_objects_v2", prefix, "Contents"))
        if self._is_versioned():
            found |= set(self._level("list_object_versions", prefix, "Versions", "DeleteMarkers"))
        for item in self._pages("list_multipart_uploads", prefix, "Uploads"):
            name, slash, _ = item["Key"].removeprefix(prefix).partition("/")
            found.add(f"{prefix}{name}{slash}")
        yield from sorted(found)

    def destroy_leftovers(self, key: str) -> None:
        """See `ObjectStore`."""
        if self._is_versioned():
            pages = self._pages("list_object_versions", key, "Versions", "DeleteMarkers")
            old = [
                {"Key": key, "VersionId": item["VersionId"]}
                for item in pages
                if item["Key"] == key and not _is_current(item)
            ]
            for start in range(0, len(old), _DELETE_BATCH):
                self._delete(old[start : start + _DELETE_BATCH])
        self._abort_uploads(key, {key})

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

    def _level(self, operation: Any, prefix: str, *fields: str) -> Iterator[str]:  # noqa: ANN401 - a literal
        with _translated(prefix):
            pages = self._client.get_paginator(operation).paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
            for page in pages:
                yield from (folder["Prefix"] for folder in page.get("CommonPrefixes", ()))
                for field in fields:
                    yield from (item["Key"] for item in page.get(field, ()) if not item["Key"].endswith("/"))

    def _pages(self, operation: Any, prefix: str, *fields: str) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - a literal
        with _translated(prefix):
            for page in self._client.get_paginator(operation).paginate(Bucket=self.bucket, Prefix=prefix):
                for field in fields:
                    # A store over a file system also lists the folders of what is gone; no key of ours is one.
                    yield from (item for item in page.get(field, ()) if not item["Key"].endswith("/"))


def _is_current(version: Mapping[str, Any]) -> bool:
    """Whether this is what a reader of the key gets; a delete marker never is, since it has no size."""
    return bool(version["IsLatest"]) and "Size" in version


def _leftover(version: Mapping[str, Any]) -> Leftover:
    form = Form.VERSION if "Size" in version else Form.MARKER
    return Leftover(version["Key"], form, version.get("Size", 0), version["LastModified"])


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
    except BotoCoreError as error:
        raise StoreUnavailable(f"{type(error).__name__} for {key}") from error
