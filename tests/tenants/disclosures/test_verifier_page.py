"""verify.html in a browser, from a file and without network: the same states as verify.py for the same damage."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tenants.disclosures.packages.verify import CHUNK, NOT_VERIFIED, PARTLY, VERIFIED
from tests.made_packages import DAMAGES, Damage, flip, made, zipped

pytestmark = [pytest.mark.req("DR-07", "DR-25"), pytest.mark.needs("chromium")]
PAGE = Path(str(resources.files("tenants.disclosures.packages") / "verify.html"))
TITLES = {VERIFIED: "驗證通過", PARTLY: "部分通過", NOT_VERIFIED: "不通過"}
_NO_ED25519 = """() => {
const known = crypto.subtle.importKey.bind(crypto.subtle);
crypto.subtle.importKey = (form, key, name, ...rest) => name === "Ed25519"
  ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError")) : known(form, key, name, ...rest);
}"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """The verifier as it is opened from a folder, in a browser that has no network."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-TW", offline=True)
    opened = context.new_page()
    faults: list[str] = []
    asked: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(PAGE.as_uri())
    yield opened
    assert not faults
    assert {url.partition(":")[0] for url in asked} <= {"file", "blob"}, asked
    context.close()


def state(page: Page) -> int:
    page.wait_for_selector("body[data-state]")
    return int(page.locator("body").get_attribute("data-state") or "-1")


def found(page: Page) -> str:
    """Every finding that is no good one, in words."""
    return "\n".join(page.locator("#findings li.fault, #findings li.skipped").all_inner_texts())


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.name)
def test_each_damage_has_the_state_that_the_command_gives_and_is_named(
    damage: Damage, page: Page, tmp_path: Path
) -> None:
    top = made(tmp_path)
    damage.do(top)
    page.fill("#told", damage.told(top))

    page.set_input_files("#zip", zipped(top))

    assert state(page) == damage.state, found(page)
    title = page.locator("#verdict strong").inner_text()
    assert [words for words in TITLES.values() if words in title] == [TITLES[damage.state]]
    assert all(name in found(page) for name in damage.named), found(page)
    assert bool(found(page)) == (damage.state != VERIFIED)


def test_an_unpacked_folder_is_checked_as_its_zip_is(page: Page, tmp_path: Path) -> None:
    top = made(tmp_path)
    for folder in (top, top.parent):
        page.set_input_files("#folder", folder)
        assert state(page) == VERIFIED, found(page)
    flip(top, "data/gate.mp4", CHUNK + 5)

    page.set_input_files("#folder", top)

    page.wait_for_selector("body[data-state='2']")
    assert "第 2 個 MiB" in found(page)


def test_a_browser_without_ed25519_says_so_and_never_that_all_passed(page: Page, tmp_path: Path) -> None:
    page.evaluate(_NO_ED25519)

    page.set_input_files("#zip", zipped(made(tmp_path)))

    assert state(page) == PARTLY
    assert "裝置簽章未檢查" in found(page)
    assert "驗證通過" not in page.locator("#result").inner_text()


def test_what_it_cannot_check_is_said_and_not_claimed(page: Page, tmp_path: Path) -> None:
    page.set_input_files("#zip", zipped(made(tmp_path)))

    assert state(page) == VERIFIED
    notes = page.locator("#findings li.note").all_inner_texts()
    assert ["PDF" in notes[0], "manifest.json.tsr" in notes[1]] == [True, True]
    assert "gate.mp4 依清單含攝影機自身的簽章（Axis Signed Video 12 個簽章單元）：未檢核" in notes[2]
    assert "room.mp4 依清單沒有攝影機自身的簽章" in page.locator("#findings li.told").inner_text()
    assert "還沒有與函復核對" in page.locator("#verdict").inner_text()


def test_a_fingerprint_that_is_entered_after_the_file_is_compared_too(page: Page, tmp_path: Path) -> None:
    top = made(tmp_path)
    page.set_input_files("#zip", zipped(top))
    assert state(page) == VERIFIED
    own = page.locator("#facts dd").last.inner_text()

    page.fill("#told", own)
    page.keyboard.press("Tab")

    page.wait_for_selector("text=指紋與機構函復所載者相同")
    assert state(page) == VERIFIED
    page.fill("#told", "0" * 64)
    page.keyboard.press("Tab")
    page.wait_for_selector("text=指紋與機構函復所載者不同")
    assert state(page) == NOT_VERIFIED


def test_what_is_no_package_or_no_fingerprint_is_not_verified(page: Page, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    other.write_bytes(b"age-encryption.org/v1\n")
    page.set_input_files("#zip", other)
    assert state(page) == NOT_VERIFIED
    page.fill("#told", "函復所載的清單指紋")
    page.set_input_files("#zip", zipped(made(tmp_path)))
    page.wait_for_selector("text=填入的不是指紋")
    assert state(page) == NOT_VERIFIED


def test_it_is_used_by_keyboard_and_fits_a_telephone(page: Page, tmp_path: Path) -> None:
    page.set_input_files("#zip", zipped(made(tmp_path)))
    state(page)

    assert page.evaluate("document.activeElement.id") == "result", "the result is where a reader goes on"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert [each for each in reached if each in {"zip", "folder", "told"}] == ["zip", "folder", "told"]
    page.locator("#zip").evaluate("input => { input.value = ''; }")
    assert page.locator("label[for=zip]").is_visible()
