"""A day of a class goes as one table once nobody has anything under it, and every answer about it stays the same."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import ProgrammingError

from infra import clock
from infra.clock import day_start
from infra.db import db
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.errors import HeldByLaw
from tenants.footage import camera_days, partitions
from tenants.footage.areas import DayOfClass
from tenants.footage.models import DayKey
from tenants.registry import device_queries
from tenants.retention import coverage, destruction, hold_queries
from tenants.retention.availability import availability
from tenants.retention.rules import CameraWindow, DayAndClass
from tests.factories import footage, people
from tests.factories import retention as made_retention
from tests.factories.registry import Institution, institution

TODAY = clock.today()
OLD = TODAY - timedelta(days=30)


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


WAITING = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query ~ '^select drop_'")
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


@pytest.mark.req("KH-5-4a")
def test_who_reads_the_whole_index_meanwhile_is_not_ended(city: City) -> None:
    """A reader that has the day waits for its class only while that is dropped, and the drop for the reader."""
    for of in (city.one, city.other):
        city.end(of, state="certified")
    with city.superuser() as watching, create_engine(city.urls.superuser, poolclass=NullPool).connect() as reader:
        reader.execute(text(f"lock table only segments, only {WHOLE} in access share mode"))
        with ThreadPoolExecutor(1) as beside, city.superuser() as dropping:
            drop = text("select drop_segment_partition(:day, 14)")
            dropped = beside.submit(lambda: dropping.scalar(drop, {"day": OLD}))
            while not watching.scalar(WAITING) and not dropped.done():
                time.sleep(0.02)
            assert reader.scalar(text("select count(*) from segments")) == 2
            reader.commit()
            assert dropped.result()


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


@pytest.mark.req("DR-17")
def test_a_day_is_vacuumed_after_each_fiftieth_of_it(city: City) -> None:
    """By PostgreSQL's own fifth its evening never is, and whoever lists it fetches each minute from another page."""
    with city.superuser() as connection:
        found = connection.execute(
            text(
                "select option_name, option_value::float from pg_class, pg_options_to_table(reloptions) "
                "where relname = :name"
            ),
            {"name": MINE},
        )
        assert sorted(tuple(option) for option in found) == [
            ("autovacuum_vacuum_insert_scale_factor", 0.02),
            ("autovacuum_vacuum_scale_factor", 0.02),
        ]


@pytest.mark.req("KH-5-4a", "DR-05")
def test_every_answer_about_a_destroyed_day_is_the_same_without_its_index(k1: Institution) -> None:
    """Availability, timelines, sites, what was kept back, and what the certificate says."""
    began = day_start(OLD) + timedelta(hours=9)
    footage.day_key(k1, day=began)
    minute = footage.segment(k1, device_id=footage.device(k1), started_at=began)
    hold_id = made_retention.hold(k1, started_at=began)
    made_retention.preserved(k1, hold_id=hold_id, segment=minute)
    made = destruction.begin_destruction(
        actor=system("test"), tenant_id=k1.tenant_id, of=DayAndClass(day=OLD, retention_days=14), now=clock.now()
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
    lines = camera_days.timeline(tenant_id=k1.tenant_id, cameras=cameras, day=OLD, now=clock.now())
    found = availability(tenant_id=k1.tenant_id, span=span)
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
