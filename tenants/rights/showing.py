"""Opening the film of a granted request, and making the copy that leaves: never without an event before it."""

from uuid import UUID

from infra import clock
from infra.burning import Viewing
from infra.kms import Kms
from infra.objects import ObjectStore
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.audit.openings import opened
from tenants.audit.picture_codes import codes_of
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import Permission
from tenants.rights import film, looking, queries
from tenants.rights.lifecycle import RightsStep, next_state
from tenants.rights.masking import begin, check_handled, locked_copy
from tenants.rights.models import RightsCopy, RightsRequest, RightsState
from tenants.rights.steps import record, start


def open_film(
    *, actor: Actor, tenant_id: UUID, rights_id: UUID, take: int, store: ObjectStore, kms: Kms
) -> tuple[Viewing, int]:
    """The film for whoever reviews, masks or shows it, and the number of the event without which no piece is made."""
    found = start(RightsStep.WATCH, actor=actor, tenant_id=tenant_id, rights_id=rights_id)
    _check_watched(found, actor)
    film.check_take(found, take)
    said = {"take": take, "masks_sha256": film.plan_of(found).sha256, "digest": film.sources(found)}
    link = record(RightsStep.WATCH, found, actor=actor, **said)
    codes = codes_of(link.seq, link.hash())
    return film.picture(found, take=take, codes=codes, store=store, kms=kms), link.seq


def opened_film(
    *, actor: Actor, tenant_id: UUID, rights_id: UUID, take: int, seq: int | None, store: ObjectStore, kms: Kms
) -> Viewing:
    """The same for the next piece: `seq` says where in the chain to look for this person's opening of this film.

    Raises `NotAllowed` where it is not found there, or is older than four hours, `InvalidTransition` once the case is
    closed, and `Invalid` once it may not be watched any more.
    """
    actor.require(Permission.FOOTAGE_WATCH)
    found = queries.request(tenant_id=tenant_id, rights_id=rights_id)
    next_state(RightsState(found.state), RightsStep.WATCH)
    event = opened(Event.RIGHTS_WATCHED, actor=actor, tenant_id=tenant_id, seq=seq, subject_id=rights_id, take=take)
    if event is None:
        raise NotAllowed("影像只能在「遮蔽與製作複製本」的頁面中觀看。請回到該頁面重新開啟。")
    _check_watched(found, actor)
    codes = codes_of(event.seq, event.hash)
    return film.picture(found, take=take, codes=codes, store=store, kms=kms)


def _check_watched(found: RightsRequest, actor: Actor) -> None:
    """Raise unless this person may watch the film now: with somebody beside, until what is hidden was confirmed."""
    if found.answered_at is None:
        actor.require(Permission.RIGHTS_HANDLE)
    else:
        check_handled(found, actor)
    if found.answered_at is None or not film.is_confirmed(found):
        looking.check_accompanied(found, actor)
    film.check_ready(found)


def take_copy(*, actor: Actor, tenant_id: UUID, copy_id: UUID, store: ObjectStore, kms: Kms) -> Viewing:
    """The film that goes onto the medium, with the event before its first byte.

    Raises `Invalid` where the masks changed since the medium was named, or the copy already left whole.
    """
    copy = locked_copy(tenant_id=tenant_id, copy_id=copy_id)
    found = begin(RightsStep.TAKE_COPY, actor=actor, tenant_id=tenant_id, rights_id=copy.rights_id)
    if copy.sha256:
        raise Invalid("這個媒體的複製本已經下載過。媒體毀損時，請登記另一個媒體。", code="taken")
    film.check_ready(found)
    plan = film.plan_of(found)
    if copy.masks_sha256 != plan.sha256 or not film.is_confirmed(found):
        raise Invalid(
            "遮蔽範圍或影像在登記媒體之後變更過。請由另一位人員再確認，並重新登記媒體。", code="masks_changed"
        )
    copy.taken_at = clock.now()
    said = {"masked_copy_id": str(copy.id), "masks_sha256": plan.sha256, "digest": film.sources(found)}
    link = record(RightsStep.TAKE_COPY, found, actor=actor, **said)
    codes = codes_of(link.seq, link.hash())
    return film.picture(found, take=copy.take, codes=codes, store=store, kms=kms)


def note_copy(*, actor: Actor, tenant_id: UUID, copy_id: UUID, sha256: str, sent: int, whole: bool) -> RightsCopy:
    """What left: how many bytes of which hash, and whether it was all. Only a whole copy may be read back."""
    copy = locked_copy(tenant_id=tenant_id, copy_id=copy_id)
    found = start(RightsStep.NOTE_COPY, actor=actor, tenant_id=tenant_id, rights_id=copy.rights_id)
    if whole:
        copy.sha256, copy.bytes = sha256, sent
    said = {"masked_copy_id": str(copy.id), "sha256": sha256, "bytes": sent, "whole": whole}
    record(RightsStep.NOTE_COPY, found, actor=actor, **said)
    return copy
