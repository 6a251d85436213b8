"""Looking a roster through, confirming exactly that, and carrying it out: all of it in one transaction, or nothing."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from infra.tenancy import Binding, bound
from tenants.actor import Actor, ActorKind, person
from tenants.audit import actions as audit
from tenants.errors import Invalid, NotFound
from tenants.onboarding import comparing, directory, queries
from tenants.onboarding.comparing import Looked, Verdict
from tenants.onboarding.directory import Directory
from tenants.onboarding.lifecycle import TRANSITIONS, Step, next_state
from tenants.onboarding.models import Roster, RosterState
from tenants.onboarding.reading import Entry, Head
from tenants.people import actions as accounts
from tenants.people import queries as people
from tenants.people import roles
from tenants.people.invitations import actions as invitations
from tenants.people.invitations.models import Occasion
from tenants.permissions import Permission, Role
from tenants.registry import actions as registry
from tenants.registry import contacts, renaming

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
    _record(made, Step.CHECK, actor)
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
    _record(found, Step.CONFIRM, actor)
    enqueue_after_commit(db.session, Job.CARRY_OUT_ROSTER, tenant_id=tenant_id, roster_id=found.id)
    return found


def carry_out(*, actor: Actor, tenant_id: UUID, roster_id: UUID) -> Roster:
    """Carry a confirmed roster out as an act of who confirmed it, or give it up where the directory has changed.

    One that was never confirmed expires. Whatever is over changes nothing.
    """
    actor.require(Permission.TENANT_MANAGE)
    found = queries.locked(tenant_id=tenant_id, roster_id=roster_id)
    if found.state == RosterState.CHECKED and clock.now() >= found.expires_at:
        _finish(found, Step.EXPIRE, actor)
    if found.state != RosterState.CONFIRMED:
        return found
    who = _confirmer(found)
    looked = _looked(found, who)
    if looked is None:
        _finish(found, Step.GIVE_UP, actor)
        return found
    for entry, outcome in zip(looked.entries, looked.outcomes, strict=True):
        if outcome.verdict == Verdict.MAKE:
            _open(entry, who)
        elif outcome.verdict == Verdict.CHANGE:
            _change(entry, looked.now, who)
    _finish(found, Step.CARRY_OUT, who)
    return found


def _looked(found: Roster, actor: Actor) -> Looked | None:
    """The roster looked through again; None where it would not do what was shown any more."""
    try:
        looked = comparing.look_through(actor=actor, content=found.content.encode(), new_districts=found.new_districts)
    except Invalid:
        return None
    return looked if not looked.faults and looked.plan == found.plan else None


def _confirmer(found: Roster) -> Actor:
    """Who confirmed it, as what they are at the bureau now: who is no operator any more opens nothing."""
    user = people.user(user_id=found.confirmed_by) if found.confirmed_by is not None else None
    if user is None or user.deactivated_at is not None:
        raise NotFound
    held = [each for each, of in people.staff(tenant_id=found.tenant_id) if of.id == user.id]
    return Actor(kind=ActorKind.PERSON, id=user.id, name=user.name, roles=frozenset(Role(each.role) for each in held))


def _open(entry: Entry, who: Actor) -> None:
    made = registry.add_tenant(
        code=entry.code,
        kind=entry.kind,
        name=entry.name,
        short_name=entry.short_name,
        district=entry.district,
        ownership=entry.ownership,
        supervising_authority=entry.authority,
        phone=entry.phone,
        actor=who,
    )
    for place in entry.places:
        registry.add_site(tenant_id=made.id, code=place.code, name=place.name, profile=place.profile, actor=who)
    _appoint(made.id, entry.head, who)


def _change(entry: Entry, now: Directory, who: Actor) -> None:
    found = now.institutions[entry.code]
    if entry.begins is not None and comparing.is_renamed(entry, found, now):
        renaming.rename(
            tenant_id=found.id,
            to=comparing.naming(entry),
            effective_from=entry.begins,
            document=entry.document,
            actor=who,
        )
    for place in entry.places:
        if place.code not in now.sites.get(found.id, {}):
            registry.add_site(tenant_id=found.id, code=place.code, name=place.name, profile=place.profile, actor=who)
    if entry.phone:
        contacts.change_phone(tenant_id=found.id, phone=entry.phone, actor=who)
    if entry.head.login and not directory.heads(tenant_id=found.id):
        _appoint(found.id, entry.head, who)


def _appoint(tenant_id: UUID, head: Head, who: Actor) -> None:
    """The first head: their account, the role, and the link by which they set a password nobody else has seen."""
    with bound(db.session, Binding(tenant_id=tenant_id)):
        user = people.user_by_login(login=head.login)
        fresh = user is None
        if user is None:
            user = accounts.create_invited(
                tenant_id=tenant_id, login=head.login, name=head.name, title=head.title, email=head.email, actor=who
            )
        roles.grant_role(tenant_id=tenant_id, user_id=user.id, role=Role.HEAD, actor=who)
        if fresh:
            invitations.invite(actor=who, tenant_id=tenant_id, user_id=user.id, occasion=Occasion.OPENED)


def _finish(found: Roster, step: Step, actor: Actor) -> None:
    found.state, found.content = next_state(RosterState(found.state), step), ""
    found.finished_at = clock.now()
    _record(found, step, actor)


def _record(found: Roster, step: Step, actor: Actor) -> None:
    audit.record(
        TRANSITIONS[step].event,
        tenant_id=found.tenant_id,
        actor=actor,
        subject_id=found.id,
        sha256=found.sha256,
        lines=len(found.outcomes),
    )
