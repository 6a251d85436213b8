"""When and how fast a site's box sends what it recorded, so that lessons keep the school's line (DR-34).

Recording, heartbeats and what a case waits for are never held up, and a box whose disk runs short ignores the hours.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from infra import clock
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import queries
from tenants.registry.models import Site
from tenants.working_days import is_working_day

# Footage that waited so long is sent in closed hours too.
OLDEST = timedelta(hours=24)
_KILOBITS = 1000
_SLOWEST, _FASTEST = 500, 1_000_000
_ONE_DAY = timedelta(days=1)
_MEGABITS = re.compile(r"\d{1,4}(\.\d)?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, kw_only=True)
class Typed:
    """What was typed: Mbit/s or nothing for no limit, two clock times or none, and what goes first."""

    megabits: str
    closed_from: str
    closed_until: str
    newest_first: bool


def set_sending(*, tenant_id: UUID, site_id: UUID, typed: Typed, actor: Actor) -> Site:
    """Say how a site's boxes send; they hear of it within a minute. Raises `Invalid`."""
    actor.require(Permission.DEVICE_ENROL)
    site = queries.site(tenant_id=tenant_id, site_id=site_id)
    for fault in faults(typed):
        raise fault
    speed, hours = _plain(typed.megabits), _hours_of(typed)
    begins, ends = (time.fromisoformat(text) if text else None for text in hours.values())
    site.sending_kilobits = _kilobits(speed) if speed else None
    site.sending_closed_from, site.sending_closed_until = begins, ends
    site.newest_first = typed.newest_first
    audit.record(
        Event.SITE_SENDING_SET,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=site.id,
        site_id=str(site.id),
        kilobits=site.sending_kilobits,
        closed=f"{typed.closed_from}–{typed.closed_until}" if site.sending_closed_from else "",
        newest_first=site.newest_first,
    )
    return site


def closed_spans(
    begins: time | None, ends: time | None, *, first: date, days: int
) -> Iterator[tuple[datetime, datetime]]:
    """When nothing is sent in bulk, for so many days: on working days, in Taipei time, also across midnight.

    There is no calendar of the schools' own yet, so the one of the offices decides, with its make-up days (DR-16).
    """
    if begins is None or ends is None:
        return
    for day in (first + _ONE_DAY * number for number in range(days)):
        if is_working_day(day):
            until = day if begins < ends else day + _ONE_DAY
            yield (
                datetime.combine(day, begins, tzinfo=clock.TAIPEI),
                datetime.combine(until, ends, tzinfo=clock.TAIPEI),
            )


def faults(typed: Typed) -> Iterator[Invalid]:
    """All that is wrong with what was typed, each with its field, so that it is told in one round."""
    speed, hours = _plain(typed.megabits), _hours_of(typed)
    if speed and not _SLOWEST <= _kilobits(speed) <= _FASTEST:
        yield Invalid("上傳速度上限請填 0.5 到 1000，單位為 Mbps，例如 20；不限制請留空。", field="megabits")
    if not any(hours.values()):
        return
    wrong = [name for name, text in hours.items() if not _CLOCK.fullmatch(text)]
    for name in wrong:
        which = "開始" if name == "closed_from" else "結束"
        yield Invalid(f"{which}時間請以二十四小時制填寫，例如 07:30；不設時段請兩格都留空。", field=name)
    if not wrong and hours["closed_from"] == hours["closed_until"]:
        yield Invalid("開始與結束不可相同。請填寫不上傳的時段，例如 07:30 到 17:00。", field="closed_until")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _kilobits(speed: str) -> int:
    """In kbit/s; 0 for what is no number of Mbit/s."""
    return round(float(speed) * _KILOBITS) if _MEGABITS.fullmatch(speed) else 0


def _hours_of(typed: Typed) -> dict[str, str]:
    return {"closed_from": _plain(typed.closed_from), "closed_until": _plain(typed.closed_until)}
