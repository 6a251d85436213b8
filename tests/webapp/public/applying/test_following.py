"""One's own cases like parcels, and nobody else's."""

from datetime import timedelta
from uuid import uuid4

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import convening
from tenants.disclosures.insider.panel.convening import Plan, Seat
from tenants.disclosures.insider.panel.models import Capacity
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.register.models import RegisterEntry
from tenants.permissions import Role
from tenants.roc_dates import format_instant
from tests.factories import insiders
from tests.webapp.public.applying.conftest import Door
from tests.webapp.visitor import Visitor


def stand(visitor: Visitor, state: str, **columns: object) -> InsiderRequest:
    """A case of the visitor's address in this state."""
    bind(db.session, Binding(tenant_id=visitor.tenant_id))
    case_id = insiders.request(visitor.cast.k1, state=state)
    case = db.session.get_one(InsiderRequest, case_id)
    for name, value in columns.items():
        setattr(case, name, value)
    db.session.commit()
    return case


def asked(visitor: Visitor, case: InsiderRequest, *, granted: bool) -> None:
    """The hour before it was filed, at the gate; granted as asked, or nothing of it."""
    start, until = case.filed_at - timedelta(hours=1), case.filed_at - timedelta(minutes=50)
    window = DisclosureWindow(tenant_id=case.tenant_id, disclosure_id=case.id, camera_name="C-GATE")
    window.camera_id, window.started_at, window.ended_at = visitor.cast.k1.cameras["C-GATE"], start, until
    if granted:
        window.approved_from, window.approved_until = start, until
    db.session.add(window)
    db.session.commit()


def looked_at(case: InsiderRequest) -> None:
    """The line that a viewing left in the register."""
    now = clock.now()
    line = RegisterEntry(tenant_id=case.tenant_id, disclosure_id=case.id, roc_year=115, number=1, content=[])
    line.accessor_name, line.accessor_unit, line.accessor_title = "林小惠", "兔兔班家長", "家長"
    line.accessed_from = line.accessed_until = line.entered_at = now
    line.summary, line.operator_name, line.viewed, line.copied = "意外事故", "林怡君", True, False
    db.session.add(line)
    db.session.commit()


def decided(visitor: Visitor) -> dict[str, object]:
    who = visitor.cast.ids["k1-head"]
    return {"decided_at": clock.now(), "decided_by": who, "replied_at": clock.now(), "replied_by": who}


@pytest.mark.req("KH-6-2g")
def test_the_list_has_the_cases_of_the_proved_address_only(parent: Visitor) -> None:
    mine, theirs = stand(parent, "submitted"), stand(parent, "submitted", email="another@example.org")
    parent.get("/code?to=follow")

    assert parent.prove().location == "/apply/K1/follow"

    page = parent.get("/follow").text
    assert mine.serial in page
    assert theirs.serial not in page


@pytest.mark.req("DR-08")
def test_a_case_of_somebody_else_is_not_there(parent: Visitor, door: Door) -> None:
    theirs = stand(parent, "returned", email="another@example.org").id
    mine = stand(parent, "submitted").id
    parent.prove()
    nobody = parent.get(f"/follow/{uuid4()}")
    for path in (f"/follow/{theirs}", f"/follow/{theirs}/receipt"):
        assert parent.get(path).status_code == nobody.status_code == 404
    for path, data in (("withdrawal", {}), ("completion", {"reason": "補充說明事情的經過與時間"})):
        assert parent.post(f"/follow/{theirs}/{path}", data).status_code == 404
    other = door("E1")
    other.prove()
    assert other.get(f"/follow/{mine}").status_code == 404


@pytest.mark.req("KH-6-2g")
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("submitted", "機構正在確認資格與內容"),
        ("resolved", "等待校（園）長簽核"),
        ("withdrawn", "您已撤回這件申請"),
    ],
)
def test_each_state_says_what_comes_next(parent: Visitor, state: str, words: str) -> None:
    case = stand(parent, state)
    parent.prove()
    page = parent.get(f"/follow/{case.id}").text
    assert words in page
    assert "專案小組審查" in page


@pytest.mark.req("KH-6-2h")
def test_who_waits_sees_when_the_panel_meets_and_not_who_sits(parent: Visitor) -> None:
    case = stand(parent, "submitted", eligibility="eligible", reason_specific=True)
    meets_at = clock.now() + timedelta(days=2)
    seat = Seat(capacity=Capacity.PARENT_REP, name="陳美玲", email="chen@example.org")
    teacher = Seat(capacity=Capacity.EDUCATOR_REP, user_id=parent.cast.ids["k1-staff"])
    head = Seat(capacity=Capacity.HEAD, user_id=parent.cast.ids["k1-head"])
    handler = Actor(kind=ActorKind.PERSON, id=parent.cast.ids["k1-handler"], roles=frozenset({Role.HANDLER}))
    plan = Plan(meets_at=meets_at, place="園長室", seats=(seat, teacher, head))
    convening.convene(actor=handler, tenant_id=case.tenant_id, disclosure_id=case.id, plan=plan)
    db.session.commit()
    parent.prove()
    page = parent.get(f"/follow/{case.id}").text
    assert f"開會時間：{format_instant(meets_at)}" in page
    assert "陳美玲" not in page


