"""指派、交接 and the end of a designation. The duties go with it: roles are granted and end on the same days (KH-4-2).

The session is bound to the institution.
"""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.people import roles
from tenants.people.designations import keeping, queries
from tenants.people.designations.models import Designation, Ending
from tenants.people.designations.rules import Wanted, check_none_overlaps, check_wanted
from tenants.people.models import Membership
from tenants.permissions import Permission, Role
from tenants.registry import standing


def designate(*, actor: Actor, tenant_id: UUID, wanted: Wanted) -> Designation:
    """Designate a person or an office where nobody is from that day on (KH-4-1).

    Raises `Invalid` with the form's field: for a day that is past, for one on which somebody is designated, and for
    people whose other duties do not go with it.
    """
    _check(actor, tenant_id, wanted)
    check_none_overlaps(queries.designations(tenant_id=tenant_id), wanted)
    made = keeping.write(tenant_id=tenant_id, wanted=wanted, actor=actor)
    _give_duties(tenant_id, wanted, actor)
    return made


def hand_over(*, actor: Actor, tenant_id: UUID, wanted: Wanted) -> Designation:
    """交接: the present designation ends where the new one begins, at 00:00 of that day, and the duties with it.

    Raises `Invalid` as `designate`, and where another change lies ahead already.
    """
    _check(actor, tenant_id, wanted)
    held = queries.open_locked(tenant_id=tenant_id)
    if held is None:
        return designate(actor=actor, tenant_id=tenant_id, wanted=wanted)
    if held.from_on > clock.today():
        raise Invalid("已有預定的交接。請先撤回，再重新登記。", field="from_on")
    keeping.end(held, on=wanted.from_on, ending=Ending.SUCCEEDED, actor=actor)
    made = keeping.write(tenant_id=tenant_id, wanted=wanted, actor=actor)
    _give_duties(tenant_id, wanted, actor)
    return made


def end(*, actor: Actor, tenant_id: UUID, on: date, resigned: bool) -> Designation:
    """End the designation without a successor, which only a resignation allows: it is then red at once (KH-4-1).

    Raises `Invalid` otherwise, and for a day that is past; `NotFound` where nobody is designated.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    held = queries.open_locked(tenant_id=tenant_id)
    if held is None:
        raise NotFound
    if not resigned:
        raise Invalid(
            "依規定應隨時有專人負責，不能在沒有接任人選時結束指派。請改為交接；確實因辭職或出缺而無人接任者，請勾選。（要點第四點）",
            field="resigned",
        )
    if on < clock.today():
        raise Invalid("結束日不能早於今天。", field="on")
    keeping.end(held, on=on, ending=Ending.RESIGNED, actor=actor)
    _let_go(tenant_id, keeps=(), on=on, actor=actor)
    return held


def withdraw(*, actor: Actor, tenant_id: UUID, designation_id: UUID) -> None:
    """Take back a designation that lies ahead; what it would have ended goes on. Raises `InvalidTransition`."""
    actor.require(Permission.PEOPLE_MANAGE)
    held = queries.open_locked(tenant_id=tenant_id)
    if held is None or held.id != designation_id:
        raise NotFound
    if held.from_on <= clock.today():
        raise InvalidTransition("這項指派已經生效，不能撤回。要換人請辦理交接。")
    day = held.from_on
    keeping.unfollow(tenant_id=tenant_id, successor_id=held.contact_id, on=day, actor=actor)
    for each in _handlers(tenant_id):
        if each.begins_on == day:
            roles.end_membership(each, actor=actor)
        elif each.ends_on == day:
            each.ends_on = None


def _check(actor: Actor, tenant_id: UUID, wanted: Wanted) -> None:
    actor.require(Permission.PEOPLE_MANAGE)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再指派專人", on=wanted.from_on)
    check_wanted(wanted, today=clock.today())


def _give_duties(tenant_id: UUID, wanted: Wanted, actor: Actor) -> None:
    """The duties of whom the designation names begin with it, and those of everybody else end."""
    begins_on = wanted.from_on if wanted.from_on > clock.today() else None
    unit = wanted.office.strip()
    for user_id in sorted(wanted.everybody):
        roles.grant_role(
            tenant_id=tenant_id, user_id=user_id, role=Role.HANDLER, unit=unit, begins_on=begins_on, actor=actor
        )
    _let_go(tenant_id, keeps=wanted.everybody, on=wanted.from_on, actor=actor)


def _let_go(tenant_id: UUID, *, keeps: Collection[UUID], on: date, actor: Actor) -> None:
    """From a day on nobody else holds the duties: today at once, with their sessions, else by the day itself."""
    for held in _handlers(tenant_id):
        if held.user_id in keeps:
            if held.ends_on is not None and held.ends_on > on:
                held.ends_on = None  # whoever was to leave is designated anew
            continue
        if on <= clock.today() or (held.begins_on is not None and held.begins_on >= on):
            roles.end_membership(held, actor=actor)
        elif held.ends_on is None or held.ends_on > on:
            held.ends_on = on


def _handlers(tenant_id: UUID) -> list[Membership]:
    query = select(Membership).where(
        Membership.tenant_id == tenant_id, Membership.role == Role.HANDLER, Membership.ended_at.is_(None)
    )
    return list(db.session.scalars(query))
