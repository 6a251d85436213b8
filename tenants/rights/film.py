"""The film of a granted request: its span out of the copies of its hold, with what is hidden already in the picture."""

from collections.abc import Sequence
from uuid import UUID

from infra.burning import Viewing
from infra.kms import Kms
from infra.manifest import instant, microseconds
from infra.objects import ObjectStore
from tenants.disclosures import held_film
from tenants.errors import Invalid
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


def takes_of(found: RightsRequest) -> int:
    """How many films there are: more than one where a clock was set back and recorded the same minutes twice."""
    return held_film.takes_of(_copies(found))


def sources(found: RightsRequest) -> str:
    """One hash that stands for the originals that a film is made of: they stay as they are, and this names them."""
    return digest_of((copy.segment_id, copy.plain_sha256) for copy in _copies(found))


def picture(found: RightsRequest, *, take: int, codes: tuple[str, str], store: ObjectStore, kms: Kms) -> Viewing:
    """The film as it is now hidden, marked with the codes of the chain's event that opened it (`codes_of`).

    Raises `NotFound` for a take that there is not.
    """
    plan, (viewer, session) = plan_of(found), codes
    return held_film.film(
        _copies(found),
        take=take,
        span_us=(plan.from_us, plan.until_us),
        mark=held_film.mark_of(found.serial, viewer=viewer, session=session),
        store=store,
        kms=kms,
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
