"""Each camera of an institution on a day: what was due of it, what was recorded, and how many days it owes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from infra.once import read_once
from tenants.compliance import rules
from tenants.footage import camera_days
from tenants.footage.camera_days import CameraTimeline
from tenants.footage.due import due_by_site
from tenants.registry import classes
from tenants.registry import queries as registry
from tenants.registry.models import Site


@dataclass(frozen=True)
class TakenCamera:
    """One camera's day with the windows in which its site had to record."""

    line: CameraTimeline
    site: Site
    facts: rules.CameraFacts
    coverage: rules.Coverage


@read_once
def taken_cameras(*, tenant_id: UUID, day: date, now: datetime) -> list[TakenCamera]:
    """The cameras in use on the day, with what is known of them at `now`; the session is bound to the institution."""
    sites = {site.id: site for site in registry.sites(tenant_id=tenant_id)}
    due = due_by_site(tenant_id=tenant_id, day=day)
    lines = _lines(tenant_id=tenant_id, day=day, now=now)
    return [
        TakenCamera(
            line,
            sites[line.camera.site_id],
            rules.camera_facts(line.day, due[line.camera.site_id]),
            rules.coverage_of(line.day, due[line.camera.site_id], now),
        )
        for line in (lines[camera.id] for camera in registry.cameras_in_use(tenant_id=tenant_id, day=day))
    ]


def stored_by_site(*, tenant_id: UUID, day: date, now: datetime) -> Mapping[UUID, int]:
    """Bytes that the store has of the day, by site; a site without any is left out (DR-30)."""
    found: Counter[UUID] = Counter()
    for line in _lines(tenant_id=tenant_id, day=day, now=now).values():
        if line.stored_bytes is not None:
            found[line.camera.site_id] += line.stored_bytes
    return found


@read_once
def _lines(*, tenant_id: UUID, day: date, now: datetime) -> Mapping[UUID, CameraTimeline]:
    """Of those that are no longer in use as well: what they recorded fills the store like any other footage."""
    ever = registry.cameras_ever(tenant_id=tenant_id)
    found = camera_days.timeline(tenant_id=tenant_id, cameras=ever, day=day, now=now)
    return {line.camera.id: line for line in found}


def days_owed(
    *, tenant_id: UUID, taken: Sequence[TakenCamera], oldest: Mapping[UUID, date], today: date
) -> Mapping[UUID, int]:
    """How many days each camera owes that has fewer than the regulation, its school or both ask for (KH-5-3c)."""
    known = classes.of_tenant(tenant_id=tenant_id)
    found = {
        each.line.camera.id: rules.days_short(
            owed_since=known.owed_since(each.site, today),
            active_from=each.line.camera.active_from,
            oldest_day=oldest.get(each.line.camera.id),
            today=today,
        )
        for each in taken
    }
    return {camera_id: days for camera_id, days in found.items() if days is not None}
