"""The typesetter: nothing from outside in the print, words that stay words, and no box of tofu (DR-23)."""

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
import typst

from infra import typesetting
from infra.typesetting import BadTemplate, Faces, FontsMissing, MissingGlyph, typeset
from tests import printouts

pytestmark = pytest.mark.needs("faces", "pdftotext")

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HEAD = """
#let d = json(bytes(sys.inputs.data))
#let faces = json(bytes(sys.inputs.faces)).map(((name, covers)) => if covers == none { name } else {
  (name: name, covers: regex(covers))
})
#set document(title: "t", date: auto)
#set text(font: faces, fallback: false, lang: "zh", region: "tw")
"""
SHOWN = HEAD + "#d.words\n"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A template that prints one text of its data, in a folder of its own."""
    path = tmp_path / "templates" / "shown.typ"
    path.parent.mkdir()
    path.write_text(SHOWN, encoding="utf-8")
    return path


def test_the_same_words_at_the_same_time_are_the_same_bytes(template: Path) -> None:
    first, again = (typeset(template, {"words": "調閱申請單"}, at=AT) for _ in range(2))

    assert first == again
    assert typeset(template, {"words": "調閱申請單"}, at=AT + timedelta(days=1)) != first


@pytest.mark.parametrize(
    "typed",
    [
        '#read("/etc/passwd")',
        "#panic()",
        "*粗* _斜_ `碼` $x^2$ @ref <label> // 註",
        "= 標題",
        "- 項目",
        "\\ \\u{41} ~ -- --- ...",
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        '"],"words":"別的"}',
        "#{",
        "/* */",
    ],
)
def test_what_was_typed_prints_as_typed(template: Path, typed: str) -> None:
    made = typeset(template, {"words": f"甲{typed}乙"}, at=AT)

    assert printouts.words(made) == "".join(f"甲{typed}乙".split())


@pytest.mark.req("DR-23", "KH-A1-02")
@pytest.mark.parametrize(
    "name",
    [
        "𡃁",
        "堃喆峯温",
        "𠮷野",
        "瓦歷斯‧諾幹",
        "王\ufa19",  # a compatibility ideograph: stored as it came, printed as it came
        "臺台溫温",
        "O'Neill-Smith, José",
        "Nguyễn Thị Hồng",
        "Ʉsaiʼi ʉ",
        "Lîm Ko\u030d-hio\u030dng",  # combining marks of Taiwanese
        "Tân Sio\u0358",
    ],
)
def test_rare_characters_and_foreign_names_print(template: Path, name: str) -> None:
    made = typeset(template, {"words": name}, at=AT)

    assert printouts.words(made) == "".join(name.split())
    assert printouts.tofu(made) == 0
    assert all(printouts.fonts(made).values())


@pytest.mark.req("DR-23")
@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("王小明😀", ["😀"]),
        ("王\ue000", ["\ue000"]),  # 自造字: what it looks like nobody knows
        ("王\uf6c5", ["\uf6c5"]),  # a font has something there
        ("王\U000f0000", ["\U000f0000"]),
        ("王\U0002ceb0\U0002ceb0", ["\U0002ceb0"]),
        ("王\u202e明", ["\u202e"]),  # reads backwards from here
        ("王\x07", ["\x07"]),
        ("王\ud800", ["\ud800"]),
        ("\U00012000王", ["\U00012000"]),
    ],
)
def test_a_character_that_cannot_be_printed_stops_the_print_and_is_named(
    template: Path, name: str, missing: list[str]
) -> None:
    with pytest.raises(MissingGlyph) as refused:
        typeset(template, {"words": "甲", "deep": [{"in": (name,)}]}, at=AT)

    assert refused.value.characters == tuple(missing)
    assert f"U+{ord(missing[0]):04X}" in str(refused.value)


@pytest.mark.req("DR-23")
def test_the_typesetter_itself_refuses_what_the_first_look_let_through(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Faces, "unprintable", lambda *_: ())

    with pytest.raises(MissingGlyph) as refused:
        typeset(template, {"words": "王😀"}, at=AT)

    assert refused.value.characters == ("😀",)


def test_the_scan_for_tofu_sees_it() -> None:
    inputs = {"data": json.dumps({"words": "王😀"}), "faces": json.dumps(typesetting.FACES)}
    careless = typst.compile(SHOWN.encode(), font_paths=typesetting._fonts(typesetting.DEBIAN_FONTS), sys_inputs=inputs)  # noqa: SLF001 - the same fonts

    assert printouts.tofu(careless) == 1


@pytest.mark.parametrize("reached", ['#read("/etc/hostname")', '#read("../secret.txt")', '#image("../secret.txt")'])
def test_a_template_reads_nothing_outside_its_folder(template: Path, reached: str) -> None:
    (template.parent.parent / "secret.txt").write_text("secret", encoding="utf-8")
    template.write_text(SHOWN + reached, encoding="utf-8")

    with pytest.raises(BadTemplate):
        typeset(template, {"words": "甲"}, at=AT)


def test_a_template_that_asks_for_a_package_is_refused_before_the_network_is(template: Path) -> None:
    (template.parent / "other.typ").write_text('#import "@preview/cetz:0.3.0"', encoding="utf-8")

    with pytest.raises(BadTemplate, match=r"other\.typ asks for a package"):
        typeset(template, {"words": "甲"}, at=AT)


def test_no_font_but_those_of_the_folders_is_used(template: Path, tmp_path: Path) -> None:
    with pytest.raises(FontsMissing, match="TW-Kai"):
        typeset(template, {"words": "甲"}, at=AT, faces=Faces(folders=(tmp_path,)))


def test_the_file_is_for_archives_and_for_screen_readers(template: Path) -> None:
    made = typeset(template, {"words": "甲"}, at=AT)

    with pikepdf.open(io.BytesIO(made)) as opened, opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert str(opened.Root.Lang) == "zh-TW"
        assert bool(opened.Root.MarkInfo.Marked)
        assert str(opened.docinfo["/CreationDate"]).startswith("D:20261120020000")
