"""M2 in a browser: PIN, identity, prohibition; the real picture with its mark; stop, go on, mark; both sign (10.10)."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from infra import clock
from tenants.roc_dates import format_time, short_date
from tests.factories import people
from tests.factories.shelf import Shelf
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import looks_right
from tests.journeys.test_main_job import until
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk


def granted(town: Town) -> str:
    """A case of K1 that the head approved, with its copies made; the address of its page."""
    town.web.test_client_class = WebClient
    town.web.extensions["store"], kept = Shelf(), town.web.extensions.get("store")
    desk = Desk(town.web, town.cast, town.web.extensions["store"])
    end = town.recorded_from + timedelta(minutes=1)
    case = desk.filed(
        **{
            "windows-0-from_day": short_date(clock.civil_day(town.recorded_from)),
            "windows-0-from_time": format_time(town.recorded_from),
            "windows-0-until_day": short_date(clock.civil_day(end)),
            "windows-0-until_time": format_time(end),
        }
    )
    assert desk.decide(case, copy="", reasons="僅到場調閱").status_code == 303
    town.web.extensions["store"] = kept
    town.work()
    people.pin(town.cast.ids["k1-staff"])
    return f"{town.school}/cases/{case}"


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("KH-7-1", "KH-7-2", "KH-7-3", "KH-6-2i", "KH-6-3a", "DR-12", "DR-13", "DR-14", "DR-32", "TY-5-4a")
@pytest.mark.parametrize("width", WIDTHS)
def test_an_officer_looks_with_somebody_of_the_school_beside_them(town: Town, width: int) -> None:
    page = town.visit("k1-handler", width=width)
    page.goto(granted(town))
    page.get_by_role("link", name="開啟調閱操作台").click()
    begin(page)
    video = play(page)
    stays_in_sight(page)
    mark(page)
    before = video.evaluate("video => video.currentTime")
    stop_and_go_on(page)
    until(page, lambda: video.evaluate("video => video.readyState") >= 2)
    until(page, lambda: abs(video.evaluate("video => video.currentTime") - before) < 0.2)  # and not from the beginning
    sign(page)
    page.goto(f"{town.school}/register")
    row = page.get_by_role("row").nth(1)
    expect(row).to_contain_text("守園市政府警察局向陽分局 偵查佐")
    expect(row).to_contain_text("■調閱 □複製")


def begin(page: Page) -> None:
    """The start screen; once without the title, which begins nothing."""
    title = page.get_by_label("職稱")
    expect(title).to_have_value("偵查佐")
    looks_right(page)
    title.fill("")
    page.get_by_label("已核對的身分證件").select_option(label="公務機關服務證")
    page.get_by_label("知悉不得翻攝及複製").check()
    page.get_by_label("陪同人員", exact=True).select_option(label="k1的staff（組長）")
    page.get_by_label("陪同人員的 PIN").fill(people.PIN)
    page.get_by_role("button", name="開始調閱").click()
    expect(page.get_by_role("alert").first).to_contain_text("職稱")
    looks_right(page)
    page.get_by_label("職稱").fill("偵查佐")
    page.get_by_label("陪同人員的 PIN").fill(people.PIN)
    page.get_by_role("button", name="開始調閱").click()
    expect(page.get_by_text("調閱進行中")).to_be_visible()


def play(page: Page):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a locator
    """The picture is decoded, is never far ahead, and steps by one frame."""
    video = page.locator("video")
    until(page, lambda: video.evaluate("video => video.readyState") >= 2)
    looks_right(page)
    page.get_by_role("button", name="慢速 ½").click()
    video.focus()
    page.keyboard.press("Space")
    until(page, lambda: video.evaluate("video => video.currentTime") > 1)
    assert video.evaluate("video => video.playbackRate") == 0.5
    ahead = video.evaluate("video => video.buffered.end(video.buffered.length - 1) - video.currentTime")
    assert ahead < 4.5
    page.keyboard.press("Space")
    before = video.evaluate("video => video.currentTime")
    page.keyboard.press(".")
    until(page, lambda: 0.01 < video.evaluate("video => video.currentTime") - before < 0.5)
    assert video.evaluate("video => video.getVideoPlaybackQuality().totalVideoFrames") > 5
    assert video.evaluate("video => video.videoWidth") == 640
    assert 59 < video.evaluate("video => video.duration") < 61
    told = re.compile("^0 分 0[1-9] 秒，共 (0 分 59|1 分 00) 秒$")
    expect(page.get_by_role("slider", name="位置")).to_have_attribute("aria-valuetext", told)
    return video


TOP = "element => element.getBoundingClientRect().top"
BOTTOM = "element => element.getBoundingClientRect().bottom"


def stays_in_sight(page: Page) -> None:
    """On a low telephone, stop, PIN, the whole film and the key that plays it are on the screen together."""
    before = page.viewport_size
    assert before is not None
    page.set_viewport_size({"width": 390, "height": 664})
    film, key = page.locator("video"), page.locator("[data-do=toggle]")
    film.evaluate("film => film.scrollIntoView({ block: 'start' })")
    assert film.evaluate(TOP) >= page.locator(".sy-viewing-here").evaluate(BOTTOM) - 1
    assert key.evaluate(BOTTOM) <= 664
    page.set_viewport_size(before)


def mark(page: Page) -> None:
    page.get_by_label("標記此刻").fill("黑衣男子進入")
    page.get_by_role("button", name="標記", exact=True).click()
    expect(page.get_by_text(re.compile("已標記民國"))).to_be_visible()
    marks = page.locator("[data-marks]")
    kept = marks.get_by_text("黑衣男子進入", exact=True)
    expect(kept).to_be_visible()  # at once, without the page being loaded anew
    page.get_by_label("標記此刻").fill("標錯了")
    page.get_by_role("button", name="標記", exact=True).click()
    page.get_by_role("button", name=re.compile("移除.*標錯了")).click()
    expect(page.get_by_text("已移除標記。")).to_be_visible()
    expect(marks.get_by_text("標錯了", exact=True)).to_have_count(0)
    expect(kept).to_be_visible()


def stop_and_go_on(page: Page) -> None:
    """「離開／停止」 takes the picture away; the PIN brings it back."""
    page.get_by_role("button", name="離開／停止").click()
    expect(page.get_by_text("按下「離開／停止」")).to_be_visible()
    expect(page.locator("video")).to_have_count(0)
    looks_right(page)
    page.get_by_label("陪同人員的 PIN").first.fill(people.PIN)
    page.get_by_role("button", name="繼續調閱").click()
    expect(page.get_by_text("調閱進行中")).to_be_visible()


def sign(page: Page) -> None:
    page.get_by_role("heading", name="結束並簽名").click()
    page.get_by_label("在螢幕上簽名").check()
    page.get_by_label("調閱者親自輸入姓名").fill("陳志明")
    page.get_by_label("我全程在場").check()
    page.locator("#farewell-pin").fill(people.PIN)
    page.get_by_role("button", name="簽名並結束調閱").click()
    expect(page.get_by_text("雙方簽名結束")).to_be_visible()
    expect(page.get_by_role("cell", name="黑衣男子進入")).to_be_visible()
    looks_right(page)
