"""調閱申請單 on paper: 附件1 of KH and 附錄1 of TY, character by character, blank and filled."""

from dataclasses import replace
from functools import cache

import pytest

from infra.typesetting import MissingGlyph
from tenants.forms import Capacity, RequestForm, RequestWording, Signature, Signatures, Window, request_sheet
from tests import printouts
from tests.tenants.forms.made import FOOT, FORM, IMPRINT, KH, TY, at, printed

pytestmark = pytest.mark.needs("faces", "pdftotext")

PURPOSE_ONLY = (
    "1.影像資料僅供申請目的之使用，不得另行複製傳閱散佈播放，並應遵守「個人資料保護法」之規定，以維護當事人之隱私權益。"
    "若未遵守相關法律而衍生之爭議，由申請人自行負責。"
)
KH_BLANK = (
    "監視錄影系統監錄資料調閱申請單"
    "申請人申請日期民國年月日身份證號聯絡電話與當事人關係調閱單位"
    "監錄系統地點調閱監視畫面時段年月日時分至年月日時分申請事由："
    "申請人監錄系統管理承辦人監錄系統管理處室主管校（園）長／負責人"
    f"{PURPOSE_ONLY}2.監視錄影系統監錄資料調閱申請單至少應保存一年。附件1"
)
TY_BLANK = (
    "向陽國小監視器攝錄資料調閱申請單附錄1"
    "申請人申請日期民國年月日身分證號聯絡電話與當事人關係調閱單位"
    "攝影機地點調閱監視畫面時段年月日時分至年月日時分申請事由："
    "申請人監錄系統管理承辦人監錄系統管理處室主管校長"
    f"{PURPOSE_ONLY}2.監視器攝錄資料調閱申請單至少應保存一年。"
)
ONLY_KH = ("監視錄影系統", "身份證號", "監錄系統地點", "負責人", "園", "附件")
ONLY_TY = ("監視器", "身分證號", "攝影機地點", "校長", "附錄")


BLANK = RequestForm()
FRAME_AND_NOTES = (0, 275)  # millimetres; the foot beneath says how many pages there are


@cache
def pdf(wording: RequestWording, form: RequestForm = BLANK, short_name: str = "向陽國小") -> bytes:
    """The form printed, once for all tests that look at it."""
    imprint = IMPRINT if wording is KH else replace(IMPRINT, institution="向陽國小")
    return printed(request_sheet(wording, form, short_name=short_name, imprint=imprint))


def words(wording: RequestWording, form: RequestForm = BLANK, page: int | None = None) -> str:
    return printouts.words(pdf(wording, form), page=page)


@pytest.mark.req("KH-A1-01", "KH-A1-12", "KH-A1-13", "KH-A1-14", "KH-A1-15", "KH-A1-17", "KH-A1-18", "KH-A1-19")
@pytest.mark.req("KH-A1-02", "KH-A1-03", "KH-A1-04", "KH-A1-05", "KH-A1-06", "KH-A1-07", "KH-A1-08", "KH-A1-11")
def test_a_blank_form_of_kh_says_what_annex_1_says_and_nothing_else() -> None:
    assert words(KH) == f"{KH_BLANK}{FOOT}第1頁／共1頁"


@pytest.mark.req("TY-A1-01", "TY-A1-02", "TY-A1-03", "TY-A1-04", "TY-A1-05", "TY-A1-06", "TY-A1-07", "TY-A1-08")
@pytest.mark.req("TY-A1-09", "TY-A1-12", "TY-A1-13", "TY-A1-14", "TY-A1-15", "TY-A1-16", "TY-A1-17", "TY-A1-18")
def test_a_blank_form_of_ty_says_what_appendix_1_says_and_nothing_else() -> None:
    foot = FOOT.replace("晨光幼兒園", "向陽國小")
    assert words(TY) == f"{TY_BLANK}{foot}第1頁／共1頁"


@pytest.mark.req("KH-A1-01", "KH-A1-19", "TY-A1-02", "TY-A1-05", "TY-A1-09", "TY-A1-16", "TY-A1-18", "TY-X-1")
@pytest.mark.parametrize("form", [BLANK, FORM], ids=["blank", "filled"])
def test_neither_form_borrows_a_word_of_the_other(form: RequestForm) -> None:
    bare = replace(form, unit="家長")
    kh, ty = words(KH, bare), words(TY, bare)

    assert [word for word in ONLY_TY if word in kh] == []
    assert [word for word in ONLY_KH if word in ty] == []
    assert all(word in kh for word in ONLY_KH)
    assert all(word in ty for word in ONLY_TY)


