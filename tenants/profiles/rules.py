"""What an institution may decide for itself: only the stricter (KH-2-1)."""

import unicodedata

from tenants.errors import Invalid
from tenants.periods import MAX_RETENTION_DAYS
from tenants.profiles.model import RuleProfile

_FIELD = "retention_days"


def tightened_days(typed: str, profile: RuleProfile) -> int:
    """The days an institution chose to keep footage, from what was typed; the regulation's own when nothing was.

    Full-width digits are read as digits. Raises `Invalid` below the regulation's floor and above what still ends within
    the year.
    """
    text = unicodedata.normalize("NFKC", typed).strip()
    if not text:
        return profile.retention.min_days
    if not (text.isascii() and text.isdigit()):
        raise Invalid("保存天數請填整數，例如 30。", field=_FIELD)
    days = int(text)
    if days < profile.retention.min_days:
        raise Invalid(
            f"保存天數不得少於{profile.retention.min_days}日（{profile.article('retention_min')}）。", field=_FIELD
        )
    if days > MAX_RETENTION_DAYS:
        raise Invalid(
            f"保存天數不得超過{MAX_RETENTION_DAYS}日：影像至遲應於一年內銷毀（{profile.article('retention_max')}），"
            "並須預留遲到上傳與確認刪除的時間。",
            field=_FIELD,
        )
    return days
