"""The ledger beside what the boxes see: devices without an entry, entries that nobody sees, and other brands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Date, Select, cast, func, literal, null, select, true, union_all

from infra import clock
from infra.db import db
from infra.statements import made_once
from tenants.footage.check_models import CameraCheck
from tenants.footage.newest_checks import newest_check
from tenants.registry.models import Camera, EdgeDevice
from tenants.upkeep.property import rules
from tenants.upkeep.property.models import Asset

# 本系統預設: a camera is measured every night, a box speaks every minute; after a week it is not seen.
UNSEEN_AFTER = timedelta(days=7)


class Thing(StrEnum):
    """What was seen."""

    CAMERA = "camera"
    DEVICE = "device"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A camera or box of the institution, as its box told of it last: empty and None where nothing was told."""

    thing: Thing
    id: UUID
    name: str
    since: date
    seen_at: datetime | None
    brand: str = ""
    model: str = ""
    firmware: str = ""
    in_use: bool = True


def seen(*, tenant_id: UUID, day: date) -> Sequence[Seen]:
    """Every camera and box that there was by the end of a civil day; one query."""
    until = clock.day_start(day + timedelta(days=1))
    found = db.session.execute(*_things(tenant_id=tenant_id, day=day, until=until))
    return [
        Seen(
            thing=Thing(thing),
            id=its_id,
            name=name,
            since=max(clock.civil_day(begun_at), active_from or date.min),
            seen_at=seen_at,
            brand=brand,
            model=model,
            firmware=firmware,
            in_use=in_use,
        )
        for thing, its_id, name, begun_at, active_from, seen_at, brand, model, firmware, in_use in found
    ]


def unlisted(found: Sequence[Seen], assets: Sequence[Asset]) -> Sequence[Seen]:
    """Those in use that no entry of the ledger stands for (KH-8-2a)."""
    listed = {each.camera_id for each in assets} | {each.device_id for each in assets}
    return [each for each in found if each.in_use and each.id not in listed]


def unseen(found: Sequence[Seen], assets: Sequence[Asset], *, day: date) -> Sequence[tuple[Asset, date]]:
    """Entries for cameras and recorders that nobody saw for a week, with the day they were seen last or entered."""
    by_id = {each.id: each for each in found}
    lost = []
    for asset in assets:
        if rules.AssetKind(asset.kind) not in {rules.AssetKind.CAMERA, rules.AssetKind.RECORDER}:
            continue
        thing = by_id.get(asset.camera_id or asset.device_id or asset.id)
        seen_at = thing.seen_at if thing is not None else None
        since = clock.civil_day(seen_at or asset.created_at)
        if day - since >= UNSEEN_AFTER:
            lost.append((asset, since))
    return lost


@made_once
def _things(*, tenant_id: UUID, day: date, until: datetime) -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(_cameras(tenant_id, day, until), _devices(tenant_id, until))


def _cameras(tenant_id: UUID, day: date, until: datetime) -> Select[*tuple[Any, ...]]:
    columns = CameraCheck.measured_at, CameraCheck.make, CameraCheck.model, CameraCheck.firmware
    check = newest_check(*columns, when=CameraCheck.measured_at < until)
    return (
        select(
            literal(Thing.CAMERA.value),
            Camera.id,
            func.concat(Camera.name, "（", Camera.code, "）"),
            Camera.created_at,
            Camera.active_from,
            check.c.measured_at,
            func.coalesce(check.c.make, ""),
            func.coalesce(check.c.model, ""),
            func.coalesce(check.c.firmware, ""),
            Camera.retired_on.is_(None) | (Camera.retired_on > day),
        )
        .outerjoin(check, true())
        .where(Camera.tenant_id == tenant_id, Camera.active_from <= day)
    )


def _devices(tenant_id: UUID, until: datetime) -> Select[*tuple[Any, ...]]:
    return select(
        literal(Thing.DEVICE.value),
        EdgeDevice.id,
        EdgeDevice.name,
        EdgeDevice.enrolled_at,
        cast(null(), Date),
        EdgeDevice.last_seen_at,
        *(literal("") for _ in range(3)),
        EdgeDevice.revoked_at.is_(None) | (EdgeDevice.revoked_at >= until),
    ).where(EdgeDevice.tenant_id == tenant_id, EdgeDevice.enrolled_at < until)
