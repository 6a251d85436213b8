"""Every page of an institution opens for those who may, and for nobody else."""

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants import working_days
from tenants.registry.models import EdgeDevice
from tenants.roc_dates import format_date, short_date
from tests.factories import footage
from tests.webapp.desk import Desk

PAGES = {
    "/": {"head", "handler", "guard", "staff"},
    "/cameras/": {"head", "handler", "guard", "staff"},
    "/cases/": {"head", "handler"},
    "/register": {"head", "handler"},
    "/forms/": {"head", "handler", "guard", "staff"},
    "/retention": {"head", "handler"},
    "/audit/": {"head", "handler"},
    "/people/": {"head"},
    "/devices/": {"head", "handler"},
}


@pytest.mark.req("KH-4-2", "TY-3-2b")
def test_a_role_opens_its_pages_and_is_offered_no_other(desk: Desk) -> None:
    for role in ("head", "handler", "guard", "staff"):
        browser = desk.browser(f"k1-{role}")
        home = browser.get(f"{desk.school}/").text

        for path, roles in PAGES.items():
            allowed = role in roles
            assert browser.get(desk.school + path).status_code == (200 if allowed else 403), (role, path)
            assert (f'href="{desk.school}{path}"' in home) == allowed, (role, path)


@pytest.mark.req("DR-08", "KH-1-3")
def test_another_institutions_people_find_no_page(desk: Desk) -> None:
    for login in ("e1-head", "officer"):
        browser = desk.browser(login)
        assert {browser.get(desk.school + path).status_code for path in PAGES} == {404}, login


@pytest.mark.req("KH-6-1g")
def test_the_first_page_says_what_waits_until_when_and_by_which_article(desk: Desk) -> None:
    desk.filed(urgency="速件")
    due = format_date(working_days.working_days_after(clock.today(), 3))

    page = desk.browser("k1-head").get(f"{desk.school}/").text

    assert f"請決定是否同意調閱（處理期限{due}）" in page
    assert "要點第六點第一項第一款" in page
    assert f"處理期限{due}" in desk.browser("k1-handler").get(f"{desk.school}/").text


@pytest.mark.req("KH-4-2", "KH-6-1g")
def test_a_case_is_told_by_what_is_left_to_do(desk: Desk) -> None:
    disclosure_id = desk.filed(document_date=short_date(clock.today()))
    handler = desk.browser("k1-handler")
    home = handler.get(f"{desk.school}/").text
    assert "待首長決定；來文如有缺漏，請退請補正" in home
    assert "備妥後陳首長" not in home

    desk.decide(disclosure_id)
    assert "待領取、函復" in handler.get(f"{desk.school}/cases/").text
    reply = {"reply_number": "晨幼字第1150000123號", "reply_date": short_date(clock.today())}
    assert handler.post(f"{desk.school}/cases/{disclosure_id}/reply", data=reply).status_code == 303

    listed = handler.get(f"{desk.school}/cases/").text
    assert "待領取" in listed
    assert "待領取、函復" not in listed


@pytest.mark.req("DR-01")
def test_a_hold_is_told_by_how_its_case_stands(desk: Desk) -> None:
    first, second = desk.filed(), desk.filed(document_number="高市警左分偵字第11571234577號")
    head, address = desk.browser("k1-head"), f"{desk.school}/retention"
    assert head.get(address).text.count("調閱申請審核中，先行保全") == 2

    desk.decide(first)
    desk.decide(second, "none", reasons="與案情無關")

    page = head.get(address).text
    assert "調閱申請審核中" not in page
    assert "已同意，尚未結案" in page
    refused = next(row for row in page.split("<tr>") if "不同意，待救濟期間屆滿" in row)
    assert "保全至" in refused
    assert "不另複查" in refused


@pytest.mark.parametrize(("offset", "words"), [(-40, "0.0 秒"), (0, "0.0 秒"), (-60, "快 0.1 秒"), (1234, "慢 1.2 秒")])
def test_a_clock_that_is_right_is_neither_slow_nor_fast(desk: Desk, offset: int, words: str) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    device_id = footage.device(desk.cast.k1)
    db.session.get_one(EdgeDevice, device_id).clock_offset_ms = offset
    db.session.commit()

    assert f'<td data-label="時間誤差">{words}</td>' in desk.browser("k1-head").get(f"{desk.school}/devices/").text


@pytest.mark.req("KH-6-1f")
def test_a_letter_that_fails_to_state_something_is_a_task_to_send_it_back(desk: Desk) -> None:
    disclosure_id = desk.filed(legal_basis="", legal_basis_missing="y")
    for login, more in (("k1-head", "，或敘明理由不同意"), ("k1-handler", "（處理期限")):
        home = desk.browser(login).get(f"{desk.school}/").text
        assert f"來文未載明法令依據，不能同意；請退請補正{more}" in home
        assert f'href="{desk.school}/cases/{disclosure_id}#return"' in home
        assert "請決定是否同意調閱" not in home
