"""Everything that is wrong with a form is told at once, what its fields find and what the rules say (DR-32)."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from infra import clock
from tenants.roc_dates import short_date
from tests.made_identity_numbers import made
from tests.webapp.desk import Desk
from tests.webapp.school.one_application import Case

pytestmark = pytest.mark.req("DR-32")

_YESTERDAY = short_date(clock.today() - timedelta(days=1))
_TOMORROW = short_date(clock.today() + timedelta(days=1))
_NEXT_WEEK = short_date(clock.today() + timedelta(days=7))


def _footage(desk: Desk) -> dict[str, str]:
    """A camera with a span that has not happened."""
    camera = str(desk.cast.k1.cameras["C-GATE"])
    return {"camera": camera, "day": _TOMORROW, "from_time": "10:00", "until_time": "10:10"}


def _office(desk: Desk) -> dict[str, str]:
    return {"office": f"head:{desk.cast.ids['k1-head']}", "deputy": str(desk.cast.ids["k1-staff"])}


CASES: list[tuple[str, str, Callable[[Desk], dict[str, str]], tuple[str, ...]]] = [
    (
        "k1-handler",
        "/rights/new",
        lambda desk: {"received_on": _TOMORROW, "person_name": "", **_footage(desk)},
        ("請選擇請求種類。", "收件日期不能晚於今天。", "請填寫請求人姓名。", "請填寫聯絡方式。", "時段尚未發生"),
    ),
    (
        "k1-head",
        "/misuse/new",
        lambda desk: {"discovered_day": "昨天", "discovered_time": "二十五點", **_footage(desk)},
        ("請選擇情形。", "看不懂這個日期。", "看不懂這個時間。", "請填寫是誰發現的。", "時段尚未發生"),
    ),
    (
        "k1-head",
        "/misuse/new",
        lambda _desk: {"kind": "leak", "discovered_day": _TOMORROW, "discovered_time": "09:00"},
        ("知悉時間不能晚於現在。", "請填寫是誰發現的。", "請填寫發現的情形。"),
    ),
    (
        "k1-head",
        "/retention/holds/new",
        lambda desk: {
            "basis": "crime_investigation",
            "review_on": _YESTERDAY,
            "camera": str(desk.cast.k1.cameras["C-GATE"]),
            "from_day": "",
            "from_time": "25:00",
        },
        (
            "請填寫延長保存的依據",
            "請填寫公文文號。",
            "請以文字說明繼續保存的必要。",
            "複查日期已過。",
            "請填寫起日。",
            "時間應在 00:00 至 24:00 之間。",
            "請填寫迄時",
        ),
    ),
    (
        "k1-head",
        "/people/accounts",
        lambda _desk: {"login": "K1", "role": "staff", "name": " ", "password": "short"},
        ("帳號須為 3 到 64 個字元", "請填寫姓名。", "密碼至少要"),
    ),
    (
        "k1-head",
        "/people/roles",
        lambda _desk: {"login": "nobody.there", "role": "head of all"},
        ("找不到這個帳號。", "請從清單中選取。"),
    ),
    (
        "k1-head",
        "/people/deputies/",
        lambda desk: {**_office(desk), "starts_on": _NEXT_WEEK, "ends_on": _TOMORROW},
        ("迄日不能早於起日。", "請填寫事由"),
    ),
    (
        "k1-head",
        "/people/transfers/",
        lambda _desk: {"on": _YESTERDAY},
        ("生效日應在今天之後", "請勾選要離職或調職的人員。"),
    ),
    (
        "k1-handler",
        "/calibrations/",
        lambda desk: {"camera": str(desk.cast.k1.cameras["C-GATE"]), "day": "2026/11/20", "time": "noon", "after": "x"},
        ("請輸入民國年", "看不懂這個時間。", "請填對時來源", "校正前的誤差秒數", "請填秒數"),
    ),
    (
        "k1-handler",
        "/devices/sending",
        lambda _desk: {"sending_site": "elsewhere", "megabits": "fast", "closed_from": "8", "closed_until": ""},
        ("請從清單中選取。", "上傳速度上限請填", "開始時間請以二十四小時制填寫", "結束時間請以二十四小時制填寫"),
    ),
    (
        "k1-handler",
        "/applications/new/",
        lambda desk: {"site": str(desk.cast.k1.site_id), "applied_on": _TOMORROW, "number": "", "from_time": "noon"},
        (
            "請填寫紙本編號",
            "申請日期不能晚於今天。",
            "請選擇您的身分。",
            "請填寫您的姓名。",
            "請填寫聯絡電話。",
            "請說明發生了什麼事。",
            "看不懂這個時間。",
            "請至少勾選一支鏡頭。",
            "請填寫證號。",
        ),
    ),
]


@pytest.mark.parametrize(("login", "page", "typed", "sentences"), CASES, ids=[f"{each[1]}" for each in CASES])
def test_all_that_is_wrong_is_told_at_once(
    desk: Desk, login: str, page: str, typed: Callable[[Desk], dict[str, str]], sentences: tuple[str, ...]
) -> None:
    answer = desk.browser(login).post(f"{desk.school}{page}", data=typed(desk))
    assert answer.status_code == 422
    untold = [sentence for sentence in sentences if sentence not in answer.text]
    assert not untold


def test_a_measure_and_an_outcome_tell_all_that_they_lack(desk: Desk) -> None:
    head = desk.browser("k1-head")
    said = {
        "kind": "leak",
        "discovered_day": _YESTERDAY,
        "discovered_time": "09:00",
        "discovered_by": "園長",
        "what": "畫面外流",
    }
    case = head.post(f"{desk.school}/misuse/new", data=said).location
    measure = head.post(f"{case}/measures", data={"measure": "police"}).text
    assert all(each in measure for each in ("請填寫處置的內容。", "請填寫通報編號、文號或報案三聯單號碼。"))
    outcome = head.post(f"{case}/closing", data={}).text
    assert all(each in outcome for each in ("行政責任的結果", "民事責任的結果", "刑事責任的結果"))


def test_a_pin_and_a_password_tell_all_that_is_wrong_with_them(desk: Desk) -> None:
    head = desk.browser("k1-head")
    pin = head.post("/account/pin", data={"current": "not mine", "pin": "123456", "again": "123457"}).text
    assert all(each in pin for each in ("目前的密碼不正確。", "PIN 不可為連號", "兩次輸入的 PIN 不同。"))
    password = head.post("/account/password", data={"current": "not mine", "password": "short", "again": "other"}).text
    assert all(each in password for each in ("目前的密碼不正確。", "密碼至少要", "兩次輸入的新密碼不同。"))


@pytest.mark.req("DR-22")
def test_identity_numbers_are_refused_in_every_free_text_and_what_to_write_is_said(desk: Desk) -> None:
    number = made()
    typed = {"about": f"請提供 {number} 的影像", "person_name": number, "identity_seen": "護照 123456789"}
    answer = desk.browser("k1-handler").post(f"{desk.school}/rights/new", data=typed)
    assert answer.status_code == 422
    assert answer.text.count("這裡請勿填寫身分證號或居留證統一證號") >= 2
    assert "請只寫證件的種類，例如「國民身分證、戶口名簿」" in answer.text


@pytest.mark.req("DR-22")
def test_an_account_that_is_called_like_a_number_can_still_sign_in(desk: Desk) -> None:
    answer = desk.app.test_client().post("/sign-in", data={"login": made().lower(), "password": "wrong"})
    assert "這裡請勿填寫身分證號" not in answer.text


@pytest.mark.req("KH-6-2a", "DR-27")
def test_a_check_of_who_asks_tells_all_that_it_lacks(case: Case) -> None:
    staff = str(case.desk.cast.ids["e1-staff"])
    said = case.check(422, standing="", eligibility="ineligible", specific="", excluded=[staff])
    for sentence in ("請選擇查得的身分。", "請說明理由。", "請選擇事由是否具體。", "請簡述利害關係"):
        assert sentence in said, sentence


def test_a_report_to_the_authorities_tells_all_that_it_lacks(case: Case) -> None:
    said = case.step("e1-handler", "report", 422, known_day="昨天", known_time="25:00", reported_day=_TOMORROW)
    for sentence in ("看不懂這個日期。", "時間應在 00:00 至 24:00 之間。", "通報日期與時間請一併填寫。"):
        assert sentence in said, sentence


@pytest.mark.req("DR-20", "KH-A2-02")
def test_a_line_of_a_paper_tells_all_that_it_lacks(desk: Desk) -> None:
    lacking = {"day": _TOMORROW, "started_at": "noon", "ended_at": "09:00", "scan": (io.BytesIO(b"no pdf"), "紙本.pdf")}
    answer = desk.browser("k1-handler").post(f"{desk.school}/cases/{desk.filed()}/paper-line", data=lacking)
    assert answer.status_code == 422
    for sentence in (
        "請填寫紙本編號",
        "看不懂這個時間。",
        "請填寫調閱者的姓名、單位與職稱。",
        "請填寫實際調閱的鏡頭與時段。",
        "請填寫調閱原因摘要。",
        "請勾選資料處理方式",
        "請從清單中選取當時的系統操作承辦人。",
        "PDF",
    ):
        assert sentence in answer.text, sentence


@pytest.mark.req("KH-6-1h")
def test_a_decision_tells_a_day_that_is_over_with_what_else_it_lacks(desk: Desk) -> None:
    disclosure_id = desk.filed()
    said = desk.decide(disclosure_id, "part", return_by=_YESTERDAY, copy="y", escort="").text
    for sentence in ("縮小時段時，請填寫起訖的日期與時間", "返還或銷毀期限應晚於今天。", "請指定一位本機構的陪同人員"):
        assert sentence in said, sentence
