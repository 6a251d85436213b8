"""The index by days and classes: a query reads the days that it names, and no other."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from psycopg import ClientCursor
from sqlalchemy import event, text

from infra import clock
from infra.clock import day_start
from infra.db import db
from infra.stack.postgres import DatabaseUrls
from tenants.footage import camera_days, inventory, queries, rebuilding
from tenants.footage.models import Segment
from tenants.footage.remarks import remarks
from tenants.footage.rules import Window
from tenants.registry import device_queries
from tenants.retention import coverage, hold_queries
from tenants.retention import queries as retention
from tenants.retention.availability import availability
from tenants.retention.rules import CameraWindow
from tests.factories import footage
from tests.factories.registry import Institution

TODAY = clock.today()


@dataclass
class Index:
    """Four days of one camera in two classes."""

    of: Institution
    urls: DatabaseUrls
    days: list[date]

    @property
    def window(self) -> CameraWindow:
        """An hour of the second day's noon."""
        noon = day_start(self.days[1]) + timedelta(hours=12)
        return CameraWindow(camera_id=self.of.cameras["C-GATE"], started_at=noon, ended_at=noon + timedelta(hours=1))

    def read(self, ask: Callable[[], object]) -> set[str]:
        """The partitions that the plans of everything asked name, as `3_d14` for the third day's."""
        plans = "\n".join(self.plans(ask))
        named = {f"{day:%Y%m%d}": str(number) for number, day in enumerate(self.days)}
        return {f"{named[day]}_{days}" for day, days in re.findall(r"segments_(\d{8})_(d\d+)", plans)}

    def plans(self, ask: Callable[[], object]) -> list[str]:
        """The lines of the plans of everything that is asked of the index."""
        asked: list[str] = []

        def listen(_c: object, cursor: object, statement: str, parameters: dict[str, object], *_: object) -> None:
            if "segments" in statement and statement.lstrip().lower().startswith("select"):
                asked.append(ClientCursor(cursor.connection).mogrify(statement, parameters))  # type: ignore[attr-defined]

        db.session.commit()  # what was read once in a transaction is not asked for again
        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            found = ask()
            list(found) if isinstance(found, Iterator) else None  # type: ignore[func-returns-value]
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        assert asked, "nothing was asked of the index"
        return [line for one in asked for (line,) in self._explain(one)]

    def _explain(self, statement: str) -> list[tuple[str]]:
        connection = db.session.connection().connection.driver_connection
        assert connection is not None
        cursor = ClientCursor(connection)
        cursor.execute(f"explain {statement}")
        return cursor.fetchall()


@pytest.fixture
def index(k1: Institution, database: DatabaseUrls) -> Index:
    device_id = footage.device(k1)
    days = [TODAY - timedelta(days=n) for n in (4, 3, 2, 1)]
    for day in days:
        for retention_days in (14, 30):
            footage.day_key(k1, day=day_start(day), retention_days=retention_days)
            footage.segment(
                k1,
                device_id=device_id,
                started_at=day_start(day) + timedelta(hours=12),
                retention_days=retention_days,
                state="stored",
            )
    return Index(k1, database, days)


def _asks(i: Index) -> dict[str, tuple[Callable[[], object], set[str]]]:
    one, day, window = {"tenant_id": i.of.tenant_id}, i.days[1], i.window
    span = Window(window.started_at, window.ended_at)
    cameras = device_queries.cameras_of_site(tenant_id=i.of.tenant_id, site_id=i.of.site_id)
    of_class = {"day": day, "retention_days": 14}
    second, both = {"1_d14"}, {"1_d14", "1_d30"}
    whole_day, now = {"0_d14", "0_d30"} | both, clock.now()
    return {
        "a camera's window": (
            lambda: camera_days.segments_in(**one, camera_id=window.camera_id, window=span),  # type: ignore[arg-type]
            both,
        ),
        "a day of all cameras": (lambda: camera_days.timeline(**one, cameras=cameras, day=day, now=now), whole_day),
        "what is remarked": (lambda: remarks(**one, camera_ids=[window.camera_id], window=span), both),
        "the earliest day": (lambda: queries.earliest_days(**one, cameras=cameras[:1]), {"0_d14"}),
        "receipts": (lambda: queries.states_of(**one, segments=[(day, i.of.tenant_id)]), both),
        "totals": (lambda: retention.totals(**one, **of_class), second),  # type: ignore[arg-type]
        "availability": (lambda: availability(**one, span=window), both | {"0_d14"}),
        "waiting holds": (lambda: hold_queries.waiting_holds(**one, **of_class), second),  # type: ignore[arg-type]
        "what a hold lacks": (
            lambda: hold_queries.uncopied(**one, hold_id=i.of.tenant_id, windows=[window]),
            both,
        ),
        "sites covered": (lambda: coverage.sites_covered(**one, **of_class), second),  # type: ignore[arg-type]
        "a sweep": (lambda: inventory.segments(**one, **of_class), second),  # type: ignore[arg-type]
        "a digest": (lambda: rebuilding.digest(**one, day=day), both),
    }


@pytest.mark.req("DR-17")
def test_a_query_reads_the_days_it_asks_about_and_no_other(index: Index) -> None:
    """A camera-day stays as quick in a year's index as in a week's. The last query is seen to be one that does not."""
    asks = _asks(index)
    assert {name: index.read(ask) for name, (ask, _) in asks.items()} == {
        n: expected for n, (_, expected) in asks.items()
    }
    far = TODAY - timedelta(days=60)
    db.session.execute(text("select ensure_segment_partition(:day, 14)"), {"day": far})
    index.days.append(far)
    unchecked = index.read(lambda: queries.has_unchecked(tenant_id=index.of.tenant_id, today=TODAY))
    everything = {f"{day}_{days}" for day in range(4) for days in ("d14", "d30")}
    assert unchecked == everything, "of the last month only"
    assert index.read(lambda: db.session.query(Segment.id).all()) == everything | {"4_d14"}


@pytest.mark.req("DR-17")
@pytest.mark.parametrize("name", ["a camera's window", "a day of all cameras", "what is remarked"])
def test_a_listing_reads_of_the_day_before_only_what_can_reach_into_its_own(index: Index, name: str) -> None:
    """And all of it from the index: rows lie as they arrived, each minute of a camera in another page."""
    ask, days = _asks(index)[name]
    # A day of one row is read as it lies; of a large one nobody would.
    db.session.execute(text("set local enable_seqscan = off"))
    db.session.execute(text("set local enable_bitmapscan = off"))
    db.session.execute(text("set local enable_indexscan = off"))
    plans = index.plans(ask)
    assert len([line for line in plans if "Index Only Scan" in line]) == len(days)
    # Of a whole day its own two tables are read to their ends.
    assert len([line for line in plans if re.search("Index Cond: .*started_at >", line)]) == 2
