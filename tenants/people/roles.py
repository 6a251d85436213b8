"""Who is what, where: granting and ending roles. The session is bound to the institution whose roles they are."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound
from tenants.people import deputy_queries, queries, rules
from tenants.people.designations import keeping
from tenants.people.models import Membership, User
from tenants.permissions import Permission, Role
from tenants.registry import queries as registry
from tenants.registry.models import TenantKind
from tenants.registry.standing import is_closed


def grant_role(
    *, tenant_id: UUID, user_id: UUID, role: Role, unit: str = "", begins_on: date | None = None, actor: Actor
) -> Membership:
    """Give a person a role at the institution from now on, or from a day ahead. What is held already changes nothing.

    Raises `Invalid` for a person whose other roles, here or elsewhere, do not go with it, and for duties that the
    designation of that day does not give them (KH-4-2). A closed institution designates nobody any more.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    tenant, closed = registry.tenant(tenant_id=tenant_id), False
    rules.check_role_fits(role, at_bureau=tenant.kind == TenantKind.BUREAU)
    if is_closed(tenant, clock.today()):
        rules.check_role_at_closed(role)
        closed = True
    user = _active(user_id)
    everywhere = _held_everywhere(user_id)
    held = next((each for each in everywhere if (each.tenant_id, each.role) == (tenant_id, role)), None)
    if held is not None:
        return _held_from(held, begins_on, actor=actor)
    rules.check_side(role, held={Role(each.role) for each in everywhere})
    acted = deputy_queries.living(tenant_id=tenant_id, user_id=user_id, today=clock.today())
    here = {Role(each.role) for each in everywhere if each.tenant_id == tenant_id}
    rules.check_duties_apart(role, held=here | {Role(each.role) for each in acted})
    if not closed:
        keeping.check_licensed(tenant_id=tenant_id, user_id=user_id, role=role, day=begins_on or clock.today())
    made = Membership(user_id=user.id, tenant_id=tenant_id, role=role, unit=unit, begins_on=begins_on)
    _grant(made, actor=actor)
    if begins_on is None:  # one that lies ahead is written down on its day, and in what scheduled it
        record(Event.MEMBERSHIP_GRANTED, tenant_id=tenant_id, membership=made, actor=actor)
    return made


def end_role(*, tenant_id: UUID, user_id: UUID, role: Role, successor_id: UUID | None = None, actor: Actor) -> None:
    """Take a role away at once; the person's sessions end (DR-15). Raises `Invalid` for the last handler or head.

    `successor_id` names who takes the role over in the same step, so that there is somebody at every moment (KH-4-1).
    """
    actor.require(Permission.PEOPLE_MANAGE)
    rules.check_role_endable(role)
    held = queries.current(tenant_id=tenant_id, user_id=user_id, role=role)
    if held is None:
        raise NotFound
    closed = is_closed(registry.tenant(tenant_id=tenant_id), clock.today())
    if role is Role.HANDLER and not closed:
        others = queries.count_others(tenant_id=tenant_id, role=role, user_id=user_id)
        rules.check_handler_remains(role, others=others + (successor_id not in {None, user_id}))
        keeping.follow(tenant_id=tenant_id, leaver_id=user_id, successor_id=successor_id, on=clock.today(), actor=actor)
    if successor_id is not None and successor_id != user_id:
        grant_role(tenant_id=tenant_id, user_id=successor_id, role=role, unit=held.unit, actor=actor)
    if not closed:
        others = queries.count_others(tenant_id=tenant_id, role=role, user_id=user_id)
        rules.check_head_remains(role, others=others)
    end_membership(held, actor=actor)


def end_everybody(*, tenant_id: UUID, actor: Actor) -> int:
    """End every role at an institution that closes, begun or not, at once (DR-33); how many. Nobody has to remain."""
    actor.require(Permission.TENANT_MANAGE)
    query = select(Membership).where(Membership.tenant_id == tenant_id, Membership.ended_at.is_(None))
    found = db.session.scalars(query).all()
    for held in found:
        end_membership(held, actor=actor)
    keeping.close(tenant_id=tenant_id, actor=actor)
    return len(found)


def end_of_account(*, user_id: UUID, actor: Actor) -> int:
    """End every role of an account that closes, at each place in its own chain; how many. Nobody has to remain.

    What a closed account held does not come back with it, so that who was in office on a day stays told (KH-5-2).
    """
    actor.require(Permission.ACCOUNT_MANAGE)
    bureau_id, found = registry.bureau().id, _held_everywhere(user_id)
    for held in found:
        chain = held.tenant_id or bureau_id
        with bound(db.session, Binding(tenant_id=chain, agency_id=held.agency_id)):
            end_membership(held, actor=actor, chain=chain)
    return len(found)


def held_anywhere(*, user_id: UUID) -> bool:
    """Whether the person holds or will hold any role, at any institution or agency."""
    return bool(_held_everywhere(user_id))


def check_side_of(*, user_id: UUID, role: Role) -> None:
    """Raise `Invalid` where a person's other roles do not go with this one, or their account is closed."""
    _active(user_id)
    rules.check_side(role, held={Role(each.role) for each in _held_everywhere(user_id)})


def check_custodian(*, user_id: UUID) -> User:
    """The person, if they may keep a closed institution's papers and end its cases: of a school's side, or of none.

    Raises `Invalid`, and `NotFound` for nobody.
    """
    user = _active(user_id)
    rules.check_side(Role.CUSTODIAN, held={Role(each.role) for each in _held_everywhere(user_id)})
    return user


