"""A spool with its outbox, and a server that answers it as it is told."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from tests.workers.edge.disks import BEGAN, Disk, keep
from tests.workers.edge.passing import Passing
from workers.edge.api import Api, Refused, Unavailable
from workers.edge.ledger import Entry, Ledger, State
from workers.edge.outbox import Outbox
from workers.edge.sending.refused import Refusals


@dataclass
class Server:
    """Answers as the real one does. `puts` is what was put, in order, and `tried` what should have been.

    It fails at the segments of `fails_at`, and the disk with these errors at those of `unread`.
    """

    puts: list[str] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    unread: dict[str, int] = field(default_factory=dict)
    fails_at: set[str] = field(default_factory=set)
    refused: frozenset[int] = frozenset()
    code: str = "implausible_time"
    hates: str = ""
    puts_until_failure: int = 100
    confirms: bool = True
    state: str = "stored"

    def post(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        items = document["items"]
        if path == "/uploads":
            refusal = {"outcome": "refused", "code": self.code, "detail": "不收。"}
            url = {"outcome": "upload", "url": "http://store/x", "headers": {}}
            return {"items": [refusal if number in self.refused else url for number in range(len(items))]}
        if path == "/receipts":
            return {"items": [{"segment_id": item["segment_id"], "state": self.state} for item in items]}
        if not self.confirms:
            raise Unavailable("server: down")
        return {"items": [{"outcome": "confirmed"} for _ in items]}

    def put(self, _url: str, _headers: Mapping[str, str], path: Path, *, stopped: Callable[[], bool]) -> None:
        assert not stopped()
        self.tried.append(path.stem)
        if len(self.puts) >= self.puts_until_failure or path.stem in self.fails_at:
            raise Unavailable("store: 503")
        if path.stem in self.unread:
            raise OSError(self.unread[path.stem], "cannot be read")
        assert path.read_bytes().startswith(b"age-encryption.org/v1")
        if path.stem == self.hates:
            raise Refused(400, "store_refused", "store: 400")
        self.puts.append(path.stem)


@dataclass
class Line:
    """A spool with three segments, and the line to the server."""

    server: Server
    ledger: Ledger
    outbox: Outbox
    disk: Disk
    passing: Passing

    def files(self) -> int:
        """How many encrypted files lie on the disk."""
        return len(list(self.disk.home.spool.rglob("*.age")))

    def waiting(self) -> list[Entry]:
        """What waits to be sent, in its order."""
        return self.ledger.segments(State.SPOOLED, limit=-1)

    def ids(self) -> list[str]:
        """The same by their names."""
        return [str(one.segment_id) for one in self.waiting()]


@contextmanager
def line_of(disk: Disk) -> Iterator[Line]:
    """Three minutes on this disk, which nobody has sent."""
    spool, ledger = disk.spool()
    for number in range(3):
        keep(spool, disk.rules, number)
    server, passing = Server(), Passing()
    refusals = Refusals(ledger, now_us=lambda: BEGAN + int(passing.at * 1_000_000))
    outbox = Outbox(cast("Api", server), ledger, spool, clock=passing.clock, refusals=refusals)
    yield Line(server, ledger, outbox, disk, passing)
    ledger.close()
