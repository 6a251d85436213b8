"""What the auditor asked for is on the first page, answered, returned, told when it is late, and accepted (U1)."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.improvements.models import Improvement
from tenants.roc_dates import format_date, short_date
from tests.factories import insiders, people, samples
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("DR-30", "DR-32")


@pytest.fixture
def item(desk: Desk) -> UUID:
    """K1 has a fortnight to look through a copy."""
    by = people.auditor()
    people.bureau_officer()
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return samples.improvement(desk.cast.k1, disclosure_id=insiders.request(desk.cast.k1), by=by)


def of_bureau(desk: Desk, item: UUID) -> str:
    return f"/bureau/improvements/{desk.cast.k1.tenant_id}/{item}"


def late(desk: Desk, item: UUID) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    db.session.get_one(Improvement, item).due_on = clock.today() - timedelta(days=3)
    db.session.commit()


def test_it_is_on_the_first_page_with_its_day_and_article_and_is_answered(desk: Desk, item: UUID) -> None:
    head, auditor = desk.browser("k1-head"), desk.browser("auditor")
    page = head.get(f"{desk.school}/").text
    assert "請回復教育局要求的改善事項" in page
    assert format_date(clock.today() + timedelta(days=14)) in page
    assert "要點第六點第四款" in page
    answer = head.post(f"{desk.school}/improvements/{item}/answer", data={"answer": "已於今日完成複查並登記"})
    assert answer.status_code == 303
    assert "請回復教育局要求的改善事項" not in head.get(f"{desk.school}/").text
    assert "已於今日完成複查並登記" in auditor.get(of_bureau(desk, item)).text


def test_it_is_in_the_list_of_what_is_due_until_it_is_answered(desk: Desk, item: UUID) -> None:
    head, name = desk.browser("k1-head"), "教育局要求的改善事項"
    listed = head.get(f"{desk.school}/notices/").text
    row = listed[listed.index(name) :].split("</tr>")[0]
    told = "校（園）長／負責人、監錄系統管理承辦人"
    for words in ("1 件", format_date(clock.today() + timedelta(days=14)), told, "教育局", "要點第六點第四款"):
        assert words in row
    assert "已逾期" not in row
    assert "通知設定" in listed
    late(desk, item)
    assert "1 件已逾期" in head.get(f"{desk.school}/notices/").text
    head.post(f"{desk.school}/improvements/{item}/answer", data={"answer": "已複查"})
    assert name not in head.get(f"{desk.school}/notices/").text


def test_an_answer_is_told_on_the_first_pages_until_somebody_decides(desk: Desk, item: UUID) -> None:
    head, auditor, officer = (desk.browser(name) for name in ("k1-head", "auditor", "bureau"))
    waiting = "1 件改善事項已回復，待審視：晨光幼兒園"
    assert waiting not in auditor.get("/bureau/audit").text
    head.post(f"{desk.school}/improvements/{item}/answer", data={"answer": "已複查"})
    page = auditor.get("/bureau/audit").text
    assert waiting in page
    assert of_bureau(desk, item) in page
    assert waiting in officer.get("/bureau/").text
    auditor.post(f"{of_bureau(desk, item)}/acceptance")
    assert waiting not in auditor.get("/bureau/audit").text
    assert waiting not in officer.get("/bureau/").text


def test_an_answer_is_returned_with_a_new_day_and_then_accepted(desk: Desk, item: UUID) -> None:
    head, auditor = desk.browser("k1-head"), desk.browser("auditor")
    address, until = f"{desk.school}/improvements/{item}", clock.today() + timedelta(days=9)
    head.post(f"{address}/answer", data={"answer": "已複查"})
    bad = auditor.post(f"{of_bureau(desk, item)}/return", data={"decision": " ", "due_on": short_date(clock.today())})
    assert bad.status_code == 422
    for sentence in ("請填寫退回的理由", "改善期限應在今天以後"):
        assert sentence in bad.text
    good = {"decision": "請敘明複查日期", "due_on": short_date(until)}
    assert auditor.post(f"{of_bureau(desk, item)}/return", data=good).status_code == 303
    page = head.get(address).text
    assert "請敘明複查日期" in page
    assert format_date(until) in page
    head.post(f"{address}/answer", data={"answer": "11月28日複查"})
    assert auditor.post(f"{of_bureau(desk, item)}/acceptance").status_code == 303
    assert "已解除列管" in head.get(address).text
    again = head.post(f"{address}/answer", data={"answer": "再補充"})
    assert (again.status_code, "不能進行這個步驟" in again.text) == (422, True)


def test_what_is_late_comes_first_at_the_school_and_is_told_on_the_bureaus_page(desk: Desk, item: UUID) -> None:
    officer = desk.browser("bureau")
    assert "逾期未回復" not in officer.get("/bureau/").text
    late(desk, item)
    assert "1 件改善事項逾期未回復：晨光幼兒園" in officer.get("/bureau/").text
    assert "逾期未回復" in officer.get("/bureau/improvements").text
    assert "已逾期" in desk.browser("k1-handler").get(f"{desk.school}/").text


def test_an_empty_answer_is_refused_and_nobody_else_answers(desk: Desk, item: UUID) -> None:
    address = f"{desk.school}/improvements/{item}"
    empty = desk.browser("k1-head").post(f"{address}/answer", data={"answer": " "})
    assert (empty.status_code, "請填寫改善情形" in empty.text) == (422, True)
    assert desk.browser("k1-guard").get(address).status_code == 403
    officer = desk.browser("bureau")
    assert officer.post(f"{of_bureau(desk, item)}/acceptance").status_code == 403
    assert "接受，解除列管" not in officer.get(of_bureau(desk, item)).text
