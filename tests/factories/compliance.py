"""Roll-ups, as rows."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.compliance.articles.model import State
from tenants.compliance.finding_models import CityDay, ComplianceFinding
from tenants.compliance.models import (
    ComplianceCamera,
    ComplianceDay,
    ComplianceNow,
    ComplianceRetention,
    ComplianceSiteDay,
)
from tenants.compliance.rules import Coverage
from tenants.compliance.scoring.models import ArticleWeighting
from tenants.compliance.storage.models import StorageCapacity
from tests.factories import people
from tests.factories.registry import Institution


def now(
    of: Institution,
    *,
    recording_now: int | None = 2,
    coverage_today: float | None = 1.0,
    coverage_state: Coverage = Coverage.KNOWN,
    last_report_at: datetime | None = None,
    late_requests: int = 0,
    stopped_in_faults: int = 0,
    stopped_since: datetime | None = None,
) -> None:
    """An institution's present facts; heard just now unless told."""
    db.session.add(
        ComplianceNow(
            tenant_id=of.tenant_id,
            computed_at=clock.now(),
            last_report_at=last_report_at or clock.now(),
            cameras=len(of.cameras),
            recording_now=recording_now,
            coverage_today=coverage_today,
            coverage_state=coverage_state,
            days_kept=14,
            oldest_day=clock.today(),
            open_requests=late_requests,
            late_requests=late_requests,
            overdue_destructions=0,
            short_cameras=0,
            stopped_in_faults=stopped_in_faults,
            stopped_since=stopped_since,
        )
    )
    db.session.commit()


def law(of: Institution, **numbers: object) -> None:
    """How an institution stands with the law; well, unless numbers are given."""
    counted = ("floor_missing", "late_minutes", "days_overdue", "open_holds", "late_reviews", "incomplete_holds")
    whole: dict[str, object] = dict.fromkeys((*counted, "stopped_runs", "lost_requests"), 0) | {"stalled": False}
    db.session.add(ComplianceRetention(tenant_id=of.tenant_id, computed_at=clock.now(), **(whole | numbers)))
    db.session.commit()


def camera(of: Institution, code: str = "C-GATE", *, state: str = "recording", recorded_seconds: int = 3600) -> None:
    """One camera's present facts, of one hour that had to be recorded."""
    db.session.add(
        ComplianceCamera(
            tenant_id=of.tenant_id,
            camera_id=of.cameras[code],
            computed_at=clock.now(),
            site_name="晨光幼兒園",
            code=code,
            name=code,
            state=state,
            fault="",
            due_seconds=3600,
            recorded_seconds=recorded_seconds,
            coverage_state=Coverage.KNOWN,
            oldest_day=clock.today(),
        )
    )
    db.session.commit()


def day(
    of: Institution,
    *,
    on: date | None = None,
    recorded_seconds: int = 36_000,
    coverage_state: Coverage = Coverage.KNOWN,
) -> None:
    """One civil day's facts, of ten hours that had to be recorded."""
    db.session.add(
        ComplianceDay(
            tenant_id=of.tenant_id,
            civil_day=on or clock.today(),
            cameras=len(of.cameras),
            due_seconds=36_000,
            recorded_seconds=recorded_seconds,
            coverage_state=coverage_state,
            gaps=0,
            computed_at=clock.now(),
        )
    )
    db.session.commit()


def stored(of: Institution, *, on: date | None = None, size: int = 10**9) -> None:
    """What one site put into the store on one civil day, yesterday unless told."""
    made = ComplianceSiteDay(tenant_id=of.tenant_id, site_id=of.site_id, computed_at=clock.now(), size=size)
    made.civil_day = on or clock.today() - timedelta(days=1)
    db.session.add(made)
    db.session.commit()


def finding(
    of: Institution,
    article: str = "continuity",
    *,
    on: date | None = None,
    state: State = State.UNMET,
    wrong: int = 1,
    since: date | None = None,
    why: str = "應錄 600 分，缺 60 分",
    owed: bool | None = None,
    kind: str = "",
) -> None:
    """What one article said of an institution's day, today unless told; one camera is wrong, or as many as are told.

    It is owed unless it is advice, or nothing to which it applies.
    """
    subject = {"label": "C-GATE", "id": "", "why": why, "since": since.isoformat() if since else None}
    subject |= {"kind": kind} if kind else {}
    bad = wrong if state in {State.UNMET, State.ADVICE, State.WARNED} else 0
    db.session.add(
        ComplianceFinding(
            tenant_id=of.tenant_id,
            civil_day=on or clock.today(),
            article=article,
            state=state,
            owed=owed if owed is not None else state not in {State.ADVICE, State.NOT_APPLICABLE},
            looked_at=max(1, bad),
            wrong=bad,
            since=since,
            subjects=[subject] * bad,
            computed_at=clock.now(),
        )
    )
    db.session.commit()


def city_day(
    bureau_id: UUID,
    *,
    on: date,
    met: int = 9,
    unmet: int = 1,
    article: str = "continuity",
    district: str = "鹽埕區",
    warned: int = 0,
) -> None:
    """What the city's count of one article was on a day, in one district."""
    for state, institutions in ((State.MET, met), (State.UNMET, unmet), (State.WARNED, warned)):
        db.session.add(
            CityDay(
                tenant_id=bureau_id,
                civil_day=on,
                article=article,
                district=district,
                kind="preschool",
                ownership="private",
                state=state,
                institutions=institutions,
                owed=institutions,
                computed_at=clock.now(),
            )
        )
    db.session.commit()


def weighting(*, begin: date = date(2020, 1, 1), target: int = 900, **weights: int) -> None:
    """A version that the bureau entered, of these articles alone, each aimed at 95 %; one of `begin` counts already."""
    if db.session.scalar(select(ArticleWeighting).where(ArticleWeighting.effective_from == begin)) is not None:
        return
    aims = {key: {"weight": weight, "target": 950} for key, weight in (weights or {"continuity": 3}).items()}
    with bound(db.session, Binding(tenant_id=people.bureau())):
        db.session.add(
            ArticleWeighting(
                id=uuid4(), effective_from=begin, target=target, aims=aims, reason="會議決議", entered_by=None
            )
        )
    db.session.commit()


def room(tenant_id: UUID, by: UUID, *, size: int = 10**12, since: date | None = None) -> None:
    """The room that the operator says there is, since long ago unless told."""
    made = StorageCapacity(id=uuid4(), tenant_id=tenant_id, entered_by=by, entered_at=clock.now(), capacity_bytes=size)
    made.effective_from, made.reason = since or date(2026, 1, 1), "儲存服務合約第 115001 號"
    db.session.add(made)
    db.session.commit()
