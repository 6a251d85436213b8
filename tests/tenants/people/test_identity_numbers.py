"""Identity numbers: what is accepted, what is said of what is not, and that none shows itself (section 8.3)."""

import copy
import dataclasses
import json
import logging
import pickle
import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.errors import Invalid
from tenants.people.identity_numbers import (
    KIND_NAMES,
    OLD_RESIDENT_THROUGH,
    IdentityNumber,
    Kind,
    parse,
    parse_passport,
)
from tests.made_identity_numbers import CODES, SECONDS, completed, made, number

TODAY = date(2026, 11, 20)
CARDS = st.tuples(
    st.sampled_from(sorted(CODES)),
    st.sampled_from("".join(SECONDS.values())),
    st.text(string.digits, min_size=7, max_size=7),
).map(lambda parts: completed("".join(parts)))


def refusal(typed: str, *, on: date = TODAY) -> Invalid:
    with pytest.raises(Invalid) as refused:
        parse(typed, on=on)
    assert refused.value.field == "identity_number"
    return refused.value


@pytest.mark.req("DR-22", "KH-A1-04", "TY-A1-05")
@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("E100000005", Kind.NATIONAL),
        ("H200000000", Kind.NATIONAL),
        ("I199999991", Kind.NATIONAL),
        ("O299999994", Kind.NATIONAL),
        ("A800000014", Kind.RESIDENT),
        ("H800000002", Kind.RESIDENT),
        ("E900000001", Kind.RESIDENT),
        ("EC00000007", Kind.OLD_RESIDENT),
        ("HD00000002", Kind.OLD_RESIDENT),
    ],
)
def test_every_valid_sample_is_accepted_as_its_kind(typed: str, kind: Kind) -> None:
    assert parse(typed, on=TODAY) == IdentityNumber(kind=kind, full=typed)


@pytest.mark.req("DR-22", "KH-A1-04", "TY-A1-05")
@pytest.mark.parametrize(
    "typed",
    [
        "a800000014",
        "Ａ８００００００１４",
        "A80000 0014",
        "  A8-0000-0014\t",
        "A800\u200b000014\ufeff",
        "ａ８００００００１４",
    ],
)
def test_width_case_and_spaces_do_not_matter(typed: str) -> None:
    assert parse(typed, on=TODAY).full == "A800000014"


@pytest.mark.req("DR-22", "KH-A1-04", "TY-A1-05")
@pytest.mark.parametrize(
    ("typed", "code", "does"),
    [
        ("A123456788", "checksum", "對照證件逐碼核對"),
        ("AC12345678", "checksum", "對照證件逐碼核對"),
        ("A300000000", "second", "第2碼"),
        ("A700000003", "second", "第2碼"),
        ("A000000000", "second", "第2碼"),
        ("AE00000000", "second", "第2碼"),
        ("A80000014", "length", "目前是9碼"),
        ("Ａ８０００００１４", "length", "目前是9碼"),  # as section 8.3 prints it, a zero short
        ("A8000000144", "length", "改選護照"),
        ("1234567890", "characters", "0與O"),
        ("A8O0000014", "characters", "0與O"),
        ("甲800000014", "characters", "1個英文字母"),
        ("A80000001٤", "characters", "1個英文字母"),
        ("ı199999991", "characters", "1個英文字母"),
        ("", "empty", "改選護照"),
        (" \u3000 ", "empty", "改選護照"),
    ],
)
def test_what_is_no_number_is_refused_with_what_to_do(typed: str, code: str, does: str) -> None:
    refused = refusal(typed)

    assert refused.code == code
    assert does in str(refused)


@pytest.mark.req("DR-22", "KH-A1-04", "TY-A1-05")
def test_an_old_resident_number_is_good_through_its_last_day_and_not_after() -> None:
    typed = made(Kind.OLD_RESIDENT)

    assert parse(typed, on=date(2030, 12, 31)).kind is Kind.OLD_RESIDENT
    refused = refusal(typed, on=date(2031, 1, 1))
    assert refused.code == "expired"
    assert "民國119年12月31日" in str(refused)
    assert "新式統一證號" in str(refused)
    for kind in (Kind.NATIONAL, Kind.RESIDENT):
        assert parse(made(kind), on=date(2031, 1, 1)).kind is kind
    assert date(2030, 12, 31) == OLD_RESIDENT_THROUGH


@pytest.mark.req("DR-22")
@given(typed=CARDS)
def test_every_number_with_its_check_digit_is_accepted_and_with_any_other_refused(typed: str) -> None:
    assert parse(typed, on=TODAY).full == typed
    for digit in set(string.digits) - {typed[-1]}:
        assert refusal(typed[:-1] + digit).code == "checksum"


