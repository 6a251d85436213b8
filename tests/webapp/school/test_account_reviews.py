"""帳號清查 and 保密切結 on pages."""

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.people.models import Membership
from tenants.people.undertakings.models import Undertaking
from tenants.roc_dates import short_date
from tests.factories import people
from tests.factories.people import PIN
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-5-2")


def test_each_account_is_said_something_of_and_the_last_completes_it(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), f"{desk.school}/people/reviews/"
    assert "尚未清查過" in head.get(page).text
    head.post(page)
    for login, verdict in (("k1-guard", "ended"), ("k1-staff", "confirmed"), ("k1-handler", "confirmed")):
        told = head.post(f"{page}{desk.cast.ids[login]}", data={"verdict": verdict}, follow_redirects=True).text
        assert "已記錄。" in told
    head.post(f"{page}{desk.cast.ids['k1-head']}", data={"verdict": "confirmed"})
    assert "尚未清查過" not in head.get(page).text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    guard = db.select(Membership).where(Membership.user_id == desk.cast.ids["k1-guard"])
    assert db.session.scalars(guard).one().ended_at is not None


def test_a_word_that_is_no_verdict_is_refused(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), f"{desk.school}/people/reviews/"
    head.post(page)
    assert head.post(f"{page}{desk.cast.ids['k1-guard']}", data={"verdict": "maybe"}).status_code == 400


def test_the_operator_looks_through_the_bureaus_accounts(desk: Desk) -> None:
    people.operator()
    operator, page = desk.browser("operator"), "/bureau/account-reviews"
    operator.post(page)
    assert "周工程師" in operator.get(page).text
    assert desk.browser("k1-head").get(page).status_code == 404


def test_who_has_duties_is_asked_to_sign_until_they_did(desk: Desk) -> None:
    staff = desk.cast.ids["k1-staff"]
    desk.browser("k1-head").post(f"{desk.school}/people/roles", data={"login": "k1-staff", "role": "handler"})
    people.pin(staff)
    mine = desk.browser("k1-staff")
    assert "請閱讀並簽署保密切結" in mine.get(f"{desk.school}/").text
    page = f"{desk.school}/people/undertakings/mine"
    assert "仍負保密義務" in mine.get(page).text
    assert mine.post(page, data={"pin": "111222"}).status_code == 422
    assert "已簽署保密切結" in mine.post(page, data={"pin": PIN}, follow_redirects=True).text
    assert "請閱讀並簽署保密切結" not in mine.get(f"{desk.school}/").text


def test_the_head_enters_a_paper_and_sees_who_owes_one(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), f"{desk.school}/people/undertakings/"
    said = {"person": str(desk.cast.ids["k1-handler"]), "occasion": "leaving", "pin": ""}
    for paper, day, sentence in (("", "", "請填寫紙本切結書的編號"), ("切結-9", "", "請填寫簽署日期")):
        refused = head.post(page, data=said | {"paper": paper, "signed_on": day})
        assert (refused.status_code, sentence in refused.text) == (422, True)
    kept = said | {"paper": "切結-9", "signed_on": short_date(clock.today())}
    assert "紙本 切結-9" in head.post(page, data=kept, follow_redirects=True).text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert {each.paper for each in db.session.scalars(db.select(Undertaking))} == {"", "切結-9"}
