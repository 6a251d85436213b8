"""The scan of a paper that was entered later (補登, DR-20)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class PaperScan(Identified, TenantOwned, Model):
    """A checked PDF, sealed to the institution's records key. Added and never changed: a better scan is another row.

    `entry_id` is the line of the register that the paper holds; NULL for the application form of the case itself.
    """

    __tablename__ = "paper_scans"
    personal = frozenset({"file_name"})

    disclosure_id: Mapped[UUID]
    entry_id: Mapped[UUID | None]
    file_name: Mapped[str]
    size: Mapped[int]
    pages: Mapped[int]
    sha256: Mapped[str]
    uploaded_at: Mapped[datetime]
    uploaded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        ForeignKeyConstraint(["tenant_id", "entry_id"], ["register_entries.tenant_id", "register_entries.id"]),
        CheckConstraint("size > 0 and pages > 0", name="whole"),
        Index("ix_paper_scans_case", "tenant_id", "disclosure_id"),
    )
