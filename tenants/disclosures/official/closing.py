"""What is in the way of closing a case of an agency (KH-6-1h, KH-6-4a, TY-5-3a)."""

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.disclosures import halts
from tenants.disclosures.official import rules
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.rules import Awaited
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.retained import closing
from tenants.errors import Invalid


def fault_of(disclosure: OfficialRequest) -> Invalid | None:
    """Why it cannot be closed now, in the order in which it is to be mended; None when nothing is in the way."""
    if halts.waits(disclosure):
        return Invalid(halts.words_of(disclosure), code="halted")
    if disclosure.replied_at is None:
        return Invalid("尚未函復來文機關，不能結案。請先登載函復的字號與日期。", code="not_replied")
    package = db.session.scalar(
        select(Package).where(Package.tenant_id == disclosure.tenant_id, Package.disclosure_id == disclosure.id)
    )
    if package is not None:
        fault = rules.not_carried_out(
            state=PackageState(package.state),
            built_at=package.built_at,
            waits_for=_awaited(disclosure, package),
            today=clock.today(),
        )
        if fault is not None:
            return fault
    return closing.fault_of(disclosure)


def _awaited(disclosure: OfficialRequest, package: Package) -> Awaited | None:
    if halts.taken_back(disclosure):
        return None
    if not disclosure.copy_approved:
        return Awaited.VIEWING if disclosure.viewed_at is None else None
    return Awaited.COLLECTION if package.collected_at is None and rules.is_open(package) else None
