"""What every act of a panel begins with: the case locked, the meeting open, the person not involved (DR-27)."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import queries
from tenants.disclosures.insider.panel.models import PanelMeeting, PanelMember
from tenants.disclosures.insider.panel.notices import Notice
from tenants.disclosures.insider.rules import check_not_involved
from tenants.disclosures.progress import start
from tenants.disclosures.steps import Step
from tenants.errors import InvalidTransition


def begin(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> InsiderRequest:
    """The locked case, if this actor may convene its panel and it can still be resolved.

    Raises as `progress.start`, also for a case without a panel (TY-X-1), and `NotAllowed` for whom the case concerns.
    """
    found = start(InsiderRequest, Step.RESOLVE, actor=actor, tenant_id=tenant_id, disclosure_id=disclosure_id)
    check_not_involved(actor.id, found.excluded)
    return found


def begin_meeting(*, actor: Actor, tenant_id: UUID, meeting_id: UUID) -> tuple[InsiderRequest, PanelMeeting]:
    """The same for a meeting that has not resolved. Raises `InvalidTransition` after its resolution."""
    met = queries.meeting(tenant_id=tenant_id, meeting_id=meeting_id)
    found = begin(actor=actor, tenant_id=tenant_id, disclosure_id=met.disclosure_id)
    check_open(met)
    return found, met


def check_open(met: PanelMeeting) -> None:
    """Raise `InvalidTransition` once the meeting resolved: what it noted is then as it is (KH-6-Pc)."""
    if queries.resolution_of(tenant_id=met.tenant_id, meeting_id=met.id) is not None:
        raise InvalidTransition("專案小組已作成決議，不能再更改。出席情形有誤時，請以更正紀錄辦理。")


def locked_member(*, tenant_id: UUID, member_id: UUID) -> PanelMember:
    """A seat, locked until the transaction ends. Raises `NotFound`."""
    found = queries.member(tenant_id=tenant_id, member_id=member_id)
    query = select(PanelMember).where(PanelMember.tenant_id == tenant_id, PanelMember.id == found.id)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def record(
    event: Event,
    found: InsiderRequest,
    *,
    actor: Actor,
    tell: tuple[Notice, Iterable[PanelMember]] | None = None,
    **fields: object,
) -> None:
    """Record an act about a case's panel, which always carries the serial, and let these members be told by mail.

    The mails go out once the act is committed; the sweep sends what a lost queue forgot.
    """
    notice, members = tell or (Notice.INVITED, ())
    for member in members:
        member.untold = sorted({*member.untold, notice.value})
        enqueue_after_commit(
            db.session, Job.SEND_PANEL_MAIL, tenant_id=member.tenant_id, member_id=member.id, notice=notice.value
        )
    audit.record(event, tenant_id=found.tenant_id, actor=actor, subject_id=found.id, serial=found.serial, **fields)
