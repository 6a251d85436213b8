"""緊急保全 at a school: pressed on a telephone in three fields, a slip for the door, and no picture anywhere (O2)."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.models import Tenant
from tenants.retention.models import Hold
from tenants.retention.urgent import rules
from tenants.retention.urgent.models import UrgentHold
from tenants.roc_dates import format_date, format_time, short_date
from tests.webapp.desk import START, Desk

pytestmark = pytest.mark.req("DR-02")


def typed(desk: Desk, **changes: str) -> dict[str, str]:
    end = START + timedelta(minutes=30)
    said = {
        "window-cameras": str(desk.cast.k1.cameras["C-GATE"]),
        "window-from_day": short_date(clock.civil_day(START)),
        "window-from_time": format_time(START),
        "window-until_day": short_date(clock.civil_day(end)),
        "window-until_time": format_time(end),
        "caller": "向陽派出所 陳警員",
        "reason": "校門口車禍，警方將來函",
        "source": "visit",
    }
    return said | changes


def pressed(desk: Desk, login: str = "k1-guard", **changes: str) -> UUID:
    answer = desk.browser(login).post(f"{desk.school}/urgent/", data=typed(desk, **changes))
    assert answer.status_code == 303, answer.text
    return UUID(answer.location.rsplit("/", 1)[-1])


def said(desk: Desk, hold_id: UUID) -> UrgentHold:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    db.session.rollback()
    return db.session.scalars(db.select(UrgentHold).where(UrgentHold.hold_id == hold_id)).one()


@pytest.mark.req("KH-6-1e")
def test_the_page_is_filled_in_for_what_has_just_happened(desk: Desk) -> None:
    guard = desk.browser("k1-guard")
    assert f"{desk.school}/urgent/" in guard.get(f"{desk.school}/").text
    page = guard.get(f"{desk.school}/urgent/")
    assert page.status_code == 200
    assert f'value="{short_date(clock.today())}"' in page.text
    assert 'value="telephone"' in page.text
    shown = page.text.partition("<details")[0]
    assert 'name="source"' in shown, "it is printed on the slip, so nobody should leave it as it was by oversight"


def test_the_slip_says_number_what_until_when_and_where_the_letter_goes(desk: Desk) -> None:
    hold_id = pressed(desk)
    number, last = said(desk, hold_id).number, clock.today() + timedelta(days=7)
    for login in ("k1-guard", "k1-head"):
        page = desk.browser(login).get(f"{desk.school}/urgent/{hold_id}")
        assert page.status_code == 200
        for words in (number, "C-GATE", format_date(last), "/agency/institutions", "沒有任何人可以觀看"):
            assert words in page.text, words


@pytest.mark.parametrize("field", ["caller", "reason", "window-cameras"])
def test_what_must_be_said_is_asked_for_beside_its_field(desk: Desk, field: str) -> None:
    answer = desk.browser("k1-guard").post(f"{desk.school}/urgent/", data=typed(desk, **{field: ""}))
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


def test_only_who_may_press_reaches_the_page(desk: Desk) -> None:
    assert desk.browser("k1-staff").get(f"{desk.school}/urgent/").status_code == 403
    assert desk.browser("officer").get(f"{desk.school}/urgent/").status_code == 404
    staff = desk.browser("k1-staff").get(f"{desk.school}/").text
    assert f"{desk.school}/urgent/" not in staff


@pytest.mark.req("KH-6-1g", "DR-09")
def test_it_shows_no_picture_to_anybody(desk: Desk) -> None:
    hold_id = pressed(desk)
    for login, path in (
        ("k1-guard", f"urgent/{hold_id}"),
        ("k1-handler", f"retention/holds/{hold_id}"),
        ("k1-head", f"retention/holds/{hold_id}"),
    ):
        page = desk.browser(login).get(f"{desk.school}/{path}").text
        assert "/media/" not in page
        assert "<video" not in page


def test_nothing_is_held_silently(desk: Desk) -> None:
    hold_id = pressed(desk)
    number = said(desk, hold_id).number
    handler = desk.browser("k1-handler")
    assert number in handler.get(f"{desk.school}/").text, "the first page asks to send for the letter"
    listed = handler.get(f"{desk.school}/retention").text
    assert number in listed
    assert f"保全至{format_date(clock.today() + timedelta(days=7))}" in listed
    page = handler.get(f"{desk.school}/retention/holds/{hold_id}").text
    assert "向陽派出所 陳警員" in page
    assert "屆期失效" in page


@pytest.mark.req("KH-5-4b")
def test_the_head_extends_it_by_a_number_and_cannot_end_it(desk: Desk) -> None:
    hold_id = pressed(desk)
    head, address = desk.browser("k1-head"), f"{desk.school}/retention/holds/{hold_id}"
    assert head.post(f"{address}/end", data={"reason": "不需要了"}).status_code == 422
    by_number = {
        "basis": "crime_investigation",
        "reference": "高市警左分偵字第11571234500號",
        "document": "",
        "necessity": "偵辦車禍案",
        "review_on": short_date(clock.today() + timedelta(days=90)),
        "reason": "警方來電告知文號",
    }
    assert head.post(f"{address}/extension", data=by_number).status_code == 422
    by_number["document"] = by_number["reference"]
    assert head.post(f"{address}/extension", data=by_number).status_code == 303
    assert "已憑 高市警左分偵字第11571234500號 延長" in head.get(f"{desk.school}/urgent/{hold_id}").text


def test_the_letter_is_linked_on_both_sides(desk: Desk) -> None:
    hold_id = pressed(desk)
    case_id = desk.filed()
    number = said(desk, hold_id).number
    assert desk.case(case_id).hold_id == hold_id
    assert number in desk.browser("k1-head").get(f"{desk.school}/cases/{case_id}").text
    assert number in desk.browser("officer").get(f"{desk.requests()}/{case_id}").text
    assert "承接" in desk.browser("k1-guard").get(f"{desk.school}/urgent/{hold_id}").text


@pytest.mark.req("DR-01")
def test_beyond_the_caps_the_guard_is_sent_to_the_head_who_confirms(desk: Desk) -> None:
    for _ in range(rules.MOST_A_DAY):
        pressed(desk)
    guard = desk.browser("k1-guard").post(f"{desk.school}/urgent/", data=typed(desk, confirmed="y"))
    assert guard.status_code == 422
    assert "請立即聯絡首長" in guard.text
    head = desk.browser("k1-head").post(f"{desk.school}/urgent/", data=typed(desk))
    assert head.status_code == 422
    assert "確認超過上限仍予保全" in head.text
    assert said(desk, pressed(desk, "k1-head", confirmed="y")).over_cap


def test_a_station_finds_the_telephone_for_it_where_it_asks(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    db.session.get_one(Tenant, desk.cast.k1.tenant_id).phone = "07-555-0101"
    db.session.commit()
    officer = desk.browser("officer")
    assert 'href="tel:075550101">07-555-0101</a>' in officer.get("/agency/institutions").text
    assert "07-555-0101" in officer.get(f"{desk.requests()}/new").text


def test_a_hold_that_began_otherwise_has_no_slip(desk: Desk) -> None:
    case_id = desk.filed()
    hold_id = desk.case(case_id).hold_id
    assert desk.browser("k1-guard").get(f"{desk.school}/urgent/{hold_id}").status_code == 404
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert db.session.scalars(db.select(Hold)).all()
