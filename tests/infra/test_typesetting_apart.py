"""A paper typeset in a process of its own is the one that is typeset here; what stops it is told."""

from pathlib import Path

import pytest

from infra.typesetting import DEFAULT, BadTemplate, Faces, FontsMissing, typeset
from infra.typesetting_apart import numbered, typeset_apart
from tests.infra.test_typesetting import AT, SHOWN

pytestmark = pytest.mark.needs("faces")


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "shown.typ"
    path.write_text(SHOWN, encoding="utf-8")
    return path


@pytest.mark.req("DR-23")
def test_it_makes_the_same_paper(template: Path) -> None:
    data = {"words": "監錄資料保管鏈紀錄"}
    assert typeset_apart(template, data, at=AT, faces=DEFAULT) == typeset(template, data, at=AT)


@pytest.mark.req("DR-23")
def test_a_character_without_a_glyph_is_numbered_wherever_it_stands() -> None:
    data = {"title": "前門😀", "rows": [["王", "😀😀"], []], "count": 3}
    assert numbered(data, DEFAULT) == {
        "title": "前門〔U+1F600〕",
        "rows": [["王", "〔U+1F600〕〔U+1F600〕"], []],
        "count": 3,
    }


def test_a_machine_without_the_fonts_is_told_from_a_bad_template(template: Path, tmp_path: Path) -> None:
    with pytest.raises(FontsMissing):
        typeset_apart(template, {"words": "x"}, at=AT, faces=Faces(folders=(tmp_path / "none",)))
    template.write_text("#nothing-of-this-name", encoding="utf-8")
    with pytest.raises(BadTemplate, match=r"shown\.typ"):
        typeset_apart(template, {"words": "x"}, at=AT, faces=DEFAULT)
