"""A file is called by its case and institution, on every disk and in every header."""

import re

import pytest
from werkzeug.http import parse_options_header

from webapp.file_names import disposition, safe

pytestmark = pytest.mark.req("KH-6-1d", "DR-25")


def test_a_copy_is_named_by_institution_and_case_and_by_what_is_left_in_ascii() -> None:
    said = disposition("K1 調閱-115-0007", "zip.age")
    assert said == (
        "attachment; filename=\"K1-115-0007.zip.age\"; filename*=UTF-8''K1-%E8%AA%BF%E9%96%B1-115-0007.zip.age"
    )
    assert parse_options_header(said) == ("attachment", {"filename": "K1-調閱-115-0007.zip.age"})
    assert disposition("申請單", "pdf", shown=True).startswith('inline; filename="file.pdf"; ')


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("臺北/K1\\..\\調閱", "臺北-K1-..-調閱"),
        ("../../etc/passwd", "etc-passwd"),
        ('K1" ; filename="x.exe', "K1-;-filename=-x.exe"),
        ("K1\r\nSet-Cookie: a=b", "K1--Set-Cookie-a=b"),
        ("K1%2F調閱", "K1-2F調閱"),
        ("K1\u202e調閱", "K1-調閱"),
        ("\ud800", "file"),
        ("", "file"),
        ("𡃁瓦歷斯‧諾幹", "𡃁瓦歷斯‧諾幹"),
        ("長" * 300, "長" * 100),
    ],
)
def test_odd_characters_make_no_path_no_second_header_and_no_empty_name(stem: str, name: str) -> None:
    assert safe(stem) == name
    said = disposition(stem, "zip.age")
    assert said.isascii()
    assert said.isprintable()
    plain = re.fullmatch(r"attachment; filename=\"([A-Za-z0-9._-]+)\"; filename\*=UTF-8''[A-Za-z0-9._~%-]+", said)
    assert plain is not None
    assert plain[1].endswith(".zip.age")
    assert not plain[1].startswith(".")
    _, options = parse_options_header(said)
    assert options["filename"] == f"{name}.zip.age"
