"""The facts of one case, read while bound to its institution: times, counts and numbers, and no name."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select

from infra.clock import civil_day
from infra.db import db
from tenants.compliance.sampling.facts import CaseFacts, Signed
from tenants.disclosures import queries as disclosures
from tenants.disclosures.insider import rules as insider_rules
from tenants.disclosures.insider.models import Box, InsiderRequest, Signature
from tenants.disclosures.insider.panel.models import Attendance, PanelCorrection, PanelMember, PanelResolution
from tenants.disclosures.models import Disclosure
from tenants.disclosures.official import documents
from tenants.disclosures.official.models import MediumHandover, OfficialRequest
from tenants.disclosures.official.rules import answer_by
from tenants.disclosures.packages.models import Package
from tenants.disclosures.papers.models import PaperScan
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.retained.models import RetainedCopy
from tenants.permissions import ROLE_NAMES
from tenants.profiles import RuleProfile
from tenants.registry.regulations import profile_version

_SIGNERS = insider_rules.SIGNERS.items()
_BOXES: Mapping[str, str] = {Box.APPLICANT.value: "申請人", **{box.value: ROLE_NAMES[role] for box, role in _SIGNERS}}


def read(*, tenant_id: UUID, disclosure_id: UUID) -> tuple[Disclosure, CaseFacts, RuleProfile]:
    """A case with its facts and the regulation it was filed under. Raises `NotFound`."""
    found = disclosures.found(tenant_id=tenant_id, disclosure_id=disclosure_id)
    rule = profile_version(found.profile, found.profile_version)
    insider = found if isinstance(found, InsiderRequest) else None
    copy = _copy(found)
    entries = _entries(found)
    looked = [entry for entry in entries if entry.viewed]
    facts = CaseFacts(
        official=insider is None,
        decided_at=found.decided_at,
        form_missing=_missing(found),
        order=[_BOXES[name] for name in rule.request_form.sign_order],
        signed=_signed(found),
        panel_required=insider is not None and insider.panel_required,
        must_attend=rule.insider.panel.must_attend,
        attended=_attended(found),
        viewings=len(looked),
        accompanied=sum(bool(entry.accompanied_by) for entry in looked),
        lines=[f"{entry.roc_year}-{entry.number:04}" for entry in entries],
        left=_left(found, entries),
        copy_made_at=copy.made_at if copy else None,
        copy_review_on=copy.review_on if copy else None,
        copy_ended_at=copy.ended_at if copy else None,
        replied_at=found.replied_at,
        answer_by=answer_by(civil_day(found.filed_at), found.urgency) if isinstance(found, OfficialRequest) else None,
    )
    return found, facts, rule


def _missing(found: Disclosure) -> int:
    """Elements that a letter does not state; of a form, what nobody checked, and the scan of one on paper."""
    if isinstance(found, OfficialRequest):
        return len(documents.missing(found))
    assert isinstance(found, InsiderRequest)  # noqa: S101 - there are two doors
    decided = found.decided_at is not None
    unscanned = bool(found.paper_number) and not db.session.scalar(
        select(func.count()).where(PaperScan.tenant_id == found.tenant_id, PaperScan.disclosure_id == found.id)
    )
    return (decided and found.checked_at is None) + unscanned


def _signed(found: Disclosure) -> list[Signed]:
    query = (
        select(Signature)
        .where(
            Signature.tenant_id == found.tenant_id,
            Signature.disclosure_id == found.id,
            Signature.voided_at.is_(None),
        )
        .order_by(Signature.signed_at)
    )
    return [Signed(box=_BOXES[each.box], at=each.signed_at, acting=each.acting) for each in db.session.scalars(query)]


def _attended(found: Disclosure) -> Mapping[str, int] | None:
    """Who was at the meeting that resolved last, by capacity, as it was corrected since; None before any."""
    query = select(PanelResolution).where(
        PanelResolution.tenant_id == found.tenant_id, PanelResolution.disclosure_id == found.id
    )
    last = db.session.scalar(query.order_by(PanelResolution.number.desc()).limit(1))
    if last is None:
        return None
    members = select(PanelMember).where(
        PanelMember.tenant_id == found.tenant_id,
        PanelMember.meeting_id == last.meeting_id,
        PanelMember.replaced_at.is_(None),
    )
    corrections = (
        select(PanelCorrection.member_id, PanelCorrection.said)
        .where(PanelCorrection.tenant_id == found.tenant_id, PanelCorrection.resolution_id == last.id)
        .order_by(PanelCorrection.corrected_at)
    )
    corrected = {member_id: said for member_id, said in db.session.execute(corrections)}  # noqa: C416 - rows are no pairs to mypy
    there = {Attendance.PRESENT.value, Attendance.VIDEO.value}
    return Counter(
        each.capacity for each in db.session.scalars(members) if corrected.get(each.id, each.attendance) in there
    )


def _entries(found: Disclosure) -> list[RegisterEntry]:
    """Its lines of the register, in their order; a correction is no line of its own."""
    query = select(RegisterEntry).where(
        RegisterEntry.tenant_id == found.tenant_id,
        RegisterEntry.disclosure_id == found.id,
        RegisterEntry.corrects_number.is_(None),
    )
    return list(db.session.scalars(query.order_by(RegisterEntry.roc_year, RegisterEntry.number)))


def _left(found: Disclosure, entries: Sequence[RegisterEntry]) -> bool:
    """Whether a copy went out: fetched, handed over, or as the register has it from paper."""
    collected = select(func.count()).where(
        Package.tenant_id == found.tenant_id, Package.disclosure_id == found.id, Package.collected_at.is_not(None)
    )
    handed = select(func.count()).where(
        MediumHandover.tenant_id == found.tenant_id,
        MediumHandover.disclosure_id == found.id,
        MediumHandover.handed_at.is_not(None),
    )
    return any(entry.copied for entry in entries) or any(db.session.scalar(each) for each in (collected, handed))


def _copy(found: Disclosure) -> RetainedCopy | None:
    query = select(RetainedCopy).where(
        RetainedCopy.tenant_id == found.tenant_id, RetainedCopy.disclosure_id == found.id
    )
    return db.session.scalar(query)
