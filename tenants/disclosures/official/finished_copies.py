"""The copy of a case, as every step that lets it out or takes it back finds it."""

from sqlalchemy import Select, select

from infra.db import db
from tenants.disclosures.official.models import MediumHandover, OfficialRequest
from tenants.disclosures.packages.models import Package, PackageState
from tenants.errors import Invalid, NotFound

# Which package a case's own copy is, to join the two.
ITS_PACKAGE = (Package.tenant_id == OfficialRequest.tenant_id) & (Package.disclosure_id == OfficialRequest.id)


def copy_of(disclosure: OfficialRequest) -> Package:
    """The case's copy in whatever state. Raises `NotFound` where none was ordered."""
    package = db.session.scalar(_query(disclosure))
    if package is None:
        raise NotFound
    return package


def finished_copy(disclosure: OfficialRequest) -> Package:
    """The case's copy, locked until the transaction ends. Raises `Invalid` unless it is approved and finished."""
    package = db.session.scalar(_query(disclosure).with_for_update().execution_options(populate_existing=True))
    if package is None or package.state != PackageState.READY or not disclosure.copy_approved:
        raise Invalid("本案沒有可供領取或交付的影像：未核准複製，或影像尚未製作完成。", code="not_ready")
    return package


def taken_in_person(package: Package) -> bool:
    """Whether the latest hand-over was of a medium, of which nobody signed with an account (anchors row 70)."""
    if package.collected_at is None:
        return False
    query = select(MediumHandover.id).where(
        MediumHandover.tenant_id == package.tenant_id,
        MediumHandover.disclosure_id == package.disclosure_id,
        MediumHandover.handed_at == package.collected_at,
    )
    return db.session.scalar(query) is not None


def _query(disclosure: OfficialRequest) -> Select[Package]:
    return select(Package).where(Package.tenant_id == disclosure.tenant_id, Package.disclosure_id == disclosure.id)
