"""What people of an institution decide of its zones, note of privacy, and see at a washroom's entrance."""

from datetime import datetime
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry import standing
from tenants.registry.assessments import queries, rules
from tenants.registry.assessments.models import CameraAssessment, EntranceReview, PlaybackApproval, ZoneAssessment
from tenants.registry.assessments.rules import TypedAssessment, TypedReview
from tenants.registry.models import Camera
from tenants.registry.zones import Zone


def assess(*, actor: Actor, tenant_id: UUID, site_id: UUID, typed: TypedAssessment) -> ZoneAssessment:
    """Record an assessment (KH-3-1). Raises `Invalid`; a privacy note may follow, and until then it is 待補."""
    actor.require(Permission.ZONE_ASSESS)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再登記設置評估")
    registry.site(tenant_id=tenant_id, site_id=site_id)
    for fault in rules.faults_of_assessment(typed, today=clock.today()):
        raise fault
    note, by = typed.privacy_note.strip(), person(actor)
    made = ZoneAssessment(
        id=uuid4(),
        tenant_id=tenant_id,
        site_id=site_id,
        zone=typed.zone,
        place=typed.place.strip(),
        nappy_table=typed.nappy_table,
        need=typed.need.strip(),
        decision=typed.decision,
        reason=typed.reason.strip(),
        assessor=typed.assessor.strip(),
        assessed_on=typed.assessed_on,
        meeting=typed.meeting.strip(),
        recorded_by=by,
        privacy_note=note,
        noted_at=clock.now() if note else None,
        noted_by=by if note else None,
    )
    db.session.add(made)
    _record(Event.ZONE_ASSESSED, made, actor=actor, zone=made.zone, decision=made.decision)
    return made


def note_privacy(*, actor: Actor, tenant_id: UUID, assessment_id: UUID, note: str) -> ZoneAssessment:
    """Say afterwards what nobody is filmed at (KH-3-3). Raises `Invalid`, and `InvalidTransition` where it is said."""
    actor.require(Permission.ZONE_ASSESS)
    found = _living(tenant_id, assessment_id)
    if found.noted_at is not None:
        raise InvalidTransition("這筆評估已有隱私註記。情形有變更時，請另作一筆評估。")
    if not note.strip():
        raise Invalid("請填寫隱私註記，例如：床位區已於鏡頭設定遮罩。", field="privacy_note")
    found.privacy_note, found.noted_at, found.noted_by = note.strip(), clock.now(), person(actor)
    _record(Event.ZONE_PRIVACY_NOTED, found, actor=actor)
    return found


def confirm(*, actor: Actor, tenant_id: UUID, assessment_id: UUID) -> ZoneAssessment:
    """The head confirms that an "other" indoor place is one where a camera may be. Twice is once (KH-3-3)."""
    actor.require(Permission.ZONE_CONFIRM)
    found = _living(tenant_id, assessment_id)
    if not rules.needs_head(found.zone):
        raise InvalidTransition("這個區域不需要首長確認。")
    if found.confirmed_at is None:
        found.confirmed_at, found.confirmed_by = clock.now(), person(actor)
        _record(Event.ZONE_CONFIRMED, found, actor=actor)
    return found


def withdraw(*, actor: Actor, tenant_id: UUID, assessment_id: UUID) -> ZoneAssessment:
    """Take an assessment back; it stays as history. Raises `InvalidTransition` while a camera in use rests on it."""
    actor.require(Permission.ZONE_ASSESS)
    found = queries.assessment(tenant_id=tenant_id, assessment_id=assessment_id)
    if found.withdrawn_at is not None:
        return found
    links = queries.of_cameras(tenant_id=tenant_id)
    resting = [each.name for each in registry.cameras(tenant_id=tenant_id) if links.get(each.id) == found.id]
    if resting:
        raise InvalidTransition(
            f"鏡頭「{'、'.join(resting)}」仍以這筆評估為依據，不能撤回。請先停用鏡頭，或為它另選評估。"
        )
    found.withdrawn_at, found.withdrawn_by = clock.now(), person(actor)
    _record(Event.ZONE_ASSESSMENT_WITHDRAWN, found, actor=actor)
    return found


