"""No identity number stands in what people type in their own words (DR-22)."""

import pytest

from tenants.errors import Invalid
from tenants.people import free_text
from tenants.people.identity_numbers import Kind
from tests.made_identity_numbers import made

pytestmark = pytest.mark.req("DR-22")


@pytest.mark.parametrize("kind", [Kind.NATIONAL, Kind.RESIDENT, Kind.OLD_RESIDENT])
def test_a_number_of_every_kind_is_found_however_it_is_written(kind: Kind) -> None:
    number = made(kind)
    wide = "".join(chr(ord(each) + 0xFEE0) for each in number)
    spaced = f"{number[0]} {number[1:5]}-{number[5:]}"
    for written in (f"請調閱{number}的影像", number.lower(), wide, f"（{spaced}）", f"{number[:5]}\u200b{number[5:]}"):
        with pytest.raises(Invalid) as refused:
            free_text.check(written, field="reason")
        assert (refused.value.field, refused.value.code) == ("reason", "identity_number")
        assert "證件只寫種類" in str(refused.value)
        assert number not in str(refused.value).upper(), "a refusal repeats nothing"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "家長於115年11月18日10時12分來電",
        "高市警鳳分偵字第11570123400號",
        "電話 07-7995678#123，手機 0912-345-678",
        "媒體序號 SN-A00000014-77",
        "雜湊 " + "a1" * 32,
        "E100000006",  # its check digit is wrong
    ],
)
def test_what_is_no_number_may_be_said(text: str) -> None:
    free_text.check(text, field="reason")


@pytest.mark.parametrize(
    "text", ["國民身分證、戶口名簿", "護照", "居留證（ARC）", "健保 IC 卡", "115年核發的身心障礙證明"]
)
def test_a_kind_of_document_may_be_said(text: str) -> None:
    free_text.check_kind_only(text, field="identity_seen")


@pytest.mark.parametrize("text", ["護照 123456789", "護照X1234567", "身分證 E100000006", "居留證ａ８００００００１４"])
def test_of_a_document_no_number_is_copied(text: str) -> None:
    with pytest.raises(Invalid, match="請只寫證件的種類"):
        free_text.check_kind_only(text, field="identity_seen")