def appoint_custodian(*, tenant_id: UUID, user_id: UUID, document: str, actor: Actor) -> Membership:
    """Make a person the custodian of a closed institution, in place of whoever was; the session is bound to it.

    Raises `Invalid` for somebody who supervises or asks, or who operates there. Naming the same again changes nothing.
    """
    actor.require(Permission.TENANT_MANAGE)
    user = check_custodian(user_id=user_id)
    here = [held for held, _user in queries.staff(tenant_id=tenant_id)]
    same = [held for held in here if held.user_id == user_id and held.role == Role.CUSTODIAN]
    if same:
        return same[0]
    rules.check_duties_apart(Role.CUSTODIAN, held={Role(each.role) for each in here if each.user_id == user_id})
    for each in here:
        if each.role == Role.CUSTODIAN:
            end_membership(each, actor=actor)
    made = _grant(Membership(user_id=user.id, tenant_id=tenant_id, role=Role.CUSTODIAN, unit=""), actor=actor)
    audit.record(
        Event.CUSTODIAN_APPOINTED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        user_id=str(user_id),
        document=document,
    )
    return made


def appoint_agency_officer(*, agency_id: UUID, user_id: UUID, unit: str, actor: Actor) -> Membership:
    """Let a person act for a verified agency. The act is the bureau's, so its event goes into the bureau's chain.

    Raises `Invalid` for an agency that waits to be verified, and for a person of a school or of the bureau.
    """
    actor.require(Permission.AGENCY_VERIFY)
    agency = registry.agency(agency_id=agency_id)
    if agency.verified_at is None:
        raise Invalid("這個機關尚未核定，請先核定機關，再指派承辦人。", field="agency_id")
    user = _active(user_id)
    rules.check_side(Role.AGENCY_OFFICER, held={Role(each.role) for each in _held_everywhere(user_id)})
    bureau_id = registry.bureau().id
    with bound(db.session, Binding(tenant_id=bureau_id, agency_id=agency_id)):
        held = queries.current_at_agency(agency_id=agency_id, user_id=user_id)
        if held is not None:
            return held
        made = _grant(
            Membership(user_id=user.id, agency_id=agency_id, role=Role.AGENCY_OFFICER, unit=unit), actor=actor
        )
        record(Event.MEMBERSHIP_GRANTED, tenant_id=bureau_id, membership=made, actor=actor)
    return made


def agency_officers(*, agency_id: UUID) -> list[tuple[Membership, User]]:
    """Who acts for an agency now, for who verifies agencies; bound to the agency for this read."""
    with bound(db.session, Binding(agency_id=agency_id)):
        return queries.officers(agency_id=agency_id)


def end_agency_officer(*, agency_id: UUID, user_id: UUID, actor: Actor) -> None:
    """A person no longer acts for the agency, from this moment; their sessions end (DR-15).

    Nobody has to remain: an agency without an officer asks for nothing, and its cases stay. Raises `NotFound`.
    """
    actor.require(Permission.AGENCY_VERIFY)
    bureau_id = registry.bureau().id
    with bound(db.session, Binding(tenant_id=bureau_id, agency_id=agency_id)):
        held = queries.current_at_agency(agency_id=agency_id, user_id=user_id)
        if held is None:
            raise NotFound
        end_membership(held, actor=actor, chain=bureau_id)


def end_membership(held: Membership, *, actor: Actor, chain: UUID | None = None) -> None:
    """The role ends, and with it every session of the person. Whether it may is decided before.

    `chain` is whose the act is, where it is not the institution's.
    """
    tenant_id = chain or held.tenant_id
    assert tenant_id is not None  # noqa: S101 - an agency's role names the chain of its end
    held.ended_at, held.ended_by = clock.now(), actor.id or held.user_id
    user = queries.user(user_id=held.user_id)
    assert user is not None  # noqa: S101 - a foreign key says so
    user.session_epoch += 1
    record(Event.MEMBERSHIP_ENDED, tenant_id=tenant_id, membership=held, actor=actor)


def _held_from(held: Membership, begins_on: date | None, *, actor: Actor) -> Membership:
    """A role that is held, or lies ahead, from no later a day than this."""
    begun = held.begins_on is None or held.begins_on <= clock.today()
    if begun or (begins_on is not None and held.begins_on is not None and held.begins_on <= begins_on):
        return held
    held.begins_on = begins_on
    if begins_on is None:
        assert held.tenant_id is not None  # noqa: S101 - an agency's role begins at once
        held.granted_at, held.granted_by = clock.now(), actor.id
        record(Event.MEMBERSHIP_GRANTED, tenant_id=held.tenant_id, membership=held, actor=actor)
    return held


def _grant(membership: Membership, *, actor: Actor) -> Membership:
    membership.granted_at, membership.granted_by = clock.now(), actor.id
    db.session.add(membership)
    db.session.flush()  # the event names the id
    return membership


def record(event: Event, *, tenant_id: UUID, membership: Membership, actor: Actor) -> None:
    """Write down what became of a role, in the chain of whose act it is."""
    audit.record(
        event,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=membership.id,
        user_id=str(membership.user_id),
        role=membership.role,
    )


def _held_everywhere(user_id: UUID) -> list[Membership]:
    """What the person holds or will hold anywhere: bound to the person, and to nothing else, for this read."""
    with bound(db.session, Binding(user_id=user_id)):
        return queries.not_over(user_id=user_id)


def _active(user_id: UUID) -> User:
    # Locked, so that of two roles that do not go together, granted at the same moment, the second sees the first.
    user = queries.user_locked(user_id=user_id)
    if user is None:
        raise NotFound
    if user.deactivated_at is not None:
        raise Invalid("這個帳號已停用，不能再指派角色。請先由平台維運人員復用。", field="user_id")
    return user
