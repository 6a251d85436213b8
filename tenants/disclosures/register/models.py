"""The access register's lines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class RegisterEntry(Identified, TenantOwned, Model):
    """A line of the access register (附件2), numbered without holes per institution and year; never changed.

    `companions` are those who looked as well, as name, unit and title (KH-A2-03); `accompanied_by` are the names of the
    institution's own who accompanied the viewing (KH-7-1, TY-5-4a), empty where nobody wrote them down. 補登 (DR-20):
    `paper_number` is of the paper on which the line was written first, with its own times. 更正: a line that says how
    the line of `corrects_year` and `corrects_number` should read, and why; that one stays. `entered_by` is who typed
    either of them; NULL for the lines that the system made of a viewing or a hand-over itself.
    """

    __tablename__ = "register_entries"
    personal = frozenset(
        {
            "accessor_name",
            "accessor_unit",
            "accessor_title",
            "companions",
            "summary",
            "operator_name",
            "accompanied_by",
            "correction_reason",
        }
    )

    disclosure_id: Mapped[UUID]
    roc_year: Mapped[int]
    number: Mapped[int]
    accessed_from: Mapped[datetime]
    accessed_until: Mapped[datetime]
    accessor_name: Mapped[str]
    accessor_unit: Mapped[str]
    accessor_title: Mapped[str]
    companions: Mapped[list[dict[str, str]]] = mapped_column(JSONB, default=list)
    content: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    summary: Mapped[str]
    operator_name: Mapped[str]
    accompanied_by: Mapped[str] = mapped_column(default="")
    viewed: Mapped[bool]
    copied: Mapped[bool]
    in_person: Mapped[bool] = mapped_column(default=False)
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    paper_number: Mapped[str] = mapped_column(default="")
    corrects_year: Mapped[int | None]
    corrects_number: Mapped[int | None]
    correction_reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        ForeignKeyConstraint(
            ["tenant_id", "corrects_year", "corrects_number"],
            ["register_entries.tenant_id", "register_entries.roc_year", "register_entries.number"],
        ),
        UniqueConstraint("tenant_id", "roc_year", "number"),
        UniqueConstraint("tenant_id", "id"),
        CheckConstraint("viewed or copied", name="handling"),
        CheckConstraint("copied or not in_person", name="in_person"),
        CheckConstraint("accessor_title <> ''", name="title"),
        CheckConstraint("entered_by is null or accessed_until <= entered_at", name="past"),
        CheckConstraint("(corrects_year is null) = (corrects_number is null)", name="corrects_pair"),
        CheckConstraint("(corrects_number is null) = (correction_reason = '')", name="corrected_because"),
        CheckConstraint(
            "(paper_number = '' and corrects_number is null) = (entered_by is null)", name="typed_by_somebody"
        ),
    )

    @property
    def online(self) -> bool:
        """線上交付: fetched through this system, so that the operator is who let the copy out (KH-A2-07, ADR 0010)."""
        return self.copied and self.entered_by is None and not self.in_person
