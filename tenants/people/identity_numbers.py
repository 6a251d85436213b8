"""Identity numbers as people type them: 身分證, both kinds of 統一證號, passports (DR-22, requirements section 8.3).

Pure. A number is a value that shows itself masked everywhere; only `full` says it, for sealing, looking up and print.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NoReturn

from tenants.errors import Invalid
from tenants.roc_dates import format_date

FIELD = "identity_number"
# The last day on which an old 統一證號 is valid: 民國119年12月31日.
OLD_RESIDENT_THROUGH = date(2030, 12, 31)

# Two digits for each first letter. I, O and W to Z came later than the others and are out of sequence.
_LETTERS = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
_LENGTH = 10
_NATIONAL, _RESIDENT, _OLD_RESIDENT = "12", "89", "ABCD"
_ONE_LETTER = re.compile(r"[A-Z][0-9]{9}")
_TWO_LETTERS = re.compile(r"[A-Z]{2}[0-9]{8}")
# ICAO 9303 leaves the length to the country; the machine-readable line has room for nine.
_PASSPORT = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,15}")
_LONGEST_COUNTRY = 50
_SHOWN = 3


class Kind(StrEnum):
    """What sort of number it is; part of everything that is stored or hashed, so that no two kinds collide."""

    NATIONAL = "national"
    RESIDENT = "resident"
    OLD_RESIDENT = "old_resident"
    PASSPORT = "passport"


KIND_NAMES = {
    Kind.NATIONAL: "國民身分證統一編號",
    Kind.RESIDENT: "新式統一證號",
    Kind.OLD_RESIDENT: "舊式統一證號",
    Kind.PASSPORT: "護照號碼",
}


@dataclass(frozen=True, kw_only=True)
class IdentityNumber:
    """A checked number. Printed, logged or put into a sentence it is masked; it cannot be pickled.

    `full` is upper-case and half-width. `country` is who issued the passport, as typed; empty for every other kind.
    """

    kind: Kind
    full: str = field(repr=False)
    country: str = ""

    @property
    def masked(self) -> str:
        """What a screen shows: `A******014`, and of a passport at most the last third.

        First letter and last three characters let a person compare it with the card in hand and hide the digit that
        tells the sex. Twenty thousand numbers share such a form, of which some nine hundred are somebody's; hiding the
        last four, as is usual, would leave a thousand, of one sex.
        """
        if self.kind is Kind.PASSPORT:
            shown = min(_SHOWN, len(self.full) // 3)
            return "*" * (len(self.full) - shown) + self.full[-shown:]
        return self.full[0] + "*" * (_LENGTH - 1 - _SHOWN) + self.full[-_SHOWN:]

    def __repr__(self) -> str:
        """Masked, so that a log line or a traceback gives nothing away."""
        return f"IdentityNumber({self.kind}, {self.masked})"

    def __str__(self) -> str:
        """Masked, so that a page or a file name that forgot to ask for it shows nothing else."""
        return self.masked

    def __reduce__(self) -> NoReturn:
        """Raise `TypeError`: what is pickled lies somewhere in full."""
        raise TypeError("an identity number is sealed, never pickled")


def parse(typed: str, *, on: date, field: str = FIELD) -> IdentityNumber:
    """The 身分證號 or 統一證號 that was typed: half or full width, upper or lower case, with or without spaces.

    `on` is the day of the application: an old 統一證號 is valid through 民國119年12月31日. Raises `Invalid`, code
    `empty`, `length`, `characters`, `second`, `checksum` or `expired`; no message repeats what was typed. That an
    official FAQ or an article shows a number makes it no valid one (8.3).
    """
    text = _plain(typed)
    kind = _kind(text, field)
    if not _checks(text):
        raise Invalid(
            "證號的檢查碼不符，可能有一碼輸入錯誤。請對照證件逐碼核對後重新輸入。", field=field, code="checksum"
        )
    if kind is Kind.OLD_RESIDENT and on > OLD_RESIDENT_THROUGH:
        raise Invalid(
            f"舊式統一證號只能使用到{format_date(OLD_RESIDENT_THROUGH)}。請改填新式統一證號；"
            "尚未換發者，請洽內政部移民署服務站，或改填護照號碼。",
            field=field,
            code="expired",
        )
    return IdentityNumber(kind=kind, full=text)


def parse_passport(typed: str, *, country: str, confirmed: bool = False, field: str = FIELD) -> IdentityNumber:
    """A passport's number and who issued it. Checked lightly, since each country numbers as it likes.

    Raises `Invalid`, code `empty`, `characters`, `country` (field `<field>_country`), or `other_kind` unless
    `confirmed`: a number that checks as a 身分證號 or 統一證號 was most likely put into the wrong field, and would not
    be found again.
    """
    text = _plain(typed)
    if not text:
        raise Invalid("請輸入護照號碼。", field=field, code="empty")
    if not _PASSPORT.fullmatch(text):
        raise Invalid(
            "護照號碼應為5至15個英文字母或數字，且至少有一個數字。請依護照基本資料頁右上角的號碼輸入。",
            field=field,
            code="characters",
        )
    if not confirmed and _is_of_another_kind(text):
        raise Invalid(
            "這看起來是身分證號或統一證號。請改選該證件種類；確實是護照號碼者，請確認後再送出。",
            field=field,
            code="other_kind",
        )
    return IdentityNumber(kind=Kind.PASSPORT, full=text, country=_country(country, field=f"{field}_country"))


def is_one(typed: str) -> bool:
    """Whether this is a 身分證號 or 統一證號 with its check digit."""
    return _is_of_another_kind(_plain(typed))


def _plain(typed: str) -> str:
    """Half-width and upper-case, without spaces, hyphens and the invisible characters that copying brings along."""
    folded = unicodedata.normalize("NFKC", typed)
    kept = (each for each in folded if each != "-" and not each.isspace() and unicodedata.category(each) != "Cf")
    return "".join(each.upper() if each.isascii() else each for each in kept)


def _kind(text: str, field: str) -> Kind:
    """What the form of a number says it is, whatever its check digit. Raises `Invalid`."""
    if not text:
        raise Invalid("請輸入身分證號或統一證號。兩者都沒有者，請改選護照。", field=field, code="empty")
    if len(text) != _LENGTH:
        raise Invalid(
            f"證號應為{_LENGTH}碼，目前是{len(text)}碼。請對照證件重新輸入；使用護照者，請改選護照。",
            field=field,
            code="length",
        )
    if not (_ONE_LETTER.fullmatch(text) or _TWO_LETTERS.fullmatch(text)):
        raise Invalid(
            "證號應為1個英文字母加9個數字；舊式統一證號為2個英文字母加8個數字。請檢查是否將0與O、1與I混淆。",
            field=field,
            code="characters",
        )
    for seconds, kind in ((_NATIONAL, Kind.NATIONAL), (_RESIDENT, Kind.RESIDENT), (_OLD_RESIDENT, Kind.OLD_RESIDENT)):
        if text[1] in seconds:
            return kind
    raise Invalid(
        "證號的第2碼不正確：國民身分證為1或2，新式統一證號為8或9，舊式統一證號為A至D。請對照證件重新輸入。",
        field=field,
        code="second",
    )


def _checks(text: str) -> bool:
    """Whether the check digit of a number of ten characters is right. A second letter counts with its units only."""
    second = _LETTERS[text[1]] % 10 if text[1].isalpha() else int(text[1])
    digits = (*divmod(_LETTERS[text[0]], 10), second, *map(int, text[2:]))
    return sum(digit * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 10 == 0


def _is_of_another_kind(text: str) -> bool:
    try:
        _kind(text, FIELD)
    except Invalid:
        return False
    return _checks(text)


def _country(typed: str, *, field: str) -> str:
    country = " ".join(typed.split())
    if not country or len(country) > _LONGEST_COUNTRY or not country.isprintable():
        raise Invalid(
            f"請填寫護照的發照國家或地區，至多{_LONGEST_COUNTRY}字，例如「日本」。", field=field, code="country"
        )
    return country
