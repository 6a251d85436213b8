"""From the code in a leaked picture to its viewing session, on the pages, and what a suspect sees of it: nothing."""

from uuid import UUID

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.picture_codes import codes_of
from tenants.misuse import actions
from tenants.misuse.models import MisuseCase
from tenants.permissions import Role
from tenants.retention import queries as retention
from tenants.retention.rules import CameraWindow
from tenants.roc_dates import short_date
from tests.factories import misuse, people, reviews, rights, viewings
from tests.factories import retention as holds
from tests.webapp.desk import START, Desk
from tests.webapp.school.test_misuse import reported

pytestmark = pytest.mark.req("KH-5-1c", "TY-4-1b", "DR-13")
ASKED = {"code": "V7K3M2", "reason": "家長群組出現翻拍照片"}


@pytest.fixture
def viewing_id(desk: Desk) -> UUID:
    """K1's handler showed an officer the footage; k1-staff accompanied."""
    disclosure_id = desk.filed()
    assert desk.decide(disclosure_id, copy="", reasons="僅到場調閱").status_code == 303
    (window,) = desk.windows(disclosure_id)
    return viewings.viewing(
        desk.cast.k1,
        disclosure_id=disclosure_id,
        window_id=window.id,
        operator_id=desk.cast.ids["k1-handler"],
        companion_id=desk.cast.ids["k1-staff"],
    )


def frozen(desk: Desk, suspect: str, *, login: str = "k1-head") -> str:
    """The address of a case with its footage, that suspects somebody."""
    footage = {"camera": str(desk.cast.k1.cameras["C-GATE"]), "day": short_date(START), "from_time": "00:00"}
    return reported(desk, login=login, suspects=[str(desk.cast.ids[suspect])], until_time="00:01", **footage)


def test_a_code_is_typed_in_from_a_case_and_the_session_linked_to_it(desk: Desk, viewing_id: UUID) -> None:
    head, page = desk.browser("k1-head"), reported(desk)
    misuse_id = page.rsplit("/", 1)[-1]
    assert f"/misuse/traces/?misuse={misuse_id}" in head.get(page).text
    found = head.post(f"{desk.school}/misuse/traces/", data=ASKED | {"misuse": misuse_id}).text
    for part in ("找到 1 場調閱", "偵查佐 陳志明", "k1的staff", "k1的handler", "C-GATE", "V7K3M2", "連結至 查處-"):
        assert part in found
    done = head.post(f"{page}/viewings", data={"viewing": str(viewing_id)}, follow_redirects=True).text
    assert "已連結調閱場次" in done
    assert "場次 S9F2QX" in done
    again = head.post(f"{desk.school}/misuse/traces/", data=ASKED | {"misuse": misuse_id}).text
    assert "已連結至本案" in again


def test_a_review_of_a_finished_copy_is_found_by_its_code_and_reported_from_there(desk: Desk) -> None:
    disclosure_id = desk.filed()
    assert desk.decide(disclosure_id).status_code == 303
    handler = people.acting(desk.cast.ids["k1-handler"], Role.HANDLER)
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    link = reviews.review(handler, disclosure_id=disclosure_id)
    _viewer, code = codes_of(link.seq, link.hash())
    head = desk.browser("k1-head")
    found = head.post(f"{desk.school}/misuse/traces/", data=ASKED | {"code": code}).text
    for part in ("找到 1 次開啟影像", "k1的handler", "播放影像", f"{code}（稽核軌跡第 {link.seq} 號）"):
        assert part in found
    assert f"case={disclosure_id}" in found


def test_from_a_session_that_was_found_a_case_is_reported(desk: Desk, viewing_id: UUID) -> None:
    head = desk.browser("k1-head")
    found = head.post(f"{desk.school}/misuse/traces/", data=ASKED).text
    assert f"viewing={viewing_id}" in found
    page = reported(desk, viewing=str(viewing_id))
    assert "場次 S9F2QX" in head.get(page).text


@pytest.mark.req("DR-28")
def test_a_copy_under_the_statute_leads_to_who_received_it_and_is_reported_from_there(desk: Desk) -> None:
    of, handler_id = desk.cast.k1, desk.cast.ids["k1-handler"]
    handler = people.acting(handler_id, Role.HANDLER)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    rights_id = rights.request(of, entered_by=handler_id)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    link = rights.taken(handler, rights_id=rights_id, medium_serial="USB-7")
    _viewer, code = codes_of(link.seq, link.hash())
    head = desk.browser("k1-head")
    found = head.post(f"{desk.school}/misuse/traces/", data=ASKED | {"code": code}).text
    for part in ("交給請求人的遮蔽複製本", "請求人　林小惠", "USB-7", "尚未讀回", "製作複製本的人員", "k1的handler"):
        assert part in found, part
    assert found.index("林小惠") < found.index("k1的handler</dd>"), "who has the copy comes before who made it"
    assert f"rights={rights_id}" in found
    assert "外流的畫面出自 個資-115-" in head.get(f"{desk.school}/misuse/new?rights={rights_id}").text


