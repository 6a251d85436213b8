"""The ledger of what was not recorded: gaps as their devices signed them, entered once and never changed."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from infra.db import db
from infra.gap_lines import GapLine, parse_gap
from infra.manifest import BadManifest, SignedLine, instant
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.footage.actions import Outcome
from tenants.footage.admission import Rejection, device_of, own_cameras
from tenants.footage.models import GapReport
from tenants.footage.rules import NEWEST
from tenants.registry.models import EdgeDevice

# A camera may be dead for a long time; a line that claims more was made by a clock that was wrong.
OLDEST_GAP = timedelta(days=400)


def report_gaps(*, actor: Actor, tenant_id: UUID, lines: Sequence[SignedLine], now: datetime) -> list[Outcome]:
    """Enter gaps, each for itself, and answer in the order given.

    The same line again is `already`; a line that says something else of the same start is refused, and the signed word
    that was there first stays (DR-17).
    """
    device = device_of(actor, tenant_id)
    cameras = own_cameras(device).keys()
    entered: list[GapLine] = []
    outcomes: list[Outcome] = []
    for held in lines:
        judged = _judged(held, device, cameras, now)
        outcome = _enter(judged, held, now) if isinstance(judged, GapLine) else Outcome(judged.code, judged.detail)
        if isinstance(judged, GapLine) and outcome.code == "confirmed":
            entered.append(judged)
        outcomes.append(outcome)
    if entered:
        audit.record(
            Event.FOOTAGE_GAPS_REPORTED,
            tenant_id=tenant_id,
            actor=actor,
            device_id=str(device.id),
            count=len(entered),
            seconds=round(sum(line.ended_us - line.started_us for line in entered) / 1_000_000),
        )
    for code, count in sorted(Counter(outcome.code for outcome in outcomes if not outcome.accepted).items()):
        audit.record(
            Event.FOOTAGE_REFUSED, tenant_id=tenant_id, actor=actor, device_id=str(device.id), code=code, count=count
        )
    return outcomes


def _judged(held: SignedLine, device: EdgeDevice, cameras: Collection[UUID], now: datetime) -> GapLine | Rejection:
    try:
        line = parse_gap(held, public_key=device.public_key)
    except BadManifest as error:
        return Rejection(error.code)
    if (line.device_id, line.tenant_id, line.site_id) != (device.id, device.tenant_id, device.site_id):
        return Rejection("other_device")
    if line.camera_id not in cameras:
        return Rejection("foreign_camera")
    if instant(line.started_us) < now - OLDEST_GAP or instant(line.ended_us) > now + NEWEST:
        return Rejection("implausible_time")
    return line


def _enter(line: GapLine, held: SignedLine, now: datetime) -> Outcome:
    statement = insert(GapReport).values(
        id=line.gap_id,
        tenant_id=line.tenant_id,
        camera_id=line.camera_id,
        device_id=line.device_id,
        started_at=instant(line.started_us),
        ended_at=instant(line.ended_us),
        cause=line.cause,
        reported_at=now,
        line=held.line,
        signature=held.signature,
    )
    entered = statement.on_conflict_do_nothing(index_elements=["id"]).returning(GapReport.id)
    if db.session.scalar(entered) is not None:
        return Outcome("confirmed")
    known = db.session.get(GapReport, line.gap_id)
    if known is not None and known.line == held.line:
        return Outcome("already")
    return Outcome("gap_conflict", Rejection("gap_conflict").detail)
