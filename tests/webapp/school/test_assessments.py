"""Zones, cameras and the second look before a washroom, as a school enters and reads them (KH-3-1 to KH-3-6)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry import queries as registry
from tenants.registry.assessments import queries
from tenants.roc_dates import short_date
from tests.factories import assessments
from tests.webapp.desk import Desk

TODAY = clock.today()


def typed(desk: Desk, **changed: str) -> dict[str, str]:
    return {
        "site": str(desk.cast.k1.site_id),
        "zone": "front_gate",
        "place": "前門",
        "decision": "install",
        "need": "出入口安全",
        "reason": "人車進出頻繁",
        "assessor": "園長",
        "assessed_on": short_date(TODAY),
        **changed,
    }


def camera(desk: Desk, **changed: str) -> dict[str, str]:
    return {
        "site": str(desk.cast.k1.site_id),
        "code": "C-HALL",
        "name": "廁所入口前走廊",
        "zone": "washroom_entrance",
        **changed,
    }


def looked(**changed: str) -> dict[str, str]:
    return {
        "day": short_date(TODAY - timedelta(days=1)),
        "time": "09:00",
        "look": "on_site",
        "set_up_by": "安裝廠商",
        "seen": "走廊與門外一公尺",
        "finding": "clear",
        "signed": "y",
        **changed,
    }


@pytest.mark.req("KH-3-1", "KH-3-2")
def test_an_assessment_is_entered_and_a_camera_rests_on_it(desk: Desk) -> None:
    browser, page = desk.browser("k1-handler"), f"{desk.school}/assessments/"
    assert browser.get(page).text.count("待補評估<") == 2
    assert browser.post(page, data=typed(desk)).status_code == 303
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    (found,) = queries.assessments(tenant_id=desk.cast.k1.tenant_id)
    ids = {"camera": str(desk.cast.k1.cameras["C-GATE"]), "assessment": str(found.id)}
    assert browser.post(f"{page}links", data=ids).status_code == 303
    assert browser.get(page).text.count("待補評估<") == 1
    told = browser.post(f"{page}{found.id}/withdrawal", follow_redirects=True).text
    assert "仍以這筆評估為依據" in told


@pytest.mark.req("KH-3-6", "KH-3-3")
def test_a_forbidden_place_is_refused_with_the_article_and_the_attempt_stays(desk: Desk) -> None:
    browser, page = desk.browser("k1-head"), f"{desk.school}/assessments/"
    refused = browser.post(page, data=typed(desk, zone="indoor_other", place="廁所內"))
    assert (refused.status_code, "要點第三點" in refused.text) == (422, True)
    refused = browser.post(f"{page}cameras/", data=camera(desk, name="2F 女廁", zone="indoor_other"))
    assert (refused.status_code, "內不得設置鏡頭" in refused.text) == (422, True)
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert {each.typed for each in queries.attempts(tenant_id=desk.cast.k1.tenant_id)} == {"廁所內", "2F 女廁"}
    assert len(registry.cameras(tenant_id=desk.cast.k1.tenant_id)) == 2
    assert "2F 女廁" in browser.get(page).text


@pytest.mark.req("KH-3-3", "KH-3-1")
def test_what_lacks_is_told_at_once(desk: Desk) -> None:
    lacking = typed(desk, zone="outdoor_other", place="", need="", reason="", assessor="", assessed_on="")
    text = desk.browser("k1-head").post(f"{desk.school}/assessments/", data=lacking).text
    sentences = ("請寫明是什麼地方", "設置需求", "決定的理由", "請填寫評估人員", "請填寫評估日期")
    assert [words for words in sentences if words not in text] == []


@pytest.mark.req("KH-3-3")
def test_a_note_and_the_heads_word_follow(desk: Desk) -> None:
    browser, page = desk.browser("k1-head"), f"{desk.school}/assessments/"
    browser.post(page, data=typed(desk, zone="bedroom", place="小班寢室"))
    browser.post(page, data=typed(desk, zone="indoor_other", place="玄關"))
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    ids = {each.zone: each.id for each in queries.assessments(tenant_id=desk.cast.k1.tenant_id)}
    text = browser.get(page).text
    assert "待補隱私註記" in text
    assert "待首長確認" in text
    assert "首長確認</button>" not in desk.browser("k1-handler").get(page).text
    browser.post(f"{page}{ids['bedroom']}/privacy", data={"privacy_note": "床位區已遮罩"})
    browser.post(f"{page}{ids['indoor_other']}/confirmation")
    text = browser.get(page).text
    assert "待補隱私註記" not in text
    assert "待首長確認" not in text


@pytest.mark.req("KH-3-4")
def test_a_doubtful_name_before_a_washroom_is_warned_of_and_waits_for_a_second_person(desk: Desk) -> None:
    browser, page = desk.browser("k1-handler"), f"{desk.school}/assessments/cameras/"
    warned = browser.post(page, data=camera(desk, name="男廁內"))
    assert (warned.status_code, "由第二人檢視" in warned.text) == (422, True)
    assert browser.post(page, data=camera(desk, name="男廁內", reviewed="y")).status_code == 303
    assert "待查看：尚未由第二人查看" in browser.get(f"{desk.school}/assessments/").text
    assert "尚未由第二人查看" in browser.get(f"{desk.school}/").text


@pytest.mark.req("KH-3-4")
def test_a_second_person_signs_what_they_saw_and_who_mounted_it_does_not(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    page = f"{desk.school}/assessments/entrances/{assessments.before_washroom(desk.cast.k1)}/"
    browser = desk.browser("k1-staff")
    assert "目前不能播放" in browser.get(page).text
    refused = browser.post(page, data=looked(set_up_by="k1的staff"))
    assert (refused.status_code, "不能自己複核" in refused.text) == (422, True)
    unsigned = browser.post(page, data={key: value for key, value in looked().items() if key != "signed"})
    assert (unsigned.status_code, "請勾選聲明" in unsigned.text) == (422, True)
    assert browser.post(page, data=looked()).status_code == 303
    text = browser.get(page).text
    assert "已由第二人查看，未攝入內部" in text
    assert "<img" not in text
    assert "<video" not in text
    assert browser.post(f"{page}leave", data={"reason": "x"}).status_code == 403


@pytest.mark.req("KH-3-4")
def test_the_head_lets_it_be_played_with_a_reason(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    page = f"{desk.school}/assessments/entrances/{assessments.before_washroom(desk.cast.k1)}/"
    browser = desk.browser("k1-head")
    assert "請填寫核可播放的理由" in browser.post(f"{page}leave", data={"reason": " "}, follow_redirects=True).text
    assert "首長已核可播放" in browser.post(f"{page}leave", data={"reason": "案號 12"}, follow_redirects=True).text


@pytest.mark.req("KH-3-4")
def test_a_camera_elsewhere_has_no_such_page(desk: Desk) -> None:
    there = f"{desk.school}/assessments/entrances/{desk.cast.k1.cameras['C-GATE']}/"
    assert desk.browser("k1-head").get(there).status_code == 404


@pytest.mark.req("TY-X-1")
def test_where_the_regulation_names_no_zones_the_list_is_advice(desk: Desk) -> None:
    text = desk.browser("e1-head").get(f"/schools/{desk.cast.e1.tenant_id}/assessments/").text
    assert "未列設置區域，以下清單是建議" in text
    assert "要點第三點" not in text
