"""The one module for periods (DR-04). Days are civil days in Taipei, and the day of the event itself never counts.

"At least" (至少) is rounded up to the longest sensible reading and "at the latest" (至遲) down to the shortest, so
that no reading of the law is broken by ours. Nothing else in the system adds days to dates: not SQL, not a worker, not
a page. Working days make handling targets and no period of the law; `working_days` counts them.
"""

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta

from infra import clock

YEAR_DAYS = 365
APPEAL_DAYS = 30

# The least that footage is kept anywhere, the day of recording not counted (要點五(三)).
LEAST_RETENTION_DAYS = 14
# Days between the recording and its upload: the ingest takes no segment that is older. As long as a day is owed that is
# kept the least: on its last day its first second is nearly 15 days old, and an offline box may still hold it (DR-34).
LATE_UPLOAD_DAYS = LEAST_RETENTION_DAYS + 1
# A store expires in whole days, rounded up to the next midnight in UTC, which is 08:00 in Taipei (DR-03).
ROUNDING_DAYS = 1
# Where the bucket keeps versions, an expired object becomes a non-current version and goes a day later, rounded again.
VERSION_DAYS = 2
# Day keys are made and handed to the edge boxes so many days ahead, so that a box goes on without us. What has been
# handed out fixes the class of those days: nothing that changes a class begins before they are over (DR-10, KH-2-3).
KEYS_AHEAD_DAYS = 14
# How long our own destruction may be retried, and a hold be copied, before the store's rule would act.
RETRY_DAYS = 7

# The latest `Days` of a store rule with which even footage that came late is gone on the last day of its year.
MAX_LIFECYCLE_DAYS = YEAR_DAYS - LATE_UPLOAD_DAYS - ROUNDING_DAYS - VERSION_DAYS
# The longest period a site may choose: the store's rule is at least one day later and must still end within the year.
MAX_RETENTION_DAYS = MAX_LIFECYCLE_DAYS - ROUNDING_DAYS


def kept_through(day: date, retention_days: int) -> date:
    """The last civil day on which footage of `day` must still be there (至少保存)."""
    return day + timedelta(days=retention_days)


def destroyable_on(day: date, retention_days: int) -> date:
    """The first civil day on which footage of `day` may go: recorded on 11/5 and kept 14 days, it is 11/20 (Q-01)."""
    return kept_through(day, retention_days) + timedelta(days=1)


def deletable_from(day: date, retention_days: int) -> datetime:
    """The first instant, in UTC, at which footage of `day` may go: 00:00 in Taipei of `destroyable_on`."""
    return clock.day_start(destroyable_on(day, retention_days))


def days_stored(retention_days: int) -> int:
    """How many civil days' footage lies in the store at once: the days of the period and the one being recorded."""
    return retention_days + 1


def owed_since(today: date, retention_days: int) -> date:
    """The earliest civil day whose footage must still be there on `today`."""
    return today - timedelta(days=retention_days)


def keys_through(today: date) -> date:
    """The last civil day whose key is made, and handed to the edge boxes, on `today`."""
    return today + timedelta(days=KEYS_AHEAD_DAYS)


def changeable_from(today: date) -> date:
    """The first civil day whose retention class may still be changed for a site with an edge box.

    The day after the last one whose key a box may hold, and one more: what is decided a second before midnight must not
    cross a box that asks a second after it.
    """
    return keys_through(today) + timedelta(days=2)


def destroyed_by(day: date) -> date:
    """The last civil day on which footage of `day` may still exist without an exception (至遲一年, Q-02)."""
    return day + timedelta(days=YEAR_DAYS)


def reviewed_by(day: date) -> date:
    """The last day on which somebody can still decide about footage of `day` before its year is over (KH-6-4b)."""
    return destroyed_by(day) - timedelta(days=1)


def one_year_through(day: date) -> date:
    """The last day of one year after `day` as 行政程序法第48條 counts it.

    The year begins on the next day and ends on the day before the corresponding day; where that day is missing (2/29),
    on the last day of the month.
    """
    begin = day + timedelta(days=1)
    try:
        return begin.replace(year=begin.year + 1) - timedelta(days=1)
    except ValueError:
        return date(begin.year + 1, begin.month, monthrange(begin.year + 1, begin.month)[1])


def kept_until_at_least(closed_on: date) -> datetime:
    """The first instant, in UTC, at which a form or register closed on this day is a year old (至少一年, KH-7-4)."""
    return clock.day_start(one_year_through(closed_on) + timedelta(days=1))


def appealable_through(answered_on: date) -> date:
    """The last day on which somebody may object to an answer, thirty days from the next day on (訴願法14, DR-01)."""
    return answered_on + timedelta(days=APPEAL_DAYS)


def answered_by(received_on: date, days: int) -> date:
    """The last day on which a request received on this day may be decided, as a statute gives `days` (個資法第13條)."""
    return received_on + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; the last day of the month where that day is missing (TY-3-3c)."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def lifecycle_days(retention_days: int) -> int:
    """`Days` of the store's expiry rule for one retention class: the net below our own destruction, never before it.

    One day more than the period, since rounding would otherwise take what was uploaded before 08:00 up to sixteen hours
    early; a week more for retries and for copying holds; but never so late that footage uploaded 15 days after its
    recording would outlive its year.
    """
    return min(retention_days + ROUNDING_DAYS + RETRY_DAYS, MAX_LIFECYCLE_DAYS)


def store_expiry(uploaded_at: datetime, days: int) -> datetime:
    """When a store with an expiry rule of `days` removes an object: rounded up to a midnight in UTC."""
    due = uploaded_at.astimezone(UTC) + timedelta(days=days)
    midnight = datetime.combine(due.date(), time.min, UTC)
    return midnight if due == midnight else midnight + timedelta(days=1)


def lifecycle_fault(retention_days: int, days: int) -> str:
    """Why a store rule of `days` breaks the law for this retention class; empty when it does not (DR-03)."""
    if days < retention_days + ROUNDING_DAYS:
        return f"Days={days} 會刪除尚未滿 {retention_days} 日的影像，至少應為 {retention_days + ROUNDING_DAYS}"
    if days > MAX_LIFECYCLE_DAYS:
        return f"Days={days} 會讓遲到上傳的影像存在超過一年，至多應為 {MAX_LIFECYCLE_DAYS}"
    return ""
