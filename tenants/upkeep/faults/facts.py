"""What is known of an institution's cameras and boxes now, as facts for or against each kind of fault.

A kind without a fact is not known: it neither opens a fault nor says that one is over (DR-30).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select

from infra.camera_profiles import DIFFERENCE_NAMES
from infra.causes import GapCause, PictureFault
from infra.clock import TAIPEI, civil_day
from infra.db import db
from infra.disk_hours import ALARM_HOURS
from tenants.footage import camera_checks, camera_days, pictures, times
from tenants.footage.camera_checks import Look
from tenants.footage.models import Segment
from tenants.footage.pictures import PictureHealth
from tenants.footage.remarks import remarks
from tenants.footage.rules import CAUSE_NAMES, SILENT_AFTER, Now, Reported, Window, state_now
from tenants.footage.times import CameraClock, Drift
from tenants.registry import device_queries, disks
from tenants.registry import queries as registry
from tenants.registry.models import Camera, EdgeDevice
from tenants.registry.zones import NEEDS_MASK
from tenants.upkeep.faults.kinds import FaultKind

# A person may stand still before a wall; a picture that is the same to the point for so long comes from no lens.
_STILL_FOR = timedelta(minutes=10)
# By night an unlit room cannot be told from a covered lens, and is no fault (KH-3-8).
_DAYLIGHT = range(7, 18)
# Segments arrive within minutes; an older one says nothing of how the camera is set now.
_FRESH_SOUND = timedelta(minutes=20)
_LAST_DAY = timedelta(hours=24)
# A box looks once a night, and a night without an answer is none that is over.
_FRESH_CHECK = timedelta(days=3)
# A disk that frees an hour and fills it again is short all the while.
_ENOUGH_HOURS = ALARM_HOURS + 12
# Not recording is what was decided, and no fault.
_DECIDED = frozenset({GapCause.CAMERA_DISABLED, GapCause.PROHIBITED_ZONE, GapCause.SETTINGS_CHANGED})
_OF_DISK = frozenset({GapCause.DISK_FULL, GapCause.SPOOL_FAILED, GapCause.SPOOL_MISSING})
_OF_PICTURE: Mapping[PictureFault, FaultKind] = {
    PictureFault.DARK: FaultKind.DARK,
    PictureFault.BLOCKED: FaultKind.BLOCKED,
    PictureFault.MOVED: FaultKind.MOVED,
    PictureFault.BLURRED: FaultKind.BLURRED,
    PictureFault.STILL: FaultKind.STILL,
    PictureFault.COLOURLESS: FaultKind.COLOURLESS,
}
_SEGMENT = Segment.__table__.c
_SOUND = (
    select(_SEGMENT.camera_id, _SEGMENT.started_at, _SEGMENT.audio)
    .where(
        _SEGMENT.tenant_id == bindparam("tenant_id"),
        _SEGMENT.camera_id.in_(bindparam("camera_ids", expanding=True)),
        _SEGMENT.civil_day.between(bindparam("first_day"), bindparam("last_day")),
        _SEGMENT.started_at > bindparam("since"),
    )
    .order_by(_SEGMENT.started_at)
)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that is known: since when it is wrong, or when it was seen to be right; of which moment; in words.

    `elsewhere`: another kind's fault says it already. `silent`: nobody hears from the box.
    """

    wrong: bool
    since: datetime
    at: datetime
    words: str = ""
    elsewhere: bool = False
    silent: bool = False


Facts = Mapping[FaultKind, Fact]


@dataclass(frozen=True, kw_only=True)
class Known:
    """All of it, by camera in use and by site."""

    cameras: Mapping[UUID, Camera]
    of_cameras: Mapping[UUID, Facts]
    of_sites: Mapping[UUID, Facts]


