"""離職與調職: rights end at 00:00 of the day, what is held is handed over, and the name stays (KH-5-2, TY-4-2, DR-15).

The session is bound to the institution.
"""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.leaving import queries, rules
from tenants.leaving.models import Departure, Way
from tenants.leaving.rules import Handed, Leaving
from tenants.people import actions as accounts
from tenants.people import queries as people
from tenants.people import roles, transfers
from tenants.people.designations import actions as designations
from tenants.people.transfers import Leaver
from tenants.permissions import Permission, Role


def leave(*, actor: Actor, tenant_id: UUID, wanted: Leaving) -> Departure:
    """Let somebody go from a day on: all of their roles end at 00:00, those of today at once.

    Raises `Invalid` with the form's field, also where the institution would be without a head or, but for a
    resignation, without anybody designated; nothing of a refused departure stays.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    held = queries.roles_of(tenant_id=tenant_id, user_id=wanted.user_id)
    oneself = wanted.user_id == actor.id
    rules.check_leaving(wanted, held=held, today=clock.today(), is_oneself=oneself)
    if queries.open_of(tenant_id=tenant_id, user_id=wanted.user_id) is not None:
        raise Invalid("此人已有登記中的離職或調職。請先撤回或辦結。", field="user_id")
    with db.session.begin_nested():
        left = _resigned(tenant_id, wanted, held, actor)
        _end_roles(tenant_id, wanted, left, actor)
    return _open(actor, tenant_id, wanted)


def schedule(*, actor: Actor, tenant_id: UUID, leavers: Sequence[Leaver], on: date) -> None:
    """Several roles that end on one day ahead, such as 8月1日 (TY-4-2). Whoever keeps none is transferred."""
    transfers.schedule_transfers(tenant_id=tenant_id, leavers=leavers, on=on, actor=actor)
    for user_id in dict.fromkeys(each.user_id for each in leavers):
        stays = [
            held
            for held, user in people.staff(tenant_id=tenant_id)
            if user.id == user_id and (held.ends_on is None or held.ends_on > on)
        ]
        if not stays and queries.open_of(tenant_id=tenant_id, user_id=user_id) is None:
            _open(actor, tenant_id, Leaving(user_id=user_id, way=Way.TRANSFERRED, gone_on=on))


def withdraw_role(*, actor: Actor, tenant_id: UUID, user_id: UUID, role: Role) -> None:
    """Take one transfer back before its day; who keeps a role does not leave."""
    transfers.withdraw_transfer(tenant_id=tenant_id, user_id=user_id, role=role, actor=actor)
    found = queries.open_of(tenant_id=tenant_id, user_id=user_id)
    if found is not None and found.gone_on > clock.today():
        _withdrawn(found, actor)


def withdraw(*, actor: Actor, tenant_id: UUID, departure_id: UUID) -> None:
    """Take a departure back before its day: roles, successors and designation are as if nobody had left."""
    actor.require(Permission.PEOPLE_MANAGE)
    found = _living(tenant_id, departure_id)
    if found.gone_on <= clock.today():
        raise InvalidTransition("生效日已到，不能撤回。如要復職，請重新指派角色。")
    for held, user in people.staff(tenant_id=tenant_id):
        if user.id == found.user_id and held.ends_on == found.gone_on:
            transfers.withdraw_transfer(tenant_id=tenant_id, user_id=user.id, role=Role(held.role), actor=actor)
    _withdrawn(found, actor)


def settle(*, actor: Actor, tenant_id: UUID, departure_id: UUID, handed: Collection[Handed]) -> Departure:
    """完成交接: the day has come, secrecy is signed again, nothing is left, and everything was handed over.

    Raises `Invalid` for the first of what is not so.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    found = _living(tenant_id, departure_id)
    if found.user_id == actor.id:
        raise Invalid("自己的交接請由接任的首長確認。", field="handed")
    for fault in rules.faults_of_settling(
        gone_on=found.gone_on,
        today=clock.today(),
        left=queries.held_by(tenant_id=tenant_id, user_id=found.user_id, actor=actor),
        handed=handed,
        owes_secrecy=queries.is_bound(found) and queries.signature(found) is None,
    ):
        raise fault
    found.handed = sorted(each.value for each in handed)
    found.settled_at, found.settled_by = clock.now(), person(actor)
    audit.record(
        Event.DEPARTURE_SETTLED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        user_id=str(found.user_id),
        handed=found.handed,
    )
    return found


def carry_out(*, tenant_id: UUID, actor: Actor) -> None:
    """Close the accounts of who left and holds nothing anywhere. They are never removed: the name stays (KH-5-2)."""
    for found in queries.due(tenant_id=tenant_id):
        if found.way == Way.LEFT and not roles.held_anywhere(user_id=found.user_id):
            accounts.deactivate(user_id=found.user_id, actor=actor)
        found.carried_out_at = clock.now()


def _resigned(tenant_id: UUID, wanted: Leaving, held: Sequence[Role], actor: Actor) -> list[Role]:
    """The roles that are left to end after a designation without a successor was ended, where that was said."""
    if not wanted.vacant or Role.HANDLER not in held:
        return list(held)
    designations.end(actor=actor, tenant_id=tenant_id, on=wanted.gone_on, resigned=True)
    return [role for role in held if role is not Role.HANDLER]


def _end_roles(tenant_id: UUID, wanted: Leaving, held: Sequence[Role], actor: Actor) -> None:
    if wanted.gone_on > clock.today():
        leavers = [Leaver(user_id=wanted.user_id, role=role, successor_id=wanted.successors.get(role)) for role in held]
        if leavers:
            transfers.schedule_transfers(tenant_id=tenant_id, leavers=leavers, on=wanted.gone_on, actor=actor)
        return
    for role in held:
        roles.end_role(
            tenant_id=tenant_id,
            user_id=wanted.user_id,
            role=role,
            successor_id=wanted.successors.get(role),
            actor=actor,
        )


def _open(actor: Actor, tenant_id: UUID, wanted: Leaving) -> Departure:
    made = Departure(
        id=uuid4(),
        tenant_id=tenant_id,
        user_id=wanted.user_id,
        way=wanted.way,
        gone_on=wanted.gone_on,
        document=wanted.document.strip(),
        opened_at=clock.now(),
        opened_by=person(actor),
        handed=[],
    )
    db.session.add(made)
    audit.record(
        Event.DEPARTURE_OPENED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        user_id=str(made.user_id),
        way=made.way,
        gone_on=made.gone_on.isoformat(),
        document=made.document,
    )
    return made


def _living(tenant_id: UUID, departure_id: UUID) -> Departure:
    found = queries.departure(tenant_id=tenant_id, departure_id=departure_id, locked=True)
    if found is None or found.withdrawn_at is not None:
        raise NotFound
    if found.settled_at is not None:
        raise InvalidTransition("這項交接已經完成。請重新整理頁面查看最新狀態。")
    return found


def _withdrawn(found: Departure, actor: Actor) -> None:
    found.withdrawn_at, found.withdrawn_by = clock.now(), person(actor)
    audit.record(
        Event.DEPARTURE_WITHDRAWN,
        tenant_id=found.tenant_id,
        actor=actor,
        subject_id=found.id,
        user_id=str(found.user_id),
    )
