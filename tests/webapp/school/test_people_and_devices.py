"""Roles granted and ended at once; edge boxes enrolled with a code that is shown once."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.people.models import Membership
from tenants.registry.models import EdgeDevice, EnrolmentToken
from tenants.roc_dates import format_date
from tests.factories import footage, people
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk
from webapp.filters import roc_minute

NEW = {
    "login": "k1-new",
    "name": "吳孟潔",
    "title": "教保員",
    "email": "",
    "password": "一句記得住的話 and twelve",
    "role": "staff",
    "unit": "",
}


def roles_of(desk: Desk, login: str) -> set[str]:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    db.session.rollback()
    query = db.select(Membership.role).where(Membership.user_id == desk.cast.ids[login], Membership.ended_at.is_(None))
    return set(db.session.scalars(query))


@pytest.mark.req("KH-4-1")
def test_the_head_appoints_somebody_who_has_an_account(desk: Desk) -> None:
    head = desk.browser("k1-head")

    answer = head.post(f"{desk.school}/people/roles", data={"login": "k1-staff", "role": "handler"})

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert roles_of(desk, "k1-staff") == {"staff", "handler"}


def test_an_appointment_that_cannot_be_is_told(desk: Desk) -> None:
    head = desk.browser("k1-head")

    for login, role, sentence in (
        ("nobody", "staff", "找不到這個帳號"),
        ("", "staff", "請輸入對方的帳號"),
        ("k1-staff", "bureau_officer", "請從清單中選取"),
        ("k1-staff", "", "請從清單中選取"),
    ):
        answer = head.post(f"{desk.school}/people/roles", data={"login": login, "role": role})
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert sentence in answer.text, login


def test_a_role_that_is_held_already_is_said_to_be(desk: Desk) -> None:
    head = desk.browser("k1-head")

    head.post(f"{desk.school}/people/roles", data={"login": "k1-guard", "role": "guard"})

    page = head.get(f"{desk.school}/people/").text
    assert "已經是「警衛」，沒有變更" in page
    assert "已指派" not in page


@pytest.mark.req("KH-4-2", "KH-6-1g")
def test_the_head_cannot_make_himself_handler(desk: Desk) -> None:
    head = desk.browser("k1-head")

    refused = head.post(f"{desk.school}/people/roles", data={"login": "k1-head", "role": "handler"})

    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "首長決定但不操作，承辦人操作但不決定" in refused.text
    leaving = f"{desk.school}/people/{desk.cast.ids['k1-handler']}/handler/ending"
    refused = head.post(leaving, data={"successor": str(desk.cast.ids["k1-head"])})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "首長決定但不操作，承辦人操作但不決定" in refused.text
    assert roles_of(desk, "k1-head") == {"head"}


def test_a_new_account_is_made_with_its_role_in_one_step(desk: Desk) -> None:
    head = desk.browser("k1-head")
    assert "至少要 12 個字元" in head.post(f"{desk.school}/people/accounts", data=NEW | {"password": "短"}).text

    assert head.post(f"{desk.school}/people/accounts", data=NEW).status_code == HTTPStatus.SEE_OTHER

    assert "吳孟潔" in head.get(f"{desk.school}/people/").text


@pytest.mark.req("KH-4-1")
def test_the_only_handler_goes_only_when_somebody_takes_over(desk: Desk) -> None:
    head, leaving = desk.browser("k1-head"), desk.cast.ids["k1-handler"]
    address = f"{desk.school}/people/{leaving}/handler/ending"
    assert "結束指派" in head.get(address).text

    refused = head.post(address, data={"successor": ""})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "應隨時有專人負責" in refused.text
    assert roles_of(desk, "k1-handler") == {"handler"}

    answer = head.post(address, data={"successor": str(desk.cast.ids["k1-staff"])})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert roles_of(desk, "k1-handler") == set()
    assert roles_of(desk, "k1-staff") == {"staff", "handler"}


@pytest.mark.req("KH-4-1")
def test_a_successor_is_asked_for_only_where_somebody_takes_over(desk: Desk) -> None:
    head, people_page = desk.browser("k1-head"), f"{desk.school}/people"
    guard = f"{people_page}/{desk.cast.ids['k1-guard']}/guard/ending"

    assert "接任人員" in head.get(f"{people_page}/{desk.cast.ids['k1-handler']}/handler/ending").text
    assert "接任人員" in head.get(f"{people_page}/{desk.cast.ids['k1-head']}/head/ending").text
    assert "接任人員" not in head.get(guard).text
    forged = head.post(guard, data={"successor": str(desk.cast.ids["k1-staff"])})
    assert forged.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert roles_of(desk, "k1-staff") == {"staff"}
    assert head.post(guard).status_code == HTTPStatus.SEE_OTHER
    assert roles_of(desk, "k1-guard") == set()


@pytest.mark.req("DR-15", "KH-5-2")
def test_ending_a_role_ends_the_persons_session_at_its_next_request(desk: Desk) -> None:
    guard = desk.browser("k1-guard")
    assert guard.get(f"{desk.school}/").status_code == HTTPStatus.OK

    desk.browser("k1-head").post(
        f"{desk.school}/people/{desk.cast.ids['k1-guard']}/guard/ending", data={"successor": ""}
    )

    assert guard.get(f"{desk.school}/").status_code == HTTPStatus.SEE_OTHER, "to the sign-in page"


def test_a_stranger_cannot_take_over(desk: Desk) -> None:
    stranger = people.person("stranger")
    address = f"{desk.school}/people/{desk.cast.ids['k1-handler']}/handler/ending"

    answer = desk.browser("k1-head").post(address, data={"successor": str(stranger)})

    assert "請從清單中選取" in answer.text
    assert roles_of(desk, "k1-handler") == {"handler"}


def nonce(head: WebClient, school: str) -> str:
    """What the form carries so that it counts once."""
    field = head.get(f"{school}/devices/").text.split('name="nonce"')[1].split(">")[0]
    return str(field.split('value="')[1].split('"')[0])


def test_boxes_of_one_name_are_told_apart(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.device(desk.cast.k1)

    page = desk.browser("k1-head").get(f"{desk.school}/devices/").text

    assert f"邊緣主機（K1，{format_date(clock.today())}註冊）" in page


def test_a_site_with_one_living_box_is_not_called_withdrawn(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    old, _new = footage.device(desk.cast.k1), footage.device(desk.cast.k1)
    head = desk.browser("k1-head")

    head.post(f"{desk.school}/devices/{old}/revocation")

    assert "邊緣主機已撤銷" not in head.get(f"{desk.school}/cameras/").text


def test_a_code_is_shown_once_and_kept_only_as_a_hash(desk: Desk) -> None:
    head = desk.browser("k1-head")

    typed = {"site": str(desk.cast.k1.site_id), "nonce": nonce(head, desk.school)}
    page = head.post(f"{desk.school}/devices/tokens", data=typed)
    again = head.post(f"{desk.school}/devices/tokens", data=typed)

    assert again.status_code == HTTPStatus.SEE_OTHER, "reloading the page sends the form once more"
    assert "沒有再核發新的" in head.get(f"{desk.school}/devices/").text
    code = page.text.split("readonly>")[1].split("<")[0]
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    held = db.session.scalars(db.select(EnrolmentToken)).one()
    assert len(code) > 40
    command = page.text.split('id="command"')[1].split(">", 1)[1].split("<")[0]
    assert re.fullmatch(rf"sudo shouyuan-edge enrol --server https?://\S+ --token {re.escape(code)}", command)
    assert code not in held.token_hash
    assert code not in head.get(f"{desk.school}/devices/").text


@pytest.mark.req("DR-06", "DR-08")
def test_a_code_that_nobody_used_is_listed_without_itself_and_can_be_withdrawn(desk: Desk) -> None:
    head, handler = desk.browser("k1-head"), desk.browser("k1-handler")
    typed = {"site": str(desk.cast.k1.site_id), "nonce": nonce(head, desk.school)}
    code = head.post(f"{desk.school}/devices/tokens", data=typed).text.split("readonly>")[1].split("<")[0]
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    held = db.session.scalars(db.select(EnrolmentToken)).one()

    page = handler.get(f"{desk.school}/devices/").text
    listed = page.split('id="tokens"')[1].split("</section>")[0]
    assert "k1的head" in listed
    assert roc_minute(held.created_at) in listed
    assert roc_minute(held.expires_at) in listed
    assert code not in page
    assert held.token_hash not in page

    address = f"{desk.school}/devices/tokens/{held.id}/withdrawal"
    assert desk.browser("e1-head").post(address).status_code == HTTPStatus.NOT_FOUND
    assert desk.browser("k1-guard").post(address).status_code == HTTPStatus.FORBIDDEN
    assert handler.post(address).status_code == HTTPStatus.SEE_OTHER
    assert handler.post(address).status_code == HTTPStatus.SEE_OTHER, "once more changes nothing"

    assert 'id="tokens"' not in head.get(f"{desk.school}/devices/").text
    db.session.rollback()
    events = db.session.scalars(db.select(AuditEvent).where(AuditEvent.event == "device:token_withdrawn")).all()
    assert [(event.actor_name, event.subject_id) for event in events] == [("k1的handler", held.id)]


def test_the_code_for_a_first_box_is_asked_for_before_the_lesser_forms(desk: Desk) -> None:
    head = desk.browser("k1-head")
    page = head.get(f"{desk.school}/devices/").text
    assert page.index("核發註冊碼</h2>") < page.index("設定影像上傳方式</h2>")
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    footage.device(desk.cast.k1)
    page = head.get(f"{desk.school}/devices/").text
    assert page.index("設定影像上傳方式</h2>") < page.index("核發註冊碼</h2>")


def test_of_two_boxes_in_touch_at_one_site_the_earlier_is_asked_to_be_withdrawn_if_it_was_replaced(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    ids = [footage.device(desk.cast.k1) for _each in range(2)]
    old, new = (db.session.get_one(EdgeDevice, each) for each in ids)
    old.enrolled_at = new.enrolled_at - timedelta(days=400)
    old.last_seen_at = new.last_seen_at = clock.now()
    db.session.commit()
    head = desk.browser("k1-head")
    assert head.get(f"{desk.school}/devices/").text.count("請撤銷這一台") == 1
    head.post(f"{desk.school}/devices/{old.id}/revocation")
    assert "請撤銷這一台" not in head.get(f"{desk.school}/devices/").text


@pytest.mark.req("DR-08")
def test_no_code_for_another_institutions_site(desk: Desk) -> None:
    answer = desk.browser("k1-head").post(f"{desk.school}/devices/tokens", data={"site": str(desk.cast.e1.site_id)})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "請從清單中選取" in answer.text


def test_a_box_is_revoked_and_stays_on_the_list(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    device_id = footage.device(desk.cast.k1)
    head = desk.browser("k1-head")

    answer = head.post(f"{desk.school}/devices/{device_id}/revocation")

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert "已撤銷" in head.get(f"{desk.school}/devices/").text
    for path in ("/", "/cameras/"):
        assert "邊緣主機已撤銷" in head.get(desk.school + path).text, path
        assert "沒有回報" not in head.get(desk.school + path).text, path
    assert desk.browser("e1-head").post(f"{desk.school}/devices/{device_id}/revocation").status_code == 404


@pytest.mark.req("DR-06")
def test_a_box_that_was_copied_is_told_with_what_to_do_until_it_is_withdrawn(desk: Desk) -> None:
    device_id = footage.device(desk.cast.k1)
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    db.session.get_one(EdgeDevice, device_id).doubled_at = clock.now()
    db.session.commit()
    head = desk.browser("k1-head")
    page = head.get(f"{desk.school}/devices/").text
    assert "疑有兩台主機共用金鑰" in page
    assert "再以新的註冊碼註冊" in page
    head.post(f"{desk.school}/devices/{device_id}/revocation")
    assert "疑有兩台主機共用金鑰" not in head.get(f"{desk.school}/devices/").text
