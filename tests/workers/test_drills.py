"""The night's drill: a random minute really fetched, opened and decoded, and what is kept of it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from infra import clock, object_keys
from infra.db import db
from infra.objects import S3Objects, StoreUnavailable
from infra.queues import Job
from tenants.audit import queries as audit
from tenants.audit.events import Event
from tenants.errors import NotFound
from tenants.footage.models import Segment
from tenants.upkeep.inspections import drills
from tenants.upkeep.inspections.models import DrillOutcome, SegmentDrill
from tests.factories.evidence import ACTOR, Archive
from tests.made_segments import clip
from workers import drill_jobs

pytestmark = pytest.mark.req("KH-8-1a", "KH-8-1b", "DR-07")


def yesterday() -> date:
    return clock.today() - timedelta(days=1)


def noon() -> datetime:
    return clock.day_start(yesterday()) + timedelta(hours=12)


@pytest.fixture
def filmed(archive: Archive) -> Segment:
    """One minute of yesterday that can be looked at."""
    return archive.record(noon(), plain=clip().plain)


def run(archive: Archive, day: date | None = None) -> SegmentDrill | None:
    day = day or yesterday()
    drill_jobs.drill_site(tenant_id=str(archive.of.tenant_id), site_id=str(archive.of.site_id), day=day.isoformat())
    db.session.rollback()
    return db.session.scalar(db.select(SegmentDrill).where(SegmentDrill.civil_day == day))


def test_a_minute_that_opens_and_decodes_is_a_success_with_its_place_and_no_picture(
    archive: Archive, filmed: Segment
) -> None:
    made = run(archive)

    assert made is not None
    assert (made.outcome, made.cause, made.segment_id) == (DrillOutcome.OK, "", filmed.id)
    assert (made.camera_id, made.started_at) == (filmed.camera_id, noon())
    (told,) = audit.of_subject(tenant_id=archive.of.tenant_id, subject_id=made.id, kinds=(Event.SEGMENT_DRILLED,))
    assert told.fields["segment_id"] == str(filmed.id)


def test_a_second_run_tries_nothing_again(archive: Archive, filmed: Segment) -> None:
    first = run(archive)
    archive.store.destroy([filmed.object_key])
    again = run(archive)

    assert first is not None
    assert again is not None
    assert (again.id, again.outcome) == (first.id, DrillOutcome.OK)


def _gone(archive: Archive, filmed: Segment) -> None:
    archive.store.destroy([filmed.object_key])


def _other_bytes(archive: Archive, filmed: Segment) -> None:
    archive.store.put(filmed.object_key, b"something else")


def _share_gone(archive: Archive, filmed: Segment) -> None:
    key = archive.key(filmed.civil_day)
    prefix = object_keys.day_shares(retention_days=14, tenant_id=archive.of.tenant_id, day=filmed.civil_day)
    archive.store.destroy([object_keys.share(prefix, key.recipient)])


@pytest.mark.parametrize(
    ("harm", "cause"),
    [(_gone, "missing"), (_other_bytes, "other_bytes"), (_share_gone, "key_missing")],
)
def test_a_minute_that_cannot_be_used_is_a_failure_with_its_cause(
    archive: Archive, filmed: Segment, harm: Callable[[Archive, Segment], None], cause: str
) -> None:
    harm(archive, filmed)

    made = run(archive)

    assert made is not None
    assert (made.outcome, made.cause, made.segment_id) == (DrillOutcome.FAILED, cause, filmed.id)


def test_bytes_that_open_and_show_nothing_are_a_failure(archive: Archive) -> None:
    archive.record(noon())  # random bytes, rightly signed

    made = run(archive)

    assert made is not None
    assert (made.outcome, made.cause) == (DrillOutcome.FAILED, "no_picture")


def test_the_sweep_sends_what_was_not_tried_and_stops_when_it_was(archive: Archive, filmed: Segment) -> None:
    tenant_id, day = archive.of.tenant_id, clock.today()
    sent = [(Job.DRILL_SITE, {"site_id": archive.of.site_id, "day": yesterday().isoformat()})]

    assert filmed.civil_day == yesterday()
    assert list(drill_jobs.waiting_jobs(tenant_id=tenant_id, today=day)) == sent
    run(archive)
    assert list(drill_jobs.waiting_jobs(tenant_id=tenant_id, today=day)) == []


def test_a_site_whose_box_sends_at_night_is_waited_for_until_noon(archive: Archive) -> None:
    early, late = (clock.day_start(clock.today()) + timedelta(hours=hour) for hour in (1, 13))

    def waiting(now: datetime) -> list[UUID]:
        return list(drills.waiting(tenant_id=archive.of.tenant_id, day=yesterday(), now=now))

    def tried(now: datetime) -> SegmentDrill | None:
        return drills.drill(
            actor=ACTOR,
            tenant_id=archive.of.tenant_id,
            site_id=archive.of.site_id,
            day=yesterday(),
            store=archive.store,
            kms=archive.kms,
            now=now,
        )

    assert waiting(early) == []
    assert tried(early) is None
    assert waiting(late) == [archive.of.site_id]
    made = tried(late)
    assert made is not None
    assert (made.outcome, made.segment_id) == (DrillOutcome.NO_FOOTAGE, None)


def test_a_store_that_is_down_says_nothing_of_the_footage(
    archive: Archive, filmed: Segment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(_store: object, _key: str) -> bytes:
        raise StoreUnavailable

    with monkeypatch.context() as away:
        away.setattr(S3Objects, "get", down)
        with pytest.raises(StoreUnavailable):
            run(archive)
    db.session.rollback()
    assert db.session.scalar(db.select(SegmentDrill)) is None
    made = run(archive)
    assert made is not None
    assert (made.outcome, filmed.id) == (DrillOutcome.OK, made.segment_id)


def test_a_site_of_another_institution_is_not_there(archive: Archive) -> None:
    with pytest.raises(NotFound):
        drill_jobs.drill_site(tenant_id=str(archive.of.tenant_id), site_id=str(uuid4()), day=yesterday().isoformat())
