"""The agency's own cases as lines of a list, and what each waits for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from infra import clock
from tenants.disclosures.lifecycle import FINAL, Course, possible
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official.case_lines import CaseLine
from tenants.disclosures.steps import Step
from tenants.roc_dates import format_date
from webapp.case_progress import clock_of
from webapp.case_standing import standing_of_line

_UNDECIDED = {DisclosureState.SUBMITTED: "等待機構審核", DisclosureState.RETURNED: "請補正"}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One case in the agency's list."""

    case: CaseLine
    badge: str
    state: str
    next_step: str
    clock: tuple[str, str] | None


def lines(found: Iterable[CaseLine]) -> list[Line]:
    """The agency's cases with what each waits for."""
    return [_line(case) for case in found]


def is_late(day: date | None) -> bool:
    """Whether this day is over; no day never is."""
    return day is not None and day < clock.today()


def _line(case: CaseLine) -> Line:
    badge, state = standing_of_line(case)
    return Line(case=case, badge=badge, state=state, next_step=_waits_for(case), clock=_clock(case))


def _clock(case: CaseLine) -> tuple[str, str] | None:
    """As `clock_of`; of a decided case only that the letter of reply is late, since the answer is known."""
    decided = case.state is not DisclosureState.SUBMITTED
    return None if decided and case.due >= clock.today() else clock_of(case)


def _after_all(case: CaseLine) -> str:
    over = case.state in FINAL
    if case.asked_again and not over:
        return "等待機構重新開放領取"
    if not case.replied and not over:
        return "等待機構函復"
    return _to_give_up(case) or ("無待辦" if over else "已函復")


def _to_give_up(case: CaseLine) -> str:
    """What the agency still owes for the copy that it has; empty where it has none, or no day was set."""
    if not case.copy_outside or case.return_by is None:
        return ""
    late = "，已逾期" if is_late(case.return_by) else ""
    return f"請於{format_date(case.return_by)}前返還或銷毀影像{late}"


def _waits_for(case: CaseLine) -> str:
    if said := _UNDECIDED.get(case.state):
        return said
    if held := _held_back(case):
        # What was collected before is owed all the same.
        return "；".join(filter(None, [held, _to_give_up(case)]))
    match case.state:
        case _ if case.copy_waits and Step.ISSUE_LINK in possible(Course.OFFICIAL, case.state):
            # The copy may leave before the letter of reply does.
            taken = "請領取影像" if case.replied else "可先領取影像，機構尚未函復"
            return f"{taken}（限原簽收的承辦人）" if case.reopened else taken
        case DisclosureState.APPROVED | DisclosureState.PARTIALLY_APPROVED if not case.carried_out:
            return "請進入案件查看可否領取" if case.copy_approved else "請與機構約定到場調閱"
        case _:
            return _after_all(case)


def _held_back(case: CaseLine) -> str:
    """What a case waits for of which nothing is given now; empty where nothing is held back of it."""
    if case.state in FINAL:
        return ""
    if case.taken_back:
        return "機構已撤銷本案，請洽該機構"
    if case.halted and not case.copy_waits:
        return "機構已暫停本案，等待首長決定"
    return "請洽該機構；機構可以重新開放領取" if case.revoked else ""
