"""One letter to a preschool and a school, read from its electronic document; a copy leaves on a medium, in person."""

import hashlib
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from infra import clock
from tenants.roc_dates import format_time, short_date
from tests.journeys.conftest import WIDTHS, Town
from tests.made_documents import E1, K1, a_pdf, letter


@pytest.mark.needs("chromium")
@pytest.mark.req("KH-6-1c", "KH-6-1d", "KH-6-1e", "KH-6-1h", "KH-6-5a", "KH-6-5b", "TY-5-2a", "TY-5-2b", "KH-A2-08")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_letter_to_two_and_a_copy_in_person(town: Town, tmp_path: Path, width: int) -> None:
    officer = town.visit("officer", width=width)
    case = file_one_letter_to_two(town, officer, tmp_path)
    see_each_on_its_own(town, width)

    head = town.visit("k1-head", width=width)
    approve(head)
    town.work()
    handler = town.visit("k1-handler", width=width)
    draft_and_reply(town, handler)
    hand_over(handler, tmp_path)
    read_the_register(town, handler)

    report_the_end(officer, case)


def file_one_letter_to_two(town: Town, page: Page, folder: Path) -> str:
    """The document names both; the officer looks at what was read and adds the windows; the first case's address."""
    page.get_by_role("link", name="提出申請").first.click()
    page.get_by_role("link", name="晨光幼兒園").click()
    document = folder / "公文.di"
    document.write_text(letter(recipients=(K1, E1)), encoding="utf-8")
    page.get_by_text("有電子公文檔？").click()
    page.get_by_label("電子公文檔").set_input_files(document)
    page.get_by_role("button", name="讀取電子公文").click()
    expect(page.get_by_text("請逐項核對")).to_be_visible()
    expect(page.get_by_label("發文字號")).to_have_value("守警陽分偵字第1157123450號")
    page.get_by_label("發文日期").fill(short_date(clock.today()))
    page.get_by_label("公文掃描檔").set_input_files(_scan(folder))
    for label, words in (
        ("執行職務之事由", "偵辦機車竊盜案"),
        ("法令依據", "刑事訴訟法第133條"),
        ("調閱目的", "查明行竊經過"),
        ("範圍", "前門鏡頭"),
        ("用途", "移送檢察官偵辦"),
    ):
        page.get_by_role("textbox", name=label, exact=True).fill(words)
    for place, camera in (("windows", "C-GATE"), ("further-0-windows", "E-GATE")):
        section = page.locator(f"section#{place}")
        section.get_by_label(re.compile(camera)).check()
        _span(town, section)
    page.get_by_label("複製（交付影像檔）").check()
    page.get_by_label("複製必要性").fill("移送檢察官偵辦需附證物")
    page.get_by_role("button", name="下一步：核對內容").click()
    expect(page.get_by_role("heading", name="送出前請核對")).to_be_visible()
    page.get_by_role("button", name="送出申請並先行保全").click()
    expect(page.get_by_text("同一公文已分成 2 件")).to_be_visible()
    expect(page.get_by_text("各機構各自決定").first).to_be_visible()
    return page.url


def see_each_on_its_own(town: Town, width: int) -> None:
    """Each institution has its case, and of the other only that there is one."""
    for login, other in (("k1-head", "向陽國小"), ("e1-head", "晨光幼兒園")):
        page = town.visit(login, width=width)
        page.get_by_role("link", name=re.compile("請決定是否同意調閱")).click()
        expect(page.get_by_text("同時送往其他 1 個機構")).to_be_visible()
        expect(page.get_by_role("main").get_by_text(other)).to_have_count(0)
        page.context.close()


def approve(page: Page) -> None:
    """All of it, with the day by which the copy has to be back."""
    page.get_by_role("link", name=re.compile("請決定是否同意調閱")).click()
    page.get_by_label("同意全部").check()
    page.get_by_label("返還或銷毀期限").fill(short_date(clock.today() + timedelta(days=60)))
    page.get_by_label("陪同人員").select_option(label="k1的handler（組長）")
    page.get_by_role("button", name="作成決定").click()
    expect(page.get_by_text("影像製作中")).to_be_visible()


def draft_and_reply(town: Town, page: Page) -> None:
    """The draft is there to be copied; its number is typed in once the document system gave one."""
    page.goto(f"{town.school}/cases/")
    page.get_by_role("link", name=re.compile("^調閱-")).first.click()
    page.get_by_role("link", name="函復稿（可複製、列印）").click()
    expect(page.get_by_text("主旨：")).to_be_visible()
    expect(page.get_by_text("守警陽分偵字第1157123450號函")).to_be_visible()
    page.go_back()
    page.get_by_label("發文字號").fill("晨幼字第1150000123號")
    page.get_by_role("button", name="登載函復").click()
    expect(page.get_by_text("晨幼字第1150000123號").first).to_be_visible()


def hand_over(page: Page, folder: Path) -> None:
    """The medium is named, written, read back wrongly and rightly, and signed for."""
    page.get_by_role("link", name="承辦人到場領取：當面交付媒體").click()
    page.get_by_label("媒體種類").select_option(label="隨身碟")
    page.get_by_label("媒體序號").fill("A-115-01")
    page.get_by_role("button", name="登記媒體").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="下載影像寫入媒體").click()
    copy = folder / "package.zip.age"
    download.value.save_as(copy)
    page.get_by_label("從媒體讀回的檔案雜湊").fill("0" * 64)
    page.get_by_label("領取人已閱讀並願遵守").check()
    page.get_by_role("button", name="完成交付並登記").click()
    expect(page.get_by_role("alert")).to_contain_text("與核准的影像複製檔不符，不能交付")
    page.get_by_label("媒體上的檔案").set_input_files(copy)  # the browser reads it and fills the hash in
    read = hashlib.sha256(copy.read_bytes()).hexdigest()
    expect(page.get_by_label("從媒體讀回的檔案雜湊")).to_have_value(read)
    page.get_by_role("button", name="完成交付並登記").click()
    expect(page.get_by_text("已當面交付，並登載於調閱登記簿。")).to_be_visible()


def read_the_register(town: Town, page: Page) -> None:
    """One line: who took it, that it is a copy, and who stood there and gave it."""
    page.goto(f"{town.school}/register")
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("□調閱 ■複製")
    expect(row).to_contain_text("k1的handler")
    expect(row).not_to_contain_text("線上交付")
    for sheet in ("匯出 ODS", "匯出 CSV"):  # the page stays, and is asked for another
        with page.expect_download():
            page.get_by_role("button", name=sheet).click()


def report_the_end(page: Page, case: str) -> None:
    """The agency says what became of its copy."""
    page.goto(case)
    page.get_by_label("處理方式").select_option(label="已銷毀")
    page.get_by_label("日期", exact=True).fill(short_date(clock.today()))
    page.get_by_label("簽收單號或銷毀紀錄文號").fill("銷毀紀錄第3號")
    page.get_by_role("button", name="回報").click()
    expect(page.get_by_text("已回報，機構會收到通知。")).to_be_visible()
    expect(page.get_by_text("銷毀紀錄第3號").first).to_be_visible()


def _span(town: Town, section: Locator) -> None:
    end = town.recorded_from + timedelta(minutes=1)
    section.get_by_label("起日").fill(short_date(clock.civil_day(town.recorded_from)))
    section.get_by_label("起時").fill(format_time(town.recorded_from))
    section.get_by_label("迄日").fill(short_date(clock.civil_day(end)))
    section.get_by_label("迄時").fill(format_time(end))


def _scan(folder: Path) -> Path:
    path = folder / "來文.pdf"
    path.write_bytes(a_pdf())
    return path
