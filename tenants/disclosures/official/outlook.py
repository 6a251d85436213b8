"""What a request is going to meet, asked before it is filed: what is left of its windows, and what looks unusual."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.disclosures import asking, availability
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.models import DisclosureState
from tenants.disclosures.official import documents
from tenants.disclosures.official.models import OfficialRequest
from tenants.errors import Caution, Destroyed
from tenants.profiles import Clause
from tenants.registry import queries as registry
from tenants.registry.regulations import profile
from tenants.retention.urgent import queries as urgent
from tenants.roc_dates import format_span


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What a person should confirm, the windows that are proven to be destroyed, and other cases of the same letter."""

    cautions: tuple[Caution, ...]
    destroyed: frozenset[AskedWindow]
    linked: tuple[OfficialRequest, ...]


def outlook(
    *, tenant_id: UUID, agency_id: UUID, number: str, scope: str | None, windows: Sequence[AskedWindow]
) -> Outlook:
    """The outlook of a request, also of one that is not whole yet: a form asks while something else is still wrong.

    Raises `Destroyed` when every window is proven to be destroyed, with the certificates (KH-6-3b).
    """
    lost = _lost(tenant_id, windows)
    destroyed = {window: caution.message for window, caution in lost.items() if caution.code == "destroyed"}
    if windows and len(destroyed) == len(windows):
        raise Destroyed("；".join(destroyed.values()) + "。如有疑問，請向機構函詢。")
    linked = same_letter(agency_id=agency_id, folded=documents.number(number).folded) if number.strip() else []
    return Outlook(
        cautions=(
            *asking.window_cautions(windows, scope),
            *_number_cautions(number, [case.serial for case in linked if case.tenant_id == tenant_id]),
            *lost.values(),
        ),
        destroyed=frozenset(destroyed),
        linked=tuple(linked),
    )


def same_letter(*, agency_id: UUID, folded: str) -> list[OfficialRequest]:
    """The agency's cases under one 字號, at every institution, oldest first; withdrawn ones are left out."""
    query = (
        select(OfficialRequest)
        .where(
            OfficialRequest.agency_id == agency_id,
            OfficialRequest.folded_number == folded,
            OfficialRequest.state != DisclosureState.WITHDRAWN,
        )
        .order_by(OfficialRequest.filed_at)
    )
    return list(db.session.scalars(query))


def _number_cautions(number: str, duplicates: Sequence[str]) -> list[Caution]:
    found = []
    if number.strip() and not documents.number(number).complete:
        found.append(Caution("unusual_number", "字號格式與一般公文不同，請再核對一次"))
    if duplicates:
        found.append(Caution("duplicate_number", f"同一字號已向這個機構申請過（{'、'.join(duplicates)}）"))
    return found


def _lost(tenant_id: UUID, windows: Sequence[AskedWindow]) -> dict[AskedWindow, Caution]:
    """The windows that are destroyed or past their period, with the sentence that says so (KH-6-3b, journey A2)."""
    cameras = {camera.id: camera for camera in registry.cameras(tenant_id=tenant_id)}
    profiles = {site.id: site.profile for site in registry.sites(tenant_id=tenant_id)}
    found = {}
    urgent_id = urgent.keeping(tenant_id=tenant_id, windows=windows)
    for window in windows:
        left = availability.of_span(tenant_id=tenant_id, span=window, hold_id=urgent_id)
        if left.destroyed or left.expired:
            camera = cameras[window.camera_id]
            article = profile(profiles[camera.site_id], clock.today()).article(Clause.RETENTION_MAX)
            where = f"{camera.name}　{format_span(window.started_at, window.ended_at)}"
            code = "destroyed" if left.destroyed else "past_period"
            found[window] = Caution(code, f"{where}：{left.why_nothing(article)}")
    return found
