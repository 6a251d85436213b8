"""A panel as rows: a meeting with its members, a link, a resolution and a correction. To walk it, use the actions."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.disclosures.insider.panel.models import (
    PanelAdoption,
    PanelCorrection,
    PanelLink,
    PanelMeeting,
    PanelMember,
    PanelResolution,
)
from tests.factories.registry import Institution


@dataclass(frozen=True)
class Panel:
    """The ids of one meeting and of what hangs on it."""

    meeting_id: UUID
    member_id: UUID
    resolution_id: UUID


def panel(of: Institution, *, disclosure_id: UUID, convened_by: UUID) -> Panel:
    """A meeting of a case that resolved, with one member without an account. Bind to the institution before."""
    ids, now = Panel(uuid4(), uuid4(), uuid4()), clock.now()
    meeting = PanelMeeting(
        id=ids.meeting_id,
        tenant_id=of.tenant_id,
        disclosure_id=disclosure_id,
        meets_at=now + timedelta(days=1),
        place="園長室",
        voting_rule="majority",
        convened_at=now,
        convened_by=convened_by,
    )
    db.session.add(meeting)
    db.session.flush()
    db.session.add(_member(of, ids))
    db.session.flush()
    db.session.add_all([_link(of, ids), _resolution(of, ids, disclosure_id, convened_by), _adoption(of, convened_by)])
    db.session.flush()
    db.session.add(
        PanelCorrection(
            tenant_id=of.tenant_id,
            resolution_id=ids.resolution_id,
            member_id=ids.member_id,
            was="absent",
            said="present",
            reason="簽到單誤植",
            corrected_at=now,
            corrected_by=convened_by,
        )
    )
    db.session.commit()
    return ids


def _member(of: Institution, ids: Panel) -> PanelMember:
    return PanelMember(
        id=ids.member_id,
        tenant_id=of.tenant_id,
        meeting_id=ids.meeting_id,
        capacity="parent_rep",
        name="陳美玲",
        email="chen@example.org",
        seated_at=clock.now(),
    )


def _link(of: Institution, ids: Panel) -> PanelLink:
    return PanelLink(tenant_id=of.tenant_id, member_id=ids.member_id, token_hash=uuid4().hex * 2, issued_at=clock.now())


def _resolution(of: Institution, ids: Panel, disclosure_id: UUID, by: UUID) -> PanelResolution:
    return PanelResolution(
        id=ids.resolution_id,
        tenant_id=of.tenant_id,
        disclosure_id=disclosure_id,
        meeting_id=ids.meeting_id,
        number=1,
        decision="refuse",
        windows=[],
        attendance=[],
        reasons="事由與影像無關",
        beyond_seconds=0,
        beyond_reason="",
        minutes="會議紀錄",
        resolved_at=clock.now(),
        resolved_by=by,
    )


def _adoption(of: Institution, by: UUID) -> PanelAdoption:
    return PanelAdoption(
        tenant_id=of.tenant_id,
        site_id=of.site_id,
        effective_from=clock.today() + timedelta(days=3650),
        required=True,
        meeting="校務會議",
        meeting_on=clock.today(),
        minutes="校務115-01",
        recorded_at=clock.now(),
        recorded_by=by,
    )
