"""職務代理: somebody acts in another's office from a day to a day, and never outside of it (DR-26).

The session is bound to the institution. Nothing has to end a period: who acts is asked of the day, at every request.
"""

from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor, ActorKind
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import InvalidTransition, NotAllowed, NotFound
from tenants.people import deputy_queries, queries, rules
from tenants.people.models import Deputy
from tenants.people.rules import Deputyship
from tenants.permissions import Permission, Role
from tenants.registry import standing


def appoint(*, tenant_id: UUID, wanted: Deputyship, actor: Actor) -> Deputy:
    """Let somebody act in the principal's office from the first day through the last.

    Raises `Invalid` with the form's field: for who does not hold the office, for a deputy who operates where the office
    decides (KH-4-2) or acts already in these days, and for a period that is over, reversed or longer than a year.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    if actor.kind is not ActorKind.PERSON or actor.id is None:
        raise NotAllowed("職務代理應由首長本人指派。")
    standing.refuse_closed(tenant_id=tenant_id, what="不能再指派代理人")
    _check(tenant_id, wanted)
    made = Deputy(id=uuid4(), tenant_id=tenant_id, made_at=clock.now(), made_by=actor.id)
    for name, value in vars(wanted).items():
        setattr(made, name, value)
    made.reason = wanted.reason.strip()
    db.session.add(made)
    audit.record(
        Event.DEPUTY_APPOINTED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        deputy_id=str(made.id),
        user_id=str(wanted.user_id),
        principal_id=str(wanted.principal_id),
        role=wanted.role.value,
        acting=wanted.acting.value,
        starts_on=wanted.starts_on.isoformat(),
        ends_on=wanted.ends_on.isoformat(),
    )
    return made


def revoke(*, tenant_id: UUID, deputy_id: UUID, actor: Actor) -> Deputy:
    """End it at once: the deputy's next request is refused. Raises `NotFound`; `InvalidTransition` when it is over."""
    actor.require(Permission.PEOPLE_MANAGE)
    found = deputy_queries.locked(tenant_id=tenant_id, deputy_id=deputy_id)
    if found is None:
        raise NotFound
    if found.revoked_at is not None or found.ends_on < clock.today():
        raise InvalidTransition("這項代理已經結束。請重新整理頁面查看最新狀態。")
    found.revoked_at, found.revoked_by = clock.now(), actor.id
    audit.record(
        Event.DEPUTY_REVOKED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        deputy_id=str(found.id),
        user_id=str(found.user_id),
        role=found.role,
    )
    return found


def _check(tenant_id: UUID, wanted: Deputyship) -> None:
    holds = queries.current(tenant_id=tenant_id, user_id=wanted.principal_id, role=wanted.role) is not None
    user = queries.user_locked(user_id=wanted.user_id)  # of two offices that do not go together, one sees the other
    own = {Role(held.role) for held, who in queries.staff(tenant_id=tenant_id) if who.id == wanted.user_id}
    ahead = {Role(each.role) for each in queries.ahead(tenant_id=tenant_id, user_id=wanted.user_id)}
    usable = user is not None and user.deactivated_at is None and bool(own)
    rules.check_deputy(wanted, holds=holds, usable=usable, today=clock.today())
    living = deputy_queries.living(tenant_id=tenant_id, user_id=wanted.user_id, today=clock.today())
    rules.check_duties_apart(wanted.role, held=own | ahead | {Role(each.role) for each in living})
    rules.check_no_overlap(wanted, others=[(Role(each.role), each.starts_on, each.ends_on) for each in living])
