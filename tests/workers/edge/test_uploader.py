"""The two threads that speak to the server, driven as they are, against one that answers from memory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from infra.clock import civil_day, now
from infra.manifest import microseconds
from tests.workers.edge.disks import BEGAN, CAMERA, Disk, config_document, enrol, keep
from tests.workers.edge.passing import Passing
from workers.edge.api import Api
from workers.edge.ledger import State
from workers.edge.standing import Standing
from workers.edge.uploader import Reporter, Sender

TODAY, TOMORROW = civil_day(now()), civil_day(now()) + timedelta(days=1)


@dataclass
class Server:
    """Gives this config, takes every heartbeat and every segment, and notes when it was asked what."""

    config: dict[str, Any]
    passing: Passing = field(default_factory=Passing)
    asked: list[tuple[float, str]] = field(default_factory=list)
    heard: list[Mapping[str, Any]] = field(default_factory=list)
    put_there: list[str] = field(default_factory=list)
    clock_offset_us: int = 0
    pace: SimpleNamespace = field(default_factory=SimpleNamespace)

    def get(self, path: str) -> dict[str, Any]:
        self.asked.append((self.passing.at, path))
        return {**self.config, "now_us": microseconds(now())}

    def post(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append((self.passing.at, path))
        if path == "/heartbeats":
            self.heard.append(document)
            return {"now_us": microseconds(now())}
        outcome = {"/uploads": "upload", "/confirmations": "confirmed"}.get(path)
        link = {"outcome": outcome, "url": "http://store/x", "headers": {}, "state": "confirmed"}
        return {"items": [link for _item in document["items"]]}

    def put(self, _url: str, _headers: Mapping[str, str], path: Path, *, stopped: Callable[[], bool]) -> None:
        assert not stopped()
        self.put_there.append(path.stem)

    def times(self, path: str) -> list[float]:
        """When it was asked this."""
        return [at for at, asked in self.asked if asked == path]


def report(disk: Disk, server: Server, *, seconds: float) -> None:
    passing, api = server.passing, cast("Api", server)
    Reporter(disk.home, api, passing.over(seconds), standing=Standing(), clock=passing.clock).run()


@pytest.mark.req("DR-34")
def test_a_recorder_tells_which_it_is_the_same_until_it_is_started_anew(disk: Disk) -> None:
    enrol(disk.home)
    server = Server(config_document(days=[TODAY], accepts=["instance"]))
    report(disk, server, seconds=40)
    first = {document["instance"] for document in server.heard}
    assert (len(server.heard) > 2, len(first)) == (True, 1)
    report(disk, server, seconds=80)
    assert len({document["instance"] for document in server.heard}) == 2


@pytest.mark.req("DR-34")
@pytest.mark.parametrize(("days", "at_once"), [([TODAY, TOMORROW], False), ([], True)], ids=["a key", "no key"])
def test_the_config_is_asked_for_at_once_while_todays_key_is_missing(
    disk: Disk, days: list[date], *, at_once: bool
) -> None:
    enrol(disk.home)
    server = Server(config_document(days=days))
    report(disk, server, seconds=59)
    heartbeats = [at for at in server.times("/heartbeats") if at < 59]
    assert len(heartbeats) == 4
    assert server.times("/config") == (heartbeats if at_once else heartbeats[:1])


@pytest.mark.req("DR-34", "DR-02")
def test_in_closed_hours_the_sender_sends_what_is_asked_for_and_nothing_else(disk: Disk) -> None:
    spool, ledger = disk.spool()
    kept = [keep(spool, disk.rules, number) for number in range(3)]
    wanted = {"camera_id": str(CAMERA), "started_us": BEGAN + 60_000_001, "ended_us": BEGAN + 120_000_000}
    here = microseconds(now())
    closed = [here - 3_600_000_000, here + 3_600_000_000]
    told = {"closed": [closed], "oldest_seconds": 10**9, "requested": [wanted]}
    enrol(disk.home, config_document(sending=told))
    server = Server({})
    passing = server.passing
    Sender(disk.home, cast("Api", server), passing.over(60), standing=Standing(), clock=passing.clock).run()
    assert server.put_there == [str(kept[1].segment_id)]
    assert ledger.segments(State.SPOOLED, limit=5) == [kept[0], kept[2]]
    ledger.close()
