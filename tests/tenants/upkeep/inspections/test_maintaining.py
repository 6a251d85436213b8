"""Maintenance: what was done, by which firm's people, and who of the school was there."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.permissions import Role
from tenants.upkeep.inspections import maintaining, queries
from tenants.upkeep.inspections.models import MaintenanceEntry, Way, Work
from tenants.upkeep.inspections.rules import TypedMaintenance
from tests.factories import people
from tests.factories.registry import Institution

NOW = clock.now()


@pytest.fixture
def handler(k1: Institution) -> Actor:
    user = people.person(name="林怡君")
    people.membership(user, Role.HANDLER, tenant_id=k1.tenant_id)
    return people.acting(user, Role.HANDLER)


@pytest.fixture
def visit(k1: Institution, handler: Actor) -> TypedMaintenance:
    return TypedMaintenance(
        site_id=k1.site_id,
        work=Work.DISK_CHANGE,
        way=Way.VISIT,
        began_at=NOW - timedelta(hours=3),
        ended_at=NOW - timedelta(hours=2),
        staff_id=handler.id,
        firm="守安科技有限公司",
        firm_people="王工程師",
        remark="更換 8TB 硬碟",
    )


def record(k1: Institution, actor: Actor, typed: TypedMaintenance) -> MaintenanceEntry:
    made = maintaining.record(actor=actor, tenant_id=k1.tenant_id, typed=typed, now=NOW)
    db.session.commit()
    return made


@pytest.mark.req("KH-8-1b")
def test_a_firms_visit_is_kept_with_its_people_its_hours_and_who_was_there(
    k1: Institution, handler: Actor, visit: TypedMaintenance
) -> None:
    made = record(k1, handler, visit)

    assert (made.firm_people, made.staff_name, made.ended_at - made.began_at) == (
        "王工程師",
        "林怡君",
        timedelta(hours=1),
    )


@pytest.mark.req("KH-8-1b")
def test_a_session_from_afar_is_kept_too(k1: Institution, handler: Actor, visit: TypedMaintenance) -> None:
    assert record(k1, handler, replace(visit, way=Way.REMOTE, work=Work.FIRMWARE)).way == "remote"


@pytest.mark.req("KH-8-1b")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"staff_id": None}, "nobody_present"),
        ({"staff_id": uuid4()}, "not_staff"),
        ({"firm": " "}, "firm_missing"),
        ({"firm_people": ""}, "people_missing"),
        ({"ended_at": NOW - timedelta(hours=3)}, "span"),
        ({"ended_at": NOW + timedelta(hours=1)}, "in_the_future"),
        ({"began_at": NOW - timedelta(days=9)}, "too_long"),
        ({"work": Work.OTHER, "remark": ""}, "remark_missing"),
    ],
)
def test_an_entry_that_lacks_something_is_refused(
    k1: Institution, handler: Actor, visit: TypedMaintenance, changed: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        record(k1, handler, replace(visit, **changed))  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.req("KH-8-1b", "DR-08")
def test_anothers_camera_or_box_is_not_there(k1: Institution, handler: Actor, visit: TypedMaintenance) -> None:
    for named in ({"camera_id": uuid4()}, {"device_id": uuid4()}):
        with pytest.raises(NotFound):
            record(k1, handler, replace(visit, **named))


@pytest.mark.req("KH-8-0")
def test_a_cancelled_entry_stays_with_its_reason(k1: Institution, handler: Actor, visit: TypedMaintenance) -> None:
    made = record(k1, handler, visit)
    for_it = {"actor": handler, "tenant_id": k1.tenant_id, "maintenance_id": made.id}
    with pytest.raises(Invalid):
        maintaining.cancel(**for_it, reason="")  # type: ignore[arg-type]
    maintaining.cancel(**for_it, reason="登記錯誤")  # type: ignore[arg-type]
    db.session.commit()

    assert list(queries.maintenance(tenant_id=k1.tenant_id)) == [made]
    assert queries.told(tenant_id=k1.tenant_id)[made.id].cancelled is not None
    with pytest.raises(InvalidTransition):
        maintaining.cancel(**for_it, reason="再一次")  # type: ignore[arg-type]
