"""The copy of approved footage, as its row, and the certificate with which an institution signs one."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class PackageState(StrEnum):
    """`pending` until a worker built it; `lacking` when the store held nothing for the approved windows."""

    PENDING = "pending"
    READY = "ready"
    LACKING = "lacking"


class Package(Identified, TenantOwned, Model):
    """What leaves: one zip of playable files, manifest and verifier. Collected once, by one officer, in time.

    When the line broke the institution opens it again: `collected_*` is then the latest time, the register has both.
    It left encrypted to `sealed_to`, or under a passphrase where that is empty, in `sealed_bytes` bytes.
    `sent_bytes` is how much of it left at that time, and NULL while nobody knows. It goes with the case's hold.
    `reopening_asked_at` is when its officer last asked for that, and is over once `reopened_at` is later.
    `revoked_at` is when the institution took the offer back; opening it again is what ends that. For comparing it by
    another way, the row keeps what its paper of custody says: certificate, the chain's newest event then, and the time
    that an authority gave (NULL: none did).
    """

    __tablename__ = "packages"
    personal = frozenset({"collected_address", "reopen_reason", "reopening_asked_why", "revoke_reason"})

    disclosure_id: Mapped[UUID]
    agency_id: Mapped[UUID | None]
    state: Mapped[str]
    ordered_at: Mapped[datetime]
    built_at: Mapped[datetime | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(default="")
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    manifest: Mapped[str] = mapped_column(default="")
    recipient: Mapped[str] = mapped_column(default="")
    wrapped_secret: Mapped[bytes | None]
    link_hash: Mapped[str] = mapped_column(default="")
    link_for: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    link_expires_at: Mapped[datetime | None]
    collected_at: Mapped[datetime | None]
    collected_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    collected_address: Mapped[str] = mapped_column(default="")
    receipt_version: Mapped[str] = mapped_column(default="")
    sealed_to: Mapped[str] = mapped_column(default="")
    sealed_bytes: Mapped[int | None] = mapped_column(BigInteger)
    sent_bytes: Mapped[int | None] = mapped_column(BigInteger)
    reopening_asked_at: Mapped[datetime | None]
    reopening_asked_why: Mapped[str] = mapped_column(default="")
    reopened_at: Mapped[datetime | None]
    reopened_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    reopen_reason: Mapped[str] = mapped_column(default="")
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    revoke_reason: Mapped[str] = mapped_column(default="")
    destroyed_at: Mapped[datetime | None]
    certificate_fingerprint: Mapped[str] = mapped_column(default="")
    chain_seq: Mapped[int | None] = mapped_column(BigInteger)
    chain_hash: Mapped[str] = mapped_column(default="")
    stamped_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        UniqueConstraint("tenant_id", "disclosure_id"),
        CheckConstraint("state in ('pending', 'ready', 'lacking')", name="state"),
        CheckConstraint("(collected_at is null) = (collected_by is null)", name="collected_pair"),
        CheckConstraint("reopening_asked_at is null or reopening_asked_why <> ''", name="reopening_asked_for"),
        CheckConstraint("(reopened_at is null) = (reopened_by is null)", name="reopened_pair"),
        CheckConstraint("reopened_at is null or reopen_reason <> ''", name="reopened_for"),
        CheckConstraint("(revoked_at is null) = (revoked_by is null)", name="revoked_pair"),
        CheckConstraint("revoked_at is null or revoke_reason <> ''", name="revoked_for"),
        CheckConstraint("destroyed_at is null or wrapped_secret is null", name="destroyed_pair"),
        CheckConstraint("(chain_seq is null) = (chain_hash = '')", name="chain_pair"),
    )

    def end_link(self) -> None:
        """No link of before comes to life again."""
        self.link_hash, self.link_for, self.link_expires_at = "", None, None

    def leave_with(self, who: UUID, *, at: datetime, address: str, sealed_to: str, sealed_bytes: int | None) -> None:
        """Somebody signed for it, sealed as said; how much of it arrived is known later."""
        self.collected_at, self.collected_by, self.collected_address = at, who, address
        self.sealed_to, self.sealed_bytes, self.sent_bytes = sealed_to, sealed_bytes, None


class HandoverPassphrase(Identified, TenantOwned, Model):
    """The passphrase of one hand-over, until somebody of the institution has seen it once to tell it (KH-6-5b).

    `wrapped_secret` is gone from then on, and when the copy leaves again, is revoked or destroyed. It has no share: the
    file that it opens is no longer ours, so nothing of ours dies with it.
    """

    __tablename__ = "handover_passphrases"
    personal = frozenset()

    disclosure_id: Mapped[UUID]
    wrapped_secret: Mapped[bytes | None]
    made_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]
    shown_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        Index("ix_handover_passphrases_case", "tenant_id", "disclosure_id"),
        CheckConstraint("(shown_at is null) = (shown_by is null)", name="shown_pair"),
        CheckConstraint("shown_at is null or wrapped_secret is null", name="shown_once"),
    )


class SigningCertificate(Identified, TenantOwned, Model):
    """The key with which an institution signs what leaves it, and the certificate that the key issued to itself (DER).

    The newest signs. None is ever removed: what was handed over names it by its fingerprint (SHA-256 in hex).
    """

    __tablename__ = "signing_certificates"
    personal = frozenset()

    certificate: Mapped[bytes]
    fingerprint: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    wrapped_secret: Mapped[bytes]

    __table_args__ = (CheckConstraint("ends_at > made_at", name="span"),)
