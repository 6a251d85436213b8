"""Recording an inspection: who, when, what is 否, and what the facts say against it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.errors import Invalid, InvalidTransition, NeedsConfirmation, NotAllowed, NotFound
from tenants.people.pins import WrongPin
from tenants.permissions import Role
from tenants.upkeep.inspections import queries, recording
from tenants.upkeep.inspections.models import Inspection, InspectionAnswer, Question, UpkeepMark
from tenants.upkeep.inspections.rules import TypedInspection
from tests.factories import footage, inspections, people, upkeep
from tests.factories.registry import Institution

YES = dict.fromkeys(Question, True)


@pytest.fixture
def handler(k1: Institution) -> Actor:
    user = people.person(name="林怡君")
    people.membership(user, Role.HANDLER, tenant_id=k1.tenant_id)
    return people.acting(user, Role.HANDLER)


@pytest.fixture
def teacher(k1: Institution) -> UUID:
    user = people.person(name="陳美惠")
    people.membership(user, Role.STAFF, tenant_id=k1.tenant_id)
    people.pin(user)
    people.bureau()  # whose chain has what becomes of a PIN
    return user


@pytest.fixture
def typed(k1: Institution, handler: Actor) -> TypedInspection:
    """Yesterday's, of which the facts of now say nothing."""
    return TypedInspection(
        site_id=k1.site_id,
        inspected_on=clock.today() - timedelta(days=1),
        answers=YES,
        inspector_id=handler.id,
    )


def record(
    k1: Institution, actor: Actor, typed: TypedInspection, *, pin: str = "", confirmed: bool = False
) -> Inspection:
    made = recording.record(
        actor=actor, tenant_id=k1.tenant_id, typed=typed, pin=pin, now=clock.now(), confirmed=confirmed
    )
    db.session.commit()
    return made


