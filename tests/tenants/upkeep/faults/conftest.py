"""People of K1, what their box says, and a clock that goes on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from infra import clock
from infra.db import db
from tenants.actor import Actor, system
from tenants.footage.models import CameraStatus
from tenants.permissions import Role
from tenants.upkeep.faults import watching
from tenants.upkeep.faults.models import Fault
from tests.factories import hours, people
from tests.factories.registry import Institution

JOB = system("look_for_faults")


@dataclass(frozen=True)
class Cast:
    """Who may do what at K1."""

    head: Actor
    handler: Actor
    guard: Actor
    teacher: Actor


@pytest.fixture
def cast(k1: Institution) -> Cast:
    def one(role: Role, name: str) -> Actor:
        made = people.person(name=name)
        people.membership(made, role, tenant_id=k1.tenant_id)
        return people.acting(made, role)

    return Cast(
        head=one(Role.HEAD, "陳園長"),
        handler=one(Role.HANDLER, "林承辦"),
        guard=one(Role.GUARD, "王警衛"),
        teacher=one(Role.STAFF, "張老師"),
    )


def says(of: Institution, *cameras: str, recording: bool = True, at: datetime | None = None, **values: Any) -> None:  # noqa: ANN401
    """The box's last word about cameras, at a moment; `until` is when the last second was safe."""
    at = at or clock.now()
    until = values.pop("until", at)
    for camera in cameras or tuple(of.cameras):
        said = {"reported_at": at, "recording": recording, "recorded_until": until, "spooled": 0}
        said |= {"fault": "" if recording else "camera_unreachable", **values}
        row = insert(CameraStatus).values(tenant_id=of.tenant_id, camera_id=of.cameras[camera], **said)
        db.session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "camera_id"], set_=said))
    db.session.commit()


def look(of: Institution, *, now: datetime | None = None) -> None:
    """The service's own look, committed."""
    now = now or clock.now()
    with patch.object(clock, "now", return_value=now):
        watching.look(actor=JOB, tenant_id=of.tenant_id, now=now)
    db.session.commit()


def faults(of: Institution) -> list[Fault]:
    """All of them, the oldest first."""
    query = select(Fault).where(Fault.tenant_id == of.tenant_id).order_by(Fault.opened_at, Fault.serial)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def only(of: Institution) -> Fault:
    """The one there is."""
    (found,) = faults(of)
    return found


@pytest.fixture
def always_open(k1: Institution) -> None:
    """K1 is open at whatever hour a test runs, so that a gap is owed."""
    hours.open_when(k1, hours.every_day(["00:00", "24:00"]))


@pytest.fixture
def later() -> Callable[[timedelta], AbstractContextManager[object]]:
    """Go on as if so much time had passed."""
    began = clock.now()
    return lambda span: patch.object(clock, "now", return_value=began + span)


def ids(of: Institution, *names: str) -> list[UUID]:
    """Cameras by name."""
    return [of.cameras[name] for name in names]
