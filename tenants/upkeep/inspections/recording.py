"""Recording an inspection, looking again as a second person, cancelling: nothing is ever changed (KH-8-1e)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from infra.clock import civil_day, day_start
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Caution, Invalid, InvalidTransition, NeedsConfirmation, NotFound
from tenants.people.models import User
from tenants.permissions import Permission
from tenants.registry import device_queries, regulations, standing
from tenants.registry import queries as registry
from tenants.registry.models import Camera, Site
from tenants.upkeep.inspections import facts, proposals, queries, rules, signing, tickets
from tenants.upkeep.inspections.models import Inspection, InspectionAnswer, MarkKind, Question, UpkeepMark
from tenants.upkeep.inspections.proposals import OF_CAMERA, Proposal, Reason, SiteFacts
from tenants.upkeep.inspections.rules import TypedInspection
from tenants.upkeep.inspections.tickets import Ticket, Wrong

_NOTHING = Proposal(answer=None)
# A fault that a late inspection found began then at the latest; older ones nobody takes (`tenants.upkeep.faults`).
_OLDEST = timedelta(days=29)


def record(
    *, actor: Actor, tenant_id: UUID, typed: TypedInspection, pin: str, now: datetime, confirmed: bool = False
) -> Inspection:
    """Keep an inspection, and open a fault for each 否 in the same transaction (KH-A3-09).

    Raises `NeedsConfirmation` for a 是 that the facts do not bear out, `Invalid` with the form's field, `Closed`, and
    `WrongPin`, whose count of tries its caller commits.
    """
    actor.require(Permission.UPKEEP_RECORD)
    standing.refuse_closed(tenant_id=tenant_id, what="不再登記檢查")
    site, today = registry.site(tenant_id=tenant_id, site_id=typed.site_id), civil_day(now)
    cameras = device_queries.cameras_of_site(tenant_id=tenant_id, site_id=site.id)
    found = _known(site, typed, now)
    for fault in faults(typed=typed, site=site, today=today):
        raise fault
    _check_named(typed, cameras)
    doubts = _doubts(typed, found, site=site, cameras=cameras, today=today)
    if doubts and not confirmed:
        raise NeedsConfirmation(doubts)
    inspector = signing.signed(actor=actor, tenant_id=tenant_id, user_id=typed.inspector_id, pin=pin)
    opened = _tickets(actor, site, typed, found, now)
    made = _row(actor, site, typed, inspector=inspector, opened=[*opened.values()], now=now)
    db.session.add(made)
    db.session.flush()  # its answers name it
    db.session.add_all(_answers(made, typed, found, opened))
    audit.record(
        Event.INSPECTION_RECORDED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        inspection_id=str(made.id),
        site_id=str(site.id),
        inspected_on=made.inspected_on.isoformat(),
        unmet=[question.value for question in typed.wrong],
        late=bool(made.late_reason),
        user_id=str(inspector.id),
    )
    return made


def faults(*, typed: TypedInspection, site: Site, today: date) -> Sequence[Invalid]:
    """Everything that an inspection lacks; the page tells all of it at once."""
    return rules.faults_of_inspection(typed, question_names=queries.question_names(site, today), today=today)


def recheck(*, actor: Actor, tenant_id: UUID, inspection_id: UUID, user_id: UUID, pin: str) -> UpkeepMark:
    """複查 by a second person, who signs (KH-A3-06). Raises `Invalid` for the inspector, and as `record` does."""
    actor.require(Permission.UPKEEP_RECORD)
    standing.refuse_closed(tenant_id=tenant_id, what="不再登記複查")
    found = queries.inspection(tenant_id=tenant_id, inspection_id=inspection_id)
    _check_open(found, MarkKind.RECHECKED, "這筆檢查已經複查過。")
    if user_id == found.inspector_id:
        raise Invalid("檢查的人不能複查自己。請由另一位人員複查。", field="inspector", code="same_person")
    who = signing.signed(actor=actor, tenant_id=tenant_id, user_id=user_id, pin=pin)
    made = _mark(found, MarkKind.RECHECKED, who_id=who.id, who_name=who.name)
    audit.record(
        Event.INSPECTION_RECHECKED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        inspection_id=str(found.id),
        user_id=str(who.id),
    )
    return made


def cancel(*, actor: Actor, tenant_id: UUID, inspection_id: UUID, reason: str) -> UpkeepMark:
    """Let an inspection count no more; it stays, struck through, with its reason (KH-8-0). Raises `Invalid`."""
    actor.require(Permission.UPKEEP_RECORD)
    found = queries.inspection(tenant_id=tenant_id, inspection_id=inspection_id)
    _check_open(found, MarkKind.CANCELLED, "這筆檢查已經作廢。")
    check_reason(reason)
    made = _mark(found, MarkKind.CANCELLED, who_id=person(actor), who_name=actor.name, reason=reason.strip())
    audit.record(
        Event.INSPECTION_CANCELLED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        inspection_id=str(found.id),
    )
    return made


def check_reason(reason: str) -> None:
    """Raise `Invalid` unless it is said why a record counts no more."""
    if not reason.strip():
        raise Invalid("請寫明作廢的原因，紀錄會保留並劃線標示。", field="reason", code="reason_missing")
    if len(reason) > rules.LONGEST_REMARK:
        raise Invalid(f"原因請在 {rules.LONGEST_REMARK} 字以內。", field="reason", code="too_long")


def _known(site: Site, typed: TypedInspection, now: datetime) -> SiteFacts | None:
    """The facts of now, for an inspection of today; of a past day they say nothing."""
    if typed.inspected_on != civil_day(now):
        return None
    return facts.facts(tenant_id=site.tenant_id, site_id=site.id, now=now)


def _check_named(typed: TypedInspection, cameras: Sequence[Camera]) -> None:
    if not set(typed.cameras) <= {camera.id for camera in cameras}:
        raise NotFound
    known = queries.recent_calibrations(cameras)
    if not set(typed.calibrations) <= {held.id for held in known}:
        raise NotFound


def _doubts(
    typed: TypedInspection, found: SiteFacts | None, *, site: Site, cameras: Sequence[Camera], today: date
) -> tuple[Caution, ...]:
    """What the facts say against the answers. Raises `Invalid` where that stands without a word in 備考."""
    if found is None:
        return ()
    proposed = proposals.of_site(found)
    if rules.contradicted(typed, proposed) and not typed.remark.strip():
        sentence = "系統查得的情形與「是」不同。請在備考寫明現場看到的情形。"
        raise Invalid(sentence, field="remark", code="contradiction_unexplained")
    return rules.cautions(
        typed,
        proposed=proposed,
        of_cameras={each: proposals.of_camera(one) for each, one in found.cameras.items()},
        question_names=queries.question_names(site, today),
        camera_names={camera.id: camera.name for camera in cameras},
    )


def _tickets(
    actor: Actor, site: Site, typed: TypedInspection, found: SiteFacts | None, now: datetime
) -> Mapping[Question, Ticket]:
    opened = {}
    for question in typed.wrong:
        named = typed.wrong_cameras(question)
        opened[question] = tickets.open_for_inspection(
            actor=actor,
            wrong=Wrong(
                tenant_id=site.tenant_id,
                site_id=site.id,
                question=question,
                camera_ids=named,
                offline=found is not None and all(_is_offline(found, each) for each in named),
                found_at=_found_at(typed, now),
                words=typed.remark.strip(),
            ),
        )
    return opened


def _is_offline(found: SiteFacts, camera_id: UUID) -> bool:
    return Reason.CAMERA_OFFLINE in proposals.of_camera(found.cameras[camera_id])[Question.DEVICES].reasons


def _found_at(typed: TypedInspection, now: datetime) -> datetime:
    assert typed.inspected_on is not None  # noqa: S101 - it is whole
    return now if typed.inspected_on == civil_day(now) else max(day_start(typed.inspected_on), now - _OLDEST)


def _row(
    actor: Actor, site: Site, typed: TypedInspection, *, inspector: User, opened: Sequence[Ticket], now: datetime
) -> Inspection:
    assert typed.inspected_on is not None  # noqa: S101 - it is whole
    rule = regulations.profile(site.profile, typed.inspected_on)
    serials = "、".join(dict.fromkeys(ticket.serial for ticket in opened))
    late = rules.is_late(typed.inspected_on, civil_day(now))
    return Inspection(
        id=uuid4(),
        tenant_id=site.tenant_id,
        site_id=site.id,
        profile=rule.code,
        profile_version=rule.version,
        inspected_on=typed.inspected_on,
        **{f"{question.value}_ok": bool(typed.answers[question]) for question in Question},
        remark=typed.remark.strip() + (f"（{serials}）" if serials else ""),
        inspector_id=inspector.id,
        inspector_name=inspector.name,
        firm=typed.firm.strip(),
        late_reason=typed.late_reason.strip() if late else "",
        calibrations=[str(each) for each in typed.calibrations],
        signed_at=now,
        recorded_by=person(actor),
    )


def _answers(
    made: Inspection, typed: TypedInspection, found: SiteFacts | None, opened: Mapping[Question, Ticket]
) -> Sequence[InspectionAnswer]:
    """The three of the site, and those of cameras that were answered one by one, each beside what was proposed."""
    whole = proposals.of_site(found) if found is not None else dict.fromkeys(Question, _NOTHING)
    told: list[tuple[UUID | None, Question, bool, Proposal]] = [
        (None, question, bool(typed.answers[question]), whole[question]) for question in Question
    ]
    for camera_id, answers in typed.cameras.items():
        own = proposals.of_camera(found.cameras[camera_id]) if found is not None else dict.fromkeys(OF_CAMERA, _NOTHING)
        told += [(camera_id, question, answer, own[question]) for question, answer in answers.items()]
    return [
        InspectionAnswer(
            id=uuid4(),
            tenant_id=made.tenant_id,
            inspection_id=made.id,
            camera_id=camera_id,
            question=question,
            answer=answer,
            proposed=proposed.answer,
            reasons=[reason.value for reason in proposed.reasons],
            fault_id=opened[question].id if not answer and question in opened else None,
        )
        for camera_id, question, answer, proposed in told
    ]


def _check_open(found: Inspection, kind: MarkKind, sentence: str) -> None:
    """Raise `InvalidTransition` for what was said before, and for a cancelled one."""
    said = {MarkKind(mark.kind) for mark in queries.marks_of(found)}
    if kind in said:
        raise InvalidTransition(sentence)
    if MarkKind.CANCELLED in said:
        raise InvalidTransition("這筆檢查已經作廢，不能再複查。")


def _mark(found: Inspection, kind: MarkKind, *, who_id: UUID, who_name: str, reason: str = "") -> UpkeepMark:
    made = UpkeepMark(id=uuid4(), tenant_id=found.tenant_id, inspection_id=found.id, kind=kind, reason=reason)
    made.person_id, made.person_name = who_id, who_name
    db.session.add(made)
    return made
