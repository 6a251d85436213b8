"""A case that is only to be looked at, on both sides, up to its closing: each page tells what is left to do."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import Package
from tenants.disclosures.register import actions as register
from tenants.disclosures.register.actions import Line
from tenants.roc_dates import short_date
from tests.factories import retained
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-6-1d", "KH-6-1h", "TY-5-2b")


@pytest.fixture
def granted(desk: Desk) -> UUID:
    """Granted to be looked at, not copied, and ready; the case."""
    disclosure_id = desk.filed()
    assert desk.decide(disclosure_id, copy="", reasons="僅到場調閱").status_code == 303
    desk.built(disclosure_id)
    return disclosure_id


def looked_at(desk: Desk, disclosure_id: UUID) -> None:
    """As the end of a viewing leaves it."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    end = clock.now()
    line = Line(
        name="陳志明",
        unit="警察局",
        title="偵查佐",
        started_at=end - timedelta(minutes=5),
        ended_at=end,
        summary="查明",
        operator="王小明",
        copied=False,
    )
    register.enter(actor=system("test"), disclosure=db.session.get_one(OfficialRequest, disclosure_id), line=line)
    db.session.commit()


def reply(desk: Desk, disclosure_id: UUID) -> None:
    typed = {"reply_number": "晨幼字第1150000123號", "reply_date": short_date(clock.today())}
    address = f"{desk.school}/cases/{disclosure_id}/reply"
    assert desk.browser("k1-handler").post(address, data=typed).status_code == 303


def listed(desk: Desk) -> tuple[str, str]:
    """The school's list, and the agency's."""
    return desk.browser("k1-handler").get(f"{desk.school}/cases/").text, desk.browser("officer").get("/agency/").text


@pytest.mark.usefixtures("granted")
def test_before_anybody_came_both_sides_are_told_to_agree_on_a_time(desk: Desk) -> None:
    school, agency = listed(desk)
    assert "待到場調閱、函復" in school
    assert "請與機構約定到場調閱" in agency


def test_after_the_viewing_only_the_reply_is_left(desk: Desk, granted: UUID) -> None:
    looked_at(desk, granted)
    school, agency = listed(desk)
    assert "待函復、結案" in school
    assert "等待機構函復" in agency
    reply(desk, granted)
    school, agency = listed(desk)
    assert "待結案" in school
    assert "已函復" in agency
    assert "可以結案" in desk.browser("k1-handler").get(f"{desk.school}/").text


def test_it_is_closed_once_somebody_looked_and_not_before(desk: Desk, granted: UUID) -> None:
    reply(desk, granted)
    handler, page = desk.browser("k1-handler"), f"{desk.school}/cases/{granted}"
    assert "核准的到場調閱尚未進行" in handler.get(page).text
    assert handler.post(f"{page}/closing").status_code != 303

    looked_at(desk, granted)
    assert "備查複製本尚未製作完成，不能結案" in handler.get(page).text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    package = db.session.scalars(db.select(Package)).one()
    retained.copy(desk.cast.k1, package_id=package.id, custodian="王小明", place="行政辦公室保險櫃")
    assert handler.post(f"{page}/closing").status_code == 303
    assert desk.case(granted).state == "closed"


def test_the_agencys_page_asks_for_no_appointment_once_somebody_looked(desk: Desk, granted: UUID) -> None:
    officer, page = desk.browser("officer"), f"{desk.requests()}/{granted}"
    assert "請約定到場調閱" in officer.get(page).text
    looked_at(desk, granted)
    told = officer.get(page).text
    assert "請約定到場調閱" not in told
    assert "需要再看一次時，請與機構約定時間" in told
    reply(desk, granted)
    desk.case(granted).state = "closed"
    db.session.commit()
    told = officer.get(page).text
    assert "已到場調閱" in told
    assert re.search(r"第一次到場調閱於民國\d+年\d+月\d+日 \d\d:\d\d 結束。", told), (
        "of the visit only its end is known here"
    )
    assert "約定時間" not in told


def test_a_case_closed_without_anybody_coming_asks_for_no_appointment(desk: Desk, granted: UUID) -> None:
    reply(desk, granted)
    desk.case(granted).state = "closed"
    db.session.commit()
    told = desk.browser("officer").get(f"{desk.requests()}/{granted}").text
    assert "未到場調閱，已結案" in told
    assert "請約定到場調閱" not in told


def test_a_decided_case_is_not_due_soon_for_the_agency_and_late_when_the_reply_is(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.case(disclosure_id).urgency = "最速件"
    db.session.commit()
    assert "即將到期" in desk.browser("officer").get("/agency/").text
    assert desk.decide(disclosure_id, copy="", reasons="僅到場調閱").status_code == 303
    assert "即將到期" not in desk.browser("officer").get("/agency/").text
    desk.case(disclosure_id).filed_at -= timedelta(days=20)
    db.session.commit()
    assert "逾期" in desk.browser("officer").get("/agency/").text


def test_a_copy_that_was_taken_back_leaves_the_reply_and_the_closing(desk: Desk) -> None:
    disclosure_id = desk.offered()
    handler, page = desk.browser("k1-handler"), f"{desk.school}/cases/{disclosure_id}"
    assert handler.post(f"{page}/revocation", data={"why": "來文機關來電撤回"}).status_code == 303
    assert "待函復、結案" in listed(desk)[0]
    told = desk.browser("officer").get(f"{desk.requests()}/{disclosure_id}").text
    assert "原因：來文機關來電撤回" in told
