"""Who at an institution may be told of anything, as what, and when they want to be. The session is bound to it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from infra.db import db
from infra.statements import made_once
from tenants.actor import Actor, ActorKind
from tenants.notices.duties import INVOLVED
from tenants.notices.models import NoticeWish
from tenants.notices.rules import Office, Quiet, may_do_without
from tenants.people import deputy_queries as deputies
from tenants.people import queries as people
from tenants.people.models import User
from tenants.permissions import Acting, Role


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What a person chose, or what everybody has who chose nothing."""

    digest: bool = True
    quiet: Quiet = field(default_factory=Quiet)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody with a usable account here. `acting` are offices in which they stand in for another today."""

    user: User
    own: frozenset[Role]
    acting: Mapping[Role, Acting]
    wishes: Wishes

    @property
    def roles(self) -> frozenset[Role]:
        """All offices that they fill today: who only decides by delegation is told as well."""
        return self.own | frozenset(self.acting)

    @property
    def wants_digest(self) -> bool:
        """Whether the morning's mail is theirs: who is bound by law has it, whatever was chosen before."""
        return self.wishes.digest or not may_do_without(self.roles)

    @property
    def actor(self) -> Actor:
        """The person as one who reads."""
        return Actor(
            kind=ActorKind.PERSON, id=self.user.id, name=self.user.name, roles=self.own, acting=dict(self.acting)
        )


def involved(*, tenant_id: UUID, today: date) -> Sequence[User]:
    """The accounts of everybody who is involved in anything that may be due, by name."""
    return [user for user, _, _ in _involved(tenant_id, today)]


def everybody(*, tenant_id: UUID, today: date) -> Sequence[Person]:
    """The same with what each is and chose."""
    found = list(_involved(tenant_id, today))
    wishes = _wishes([user.id for user, _, _ in found])
    return [Person(user=user, own=own, acting=acting, wishes=wishes[user.id]) for user, own, acting in found]


def _involved(tenant_id: UUID, today: date) -> Iterator[tuple[User, frozenset[Role], Mapping[Role, Acting]]]:
    roles: dict[UUID, set[Role]] = {}
    users: dict[UUID, User] = {}
    for held, user in people.staff(tenant_id=tenant_id):
        if user.deactivated_at is None:
            roles.setdefault(user.id, set()).add(Role(held.role))
            users[user.id] = user
    acting = deputies.acting(tenant_id=tenant_id, today=today)
    for user in users.values():
        own, theirs = frozenset(roles[user.id]), acting.get(user.id, {})
        if (own | theirs.keys()) & INVOLVED:
            yield user, own, theirs


def office_of(person: Person, everybody: Sequence[Person]) -> Office:
    """What somebody is among the others of the place."""
    filled = frozenset(role for each in everybody for role in each.roles)
    return Office(user_id=person.user.id, roles=person.roles, filled=filled)


def one(*, tenant_id: UUID, user_id: UUID, today: date) -> Person | None:
    """One of them; None once they left, or their account is closed."""
    found = (each for each in everybody(tenant_id=tenant_id, today=today) if each.user.id == user_id)
    return next(found, None)


def wishes_of(*, user_id: UUID) -> Wishes:
    """What one person chose."""
    return _wishes([user_id])[user_id]


def quiet_of(addresses: Collection[str]) -> Quiet:
    """The hours that are quiet for any of them: a mail that is for all of them goes when each may be written to."""
    query = select(User.email, NoticeWish.quiet_from, NoticeWish.quiet_until).outerjoin(
        NoticeWish, NoticeWish.user_id == User.id
    )
    said = db.session.execute(query.where(User.email.in_(addresses), User.deactivated_at.is_(None))).all()
    known = [Quiet(begins=begins, ends=ends) for _, begins, ends in said if begins is not None]
    chose_nothing = len(known) < len(said) or set(addresses) - {email for email, *_ in said}
    quiet = [*known, *([Quiet()] if chose_nothing or not known else [])]
    return Quiet(begins=min(each.begins for each in quiet), ends=max(each.ends for each in quiet))


def _wishes(user_ids: Collection[UUID]) -> Mapping[UUID, Wishes]:
    said = {
        each.user_id: Wishes(digest=each.digest, quiet=Quiet(begins=each.quiet_from, ends=each.quiet_until))
        for each in db.session.scalars(*_said(user_ids=list(user_ids)))
    }
    return {user_id: said.get(user_id, Wishes()) for user_id in user_ids}


@made_once
def _said(*, user_ids: Collection[UUID]) -> Select[NoticeWish]:
    return select(NoticeWish).where(NoticeWish.user_id.in_(user_ids))
