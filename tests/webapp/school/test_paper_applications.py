"""A paper from the counter is keyed in by who handles the system: its own number and day, preserved at once."""

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.insider.models import InsiderRequest, Signature
from tenants.registry.models import Site
from tenants.roc_dates import short_date
from tests.factories.insiders import LOOKUP
from tests.made_identity_numbers import made
from tests.webapp.desk import Desk
from tests.webapp.visitor import BICYCLE, END, START, WHO, what, where

PAPER = {"paper_number": "紙-115-7", "applied_on": short_date(clock.civil_day(START)), "acknowledged": "y"}


def sheet(desk: Desk, **changes: str) -> dict[str, str]:
    """A whole paper of K1's, as typed."""
    window = where(desk.cast.k1.cameras["C-GATE"])
    return PAPER | WHO | what() | window | {"kind": "card", "number": made()} | changes


def send(desk: Desk, typed: dict[str, str], login: str = "k1-handler") -> TestResponse:
    desk.app.extensions["lookup_secret"] = LOOKUP
    return desk.browser(login).post(f"{desk.school}/applications/paper/", data=typed)


def cases(desk: Desk) -> list[InsiderRequest]:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return list(db.session.scalars(db.select(InsiderRequest)))


@pytest.mark.req("KH-6-2d", "KH-A1-03", "DR-20", "DR-01")
def test_a_paper_is_keyed_in_with_its_number_and_day_and_preserved(desk: Desk) -> None:
    listed = desk.browser("k1-handler").get(f"{desk.school}/cases/").text
    assert f'href="{desk.school}/applications/paper/"' in listed
    assert "補登並先行保全" in desk.browser("k1-handler").get(f"{desk.school}/applications/paper/").text

    answer = send(desk, sheet(desk))

    assert answer.status_code == 303, answer.text
    (case,) = cases(desk)
    assert (case.paper_number, case.applied_on) == ("紙-115-7", clock.civil_day(START))
    assert (case.filed_by, case.hold_id is not None) == (desk.cast.ids["k1-handler"], True)
    signature = db.session.scalars(db.select(Signature)).one()
    assert (signature.box, signature.user_id) == ("applicant", None)
    page = desk.browser("k1-handler").get(answer.location).text
    assert "紙-115-7" in page


@pytest.mark.req("KH-A1-03", "DR-20", "DR-21")
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "請填寫紙本上的申請日期"),
        ("2026/11/20", "請輸入民國年"),
        ("115/13/1", "115/13/1"),
        ("115/2/29", "115年2月只有28日"),
        (short_date(clock.today() + timedelta(days=1)), "申請日期不能晚於今天"),
    ],
)
def test_a_papers_day_is_one_that_was(desk: Desk, typed: str, sentence: str) -> None:
    answer = send(desk, sheet(desk, applied_on=typed))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert cases(desk) == []


@pytest.mark.req("KH-6-2d", "KH-A1-04", "KH-A1-17", "KH-6-3a", "DR-22")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"paper_number": ""}, "請填寫紙本編號"),
        ({"acknowledged": ""}, "並經申請人簽名"),
        ({"email": "no address"}, "請填寫收得到信的電子郵件"),
        ({"number": "E100000006"}, "number-error"),
        ({"reason": "。。。"}, "請具體敘明事由"),
        ({"child_name": ""}, "請填寫孩子的姓名"),
        ({"ground": ""}, "請從清單中選取事由"),
        ({"windows-0-cameras": "another"}, "請依頁面上的清單重新勾選"),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_the_rest_stays(desk: Desk, changes: dict[str, str], sentence: str) -> None:
    typed = sheet(desk, **changes)
    answer = send(desk, typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert 'value="林小惠"' in answer.text
    assert f'value="{typed["number"]}"' not in answer.text, "a number is never shown again"
    assert cases(desk) == []


@pytest.mark.req("KH-6-2c3")
def test_what_is_unusual_is_confirmed(desk: Desk) -> None:
    typed = sheet(desk, ground="workplace_bullying")
    asked = send(desk, typed)
    assert (asked.status_code, "通常由教職員提出" in asked.text) == (422, True)
    assert send(desk, typed | {"confirmed": "y"}).status_code == 303


@pytest.mark.req("KH-6-2a", "TY-5-1e")
@pytest.mark.parametrize("login", ["k1-staff", "k1-guard", "k1-head"])
def test_only_who_handles_the_system_keys_in_papers(desk: Desk, login: str) -> None:
    assert send(desk, sheet(desk), login).status_code == 403


def test_a_second_window_is_added_without_losing_the_first(desk: Desk) -> None:
    page = send(desk, sheet(desk) | {"add_window": "1"})
    assert page.status_code == 200
    assert 'name="windows-1-from_day"' in page.text


@pytest.mark.req("TY-5-1b", "TY-5-1c", "DR-11")
def test_each_site_has_its_own_sheet_by_its_own_regulation(desk: Desk) -> None:
    e1 = desk.cast.e1
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    attached = Site(tenant_id=e1.tenant_id, code="E1K", name="附設幼兒園", profile="KH_PRESCHOOL")
    db.session.add(attached)
    db.session.commit()
    address, browser = f"/schools/{e1.tenant_id}/applications/paper/", desk.browser("e1-handler")
    assert "性別事件" not in browser.get(address).text
    assert "性別事件" in browser.get(f"{address}?site={attached.id}").text
    assert browser.get(f"{address}?site={desk.cast.k1.site_id}").status_code == 404
    desk.app.extensions["lookup_secret"] = LOOKUP
    typed = PAPER | WHO | BICYCLE | where(e1.cameras["E-GATE"], START, END) | {"kind": "card", "number": made()}
    assert browser.post(address, data=typed | {"ground": "personal_rights"}).status_code == 303
    refused = browser.post(address, data=typed | {"ground": "gender_incident", "number": made()})
    assert refused.status_code == 422
