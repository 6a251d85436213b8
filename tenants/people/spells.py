"""From which day until which somebody held a role, told from rows that keep their own days.

A past day, asked again, gives the same answer: a role that ended stays a row, with the day on which it did (DR-30).
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Select, select

from infra.clock import civil_day
from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.people.models import Membership
from tenants.permissions import Role


@dataclass(frozen=True, kw_only=True)
class Spell:
    """`until` is the first day without it; None while it is held."""

    user_id: UUID
    first: date
    until: date | None

    def covers(self, day: date) -> bool:
        """Whether it is held on this civil day."""
        return self.first <= day and (self.until is None or day < self.until)


def spells(*, tenant_id: UUID, roles: Collection[Role]) -> list[Spell]:
    """Every holding of one of these roles at the institution that there ever was or will be, the oldest first."""
    found = [_spell(held) for held in _memberships(tenant_id=tenant_id) if held.role in roles]
    return sorted((each for each in found if each.until is None or each.until > each.first), key=_first)


@read_once
def _memberships(*, tenant_id: UUID) -> Sequence[Membership]:
    """Of every role: whoever asks for some of them mostly asks for others next."""
    return db.session.scalars(*_ever(tenant_id=tenant_id)).all()


@made_once
def _ever(*, tenant_id: UUID) -> Select[Membership]:
    return select(Membership).where(Membership.tenant_id == tenant_id)


def joined(found: Iterable[Spell]) -> list[Spell]:
    """One person's spells, with those that touch told as one."""
    made: list[Spell] = []
    for each in sorted(found, key=_first):
        last = made[-1] if made else None
        if last is None or (last.until is not None and last.until < each.first):
            made.append(each)
            continue
        until = None if None in {last.until, each.until} else max(filter(None, (last.until, each.until)))
        made[-1] = Spell(user_id=last.user_id, first=last.first, until=until)
    return made


def by_person(found: Sequence[Spell]) -> dict[UUID, list[Spell]]:
    """Each person's spells, joined."""
    people: dict[UUID, list[Spell]] = {}
    for each in found:
        people.setdefault(each.user_id, []).append(each)
    return {user_id: joined(their) for user_id, their in people.items()}


def _spell(held: Membership) -> Spell:
    ends = [day for day in (held.ends_on, held.ended_at and civil_day(held.ended_at)) if day is not None]
    first = held.begins_on or civil_day(held.granted_at)
    return Spell(user_id=held.user_id, first=first, until=min(ends, default=None))


def _first(spell: Spell) -> date:
    return spell.first
