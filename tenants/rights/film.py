"""The film of a granted request: its span out of the copies of its hold, with what is hidden already in the picture."""

from collections.abc import Sequence
from uuid import UUID

from infra.burning import Viewing
from infra.kms import Kms
from infra.manifest import instant, microseconds
from infra.objects import ObjectStore
from tenants.actor import Actor
from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.audit.openings import all_since
from tenants.disclosures import held_film
from tenants.disclosures.held_clips import clips_of
from tenants.disclosures.held_film import Take
from tenants.errors import Invalid, NotFound
from tenants.footage.rules import digest_of
from tenants.retention import queries as retention
from tenants.retention.models import PreservedSegment
from tenants.retention.rules import CameraWindow
from tenants.rights.masks import Plan
from tenants.rights.models import RightsRequest


def asked_us(found: RightsRequest) -> tuple[int, int]:
    """The span that was asked for, in microseconds since 1970."""
    assert found.asked_from is not None  # noqa: S101 - a step upon footage begins with `rules.check_shown`
    assert found.asked_until is not None  # noqa: S101 - as above
    return microseconds(found.asked_from), microseconds(found.asked_until)


def plan_of(found: RightsRequest) -> Plan:
    """What is shown and hidden; before anybody said so, all that was asked for, without sound."""
    if found.mask_plan is not None:
        return Plan.of(found.mask_plan)
    begins, ends = asked_us(found)
    return Plan(from_us=begins, until_us=ends)


def check_ready(found: RightsRequest) -> None:
    """Raise `Invalid` unless everything that the request's hold covers was copied into it, and something is there."""
    held_film.check_whole(tenant_id=found.tenant_id, hold_id=_hold_of(found))
    if not _copies(found):
        raise Invalid("請求的時段沒有影像。請於答復中敘明。", code="no_footage")


def takes_of(found: RightsRequest) -> Sequence[Take]:
    """The films that there are: more than one where a clock was set back and recorded the same minutes twice."""
    plan = plan_of(found)
    return held_film.takes_of(_copies(found), span_us=(plan.from_us, plan.until_us))


def check_take(found: RightsRequest, take: int) -> None:
    """Raise `NotFound` for a take that there is not."""
    if take not in {each.number for each in takes_of(found)}:
        raise NotFound


def opened_takes(found: RightsRequest, actor: Actor) -> frozenset[int]:
    """The takes that this person opened as the film is now: of these originals, and since these masks were saved."""
    since = found.masked_at or found.entered_at
    openings = all_since(
        since,
        Event.RIGHTS_WATCHED,
        actor=actor,
        tenant_id=found.tenant_id,
        subject_id=found.id,
        masks_sha256=plan_of(found).sha256,
        digest=sources(found),
    )
    return frozenset(each.fields["take"] for each in openings)


def is_confirmed(found: RightsRequest) -> bool:
    """Whether somebody else confirmed the film as it is now: footage that came in since then nobody has seen."""
    if found.masks_confirmed_at is None:
        return False
    its = {"tenant_id": found.tenant_id, "subject_id": found.id}
    said = [each.fields for each in chain.of_subject(**its, kinds=(Event.RIGHTS_MASKS_CONFIRMED,))]
    now = (plan_of(found).sha256, sources(found))
    return [(each["masks_sha256"], each.get("digest")) for each in said[-1:]] == [now]


def sources(found: RightsRequest) -> str:
    """One hash that stands for the originals that a film is made of: they stay as they are, and this names them."""
    return digest_of((copy.segment_id, copy.plain_sha256) for copy in _copies(found))


def picture(found: RightsRequest, *, take: int, codes: tuple[str, str], store: ObjectStore, kms: Kms) -> Viewing:
    """The film as it is now hidden, marked with the codes of the chain's event that opened it (`codes_of`).

    Raises `NotFound` for a take that there is not.
    """
    plan, (viewer, session), copies = plan_of(found), codes, _copies(found)
    return held_film.film(
        copies,
        clips_of(copies, store=store, kms=kms),
        take=take,
        span_us=(plan.from_us, plan.until_us),
        mark=held_film.mark_of(found.serial, viewer=viewer, session=session),
        sound=plan.sound,
        boxes=plan.boxes,
    )


def _copies(found: RightsRequest) -> Sequence[PreservedSegment]:
    plan = plan_of(found)
    assert found.camera_id is not None  # noqa: S101 - as above
    span = CameraWindow(camera_id=found.camera_id, started_at=instant(plan.from_us), ended_at=instant(plan.until_us))
    return retention.preserved(tenant_id=found.tenant_id, hold_id=_hold_of(found), span=span)


def _hold_of(found: RightsRequest) -> UUID:
    assert found.hold_id is not None  # noqa: S101 - footage that was asked for was preserved at receipt (DR-01)
    return found.hold_id
