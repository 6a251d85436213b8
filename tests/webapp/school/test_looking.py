"""審查時檢視影像 on its pages: the head allows it, somebody types a PIN, and so long the film is there (DR-28)."""

from uuid import UUID

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.errors import NotAllowed
from tenants.permissions import Role
from tenants.rights import looking
from tenants.rights.models import RightsRequest
from tests.factories import people, rights
from tests.webapp.desk import Desk
from tests.webapp.school.test_rights import entered, requested

pytestmark = pytest.mark.req("DR-28", "KH-7-1", "TY-5-4a")


@pytest.fixture
def page(desk: Desk) -> str:
    """A request for a copy that waits for its review, with its footage preserved."""
    address = requested(desk)
    rights.footage(desk.cast.k1, rights_id=row(desk, address).id)
    return address


def row(desk: Desk, page: str) -> RightsRequest:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return db.session.get_one(RightsRequest, UUID(page.rsplit("/", 1)[-1]))


def said(desk: Desk, **changes: str) -> dict[str, str]:
    return {"companion": str(desk.cast.ids["k1-staff"]), "pin": people.PIN} | changes


def allowed(desk: Desk, page: str) -> None:
    assert desk.browser("k1-head").post(f"{page}/look/permission").status_code == 303


def test_the_head_allows_a_look_and_the_handler_is_led_to_it(desk: Desk, page: str) -> None:
    handler, head = desk.browser("k1-handler"), desk.browser("k1-head")
    assert "首長尚未同意" in handler.get(page).text
    assert handler.get(f"{page}/look/").status_code == 404, "nobody allowed it"
    assert "同意檢視影像" in head.get(page).text
    allowed(desk, page)
    assert f'href="{page}/look/"' in handler.get(page).text
    shown = head.get(page).text
    assert ("首長已同意" in shown, f'href="{page}/look/"' in shown) == (True, False)
    assert "已經同意檢視影像" in head.post(f"{page}/look/permission", follow_redirects=True).text


def test_the_film_is_there_while_somebody_is(desk: Desk, page: str) -> None:
    allowed(desk, page)
    handler = desk.browser("k1-handler")
    alone = handler.get(f"{page}/look/?take=1").text
    assert ("沒有人陪同" in alone, "index.m3u8" in alone) == (True, False)
    people.pin(desk.cast.ids["k1-staff"])
    assert "已確認在場" in handler.post(f"{page}/look/", data=said(desk), follow_redirects=True).text
    beside = handler.get(f"{page}/look/").text
    assert ("有人陪同" in beside, "index.m3u8" in beside) == (True, False), "nothing plays before it is asked for"
    assert f"/rights/{row(desk, page).id}/1/index.m3u8" in handler.get(f"{page}/look/?take=1").text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"companion": ""}, "請選取一起檢視的人員"),
        ({"pin": ""}, "請該人員輸入自己的 PIN"),
        ({"pin": "000000"}, "PIN 不正確"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(desk: Desk, page: str, changes: dict[str, str], sentence: str) -> None:
    allowed(desk, page)
    people.pin(desk.cast.ids["k1-staff"])
    answer = desk.browser("k1-handler").post(f"{page}/look/", data=said(desk, **changes))
    assert (answer.status_code, sentence in answer.text) == (422, True)


@pytest.mark.req("KH-4-2", "DR-08")
def test_the_head_has_no_such_page_and_the_handler_no_such_button(desk: Desk, page: str) -> None:
    assert desk.browser("k1-handler").post(f"{page}/look/permission").status_code == 403
    allowed(desk, page)
    assert desk.browser("k1-head").get(f"{page}/look/").status_code == 403
    assert desk.browser("k1-head").post(f"{page}/look/", data=said(desk)).status_code == 403


def test_after_the_decision_and_for_a_request_without_footage_there_is_no_look(desk: Desk, page: str) -> None:
    handler, head = desk.browser("k1-handler"), desk.browser("k1-head")
    words = entered(desk)
    assert "審查時檢視影像" not in handler.get(words).text
    assert "才需要在審查時檢視" in head.post(f"{words}/look/permission", follow_redirects=True).text
    allowed(desk, page)
    handler.post(f"{page}/review", data={"note": "符合第十條", "third_parties": "y", "masking": "遮蔽他童"})
    head.post(f"{page}/answer", data={"answer": "granted", "refusal_ground": "", "reasons": ""})
    assert handler.get(f"{page}/look/").status_code == 404
    assert "審查時檢視影像" not in handler.get(page).text


@pytest.mark.req("KH-4-2")
def test_the_handler_asks_and_the_head_finds_it_on_their_list(desk: Desk, page: str) -> None:
    handler, head = desk.browser("k1-handler"), desk.browser("k1-head")
    home = f"{desk.school}/"
    assert "請求檢視影像，請決定是否同意" not in head.get(home).text
    assert "請首長同意檢視影像" in handler.get(page).text
    assert "請首長同意檢視影像" not in head.get(page).text
    assert head.post(f"{page}/look/request").status_code == 403
    assert "已請首長同意檢視影像" in handler.post(f"{page}/look/request", follow_redirects=True).text
    assert "等待首長同意" in handler.get(page).text
    assert "已經請首長同意" in handler.post(f"{page}/look/request", follow_redirects=True).text
    assert "請求檢視影像，請決定是否同意" in head.get(home).text
    assert "承辦人請求檢視" in head.get(page).text
    allowed(desk, page)
    assert "請求檢視影像，請決定是否同意" not in head.get(home).text


def test_who_is_beside_is_named_and_a_stop_takes_the_picture_away(desk: Desk, page: str) -> None:
    allowed(desk, page)
    people.pin(desk.cast.ids["k1-staff"])
    handler = desk.browser("k1-handler")
    assert "停止</button>" not in handler.get(f"{page}/look/").text
    handler.post(f"{page}/look/", data=said(desk))
    beside = handler.get(f"{page}/look/?take=1").text
    assert ("k1的staff，到" in beside, "停止</button>" in beside) == (True, True)
    assert "已停止檢視影像" in handler.post(f"{page}/look/stop", follow_redirects=True).text
    alone = handler.get(f"{page}/look/?take=1").text
    assert ("沒有人陪同" in alone, "index.m3u8" in alone) == (True, False)
    with pytest.raises(NotAllowed):
        looking.check_accompanied(row(desk, page), people.acting(desk.cast.ids["k1-handler"], Role.HANDLER))
    handler.post(f"{page}/look/", data=said(desk))
    assert "有人陪同" in handler.get(f"{page}/look/").text
