"""The boxes: in order, by who holds the office, void when the form is returned, never by whom it concerns."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from infra.db import db
from tenants.audit import queries as chain
from tenants.disclosures.insider import deciding, filing, queries, signing
from tenants.disclosures.insider.eligibility import Standing
from tenants.disclosures.insider.models import Box, Eligibility, Signature
from tenants.disclosures.insider.rules import Refusal
from tenants.errors import Invalid, InvalidTransition, NotAllowed
from tenants.permissions import Role
from tests.factories import people
from tests.factories.insiders import PARENT
from tests.tenants.disclosures.conftest import member
from tests.tenants.disclosures.insider.conftest import MOTHER, Desk

_PLAIN = {"ground": "personal_rights", "incident": None}


def _plain(desk: Desk) -> object:
    return desk.application(**_PLAIN)


@pytest.mark.req("KH-A1-16", "TY-A1-13", "TY-A1-14", "TY-A1-15", "TY-A1-16", "TY-5-1f")
def test_the_chain_of_signatures_decides_without_a_panel(desk: Desk) -> None:
    case = desk.up_to_the_head(desk.file(_plain(desk)))  # type: ignore[arg-type]

    case = desk.approve(case)

    signed = db.session.scalars(select(Signature).order_by(Signature.signed_at)).all()
    assert [each.box for each in signed] == ["applicant", "cctv_handler", "office_head", "head"]
    assert [each.acting for each in signed] == ["", "", "", ""]
    assert (case.state, case.decided_by, case.replied_at) == ("approved", desk.scene.head.id, case.decided_at)


@pytest.mark.req("KH-A1-12", "KH-A1-15", "KH-A1-16")
def test_nobody_signs_out_of_turn(desk: Desk) -> None:
    case = desk.check(desk.file(_plain(desk)))  # type: ignore[arg-type]
    with pytest.raises(InvalidTransition, match="依序"):
        desk.sign(case, Box.OFFICE_HEAD)
    with pytest.raises(InvalidTransition, match="依序"):
        desk.approve(case)
    with pytest.raises(InvalidTransition, match="核定時"):
        desk.sign(case, Box.HEAD)


@pytest.mark.req("KH-A1-16")
def test_returning_voids_later_signatures_and_keeps_them(desk: Desk) -> None:
    case = desk.up_to_the_head(desk.file(_plain(desk)))  # type: ignore[arg-type]
    hold_id = case.hold_id
    with pytest.raises(Invalid, match="補正的內容"):
        signing.return_application(actor=desk.scene.handler, tenant_id=case.tenant_id, disclosure_id=case.id, note=" ")
    signing.return_application(
        actor=desk.scene.handler, tenant_id=case.tenant_id, disclosure_id=case.id, note="請說明時間"
    )
    db.session.commit()
    filing.complete_application(
        actor=PARENT, tenant_id=case.tenant_id, disclosure_id=case.id, reason="補充：約在早上十點十分左右發生"
    )
    db.session.commit()

    rows = db.session.scalars(select(Signature).order_by(Signature.signed_at)).all()
    assert [(row.box, row.voided_at is None) for row in rows] == [
        ("applicant", True),
        ("cctv_handler", False),
        ("office_head", False),
    ]
    assert (case.state, case.hold_id) == ("submitted", hold_id)
    assert "補充" in case.reason
    with pytest.raises(Invalid, match="補充事由"):
        desk.sign(case, Box.CCTV_HANDLER)
    desk.sign(desk.check(case), Box.CCTV_HANDLER)


@pytest.mark.req("KH-6-2a", "KH-6-2b")
def test_nothing_is_signed_before_it_was_checked_who_asks(desk: Desk) -> None:
    case = desk.file(_plain(desk))  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="申請人資格"):
        desk.sign(case, Box.CCTV_HANDLER)
    assert desk.sign(desk.check(case), Box.CCTV_HANDLER).checked_by == desk.scene.handler.id


@pytest.mark.req("KH-6-2b")
def test_it_is_kept_that_a_paper_was_seen_and_when_and_by_whom(desk: Desk) -> None:
    case = desk.check(desk.file(_plain(desk)))  # type: ignore[arg-type]
    assert (case.standing, case.seen) == ("guardian", ["child_roster", "household"])
    assert (case.checked_by, case.checked_at is not None) == (desk.scene.handler.id, True)


@pytest.mark.req("KH-6-2a", "KH-6-2b")
def test_who_is_not_covered_is_accepted_only_with_a_reason_that_is_kept(desk: Desk) -> None:
    case = desk.file(_plain(desk))  # type: ignore[arg-type]
    grandmother = replace(MOTHER, standing=Standing.RELATIVE, eligibility=Eligibility.ACCEPTED, note="母親書面委任")
    for refused in (replace(grandmother, note=" "), replace(grandmother, eligibility=Eligibility.ELIGIBLE)):
        with pytest.raises(Invalid):
            desk.check(case, finding=refused)
        db.session.rollback()
    accepted = desk.check(case, finding=grandmother)
    assert (accepted.eligibility, accepted.eligibility_note) == ("accepted", "母親書面委任")


@pytest.mark.req("KH-1-1")
def test_what_is_outside_the_purpose_goes_on_only_with_a_reason(desk: Desk) -> None:
    case = desk.file(desk.application(**_PLAIN, reason="為考核教師出勤情形，請提供教室影像", confirmed=True))
    desk.check(case)
    with pytest.raises(Invalid, match="設置目的不符") as stopped:
        desk.sign(case, Box.CCTV_HANDLER)
    assert stopped.value.code == "outside_purpose"
    db.session.rollback()
    desk.check(case, finding=replace(MOTHER, purpose_note="實為教師受傷的時間，與考核無關"))
    desk.sign(case, Box.CCTV_HANDLER)


@pytest.mark.req("KH-1-1", "KH-A1-16")
def test_what_is_outside_the_purpose_can_be_returned(desk: Desk) -> None:
    case = desk.file(desk.application(**_PLAIN, reason="為考核教師出勤情形，請提供教室影像", confirmed=True))
    returned = signing.return_application(
        actor=desk.scene.handler, tenant_id=case.tenant_id, disclosure_id=case.id, note="與設置目的不符"
    )
    assert returned.state == "returned"


@pytest.mark.req("KH-6-2e")
def test_a_reason_that_was_found_vague_is_not_signed(desk: Desk) -> None:
    case = desk.check(desk.file(_plain(desk)), finding=replace(MOTHER, specific=False))  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="不具體"):
        desk.sign(case, Box.CCTV_HANDLER)


@pytest.mark.req("DR-27", "KH-6-2c1")
def test_whom_the_case_concerns_neither_signs_nor_decides(desk: Desk) -> None:
    case = desk.file(_plain(desk))  # type: ignore[arg-type]
    head = desk.scene.head.id
    assert head is not None
    desk.check(case, excluded=(head,))
    desk.sign(case, Box.CCTV_HANDLER)
    desk.sign(case, Box.OFFICE_HEAD)
    with pytest.raises(NotAllowed, match="利害關係"):
        desk.approve(case)
    with pytest.raises(NotAllowed, match="利害關係"):
        deciding.refuse(
            actor=desk.scene.head, tenant_id=case.tenant_id, disclosure_id=case.id, refusal=Refusal.OTHER, reasons="無"
        )


@pytest.mark.req("DR-37", "TY-5-1b")
def test_where_the_ground_says_nothing_the_handler_seals_the_case_and_nobody_opens_it_again(desk: Desk) -> None:
    case = desk.file(_plain(desk))  # type: ignore[arg-type]
    assert not case.sealed
    of = {"actor": desk.scene.handler, "tenant_id": desk.tenant_id, "disclosure_id": case.id}
    for sealed in (True, False):
        signing.check_applicant(**of, finding=MOTHER, excluded=(), conflict_note="", sealed=sealed)
        db.session.commit()
        assert case.sealed
    (line,) = queries.inbox(tenant_id=desk.tenant_id, actor=desk.scene.handler)
    assert (line.name, line.ground) == ("", "")
    (event,) = chain.latest(tenant_id=desk.tenant_id, limit=1)
    assert (event.event, event.fields["sealed"]) == ("application:checked", True)


@pytest.mark.req("TY-5-1e")
def test_another_office_neither_checks_signs_nor_decides(desk: Desk) -> None:
    case = desk.up_to_the_head(desk.file(_plain(desk)))  # type: ignore[arg-type]
    for student_affairs in (
        member(desk.scene.school, Role.STAFF, "學務主任"),
        member(desk.scene.school, Role.GUARD, "警衛"),
    ):
        with pytest.raises(NotAllowed):
            desk.sign(case, Box.HEAD, actor=student_affairs)
        with pytest.raises(NotAllowed):
            deciding.approve(
                actor=student_affairs,
                tenant_id=desk.tenant_id,
                disclosure_id=case.id,
                grants=desk.grants(case),
                reasons="",
            )
        db.session.rollback()
        desk.scene.at_school()
    assert case.decided_at is None


@pytest.mark.req("DR-27")
def test_only_people_of_the_school_can_be_named_and_with_a_word_why(desk: Desk) -> None:
    case = desk.file(_plain(desk))  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="本機構人員"):
        desk.check(case, excluded=(people.person(),))


@pytest.mark.req("KH-A1-14")
def test_where_nobody_heads_the_office_the_handler_signs_it_as_a_second_office(scene_desk: Desk) -> None:
    case = scene_desk.check(scene_desk.file())
    scene_desk.sign(case, Box.CCTV_HANDLER)
    scene_desk.sign(case, Box.OFFICE_HEAD, actor=scene_desk.scene.handler)
    second = db.session.scalars(select(Signature).where(Signature.box == "office_head")).one()
    assert (second.acting, second.user_id) == ("兼任", scene_desk.scene.handler.id)


@pytest.fixture
def scene_desk(scene: object) -> Desk:
    """A preschool of three people: nobody is head of an office."""
    return Desk(scene, scene.head)  # type: ignore[arg-type, attr-defined]


@pytest.mark.req("KH-A1-13", "TY-3-1b")
def test_somebody_else_of_the_school_signs_nothing(desk: Desk) -> None:
    case = desk.check(desk.file(_plain(desk)))  # type: ignore[arg-type]
    teacher = member(desk.scene.school, Role.STAFF, "許老師")
    with pytest.raises(NotAllowed):
        desk.sign(case, Box.CCTV_HANDLER, actor=teacher)