def test_what_is_returned_is_completed_and_goes_back(parent: Visitor) -> None:
    case = stand(parent, "returned", returned_note="請說明事情發生在哪一區。")
    parent.prove()
    page = parent.get(f"/follow/{case.id}").text
    assert "請說明事情發生在哪一區。" in page
    empty = parent.post(f"/follow/{case.id}/completion", {"reason": "。"})
    assert empty.status_code == 422

    answer = parent.post(f"/follow/{case.id}/completion", {"reason": "在戶外遊戲區的溜滑梯旁邊，當時有三位小朋友"})

    assert answer.status_code == 303
    again = parent.cases()[0]
    assert again.state == "submitted"
    assert again.reason.startswith(insiders.REASON)
    assert "溜滑梯旁邊" in again.reason


def test_before_the_decision_it_can_be_withdrawn_and_afterwards_not(parent: Visitor) -> None:
    case = stand(parent, "submitted")
    parent.prove()
    assert "撤回申請" in parent.get(f"/follow/{case.id}").text
    assert parent.post(f"/follow/{case.id}/withdrawal", {}).status_code == 303
    assert parent.cases()[0].state == "withdrawn"
    assert parent.post(f"/follow/{case.id}/withdrawal", {}).status_code == 409
    assert "確定撤回" not in parent.get(f"/follow/{case.id}").text


@pytest.mark.req("KH-6-2g", "DR-01")
def test_what_was_granted_is_given_back_until_somebody_looked(parent: Visitor) -> None:
    case = stand(parent, "approved", **decided(parent))
    parent.prove()
    assert "不再需要看時，可以撤回" in parent.get(f"/follow/{case.id}").text
    assert parent.post(f"/follow/{case.id}/withdrawal", {}).status_code == 303
    page = parent.get(f"/follow/{case.id}").text
    assert "您已撤回這件申請" in page
    assert "可以觀看的時段" not in page
    seen = stand(parent, "viewed", **decided(parent))
    refused = parent.post(f"/follow/{seen.id}/withdrawal", {})
    assert refused.status_code == 409
    assert "請通知機構結案" in refused.text


@pytest.mark.req("KH-6-3b")
def test_a_refusal_is_told_with_its_reasons_and_the_ways_that_are_left(parent: Visitor) -> None:
    reasons = "該日影像已於115年11月4日銷毀。"
    case = stand(parent, "refused", refusal="past_retention_and_deleted", decision_reasons=reasons, **decided(parent))
    parent.prove()

    page = parent.get(f"/follow/{case.id}").text

    assert "影像已逾保存期限，且已刪除" in page
    assert reasons in page
    for way in ("向警察機關報案", "個人資料保護法", "向教育局反映或申訴"):
        assert way in page


@pytest.mark.req("KH-6-3b", "DR-01")
def test_footage_that_the_school_lost_is_owned_up_to(parent: Visitor) -> None:
    case = stand(parent, "refused", refusal="lost_after_filing", decision_reasons="主機故障", **decided(parent))
    parent.prove()
    page = parent.get(f"/follow/{case.id}").text
    assert "機構未能保全" in page
    assert "這不是您的責任，請向教育局反映" in page


@pytest.mark.req("KH-6-2b", "DR-37")
def test_no_applicant_hears_of_another_of_the_same_event(parent: Visitor) -> None:
    event = uuid4()
    mine = stand(parent, "submitted", event_id=event)
    other = stand(parent, "submitted", event_id=event, email="another@example.org", applicant_name="張大明")
    parent.prove()
    for path in (f"/follow/{mine.id}", f"/follow/{mine.id}/receipt", "/follow"):
        page = parent.get(path).text
        assert other.serial not in page
        assert "同一事件" not in page


@pytest.mark.req("KH-6-2j", "TY-5-1f")
def test_a_grant_says_to_come_and_that_nothing_is_copied(parent: Visitor) -> None:
    case = stand(parent, "approved", **decided(parent))
    asked(parent, case, granted=True)
    parent.prove()

    page = parent.get(f"/follow/{case.id}").text

    assert "由人員陪同觀看，不得複製或翻攝" in page
    assert "download" not in page


@pytest.mark.req("KH-6-2j", "KH-7-3")
def test_a_closed_case_still_says_that_somebody_came_and_looked(parent: Visitor) -> None:
    case = stand(parent, "approved", **decided(parent))
    asked(parent, case, granted=True)
    case.state, case.closed_at, case.closed_by = "closed", clock.now(), parent.cast.ids["k1-head"]
    db.session.commit()
    parent.prove()
    assert '到場觀看<span class="visually-hidden">（不需要）' in parent.get(f"/follow/{case.id}").text

    looked_at(case)

    assert '到場觀看<span class="visually-hidden">（已完成）' in parent.get(f"/follow/{case.id}").text


@pytest.mark.req("KH-6-3b")
def test_where_nothing_is_left_no_way_is_named_that_leads_to_the_footage(parent: Visitor) -> None:
    case = stand(parent, "refused", refusal="past_retention_and_deleted", decision_reasons="已銷毀", **decided(parent))
    asked(parent, case, granted=False)
    parent.prove()

    page = parent.get(f"/follow/{case.id}").text

    assert "影像已不存在，無法閱覽或複製" in page
    assert "調取影像" not in page
    assert "提出新的申請" not in page
    assert "影像已不存在，無法觀看" in parent.get(f"/follow/{case.id}/receipt").text


@pytest.mark.req("KH-7-4")
def test_who_wants_the_form_removed_is_told_until_when_it_is_kept(parent: Visitor) -> None:
    case = stand(parent, "submitted")
    parent.prove()
    assert "至少應保存一年" in parent.get(f"/follow/{case.id}").text

    parent.post(f"/follow/{case.id}/deletion", {})
    assert "案件尚未結束，申請單不能刪除" in parent.get(f"/follow/{case.id}").text
