"""What can happen in the invented city: plain facts with their days, and nothing that follows from them."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class School:
    """An institution with one site. `opens` is what it said itself; None leaves the bureau's or the system's hours."""

    code: str
    name: str
    kind: str
    ownership: str
    district: str
    opens: tuple[str, str] | None

    @property
    def is_preschool(self) -> bool:
        """Under KH; an elementary school is under TY."""
        return self.kind == "preschool"


@dataclass(frozen=True, kw_only=True)
class Camera:
    """In use from a day on, until the first day without it. Its place is assessed and its clock set on these days."""

    school: str
    code: str
    since: date
    until: date | None = None
    assessed: date | None
    calibrated: tuple[date, ...] = ()
    clock_wrong_from: date | None = None
    looked_at: date | None = None
    lacks: int = 0


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A camera that its box cannot reach, from a minute to another; a person says why, or nobody does."""

    school: str
    camera: str
    begins: datetime
    ends: datetime
    explained: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Silence:
    """A box that nobody hears: it has footage of the time when it is back, or was without power all the while."""

    school: str
    begins: datetime
    ends: datetime
    records: bool


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Footage of a camera from before `oldest` was lost on a day."""

    school: str
    camera: str
    on: date
    oldest: date


@dataclass(frozen=True, kw_only=True)
class LateDestruction:
    """Nothing was destroyed at a school from a day on, until the day on which all of it was."""

    school: str
    begins: date
    ends: date


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody designated: duties from a day until the first without, and when they signed at either end."""

    school: str
    key: str
    since: date
    signed: date | None
    until: date | None = None
    signed_leaving: date | None = None
    # The day on which what they answered for was handed over; None where they answered for nothing.
    handed_over: date | None = None


@dataclass(frozen=True, kw_only=True)
class Designation:
    """An office designated from a day until the first without."""

    school: str
    since: date
    until: date | None


@dataclass(frozen=True, kw_only=True)
class Reviewed:
    """The accounts of a school were looked through."""

    school: str
    on: date


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """附件3 or 附錄2 was filled in, on the day itself."""

    school: str
    on: date


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A school decided how often it is inspected."""

    school: str
    since: date
    months: int


@dataclass(frozen=True, kw_only=True)
class DrillsFail:
    """Nights whose random segment could not be opened, both ends included."""

    school: str
    first: date
    last: date


@dataclass(frozen=True, kw_only=True)
class PolicyPassed:
    """A meeting passed the school's own measures."""

    school: str
    on: date


@dataclass(frozen=True, kw_only=True)
class HoursChange:
    """A school is open at other hours from a day on."""

    school: str
    since: date
    opens: tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Typhoon:
    """停班停課 in a district of that day's name, or everywhere."""

    on: date
    district: str = ""


@dataclass(frozen=True, kw_only=True)
class Restricted:
    """A brand that the bureau restricts from a day on."""

    since: date
    brand: str


@dataclass(frozen=True, kw_only=True)
class Branded:
    """A device of a brand in the ledger from the founding on; the bureau's document was noted on a day or never."""

    school: str
    brand: str
    noted: date | None


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What somebody at the school told of a camera, and when each step was done; None where it was not."""

    school: str
    camera: str
    opened: datetime
    taken_up: datetime | None = None
    repaired: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Footage that is kept back, to be reviewed by a day."""

    school: str
    placed: datetime
    review_on: date
    released: datetime | None


@dataclass(frozen=True, kw_only=True)
class Letter:
    """An official document that asks for footage, and the answer."""

    school: str
    filed: datetime
    replied: datetime | None


@dataclass(frozen=True, kw_only=True)
class DistrictRenamed:
    """A district is called otherwise from a day on; told a month before."""

    told: date
    since: date
    former: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Closed:
    """An institution is no more from a day on."""

    school: str
    since: date


@dataclass(frozen=True, kw_only=True)
class RuleChange:
    """Both regulations ask for so many days of what is recorded from a day on."""

    told: date
    since: date
    days: int


@dataclass(frozen=True, kw_only=True)
class Enrolled:
    """The day on which a school's box was entered, and that on which it spoke for the first time."""

    school: str
    entered: date
    on: date


@dataclass(frozen=True, kw_only=True)
class Addressed:
    """Somebody typed the address to which an account's mail goes. `key` is a person's, or `head`."""

    school: str
    key: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MailReturned:
    """A mail to a person came back; a later one arrived, or none did."""

    school: str
    key: str
    at: datetime
    arrived: datetime | None


@dataclass(frozen=True, kw_only=True)
class RightsAsked:
    """Somebody asked for a copy of their own personal data; when they were answered."""

    school: str
    on: date
    answered: datetime | None


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """The bureau says from which day on each article weighs how much, and which share of all weight is to be met."""

    told: date
    since: date
    target: int
    weights: tuple[tuple[str, int], ...]
