"""當面交付 on the handler's pages: medium, read back, receipt, register; and the copies that agencies still have."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from tenants.disclosures.models import Disclosure
from tenants.disclosures.official.models import MediumHandover, OfficialRequest
from tenants.roc_dates import short_date
from tests.webapp.desk import Desk

SHA256 = "ab" * 32
INSIDE = "ef" * 32  # the package before it was sealed
GIVEN = {"read_back": SHA256, "name": "陳志明", "title": "偵查佐", "acknowledged": "y"}


def taken(desk: Desk, disclosure_id: UUID) -> UUID:
    """Its medium, as if the handler had downloaded for it."""
    address = f"{desk.school}/cases/{disclosure_id}/handovers"
    assert desk.browser("k1-handler").post(address, data={"kind": "usb", "serial": "A-1"}).status_code == 303
    db.session.rollback()
    held = db.session.scalars(db.select(MediumHandover)).one()
    held.taken, held.taken_at, held.sha256, held.sealed_bytes = 1, clock.now(), SHA256, 1000
    db.session.commit()
    return held.id


@pytest.mark.req("KH-6-1d", "KH-6-5a", "KH-7-2", "KH-A2-08")
def test_a_medium_is_named_read_back_signed_for_and_registered(desk: Desk) -> None:
    disclosure_id = desk.offered(sha256=INSIDE)
    handover_id = taken(desk, disclosure_id)
    handler, address = desk.browser("k1-handler"), f"{desk.school}/cases/{disclosure_id}/handovers"
    page = handler.get(address).text
    assert f"/media/schools/{desk.cast.k1.tenant_id}/cases/{disclosure_id}/handovers/{handover_id}/copy" in page
    assert SHA256 not in page, "what is to be read back is not there to be copied"

    answer = handler.post(f"{address}/{handover_id}", data=GIVEN)

    assert answer.status_code == 303
    register = handler.get(f"{desk.school}/register").text
    assert "□調閱 ■複製" in register
    assert "線上交付" not in register
    receipt = handler.get(f"{address}/{handover_id}/receipt").text
    assert SHA256 in receipt
    assert INSIDE not in receipt
    case = handler.get(f"{desk.school}/cases/{disclosure_id}").text
    assert "以媒體當面交付" in case
    assert "尚無紀錄" not in case
    told = desk.browser("officer").get(f"{desk.requests()}/{disclosure_id}").text
    assert "媒體毀損" in told
    assert "下載中斷" not in told, "a medium is not fetched"
    assert "於承辦人畫面簽收" in receipt


@pytest.mark.req("KH-6-5b", "DR-07")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"read_back": "cd" * 32}, "與核准的影像複製檔不符，不能交付"),
        ({"read_back": "hello"}, "請輸入從媒體讀回的檔案雜湊"),
        ({"acknowledged": ""}, "請承辦人先閱讀"),
        ({"title": ""}, "請填寫職稱"),
    ],
)
def test_what_does_not_match_is_told_and_stays(desk: Desk, changes: dict[str, str], sentence: str) -> None:
    disclosure_id = desk.offered(sha256=INSIDE)
    handover_id = taken(desk, disclosure_id)

    answer = desk.browser("k1-handler").post(
        f"{desk.school}/cases/{disclosure_id}/handovers/{handover_id}", data=GIVEN | changes
    )

    assert answer.status_code == 422
    assert sentence in answer.text
    assert desk.case(disclosure_id).state == "approved"


@pytest.mark.req("KH-4-2")
def test_the_head_who_approved_hands_nothing_over(desk: Desk) -> None:
    disclosure_id = desk.offered(sha256=INSIDE)

    assert desk.browser("k1-head").get(f"{desk.school}/cases/{disclosure_id}/handovers").status_code == 403


@pytest.mark.req("DR-08")
def test_a_medium_of_one_case_is_not_found_under_another(desk: Desk) -> None:
    handover_id = taken(desk, desk.offered(sha256=INSIDE))
    other = desk.filed(document_number="高市警左分偵字第11571234599號")

    answer = desk.browser("k1-handler").get(f"{desk.school}/cases/{other}/handovers/{handover_id}/receipt")

    assert answer.status_code == 404


@pytest.mark.req("KH-6-5a", "KH-6-5b")
def test_an_overdue_copy_stands_on_both_lists_until_its_agency_reports(desk: Desk) -> None:
    disclosure_id = desk.offered(sha256=INSIDE)
    handover_id = taken(desk, disclosure_id)
    handler, officer = desk.browser("k1-handler"), desk.browser("officer")
    handler.post(f"{desk.school}/cases/{disclosure_id}/handovers/{handover_id}", data=GIVEN)
    row = desk.case(disclosure_id)
    row.return_by, row.replied_at, row.replied_by = clock.today() - timedelta(days=1), clock.now(), row.filed_by
    db.session.commit()
    assert "尚未返還或銷毀的影像" in handler.get(f"{desk.school}/cases/").text
    assert "返還或銷毀影像，已逾期" in officer.get("/agency/").text
    address = f"{desk.requests()}/{disclosure_id}"

    empty = officer.post(f"{address}/copy-end", data={"how": "returned", "ended_on": "", "document": ""})
    done = officer.post(
        f"{address}/copy-end",
        data={"how": "returned", "ended_on": short_date(clock.today()), "document": "收字第7號"},
    )

    assert empty.status_code == 422
    assert "請填寫返還或銷毀的日期" in empty.text
    assert done.status_code == 303
    assert "尚未返還或銷毀的影像" not in handler.get(f"{desk.school}/cases/").text
    assert "收字第7號" in officer.get(address).text
    assert desk.case(disclosure_id).copy_ended == "returned"


@pytest.mark.req("KH-6-1g", "DR-21")
def test_the_head_may_set_the_day_and_it_lies_ahead(desk: Desk) -> None:
    disclosure_id = desk.filed()
    day = clock.today() + timedelta(days=20)

    wrong = desk.decide(disclosure_id, return_by=short_date(clock.today()))
    right = desk.decide(disclosure_id, return_by=short_date(day))

    assert wrong.status_code == 422
    assert "返還或銷毀期限應晚於今天" in wrong.text
    assert right.status_code == 303
    row: OfficialRequest = desk.case(disclosure_id)
    assert row.return_by == day


@pytest.mark.req("KH-6-1d", "KH-7-2")
def test_who_only_looked_on_site_has_not_carried_the_copy_away(desk: Desk) -> None:
    disclosure_id = desk.offered(sha256=INSIDE)
    db.session.get_one(Disclosure, disclosure_id).viewed_at = clock.now()
    db.session.commit()
    for page in (
        desk.browser("k1-handler").get(f"{desk.school}/cases/{disclosure_id}").text,
        desk.browser("officer").get(f"{desk.requests()}/{disclosure_id}").text,
    ):
        stage = page.split("交付並登記")[0].rpartition("<li")[2] + page.split("交付並登記")[1].split("</li>")[0]
        assert "已完成" not in stage
