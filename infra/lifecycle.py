"""What a bucket does by itself and to whom it is open. What may be is law: `tenants.retention.store_rules`.

Some stores have none (the JuiceFS gateway); then nothing but our own destruction removes footage, and that is said
loudly instead of assumed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from botocore.exceptions import ClientError

from infra.objects import StoreRefused
from infra.s3_client import anonymous_client, s3_client
from infra.settings import StoreSettings

_NONE_SET = frozenset({"NoSuchLifecycleConfiguration"})
_CANNOT = frozenset({"NotImplemented", "MethodNotAllowed", "501"})
_NO_LOCK = _CANNOT | {"ObjectLockConfigurationNotFoundError"}
_KNOWN_PARTS = frozenset(
    {"ID", "Filter", "Prefix", "Status", "Expiration", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"}
)
_EXPIRATION = frozenset({"Days", "ExpiredObjectDeleteMarker"})
_NONCURRENT = "NoncurrentVersionExpiration"


class Exposure(StrEnum):
    """What anybody can do without an account (KH-5-1a)."""

    LISTED = "listed"
    READ = "read"


class NoLifecycle(Exception):
    """The store has no expiry rules at all."""


@dataclass(frozen=True, kw_only=True)
class ExpiryRule:
    """One rule: what it covers and after how many days each form goes. `unknown` names parts that we do not know.

    `markers` removes delete markers under which no version is left; stores take it only in a rule without `days`.
    """

    id: str
    prefix: str
    days: int | None
    noncurrent_days: int | None = None
    abort_days: int | None = None
    markers: bool = False
    enabled: bool = True
    unknown: tuple[str, ...] = ()


class BucketRules:
    """The rules of one bucket, for a process whose account may read and write them (the worker's)."""

    def __init__(self, settings: StoreSettings) -> None:
        """Makes no request."""
        self.bucket = settings.bucket
        self._client = s3_client(settings, settings.endpoint)
        self._anybody = anonymous_client(settings)

    def read(self) -> list[ExpiryRule]:
        """The rules in force, by id. Raises `NoLifecycle` and `StoreRefused`."""
        try:
            answer = self._client.get_bucket_lifecycle_configuration(Bucket=self.bucket)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _NONE_SET:
                return []
            if code in _CANNOT:
                raise NoLifecycle(self.bucket) from error
            raise StoreRefused(f"{code} for the rules of {self.bucket}") from error
        return sorted((parsed(dict(rule)) for rule in answer["Rules"]), key=lambda rule: rule.id)

    def write(self, rules: Iterable[ExpiryRule]) -> None:
        """Put these rules in place of all that were there. Raises `NoLifecycle` and `StoreRefused`."""
        spelled: list[Any] = [_spelled(rule) for rule in rules]
        try:
            self._client.put_bucket_lifecycle_configuration(
                Bucket=self.bucket, LifecycleConfiguration={"Rules": spelled}
            )
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _CANNOT:
                raise NoLifecycle(self.bucket) from error
            raise StoreRefused(f"{code} for the rules of {self.bucket}") from error

    def is_versioned(self) -> bool:
        """Whether removing an object leaves versions behind, now or from before versioning was suspended."""
        return bool(self._client.get_bucket_versioning(Bucket=self.bucket).get("Status"))

    def default_lock(self) -> str:
        """The lock that the bucket puts on every new object by itself, such as `COMPLIANCE 30 days`; empty for none."""
        try:
            answer = self._client.get_object_lock_configuration(Bucket=self.bucket)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _NO_LOCK:
                return ""
            raise
        held = answer["ObjectLockConfiguration"].get("Rule", {}).get("DefaultRetention", {})
        days, years = held.get("Days"), held.get("Years")
        return f"{held['Mode']} {f'{days} days' if days else f'{years} years'}" if held.get("Mode") else ""

    def exposures(self, *, key: str | None) -> frozenset[Exposure]:
        """What anybody can do with the bucket, and with the object `key` if there is one; empty when it is shut.

        Found by trying and not by reading policies: a policy, a list of grants, a proxy and an account's own setting
        can each open a bucket. Passes on botocore's errors of a store that does not answer: then nothing is known.
        """
        found = set()
        if _is_allowed(lambda: self._anybody.list_objects_v2(Bucket=self.bucket, MaxKeys=1)):
            found.add(Exposure.LISTED)
        if key is not None and _is_allowed(lambda: self._anybody.head_object(Bucket=self.bucket, Key=key)):
            found.add(Exposure.READ)
        return frozenset(found)


def _is_allowed(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        return False
    return True


def parsed(raw: dict[str, Any]) -> ExpiryRule:
    """A rule as the store spells it; what is not known of it is named and never passed over."""
    chosen = raw.get("Filter") or {}
    expiration = raw.get("Expiration") or {}
    unknown = sorted(raw.keys() - _KNOWN_PARTS)
    unknown += sorted(f"Filter.{part}" for part in chosen.keys() - {"Prefix"})
    unknown += sorted(f"Expiration.{part}" for part, held in expiration.items() if part not in _EXPIRATION and held)
    old = raw.get(_NONCURRENT) or {}
    unknown += sorted(f"{_NONCURRENT}.{part}" for part, held in old.items() if part != "NoncurrentDays" and held)
    return ExpiryRule(
        id=raw.get("ID", ""),
        prefix=chosen.get("Prefix", raw.get("Prefix", "")),
        days=expiration.get("Days"),
        noncurrent_days=old.get("NoncurrentDays"),
        abort_days=(raw.get("AbortIncompleteMultipartUpload") or {}).get("DaysAfterInitiation"),
        markers=bool(expiration.get("ExpiredObjectDeleteMarker")),
        enabled=raw.get("Status") == "Enabled",
        unknown=tuple(unknown),
    )


def _spelled(rule: ExpiryRule) -> dict[str, Any]:
    spelled: dict[str, Any] = {
        "ID": rule.id,
        "Status": "Enabled" if rule.enabled else "Disabled",
        "Filter": {"Prefix": rule.prefix},
    }
    if rule.days is not None:
        spelled["Expiration"] = {"Days": rule.days}
    elif rule.markers:
        spelled["Expiration"] = {"ExpiredObjectDeleteMarker": True}
    if rule.noncurrent_days is not None:
        spelled["NoncurrentVersionExpiration"] = {"NoncurrentDays": rule.noncurrent_days}
    if rule.abort_days is not None:
        spelled["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": rule.abort_days}
    return spelled
