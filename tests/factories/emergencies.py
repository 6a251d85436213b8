"""Emergency accesses, invitations and rosters as they lie in their tables; the session is bound to the institution."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.emergency.models import EmergencyAccess
from tenants.onboarding.models import Roster, RosterLine
from tenants.people.invitations.models import AccountInvitation


def access(
    tenant_id: UUID,
    *,
    requested_by: UUID,
    scope: str = "trail",
    approved_by: UUID | None = None,
    review_due_on: date | None = None,
) -> UUID:
    """One that waits; open for an hour where somebody agreed to it, and over where its review has a day."""
    now = clock.now()
    made = EmergencyAccess(id=uuid4(), tenant_id=tenant_id, serial=f"緊存-115-{uuid4().hex[:4]}", scope=scope, hours=1)
    made.state, made.reason = "requested", "首長帳號全部被鎖定，無法登入。"
    made.requested_at, made.requested_by, made.approve_by = now, requested_by, now + timedelta(hours=1)
    if approved_by is not None:
        made.state, made.decided_at, made.decided_by = "open", now, approved_by
        made.ends_at = now + timedelta(hours=1)
    if review_due_on is not None:
        made.state, made.ending, made.ended_at, made.ender_id = "ended", "requester", now, requested_by
        made.review_due_on = review_due_on
    db.session.add(made)
    db.session.flush()
    return made.id


def invitation(tenant_id: UUID, *, user_id: UUID) -> UUID:
    """One whose mail was not sent yet."""
    made = AccountInvitation(id=uuid4(), tenant_id=tenant_id, user_id=user_id, occasion="opened")
    made.asked_at = clock.now()
    db.session.add(made)
    db.session.flush()
    return made.id


def roster(tenant_id: UUID, *, by: UUID) -> UUID:
    """One that is over, whose only line could not be carried out."""
    now = clock.now()
    made = Roster(id=uuid4(), tenant_id=tenant_id, state="stale", content="", sha256="0" * 64, plan="0" * 64)
    made.new_districts, made.outcomes = [], []
    made.checked_at, made.checked_by, made.expires_at, made.finished_at = now, by, now, now
    made.confirmed_at, made.confirmed_by = now, by
    db.session.add(made)
    db.session.flush()
    shown = {"line": 2, "code": "N1", "name": "新的幼兒園", "verdict": "make", "words": []}
    stopped = RosterLine(tenant_id=tenant_id, roster_id=made.id, line=2, shown=shown, cells={}, state="stopped")
    stopped.reason, stopped.over_at = "代碼已有機構使用。", now
    db.session.add(stopped)
    db.session.flush()
    return made.id