def link_camera(*, actor: Actor, tenant_id: UUID, camera_id: UUID, assessment_id: UUID) -> None:
    """Let a camera rest on an assessment from now on (KH-3-1). Raises `Invalid` where the two do not fit."""
    actor.require(Permission.ZONE_ASSESS)
    camera = _in_use(tenant_id, camera_id)
    found = queries.assessment(tenant_id=tenant_id, assessment_id=assessment_id)
    rules.check_fits(
        camera_zone=camera.zone,
        assessed_zone=found.zone,
        decision=found.decision,
        same_site=camera.site_id == found.site_id,
        withdrawn=found.withdrawn_at is not None,
    )
    if queries.of_cameras(tenant_id=tenant_id).get(camera_id) == assessment_id:
        return
    db.session.add(
        CameraAssessment(
            id=uuid4(),
            tenant_id=tenant_id,
            camera_id=camera_id,
            assessment_id=assessment_id,
            linked_by=person(actor),
        )
    )
    _record(Event.ZONE_CAMERA_LINKED, found, actor=actor, camera_id=str(camera_id))


def review_entrance(
    *, actor: Actor, tenant_id: UUID, camera_id: UUID, typed: TypedReview, now: datetime
) -> EntranceReview:
    """Keep a second person's signed word on what a camera before a washroom shows (KH-3-4).

    Raises `Invalid`, above all where the reviewer is who mounted it, and `NotFound` for a camera elsewhere.
    """
    actor.require(Permission.ENTRANCE_REVIEW)
    camera = _before_washroom(tenant_id, camera_id)
    for fault in rules.faults_of_review(typed, reviewer=actor.name, now=now):
        raise fault
    made = EntranceReview(
        id=uuid4(),
        tenant_id=tenant_id,
        camera_id=camera.id,
        looked_at=typed.looked_at,
        look=typed.look,
        seen=typed.seen.strip(),
        set_up_by=typed.set_up_by.strip(),
        is_clear=typed.is_clear,
        statement=rules.STATEMENT,
        reviewed_by=person(actor),
    )
    db.session.add(made)
    audit.record(
        Event.CAMERA_ENTRANCE_REVIEWED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=camera.id,
        camera_id=str(camera.id),
        clear=typed.is_clear,
        statement=rules.STATEMENT,
    )
    return made


def allow_playback(*, actor: Actor, tenant_id: UUID, camera_id: UUID, reason: str) -> PlaybackApproval:
    """The head lets a camera be played that nobody reviewed as it now hangs, for a week. Raises `Invalid`."""
    actor.require(Permission.ZONE_CONFIRM)
    camera = _before_washroom(tenant_id, camera_id)
    if not reason.strip():
        raise Invalid("請填寫核可播放的理由與案號。", field="reason")
    made = PlaybackApproval(id=uuid4(), tenant_id=tenant_id, camera_id=camera.id, reason=reason.strip())
    made.through, made.approved_by = clock.today() + rules.LEAVE_FOR, person(actor)
    db.session.add(made)
    audit.record(
        Event.CAMERA_PLAYBACK_ALLOWED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=camera.id,
        camera_id=str(camera.id),
        through=made.through.isoformat(),
    )
    return made


def _living(tenant_id: UUID, assessment_id: UUID) -> ZoneAssessment:
    found = queries.assessment(tenant_id=tenant_id, assessment_id=assessment_id)
    if found.withdrawn_at is not None:
        raise InvalidTransition("這筆評估已撤回，不能再變更。")
    return found


def _in_use(tenant_id: UUID, camera_id: UUID) -> Camera:
    found = next((each for each in registry.cameras(tenant_id=tenant_id) if each.id == camera_id), None)
    if found is None:
        raise NotFound
    return found


def _before_washroom(tenant_id: UUID, camera_id: UUID) -> Camera:
    camera = registry.camera(tenant_id=tenant_id, camera_id=camera_id)
    if camera.zone != Zone.WASHROOM_ENTRANCE:
        raise NotFound
    return camera


def _record(event: Event, found: ZoneAssessment, *, actor: Actor, **said: object) -> None:
    audit.record(
        event,
        tenant_id=found.tenant_id,
        actor=actor,
        subject_id=found.id,
        assessment_id=str(found.id),
        **said,
    )