def known(*, tenant_id: UUID, now: datetime, losses_since: datetime | None = None) -> Known:
    """What is known at this moment. Losses count from `losses_since`, at most a day back."""
    cameras = {each.id: each for each in registry.cameras_in_use(tenant_id=tenant_id, day=civil_day(now))}
    said, stopped = camera_days.statuses(tenant_id=tenant_id), camera_days.stopped_since(tenant_id=tenant_id)
    looks, clocks = pictures.healths(tenant_id=tenant_id), times.of_cameras(tenant_id=tenant_id)
    sounds = _sounds(tenant_id, [each for each in cameras.values() if not each.audio], now)
    checks = camera_checks.looks(tenant_id=tenant_id, camera_ids=list(cameras))
    losses = _losses(tenant_id, cameras, now, losses_since)
    found = {}
    for camera_id, camera in cameras.items():
        clock = clocks[camera_id].clock if camera_id in clocks else None
        facts = {
            **_recording(said.get(camera_id), stopped.get(camera_id), now),
            **_picture(looks.get(camera_id), now),
            **_clock(clock, now),
            **({FaultKind.SOUND: sounds[camera_id]} if camera_id in sounds else {}),
            **_check(checks.get(camera_id), camera, now),
            **({FaultKind.PACKETS: losses[camera_id]} if camera_id in losses and camera_id in said else {}),
        }
        found[camera_id] = _with_stillness(facts, said.get(camera_id), now)
    return Known(cameras=cameras, of_cameras=found, of_sites=_of_sites(tenant_id, cameras, found, now))


def _recording(said: Reported | None, stopped: datetime | None, now: datetime) -> Facts:
    if said is None or said.fault in _DECIDED:
        return {}
    state = state_now(said, now)
    if state is Now.RECORDING:
        right = Fact(wrong=False, since=said.at, at=said.at)
        return {FaultKind.NOT_RECORDING: right, FaultKind.KEY: right}
    since = min(stopped or said.recorded_until or said.at, said.at)
    if state is Now.SILENT:
        words = CAUSE_NAMES[GapCause.NO_CONTACT]
        return {FaultKind.NOT_RECORDING: Fact(wrong=True, since=since, at=said.at, words=words, silent=True)}
    of_key = said.fault is GapCause.NO_DAY_KEY
    fact = Fact(
        wrong=True,
        since=since,
        at=said.at,
        words=CAUSE_NAMES[said.fault or GapCause.NOT_EXPLAINED],
        elsewhere=of_key or said.fault in _OF_DISK,
    )
    return {FaultKind.NOT_RECORDING: fact, **({FaultKind.KEY: fact} if of_key else {})}


def _picture(look: PictureHealth | None, now: datetime) -> Facts:
    if look is None or now - look.taken_at > pictures.OLD:
        return {}
    found: dict[FaultKind, Fact] = {}
    for fault, kind in _OF_PICTURE.items():
        wrong = fault in look.all_faults
        if fault is PictureFault.DARK and look.taken_at.astimezone(TAIPEI).hour not in _DAYLIGHT:
            continue
        if fault is PictureFault.COLOURLESS and not wrong and look.colourless_since is not None:
            continue  # grey, and it is not bright yet: nothing is known
        found[kind] = Fact(wrong=wrong, since=look.taken_at, at=look.taken_at)
    return found


def _with_stillness(facts: Facts, said: Reported | None, now: datetime) -> Facts:
    """A picture that stands still is seen in the stream within minutes, and by the hour's look besides."""
    if said is None or state_now(said, now) is not Now.RECORDING:
        return facts
    frozen = said.frozen_since is not None and now - said.frozen_since >= _STILL_FOR
    by_look = FaultKind.STILL in facts and facts[FaultKind.STILL].wrong
    if not frozen and (by_look or said.frozen_since is not None):
        return facts
    since = said.frozen_since if frozen and said.frozen_since is not None else said.at
    return {**facts, FaultKind.STILL: Fact(wrong=frozen, since=since, at=said.at)}


def _clock(held: CameraClock | None, now: datetime) -> Facts:
    """Wrong from half a minute on (KH-3-10), and right again only below five seconds: between them it may come back."""
    drift = held.drift(now) if held is not None else Drift.UNKNOWN
    if held is None or drift in {Drift.UNKNOWN, Drift.WARN}:
        return {}
    seconds = round(abs(held.offset_ms) / 1000)
    side = "慢" if held.offset_ms > 0 else "快"
    zone = "，應為時區設定錯誤" if drift is Drift.TIME_ZONE else ""
    words = "" if drift is Drift.GOOD else f"鏡頭時鐘{side} {seconds} 秒{zone}"
    return {FaultKind.CLOCK: Fact(wrong=drift is not Drift.GOOD, since=held.read_at, at=held.read_at, words=words)}


