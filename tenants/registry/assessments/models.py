"""Assessments of zones and what hangs on them. What is found later is a further row or a column set once."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from infra.db import Identified, Model, TenantOwned, Timestamped, one_of
from tenants.registry.assessments.rules import Decision, Look, MoveSign, Way


class ZoneAssessment(Identified, Timestamped, TenantOwned, Model):
    """What an institution decided of a zone: a camera there or none, why, by whom, in which meeting (KH-3-1).

    `place` says where it is and what an "other" zone is; `privacy_note` what nobody is filmed at (KH-3-3); the head
    confirms an "other" indoor zone. A later decision is a further assessment.
    """

    __tablename__ = "zone_assessments"
    personal = frozenset({"assessor", "reason", "place", "privacy_note"})

    site_id: Mapped[UUID]
    zone: Mapped[str]
    place: Mapped[str]
    nappy_table: Mapped[bool]
    need: Mapped[str]
    decision: Mapped[str]
    reason: Mapped[str]
    assessor: Mapped[str]
    assessed_on: Mapped[date]
    meeting: Mapped[str]
    recorded_by: Mapped[UUID]
    privacy_note: Mapped[str] = mapped_column(default="")
    noted_at: Mapped[datetime | None]
    noted_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[UUID | None]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "site_id"], ["sites.tenant_id", "sites.id"]),
        UniqueConstraint("tenant_id", "id"),
        one_of("decision", Decision),
        CheckConstraint("(noted_at is null) = (noted_by is null)", name="noted_pair"),
        CheckConstraint("(noted_at is null) = (privacy_note = '')", name="noted"),
        CheckConstraint("(confirmed_at is null) = (confirmed_by is null)", name="confirmed_pair"),
        CheckConstraint("(withdrawn_at is null) = (withdrawn_by is null)", name="withdrawn_pair"),
    )


class CameraAssessment(Identified, Timestamped, TenantOwned, Model):
    """On which assessment a camera rests from then on; the newest counts."""

    __tablename__ = "camera_assessments"
    personal = frozenset()

    camera_id: Mapped[UUID]
    assessment_id: Mapped[UUID]
    linked_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        ForeignKeyConstraint(["tenant_id", "assessment_id"], ["zone_assessments.tenant_id", "zone_assessments.id"]),
        Index("ix_camera_assessments_newest", "tenant_id", "camera_id", "created_at"),
    )


class EntranceReview(Identified, Timestamped, TenantOwned, Model):
    """A second person's signed word on what a camera before a washroom shows, looked at where it hangs (KH-3-4).

    `set_up_by` is who mounted or turned it and so is not the reviewer; `statement` the version of the words signed.
    """

    __tablename__ = "entrance_reviews"
    personal = frozenset({"set_up_by", "seen"})

    camera_id: Mapped[UUID]
    looked_at: Mapped[datetime]
    look: Mapped[str]
    seen: Mapped[str]
    set_up_by: Mapped[str]
    is_clear: Mapped[bool]
    statement: Mapped[str]
    reviewed_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        one_of("look", Look),
        Index("ix_entrance_reviews_newest", "tenant_id", "camera_id", "created_at"),
    )


class CameraMove(Identified, Timestamped, TenantOwned, Model):
    """That a camera before a washroom shows something else than was reviewed, as its box saw it (KH-3-4, KH-3-9)."""

    __tablename__ = "camera_moves"
    personal = frozenset()

    camera_id: Mapped[UUID]
    seen_at: Mapped[datetime]
    sign: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        one_of("sign", MoveSign),
        Index("ix_camera_moves_newest", "tenant_id", "camera_id", "created_at"),
    )


class PlaybackApproval(Identified, Timestamped, TenantOwned, Model):
    """The head's leave to play a camera before a washroom that nobody reviewed as it now hangs, through a day."""

    __tablename__ = "playback_approvals"
    personal = frozenset({"reason"})

    camera_id: Mapped[UUID]
    reason: Mapped[str]
    through: Mapped[date]
    approved_by: Mapped[UUID]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "camera_id"], ["cameras.tenant_id", "cameras.id"]),
        Index("ix_playback_approvals_newest", "tenant_id", "camera_id", "created_at"),
    )


class PlaceAttempt(Identified, Timestamped, TenantOwned, Model):
    """That somebody tried to enter a camera where none may be, and what they typed (KH-3-6)."""

    __tablename__ = "place_attempts"
    personal = frozenset({"typed"})

    typed: Mapped[str]
    tried_by: Mapped[UUID]

    __table_args__ = (UniqueConstraint("tenant_id", "id"),)


class AttemptFact(Identified, TenantOwned, Model):
    """The same as the bureau reads it: the day, the kind of place, the zone that was chosen, and on which way."""

    __tablename__ = "compliance_attempts"
    personal = frozenset()

    tried_on: Mapped[date]
    place: Mapped[str]
    zone: Mapped[str]
    way: Mapped[str]

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "id"], ["place_attempts.tenant_id", "place_attempts.id"]),
        one_of("way", Way),
        Index("ix_compliance_attempts_day", "tried_on"),
    )


class ZoneCount(TenantOwned, Model):
    """How many cameras an institution has in one of the three groups, which are never merged (KH-3-5), and what waits.

    `omitted` are the assessments that decided for no camera: 未設置 and no breach.
    """

    __tablename__ = "compliance_zones"
    personal = frozenset()

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    zone_group: Mapped[str] = mapped_column(primary_key=True)
    computed_at: Mapped[datetime]
    cameras: Mapped[int]
    unassessed: Mapped[int]
    unnoted: Mapped[int]
    unreviewed: Mapped[int]
    omitted: Mapped[int]

    __table_args__ = (
        CheckConstraint("zone_group in ('outdoor_public', 'indoor_public', 'activity_room')", name="zone_group"),
    )
