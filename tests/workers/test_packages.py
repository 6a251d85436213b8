"""A package is built from real footage in a real store, and checked with tools that know nothing of ours."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select

from infra import clock, object_keys
from infra.boxes import boxes
from infra.db import db
from infra.objects import ObjectStore, Sink
from infra.settings import PREFIX
from tenants.audit.models import AuditEvent
from tenants.disclosures.packages.models import PackageState
from tenants.disclosures.packages.parts import parts_of
from tenants.errors import Tampered
from tenants.footage.models import CameraStatus, Segment, SegmentState
from tests.factories.evidence import Archive
from tests.factories.packages import built, opened, unpacked, verified
from tests.factories.requests import Request, footage_of, granted
from tests.made_segments import pictures
from tests.workers.conftest import Run
from workers import disclosure_jobs, retention_jobs, sweep_jobs

SECOND = timedelta(seconds=1)


@pytest.fixture
def start() -> datetime:
    """Two hours ago, to the second."""
    return clock.now().replace(microsecond=0) - timedelta(hours=2)


@pytest.mark.req("KH-6-1d", "KH-6-4a", "DR-07", "DR-12", "DR-25")
def test_a_package_holds_the_approved_window_of_original_samples_and_proves_it(
    archive: Archive, start: datetime, tmp_path: Path
) -> None:
    segments = footage_of(archive, start, audio=True)
    request = granted(archive, start, asked=12 * SECOND, approved=(1.5 * SECOND, 10 * SECOND))
    request.copy_hold()

    assert built(request, tmp_path) is PackageState.READY

    folder = unpacked(opened(request), tmp_path / "package")
    named = {"C-GATE-1.mp4", "manifest.json", "verify.py", "verify.html", "說明.txt", "監錄資料保管鏈紀錄.pdf"}
    assert {file.name for file in folder.iterdir()} == named
    part = parts_of(request.package())[0]
    assert start + 1.5 * SECOND <= part.started_at < start + 1.7 * SECOND
    assert part.ended_at <= start + 10 * SECOND
    source = [packet for segment in segments for packet in pictures(archive.plain[segment.id])]
    written = pictures((folder / "C-GATE-1.mp4").read_bytes())
    assert written == source[10 : 10 + len(written)], "from the key frame before the window, byte for byte"
    beside = dict(boxes(memoryview((folder / "C-GATE-1.mp4").read_bytes())))[b"meta"]
    assert "晨光幼兒園".encode() in bytes(beside), "and says of itself who exported it"
    ran = verified(folder=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "驗證通過" in ran.stdout
    assert "3 個影像片段的裝置簽章有效" in ran.stdout
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.event == "package:built")).all()
    assert [event.fields["sha256"] for event in events] == [request.package().sha256]


@pytest.mark.req("KH-6-1d", "DR-12")
def test_a_package_is_one_encrypted_object_and_says_which_copies_each_film_was_made_of(
    archive: Archive, start: datetime, tmp_path: Path
) -> None:
    segments = footage_of(archive, start)
    request = granted(archive, start, asked=12 * SECOND)
    request.copy_hold()
    built(request, tmp_path)

    (part,) = parts_of(request.package())
    assert part.segments == tuple(segment.id for segment in segments)
    assert _keys(request) == [object_keys.package(tenant_id=request.tenant_id, package_id=request.package_id)]


@pytest.mark.req("DR-07", "KH-6-4a")
def test_gaps_are_admitted_to_the_microsecond(archive: Archive, start: datetime, tmp_path: Path) -> None:
    first = footage_of(archive, start, segments=1)[0]
    footage_of(archive, start + 8 * SECOND, segments=1)
    request = granted(archive, start, asked=14 * SECOND)
    request.copy_hold()

    built(request, tmp_path)

    folder = unpacked(opened(request), tmp_path / "package")
    window = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["windows"][0]
    begins = round(first.ended_at.timestamp() * 1_000_000)
    assert [(gap["from_us"] - begins, gap["until_us"] - begins) for gap in window["gaps"]] == [
        (0, 4_000_000),
        (8_000_000, 10_000_000),
    ]
    assert window["gaps"][0]["causes"] == ["not_explained"]
    notes = (folder / "說明.txt").read_text(encoding="utf-8")
    assert "二、核准時段內的缺漏" in notes
    assert "  無" not in notes
    assert "已載明 2 段缺漏，共 6.0 秒" in verified(folder=folder).stdout


class DiesOnce:
    """A store that takes so many objects, and then the worker is gone."""

    def __init__(self, store: ObjectStore, after: int) -> None:
        self._store, self._left = store, after

    def put(self, key: str, data: object) -> None:
        if self._left == 0:
            raise KeyboardInterrupt
        self._left -= 1
        self._store.put(key, data)  # type: ignore[arg-type]

    def get(self, key: str) -> bytes:
        return self._store.get(key)

    def read_into(self, key: str, sink: Sink) -> None:
        self._store.read_into(key, sink)


def test_a_build_killed_in_the_middle_and_begun_anew_gives_the_same_package(
    archive: Archive, start: datetime, tmp_path: Path
) -> None:
    footage_of(archive, start, b_frames=2, audio=True)
    request = granted(archive, start, asked=12 * SECOND)
    request.copy_hold()

    for after in (0, 1):
        with pytest.raises(KeyboardInterrupt):
            built(request, tmp_path, DiesOnce(archive.store, after))  # type: ignore[arg-type]
        db.session.rollback()
        assert request.package().state == PackageState.PENDING
    built(request, tmp_path)
    first, keys = _listed(opened(request)), list(_keys(request))
    package = request.package()
    package.state, package.sha256 = PackageState.PENDING, ""
    db.session.commit()
    built(request, tmp_path)

    assert _listed(opened(request)) == first, "only what is signed anew differs"
    assert list(_keys(request)) == keys
    assert [file.name for file in tmp_path.iterdir() if file.suffix in {".mp4", ".zip"}] == []
    assert built(request, tmp_path) is PackageState.READY
    assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.event == "package:built")).all()) == 2


_DIES_WHILE_BUILDING = """
import os, sys
from infra.objects import S3Objects
from workers import disclosure_jobs
real = S3Objects.put
def dies(self, key, data):
    real(self, key, data)
    os._exit(9)
