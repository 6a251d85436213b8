"""Keeping a roster that was looked through without a fault, and confirming exactly that."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from tenants.actor import Actor, person
from tenants.errors import Invalid
from tenants.onboarding import comparing, queries
from tenants.onboarding.comparing import Looked, Verdict
from tenants.onboarding.lifecycle import Step, next_state
from tenants.onboarding.models import Roster, RosterState
from tenants.onboarding.recording import record_roster
from tenants.permissions import Permission

# As long as somebody reads a list of 1,200 lines; the directory is compared again all the same.
CONFIRM_WITHIN = timedelta(hours=1)


def keep(*, actor: Actor, tenant_id: UUID, content: bytes, new_districts: Sequence[str], looked: Looked) -> Roster:
    """Keep a roster without a fault until it is confirmed. The session is bound to the bureau, `tenant_id`."""
    actor.require(Permission.TENANT_MANAGE)
    assert not looked.faults  # noqa: S101 - a roster with a fault is never kept
    now = clock.now()
    made = Roster(id=uuid4(), tenant_id=tenant_id, state=next_state(None, Step.CHECK), content=content.decode())
    made.sha256, made.new_districts = hashlib.sha256(content).hexdigest(), list(new_districts)
    made.outcomes, made.plan = looked.stored(), looked.plan
    made.checked_at, made.checked_by, made.expires_at = now, person(actor), now + CONFIRM_WITHIN
    db.session.add(made)
    record_roster(made, Step.CHECK, actor=actor)
    return made


def confirm(*, actor: Actor, tenant_id: UUID, roster_id: UUID, sha256: str) -> Roster:
    """Have exactly the roster carried out that was looked at. Raises `Invalid` after its hour, or any change."""
    actor.require(Permission.TENANT_MANAGE)
    found = queries.locked(tenant_id=tenant_id, roster_id=roster_id)
    state = next_state(RosterState(found.state), Step.CONFIRM)
    if sha256 != found.sha256:
        raise Invalid("要確認的檔案與試算的不同。請重新上傳名冊。", field="sha256")
    if clock.now() >= found.expires_at:
        raise Invalid("試算已逾一小時而失效。請重新上傳名冊。", field="sha256")
    if _looked(found, actor) is None:
        raise Invalid("試算後機構名單已有變動，結果可能不同。請重新上傳名冊，再看一次試算。", field="sha256")
    if all(each["verdict"] == Verdict.LEAVE for each in found.outcomes):
        raise Invalid("這份名冊沒有要開通或變更的機構，不需要確認。", field="sha256")
    found.state, found.confirmed_at, found.confirmed_by = state, clock.now(), person(actor)
    record_roster(found, Step.CONFIRM, actor=actor)
    enqueue_after_commit(db.session, Job.CARRY_OUT_ROSTER, tenant_id=tenant_id, roster_id=found.id)
    return found


def _looked(found: Roster, actor: Actor) -> Looked | None:
    """The roster looked through again; None where it would not do what was shown any more."""
    try:
        looked = comparing.look_through(actor=actor, content=found.content.encode(), new_districts=found.new_districts)
    except Invalid:
        return None
    return looked if not looked.faults and looked.plan == found.plan else None