def refused(k1: Institution, actor: Actor, typed: TypedInspection, **how: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        record(k1, actor, typed, **how)  # type: ignore[arg-type]
    db.session.rollback()
    return caught.value


@pytest.mark.req("KH-8-1a", "KH-8-1e", "KH-A3-06")
def test_whoever_is_signed_in_signs_by_that(k1: Institution, handler: Actor, typed: TypedInspection) -> None:
    made = record(k1, handler, typed)

    assert (made.inspector_name, made.host_ok, made.devices_ok, made.picture_ok) == ("林怡君", True, True, True)
    assert (made.profile, made.late_reason) == ("KH_PRESCHOOL", "")
    assert len(queries.answers(tenant_id=k1.tenant_id, inspection_id=made.id)) == 3


@pytest.mark.req("KH-A3-06")
def test_another_person_of_the_school_signs_by_a_pin(
    k1: Institution, handler: Actor, teacher: UUID, typed: TypedInspection
) -> None:
    theirs = replace(typed, inspector_id=teacher)

    assert record(k1, handler, theirs, pin=people.PIN).inspector_name == "陳美惠"
    with pytest.raises(WrongPin):
        record(k1, handler, theirs, pin="000000")


@pytest.mark.req("KH-A3-06")
def test_a_firm_alone_and_somebody_who_does_not_work_here_are_no_inspectors(
    k1: Institution, handler: Actor, typed: TypedInspection
) -> None:
    stranger = people.person()

    assert refused(k1, handler, replace(typed, inspector_id=None, firm="守安科技")).code == "vendor_only"
    assert refused(k1, handler, replace(typed, inspector_id=None)).code == "inspector_missing"
    assert refused(k1, handler, replace(typed, inspector_id=stranger), pin=people.PIN).code == "not_staff"


@pytest.mark.req("KH-A3-02")
def test_an_inspection_of_tomorrow_is_refused(k1: Institution, handler: Actor, typed: TypedInspection) -> None:
    assert refused(k1, handler, replace(typed, inspected_on=clock.today() + timedelta(days=1))).code == "in_the_future"


@pytest.mark.req("KH-8-1a")
def test_what_is_more_than_a_week_old_needs_a_reason_and_bears_its_mark(
    k1: Institution, handler: Actor, typed: TypedInspection
) -> None:
    old = replace(typed, inspected_on=clock.today() - timedelta(days=8))

    assert refused(k1, handler, old).code == "late_reason_missing"
    assert record(k1, handler, replace(old, late_reason="停電，紙本補登")).late_reason == "停電，紙本補登"
    week = replace(typed, inspected_on=clock.today() - timedelta(days=7), late_reason="不必")
    assert record(k1, handler, week).late_reason == ""


@pytest.mark.req("KH-A3-03", "KH-A3-04", "KH-A3-05", "KH-A3-07", "KH-8-1e")
def test_each_question_is_answered_and_no_names_its_cameras_and_says_why(
    k1: Institution, handler: Actor, typed: TypedInspection
) -> None:
    gate = k1.cameras["C-GATE"]
    devices_no = replace(typed, answers=YES | {Question.DEVICES: False}, remark="線路鬆脫")

    assert refused(k1, handler, replace(typed, answers=YES | {Question.HOST: None})).code == "unanswered"
    assert refused(k1, handler, devices_no).code == "not_named"
    named = replace(devices_no, cameras={gate: {Question.DEVICES: False}})
    assert refused(k1, handler, replace(named, remark=" ")).code == "remark_missing"
    assert refused(k1, handler, replace(named, answers=YES)).code == "one_is_wrong"
    made = record(k1, handler, named)
    assert (made.devices_ok, made.picture_ok) == (False, True)
    one = queries.answers(tenant_id=k1.tenant_id, inspection_id=made.id)[-1]
    assert (one.camera_id, one.question, one.answer) == (gate, "devices", False)


@pytest.mark.req("KH-A3-04", "DR-08")
def test_a_camera_or_calibration_that_is_not_the_sites_is_not_there(
    k1: Institution, handler: Actor, typed: TypedInspection
) -> None:
    with pytest.raises(NotFound):
        record(k1, handler, replace(typed, cameras={uuid4(): {Question.PICTURE: True}}))
    with pytest.raises(NotFound):
        record(k1, handler, replace(typed, calibrations=[uuid4()]))


@pytest.mark.req("KH-A3-10", "KH-8-1c")
def test_an_inspection_names_the_calibrations_that_go_with_it(
    k1: Institution, handler: Actor, typed: TypedInspection
) -> None:
    assert handler.id is not None
    upkeep.calibration(k1, recorded_by=handler.id)
    (held,) = queries.calibrations(tenant_id=k1.tenant_id, first=clock.today() - timedelta(days=2), last=clock.today())

    assert record(k1, handler, replace(typed, calibrations=[held.id])).calibrations == [str(held.id)]


@pytest.mark.req("KH-A3-05", "DR-30")
def test_a_yes_of_which_nothing_is_known_stands_only_when_somebody_looked_again(
    k1: Institution, handler: Actor, typed: TypedInspection
) -> None:
    today = replace(typed, inspected_on=clock.today())

    with pytest.raises(NeedsConfirmation) as asked:
        record(k1, handler, today)
    assert {caution.code for caution in asked.value.cautions} == {"host", "devices", "picture"}
    db.session.rollback()
    made = record(k1, handler, today, confirmed=True)
    told = queries.answers(tenant_id=k1.tenant_id, inspection_id=made.id)
    assert {(each.answer, each.proposed) for each in told} == {(True, None)}
    assert "no_host" in told[0].reasons


@pytest.mark.req("KH-A3-05")
def test_a_yes_while_a_camera_is_offline_warns_and_is_explained(
    k1: Institution, handler: Actor, typed: TypedInspection
) -> None:
    footage.status(k1, recording=False)
    today = replace(typed, inspected_on=clock.today())

    assert refused(k1, handler, today).code == "contradiction_unexplained"
    explained = replace(today, remark="現場確認已恢復錄影")
    with pytest.raises(NeedsConfirmation, match="鏡頭目前沒有錄影"):
        record(k1, handler, explained)
    db.session.rollback()
    made = record(k1, handler, explained, confirmed=True)
    devices = queries.answers(tenant_id=k1.tenant_id, inspection_id=made.id)[1]
    assert (devices.answer, devices.proposed) == (True, False)


@pytest.mark.req("KH-A3-06")
def test_the_inspector_cannot_look_again_and_a_second_person_can_once(
    k1: Institution, handler: Actor, teacher: UUID, typed: TypedInspection
) -> None:
    made = record(k1, handler, typed)
    assert handler.id is not None

    def again(user_id: UUID, pin: str = people.PIN) -> UpkeepMark:
        return recording.recheck(actor=handler, tenant_id=k1.tenant_id, inspection_id=made.id, user_id=user_id, pin=pin)

    with pytest.raises(Invalid) as same:
        again(handler.id)
    assert same.value.code == "same_person"
    with pytest.raises(WrongPin):
        again(teacher, "000000")
    assert again(teacher).person_name == "陳美惠"
    with pytest.raises(InvalidTransition):
        again(teacher)


@pytest.mark.req("KH-8-0")
def test_a_cancelled_one_stays_with_its_reason_and_is_not_looked_at_again(
    k1: Institution, handler: Actor, teacher: UUID, typed: TypedInspection
) -> None:
    made = record(k1, handler, typed)
    ids = {"actor": handler, "tenant_id": k1.tenant_id, "inspection_id": made.id}

    with pytest.raises(Invalid, match="作廢的原因"):
        recording.cancel(**ids, reason=" ")  # type: ignore[arg-type]
    recording.cancel(**ids, reason="重複登記")  # type: ignore[arg-type]
    db.session.commit()
    assert queries.inspections(tenant_id=k1.tenant_id) == [made]
    said = queries.told(tenant_id=k1.tenant_id)[made.id].cancelled
    assert said is not None
    assert said.reason == "重複登記"
    with pytest.raises(InvalidTransition):
        recording.cancel(**ids, reason="再一次")  # type: ignore[arg-type]
    with pytest.raises(InvalidTransition):
        recording.recheck(**ids, user_id=teacher, pin=people.PIN)  # type: ignore[arg-type]


@pytest.mark.req("KH-8-1f", "KH-A3-11")
@pytest.mark.parametrize("statement", ["delete from inspections", "update inspections set remark = ''"])
def test_nobody_deletes_or_changes_a_record_at_364_days_or_ever(
    k1: Institution, handler: Actor, statement: str
) -> None:
    assert handler.id is not None
    inspections.inspection(k1, by=handler.id, on=clock.today() - timedelta(days=364))

    with pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(db.text(statement))
    db.session.rollback()
    assert len(queries.inspections(tenant_id=k1.tenant_id)) == 1


def test_a_guard_records_nothing(k1: Institution, typed: TypedInspection) -> None:
    with pytest.raises(NotAllowed):
        record(k1, people.acting(people.person(), Role.GUARD), typed)


def test_what_fails_leaves_nothing(k1: Institution, handler: Actor, typed: TypedInspection) -> None:
    refused(k1, handler, replace(typed, answers=YES | {Question.HOST: False}))
    assert db.session.scalar(db.select(db.func.count()).select_from(InspectionAnswer)) == 0
