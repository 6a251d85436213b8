"""Whoever finds it: one fault, another finding is its line, and nobody's else camera is named."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.permissions import Role
from tenants.registry.standing import Closed
from tenants.upkeep.faults.actions import Found, open_fault
from tenants.upkeep.faults.kinds import FaultKind, FaultState, How, LineCode
from tenants.upkeep.faults.models import Fault, FaultCamera, FaultLine
from tests.factories import people
from tests.factories.registry import Institution, closed, institution
from tests.tenants.upkeep.faults.conftest import Cast, faults, ids

_MINUTE = timedelta(minutes=1)


def _found(of: Institution, *cameras: str, kind: FaultKind = FaultKind.MOVED, words: str = "3樓走廊鏡頭歪了") -> Found:
    return Found(kind=kind, camera_ids=ids(of, *cameras), found_at=clock.now(), how=How.PERSON, words=words)


@pytest.mark.req("TY-3-3a")
def test_a_teacher_reports_a_camera_that_hangs_askew(k1: Institution, cast: Cast) -> None:
    made = open_fault(actor=cast.teacher, tenant_id=k1.tenant_id, found=_found(k1, "C-GATE"))

    assert (made.state, made.kind, made.how, made.opened_by) == (FaultState.FOUND, "moved", "person", cast.teacher.id)
    assert made.serial.startswith("報修-")
    (line,) = db.session.scalars(select(FaultLine).where(FaultLine.fault_id == made.id))
    assert (line.code, line.words, line.by) == (LineCode.FOUND, "3樓走廊鏡頭歪了", cast.teacher.id)


@pytest.mark.req("KH-8-1d")
def test_the_same_thing_found_again_is_a_line(k1: Institution, cast: Cast) -> None:
    first = open_fault(actor=cast.teacher, tenant_id=k1.tenant_id, found=_found(k1, "C-GATE"))
    again = open_fault(actor=cast.guard, tenant_id=k1.tenant_id, found=_found(k1, "C-GATE"))
    db.session.commit()

    assert again.id == first.id
    codes = list(db.session.scalars(select(FaultLine.code).where(FaultLine.fault_id == first.id)))
    assert sorted(codes) == [LineCode.FOUND, LineCode.FOUND_AGAIN]


def test_of_several_cameras_those_with_a_fault_stay_with_theirs(k1: Institution, cast: Cast) -> None:
    first = open_fault(actor=cast.teacher, tenant_id=k1.tenant_id, found=_found(k1, "C-GATE"))
    second = open_fault(actor=cast.guard, tenant_id=k1.tenant_id, found=_found(k1, "C-GATE", "C-ROOM2"))
    db.session.commit()

    assert second.id != first.id
    (held,) = db.session.scalars(select(FaultCamera).where(FaultCamera.fault_id == second.id))
    assert held.camera_id == k1.cameras["C-ROOM2"]


def test_the_database_holds_one_open_fault_a_camera_and_kind(k1: Institution, cast: Cast) -> None:
    first = open_fault(actor=cast.teacher, tenant_id=k1.tenant_id, found=_found(k1, "C-GATE"))
    other = open_fault(actor=cast.teacher, tenant_id=k1.tenant_id, found=_found(k1, "C-ROOM2"))
    db.session.commit()
    named = {"tenant_id": k1.tenant_id, "camera_id": k1.cameras["C-GATE"], "kind": "moved"}
    db.session.add(FaultCamera(fault_id=other.id, found_at=first.found_at, **named))

    with pytest.raises(IntegrityError, match="uq_fault_cameras_open"):
        db.session.flush()
    db.session.rollback()


@pytest.mark.req("TY-3-3b")
def test_a_schools_fault_goes_to_the_office_that_its_plan_names(cast: Cast) -> None:
    assert cast
    e1 = institution("E1", kind="elementary_school", name="瑞豐國小", profile="TY_ELEMENTARY")
    made = _at(e1)

    assert made.unit == "總務處"
    assert made.assign_until < made.report_until


def test_where_the_regulation_names_no_office_nobody_waits_to_be_assigned(k1: Institution) -> None:
    made = _at(k1)

    assert made.unit == "專人(處室)"
    assert made.assign_until == made.report_until


def _at(of: Institution) -> Fault:
    bind(db.session, Binding(tenant_id=of.tenant_id))
    teacher = people.acting(people.person(), Role.STAFF)
    return open_fault(actor=teacher, tenant_id=of.tenant_id, found=_found(of, "C-GATE"))


@pytest.mark.req("DR-08")
def test_another_institutions_camera_is_not_there(k1: Institution, cast: Cast) -> None:
    e1 = institution("E1")

    with pytest.raises(NotFound):
        open_fault(actor=cast.teacher, tenant_id=k1.tenant_id, found=_found(e1, "C-GATE"))
    host = Found(kind=FaultKind.HOST, site_id=e1.site_id, found_at=clock.now(), how=How.PERSON)
    nobodys = Found(kind=FaultKind.DAMAGE, camera_ids=[uuid4()], found_at=clock.now(), how=How.PERSON)
    for found in (host, nobodys):
        with pytest.raises(NotFound):
            open_fault(actor=cast.teacher, tenant_id=k1.tenant_id, found=found)
    assert faults(k1) == []


def test_an_agencys_officer_reports_nothing(k1: Institution) -> None:
    officer = Actor(kind=ActorKind.PERSON, id=uuid4(), roles=frozenset({Role.AGENCY_OFFICER}))

    with pytest.raises(NotAllowed):
        open_fault(actor=officer, tenant_id=k1.tenant_id, found=_found(k1, "C-GATE"))


def test_a_closed_institution_repairs_nothing(k1: Institution, cast: Cast) -> None:
    closed(k1)

    with pytest.raises(Closed):
        open_fault(actor=cast.teacher, tenant_id=k1.tenant_id, found=_found(k1, "C-GATE"))


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"camera_ids": []}, "camera_missing"),
        ({"found_at": clock.now() + timedelta(hours=1)}, "in_the_future"),
        ({"found_at": clock.now() - timedelta(days=40)}, "too_old"),
        ({"words": "字" * 501}, "too_long"),
    ],
)
def test_a_finding_says_what_it_lacks(k1: Institution, cast: Cast, changed: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        open_fault(actor=cast.teacher, tenant_id=k1.tenant_id, found=replace(_found(k1, "C-GATE"), **changed))  # type: ignore[arg-type]
    assert refused.value.code == code
