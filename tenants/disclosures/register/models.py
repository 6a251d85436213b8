"""The access register's lines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class RegisterEntry(Identified, TenantOwned, Model):
    """A line of the access register (附件2), numbered without holes per institution and year; never changed."""

    __tablename__ = "register_entries"
    personal = frozenset({"accessor_name", "accessor_unit", "accessor_title", "summary", "operator_name"})

    disclosure_id: Mapped[UUID]
    roc_year: Mapped[int]
    number: Mapped[int]
    accessed_from: Mapped[datetime]
    accessed_until: Mapped[datetime]
    accessor_name: Mapped[str]
    accessor_unit: Mapped[str]
    accessor_title: Mapped[str]
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    summary: Mapped[str]
    operator_name: Mapped[str]
    viewed: Mapped[bool]
    copied: Mapped[bool]
    in_person: Mapped[bool] = mapped_column(default=False)
    entered_at: Mapped[datetime]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        UniqueConstraint("tenant_id", "roc_year", "number"),
        CheckConstraint("viewed or copied", name="handling"),
        CheckConstraint("copied or not in_person", name="in_person"),
        CheckConstraint("accessor_title <> ''", name="title"),
    )

    @property
    def online(self) -> bool:
        """線上交付: fetched through this system, so that the operator is who let the copy out (KH-A2-07, ADR 0010)."""
        return self.copied and not self.in_person
