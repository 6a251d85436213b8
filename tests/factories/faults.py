"""Faults, labels, announced maintenance and reasons of gaps. Rows as they are, and no act."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.clock import civil_day
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.upkeep.faults.kinds import FaultKind, of_camera
from tenants.upkeep.faults.models import (
    Fault,
    FaultCamera,
    FaultEscalation,
    FaultLabel,
    FaultLine,
    FaultTarget,
    GapSettlement,
    MaintenanceWindow,
)
from tenants.upkeep.faults.rules import DEFAULT, deadlines
from tests.factories import people
from tests.factories.registry import Institution

_HOUR = timedelta(hours=1)


def fault(
    of: Institution,
    *,
    kind: FaultKind = FaultKind.NOT_RECORDING,
    cameras: tuple[str, ...] = ("C-GATE",),
    opened_at: datetime | None = None,
    **changed: Any,  # noqa: ANN401 - columns
) -> UUID:
    """An open fault that nobody has taken up, with its first line and one escalation."""
    at = opened_at or clock.now() - _HOUR
    until = deadlines(at, DEFAULT)
    named = {"tenant_id": of.tenant_id, "site_id": of.site_id, "kind": kind, "how": "telemetry", "whole_site": False}
    times = {"assign_until": until.assign, "report_until": until.report, "repair_until": until.repair}
    made = Fault(
        id=uuid4(),
        serial=f"報修-{civil_day(at).year - 1911}-{uuid4().int % 10_000:04}",
        state="found",
        found_at=at,
        opened_at=at,
        unit="總務處",
        recheck_days=DEFAULT.recheck_days,
        bureau_hours=DEFAULT.bureau_hours,
        **named,
        **times,
    )
    for name, value in changed.items():
        setattr(made, name, value)
    db.session.add(made)
    db.session.flush()
    own = {"tenant_id": of.tenant_id, "fault_id": made.id}
    for name in cameras:
        camera_id = of.cameras[name]
        row = FaultCamera(camera_id=camera_id, kind=of_camera(kind), found_at=at, ended_at=made.ended_at, **own)
        db.session.add(row)
    db.session.add(FaultLine(id=uuid4(), at=at, code="found", how="telemetry", words="鏡頭無法連線", **own))
    db.session.add(
        FaultEscalation(id=uuid4(), clock="report", level="head", due_at=until.report, raised_at=until.report, **own)
    )
    db.session.commit()
    return made.id


def label(of: Institution, *, made_by: UUID, camera: str = "C-GATE", code: str = "") -> str:
    """A label's code."""
    named = {"tenant_id": of.tenant_id, "camera_id": of.cameras[camera], "made_by": made_by}
    made = FaultLabel(id=uuid4(), code=code or uuid4().hex[:10], made_at=clock.now(), **named)
    db.session.add(made)
    db.session.commit()
    return made.code


def maintenance(of: Institution, *, announced_by: UUID, hours: tuple[int, int] = (24, 26)) -> UUID:
    """Work announced for so many hours from now."""
    now = clock.now()
    made = MaintenanceWindow(
        id=uuid4(),
        tenant_id=of.tenant_id,
        site_id=of.site_id,
        starts_at=now + hours[0] * _HOUR,
        ends_at=now + hours[1] * _HOUR,
        reason="更換交換器",
        announced_at=min(now, now + hours[0] * _HOUR),
        announced_by=announced_by,
    )
    db.session.add(made)
    db.session.commit()
    return made.id


def settlement(
    of: Institution,
    *,
    settled_by: UUID,
    camera: str = "C-GATE",
    at: datetime | None = None,
    fault_id: UUID | None = None,
) -> None:
    """An hour that was explained, of a fault where one is told."""
    began = at or clock.now() - 3 * _HOUR
    named = {"tenant_id": of.tenant_id, "camera_id": of.cameras[camera], "settled_by": settled_by}
    db.session.add(
        GapSettlement(
            id=uuid4(),
            started_at=began,
            ended_at=began + _HOUR,
            reason="equipment",
            words="交換器故障",
            fault_id=fault_id,
            settled_at=clock.now(),
            **named,
        )
    )
    db.session.commit()


def targets(*, effective_from: date = date(2020, 1, 1), report_hours: int = 4) -> None:
    """Numbers that the bureau entered; once."""
    if db.session.scalar(select(FaultTarget).where(FaultTarget.effective_from == effective_from)) is not None:
        return
    numbers = {"assign_hours": 1, "report_hours": report_hours, "repair_days": 3, "recheck_days": 1, "bureau_hours": 8}
    with bound(db.session, Binding(tenant_id=people.bureau())):
        made = FaultTarget(id=uuid4(), effective_from=effective_from, document="教政字第1150000001號", **numbers)
        db.session.add(made)
    db.session.commit()
