"""What people type in their own words must hold no identity number: it would lie there unsealed and unmasked (DR-22).

Numbers are sealed where a form asks for one (`identity_keeping`) and written nowhere else: no page, register line, mail
or spreadsheet shows more of one than its mask.
"""

import re
import unicodedata

from tenants.errors import Invalid
from tenants.people.identity_numbers import is_one

_WRITTEN = re.compile(r"(?<![A-Z0-9])[A-Z][ -]?[1289A-D](?:[ -]?[0-9]){8}(?![A-Z0-9])")
# As much as the machine-readable line of a passport has room for, and at least what some countries give.
_LIKE_A_PASSPORTS = re.compile(r"(?<![A-Z0-9])(?=[A-Z]*[0-9])[A-Z0-9]{5,15}(?![A-Z0-9])")
CODE = "identity_number"


def check(text: str, *, field: str) -> None:
    """Raise `Invalid` for a text with a 身分證號 or a 統一證號, old or new, however it is spaced; it repeats none."""
    if any(is_one(each) for each in _WRITTEN.findall(_folded(text))):
        raise Invalid(
            "這裡請勿填寫身分證號或居留證統一證號，請刪除號碼。要指明是誰，請寫姓名或案號；證件只寫種類，例如「國民身分證」。",
            field=field,
            code=CODE,
        )


def check_kind_only(text: str, *, field: str) -> None:
    """As `check`, for a field that says which document was seen: nothing that looks like a passport's number either."""
    folded = _folded(text)
    if _WRITTEN.search(folded) or _LIKE_A_PASSPORTS.search(folded):
        raise Invalid(
            "請只寫證件的種類，例如「國民身分證、戶口名簿」或「護照」，不要抄錄號碼。", field=field, code=CODE
        )


def _folded(text: str) -> str:
    """Half-width and upper-case, without the invisible characters that copying brings along."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(each for each in folded if unicodedata.category(each) != "Cf")
