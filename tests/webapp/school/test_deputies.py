"""代理人 at a school: appointed for some days, deciding with 代 beside their own name, refused outside of them."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.disclosures.insider.models import Signature
from tenants.people.models import Deputy
from tenants.permissions import Acting, Role
from tenants.roc_dates import short_date
from tests.factories import people
from tests.webapp.desk import Desk
from tests.webapp.school.one_application import Case
from tests.webapp.school.test_applications import _window

pytestmark = pytest.mark.req("DR-26")


def typed(desk: Desk, **changes: str) -> dict[str, str]:
    ids = desk.cast.ids
    return {
        "office": f"head:{ids['k1-head']}",
        "deputy": str(ids["k1-staff"]),
        "acting": "代",
        "starts_on": short_date(clock.today()),
        "ends_on": short_date(clock.today() + timedelta(days=3)),
        "reason": "公差",
    } | changes


def deputy(desk: Desk, school: str = "k1", *, days: tuple[int, int] = (0, 3), acting: Acting = Acting.DEPUTY) -> UUID:
    of, ids = getattr(desk.cast, school), desk.cast.ids
    return people.deputy(
        of.tenant_id,
        principal_id=ids[f"{school}-head"],
        user_id=ids[f"{school}-staff"],
        acting=acting,
        days=days,
    )


def test_the_head_appoints_a_deputy_on_a_page_and_revokes_at_once(desk: Desk) -> None:
    head, address = desk.browser("k1-head"), f"{desk.school}/people/deputies/"
    assert address in head.get(f"{desk.school}/people/").text
    for wrong in ({"reason": ""}, {"ends_on": short_date(clock.today() - timedelta(days=1))}, {"office": "x"}):
        assert head.post(address, data=typed(desk, **wrong)).status_code == 422, wrong
    handler = {"deputy": str(desk.cast.ids["k1-handler"])}
    assert "首長與承辦人也不能互相代理" in head.post(address, data=typed(desk, **handler)).text
    page = head.post(address, data=typed(desk), follow_redirects=True).text
    assert "代理中" in page
    teacher = desk.browser("k1-staff")
    assert "校（園）長／負責人（代）" in teacher.get(f"{desk.school}/").text
    assert teacher.get(f"{desk.school}/cases/").status_code == 200

    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    made = db.session.scalars(select(Deputy)).one()
    assert "已撤銷" in head.post(f"{address}{made.id}/revocation", follow_redirects=True).text
    assert teacher.get(f"{desk.school}/cases/").status_code == 403, "the next request, without signing in again"


def offered(page: str) -> dict[str, set[str]]:
    """Who is offered as a deputy, by what the page says they may stand in for."""
    chosen = page.split('id="deputy"')[1].split("</select>", maxsplit=1)[0]
    groups = re.findall(r'<optgroup label="可代理：([^"]+)">(.*?)</optgroup>', chosen, re.DOTALL)
    return {label: set(re.findall(r'<option value="([^"]+)"', inside)) for label, inside in groups}


def test_nobody_is_offered_for_an_office_of_their_own_nor_for_one_that_theirs_does_not_go_with(desk: Desk) -> None:
    ids, of = desk.cast.ids, desk.cast.k1
    page = desk.browser("k1-head").get(f"{desk.school}/people/deputies/").text
    both = {str(ids["k1-staff"]), str(ids["k1-guard"])}
    assert offered(page) == {"校（園）長／負責人、監錄系統管理承辦人": both}, "who holds an office is offered for none"

    office_head = people.person("office-head")
    people.membership(office_head, Role.OFFICE_HEAD, tenant_id=of.tenant_id)
    page = desk.browser("k1-head").get(f"{desk.school}/people/deputies/").text
    assert offered(page) == {
        "校（園）長／負責人、監錄系統管理承辦人、監錄系統管理處室主管": both,
        "校（園）長／負責人、監錄系統管理承辦人": {str(office_head)},
        "監錄系統管理處室主管": {str(ids["k1-head"]), str(ids["k1-handler"])},
    }


def test_what_the_list_cannot_know_is_refused_by_the_appointment(desk: Desk) -> None:
    ids, head = desk.cast.ids, desk.browser("k1-head")
    people.deputy(desk.cast.k1.tenant_id, principal_id=ids["k1-handler"], user_id=ids["k1-staff"], role=Role.HANDLER)
    assert "不能兼任" in head.post(f"{desk.school}/people/deputies/", data=typed(desk)).text


@pytest.mark.req("KH-A1-15")
@pytest.mark.parametrize("days", [(-5, -1), (1, 5)], ids=["over", "not begun"])
def test_a_delegate_outside_the_period_is_refused(desk: Desk, days: tuple[int, int]) -> None:
    case_id = desk.filed()
    deputy(desk, days=days)
    assert desk.decide(case_id, login="k1-staff").status_code == 403
    assert desk.case(case_id).state == "submitted"


@pytest.mark.req("KH-6-1g", "KH-A1-15")
@pytest.mark.parametrize("acting", Acting)
def test_a_letter_is_decided_in_anothers_place_and_the_case_and_the_chain_say_so(desk: Desk, acting: Acting) -> None:
    case_id = desk.filed()
    deputy(desk, acting=acting)
    assert desk.decide(case_id, login="k1-staff").status_code == 303
    row = desk.case(case_id)
    assert (row.decided_by, row.decided_acting) == (desk.cast.ids["k1-staff"], acting.value)
    page = desk.browser("k1-handler").get(f"{desk.school}/cases/{case_id}").text
    assert f"（{acting.value}）" in page
    event = next(
        each for each in audit.latest(tenant_id=desk.cast.k1.tenant_id, limit=20) if each.event == "disclosure:decided"
    )
    assert (event.fields["acting"], event.actor_roles) == (acting.value, f"head:{acting.value},staff")
    assert acting.value in desk.browser("k1-head").get(f"{desk.school}/audit/").text


def test_a_deputy_appoints_nobody(desk: Desk) -> None:
    deputy(desk)
    teacher = desk.browser("k1-staff")
    assert teacher.get(f"{desk.school}/people/").status_code == 403
    assert teacher.post(f"{desk.school}/people/deputies/", data=typed(desk)).status_code == 403


@pytest.mark.req("DR-27", "KH-A1-15")
def test_where_the_head_is_concerned_the_deputy_signs_in_their_place(case: Case) -> None:
    desk = case.desk
    case.check(excluded=str(desk.cast.ids["e1-head"]), conflict_note="被申訴人")
    bind(db.session, Binding(tenant_id=case.tenant_id))
    noted = {event.event for event in audit.latest(tenant_id=case.tenant_id, limit=5)}
    assert "application:head_excluded" in noted
    case.step("e1-handler", "signature", box="cctv_handler")
    case.step("e1-handler", "signature", box="office_head")
    assert "目前沒有人可以核定" in desk.browser("e1-handler").get(case.address).text

    deputy(desk, "e1")
    page = desk.browser("e1-staff").get(case.address).text
    assert "可核定者：e1的staff" in page
    assert "請核定是否同意調閱" in desk.browser("e1-staff").get(f"/schools/{case.tenant_id}/").text
    case.step("e1-head", "decision", 404)
    case.step("e1-staff", "decision", **{"grants-0-window_id": _window(page), "grants-0-verdict": "all"})

    row = case.row()
    assert (row.state, row.decided_acting) == ("approved", "代")
    signed = db.session.scalars(select(Signature).where(Signature.box == "head")).one()
    assert (signed.name, signed.acting) == ("e1的staff", "代")
    assert "代 e1的staff" in desk.browser("e1-handler").get(case.address).text


@pytest.mark.req("DR-27")
def test_a_deputy_whom_the_case_concerns_decides_it_neither(case: Case) -> None:
    deputy(case.desk, "e1")
    case.check(excluded=str(case.desk.cast.ids["e1-staff"]), conflict_note="申請人之配偶")
    case.step("e1-staff", "refusal", 404, refusal="other", reasons="無")


@pytest.mark.req("KH-A1-13")
def test_the_handlers_box_is_signed_by_the_handlers_deputy(case: Case) -> None:
    desk = case.desk
    people.deputy(
        case.tenant_id,
        principal_id=desk.cast.ids["e1-handler"],
        user_id=desk.cast.ids["e1-staff"],
        role=Role.HANDLER,
    )
    case.check()
    case.step("e1-staff", "signature", box="cctv_handler")
    bind(db.session, Binding(tenant_id=case.tenant_id))
    signed = db.session.scalars(select(Signature).where(Signature.box == "cctv_handler")).one()
    assert signed.acting == "代"
