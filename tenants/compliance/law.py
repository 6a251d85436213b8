"""How an institution stands with floor, ceiling and holds, told once: the roll-up and the articles say the same.

What the law waits for lies in three rooms: days and holds, copies handed over, and copies for reference (KH-5-4a).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tenants.compliance.rules import DESTRUCTION_GRACE, LawFacts, UrgentFacts
from tenants.disclosures.losses import lost_cases
from tenants.disclosures.packages import ending as packages
from tenants.disclosures.retained import clocks as retained
from tenants.retention.queries import Overdue
from tenants.retention.standing import standing
from tenants.retention.urgent.queries import Urgent


@dataclass(frozen=True, kw_only=True)
class LateCopy:
    """A copy of footage that has to go since an instant and is not proven to be gone: what it is, and its id."""

    label: str
    id: UUID
    since: datetime


@dataclass(frozen=True, kw_only=True)
class LawStanding:
    """The numbers, and the lists behind the late ones: days and copies that have to go, still in their grace or not."""

    facts: LawFacts
    late_days: Sequence[Overdue]
    late_copies: Sequence[LateCopy]


def law_standing(*, tenant_id: UUID, now: datetime) -> LawStanding:
    """As of `now`; the session is bound to the institution."""
    own, copies = standing(tenant_id=tenant_id, now=now), retained.waiting(tenant_id=tenant_id, now=now)
    handed_over = packages.ended_since(tenant_id=tenant_id)
    elsewhere = [since for _, since in (*handed_over, *copies.ended)]
    minutes = [(now - since) // timedelta(minutes=1) for since in elsewhere]
    return LawStanding(
        facts=LawFacts(
            computed_at=now,
            floor_missing=own.floor_missing,
            late_minutes=max([own.late_minutes, *minutes]),
            days_overdue=own.days_overdue + sum(now - since > DESTRUCTION_GRACE for since in elsewhere),
            open_holds=own.open_holds,
            late_reviews=own.late_reviews + copies.late_reviews,
            incomplete_holds=own.incomplete_holds + copies.incomplete,
            stopped_runs=own.stopped_runs,
            lost_requests=len(lost_cases(tenant_id=tenant_id)),
            stalled=own.stalled,
            held_bytes=own.held_bytes,
            urgent_holds=tuple(_urgent(each) for each in own.urgent_holds),
        ),
        late_days=own.overdue,
        late_copies=[
            *_late("保全的影像", own.ended_holds),
            *_late("交付的影像複製檔", handed_over),
            *_late("備查複製本", copies.ended),
        ],
    )


def columns(facts: LawFacts) -> Mapping[str, Any]:
    """The numbers as `ComplianceRetention` keeps them."""
    plain = {each.name: getattr(facts, each.name) for each in fields(LawFacts)}
    return plain | {"urgent_holds": [_plain(each) for each in facts.urgent_holds]}


def read(told: Mapping[str, Any]) -> LawFacts | None:
    """The same, read back; None where there is no row."""
    if told["computed_at"] is None:
        return None
    return LawFacts(**{**told, "urgent_holds": tuple(_told(each) for each in told["urgent_holds"])})


def _late(label: str, ended: Sequence[tuple[UUID, datetime]]) -> Iterator[LateCopy]:
    for copy_id, since in ended:
        yield LateCopy(label=label, id=copy_id, since=since)


def _urgent(each: Urgent) -> UrgentFacts:
    return UrgentFacts(
        number=each.said.number,
        placed_at=each.hold.placed_at,
        ends_on=each.hold.ends_on,
        over_cap=each.said.over_cap,
    )


def _plain(each: UrgentFacts) -> Mapping[str, Any]:
    return {
        "number": each.number,
        "placed_at": each.placed_at.isoformat(),
        "ends_on": each.ends_on.isoformat() if each.ends_on is not None else "",
        "over_cap": each.over_cap,
    }


def _told(plain: Mapping[str, Any]) -> UrgentFacts:
    return UrgentFacts(
        number=plain["number"],
        placed_at=datetime.fromisoformat(plain["placed_at"]),
        ends_on=date.fromisoformat(plain["ends_on"]) if plain["ends_on"] else None,
        over_cap=plain["over_cap"],
    )
