"""The institution's own look at a finished package before it leaves: its parts, made anew from the copies of the hold.

Nothing is kept for it. Each opening is one event of the chain, without which no piece is made, and whose number is in
every picture: who photographs the screen photographs who reviewed (DR-13, `picture_codes`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra.burning import Viewing, pieces_of
from infra.joining import ROUNDED_US
from infra.kms import Kms
from infra.manifest import microseconds
from infra.objects import ObjectStore
from infra.playlists import Piece
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.audit.openings import opened
from tenants.audit.picture_codes import codes_of
from tenants.disclosures import held_film
from tenants.disclosures.held_clips import clips_of
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.disclosures.packages import contents, queries
from tenants.disclosures.packages.manifest import ApprovedWindow
from tenants.disclosures.packages.models import PackageState
from tenants.disclosures.packages.parts import PackagePart, parts_of
from tenants.errors import NotAllowed, NotFound
from tenants.permissions import Permission
from tenants.registry.assessments.playback import check_playable
from tenants.retention import queries as retention
from tenants.retention.models import PreservedSegment


@dataclass(frozen=True)
class Opened:
    """A part that was opened: by which event of the chain, and the pieces that may be asked for from then on."""

    seq: int
    pieces: Sequence[Piece]


def check_there(*, tenant_id: UUID, package_id: UUID, part: int) -> None:
    """Raise as `open_part` does, whoever asks."""
    _found(tenant_id, package_id, part)


def open_part(*, actor: Actor, tenant_id: UUID, package_id: UUID, part: int) -> Opened:
    """Open a part of a finished package for this person: one event of the chain. No key is needed for it.

    Raises `NotFound` for what there is not, `NotAllowed` for a case of which nobody plays a package, and as
    `held_film.check_going_on`.
    """
    actor.require(Permission.FOOTAGE_WATCH)
    found = _found(tenant_id, package_id, part)
    link = audit.record(
        Event.PACKAGE_WATCHED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.disclosure.id,
        package_id=str(package_id),
        serial=found.disclosure.serial,
        part=part,
    )
    return Opened(link.seq, pieces_of(*found.span_us))


def opened_part(
    *, actor: Actor, tenant_id: UUID, package_id: UUID, part: int, seq: int | None, store: ObjectStore, kms: Kms
) -> Viewing:
    """The same for the next piece, if the chain says that this person opened this part not long ago (`opened`).

    `seq` only says where to look. Raises as `open_part` does, and `NotAllowed` before it.
    """
    found = _found(tenant_id, package_id, part)
    asked: dict[str, Any] = {"tenant_id": tenant_id, "seq": seq, "subject_id": found.disclosure.id}
    event = opened(Event.PACKAGE_WATCHED, actor=actor, **asked, package_id=str(package_id), part=part)
    if event is None:
        raise NotAllowed("影像只能在案件的播放頁面中觀看。請回到案件頁面重新開啟播放。")
    return found.shown(event.seq, event.hash, store=store, kms=kms)


@dataclass(frozen=True)
class _Found:
    """A part of a finished package, with what was approved of its camera."""

    disclosure: Disclosure
    window: ApprovedWindow
    part: PackagePart

    @property
    def span_us(self) -> tuple[int, int]:
        """What the part shows, and no frame from outside what is approved now (DR-12). Raises `NotFound`."""
        first = max(microseconds(self.window.started_at), self.part.started_us - ROUNDED_US)
        last = min(microseconds(self.window.ended_at), self.part.ended_us)
        if last <= first:
            raise NotFound
        return first, last

    def shown(self, seq: int, digest: str, *, store: ObjectStore, kms: Kms) -> Viewing:
        """Its picture, with the event that opened it in each frame."""
        viewer, session = codes_of(seq, digest)
        mark = held_film.mark_of(self.disclosure.serial, viewer=viewer, session=session)
        copies = self._copies()
        clips = clips_of(copies, store=store, kms=kms)
        return held_film.film(copies, clips, take=1, span_us=self.span_us, mark=mark)

    def _copies(self) -> Sequence[PreservedSegment]:
        """What the part was made of, and nothing that arrived since. One take: a part's clips follow one another.

        A package that was built before this was noted has what its hold has.
        """
        of = {"tenant_id": self.disclosure.tenant_id, "hold_id": self.disclosure.held_as}
        joined, held = frozenset(self.part.segments), retention.preserved(**of, span=self.window)
        return [copy for copy in held if copy.segment_id in joined] if joined else held


def _found(tenant_id: UUID, package_id: UUID, part: int) -> _Found:
    package = queries.package(tenant_id=tenant_id, package_id=package_id)
    if package.agency_id is None:  # an insider looks with somebody beside them, in a session, or not at all (KH-6-2i)
        raise NotAllowed("家長與教職員工申請的影像只能在陪同調閱時觀看。請由申請案件頁面開始調閱。")
    if package.state != PackageState.READY:
        raise NotFound
    disclosure = queries.disclosure_of(package)
    if disclosure.state == DisclosureState.WITHDRAWN:
        raise NotAllowed("案件已由來文機關撤回，影像不再播放，於救濟期間屆滿後銷毀。")
    windows = {window.id: window for window in contents.approved_windows(disclosure)}
    for held in parts_of(package):
        if held.number == part and held.window_id in windows:
            held_film.check_going_on(tenant_id=tenant_id, hold_id=disclosure.hold_id)
            check_playable(tenant_id=tenant_id, camera_ids=[windows[held.window_id].camera_id])
            return _Found(disclosure, windows[held.window_id], held)
    raise NotFound
