"""離職與調職 on the head's pages: what is held, the day, secrecy, handing over (KH-5-2, TY-4-2, DR-15)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.leaving.models import Departure
from tenants.leaving.rules import Handed
from tenants.people.models import User
from tenants.roc_dates import short_date
from tests.factories import people
from tests.factories.people import PIN
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-5-2", "TY-4-2")
AUGUST = clock.today() + timedelta(days=40)


def begin(desk: Desk, login: str = "k1-handler", **changed: str) -> str:
    """The address of the departure that was registered."""
    said = {"way": "left", "gone_on": short_date(clock.today()), "document": "", "handler": _id(desk, "k1-staff")}
    answer = desk.browser("k1-head").post(f"{desk.school}/people/leaving/{_id(desk, login)}", data=said | changed)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def _id(desk: Desk, login: str) -> str:
    return str(desk.cast.ids[login])


def test_the_wizard_shows_what_is_held_before_anything_is_said(desk: Desk) -> None:
    head = desk.browser("k1-head")
    page = head.get(f"{desk.school}/people/leaving/?person={_id(desk, 'k1-handler')}", follow_redirects=True).text
    assert "事務組的聯絡人" in page
    assert "角色「監錄系統管理承辦人」" in page
    assert "要點第五點第二款" in page


@pytest.mark.req("DR-15")
def test_who_leaves_today_is_signed_out_at_the_next_request(desk: Desk) -> None:
    handler = desk.browser("k1-handler")
    assert handler.get(f"{desk.school}/").status_code == 200
    begin(desk)
    assert handler.get(f"{desk.school}/").status_code == 303, "to the sign-in page"


def test_the_designated_person_goes_only_to_somebody_or_by_resignation(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), f"{desk.school}/people/leaving/{_id(desk, 'k1-handler')}"
    said = {"way": "left", "gone_on": short_date(AUGUST), "handler": ""}
    refused = head.post(page, data=said)
    assert (refused.status_code, "應隨時有專人負責" in refused.text) == (422, True)
    assert head.post(page, data=said | {"vacant": "y"}).status_code == 303


def test_the_hand_over_is_signed_and_settled_on_one_page(desk: Desk) -> None:
    head = desk.browser("k1-head")
    people.pin(desk.cast.ids["k1-handler"])
    page = begin(desk)
    assert "待完成交接" in head.get(page).text
    refused = head.post(f"{page}/settlement", data={"handed": [each.value for each in Handed]})
    assert (refused.status_code, "尚未簽署離職保密切結" in refused.text) == (422, True)
    assert "PIN 不正確" in head.post(f"{page}/secrecy", data={"pin": "111222"}).text
    head.post(f"{page}/secrecy", data={"pin": PIN})
    refused = head.post(f"{page}/settlement", data={"handed": ["keys"]})
    assert (refused.status_code, "逐項點交" in refused.text) == (422, True)
    done = head.post(f"{page}/settlement", data={"handed": [each.value for each in Handed]}, follow_redirects=True).text
    assert "交接已完成" in done
    assert "k1的handler" in done, "the name stays"


def test_a_wrong_pin_counts_although_the_answer_is_a_refusal(desk: Desk) -> None:
    people.pin(desk.cast.ids["k1-handler"])
    page = begin(desk)
    desk.browser("k1-head").post(f"{page}/secrecy", data={"pin": "111222"})
    db.session.rollback()
    assert db.session.get_one(User, desk.cast.ids["k1-handler"]).pin_failures == 1


def test_one_that_lies_ahead_is_on_the_first_page_and_can_be_taken_back(desk: Desk) -> None:
    head = desk.browser("k1-head")
    page = begin(desk, gone_on=short_date(AUGUST))
    assert "請準備交接" in head.get(f"{desk.school}/").text
    assert "維持原狀" in head.post(f"{page}/withdrawal", follow_redirects=True).text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert db.session.scalars(db.select(Departure)).one().withdrawn_at is not None
    assert head.get(page).status_code == 404


def test_nobody_but_the_head_lets_somebody_go(desk: Desk) -> None:
    address = f"{desk.school}/people/leaving/{_id(desk, 'k1-staff')}"
    for login, status in (("k1-handler", 403), ("e1-head", 404)):
        assert desk.browser(login).get(address).status_code == status
