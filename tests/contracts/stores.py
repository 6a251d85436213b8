"""The stores under contract, and what a test needs to look at them from outside of the adapter."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import boto3

from infra.settings import Process, StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class StoreServer(Protocol):
    """A private store of `infra.stack`."""

    def root(self, bucket: str) -> StoreSettings:
        """The bucket as its owner."""

    def accounts(self, bucket: str) -> Mapping[Process, StoreSettings]:
        """The bucket as each process may use it."""


@dataclass(frozen=True)
class Place:
    """A fresh bucket on one server."""

    name: str
    server: StoreServer
    settings: StoreSettings

    @property
    def raw(self) -> "S3Client":
        """The store without the adapter."""
        client: S3Client = boto3.client(
            "s3",
            endpoint_url=self.settings.endpoint,
            region_name=self.settings.region,
            aws_access_key_id=self.settings.access_key,
            aws_secret_access_key=self.settings.secret_key,
        )
        return client
