"""What may become of a period: from which day, in which order, passed by whom. Pure (KH-2-1 to KH-2-3, DR-10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tenants import periods
from tenants.errors import Caution, Invalid, NeedsConfirmation
from tenants.profiles import Clause, RuleProfile
from tenants.profiles.rules import check_ceiling, whole_days
from tenants.roc_dates import format_date

_FROM = "effective_from"
_TOO_OLD = "{}的會議距生效日已逾一年，可能是誤填，或當時所考量的情形已有變更；確認無誤仍可採用"


@dataclass(frozen=True, kw_only=True)
class Adoption:
    """Who passed a school's own measure, when, where it is written down, and what was considered (KH-2-1, KH-2-2).

    `confirmed`: a person looked again at what `adoption_cautions` says.
    """

    meeting: str = ""
    held_on: date | None = None
    minutes: str = ""
    considerations: str = ""
    confirmed: bool = False


def checked_adoption(adoption: Adoption, profile: RuleProfile, *, today: date, begins: date) -> Adoption:
    """The adoption as it is stored. Raises `Invalid` where the regulation asks for a meeting and it is not named.

    Raises `NeedsConfirmation` for what should be looked at again, unless it was.
    """
    for refused in adoption_faults(adoption, profile, today=today):
        raise refused
    cautions = adoption_cautions(adoption, begins=begins)
    if cautions and not adoption.confirmed:
        raise NeedsConfirmation(cautions)
    return Adoption(
        meeting=adoption.meeting.strip(),
        held_on=adoption.held_on,
        minutes=adoption.minutes.strip(),
        considerations=adoption.considerations.strip(),
    )


def adoption_cautions(adoption: Adoption, *, begins: date) -> tuple[Caution, ...]:
    """What should be looked at again: a meeting of more than a year before its measure is mostly a slip (KH-2-2)."""
    if adoption.held_on is None or periods.one_year_through(adoption.held_on) >= begins:
        return ()
    return (Caution("old_meeting", _TOO_OLD.format(format_date(adoption.held_on))),)


def adoption_faults(adoption: Adoption, profile: RuleProfile, *, today: date) -> list[Invalid]:
    """Everything that is wrong with an adoption, in the order of the form."""
    found = []
    asked = profile.policy.adoption_required
    body, article = profile.policy.adoption_body or "會議", profile.article(Clause.LOCAL_POLICY)
    if asked and body not in adoption.meeting:
        example = f"請填寫會議名稱，例如「115學年度第1次{body}」。"
        found.append(Invalid(f"應經{body}通過（{article}）。{example}", field="meeting"))
    if adoption.held_on is not None and adoption.held_on > today:
        found.append(Invalid("會議日期不可晚於今天。請於會議通過後再登記。", field="meeting_on"))
    if asked and adoption.held_on is None:
        found.append(Invalid(f"請填寫{body}的日期（{article}）。", field="meeting_on"))
    if asked and not adoption.minutes.strip():
        found.append(Invalid(f"請填寫{body}紀錄的文號或編號（{article}）。", field="minutes"))
    return found


def check_begin(effective_from: date, *, earliest: date, today: date, article: str) -> None:
    """Raise `Invalid` for a version that would change days which are past, or whose keys the edge boxes hold already.

    Footage of a day stays in the class under which it was recorded, so that nothing which is owed is ever shortened.
    """
    if effective_from < today:
        raise Invalid(
            f"生效日不可早於今天：已錄存的影像依錄影當日的規定保存，不得溯及既往縮短或變更（{article}）。", field=_FROM
        )
    if effective_from < earliest:
        last = format_date(earliest - timedelta(days=1))
        raise Invalid(
            f"{last}以前的錄影金鑰已核發或即將核發給邊緣主機，這些日子的保存天數不能再變更。"
            f"生效日最早為{format_date(earliest)}。",
            field=_FROM,
        )


def check_order(effective_from: date, known: Sequence[date]) -> None:
    """Raise `Invalid` for a version that begins on the same day as another or before one that is there already."""
    if effective_from in known:
        raise Invalid(
            f"已有自{format_date(effective_from)}起生效的版本，同一天不能有兩個版本。要取代它，請先撤回它再登記，或另訂之後的生效日。",
            field=_FROM,
        )
    if known and effective_from < max(known):
        raise Invalid(
            f"已有自{format_date(max(known))}起生效的版本，新版本應在其後。要取代它，請先撤回它，再依生效日順序登記。",
            field=_FROM,
        )


def check_withdrawable(effective_from: date, *, earliest: date) -> None:
    """Raise `Invalid` when a version's first day is past, or its key was handed out under it."""
    if effective_from < earliest:
        raise Invalid(
            f"自{format_date(effective_from)}起的版本已生效，或錄影金鑰已依其核發，不能撤回。請登記新的版本。",
            field=_FROM,
        )


def regulated_days(typed: str, before: RuleProfile, *, today: date) -> int:
    """The floor of a regulation's next version. Raises `Invalid` for one below the floor before it or past the year.

    Footage that would be kept shorter than before is a decision of whoever issues the regulation, and comes with a new
    release of its text; a form of the bureau's only ever asks for more.
    """
    days = whole_days(typed, field="min_days")
    if days < before.retention.min_days:
        standing = "現行" if before.effective_from <= today else "已排定"
        raise Invalid(
            f"至少保存日數不得少於{standing}的{before.retention.min_days}日（{before.article(Clause.RETENTION_MIN)}）。",
            field="min_days",
        )
    check_ceiling(days, before, field="min_days")
    return days
