"""The walk sees what it looks for: planted, each fault is told, and a sound page has none (DR-32)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.every_page import faults_on

SOUND = """<!doctype html>
<html lang="zh-Hant-TW">
<head>
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>頁面｜守園</title>
  <style>
    a, button, input {{ margin: 4px; display: inline-block; min-width: 24px; min-height: 24px; }}
    :focus {{ outline: 3px solid #000; }}
    main:focus {{ outline: none; }}
    {style}
  </style>
</head>
<body>
  <a class="sy-skip" href="#main">跳到主要內容</a>
  <header><nav aria-label="選單"><a href="/one">一</a><a href="/two">二</a></nav></header>
  <main id="main" tabindex="-1"><h1>頁面</h1>{main}</main>
  <footer><a href="/foot">頁尾</a></footer>
</body>
</html>"""
FORM = """<p><label>姓名 <input name="who"></label></p><p><button type="button" id="send">送出</button></p>"""


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """An empty page at a desk."""
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def _faults(page: Page, *, main: str = FORM, style: str = "") -> str:
    page.set_content(SOUND.format(main=main, style=style))
    return "\n".join(faults_on(page))


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
def test_a_sound_page_has_no_fault(page: Page) -> None:
    assert not _faults(page)


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
def test_planted_faults_are_told_all_at_once(page: Page) -> None:
    planted = [
        ("<h1>又一</h1>", "", "the page has 2 h1"),
        ("<input>", "", "label:"),
        ("<b class=wide>寬</b>", ".wide { display: block; width: 700px; }", "at 640 px the page is"),
        ("<p class=cut>裁切的字句</p>", ".cut { width: 40px; overflow: hidden; white-space: nowrap; }", "is cut by p"),
        ("<p class=off>出界</p>", ".off { position: relative; left: -2000px; }", "「出界」 sticks out of the screen"),
        (
            "<a href='/under'>底</a><a href='/over'>疊</a>",
            "[href='/over'] { margin-left: -20px; }",
            "a 「底」 and a 「疊」 overlap",
        ),
        (
            "<a href='/up'>上</a>",
            "[href='/up'] { position: absolute; top: 0; left: 0; }",
            "the focus goes up to a 「上」",
        ),
        ("<b tabindex=3 role=button>先</b>", "", "b 「先」 has a tabindex above 0"),
        ("", "", "the Tab key first reaches b 「先」"),
        (
            "<a href='/unseen'>無框</a>",
            "[href='/unseen']:focus { outline: none; }",
            "a 「無框」 does not show that it has the focus",
        ),
        (
            "<a href='/pale'>淡</a>",
            "[href='/pale']:focus { outline-color: #ddd; }",
            "the focus of a 「淡」 has a contrast of 1.",
        ),
        ("<i tabindex=0 role=button>一</i><i tabindex=0 role=button>二</i>", "i { font-size: 9px; }", "target-size:"),
    ]
    main, style, told = zip(*planted, strict=True)

    faults = _faults(page, main=FORM + "".join(main), style="".join(style))

    assert [each for each in told if each not in faults] == [], faults


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
@pytest.mark.parametrize(
    ("main", "told"),
    [
        ("<script>send.onkeydown = (event) => event.preventDefault()</script>", "the Tab key stays at button 「送出」"),
        ("<div style='position: fixed; inset: 0'>列</div>", "button 「送出」 has the focus under div 「列」"),
    ],
)
def test_a_page_that_keeps_or_hides_the_focus_is_told(page: Page, main: str, told: str) -> None:
    assert told in _faults(page, main=FORM + main)


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
def test_a_link_that_skips_nothing_is_told(page: Page) -> None:
    page.set_content(SOUND.format(main=FORM, style="").replace('href="#main"', 'href="#nowhere"'))
    assert "does not lead into the main part" in "\n".join(faults_on(page))
