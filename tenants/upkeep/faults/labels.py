"""The label on a camera: whoever stands there says what is wrong, without an account (TY-3-3a).

A code opens nothing and shows a camera's name only. Words that strangers send are kept from vendors as all words are,
and a flood of them is refused by counting what was sent: no address of anybody is kept.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, select

from infra import clock
from infra.db import db
from infra.turns import queue_up
from tenants.actor import Actor, person, system
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.registry import standing
from tenants.registry.models import Camera
from tenants.upkeep.faults.actions import open_fault
from tenants.upkeep.faults.kinds import FaultKind, How
from tenants.upkeep.faults.models import Fault, FaultLabel, FaultLine
from tenants.upkeep.faults.rules import Found

# Without letters that are read for one another.
_LETTERS, _LENGTH = "23456789abcdefghjkmnpqrstuvwxyz", 10
LONGEST = 200
# Three people may see the same thing in an hour; a school in which thirty cameras are reported has called somebody.
_OF_CAMERA, _OF_INSTITUTION, _WITHIN = 3, 30, timedelta(hours=1)
# What somebody who stands before a camera can see.
SEEN = (FaultKind.MOVED, FaultKind.BLOCKED, FaultKind.DAMAGE, FaultKind.OTHER)


@dataclass(frozen=True)
class Labelled:
    """A camera by its label."""

    camera: Camera
    code: str


def make_labels(*, actor: Actor, tenant_id: UUID) -> Sequence[Labelled]:
    """A label for every camera in use; one that has a label keeps it, since it hangs there. Raises `Closed`."""
    actor.require(Permission.FAULT_HANDLE)
    standing.refuse_closed(tenant_id=tenant_id, what="不再製作鏡頭標籤")
    queue_up("fault-labels", tenant_id)
    held = labels(tenant_id=tenant_id)
    without = [each for each in registry.cameras(tenant_id=tenant_id) if each.id not in held]
    for camera in without:
        code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        named = {"tenant_id": tenant_id, "camera_id": camera.id, "made_by": person(actor)}
        db.session.add(FaultLabel(id=uuid4(), code=code, made_at=clock.now(), **named))
    if without:
        audit.record(Event.FAULT_LABELS_MADE, tenant_id=tenant_id, actor=actor, count=len(without))
    return labelled(tenant_id=tenant_id)


def labelled(*, tenant_id: UUID) -> list[Labelled]:
    """The cameras in use that have a label, by site and code."""
    held = labels(tenant_id=tenant_id)
    return [Labelled(each, held[each.id]) for each in registry.cameras(tenant_id=tenant_id) if each.id in held]


def labels(*, tenant_id: UUID) -> Mapping[UUID, str]:
    """The code of each camera that has one."""
    query = select(FaultLabel).where(FaultLabel.tenant_id == tenant_id, FaultLabel.revoked_at.is_(None))
    return {held.camera_id: held.code for held in db.session.scalars(query)}


def camera_of(*, tenant_id: UUID, code: str) -> Camera:
    """The camera whose label bears the code. Raises `NotFound`, also for one that was retired."""
    found = db.session.scalar(
        select(Camera)
        .join(FaultLabel, (FaultLabel.tenant_id == Camera.tenant_id) & (FaultLabel.camera_id == Camera.id))
        .where(FaultLabel.tenant_id == tenant_id, FaultLabel.code == code, FaultLabel.revoked_at.is_(None))
    )
    if found is None or found.retired_on is not None:
        raise NotFound
    return found


def report_by_label(*, tenant_id: UUID, code: str, kind: FaultKind, words: str, actor: Actor) -> Fault:
    """Enter what a passer-by saw. Raises `NotFound`, `Closed`, and `Invalid`: too long, or too many in an hour."""
    camera, now = camera_of(tenant_id=tenant_id, code=code), clock.now()
    if kind not in SEEN:
        raise Invalid("請選擇看到的情形。", field="kind", code="kind_missing")
    if len(words.strip()) > LONGEST:
        raise Invalid(f"說明請在 {LONGEST} 字以內。", field="words", code="too_long")
    queue_up("fault-findings", tenant_id)
    if _sent(tenant_id, now, camera.id) >= _OF_CAMERA:
        raise Invalid("這支鏡頭剛才已有多人通報，學校已經收到，不必再送。", code="too_many")
    if _sent(tenant_id, now) >= _OF_INSTITUTION:
        raise Invalid("目前通報較多，請直接告知學校辦公室。", code="too_many")
    found = Found(kind=kind, camera_ids=[camera.id], found_at=now, how=How.QR, words=words)
    assert actor.id is None  # noqa: S101 - nobody signed in
    return open_fault(actor=system("fault_label"), tenant_id=tenant_id, found=found)


def _sent(tenant_id: UUID, now: datetime, camera_id: UUID | None = None) -> int:
    query = select(func.count()).where(
        FaultLine.tenant_id == tenant_id, FaultLine.how == How.QR, FaultLine.at > now - _WITHIN
    )
    if camera_id is not None:
        query = query.where(FaultLine.camera_id == camera_id)
    return db.session.scalar(query) or 0
