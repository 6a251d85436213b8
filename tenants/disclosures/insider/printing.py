"""附件1 and 附錄1 of an application: a copy with the number masked, and one with it in full for the file (KH-A1-04).

The number in full needs the records key, which web never holds: the process that has it asks `for_the_file` first,
and only what that wrote into the chain may be printed (DR-22).
"""

from datetime import date
from uuid import UUID

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.insider import queries, rules
from tenants.disclosures.insider.models import Box, InsiderRequest
from tenants.disclosures.insider.signing import signatures
from tenants.disclosures.windows import windows_of
from tenants.errors import Invalid
from tenants.forms import (
    Capacity,
    Imprint,
    RequestForm,
    RequestWording,
    Sheet,
    Signatures,
    Window,
    request_sheet,
    request_wording,
)
from tenants.forms import Signature as Signed
from tenants.people.identity_numbers import IdentityNumber
from tenants.permissions import Permission
from tenants.registry.models import Tenant
from tenants.registry.regulations import profile, profile_version

_LONGEST_REASON = 100


def for_the_file(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reason: str = "") -> InsiderRequest:
    """The application, once the chain says that this actor prints it with the whole number.

    A sealed case asks for a reason (DR-37). Raises `Invalid` without one, `NotFound` for whom the case concerns.
    """
    actor.require(Permission.APPLICATION_PRINT)
    found = queries.case(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor).disclosure
    said = reason.strip()
    if found.sealed and not said:
        raise Invalid("密封案件：請說明列印的理由，例如「歸檔」。", field="reason")
    if len(said) > _LONGEST_REASON:
        raise Invalid(f"列印的理由至多{_LONGEST_REASON}字。", field="reason")
    audit.record(
        Event.APPLICATION_PRINTED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        serial=found.serial,
        reason=said,
    )
    return found


def whole(found: InsiderRequest, number: IdentityNumber, *, printed_by: str) -> Sheet:
    """The form with the number in full, and who issued a passport."""
    country = f"（護照，{number.country}）" if number.country else ""
    return _sheet(found, number=f"{number.full}{country}", printed_by=printed_by)


def masked(found: InsiderRequest, *, printed_by: str) -> Sheet:
    """The form as a page may show it."""
    return _sheet(found, number=found.id_masked, printed_by=printed_by)


def blank(*, tenant: Tenant, profile_code: str, on: date, printed_by: str) -> Sheet:
    """The empty form of a regulation, as it is in force on a day (DR-20)."""
    wording = request_wording(profile(profile_code, on).request_form.form, on)
    return _typeset(wording, RequestForm(), tenant=tenant, printed_by=printed_by, case="")


def _sheet(found: InsiderRequest, *, number: str, printed_by: str) -> Sheet:
    """On the form that was in force when the case was filed (section 12, item 14)."""
    rule = profile_version(found.profile, found.profile_version)
    wording = request_wording(rule.request_form.form, clock.civil_day(found.filed_at))
    tenant = db.session.get_one(Tenant, found.tenant_id)
    return _typeset(wording, _form(found, number), tenant=tenant, printed_by=printed_by, case=found.serial)


def _typeset(wording: RequestWording, form: RequestForm, *, tenant: Tenant, printed_by: str, case: str) -> Sheet:
    imprint = Imprint(institution=tenant.name, printed_at=clock.now(), printed_by=printed_by, case=case)
    return request_sheet(wording, form, short_name=tenant.short_name, imprint=imprint)


def _form(found: InsiderRequest, number: str) -> RequestForm:
    asked = list(windows_of(found).values())
    child = f"（{found.child_class}{found.child_name}）" if found.child_name else ""
    return RequestForm(
        applicant=found.applicant_name,
        applied_on=found.applied_on,
        national_id=number,
        phone=found.phone,
        relation=f"{found.relation}{child}",
        unit=found.unit,
        cameras=tuple(dict.fromkeys(window.camera_name for window in asked)),
        windows=tuple(
            Window(start=start, end=end) for start, end in dict.fromkeys((w.started_at, w.ended_at) for w in asked)
        ),
        ground=rules.GROUND_NAMES[rules.Ground(found.ground)],
        reason=found.reason,
        signatures=_signed(found),
        late_entry=found.paper_number,
    )


def _signed(found: InsiderRequest) -> Signatures:
    """What was signed here; a paper's applicant signed with ink on that paper, so the box stays empty."""
    put = {
        Box(each.box): Signed(
            name=each.name, at=each.signed_at.replace(second=0, microsecond=0), capacity=Capacity(each.acting)
        )
        for each in signatures(tenant_id=found.tenant_id, disclosure_id=found.id)
    }
    return Signatures(
        applicant=None if found.paper_number else put.get(Box.APPLICANT),
        handler=put.get(Box.CCTV_HANDLER),
        office_head=put.get(Box.OFFICE_HEAD),
        head=put.get(Box.HEAD),
    )
