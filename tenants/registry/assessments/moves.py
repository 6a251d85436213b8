"""That a camera before a washroom shows something else than was reviewed: a new look is due from then on (KH-3-4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.registry.assessments import queries
from tenants.registry.assessments.models import CameraMove
from tenants.registry.assessments.rules import EntranceState, MoveSign


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What a box says of a camera's view: whether it is not the accepted one any more, and when that was accepted."""

    seen_at: datetime
    is_moved: bool
    reference_at: datetime | None


def note_moves(*, actor: Actor, tenant_id: UUID, seen: Mapping[UUID, Seen]) -> None:
    """Keep that a camera moved, once until it is reviewed again; of other cameras nothing is kept.

    A new reference is a move too: who turns a camera and accepts its new view between two looks has moved it.
    """
    for entrance in queries.entrances(tenant_id=tenant_id, camera_ids=list(seen)):
        said = seen[entrance.camera.id]
        sign = _sign(entrance, said)
        if sign is None or entrance.state in {EntranceState.MOVED, EntranceState.NEVER}:
            continue
        db.session.add(
            CameraMove(
                id=uuid4(), tenant_id=tenant_id, camera_id=entrance.camera.id, seen_at=said.seen_at, sign=sign.value
            )
        )
        audit.record(
            Event.CAMERA_MOVED,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=entrance.camera.id,
            camera_id=str(entrance.camera.id),
            sign=sign.value,
        )


def _sign(entrance: queries.Entrance, said: Seen) -> MoveSign | None:
    if said.is_moved:
        return MoveSign.PICTURE
    if said.reference_at is not None and entrance.reviewed_at is not None and said.reference_at > entrance.reviewed_at:
        return MoveSign.REFERENCE
    return None
