"""Reads of faults. The session is bound to the institution."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, select

from infra.db import db
from infra.once import read_once
from infra.statements import made_once
from tenants.errors import NotFound
from tenants.people.models import User
from tenants.registry.models import Camera
from tenants.upkeep.faults.kinds import FaultKind
from tenants.upkeep.faults.models import Fault, FaultCamera, FaultLine

_MOST = 200


def open_of_site(*, tenant_id: UUID, site_id: UUID, kind: FaultKind) -> Fault | None:
    """The open fault of a site itself."""
    query = select(Fault).where(
        Fault.tenant_id == tenant_id,
        Fault.site_id == site_id,
        Fault.kind == kind,
        Fault.whole_site,
        Fault.ended_at.is_(None),
    )
    return db.session.scalar(query)


def open_of_cameras(*, tenant_id: UUID, camera_ids: Collection[UUID], kind: FaultKind) -> Mapping[UUID, Fault]:
    """The open fault of each of these cameras that has one of the kind."""
    query = (
        select(FaultCamera.camera_id, Fault)
        .join(Fault, (Fault.tenant_id == FaultCamera.tenant_id) & (Fault.id == FaultCamera.fault_id))
        .where(
            FaultCamera.tenant_id == tenant_id,
            FaultCamera.camera_id.in_(camera_ids),
            FaultCamera.kind == kind,
            FaultCamera.ended_at.is_(None),
        )
    )
    return {camera_id: fault for camera_id, fault in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def fault(*, tenant_id: UUID, fault_id: UUID) -> Fault:
    """One fault of the institution. Raises `NotFound`."""
    found = db.session.scalar(select(Fault).where(Fault.tenant_id == tenant_id, Fault.id == fault_id))
    if found is None:
        raise NotFound
    return found


def serials(*, tenant_id: UUID, fault_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The numbers of faults, open or ended."""
    query = select(Fault.id, Fault.serial).where(Fault.tenant_id == tenant_id, Fault.id.in_(fault_ids))
    return {fault_id: serial for fault_id, serial in db.session.execute(query)}  # noqa: C416 - as above


@read_once
def faults(*, tenant_id: UUID, ended: bool = False) -> Sequence[Fault]:
    """The open faults, the oldest first; or those that ended, the latest first and at most a year's page of them."""
    return list(db.session.scalars(*(_ended(tenant_id=tenant_id) if ended else _open(tenant_id=tenant_id))))


@made_once
def _ended(*, tenant_id: UUID) -> Select[Fault]:
    ended = select(Fault).where(Fault.tenant_id == tenant_id, Fault.ended_at.is_not(None))
    return ended.order_by(Fault.ended_at.desc()).limit(_MOST)


@made_once
def _open(*, tenant_id: UUID) -> Select[Fault]:
    return select(Fault).where(Fault.tenant_id == tenant_id, Fault.ended_at.is_(None)).order_by(Fault.opened_at)


def cameras_by_fault(*, tenant_id: UUID, fault_ids: Collection[UUID]) -> Mapping[UUID, Sequence[Camera]]:
    """The cameras of each fault, by code; one that two kinds name is named once."""
    found: dict[UUID, dict[UUID, Camera]] = {}
    for fault_id, camera in db.session.execute(*_cameras(tenant_id=tenant_id, fault_ids=list(fault_ids))):
        found.setdefault(fault_id, {})[camera.id] = camera
    return {fault_id: list(cameras.values()) for fault_id, cameras in found.items()}


@made_once
def _cameras(*, tenant_id: UUID, fault_ids: Collection[UUID]) -> Select[UUID, Camera]:
    return (
        select(FaultCamera.fault_id, Camera)
        .join(Camera, (Camera.tenant_id == FaultCamera.tenant_id) & (Camera.id == FaultCamera.camera_id))
        .where(FaultCamera.tenant_id == tenant_id, FaultCamera.fault_id.in_(fault_ids))
        .order_by(Camera.code)
    )


def open_by_camera(*, tenant_id: UUID) -> Mapping[UUID, Sequence[Fault]]:
    """The open faults of each camera that has any, the oldest first."""
    query = (
        select(FaultCamera.camera_id, Fault)
        .join(Fault, (Fault.tenant_id == FaultCamera.tenant_id) & (Fault.id == FaultCamera.fault_id))
        .where(FaultCamera.tenant_id == tenant_id, FaultCamera.ended_at.is_(None))
        .order_by(Fault.opened_at)
    )
    found: dict[UUID, list[Fault]] = {}
    for camera_id, one in db.session.execute(query):
        found.setdefault(camera_id, []).append(one)
    return found


def told_as_stopped(*, tenant_id: UUID) -> frozenset[UUID]:
    """The cameras of which an open fault says that they do not record: itself, its key, or the disk of its place."""
    return frozenset(db.session.scalars(*_stopped(tenant_id=tenant_id)))


@made_once
def _stopped(*, tenant_id: UUID) -> CompoundSelect[UUID]:
    own = select(FaultCamera.camera_id).where(
        FaultCamera.tenant_id == tenant_id,
        FaultCamera.kind.in_((FaultKind.NOT_RECORDING, FaultKind.KEY)),
        FaultCamera.ended_at.is_(None),
    )
    of_disk = (
        select(Camera.id)
        .join(Fault, (Fault.tenant_id == Camera.tenant_id) & (Fault.site_id == Camera.site_id))
        .where(Camera.tenant_id == tenant_id, Fault.kind == FaultKind.DISK, Fault.whole_site, Fault.ended_at.is_(None))
    )
    return own.union(of_disk)


def lines(*, tenant_id: UUID, fault_id: UUID) -> Sequence[tuple[FaultLine, str]]:
    """A fault's history with the name of who said each line, as it came; empty where no account did."""
    query = (
        select(FaultLine, User.name)
        .outerjoin(User, User.id == FaultLine.by)
        .where(FaultLine.tenant_id == tenant_id, FaultLine.fault_id == fault_id)
        .order_by(FaultLine.at, FaultLine.id)
    )
    return [(line, name or "") for line, name in db.session.execute(query)]
