"""What one line asks for: an institution opened with its sites and head, or one that is there changed."""

from uuid import UUID

from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.onboarding import comparing, directory
from tenants.onboarding.directory import Directory
from tenants.onboarding.reading import Entry, Head
from tenants.people import actions as accounts
from tenants.people import queries as people
from tenants.people import roles
from tenants.people.invitations import actions as invitations
from tenants.people.invitations.models import Occasion
from tenants.permissions import Permission, Role
from tenants.registry import actions as registry
from tenants.registry import contacts, renaming


def carry_out(*, actor: Actor, entry: Entry, now: Directory) -> UUID:
    """Open the institution of a line, or change it where it is there `now`; its id. The session is the bureau's."""
    actor.require(Permission.TENANT_MANAGE)
    if entry.code in now.institutions:
        return _change(entry, now, actor)
    return _open(entry, actor)


def _open(entry: Entry, who: Actor) -> UUID:
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
    return made.id


def _change(entry: Entry, now: Directory, who: Actor) -> UUID:
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
    return found.id


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
