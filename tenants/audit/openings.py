"""Whether somebody opened what they go on looking at: the chain is asked, and a browser only says where (DR-13).

No audit, no access: without the event of an opening nothing is shown, and an opening lasts a working morning.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from infra import clock
from tenants.actor import Actor
from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.audit.models import AuditEvent

OPEN_FOR = timedelta(hours=4)
# Every kind of event by which somebody saw footage, or took it out of the institution's keeping (KH-5-1c).
REACHING = (
    Event.DISCLOSURE_COLLECTED,
    Event.DISCLOSURE_HANDED_OVER,
    Event.DISCLOSURE_TAKEN_OUT,
    Event.DISCLOSURE_VIEWED,
    Event.PACKAGE_WATCHED,
    Event.RETAINED_OPENED,
    Event.RETAINED_WATCHED,
    Event.RIGHTS_COPY_SENT,
    Event.RIGHTS_COPY_TAKEN,
    Event.RIGHTS_LOOK_BEGUN,
    Event.RIGHTS_MASKS_CONFIRMED,
    Event.RIGHTS_WATCHED,
    Event.VIEWING_BEGUN,
    Event.VIEWING_HANDED_OVER,
    Event.VIEWING_OPENED,
)


def opened(
    kind: Event, *, actor: Actor, tenant_id: UUID, seq: int | None, subject_id: UUID, **said: object
) -> AuditEvent | None:
    """The event `seq`, if it is this person's opening of exactly this, not longer ago than `OPEN_FOR`."""
    found = chain.event(tenant_id=tenant_id, seq=seq) if seq is not None else None
    if found is None or found.at <= clock.now() - OPEN_FOR:
        return None
    is_theirs = (found.event, found.actor_id, found.subject_id) == (kind.key, actor.id, subject_id)
    return found if is_theirs and _says(found, said) else None


def all_since(
    since: datetime, kind: Event, *, actor: Actor, tenant_id: UUID, subject_id: UUID, **said: object
) -> list[AuditEvent]:
    """The openings of exactly this by this person since then, none longer ago than `OPEN_FOR`, the oldest first."""
    found = chain.of_subject(tenant_id=tenant_id, subject_id=subject_id, kinds=(kind,))
    first = clock.now() - OPEN_FOR
    return [
        each
        for each in found
        if each.actor_id == actor.id and each.at > first and each.at >= since and _says(each, said)
    ]


def _says(found: AuditEvent, said: Mapping[str, object]) -> bool:
    """Whether it says all of this; one of before something was written down does not say it."""
    return all(found.fields.get(name) == value for name, value in said.items())
