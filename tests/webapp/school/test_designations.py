"""專人指派 on the head's pages: designating, handing over, ending, and what the first page says (KH-4-1, TY-3-1a)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.people.designations.models import Designation
from tenants.people.models import Membership
from tenants.permissions import Role
from tenants.roc_dates import short_date
from tests.factories import people
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-4-1")
AUGUST = clock.today() + timedelta(days=40)


def typed(desk: Desk, login: str, **changed: str) -> dict[str, str]:
    contact = str(desk.cast.ids[login])
    return {"kind": "person", "contact": contact, "from_on": short_date(AUGUST), "office": "", "document": ""} | changed


def ends(**changed: str) -> dict[str, str]:
    return {"on": short_date(clock.today())} | changed


def test_the_head_hands_over_from_a_day_on_and_takes_it_back(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), f"{desk.school}/people/designations/"
    assert "目前由誰負責" in head.get(page).text
    told = head.post(page, data=typed(desk, "k1-staff"), follow_redirects=True)
    assert "00:00 起生效" in told.text
    assert "尚未生效" in told.text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    made = db.session.scalars(db.select(Designation).where(Designation.until_on.is_(None))).one()
    back = head.post(f"{page}{made.id}/withdrawal", follow_redirects=True)
    assert "原指派繼續有效" in back.text


def test_who_was_designated_is_told_of_any_day(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), f"{desk.school}/people/designations/"
    head.post(page, data=typed(desk, "k1-staff"))
    for day, name in ((clock.today(), "k1的handler"), (AUGUST, "k1的staff")):
        stands = head.get(f"{page}?day={short_date(day)}").text.split('id="stands-title"')[1].split("</section>")[0]
        assert name in stands
        assert "已指派" in stands
    long_ago = head.get(f"{page}?day=100/01/01").text
    assert "未指派專人" in long_ago.split('id="stands-title"')[1].split("</section>")[0]


def test_ending_it_without_a_successor_is_refused_beside_the_box(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), f"{desk.school}/people/designations/ending"
    refused = head.post(page, data=ends())
    assert refused.status_code == 422
    assert "應隨時有專人負責" in refused.text
    assert "未指派專人" not in head.get(f"{desk.school}/").text


def test_a_resignation_is_red_on_the_first_page_at_once_with_its_article(desk: Desk) -> None:
    head = desk.browser("k1-head")
    head.post(f"{desk.school}/people/designations/ending", data=ends(resigned="y"))
    first = head.get(f"{desk.school}/").text
    assert "未指派專人" in first
    assert "要點第四點" in first


@pytest.mark.req("TY-3-1a")
def test_an_office_is_designated_with_its_members(desk: Desk) -> None:
    e1 = desk.cast.e1.tenant_id
    head, page = desk.browser("e1-head"), f"/schools/{e1}/people/designations/"
    office = typed(
        desk,
        "e1-handler",
        kind="office",
        office="事務組",
        members=str(desk.cast.ids["e1-staff"]),
        from_on=short_date(clock.today()),
    )
    told = head.post(page, data=office, follow_redirects=True).text
    assert "事務組" in told
    assert "計畫參、一" in told
    bind(db.session, Binding(tenant_id=e1))
    held = db.select(Membership.user_id).where(Membership.role == Role.HANDLER, Membership.ended_at.is_(None))
    assert set(db.session.scalars(held)) == {desk.cast.ids["e1-handler"], desk.cast.ids["e1-staff"]}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"from_on": ""}, "請填寫起日"),
        ({"contact": ""}, "請選擇專人"),
        ({"from_on": "100/01/01"}, "不能溯及既往"),
        ({"kind": "office"}, "請填寫處室名稱"),
    ],
)
def test_what_is_no_designation_is_told(desk: Desk, changed: dict[str, str], sentence: str) -> None:
    answer = desk.browser("k1-head").post(
        f"{desk.school}/people/designations/", data=typed(desk, "k1-staff", **changed)
    )
    assert (answer.status_code, sentence in answer.text) == (422, True)


@pytest.mark.req("KH-4-2", "KH-6-1g")
def test_the_head_cannot_designate_himself(desk: Desk) -> None:
    answer = desk.browser("k1-head").post(f"{desk.school}/people/designations/", data=typed(desk, "k1-head"))
    assert (answer.status_code, "首長決定但不操作" in answer.text) == (422, True)


@pytest.mark.req("KH-4-2", "TY-3-1b")
def test_a_technician_sees_the_equipment_and_no_footage(desk: Desk) -> None:
    tenant_id, technician = desk.cast.k1.tenant_id, people.person("k1-technician")
    people.membership(technician, Role.TECHNICIAN, tenant_id=tenant_id)
    browser = desk.browser("k1-technician")
    assert browser.get(f"{desk.school}/cameras/").status_code == 200
    assert browser.get(f"{desk.school}/devices/").status_code == 200
    for path in ("/cases/", "/register", "/people/", "/people/designations/"):
        assert browser.get(f"{desk.school}{path}").status_code == 403, path
    case = desk.offered()
    assert browser.get(f"/schools/{tenant_id}/disclosures/{case}/viewings/new").status_code == 403
