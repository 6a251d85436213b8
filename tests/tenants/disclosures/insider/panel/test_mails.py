"""What goes out by mail: to whom, once, with a link or a code made as it is sent, and with nobody's data."""

import re

import pytest

from infra.db import db
from tenants.actor import system
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import links, mails, queries
from tenants.disclosures.insider.panel.models import Capacity, PanelMeeting, PanelMember
from tenants.disclosures.insider.panel.notices import WORDS, Notice
from tenants.people.models import User
from tests.tenants.disclosures.insider.panel.conftest import PARENT_MAIL, Panel
from tests.tenants.disclosures.insider.panel.test_links import BROWSER

pytestmark = pytest.mark.req("DR-31", "KH-6-Pb")

WORKER = system("test")


@pytest.fixture
def met(panel: Panel, case: InsiderRequest) -> PanelMeeting:
    return panel.convene(case)


def _mails(seat: PanelMember, notice: Notice) -> list[tuple[str, str]]:
    found = mails.messages(
        actor=WORKER, tenant_id=seat.tenant_id, member_id=seat.id, notice=notice, base_url="https://cctv.example.org"
    )
    db.session.commit()
    return [(each.to, f"{each.subject}\n{each.text}") for each in found]


def test_who_has_no_account_gets_a_link_that_opens(panel: Panel, met: PanelMeeting) -> None:
    parent = panel.member(met, Capacity.PARENT_REP)
    ((to, text),) = _mails(parent, Notice.INVITED)
    assert "請查看開會時間與地點" in text, "both are shown before anything is declared"
    assert to == PARENT_MAIL
    address = re.search(r"https://cctv.example.org/panel/([0-9a-f-]{36})/([\w-]{43})\s", text)
    assert address is not None
    assert address[1] == str(panel.tenant_id)
    assert links.invited(tenant_id=panel.tenant_id, token=address[2]).id == parent.id


def test_who_has_an_account_is_asked_to_sign_in(panel: Panel, met: PanelMeeting) -> None:
    seat = panel.member(met, Capacity.EDUCATOR_REP)
    assert _mails(seat, Notice.INVITED) == [], "no address is known"
    db.session.get_one(User, seat.user_id).email = "chang@example.org"
    ((to, text),) = _mails(seat, Notice.INVITED)
    assert to == "chang@example.org"
    assert f"/schools/{panel.tenant_id}/panel-seats/{seat.id}" in text


def test_the_code_goes_to_the_address_that_was_invited_and_opens(panel: Panel, met: PanelMeeting) -> None:
    parent = panel.member(met, Capacity.PARENT_REP)
    token = links.issue(actor=WORKER, tenant_id=panel.tenant_id, member_id=parent.id)
    links.ask_code(actor=BROWSER, tenant_id=panel.tenant_id, token=token)
    ((to, text),) = _mails(parent, Notice.CODE)
    assert to == PARENT_MAIL
    code = re.search(r"\b\d{6}\b", text)
    assert code is not None
    assert token not in text, "a link and its code never travel together"
    assert links.enter(actor=BROWSER, tenant_id=panel.tenant_id, token=token, code=code[0])


def test_a_code_that_nobody_waits_for_is_not_sent(panel: Panel, met: PanelMeeting) -> None:
    assert _mails(panel.member(met, Capacity.PARENT_REP), Notice.CODE) == []


@pytest.mark.req("DR-27")
def test_who_convenes_is_told_that_a_seat_is_empty_and_not_whose(
    panel: Panel, case: InsiderRequest, met: PanelMeeting
) -> None:
    handler = db.session.get_one(User, panel.desk.scene.handler.id)
    handler.email = "handler@example.org"
    aunt = panel.declare(panel.member(met, Capacity.PARENT_REP), conflict=True, note="我是涉案幼兒的姑姑")
    ((to, text),) = _mails(aunt, Notice.VACATED)
    assert to == "handler@example.org"
    assert case.serial in text
    assert "姑姑" not in text
    assert aunt.name not in text
    assert _mails(aunt, Notice.INVITED) == [], "who stood down is invited no more"


def test_no_mail_says_who_or_what_the_case_is_about(panel: Panel, case: InsiderRequest, met: PanelMeeting) -> None:
    parent = panel.member(met, Capacity.PARENT_REP)
    secret = (case.applicant_name, case.child_name, case.phone, case.reason, parent.name, "園長室", "C-GATE")
    for notice in (Notice.INVITED, Notice.MOVED, Notice.RESOLVED):
        for _to, text in _mails(parent, notice):
            assert not [each for each in secret if each in text]
    assert WORDS.keys() == set(Notice)


@pytest.mark.req("DR-06")
def test_a_notice_that_went_out_is_not_found_again(panel: Panel, met: PanelMeeting) -> None:
    parent = panel.member(met, Capacity.PARENT_REP)
    assert not mails.is_told(tenant_id=panel.tenant_id, member_id=parent.id, notice=Notice.INVITED)
    mails.note_told(actor=WORKER, tenant_id=panel.tenant_id, member_id=parent.id, notice=Notice.INVITED, mails=1)
    db.session.commit()
    assert mails.is_told(tenant_id=panel.tenant_id, member_id=parent.id, notice=Notice.INVITED)
    assert (parent.id, "invited") not in queries.untold(tenant_id=panel.tenant_id)
