"""What a session shows: the approved seconds of the case's own copies, opened window by window, never without audit."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from infra import burning, clock
from infra.db import db
from infra.joining import Clip
from infra.kms import Kms
from infra.manifest import microseconds, parse
from infra.objects import ObjectStore
from infra.playlists import Piece
from tenants.actor import Actor
from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.disclosures import held_clips, held_film
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.packages import contents
from tenants.disclosures.viewing import presence, queries
from tenants.disclosures.viewing.models import ViewingOpening, ViewingSession
from tenants.disclosures.viewing.recording import record
from tenants.disclosures.viewing.shares import Keys
from tenants.disclosures.windows import windows_of
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.retention import queries as retention
from tenants.retention.models import PreservedSegment
from tenants.retention.rules import CameraWindow

# So many pieces are entered together: a quarter of an hour, however long a window is.
STRETCH = 450


def check_ready(disclosure: Disclosure) -> None:
    """Raise `Invalid` unless everything approved was copied into the case's hold, and there is something to look at."""
    held_film.check_whole(tenant_id=disclosure.tenant_id, hold_id=disclosure.hold_id)
    if not any(_copies(disclosure, window) for window in windows_of(disclosure).values() if window.approved_from):
        raise Invalid("核准的時段沒有影像，不能開始調閱。", code="no_footage")


def open_window(
    *, actor: Actor, tenant_id: UUID, viewing_id: UUID, window_id: UUID, take: int, token: str, share: str, kms: Kms
) -> Sequence[Piece]:
    """Open one take of an approved window for this session: one event of the chain, without which no piece is made.

    Raises as `presence.live` and `Keys.check` do, and `NotFound` for a window or take that the session does not have.
    """
    viewing = presence.live(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, token=token)
    window = _window(viewing, window_id)
    copies = _copies(queries.case_of(viewing), window)
    shown = _film(viewing, window, copies, held_clips.laid_out(copies), take=take)
    Keys(viewing=viewing, share=share, actor=actor, kms=kms).check()
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
    return shown.pieces


def open_stretch(
    *,
    actor: Actor,
    tenant_id: UUID,
    viewing_id: UUID,
    window_id: UUID,
    take: int,
    stretch: int,
    token: str,
    share: str,
    store: ObjectStore,
    kms: Kms,
) -> None:
    """Enter so many pieces of an opened window: the one time that the master key opens theirs, and no others.

    Raises as `open_window` does, and `NotAllowed` before it.
    """
    viewing = presence.live(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, token=token)
    window = _opened(viewing, window_id, take)
    copies = _copies(queries.case_of(viewing), window)
    shown = _film(viewing, window, copies, held_clips.laid_out(copies), take=take)
    inside = shown.pieces[(stretch - 1) * STRETCH : stretch * STRETCH] if stretch else ()
    if not inside:
        raise NotFound
    from_us, until_us = inside[0].started_us, inside[-1].started_us + burning.PIECE_US
    lines = [(copy, parse(copy.line)) for copy in copies]
    wanted = [copy for copy, line in lines if line.ended_us > from_us and line.started_us < until_us]
    Keys(viewing=viewing, share=share, actor=actor, kms=kms).open(wanted, store=store)


def opened_window(
    *,
    actor: Actor,
    tenant_id: UUID,
    viewing_id: UUID,
    window_id: UUID,
    take: int,
    token: str,
    share: str,
    store: ObjectStore,
    kms: Kms,
) -> burning.Viewing:
    """The film for the next piece: the session is asked anew, and the chain whether the window was opened in it.

    A piece is read with the keys that lie between the shares, and by no other way. Raises as `open_window` does, and
    `NotAllowed` before it.
    """
    viewing = presence.live(actor=actor, tenant_id=tenant_id, viewing_id=viewing_id, token=token)
    window = _opened(viewing, window_id, take)
    copies, keys = _copies(queries.case_of(viewing), window), Keys(viewing=viewing, share=share, actor=actor, kms=kms)
    keys.check()
    return _film(viewing, window, copies, held_clips.clips_with(keys.of, copies, store=store), take=take)


def takes_of(disclosure: Disclosure, window: DisclosureWindow) -> int:
    """How many takes a window has: more than one where a clock was set back and recorded the same minutes twice."""
    return len(held_film.takes_of(_copies(disclosure, window), span_us=_span_us(window)))


def gaps_of(disclosure: Disclosure, window: DisclosureWindow) -> Sequence[tuple[datetime, datetime, str]]:
    """What of the approved span was not recorded: from, until, and the causes that the box gave, as words."""
    first, last = queries.span_of(window)
    span = CameraWindow(camera_id=window.camera_id, started_at=first, ended_at=last)
    gaps = contents.gaps_in(span, _copies(disclosure, window))
    return [(gap.started_at, gap.ended_at, gap.words) for gap in gaps]


def _opened(viewing: ViewingSession, window_id: UUID, take: int) -> DisclosureWindow:
    window = _window(viewing, window_id)
    opening = queries.opening(viewing, window_id, take)
    found = chain.event(tenant_id=viewing.tenant_id, seq=opening.seq) if opening is not None else None
    if found is None or found.event != Event.VIEWING_OPENED.key or found.fields["viewing_id"] != str(viewing.id):
        raise NotAllowed("影像只能在調閱操作台中觀看。請回到調閱操作台重新開啟播放。")
    return window


def _window(viewing: ViewingSession, window_id: UUID) -> DisclosureWindow:
    window = queries.approved(viewing).get(window_id)
    if window is None:
        raise NotFound
    return window


def _film(
    viewing: ViewingSession,
    window: DisclosureWindow,
    copies: Sequence[PreservedSegment],
    clips: Iterable[Clip],
    *,
    take: int,
) -> burning.Viewing:
    mark = held_film.mark_of(queries.case_of(viewing).serial, viewer=viewing.viewer_code, session=viewing.code)
    return held_film.film(copies, clips, take=take, span_us=_span_us(window), mark=mark)


def _span_us(window: DisclosureWindow) -> tuple[int, int]:
    first, last = queries.span_of(window)
    return microseconds(first), microseconds(last)


def _copies(disclosure: Disclosure, window: DisclosureWindow) -> list[PreservedSegment]:
    first, last = queries.span_of(window)
    span = CameraWindow(camera_id=window.camera_id, started_at=first, ended_at=last)
    return retention.preserved(tenant_id=disclosure.tenant_id, hold_id=disclosure.held_as, span=span)
