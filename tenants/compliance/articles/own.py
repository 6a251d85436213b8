"""What the newest findings say of an institution, for its own pages: the same that the bureau reads of it.

The session is bound to the institution.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from infra.db import db
from tenants.compliance.articles.catalogue import BY_KEY
from tenants.compliance.articles.model import Article, State
from tenants.compliance.finding_models import ComplianceFinding

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Unmet:
    """One article that is not met, and how many of its things."""

    article: Article
    wrong: int


def unmet(*, tenant_id: UUID, among: Collection[str], today: date) -> Sequence[Unmet]:
    """Those of `among` that the newest day of findings says are not met; a closed institution has no new one."""
    query = (
        select(ComplianceFinding.article, ComplianceFinding.state, ComplianceFinding.wrong)
        .ext(distinct_on(ComplianceFinding.article))
        .where(
            ComplianceFinding.tenant_id == tenant_id,
            ComplianceFinding.civil_day >= today - _DAY,
            ComplianceFinding.article.in_(among),
        )
        .order_by(ComplianceFinding.article, ComplianceFinding.civil_day.desc())
    )
    found = {article: wrong for article, state, wrong in db.session.execute(query) if state == State.UNMET}
    return [Unmet(BY_KEY[key], found[key]) for key in among if key in found]
