"""Open faults beside what is known of their cameras now, and whether that speaks against ending one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.registry.models import Camera
from tenants.upkeep.faults.facts import Fact, Known, known
from tenants.upkeep.faults.kinds import KIND_NAMES, FaultKind, FaultState, LineCode
from tenants.upkeep.faults.models import Fault, FaultCamera, FaultLine
from tenants.upkeep.faults.telemetry import OpenCamera, OpenFault

_TURNS = (LineCode.BACK_TO_NORMAL, LineCode.WRONG_AGAIN)
# What no box measures: a person sees it, and the camera must record.
_BY_EYE = frozenset({FaultKind.DAMAGE, FaultKind.HOST, FaultKind.OTHER, FaultKind.PICTURE})
_MINUTE = timedelta(minutes=1)


def open_faults(*, tenant_id: UUID) -> list[OpenFault]:
    """Every open fault of the institution as the rules take it."""
    rows = list(
        db.session.scalars(
            select(Fault).where(Fault.tenant_id == tenant_id, Fault.ended_at.is_(None)).order_by(Fault.opened_at)
        )
    )
    cameras: dict[UUID, list[OpenCamera]] = {}
    held = select(FaultCamera).where(FaultCamera.tenant_id == tenant_id, FaultCamera.ended_at.is_(None))
    for row in db.session.scalars(held.order_by(FaultCamera.found_at)):
        cameras.setdefault(row.fault_id, []).append(_camera(row))
    turns = _turns(tenant_id, [row.id for row in rows])
    return [_fault(row, cameras.get(row.id, []), turns.get(row.id)) for row in rows]


def _turns(tenant_id: UUID, fault_ids: list[UUID]) -> dict[UUID, FaultLine]:
    """The last turn of each."""
    query = select(FaultLine).where(
        FaultLine.tenant_id == tenant_id, FaultLine.fault_id.in_(fault_ids), FaultLine.code.in_(_TURNS)
    )
    return {line.fault_id: line for line in db.session.scalars(query.order_by(FaultLine.at))}


def _camera(row: FaultCamera) -> OpenCamera:
    return OpenCamera(
        camera_id=row.camera_id, kind=FaultKind(row.kind), found_at=row.found_at, normal_since=row.normal_since
    )


def _fault(row: Fault, cameras: list[OpenCamera], turn: FaultLine | None) -> OpenFault:
    return OpenFault(
        id=row.id,
        site_id=row.site_id,
        kind=FaultKind(row.kind),
        state=FaultState(row.state),
        whole_site=row.whole_site,
        cameras=cameras,
        is_back=turn is not None and turn.code == LineCode.BACK_TO_NORMAL,
        turned_at=turn.at if turn is not None else None,
    )


def still_wrong(*, tenant_id: UUID, fault: Fault, now: datetime, needs_word: bool) -> str:
    """Why a fault cannot be passed or ended yet, as a sentence; empty where nothing speaks against it.

    `needs_word`: what was last heard of each thing must be newer than the repair, or nobody knows (KH-8-1d).
    """
    repaired_at = fault.repaired_at or fault.opened_at
    held = known(tenant_id=tenant_id, now=now, losses_since=min(repaired_at, now - _MINUTE))
    rows = select(FaultCamera).where(FaultCamera.tenant_id == tenant_id, FaultCamera.fault_id == fault.id)
    cameras = [(row.camera_id, FaultKind(row.kind)) for row in db.session.scalars(rows)]
    for what, name, fact in _things(held, fault, cameras):
        if fact is not None and fact.wrong:
            return f"{what}目前仍是「{name}」{f'（{fact.words}）' if fact.words else ''}。"
        if needs_word and (fact is None or fact.at <= repaired_at):
            return f"修復之後還沒有收到{what}的最新資料（{name}），無從確認已恢復。"
    return ""


def _things(held: Known, fault: Fault, cameras: list[tuple[UUID, FaultKind]]) -> Iterator[tuple[str, str, Fact | None]]:
    """Each thing that must be right: what, under which name, and what is known. A retired camera is none."""
    if fault.whole_site:
        kinds = [FaultKind.BOX_OR_SWITCH, *([FaultKind.DISK] if fault.kind == FaultKind.DISK else [])]
        facts = held.of_sites.get(fault.site_id, {})
        yield from (("邊緣主機", KIND_NAMES[kind], facts.get(kind)) for kind in kinds)
    for camera_id, kind in cameras:
        camera: Camera | None = held.cameras.get(camera_id)
        if camera is None:
            continue
        facts, what = held.of_cameras[camera_id], f"鏡頭「{camera.name}」"
        for each in dict.fromkeys([FaultKind.NOT_RECORDING, *([] if kind in _BY_EYE else [kind])]):
            yield what, KIND_NAMES[each], facts.get(each)
