"""A camera's four functions and its calibrations, as a school enters and reads them."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.manifest import microseconds
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tenants.footage.models import CameraStatus
from tenants.roc_dates import short_date
from tests.factories import footage, upkeep
from tests.factories.registry import Institution
from tests.webapp.desk import Desk

ALL_MET = dict.fromkeys(("color_clear", "full_angle", "accurate_time", "audio"), "met")


def fast(of: Institution) -> None:
    """The clock of the institution's first camera is 75 seconds ahead, as its box says."""
    bind(db.session, Binding(tenant_id=of.tenant_id))
    camera = next(iter(of.cameras))
    footage.status(of, camera=camera)
    held = db.session.get_one(CameraStatus, (of.tenant_id, of.cameras[camera]))
    held.clock = {"offset_ms": -75_000, "bound_ms": 600, "read_us": microseconds(clock.now())}
    db.session.commit()


def camera(desk: Desk) -> str:
    return f"{desk.school}/cameras/{desk.cast.k1.cameras['C-GATE']}"


def typed(desk: Desk, **changed: str) -> dict[str, str]:
    return {
        "camera": str(desk.cast.k1.cameras["C-GATE"]),
        "day": short_date(clock.today() - timedelta(days=1)),
        "time": "09:00",
        "time_source": "邊緣主機",
        "before": "＋42",
        "after": "0.1",
        "view": "same",
        **changed,
    }


@pytest.mark.req("KH-3-7")
def test_what_lacks_is_something_to_improve_and_no_breach(desk: Desk) -> None:
    browser = desk.browser("k1-head")
    assert "尚未評估" in browser.get(camera(desk)).text
    said = ALL_MET | {"audio": "unmet", "audio_remark": "下學期增購收音設備"}
    assert browser.post(f"{camera(desk)}/functions/", data=said).status_code == 303
    section = browser.get(camera(desk)).text.split('id="functions"')[1].split("</section>")[0]
    assert "建議改善 1 項" in section
    assert not [state for state in ('sy-bad"', 'sy-warn"') if state in section]
    assert "改善建議，不是違規" in section
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    names = [event.event for event in audit.latest(tenant_id=desk.cast.k1.tenant_id)]
    assert "camera:functions_reviewed" in names


@pytest.mark.req("KH-3-7")
def test_a_function_that_lacks_wants_a_word_and_what_was_chosen_stays(desk: Desk) -> None:
    answer = desk.browser("k1-head").post(f"{camera(desk)}/functions/", data=ALL_MET | {"audio": "unmet"})
    assert answer.status_code == 422
    assert "請寫明這一項未符合的情形" in answer.text
    assert 'name="audio" value="unmet" checked' in answer.text


@pytest.mark.req("KH-3-7")
def test_what_is_said_of_one_function_is_kept_apart_from_the_others(desk: Desk) -> None:
    browser, address = desk.browser("k1-head"), f"{camera(desk)}/functions/"
    said = {"audio": "unmet", "audio_remark": "下學期增購", "full_angle": "unmet", "full_angle_remark": "樓梯下有死角"}
    assert browser.post(address, data=ALL_MET | said).status_code == 303
    form = browser.get(address).text
    for words, of in (("下學期增購", "audio"), ("樓梯下有死角", "full_angle")):
        assert words in form.split(f'name="{of}_remark"')[1].split("</textarea>")[0]

    mended = ALL_MET | {"audio": "unmet", "audio_remark": "已請購", "full_angle_remark": "已加裝"}
    assert browser.post(address, data=mended).status_code == 303
    section = browser.get(camera(desk)).text.split('id="functions"')[1].split("</section>")[0]
    assert ("已請購" in section, "已加裝" in section, "下學期增購" in section) == (True, True, False)
    assert "建議改善 1 項" in section


@pytest.mark.req("KH-3-7")
def test_a_regulation_that_is_silent_has_no_such_page(desk: Desk) -> None:
    there = f"/schools/{desk.cast.e1.tenant_id}/cameras/{desk.cast.e1.cameras['E-GATE']}"
    browser = desk.browser("e1-head")
    assert 'id="functions"' not in browser.get(there).text
    assert browser.get(f"{there}/functions/").status_code == 404


