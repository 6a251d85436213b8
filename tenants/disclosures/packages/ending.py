"""The end of a package: when the copy that was made of approved footage goes.

Never before the hold of its case: until then somebody may object to the answer (DR-01). Nor, where it was looked at or
handed over, before the copy for reference was made of it (KH-6-4a, TY-5-3a); but never beyond the year (KH-5-4a,
TY-4-4a).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, NotNullable, Select, and_, exists, func, select

from infra import clock, object_keys, queues
from infra.db import db
from infra.objects import ObjectStore
from infra.statements import made_once
from tenants import periods
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures import at_hand
from tenants.disclosures.lifecycle import FINAL
from tenants.disclosures.models import Disclosure, DisclosureState, DisclosureWindow
from tenants.disclosures.official.passphrases import forget_passphrase
from tenants.disclosures.packages.models import Package
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.retained.models import RetainedCopy
from tenants.errors import InvalidTransition, NotFound
from tenants.retention.emptying import empty
from tenants.retention.models import Hold

_Ends = Select[UUID, datetime, bool, bool, datetime]


@dataclass(frozen=True)
class _End:
    """What the end of a package follows from, of those whose case is over and whose hold has ended."""

    package_id: UUID
    released_at: datetime
    is_carried_out: bool
    is_copied: bool
    oldest: datetime

    @property
    def since(self) -> datetime:
        """The instant since which it has to go."""
        if self.is_copied or not self.is_carried_out:
            return self.released_at
        return max(self.released_at, clock.day_start(periods.destroyed_by(clock.civil_day(self.oldest))))


def ending_packages(*, tenant_id: UUID) -> list[UUID]:
    """Packages whose time is over, and that are not proven to be gone."""
    return [package_id for package_id, _ in ended_since(tenant_id=tenant_id)]


def ended_since(*, tenant_id: UUID) -> list[tuple[UUID, datetime]]:
    """The same, each with the instant since which it has to go."""
    if not at_hand.any_package(tenant_id=tenant_id):
        return []
    found = _read(*_living(tenant_id=tenant_id))
    ended = [(each.package_id, each.since) for each in found if each.since <= clock.now()]
    return sorted(ended, key=lambda one: one[1])


def destroy_package(*, actor: Actor, tenant_id: UUID, package_id: UUID, store: ObjectStore) -> None:
    """Destroy a package whose case is over, and record it once nothing is left. Repeatable, in two phases as a day.

    The first call destroys the row's secret; one after its commit the share and the objects. Raises
    `InvalidTransition` before its time, and `StillThere` when the store kept anything.
    """
    package = _locked(tenant_id, package_id)
    if package.destroyed_at is not None:
        return
    disclosure = db.session.get_one(Disclosure, package.disclosure_id)
    end = next(iter(_read(_ends(Package.tenant_id == tenant_id, Package.id == package_id))), None)
    if end is None:
        raise InvalidTransition("案件或其保全尚未結束，影像複製檔不能銷毀。")
    if end.since > clock.now():
        raise InvalidTransition("影像已調閱或交付，備查複製本尚未製作完成，影像複製檔不能銷毀。")
    if package.wrapped_secret is not None:
        package.wrapped_secret = None
        queues.enqueue_after_commit(
            db.session, queues.Job.DESTROY_PACKAGE, tenant_id=tenant_id, package_id=package_id, phase=2
        )
        return
    empty(store, object_keys.package_shares(tenant_id=tenant_id, package_id=package_id))
    empty(store, object_keys.package_prefix(tenant_id=tenant_id, package_id=package_id))
    forget_passphrase(actor=actor, disclosure=disclosure, package_id=package_id)
    package.destroyed_at = clock.now()
    audit.record(
        Event.PACKAGE_DESTROYED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        package_id=str(package_id),
        serial=disclosure.serial,
    )


def _read(query: _Ends, values: Mapping[str, Any] | None = None) -> list[_End]:
    return [_End(*row) for row in db.session.execute(query, values)]


@made_once
def _living(*, tenant_id: UUID) -> _Ends:
    return _ends(Package.tenant_id == tenant_id, Package.destroyed_at.is_(None))


def _ends(*which: ColumnElement[bool]) -> _Ends:
    of_case = RegisterEntry.tenant_id == Disclosure.tenant_id, RegisterEntry.disclosure_id == Disclosure.id
    asked = DisclosureWindow.tenant_id == Disclosure.tenant_id, DisclosureWindow.disclosure_id == Disclosure.id
    made = RetainedCopy.tenant_id == Package.tenant_id, RetainedCopy.id == Package.id, RetainedCopy.made_at.is_not(None)
    is_closed = Disclosure.state == DisclosureState.CLOSED  # of what was withdrawn nobody saw anything
    oldest = select(func.min(DisclosureWindow.started_at)).where(*asked).scalar_subquery()
    is_carried_out = and_(is_closed, exists().where(*of_case))
    return (
        select(Package.id, NotNullable(Hold.released_at), is_carried_out, exists().where(*made), oldest)
        .join(Disclosure, and_(Disclosure.tenant_id == Package.tenant_id, Disclosure.id == Package.disclosure_id))
        .join(Hold, and_(Hold.tenant_id == Disclosure.tenant_id, Hold.id == Disclosure.hold_id))
        .where(Disclosure.state.in_(FINAL), Hold.released_at.is_not(None), *which)
        .order_by(Hold.released_at, Package.id)
    )


def _locked(tenant_id: UUID, package_id: UUID) -> Package:
    query = select(Package).where(Package.tenant_id == tenant_id, Package.id == package_id).with_for_update()
    found = db.session.scalar(query, execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found
