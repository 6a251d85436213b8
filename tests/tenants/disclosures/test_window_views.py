"""What is told of a window's footage is true when it is told: known of, opened and copied, or not what was signed."""

import pytest

from infra.db import db
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.window_views import WindowView
from tenants.footage.models import Segment, SegmentState
from tests.factories import footage, retention
from tests.tenants.disclosures.conftest import Scene


@pytest.fixture
def disclosure(scene: Scene) -> OfficialRequest:
    """A letter about half an hour, of which a box said a minute is in the store."""
    window = scene.window()
    scene.at_school()
    footage.day_key(scene.school, day=window.started_at)
    footage.segment(scene.school, device_id=footage.device(scene.school), started_at=window.started_at)
    return scene.file(scene.filing(window))


def view(scene: Scene, disclosure: OfficialRequest) -> WindowView:
    scene.at_school()
    return official.case(tenant_id=scene.school.tenant_id, disclosure_id=disclosure.id).windows[0]


def segment() -> Segment:
    return db.session.scalars(db.select(Segment)).one()


@pytest.mark.req("DR-01", "KH-6-3b")
def test_what_only_the_index_knows_is_not_told_as_whole(scene: Scene, disclosure: OfficialRequest) -> None:
    found = view(scene, disclosure)
    assert (found.recorded_ms, found.unverified_ms, found.unsound) == (60_000, 60_000, False)


@pytest.mark.req("DR-01", "KH-6-3b")
def test_what_the_hold_copied_was_opened_and_is_certain(scene: Scene, disclosure: OfficialRequest) -> None:
    scene.at_school()
    retention.preserved(scene.school, hold_id=disclosure.held_as, segment=segment())
    found = view(scene, disclosure)
    assert (found.recorded_ms, found.unverified_ms) == (60_000, 0)


@pytest.mark.req("DR-01", "KH-6-3b")
@pytest.mark.parametrize("state", [SegmentState.MISMATCHED, SegmentState.MISSING])
def test_what_is_not_there_or_not_what_was_signed_is_not_told_as_never_recorded(
    scene: Scene, disclosure: OfficialRequest, state: SegmentState
) -> None:
    scene.at_school()
    segment().state = state
    db.session.commit()
    found = view(scene, disclosure)
    assert (found.recorded_ms, found.unsound) == (0, True)
    assert "不存在或不符" in found.nothing
    assert "查無影像" not in found.nothing