def _sounds(tenant_id: UUID, cameras: Iterable[Camera], now: datetime) -> Mapping[UUID, Fact]:
    """Whether cameras that must not record sound do so all the same (Q-15), by their newest segment."""
    since = now - _FRESH_SOUND
    asked = {
        "tenant_id": tenant_id,
        "camera_ids": [each.id for each in cameras],
        "first_day": civil_day(since),
        "last_day": civil_day(now),
        "since": since,
    }
    return {
        camera_id: Fact(wrong=audio, since=at, at=at, words="這支鏡頭設定為不收音，但錄到的影像有聲音" if audio else "")
        for camera_id, at, audio in db.session.execute(_SOUND, asked)
    }


def _check(look: Look | None, camera: Camera, now: datetime) -> Facts:
    """What the night's look says of how a camera is set, for the nights that it stands for.

    Of cameras that must not show all they see (KH-3-6, DR-19) a mask that somebody took off is a fault at once. That
    one is on says nothing of what else is wrong with the picture, and whether it covers enough a person sees.
    """
    if look is None or now - look.at >= _FRESH_CHECK:
        return {}
    found: dict[FaultKind, Fact] = {}
    if camera.zone in NEEDS_MASK and look.masks == 0:
        found[FaultKind.PICTURE] = Fact(wrong=True, since=look.at, at=look.at, words="隱私遮罩已關閉或被移除")
    if look.differs is not None:
        named = "、".join(DIFFERENCE_NAMES[one] for one in look.differs)
        words = f"{named}與核定的不同，請改回，或檢視畫面後重新核定" if named else ""
        found[FaultKind.SETTINGS] = Fact(wrong=bool(named), since=look.at, at=look.at, words=words)
    return found


def _losses(
    tenant_id: UUID, cameras: Mapping[UUID, Camera], now: datetime, losses_since: datetime | None
) -> Mapping[UUID, Fact]:
    since = max(now - _LAST_DAY, losses_since or now - _LAST_DAY)
    if since >= now:
        return {}
    told = remarks(tenant_id=tenant_id, camera_ids=list(cameras), window=Window(since, now))
    found = {camera_id: told[camera_id].loss if camera_id in told else None for camera_id in cameras}
    return {
        camera_id: Fact(
            wrong=loss is not None and loss.is_much,
            since=now,
            at=now,
            words=f"最近一天遺失 {loss.packets:,} 個封包，出現在 {loss.segments} 個片段" if loss is not None else "",
        )
        for camera_id, loss in found.items()
    }


def _of_sites(
    tenant_id: UUID, cameras: Mapping[UUID, Camera], of_cameras: Mapping[UUID, Facts], now: datetime
) -> Mapping[UUID, Facts]:
    found: dict[UUID, dict[FaultKind, Fact]] = {}
    for camera_id, camera in cameras.items():
        fact = of_cameras[camera_id].get(FaultKind.NOT_RECORDING)
        if fact is None:
            continue
        held = found.setdefault(camera.site_id, {}).get(FaultKind.BOX_OR_SWITCH)
        # The box is silent while no camera of the place is heard of; the last word is the newest.
        newest = fact if held is None or fact.at > held.at else held
        wrong = fact.silent and (held is None or held.wrong)
        found[camera.site_id][FaultKind.BOX_OR_SWITCH] = Fact(
            wrong=wrong, since=newest.at, at=newest.at, words=CAUSE_NAMES[GapCause.NO_CONTACT] if wrong else ""
        )
    for device in device_queries.devices(tenant_id=tenant_id):
        disk = _disk(device, now)
        if disk is not None:
            held = found.setdefault(device.site_id, {}).get(FaultKind.DISK)
            found[device.site_id][FaultKind.DISK] = held if held is not None and held.wrong else disk
    return found


def _disk(device: EdgeDevice, now: datetime) -> Fact | None:
    heard = device.last_seen_at
    if device.revoked_at is not None or heard is None or now - heard > SILENT_AFTER:
        return None
    hours = disks.hours_left(device, now=now)
    if device.disk_fault or (hours is not None and disks.is_short(hours)):
        words = {"full": "磁碟已滿", "missing": "找不到錄影磁碟"}.get(device.disk_fault, f"磁碟只夠再存 {hours} 小時")
        return Fact(wrong=True, since=heard, at=heard, words=f"邊緣主機「{device.name}」{words}")
    return Fact(wrong=False, since=heard, at=heard) if hours is None or hours >= _ENOUGH_HOURS else None
