"""Reads about rosters. The session is bound to the bureau."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import defer, undefer

from infra.db import db
from tenants.errors import NotFound
from tenants.onboarding.models import LineState, Roster, RosterLine, RosterState

_MOST_LISTED = 50


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How many lines of a roster wait and are done, and those that could not be carried out."""

    waiting: int
    done: int
    stopped: Sequence[RosterLine]

    @property
    def over(self) -> int:
        """How many are over, one way or the other."""
        return self.done + len(self.stopped)

    @property
    def all(self) -> int:
        """How many there are."""
        return self.over + self.waiting


def roster(*, tenant_id: UUID, roster_id: UUID) -> Roster:
    """One roster. Raises `NotFound`."""
    found = db.session.scalar(select(Roster).where(Roster.tenant_id == tenant_id, Roster.id == roster_id))
    if found is None:
        raise NotFound
    return found


def locked(*, tenant_id: UUID, roster_id: UUID) -> Roster:
    """The same, with its row locked until the transaction ends."""
    found = roster(tenant_id=tenant_id, roster_id=roster_id)
    db.session.refresh(found, with_for_update=True)
    return found


def latest(*, tenant_id: UUID) -> Sequence[Roster]:
    """The last fifty, the newest first."""
    query = select(Roster).where(Roster.tenant_id == tenant_id).order_by(Roster.checked_at.desc())
    return list(db.session.scalars(query.limit(_MOST_LISTED).options(undefer(Roster.outcomes))))


def waiting(*, tenant_id: UUID, now: datetime) -> Sequence[UUID]:
    """Those that were confirmed and are not carried out to the end, and those whose hour is past."""
    expired = and_(Roster.state == RosterState.CHECKED, Roster.expires_at <= now)
    query = select(Roster.id).where(Roster.tenant_id == tenant_id, or_(Roster.state == RosterState.CONFIRMED, expired))
    return list(db.session.scalars(query))


def lines(*, tenant_id: UUID, roster_id: UUID) -> Sequence[RosterLine]:
    """Every line that asks for something, in the file's order; none before the work began."""
    query = select(RosterLine).where(RosterLine.tenant_id == tenant_id, RosterLine.roster_id == roster_id)
    return list(db.session.scalars(query.order_by(RosterLine.line).options(defer(RosterLine.cells))))


def progress(*, tenant_id: UUID, roster_id: UUID) -> Progress:
    """How far the work is."""
    of = (RosterLine.tenant_id == tenant_id, RosterLine.roster_id == roster_id)
    counts = select(RosterLine.state, func.count()).where(*of).group_by(RosterLine.state)
    counted: dict[str, int] = dict(db.session.execute(counts).all())
    stopped = select(RosterLine).where(*of, RosterLine.state == LineState.STOPPED).order_by(RosterLine.line)
    return Progress(
        waiting=counted.get(LineState.WAITING, 0),
        done=counted.get(LineState.DONE, 0),
        stopped=list(db.session.scalars(stopped)),
    )


def next_line(*, tenant_id: UUID, roster_id: UUID) -> int | None:
    """Which line is carried out next: in the file's order, and those that failed behind all others."""
    query = select(RosterLine.line).where(
        RosterLine.tenant_id == tenant_id, RosterLine.roster_id == roster_id, RosterLine.state == LineState.WAITING
    )
    return db.session.scalar(query.order_by(RosterLine.failures, RosterLine.line).limit(1))


def line_locked(*, tenant_id: UUID, roster_id: UUID, line: int) -> RosterLine:
    """One line, with its row locked until the transaction ends. Raises `NotFound`."""
    query = select(RosterLine).where(
        RosterLine.tenant_id == tenant_id, RosterLine.roster_id == roster_id, RosterLine.line == line
    )
    found = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found
