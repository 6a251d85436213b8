"""What was found of each article, by civil day and institution: the bureau's connection reads these (DR-09, DR-30)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Model, TenantOwned, one_of
from tenants.compliance.articles.model import State


class ComplianceFinding(TenantOwned, Model):
    """One article at one institution on one civil day, as of `computed_at`.

    `wrong` of `of` were wrong, `since` the earliest of them; `subjects` is the list behind it: labels, ids and words of
    ours, and nothing that a person typed about a person. `owed`: a regulation there asks it with 應, so that it is in
    the score.
    """

    __tablename__ = "compliance_findings"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    civil_day: Mapped[date] = mapped_column(primary_key=True)
    article: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    owed: Mapped[bool] = mapped_column(server_default=false())
    looked_at: Mapped[int]
    wrong: Mapped[int]
    since: Mapped[date | None]
    subjects: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    computed_at: Mapped[datetime]

    __table_args__ = (
        one_of("state", State),
        CheckConstraint("wrong between 0 and looked_at", name="wrong"),
        Index("ix_compliance_findings_day", "civil_day", "article", "state"),
    )


class CityDay(TenantOwned, Model):
    """How many institutions of one part of the city stood how with an article on a day, and how many of them owe it.

    The bureau's own rows. District, kind and ownership are those of the day itself: a district that is renamed later
    keeps its past (DR-33).
    """

    __tablename__ = "compliance_city_days"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    civil_day: Mapped[date] = mapped_column(primary_key=True)
    article: Mapped[str] = mapped_column(primary_key=True)
    district: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    ownership: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    institutions: Mapped[int]
    owed: Mapped[int] = mapped_column(server_default="0")
    computed_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("institutions >= 0", name="institutions"),
        CheckConstraint("owed between 0 and institutions", name="owed"),
    )
