"""Taking an institution's facts. They follow from rows that others wrote and audited; the chain does not repeat them.

Taken again they are written over: a late upload, an explained gap or a rule that was corrected changes what was known.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from infra.clock import civil_day
from infra.db import Model, db
from infra.overwriting import overwrite
from tenants.actor import Actor
from tenants.compliance import law as laws
from tenants.compliance import rules
from tenants.compliance.models import (
    ComplianceCamera,
    ComplianceDay,
    ComplianceNow,
    ComplianceRetention,
    ComplianceSiteDay,
)
from tenants.compliance.rules import Coverage
from tenants.compliance.taken import TakenCamera, days_owed, stored_by_site, taken_cameras
from tenants.disclosures import queries as disclosures
from tenants.disclosures.official import queries as official
from tenants.footage import camera_days
from tenants.footage import queries as footage
from tenants.footage.rules import Now, Reported
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.retention import queries as retention
from tenants.upkeep.faults import queries as faults


def take_now(*, tenant_id: UUID, now: datetime, actor: Actor) -> None:
    """Write down what is known of the institution at this moment: the bureau's board reads nothing else."""
    actor.require(Permission.PLATFORM_READ)
    today = civil_day(now)
    taken = taken_cameras(tenant_id=tenant_id, day=today, now=now)
    oldest = footage.earliest_days(tenant_id=tenant_id, cameras=[each.line.camera for each in taken])
    said = camera_days.statuses(tenant_id=tenant_id)
    heard = [each for each in taken if each.line.now is not Now.SILENT]
    owed = days_owed(tenant_id=tenant_id, taken=taken, oldest=oldest, today=today)
    short = list(owed.values())
    state = rules.together(each.coverage for each in taken)
    law = laws.law_standing(tenant_id=tenant_id, now=now)
    faulted = faults.told_as_stopped(tenant_id=tenant_id)
    _write(
        ComplianceNow,
        {"tenant_id": tenant_id},
        computed_at=now,
        last_report_at=max((word.at for word in said.values()), default=None),
        upload_late_since=min((word.late.started_at for word in said.values() if word.late is not None), default=None),
        cameras=len(taken),
        # Without a word from any camera nobody knows, and 0 would say that somebody does (DR-30).
        recording_now=sum(each.line.now is Now.RECORDING for each in heard) if heard else None,
        coverage_today=rules.share(rules.total(each.facts for each in taken)) if state is Coverage.KNOWN else None,
        coverage_state=state,
        days_kept=retention.days_kept(tenant_id=tenant_id, today=today),
        oldest_day=footage.oldest_day(tenant_id=tenant_id, cameras=registry.cameras(tenant_id=tenant_id)),
        open_requests=disclosures.open_count(tenant_id=tenant_id),
        late_requests=official.late_count(tenant_id=tenant_id, today=today),
        overdue_destructions=sum(now - each.since > rules.DESTRUCTION_GRACE for each in law.late_days),
        short_cameras=len(short),
        short_of=sorted(set(short)),
        stopped_in_faults=sum(each.line.now is not Now.RECORDING and each.line.camera.id in faulted for each in taken),
        stopped_since=_stopped_since(taken, camera_days.stopped_since(tenant_id=tenant_id), but_for=faulted),
    )
    facts = replace(law.facts, wrong_since=_wrong_since(law.facts, tenant_id, now))
    _write(ComplianceRetention, {"tenant_id": tenant_id}, **laws.columns(facts))
    _write_cameras(taken, said, oldest, now)


def _write_cameras(
    taken: Iterable[TakenCamera], said: Mapping[UUID, Reported], oldest: Mapping[UUID, date], now: datetime
) -> None:
    faults_of = {camera_id: word.fault for camera_id, word in said.items()}
    rows = [
        _camera(each, fault=faults_of.get(camera_id), oldest_day=oldest.get(camera_id)) | {"computed_at": now}
        for each in taken
        for camera_id in [each.line.camera.id]
    ]
    overwrite(ComplianceCamera, ("tenant_id", "camera_id"), rows)


def _stopped_since(
    taken: Iterable[TakenCamera], stopped: Mapping[UUID, datetime], *, but_for: Collection[UUID]
) -> datetime | None:
    """Since when the camera has nothing that is longest without, of those of which its box speaks."""
    told = {each.line.camera.id for each in taken if each.line.now is Now.NOT_RECORDING} - set(but_for)
    return min((since for camera_id, since in stopped.items() if camera_id in told), default=None)


def _wrong_since(facts: rules.LawFacts, tenant_id: UUID, now: datetime) -> datetime | None:
    """As the minute before told it, or this one."""
    if not any(rules.law_faults(facts)):
        return None
    kept = db.session.scalar(select(ComplianceRetention.wrong_since).where(ComplianceRetention.tenant_id == tenant_id))
    return kept or now


def take_day(*, tenant_id: UUID, day: date, now: datetime, actor: Actor) -> None:
    """Write down one civil day's seconds, due and recorded, and what each site stored.

    A day on which nothing was due is kept with zeros. One whose footage was destroyed is kept as it was told: what
    there was is no longer in the index, and would read as never recorded.
    """
    actor.require(Permission.PLATFORM_READ)
    taken = taken_cameras(tenant_id=tenant_id, day=day, now=now)
    if any(each.line.destroyed for each in taken):
        return
    found = rules.total(each.facts for each in taken)
    _write(
        ComplianceDay,
        {"tenant_id": tenant_id, "civil_day": day},
        cameras=len(taken),
        due_seconds=found.due_seconds,
        recorded_seconds=found.recorded_seconds,
        gaps=found.gaps,
        coverage_state=rules.together(each.coverage for each in taken),
        computed_at=now,
    )
    sizes = [
        {"tenant_id": tenant_id, "site_id": site_id, "civil_day": day, "size": size, "computed_at": now}
        for site_id, size in stored_by_site(tenant_id=tenant_id, day=day, now=now).items()
    ]
    overwrite(ComplianceSiteDay, ("tenant_id", "site_id", "civil_day"), sizes)


def _camera(taken: TakenCamera, *, fault: str | None, oldest_day: date | None) -> dict[str, Any]:
    camera = taken.line.camera
    return {
        "tenant_id": camera.tenant_id,
        "camera_id": camera.id,
        "site_name": taken.site.name,
        "code": camera.code,
        "name": camera.name,
        "state": taken.line.now,
        "fault": fault or "",
        "due_seconds": taken.facts.due_seconds,
        "recorded_seconds": taken.facts.recorded_seconds,
        "coverage_state": taken.coverage,
        "oldest_day": oldest_day,
    }


def _write(model: type[Model], key: dict[str, Any], **facts: Any) -> None:  # noqa: ANN401 - columns of three tables
    overwrite(model, tuple(key), [key | facts])
