"""What members declare, sign and say; a conflict empties the seat and nothing else."""

import pytest

from infra import clock
from infra.db import db
from infra.queues import Job
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import convening, queries, sitting, statements
from tenants.disclosures.insider.panel.convening import Seat
from tenants.disclosures.insider.panel.models import Capacity
from tenants.disclosures.insider.panel.sitting import Opinion
from tenants.disclosures.insider.panel.statements import Answer, Question
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.retention.models import Hold
from tests.tenants.disclosures.insider.panel.conftest import Panel, seated_as


@pytest.mark.req("DR-27")
def test_a_declaration_keeps_which_text_of_the_secrecy_statement_was_signed(panel: Panel, case: InsiderRequest) -> None:
    parent = panel.declare(panel.member(panel.convene(case), Capacity.PARENT_REP))
    assert parent.declared_at is not None
    assert parent.secrecy_version in statements.SECRECY


@pytest.mark.req("DR-27")
def test_secrecy_is_signed_in_its_newest_words_or_not_at_all(panel: Panel, case: InsiderRequest) -> None:
    parent = panel.member(panel.convene(case), Capacity.PARENT_REP)
    for version in ("", "0"):
        with pytest.raises(Invalid, match="保密切結"):
            panel.declare(parent, secrecy=version)


@pytest.mark.req("DR-27", "KH-6-Pb", "DR-01")
def test_the_aunt_of_a_child_stands_down_is_replaced_and_the_hold_stays(
    panel: Panel, case: InsiderRequest, sent: list[tuple[Job, dict[str, object]]]
) -> None:
    met = panel.convene(case)
    aunt = panel.declare(panel.member(met, Capacity.PARENT_REP), conflict=True, note="我是涉案幼兒的姑姑")
    assert aunt.replaced_at is not None
    assert (Job.SEND_PANEL_MAIL, {"tenant_id": panel.tenant_id, "member_id": aunt.id, "notice": "vacated"}) in sent
    made = convening.replace(
        actor=panel.desk.scene.handler,
        tenant_id=panel.tenant_id,
        member_id=aunt.id,
        seat=Seat(capacity=Capacity.PARENT_REP, name="吳家長", email="wu@example.org"),
        because="",
    )
    db.session.commit()
    everybody = queries.members(tenant_id=panel.tenant_id, meeting_id=met.id)
    assert {aunt.id, made.id} <= {each.id for each in everybody}
    assert panel.member(met, Capacity.PARENT_REP).id == made.id
    assert db.session.get_one(Hold, case.hold_id).released_at is None
    assert db.session.get_one(Hold, case.hold_id).ends_on is None


@pytest.mark.req("DR-27")
def test_a_conflict_is_said_in_a_word_and_may_be_noticed_late(panel: Panel, case: InsiderRequest) -> None:
    parent = panel.declare(panel.member(panel.convene(case), Capacity.PARENT_REP))
    with pytest.raises(Invalid, match="關係"):
        panel.declare(parent, conflict=True, note=" ")
    db.session.rollback()
    assert panel.declare(parent, conflict=True, note="看了摘要才知道是我姪女").replaced_at is not None


@pytest.mark.req("DR-27")
def test_who_stood_down_reads_and_says_nothing_more(panel: Panel, case: InsiderRequest) -> None:
    aunt = panel.declare(panel.member(panel.convene(case), Capacity.PARENT_REP), conflict=True, note="姑姑")
    with pytest.raises(NotFound):
        sitting.own_seat(actor=seated_as(aunt), tenant_id=panel.tenant_id, member_id=aunt.id)


@pytest.mark.req("DR-37")
def test_nobody_sits_in_anothers_seat(panel: Panel, case: InsiderRequest) -> None:
    met = panel.convene(case)
    parent, educator = panel.member(met, Capacity.PARENT_REP), panel.member(met, Capacity.EDUCATOR_REP)
    for actor, seat in (
        (seated_as(parent), educator),
        (panel.educator, parent),
        (panel.desk.office_head, educator),
    ):
        with pytest.raises(NotFound):
            sitting.own_seat(actor=actor, tenant_id=panel.tenant_id, member_id=seat.id)
    with pytest.raises(NotAllowed):
        sitting.own_seat(actor=panel.desk.scene.officer, tenant_id=panel.tenant_id, member_id=educator.id)


@pytest.mark.req("DR-27")
def test_an_opinion_comes_after_the_declaration_and_binds_nobody(panel: Panel, case: InsiderRequest) -> None:
    parent = panel.member(panel.convene(case), Capacity.PARENT_REP)
    said = Opinion(words="建議縮短五分鐘", answers={Question.PERIOD: Answer.NO})
    with pytest.raises(InvalidTransition, match="切結"):
        sitting.give_opinion(actor=seated_as(parent), tenant_id=panel.tenant_id, member_id=parent.id, opinion=said)
    db.session.rollback()
    panel.declare(parent)
    sitting.give_opinion(actor=seated_as(parent), tenant_id=panel.tenant_id, member_id=parent.id, opinion=said)
    db.session.commit()
    assert (parent.opinion, parent.answers) == ("建議縮短五分鐘", {"period": "no"})


def test_an_empty_opinion_is_none(panel: Panel, case: InsiderRequest) -> None:
    parent = panel.declare(panel.member(panel.convene(case), Capacity.PARENT_REP))
    with pytest.raises(Invalid, match="意見"):
        sitting.give_opinion(
            actor=seated_as(parent), tenant_id=panel.tenant_id, member_id=parent.id, opinion=Opinion(words=" ")
        )


@pytest.mark.req("KH-6-2h")
def test_after_the_resolution_nothing_is_declared_or_said_any_more(panel: Panel, case: InsiderRequest) -> None:
    met = panel.met(case)
    panel.resolve(case, met)
    parent = panel.member(met, Capacity.PARENT_REP)
    with pytest.raises(InvalidTransition, match="決議"):
        panel.declare(parent, conflict=True, note="姑姑")


@pytest.mark.req("KH-6-Pb", "DR-27")
def test_a_seat_in_a_case_that_concerns_its_holder_is_not_listed(panel: Panel, case: InsiderRequest) -> None:
    panel.convene(case)
    assert panel.educator.id is not None
    listed = queries.seats_of(tenant_id=panel.tenant_id, user_id=panel.educator.id)
    assert [found.id for _seat, _met, found in listed] == [case.id]
    case.excluded = [*case.excluded, str(panel.educator.id)]
    db.session.commit()
    assert queries.seats_of(tenant_id=panel.tenant_id, user_id=panel.educator.id) == []


@pytest.mark.req("KH-6-Pb", "DR-37")
def test_a_seat_ends_with_its_case(panel: Panel, case: InsiderRequest) -> None:
    parent = panel.member(panel.convene(case), Capacity.PARENT_REP)
    assert sitting.own_seat(actor=seated_as(parent), tenant_id=panel.tenant_id, member_id=parent.id)
    case.state, case.replied_at, case.replied_by = "closed", clock.now(), panel.desk.scene.head.id
    case.closed_at, case.closed_by = case.replied_at, case.replied_by
    db.session.commit()
    with pytest.raises(NotFound):
        sitting.own_seat(actor=seated_as(parent), tenant_id=panel.tenant_id, member_id=parent.id)
    assert panel.educator.id is not None
    assert queries.seats_of(tenant_id=panel.tenant_id, user_id=panel.educator.id) == []
