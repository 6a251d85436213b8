"""Each step refuses what is wrong beside its field, keeps what was typed, and believes nothing that was not offered."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.models import Camera
from tenants.roc_dates import short_date
from tests.factories.registry import attached_preschool
from tests.made_identity_numbers import made
from tests.webapp.public.applying.conftest import Door, gate
from tests.webapp.visitor import BICYCLE, START, WHO, Visitor, what, where


@pytest.mark.req("KH-A1-02", "KH-A1-05", "KH-A1-06", "KH-A1-07", "KH-6-2b")
@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "   "}, "name"),
        ({"name": "王" * 300}, "name"),
        ({"phone": "1234"}, "phone"),
        ({"phone": "not a number"}, "phone"),
        ({"relation": "其他"}, "relation_other"),
        ({"relation": "本人"}, "relation"),
        ({"relation": "鄰居"}, "relation"),
        ({"child_name": ""}, "child_name"),
        ({"child_class": ""}, "child_class"),
        ({"applicant_class": "journalist"}, "applicant_class"),
        ({"applicant_class": "teacher", "relation": "教職員", "unit": ""}, "unit"),
    ],
)
def test_who_one_is_must_go_together(parent: Visitor, changes: dict[str, str], field: str) -> None:
    parent.prove()
    answer = parent.post("/form/who", WHO | changes)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text or f'href="#{field}"' in answer.text
    assert parent.visits()[0].answers == {}


@pytest.mark.req("KH-A1-07", "TY-A1-08")
def test_a_parent_need_not_know_the_word_for_unit(parent: Visitor) -> None:
    case = parent.filed()
    assert (case.unit, case.title) == ("兔兔班家長", "家長")


@pytest.mark.req("TY-5-1a")
def test_a_pupil_alone_is_sent_to_the_guardian(door: Door) -> None:
    pupil = door("E1")
    pupil.prove()
    answer = pupil.post("/form/who", WHO | {"applicant_class": "pupil", "relation": "本人"})
    assert answer.status_code == 422
    assert "請由監護人或法定代理人提出申請" in answer.text


@pytest.mark.req("KH-6-2e", "KH-A1-11", "KH-A1-09", "DR-21")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"reason": ""}, "請說明發生了什麼事"),
        ({"reason": "。。。"}, "請具體敘明事由"),
        ({"reason": "王" * 3001}, "事由至多3000字"),
        ({"ground": ""}, "請從清單中選取事由"),
        ({"ground": "curiosity"}, "請從清單中選取事由"),
        ({"from_day": "2026/11/18"}, "請輸入民國年"),
        ({"from_day": "115/2/29"}, "115/2/29"),
        ({"from_time": "25:00"}, "時間應在 00:00 至 24:00 之間"),
        ({"until_time": ""}, "請填寫大約的結束時間"),
        ({"from_day": ""}, "請填寫發生日期"),
    ],
)
def test_what_happened_is_said_concretely(proved: Visitor, changes: dict[str, str], sentence: str) -> None:
    answer = proved.post("/form/what", what(**changes))
    assert answer.status_code == 422
    assert sentence in answer.text
    kept = changes.get("reason") or changes.get("from_day") or ""
    assert kept in answer.text, "the page keeps what was typed"


@pytest.mark.req("KH-6-2c6", "TY-5-1b", "TY-A1-12")
def test_grounds_are_those_of_the_regulation_and_of_no_other(parent: Visitor, door: Door) -> None:
    school = door("E1")
    school.prove()
    school.post("/form/who", WHO)
    page = school.get("/form/what").text
    assert "涉及個人權益維護必要之事項" in page
    assert "性別事件" not in page
    refused = school.post("/form/what", {"ground": "gender_incident", "reason": what()["reason"]})
    assert refused.status_code == 422
    assert "請從清單中選取事由" in refused.text
    assert school.post("/form/what", BICYCLE).location == "/apply/E1/form/where"

    parent.prove()
    parent.post("/form/who", WHO)
    page = parent.get("/form/what").text
    for ground in ("疑似不當對待事件", "性別事件", "職場霸凌事件", "執行職務遭受不法侵害事件", "意外事故"):
        assert ground in page


@pytest.mark.req("KH-6-2f", "KH-6-3a", "KH-A1-08", "KH-A1-10")
def test_windows_lie_in_the_incident_in_the_past_and_at_own_places(proved: Visitor) -> None:
    assert proved.post("/form/what", what()).location == "/apply/K1/form/where"
    tomorrow = clock.now() + timedelta(days=1)
    foreign = proved.cast.e1.cameras["E-GATE"]
    for answers, sentence in (
        (where(foreign), "鏡頭不屬於這個機構"),
        (where("not an id"), "鏡頭不屬於這個機構"),
        (where(gate(proved), START, START), "結束時間必須晚於開始時間"),
        (where(gate(proved), tomorrow, tomorrow + timedelta(minutes=5)), "調閱時段尚未開始"),
        (where(gate(proved), START - timedelta(hours=1)), "調閱時段超出事件發生期間"),
    ):
        answer = proved.post("/form/where", answers)
        assert answer.status_code == 422, sentence
        assert sentence in answer.text
    assert proved.visits()[0].answers.keys() == {"who", "what"}


@pytest.mark.req("KH-A1-08")
def test_a_place_that_had_no_camera_then_is_refused(proved: Visitor) -> None:
    bind(db.session, Binding(tenant_id=proved.tenant_id))
    db.session.get_one(Camera, gate(proved)).active_from = clock.today() + timedelta(days=1)
    db.session.commit()
    proved.post("/form/what", what())
    answer = proved.post("/form/where", where(gate(proved)))
    assert answer.status_code == 422
    assert "當時沒有錄影" in answer.text


def test_the_incident_stands_ready_as_the_window(proved: Visitor) -> None:
    proved.post("/form/what", what())
    page = proved.get("/form/where").text
    assert f'value="{short_date(clock.civil_day(START))}"' in page


def test_a_second_window_is_added_without_losing_the_first(proved: Visitor) -> None:
    proved.post("/form/what", what())
    page = proved.post("/form/where", where(gate(proved)) | {"add_window": "windows"})
    assert page.status_code == 200
    assert 'name="windows-1-from_day"' in page.text
    assert f'value="{gate(proved)}" checked' in page.text


def test_a_window_too_many_is_taken_away_again(proved: Visitor) -> None:
    proved.post("/form/what", what())
    both = where(gate(proved)) | {
        name.replace("windows-0", "windows-1"): value for name, value in where(gate(proved)).items()
    }
    page = proved.post("/form/where", both | {"drop_window": "windows-1"})
    assert 'name="windows-1-from_day"' not in page.text
    assert f'value="{gate(proved)}" checked' in page.text


def test_no_step_can_be_skipped(proved: Visitor) -> None:
    for path in ("/form/where", "/form/check", "/form/identity"):
        assert proved.get(path).location == "/apply/K1/form/what", path
    assert proved.post("/form/identity", {"kind": "card", "number": made()}).location == "/apply/K1/form/what"
    assert proved.cases() == []


@pytest.mark.req("KH-A1-17", "TY-A1-17")
def test_note_1_is_shown_in_full_and_nothing_goes_on_without_it(proved: Visitor) -> None:
    proved.post("/form/what", what())
    proved.post("/form/where", where(gate(proved)))
    page = proved.get("/form/check").text
    assert "1.影像資料僅供申請目的之使用，不得另行複製傳閱散佈播放，並應遵守「個人資料保護法」之規定" in page
    assert "由申請人自行負責。" in page

    answer = proved.post("/form/check", {})

    assert answer.status_code == 422
    assert "請先閱讀並同意影像使用的規定" in answer.text
    assert proved.get("/form/identity").location == "/apply/K1/form/check"


@pytest.mark.req("KH-A1-17")
def test_the_version_that_was_acknowledged_is_kept(parent: Visitor) -> None:
    assert parent.filed().acknowledged == "KH_ANNEX1 1 note 1"


@pytest.mark.req("KH-6-2c3")
def test_a_caution_is_confirmed_before_going_on(parent: Visitor) -> None:
    answer = parent.fill_in(what={"ground": "workplace_bullying"})
    assert answer.status_code == 303
    parent.post("/form/what", what(ground="unlawful_harm_on_duty"))

    assert parent.get("/form/identity").location == "/apply/K1/form/check", "what was confirmed was another thing"
    assert "通常由教職員提出" in parent.get("/form/check").text
    refused = parent.post("/form/check", {"acknowledged": "y"})
    assert refused.status_code == 422
    assert "請確認上述事項後再繼續" in refused.text


@pytest.mark.req("KH-A1-04", "TY-A1-05", "DR-22")
def test_an_identity_number_is_checked_and_never_shown_again(parent: Visitor) -> None:
    parent.fill_in()
    good = made()
    bad = good[:-1] + str((int(good[-1]) + 1) % 10)
    for typed in (bad, good[:-1], "", "<b>"):
        answer = parent.send(number=typed)
        assert answer.status_code == 422, typed
        assert 'id="number-error"' in answer.text
        assert not typed or f'value="{typed}"' not in answer.text
        assert good[:9] not in answer.text
    assert parent.cases() == []

    receipt = parent.send(number=" " + good.lower())
    page = parent.get(receipt.location.removeprefix("/apply/K1")).text

    assert good not in page
    assert good not in receipt.location
    assert parent.cases()[0].id_masked in page
    assert good not in str(parent.visits()[0].answers)


@pytest.mark.req("KH-A1-04")
def test_a_passport_needs_its_country_and_a_card_number_is_asked_about(parent: Visitor) -> None:
    parent.fill_in()
    assert 'id="country-error"' in parent.send(kind="passport", number="TK1234567").text
    asked = parent.send(kind="passport", number=made(), country="日本")
    assert asked.status_code == 422
    assert 'name="really"' in asked.text
    assert parent.send(kind="passport", number="TK1234567", country="日本").status_code == 303
    assert parent.cases()[0].id_kind == "passport"


@pytest.mark.req("DR-11")
def test_a_school_with_a_preschool_asks_for_which_and_goes_by_its_words(door: Door) -> None:
    school = door("E1")
    attached_id = str(attached_preschool(school.cast.e1)[0])
    school.prove()
    assert 'id="site"' in school.post("/form/who", WHO).text, "no site was chosen"

    assert school.post("/form/who", WHO | {"site": attached_id}).location == "/apply/E1/form/what"

    assert "意外事故" in school.get("/form/what").text
    school.post("/form/what", what())
    gate_of_school = school.cast.e1.cameras["E-GATE"]
    assert school.post("/form/where", where(gate_of_school)).status_code == 422, "a place of the other site"


@pytest.mark.req("DR-32", "DR-22")
def test_who_asks_is_told_all_that_is_wrong_at_once(parent: Visitor) -> None:
    parent.prove()
    wrong = WHO | {
        "name": " ",
        "phone": "123",
        "relation": "其他",
        "relation_other": "",
        "child_name": made(),
        "child_class": "",
    }
    answer = parent.post("/form/who", wrong)
    assert answer.status_code == 422
    for sentence in (
        "請填寫您的姓名。",
        "請填寫市內電話",
        "請說明是什麼關係",
        "請填寫孩子的班級",
        "這裡請勿填寫身分證號",
    ):
        assert sentence in answer.text, sentence
