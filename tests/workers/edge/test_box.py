"""The whole box against real cameras, a real web app and a real store."""

import io
import re
from pathlib import Path

import av
import psutil
import pytest

from infra import age
from infra.causes import Ended, GapCause
from infra.manifest import parse_and_verify
from infra.objects import md5_hex
from infra.stack.cameras import Picture, RtspCameras
from tenants.footage import queries
from tenants.footage.keys import open_day_key
from tenants.footage.lines import signed_line
from tenants.registry import device_queries
from tests.workers.edge.conftest import QUICK, Box, Site, eventually, holes
from workers import context


@pytest.mark.req("KH-5-0", "KH-5-1a", "DR-07")
def test_what_a_camera_sends_arrives_encrypted_signed_and_whole(box: Box, site: Site, cameras: RtspCameras) -> None:
    box.watch("C-GATE", cameras.url(0))
    box.start()
    eventually(lambda: len(site.segments()) >= 3, seconds=30, what="three segments are in the index")
    second = box.command("run")
    assert second.returncode == 1
    assert "只能執行一個" in second.stderr, "two recorders never share a folder"
    site.check_store()
    eventually(lambda: not site.on_disk(box, state="stored"), seconds=20, what="the box drops what is stored")
    box.stop()
    first = next(one for one in site.segments() if one.state == "stored")
    cipher = site.store.get(first.object_key)
    assert md5_hex(cipher) == first.cipher_md5.hex()
    device = device_queries.devices(tenant_id=site.of.tenant_id)[0]
    (key,) = queries.day_keys(tenant_id=site.of.tenant_id, first=first.civil_day, last=first.civil_day)
    line = parse_and_verify(signed_line(first, recipient=key.recipient), public_key=device.public_key)
    assert (line.camera_id, line.clock_source) == (site.of.cameras["C-GATE"], "server")
    secret = open_day_key(
        tenant_id=site.of.tenant_id,
        day=first.civil_day,
        retention_days=first.retention_days,
        kms=context.kms(),
        store=site.store,
    )
    with av.open(io.BytesIO(age.decrypt(cipher, secret))) as file:
        assert len(list(file.decode(video=0))) == line.packets
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(cipher, age.new_identity(age.Kind.CLASSIC).secret)


@pytest.mark.req("DR-17", "DR-34", "KH-5-1a", "KH-5-3b")
def test_a_store_that_is_down_costs_nothing_and_what_waited_arrives_once(
    box: Box, site: Site, cameras: RtspCameras
) -> None:
    site.store_gate.shut()
    box.watch("C-GATE", cameras.url(0))
    box.start()
    eventually(lambda: box.spooled() >= 4, seconds=30, what="the box goes on recording")
    assert site.segments() == []
    held = [path.read_bytes() for path in box.home.folder.rglob("*") if path.is_file()]
    for marker in (b"ftyp", b"moof", b"mdat", b"avc1"):
        assert not [data for data in held if marker in data], "nothing plain is ever on the disk"
    site.store_gate.open()
    eventually(lambda: len(site.segments()) >= 4, seconds=60, what="what waited arrives")
    box.stop()
    arrived = site.segments()
    assert not holes(arrived)
    stored = {facts.key for facts in site.store.listing("seg/")}
    assert stored >= {one.object_key for one in arrived}


@pytest.mark.req("DR-34")
def test_a_server_that_is_down_is_not_needed_to_record_even_after_a_restart(
    box: Box, site: Site, cameras: RtspCameras
) -> None:
    assert box.command("camera", "add", "C-GATE", "--url", cameras.url(0)).returncode == 0
    site.api.shut()
    box.start()
    eventually(lambda: box.spooled() >= 2, seconds=30, what="the box records with the keys it has")
    box.stop()
    # Nobody has confirmed the time, so nothing is signed yet.
    kept = [path.read_text(encoding="utf-8") for path in box.home.spool.rglob("*.kept")]
    assert [one for one in kept if re.search(r"ended_because\W+stopped", one)], "a clean stop keeps the open segment"
    words = box.command("status").stdout
    assert "已停止" in words
    waiting = box.spooled()
    box.start()
    eventually(lambda: box.spooled() > waiting, seconds=30, what="it records again")
    site.api.open()
    eventually(lambda: len(site.segments()) > waiting, seconds=60, what="everything arrives")
    box.stop()


@pytest.mark.req("KH-5-3a", "KH-5-3b")
def test_one_camera_that_dies_harms_no_other_and_its_gap_has_a_cause(
    box: Box, site: Site, cameras: RtspCameras, tmp_path: Path
) -> None:
    """It comes back with a larger picture, which is recorded like the small one."""
    mortal = RtspCameras(tmp_path / "mortal", picture=QUICK, count=1)
    box.watch("C-GATE", cameras.url(0))
    box.watch("C-ROOM2", mortal.url())
    box.start()
    eventually(lambda: len(site.segments("C-ROOM2")) >= 1, seconds=30, what="both record")
    mortal.stop()
    before = len(site.segments("C-GATE"))
    eventually(lambda: len(site.segments("C-GATE")) >= before + 3, seconds=30, what="the other goes on")
    mortal.change(Picture(key_every=5, size="640x480"))
    eventually(lambda: site.segments("C-ROOM2")[-1].width == 640, seconds=30, what="it records by itself")
    box.stop()
    mortal.stop()
    causes = {gap.cause for gap in site.gaps("C-ROOM2")}
    assert causes
    assert causes <= {GapCause.STREAM_ENDED, GapCause.STREAM_STALLED, GapCause.CAMERA_UNREACHABLE}
    assert not holes(site.segments("C-GATE"))


def stopped_in_a_segment(box: Box, camera: psutil.Process) -> bool:
    """Stop the process where a segment is open and was marked; otherwise let it go on."""
    camera.suspend()
    marked = any(path.stat().st_size for path in box.home.spool.rglob("*.end?"))
    if not marked:
        camera.resume()
    return marked


@pytest.mark.req("DR-34")
def test_a_camera_process_that_is_killed_comes_back_and_leaves_a_gap_with_a_cause(
    box: Box, site: Site, cameras: RtspCameras
) -> None:
    box.watch("C-GATE", cameras.url(0))
    box.start()
    eventually(lambda: len(site.segments()) >= 1, seconds=30, what="it records")
    assert box.running is not None
    children = psutil.Process(box.running.pid).children()
    (victim,) = [child for child in children if child.name().startswith("camera")]
    eventually(lambda: stopped_in_a_segment(box, victim), seconds=30, what="it has a second of a segment")
    victim.kill()
    seen = len(site.segments())
    eventually(lambda: len(site.segments()) >= seen + 2, seconds=30, what="it records again")
    box.stop()
    found, reported = holes(site.segments()), site.gaps("C-GATE")
    assert all(ended < started for ended, started in found), "no two spans overlap"
    assert {(gap.started_at, gap.ended_at) for gap in reported} == set(found)
    assert {gap.cause for gap in reported} == {GapCause.PROCESS_RESTARTED}
    cut_off = [one for one in site.segments() if one.ended_because == Ended.CUT_OFF]
    assert [one.ended_at for one in cut_off] == [ended for ended, _started in found]
