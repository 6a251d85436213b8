"""The institution's steps in a case, and what each refused step is told."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from tenants.roc_dates import format_time, short_date
from tests.webapp.desk import START, Desk

REPLY = {"reply_number": "晨幼字第1150000123號", "reply_date": short_date(clock.today())}


@pytest.mark.req("KH-6-1g", "KH-7-1")
def test_the_head_approves_the_window_and_names_who_accompanies(desk: Desk) -> None:
    disclosure_id = desk.filed()

    answer = desk.decide(disclosure_id)

    assert answer.status_code == 303
    row = desk.case(disclosure_id)
    assert (row.state, row.copy_approved) == ("approved", True)
    assert row.escort_id == desk.cast.ids["k1-handler"]


@pytest.mark.req("KH-6-1g")
def test_the_head_narrows_the_window_to_the_minute_with_a_reason(desk: Desk) -> None:
    disclosure_id = desk.filed()
    start, end = START + timedelta(minutes=5), START + timedelta(minutes=20)
    narrowed = {
        "grants-0-from_day": short_date(clock.civil_day(start)),
        "grants-0-from_time": format_time(start),
        "grants-0-until_day": short_date(clock.civil_day(end)),
        "grants-0-until_time": format_time(end),
    }

    silent = desk.decide(disclosure_id, "part", **narrowed)
    assert silent.status_code == 422
    assert "應敘明理由" in silent.text

    assert desk.decide(disclosure_id, "part", reasons="僅此段與案情有關", **narrowed).status_code == 303
    window = desk.windows(disclosure_id)[0]
    assert (window.approved_from, window.approved_until) == (start, end)
    assert desk.case(disclosure_id).state == "partially_approved"


@pytest.mark.req("KH-6-1g")
def test_refusing_needs_a_reason(desk: Desk) -> None:
    disclosure_id = desk.filed()

    assert "不同意時應敘明理由" in desk.decide(disclosure_id, "none").text
    assert desk.decide(disclosure_id, "none", reasons="與案情無關").status_code == 303
    assert desk.case(disclosure_id).state == "refused"


LACKING: list[tuple[str, dict[str, str], str]] = [
    ("all", {"escort": ""}, "請指定一位本機構的陪同人員"),
    ("all", {"escort": str(UUID(int=7))}, "請指定一位本機構的陪同人員"),
    ("", {}, "請就這個時段選擇"),
    ("maybe", {}, "請就這個時段選擇"),
    ("part", {}, "縮小時段時，請填寫"),
    ("part", {"grants-0-from_day": "2026/11/20", "grants-0-from_time": "10:00"}, "請輸入民國年（115）"),
    ("all", {"grants-0-window_id": str(UUID(int=7))}, "案件的時段已變更"),
]


@pytest.mark.req("KH-7-1", "DR-21")
def test_a_decision_that_lacks_something_is_shown_again(desk: Desk) -> None:
    disclosure_id = desk.filed()

    for verdict, changes, sentence in LACKING:
        answer = desk.decide(disclosure_id, verdict, **changes)

        assert answer.status_code == 422, sentence
        assert sentence in answer.text, changes
    assert desk.case(disclosure_id).state == "submitted"


def told(page: str) -> list[str]:
    """Where the links of the list of faults lead; each place is on the page."""
    summary = page.partition('class="sy-errors"')[2].partition("</div>")[0]
    places = re.findall(r'href="#([^"]+)"', summary)
    assert all(f'id="{place}"' in page for place in places), places
    return places


@pytest.mark.req("KH-6-1g", "KH-7-1", "DR-21")
def test_everything_that_a_decision_lacks_is_told_in_one_round(desk: Desk) -> None:
    disclosure_id = desk.filed()
    outside = START - timedelta(minutes=1)
    until = START + timedelta(minutes=20)
    wide = {
        "grants-0-from_day": short_date(clock.civil_day(outside)),
        "grants-0-from_time": format_time(outside),
        "grants-0-until_day": short_date(clock.civil_day(until)),
        "grants-0-until_time": format_time(until),
    }

    part = desk.decide(disclosure_id, "part", escort="", **wide).text
    assert told(part) == ["grants-0-verdict", "reasons", "escort"]
    assert part.count("核准的時段應在申請的時段之內。") == 2
    assert part.count("應敘明理由。") == 2
    assert part.count("請指定一位本機構的陪同人員") == 2
    assert told(desk.decide(disclosure_id, "", escort="").text) == ["grants-0-verdict", "escort"]
    assert told(desk.decide(disclosure_id, "none", escort="").text) == ["reasons"], "a refusal names nobody"
    assert desk.case(disclosure_id).state == "submitted"


@pytest.mark.req("KH-4-2", "KH-7-1", "KH-A2-07")
def test_only_the_handler_who_operates_opens_the_console_of_a_viewing(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.decide(disclosure_id, escort=str(desk.cast.ids["k1-guard"]))
    desk.built(disclosure_id, ago=timedelta(hours=2))
    head, address = desk.browser("k1-head"), f"{desk.school}/cases/{disclosure_id}"

    page = head.get(address).text
    assert "到場調閱由監錄系統管理承辦人操作，並由機構派員陪同。" in page
    console = f"{desk.school}/disclosures/{disclosure_id}/viewings/new"
    assert console not in page
    assert head.get(console).status_code == 403
    assert console in desk.browser("k1-handler").get(address).text
    assert "由您操作" in desk.browser("k1-handler").get(address).text


@pytest.mark.req("KH-6-1g")
def test_a_window_is_never_widened(desk: Desk) -> None:
    disclosure_id = desk.filed()
    start, end = START - timedelta(minutes=1), START + timedelta(minutes=20)

    answer = desk.decide(
        disclosure_id,
        "part",
        reasons="多一分鐘",
        **{
            "grants-0-from_day": short_date(clock.civil_day(start)),
            "grants-0-from_time": format_time(start),
            "grants-0-until_day": short_date(clock.civil_day(end)),
            "grants-0-until_time": format_time(end),
        },
    )

    assert answer.status_code == 422
    assert "核准的時段應在申請的時段之內。" in answer.text


@pytest.mark.req("KH-6-1g", "KH-4-2")
def test_the_handler_prepares_and_does_not_decide(desk: Desk) -> None:
    disclosure_id = desk.filed()

    assert desk.decide(disclosure_id, login="k1-handler").status_code == 403
    page = desk.browser("k1-handler").get(f"{desk.school}/cases/{disclosure_id}").text

    assert "由校（園）長／負責人決定，承辦人不能代為決定" in page
    assert "/decision" not in page


@pytest.mark.req("DR-08")
def test_one_institutions_case_under_anothers_address_is_not_found(desk: Desk) -> None:
    disclosure_id = desk.filed()
    head = desk.browser("e1-head")
    address = f"/schools/{desk.cast.e1.tenant_id}/cases/{disclosure_id}"

    assert head.get(address).status_code == 404
    for step in ("return", "reply", "closing", "decision"):
        assert head.post(f"{address}/{step}", data={"missing": "purpose"} | REPLY).status_code == 404, step


@pytest.mark.req("KH-6-1f")
def test_a_letter_without_its_elements_is_returned_and_cannot_be_approved(desk: Desk) -> None:
    disclosure_id = desk.filed(purpose="", purpose_missing="y")
    head, address = desk.browser("k1-head"), f"{desk.school}/cases/{disclosure_id}"

    page = head.get(address).text
    assert "來文未載明調閱目的，不能同意" in page
    assert 'value="all"' not in page
    assert "來文未載明調閱目的" in desk.decide(disclosure_id).text

    assert "請勾選應補正的事項" in head.post(f"{address}/return", data={}).text
    assert head.post(f"{address}/return", data={"missing": "purpose"}).status_code == 303
    assert desk.case(disclosure_id).state == "returned"
    assert "待來文機關補件後才能同意" in head.get(address).text


@pytest.mark.req("KH-6-1h")
def test_the_reply_is_recorded_with_a_date_that_can_be(desk: Desk) -> None:
    disclosure_id = desk.filed(document_date=short_date(clock.today()))
    desk.decide(disclosure_id, "none", reasons="與案情無關")
    handler, address = desk.browser("k1-handler"), f"{desk.school}/cases/{disclosure_id}"
    yesterday = short_date(clock.today() - timedelta(days=1))

    assert "不能早於來文日期" in handler.post(f"{address}/reply", data=REPLY | {"reply_date": yesterday}).text
    western = handler.post(f"{address}/reply", data=REPLY | {"reply_date": "2026/11/20"})
    assert "請輸入民國年（115）" in western.text
    assert "晨幼字第1150000123號" in western.text, "what was typed stays"
    assert "請填寫本機構函復的發文字號" in handler.post(f"{address}/reply", data=REPLY | {"reply_number": ""}).text
    assert handler.post(f"{address}/reply", data=REPLY).status_code == 303
    assert desk.case(disclosure_id).reply_number == "晨幼字第1150000123號"


@pytest.mark.req("KH-6-1h")
def test_no_case_is_closed_before_its_reply_and_the_page_says_so(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.decide(disclosure_id, "none", reasons="與案情無關")
    handler, address = desk.browser("k1-handler"), f"{desk.school}/cases/{disclosure_id}"

    assert "尚未函復來文機關，不能結案。" in handler.get(address).text
    assert handler.post(f"{address}/closing").status_code == 422

    handler.post(f"{address}/reply", data=REPLY)
    assert handler.post(f"{address}/closing").status_code == 303
    assert desk.case(disclosure_id).state == "closed"


@pytest.mark.req("KH-6-1g")
def test_a_decided_case_cannot_be_decided_again(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.decide(disclosure_id)

    again = desk.decide(disclosure_id, "none", reasons="改變心意")

    assert again.status_code == 409
    assert "不能進行這個步驟" in again.text
    assert desk.case(disclosure_id).state == "approved"


@pytest.mark.req("KH-4-2")
def test_only_the_designated_handler_opens_the_player(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.decide(disclosure_id)
    address = f"{desk.school}/cases/{disclosure_id}"
    early = desk.browser("k1-handler").get(f"{address}/review/1")
    assert early.status_code == 422
    desk.built(disclosure_id, ago=timedelta(hours=2))

    assert desk.browser("k1-head").get(f"{address}/review/1").status_code == 403
    assert "播放由監錄系統管理承辦人操作" in desk.browser("k1-head").get(address).text
    assert f"{address}/review/1" in desk.browser("k1-handler").get(address).text


@pytest.mark.req("KH-6-1g", "KH-6-1h")
def test_a_closed_case_still_says_what_was_decided(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.decide(disclosure_id, "none", reasons="與案情無關")
    handler, address = desk.browser("k1-handler"), f"{desk.school}/cases/{disclosure_id}"
    handler.post(f"{address}/reply", data=REPLY)
    handler.post(f"{address}/closing")

    page = handler.get(address).text

    assert "處理經過" in page
    assert "<dd>不同意</dd>" in page
    assert "本案不需要" in page
    assert desk.case(disclosure_id).serial in handler.get(f"{desk.school}/cases/?all=1").text
    assert desk.case(disclosure_id).serial not in handler.get(f"{desk.school}/cases/").text
