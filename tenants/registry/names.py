"""What an institution was called on a day: for old papers and lists, and for who knows only that name (DR-33)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, text
from sqlalchemy.orm import InstrumentedAttribute

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.registry.models import InstitutionName, Tenant


@read_once
def changes(*, tenant_id: UUID) -> list[InstitutionName]:
    """Every change that was entered, withdrawn ones too, the latest first."""
    return list(db.session.scalars(*_changes(tenant_id=tenant_id)))


@made_once
def _changes(*, tenant_id: UUID) -> Select[InstitutionName]:
    own = select(InstitutionName).where(InstitutionName.institution_id == tenant_id)
    return own.order_by(InstitutionName.effective_from.desc(), InstitutionName.created_at)


def changes_of_all() -> Mapping[UUID, Sequence[InstitutionName]]:
    """Every change of every institution that has one."""
    found: dict[UUID, list[InstitutionName]] = {}
    for each in db.session.scalars(select(InstitutionName)):
        found.setdefault(each.institution_id, []).append(each)
    return found


def due(*, tenant_id: UUID, today: date) -> list[InstitutionName]:
    """The changes whose day has come and that have not begun."""
    query = select(InstitutionName).where(
        InstitutionName.institution_id == tenant_id,
        InstitutionName.begun_at.is_(None),
        InstitutionName.withdrawn_at.is_(None),
        InstitutionName.effective_from <= today,
    )
    return list(db.session.scalars(query))


def name_then(day: ColumnElement[date]) -> ColumnElement[str]:
    """The name of the query's institution on a civil day of the query: what it bore, not what it bears now."""
    return _then(day, InstitutionName.name, InstitutionName.former_name, Tenant.name)


def _then(
    day: ColumnElement[date],
    after: InstrumentedAttribute[str],
    former: InstrumentedAttribute[str],
    now: InstrumentedAttribute[str],
) -> ColumnElement[str]:
    living = select(InstitutionName).where(
        InstitutionName.institution_id == Tenant.id, InstitutionName.withdrawn_at.is_(None)
    )
    begun = (
        living.with_only_columns(after)
        .where(InstitutionName.effective_from <= day)
        .order_by(InstitutionName.effective_from.desc())
        .limit(1)
    )
    before = (
        living.with_only_columns(former)
        .where(InstitutionName.effective_from > day)
        .order_by(InstitutionName.effective_from)
        .limit(1)
    )
    return func.coalesce(
        begun.correlate_except(InstitutionName).scalar_subquery(),
        before.correlate_except(InstitutionName).scalar_subquery(),
        now,
    )


def name_on(*, tenant_id: UUID, day: date) -> str:
    """What the institution was called on a civil day."""
    then = name_then(literal(day))
    return db.session.execute(select(then).select_from(Tenant).where(Tenant.id == tenant_id)).scalar_one()


def district_on(day: date, *, known: Sequence[InstitutionName], present: str) -> str:
    """What the district of an institution was called on a civil day, by its changes and what it is called now."""
    living = sorted((each for each in known if each.withdrawn_at is None), key=attrgetter("effective_from"))
    begun = [each for each in living if each.effective_from <= day]
    if begun:
        return begun[-1].district
    return living[0].former_district if living else present


@dataclass(frozen=True, kw_only=True)
class DistrictName:
    """A name that a district bore from `first` on, and before the civil day `before` no longer than that."""

    name: str
    first: date
    before: date


def district_names(
    district: str, *, placed: Mapping[UUID, str], changes: Mapping[UUID, Sequence[InstitutionName]]
) -> list[DistrictName]:
    """Every name that the district of this name bore, the latest first. Pure.

    It was renamed on a day when all that lay in another one lies in it from then on, and nothing did before; of two
    that were joined each keeps its own past. `placed` says where every institution lies now.
    """
    found, name, before = [], district, date.max
    while (begun := _renamed_on(name, before, placed, changes)) is not None:
        former, day = begun
        found.append(DistrictName(name=name, first=day, before=before))
        name, before = former, day
    return [*found, DistrictName(name=name, first=date.min, before=before)]


def _renamed_on(
    name: str, before: date, placed: Mapping[UUID, str], changes: Mapping[UUID, Sequence[InstitutionName]]
) -> tuple[str, date] | None:
    """What the district was called until it took a name, and the day on which it did, the latest before a day."""
    begun = sorted(
        {
            (each.effective_from, each.former_district)
            for known in changes.values()
            for each in known
            if each.withdrawn_at is None
            and each.district == name != each.former_district
            and each.effective_from < before
        },
        reverse=True,
    )
    for day, former in begun:
        then, eve = (
            {district_on(at, known=changes.get(of, ()), present=present) for of, present in placed.items()}
            for at in (day, day - timedelta(days=1))
        )
        if former not in then and name not in eve:
            return former, day
    return None


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Where an institution lay on a day, and what it was."""

    id: UUID
    district: str
    kind: str
    ownership: str


def directory_on(*, day: date) -> list[Placed]:
    """Every institution of the directory with the district it lay in on a civil day, by the name of that day."""
    district = _then(literal(day), InstitutionName.district, InstitutionName.former_district, Tenant.district)
    query = select(Tenant.id, district.label("district"), Tenant.kind, Tenant.ownership)
    return [Placed(**row) for row in db.session.execute(query).mappings()]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A site as its institution's public notice names it."""

    name: str
    profile: str


def places() -> Mapping[UUID, tuple[Place, ...]]:
    """The sites of every institution, by institution: public, as the notice is, and nothing else of them."""
    found: dict[UUID, tuple[Place, ...]] = {}
    query = text("select institution_id, name, profile from published_sites()")
    for institution_id, name, profile in db.session.execute(query):
        found[institution_id] = (*found.get(institution_id, ()), Place(name=name, profile=profile))
    return found


def known_as() -> Mapping[UUID, str]:
    """Every word besides its own name by which an institution is looked for: former and coming names, its sites."""
    found = dict(_other_names())
    for institution_id, its in places().items():
        found[institution_id] = " ".join([found.get(institution_id, ""), *(place.name for place in its)]).strip()
    return found


def _other_names() -> Mapping[UUID, str]:
    query = select(InstitutionName).where(InstitutionName.withdrawn_at.is_(None))
    found: dict[UUID, str] = {}
    for each in db.session.scalars(query.order_by(InstitutionName.effective_from)):
        words = f"{each.former_name} {each.former_short_name} {each.former_district} {each.name} {each.district}"
        found[each.institution_id] = f"{found.get(each.institution_id, '')} {words}".strip()
    return found
