"""Faults in words: a card, the page of one with what this person can do next, and the sheet for a vendor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from infra.clock import civil_day
from tenants.actor import Actor
from tenants.footage import camera_checks
from tenants.footage.rules import CAUSE_NAMES, Window
from tenants.people import queries as people
from tenants.permissions import GRANTS, Permission
from tenants.profiles import Clause
from tenants.registry import queries as registry
from tenants.registry.models import Camera
from tenants.upkeep.faults import escalating, lifecycle, maintenance, queries, settling
from tenants.upkeep.faults.kinds import (
    HOW_NAMES,
    KIND_NAMES,
    REASON_NAMES,
    Clock,
    FaultKind,
    FaultState,
    GapReason,
    How,
    LineCode,
)
from tenants.upkeep.faults.lifecycle import STATE_NAMES, TRANSITIONS, FaultStep
from tenants.upkeep.faults.models import Fault
from tenants.upkeep.faults.settling import OwedGap
from tenants.upkeep.inspections.models import Inspection
from tenants.upkeep.inspections.queries import of_fault
from tenants.working_days import format_due
from webapp.filters import roc_minute
from webapp.school import regulation

# What a person can tell by looking, in the order in which it mostly happens.
OFFERED = (
    FaultKind.MOVED,
    FaultKind.BLOCKED,
    FaultKind.BLURRED,
    FaultKind.DARK,
    FaultKind.NOT_RECORDING,
    FaultKind.DAMAGE,
    FaultKind.CLOCK,
    FaultKind.OTHER,
)
NAMES: Mapping[str, str] = {kind.value: name for kind, name in KIND_NAMES.items()} | {
    FaultKind.MOVED.value: "鏡頭歪了、轉向了"
}
REASONS: Sequence[tuple[str, str]] = [(reason.value, name) for reason, name in REASON_NAMES.items()]
_BADGES = {
    FaultState.FOUND: "bad",
    FaultState.REPORTED: "warn",
    FaultState.IN_WORK: "warn",
    FaultState.REPAIRED: "info",
    FaultState.RECHECKED: "info",
    FaultState.CLOSED: "good",
    FaultState.CANCELLED: "unknown",
}
_LINES: Mapping[LineCode, str] = {
    LineCode.FOUND: "發現",
    LineCode.FOUND_AGAIN: "再次發現",
    LineCode.CAMERA_ADDED: "同時故障的鏡頭併入",
    LineCode.BACK_TO_NORMAL: "系統監測：已恢復正常",
    LineCode.WRONG_AGAIN: "系統監測：再次異常",
    LineCode.REPORTED: "受理並報修",
    LineCode.ASSIGNED: "指派",
    LineCode.BEGUN: "開始處理",
    LineCode.NOTED: "補充說明",
    LineCode.REPAIRED: "登記修復",
    LineCode.RECHECKED: "複查通過",
    LineCode.NOT_REPAIRED: "複查：尚未修好",
    LineCode.SETTLED: "說明錄影中斷",
    LineCode.CLOSED: "結案",
    LineCode.CANCELLED: "取消",
}
_CLOCKS: Mapping[Clock, str] = {
    Clock.ASSIGN: "指派承辦人",
    Clock.REPORT: "受理",
    Clock.REPAIR: "修復",
    Clock.RECHECK: "複查",
}
_EXPLAINED = frozenset({FaultState.REPAIRED, FaultState.RECHECKED})
# The way of a fault, as the page shows how far it is.
_WAY: Sequence[tuple[FaultState, str]] = (
    (FaultState.FOUND, "發現"),
    (FaultState.REPORTED, "報修"),
    (FaultState.IN_WORK, "處理中"),
    (FaultState.REPAIRED, "修復"),
    (FaultState.RECHECKED, "複查"),
    (FaultState.CLOSED, "結案"),
)


@dataclass(frozen=True, kw_only=True)
class Card:
    """A fault on a list."""

    fault: Fault
    title: str
    badge: str
    state: str
    due: str
    late: bool
    found: str


@dataclass(frozen=True, kw_only=True)
class GapLine:
    """A gap to explain: where, when, and what its box says of it; `work` is the work that was announced for then."""

    key: str
    camera: str
    span: str
    cause: str
    work: str


@dataclass(frozen=True, kw_only=True)
class Page:
    """One fault. `can` are the steps that this person may take now; `inspections` found it, for who may read them."""

    card: Card
    article: str
    way: Sequence[tuple[str, str]]
    cameras: Sequence[Camera]
    inspections: Sequence[Inspection]
    facts: Sequence[tuple[str, str]]
    history: Sequence[tuple[str, str, str, str]]
    gaps: Sequence[GapLine]
    can: frozenset[str]
    staff: Sequence[tuple[str, str]]
    repaired_by_me: bool


def cards(*, tenant_id: UUID, ended: bool, now: datetime) -> list[Card]:
    """The list, with what is late first."""
    found = queries.faults(tenant_id=tenant_id, ended=ended)
    cameras = queries.cameras_by_fault(tenant_id=tenant_id, fault_ids=[each.id for each in found])
    sites = {site.id: site.name for site in registry.sites(tenant_id=tenant_id)}
    made = [card(each, cameras.get(each.id, []), sites[each.site_id], now) for each in found]
    return made if ended else sorted(made, key=lambda each: not each.late)


def card(fault: Fault, cameras: Sequence[Camera], site: str, now: datetime) -> Card:
    """One fault on a list."""
    named = cameras[0].name if len(cameras) == 1 else f"{len(cameras)} 支鏡頭" if cameras else site
    due, late = _due(fault, now)
    return Card(
        fault=fault,
        title=f"{named}：{KIND_NAMES[FaultKind(fault.kind)]}",
        badge=_BADGES[FaultState(fault.state)],
        state=STATE_NAMES[FaultState(fault.state)],
        due=due,
        late=late,
        found=f"{roc_minute(fault.found_at)} 起，{HOW_NAMES[How(fault.how)]}",
    )


def _due(fault: Fault, now: datetime) -> tuple[str, bool]:
    """The next clock that ends, in words, and whether it has run out."""
    running = sorted(escalating.running(fault), key=lambda each: each[1])
    if not running:
        return "", False
    clock, until = running[0]
    days = format_due(civil_day(until)) if clock in {Clock.REPAIR, Clock.RECHECK} else roc_minute(until)
    late = now > until
    return f"{_CLOCKS[clock]}期限 {days}", late


def page(*, tenant_id: UUID, fault_id: UUID, actor: Actor, now: datetime) -> Page:
    """One fault as this person sees it. Raises `NotFound`."""
    fault = queries.fault(tenant_id=tenant_id, fault_id=fault_id)
    cameras = queries.cameras_by_fault(tenant_id=tenant_id, fault_ids=[fault.id]).get(fault.id, [])
    site = registry.site(tenant_id=tenant_id, site_id=fault.site_id)
    can = {each for each in lifecycle.possible(FaultState(fault.state)) if actor.may(TRANSITIONS[each].permission)}
    # While it is not repaired the last gap still grows; what is owed by then stands on the page of gaps.
    explains = actor.may(Permission.FAULT_HANDLE) and FaultState(fault.state) in _EXPLAINED
    owed = settling.unsettled_of(tenant_id=tenant_id, fault=fault, now=now) if explains else []
    return Page(
        card=card(fault, cameras, site.name, now),
        article=regulation.rules_by_site(tenant_id=tenant_id)[site.id].article(Clause.FAULTS),
        way=_way(FaultState(fault.state)),
        cameras=cameras,
        inspections=of_fault(tenant_id=tenant_id, fault_id=fault.id) if actor.may(Permission.UPKEEP_READ) else (),
        facts=_facts(tenant_id, fault, site.name),
        history=_history(tenant_id, fault.id),
        gaps=gap_lines(tenant_id=tenant_id, owed=owed),
        can=frozenset(each.value for each in can),
        staff=_staff(tenant_id) if FaultStep.ASSIGN in can else (),
        repaired_by_me=fault.repaired_by is not None and fault.repaired_by == actor.id,
    )


def _way(state: FaultState) -> Sequence[tuple[str, str]]:
    """Each stop of the way, and whether it is past, here or ahead."""
    if state is FaultState.CANCELLED:
        return [("發現", "past"), ("已取消", "here")]
    here = [each for each, _ in _WAY].index(state)
    return [
        (words, "past" if number < here else "here" if number == here else "ahead")
        for number, (_, words) in enumerate(_WAY)
    ]


def _facts(tenant_id: UUID, fault: Fault, site: str) -> Sequence[tuple[str, str]]:
    who = {user.id: user.name for _, user in people.staff(tenant_id=tenant_id)}
    handled = who.get(fault.handled_by, "已離職人員") if fault.handled_by else f"尚未指派（由{fault.unit}處理）"
    rows = [("場所", site), ("承辦人", handled), ("原因", fault.cause), ("處理情形", fault.manner)]
    rows.append(("取消原因", fault.end_reason))
    return [(name, value) for name, value in rows if value]


def _history(tenant_id: UUID, fault_id: UUID) -> Sequence[tuple[str, str, str, str]]:
    """When, what, who, and the words; without an account it is said how it came."""
    return [
        (
            roc_minute(line.at),
            _LINES[LineCode(line.code)],
            name or HOW_NAMES[How(line.how)],
            line.words,
        )
        for line, name in queries.lines(tenant_id=tenant_id, fault_id=fault_id)
    ]


def _staff(tenant_id: UUID) -> Sequence[tuple[str, str]]:
    """Who can take a fault up, each once."""
    handles = GRANTS[Permission.FAULT_REPORT]
    return list(
        {
            str(user.id): f"{user.name} {user.title}".strip()
            for held, user in people.staff(tenant_id=tenant_id)
            if held.role in handles
        }.items()
    )


def gap_lines(*, tenant_id: UUID, owed: Sequence[OwedGap]) -> Sequence[GapLine]:
    """Gaps as a form lists them."""
    names = {camera.id: camera.name for camera in registry.cameras_ever(tenant_id=tenant_id)}
    return [
        GapLine(
            key=gap.key,
            camera=names[gap.camera_id],
            span=f"{roc_minute(gap.window.started_at)} 至 {roc_minute(gap.window.ended_at)}",
            cause=CAUSE_NAMES[gap.cause],
            work=_work(tenant_id, gap.camera_id, gap.window),
        )
        for gap in owed
    ]


def explained(*, tenant_id: UUID, camera_id: UUID, day: Window) -> Sequence[str]:
    """What persons said of a camera's gaps in a span: they count as before, and not as 無故 (KH-5-3b)."""
    found = settling.settlements(tenant_id=tenant_id, camera_ids=[camera_id], window=day)
    return [
        f"{roc_minute(each.started_at)} 至 {roc_minute(each.ended_at)}："
        f"{REASON_NAMES[GapReason(each.reason)]}（{each.words}）"
        for each in found
    ]


