"""What a session shows: the approved seconds of the case's own copies, opened window by window, never without audit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from infra import burning, clock
from infra.db import db
from infra.kms import Kms
from infra.manifest import microseconds
from infra.objects import ObjectStore
from tenants.actor import Actor
from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.disclosures import held_film
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.packages import contents
from tenants.disclosures.viewing import presence, queries
from tenants.disclosures.viewing.models import ViewingOpening, ViewingSession
from tenants.disclosures.viewing.recording import record
from tenants.disclosures.windows import windows_of
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.retention import queries as retention
from tenants.retention.models import PreservedSegment
from tenants.retention.rules import CameraWindow


def check_ready(disclosure: Disclosure) -> None:
    """Raise `Invalid` unless everything approved was copied into the case's hold, and there is something to look at."""
    held_film.check_whole(tenant_id=disclosure.tenant_id, hold_id=disclosure.hold_id)
    if not any(_copies(disclosure, window) for window in windows_of(disclosure).values() if window.approved_from):
        raise Invalid("核准的時段沒有影像，不能開始調閱。", code="no_footage")


def open_window(
    *,
    actor: Actor,
    tenant_id: UUID,
    viewing_id: UUID,
    window_id: UUID,
    take: int,
    token: str,
    store: ObjectStore,
    kms: Kms,
) -> burning.Viewing:
    """Open one take of an approved window for this session: one event of the chain, without which no piece is made.

    Raises as `presence.live` does, and `NotFound` for a window or take that the session does not have.
    """
    viewing = presence.live(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, token=token)
    shown = _picture(viewing, window_id, take, store=store, kms=kms)
    link = record(Event.VIEWING_OPENED, viewing, actor=actor, window_id=str(window_id), take=take)
    made = ViewingOpening(
        id=uuid4(),
        tenant_id=tenant_id,
        viewing_id=viewing_id,
        window_id=window_id,
        take=take,
        opened_at=clock.now(),
        seq=link.seq,
    )
    db.session.add(made)
    return shown


def opened_window(
    *,
    actor: Actor,
    tenant_id: UUID,
    viewing_id: UUID,
    window_id: UUID,
    take: int,
    token: str,
    store: ObjectStore,
    kms: Kms,
) -> burning.Viewing:
    """The same for the next piece: the session is asked anew, and the chain whether the window was opened in it.

    Raises as `open_window` does, and `NotAllowed` before it.
    """
    viewing = presence.live(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, token=token)
    if window_id not in queries.approved(viewing):
        raise NotFound
    opening = queries.opening(viewing, window_id, take)
    found = chain.event(tenant_id=tenant_id, seq=opening.seq) if opening is not None else None
    if found is None or found.event != Event.VIEWING_OPENED.key or found.fields["viewing_id"] != str(viewing_id):
        raise NotAllowed("影像只能在調閱操作台中觀看。請回到調閱操作台重新開啟播放。")
    return _picture(viewing, window_id, take, store=store, kms=kms)


def takes_of(disclosure: Disclosure, window: DisclosureWindow) -> int:
    """How many takes a window has: more than one where a clock was set back and recorded the same minutes twice."""
    return len(held_film.takes_of(_copies(disclosure, window), span_us=_span_us(window)))


def gaps_of(disclosure: Disclosure, window: DisclosureWindow) -> Sequence[tuple[datetime, datetime, str]]:
    """What of the approved span was not recorded: from, until, and the causes that the box gave, as words."""
    first, last = queries.span_of(window)
    span = CameraWindow(camera_id=window.camera_id, started_at=first, ended_at=last)
    gaps = contents.gaps_in(span, _copies(disclosure, window))
    return [(gap.started_at, gap.ended_at, gap.words) for gap in gaps]


def _picture(viewing: ViewingSession, window_id: UUID, take: int, *, store: ObjectStore, kms: Kms) -> burning.Viewing:
    window, disclosure = queries.approved(viewing).get(window_id), queries.case_of(viewing)
    if window is None:
        raise NotFound
    return held_film.film(
        _copies(disclosure, window),
        take=take,
        span_us=_span_us(window),
        mark=held_film.mark_of(disclosure.serial, viewer=viewing.viewer_code, session=viewing.code),
        store=store,
        kms=kms,
    )


def _span_us(window: DisclosureWindow) -> tuple[int, int]:
    first, last = queries.span_of(window)
    return microseconds(first), microseconds(last)


def _copies(disclosure: Disclosure, window: DisclosureWindow) -> list[PreservedSegment]:
    first, last = queries.span_of(window)
    span = CameraWindow(camera_id=window.camera_id, started_at=first, ended_at=last)
    return retention.preserved(tenant_id=disclosure.tenant_id, hold_id=disclosure.held_as, span=span)
