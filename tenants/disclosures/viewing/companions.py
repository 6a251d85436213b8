"""Who accompanied a session, one after the other: a hand-over changes the row, and the chain keeps whom it named."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.audit.models import AuditEvent
from tenants.disclosures.viewing.models import Pause, ViewingSession

_NAMING = (Event.VIEWING_BEGUN, Event.VIEWING_HANDED_OVER)
_TURNS = (Event.VIEWING_HANDED_OVER, Event.VIEWING_PAUSED, Event.VIEWING_RESUMED)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Who accompanied from when until when; `until` is None for who accompanies now."""

    companion_id: UUID
    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What changed while a session ran: `stopped` says why it stopped, `companion_id` who accompanies from then on.

    Neither where the same companion went on after a stop.
    """

    at: datetime
    stopped: Pause | None = None
    companion_id: UUID | None = None


def companions_of(viewing: ViewingSession) -> tuple[UUID, ...]:
    """The accounts, in the order in which they came, each once (KH-7-1, TY-5-4a)."""
    named = (UUID(each.fields["companion_id"]) for each in _said(viewing, _NAMING))
    return tuple(dict.fromkeys([*named, viewing.companion_id]))


def shifts_of(viewing: ViewingSession) -> tuple[Shift, ...]:
    """Who accompanied a session and when, the first one first; who came back has a shift of each time."""
    came = [(UUID(each.fields["companion_id"]), each.at) for each in _said(viewing, _NAMING)]
    ends = [*(at for _, at in came[1:]), viewing.ended_at]
    return tuple(Shift(companion_id=who, since=at, until=until) for (who, at), until in zip(came, ends, strict=True))


def took_part(viewing: ViewingSession) -> frozenset[UUID]:
    """Everybody of the institution who was in the room: who operated, and who accompanied at any time."""
    return frozenset({viewing.operator_id, *companions_of(viewing)})


def took_over_at(viewing: ViewingSession, user_id: UUID) -> datetime | None:
    """When this person took over last; None for who was there from the beginning and never left (KH-7-1)."""
    taken = [
        each for each in _said(viewing, (Event.VIEWING_HANDED_OVER,)) if each.fields["companion_id"] == str(user_id)
    ]
    return taken[-1].at if taken else None


def came_at(viewing: ViewingSession, user_id: UUID) -> datetime | None:
    """When this person first took over; None for who was there when the session began."""
    first = next((each for each in _said(viewing, _NAMING) if each.fields["companion_id"] == str(user_id)), None)
    return first.at if first is not None and first.event == Event.VIEWING_HANDED_OVER.key else None


def turns_of(viewing: ViewingSession) -> tuple[Turn, ...]:
    """Hand-overs, stops and goings-on of a session, the oldest first. A stop is told of when the picture stopped."""
    return tuple(sorted((_turn(each) for each in _said(viewing, _TURNS)), key=lambda turn: turn.at))


def _turn(each: AuditEvent) -> Turn:
    match each.event:
        case Event.VIEWING_PAUSED.key:
            said = each.fields.get("stopped_at")  # older ones lack it
            stopped_at = datetime.fromisoformat(said) if said is not None else each.at
            return Turn(at=stopped_at, stopped=Pause(each.fields["kind"]))
        case Event.VIEWING_HANDED_OVER.key:
            return Turn(at=each.at, companion_id=UUID(each.fields["companion_id"]))
        case _:
            return Turn(at=each.at)


def _said(viewing: ViewingSession, kinds: tuple[Event, ...]) -> list[AuditEvent]:
    """What the chain says of this session."""
    found = chain.of_subject(tenant_id=viewing.tenant_id, subject_id=viewing.disclosure_id, kinds=kinds)
    return [each for each in found if each.fields["viewing_id"] == str(viewing.id)]
