"""Whether a device's signed line may enter the index: its own signature and cameras, a living key, a possible time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, tuple_

from infra import object_keys
from infra.age_keys import name_of
from infra.db import db
from infra.manifest import BadManifest, ManifestLine, SignedLine, parse_and_verify
from infra.refusals import DESTROYED, REFUSALS
from tenants.actor import Actor
from tenants.errors import Invalid, NotAllowed
from tenants.footage.models import DayKey
from tenants.footage.rules import Window, is_plausible
from tenants.registry import device_queries
from tenants.registry import queries as registry
from tenants.registry.models import Camera, EdgeDevice

# A line lies beside its object in a header of the store's, which takes 2 KB with names and signature. Ours have 900.
_LONGEST_LINE = 1800


@dataclass(frozen=True)
class Rejection:
    """Why a line does not enter. `code` is stable; the sentence is for the person at the box."""

    code: str

    @property
    def detail(self) -> str:
        """What happened and what to do, in 繁體中文."""
        return REFUSALS[self.code].words


@dataclass(frozen=True)
class Admitted:
    """A line that may enter, with the text that was signed."""

    line: ManifestLine
    held: SignedLine

    @property
    def object_key(self) -> str:
        """Where its bytes belong in the store."""
        return object_keys.segment(
            retention_days=self.line.retention_days,
            tenant_id=self.line.tenant_id,
            day=self.line.civil_day,
            camera_id=self.line.camera_id,
            segment_id=self.line.segment_id,
        )


def judge(lines: Iterable[SignedLine], *, actor: Actor, tenant_id: UUID, now: datetime) -> list[Admitted | Rejection]:
    """What becomes of each line, in the order given. Writes nothing.

    The same judgement is made twice: before an upload is signed, and again at its confirmation.
    """
    device = device_of(actor, tenant_id)
    parsed = [_parsed(one, device) for one in lines]
    days = {(one.line.civil_day, one.line.retention_days) for one in parsed if isinstance(one, Admitted)}
    cameras, keys = own_cameras(device), _keys(tenant_id, days)
    until = registry.tenant(tenant_id=tenant_id).filmed_until
    judged = [one if isinstance(one, Rejection) else _judged(one, device, cameras, keys, now) for one in parsed]
    return [_before_closing(one, until) if isinstance(one, Admitted) else one for one in judged]


def device_of(actor: Actor, tenant_id: UUID) -> EdgeDevice:
    """The device that acts. Raises `NotAllowed` when the actor is none, or was withdrawn."""
    if actor.id is None:
        raise NotAllowed("只有已註冊的邊緣主機可以上傳監錄資料。")
    device = device_queries.device(tenant_id=tenant_id, device_id=actor.id)
    if device.revoked_at is not None:
        raise NotAllowed("這台邊緣主機已被停用。請洽機構承辦人重新註冊。")
    return device


def own_cameras(device: EdgeDevice) -> Mapping[UUID, Camera]:
    """The cameras of the device's site by id, also retired ones: what they recorded before may still arrive."""
    found = device_queries.every_camera_of_site(tenant_id=device.tenant_id, site_id=device.site_id)
    return {camera.id: camera for camera in found}


def check_own(device: EdgeDevice, named: Iterable[UUID]) -> None:
    """Raise `Invalid` unless all of these are cameras of the device's site."""
    if set(named) - own_cameras(device).keys():
        raise Invalid("回報的鏡頭不屬於這台主機所在的地點。請檢查邊緣主機的鏡頭設定。", code="foreign_camera")


def _before_closing(admitted: Admitted, until: datetime | None) -> Admitted | Rejection:
    """What was recorded before the institution closed is taken, however late it comes; nothing after (DR-33)."""
    return admitted if until is None or admitted.line.started_at < until else Rejection("after_closing")


def _parsed(held: SignedLine, device: EdgeDevice) -> Admitted | Rejection:
    if not held.line.isascii() or len(held.line) > _LONGEST_LINE:
        return Rejection("bad_line")
    try:
        return Admitted(parse_and_verify(held, public_key=device.public_key), held)
    except BadManifest as error:
        return Rejection(error.code)


def _judged(
    admitted: Admitted,
    device: EdgeDevice,
    cameras: Mapping[UUID, Camera],
    keys: Mapping[tuple[date, int], DayKey],
    now: datetime,
) -> Admitted | Rejection:
    line = admitted.line
    camera = cameras.get(line.camera_id)
    key = keys.get((line.civil_day, line.retention_days))
    owners = (line.device_id, line.tenant_id, line.site_id) == (device.id, device.tenant_id, device.site_id)
    possible = is_plausible(Window(line.started_at, line.ended_at), now=now)
    faults = {
        "other_device": not owners,
        "foreign_camera": camera is None,
        # Before its age: of a day that is over the box drops its copy too (DR-05), and asks about all else again.
        DESTROYED: key is not None and key.destroyed_at is not None,
        "implausible_time": not possible,
        "unknown_key": key is None or name_of(key.recipient) != line.recipient,
        # KH-3-11: sound that the notice does not mention never enters
        "audio_not_allowed": camera is not None and line.audio and not camera.audio,
    }
    return next((Rejection(code) for code, found in faults.items() if found), admitted)


def _keys(tenant_id: UUID, days: set[tuple[date, int]]) -> Mapping[tuple[date, int], DayKey]:
    query = select(DayKey).where(
        DayKey.tenant_id == tenant_id, tuple_(DayKey.civil_day, DayKey.retention_days).in_(days)
    )
    return {(key.civil_day, key.retention_days): key for key in db.session.scalars(query)} if days else {}
