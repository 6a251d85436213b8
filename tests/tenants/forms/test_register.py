"""調閱登記簿 on paper: 附件2 of KH with fourteen lines a page, and TY's own under the school's name."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from infra.typesetting import MissingGlyph
from tenants.forms import Elsewhere, Footage, Person, RegisterRow, RegisterWording, Volume, register_sheet
from tests import printouts
from tests.tenants.forms.made import IMPRINT, KH_REGISTER, OFFICER, TY_REGISTER, at, printed, row

pytestmark = pytest.mark.needs("faces", "pdftotext")

COLUMNS = "調閱日期申請人調閱單位調閱監錄資料時段、地點調閱原因摘要系統操作承辦人資料處理方式"
KH_NOTES = (
    "備註：1.監錄資料應予保密，並遵守個人資料保護法等相關法令規定。如有發現不當使用或洩密情事，依法追究行政或民、刑事責任。"
    "2.監視錄影系統監錄資料調閱登記簿至少應保存一年。附件2"
)
TY_NOTES = (
    "備註：1.監錄系統所攝錄之影音資料應予保密，並遵守個人資料保護法等相關法令規定。"
    "如有發現不當使用或洩密情事，依法追究行政或民、刑事責任。"
    "2.監錄系統調閱申請單及登記簿至少應保存一年。"
)
BLANK_LINES = "年月日□調閱□複製" * 14
FOOT = "晨光幼兒園列印時間115/11/2210:00列印者何宜珊"
FRAME = (35, 256)  # millimetres; number, volume and page stand outside


def pdf(rows: Sequence[RegisterRow] = (), *, wording: RegisterWording = KH_REGISTER, lines: int = 0) -> bytes:
    sheet = register_sheet(
        wording,
        rows,
        volume=Volume(name="115年", lines=lines or len(rows)),
        institution="晨光幼兒園" if wording is KH_REGISTER else "桃園市八德區向陽國民小學",
        short_name="向陽國小",
        imprint=replace(IMPRINT, case=""),
    )
    return printed(sheet)


@pytest.mark.req("KH-A2-01", "KH-A2-02", "KH-A2-03", "KH-A2-04", "KH-A2-05", "KH-A2-06", "KH-A2-07", "KH-A2-08")
@pytest.mark.req("KH-A2-09", "KH-A2-10", "KH-A2-11", "KH-A2-12")
def test_a_blank_page_says_what_annex_2_says_and_nothing_else() -> None:
    assert printouts.words(pdf()) == (
        f"晨光幼兒園監視錄影系統監錄資料調閱登記簿冊次：第頁／共頁{COLUMNS}{BLANK_LINES}{KH_NOTES}{FOOT}第1頁／共1頁"
    )


@pytest.mark.req("TY-5-4b", "TY-X-1")
def test_a_register_of_ty_has_the_columns_under_the_schools_name_and_is_said_to_be_ours() -> None:
    said = printouts.words(pdf(wording=TY_REGISTER))

    assert said.startswith(
        "桃園市八德區向陽國民小學向陽國小監視器攝錄資料調閱登記簿本系統預設格式冊次：第頁／共頁"
        f"{COLUMNS}{BLANK_LINES}{TY_NOTES}晨光"
    )
    assert [word for word in ("附件", "附錄", "監視錄影系統監錄資料") if word in said] == []


@pytest.mark.req("KH-7-3", "KH-A2-02", "KH-A2-04", "KH-A2-05", "KH-A2-06", "KH-A2-07")
def test_a_line_has_the_title_within_the_unit_and_the_hours_beneath_the_date() -> None:
    assert (
        "115年11月20日16:30–16:52王志成○○分局偵查隊偵查佐115年11月18日10:05至10:35前門115-0001偵辦竊盜案林怡君"
        "□調閱□複製"
    ) in printouts.words(pdf([row(1)]))


@pytest.mark.req("KH-7-3", "KH-A2-02")
def test_the_hours_stand_beneath_the_date_and_not_on_it() -> None:
    blank, filled = (printouts.picture(pdf(rows)) for rows in ((), [row(1)]))
    date, hours = (47, 51.4, 18, 41), (52, 56, 18, 41)

    assert [page.part(*hours).ink > 0 for page in (blank, filled)] == [False, True]
    assert [page.part(*date).ink > 0 for page in (blank, filled)] == [True, True]


@pytest.mark.req("KH-A2-03", "KH-A2-04", "KH-7-3")
def test_everybody_who_was_there_is_listed_with_a_title() -> None:
    sergeant = Person(name="李國華", unit="○○分局偵查隊", title="小隊長")
    said = printouts.words(pdf([row(1, people=(OFFICER, sergeant, replace(OFFICER, name="周文傑")))]))

    assert "王志成李國華周文傑○○分局偵查隊偵查佐○○分局偵查隊小隊長115年" in said


@pytest.mark.req("KH-A2-02", "KH-7-3")
def test_a_viewing_past_midnight_names_the_second_day() -> None:
    late = row(1, accessed_from=at(20, 23, 50), accessed_until=at(21, 0, 10))

    assert "115年11月20日23:50–115年11月21日00:10王志成" in printouts.words(pdf([late]))


@pytest.mark.req("KH-A2-08")
@pytest.mark.parametrize(("viewed", "copied", "ticks"), [(True, False, 1), (False, True, 1), (True, True, 2)])
def test_a_tick_is_drawn_over_its_box_and_read_aloud(*, viewed: bool, copied: bool, ticks: int) -> None:
    blank, filled = pdf(), pdf([row(1, viewed=viewed, copied=copied)])
    upper, lower = (46, 53.4, 183, 188), (53.4, 60.9, 183, 188)
    inked = [
        printouts.picture(filled).part(*box).ink > printouts.picture(blank).part(*box).ink + 10
        for box in (upper, lower)
    ]

    assert inked == [viewed, copied]
    assert printouts.described(filled) == ["已勾選"] * ticks
    assert printouts.described(blank) == []
    assert "☑" not in printouts.words(filled)


def test_a_filled_page_lies_on_a_blank_one() -> None:
    full = [row(number, copied=True, summary="說明" * 30, late_entry="紙-3") for number in range(1, 15)]
    blank, filled = (printouts.picture(pdf(rows)).part(*FRAME) for rows in ((), full))

    assert blank.lies_on(filled)
    assert blank.ink > 10_000
    assert filled.ink > blank.ink + 10_000


@pytest.mark.req("KH-A2-09", "KH-A2-10", "KH-A2-11", "KH-A2-12")
def test_every_page_has_fourteen_lines_both_notes_and_its_number_and_none_is_lost() -> None:
    made = pdf([row(number) for number in range(1, 31)])
    pages = [printouts.words(made, page=number) for number in (1, 2, 3)]

    assert printouts.pages(made) == 3
    for number, page in enumerate(pages, 1):
        assert f"冊次：115年第{number}頁／共3頁" in page
        assert page.count("□調閱□複製") == 14
        assert KH_NOTES in page
        assert COLUMNS in page
    assert [page.count("偵辦竊盜案") for page in pages] == [14, 14, 2]
    assert all(f"115-{number:04}" in "".join(pages) for number in range(1, 31))
    assert "".join(str(number) for number in range(15, 29)) + "調閱日期" in pages[1]


@pytest.mark.req("KH-A2-09")
def test_later_pages_print_by_themselves_under_their_own_numbers() -> None:
    made = pdf([row(number) for number in range(15, 18)], lines=40)

    assert "冊次：115年第2頁／共3頁151617調閱日期" in printouts.words(made)


@pytest.mark.req("KH-A2-09")
@pytest.mark.parametrize("numbers", [(1, 3), (1, 1), (2, 1), (2, 3), (14,)])
def test_lines_that_do_not_follow_on_one_another_from_a_pages_first_are_refused(numbers: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="line"):
        pdf([row(number) for number in numbers], lines=100)


def test_a_line_beyond_the_volume_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond the volume"):
        pdf([row(1), row(2)], lines=1)


@pytest.mark.req("KH-A2-08", "KH-A2-03")
@pytest.mark.parametrize("changes", [{"viewed": False, "copied": False}, {"people": ()}])
def test_a_line_that_says_nothing_cannot_be_made(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="line 1"):
        row(1, **changes)


@pytest.mark.req("KH-A2-06")
def test_a_summary_of_sixty_characters_stands_whole_in_its_box() -> None:
    summary = "疑似不當對待事件" + "案" * 52
    made = pdf([row(1, summary=summary)])

    assert summary in printouts.words(made)
    assert printouts.pages(made) == 1


@pytest.mark.req("KH-A2-05")
def test_what_a_line_cannot_hold_is_whole_on_a_sheet_behind_the_pages() -> None:
    footage = tuple(Footage(camera=f"走廊{n}", start=at(18, 10, n), end=at(18, 11, n)) for n in range(20))
    made = pdf([row(1), row(2, footage=footage)])
    first, second = printouts.words(made, page=1), printouts.words(made, page=2)
    head = first.rpartition("○○分局偵查隊偵查佐")[2].partition("…（接續頁）")[0]
    rest = second.partition("第2號調閱監錄資料時段、地點")[2].partition("晨光幼兒園")[0]

    assert second.startswith("續頁")
    assert "115年第1頁／共1頁" in first
    assert head + rest == "".join(f"115年11月18日10:{n:02}至11:{n:02}走廊{n}" for n in range(20))


@pytest.mark.req("KH-A2-02")
def test_a_paper_entered_later_is_marked_beside_its_line() -> None:
    said = printouts.words(pdf([row(1), row(2, late_entry="紙115-3")]))

    assert "共1頁12補登紙115-3調閱日期" in said


@pytest.mark.req("DR-23")
def test_an_unprintable_name_stops_the_register() -> None:
    with pytest.raises(MissingGlyph, match=r"U\+1F600"):
        pdf([row(1, operator="林😀")])
    assert printouts.tofu(pdf([row(1, people=(Person(name="𡃁‧𠮷", unit="局", title="員"),))])) == 0


@pytest.mark.req("KH-A2-09", "DR-11")
def test_a_number_of_the_other_regulations_form_stands_with_its_place_and_nothing_else() -> None:
    said = printouts.words(pdf([row(1), Elsewhere(number=2, place="向陽國小附設幼兒園"), row(3)]))
    assert "本號載於向陽國小附設幼兒園的登記簿" in said
    for number in (1, 3):
        assert f"115-{number:04}偵辦竊盜案" in said
    assert "115-0002" not in said
