"""Reads about reviews of accounts. The session is bound to the institution."""

from uuid import UUID

from sqlalchemy import Select, select

from infra.db import db
from infra.statements import made_once
from tenants.people.reviews.models import AccountReview, AccountVerdict


def reviews(*, tenant_id: UUID) -> list[AccountReview]:
    """All that there ever were, the newest first."""
    return list(db.session.scalars(*_reviews(tenant_id=tenant_id)))


@made_once
def _reviews(*, tenant_id: UUID) -> Select[AccountReview]:
    return select(AccountReview).where(AccountReview.tenant_id == tenant_id).order_by(AccountReview.begun_at.desc())


def open_locked(*, tenant_id: UUID) -> AccountReview | None:
    """The one that is under way, taken for this transaction."""
    query = select(AccountReview).where(AccountReview.tenant_id == tenant_id, AccountReview.completed_at.is_(None))
    return db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})


def verdicts(*, tenant_id: UUID, review_id: UUID) -> dict[UUID, AccountVerdict]:
    """What was said in a review, by the account."""
    query = select(AccountVerdict).where(AccountVerdict.tenant_id == tenant_id, AccountVerdict.review_id == review_id)
    return {each.user_id: each for each in db.session.scalars(query)}
