"""When a site is to be looked through: the interval in force, the day it runs out, and how near that is. Pure.

TY names six months (TY-3-3c). KH says only 定期: a month is ours (Q-13), and how long a school may make it the bureau
says (KH-8-1a).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tenants.errors import Invalid
from tenants.periods import add_months
from tenants.profiles import RuleProfile

# Ours where the text says only 定期, and the longest where the bureau has not said.
DEFAULT_MONTHS, DEFAULT_CAP = 1, 6
# The bureau's own limits: none at all is no interval, and beyond a year nothing is regular.
FEWEST, MOST = 1, 12
# Days before the day itself on which the first page begins to say so (TY-3-3c).
FIRST_REMINDER, LAST_REMINDER = 30, 7
_MONTHS_TO_TYPE = f"請填 {FEWEST} 到 {MOST} 之間的月數。"


class DueState(StrEnum):
    """How a site stands. `never`: nothing was ever recorded, and the first interval still runs."""

    CURRENT = "current"
    NEVER = "never"
    NEAR = "near"
    VERY_NEAR = "very_near"
    OVERDUE = "overdue"


@dataclass(frozen=True, kw_only=True)
class Due:
    """The last day on which the next inspection is in time, and how that stands on a day."""

    on: date
    last: date | None
    months: int
    state: DueState

    @property
    def late_since(self) -> date:
        """The first day on which it is late."""
        return self.on + timedelta(days=1)


def cap_of(rules: RuleProfile, cap: int | None) -> int:
    """The longest interval that a site under `rules` may have; `cap` is what the bureau said, None for nothing."""
    most = DEFAULT_CAP if cap is None else cap
    fixed = rules.inspection.interval_months
    return most if fixed is None else min(fixed, most)


def months_of(rules: RuleProfile, own: int | None, cap: int | None) -> int:
    """The interval in force: the site's own where it decided one, else the text's or ours; never beyond the cap."""
    default = rules.inspection.interval_months or DEFAULT_MONTHS
    return min(own or default, cap_of(rules, cap))


def due(*, last: date | None, begins: date, months: int, today: date) -> Due:
    """When the next is due: the same day so many months after the last, the month's last day where that is missing.

    Several on one day are one, since only the last day counts (TY-3-3c). Without any it runs from `begins`, the day
    from which the site had a camera.
    """
    on = add_months(last or begins, months)
    return Due(on=on, last=last, months=months, state=_state(on, last=last, months=months, today=today))


def _state(on: date, *, last: date | None, months: int, today: date) -> DueState:
    left = (on - today).days
    if left < 0:
        return DueState.OVERDUE
    if left <= LAST_REMINDER:
        return DueState.VERY_NEAR
    # Of a monthly round a reminder thirty days ahead would never go away.
    if left <= FIRST_REMINDER and months > 1:
        return DueState.NEAR
    return DueState.CURRENT if last is not None else DueState.NEVER


def checked_months(typed: str, *, rules: RuleProfile, cap: int | None) -> int:
    """The interval that a school typed. Raises `Invalid` for none at all, and beyond the cap (KH-8-1a)."""
    months = whole_months(typed)
    most = cap_of(rules, cap)
    if months > most:
        why = rules.article("inspection") if rules.inspection.interval_months == most else "教育局訂定的上限"
        raise Invalid(f"檢查週期最長為 {most} 個月（{why}）。請填 {FEWEST} 到 {most} 之間的月數。", field="months")
    return months


def whole_months(typed: str) -> int:
    """A number of months within what anybody may set. Raises `Invalid`."""
    text = typed.strip().translate(str.maketrans("０１２３４５６７８９", "0123456789"))
    if not (text.isascii() and text.isdigit()) or not FEWEST <= int(text[:4]) <= MOST:
        raise Invalid(f"檢查週期不能是「{text[:10]}」個月。{_MONTHS_TO_TYPE}", field="months", code="months")
    return int(text)
