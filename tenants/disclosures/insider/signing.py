"""The form's signature boxes, signed in their order, and what the handler checks before (KH-A1-12 to 16)."""

from collections.abc import Collection, Iterator
from uuid import UUID, uuid4

from sqlalchemy import select, update

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.insider import rules
from tenants.disclosures.insider.eligibility import Finding, check_finding, check_may_go_on
from tenants.disclosures.insider.models import Box, InsiderRequest, Signature, apart
from tenants.disclosures.insider.rules import Applicant
from tenants.disclosures.progress import finish, record, start
from tenants.disclosures.steps import Step
from tenants.errors import Invalid, InvalidTransition, refusals, refuse
from tenants.people import queries as people
from tenants.permissions import ROLE_NAMES, Permission, Role
from tenants.profiles import RuleProfile
from tenants.registry.regulations import profile_version


def check_applicant(
    *,
    actor: Actor,
    tenant_id: UUID,
    disclosure_id: UUID,
    finding: Finding,
    excluded: Collection[UUID],
    conflict_note: str,
    sealed: bool = False,
) -> InsiderRequest:
    """Note who asks, what was seen of it, and whom the case concerns (KH-6-2a, KH-6-2b, DR-27).

    `sealed` makes a sealed case of one whose ground does not say what it is about, as where a regulation knows one
    ground (TY-5-1b, DR-37); nothing makes it an open one again.
    Whoever is named in `excluded` can from now on not sign, sit, operate or accompany. Raises `Invalid`.
    """
    actor.require(Permission.APPLICATION_SIGN)
    found = start(InsiderRequest, Step.SIGN, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    rules.check_not_involved(actor.id, apart(found))
    about = Applicant(found.applicant_class)
    refuse(
        refusals(
            lambda: check_finding(finding, about),
            lambda: _check_excluded(tenant_id, excluded, conflict_note),
        )
    )
    _keep(found, finding, by=person(actor))
    _note_heads(found, actor, excluded)
    found.sealed = found.sealed or sealed
    found.excluded, found.conflict_note = sorted(str(each) for each in excluded), conflict_note.strip()
    _record_check(found, actor=actor, specific=finding.specific)
    return found


def _record_check(found: InsiderRequest, *, actor: Actor, specific: bool) -> None:
    audit.record(
        Event.APPLICATION_CHECKED,
        tenant_id=found.tenant_id,
        actor=actor,
        subject_id=found.id,
        serial=found.serial,
        eligibility=found.eligibility,
        standing=found.standing,
        seen=found.seen,
        specific=specific,
        excluded=len(found.excluded),
        sealed=found.sealed,
    )


def _keep(found: InsiderRequest, finding: Finding, *, by: UUID) -> None:
    found.eligibility, found.eligibility_note = finding.eligibility.value, finding.note.strip()
    found.standing, found.seen = finding.standing.value, sorted(finding.seen)
    found.reason_specific, found.purpose_note = finding.specific, finding.purpose_note.strip()
    found.checked_at, found.checked_by = clock.now(), by


def _check_excluded(tenant_id: UUID, excluded: Collection[UUID], conflict_note: str) -> None:
    members = {user.id for _role, user in people.staff(tenant_id=tenant_id)}
    if not set(excluded) <= members:
        raise Invalid("利害關係人應為本機構人員。請從清單中選取。", field="excluded")
    if excluded:
        refuse(conflict_faults(conflict_note))


def conflict_faults(note: str) -> Iterator[Invalid]:
    """Where somebody is named whom the case concerns, it is said how."""
    if not note.strip():
        yield Invalid("請簡述利害關係，例如「被申訴人」或「申請人之配偶」。", field="conflict_note")


def _note_heads(found: InsiderRequest, actor: Actor, excluded: Collection[UUID]) -> None:
    """Note in the chain that a head stands aside, so that another head or a deputy decides (DR-27)."""
    heads = people.heads(tenant_id=found.tenant_id) & set(excluded)
    if heads and not {str(each) for each in heads} <= set(found.excluded):
        audit.record(
            Event.APPLICATION_HEAD_EXCLUDED,
            tenant_id=found.tenant_id,
            actor=actor,
            subject_id=found.id,
            serial=found.serial,
            heads=len(heads),
        )


def sign(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, box: Box) -> InsiderRequest:
    """Sign a box that is the handler's or the office's: the head's is signed by deciding (KH-A1-15).

    Raises `InvalidTransition` out of order, `NotAllowed` for who may not sign there, and `Invalid` before the check.
    """
    found = start(InsiderRequest, Step.SIGN, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    if box not in {Box.CCTV_HANDLER, Box.OFFICE_HEAD}:
        raise InvalidTransition("首長的欄位於核定時一併簽核。")
    check_may_go_on(found)
    acting = check_turn(found, box, actor=actor, rule=profile_version(found.profile, found.profile_version))
    put_own(found, box, actor=actor, acting=acting)
    return found


def return_application(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, note: str) -> InsiderRequest:
    """退回補件. Signatures after the applicant's are void from now on, and kept (KH-A1-16). The hold stays."""
    found = start(InsiderRequest, Step.RETURN, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    rules.check_not_involved(actor.id, apart(found))
    if not note.strip():
        raise Invalid("請說明需要補正的內容。", field="note")
    found.returned_note = note.strip()
    later = (
        update(Signature)
        .where(Signature.tenant_id == tenant_id, Signature.disclosure_id == found.id, Signature.voided_at.is_(None))
        .where(Signature.box != Box.APPLICANT)
    )
    db.session.execute(later.values(voided_at=clock.now()))
    return finish(Step.RETURN, actor=actor, disclosure=found, missing=["reason"])


def check_turn(found: InsiderRequest, box: Box, *, actor: Actor, rule: RuleProfile) -> str:
    """What is printed beside this actor's signature in this box, if the box is the next one. Raises otherwise."""
    rules.check_not_involved(actor.id, apart(found))
    signed = {Box(each.box) for each in signatures(tenant_id=found.tenant_id, disclosure_id=found.id)}
    following = rules.next_box(signed, rule.request_form.sign_order)
    if box is not following:
        raise InvalidTransition("簽核應依序進行：申請人、承辦人、處室主管、首長。請重新整理頁面查看目前輪到誰。")
    held = {Role(member.role) for member, user in people.staff(tenant_id=found.tenant_id) if not user.deactivated_at}
    return rules.acting_in(box, actor.roles, held=held, acting=actor.acting)


def put(
    found: InsiderRequest, box: Box, *, actor: Actor, name: str, title: str, user_id: UUID | None, acting: str = ""
) -> Signature:
    """Put a signature into a box and record it. Who may, and in which order, was checked by the caller."""
    made = Signature(
        id=uuid4(),
        tenant_id=found.tenant_id,
        disclosure_id=found.id,
        box=box,
        user_id=user_id,
        name=name,
        title=title,
        acting=acting,
        signed_at=clock.now(),
    )
    db.session.add(made)
    record(Step.SIGN, actor=actor, disclosure=found, box=box.value, acting=acting)
    return made


def put_own(found: InsiderRequest, box: Box, *, actor: Actor, acting: str) -> Signature:
    """The same for somebody with an account, under their own name and title."""
    title = title_of(actor, tenant_id=found.tenant_id)
    return put(found, box, actor=actor, name=actor.name, title=title, user_id=person(actor), acting=acting)


def signatures(*, tenant_id: UUID, disclosure_id: UUID) -> list[Signature]:
    """The signatures that count, in the order in which they were put."""
    query = select(Signature).where(
        Signature.tenant_id == tenant_id, Signature.disclosure_id == disclosure_id, Signature.voided_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(Signature.signed_at)))


def title_of(actor: Actor, *, tenant_id: UUID) -> str:
    """What is printed under a name: the person's own title, or their office's name."""
    user = people.user(user_id=person(actor))
    held = [ROLE_NAMES[Role(each.role)] for each, user in people.staff(tenant_id=tenant_id) if user.id == actor.id]
    return user.title if user is not None and user.title else "、".join(held)
