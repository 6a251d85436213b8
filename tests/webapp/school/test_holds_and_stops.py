"""The pages of a hold and of a stopped run: what is held and why, what was decided, and who may decide."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.retention.models import Destruction, DestructionStop, Hold
from tenants.roc_dates import format_time, short_date
from tests.factories import footage, retention
from tests.webapp.desk import START, Desk

LATER = short_date(clock.today() + timedelta(days=90))
BY_LAW = {
    "basis": "other_law",
    "reference": "檔案法第8條",
    "document": "高市教幼字第11500123號",
    "necessity": "",
    "review_on": LATER,
}


def bound(desk: Desk) -> Desk:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return desk


def placing(desk: Desk, **changes: str) -> dict[str, str]:
    end = START + timedelta(minutes=10)
    span = {
        "from_day": short_date(clock.civil_day(START)),
        "from_time": format_time(START),
        "until_day": short_date(clock.civil_day(end)),
        "until_time": format_time(end),
    }
    return {"camera": str(desk.cast.k1.cameras["C-GATE"])} | span | BY_LAW | changes


@pytest.mark.req("KH-5-4b", "KH-5-4c")
def test_the_head_keeps_footage_longer_by_law_and_document(desk: Desk) -> None:
    head, address = desk.browser("k1-head"), f"{desk.school}/retention/holds/new"
    assert head.get(address).status_code == 200
    for wrong in ({"document": ""}, {"reference": "長官要求"}, {"review_on": short_date(clock.today() - timedelta(1))}):
        refused = head.post(address, data=placing(desk, **wrong))
        assert refused.status_code == 422, wrong
    placed = head.post(address, data=placing(desk), follow_redirects=True)
    assert placed.status_code == 200
    assert "高市教幼字第11500123號" in placed.text
    assert "開始保全" in placed.text
    assert "高市教幼字第11500123號" in head.get(f"{desk.school}/retention").text


@pytest.mark.req("KH-5-4c")
def test_a_hold_is_extended_and_ended_with_its_reason_on_its_page(desk: Desk) -> None:
    head = desk.browser("k1-head")
    placed = head.post(f"{desk.school}/retention/holds/new", data=placing(desk))
    address = placed.headers["Location"]
    for wrong in ({"reason": ""}, {"reason": "仍在審理", "review_on": short_date(clock.today() - timedelta(1))}):
        assert head.post(f"{address}/extension", data=BY_LAW | wrong).status_code == 422
    extended = head.post(f"{address}/extension", data=BY_LAW | {"reason": "仍在審理"}, follow_redirects=True)
    assert "仍在審理" in extended.text
    assert head.post(f"{address}/end", data={"reason": ""}).status_code == 422
    assert "偵查終結" in head.post(f"{address}/end", data={"reason": "偵查終結"}, follow_redirects=True).text
    assert head.post(f"{address}/end", data={"reason": "偵查終結"}).status_code == 422


def test_whoever_may_only_read_decides_nothing(desk: Desk) -> None:
    bound(desk)
    hold_id, stop_id = retention.hold(desk.cast.k1), retention.stop(desk.cast.k1)
    handler, guard = desk.browser("k1-handler"), desk.browser("k1-guard")
    page = handler.get(f"{desk.school}/retention/holds/{hold_id}")
    assert page.status_code == 200
    assert "展延</h2>" not in page.text
    assert handler.post(f"{desk.school}/retention/holds/{hold_id}/end", data={"reason": "x"}).status_code == 403
    assert handler.post(f"{desk.school}/retention/stops/{stop_id}/release", data={"reason": "x"}).status_code == 403
    assert guard.get(f"{desk.school}/retention/holds/{hold_id}").status_code == 403
    bound(desk)
    assert db.session.get_one(Hold, hold_id).released_at is None


def test_the_hold_of_a_case_is_not_ended_here(desk: Desk) -> None:
    bound(desk)
    hold_id = retention.hold(desk.cast.k1)
    head, address = desk.browser("k1-head"), f"{desk.school}/retention/holds/{hold_id}"
    assert "結束保全</h2>" not in head.get(address).text
    assert head.post(f"{address}/end", data={"reason": "偵查終結"}).status_code == 422


@pytest.mark.req("KH-5-4a")
def test_the_head_sees_the_plan_of_a_stopped_run_and_lets_it_go(desk: Desk) -> None:
    bound(desk)
    stop_id = retention.stop(desk.cast.k1, days=6)
    head = desk.browser("k1-head")
    assert f"/retention/stops/{stop_id}" in head.get(f"{desk.school}/").text
    assert "銷毀作業已暫停" in head.get(f"{desk.school}/retention").text
    address = f"{desk.school}/retention/stops/{stop_id}"
    page = head.get(address)
    assert page.text.count("14 日</td>") == 6
    assert head.post(f"{address}/release", data={"reason": " "}).status_code == 422
    assert head.post(f"{address}/release", data={"reason": "停電補行"}).status_code == 303
    bound(desk)
    released = db.session.get_one(DestructionStop, stop_id)
    assert (released.reason, released.released_by) == ("停電補行", desk.cast.ids["k1-head"])
    assert head.post(f"{address}/release", data={"reason": "再一次"}).status_code == 422


@pytest.mark.req("KH-5-4a", "DR-05")
def test_what_is_not_finished_says_since_when_why_and_whose_it_is(desk: Desk) -> None:
    bound(desk)
    destruction_id = retention.destruction(desk.cast.k1)
    made = db.session.get_one(Destruction, destruction_id)
    made.state, made.certificate, made.certified_at, made.certificate_no = "begun", None, None, None
    made.tries, made.last_error = 4, "held_by_law: 邊緣主機的磁碟上仍有這一天或更早的影像。"
    db.session.commit()
    page = desk.browser("k1-handler").get(f"{desk.school}/retention").text
    part = page.split("<h2>待完成的銷毀</h2>")[1].split("</section>")[0]
    assert "邊緣主機的磁碟上仍有這一天或更早的影像。" in part
    assert "監錄系統管理承辦人" in part
    assert "4 次" in part


@pytest.mark.req("KH-5-3c", "KH-5-4a")
def test_floor_ceiling_and_hold_stand_in_three_columns(desk: Desk) -> None:
    bound(desk)
    box = footage.device(desk.cast.k1)
    footage.day_key(desk.cast.k1)
    minute = footage.segment(desk.cast.k1, device_id=box)
    hold_id = retention.hold(desk.cast.k1)
    retention.preserved(desk.cast.k1, hold_id=hold_id, segment=minute)
    page = desk.browser("k1-handler").get(f"{desk.school}/retention").text
    part = page.split("<h3>下限、上限與保全</h3>")[1].split("</section>")[0]
    assert "錄影</td>" in part
    assert "保全複本</td>" in part
    assert "依保全" in part