@given(
    typed=CARDS,
    width=st.lists(st.booleans(), min_size=10, max_size=10),
    lower=st.booleans(),
    gap=st.integers(min_value=0, max_value=10),
)
def test_a_number_is_the_same_in_every_spelling(typed: str, width: list[bool], lower: bool, gap: int) -> None:  # noqa: FBT001
    spelt = typed.lower() if lower else typed
    spelt = "".join(chr(ord(each) + 0xFEE0) if wide else each for each, wide in zip(spelt, width, strict=True))

    assert parse(f"{spelt[:gap]}\u3000{spelt[gap:]}", on=TODAY).full == typed


@given(typed=st.text(max_size=30) | st.text(string.ascii_letters + string.digits, max_size=12))
def test_anything_typed_is_a_number_or_a_refusal_that_does_not_repeat_it(typed: str) -> None:
    try:
        assert len(parse(typed, on=TODAY).full) == 10
    except Invalid as refused:
        assert len(typed.strip()) < 5 or typed.strip() not in str(refused)  # noqa: PT017 - either is right


@pytest.mark.req("DR-22", "KH-A1-04")
@pytest.mark.parametrize(
    ("typed", "full"), [("tk1234567", "TK1234567"), ("Ｍ 1234-5678", "M12345678"), ("123456789", "123456789")]
)
def test_a_passport_is_accepted_with_who_issued_it(typed: str, full: str) -> None:
    passport = parse_passport(typed, country=" 日本  國 ")

    assert passport == IdentityNumber(kind=Kind.PASSPORT, full=full, country="日本 國")


@pytest.mark.parametrize(
    ("typed", "country", "code", "field"),
    [
        ("", "日本", "empty", "identity_number"),
        ("1234", "日本", "characters", "identity_number"),
        ("ABCDEFGH", "日本", "characters", "identity_number"),
        ("12345/678", "日本", "characters", "identity_number"),
        ("1" * 16, "日本", "characters", "identity_number"),
        ("TK1234567", " ", "country", "identity_number_country"),
        ("TK1234567", "日\x00本", "country", "identity_number_country"),
        ("TK1234567", "國" * 51, "country", "identity_number_country"),
    ],
)
def test_a_passport_without_number_or_issuer_is_refused(typed: str, country: str, code: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_passport(typed, country=country)
    assert (refused.value.code, refused.value.field) == (code, field)


@given(typed=CARDS)
def test_a_card_in_the_passports_field_is_asked_about_first(typed: str) -> None:
    with pytest.raises(Invalid, match="改選該證件種類") as refused:
        parse_passport(typed, country="日本")
    assert refused.value.code == "other_kind"
    assert parse_passport(typed, country="日本", confirmed=True).kind is Kind.PASSPORT


@pytest.mark.req("DR-22", "KH-A1-04", "TY-A1-05")
@pytest.mark.parametrize("kind", list(Kind))
def test_no_way_to_print_log_or_carry_a_number_shows_it(kind: Kind, caplog: pytest.LogCaptureFixture) -> None:
    one = number(kind)
    logging.getLogger("test").warning("%s %r", one, [one])

    shown = [str(one), repr(one), f"{one}", f"{one!r:>40}", repr({"n": one}), str(ValueError(one)), caplog.text]
    assert not [text for text in shown if one.full in text or one.full[1:-3] in text]
    assert all(one.masked in text for text in shown)
    for carry in (pickle.dumps, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError) as refused:
            carry(one)  # type: ignore[operator]
        assert one.full not in str(refused.value)


@pytest.mark.req("DR-22")
def test_a_card_shows_its_first_letter_and_last_three_and_a_passport_a_third() -> None:
    assert parse("A800000014", on=TODAY).masked == "A******014"
    masks = {full: parse_passport(full, country="日本").masked for full in ("TK1234567", "AB12345", "X1234")}
    assert masks == {"TK1234567": "******567", "AB12345": "*****45", "X1234": "****4"}


@given(typed=CARDS)
def test_two_cards_that_differ_only_in_sex_share_their_masked_form_but_for_the_check(typed: str) -> None:
    masked = parse(typed, on=TODAY).masked
    assert masked == f"{typed[0]}******{typed[-3:]}"


def test_every_kind_has_a_name_and_a_number_is_never_changed() -> None:
    assert set(KIND_NAMES) == set(Kind)
    one = number()
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.full = "X"  # type: ignore[misc]
