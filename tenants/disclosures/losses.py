"""Cases whose footage was destroyed after it had been asked for: a breach, found by itself (KH-6-3b, DR-01).

Said to the school on its first page and to the bureau on its board, until the case is closed. It follows from rows that
others wrote, so the chain does not repeat it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Cast, Date, Select, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.disclosures import at_hand
from tenants.disclosures.availability import left_of, lost_since_filing
from tenants.disclosures.lifecycle import FINAL
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.windows import windows_of
from tenants.retention.models import Destruction

# A segment that began on the day before reaches into a window.
_DAY_BEFORE = 1


@read_once
def lost_cases(*, tenant_id: UUID) -> Sequence[Disclosure]:
    """The open cases of which a window is lost, by number. The session is bound to the institution."""
    if not at_hand.open_cases(tenant_id=tenant_id):
        return []
    suspects = list(db.session.scalars(*_suspects(tenant_id=tenant_id)))
    return [each for each in suspects if any(_is_lost(each, one) for one in windows_of(each).values())]


@made_once
def _suspects(*, tenant_id: UUID) -> Select[Disclosure]:
    """Open cases of a day that was destroyed after they were filed; mostly their footage lies in a hold."""
    first, last = _day(DisclosureWindow.started_at) - _DAY_BEFORE, _day(DisclosureWindow.ended_at)
    days_gone = (
        select(DisclosureWindow.disclosure_id)
        .join(
            Destruction,
            (Destruction.tenant_id == DisclosureWindow.tenant_id) & Destruction.civil_day.between(first, last),
        )
        .where(
            DisclosureWindow.tenant_id == tenant_id,
            DisclosureWindow.disclosure_id == Disclosure.id,
            Destruction.begun_at > Disclosure.filed_at,
        )
    )
    return (
        select(Disclosure)
        .where(Disclosure.tenant_id == tenant_id, Disclosure.state.not_in(FINAL), days_gone.exists())
        .order_by(Disclosure.serial)
    )


def _is_lost(case: Disclosure, window: DisclosureWindow) -> bool:
    return lost_since_filing(case, left_of(case, window))


def _day(instant: InstrumentedAttribute[datetime]) -> Cast[date]:
    return cast(func.timezone("Asia/Taipei", instant), Date)
