"""The rounds of a school: its last inspection, entered from paper, and a firm's visit (KH-8-1a, TY-3-3c)."""

from datetime import timedelta

from infra import clock
from tenants.actor import Actor
from tenants.periods import add_months
from tenants.registry import regulations
from tenants.registry.models import Site
from tenants.upkeep.inspections import intervals, maintaining, recording
from tenants.upkeep.inspections.models import Question, Way, Work
from tenants.upkeep.inspections.rules import TypedInspection, TypedMaintenance

# The next one is due in so many days, so that the first page has something to remind of.
_LEFT = timedelta(days=5)
_VISITED = timedelta(days=12)


def walk(head: Actor, site: Site) -> None:
    """What was done before the school came to this service, and a visit since."""
    today, now = clock.today(), clock.now()
    months = intervals.months_of(regulations.profile(site.profile, today), None, None)
    looked = TypedInspection(
        site_id=site.id,
        inspected_on=add_months(today + _LEFT, -months),
        answers=dict.fromkeys(Question, True),
        inspector_id=head.id,
        late_reason="導入系統前以紙本檢查，補登。",
    )
    recording.record(actor=head, tenant_id=site.tenant_id, typed=looked, pin="", now=now)
    began_at = now - _VISITED
    visit = TypedMaintenance(
        site_id=site.id,
        work=Work.CLEANING,
        way=Way.VISIT,
        began_at=began_at,
        ended_at=began_at + timedelta(minutes=50),
        staff_id=head.id,
        firm="守安科技有限公司",
        firm_people="王工程師",
        remark="清潔鏡頭與主機濾網。",
    )
    maintaining.record(actor=head, tenant_id=site.tenant_id, typed=visit, now=now)
