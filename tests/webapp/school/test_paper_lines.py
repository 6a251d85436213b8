"""補登, its scan, 更正 and the copies of the book, as they are typed and seen."""

import csv
import io
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.register.models import RegisterEntry
from tenants.roc_dates import format_time, roc_year, short_date
from tests import printouts
from tests.webapp.desk import Desk, pdf_file

YEAR = roc_year(clock.today())
OPENED = clock.day_start(clock.today()) - timedelta(hours=12)
CLOSED = OPENED + timedelta(minutes=20)


def typed(desk: Desk, **changes: object) -> dict[str, object]:
    """A line as on the paper; None leaves a field out."""
    seen = OPENED - timedelta(hours=2)
    whole: dict[str, object] = {
        "paper_number": "紙115-3",
        "people-0-name": "陳志明",
        "people-0-unit": "向陽分局偵查隊",
        "people-0-title": "偵查佐",
        "people-1-name": "李國華",
        "people-1-unit": "向陽分局偵查隊",
        "people-1-title": "小隊長",
        "people-2-name": "",
        "people-2-unit": "",
        "people-2-title": "",
        "day": short_date(clock.civil_day(OPENED)),
        "started_at": format_time(OPENED),
        "until_day": short_date(clock.civil_day(CLOSED)),
        "ended_at": format_time(CLOSED),
        "windows-0-camera": "前門",
        "windows-0-from_day": short_date(clock.civil_day(seen)),
        "windows-0-from_time": format_time(seen),
        "windows-0-until_day": short_date(clock.civil_day(seen + timedelta(minutes=5))),
        "windows-0-until_time": format_time(seen + timedelta(minutes=5)),
        "summary": "偵辦竊盜案",
        "operator": str(desk.cast.ids["k1-handler"]),
        "handling": "viewed",
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def entries(desk: Desk) -> list[RegisterEntry]:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return list(db.session.scalars(db.select(RegisterEntry).order_by(RegisterEntry.number)))


@pytest.fixture
def case(desk: Desk) -> UUID:
    return desk.filed()


def camera(desk: Desk, case: UUID) -> str:
    return desk.windows(case)[0].camera_name


def entered(desk: Desk, case: UUID, **changes: object) -> None:
    given = typed(desk, **{"windows-0-camera": camera(desk, case)} | changes)
    answer = desk.browser("k1-handler").post(f"{desk.school}/cases/{case}/paper-line", data=given)
    assert answer.status_code == 303, answer.text


@pytest.mark.req("DR-20", "KH-A2-02", "KH-A2-03", "KH-A2-07", "KH-6-2d")
def test_a_paper_is_entered_from_the_register_and_shows_its_marks_there(desk: Desk, case: UUID) -> None:
    handler = desk.browser("k1-handler")
    register = handler.get(f"{desk.school}/register").text
    assert f'value="{case}"' in register
    opened = handler.get(f"{desk.school}/register/case?case={case}", follow_redirects=True).text
    assert "補登紙本" in opened
    assert camera(desk, case) in opened

    entered(desk, case)

    page = handler.get(f"{desk.school}/register").text
    for part in (
        "補登",
        "紙本編號：紙115-3",
        "待補掃描",
        "陳志明、李國華",
        "偵查佐",
        "小隊長",
        f"{format_time(OPENED)}–",
    ):
        assert part in page
    assert "由k1的handler登載" in page
    assert "線上交付" not in page


@pytest.mark.req("DR-20", "DR-21")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"paper_number": ""}, "請填寫紙本編號"),
        ({"day": "2026/11/20"}, "請輸入民國年"),
        ({"day": "115/2/29"}, "115年2月只有28日"),
        ({"people-1-title": ""}, "登記簿應記載單位職稱"),
        ({"windows-0-camera": ""}, "請填寫實際調閱的鏡頭與時段"),
        ({"windows-0-from_time": ""}, "請填寫調閱影像的起訖"),
        ({"operator": ""}, "系統操作承辦人"),
        ({"handling": None}, "請勾選資料處理方式"),
        ({"until_day": short_date(clock.today() + timedelta(days=2))}, "不能在未來"),
    ],
)
def test_what_a_paper_lacks_is_said_and_what_was_typed_stays(
    desk: Desk, case: UUID, changes: dict[str, object], sentence: str
) -> None:
    given = typed(desk, **{"windows-0-camera": camera(desk, case)} | changes)
    answer = desk.browser("k1-handler").post(f"{desk.school}/cases/{case}/paper-line", data=given)

    assert (answer.status_code, sentence in answer.text) == (422, True), answer.text
    assert "偵辦竊盜案" in answer.text
    assert entries(desk) == []


@pytest.mark.req("DR-20", "KH-7-2")
def test_a_scan_may_come_with_the_line_or_later(desk: Desk, case: UUID) -> None:
    entered(desk, case, scan=pdf_file("登記簿.pdf"))
    entered(desk, case, paper_number="紙115-4")
    first, second = entries(desk)
    head = desk.browser("k1-head")

    page = head.get(f"{desk.school}/register").text
    assert (page.count("開啟掃描檔"), page.count("待補掃描")) == (1, 1)
    assert "登記簿有 1 列補登的紙本待補掃描" in head.get(f"{desk.school}/").text
    head.post(f"{desk.school}/register/{second.id}/scan", data={"scan": pdf_file()})
    page = head.get(f"{desk.school}/register").text
    assert (page.count("開啟掃描檔"), page.count("待補掃描")) == (2, 0)
    wrong = head.post(f"{desk.school}/register/{first.id}/scan", data={}, follow_redirects=True)
    assert "請選擇紙本的掃描檔" in wrong.text


