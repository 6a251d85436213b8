"""What a case that was carried out must have before it is closed (KH-6-4a, TY-5-3a)."""

from sqlalchemy import select

from infra.db import db
from tenants.disclosures.models import Disclosure
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.retained.models import RetainedCopy
from tenants.disclosures.retained.queries import is_carried_out
from tenants.disclosures.retained.rules import is_kept
from tenants.errors import Invalid
from tenants.registry.regulations import profile_version


def check_copied(disclosure: Disclosure) -> None:
    """Raise `Invalid` while `fault_of` finds something in the way of closing the case."""
    fault = fault_of(disclosure)
    if fault is not None:
        raise fault


def fault_of(disclosure: Disclosure) -> Invalid | None:
    """What a case that was carried out lacks: its copy, or who keeps it and where, as far as that is asked.

    One of which nobody saw anything keeps its form only (Q-03). Nor is there a copy where nothing is there to make it
    of: a line of a paper says that somebody looked, and not that it was granted here; and a year ends everything.
    """
    if not is_carried_out(disclosure):
        return None
    copy = db.session.scalar(
        select(RetainedCopy).where(
            RetainedCopy.tenant_id == disclosure.tenant_id, RetainedCopy.disclosure_id == disclosure.id
        )
    )
    if copy is None or copy.made_at is None:
        if not _has_source(disclosure):
            return None
        return Invalid(
            "備查複製本尚未製作完成，不能結案。系統會自動製作並重試，請稍後再結案；久未完成時，請洽平台維運人員。",
            code="no_retained_copy",
        )
    required = profile_version(disclosure.profile, disclosure.profile_version).retained_copy.custodian_required
    if is_kept(custodian=copy.custodian, place=copy.place, required=required):
        return None
    return Invalid(
        "複製本應妥善保管。請先到「保存與銷毀」的備查複製本，登記保管人及保管處所，再結案。", code="no_custodian"
    )


def _has_source(disclosure: Disclosure) -> bool:
    query = select(Package.id).where(
        Package.tenant_id == disclosure.tenant_id,
        Package.disclosure_id == disclosure.id,
        Package.state != PackageState.LACKING,
        Package.destroyed_at.is_(None),
    )
    return db.session.scalar(query) is not None
