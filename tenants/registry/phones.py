"""An institution's contact telephone: how it is written, and what is said where there is none. Pure."""

import re
import unicodedata

from tenants.errors import Invalid

# Area codes and how many digits follow them (NCC's numbering plan); a longer code stands before one it begins with.
_AREAS = (
    ("0800", (6,)),
    ("0809", (6,)),
    ("0826", (5,)),
    ("0836", (5,)),
    ("037", (6,)),
    ("049", (7,)),
    ("082", (6,)),
    ("089", (6,)),
    ("02", (8,)),
    ("03", (7,)),
    ("04", (7, 8)),
    ("05", (7,)),
    ("06", (7,)),
    ("07", (7,)),
    ("08", (7,)),
)
_MOBILE = re.compile(r"(09\d{2})(\d{3})(\d{3})")
_EXTENSION = re.compile(r"分機|轉|ext\.?|#", re.IGNORECASE)
_LONGEST_EXTENSION = 6
_SPLIT_FROM = 7


def checked(typed: str, *, field: str = "phone") -> str:
    """A telephone of Taiwan as it is stored and shown, such as 02-5555-0101#12; empty stays empty. Raises `Invalid`."""
    text = re.sub(r"[\s()\-.]", "", unicodedata.normalize("NFKC", typed))
    if not text:
        return ""
    number, *extensions = _EXTENSION.split(re.sub(r"^\+?886(?=[1-9])", "0", text))
    written = _written(number) if number.isascii() and number.isdigit() else ""
    if not written or len(extensions) > 1 or not all(map(_is_extension, extensions)):
        raise Invalid("請填寫市內電話（含區碼）或手機，有分機時以 # 連接，例如 02-5555-0101#12。", field=field)
    return "#".join([written, *extensions])


def called(phone: str) -> str:
    """How to reach the institution, for a sentence: its telephone, or whom to turn to where none is known."""
    return f"電話 {phone}" if phone else "尚未登載電話，請洽該機構辦公室"


def dialled(phone: str) -> str:
    """A stored telephone as a `tel:` link dials it: digits, and a pause before the extension."""
    number, _, extension = phone.partition("#")
    return number.replace("-", "") + (f",{extension}" if extension else "")


def _written(digits: str) -> str:
    """The number with its parts apart; empty when there is no such number."""
    mobile = _MOBILE.fullmatch(digits)
    if mobile:
        return "-".join(mobile.groups())
    for area, lengths in _AREAS:
        rest = digits.removeprefix(area)
        if digits.startswith(area) and len(rest) in lengths and rest[0] not in "01":
            return f"{area}-{rest[:-4]}-{rest[-4:]}" if len(rest) >= _SPLIT_FROM else f"{area}-{rest}"
    return ""


def _is_extension(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_EXTENSION
