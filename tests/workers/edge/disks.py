"""A box's folder without a box, and segments to put into it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from infra import age
from infra.causes import Ended
from infra.clock import civil_day
from infra.manifest import instant
from infra.recorded import Recorded
from infra.timeline import Timeline
from workers.edge import configuration
from workers.edge.clocks.readings import SERVER, Reading, Readings, moment
from workers.edge.configuration import DayRules
from workers.edge.home import Home, Identity
from workers.edge.ledger import Entry, Ledger
from workers.edge.spool import Spool

CAMERA = UUID(int=9)
BEGAN = 1_795_147_200_000_000
DAY: date = civil_day(instant(BEGAN))
# Nobody listens there.
IDENTITY = Identity(server="http://127.0.0.1:9", device_id=UUID(int=1), tenant_id=UUID(int=2), site_id=UUID(int=3))
GATE = {"id": str(CAMERA), "code": "C-GATE", "name": "大門", "audio": False}

# A key whose secret half nobody has.
SOMEBODYS = age.new_identity(age.Kind.CLASSIC).recipient
PLAIN = b"ftyp plain footage moof mdat"


def recorded(number: int = 0) -> Recorded:
    """The numbered minute of a camera."""
    return Recorded(
        started_us=BEGAN + number * 60_000_000,
        ended_us=BEGAN + (number + 1) * 60_000_000,
        monotonic_ns=7,
        media_ms=60_000,
        codec="h264",
        width=640,
        height=360,
        audio=False,
        packets=600,
        ended_because=Ended.FULL,
        key_interval_ms=2000,
    )


def keep(spool: Spool, rules: Mapping[date, DayRules], number: int = 0) -> Entry:
    """Record the numbered minute of the camera into the spool, from its beginning to its end."""
    return keep_of(spool, CAMERA, recorded(number), rules)


def keep_of(spool: Spool, camera_id: UUID, one: Recorded, rules: Mapping[date, DayRules]) -> Entry:
    """Record this of any camera."""
    recording = spool.begin(camera_id, one.started_us, rules)
    recording.write(PLAIN)
    return recording.finish(one)


def config_document(*, days: Iterable[date] = (), recipient: str = SOMEBODYS, **more: object) -> dict[str, Any]:
    """What a server answers: one camera, keys for these days, and whatever else is said."""
    keys = [{"civil_day": day.isoformat(), "retention_days": 14, "recipient": recipient} for day in days]
    told = {"v": 1, "segment_seconds": 60, "heartbeat_seconds": 15, "cameras": [GATE], "day_keys": keys}
    return {**told, **more}


def enrol(home: Home, document: dict[str, Any] | None = None) -> None:
    """Become a box, with what the server said if it said anything yet."""
    home.keep_identity(IDENTITY)
    if document is not None:
        configuration.keep(home, document)


@dataclass
class Disk:
    """A home, and the secret half of its day key, which no real box has."""

    home: Home
    day_key: age.Identity

    @property
    def rules(self) -> Mapping[date, DayRules]:
        """What the server would say."""
        return {DAY: DayRules(14, self.day_key.recipient)}

    def spool(self) -> tuple[Spool, Ledger]:
        """The spool as a process sees it that has just started."""
        ledger = Ledger(self.home.ledger)
        return Spool(self.home, IDENTITY, self.home.device_key(), ledger), ledger


def new_disk(folder: Path) -> Disk:
    """An empty folder of a box."""
    home = Home(folder / "edge")
    home.make()
    return Disk(home, age.new_identity(age.Kind.CLASSIC))


def heard(ledger: Ledger) -> None:
    """The server has said what time it is, so that what the box says of time is no claim any more."""
    Readings(ledger).keep(SERVER, Reading(moment(), Timeline.machine_at(moment()), 1000))
