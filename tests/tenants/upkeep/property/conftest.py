"""One institution with a head and a handler who work there."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.footage.check_models import CameraCheck
from tenants.permissions import Role
from tenants.registry.models import EdgeDevice
from tenants.upkeep.property import actions
from tenants.upkeep.property.models import Asset
from tenants.upkeep.property.rules import AssetKind, NumberKind, TypedAsset
from tests.factories import people
from tests.factories.registry import Institution, institution


@dataclass(frozen=True)
class School:
    """K1 and its people; the session is bound to it."""

    of: Institution
    head: Actor
    handler: Actor

    @property
    def tenant_id(self) -> UUID:
        """Its id."""
        return self.of.tenant_id

    @property
    def staff(self) -> Sequence[UUID]:
        """The accounts of both."""
        return [each.id for each in (self.head, self.handler) if each.id is not None]


@pytest.fixture
def school(domain: Flask) -> School:
    assert domain
    of = institution("K1")
    actors = []
    for role, name in ((Role.HEAD, "王園長"), (Role.HANDLER, "林組長")):
        user_id = people.person(name=name)
        people.membership(user_id, role, tenant_id=of.tenant_id)
        actors.append(people.acting(user_id, role))
    bind(db.session, Binding(tenant_id=of.tenant_id))
    return School(of, *actors)


def typed(school: School, **changed: object) -> TypedAsset:
    whole = TypedAsset(
        site_id=school.of.site_id,
        kind=AssetKind.RECORDER,
        number_kind=NumberKind.OWN,
        number="",
        name="監錄主機",
        brand="自行組裝",
        model="NVR-16",
        serial="SN1",
        origin="臺灣",
        firmware="1.2",
        acquired_on=date(2024, 8, 20),
        cost=28_000,
        service_years=4,
        place="辦公室",
        custodian_id=school.handler.id,
    )
    return replace(whole, **changed)  # type: ignore[arg-type]


def enter(school: School, *, actor: Actor | None = None, **changed: object) -> Asset:
    made = actions.add_asset(actor=actor or school.handler, tenant_id=school.tenant_id, typed=typed(school, **changed))
    db.session.commit()
    return made


def measured(school: School, device_id: UUID, *, make: str = "良品") -> None:
    """What the box measured of the gate's camera an hour ago."""
    at = clock.now() - timedelta(hours=1)
    values = {"codec": "h264", "width": 1280, "height": 720, "fps": 15.0, "kbps": 1000, "model": "A", "firmware": "1"}
    camera_id = school.of.cameras["C-GATE"]
    db.session.add(
        CameraCheck(
            id=uuid4(),
            tenant_id=school.tenant_id,
            camera_id=camera_id,
            device_id=device_id,
            measured_at=at,
            reported_at=at,
            make=make,
            **values,
        )
    )
    db.session.commit()
    assert db.session.get_one(EdgeDevice, device_id).revoked_at is None
