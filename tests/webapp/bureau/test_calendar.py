"""The bureau keeps the calendar of the school year; every school reads its own day from it (DR-16)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.hours import queries
from tenants.registry.hours.rules import Why
from tenants.roc_dates import short_date
from tests.factories import people
from tests.webapp.desk import Desk

TODAY = clock.today()
TOMORROW = TODAY + timedelta(days=1)
ADDRESS = "/bureau/calendar"

pytestmark = pytest.mark.req("DR-16")


def span(**changed: object) -> dict[str, object]:
    return {
        "kind": "closure",
        "first_day": short_date(TOMORROW),
        "name": "颱風停班停課",
        "document": "府人字第1150000011號",
        "like_weekday": "",
        **changed,
    }


@pytest.fixture
def bureau(desk: Desk) -> Desk:
    people.bureau_officer()
    people.auditor()
    return desk


def test_a_closure_of_a_district_is_entered_and_counts_at_its_schools_at_once(bureau: Desk) -> None:
    browser, k1 = bureau.browser("bureau"), bureau.cast.k1
    answer = browser.post(f"{ADDRESS}/days", data=span(districts=["左營區"], closed_from="12:00"))
    assert answer.status_code == 303
    page = browser.get(ADDRESS).text
    assert "左營區" in page
    assert "自 12:00 起" in page
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    assert queries.of_day(tenant_id=k1.tenant_id, day=TOMORROW)[k1.site_id].why is Why.CLOSURE
    (made,) = queries.spans(first=TODAY, last=TOMORROW)
    assert "已撤回" in browser.post(f"{ADDRESS}/days/{made.id}/withdrawal", follow_redirects=True).text
    db.session.commit()
    assert queries.spans(first=TODAY, last=TOMORROW) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"first_day": "115/13/01"}, "月份應為1至12"),
        ({"closed_from": "25:00"}, "時間應在"),
        ({"districts": ["月亮區"]}, "請從清單中選取行政區"),
        ({"kind": "make_up"}, "依星期幾的時間開放"),
        ({"document": ""}, "公告的文號"),
        ({"first_day": short_date(TODAY)}, "請填寫補登原因"),
        ({"last_day": short_date(TODAY)}, "結束日不可早於開始日"),
    ],
    ids=["no day", "no hour", "no district", "make-up like no day", "no document", "begun", "reversed"],
)
def test_days_that_cannot_be_entered_are_said(bureau: Desk, changed: dict[str, object], sentence: str) -> None:
    answer = bureau.browser("bureau").post(f"{ADDRESS}/days", data=span(**changed))
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_a_template_is_published_and_taken_back(bureau: Desk) -> None:
    browser = bureau.browser("bureau")
    week = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-16:00")
    typed = week | {"effective_from": short_date(TOMORROW), "document": "府教幼字第1150000010號"}
    answer = browser.post(f"{ADDRESS}/templates", data=typed | {"vacation_kind": "own", "vacation": "08:00-12:00"})
    assert answer.status_code == 303
    page = browser.get(ADDRESS).text
    assert "週一至週五 08:00-16:00" in page
    assert "週一至週五 08:00-12:00" in page
    (made,) = queries.templates()
    assert "已撤回" in browser.post(f"{ADDRESS}/templates/{made.id}/withdrawal", follow_redirects=True).text
    wrong = browser.post(f"{ADDRESS}/templates", data=typed | {"mon": "16:00-08:00", "vacation_kind": "same"})
    assert (wrong.status_code, "跨越午夜" in wrong.text) == (422, True)


def test_an_auditor_reads_the_calendar_and_changes_nothing(bureau: Desk) -> None:
    browser = bureau.browser("auditor")
    assert "登記日子" not in browser.get(ADDRESS).text
    assert browser.post(f"{ADDRESS}/days", data=span()).status_code == 403
