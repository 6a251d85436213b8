"""A site records, and the city knows (steps 1 and 2 of the main job)."""

import json
import re

from infra.objects import S3Objects, StoreRefused
from infra.settings import Process
from infra.stack.cameras import RtspCameras
from tests.smoke.outside import NotSo, expect, probe, wait_for
from tests.smoke.stage import Stage

CAMERAS = ("C-GATE", "C-ROOM2")
_FIRST_SEGMENTS = 4


def found_the_city(stage: Stage) -> None:
    """Institutions, people and agencies, nothing recorded."""
    told = stage.city.run(Process.WORKER, "tests.smoke.founding", typed=stage.password + "\n")
    stage.tenants = json.loads(told)


def start_cameras(stage: Stage) -> None:
    """Two cameras, each with a server of its own so that one can die alone."""
    for code in CAMERAS:
        stage.cameras.append(RtspCameras(stage.city.home / "cameras" / code, count=1))


def issued_code(stage: Stage) -> str:
    """A one-time code, as the head's page shows it."""
    head = stage.person("k1-head")
    issued = head.send(head.open(f"{stage.school}/devices/").form("/devices/tokens"))
    written = re.search(r'<textarea[^>]*id="token"[^>]*>\s*([^<\s]+)', issued.text)
    expect(written, "the page shows the enrolment code")
    assert written is not None
    return written[1]


def enrol(stage: Stage) -> None:
    """The head issues a code, the box enrols with it; the same code opens nothing a second time."""
    code = ["--server", stage.city.base_url, "--token", issued_code(stage)]
    done = stage.edge("enrol", *code)
    expect(done.returncode == 0, f"the box enrols: {done.stderr}")
    again = stage.edge("enrol", *code, home=stage.edge_home.with_name("stranger"))
    expect(again.returncode == 1, "the used code is refused")
    expect("註冊碼" in again.stderr, f"the refusal says what to do: {again.stderr}")


def record(stage: Stage) -> None:
    """The box is told its cameras and runs; confirmed and checked segments arrive in the index."""
    for code, camera in zip(CAMERAS, stage.cameras, strict=True):
        done = stage.edge("camera", "add", code, "--url", camera.url())
        expect(done.returncode == 0, f"camera {code} is set: {done.stderr}")
    stage.city.start_edge(stage.edge_home)
    wait_for(lambda: _stored(stage) >= 1, what="the first segment is in the index and in the store", seconds=60)


def lose_a_camera(stage: Stage) -> None:
    """The second camera dies; the first goes on as if nothing had happened."""
    stage.cameras[1].stop()
    wait_for(
        lambda: _stored(stage, CAMERAS[0]) >= _FIRST_SEGMENTS,
        what="the other camera goes on recording",
        seconds=20 + stage.city.segment_seconds * _FIRST_SEGMENTS,
    )
    gaps = stage.database.rows(
        "select s.started_at - lag(s.ended_at) over (order by s.started_at) as gap from segments s"
        " join cameras c on c.id = s.camera_id where c.code = %s",
        CAMERAS[0],
    )
    longest = max(row["gap"].total_seconds() for row in gaps if row["gap"] is not None)
    expect(longest < 1, f"the first camera has no gap, the longest is {longest} s")


def look_at_the_store(stage: Stage) -> None:
    """What lies there is what was announced, and opens to nobody on the way: not to web, not to ffprobe."""
    row = stage.database.rows(
        "select s.*, c.code from segments s join cameras c on c.id = s.camera_id where c.code = %s"
        " and s.state = 'stored' order by s.started_at limit 1",
        CAMERAS[0],
    )[0]
    found = [facts.key for facts in stage.store.listing(f"seg/d{row['retention_days']}/")]
    key = next(key for key in found if str(row["id"]) in key)
    cipher = stage.store.get(key)
    expect(cipher.startswith(b"age-encryption.org/v1"), "the object is an age file")
    expect(len(cipher) == row["cipher_bytes"], "the object has the announced length")
    file = stage.city.home / "cipher.mp4"
    file.write_bytes(cipher)
    try:
        probe(file)
    except NotSo:
        pass
    else:
        raise NotSo("ffprobe reads the stored object")
    try:
        S3Objects(stage.city.whereabouts.stores[Process.WEB]).get(key)
    except StoreRefused:
        pass
    else:
        raise NotSo("the web process can read footage")
    stage.sample = row | {"key": key, "cipher": cipher}


def look_at_the_pages(stage: Stage) -> None:
    """The school sees its camera's timeline, the bureau that K1 records, and K1's footage nobody at the bureau."""
    timeline = stage.person("k1-head").open(f"{stage.school}/cameras/{stage.sample['camera_id']}")
    expect("C-GATE" in timeline.words, "the timeline names the camera")
    board = stage.person("bureau").open("/bureau/")
    expect("晨光幼兒園" in board.words, "the bureau's page lists the preschool")
    stage.person("bureau").open(f"{stage.school}/cameras/", expect=403)


def _stored(stage: Stage, code: str = "%") -> int:
    counted = stage.database.one(
        "select count(*) from segments s join cameras c on c.id = s.camera_id where s.state = 'stored'"
        " and c.code like %s",
        code,
    )
    return int(counted)
