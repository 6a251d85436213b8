"""違規 at a viewing is misuse or leakage of footage, and opens a case of its own (KH-6-2i, KH-5-1c)."""

from uuid import UUID

from tenants.actor import Actor
from tenants.disclosures.viewing import ending
from tenants.disclosures.viewing.rules import BREACH_NAMES
from tenants.misuse import actions
from tenants.misuse.actions import Report
from tenants.misuse.models import MisuseCase, MisuseKind

# What left the room, or would have.
_LEAKS = frozenset({"filmed", "copied"})


def report_breach(*, actor: Actor, tenant_id: UUID, viewing_id: UUID, kind: str, note: str) -> MisuseCase:
    """通報違規: the session is over at once, and what was seen is looked into. The case's hold keeps the footage.

    Raises as `ending.report_breach` and `actions.report` do.
    """
    ended = ending.report_breach(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, kind=kind, note=note)
    assert ended.ended_at is not None  # noqa: S101 - it has just ended
    said = Report(
        kind=MisuseKind.LEAK if kind in _LEAKS else MisuseKind.MISUSE,
        discovered_at=ended.ended_at,
        discovered_by=actor.name,
        what=f"調閱場次 {ended.code}：{BREACH_NAMES[kind]}。{ended.breach_note}",
        disclosure_id=ended.disclosure_id,
        viewing_id=ended.id,
    )
    return actions.report(actor=actor, tenant_id=tenant_id, said=said)
