"""緊急存取 on the pages: one asks, another agrees, the school sees it and ends it, a third reviews it (ADR 0060)."""

import re
from uuid import UUID

import pytest
from flask import Flask

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.emergency import queries
from tenants.emergency.models import EmergencyAccess
from tenants.people.invitations import actions as invitations
from tenants.people.invitations.models import AccountInvitation
from tenants.people.models import User
from tests.factories import people
from tests.factories.cast import Cast, cast
from tests.webapp.conftest import WebClient

pytestmark = pytest.mark.req("KH-1-3", "DR-09", "DR-15")
ADDRESS = "/bureau/emergencies"
REASON = "園長與承辦人的帳號都被鎖定，電話確認無法登入。"


@pytest.fixture
def city(domain: Flask, monkeypatch: pytest.MonkeyPatch) -> Cast:
    assert domain
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    made = cast()
    people.operator()
    people.auditor()
    people.bureau_officer()
    return made


@pytest.fixture
def access(web_client: WebClient, city: Cast) -> str:
    """The address of one that waits."""
    return _asked(web_client, city)


def _asked(client: WebClient, _city: Cast, scope: str = "trail") -> str:
    typed = {"tenant": "k1", "scope": scope, "hours": "2", "reason": REASON}
    answer = client.sign_in("operator").post(ADDRESS, data=typed)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def _row(city: Cast) -> EmergencyAccess:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=city.k1.tenant_id))
    return queries.listed(tenant_id=city.k1.tenant_id)[0]


def test_two_people_open_it_the_school_sees_it_and_ends_it_and_a_third_reviews(
    web_client: WebClient, city: Cast, access: str
) -> None:
    school = f"/schools/{city.k1.tenant_id}"
    assert "核可並開啟" not in web_client.get(access).text, "who asked is not offered to agree"
    assert web_client.get(f"{school}/audit/").status_code == 403
    assert "請求緊急存取" in web_client.sign_in("k1-head").get(f"{school}/").text
    client = web_client.sign_in("auditor")
    assert "核可並開啟" in client.get(access).text
    assert client.post(f"{access}/approval", follow_redirects=True).status_code == 200
    assert "正在緊急存取" in web_client.sign_in("k1-handler").get(f"{school}/").text
    client = web_client.sign_in("operator")
    assert f"{school}/audit/" in client.get(access).text
    trail = client.get(f"{school}/audit/")
    assert trail.status_code == 200
    assert f"緊急存取 {_row(city).serial}" in trail.text
    assert client.get(f"{school}/").status_code == 403, "another scope"
    client = web_client.sign_in("k1-head")
    page = client.get(f"{school}/emergencies").text
    assert REASON in page
    assert client.post(f"{school}/emergencies/{_row(city).id}/ending").status_code == 303
    assert web_client.sign_in("operator").get(f"{school}/audit/").status_code == 403
    client = web_client.sign_in("bureau")
    assert "未參與的承辦人或稽核人員" in client.get(ADDRESS).text
    assert client.post(f"{access}/review", data={"review": "好"}).status_code == 422
    assert client.post(f"{access}/review", data={"review": "確有必要，已請該園增設第二位首長。"}).status_code == 303
    assert "已請該園增設第二位首長" in web_client.sign_in("k1-head").get(f"{school}/emergencies").text


def box(client: WebClient, address: str) -> str:
    page = client.get(address).text
    return page[page.index("現在該做什麼") :].split("</section>")[0]


def test_one_that_waits_is_on_the_first_page_of_whoever_may_agree_and_not_of_who_asked(
    web_client: WebClient, city: Cast, access: str
) -> None:
    serial = _row(city).serial
    assert serial not in box(web_client, "/bureau/platform")
    people.operator("operator-2")
    assert f"請核可或不核可緊急存取 {serial}" in box(web_client.sign_in("operator-2"), "/bureau/platform")
    auditor = box(web_client.sign_in("auditor"), "/bureau/audit")
    assert serial in auditor
    assert access in auditor
    assert serial not in box(web_client.sign_in("bureau"), "/bureau/"), "an officer agrees to none"
    waits = _row(city)
    waits.approve_by = waits.requested_at
    db.session.commit()
    assert serial not in box(web_client.sign_in("auditor"), "/bureau/audit")


def test_a_review_that_is_due_is_on_the_first_page_of_whoever_took_no_part(
    web_client: WebClient, city: Cast, access: str
) -> None:
    serial = _row(city).serial
    web_client.sign_in("auditor").post(f"{access}/approval")
    assert serial not in box(web_client.sign_in("bureau"), "/bureau/")
    web_client.sign_in("operator").post(f"{access}/ending")
    assert f"請檢討已結束的緊急存取 {serial}" in box(web_client.sign_in("bureau"), "/bureau/")
    assert serial not in box(web_client.sign_in("auditor"), "/bureau/audit"), "who agreed reviews nothing"


