"""The whole box: a line that broke, a camera that went on recording on its card, and a school that sees the footage."""

import time
from itertools import pairwise
from pathlib import Path

import pytest

from infra import clock
from infra.manifest import microseconds
from infra.stack.cameras import RtspCameras
from infra.stream_addresses import with_login
from tenants.footage import camera_days
from tenants.footage.models import Segment
from tenants.registry import queries as registry
from tests.cameras.card import Card, Frame, playing
from tests.cameras.onvif import LOGIN, OnvifCamera, serving
from tests.workers.edge.card.conftest import SECOND_US, STEP_US
from tests.workers.edge.conftest import QUICK, Box, Site, eventually

# Longer than what is worth looking for, and than what the camera's clock may be off.
BROKEN_SECONDS = 9


@pytest.mark.req("DR-17", "DR-34")
def test_what_a_broken_line_cost_comes_back_from_the_card_and_narrows_the_gap(
    box: Box, site: Site, frames: list[Frame], tmp_path: Path
) -> None:
    live, gate = RtspCameras(tmp_path / "live", picture=QUICK, count=1), site.of.cameras["C-GATE"]
    card = Card(frames=frames * 12, taken_us=[0] * 600, login=LOGIN)
    with playing(card), serving(OnvifCamera(stream=live.url(0), cards=[card])) as camera:
        onvif = f"http://{camera.address}/onvif/device_service"
        box.home.keep_address(gate, with_login(live.url(0), LOGIN), onvif=onvif)
        box.start()
        eventually(lambda: len(site.segments("C-GATE")) >= 2, seconds=30, what="the camera is recorded")
        live.stop()
        broken = time.monotonic() + BROKEN_SECONDS
        eventually(lambda: time.monotonic() > broken, seconds=30, what="the line is broken for a while")
        began_us = microseconds(clock.now()) - 40 * SECOND_US
        card.taken_us = [began_us + number * STEP_US for number in range(600)]
        live.change(QUICK)
        eventually(
            lambda: _seconds(_recovered(site)) > BROKEN_SECONDS / 2,
            seconds=60,
            what="footage off the card arrives",
        )
        box.stop()
    live.stop()
    segments = site.segments("C-GATE")
    recovered = _recovered(site)
    assert all(one.ended_at <= two.started_at for one, two in pairwise(segments)), "nothing is there twice"
    cameras = [one for one in registry.cameras(tenant_id=site.of.tenant_id) if one.id == gate]
    told = camera_days.timeline(
        tenant_id=site.of.tenant_id, cameras=cameras, day=segments[0].civil_day, now=recovered[-1].ended_at
    )
    (line,) = told
    middle = recovered[len(recovered) // 2]
    gaps = [one.window for one in line.day.gaps]
    assert not [gap for gap in gaps if gap.started_at < middle.ended_at and gap.ended_at > middle.started_at]


def _recovered(site: Site) -> list[Segment]:
    return [one for one in site.segments("C-GATE") if one.notes == "recovered"]


def _seconds(segments: list[Segment]) -> float:
    return sum((one.ended_at - one.started_at).total_seconds() for one in segments)
