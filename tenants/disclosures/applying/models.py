"""What is known of somebody without an account, for some hours: an address, a code on its way, a half-filled form."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class Visit(Identified, TenantOwned, Model):
    """One browser at the door of one institution. Its cookie holds the id and nothing else.

    `email` and `answers` are emptied when the visit is left or forgotten; what was sent lies in the case by then.
    `email_search` is a keyed hash, by which codes to one address are counted. `code_hash` is empty until the worker
    made a code, and again once the address is proved. Identity numbers are never among the answers.
    """

    __tablename__ = "applicant_visits"
    personal = frozenset({"email", "email_search", "answers"})

    email: Mapped[str]
    email_search: Mapped[str]
    code_hash: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    code_sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    proved_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    __table_args__ = (
        CheckConstraint("tries between 0 and 5", name="tries"),
        CheckConstraint("proved_at is null or code_hash = ''", name="code_used_once"),
        CheckConstraint("ended_at is null or (email = '' and answers = '{}'::jsonb)", name="ended_is_empty"),
        Index("ix_applicant_visits_asked_at", "tenant_id", "asked_at", postgresql_where=text("email_search <> ''")),
    )
