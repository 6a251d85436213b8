"""What is kept and goes when, and what is held, as pages show it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from uuid import UUID

from infra import clock
from tenants import periods
from tenants.actor import Actor
from tenants.disclosures import queries as disclosures
from tenants.disclosures.lifecycle import STATE_NAMES
from tenants.disclosures.models import DisclosureState
from tenants.footage import queries as footage
from tenants.misuse import secrecy
from tenants.profiles import Clause, RuleProfile
from tenants.registry import classes
from tenants.registry import queries as registry
from tenants.registry.regulations import profile
from tenants.retention import coverage
from tenants.retention import queries as retained
from tenants.retention.models import Hold, HoldBasis
from tenants.retention.pending import TRIES
from tenants.retention.rules import CameraSpan
from tenants.roc_dates import format_span
from webapp.school.retention import destruction_view
from webapp.school.retention.destruction_view import DestructionLine
from webapp.school.retention.kept_runs import KeptDay, KeptRun, runs

BASIS_NAMES = {
    "request": "調閱申請審核中，先行保全",
    "urgent": "緊急保全，待補公文、申請或案號",
    "other_law": "其他法律另有規定",
    "crime_investigation": "調查犯罪",
    "other_unlawful_act": "調查其他違法行為",
}
_REQUEST_NAMES = {
    DisclosureState.SUBMITTED: BASIS_NAMES["request"],
    DisclosureState.RETURNED: "已退請補正，先行保全",
    DisclosureState.RESOLVED: "專案小組已議決，待首長核定",
    DisclosureState.APPROVED: "已同意，尚未結案",
    DisclosureState.PARTIALLY_APPROVED: "已部分同意，尚未結案",
    DisclosureState.REFUSED: "不同意，待救濟期間屆滿",
    DisclosureState.EXPORTED: "已交付，待結案",
    DisclosureState.VIEWED: "已調閱，待結案",
    DisclosureState.CLOSED: "已結案，待救濟期間屆滿",
    DisclosureState.WITHDRAWN: "已撤回，待救濟期間屆滿",
}


@dataclass(frozen=True, kw_only=True)
class HoldLine:
    """A preservation: why, since when, when it is looked at again if it does not end before, and what it keeps."""

    hold: Hold
    basis: str
    review_on: date | None
    badge: str
    state: str
    windows: Sequence[str]
    copied: int


@dataclass(frozen=True, kw_only=True)
class RetentionPage:
    """Everything that 保存與銷毀 shows."""

    rules: Sequence[RuleProfile]
    cite: dict[str, str]
    sites: Sequence[tuple[str, int, int]]
    earliest: Sequence[tuple[str, date | None]]
    days_kept: int | None
    kept: Sequence[KeptRun]
    next_day: KeptDay | None
    overdue: Sequence[retained.Overdue]
    holds: Sequence[HoldLine]
    destructions: Sequence[DestructionLine]


def retention_page(*, tenant_id: UUID, actor: Actor) -> RetentionPage:
    """What is kept until when, holds but those of a case that suspects the reader, and destructions."""
    today, cameras = clock.today(), registry.cameras(tenant_id=tenant_id)
    sites = registry.sites(tenant_id=tenant_id)
    rules, known = [profile(site.profile, today) for site in sites], classes.of_tenant(tenant_id=tenant_id)
    earliest = footage.earliest_days(tenant_id=tenant_id, cameras=cameras)
    cases = disclosures.states_by_hold(tenant_id=tenant_id)
    withheld = secrecy.withheld(tenant_id=tenant_id, actor=actor)
    kept = _with_places(tenant_id, _kept(tenant_id, earliest, today))
    return RetentionPage(
        rules=rules,
        cite={clause.value: _cited(rules, clause) for clause in Clause},
        sites=[
            (site.name, known.of(site, today), rule.retention.min_days) for site, rule in zip(sites, rules, strict=True)
        ],
        earliest=[(f"{camera.name}（{camera.code}）", earliest.get(camera.id)) for camera in cameras],
        days_kept=retained.days_kept(tenant_id=tenant_id, today=today),
        kept=runs(kept),
        next_day=min((day for day in kept if day.goes_on > today), key=lambda day: day.goes_on, default=None),
        overdue=retained.overdue(tenant_id=tenant_id, today=today),
        holds=[
            hold_line(tenant_id, hold, today, cases.get(hold.id))
            for hold in retained.holds(tenant_id=tenant_id)
            if hold.id not in withheld
        ],
        destructions=destruction_view.newest(tenant_id=tenant_id),
    )


def next_destruction(*, tenant_id: UUID, today: date) -> KeptDay | None:
    """The next day whose footage goes, or None when nothing is kept."""
    earliest = footage.earliest_days(tenant_id=tenant_id, cameras=registry.cameras(tenant_id=tenant_id))
    kept = _kept(tenant_id, earliest, today)
    return min((day for day in kept if day.goes_on > today), key=lambda day: day.goes_on, default=None)


def _kept(tenant_id: UUID, earliest: dict[UUID, date], today: date) -> Sequence[KeptDay]:
    if not earliest:
        return []
    first = min(earliest.values())
    return [
        KeptDay(
            day=day,
            retention_days=retention_days,
            kept_through=periods.kept_through(day, retention_days),
            goes_on=periods.destroyable_on(day, retention_days),
        )
        for day, retention_days in footage.living_keys(tenant_id=tenant_id)
        if first <= day <= today
    ]


def _with_places(tenant_id: UUID, kept: Sequence[KeptDay]) -> Sequence[KeptDay]:
    """Each day with the site and cameras it is of: two classes of one day are told apart by nothing else."""
    if not kept:
        return kept
    days = [each.day for each in kept]
    found = coverage.kept_places(tenant_id=tenant_id, first=min(days), last=max(days))
    return [
        replace(each, places=[f"{site}：{cameras}" for site, cameras in _by_site(found.get(key, ()))])
        for each in kept
        for key in [(each.day, each.retention_days)]
    ]


def _by_site(places: Iterable[coverage.Place]) -> Iterable[tuple[str, str]]:
    for site, found in groupby(places, key=lambda place: place.site):
        yield site, "、".join(f"{place.camera}（{place.code}）" for place in found)


def hold_line(tenant_id: UUID, hold: Hold, today: date, case: DisclosureState | None) -> HoldLine:
    """One hold as a line: why, how it stands, what it keeps. `case` is how the request stands that it is for."""
    badge, state = _hold_state(hold, today)
    return HoldLine(
        hold=hold,
        basis=_basis(hold, case),
        review_on=_reviewed(hold),
        badge=badge,
        state=state,
        windows=held_windows(tenant_id, hold.id),
        copied=retained.preserved_count(tenant_id=tenant_id, hold_id=hold.id),
    )


def held_windows(tenant_id: UUID, hold_id: UUID | None) -> Sequence[str]:
    """What a hold keeps, as camera and span; of no hold nothing."""
    return spans(tenant_id, retained.windows(tenant_id=tenant_id, hold_id=hold_id))


def spans(tenant_id: UUID, found: Iterable[CameraSpan]) -> Sequence[str]:
    """Cameras and spans of the institution in words."""
    names = {camera.id: camera.name for camera in registry.cameras(tenant_id=tenant_id)}
    return [f"{names.get(s.camera_id, '已停用的鏡頭')} {format_span(s.started_at, s.ended_at)}" for s in found]


def _basis(hold: Hold, case: DisclosureState | None) -> str:
    if hold.basis != HoldBasis.REQUEST or case is None:
        return BASIS_NAMES[hold.basis]
    return _REQUEST_NAMES[case] if hold.released_at is None else f"調閱申請{STATE_NAMES[case]}"


def _reviewed(hold: Hold) -> date | None:
    """When it is looked at again; never, when it ends before by itself or has ended."""
    ends_before = hold.ends_on is not None and hold.review_on > hold.ends_on
    is_reviewed = hold.basis != HoldBasis.URGENT and hold.released_at is None and not ends_before
    return hold.review_on if is_reviewed else None


def _hold_state(hold: Hold, today: date) -> tuple[str, str]:
    if hold.destroyed_at is not None:
        return "info", "已銷毀"
    if hold.released_at is not None:
        return "info", "已解除，待銷毀"
    if hold.copy_failures >= TRIES:
        return "bad", "保全複製未完成"
    return ("warn", "緊急保全中") if hold.basis == HoldBasis.URGENT else _review_state(hold.review_on, today)


def _review_state(review_on: date, today: date) -> tuple[str, str]:
    if review_on < today:
        return "bad", "已逾複查日"
    return ("warn", "今日應複查") if review_on == today else ("good", "保全中")


def _cited(rules: Sequence[RuleProfile], clause: Clause) -> str:
    """The article in every regulation that the institution is under, each once."""
    return "；".join(dict.fromkeys(rule.article(clause) for rule in rules))