S3Objects.put = dies
disclosure_jobs.build_package(tenant_id=sys.argv[1], package_id=sys.argv[2])
"""


def test_after_a_process_that_was_killed_and_an_emptied_queue_the_sweep_has_the_package_built(
    archive: Archive, start: datetime, environment: dict[str, str], valkey: str, run: Run
) -> None:
    footage_of(archive, start)
    request = granted(archive, start, asked=12 * SECOND)
    request.copy_hold()

    died = run("-c", _DIES_WHILE_BUILDING, str(request.tenant_id), str(request.package_id))
    assert died.returncode == 9, died.stderr
    assert request.package().state == PackageState.PENDING
    assert len(_keys(request)) == 1, "it died with the first object in the store"
    db.session.rollback()
    Redis.from_url(valkey).flushall()

    sweep_jobs.sweep_tenant(tenant_id=str(request.tenant_id))
    worked = run("-m", "workers.main", "--burst", "evidence")
    assert worked.returncode == 0, worked.stderr
    db.session.rollback()
    assert request.package().state == PackageState.READY
    assert opened(request)
    assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.event == "package:built")).all()) == 1
    scratch = Path(environment[f"{PREFIX}SCRATCH_DIR"])
    assert [file for file in scratch.rglob("*") if file.is_file()] == [], "no picture is left on the disk"


def _listed(plain: bytes) -> dict[str, bytes]:
    """The manifest and every file that it lists."""
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        data = {name.rpartition("/data/")[2]: archive.read(name) for name in archive.namelist() if "/data/" in name}
    listed = [file["name"] for file in json.loads(data["manifest.json"])["files"]]
    return {name: data[name] for name in ("manifest.json", *listed)}


def _keys(request: Request) -> list[str]:
    prefix = object_keys.package_prefix(tenant_id=request.tenant_id, package_id=request.package_id)
    return [facts.key for facts in request.archive.store.listing(prefix)]


@pytest.mark.req("DR-01", "DR-17")
def test_a_package_waits_for_copies_checks_and_late_uploads(archive: Archive, start: datetime, tmp_path: Path) -> None:
    segments = footage_of(archive, start, segments=2)
    segments[1].state = SegmentState.CONFIRMED
    db.session.commit()
    request = granted(archive, start, asked=8 * SECOND)

    assert built(request, tmp_path) is PackageState.PENDING, "nothing is copied"
    request.copy_hold()
    assert built(request, tmp_path) is PackageState.PENDING, "one segment is not checked"
    key = (segments[1].civil_day, segments[1].retention_days, request.tenant_id, segments[1].id)
    db.session.get_one(Segment, key).state = SegmentState.STORED
    db.session.commit()
    assert built(request, tmp_path) is PackageState.PENDING, "it is not copied"
    request.copy_hold()
    db.session.add(_late_status(request, start))
    db.session.commit()
    assert built(request, tmp_path) is PackageState.PENDING, "the edge has more to send"
    request.package().ordered_at = clock.now() - timedelta(hours=25)
    db.session.commit()
    assert built(request, tmp_path) is PackageState.READY, "and has not sent it for a day"


def _late_status(request: Request, start: datetime) -> CameraStatus:
    return CameraStatus(
        tenant_id=request.tenant_id,
        camera_id=request.archive.of.cameras["C-GATE"],
        reported_at=clock.now(),
        recording=True,
        spooled=3,
        spooled_from=start,
    )


@pytest.mark.req("KH-6-3b")
def test_when_nothing_was_ever_recorded_the_package_says_so(archive: Archive, start: datetime, tmp_path: Path) -> None:
    request = granted(archive, start, asked=8 * SECOND)

    assert built(request, tmp_path) is PackageState.LACKING

    assert _keys(request) == []
    events = db.session.scalars(select(AuditEvent.event).order_by(AuditEvent.seq.desc())).all()
    assert events[0] == "package:lacking"


@pytest.mark.req("DR-07")
def test_copies_that_changed_in_the_store_stop_the_build(archive: Archive, start: datetime, tmp_path: Path) -> None:
    segments = footage_of(archive, start, segments=1)
    request = granted(archive, start, asked=4 * SECOND)
    request.copy_hold()
    key = object_keys.preserved_segment(
        tenant_id=request.tenant_id, hold_id=request.disclosure().hold_id, segment_id=segments[0].id
    )
    changed = bytearray(archive.store.get(key))
    changed[-1] ^= 1
    archive.store.put(key, bytes(changed))

    with pytest.raises(Tampered, match="已不是複製時的內容"):
        built(request, tmp_path)
    db.session.rollback()

    assert request.package().state == PackageState.PENDING


@pytest.mark.req("DR-07")
def test_a_copy_in_the_place_of_another_stops_the_build(archive: Archive, start: datetime, tmp_path: Path) -> None:
    segments = footage_of(archive, start, segments=2)
    request = granted(archive, start, asked=8 * SECOND)
    request.copy_hold()
    first, second = (
        object_keys.preserved_segment(
            tenant_id=request.tenant_id, hold_id=request.disclosure().hold_id, segment_id=segment.id
        )
        for segment in segments
    )
    archive.store.put(first, archive.store.get(second))  # it opens with the key of the hold, and is not what was signed

    with pytest.raises(Tampered, match="簽署的雜湊不符"):
        built(request, tmp_path)


def test_the_jobs_hand_over_to_each_other_until_the_package_is_ready(archive: Archive, start: datetime) -> None:
    footage_of(archive, start)
    request = granted(archive, start, asked=12 * SECOND)
    ids = {"tenant_id": str(request.tenant_id), "package_id": str(request.package_id)}
    hold_id = str(request.disclosure().hold_id)

    disclosure_jobs.build_package(**ids)
    assert request.package().state == PackageState.PENDING
    retention_jobs.copy_hold(tenant_id=ids["tenant_id"], hold_id=hold_id)
    disclosure_jobs.build_package(**ids)

    assert request.package().state == PackageState.READY
