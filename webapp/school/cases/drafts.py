"""Drafts of letters to copy into the institution's own document system: 函復 and 退請補正 (KH-6-1f, KH-6-1h, TY-5-2d).

The platform issues no 字號 and sends no letter; number and date come from that system and are typed in afterwards.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, render_template

from tenants.disclosures.official import queries as official
from tenants.disclosures.official.handover import DUTY_NOTICE
from tenants.disclosures.official.queries import Case
from tenants.errors import NotFound
from tenants.forms import numbered
from tenants.permissions import Permission
from tenants.profiles import Clause
from tenants.registry import phones
from tenants.roc_dates import format_date, format_span
from webapp.access import requires
from webapp.case_objections import ways_on
from webapp.case_progress import decision_of, fingerprint_of, rules_of

blueprint = Blueprint("drafts", __name__, url_prefix="/cases/<uuid:disclosure_id>")


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A 函 as far as we know it: for whom, 主旨, and 說明 item by item."""

    title: str
    recipient: str
    subject: str
    explanation: Sequence[str]

    @property
    def numbered(self) -> Sequence[str]:
        """說明 with its numbers, as a document system numbers it."""
        return numbered(self.explanation)


@blueprint.get("/reply-draft")
@requires(Permission.DISCLOSURE_REPLY)
def reply(tenant_id: UUID, disclosure_id: UUID) -> str:
    """函復, once it is decided."""
    found = official.case(tenant_id=tenant_id, disclosure_id=disclosure_id)
    if found.disclosure.decided_at is None:
        raise NotFound("本案尚未決定，沒有函復可以擬。請先由首長決定。")
    return _page(found, reply_draft(found))


@blueprint.get("/return-draft")
@requires(Permission.DISCLOSURE_REPLY)
def send_back(tenant_id: UUID, disclosure_id: UUID) -> str:
    """退請補正, once the request was sent back: what is missing, by the same words that the officer reads."""
    found = official.case(tenant_id=tenant_id, disclosure_id=disclosure_id)
    if not found.disclosure.returned_note:
        raise NotFound("本案沒有退請補正。請回案件頁面辦理。")
    return _page(found, return_draft(found))


def reply_draft(case: Case) -> Draft:
    """The answer to a letter: what is granted of what was asked, how to get it, and what binds who gets it."""
    return Draft(
        title="函復",
        recipient=case.agency,
        subject=f"有關貴機關申請調閱本機構{rules_of(case).terms.footage}一案，本機構{decision_of(case)}，復請查照。",
        explanation=[
            f"復貴機關{_incoming(case)}。",
            f"依據{_named(case, Clause.AGENCY_REPLY)}辦理，本案案號 {case.reference}。",
            *_granted(case),
            *(way.sentence for way in ways_on(case)),
        ],
    )


def return_draft(case: Case) -> Draft:
    """What a letter has to say before the institution may consent."""
    return Draft(
        title="退請補正",
        recipient=case.agency,
        subject=f"貴機關申請調閱本機構{rules_of(case).terms.footage}一案，來文尚有應補正事項，請查照補正。",
        explanation=[
            f"復貴機關{_incoming(case)}。",
            f"依據{_named(case, Clause.AGENCY_DOCUMENT)}，應以公文載明法令依據、調閱目的、範圍及用途。",
            f"{case.disclosure.returned_note.rstrip('。')}。",
            f"請補正後於原申請案（{case.reference}）上傳，不必重新申請；補正前，申請時段現有的影像仍先行保全。",
        ],
    )


def _named(case: Case, clause: Clause) -> str:
    """An article with the name of its regulation: who reads the letter does not have our page before them."""
    rules = rules_of(case)
    return f"「{rules.name}」（{rules.article(clause)}）"


def _incoming(case: Case) -> str:
    return f"{format_date(case.disclosure.document_date)}{case.disclosure.document_number}函"


def _granted(case: Case) -> Iterator[str]:
    row = case.disclosure
    spans = [
        f"{view.window.camera_name}（{format_span(view.window.approved_from, view.window.approved_until)}）"
        for view in case.windows
        if view.window.approved_from is not None and view.window.approved_until is not None
    ]
    refused = [view for view in case.windows if view.window.approved_from is None]
    if spans:
        yield f"同意調閱{'及複製' if row.copy_approved else ''}：{'、'.join(spans)}。"
    if refused:
        named = "、".join(
            f"{view.window.camera_name}（{format_span(view.window.started_at, view.window.ended_at)}）"
            + (f"，銷毀證明 {'、'.join(view.certificates)}" if view.certificates else "")
            for view in refused
        )
        yield f"不同意：{named}。"
    if row.decision_reasons:
        yield f"理由：{row.decision_reasons.rstrip('。')}。"
    if spans:
        yield from _getting_it(case)


def _getting_it(case: Case) -> Iterator[str]:
    if case.disclosure.copy_approved:
        yield "影像請由貴機關承辦人登入平台簽收後領取，以一次為限；無法線上領取者，請與本機構約定當面交付。"
        if fingerprint_of(case):
            yield f"影像清單指紋（SHA-256）：{fingerprint_of(case)}{_certificate(case)}，請據以驗證。"
    else:
        yield f"請與本機構約定時間（{phones.called(case.phone)}），由本機構派員陪同到場調閱。"
    yield DUTY_NOTICE
    if case.disclosure.copy_approved and case.disclosure.return_by is not None:
        yield f"返還或銷毀期限：{format_date(case.disclosure.return_by)}；返還或銷毀後，請於平台回報。"


def _certificate(case: Case) -> str:
    """The institution's certificate, which the recipient compares with the one in the package (DR-07)."""
    fingerprint = case.package.certificate_fingerprint if case.package else ""
    return f"；機構憑證指紋：{fingerprint}" if fingerprint else ""


def _page(found: Case, draft: Draft) -> str:
    return render_template("school/cases/draft.html", case=found, draft=draft)
