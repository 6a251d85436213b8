"""Convening a panel, moving it, and giving a seat to somebody else."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.queues import Job
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import convening, queries
from tenants.disclosures.insider.panel.convening import Seat
from tenants.disclosures.insider.panel.models import Capacity
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tenants.permissions import Role
from tests.factories import people
from tests.factories.registry import institution
from tests.tenants.disclosures.conftest import member
from tests.tenants.disclosures.insider.conftest import Desk
from tests.tenants.disclosures.insider.panel.conftest import Panel


@pytest.mark.req("KH-6-2h", "KH-6-Pa", "KH-6-Pb")
def test_a_panel_is_convened_by_capacity_and_everybody_is_invited(
    panel: Panel, case: InsiderRequest, sent: list[tuple[Job, dict[str, object]]]
) -> None:
    met = panel.convene(case)
    seats = queries.seated(tenant_id=panel.tenant_id, meeting_id=met.id)
    assert {each.capacity for each in seats} == {"educator_rep", "parent_rep", "head"}
    invited = {job[1]["member_id"] for job in sent if job[0] is Job.SEND_PANEL_MAIL}
    assert invited == {each.id for each in seats}
    assert {notice for _member, notice in queries.untold(tenant_id=panel.tenant_id)} == {"invited"}


@pytest.mark.req("KH-6-2h")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"meets_at": clock.now() - timedelta(hours=1)}, "meets_at"),
        ({"place": " "}, "place"),
        ({"seats": ()}, "members"),
    ],
)
def test_a_meeting_has_a_time_a_place_and_members(
    panel: Panel, case: InsiderRequest, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        panel.convene(case, **changes)
    assert refused.value.field == field


@pytest.mark.req("KH-6-Pa", "KH-6-1c")
def test_a_teacher_of_another_preschool_does_not_sit(panel: Panel, case: InsiderRequest) -> None:
    other = institution("K2")
    stranger = people.person(name="黃老師")
    people.membership(stranger, Role.STAFF, tenant_id=other.tenant_id)
    panel.desk.scene.at_school()
    seats = (Seat(capacity=Capacity.EDUCATOR_REP, user_id=stranger), *panel.seats[1:])
    with pytest.raises(Invalid, match="本機構人員名單"):
        panel.convene(case, seats=seats)


@pytest.mark.req("KH-6-Pa", "DR-27")
def test_the_teacher_complained_of_does_not_sit(panel: Panel) -> None:
    assert panel.educator.id is not None
    case = panel.desk.check(panel.desk.file(), excluded=(panel.educator.id,))
    with pytest.raises(Invalid, match="利害關係"):
        panel.convene(case)


@pytest.mark.req("DR-27")
def test_the_head_complained_of_neither_sits_nor_convenes_and_a_neutral_member_helps(panel: Panel) -> None:
    head = panel.desk.scene.head
    assert head.id is not None
    case = panel.desk.check(panel.desk.file(), excluded=(head.id,))
    with pytest.raises(Invalid, match="利害關係"):
        panel.convene(case)
    neutral = Seat(capacity=Capacity.NEUTRAL, name="許律師", email="hsu@example.org")
    with pytest.raises(NotAllowed, match="利害關係"):
        convening.convene(
            actor=head,
            tenant_id=panel.tenant_id,
            disclosure_id=case.id,
            plan=panel.plan(seats=(*panel.seats[:2], neutral)),
        )
    assert panel.convene(case, seats=(*panel.seats[:2], neutral))


@pytest.mark.req("KH-6-Pb", "DR-27")
def test_the_applicant_does_not_sit_for_the_parents(panel: Panel, case: InsiderRequest) -> None:
    applicant = Seat(capacity=Capacity.PARENT_REP, name="林小惠", email="other@example.org")
    with pytest.raises(Invalid, match="利害關係"):
        panel.convene(case, seats=(panel.seats[0], applicant, panel.seats[2]))


@pytest.mark.req("KH-6-2h", "DR-27")
def test_nobody_is_convened_before_it_was_checked_whom_the_case_concerns(panel: Panel) -> None:
    case = panel.desk.file()
    with pytest.raises(Invalid) as refused:
        panel.convene(case)
    assert refused.value.code == "unchecked"


@pytest.mark.req("KH-6-2h")
def test_one_case_has_one_open_meeting(panel: Panel, case: InsiderRequest) -> None:
    panel.convene(case)
    with pytest.raises(InvalidTransition, match="已召集"):
        panel.convene(case)


@pytest.mark.req("TY-X-1")
def test_a_school_whose_regulation_knows_no_panel_convenes_none(desk: Desk) -> None:
    case = desk.check(desk.file(desk.application(ground="personal_rights", incident=None)))
    panel = Panel(desk, member(desk.scene.school, Role.STAFF, "張淑芬"))
    with pytest.raises(InvalidTransition, match="沒有這個步驟"):
        panel.convene(case)


@pytest.mark.req("DR-27")
def test_only_who_manages_panels_convenes(panel: Panel, case: InsiderRequest) -> None:
    with pytest.raises(NotAllowed):
        convening.convene(actor=panel.educator, tenant_id=panel.tenant_id, disclosure_id=case.id, plan=panel.plan())


def test_a_moved_meeting_is_told_and_forgets_who_was_there(panel: Panel, case: InsiderRequest) -> None:
    met = panel.met(case)
    later = clock.now() + timedelta(days=2)
    convening.reschedule(
        actor=panel.desk.scene.handler, tenant_id=panel.tenant_id, meeting_id=met.id, meets_at=later, place="視訊會議"
    )
    db.session.commit()
    seats = queries.seated(tenant_id=panel.tenant_id, meeting_id=met.id)
    assert (met.meets_at, met.place, met.moves) == (later, "視訊會議", 1)
    assert {each.attendance for each in seats} == {""}
    assert all("moved" in each.untold for each in seats)


@pytest.mark.req("KH-6-Pb")
def test_who_takes_over_a_seat_counts_once_too(panel: Panel, case: InsiderRequest) -> None:
    parent = panel.member(panel.convene(case), Capacity.PARENT_REP)
    same = Seat(capacity=Capacity.PARENT_REP, name="張淑芬", email="chang@example.org")
    with pytest.raises(Invalid, match="只能擔任一席"):
        convening.replace(
            actor=panel.desk.scene.handler, tenant_id=panel.tenant_id, member_id=parent.id, seat=same, because="請假"
        )


def test_a_seat_is_not_taken_away_without_a_reason(panel: Panel, case: InsiderRequest) -> None:
    parent = panel.member(panel.convene(case), Capacity.PARENT_REP)
    next_one = Seat(capacity=Capacity.PARENT_REP, name="吳家長", email="wu@example.org")
    with pytest.raises(Invalid, match="原因"):
        convening.replace(
            actor=panel.desk.scene.handler, tenant_id=panel.tenant_id, member_id=parent.id, seat=next_one, because=" "
        )
