"""檢查及保養紀錄 on paper: 附件3 of KH with thirteen lines a page, 附錄2 of TY with sixteen under its own labels."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from infra.typesetting import MissingGlyph
from tenants.forms import InspectionRow, InspectionWording, Signer, inspection_sheet
from tests import printouts
from tests.tenants.forms.made import IMPRINT, KH_INSPECTIONS, TY_INSPECTIONS, at, looked, printed

pytestmark = pytest.mark.needs("faces", "pdftotext")

KH_COLUMNS = "檢查日期監錄系統主機是否正常運作監錄器材是否正常運轉視訊畫面是否清晰保養檢(複)查人備考"
TY_COLUMNS = "檢查日期監視主機是否正常運作錄影監材是否正常運轉視訊是否清晰保養檢(複)查人備考"
KH_NOTES = (
    "備註：1.管理單位應定期檢查監錄系統運作狀況，發現故障，立即報修。"
    "2.管理單位應定期檢查及保養維護監錄系統設備，以確保設備之正常運作，並定期校正。"
    "3.檢查及維護應作成紀錄，並妥善保存至少一年。附件3"
)
TY_NOTE = "備註：管理單位應定期檢查監錄系統運作狀況，發現故障，立即報修。"
ANSWERS = "□是□否□是□否□是□否"
FOOT = "晨光幼兒園列印時間115/11/2210:00列印者何宜珊"
FRAME = (35, 251)  # millimetres; number, period and page stand outside
ROW, FIRST_ROW = 196 / 13, 12 + 22 + 16


def pdf(rows: Sequence[InspectionRow] = (), *, wording: InspectionWording = KH_INSPECTIONS) -> bytes:
    sheet = inspection_sheet(
        wording,
        rows,
        period="115年",
        institution="晨光幼兒園" if wording is KH_INSPECTIONS else "桃園市八德區瑞豐國民小學",
        short_name="瑞豐國小",
        imprint=replace(IMPRINT, case=""),
    )
    return printed(sheet)


def page_of(n: int, wording: InspectionWording = KH_INSPECTIONS) -> bytes:
    return pdf([looked(number) for number in range(1, n + 1)], wording=wording)


@pytest.mark.req("KH-A3-01", "KH-A3-02", "KH-A3-03", "KH-A3-04", "KH-A3-05", "KH-A3-06", "KH-A3-07", "KH-A3-08")
@pytest.mark.req("KH-A3-09", "KH-A3-10", "KH-A3-11", "KH-A3-12", "KH-8-1e")
def test_a_blank_page_says_what_annex_3_says_and_nothing_else() -> None:
    assert printouts.words(pdf()) == (
        f"晨光幼兒園監視錄影系統檢查及保養紀錄期間：第頁／共頁{KH_COLUMNS}{f'年月日{ANSWERS}' * 13}{KH_NOTES}"
        f"{FOOT}第1頁／共1頁"
    )


@pytest.mark.req("TY-A2-01", "TY-A2-02", "TY-A2-03", "TY-A2-04", "TY-A2-05", "TY-A2-06", "TY-A2-07", "TY-A2-08")
@pytest.mark.req("TY-A2-09", "TY-A2-10", "TY-3-3d")
def test_a_blank_page_says_what_appendix_2_says_and_nothing_of_annex_3() -> None:
    said = printouts.words(pdf(wording=TY_INSPECTIONS))

    assert said == (
        f"桃園市八德區瑞豐國民小學瑞豐國小監視錄影系統紀錄表附錄2期間：第頁／共頁{TY_COLUMNS}"
        f"{f'年月日{ANSWERS}' * 16}{TY_NOTE}{FOOT}第1頁／共1頁"
    )
    assert [word for word in ("附件", "保養紀錄表", "監錄器材", "監錄系統主機", "視訊畫面", "1.") if word in said] == []


@pytest.mark.req("KH-A3-02", "KH-A3-06", "KH-A3-07")
def test_a_line_has_its_date_who_looked_and_who_looked_again_and_what_was_wrong() -> None:
    second = Signer(name="陳美惠", at=at(3, 9, 5))
    found = looked(1, answers=(True, False, True), remark="走廊鏡頭離線，報修115-0003", rechecker=second)

    assert (
        f"115年11月2日{ANSWERS}林怡君電子簽核115/11/0214:03複查陳美惠電子簽核115/11/0309:05走廊鏡頭離線，報修115-0003"
    ) in printouts.words(pdf([found]))


@pytest.mark.req("KH-A3-03", "KH-A3-04", "KH-A3-05")
@pytest.mark.parametrize("answers", [(True, True, True), (False, True, True), (True, False, False)])
def test_of_each_pair_exactly_one_box_has_a_drawn_tick(answers: tuple[bool, bool, bool]) -> None:
    blank, filled = pdf(), pdf([looked(1, answers=answers, remark="待修")])
    line = (FIRST_ROW + 4, FIRST_ROW + 11)
    starts = [44 + left + (width - 18) / 2 for left, width in ((0, 30), (30, 28), (58, 27))]
    boxes = [(start + offset, start + offset + 5) for start in starts for offset in (-0.5, 9.8)]
    inked = [
        printouts.picture(filled).part(*line, *box).ink > printouts.picture(blank).part(*line, *box).ink + 8
        for box in boxes
    ]

    assert inked == [told for answer in answers for told in (answer, not answer)]
    assert printouts.described(filled) == ["已勾選"] * 3
    assert printouts.described(blank) == []
    assert "☑" not in printouts.words(filled)


@pytest.mark.parametrize("wording", [KH_INSPECTIONS, TY_INSPECTIONS], ids=["KH", "TY"])
def test_a_filled_page_lies_on_a_blank_one(wording: InspectionWording) -> None:
    full = [looked(n, answers=(False,) * 3, remark="說明" * 20, late_entry=True) for n in range(1, wording.rows + 1)]
    blank, filled = (printouts.picture(pdf(rows, wording=wording)).part(*FRAME) for rows in ((), full))

    assert blank.lies_on(filled)
    assert blank.ink > 10_000
    assert filled.ink > blank.ink + 5_000


@pytest.mark.req("KH-A3-08", "KH-A3-09", "KH-A3-10", "KH-A3-11", "KH-A3-12")
def test_the_fourteenth_line_stands_on_a_second_page_and_the_notes_on_both() -> None:
    made = page_of(14)
    pages = [printouts.words(made, page=number) for number in (1, 2)]

    assert printouts.pages(made) == 2
    assert [page.count("林怡君") for page in pages] == [13, 1]
    for number, page in enumerate(pages, 1):
        assert f"115年第{number}頁／共2頁" in page
        assert page.count(ANSWERS) == 13
        assert KH_NOTES in page
        assert KH_COLUMNS in page


@pytest.mark.req("TY-A2-09", "TY-A2-10")
def test_sixteen_lines_stand_on_one_page_of_ty() -> None:
    assert [printouts.pages(page_of(n, TY_INSPECTIONS)) for n in (16, 17)] == [1, 2]
    assert printouts.words(page_of(17, TY_INSPECTIONS), page=2).count(TY_NOTE) == 1


@pytest.mark.req("KH-8-0")
def test_a_cancelled_line_keeps_its_place_struck_through_with_its_reason() -> None:
    struck = pdf([looked(1), looked(2, cancelled="重複登記"), looked(3)])
    plain = pdf([looked(1), looked(2), looked(3)])
    middle = FIRST_ROW + 1.5 * ROW
    here = (middle - 1.5, middle + 1.5, 17, 199)

    assert "（作廢：重複登記）" in printouts.words(struck)
    assert "2作廢3" in printouts.words(struck)
    assert printouts.picture(struck).part(*here).ink > printouts.picture(plain).part(*here).ink + 500
    assert printouts.described(struck).count("作廢") == 1


@pytest.mark.req("KH-8-1a")
def test_what_was_entered_late_is_marked_beside_its_line() -> None:
    assert "12補登檢查日期" in printouts.words(pdf([looked(1), looked(2, late_entry=True)]))


@pytest.mark.req("KH-A3-07")
def test_a_remark_that_does_not_fit_goes_on_behind_the_pages() -> None:
    remark = "".join(f"第{n}支鏡頭離線，已報修。" for n in range(60))
    made = pdf([looked(1, answers=(True, False, True), remark=remark)])
    first, second = printouts.words(made, page=1), printouts.words(made, page=2)
    head = first.rpartition("14:03")[2].partition("…（接續頁）")[0]

    assert second.startswith("續頁")
    assert head + second.partition("第1列備考")[2].partition("晨光幼兒園")[0] == remark


@pytest.mark.req("KH-A3-06", "KH-A3-07")
@pytest.mark.parametrize("changes", [{"answers": (True, True, False)}, {"inspector": Signer(name="", at=at(2, 9, 0))}])
def test_a_line_without_a_signature_or_of_a_no_without_a_word_cannot_be_made(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="line 1"):
        looked(1, **changes)


@pytest.mark.req("DR-23")
def test_rare_names_print_and_a_missing_character_stops_the_page() -> None:
    assert printouts.tofu(pdf([looked(1, inspector=Signer(name="𡃁‧𠮷", at=at(2, 9, 0)))])) == 0
    with pytest.raises(MissingGlyph, match=r"U\+1F600"):
        pdf([looked(1, remark="😀")])
