"""The windows of a case as rows, whichever door it came through."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from sqlalchemy import select

from infra.db import db
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.registry.models import Camera


def rows_of(
    disclosure: Disclosure, windows: Sequence[AskedWindow], cameras: Mapping[UUID, Camera], *, agency_id: UUID | None
) -> list[DisclosureWindow]:
    """What was asked for as rows to be added, each with its camera's name of today."""
    return [
        DisclosureWindow(
            id=uuid4(),
            tenant_id=disclosure.tenant_id,
            disclosure_id=disclosure.id,
            agency_id=agency_id,
            camera_id=window.camera_id,
            camera_name=cameras[window.camera_id].name,
            started_at=window.started_at,
            ended_at=window.ended_at,
        )
        for window in windows
    ]


def windows_of(disclosure: Disclosure) -> dict[UUID, DisclosureWindow]:
    """The windows of a case by their id, in the order of their beginning."""
    query = select(DisclosureWindow).where(
        DisclosureWindow.tenant_id == disclosure.tenant_id, DisclosureWindow.disclosure_id == disclosure.id
    )
    found = db.session.scalars(query.order_by(DisclosureWindow.started_at, DisclosureWindow.camera_name))
    return {window.id: window for window in found}


def plain(window: AskedWindow) -> dict[str, str]:
    """The window as the audit event has it."""
    return {
        "camera_id": str(window.camera_id),
        "from": window.started_at.isoformat(),
        "until": window.ended_at.isoformat(),
    }
