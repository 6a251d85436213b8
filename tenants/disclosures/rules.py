"""Pure decisions about windows, decisions and dates of a request: no I/O, no clock, no session."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class AskedWindow:
    """One camera and half-open span, aware instants, as the letter asks for it."""

    camera_id: UUID
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What the head approves of one asked window: half-open, inside it. Windows without a grant are refused."""

    window_id: UUID
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What the head decides. `reasons` may be empty only for full consent to a scope that is not too wide (KH-6-1g)."""

    grants: tuple[Grant, ...]
    reasons: str
    copy: bool
    escort_id: UUID


@dataclass(frozen=True)
class Caution:
    """Something unusual that does not stop a request; a person confirms it. `code` is stable."""

    code: str
    message: str
