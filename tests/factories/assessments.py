"""Assessments of zones, cameras before washrooms, and who looked at them."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.registry.assessments.models import (
    AttemptFact,
    CameraAssessment,
    CameraMove,
    EntranceReview,
    PlaceAttempt,
    PlaybackApproval,
    ZoneAssessment,
    ZoneCount,
)
from tenants.registry.models import Camera
from tests.factories.registry import Institution


def assessment(of: Institution, *, by: UUID, zone: str = "front_gate", decision: str = "install") -> UUID:
    """An assessment; the session is bound to the institution."""
    made = ZoneAssessment(id=uuid4(), tenant_id=of.tenant_id, site_id=of.site_id, zone=zone, decision=decision)
    made.place, made.nappy_table, made.need, made.reason = "前門", False, "出入口安全", "人車進出頻繁"
    made.assessor, made.assessed_on, made.meeting, made.recorded_by = "園長", date(2026, 1, 5), "", by
    db.session.add(made)
    db.session.commit()
    return made.id


def linked(of: Institution, *, camera: str, assessment_id: UUID, by: UUID) -> None:
    """A camera that rests on an assessment; the session is bound to the institution."""
    made = CameraAssessment(id=uuid4(), tenant_id=of.tenant_id, camera_id=of.cameras[camera], linked_by=by)
    made.assessment_id = assessment_id
    db.session.add(made)
    db.session.commit()


def before_washroom(of: Institution, *, camera: str = "C-GATE") -> UUID:
    """Let a camera of the institution hang before a washroom; the session is bound to it."""
    found = db.session.get_one(Camera, of.cameras[camera])
    found.zone, found.name = "washroom_entrance", "廁所入口前走廊"
    db.session.commit()
    return found.id


def reviewed(of: Institution, *, by: UUID, camera: str = "C-GATE", is_clear: bool = True) -> None:
    """A second person's word on a camera before a washroom; the session is bound to the institution."""
    made = EntranceReview(id=uuid4(), tenant_id=of.tenant_id, camera_id=of.cameras[camera], look="on_site")
    made.looked_at, made.seen, made.set_up_by = (
        clock.now(),
        "走廊",
        "安裝廠商",
    )
    made.is_clear, made.statement, made.reviewed_by = is_clear, "1", by
    db.session.add(made)
    db.session.commit()


def moved(of: Institution, *, camera: str = "C-GATE") -> None:
    """That a box saw the camera moved; the session is bound to the institution."""
    made = CameraMove(id=uuid4(), tenant_id=of.tenant_id, camera_id=of.cameras[camera], seen_at=clock.now())
    made.sign = "picture"
    db.session.add(made)
    db.session.commit()


def leave(of: Institution, *, by: UUID, camera: str = "C-GATE") -> None:
    """The head's leave to play a camera; the session is bound to the institution."""
    made = PlaybackApproval(id=uuid4(), tenant_id=of.tenant_id, camera_id=of.cameras[camera], reason="警詢案件")
    made.through, made.approved_by = clock.today() + timedelta(days=7), by
    db.session.add(made)
    db.session.commit()


def attempt(of: Institution, *, by: UUID) -> None:
    """An attempt at a forbidden place; the session is bound to the institution."""
    made_id = uuid4()
    db.session.add(PlaceAttempt(id=made_id, tenant_id=of.tenant_id, typed="2F 女廁", tried_by=by))
    db.session.flush()
    fact = AttemptFact(
        id=made_id, tenant_id=of.tenant_id, tried_on=clock.today(), place="washroom", zone="indoor_other"
    )
    fact.way = "form"
    db.session.add(fact)
    db.session.commit()


def counted(of: Institution) -> None:
    """The counts of one group; the session is bound to the institution."""
    made = ZoneCount(tenant_id=of.tenant_id, zone_group="outdoor_public", computed_at=clock.now(), cameras=1)
    made.unassessed, made.unnoted, made.unreviewed, made.omitted = 1, 0, 0, 0
    db.session.add(made)
    db.session.commit()
