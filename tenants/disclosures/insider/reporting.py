"""Keeping that the institution reported an event to other authorities; the platform reports nothing (section 9.7)."""

from uuid import UUID

from infra import clock
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.insider import duties, rules
from tenants.disclosures.insider.duties import Report
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.rules import Ground
from tenants.disclosures.progress import locked
from tenants.errors import Invalid
from tenants.permissions import Permission


def record_report(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, report: Report) -> InsiderRequest:
    """Keep when the first of the staff knew of an event, and when and under which number it was reported (KH-6-2c).

    Raises `Invalid` with the field, and for a ground that asks for no report.
    """
    actor.require(Permission.APPLICATION_SIGN)
    found = locked(InsiderRequest, tenant_id=tenant_id, disclosure_id=disclosure_id)
    rules.check_not_involved(actor.id, found.excluded)
    if Ground(found.ground) not in duties.DUTIES:
        raise Invalid("這類事由沒有通報事項。", code="no_duty")
    duties.check_report(report, now=clock.now())
    found.known_at, found.reported_at = report.known_at, report.reported_at
    found.report_number = report.number.strip()
    audit.record(
        Event.APPLICATION_REPORTED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        serial=found.serial,
        known_at=report.known_at.isoformat(),
        reported_at=report.reported_at.isoformat() if report.reported_at else None,
    )
    return found
