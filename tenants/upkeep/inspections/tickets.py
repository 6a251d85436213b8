"""The one place from which this room opens faults: for a 否 (KH-A3-09), and for a drill that failed (ADR 0047)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.actor import Actor
from tenants.upkeep.inspections.models import Question, SegmentDrill


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A fault that stands open, by its id and its number for 備考 (KH-A3-07)."""

    id: UUID
    serial: str


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One question of an inspection that was answered 否: of these cameras, or of the site's host.

    `offline`: the facts say as well that the cameras do not record.
    """

    tenant_id: UUID
    site_id: UUID
    question: Question
    camera_ids: Sequence[UUID]
    offline: bool
    found_at: datetime
    words: str


def open_for_inspection(*, actor: Actor, wrong: Wrong) -> Ticket | None:  # noqa: ARG001 - as it will be called
    """The fault of what an inspection found. None until `tenants.upkeep.faults` is here."""
    return None


def open_for_drill(*, actor: Actor, drill: SegmentDrill) -> Ticket | None:  # noqa: ARG001 - as above
    """The fault of a minute that could not be used. None until `tenants.upkeep.faults` is here."""
    return None
