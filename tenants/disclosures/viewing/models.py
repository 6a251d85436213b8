"""A viewing session: who looks at a granted case's footage, who accompanies, and what was opened and marked in it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.register.models import RegisterEntry
from tenants.people.models import User


class ViewingState(StrEnum):
    """Pictures are shown only while it runs. A paused one goes on with the companion's PIN; an ended one never."""

    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class Pause(StrEnum):
    """Why the picture stopped."""

    LEFT = "left"
    SILENT = "silent"
    LAPSED = "lapsed"
    COMPANION_GONE = "companion_gone"
    BREACH = "breach"
    CASE_OVER = "case_over"
    LIMIT = "limit"


class Ending(StrEnum):
    """How a session ended: signed off, stopped for a breach, or found without anybody by the sweep."""

    SIGNED_OFF = "signed_off"
    BREACH = "breach"
    ABANDONED = "abandoned"


class ViewingSession(Identified, TenantOwned, Model):
    """One viewing. `viewer_code` and `code` are burnt into every picture; `token_hash` binds it to one browser.

    `seen_at` is the last sign of life of the page, `confirmed_at` the last time that the companion typed the PIN.
    `entry_id` is its line of the register, NULL where no window was opened and so nothing was seen. `breach_by` is who
    committed a breach: accounts of the institution by their ids, and `viewer` or `other` for who has none.
    """

    __tablename__ = "viewing_sessions"
    personal = frozenset({"viewer_name", "viewer_unit", "viewer_title", "viewer_code", "breach_note"})

    disclosure_id: Mapped[UUID]
    code: Mapped[str]
    viewer_code: Mapped[str]
    viewer_name: Mapped[str]
    viewer_unit: Mapped[str]
    viewer_title: Mapped[str]
    identity_by: Mapped[str]
    notice_version: Mapped[str]
    operator_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    companion_id: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    token_hash: Mapped[str]
    state: Mapped[str]
    began_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    pause_reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
    ending: Mapped[str] = mapped_column(default="")
    viewer_signed: Mapped[str] = mapped_column(default="")
    companion_signed: Mapped[bool] = mapped_column(default=False)
    breach_kind: Mapped[str] = mapped_column(default="")
    breach_note: Mapped[str] = mapped_column(default="")
    breach_by: Mapped[list[str]] = mapped_column(JSONB, default=list)
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey(RegisterEntry.id))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], [Disclosure.tenant_id, Disclosure.id]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "code"),
        CheckConstraint("state in ('running', 'paused', 'ended')", name="state"),
        CheckConstraint("viewer_name <> '' and viewer_unit <> '' and viewer_title <> ''", name="viewer"),
        CheckConstraint("identity_by <> '' and notice_version <> ''", name="checked"),
        CheckConstraint("state <> 'paused' or (paused_at is not null and pause_reason <> '')", name="paused"),
        CheckConstraint("(state = 'ended') = (ended_at is not null)", name="ended"),
        CheckConstraint("(state = 'ended') = (ending <> '')", name="ending"),
        CheckConstraint("ending <> 'signed_off' or (companion_signed and viewer_signed <> '')", name="signed"),
        CheckConstraint("ending <> 'breach' or breach_kind <> ''", name="breach"),
        CheckConstraint("viewer_signed in ('', 'screen', 'paper')", name="viewer_signed"),
        # Nobody is in two rooms, whichever institutions they are in: an index knows no row security (DR-14).
        Index("uq_viewing_sessions_companion", "companion_id", unique=True, postgresql_where=text("state = 'running'")),
        Index(
            "uq_viewing_sessions_open",
            "tenant_id",
            "disclosure_id",
            unique=True,
            postgresql_where=text("state <> 'ended'"),
        ),
    )


class ViewingOpening(Identified, TenantOwned, Model):
    """One window opened in a session, with the number of its event in the chain: no piece is shown without it."""

    __tablename__ = "viewing_openings"
    personal = frozenset()

    viewing_id: Mapped[UUID]
    window_id: Mapped[UUID] = mapped_column(ForeignKey(DisclosureWindow.id))
    take: Mapped[int]
    opened_at: Mapped[datetime]
    seq: Mapped[int]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "viewing_id"], [ViewingSession.tenant_id, ViewingSession.id]),
        Index("ix_viewing_openings_window", "tenant_id", "viewing_id", "window_id"),
    )


class ViewingMark(Identified, TenantOwned, Model):
    """A moment that somebody marked while looking, with a note: when the picture was taken, and when it was marked.

    Nothing of it changes. Who made it may take it off the list while the session runs; the row stays.
    """

    __tablename__ = "viewing_marks"
    personal = frozenset({"note"})

    viewing_id: Mapped[UUID]
    window_id: Mapped[UUID] = mapped_column(ForeignKey(DisclosureWindow.id))
    taken_at: Mapped[datetime]
    note: Mapped[str]
    marked_at: Mapped[datetime]
    marked_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "viewing_id"], [ViewingSession.tenant_id, ViewingSession.id]),
        CheckConstraint("note <> ''", name="note"),
        Index("ix_viewing_marks_session", "tenant_id", "viewing_id"),
    )


class ViewingAppointment(Identified, TenantOwned, Model):
    """When and where a case was to be looked at. The one made last counts, and those before it stay."""

    __tablename__ = "viewing_appointments"
    personal = frozenset()

    disclosure_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    place: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID] = mapped_column(ForeignKey(User.id))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], [Disclosure.tenant_id, Disclosure.id]),
        CheckConstraint("place <> ''", name="place"),
        Index("ix_viewing_appointments_case", "tenant_id", "disclosure_id"),
    )
