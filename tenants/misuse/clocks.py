"""The hours that run from 知悉時間, and what was said of it: said anew, never said otherwise (DR-29).

The session is bound to the institution.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock, queues
from infra.db import db
from infra.queues import Job
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, refuse
from tenants.misuse import queries
from tenants.misuse.models import MeasureKind, MisuseCase, MisuseKind, MisuseMeasure, MisuseStatement
from tenants.misuse.opened import open_case


class Incident(StrEnum):
    """What a case also is; each starts clocks of its own."""

    CYBER = "cyber"
    PERSONAL = "personal"


INCIDENT_NAMES: Mapping[Incident, str] = {
    Incident.CYBER: "資安事件（系統遭入侵、帳號遭盜用、設備遭竊）",
    Incident.PERSONAL: "個資事故（影像遭竊取、洩漏、竄改或其他侵害）",
}


@dataclass(frozen=True, kw_only=True)
class _Setting:
    """One clock as the file says it."""

    name: str
    incident: Incident
    hours: int
    stopped_by: MeasureKind
    basis: str
    template: str


@dataclass(frozen=True, kw_only=True)
class Clock:
    """One clock of a case: until when, and when what it asks for was noted; `late` as of now, or of the noting."""

    name: str
    hours: int
    basis: str
    template: str
    due_at: datetime
    done_at: datetime | None
    late: bool


@dataclass(frozen=True, kw_only=True)
class Known:
    """知悉時間 and what the case is, as last said; `changes` are all that was said, the oldest first."""

    discovered_at: datetime
    incidents: frozenset[Incident]
    changes: Sequence[MisuseStatement]


def known(found: MisuseCase) -> Known:
    """What counts for a case now. Before anybody said more, a leak is an incident of personal data."""
    query = select(MisuseStatement).where(
        MisuseStatement.tenant_id == found.tenant_id, MisuseStatement.misuse_id == found.id
    )
    changes = list(db.session.scalars(query.order_by(MisuseStatement.said_at, MisuseStatement.id)))
    if not changes:
        return Known(discovered_at=found.discovered_at, incidents=at_first(found), changes=())
    last = changes[-1]
    incidents = frozenset(Incident(each) for each in last.incidents)
    return Known(discovered_at=last.discovered_at, incidents=incidents, changes=changes)


def at_first(found: MisuseCase) -> frozenset[Incident]:
    """What a case is by its kind alone, as it was reported."""
    return frozenset({Incident.PERSONAL} if found.kind == MisuseKind.LEAK else ())


def clocks(said: Known, measures: Sequence[MisuseMeasure], *, now: datetime) -> list[Clock]:
    """The clocks that run for a case, the shortest first."""
    return [_clock(each, said, measures, now) for each in _settings() if each.incident in said.incidents]


def running(found: MisuseCase, *, now: datetime) -> list[Clock]:
    """The clocks of a case that nothing has stopped yet."""
    measures = queries.measures(tenant_id=found.tenant_id, misuse_id=found.id)
    return [each for each in clocks(known(found), measures, now=now) if each.done_at is None]


def restate(
    *,
    actor: Actor,
    tenant_id: UUID,
    misuse_id: UUID,
    discovered_at: datetime,
    incidents: Collection[Incident],
    reason: str,
) -> MisuseStatement:
    """Say anew when it was known and what it is: what was said before stands beside it, in rows and in the chain.

    Raises `Invalid` without a reason, and for a time of the future or after the report.
    """
    found = open_case(actor=actor, tenant_id=tenant_id, misuse_id=misuse_id)
    refuse(restatement_faults(reason))
    if discovered_at > found.reported_at:
        raise Invalid("知悉時間不能晚於登記時間。請填寫實際知悉的時間。", field="discovered_time")
    was = known(found)
    made = MisuseStatement(
        id=uuid4(), tenant_id=tenant_id, misuse_id=found.id, discovered_at=discovered_at, reason=reason.strip()
    )
    made.incidents, made.said_at, made.said_by = sorted(each.value for each in incidents), clock.now(), person(actor)
    db.session.add(made)
    audit.record(
        Event.MISUSE_RESTATED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        serial=found.serial,
        was=was.discovered_at.isoformat(),
        discovered_at=discovered_at.isoformat(),
        incidents=made.incidents,
    )
    queues.enqueue_after_commit(db.session, Job.PLAN_NOTICES, tenant_id=tenant_id)  # other clocks may run now
    return made


def restatement_faults(reason: str) -> Iterator[Invalid]:
    """What a new word about 知悉時間 lacks by itself."""
    if not reason.strip():
        yield Invalid("請填寫更正的理由；原來的時間仍會保留。", field="reason")


def _clock(setting: _Setting, said: Known, measures: Sequence[MisuseMeasure], now: datetime) -> Clock:
    due_at = said.discovered_at + timedelta(hours=setting.hours)
    done_at = min((each.noted_at for each in measures if each.kind == setting.stopped_by), default=None)
    return Clock(
        name=setting.name,
        hours=setting.hours,
        basis=setting.basis,
        template=setting.template,
        due_at=due_at,
        done_at=done_at,
        late=(done_at or now) > due_at,
    )


@cache
def _settings() -> tuple[_Setting, ...]:
    told = tomllib.loads((resources.files("tenants.misuse") / "clocks.toml").read_text(encoding="utf-8"))
    found = [
        _Setting(**(each | {"incident": Incident(each["incident"]), "stopped_by": MeasureKind(each["stopped_by"])}))
        for each in told["clock"]
    ]
    return tuple(sorted(found, key=lambda each: each.hours))
