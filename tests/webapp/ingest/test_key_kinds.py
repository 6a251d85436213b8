"""What a box is told of post-quantum day keys, and what it may say of them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from infra import clock
from infra.age_keys import Kind, kind_of, name_of, new_identity
from infra.db import db
from infra.kms import FileKms
from infra.objects import ObjectStore
from infra.stack.postgres import DatabaseUrls
from tenants.actor import system
from tenants.footage import keys, queries
from tenants.footage.lines import signed_line
from tenants.footage.models import DayKey, Segment
from tests.factories.registry import Institution
from tests.factories.sweeps import superuser
from tests.webapp.ingest.conftest import Talking, beat

pytestmark = pytest.mark.req("KH-5-1a", "DR-34")
AHEAD = timedelta(days=14)


@pytest.fixture
def hybrid_today(device: Talking, k1: Institution, kms: FileKms, store: ObjectStore, database: DatabaseUrls) -> DayKey:
    """Today's key, as it would be had it been made after the box said that it takes such."""
    today = clock.today()
    assert device.post("/heartbeats", beat(key_kinds=["classic", "hybrid"])).status_code == 200
    superuser(database, f"delete from day_keys where civil_day = '{today}'")  # noqa: S608 - a date
    db.session.expire_all()
    made = keys.make_day_keys(
        actor=system("test"),
        tenant_id=k1.tenant_id,
        kms=kms,
        store=store,
        first=today,
        last=today,
        retention_days=14,
        kind=Kind.HYBRID,
    )
    assert made == 1
    db.session.commit()
    return db.session.get_one(DayKey, (k1.tenant_id, today, 14))


def told(device: Talking) -> dict[str, Kind]:
    """The kind of each day's key that the box is told."""
    said = device.ask("GET", "/config").get_json()
    return {key["civil_day"]: kind_of(key["recipient"]) for key in [*said["day_keys"], *said["past_day_keys"]]}


def test_a_newer_box_is_told_that_it_may_say_so(device: Talking) -> None:
    assert "key_kinds" in device.ask("GET", "/config").get_json()["accepts"]


def test_a_box_is_told_only_of_keys_that_it_can_use(device: Talking, hybrid_today: DayKey) -> None:
    today = hybrid_today.civil_day.isoformat()
    assert told(device)[today] is Kind.HYBRID
    assert device.post("/heartbeats", beat()).status_code == 200, "an older release was put back"
    assert today not in told(device)
    assert set(told(device).values()) == {Kind.CLASSIC}
    assert (clock.today() + AHEAD).isoformat() in told(device)


@pytest.mark.parametrize("wrong", [["x" * 81], ["classic"] * 21, "hybrid", [1]])
def test_what_is_no_list_of_words_is_refused(device: Talking, wrong: object) -> None:
    assert device.post("/heartbeats", beat(key_kinds=wrong)).status_code == 422


@pytest.mark.req("KH-5-1a", "DR-07")
def test_a_line_names_the_days_key_and_comes_out_of_the_index_to_the_byte(
    device: Talking, hybrid_today: DayKey
) -> None:
    good = device.signed(recipient=name_of(hybrid_today.recipient), started_at=clock.day_start(hybrid_today.civil_day))
    (upload,) = device.lines("/uploads", good)
    assert upload["outcome"] == "upload", upload
    assert len(upload["headers"]["x-amz-meta-line"]) < 1800
    (confirmed,) = device.lines("/confirmations", good)
    assert confirmed["outcome"] == "confirmed"
    held = db.session.scalars(select(Segment)).one()
    assert signed_line(held, recipient=hybrid_today.recipient) == good


def test_a_line_with_the_whole_key_or_another_keys_name_does_not_enter(device: Talking, hybrid_today: DayKey) -> None:
    other = name_of(new_identity(Kind.HYBRID).recipient)
    began = clock.day_start(hybrid_today.civil_day)
    assert [
        device.lines("/uploads", device.signed(recipient=recipient, started_at=began))[0]["code"]
        for recipient in (hybrid_today.recipient, other, device.recipient)
    ] == ["bad_line", "unknown_key", "unknown_key"]


def test_days_of_before_still_have_their_keys_as_they_are(device: Talking, hybrid_today: DayKey) -> None:
    yesterday = hybrid_today.civil_day - timedelta(days=1)
    (key,) = queries.day_keys(tenant_id=device.box.of.tenant_id, first=yesterday, last=yesterday)
    assert name_of(key.recipient) == key.recipient
    assert told(device)[yesterday.isoformat()] is Kind.CLASSIC
