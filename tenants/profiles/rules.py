"""What an institution may decide for itself, only the stricter (KH-2-1), and what a later version of a text changes."""

import unicodedata
from dataclasses import replace
from datetime import date

from tenants.errors import Invalid
from tenants.periods import MAX_RETENTION_DAYS
from tenants.profiles.model import Clause, RuleProfile

_FIELD = "retention_days"


def tightened_days(typed: str, profile: RuleProfile) -> int | None:
    """The days an institution chose to keep footage, from what was typed; None, the regulation's own, for nothing.

    Full-width digits are read as digits. Raises `Invalid` below the regulation's floor and above what still ends within
    the year.
    """
    if not typed.strip():
        return None
    days = whole_days(typed, field=_FIELD)
    if days < profile.retention.min_days:
        raise Invalid(
            f"保存天數不得少於{profile.retention.min_days}日（{profile.article('retention_min')}）。", field=_FIELD
        )
    check_ceiling(days, profile, field=_FIELD)
    return days


def whole_days(typed: str, *, field: str) -> int:
    """A number of days as typed, half or full width. Raises `Invalid`."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if not (text.isascii() and text.isdigit()):
        raise Invalid("保存天數請填整數，例如 30。", field=field)
    return int(text)


def check_ceiling(days: int, profile: RuleProfile, *, field: str) -> None:
    """Raise `Invalid` for a period after which footage that came late would outlive its year (KH-5-4a)."""
    if days > MAX_RETENTION_DAYS:
        raise Invalid(
            f"保存天數不得超過{MAX_RETENTION_DAYS}日：影像至遲應於一年內銷毀（{profile.article('retention_max')}），"
            "並須預留遲到上傳與確認刪除的時間。",
            field=field,
        )


def amended(base: RuleProfile, *, version: str, effective_from: date, min_days: int, words: str) -> RuleProfile:
    """The next version of a regulation that changes nothing but its floor and the words of that article (DR-10)."""
    return replace(
        base,
        version=version,
        effective_from=effective_from,
        retention=replace(base.retention, min_days=min_days),
        texts={**base.texts, base.article(Clause.RETENTION_MIN): words},
    )
