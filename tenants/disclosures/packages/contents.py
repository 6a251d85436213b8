"""Reads that a build needs: what was approved, what is missing of it, who recorded it, and whether all has arrived."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.causes import GapCause
from infra.db import db
from infra.manifest import microseconds
from tenants.disclosures.models import Disclosure, DisclosureWindow
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.manifest import ApprovedWindow, Heading
from tenants.disclosures.packages.models import Package
from tenants.disclosures.packages.parts import PartGap
from tenants.footage import camera_days
from tenants.footage.models import CameraStatus, GapReport, SegmentState
from tenants.footage.rules import Gap, Window, explained, missing
from tenants.registry.models import Agency, Camera, EdgeDevice, Tenant
from tenants.retention import hold_queries
from tenants.retention.models import PreservedSegment
from tenants.retention.rules import CameraSpan
from tenants.roc_dates import format_date

# A box that says it has more to send and is then not heard of for a day is no reason to keep an officer waiting.
_LATE_AFTER = timedelta(hours=24)


def approved_windows(disclosure: Disclosure) -> list[ApprovedWindow]:
    """What the head approved, by camera and time."""
    query = (
        select(DisclosureWindow, Camera.code)
        .join(Camera, (Camera.tenant_id == DisclosureWindow.tenant_id) & (Camera.id == DisclosureWindow.camera_id))
        .where(DisclosureWindow.tenant_id == disclosure.tenant_id, DisclosureWindow.disclosure_id == disclosure.id)
        .order_by(Camera.code, DisclosureWindow.approved_from)
    )
    return [
        ApprovedWindow(
            id=window.id,
            camera_id=window.camera_id,
            camera=window.camera_name,
            code=code,
            asked_from=window.started_at,
            asked_until=window.ended_at,
            started_at=window.approved_from,
            ended_at=window.approved_until,
        )
        for window, code in db.session.execute(query)
        if window.approved_from is not None and window.approved_until is not None
    ]


def heading(package: Package, disclosure: Disclosure) -> Heading:
    """Whose package it is, in words."""
    asked = disclosure if isinstance(disclosure, OfficialRequest) else None
    return Heading(
        package_id=package.id,
        serial=disclosure.serial,
        institution_id=package.tenant_id,
        institution=db.session.get_one(Tenant, package.tenant_id).name,
        agency=db.session.get_one(Agency, asked.agency_id).name if asked is not None else "",
        document_number=asked.document_number if asked is not None else "",
        document_date=format_date(asked.document_date) if asked is not None else "",
        decision=disclosure.state,
        rule=f"{disclosure.profile} {disclosure.profile_version}",
        ordered_at=package.ordered_at,
    )


def gaps_in(window: CameraSpan, copies: Sequence[PreservedSegment]) -> list[PartGap]:
    """What of the window no segment covers, to the microsecond, with the causes that the edge reported."""
    whole = Window(window.started_at, window.ended_at)
    query = select(GapReport).where(
        GapReport.camera_id == window.camera_id,
        GapReport.started_at < window.ended_at,
        GapReport.ended_at > window.started_at,
    )
    reports = [
        Gap(Window(report.started_at, report.ended_at), GapCause(report.cause)) for report in db.session.scalars(query)
    ]
    return [
        PartGap(
            from_us=microseconds(hole.started_at),
            until_us=microseconds(hole.ended_at),
            causes=tuple(sorted({gap.cause.value for gap in explained([hole], reports)})),
        )
        for hole in missing(whole, [Window(copy.started_at, copy.ended_at) for copy in copies])
    ]


def public_keys(tenant_id: UUID, devices: Collection[UUID]) -> dict[UUID, str]:
    """The keys of the boxes that signed."""
    query = select(EdgeDevice).where(EdgeDevice.tenant_id == tenant_id, EdgeDevice.id.in_(devices))
    return {device.id: device.public_key for device in db.session.scalars(query)}


def is_waiting(package: Package, disclosure: Disclosure, windows: Sequence[ApprovedWindow]) -> bool:
    """Whether something for this package is still being copied, checked or uploaded."""
    if uncopied(disclosure):
        return True
    return any(_is_unchecked(disclosure.tenant_id, window) or _is_late(package, window) for window in windows)


def uncopied(disclosure: Disclosure) -> bool:
    """Whether the case's hold lacks copies of something that lies in the store."""
    return hold_queries.lacks_copies(tenant_id=disclosure.tenant_id, hold_id=disclosure.held_as)


def _is_unchecked(tenant_id: UUID, window: ApprovedWindow) -> bool:
    span = Window(window.started_at, window.ended_at)
    segments = camera_days.segments_in(tenant_id=tenant_id, camera_id=window.camera_id, window=span)
    return any(segment.state == SegmentState.CONFIRMED for segment in segments)


def _is_late(package: Package, window: ApprovedWindow) -> bool:
    """The edge holds footage of the window that has not arrived (DR-17)."""
    if clock.now() > package.ordered_at + _LATE_AFTER:
        return False
    status = db.session.get(CameraStatus, (package.tenant_id, window.camera_id))
    return status is not None and status.spooled_from is not None and status.spooled_from < window.ended_at