@pytest.mark.req("KH-A1-02", "KH-A1-04", "KH-A1-05", "KH-A1-06", "KH-A1-07", "KH-A1-08", "KH-A1-11")
@pytest.mark.req("TY-A1-03", "TY-A1-05", "TY-A1-06", "TY-A1-07", "TY-A1-08", "TY-A1-09", "TY-A1-12")
@pytest.mark.parametrize(("wording", "ground"), [(KH, "意外事故："), (TY, "")], ids=["kh", "ty"])
def test_each_value_stands_behind_its_label(wording: RequestWording, ground: str) -> None:
    said = words(wording, FORM)

    assert "申請人瓦歷斯‧諾幹申請日期" in said
    assert "證號A800000014聯絡電話07-7995678#123與當事人關係母調閱單位兔兔班家長" in said
    assert "地點戶外遊戲區(CAM03)、前門(C-GATE)調閱監視畫面時段" in said
    assert f"申請事由：{ground}孩子於戶外遊戲區跌倒，想了解經過。申請人監錄系統管理承辦人" in said


@pytest.mark.req("KH-A1-03", "KH-A1-09", "KH-A1-10", "TY-A1-04", "TY-A1-10", "TY-A1-11")
@pytest.mark.parametrize("wording", [KH, TY], ids=["kh", "ty"])
def test_the_word_of_the_era_stands_before_the_date_of_the_application_and_nowhere_else(
    wording: RequestWording,
) -> None:
    over_midnight = replace(FORM, windows=(Window(start=at(18, 23, 50), end=at(19, 0, 10)),))
    said = words(wording, over_midnight)

    assert "申請日期民國115年11月20日" in said
    assert "畫面時段115年11月18日23時50分至115年11月19日00時10分" in said
    assert said.count("民國") == 1


@pytest.mark.parametrize("wording", [KH, TY], ids=["kh", "ty"])
def test_a_filled_form_lies_on_a_blank_one(wording: RequestWording) -> None:
    crowded = replace(FORM, reason="說明。" * 400, cameras=("鏡頭",) * 40, windows=FORM.windows * 2)
    blank = printouts.picture(pdf(wording)).part(*FRAME_AND_NOTES)

    assert blank.ink > 10_000
    for form in (FORM, crowded):
        filled = printouts.picture(pdf(wording, form)).part(*FRAME_AND_NOTES)
        assert blank.lies_on(filled)
        assert filled.ink > blank.ink + 2_000


def test_the_comparison_sees_a_line_that_moved() -> None:
    blank = printouts.picture(pdf(KH))
    moved = printouts.Picture((blank.rows[-1], *blank.rows[:-1]))

    assert blank.lies_on(blank)
    assert not blank.lies_on(moved)


@pytest.mark.req("KH-A1-12", "KH-A1-13", "KH-A1-14", "KH-A1-15", "TY-A1-13", "TY-A1-14", "TY-A1-15", "TY-A1-16")
@pytest.mark.parametrize("wording", [KH, TY], ids=["kh", "ty"])
def test_approvals_print_as_words_in_the_order_of_the_boxes(wording: RequestWording) -> None:
    assert (
        "瓦歷斯‧諾幹電子簽核115年11月20日10:05"
        "林怡君電子簽核115年11月20日10:15"
        "林怡君（兼任）電子簽核115年11月20日10:20"
        "陳美惠（代為決行）電子簽核115年11月21日09:05"
        "1.影像資料"
    ) in words(wording, FORM)
    assert printouts.images(pdf(wording, FORM)) == 0


@pytest.mark.req("KH-A1-13", "KH-A1-15")
def test_a_box_without_an_approval_stays_empty_for_ink() -> None:
    deputy = Signature(name="吳佩玲", at=at(20, 10, 15), capacity=Capacity.DEPUTY)
    said = words(KH, replace(FORM, signatures=Signatures(handler=deputy)))

    assert f"負責人吳佩玲（代）電子簽核115年11月20日10:15{PURPOSE_ONLY}" in said


@pytest.mark.req("KH-A1-11", "TY-A1-12")
@pytest.mark.parametrize("wording", [KH, TY], ids=["kh", "ty"])
def test_a_long_reason_goes_on_whole_on_sheets_marked_as_such(wording: RequestWording) -> None:
    reason = "".join(f"第{number}件：孩子於遊戲區跌倒，額頭受傷，老師說明前後不一。\r\n" for number in range(90))
    form = replace(FORM, reason=reason)
    made = pdf(wording, form)
    first, *others = [printouts.words(made, page=number + 1) for number in range(printouts.pages(made))]
    head = first.partition("申請事由：")[2].partition("…（接續頁）")[0]
    rest = "".join(_without_head_and_foot(page) for page in others).replace(f"{wording.title}申請事由：", "")

    assert len(others) == 2
    assert all(page.startswith("續頁") for page in others)
    assert "續頁" not in first.replace("接續頁", "")
    assert "2.監視" in first
    assert (head + rest).removeprefix("意外事故：") == "".join(reason.split())


def _without_head_and_foot(page: str) -> str:
    title = "向陽國小監視器攝錄資料調閱申請單"
    return (
        page.removeprefix("續頁").partition("晨光幼兒園案號")[0].partition("向陽國小案號")[0].replace(title, TY.title)
    )


