"""Inspections, maintenance, and what a night's drill came to."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.people.models import User
from tenants.upkeep.inspections.models import (
    DrillOutcome,
    Inspection,
    InspectionAnswer,
    InspectionCap,
    InspectionInterval,
    MaintenanceEntry,
    MarkKind,
    Question,
    SegmentDrill,
    UpkeepMark,
)
from tests.factories import people
from tests.factories.registry import Institution


def inspection(
    of: Institution,
    *,
    by: UUID,
    on: date | None = None,
    entered_at: datetime | None = None,
    wrong: str = "",
    site_id: UUID | None = None,
    profile: str = "KH_PRESCHOOL",
) -> UUID:
    """All three questions with 是, or the devices with 否 and this remark; entered on its day unless said."""
    day = on or clock.today()
    at = entered_at or clock.day_start(day) + timedelta(hours=9)
    made = Inspection(
        id=uuid4(),
        tenant_id=of.tenant_id,
        site_id=site_id or of.site_id,
        profile=profile,
        profile_version="108",
        inspected_on=day,
        host_ok=True,
        devices_ok=not wrong,
        picture_ok=True,
        remark=wrong,
        inspector_id=by,
        inspector_name=db.session.get_one(User, by).name,
        firm="",
        late_reason="",
        calibrations=[],
        signed_at=at,
        recorded_by=by,
        created_at=at,
    )
    db.session.add(made)
    db.session.flush()
    db.session.add_all(_answers(made))
    db.session.commit()
    return made.id


def _answers(of: Inspection) -> list[InspectionAnswer]:
    ids = {"tenant_id": of.tenant_id, "inspection_id": of.id}
    told = (of.host_ok, of.devices_ok, of.picture_ok)
    return [
        InspectionAnswer(question=question, answer=answer, reasons=[], **ids)
        for question, answer in zip(Question, told, strict=True)
    ]


def cancelled(of: Institution, inspection_id: UUID, *, by: UUID, at: datetime | None = None) -> None:
    """An inspection that was entered by mistake."""
    made = UpkeepMark(tenant_id=of.tenant_id, inspection_id=inspection_id, kind=MarkKind.CANCELLED, reason="重複登記")
    made.person_id, made.person_name, made.created_at = by, db.session.get_one(User, by).name, at or clock.now()
    db.session.add(made)
    db.session.commit()


def interval(of: Institution, *, months: int, by: UUID, since: date) -> None:
    """A site's own interval from a day on."""
    made = InspectionInterval(tenant_id=of.tenant_id, site_id=of.site_id, effective_from=since, months=months)
    made.decided_by = by
    db.session.add(made)
    db.session.commit()


def cap(*, months: int, since: date) -> None:
    """The longest interval that the bureau leaves to the schools; the session's binding is as before afterwards."""
    held = binding_of(db.session)
    bind(db.session, Binding(tenant_id=people.bureau()))
    db.session.add(InspectionCap(effective_from=since, months=months, decided_by=uuid4()))
    db.session.commit()
    bind(db.session, held)


def maintenance(of: Institution, *, by: UUID, on: date | None = None) -> UUID:
    """A firm's visit of an hour, with somebody of the institution."""
    began = clock.day_start(on or clock.today()) + timedelta(hours=1)
    made = MaintenanceEntry(
        id=uuid4(),
        tenant_id=of.tenant_id,
        site_id=of.site_id,
        work="cleaning",
        way="visit",
        began_at=began,
        ended_at=began + timedelta(hours=1),
        firm="守安科技有限公司",
        firm_people="王工程師",
        staff_id=by,
        staff_name=db.session.get_one(User, by).name,
        remark="",
        recorded_by=by,
    )
    db.session.add(made)
    db.session.commit()
    return made.id


def drill(
    of: Institution, *, day: date, outcome: DrillOutcome = DrillOutcome.OK, cause: str = "", camera: str = "C-GATE"
) -> None:
    """What the night after `day` came to."""
    found = outcome is not DrillOutcome.NO_FOOTAGE
    db.session.add(
        SegmentDrill(
            tenant_id=of.tenant_id,
            site_id=of.site_id,
            civil_day=day,
            drilled_at=clock.day_start(day + timedelta(days=1)) + timedelta(minutes=6),
            outcome=outcome,
            cause=cause,
            camera_id=of.cameras[camera] if found else None,
            segment_id=uuid4() if found else None,
            started_at=clock.day_start(day) + timedelta(hours=8) if found else None,
        )
    )
    db.session.commit()


def whole(of: Institution, *, by: UUID) -> dict[str, UUID]:
    """A row in every table: the inspection, which was cancelled, and the maintenance entry. The cap is the bureau's."""
    if not db.session.scalar(select(InspectionCap.id).limit(1)):
        cap(months=6, since=clock.today())
    made = inspection(of, by=by)
    cancelled(of, made, by=by)
    interval(of, months=2, by=by, since=clock.today())
    drill(of, day=clock.today() - timedelta(days=1))
    return {"inspection_id": made, "maintenance_entry_id": maintenance(of, by=by)}
