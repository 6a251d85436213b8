"""What is a designation, and on which days nobody is designated. Pure functions of data and days (KH-4-1, TY-3-1a)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from tenants.errors import Invalid
from tenants.people.designations.models import Designation, Kind
from tenants.people.spells import Spell, joined
from tenants.roc_dates import format_date

UNDESIGNATED = "未指派專人"
# Further ahead nobody is designated: who will be there then is not known, and a slip of the year would stand unseen.
LONGEST_AHEAD = timedelta(days=400)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Whom the institution designates, from which day on. `members` are who operates with the contact in an office."""

    kind: Kind
    contact_id: UUID
    from_on: date
    office: str = ""
    document: str = ""
    members: tuple[UUID, ...] = ()

    @property
    def everybody(self) -> frozenset[UUID]:
        """Who inherits the duties: the person, or the office's members with its contact."""
        return frozenset({self.contact_id, *(self.members if self.kind is Kind.OFFICE else ())})


def check_wanted(wanted: Wanted, *, today: date) -> None:
    """Raise `Invalid`, with the form's field, for what is no designation."""
    if wanted.from_on < today:
        raise Invalid("指派不能溯及既往。起日應為今天或之後的日期。", field="from_on")
    if wanted.from_on - today > LONGEST_AHEAD:
        raise Invalid("起日太遠，請確認年份；最多可預定一年後的指派。", field="from_on")
    if wanted.kind is Kind.OFFICE and not wanted.office.strip():
        raise Invalid("請填寫處室名稱，例如「事務組」。", field="office")
    if wanted.kind is Kind.PERSON and wanted.office.strip():
        raise Invalid("指派專人時不填處室名稱；要由處室負責，請改選「處室」。", field="office")


def check_none_overlaps(found: Sequence[Designation], wanted: Wanted) -> None:
    """Raise `Invalid` where somebody is designated on one of the days: there is one at every moment, and never two."""
    for each in found:
        if each.until_on is None or each.until_on > max(wanted.from_on, each.from_on):
            since = format_date(each.from_on)
            raise Invalid(
                f"自{since}起已有指派，同一時間只能有一項。要換人，請改用「交接」，讓原指派於新指派的起日結束。（要點第四點）",
                field="from_on",
                code="overlapping",
            )


def covers(designation: Designation, day: date) -> bool:
    """Whether a designation is in force on a civil day."""
    return designation.from_on <= day and (designation.until_on is None or day < designation.until_on)


def licensed(found: Sequence[Designation], *, user_id: UUID, day: date, leads: bool) -> bool:
    """Whether the designation of a day lets this person be given duties from then on.

    `leads`: all three duties, which a designated person has alone, and an office shares among its members.
    """
    in_force = next((each for each in found if covers(each, day)), None)
    return in_force is not None and (not leads or in_force.kind == Kind.OFFICE or in_force.contact_id == user_id)


def designated_days(found: Sequence[Designation], holders: Sequence[Spell]) -> list[Spell]:
    """The days on which somebody was designated and could act: of a person it is they, of an office any member."""
    days = [
        Spell(user_id=each.contact_id, first=first, until=until)
        for each in found
        for held in holders
        if each.kind == Kind.OFFICE or held.user_id == each.contact_id
        for first, until in [_both(each, held)]
        if until is None or first < until
    ]
    return joined(days)


def undesignated_since(days: Sequence[Spell], day: date) -> date | None:
    """From which day nobody was designated, seen on a day on which nobody is; None where nobody ever was."""
    return max((each.until for each in days if each.until is not None and each.until <= day), default=None)


def _both(designation: Designation, held: Spell) -> tuple[date, date | None]:
    ends = [day for day in (designation.until_on, held.until) if day is not None]
    return max(designation.from_on, held.first), min(ends, default=None)
