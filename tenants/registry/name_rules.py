"""What an institution may be called from which day on. Pure (DR-33)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tenants.errors import Invalid, refuse
from tenants.roc_dates import format_date

# A document reaches the platform late, and a change of another school year is another document.
LATEST_ENTRY = timedelta(days=60)
FURTHEST_AHEAD = timedelta(days=366)
_LONGEST = 100
_DAY = "effective_from"


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What an institution is called, in short, and the district that it lies in."""

    name: str
    short_name: str
    district: str


def checked_naming(naming: Naming, *, before: Naming) -> Naming:
    """A naming as it is stored. Raises `Invalid` for none, for one that is too long, and for the one there is."""
    told = Naming(
        name=naming.name.strip(),
        short_name=naming.short_name.strip() or naming.name.strip(),
        district=naming.district.strip(),
    )
    refuse(_naming_faults(told, before))
    return told


def _naming_faults(told: Naming, before: Naming) -> Iterator[Invalid]:
    if not told.name:
        yield Invalid("請填寫新的機構名稱。", field="name")
    if not told.district:
        yield Invalid("請填寫行政區。", field="district")
    if len(told.name) > _LONGEST:
        yield Invalid(f"機構名稱最多{_LONGEST}字。", field="name")
    if told == before:
        yield Invalid("名稱與行政區都和目前相同，沒有可以變更的內容。", field="name")


def checked_document(document: str) -> str:
    """The number of the document that orders a change. Raises `Invalid` without one."""
    if not document.strip():
        raise Invalid("請填寫核定公文的文號。", field="document")
    return document.strip()


def check_begin(effective_from: date, *, known: Sequence[date], closed_from: date | None, today: date) -> None:
    """Raise `Invalid` for a day out of order, too long ago, too far ahead, or on which the institution is closed."""
    if effective_from < today - LATEST_ENTRY:
        first = format_date(today - LATEST_ENTRY)
        raise Invalid(f"生效日最早可補登到{first}。更早的更名請洽平台維運人員查明原因。", field=_DAY)
    if effective_from > today + FURTHEST_AHEAD:
        raise Invalid("生效日不可晚於一年後。請確認年份。", field=_DAY)
    if known and effective_from <= max(known):
        raise Invalid(f"已有自{format_date(max(known))}起的名稱，新名稱的生效日應在其後。", field=_DAY)
    if closed_from is not None and effective_from >= closed_from:
        raise Invalid(f"這個機構自{format_date(closed_from)}起停辦，停辦後不再更名。", field=_DAY)


def check_none_waits(waiting: date | None) -> None:
    """Raise `Invalid` while another change has not begun: it would be told from a name that is not there yet."""
    if waiting is not None:
        raise Invalid(f"已有自{format_date(waiting)}起的變更尚未生效。請先撤回，再登記新的變更。", field=_DAY)


def check_withdrawable(effective_from: date, *, begun: bool) -> None:
    """Raise `Invalid` for a change that has begun."""
    if begun:
        raise Invalid(
            f"自{format_date(effective_from)}起的名稱已生效，不能撤回。請以新的公文登記另一次變更。", field=_DAY
        )
