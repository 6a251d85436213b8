"""撤回 by an applicant after the consent: until a picture was shown, and never while a session runs."""

from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from tenants.disclosures.insider import filing
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.notices import messages
from tenants.disclosures.steps import Step
from tenants.disclosures.viewing import actions, ending
from tenants.errors import InvalidTransition
from tenants.retention.models import Hold
from tests.factories import people
from tests.factories.insiders import PARENT
from tests.tenants.disclosures.viewing.conftest import VIEWER, Booth
from tests.tenants.disclosures.viewing.test_appointing import agreed, appoint
from tests.tenants.disclosures.viewing.test_ending import BOTH
from tests.tenants.disclosures.waiting import second_of_two

pytestmark = pytest.mark.req("KH-6-2g", "TY-5-1c", "DR-01")


def withdraw(booth: Booth) -> InsiderRequest:
    booth.desk.scene.at_school()
    return filing.withdraw_application(actor=PARENT, tenant_id=booth.tenant_id, disclosure_id=booth.case.id)


def sign_off(booth: Booth) -> None:
    booth.jump(timedelta(seconds=3))
    ending.sign_off(actor=booth.operator, farewell=BOTH, pin=people.PIN, **booth.ids)
    db.session.commit()


def test_what_was_granted_and_not_looked_at_can_be_given_back(booth: Booth) -> None:
    appoint(booth)
    withdraw(booth)
    db.session.commit()

    hold = db.session.get_one(Hold, booth.case.hold_id)
    assert booth.case.state == "withdrawn"
    assert (hold.released_at, hold.ends_on) == (None, clock.today() + timedelta(days=30))
    assert agreed(booth) is None
    assert {Step.CALL_OFF, Step.WITHDRAW} <= set(booth.case.untold)
    assert booth.events() == ["viewing:appointed", "viewing:called_off"]
    ids = {"tenant_id": booth.tenant_id, "disclosure_id": booth.case.id}
    (mail,) = messages(step=Step.CALL_OFF, base_url="", **ids)
    assert (mail.to, "不必到場" in mail.text) == (booth.case.email, True)
    with pytest.raises(InvalidTransition, match="已撤回"):
        booth.begin()


def test_a_session_that_runs_or_waits_for_its_signatures_stands_in_the_way(booth: Booth) -> None:
    booth.begin()
    with pytest.raises(InvalidTransition, match="尚未結束"):
        withdraw(booth)
    db.session.rollback()
    booth.open()
    booth.jump(timedelta(minutes=1))
    assert booth.stopped() == "silent"
    with pytest.raises(InvalidTransition, match="尚未結束"):
        withdraw(booth)
    db.session.rollback()
    ending.sign_off(actor=booth.operator, farewell=BOTH, pin=people.PIN, **booth.ids)
    db.session.commit()
    with pytest.raises(InvalidTransition, match="請通知機構結案"):
        withdraw(booth)


def test_a_session_in_which_nothing_was_shown_stands_in_nobodys_way(booth: Booth) -> None:
    booth.begin()
    sign_off(booth)
    assert withdraw(booth).state == "withdrawn"


def test_a_session_that_begins_while_the_applicant_withdraws_does_not_begin(booth: Booth, domain: Flask) -> None:
    def begin() -> None:
        booth.desk.scene.at_school()
        booth.begin()

    assert "已撤回" in second_of_two(domain, first=lambda: withdraw(booth), second=begin)
    assert booth.events() == []


def test_an_applicant_who_withdraws_while_a_session_begins_waits_for_its_end(booth: Booth, domain: Flask) -> None:
    def begin() -> None:
        assert booth.companion.id is not None
        actions.begin(
            actor=booth.operator,
            tenant_id=booth.tenant_id,
            disclosure_id=booth.case.id,
            viewer=VIEWER,
            companion_id=booth.companion.id,
            pin=people.PIN,
        )

    assert "尚未結束" in second_of_two(domain, first=begin, second=lambda: withdraw(booth))
    assert booth.events() == ["viewing:begun"]