def _work(tenant_id: UUID, camera_id: UUID, window: Window) -> str:
    found = maintenance.of_camera(tenant_id=tenant_id, camera_id=camera_id, window=window)
    if not found:
        return ""
    return "維修（事先預告）" if any(map(maintenance.is_planned, found)) else "維修（事後說明）"


def sheet(*, tenant_id: UUID, fault_id: UUID) -> Mapping[str, object]:
    """Data of the devices: no words that somebody typed, no name of a person. Raises `NotFound`."""
    fault = queries.fault(tenant_id=tenant_id, fault_id=fault_id)
    cameras = queries.cameras_by_fault(tenant_id=tenant_id, fault_ids=[fault.id]).get(fault.id, [])
    tenant, site = registry.tenant(tenant_id=tenant_id), registry.site(tenant_id=tenant_id, site_id=fault.site_id)
    return {
        "serial": fault.serial,
        "institution": tenant.name,
        "phone": tenant.phone,
        "site": site.name,
        "kind": KIND_NAMES[FaultKind(fault.kind)],
        "since": fault.found_at,
        "cameras": [(camera, _device(tenant_id, camera)) for camera in cameras],
    }


def _device(tenant_id: UUID, camera: Camera) -> str:
    """Make, model and firmware as the camera said at its last nightly check."""
    check = camera_checks.standing_of(tenant_id=tenant_id, camera=camera).check
    told = [check.make, check.model, check.firmware, f"{check.width}×{check.height}"] if check is not None else []
    return " ".join(filter(None, told)) or "無資料"
