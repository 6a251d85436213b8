"""One run of a seed: the city and its box, the faults at each camera and at the box, and what is found afterwards."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from infra.causes import GapCause
from infra.settings import Process
from infra.stack.cameras import Picture, RtspCameras
from infra.stack.city import City
from infra.stack.progress import Progress
from tenants.footage.rules import Gap, Window
from tests.rtsp_line import RtspLine, port_out_of_the_way
from tests.smoke.outside import expect, wait_for
from tests.smoke.recording import issued_code
from tests.smoke.stage import Stage as Walk
from tests.torture.box import Box
from tests.torture.faults import KILLS_SENDER, OF_A_CAMERA, OF_THE_BOX, Camera, Fault, Missed, Stage
from tests.torture.judging import Injected, Verdict, judge
from tests.torture.lines import Put, SlowLine

SEGMENT_SECONDS = 3
_LONGEST_MINUTES = 11
_RECOVERS_SECONDS = 45.0
_SLACK = timedelta(seconds=1.5)
_QUICK = Picture(key_every=5, size="320x240")
# Of the cameras in their order: one sends what is taken as it is, one what is converted, one sends none.
_SOUNDS = ("aac", "alaw", "none")


class Run:
    """One run of a seed."""

    def __init__(self, city: City, walk: Walk, progress: Progress, *, seed: int, faults: int) -> None:
        self._city, self._walk, self._progress = city, walk, progress
        self._seed, self._wanted = seed, faults
        self.injected: dict[UUID, list[Injected]] = {}
        self.told: Counter[str] = Counter()
        self._until = time.monotonic() + _LONGEST_MINUTES * 60
        self.slow: list[str] = []
        self.never_back = 0

    @property
    def faults(self) -> int:
        """How many were injected."""
        return self.told.total()

    def set_up(self) -> None:
        """Lines, cameras, the box; returns once each camera records."""
        city, home = self._city, self._city.home
        api = SlowLine(city.port)
        self.stage = Stage(Box(home / "box", home / "wishes", home / "snapshots", city.log("box")), api, self._store)
        done = self._walk.edge(
            "enrol", "--server", f"http://127.0.0.1:{api.port}", "--token", issued_code(self._walk), home=home / "box"
        )
        expect(done.returncode == 0, f"the box enrols: {done.stderr}")
        for number, camera_id in enumerate(self._camera_ids()):
            picture, port = replace(_QUICK, audio=_SOUNDS[number]), port_out_of_the_way()
            server = RtspCameras(home / "cameras" / str(number), picture=picture, count=1, port=port)
            camera = Camera(camera_id, server, RtspLine(server.port))
            self.stage.cameras.append(camera)
            self._walk.cameras.append(server)
            address = f"rtsp://127.0.0.1:{camera.line.port}/cam0"
            done = self._walk.edge("camera", "add", str(camera_id), "--url", address, home=home / "box")
            expect(done.returncode == 0, f"a camera is set: {done.stderr}")
        self.stage.box.start()
        for camera in self.stage.cameras:
            wait_for(lambda one=camera: self.stage.box.recorded_until(one.camera_id), what="it records", seconds=60)

    def prepare_store(self) -> None:
        """Uploads go over a line of ours; before the processes start."""
        stores = dict(self._city.whereabouts.stores)
        web = stores[Process.WEB]
        self._store = SlowLine(urlsplit(web.endpoint).port or 0)
        stores[Process.WEB] = replace(web, public_endpoint=f"http://127.0.0.1:{self._store.port}")
        self._city.whereabouts = replace(self._city.whereabouts, stores=stores)

    def torture(self) -> None:
        """Each camera has its faults one after the other, and the box has its own; until there were enough."""
        over = threading.Barrier(len(self.stage.cameras) + 2)

        def until_the_end(torment: Callable[[], None]) -> None:
            try:
                torment()
            finally:
                over.wait()
            # A camera's server ends with the thread that started it, and it must outlive its last fault.
            threading.Event().wait()

        each = [partial(self._at_a_camera, one) for one in self.stage.cameras]
        for torment in (*each, self._at_the_box):
            threading.Thread(target=until_the_end, args=(torment,), daemon=True).start()
        over.wait()

    def settle(self) -> None:
        """No more faults: each camera records by itself, and everything is sent and answered."""
        box = self.stage.box
        self.never_back = self._silent()
        with box.turn:
            box.stop()
            box.start()  # what was open ends as a gap, which is then reported
        before = box.now
        self.never_back += self._silent()
        wait_for(lambda: box.waiting() <= 2 * len(self.stage.cameras), what="everything is sent", seconds=150)
        with box.turn:
            box.stop()
        self._note(
            "the end", list(self.stage.cameras), before - timedelta(seconds=20), frozenset({GapCause.EDGE_STOPPED})
        )

    def verdict(self) -> Verdict:
        """What became of every second of every camera."""
        found = Verdict()
        all_of_them = [self._segments(camera) for camera in self.stage.cameras]
        expect(all(all_of_them), "each camera was recorded")
        for camera, segments in zip(self.stage.cameras, all_of_them, strict=True):
            kills = self.stage.box.kills_of(camera.camera_id)
            found.add(judge(segments, self._gaps(camera), self.injected.get(camera.camera_id, []), kills))
        return found

    def look(self) -> dict[str, Any]:
        """Every segment opened and decoded, and looked for in what lay on the disk."""
        tenant = self._walk.tenants["K1"]
        printed = self._city.run(Process.WORKER, "tests.torture.looking", tenant, str(self._city.home / "snapshots"))
        found: dict[str, Any] = json.loads(printed)
        return found

    def lost_packets(self) -> tuple[int, int]:
        """RTP packets that were taken away, and those that signed lines count."""
        counted = self._walk.database.one("select sum(lost_packets) from segments where lost_packets > 0")
        return sum(camera.line.lost for camera in self.stage.cameras), int(counted or 0)

    def put_again(self) -> int:
        """How many puts began after the server had confirmed their segment."""
        rows = self._walk.database.rows("select id, confirmed_at from segments where confirmed_at is not null")
        confirmed = {f"{row['id']}.age": row["confirmed_at"] for row in rows}
        at = [(confirmed.get(key.rpartition("/")[2]), one.began) for key, puts in self._puts for one in puts]
        return sum(when is not None and began > when for when, began in at)

    def put_though_acknowledged(self) -> int:
        """How many puts began after the store's word for their segment had gone to the box."""
        return sum(one.began > min(other.acknowledged for other in puts) for _key, puts in self._puts for one in puts)

    @property
    def put(self) -> int:
        """How many puts the store acknowledged."""
        return sum(len(puts) for _key, puts in self._puts)

    @property
    def killed(self) -> int:
        """How often whoever sends was killed."""
        return sum(self.told[name] for name in KILLS_SENDER)

    @property
    def _puts(self) -> list[tuple[str, list[Put]]]:
        return list(self.stage.store.put.items())

    def _at_a_camera(self, camera: Camera) -> None:
        number = self.stage.cameras.index(camera)
        self._torment(OF_A_CAMERA, camera, [camera], Random(f"{self._seed}/{number}"), (0.2, 1.0))  # noqa: S311 - a seeded order

    def _at_the_box(self) -> None:
        cameras = self.stage.cameras
        self._torment(OF_THE_BOX, cameras[0], cameras, Random(f"{self._seed}/box"), (1.0, 3.0))  # noqa: S311 - a seeded order

    def _torment(
        self, kinds: Mapping[str, Fault], at: Camera, of: list[Camera], pick: Random, rests: tuple[float, float]
    ) -> None:
        """Each kind once, also where others had enough by then; from then on at random."""
        owed = pick.sample(sorted(kinds), len(kinds))
        while time.monotonic() < self._until and (owed or self.faults < self._wanted):
            name = owed[0] if owed else pick.choice(sorted(kinds))
            if self._inject(name, kinds[name], at, of, pick) and owed:
                owed.pop(0)
            time.sleep(pick.uniform(*rests))

    def _inject(self, name: str, fault: Fault, at: Camera, of: list[Camera], pick: Random) -> bool:
        """Do it and see it mended; False when it hit nothing."""
        begun = self.stage.box.now
        try:
            fault.do(self.stage, at, pick)
        except Missed:
            return False
        self.told[name] += 1
        over = self.stage.box.now
        before = {camera.camera_id: self.stage.box.recorded_until(camera.camera_id) for camera in of}
        for camera in of:
            self._await(camera, over, before[camera.camera_id])
        self._note(name, of, min(begun, over), fault.causes)
        return True

    def _silent(self) -> int:
        """How many cameras record nothing new from now on."""
        now, cameras = self.stage.box.now, self.stage.cameras
        last = [self.stage.box.recorded_until(camera.camera_id) for camera in cameras]
        return sum(not self._await(camera, now, until) for camera, until in zip(cameras, last, strict=True))

    def _await(self, camera: Camera, moment: datetime, last: datetime | None) -> bool:
        """Until more than `last` is recorded, beyond the moment; by a wrong clock it may be so only once that is known.

        False when that took too long, which is noted.
        """
        deadline = time.monotonic() + _RECOVERS_SECONDS
        while time.monotonic() < deadline:
            until = self.stage.box.recorded_until(camera.camera_id, still=True)
            if until is not None and until > moment and until != last:
                return True
            time.sleep(0.3)
        self.slow.append(str(camera.camera_id))
        return False

    def _note(self, name: str, of: list[Camera], begun: datetime, causes: frozenset[GapCause]) -> None:
        now = self.stage.box.now
        for camera in of:
            window = Window(begun - _SLACK, now + _SLACK)
            fault = Injected(name, window, causes, touches=name in OF_A_CAMERA or bool(causes))
            self.injected.setdefault(camera.camera_id, []).append(fault)
        self._progress.say(f"{self.faults:4d}  {name}")

    def _camera_ids(self) -> list[UUID]:
        """The cameras of the site, and more of the same kind until there are enough."""
        database = self._walk.database
        rows = database.rows("select * from cameras where tenant_id = %s order by code", self._walk.tenants["K1"])
        while len(rows) < len(_SOUNDS):
            made = rows[0] | {"id": uuid4(), "code": f"C-MORE{len(rows)}", "name": f"加{len(rows)}"}
            places = ", ".join(["%s"] * len(made))
            database.rows(f"insert into cameras ({', '.join(made)}) values ({places}) returning id", *made.values())  # noqa: S608 - the table's own columns
            rows.append(made)
        database.rows("update cameras set audio = true where tenant_id = %s returning id", self._walk.tenants["K1"])
        return [row["id"] for row in rows[: len(_SOUNDS)]]

    def _segments(self, camera: Camera) -> list[Window]:
        query = "select started_at, ended_at from segments where camera_id = %s and state = 'stored'"
        return [Window(*row.values()) for row in self._walk.database.rows(query, camera.camera_id)]

    def _gaps(self, camera: Camera) -> list[Gap]:
        query = "select started_at, ended_at, cause from gap_reports where camera_id = %s and signature is not null"
        rows = self._walk.database.rows(query, camera.camera_id)
        return [Gap(Window(row["started_at"], row["ended_at"]), GapCause(row["cause"]), signed=True) for row in rows]
