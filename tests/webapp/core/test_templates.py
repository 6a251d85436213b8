"""Templates as text: nothing that the strict policy would block, nothing that only colour would tell."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

WEBAPP = Path(__file__).parents[3] / "webapp"
INLINE = {
    "write a class in shouyuan.css instead of style=": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "put scripts into a file under static/": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "put styles into shouyuan.css": re.compile(r"<style\b", re.IGNORECASE),
    "listen in a file under static/ instead of on…=": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "no address of a script": re.compile(r"javascript:", re.IGNORECASE),
    "no evaluated attribute of htmx": re.compile(r"hx-on|hx-vals\s*=\s*.js:", re.IGNORECASE),
    "nothing from other servers": re.compile(r"""(?:src|href)\s*=\s*["']\s*(?:https?:)?//""", re.IGNORECASE),
    "autoescape stays on": re.compile(r"\|\s*safe\b|autoescape false"),
}
TABLE = re.compile(r"\{% call table\(.*?\{% endcall %\}", re.DOTALL)
CELL = re.compile(r"<td\b(?![^>]*(?:data-label=|colspan=))[^>]*>")
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def faults(name: str, text: str) -> Iterator[str]:
    """What of a template the policy of `webapp.headers` would block, or should."""
    plain = COMMENT.sub("", text)
    for advice, pattern in INLINE.items():
        found = pattern.search(plain)
        if found:
            yield f"{name}: {advice} ({found[0][:40]}…)"


def test_no_template_has_anything_inline() -> None:
    templates = sorted((WEBAPP / "templates").rglob("*.html"))
    assert len(templates) > 20
    wrong = [fault for path in templates for fault in faults(path.name, path.read_text(encoding="utf-8"))]
    assert not wrong, "\n".join(wrong)


def nameless(text: str) -> list[str]:
    """The cells of a template that a narrow screen, which has no heads of columns, would show without a name."""
    return [cell for table in TABLE.findall(COMMENT.sub("", text)) for cell in CELL.findall(table)]


@pytest.mark.req("DR-32")
def test_every_cell_of_every_table_bears_the_name_of_its_column() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in (WEBAPP / "templates").rglob("*.html")}
    assert sum("{% call table(" in text for text in texts.values()) > 10
    assert not any("<table" in text for name, text in texts.items() if name != "tables.html"), "use the macro `table`"
    assert {name: cells for name, text in texts.items() if (cells := nameless(text))} == {}


def test_the_scan_sees_a_cell_without_a_name() -> None:
    planted = '{% call table("x", ["a"]) %}<tr><td class="sy-num">1</td><td colspan="2">2</td></tr>{% endcall %}'
    assert nameless(planted) == ['<td class="sy-num">']


@pytest.mark.parametrize(
    "planted",
    [
        '<p style="color: red">',
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        '<button onclick="x()">',
        '<a href="javascript:x()">',
        '<div hx-on:click="x()">',
        '<img src="https://elsewhere.example/x.png">',
        "{{ reason | safe }}",
    ],
)
def test_the_scan_sees_a_planted_fault(planted: str) -> None:
    assert list(faults("planted", planted))


@pytest.mark.req("DR-32")
def test_every_page_is_in_traditional_chinese_and_has_its_landmarks() -> None:
    templates = WEBAPP / "templates"
    base = (templates / "base.html").read_text(encoding="utf-8")
    for needed in ('lang="zh-Hant-TW"', 'class="sy-skip" href="#main"', 'id="main"', "accesskey="):
        assert needed in base
    pages = [
        path for path in templates.rglob("*.html") if not path.name.startswith("_") and path.parent.name != "parts"
    ]
    alone = {path.name for path in pages if not path.read_text(encoding="utf-8").startswith("{% extends")}
    assert alone == {"base.html", "fragment.html"}


@pytest.mark.req("DR-30", "DR-32")
def test_every_state_has_an_icon_of_its_own_and_words() -> None:
    icons = (WEBAPP / "templates" / "parts" / "icons.html").read_text(encoding="utf-8")
    drawn = dict(re.findall(r'name == "(\w+)" %\}(.*)', icons))
    states = ("good", "warn", "bad", "info", "unknown")
    assert len({drawn[state] for state in states}) == len(states)
    badge = (WEBAPP / "templates" / "parts" / "status.html").read_text(encoding="utf-8")
    assert "{{ icon(state) }}<span>{{ text }}</span>" in badge
