"""違規 at a viewing is misuse of footage, and opens a case of its own (KH-6-2i, KH-5-1c)."""

from uuid import UUID

from tenants.actor import Actor
from tenants.disclosures.viewing import ending
from tenants.disclosures.viewing.rules import BREACH_NAMES, VIEWER, Breach
from tenants.misuse import actions
from tenants.misuse.actions import Report
from tenants.misuse.models import MisuseCase, MisuseKind


def report_breach(*, actor: Actor, tenant_id: UUID, viewing_id: UUID, breach: Breach) -> MisuseCase:
    """通報違規: the session is over at once, and what was shown in it is frozen and looked into, with who did it.

    It is 不當使用 whatever was done, as long as nobody has seen a picture outside: that would be 洩密, with a report of
    its own. Raises as `ending.report_breach` and `actions.report` do.
    """
    ended = ending.report_breach(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, breach=breach)
    assert ended.ended_at is not None  # noqa: S101 - it has just ended
    said = Report(
        kind=MisuseKind.MISUSE,
        discovered_at=ended.ended_at,
        discovered_by=actor.name,
        what=f"調閱場次 {ended.code}：{BREACH_NAMES[breach.kind]}。{ended.breach_note}",
        suspects=tuple(sorted(breach.ours)),
        disclosure_id=ended.disclosure_id,
        viewing_id=ended.id,
        viewer_suspected=VIEWER in breach.by,
    )
    return actions.report(actor=actor, tenant_id=tenant_id, said=said)
