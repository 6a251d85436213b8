"""Holds as the real action places them. For rows alone, see `retention`."""

from uuid import UUID

from infra import clock
from infra.db import db
from tenants.footage.models import Segment
from tenants.retention import actions, copying
from tenants.retention.models import Hold, HoldBasis
from tenants.retention.rules import CameraWindow
from tests.factories.evidence import ACTOR, Archive


def span(first: Segment, last: Segment | None = None) -> CameraWindow:
    """From the beginning of one segment to the end of it, or of a later one."""
    return CameraWindow(camera_id=first.camera_id, started_at=first.started_at, ended_at=(last or first).ended_at)


def placed(archive: Archive, *windows: CameraWindow, **changed: object) -> Hold:
    """A hold for a request over these windows, not yet copied and not yet committed."""
    said = {"basis": HoldBasis.REQUEST, "reference": "調閱-115-0001", "necessity": "", "review_on": clock.today()}
    return actions.place_hold(
        actor=ACTOR,
        tenant_id=archive.of.tenant_id,
        windows=windows,
        **(said | changed),  # type: ignore[arg-type]
    )


def kept(archive: Archive, *windows: CameraWindow, **changed: object) -> Hold:
    """The same, committed."""
    hold = placed(archive, *windows, **changed)
    db.session.commit()
    return hold


def copied(archive: Archive, hold_id: UUID) -> copying.Copied:
    """What the worker does of a hold at one go, committed."""
    done = copying.copy_hold(
        actor=ACTOR,
        tenant_id=archive.of.tenant_id,
        hold_id=hold_id,
        store=archive.store,
        kms=archive.kms,
        kind=archive.kind,
    )
    db.session.commit()
    return done
