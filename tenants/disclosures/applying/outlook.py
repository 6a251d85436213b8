"""What an application is going to meet, said before it is sent; none of it stops anybody (journey A2, KH-6-3b)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from infra import clock
from tenants.disclosures import availability
from tenants.disclosures.applying.queries import earliest_days
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import rules
from tenants.disclosures.insider.purpose import purpose_cautions
from tenants.disclosures.insider.rules import Applicant, Ground, Incident
from tenants.errors import Caution
from tenants.registry import queries as registry
from tenants.registry.models import Site
from tenants.registry.regulations import profile
from tenants.roc_dates import format_date, format_span


@dataclass(frozen=True, kw_only=True)
class Asking:
    """As much of an application as can be looked ahead from."""

    applicant: Applicant
    ground: Ground
    concerned_right: str
    reason: str
    incident: Incident | None
    windows: Sequence[AskedWindow]


def outlook(*, tenant_id: UUID, site: Site, asking: Asking) -> tuple[Caution, ...]:
    """What a person should know before sending: what the form's rules caution about, and what is gone already.

    The earliest day is the site's: of single cameras nobody outside learns how far back they reach.
    """
    rule = profile(site.profile, clock.today())
    names = {camera.id: camera.name for camera in registry.cameras_ever(tenant_id=tenant_id)}
    gone = [window for window in asking.windows if _is_gone(tenant_id, window)]
    since = _since(earliest_days(tenant_id=tenant_id).get(site.id)) if gone else ""
    return (
        *rules.cautions(asking.ground, asking.applicant, asking.windows, profile=rule),
        *purpose_cautions(
            asking.ground,
            asking.windows,
            incident=asking.incident,
            right=asking.concerned_right,
            reason=asking.reason,
        ),
        *(
            Caution(
                "gone",
                f"{names[window.camera_id]} {format_span(window.started_at, window.ended_at)}"
                f"的影像已超過保存期限，依規定銷毀了（{since}）。"
                "您仍可送出申請，機構會以書面答復，並附銷毀證明編號",
            )
            for window in gone
        ),
    )


def _is_gone(tenant_id: UUID, window: AskedWindow) -> bool:
    left = availability.of_span(tenant_id=tenant_id, span=window, hold_id=None)
    return left.destroyed or left.expired


def _since(earliest: date | None) -> str:
    return f"可查最早日期：{format_date(earliest)}" if earliest else "目前沒有可查的影像"
