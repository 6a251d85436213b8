"""How a session ends, and that the register has its line: signed, broken off for a breach, or dead with the power."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, system
from tenants.disclosures import custody_record
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.viewing import actions, ending, presence, queries, rules
from tenants.disclosures.viewing.models import ViewingSession
from tenants.disclosures.viewing.rules import Breach, Farewell
from tenants.errors import Invalid, InvalidTransition
from tenants.people import pins
from tenants.permissions import Role
from tests.factories import people
from tests.tenants.disclosures.conftest import member
from tests.tenants.disclosures.viewing.conftest import Booth

FILMED = Breach(kind="filmed", note="以手機拍攝螢幕", by=frozenset({"viewer"}))
BOTH = Farewell(signed="screen", name="林小惠", not_filmed=True)
SECOND = timedelta(seconds=1)


def sign_off(booth: Booth, farewell: Farewell = BOTH, pin: str = people.PIN) -> ViewingSession:
    ended = ending.sign_off(actor=booth.operator, farewell=farewell, pin=pin, **booth.ids)
    db.session.commit()
    return ended


def lines() -> list[RegisterEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(RegisterEntry).order_by(RegisterEntry.number)))


@pytest.mark.req("KH-7-2", "KH-7-3", "KH-6-2j", "TY-5-4b", "TY-5-1f", "KH-A2-08")
def test_both_sign_and_the_register_and_the_case_say_so(booth: Booth) -> None:
    began = booth.begin().viewing.began_at
    booth.open()
    booth.jump(3 * SECOND)
    ended = sign_off(booth)

    (line,) = lines()
    assert (line.accessor_name, line.accessor_unit, line.accessor_title) == ("林小惠", "家長", "家長")
    assert (line.accessed_from, line.accessed_until) == (began, ended.ended_at)
    assert (line.viewed, line.copied, line.operator_name) == (True, False, booth.operator.name)
    assert [part["camera"] for part in line.content] == [booth.window().camera_name]
    assert (ended.state, ended.ending, ended.entry_id) == ("ended", "signed_off", line.id)
    assert booth.case.state == "viewed"
    assert booth.events()[-1] == "viewing:ended"


def lacking(booth: Booth, actor: Actor | None = None) -> list[str]:
    """How the sessions stand whose signatures are still missing."""
    found = queries.unsigned(tenant_id=booth.tenant_id, actor=actor or booth.operator, now=clock.now())
    return [viewing.state for viewing, _case in found]


@pytest.mark.req("KH-7-1", "TY-5-4a")
def test_a_session_lacks_its_signatures_until_it_is_signed(booth: Booth) -> None:
    booth.begin()
    booth.open()
    assert lacking(booth) == [], "somebody is at it"
    booth.jump(timedelta(minutes=1))
    assert lacking(booth) == ["running"], "the page fell silent, and nobody has looked since"
    presence.look(actor=booth.operator, **booth.ids)
    db.session.commit()
    assert lacking(booth) == ["paused"]
    sign_off(booth)
    assert lacking(booth) == []


@pytest.mark.req("KH-7-1", "TY-5-4a", "DR-27")
def test_one_that_the_sweep_ended_lacks_them_until_its_case_is_closed(booth: Booth) -> None:
    booth.begin()
    booth.open()
    booth.jump(rules.ABANDONED_AFTER + timedelta(minutes=1))
    ending.settle(actor=system("settle_viewings"), tenant_id=booth.tenant_id)
    db.session.commit()
    assert lacking(booth) == ["ended"]
    booth.case.excluded = [str(booth.companion.id)]
    db.session.commit()
    assert lacking(booth, booth.companion) == []
    booth.case.state, booth.case.closed_at, booth.case.closed_by = "closed", clock.now(), booth.operator.id
    db.session.commit()
    assert lacking(booth) == []


@pytest.mark.req("KH-7-1")
def test_one_in_which_nothing_was_shown_and_a_breach_need_no_signature_any_more(booth: Booth) -> None:
    booth.begin()
    booth.jump(rules.ABANDONED_AFTER + timedelta(minutes=1))
    ending.settle(actor=system("settle_viewings"), tenant_id=booth.tenant_id)
    db.session.commit()
    assert lacking(booth) == []
    booth.begin()
    booth.open()
    ending.report_breach(actor=booth.operator, breach=FILMED, **booth.ids)
    db.session.commit()
    assert lacking(booth) == []


@pytest.mark.req("DR-06", "DR-07", "KH-7-2")
def test_the_custody_of_the_case_says_who_looked_and_who_was_there(booth: Booth) -> None:
    booth.begin()
    booth.open()
    sign_off(booth)
    ids = {"tenant_id": booth.tenant_id, "disclosure_id": booth.case.id}
    paper = custody_record.application_document(actor=booth.operator, **ids)
    (line,) = paper["register"]
    assert (line["accessor"], line["accompanied_by"]) == ("家長 林小惠", "張老師")
    acts = custody_record.of_case(hold_id=booth.case.hold_id, **ids)
    assert [each.event for each in acts][-2:] == ["register:entered", "disclosure:viewed"]
    assert len(paper["not_anchored_yet"]) == len(acts)


@pytest.mark.req("KH-7-1", "KH-7-2", "TY-5-4a")
def test_the_register_names_everybody_who_accompanied_in_their_order(booth: Booth) -> None:
    booth.begin()
    booth.open()
    other = member(booth.desk.scene.school, Role.STAFF, "李老師")
    assert other.id is not None
    people.pin(other.id)
    actions.hand_over(**booth.own, companion_id=other.id, pin=people.PIN)  # type: ignore[arg-type]
    db.session.commit()
    sign_off(booth)
    (line,) = lines()
    assert re.fullmatch(r"張老師、李老師（\d\d:\d\d起）", line.accompanied_by)


@pytest.mark.req("KH-6-2i", "KH-7-1")
@pytest.mark.parametrize(
    ("field", "farewell"),
    [
        ("signed", Farewell(signed="", name="林小惠", not_filmed=True)),
        ("name", Farewell(signed="screen", name="林大惠", not_filmed=True)),
        ("not_filmed", Farewell(signed="paper", name="", not_filmed=False)),
    ],
)
def test_a_missing_signature_or_statement_ends_nothing(booth: Booth, field: str, farewell: Farewell) -> None:
    booth.begin()
    with pytest.raises(Invalid) as refused:
        sign_off(booth, farewell)
    assert refused.value.field == field
    db.session.rollback()
    with pytest.raises(pins.WrongPin):
        sign_off(booth, pin="000111")
    db.session.rollback()
    assert booth.row().state == "running"
    assert lines() == []


@pytest.mark.req("DR-12")
def test_after_the_end_nothing_is_shown_and_nobody_signs_again(booth: Booth) -> None:
    booth.begin()
    booth.open()
    sign_off(booth, Farewell(signed="paper", name="", not_filmed=True))
    with pytest.raises(presence.Stopped, match="已結束"):
        presence.live(**booth.own)  # type: ignore[arg-type]
    with pytest.raises(InvalidTransition, match="已結束"):
        sign_off(booth)
    assert len(lines()) == 1


@pytest.mark.req("KH-6-2i", "DR-13")
def test_a_breach_ends_it_at_once_without_anybodys_pin_and_is_kept(booth: Booth) -> None:
    booth.begin()
    booth.open()
    with pytest.raises(Invalid):
        ending.report_breach(actor=booth.operator, breach=replace(FILMED, note=" "), **booth.ids)
    db.session.rollback()
    ended = ending.report_breach(actor=booth.operator, breach=FILMED, **booth.ids)
    db.session.commit()
    assert (ended.state, ended.breach_kind, ended.breach_note) == ("ended", "filmed", "以手機拍攝螢幕")
    assert booth.events()[-2:] == ["viewing:breached", "viewing:ended"]
    assert len(lines()) == 1, "what was seen until then was seen"


@pytest.mark.req("KH-6-2i", "KH-7-2")
def test_a_breach_told_after_the_page_died_ends_with_its_last_sign_of_life(booth: Booth) -> None:
    booth.begin()
    booth.open()
    seen = booth.row().seen_at
    booth.jump(timedelta(minutes=5))
    ended = ending.report_breach(actor=booth.operator, breach=FILMED, **booth.ids)
    assert ended.ended_at == seen


@pytest.mark.req("KH-7-2")
def test_a_session_in_which_nothing_was_opened_leaves_no_line(booth: Booth) -> None:
    booth.begin()
    ended = sign_off(booth)
    assert (ended.entry_id, lines()) == (None, [])
    assert booth.case.state == "approved"


@pytest.mark.req("KH-7-2", "TY-5-4b")
def test_a_session_that_died_with_the_power_is_ended_with_its_true_last_instant(booth: Booth) -> None:
    booth.begin()
    booth.open()
    booth.jump(2 * SECOND)
    last = booth.beat().seen_at
    booth.jump(timedelta(minutes=10))
    assert queries.unsettled(tenant_id=booth.tenant_id, now=clock.now())
    assert ending.settle(actor=system("settle_viewings"), tenant_id=booth.tenant_id) == 0, "somebody may come back"
    db.session.commit()
    booth.jump(rules.ABANDONED_AFTER)

    assert ending.settle(actor=system("settle_viewings"), tenant_id=booth.tenant_id) == 1
    db.session.commit()

    (line,) = lines()
    assert (line.accessed_until, line.operator_name) == (last, booth.operator.name)
    assert (booth.row().ending, booth.case.state) == ("abandoned", "viewed")
    assert not queries.unsettled(tenant_id=booth.tenant_id, now=clock.now())
    assert ending.settle(actor=system("settle_viewings"), tenant_id=booth.tenant_id) == 0


@pytest.mark.req("KH-7-2")
def test_two_sessions_have_two_lines_with_numbers_of_their_own(booth: Booth) -> None:
    for _ in range(2):
        booth.begin()
        booth.open()
        sign_off(booth)
    assert sorted(line.number for line in lines()) == [1, 2]


@pytest.mark.req("DR-37")
def test_of_a_sealed_case_the_line_says_no_reason(booth: Booth) -> None:
    booth.case.sealed = True
    db.session.commit()
    booth.begin()
    booth.open()
    sign_off(booth)
    assert lines()[0].summary == f"{booth.case.serial} 密封案件"
