"""Identity numbers made for one test run. Any valid number may be somebody's, so none is written into a file (8.3)."""

import secrets

from tenants.people.identity_numbers import IdentityNumber, Kind

# As requirements section 8.3 prints it, and not as the code under test holds it.
_TABLE = "A10 B11 C12 D13 E14 F15 G16 H17 I34 J18 K19 L20 M21 N22 O35 P23 Q24 R25 S26 T27 U28 V29 W32 X30 Y31 Z33"
CODES = {entry[0]: entry[1:] for entry in _TABLE.split()}
SECONDS = {Kind.NATIONAL: "12", Kind.RESIDENT: "89", Kind.OLD_RESIDENT: "ABCD"}


def completed(nine: str) -> str:
    """A letter, a letter or digit, and seven digits, with the check digit that belongs to them."""
    second = CODES[nine[1]][1] if nine[1].isalpha() else nine[1]
    digits = CODES[nine[0]] + second + nine[2:]
    total = sum(int(digit) * weight for digit, weight in zip(digits, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return f"{nine}{-total % 10}"


def made(kind: Kind = Kind.NATIONAL) -> str:
    """A valid number as a person would type it; another one each time."""
    if kind is Kind.PASSPORT:
        return "".join(secrets.choice("0123456789") for _ in range(9))
    body = "".join(secrets.choice("0123456789") for _ in range(7))
    return completed(secrets.choice(sorted(CODES)) + secrets.choice(SECONDS[kind]) + body)


def number(kind: Kind = Kind.NATIONAL) -> IdentityNumber:
    """The same as a value."""
    return IdentityNumber(kind=kind, full=made(kind), country="日本" if kind is Kind.PASSPORT else "")
