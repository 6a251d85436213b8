"""A coming rule: who will not fit is told once, and whose meeting adopted it is seen by district (journey B3)."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants import periods
from tenants.actor import system
from tenants.compliance.rule_notices import actions, mails, queries
from tenants.people.models import User
from tenants.registry.models import Site, Tenant
from tenants.roc_dates import format_date
from tests.factories import compliance, people
from tests.factories.registry import institution, period, scheduled
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("DR-10", "KH-2-3")

BEGINS = periods.changeable_from(clock.today()) + timedelta(days=60)


@pytest.fixture
def schedule_id(desk: Desk) -> UUID:
    """K1 lacks room, K2 has passed 30 days, of K3 nobody knows anything; the rule comes in some weeks."""
    people.bureau_officer()
    people.auditor()
    k1 = desk.cast.k1
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    compliance.stored(k1)
    db.session.get_one(Site, k1.site_id).capacity_bytes = 10 * 10**9
    db.session.commit()
    k2 = institution("K2", name="月光幼兒園")
    bind(db.session, Binding(tenant_id=k2.tenant_id))
    db.session.get_one(Tenant, k2.tenant_id).district = "楠梓區"
    period(k2.tenant_id, k2.site_id, 30, effective_from=clock.today())
    db.session.commit()
    institution("K3", name="星光幼兒園")
    for login in ("k1-head", "k1-handler", "k1-guard"):
        db.session.get_one(User, desk.cast.ids[login]).email = f"{login}@example.org"
    db.session.commit()
    return scheduled(effective_from=BEGINS, min_days=30)


def page_of(schedule_id: UUID) -> str:
    return f"/bureau/regulations/{schedule_id}"


def sent(officer: WebClient, schedule_id: UUID) -> str:
    return officer.post(f"{page_of(schedule_id)}/notices", follow_redirects=True).text


@pytest.mark.req("DR-31")
def test_who_will_not_fit_is_told_once_and_its_first_page_says_what_to_do(desk: Desk, schedule_id: UUID) -> None:
    officer = desk.browser("bureau")
    assert "已通知清單上的機構" in sent(officer, schedule_id)
    assert list(queries.told(schedule_id=schedule_id)) == [desk.cast.k1.tenant_id]
    assert "已通知 1 個空間不足的機構" in officer.get(page_of(schedule_id)).text
    assert "沒有空間不足而尚未通知的機構" in sent(officer, schedule_id)
    page = desk.browser("k1-head").get(f"{desk.school}/").text
    assert f"自{format_date(BEGINS)}起影像至少保存 30 日，1 個場所規劃的儲存空間不足" in page
    assert "要點第五點第三款" in page
    assert "收到規定新版本的空間通知" in desk.browser("k1-head").get(f"{desk.school}/audit/").text


@pytest.mark.req("DR-31")
def test_head_and_handler_get_a_mail_without_personal_data(desk: Desk, schedule_id: UUID) -> None:
    sent(desk.browser("bureau"), schedule_id)
    db.session.rollback()
    about = {"tenant_id": desk.cast.k1.tenant_id, "schedule_id": schedule_id}
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert queries.untold(tenant_id=desk.cast.k1.tenant_id) == [schedule_id]
    made = mails.messages(**about, base_url="https://x.example")
    assert [mail.to for mail in made] == ["k1-handler@example.org", "k1-head@example.org"]
    assert {mail.house for mail in made} == {"晨光幼兒園"}
    for words in (format_date(BEGINS), "至少保存 30 日", "1 個場所", "要點第五點第三款"):
        assert words in made[0].text
    assert "k1的" not in made[0].text
    actions.note_told(actor=system("test"), **about, mails=2)
    db.session.commit()
    assert mails.is_told(**about)
    assert queries.untold(tenant_id=desk.cast.k1.tenant_id) == []


@pytest.mark.req("DR-24")
def test_the_list_is_taken_along_as_a_file(desk: Desk, schedule_id: UUID) -> None:
    officer = desk.browser("bureau")
    said = officer.get(f"{page_of(schedule_id)}/lacking.csv").text
    assert "晨光幼兒園" in said
    assert "尚未通知" in said
    assert "月光幼兒園" not in said, "who has room or is unknown is not on it"
    assert "星光幼兒園" not in said
    assert officer.get(f"{page_of(schedule_id)}/lacking.ods").data[:2] == b"PK"


def test_adoption_is_counted_by_district_with_the_day_of_each_meeting(desk: Desk, schedule_id: UUID) -> None:
    officer = desk.browser("bureau")
    address = f"{page_of(schedule_id)}/adoption"
    page = officer.get(address).text
    assert f"還有 {(BEGINS - clock.today()).days} 日" in page
    assert "園務會議" in page
    rows = {name: page.partition(f">{name}</a>")[2].partition("</tr>")[0] for name in ("左營區", "楠梓區")}
    assert ["0.0 %" in rows["左營區"], "100.0 %" in rows["楠梓區"]] == [True, True]
    passed = officer.get(f"{address}?state=passed").text.partition("場所清單")[2]
    assert ["月光幼兒園" in passed, "晨光幼兒園" in passed] == [True, False]
    assert format_date(clock.today()) in passed
    waiting = officer.get(f"{address}?state=waiting&district=左營區").text.partition("場所清單")[2]
    assert ["月光幼兒園" in waiting, "星光幼兒園" in waiting] == [False, True]


def test_a_version_that_was_withdrawn_or_has_begun_tells_nobody(desk: Desk, schedule_id: UUID) -> None:
    officer = desk.browser("bureau")
    assert officer.post(f"{page_of(schedule_id)}/withdrawal").status_code == 303
    assert "這個版本已撤回或已生效，不再通知" in sent(officer, schedule_id)
    assert not queries.told(schedule_id=schedule_id)


def test_a_regulation_that_asks_for_no_meeting_has_nothing_to_follow(desk: Desk) -> None:
    people.bureau_officer()
    schedule_id = scheduled(effective_from=BEGINS, min_days=30, code="TY_ELEMENTARY")
    page = desk.browser("bureau").get(f"{page_of(schedule_id)}/adoption").text
    assert "規定未要求" in page
    assert "場所清單" not in page


def test_an_auditor_reads_and_tells_nobody(desk: Desk, schedule_id: UUID) -> None:
    auditor = desk.browser("auditor")
    assert auditor.get(f"{page_of(schedule_id)}/adoption").status_code == 200
    assert "通知空間不足的機構</button>" not in auditor.get(page_of(schedule_id)).text
    assert auditor.post(f"{page_of(schedule_id)}/notices").status_code == 403
