"""What stands between the law and the footage, as the school's pages show it: clocks, stops, 待完成, and a hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from infra import clock
from tenants.disclosures import queries as disclosures
from tenants.disclosures.retained import clocks as retained_clocks
from tenants.registry import queries as registry
from tenants.retention import clocks, hold_history, pending, plan_queries, queries, stops
from tenants.retention.clocks import CopyClass
from tenants.retention.models import DestructionStop, HoldBasis, HoldChange, HoldStep
from tenants.retention.pending import OWNER_NAMES, Pending
from tenants.retention.queries import Totals
from tenants.retention.urgent import queries as urgent
from tenants.retention.urgent.queries import Urgent
from webapp.school.retention.kept_view import BASIS_NAMES, HoldLine, hold_line
from webapp.school.retention.urgent_view import called

COPY_NAMES: Mapping[CopyClass, str] = {
    CopyClass.FOOTAGE: "錄影",
    CopyClass.HELD: "保全複本",
    CopyClass.RETAINED: "備查複製本",
}
# What stands in place of the floor's last day, where none is owed or what keeps it is something else.
_WITHOUT_FLOOR: Mapping[CopyClass, str] = {
    CopyClass.FOOTAGE: "—",
    CopyClass.HELD: "依保全",
    CopyClass.RETAINED: "依複查",
}
STEP_NAMES: Mapping[HoldStep, str] = {
    HoldStep.PLACED: "開始保全",
    HoldStep.EXTENDED: "展延",
    HoldStep.TAKEN_OVER: "由案件承接",
    HoldStep.ENDING: "定屆滿日",
    HoldStep.RELEASED: "結束",
    HoldStep.DESTROYED: "複本已銷毀",
}


@dataclass(frozen=True, kw_only=True)
class ClockLine:
    """One camera and kind of copy: floor, ceiling and hold in three columns."""

    camera: str
    copy: str
    oldest: datetime
    owed_until: date | None
    without_floor: str
    due_since: datetime | None
    reviewed_on: date | None
    late_minutes: int
    alert_days: int


@dataclass(frozen=True, kw_only=True)
class PendingLine:
    """A destruction that is 待完成, and whose it is."""

    pending: Pending
    owner: str


@dataclass(frozen=True, kw_only=True)
class StopDay:
    """One day of a stopped plan, and how much it is."""

    day: date
    retention_days: int
    totals: Totals


@dataclass(frozen=True, kw_only=True)
class HoldPage:
    """One hold with its history, in words."""

    line: HoldLine
    history: Sequence[tuple[HoldChange, str, str]]
    copy_error: str
    is_open: bool
    is_request: bool
    is_urgent: bool
    urgent: Urgent | None
    called: str


def clock_lines(*, tenant_id: UUID) -> Sequence[ClockLine]:
    """Every camera's clocks, the latest first."""
    now = clock.now()
    names = {camera.id: f"{camera.name}（{camera.code}）" for camera in registry.cameras(tenant_id=tenant_id)}
    kept = [*clocks.of_cameras(tenant_id=tenant_id, now=now), *retained_clocks.of_cameras(tenant_id=tenant_id, now=now)]
    lines = [
        ClockLine(
            camera=names.get(each.camera_id, "已停用的鏡頭"),
            copy=COPY_NAMES[each.copy],
            oldest=each.oldest,
            owed_until=each.owed_until,
            without_floor=_WITHOUT_FLOOR[each.copy],
            due_since=each.due_since,
            reviewed_on=each.reviewed_on,
            late_minutes=each.late_minutes(now),
            alert_days=each.alert_days(now),
        )
        for each in kept
    ]
    return sorted(lines, key=lambda line: (-line.late_minutes, line.camera, line.copy))


def pending_lines(*, tenant_id: UUID) -> Sequence[PendingLine]:
    """Every destruction without its certificate yet."""
    return [PendingLine(pending=each, owner=OWNER_NAMES[each.owner]) for each in pending.pending(tenant_id=tenant_id)]


def open_stop(*, tenant_id: UUID) -> DestructionStop | None:
    """The stopped run that waits for the head."""
    return stops.open_stop(tenant_id=tenant_id)


def stop_days(found: DestructionStop) -> Sequence[StopDay]:
    """The plan of a stop: each day and what lies under it."""
    return [
        StopDay(
            day=each.day,
            retention_days=each.retention_days,
            totals=queries.totals(tenant_id=found.tenant_id, day=each.day, retention_days=each.retention_days),
        )
        for each in plan_queries.days_of_stop(found.days)
    ]


def hold_page(*, tenant_id: UUID, hold_id: UUID) -> HoldPage:
    """One hold. Raises `NotFound`."""
    hold = queries.hold(tenant_id=tenant_id, hold_id=hold_id)
    began = urgent.began_as(tenant_id=tenant_id, hold_id=hold_id)
    told = hold_history.history(tenant_id=tenant_id, hold_id=hold_id)
    return HoldPage(
        line=hold_line(tenant_id, hold, clock.today(), disclosures.states_by_hold(tenant_id=tenant_id).get(hold_id)),
        history=[(each, STEP_NAMES[HoldStep(each.step)], BASIS_NAMES[each.basis]) for each in told],
        copy_error=pending.words(hold.copy_error) if hold.copy_failures >= pending.TRIES else "",
        is_open=hold.released_at is None,
        is_request=hold.basis == HoldBasis.REQUEST,
        is_urgent=began is not None and began.is_urgent,
        urgent=began,
        called=called(began) if began is not None else "",
    )
