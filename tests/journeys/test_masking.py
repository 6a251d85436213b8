"""In a browser: a mother asks for a copy, the others in it are hidden with the mouse, and it leaves (DR-28)."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infra import clock
from tenants.roc_dates import format_time, short_date
from tests.factories import people
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import looks_right
from tests.journeys.test_main_job import until


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-28", "DR-32")
@pytest.mark.parametrize("width", WIDTHS)
def test_others_are_hidden_with_the_mouse_and_the_copy_leaves_on_a_medium(
    town: Town, tmp_path: Path, width: int
) -> None:
    handler, head = town.visit("k1-handler", width=width), town.visit("k1-head", width=width)
    case = ask(town, handler)
    town.work()
    people.pin(town.cast.ids["k1-staff"])
    look(town, handler, head, case)
    review(handler)
    head.goto(case)
    head.locator("#answer-step").get_by_role("combobox").first.select_option(label="准許")
    head.get_by_role("button", name="作成決定").click()
    expect(head.get_by_text("已決定，待辦理").first).to_be_visible()

    handler.goto(case)
    handler.get_by_role("link", name="開啟影像與遮蔽").click()
    expect(handler.locator("video")).to_have_count(0)
    looks_right(handler)
    beside(town, handler, "在場")  # who was there for the review still is, within the quarter of an hour
    opens(handler)
    draw(handler, town.recorded_from)
    looks_right(handler)
    handler.get_by_role("button", name="儲存遮蔽範圍").click()
    expect(handler.get_by_text("已儲存 1 個遮蔽範圍")).to_be_visible()

    expect(handler.get_by_role("button", name="確認遮蔽結果（影像還沒有開啟）")).to_be_visible()
    opens(handler)
    confirms_nothing_unsaved(handler)
    beside(town, handler, "確認遮蔽結果")
    expect(handler.get_by_text("已確認遮蔽結果").first).to_be_visible()
    leaves_on_a_medium(handler, tmp_path / "copy.mp4")


def confirms_nothing_unsaved(page: Page) -> None:
    """What was changed and not saved cannot be confirmed, until it is as it was."""
    confirms, warning = page.locator("#confirmation [type=submit]"), page.locator("[data-unsaved]")
    left = page.locator("[data-left]")
    saved = left.input_value()
    left.fill("1")
    expect(warning).to_be_visible()
    expect(confirms).to_be_disabled()
    left.fill(saved)
    expect(confirms).to_be_enabled()
    expect(warning).to_be_hidden()


def leaves_on_a_medium(handler: Page, medium: Path) -> None:
    """Written, read back, handed over."""
    handler.get_by_label("媒體序號或編號").fill("USB-7")
    handler.get_by_role("button", name="登記媒體").click()
    with handler.expect_download() as download:
        handler.get_by_role("button", name="下載並寫入媒體").click()
    download.value.save_as(medium)
    handler.reload()
    handler.get_by_label("媒體上的檔案").set_input_files(medium)  # the browser reads it and fills the hash in
    read = hashlib.sha256(medium.read_bytes()).hexdigest()
    expect(handler.get_by_label("讀回的雜湊")).to_have_value(read)
    handler.get_by_role("button", name="核對").click()
    expect(handler.get_by_text("媒體上的複製本相符")).to_be_visible()
    looks_right(handler)
    handler.get_by_role("link", name="登記辦理情形").click()
    handler.get_by_label("交付或閱覽日期").fill(short_date(clock.today()))
    handler.get_by_label("辦理情形").fill("USB-7 當面交付")
    handler.get_by_role("button", name="登記辦理情形").click()
    expect(handler.get_by_text("已登記辦理情形，可以結案。")).to_be_visible()


def ask(town: Town, page: Page) -> str:
    """Enter the request with the footage that it is about; the case's address."""
    page.goto(f"{town.school}/rights/new")
    page.get_by_label("請求種類").select_option(label="請求製給複製本")
    page.get_by_label("收件日期").fill(short_date(clock.today()))
    for label, words in (
        ("請求人姓名", "林小惠"),
        ("與當事人關係", "母（法定代理人）"),
        ("當事人姓名", "林可可"),
        ("聯絡方式", "0912-345-678"),
        ("已查驗的身分證明文件", "國民身分證、戶口名簿"),
        ("請求的內容", "女兒受傷經過的影像"),
    ):
        page.get_by_label(label).fill(words)
    page.get_by_label("涉及的鏡頭").select_option(value=str(town.cast.k1.cameras["C-GATE"]))
    page.get_by_label("影像日期").fill(short_date(clock.civil_day(town.recorded_from)))
    page.get_by_label("起時").fill(format_time(town.recorded_from))
    page.get_by_label("迄時").fill(format_time(town.recorded_from + timedelta(seconds=20)))
    page.get_by_role("button", name="登記").click()
    expect(page.get_by_text("已收件").first).to_be_visible()
    return page.url


def look(town: Town, handler: Page, head: Page, case: str) -> None:
    """審查時檢視影像: the head allows it, a colleague types their PIN, and the film plays."""
    head.goto(case)
    head.get_by_role("button", name="同意檢視影像").click()
    expect(head.get_by_text("已同意檢視影像")).to_be_visible()
    handler.goto(case)
    handler.get_by_role("link", name="檢視影像").click()
    looks_right(handler)
    beside(town, handler, "在場陪同")
    opens(handler)
    looks_right(handler)
    handler.get_by_role("link", name="登記審查意見").click()


def beside(town: Town, page: Page, then: str) -> None:
    """A colleague says with their PIN that they are there."""
    step = page.locator("#confirmation" if then.startswith("確認") else "#companion-step")
    step.get_by_role("combobox").select_option(value=str(town.cast.ids["k1-staff"]))
    step.get_by_label("PIN").fill(people.PIN)
    step.get_by_role("button", name=then).click()


def opens(page: Page) -> None:
    """Open the film, and wait until there is a picture."""
    page.locator("#film").get_by_role("link", name="開啟").click()
    until(page, lambda: page.locator("video").evaluate("video => video.readyState") >= 2)


def review(page: Page) -> None:
    """法律審查."""
    page.get_by_label("審查意見").fill("符合第十條，遮蔽後提供")
    page.get_by_label("影像或資料中有其他人").check()
    page.get_by_label("其他人如何遮蔽").fill("遮蔽右側的人")
    page.get_by_role("button", name="登記審查意見").click()
    expect(page.get_by_text("待首長決定").first).to_be_visible()


def draw(page: Page, recorded_from: datetime) -> None:
    """From the middle of the picture to its lower right, once the picture is there; then for a part of the film."""
    layer = page.locator("[data-layer]")
    layer.scroll_into_view_if_needed()
    room = layer.bounding_box()
    assert room is not None
    page.mouse.move(room["x"] + room["width"] / 2, room["y"] + room["height"] / 2)
    page.mouse.down()
    page.mouse.move(room["x"] + room["width"] * 0.9, room["y"] + room["height"] * 0.9, steps=4)
    page.mouse.up()
    row = page.get_by_role("group", name="範圍 1")
    expect(row).to_be_visible()
    assert 490 <= int(row.get_by_label("左").input_value()) <= 510
    assert 380 <= int(row.get_by_label("寬").input_value()) <= 420
    from_time, drawn = row.get_by_label("起時"), layer.locator("> div")
    from_time.fill(f"{format_time(recorded_from)}:10")
    expect(drawn).to_have_class("sy-not-now")  # the film stands before that second
    from_time.fill("")
    expect(drawn).not_to_have_class("sy-not-now")
