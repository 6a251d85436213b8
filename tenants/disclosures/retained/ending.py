"""The end of a copy for reference: key, share and objects go, a listing shows that they did, and a certificate says so.

A person decided so on its review, or its year is over and no exception of the law keeps it (KH-5-4a, TY-4-4a).
"""

import hashlib
import json
from datetime import datetime
from uuid import UUID, uuid4

from infra import clock, object_keys, queues
from infra.db import db
from infra.objects import ObjectStore
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.disclosures.packages import contents
from tenants.disclosures.retained import queries, rules
from tenants.disclosures.retained.certificate import Facts, certificate
from tenants.disclosures.retained.history import record
from tenants.disclosures.retained.models import CopyCertificate, RetainedCopy
from tenants.disclosures.retained.reviewing import end
from tenants.errors import InvalidTransition
from tenants.profiles import Clause
from tenants.registry import queries as registry
from tenants.retention.emptying import empty
from tenants.retention.models import HoldBasis

YEAR_IS_OVER = "影像屆滿一年，無其他法律規定或調查之必要"


def ended_since(*, tenant_id: UUID) -> list[tuple[UUID, datetime]]:
    """Copies that have to go and are not proven to be gone, each with the instant since which, the oldest first."""
    living = (each.copy for each in queries.living(tenant_id=tenant_id))
    found = [(copy.id, _since(copy)) for copy in living if copy.made_at is not None]
    return sorted(
        ((copy_id, since) for copy_id, since in found if since is not None and since <= clock.now()),
        key=lambda one: one[1],
    )


def destroy_copy(*, actor: Actor, tenant_id: UUID, copy_id: UUID, store: ObjectStore) -> None:
    """Destroy a copy whose time is over, and certify it once nothing is left. Repeatable, in two phases as a day.

    The first call destroys the row's secret; one after its commit the share and the objects. Raises
    `InvalidTransition` before its time, and `StillThere` when the store kept anything.
    """
    copy = queries.locked(tenant_id=tenant_id, copy_id=copy_id)
    if copy.destroyed_at is not None:
        return
    since = _since(copy)
    if since is None or since > clock.now() or copy.made_at is None:
        raise InvalidTransition("備查複製本尚未決定銷毀，影像也未屆滿一年，不能銷毀。")
    if copy.ended_at is None:
        end(copy, actor=actor, reason=YEAR_IS_OVER)
    if copy.wrapped_secret is not None:
        copy.wrapped_secret = None
        ids = {"tenant_id": tenant_id, "copy_id": copy_id}
        queues.enqueue_after_commit(db.session, queues.Job.DESTROY_RETAINED_COPY, **ids, phase=2)
        return
    empty(store, object_keys.retained_shares(tenant_id=tenant_id, copy_id=copy_id))
    objects = empty(store, object_keys.retained_prefix(tenant_id=tenant_id, copy_id=copy_id))
    copy.destroyed_at = clock.now()
    issued = _certificate(copy, objects)
    db.session.add(issued)
    digest = hashlib.sha256(json.dumps(issued.paper, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    record(Event.RETAINED_DESTROYED, copy, actor=actor, certificate_no=issued.number, sha256=digest)


def _since(copy: RetainedCopy) -> datetime | None:
    return copy.ended_at or rules.goes_at(oldest=copy.oldest_at, basis=HoldBasis(copy.basis))


def _certificate(copy: RetainedCopy, objects: int) -> CopyCertificate:
    kept, tenant = queries.kept(tenant_id=copy.tenant_id, copy_id=copy.id), registry.tenant(tenant_id=copy.tenant_id)
    assert copy.destroyed_at is not None  # noqa: S101 - only called once it is
    year_took_it = copy.ended_by is None
    clause = Clause.RETENTION_MAX if year_took_it else Clause.RETAINED_COPY_DISPOSAL
    paper = certificate(
        Facts(
            copy=copy,
            serial=kept.disclosure.serial,
            institution_code=tenant.code,
            institution=tenant.name,
            regulation=kept.rule.name,
            rule=kept.rule.citation,
            articles=(kept.rule.article(clause),),
            windows=tuple(contents.approved_windows(kept.disclosure)),
            decided_by="系統" if year_took_it else kept.rule.terms.head,
            objects=objects,
            certified_at=copy.destroyed_at,
        )
    )
    return CopyCertificate(
        id=uuid4(),
        tenant_id=copy.tenant_id,
        copy_id=copy.id,
        number=paper["number"],
        oldest_on=clock.civil_day(copy.oldest_at),
        certified_at=copy.destroyed_at,
        paper=paper,
    )