@pytest.mark.req("KH-7-2")
def test_a_correction_is_a_line_of_its_own_and_the_first_one_says_so(desk: Desk, case: UUID) -> None:
    entered(desk, case)
    (entry,) = entries(desk)
    head, address = desk.browser("k1-head"), f"{desk.school}/register/{entry.id}/correction"
    form = head.get(address).text
    assert 'value="陳志明"' in form
    assert "與原列相同" in form

    name = camera(desk, case)
    given = typed(desk, reason="事由誤繕", summary="偵辦詐欺案", operator="", **{"windows-0-camera": name})
    assert head.post(address, data=given).status_code == 303
    page = head.get(f"{desk.school}/register").text
    assert "更正第1號：事由誤繕" in page
    assert "已由第2號更正" in page
    assert "偵辦竊盜案" in page
    nothing = head.post(address, data=given | {"reason": ""})
    assert (nothing.status_code, "請說明更正的原因" in nothing.text) == (422, True)
    assert [each.number for each in entries(desk)] == [1, 2]


@pytest.mark.req("KH-7-2", "DR-08")
def test_who_may_not_enter_is_offered_nothing_and_refused(desk: Desk, case: UUID) -> None:
    entered(desk, case)
    (entry,) = entries(desk)
    for login, status in (("k1-guard", 403), ("e1-head", 404), ("officer", 404)):
        browser = desk.browser(login)
        assert browser.get(f"{desk.school}/cases/{case}/paper-line").status_code == status
        assert browser.post(f"{desk.school}/register/{entry.id}/correction").status_code == status


@pytest.mark.needs("faces", "pdftotext")
@pytest.mark.req("KH-7-3", "KH-A2-01", "DR-21")
def test_the_book_is_printed_for_a_year_and_for_days(desk: Desk, case: UUID) -> None:
    entered(desk, case)
    handler, today = desk.browser("k1-handler"), short_date(clock.today())

    whole = handler.get(f"{desk.school}/register/register.pdf?year={YEAR}")
    assert "陳志明李國華向陽分局偵查隊偵查佐" in printouts.words(whole.data)
    some = handler.get(f"{desk.school}/register/register.pdf?year={YEAR}&from={today}&until={today}")
    assert f"冊次：{YEAR}年第1頁／共1頁" in printouts.words(some.data)
    for query, sentence in (("from=2026/11/20", "請輸入民國年"), (f"from={today}&until=115/01/01", "迄日不能早於起日")):
        wrong = handler.get(f"{desk.school}/register/register.pdf?year={YEAR}&{query}")
        assert (wrong.status_code, sentence in wrong.text) == (422, True)


@pytest.mark.req("DR-24", "KH-7-3", "DR-22")
def test_the_book_is_exported_with_title_and_time_and_no_formula(desk: Desk, case: UUID) -> None:
    entered(desk, case, summary="=cmd|'/c calc'!A0")
    handler = desk.browser("k1-handler")

    answer = handler.get(f"{desk.school}/register/register.csv?year={YEAR}")
    headings, row = csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    line = dict(zip(headings, row, strict=True))
    assert (line["職稱"], line["開始時間"], line["調閱原因摘要"]) == (
        "偵查佐；小隊長",
        format_time(OPENED),
        "'=cmd|'/c calc'!A0",
    )
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    ods = handler.get(f"{desk.school}/register/register.ods?year={YEAR}")
    assert (ods.status_code, ods.data[:2]) == (200, b"PK")
    assert desk.browser("k1-guard").get(f"{desk.school}/register/register.csv").status_code == 403


@pytest.mark.req("KH-7-4", "KH-7-5", "TY-5-5")
def test_what_is_kept_is_listed_with_its_last_day_and_nothing_offers_to_remove_it(desk: Desk, case: UUID) -> None:
    entered(desk, case)
    handler = desk.browser("k1-handler")

    page = handler.get(f"{desk.school}/records/").text
    assert desk.case(case).serial in page
    assert f"登記簿 {YEAR}年" in page
    assert "保存中，不能刪除" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert handler.get(f"{desk.school}/records/proposal.ods").data[:2] == b"PK"


@pytest.mark.req("KH-7-1", "DR-20")
def test_who_accompanied_is_taken_from_the_paper_and_stays_in_a_correction(desk: Desk, case: UUID) -> None:
    entered(desk, case, accompanied_by="張老師")
    (first,) = entries(desk)
    handler, address = desk.browser("k1-handler"), f"{desk.school}/register/{first.id}/correction"
    assert "陪同：張老師" in handler.get(f"{desk.school}/register").text
    assert 'value="張老師"' in handler.get(address).text
    seen = {"windows-0-camera": camera(desk, case), "paper_number": None, "operator": ""}
    given = typed(desk, **seen | {"accompanied_by": "張老師", "reason": "事由誤繕"})
    assert handler.post(address, data=given).status_code == 303
    assert [each.accompanied_by for each in entries(desk)] == ["張老師", "張老師"]
