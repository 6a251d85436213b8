"""What an officer is told of windows of which little or nothing is left."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.roc_dates import format_date, short_date
from tests.factories import footage, retention
from tests.webapp.desk import START, Desk, letter

ONE_DAY = timedelta(days=1)


@pytest.mark.req("DR-01", "KH-6-3b", "KH-5-3c")
def test_of_a_window_without_footage_nothing_is_said_to_be_kept_and_it_cannot_be_approved(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.day_key(desk.cast.k1, day=START)
    footage.segment(desk.cast.k1, device_id=footage.device(desk.cast.k1), started_at=START)
    long_ago, since = short_date(clock.civil_day(START) - 20 * ONE_DAY), format_date(clock.civil_day(START))
    changes: dict[str, object] = {
        "windows-0-from_day": long_ago,
        "windows-0-from_time": "12:00",
        "windows-0-until_day": "",
        "windows-0-until_time": "12:30",
        "confirmed": "y",
    }
    officer = desk.browser("officer")

    answer = officer.post(f"{desk.requests()}/new", data=letter(desk.cast.k1.cameras["C-GATE"], **changes))

    disclosure_id = UUID(answer.location.rsplit("/", 1)[-1])
    mine = officer.get(answer.location).text
    school = desk.browser("k1-head").get(f"{desk.school}/cases/{disclosure_id}").text
    assert "沒有影像可以先行保全" in mine
    for page in (mine, school):
        assert f"最早可查{since}" in page
        assert "已先行保全" not in page
        assert "已保全" not in page
        assert "收文並先行保全" not in page
    refused = desk.decide(disclosure_id)
    assert refused.status_code == 422
    assert "查無影像，不能同意" in refused.text
    assert desk.case(disclosure_id).state == "submitted"
    placed = db.session.scalars(db.select(AuditEvent).where(AuditEvent.event == "hold:placed")).one()
    assert placed.fields["empty"] == 1


@pytest.mark.req("KH-6-3b", "KH-5-3c")
def test_a_window_past_its_period_is_told_before_filing_with_the_rule_and_the_earliest_day(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.day_key(desk.cast.k1, day=START)
    footage.segment(desk.cast.k1, device_id=footage.device(desk.cast.k1), started_at=START)
    changes: dict[str, object] = {
        "windows-0-from_day": short_date(clock.civil_day(START) - 90 * ONE_DAY),
        "windows-0-from_time": "12:00",
        "windows-0-until_day": "",
        "windows-0-until_time": "12:30",
    }
    told = f"已依規定銷毀（依據：要點第五點第四款；最早可查{format_date(clock.civil_day(START))}）"

    asked = desk.file(**changes)
    assert asked.status_code == 422
    assert told in asked.text
    assert desk.cases() == []

    disclosure_id = desk.filed(**changes, confirmed="y")
    for login, address in (("officer", f"{desk.requests()}/"), ("k1-head", f"{desk.school}/cases/")):
        assert told in desk.browser(login).get(f"{address}{disclosure_id}").text, login


@pytest.mark.req("DR-01")
def test_a_window_with_footage_is_said_to_be_kept(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.day_key(desk.cast.k1, day=START)
    footage.segment(desk.cast.k1, device_id=footage.device(desk.cast.k1), started_at=START)
    officer = desk.browser("officer")

    answer = officer.post(f"{desk.requests()}/new", data=letter(desk.cast.k1.cameras["C-GATE"]))

    assert "指定的時段已先行保全" in officer.get(answer.location).text


@pytest.mark.req("KH-6-3b")
def test_a_window_already_destroyed_is_told_with_its_certificate(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    day = clock.civil_day(START - timedelta(days=20))
    key = footage.day_key(desk.cast.k1, day=START - timedelta(days=20))
    key.wrapped_secret, key.destroyed_at = None, clock.now()
    db.session.commit()
    retention.destruction(desk.cast.k1, day=day)

    answer = desk.file(
        **{
            "windows-0-from_day": short_date(day),
            "windows-0-from_time": "12:00",
            "windows-0-until_day": "",
            "windows-0-until_time": "12:30",
            "confirmed": "y",
        }
    )

    assert answer.status_code == 422
    assert "已依規定銷毀" in answer.text
    assert re.search('<a href="#windows">[^<]*銷毀證明：銷毀-[^<]*依據：要點第五點第四款', answer.text)
    assert "刑事訴訟法第230條" in answer.text, "what was typed stays"
    assert desk.cases() == []
