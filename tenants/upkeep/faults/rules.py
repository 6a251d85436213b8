"""What a finding must say, and until when each step of a fault is due. Pure functions of data and dates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from infra.clock import civil_day
from tenants.errors import Invalid
from tenants.upkeep.faults.kinds import OF_SITE, FaultKind, How
from tenants.working_days import office_closes, working_days_after, working_hours_after

LONGEST_WORDS = 500
# A person may tell today of what was seen last week; of what is older nobody knows when it began.
_OLDEST, _AHEAD = timedelta(days=30), timedelta(minutes=5)


@dataclass(frozen=True, kw_only=True)
class Found:
    """Something that is wrong, whoever found it: with cameras of one site, or with the site itself (`site_id`).

    `found_at` is when it began as far as is known. `words` are a person's, or what was measured.
    """

    kind: FaultKind
    found_at: datetime
    how: How
    camera_ids: Sequence[UUID] = ()
    site_id: UUID | None = None
    words: str = ""

    @property
    def is_of_site(self) -> bool:
        """Whether it is of the place itself, and not of single cameras."""
        return self.site_id is not None or self.kind in OF_SITE


@dataclass(frozen=True, kw_only=True)
class Targets:
    """How fast a fault is to be dealt with (Q-12): office hours and working days, as the bureau set them."""

    assign_hours: int = 1
    report_hours: int = 4
    repair_days: int = 3
    recheck_days: int = 1
    bureau_hours: int = 8


# 立即 has no number: four working hours to take it up and three working days to repair it are Q-12's; that an
# unassigned one is told after an hour is TY-3-3b's; a day to look again and a day until the bureau hears are ours.
DEFAULT = Targets()


@dataclass(frozen=True, kw_only=True)
class Deadlines:
    """Until when."""

    assign: datetime
    report: datetime
    repair: datetime


def deadlines(opened_at: datetime, targets: Targets) -> Deadlines:
    """What a fault that was entered then is measured by."""
    return Deadlines(
        assign=working_hours_after(opened_at, targets.assign_hours),
        report=working_hours_after(opened_at, targets.report_hours),
        repair=office_closes(working_days_after(civil_day(opened_at), targets.repair_days)),
    )


def faults_of(found: Found, now: datetime) -> Iterator[Invalid]:
    """What a finding lacks, all at once."""
    if not found.camera_ids and found.site_id is None:
        yield Invalid("請選擇是哪一支鏡頭。", field="camera", code="camera_missing")
    by_person = found.how not in {How.TELEMETRY, How.NIGHTLY_LOOK}
    if found.found_at > now + _AHEAD:
        yield Invalid("發現時間還沒有到。請填實際發現的時間。", field="day", code="in_the_future")
    elif by_person and found.found_at < now - _OLDEST:
        yield Invalid("發現時間請在 30 日以內。更早的情形請寫在說明裡。", field="day", code="too_old")
    if len(found.words) > LONGEST_WORDS:
        yield Invalid(f"說明請在 {LONGEST_WORDS} 字以內。", field="words", code="too_long")
