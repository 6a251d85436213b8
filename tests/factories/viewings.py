"""Viewing sessions as rows, with a window opened and a moment marked. To walk a session, use the actions."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.disclosures.viewing.models import ViewingAppointment, ViewingMark, ViewingOpening, ViewingSession
from tests.factories.registry import Institution


def viewing(
    of: Institution,
    *,
    disclosure_id: UUID,
    window_id: UUID,
    operator_id: UUID,
    companion_id: UUID | None = None,
    running: bool = False,
) -> UUID:
    """A session that stopped just now, or runs. Bind to the institution before."""
    now, made_id = clock.now(), uuid4()
    made = ViewingSession(
        id=made_id,
        tenant_id=of.tenant_id,
        disclosure_id=disclosure_id,
        code="S9F2QX",
        viewer_code="V7K3M2",
        viewer_name="陳志明",
        viewer_unit="守園市政府警察局向陽分局",
        viewer_title="偵查佐",
        identity_by="officer_id",
        notice_version="1",
        operator_id=operator_id,
        companion_id=companion_id or operator_id,
        token_hash="0" * 64,
        state="running" if running else "paused",
        began_at=now - timedelta(minutes=5),
        confirmed_at=now - timedelta(minutes=5),
        seen_at=now,
        paused_at=None if running else now,
        pause_reason="" if running else "left",
    )
    db.session.add(made)
    db.session.flush()
    hangs = {"tenant_id": of.tenant_id, "viewing_id": made_id, "window_id": window_id}
    mark = ViewingMark(id=made_id, taken_at=now, note="黑衣男子進入", marked_at=now, marked_by=operator_id, **hangs)
    db.session.add_all([ViewingOpening(take=1, opened_at=now, seq=1, **hangs), mark])
    appointment(of, disclosure_id=disclosure_id, made_by=operator_id, starts_at=now + timedelta(days=1))
    db.session.commit()
    return made_id


def appointment(of: Institution, *, disclosure_id: UUID, made_by: UUID, starts_at: datetime) -> None:
    """A time agreed for a case. Bind to the institution before; nothing is committed."""
    made = ViewingAppointment(tenant_id=of.tenant_id, disclosure_id=disclosure_id, place="行政辦公室", made_by=made_by)
    made.made_at, made.starts_at = clock.now(), starts_at
    db.session.add(made)