def test_the_answer_is_where_the_page_opens_and_says_what_carries_no_code(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), f"{desk.school}/misuse/traces/"
    assert f'action="{page}#found"' in head.get(page).text
    assert "以公文交付機關的影像" in head.get(page).text
    unknown = head.post(page, data=ASKED).text
    assert 'id="found" tabindex="-1"' in unknown
    assert unknown.count("以公文交付機關的影像") == 2


def test_what_is_no_code_and_an_unknown_one_are_told_apart(desk: Desk) -> None:
    head, page = desk.browser("k1-head"), f"{desk.school}/misuse/traces/"
    answer = head.post(page, data={"code": "115-0001", "reason": ""})
    assert answer.status_code == 422
    assert "V 或 S 開頭" in answer.text
    assert "R 開頭" in answer.text
    assert "請填寫追查的事由" in answer.text
    assert "沒有這組代碼的調閱" in head.post(page, data=ASKED).text
    assert desk.browser("k1-guard").get(page).status_code == 403


def test_whom_a_case_suspects_links_nothing_and_asks_nothing_for_it(desk: Desk, viewing_id: UUID) -> None:
    page = reported(desk, suspects=[str(desk.cast.ids["k1-handler"])])
    handler, misuse_id = desk.browser("k1-handler"), page.rsplit("/", 1)[-1]
    assert handler.post(f"{page}/viewings", data={"viewing": str(viewing_id)}).status_code == 404
    assert handler.post(f"{page}/suspects", data={}).status_code == 404
    assert handler.get(f"{desk.school}/misuse/traces/?misuse={misuse_id}").status_code == 404
    assert handler.post(f"{desk.school}/misuse/traces/", data=ASKED | {"misuse": misuse_id}).status_code == 404


def test_a_suspect_reads_neither_number_nor_hold_nor_search_anywhere_and_the_head_reads_all(
    desk: Desk, viewing_id: UUID
) -> None:
    page, handler, head = frozen(desk, "k1-handler"), desk.browser("k1-handler"), desk.browser("k1-head")
    assert viewing_id
    head.post(f"{desk.school}/misuse/traces/", data=ASKED | {"misuse": page.rsplit("/", 1)[-1]})
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    made = db.session.scalars(db.select(MisuseCase)).one()
    hold = f"{desk.school}/retention/holds/{made.hold_id}"
    for shown in (f"{desk.school}/audit/", f"{desk.school}/retention", f"{desk.school}/", f"{desk.school}/misuse/"):
        text = handler.get(shown).text
        for secret in ("查處-", str(made.id), str(made.hold_id), "追查調閱場次", "登記不當使用或洩密</td>"):
            assert secret not in text, f"{shown} tells {secret}"
    for address in (hold, f"{hold}/custody"):
        assert handler.get(address).status_code == 404, address
    trail = head.get(f"{desk.school}/audit/").text
    for part in (made.serial, str(made.hold_id), "以畫面上的代碼追查調閱場次"):
        assert part in trail
    assert {head.get(address).status_code for address in (hold, f"{hold}/custody")} == {200}
    assert str(made.hold_id) in head.get(f"{desk.school}/retention").text


def test_of_an_urgent_hold_that_became_the_cases_a_suspect_reads_no_slip(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    hold_id = holds.urgent(desk.cast.k1)
    (kept,) = retention.windows(tenant_id=desk.cast.k1.tenant_id, hold_id=hold_id)
    slip, handler = f"{desk.school}/urgent/{hold_id}", desk.browser("k1-handler")
    assert handler.get(slip).status_code == 200, "before there is a case"
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    suspected = misuse.report(
        windows=(CameraWindow(camera_id=kept.camera_id, started_at=kept.started_at, ended_at=kept.ended_at),),
        suspects=(desk.cast.ids["k1-handler"],),
    )
    head = people.acting(desk.cast.ids["k1-head"], Role.HEAD)
    actions.report(actor=head, tenant_id=desk.cast.k1.tenant_id, said=suspected)
    db.session.commit()
    assert (handler.get(slip).status_code, desk.browser("k1-head").get(slip).status_code) == (404, 200)


def test_a_suspected_head_neither_extends_nor_ends_the_hold(desk: Desk) -> None:
    second = people.person("k1-second", name="第二承辦")
    people.membership(second, Role.HANDLER, tenant_id=desk.cast.k1.tenant_id)
    frozen(desk, "k1-head", login="k1-second")
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    made = db.session.scalars(db.select(MisuseCase)).one()
    hold, head = f"{desk.school}/retention/holds/{made.hold_id}", desk.browser("k1-head")
    for step in ("extension", "end"):
        assert head.post(f"{hold}/{step}", data={"reason": "不再需要"}).status_code == 404


def test_more_suspects_are_named_on_the_page_once_they_are_known(desk: Desk) -> None:
    page, head, handler = reported(desk), desk.browser("k1-head"), desk.browser("k1-handler")
    assert handler.get(page).status_code == 200
    empty = head.post(f"{page}/suspects", data={})
    assert (empty.status_code, "請勾選涉嫌人員。" in empty.text) == (422, True)
    done = head.post(f"{page}/suspects", data={"suspects": [str(desk.cast.ids["k1-handler"])]}, follow_redirects=True)
    assert "k1的handler（看不到本案）" in done.text
    assert handler.get(page).status_code == 404
