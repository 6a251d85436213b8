"""When who hears of what. Pure functions of data, days and instants; all hours are Taipei's (DR-31, 0059)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from infra.clock import TAIPEI, civil_day
from tenants.errors import Invalid
from tenants.notices.duties import BOUND, DUTIES, HEADS, Duty, Kind, Level
from tenants.permissions import Role
from tenants.working_days import is_working_day, working_days_after

_ONE_DAY = timedelta(days=1)
# A mail that would only come so shortly before a clock runs out comes too late.
MARGIN = timedelta(hours=1)
# The morning: before it nothing is planned, and what a cron that was down missed until noon waits for the next.
MORNING, NOON = time(7), time(12)
# How far back working days are counted: what is later than a year is told every time that a year is.
_COUNTED = timedelta(days=400)
# The bounds of a person's own quiet hours: the day between them always has ten hours, with the office's.
EARLIEST_QUIET, LATEST_QUIET = 18, 22
EARLIEST_OPEN, LATEST_OPEN = 6, 8


@dataclass(frozen=True, kw_only=True)
class Due:
    """One thing to be done. `on` is its last day in time, `at` the moment where it runs by the hour.

    `count` is what it holds, such as days or gaps. `raised` is said by rooms with clocks of their own. `only` is the
    one person whom it concerns. `article` is said where it is the thing's own, and not its
    kind's. `asked_on`: a person asked for it that day, so that the next morning tells it, however far its day is.
    """

    kind: Kind
    subject: str
    on: date
    at: datetime | None = None
    count: int = 1
    raised: Level | None = None
    only: UUID | None = None
    article: str = ""
    asked_on: date | None = None

    @property
    def duty(self) -> Duty:
        """Its line of the table."""
        return DUTIES[self.kind]


@dataclass(frozen=True, kw_only=True)
class Office:
    """Who somebody is on a day: their roles, and `filled`, those that anybody at the institution holds or acts in."""

    user_id: UUID
    roles: AbstractSet[Role]
    filled: AbstractSet[Role]


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """From which hour until which nobody is written to; never on a day without office."""

    begins: int = 20
    ends: int = 7

    def is_open(self, now: datetime) -> bool:
        """Whether a mail may go at this instant."""
        local = now.astimezone(TAIPEI)
        return is_working_day(local.date()) and self.ends <= local.hour < self.begins

    def opens(self, now: datetime) -> datetime:
        """The next instant from now on at which a mail may go."""
        if self.is_open(now):
            return now
        day = civil_day(now)
        while True:
            first = datetime.combine(day, time(self.ends), TAIPEI)
            if is_working_day(day) and first >= now:
                return first.astimezone(now.tzinfo)
            day += _ONE_DAY


@dataclass(frozen=True, kw_only=True)
class Line:
    """What one mail says of a kind: how much, how much of it is late, the first due day or moment, its own articles."""

    kind: Kind
    count: int
    late: int
    first: date
    at: datetime | None = None
    articles: tuple[str, ...] = ()


def goes_at(now: datetime, quiet: Quiet, *, must_by: datetime | None = None) -> datetime:
    """When a mail goes: at once outside of quiet hours, else as they end.

    What a clock would run out for before then, or within the hour after, goes at any hour.
    """
    opens = quiet.opens(now)
    return now if must_by is not None and must_by < opens + MARGIN else opens


def is_morning(now: datetime) -> bool:
    """Whether the day's digests may be made now."""
    local = now.astimezone(TAIPEI)
    return is_working_day(local.date()) and MORNING <= local.time() < NOON


def level(due: Due, today: date) -> Level:
    """How high a thing has risen by a day."""
    if due.raised is not None:
        return due.raised
    for found, after in ((Level.BUREAU, due.duty.bureau_after), (Level.HEAD, due.duty.head_after)):
        if after is not None and today >= working_days_after(due.on, after):
            return found
    return Level.OWNER


def is_late(due: Due, now: datetime) -> bool:
    """Whether its last moment has passed."""
    return due.at < now if due.at is not None else due.on < civil_day(now)


def concerns(due: Due, office: Office, *, today: date) -> bool:
    """Whether it is somebody's: by their office, because nobody fills it, or because it has risen to them."""
    if due.only is not None:
        return due.only == office.user_id
    if office.roles & due.duty.told:
        return True
    heads = bool(office.roles & HEADS)
    return heads and (not due.duty.told & office.filled or level(due, today) is not Level.OWNER)


def speaks(due: Due, *, since: date | None, today: date) -> bool:
    """Whether a digest of today tells of it; `since` is the day of the person's last one that arrived.

    A day that fell on a holiday, or whose mail never went, is told on the next: nothing is lost between two.
    """
    days = {due.on, *(due.on - timedelta(days=each) for each in due.duty.lead)}
    if due.asked_on is not None:
        days.add(due.asked_on + _ONE_DAY)
    passed = [day for day in days if day <= today]
    if any(since is None or since < day for day in passed):
        return True
    return today > due.on and _working_days(due.on, today) % due.duty.again == 0


def lines(dues: Iterable[Due], *, now: datetime) -> Sequence[Line]:
    """One line a kind, in the order of the table."""
    by_kind: dict[Kind, list[Due]] = {}
    for due in dues:
        by_kind.setdefault(due.kind, []).append(due)
    return [_line(kind, by_kind[kind], now) for kind in DUTIES if kind in by_kind]


def may_do_without(roles: Collection[Role]) -> bool:
    """Whether somebody with these roles may switch the morning's mail off."""
    return not BOUND & set(roles)


def wish_faults(*, begins: int, ends: int, digest: bool, roles: Collection[Role]) -> Iterator[Invalid]:
    """All that is wrong with what a person chose."""
    if not EARLIEST_QUIET <= begins <= LATEST_QUIET:
        words = f"勿擾時間的開始請選 {EARLIEST_QUIET} 到 {LATEST_QUIET} 時之間。"
        yield Invalid(words, field="quiet_from")
    if not EARLIEST_OPEN <= ends <= LATEST_OPEN:
        words = f"勿擾時間的結束請選 {EARLIEST_OPEN} 到 {LATEST_OPEN} 時之間。"
        yield Invalid(words, field="quiet_until")
    if not digest and not may_do_without(roles):
        yield Invalid("您的職務負有法定期限，不能關閉每日提醒。請改為調整勿擾時間。", field="digest")


def _line(kind: Kind, dues: Sequence[Due], now: datetime) -> Line:
    return Line(
        kind=kind,
        count=sum(each.count for each in dues),
        late=sum(each.count for each in dues if is_late(each, now)),
        first=min(each.on for each in dues),
        at=min((each.at for each in dues if each.at is not None), default=None),
        articles=tuple(sorted({each.article for each in dues if each.article})),
    )


def _working_days(first: date, last: date) -> int:
    """How many working days come after `first`, through `last`."""
    day, count = max(first, last - _COUNTED), 0
    while day < last:
        day += _ONE_DAY
        count += is_working_day(day)
    return count
