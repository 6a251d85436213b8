"""How every client of an S3 store is made: once, so that all of them speak to every store alike."""

import base64
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import boto3
from botocore import UNSIGNED
from botocore.client import Config

from infra.settings import StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_PLAIN = Config(
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
    connect_timeout=5,
    read_timeout=60,
    retries={"max_attempts": 3, "mode": "standard"},
)


def s3_client(settings: StoreSettings, endpoint: str) -> "S3Client":
    """A client that speaks to AWS, Ceph, MinIO and JuiceFS alike. It opens no connection before its first request."""
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name=settings.region,
        aws_access_key_id=settings.access_key,
        aws_secret_access_key=settings.secret_key,
        config=_PLAIN.merge(
            Config(
                signature_version="s3v4",
                s3={"addressing_style": "path", "payload_signing_enabled": _is_overheard(endpoint)},
            )
        ),
    )
    client.meta.events.register("before-call.s3.DeleteObjects", _add_content_md5)
    return client


def _is_overheard(endpoint: str) -> bool:
    """Whether others on the way could change what is sent, so that the signature must cover a request's body.

    Where TLS does, or nobody else is on the line, hashing it once more on either side is a fifth of what putting a
    large object costs; what is in it is sealed, and its own hash is kept.
    """
    where = urlsplit(endpoint)
    return where.scheme != "https" and where.hostname not in _LOOPBACK


def anonymous_client(settings: StoreSettings) -> "S3Client":
    """A client that bears no account, to see what the store lets anybody do."""
    client: S3Client = boto3.client(
        "s3",
        endpoint_url=settings.endpoint,
        region_name=settings.region,
        config=_PLAIN.merge(Config(signature_version=UNSIGNED)),
    )
    return client


def _add_content_md5(params: dict[str, Any], **_: object) -> None:
    body = params["body"]
    digest = hashlib.md5(body if isinstance(body, bytes) else body.encode(), usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = base64.b64encode(digest).decode()
