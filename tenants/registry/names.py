"""What an institution was called on a day: for old papers and lists, and for who knows only that name (DR-33)."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, select

from infra.db import db
from tenants.registry.models import InstitutionName, Tenant


def changes(*, tenant_id: UUID) -> list[InstitutionName]:
    """Every change that was entered, withdrawn ones too, the latest first."""
    query = select(InstitutionName).where(InstitutionName.institution_id == tenant_id)
    return list(db.session.scalars(query.order_by(InstitutionName.effective_from.desc(), InstitutionName.created_at)))


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
    living = select(InstitutionName).where(
        InstitutionName.institution_id == Tenant.id, InstitutionName.withdrawn_at.is_(None)
    )
    begun = (
        living.with_only_columns(InstitutionName.name)
        .where(InstitutionName.effective_from <= day)
        .order_by(InstitutionName.effective_from.desc())
        .limit(1)
    )
    before = (
        living.with_only_columns(InstitutionName.former_name)
        .where(InstitutionName.effective_from > day)
        .order_by(InstitutionName.effective_from)
        .limit(1)
    )
    return func.coalesce(
        begun.correlate_except(InstitutionName).scalar_subquery(),
        before.correlate_except(InstitutionName).scalar_subquery(),
        Tenant.name,
    )


def name_on(*, tenant_id: UUID, day: date) -> str:
    """What the institution was called on a civil day."""
    then = name_then(literal(day))
    return db.session.execute(select(then).select_from(Tenant).where(Tenant.id == tenant_id)).scalar_one()


def former_names() -> Mapping[UUID, str]:
    """Every other name that an institution bore or will bear, so that it is found by them: words by institution."""
    query = select(InstitutionName).where(InstitutionName.withdrawn_at.is_(None))
    found: dict[UUID, str] = {}
    for each in db.session.scalars(query.order_by(InstitutionName.effective_from)):
        words = f"{each.former_name} {each.former_short_name} {each.former_district} {each.name} {each.district}"
        found[each.institution_id] = f"{found.get(each.institution_id, '')} {words}".strip()
    return found
