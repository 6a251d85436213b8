"""How each camera stands with its calibration, in words and with what to do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from infra.clock import civil_day
from tenants.footage import times
from tenants.footage.times import Drift, Times
from tenants.profiles import Clause, RuleProfile
from tenants.registry import queries as registry
from tenants.registry.models import Camera
from tenants.upkeep import queries
from tenants.upkeep.models import Calibration
from tenants.upkeep.rules import CalibrationState, View, calibration_state, is_right
from webapp.school import regulation
from webapp.school.equipment import clock_view
from webapp.school.upkeep.forms import VIEW_NAMES

_WORDS: Mapping[CalibrationState, tuple[str, str]] = {
    CalibrationState.CURRENT: ("good", "在校正期限內"),
    CalibrationState.DUE: ("warn", "該校正了"),
    CalibrationState.NEVER: ("warn", "尚無校正紀錄"),
    CalibrationState.OVERDUE: ("bad", "逾期未校正，且時間不準"),
}
# Where the regulation asks for none, nothing is late (TY-X-1).
_OPTIONAL: Mapping[CalibrationState, tuple[str, str]] = {
    **dict.fromkeys(CalibrationState, ("info", "本規定未要求校正")),
    CalibrationState.CURRENT: ("good", "已校正"),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One camera. `offset` is the clock's error as last measured, in words; empty where nobody measured it."""

    camera: Camera
    state: CalibrationState
    badge: str
    words: str
    last: Calibration | None
    due: date | None
    offset: str
    is_required: bool
    article: str


def lines(*, tenant_id: UUID, now: datetime) -> Sequence[Line]:
    """Every camera in use."""
    cameras = registry.cameras(tenant_id=tenant_id)
    last = queries.last_calibrations(tenant_id=tenant_id)
    told = times.of_cameras(tenant_id=tenant_id)
    rules = regulation.rules_by_site(tenant_id=tenant_id)
    today = civil_day(now)
    return [
        _line(each, last.get(each.id), _fast_ms(told.get(each.id), now), rules[each.site_id], today) for each in cameras
    ]


def _line(camera: Camera, last: Calibration | None, offset_ms: int | None, rules: RuleProfile, today: date) -> Line:
    due = last.next_due if last is not None else None
    left_right = last is None or is_right(last.offset_after_ms)
    state = calibration_state(due, offset_ms=offset_ms, today=today, left_right=left_right)
    required = bool(rules.inspection.calibration)
    badge, words = (_WORDS if required else _OPTIONAL)[state]
    return Line(
        camera=camera,
        state=state,
        badge=badge,
        words=words,
        last=last,
        due=due,
        offset=offset_words(offset_ms) if offset_ms is not None else "",
        is_required=required,
        article=rules.article(Clause.CALIBRATION),
    )


def offset_words(fast_ms: int) -> str:
    """A clock's error as people type it, positive is fast: 快 42.0 秒."""
    return clock_view.offset_words(-fast_ms)


def _fast_ms(said: Times | None, now: datetime) -> int | None:
    """By how much a camera's clock is ahead now; None where nobody knows."""
    if said is None or said.clock is None or said.clock.drift(now) is Drift.UNKNOWN:
        return None
    return -said.clock.offset_ms


def view_words(held: Calibration) -> str:
    """How the angle compared."""
    return VIEW_NAMES[View(held.view)]