@pytest.mark.req("KH-A1-02")
def test_a_name_of_fifty_letters_stands_in_its_box() -> None:
    name = ("Nguyễn Thị Hồng " * 4)[:50].strip()
    made = pdf(KH, replace(FORM, applicant=name))

    assert f"申請人{''.join(name.split())}申請日期" in printouts.words(made)
    assert printouts.pages(made) == 1


def test_a_word_wider_than_its_box_breaks_and_does_not_run_out_of_the_frame() -> None:
    address = "https://example.test/" + "a" * 120
    made = pdf(KH, replace(FORM, unit="w" * 40, reason=address))
    beside = printouts.picture(made).part(*FRAME_AND_NOTES, left=190.5)

    assert "w" * 40 in printouts.words(made)
    assert address in printouts.words(made)
    assert beside.ink == 0


@pytest.mark.req("KH-A1-08", "TY-A1-09")
def test_more_cameras_than_the_box_holds_are_all_on_the_next_sheet() -> None:
    cameras = tuple(f"走廊{number}(CAM{number:02})" for number in range(60))
    made = pdf(KH, replace(FORM, cameras=cameras))
    first, second = printouts.words(made, page=1), printouts.words(made, page=2)
    head = first.partition("監錄系統地點")[2].partition("…（接續頁）")[0]
    rest = second.partition("監錄系統地點")[2].partition("晨光幼兒園")[0]

    assert head + rest == "、".join(cameras)


@pytest.mark.req("KH-A1-09", "KH-A1-10")
@pytest.mark.parametrize(
    ("windows", "more", "listed"),
    [
        (
            (Window(start=at(18, 10, 5), end=at(18, 10, 35)), Window(start=at(19, 23, 0), end=at(20, 0, 10))),
            "共2段，詳續頁",
            "115年11月18日10:05至10:35115年11月19日23:00至115年11月20日00:10",
        ),
        ((Window(start=at(18, 10, 5, 30), end=at(18, 10, 35)),), "共1段，詳續頁", "115年11月18日10:05:30至10:35"),
    ],
    ids=["two windows", "seconds"],
)
def test_windows_that_the_boxes_cannot_say_are_listed_on_the_next_sheet(
    windows: tuple[Window, ...], more: str, listed: str
) -> None:
    made = pdf(KH, replace(FORM, windows=windows))

    assert f"115年11月18日10時05分至115年11月18日10時35分{more}申請事由：" in printouts.words(made, page=1)
    assert f"調閱監視畫面時段{listed}晨光" in printouts.words(made, page=2)


@pytest.mark.req("KH-A1-03")
def test_a_paper_entered_later_bears_the_mark_and_its_number() -> None:
    assert words(KH, replace(FORM, late_entry="紙115-3")).startswith("補登紙本編號：紙115-3監視錄影系統")
    assert "補登" not in words(KH, FORM)


@pytest.mark.req("KH-A1-11", "TY-A1-12")
def test_what_looks_like_markup_prints_as_it_was_typed() -> None:
    reason = "=cmd|' /C calc'!A0 #read(\"x\") *粗* $x$ <script> \\ @a _b_ `c` // d"

    assert f"意外事故：{''.join(reason.split())}申請人" in words(KH, replace(FORM, reason=reason))


@pytest.mark.req("TY-A1-01")
@pytest.mark.parametrize("short_name", ["瑞豐國小", "向陽國小", "八德國民中小學附設實驗教育分校暨分班"])
def test_the_title_of_ty_bears_the_schools_short_name_on_one_line_with_the_annex(short_name: str) -> None:
    made = pdf(TY, FORM, short_name)
    page = printouts.picture(made)
    beside_the_annex, annex = page.part(20, 30, 174, 178), page.part(20, 30, 178, 191)

    assert printouts.words(made).startswith(f"{short_name}監視器攝錄資料調閱申請單附錄1申請人")
    assert printouts.pages(made) == 1
    assert beside_the_annex.ink == 0
    assert annex.ink > 50


@pytest.mark.req("DR-23", "KH-A1-02")
def test_rare_characters_print_and_an_unprintable_one_stops_the_form() -> None:
    made = pdf(KH, replace(FORM, applicant="𡃁堃喆", relation="父", unit="峯温班家長", reason="𠮷"))

    assert "申請人𡃁堃喆申請日期" in printouts.words(made)
    assert printouts.tofu(made) == 0
    assert all(printouts.fonts(made).values())
    with pytest.raises(MissingGlyph, match=r"U\+1F600"):
        printed(request_sheet(KH, replace(FORM, reason="跌倒😀"), short_name="晨光", imprint=IMPRINT))


def test_the_same_form_printed_twice_is_the_same_file() -> None:
    sheets = [request_sheet(KH, FORM, short_name="晨光", imprint=IMPRINT) for _ in range(2)]

    assert printed(sheets[0]) == printed(sheets[1])
