"""The index by days and classes: a query reads the days it names, and a day goes once nobody has anything under it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from psycopg import ClientCursor
from sqlalchemy import Connection, NullPool, create_engine, event, text
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.clock import day_start
from infra.db import db
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.errors import HeldByLaw
from tenants.footage import inventory, partitions, queries, rebuilding
from tenants.footage.areas import DayOfClass
from tenants.footage.models import DayKey, Segment
from tenants.footage.rules import Window
from tenants.registry import device_queries
from tenants.retention import coverage, destruction, hold_queries
from tenants.retention import queries as retention
from tenants.retention.rules import CameraWindow
from tests.factories import footage, people
from tests.factories import retention as made_retention
from tests.factories.registry import Institution, institution

TODAY = clock.today()
OLD = TODAY - timedelta(days=30)


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
        asked: list[str] = []

        def listen(_c: object, cursor: object, statement: str, parameters: dict[str, object], *_: object) -> None:
            if "segments" in statement and statement.lstrip().lower().startswith("select"):
                asked.append(ClientCursor(cursor.connection).mogrify(statement, parameters))  # type: ignore[attr-defined]

        event.listen(db.engine, "before_cursor_execute", listen)
        try:
            found = ask()
            list(found) if isinstance(found, Iterator) else None  # type: ignore[func-returns-value]
        finally:
            event.remove(db.engine, "before_cursor_execute", listen)
        assert asked, "nothing was asked of the index"
        plans = "\n".join(str(row) for one in asked for row in self._explain(one))
        named = {f"{day:%Y%m%d}": str(number) for number, day in enumerate(self.days)}
        return {f"{named[day]}_{days}" for day, days in re.findall(r"segments_(\d{8})_(d\d+)", plans)}

    def _explain(self, statement: str) -> list[object]:
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
            lambda: queries.segments_in(**one, camera_id=window.camera_id, window=span),  # type: ignore[arg-type]
            both,
        ),
        "a day of all cameras": (lambda: queries.timeline(**one, cameras=cameras, day=day, now=now), whole_day),
        "the earliest day": (lambda: queries.earliest_days(**one, cameras=cameras[:1]), {"0_d14"}),
        "receipts": (lambda: queries.states_of(**one, segments=[(day, i.of.tenant_id)]), both),
        "totals": (lambda: retention.totals(**one, **of_class), second),  # type: ignore[arg-type]
        "availability": (lambda: retention.availability(**one, span=window), both | {"0_d14"}),
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


# Dropping ------------------------------------------------------------------------------------------------------------


@dataclass
class City:
    """Two institutions with an old day under one class, and the bureau."""

    urls: DatabaseUrls
    one: Institution
    other: Institution
    bureau: Institution

    def end(self, of: Institution, *, state: str | None) -> None:
        """Destroy the day's key; `state` is how far its destruction got."""
        bind(db.session, Binding(tenant_id=of.tenant_id))
        key = db.session.get_one(DayKey, (of.tenant_id, OLD, 14))
        key.wrapped_secret, key.destroyed_at = None, clock.now()
        db.session.commit()
        if state is not None:
            made_retention.destruction(of, day=OLD)
            if state == "begun":
                with self.superuser() as connection:
                    connection.execute(
                        text(
                            "update destructions set state = 'begun', certificate = null, certified_at = null, "
                            "certificate_no = null where tenant_id = :t"
                        ),
                        {"t": of.tenant_id},
                    )

    def superuser(self) -> Connection:
        """A transaction that sees everything."""
        return create_engine(self.urls.superuser, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect()

    def tables(self) -> set[str]:
        """The partitions there are."""
        with self.superuser() as connection:
            return set(
                connection.scalars(text("select relname from pg_class where relname ~ '^segments_[0-9]+(_d[0-9]+)?$'"))
            )

    def drop(self, day: date = OLD, days: int = 14) -> bool:
        """Ask the database as the service does."""
        done = db.session.scalar(text("select drop_segment_partition(:day, :days)"), {"day": day, "days": days})
        db.session.commit()
        return bool(done)


@pytest.fixture
def city(domain: Flask, database: DatabaseUrls) -> City:
    assert domain
    bureau_id = people.bureau()
    one, other = institution("K1"), institution("K2", name="向陽幼兒園")
    for of in (one, other):
        bind(db.session, Binding(tenant_id=of.tenant_id))
        footage.day_key(of, day=day_start(OLD))
        footage.segment(of, device_id=footage.device(of), started_at=day_start(OLD) + timedelta(hours=9))
    bureau = Institution(tenant_id=bureau_id, site_id=bureau_id, cameras={})
    return City(database, one, other, bureau)


MINE, WHOLE = f"segments_{OLD:%Y%m%d}_d14", f"segments_{OLD:%Y%m%d}"


@pytest.mark.req("KH-5-4a", "DR-05")
@pytest.mark.parametrize(
    ("first", "second"), [("certified", None), ("certified", "begun"), ("certified", "uncertified")]
)
def test_a_day_stays_while_anybodys_destruction_is_not_certified(
    city: City, first: str | None, second: str | None
) -> None:
    for of, state in ((city.one, first), (city.other, second)):
        if state is not None:
            city.end(of, state=None if state == "uncertified" else state)
    bind(db.session, Binding(tenant_id=city.one.tenant_id))
    assert partitions.droppable() == []
    assert not city.drop()
    assert {MINE, WHOLE} <= city.tables()


@pytest.mark.req("KH-5-4a")
def test_a_day_goes_as_a_table_once_everybodys_is_certified(city: City) -> None:
    for of in (city.one, city.other):
        city.end(of, state="certified")
    db.session.execute(text("select ensure_segment_partition(:day, 30)"), {"day": OLD})
    bind(db.session, Binding(tenant_id=city.bureau.tenant_id))
    assert partitions.droppable() == [DayOfClass(day=OLD, retention_days=14)]
    partitions.drop(actor=system("drop_partition"), bureau_id=city.bureau.tenant_id, day=OLD, retention_days=14)
    db.session.commit()
    assert {name for name in city.tables() if name.startswith(WHOLE)} == {WHOLE, f"{WHOLE}_d30"}
    newest = audit.latest(tenant_id=city.bureau.tenant_id)[0]
    assert (newest.event, newest.fields["civil_day"]) == ("index:dropped", OLD.isoformat())
    assert not city.drop(days=-1)
    made_retention.destruction(city.bureau, day=OLD, retention_days=30)
    db.session.commit()
    assert city.drop(days=30), "nobody has a row there"
    assert not {name for name in city.tables() if name.startswith(WHOLE)}, "an emptied day goes with its last class"
    assert not city.drop(day=date(1900, 1, 1))
    with pytest.raises(HeldByLaw):
        partitions.drop(actor=system("drop_partition"), bureau_id=city.bureau.tenant_id, day=OLD, retention_days=14)


@pytest.mark.parametrize("lost", ["day_keys", "destructions"])
def test_a_lost_table_drops_nothing(city: City, lost: str) -> None:
    """An empty table of keys has no living key in it either."""
    for of in (city.one, city.other):
        city.end(of, state="certified")
    with city.superuser() as connection:
        connection.execute(text(f"delete from {lost} where tenant_id = :t"), {"t": city.other.tenant_id})  # noqa: S608
        if lost == "day_keys":
            connection.execute(text("delete from day_keys"))
            connection.execute(text("delete from destructions where tenant_id = :t"), {"t": city.other.tenant_id})
    assert partitions.droppable() == []
    assert not city.drop()


def test_the_service_can_neither_shadow_the_tables_nor_ask_past_its_rows(city: City) -> None:
    """`search_path` is the function's own, and the owner's policy opens nothing to those who call it."""
    bind(db.session, Binding(tenant_id=city.one.tenant_id))
    for table in ("day_keys", "destructions", "segments"):
        db.session.execute(text(f"create temp table {table} (like public.{table})"))
    db.session.execute(text("set local search_path = pg_temp, public"))
    assert not db.session.scalar(text("select drop_segment_partition(:day, 14)"), {"day": OLD})
    db.session.rollback()
    bind(db.session, Binding(tenant_id=city.one.tenant_id))
    seen = db.session.scalars(text("select distinct tenant_id from day_keys")).all()
    assert seen == [city.one.tenant_id]
    for forbidden in (f"drop table {MINE}", "select segment_partition_is_over(current_date, 14)"):
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"):
            db.session.execute(text(forbidden))
        db.session.rollback()


# After the drop ------------------------------------------------------------------------------------------------------


@pytest.mark.req("KH-5-4a", "DR-05")
def test_every_answer_about_a_destroyed_day_is_the_same_without_its_index(k1: Institution) -> None:
    """Availability, timelines, sites, what was kept back, and what the certificate says."""
    began = day_start(OLD) + timedelta(hours=9)
    footage.day_key(k1, day=began)
    minute = footage.segment(k1, device_id=footage.device(k1), started_at=began)
    hold_id = made_retention.hold(k1, started_at=began)
    made_retention.preserved(k1, hold_id=hold_id, segment=minute)
    made = destruction.begin_destruction(
        actor=system("test"), tenant_id=k1.tenant_id, day=OLD, retention_days=14, today=TODAY
    )
    made.state, made.certificate, made.certificate_no = "certified", {"segments": 1}, "銷毀-1"
    made.certified_at = clock.now()
    db.session.commit()
    before = _answers(k1, began)
    assert before["state"] == "destroyed"
    assert before["destroyed"] == {"C-GATE"}
    assert before["held"] == [1]
    assert db.session.scalar(text("select drop_segment_partition(:day, 14)"), {"day": OLD})
    db.session.commit()
    assert _answers(k1, began) == before


def _answers(k1: Institution, began: datetime) -> dict[str, object]:
    span = CameraWindow(camera_id=k1.cameras["C-GATE"], started_at=began, ended_at=began + timedelta(minutes=1))
    cameras = device_queries.cameras_of_site(tenant_id=k1.tenant_id, site_id=k1.site_id)
    lines = queries.timeline(tenant_id=k1.tenant_id, cameras=cameras, day=OLD, now=clock.now())
    found = retention.availability(tenant_id=k1.tenant_id, span=span)
    of_class = {"tenant_id": k1.tenant_id, "day": OLD, "retention_days": 14}
    return {
        "state": found.state,
        "certificates": found.certificates,
        "earliest": found.earliest,
        "destroyed": {line.camera.code for line in lines if line.destroyed},
        "sites": [site.id for site in coverage.sites_covered(**of_class)],  # type: ignore[arg-type]
        "held": [each.segments for each in destruction.held_back(**of_class)],  # type: ignore[arg-type]
        "shares": list(destruction._shares(k1.tenant_id, OLD, 14)),  # noqa: SLF001
        "waiting": hold_queries.waiting_holds(**of_class),  # type: ignore[arg-type]
    }
