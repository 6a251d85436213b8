"""Reads of copies for reference, and of cases that wait for theirs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select

from infra import clock
from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.actor import Actor
from tenants.disclosures import at_hand
from tenants.disclosures.insider.models import excluded
from tenants.disclosures.models import Disclosure, DisclosureState, DisclosureWindow
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.retained import rules
from tenants.disclosures.retained.models import CopyCertificate, RetainedCopy
from tenants.errors import NotFound
from tenants.profiles import RuleProfile
from tenants.registry.regulations import profile_version
from tenants.retention.models import Hold, HoldBasis
from tenants.retention.pending import TRIES

_Both = Select[RetainedCopy, Disclosure]


@dataclass(frozen=True)
class Kept:
    """A copy with its case and the regulation under which the case was filed, which goes on for it (DR-10)."""

    copy: RetainedCopy
    disclosure: Disclosure
    rule: RuleProfile

    @property
    def must_go(self) -> bool:
        """Whether a copy that is not needed has to go (KH-6-4b), or may (TY-5-3b)."""
        return self.rule.retained_copy.dispose_when_unneeded == rules.MUST

    @property
    def needs_custodian(self) -> bool:
        """Whether it is still unknown who keeps it and where, and the regulation asks (TY-5-3a)."""
        told, required = self.copy, self.rule.retained_copy.custodian_required
        return not rules.is_kept(custodian=told.custodian, place=told.place, required=required)

    def is_overdue(self, today: date) -> bool:
        """Whether its review passed and nobody decided."""
        review_on = self.copy.review_on
        return review_on is not None and review_on < today and self.copy.ended_at is None

    def concerns(self, actor: Actor) -> bool:
        """Whether the case concerns this person, who then reads nothing of it."""
        return actor.id is not None and str(actor.id) in excluded(self.disclosure)


def shown(*, tenant_id: UUID, actor: Actor) -> list[Kept]:
    """Every copy of the institution that the actor may know of, those that are gone as well, the newest first."""
    return [each for each in _read(_all(RetainedCopy.tenant_id == tenant_id)) if not each.concerns(actor)]


def shown_one(*, tenant_id: UUID, copy_id: UUID, actor: Actor) -> Kept:
    """One copy. Raises `NotFound`, also for somebody whom its case concerns."""
    found = kept(tenant_id=tenant_id, copy_id=copy_id)
    if found.concerns(actor):
        raise NotFound
    return found


def of_case(*, tenant_id: UUID, disclosure_id: UUID) -> Kept | None:
    """The copy of a case, gone or not; None before there is one."""
    found = _read(_all(RetainedCopy.tenant_id == tenant_id, RetainedCopy.disclosure_id == disclosure_id))
    return found[0] if found else None


def kept(*, tenant_id: UUID, copy_id: UUID) -> Kept:
    """One copy. Raises `NotFound`."""
    found = _read(_all(RetainedCopy.tenant_id == tenant_id, RetainedCopy.id == copy_id))
    if not found:
        raise NotFound
    return found[0]


@read_once
def living(*, tenant_id: UUID) -> list[Kept]:
    """Every copy that is not proven to be gone."""
    return _read(*_living(tenant_id=tenant_id)) if at_hand.any_copy(tenant_id=tenant_id) else []


def incomplete(*, tenant_id: UUID) -> list[Kept]:
    """Copies that could not be made for several tries: nothing fails silently."""
    found = living(tenant_id=tenant_id)
    return [each for each in found if each.copy.made_at is None and each.copy.failures >= TRIES]


def locked(*, tenant_id: UUID, copy_id: UUID) -> RetainedCopy:
    """One copy, taken for this transaction. Raises `NotFound`."""
    query = select(RetainedCopy).where(RetainedCopy.tenant_id == tenant_id, RetainedCopy.id == copy_id)
    found = db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})
    if found is None:
        raise NotFound
    return found


def is_carried_out(disclosure: Disclosure) -> bool:
    """Whether somebody looked at the footage or took a copy: the register has a line of it, and nobody withdrew."""
    if disclosure.state == DisclosureState.WITHDRAWN:
        return False
    of_case = RegisterEntry.tenant_id == disclosure.tenant_id, RegisterEntry.disclosure_id == disclosure.id
    return bool(db.session.scalar(select(exists().where(*of_case))))


def waiting(*, tenant_id: UUID) -> list[UUID]:
    """Cases that were carried out and lack their copy, while there is something to make it of."""
    of_case = RegisterEntry.tenant_id == Package.tenant_id, RegisterEntry.disclosure_id == Package.disclosure_id
    made = RetainedCopy.tenant_id == Package.tenant_id, RetainedCopy.id == Package.id, RetainedCopy.made_at.is_not(None)
    asked = DisclosureWindow.tenant_id == Package.tenant_id, DisclosureWindow.disclosure_id == Package.disclosure_id
    oldest = select(func.min(DisclosureWindow.approved_from)).where(*asked).scalar_subquery()
    query = (
        select(Package.disclosure_id, oldest, Hold.basis, Hold.released_at)
        .join(Disclosure, and_(Disclosure.tenant_id == Package.tenant_id, Disclosure.id == Package.disclosure_id))
        .join(Hold, and_(Hold.tenant_id == Disclosure.tenant_id, Hold.id == Disclosure.hold_id))
        .where(
            Package.tenant_id == tenant_id,
            Package.state == PackageState.READY,
            Package.wrapped_secret.is_not(None),
            Disclosure.state != DisclosureState.WITHDRAWN,
            exists().where(*of_case),
            ~exists().where(*made),
        )
        .order_by(Package.ordered_at)
    )
    return [
        disclosure_id
        for disclosure_id, since, basis, released_at in db.session.execute(query)
        if since is not None and not is_over(since, HoldBasis.REQUEST if released_at else HoldBasis(basis))
    ]


def is_over(oldest: datetime, basis: HoldBasis) -> bool:
    """Whether footage that begins here may be kept no more."""
    end = rules.goes_at(oldest=oldest, basis=basis)
    return end is not None and end <= clock.now()


def certificates(*, tenant_id: UUID) -> list[CopyCertificate]:
    """The certificates of copies that are gone, the newest first."""
    query = select(CopyCertificate).where(CopyCertificate.tenant_id == tenant_id)
    return list(db.session.scalars(query.order_by(CopyCertificate.certified_at.desc())))


def certificate(*, tenant_id: UUID, copy_id: UUID) -> CopyCertificate:
    """The certificate of one copy. Raises `NotFound` before it is issued."""
    query = select(CopyCertificate).where(CopyCertificate.tenant_id == tenant_id, CopyCertificate.copy_id == copy_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _read(query: _Both, values: Mapping[str, Any] | None = None) -> list[Kept]:
    return [
        Kept(copy, disclosure, profile_version(disclosure.profile, disclosure.profile_version))
        for copy, disclosure in db.session.execute(query, values)
    ]


@made_once
def _living(*, tenant_id: UUID) -> _Both:
    return _all(RetainedCopy.tenant_id == tenant_id, RetainedCopy.destroyed_at.is_(None))


def _all(*which: ColumnElement[bool]) -> _Both:
    return (
        select(RetainedCopy, Disclosure)
        .join(
            Disclosure,
            and_(Disclosure.tenant_id == RetainedCopy.tenant_id, Disclosure.id == RetainedCopy.disclosure_id),
        )
        .where(*which)
        .order_by(RetainedCopy.made_at.desc().nulls_first(), RetainedCopy.id)
    )
