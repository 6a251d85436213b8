"""What anybody sees who looks at the bucket and the database from outside: every version, every key, every paper."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from infra import clock
from tests.year.servers import BUCKET, Servers

_ROOTS = ("seg/", "evidence/", "keys/")


class Day(NamedTuple):
    """An institution's civil day of one class."""

    tenant_id: UUID
    day: date
    days: int

    @property
    def shares(self) -> str:
        """Where the shares of its key lie."""
        return f"keys/{self.tenant_id}/days/{self.day.isoformat()}/d{self.days}/"


@dataclass(kw_only=True)
class Seen:
    """One look. `current` opens by name, `anything` is there in some form; `rows` are keys whose row has its secret."""

    current: set[str] = field(default_factory=set)
    anything: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    rows: dict[Day, str] = field(default_factory=dict)
    begun: set[Day] = field(default_factory=set)
    certified: dict[Day, dict[str, Any]] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)

    def opens(self, day: Day) -> bool:
        """Whether both halves of a key are there."""
        return day in self.rows and f"{day.shares}{self.rows[day]}.share" in self.current

    def remains(self, day: Day) -> bool:
        """Whether anything of a key is there."""
        return day in self.rows or day.shares in self.folders

    def rule_of(self, key: str, age_days: float) -> str:
        """The rule of the bucket that may have taken an object of this age; empty for none."""
        for rule in self.rules:
            days = rule.get("Expiration", {}).get("Days")
            if days is not None and key.startswith(rule["Filter"]["Prefix"]) and age_days >= days:
                return str(rule["ID"])
        return ""


def look(servers: Servers) -> Seen:
    """Everything as it is now. Of papers those of the last days, and what is begun and has none."""
    seen = Seen(rules=_rules(servers))
    for item in _listed(servers):
        seen.anything.add(item["Key"])
        seen.folders.add(item["Key"].rpartition("/")[0] + "/")
        if item.get("IsLatest") and "Size" in item:
            seen.current.add(item["Key"])
    database = servers.database
    for row in database.rows("select * from day_keys where wrapped_secret is not null"):
        seen.rows[Day(row["tenant_id"], row["civil_day"], row["retention_days"])] = row["recipient"]
    recent = "select * from destructions where state = 'begun' or certified_at > %s"
    for row in database.rows(recent, clock.now() - timedelta(days=3)):
        day = Day(row["tenant_id"], row["civil_day"], row["retention_days"])
        seen.begun.add(day)
        if row["certificate"] is not None:
            seen.certified[day] = row["certificate"]
    return seen


def _listed(servers: Servers) -> Iterator[Any]:
    bucket = servers.bucket
    for root in _ROOTS:
        for page in bucket.get_paginator("list_object_versions").paginate(Bucket=BUCKET, Prefix=root):
            yield from page.get("Versions", ())
            yield from page.get("DeleteMarkers", ())
        for uploads in bucket.get_paginator("list_multipart_uploads").paginate(Bucket=BUCKET, Prefix=root):
            yield from uploads.get("Uploads", ())


def _rules(servers: Servers) -> list[Any]:
    found: list[Any] = list(servers.bucket.get_bucket_lifecycle_configuration(Bucket=BUCKET)["Rules"])
    return found