def test_who_looks_in_an_emergency_reads_by_which_until_when_and_is_offered_nothing_of_the_staff(
    web_client: WebClient, city: Cast
) -> None:
    access = _asked(web_client, city, "equipment")
    web_client.sign_in("auditor").post(f"{access}/approval")
    page = web_client.sign_in("operator").get(f"/schools/{city.k1.tenant_id}/").text
    assert f"您正依緊急存取 {_row(city).serial} 查看" in page
    assert "查看鏡頭與檢查保養情形（不含影像），至" in page
    assert f'href="{access}"' in page
    assert "您在本機構的角色" not in page
    assert "填寫教職員工的調閱申請" not in page
    assert "您正依緊急存取" not in web_client.sign_in("k1-guard").get(f"/schools/{city.k1.tenant_id}/").text


def test_who_asked_agrees_to_nothing_also_without_the_button(web_client: WebClient, city: Cast, access: str) -> None:
    page = web_client.post(f"{access}/approval", follow_redirects=True)
    assert "不能核可自己" in page.text
    assert _row(city).state == "requested"


def test_a_refused_one_opens_nothing(web_client: WebClient, city: Cast, access: str) -> None:
    assert web_client.sign_in("auditor").post(f"{access}/refusal").status_code == 303
    assert _row(city).state == "refused"
    assert web_client.sign_in("operator").get(f"/schools/{city.k1.tenant_id}/audit/").status_code == 403


def test_a_form_tells_all_that_is_wrong(web_client: WebClient, city: Cast) -> None:
    assert city
    typed = {"tenant": "nobody", "scope": "trail", "hours": "9", "reason": "急"}
    answer = web_client.sign_in("operator").post(ADDRESS, data=typed)
    assert answer.status_code == 422
    for part in ("找不到這個代碼或全名的機構", "1 到 4 小時", "請填寫事由"):
        assert part in answer.text


def test_the_institution_is_chosen_from_a_list_by_code_or_whole_name(web_client: WebClient, city: Cast) -> None:
    client = web_client.sign_in("operator")
    page = client.get(ADDRESS).text
    assert 'list="institutions"' in page
    assert '<option value="K1">晨光幼兒園（' in page
    typed = {"scope": "trail", "hours": "2", "reason": REASON}
    part = client.post(ADDRESS, data=typed | {"tenant": "晨光"})
    assert (part.status_code, "請從清單選取" in part.text, "英文字母" in part.text) == (422, True, False)
    assert client.post(ADDRESS, data=typed | {"tenant": " "}).status_code == 422
    assert client.post(ADDRESS, data=typed | {"tenant": "晨光幼兒園"}).status_code == 303
    assert _row(city).state == "requested"


def test_a_head_gets_a_link_sets_a_password_once_and_signs_in(web_client: WebClient, city: Cast) -> None:
    head = city.ids["k1-head"]
    db.session.get_one(User, head).email = "head@k1.example"
    db.session.commit()
    access = _asked(web_client, city, "head_reset")
    web_client.sign_in("auditor").post(f"{access}/approval")
    client = web_client.sign_in("operator")
    assert "寄送設定密碼的信" in client.get(access).text
    assert client.post(f"{access}/heads/{head}/invitation").status_code == 303
    link = f"/invitations/{city.k1.tenant_id}/{_token(city.k1.tenant_id)}"
    anybody = web_client.application.test_client()
    page = anybody.get(link)
    assert "k1-head" in page.text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token is not None
    typed = {"csrf_token": token[1], "password": "短", "again": "不同"}
    assert anybody.post(link, data=typed).status_code == 422
    whole = typed | {"password": "a new phrase for 116", "again": "a new phrase for 116"}
    assert anybody.post(link, data=whole).status_code == 303
    assert anybody.get(link).status_code == 404, "once"
    signed = anybody.post(
        "/sign-in", data={"csrf_token": token[1], "login": "k1-head", "password": "a new phrase for 116"}
    )
    assert signed.status_code == 303


def _token(tenant_id: UUID) -> str:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=tenant_id))
    (found,) = db.session.scalars(db.select(AccountInvitation.id))
    made = invitations.issue(actor=system("mail"), tenant_id=tenant_id, invitation_id=found)
    db.session.commit()
    assert made is not None
    return made


def test_a_link_that_nobody_sent_is_not_there(web_client: WebClient, city: Cast) -> None:
    assert web_client.get(f"/invitations/{city.k1.tenant_id}/x").status_code == 404
