"""A closed institution's pages: its custodian reads and ends, each reading is told, and nobody begins (DR-33)."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.closing import actions
from tenants.closing.models import ClosingKind
from tenants.closing.rules import Decision
from tenants.footage.models import DayKey
from tenants.permissions import Role
from tenants.roc_dates import format_time, short_date
from tests.factories import footage, people
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("DR-33")


def merge(desk: Desk) -> None:
    """K1 goes into E1 today."""
    operator = Actor(kind=ActorKind.PERSON, id=people.operator(), name="周工程師", roles=frozenset({Role.OPERATOR}))
    decision = Decision(
        kind=ClosingKind.MERGED,
        effective_from=clock.today(),
        document="府教幼字第1150000009號",
        document_date=clock.today(),
        keeper="",
        custodian_id=desk.cast.ids["e1-head"],
        successor_id=desk.cast.e1.tenant_id,
    )
    bind(db.session, Binding(tenant_id=people.bureau()))
    actions.schedule_closing(tenant_id=desk.cast.k1.tenant_id, decision=decision, actor=operator)
    db.session.commit()


def readings(tenant_id: UUID) -> list[str]:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=tenant_id))
    return [each.fields["record"] for each in audit.latest(tenant_id=tenant_id) if each.event == "custody:read"]


@pytest.mark.req("KH-7-4", "KH-7-5")
def test_the_successors_head_reads_what_is_left_and_each_reading_is_in_the_chain(desk: Desk) -> None:
    case = desk.filed()
    merge(desk)
    browser = desk.browser("e1-head")
    home = browser.get(f"{desk.school}/").text
    assert "起停辦，資料由向陽國小保管" in home
    assert "調閱登記簿" in home
    assert f'href="{desk.school}/devices/"' not in home
    assert "正在錄影的鏡頭" not in home
    for path in ("/register", f"/cases/{case}", "/cameras/", "/retention", "/audit/", "/people/"):
        answer = browser.get(desk.school + path)
        assert (answer.status_code, "起停辦" in answer.text) == (200, True), path
    assert "已停止錄影" in browser.get(f"{desk.school}/cameras/").text
    assert browser.get(f"{desk.school}/devices/").status_code == 403
    assert browser.get(f"{desk.school}/cases/{UUID(int=3)}").status_code == 404
    assert sorted(readings(desk.cast.k1.tenant_id)) == ["audit", "case", "register"]
    assert readings(desk.cast.e1.tenant_id) == []


@pytest.mark.req("KH-6-1g")
def test_an_open_case_is_decided_by_the_custodian_with_a_handler_let_in(desk: Desk) -> None:
    case = desk.filed()
    merge(desk)
    assert desk.browser("k1-head").get(f"{desk.school}/cases/{case}").status_code == 404
    browser = desk.browser("e1-head")
    appoint = {"login": "e1-handler", "role": "handler", "unit": "總務"}
    assert browser.post(f"{desk.school}/people/roles", data=appoint).status_code == 303
    refused = browser.post(f"{desk.school}/people/roles", data=appoint | {"role": "head"})
    assert (refused.status_code, "機構已停辦" in refused.text) == (422, True)
    decided = desk.decide(case, login="e1-head", escort=str(desk.cast.ids["e1-handler"]))
    assert decided.status_code == 303, decided.text
    assert desk.case(case).state == "approved"
    assert desk.browser("e1-handler").get(f"{desk.school}/cases/{case}").status_code == 200


@pytest.mark.req("KH-6-1f")
def test_an_agency_asks_for_the_time_before_while_footage_lives_and_is_told_whom_to_ask_after(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.day_key(desk.cast.k1)
    merge(desk)
    officer = desk.browser("officer")
    page = officer.get(f"{desk.requests()}/new").text
    assert "起停辦，資料由向陽國小保管。僅能申請" in page
    assert "起停辦，資料由向陽國小保管" in officer.get("/agency/institutions").text
    assert desk.file().status_code == 303
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    key = db.session.scalars(db.select(DayKey)).one()
    key.destroyed_at, key.wrapped_secret = clock.now(), None
    db.session.commit()
    page = officer.get(f"{desk.requests()}/new").text
    assert "已無可供申請的影像，曾錄存的均已依規定銷毀" in page
    assert "<textarea" not in page
    late = desk.file(document_number="高市警左分偵字第11571234599號")
    assert (late.status_code, "請向其函詢" in late.text) == (422, True)
    public = desk.app.test_client().get(f"/notice/{desk.cast.k1.tenant_id}").text
    assert "已無可供申請的影像" in public
    assert "併入向陽國小（府教幼字第1150000009號）" in public


def test_what_would_have_been_recorded_after_the_closing_is_asked_of_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.day_key(desk.cast.k1)
    merge(desk)
    later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    end = later - timedelta(hours=1)
    asked = {
        "windows-0-from_day": short_date(clock.civil_day(end - timedelta(minutes=30))),
        "windows-0-from_time": format_time((end - timedelta(minutes=30)).replace(second=0, microsecond=0)),
        "windows-0-until_day": short_date(clock.civil_day(end)),
        "windows-0-until_time": format_time(end.replace(second=0, microsecond=0)),
    }
    answer = desk.file(**asked)
    assert (answer.status_code, "以後沒有錄影" in answer.text) == (422, True)


@pytest.mark.req("KH-6-2g")
def test_the_notice_leads_to_the_form_while_footage_lives_and_to_the_keeper_after(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.day_key(desk.cast.k1)
    merge(desk)
    browser = desk.app.test_client()
    address = f"/notice/{desk.cast.k1.tenant_id}"
    page = browser.get(address).text
    assert "不代收申請" not in page
    assert 'href="/apply/K1/"' in page
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    key = db.session.scalars(db.select(DayKey)).one()
    key.destroyed_at, key.wrapped_secret = clock.now(), None
    db.session.commit()
    assert 'href="/apply/K1/"' not in browser.get(address).text
