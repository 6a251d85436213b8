"""A meeting of the panel, its members, the links of those without an account, and what was resolved.

A resolution is never changed: a second meeting makes a second one (KH-6-2h), and who attended is corrected by a record
of its own beside it (KH-6-Pc).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned


class Capacity(StrEnum):
    """As what somebody sits: the two representatives that must attend, the head, and a neutral outsider (DR-27)."""

    EDUCATOR_REP = "educator_rep"
    PARENT_REP = "parent_rep"
    HEAD = "head"
    NEUTRAL = "neutral"


class Attendance(StrEnum):
    """到場, 視訊, 未到; empty before the convener noted it."""

    UNKNOWN = ""
    PRESENT = "present"
    VIDEO = "video"
    ABSENT = "absent"


class VotingRule(StrEnum):
    """How the members agree; the regulation does not say (Q-08), so each meeting states it when it is convened."""

    MAJORITY = "majority"
    CONSENSUS = "consensus"


class Verdict(StrEnum):
    """What a member votes and what the panel resolves."""

    AGREE = "agree"
    PART = "part"
    REFUSE = "refuse"


class PanelMeeting(Identified, TenantOwned, Model):
    """One meeting about one case. It is over when a resolution names it."""

    __tablename__ = "panel_meetings"
    personal = frozenset()

    disclosure_id: Mapped[UUID]
    meets_at: Mapped[datetime]
    place: Mapped[str]
    voting_rule: Mapped[str]
    convened_at: Mapped[datetime]
    convened_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    moves: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        UniqueConstraint("tenant_id", "id"),
        CheckConstraint("place <> ''", name="place"),
        CheckConstraint("voting_rule in ('majority', 'consensus')", name="voting_rule"),
        Index("ix_panel_meetings_case", "tenant_id", "disclosure_id"),
    )


class PanelMember(Identified, TenantOwned, Model):
    """One seat as one person held it. Whoever stands down keeps the row, and somebody else gets a row of their own.

    `user_id` is NULL for who has no account: those have `name` and `email`, and a link. `untold` are the notices that
    still have to go out by mail. `statement_paper` is the number of the paper on which declaration and secrecy were
    signed with ink, where they were, `statement_signed_on` its day.
    """

    __tablename__ = "panel_members"
    personal = frozenset({"name", "email", "conflict_note", "answers", "opinion"})

    meeting_id: Mapped[UUID]
    capacity: Mapped[str]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    seated_at: Mapped[datetime]
    declared_at: Mapped[datetime | None]
    conflict_note: Mapped[str] = mapped_column(default="")
    secrecy_version: Mapped[str] = mapped_column(default="")
    statement_paper: Mapped[str] = mapped_column(default="")
    statement_signed_on: Mapped[date | None]
    statement_recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    answers: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    opinion: Mapped[str] = mapped_column(default="")
    opinion_at: Mapped[datetime | None]
    attendance: Mapped[str] = mapped_column(default=Attendance.UNKNOWN.value)
    replaced_at: Mapped[datetime | None]
    replaced_because: Mapped[str] = mapped_column(default="")
    untold: Mapped[list[str]] = mapped_column(JSONB, default=list)

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "meeting_id"], ["panel_meetings.tenant_id", "panel_meetings.id"]),
        UniqueConstraint("tenant_id", "id"),
        CheckConstraint("capacity in ('educator_rep', 'parent_rep', 'head', 'neutral')", name="capacity"),
        CheckConstraint("capacity not in ('educator_rep', 'head') or user_id is not null", name="of_the_institution"),
        CheckConstraint("user_id is not null or email <> ''", name="reachable"),
        CheckConstraint("attendance in ('', 'present', 'video', 'absent')", name="attendance"),
        CheckConstraint("secrecy_version = '' or declared_at is not null", name="signed_after_declaring"),
        CheckConstraint(
            "(statement_paper = '') = (statement_signed_on is null) and "
            "(statement_paper = '') = (statement_recorded_by is null)",
            name="statement_paper",
        ),
        CheckConstraint("(replaced_at is null) = (replaced_because = '')", name="replaced_because"),
        CheckConstraint("conflict_note = '' or replaced_at is not null", name="conflict_stands_down"),
        # One person never counts for two (KH-6-Pb).
        Index(
            "uq_panel_members_person",
            "tenant_id",
            "meeting_id",
            "user_id",
            unique=True,
            postgresql_where=text("replaced_at is null and user_id is not null"),
        ),
        Index(
            "uq_panel_members_email",
            "tenant_id",
            "meeting_id",
            "email",
            unique=True,
            postgresql_where=text("replaced_at is null and email <> ''"),
        ),
        Index("ix_panel_members_user", "tenant_id", "user_id"),
    )

    def stand_down(self, *, because: str, at: datetime) -> None:
        """The seat is free from now on; the row says since when and why."""
        self.replaced_at, self.replaced_because = at, because


class PanelLink(Identified, TenantOwned, Model):
    """How a member without an account gets in: a link, a code to the same address, then a session of one browser.

    Only hashes: of the link and the session, which are random, plain SHA-256; of the six digits, Argon2id.
    """

    __tablename__ = "panel_links"
    personal = frozenset({"token_hash", "code_hash", "session_hash"})

    member_id: Mapped[UUID]
    token_hash: Mapped[str]
    issued_at: Mapped[datetime]
    failures: Mapped[int] = mapped_column(default=0)
    code_asked_at: Mapped[datetime | None]
    code_hash: Mapped[str] = mapped_column(default="")
    code_until: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    session_hash: Mapped[str] = mapped_column(default="")
    session_until: Mapped[datetime | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "member_id"], ["panel_members.tenant_id", "panel_members.id"]),
        UniqueConstraint("tenant_id", "member_id"),
        UniqueConstraint("token_hash"),
        CheckConstraint("(code_hash = '') = (code_until is null)", name="code_pair"),
        CheckConstraint("(session_hash = '') = (session_until is null)", name="session_pair"),
    )


class PanelResolution(Identified, TenantOwned, Model):
    """What one meeting resolved. Rows are added and never changed.

    `windows` are those granted: asked window, from, until. `attendance` is who was there and how each voted, as it was
    noted before the resolution. `beyond_seconds` is how far the widest window reaches past the incident.
    """

    __tablename__ = "panel_resolutions"
    personal = frozenset({"reasons", "beyond_reason", "minutes"})

    disclosure_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    number: Mapped[int]
    decision: Mapped[str]
    windows: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    attendance: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    reasons: Mapped[str]
    beyond_seconds: Mapped[int]
    beyond_reason: Mapped[str]
    minutes: Mapped[str]
    resolved_at: Mapped[datetime]
    resolved_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__: Any = (
        ForeignKeyConstraint(["tenant_id", "disclosure_id"], ["disclosures.tenant_id", "disclosures.id"]),
        ForeignKeyConstraint(["tenant_id", "meeting_id"], ["panel_meetings.tenant_id", "panel_meetings.id"]),
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "meeting_id"),
        UniqueConstraint("tenant_id", "disclosure_id", "number"),
        CheckConstraint("decision in ('agree', 'part', 'refuse')", name="decision"),
        CheckConstraint("decision = 'agree' or reasons <> ''", name="reasoned"),
        CheckConstraint("(beyond_seconds > 0) = (beyond_reason <> '')", name="beyond_because"),
        CheckConstraint("minutes <> ''", name="minutes"),
    )


class PanelCorrection(Identified, TenantOwned, Model):
    """更正紀錄: that somebody was noted wrongly, found after the resolution. Added and never changed (KH-6-Pc)."""

    __tablename__ = "panel_corrections"
    personal = frozenset({"reason"})

    resolution_id: Mapped[UUID]
    member_id: Mapped[UUID]
    was: Mapped[str]
    said: Mapped[str]
    reason: Mapped[str]
    corrected_at: Mapped[datetime]
    corrected_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "resolution_id"], ["panel_resolutions.tenant_id", "panel_resolutions.id"]),
        ForeignKeyConstraint(["tenant_id", "member_id"], ["panel_members.tenant_id", "panel_members.id"]),
        CheckConstraint("said in ('present', 'video', 'absent') and said <> was", name="said"),
        CheckConstraint("reason <> ''", name="reason"),
        Index("ix_panel_corrections_resolution", "tenant_id", "resolution_id"),
    )


class PanelAdoption(Identified, TenantOwned, Model):
    """校內規定: a school whose regulation knows no panel has one from a day on, or from a day on no more (TY-X-1).

    Added and never changed; of a day the latest to begin counts, and of several for one day the one recorded last.
    """

    __tablename__ = "panel_adoptions"
    personal = frozenset()

    site_id: Mapped[UUID]
    effective_from: Mapped[date]
    required: Mapped[bool]
    meeting: Mapped[str]
    meeting_on: Mapped[date | None]
    minutes: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),)
