"""Signatures of secrecy. Only added, never changed."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class Occasion(StrEnum):
    """At the designation, and again at leaving (KH-5-2)."""

    DESIGNATED = "designated"
    LEAVING = "leaving"


class Undertaking(Identified, TenantOwned, Model):
    """One signature under one version of the text: by the person's own PIN, or with ink on the `paper` of that number.

    `noted_by` is at whose screen the PIN was typed, or who entered the paper.
    """

    __tablename__ = "undertakings"
    personal = frozenset()

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    occasion: Mapped[str]
    version: Mapped[str]
    signed_on: Mapped[date]
    paper: Mapped[str] = mapped_column(default="")
    noted_at: Mapped[datetime]
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        CheckConstraint("occasion in ('designated', 'leaving')", name="occasion"),
        Index("ix_undertakings_user", "tenant_id", "user_id"),
    )
