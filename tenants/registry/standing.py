"""Whether an institution is open on a day, and the refusal of what a closed one can no longer do (DR-33).

It follows from the day alone, as the class of footage does: nothing has to be switched at midnight.
"""

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_

from infra import clock
from tenants.errors import InvalidTransition
from tenants.registry import queries
from tenants.registry.models import Tenant
from tenants.roc_dates import format_date


class Closed(InvalidTransition):
    """The institution is closed; the sentence says since when and what is not done any more."""

    code = "institution_closed"


def is_closed(tenant: Tenant, day: date) -> bool:
    """Whether an institution is closed on a civil day; the day itself is the first closed one."""
    return is_over(tenant.closed_from, day)


def is_over(closed_from: date | None, day: date) -> bool:
    """The same of an institution's first closed day, None where there is none."""
    return closed_from is not None and closed_from <= day


def is_first_day(opened_on: date | None, day: date) -> bool:
    """Whether a civil day is the one on which an institution was opened, or lies before: nothing is owed of it yet."""
    return opened_on is not None and day <= opened_on


def open_on(day: date) -> ColumnElement[bool]:
    """The institutions that are open on a civil day."""
    return or_(Tenant.closed_from.is_(None), Tenant.closed_from > day)


def refuse_closed(*, tenant_id: UUID, what: str, on: date | None = None) -> None:
    """Raise `Closed` where the institution is closed today, or will be on the day that the act is for."""
    tenant = queries.tenant(tenant_id=tenant_id)
    if tenant.closed_from is not None and is_closed(tenant, max(on or clock.today(), clock.today())):
        raise Closed(f"{tenant.name}自{format_date(tenant.closed_from)}起停辦，{what}。如日期有誤，請洽平台維運人員。")