@pytest.mark.req("KH-8-1c")
def test_a_calibration_is_kept_with_both_offsets_and_its_next_day(desk: Desk) -> None:
    browser = desk.browser("k1-head")
    assert browser.post(f"{desk.school}/calibrations/", data=typed(desk)).status_code == 303
    page = browser.get(f"{desk.school}/calibrations/").text
    assert "在校正期限內" in page
    assert "快 42.0 秒 → 快 0.1 秒" in page.replace("<br>", "")
    history = browser.get(f"{desk.school}/calibrations/{desk.cast.k1.cameras['C-GATE']}").text
    assert "邊緣主機" in history
    assert "與基準畫面相同" in history


@pytest.mark.req("KH-8-1c")
def test_a_calibration_that_left_the_clock_wrong_is_not_green(desk: Desk) -> None:
    browser = desk.browser("k1-head")
    told = browser.post(f"{desk.school}/calibrations/", data=typed(desk, after="95"), follow_redirects=True).text
    assert "仍差 30 秒以上" in told
    assert "在校正期限內" not in told
    assert "登記校正" in browser.get(f"{desk.school}/calibrations/{desk.cast.k1.cameras['C-GATE']}").text


@pytest.mark.req("KH-8-1c")
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"after": ""}, "請填校正後的誤差秒數"),
        ({"after": "nan"}, "請填秒數"),
        ({"before": "1e9"}, "請填秒數"),
        ({"day": "116/12/31"}, "校正時間還沒有到"),
        ({"camera": "6f1e1f0e-0000-4000-8000-000000000000"}, "請從清單中選取"),
    ],
    ids=["no value after", "not a number", "an exponent", "in the future", "a camera of somebody else"],
)
def test_a_calibration_that_lacks_something_is_refused_beside_its_field(
    desk: Desk, changed: dict[str, str], words: str
) -> None:
    answer = desk.browser("k1-head").post(f"{desk.school}/calibrations/", data=typed(desk, **changed))
    assert (answer.status_code, words in answer.text) == (422, True)
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert "camera:calibrated" not in [event.event for event in audit.latest(tenant_id=desk.cast.k1.tenant_id)]


@pytest.mark.req("KH-8-1c")
def test_all_that_lacks_is_told_at_once(desk: Desk) -> None:
    text = desk.browser("k1-head").post(f"{desk.school}/calibrations/", data={}).text
    sentences = ("請從清單中選取", "請填寫校正日期", "請填寫校正時間", "請填對時來源", "校正前的誤差", "校正後的誤差")
    assert [words for words in sentences if words not in text] == []


@pytest.mark.req("KH-8-1c", "KH-3-10")
def test_a_wrong_clock_that_was_never_calibrated_is_on_the_first_page(desk: Desk) -> None:
    fast(desk.cast.k1)
    home = desk.browser("k1-head").get(f"{desk.school}/").text
    assert "時間不準且逾期未校正" in home
    assert "要點第八點第一款" in home
    assert "逾期未校正，且時間不準" in desk.browser("k1-head").get(f"{desk.school}/calibrations/").text


@pytest.mark.req("KH-8-1c")
def test_a_day_that_has_passed_is_on_the_first_page(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    past = clock.now() - timedelta(days=200)
    upkeep.calibration(desk.cast.k1, recorded_by=desk.cast.ids["k1-head"], at=past)
    assert "該校正的鏡頭：" in desk.browser("k1-head").get(f"{desk.school}/").text


@pytest.mark.req("TY-X-1")
def test_where_the_regulation_asks_for_no_calibration_nothing_is_late(desk: Desk) -> None:
    fast(desk.cast.e1)
    school = f"/schools/{desk.cast.e1.tenant_id}"
    browser = desk.browser("e1-head")
    assert "該校正" not in browser.get(f"{school}/").text
    page = browser.get(f"{school}/calibrations/").text
    assert "本規定未要求校正" in page
    assert "逾期" not in page
