"""離職或調職 known beforehand: several at once, each on its day at 00:00, with who takes over (TY-4-2, KH-5-2).

The rights change by the day itself; what `carry_out` does afterwards is to write it down and to end the sessions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound, refuse
from tenants.people import queries, roles, rules
from tenants.people.designations import keeping
from tenants.people.models import Membership, User
from tenants.permissions import ROLE_NAMES, Permission, Role
from tenants.roc_dates import format_date


@dataclass(frozen=True, kw_only=True)
class Leaver:
    """Whose role ends, and who holds it from then on; nobody where others remain in it."""

    user_id: UUID
    role: Role
    successor_id: UUID | None = None


def schedule_transfers(*, tenant_id: UUID, leavers: Sequence[Leaver], on: date, actor: Actor) -> None:
    """Let these roles end at 00:00 of a day that lies ahead, and their successors' begin. All of them or none.

    Raises `Invalid` for a day that does not lie ahead, for nobody, for a role that already ends, and where nobody would
    be handler or head from that day on (KH-4-1).
    """
    actor.require(Permission.PEOPLE_MANAGE)
    refuse(transfer_faults(on, leavers))
    with db.session.begin_nested():  # the page of a refusal shows the list, on which nothing of it may stand
        for leaver in leavers:
            _schedule(tenant_id, leaver, on, actor)
        db.session.flush()
        for leaver in leavers:
            others = queries.count_others(tenant_id=tenant_id, role=leaver.role, user_id=leaver.user_id, day=on)
            rules.check_handler_remains(leaver.role, others=others)
            rules.check_head_remains(leaver.role, others=others)


def transfer_faults(on: date | None, leavers: Sequence[Leaver]) -> Iterator[Invalid]:
    """What is wrong with a day and with whom it is about; nothing of a day that is not known yet."""
    if on is not None and on <= clock.today():
        yield Invalid("生效日應在今天之後；今天就離職的，請直接結束指派。", field="on")
    if not leavers:
        yield Invalid("請勾選要離職或調職的人員。", field="leavers")


def withdraw_transfer(*, tenant_id: UUID, user_id: UUID, role: Role, actor: Actor) -> None:
    """Take a transfer back before its day; its successor's role ends with it unless another transfer needs it."""
    actor.require(Permission.PEOPLE_MANAGE)
    held = queries.current(tenant_id=tenant_id, user_id=user_id, role=role)
    if held is None or held.ends_on is None:
        raise NotFound
    successor = _successor(held)
    day, held.ends_on = held.ends_on, None
    if role is Role.HANDLER:
        follower = UUID(successor) if successor else None
        keeping.unfollow(tenant_id=tenant_id, successor_id=follower, on=day, actor=actor)
    needed = {_successor(each) for each in _leaving(tenant_id, role, day)}
    if successor not in needed:
        for ahead in _ahead(tenant_id, role, day, successor):
            ahead.ended_at, ahead.ended_by = clock.now(), actor.id or ahead.user_id
    audit.record(
        Event.MEMBERSHIP_TRANSFER_WITHDRAWN,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=held.id,
        user_id=str(user_id),
        role=role,
    )


def carry_out(*, tenant_id: UUID, today: date, actor: Actor) -> None:
    """Write down the transfers whose day has come: roles that began and ended, whose sessions end. Repeatable."""
    for held in _due(tenant_id, today):
        if held.begins_on is not None and held.begins_on <= today:
            held.granted_at, held.begins_on = clock.day_start(held.begins_on), None
            roles.record(Event.MEMBERSHIP_GRANTED, tenant_id=tenant_id, membership=held, actor=actor)
        if held.ends_on is not None and held.ends_on <= today:
            roles.end_membership(held, actor=actor)


def is_due(*, tenant_id: UUID, today: date) -> bool:
    """Whether a transfer's day has come that is not written down yet, for the sweep."""
    return bool(_due(tenant_id, today))


def scheduled(*, tenant_id: UUID) -> list[tuple[Membership, User]]:
    """Roles that end on a day ahead, with the account, by that day."""
    query = (
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.tenant_id == tenant_id, Membership.ended_at.is_(None), Membership.ends_on.is_not(None))
        .order_by(Membership.ends_on, User.name)
    )
    return [(held, person) for held, person in db.session.execute(query)]


def _schedule(tenant_id: UUID, leaver: Leaver, on: date, actor: Actor) -> None:
    rules.check_role_endable(leaver.role)
    held = queries.current(tenant_id=tenant_id, user_id=leaver.user_id, role=leaver.role)
    if held is None:
        raise NotFound
    if held.ends_on is not None:
        raise Invalid(
            f"「{ROLE_NAMES[leaver.role]}」的這項指派已預定於{format_date(held.ends_on)}結束。請先撤回再登記。",
            field="leavers",
        )
    held.ends_on = on
    if leaver.role is Role.HANDLER:
        others = queries.count_others(tenant_id=tenant_id, role=leaver.role, user_id=leaver.user_id, day=on)
        rules.check_handler_remains(leaver.role, others=others + (leaver.successor_id not in {None, leaver.user_id}))
        keeping.follow(
            tenant_id=tenant_id, leaver_id=leaver.user_id, successor_id=leaver.successor_id, on=on, actor=actor
        )
    follows = leaver.successor_id is not None and leaver.successor_id != leaver.user_id
    if follows and leaver.successor_id is not None:
        roles.grant_role(
            tenant_id=tenant_id,
            user_id=leaver.successor_id,
            role=leaver.role,
            unit=held.unit,
            begins_on=on,
            actor=actor,
        )
    audit.record(
        Event.MEMBERSHIP_TRANSFER_SCHEDULED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=held.id,
        user_id=str(leaver.user_id),
        role=leaver.role,
        on=on.isoformat(),
        successor_id=str(leaver.successor_id) if follows else None,
    )


def _due(tenant_id: UUID, today: date) -> list[Membership]:
    query = select(Membership).where(
        Membership.tenant_id == tenant_id,
        Membership.ended_at.is_(None),
        or_(Membership.begins_on <= today, Membership.ends_on <= today),
    )
    return list(db.session.scalars(query))


def _successor(held: Membership) -> str | None:
    """Whom the transfer that is scheduled names, as the chain has it; nobody where others remain."""
    assert held.tenant_id is not None  # noqa: S101 - agencies schedule nothing
    kinds = [Event.MEMBERSHIP_TRANSFER_SCHEDULED]
    named: str | None = chain.of_subject(tenant_id=held.tenant_id, subject_id=held.id, kinds=kinds)[-1].fields[
        "successor_id"
    ]
    return named


def _leaving(tenant_id: UUID, role: Role, on: date) -> list[Membership]:
    return [held for held, _user in scheduled(tenant_id=tenant_id) if (held.role, held.ends_on) == (role, on)]


def _ahead(tenant_id: UUID, role: Role, on: date, user_id: str | None) -> list[Membership]:
    query = select(Membership).where(
        Membership.tenant_id == tenant_id,
        Membership.role == role,
        Membership.ended_at.is_(None),
        Membership.begins_on == on,
    )
    return [each for each in db.session.scalars(query) if str(each.user_id) == user_id]
