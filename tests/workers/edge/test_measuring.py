"""How cameras are set, looked at by night and on demand, and told to the school."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from infra.clock import TAIPEI, now
from infra.db import db
from infra.stack.cameras import RtspCameras
from infra.stack.clips import Look, make_clip
from infra.stack.processes import free_port
from infra.stream_addresses import with_login
from tenants.actor import Actor, ActorKind
from tenants.footage import camera_checks
from tenants.footage.check_models import CameraCheck
from tenants.permissions import Role
from tests.cameras.onvif import LOGIN, OnvifCamera, serving
from tests.factories import footage
from tests.workers.edge.conftest import Box, Site
from tests.workers.edge.disks import Disk
from workers.edge.onvif.measuring import measure
from workers.edge.onvif.night_times import Nightly, looked_at, next_night, note_looked
from workers.edge.watching import Length

SHORT = Length(least=2.0, most=8.0)


@pytest.mark.req("KH-3-8")
def test_a_stream_shows_how_it_is_set_and_its_camera_adds_the_rest(cameras: RtspCameras) -> None:
    address = cameras.url(0)
    with serving(OnvifCamera(stream=address, masks=[True, False], ahead=timedelta(minutes=10))) as camera:
        seen = measure(with_login(address, LOGIN), f"http://{camera.address}/onvif/device_service", SHORT)
    assert (seen.codec, seen.width, seen.height) == ("h264", 320, 240)
    assert 8 <= seen.fps <= 12
    assert seen.key_interval_ms is not None
    assert 400 <= seen.key_interval_ms <= 700
    assert seen.kbps > 0
    assert (seen.make, seen.model, seen.firmware, seen.masks) == ("Acme", "Dome 2", "1.0.4", 1)
    assert seen.clock_offset_ms is not None
    assert abs(seen.clock_offset_ms + 600_000) < 3_000


@pytest.mark.parametrize("fault", ["garbage", "endless", "nobody"])
def test_a_camera_without_onvif_is_judged_by_its_stream(cameras: RtspCameras, fault: str) -> None:
    with serving(OnvifCamera(stream=cameras.url(0), fault=fault)) as camera:
        port = free_port() if fault == "nobody" else camera.port
        seen = measure(cameras.url(0), f"http://127.0.0.1:{port}/onvif/device_service", SHORT)
    assert (seen.width, seen.firmware, seen.clock_offset_ms, seen.masks) == (320, "", None, None)


def test_a_login_goes_to_the_stream_s_own_host_alone(cameras: RtspCameras) -> None:
    with serving(OnvifCamera(stream=cameras.url(0))) as camera:
        measure(with_login(cameras.url(0), LOGIN), f"http://localhost:{camera.port}/onvif/device_service", SHORT)
        assert camera.asked == []


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_a_box_looks_once_a_night_between_two_and_four(hour: int) -> None:
    after = datetime(2026, 11, 20, hour, 30, tzinfo=TAIPEI)
    times = [next_night(after, UUID(int=number * 977)) for number in range(50)]
    assert all(2 <= one.astimezone(TAIPEI).hour < 4 for one in times)
    assert all(after < one <= after + timedelta(days=1) for one in times)
    assert len(set(times)) > 40, "boxes do not come at once"
    one = next_night(after, UUID(int=5))
    assert next_night(one, UUID(int=5)) - one == timedelta(days=1)


def test_it_is_time_once_a_night_also_where_the_clock_steps_over_it() -> None:
    wall = [datetime(2026, 11, 20, 1, 0, tzinfo=TAIPEI)]
    is_night = Nightly(UUID(int=60), wall[0] - timedelta(hours=12), wall=lambda: wall[0])
    said = []
    for minutes in (0, 62, 1, 60, 22 * 60, 24 * 60):
        wall[0] += timedelta(minutes=minutes)
        said.append(is_night())
    assert said == [False, True, False, False, False, True]


def first_look(last: datetime | None, number: int = 7) -> timedelta:
    """How long after a start at nine in the morning a box looks first."""
    began = datetime(2026, 11, 20, 9, 0, tzinfo=TAIPEI)
    wall = [began]
    is_night = Nightly(UUID(int=number), last, wall=lambda: wall[0])
    while not is_night():
        wall[0] += timedelta(minutes=1)
    return wall[0] - began


@pytest.mark.req("KH-3-8")
def test_a_box_that_missed_the_night_looks_soon_after_its_start_and_not_with_all_others() -> None:
    tonight = datetime(2026, 11, 20, 2, 10, tzinfo=TAIPEI)
    missed = [tonight - timedelta(days=1), None, datetime(2031, 1, 1, tzinfo=TAIPEI)]
    assert all(timedelta(minutes=10) <= first_look(one) <= timedelta(minutes=31) for one in missed)
    assert first_look(tonight) > timedelta(hours=16)
    assert len({first_look(None, number * 97) for number in range(20)}) > 10


@pytest.mark.req("KH-3-8")
def test_when_the_server_heard_of_a_look_is_kept_over_a_restart(disk: Disk) -> None:
    assert looked_at(disk.home) is None
    note_looked(disk.home)
    at = looked_at(disk.home)
    assert at is not None
    assert abs(at - now()) < timedelta(minutes=1)
    (disk.home.folder / "looked").write_bytes(bytes(9))
    assert looked_at(disk.home) is None


@pytest.mark.req("KH-3-8", "KH-3-9")
def test_a_check_reaches_the_school_and_is_compared_with_what_it_approved(
    box: Box, site: Site, cameras: RtspCameras
) -> None:
    camera_id, tenant_id = site.of.cameras["C-GATE"], site.of.tenant_id
    box.watch("C-GATE", cameras.url(0))
    first = box.command("check")
    assert "h264 320×240" in first.stdout
    assert "不符" not in first.stdout, "nothing was approved yet"
    db.session.rollback()
    device_id = db.session.scalars(select(CameraCheck.device_id).where(CameraCheck.camera_id == camera_id)).one()
    check_id = footage.camera_check(site.of, device_id=device_id)
    head = Actor(kind=ActorKind.PERSON, id=uuid4(), roles=frozenset({Role.HEAD}))
    camera_checks.approve(actor=head, tenant_id=tenant_id, camera_id=camera_id, check_id=check_id)
    db.session.commit()
    second = box.command("check")
    assert "不符：解析度與核定不同" in second.stdout


def test_a_check_of_a_clip_says_that_nothing_was_measured(box: Box, tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    make_clip(clip, Look(label="C", seconds=1))
    box.watch("C-GATE", f"clip:{clip}")
    assert "未量測（示範影片）" in box.command("check").stdout
