"""The bureau's weights and targets, by the day from which they count."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, Timestamped


class ArticleWeighting(Identified, Timestamped, Model):
    """One version, never rewritten: the score of a day is told with the one in force that day, for ever (DR-30).

    `aims` has `weight` and `target` by the article's key; targets are thousandths.
    """

    __tablename__ = "article_weightings"
    personal = frozenset()

    effective_from: Mapped[date] = mapped_column(unique=True)
    target: Mapped[int]
    aims: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    entered_by: Mapped[UUID | None]

    __table_args__ = (
        CheckConstraint("target between 0 and 1000", name="target"),
        CheckConstraint("reason <> ''", name="reason"),
    )
