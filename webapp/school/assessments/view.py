"""Zones and cameras as their page shows them: what each rests on, and what waits for somebody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from infra import clock
from tenants.people import queries as people
from tenants.profiles import Clause, RuleProfile
from tenants.registry import queries as registry
from tenants.registry.assessments import queries, rules
from tenants.registry.assessments.models import ZoneAssessment
from tenants.registry.assessments.rules import EntranceState
from tenants.registry.assessments.standing import CameraLine, standing
from tenants.registry.models import Camera
from tenants.registry.zones import GROUP_NAMES, ZONE_NAMES, Zone, ZoneGroup, group_of
from tenants.roc_dates import format_date
from webapp.school import regulation
from webapp.school.assessments.forms import DECISION_NAMES

ENTRANCE_WORDS: Mapping[EntranceState, tuple[str, str]] = {
    EntranceState.CLEAR: ("good", "已由第二人查看，未攝入內部"),
    EntranceState.NEVER: ("bad", "待查看：尚未由第二人查看"),
    EntranceState.MOVED: ("bad", "待複核：移動或重設基準後尚未複核"),
    EntranceState.UNCLEAR: ("bad", "拍得到內部，請立即調整"),
}


@dataclass(frozen=True, kw_only=True)
class CameraRow:
    """One camera in use: its zone and what is to be done, each as (badge, words)."""

    camera: Camera
    zone: str
    basis: str
    notes: Sequence[tuple[str, str]]
    is_entrance: bool


@dataclass(frozen=True, kw_only=True)
class AssessmentRow:
    """One assessment."""

    found: ZoneAssessment
    zone: str
    site: str
    decision: str
    badge: str
    state: str
    lacks_note: bool
    lacks_head: bool
    is_living: bool


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    """One second look."""

    at: str
    by: str
    set_up_by: str
    seen: str
    words: str
    badge: str


def groups(*, tenant_id: UUID) -> Sequence[tuple[str, Sequence[CameraRow]]]:
    """The cameras in use under the three groups of the article, which are never merged (KH-3-5)."""
    today, links = clock.today(), queries.of_cameras(tenant_id=tenant_id)
    by_id = {each.id: each for each in queries.assessments(tenant_id=tenant_id)}
    lines = {line.camera_id: line for line in standing(tenant_id=tenant_id, day=today).lines}
    entrances = {each.camera.id: each for each in queries.entrances(tenant_id=tenant_id)}
    found: dict[ZoneGroup, list[CameraRow]] = {group: [] for group in ZoneGroup}
    for camera in registry.cameras(tenant_id=tenant_id):
        rests = by_id.get(links[camera.id]) if camera.id in links else None
        row = _camera(camera, rests, lines.get(camera.id), entrances.get(camera.id))
        found[group_of(Zone(camera.zone))].append(row)
    return [(GROUP_NAMES[group], rows) for group, rows in found.items()]


def rows(*, tenant_id: UUID) -> Sequence[AssessmentRow]:
    """Every assessment, the latest first."""
    sites = {site.id: site.name for site in registry.sites(tenant_id=tenant_id)}
    return [_row(each, sites[each.site_id]) for each in queries.assessments(tenant_id=tenant_id)]


def choosable(*, tenant_id: UUID) -> Sequence[ZoneAssessment]:
    """The assessments on which a camera may rest."""
    return [
        each
        for each in queries.assessments(tenant_id=tenant_id)
        if each.withdrawn_at is None and each.decision == rules.Decision.INSTALL
    ]


def reviews(*, tenant_id: UUID, camera_id: UUID) -> Sequence[ReviewRow]:
    """Every second look at a camera, the latest first."""
    return [
        ReviewRow(
            at=format_date(clock.civil_day(each.looked_at)),
            by=user.name if (user := people.user(user_id=each.reviewed_by)) else "",
            set_up_by=each.set_up_by,
            seen=each.seen,
            words="確認未攝入內部" if each.is_clear else "拍得到內部",
            badge="good" if each.is_clear else "bad",
        )
        for each in queries.reviews(tenant_id=tenant_id, camera_id=camera_id)
    ]


def tried(*, tenant_id: UUID) -> Sequence[tuple[date, str]]:
    """What was refused because no camera may be there: the day and what was typed."""
    return [(clock.civil_day(each.created_at), each.typed) for each in queries.attempts(tenant_id=tenant_id)]


def article_of(rule: RuleProfile) -> str:
    """The article of zones; 本系統預設 where the regulation names none (TY-X-1)."""
    return rule.article(Clause.ZONES)


def rule_of(tenant_id: UUID) -> RuleProfile:
    """The regulation that the page cites."""
    return regulation.rules_of_institution(tenant_id=tenant_id)


def _camera(
    camera: Camera, rests: ZoneAssessment | None, line: CameraLine | None, entrance: queries.Entrance | None
) -> CameraRow:
    notes = []
    if line is not None and line.unassessed is not None:
        notes.append(("warn", "待補評估" if rests is None else "待首長確認"))
    if line is not None and line.unnoted is not None:
        notes.append(("warn", "待補隱私註記"))
    if entrance is not None:
        notes.append(ENTRANCE_WORDS[entrance.state])
    return CameraRow(
        camera=camera,
        zone=ZONE_NAMES[Zone(camera.zone)],
        basis=f"{format_date(rests.assessed_on)} {rests.place}".strip() if rests is not None else "",
        notes=notes,
        is_entrance=entrance is not None,
    )


def _row(found: ZoneAssessment, site: str) -> AssessmentRow:
    living = found.withdrawn_at is None
    installs = living and found.decision == rules.Decision.INSTALL
    lacks_note = installs and found.noted_at is None and rules.needs_note(found.zone, nappy_table=found.nappy_table)
    lacks_head = installs and found.confirmed_at is None and rules.needs_head(found.zone)
    if not living:
        badge, state = "info", "已撤回"
    elif lacks_note or lacks_head:
        badge, state = "warn", "待補隱私註記" if lacks_note else "待首長確認"
    else:
        badge, state = ("good", "完整") if installs else ("info", "未設置")
    return AssessmentRow(
        found=found,
        zone=ZONE_NAMES[Zone(found.zone)],
        site=site,
        decision=DECISION_NAMES[rules.Decision(found.decision)],
        badge=badge,
        state=state,
        lacks_note=lacks_note,
        lacks_head=lacks_head,
        is_living=living,
    )
