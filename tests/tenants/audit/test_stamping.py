"""An authority's time for the head of each day: asked of a real authority, and checked with openssl."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from infra import object_keys
from infra.db import db
from infra.objects import S3Objects, StoreRefused
from infra.s3_client import s3_client
from infra.settings import StoreSettings
from infra.tenancy import Binding, bind
from infra.timestamps import NoTimestamp, TimestampAuthority
from tenants.audit import checking, queries
from tenants.audit.checking import Report
from tenants.audit.models import AuditTreeStamp
from tenants.errors import Tampered
from tests.factories.ledger import anchored, stamped
from tests.factories.registry import Institution
from tests.tenants.audit.conftest import go_on
from tests.tenants.audit.days import DAY, NAME, Days
from tests.tenants.audit.test_anchoring import killed_at
from tests.time_authority import TimeAuthority, respond

pytestmark = pytest.mark.req("DR-06", "DR-07")


def accepted(stage: Days, folder: Path, *, token: str, anchor: str) -> bool:
    """Whether openssl finds the one object to be the authority's token over the other."""
    (folder / "anchor.json").write_bytes(stage.drawer.objects[anchor])
    (folder / "anchor.json.tsr").write_bytes(stage.drawer.objects[token])
    return stage.authority.accepts(folder / "anchor.json.tsr", folder / "anchor.json")


def test_openssl_accepts_the_token_beside_an_anchor_for_this_anchor_and_no_other(stage: Days, tmp_path: Path) -> None:
    assert accepted(stage, tmp_path, token=stage.token(1), anchor=stage.head(1))
    assert not accepted(stage, tmp_path, token=stage.token(1), anchor=stage.head(0))


def test_when_and_by_whom_is_kept_and_the_chain_says_so(k1: Institution, authority: TimeAuthority) -> None:
    stage, before = Days(k1, authority), datetime.now(UTC).replace(microsecond=0)
    stage.anchor(0)
    row = stage.stamp()

    said = queries.latest(tenant_id=k1.tenant_id)[0]
    assert (row.day, row.authority, row.token) == (DAY, NAME, stage.drawer.objects[stage.token(0)])
    assert before <= row.stamped_at <= datetime.now(UTC)
    assert said.event == "chain:stamped"
    assert (said.fields["day"], said.fields["authority"]) == (DAY.isoformat(), NAME)
    assert stage.check() == Report(
        broken=None, heads=1, unsigned=0, key_ids=frozenset({stage.bureau.key_id}), stamps=((NAME, 1),)
    )


def test_an_authority_that_fails_leaves_the_head_as_it_is_and_a_later_run_adds_the_token(
    k1: Institution, authority: TimeAuthority
) -> None:
    stage = Days(k1, authority)
    authority.answer = lambda handler, _query: respond(handler, b"", status=503)
    stage.anchor(0)
    with pytest.raises(NoTimestamp):
        stage.stamp()
    db.session.rollback()
    assert (stage.check().broken, stage.check().unstamped) == (None, 1)
    assert stage.token(0) not in stage.drawer.objects

    authority.answer = lambda handler, query: respond(handler, authority.reply(query))
    assert stage.stamp().day == DAY
    assert (stage.check().broken, stage.check().unstamped) == (None, 0)


def test_the_newest_head_is_stamped_first_and_those_of_a_week_ago_no_more(
    k1: Institution, authority: TimeAuthority
) -> None:
    stage = Days(k1, authority)
    for number in range(9):
        stage.anchor(number)

    days = [stage.stamp().day for _ in range(7)]

    assert days == [DAY + timedelta(days=number) for number in range(8, 1, -1)]
    assert stage.try_stamp() is None
    assert authority.asked == 7
    assert stage.check().unstamped == 2


def test_a_token_of_which_a_restored_backup_knows_nothing_is_taken_however_old_it_is(
    k1: Institution, authority: TimeAuthority
) -> None:
    stage = Days(k1, authority)
    stage.anchor(0)
    answer = TimestampAuthority(authority.url).stamp(stage.drawer.objects[stage.head(0)]).answer
    stage.drawer.objects[stage.token(0)] = answer
    for number in range(1, 9):
        stage.anchor(number)

    made = [stage.stamp() for _ in range(8)]

    assert (made[-1].day, made[-1].token) == (DAY, answer)
    assert authority.asked == 1 + 7
    assert stage.check().broken is None


def test_a_run_may_die_at_any_step_and_the_next_one_completes_it(
    k1: Institution, authority: TimeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = Days(k1, authority)
    step, died, adopted = 0, True, 0
    while died:
        step += 1
        stage.anchor(step)
        with killed_at(step, stage.drawer, monkeypatch) as reached:
            with suppress(Exception):
                stage.stamp()
            died = reached()
        db.session.remove()
        db.engine.dispose()
        bind(db.session, Binding(tenant_id=k1.tenant_id))
        left = stage.drawer.objects.get(stage.token(step))
        assert stage.check().broken is None, "what a dead run left is no fault"
        if died:
            go_on(k1)
            assert stage.stamp().token == (left or stage.drawer.objects[stage.token(step)])
        adopted += left is not None and died
    assert step > 4
    assert adopted >= 1
    assert (stage.check().broken, stage.check().unstamped) == (None, 0)


def test_what_lies_there_and_is_no_token_of_the_head_is_never_taken(stage: Days) -> None:
    for wrong in (b"", b"0", stage.drawer.objects[stage.token(0)]):
        stage.drawer.objects[stage.token(2)] = wrong
        assert "2026-11-22時戳物件不屬於當日的錨定" in stage.fault()
        with pytest.raises(Tampered, match="不屬於當日的錨定"):
            stage.stamp()
        db.session.rollback()


def test_writers_of_the_chain_do_not_wait_for_the_authority(k1: Institution, authority: TimeAuthority) -> None:
    stage = Days(k1, authority)
    stage.anchor(0)
    seen: list[int] = []
    engine = db.engine

    def slow(handler: object, query: bytes) -> None:
        with engine.begin() as other:
            other.exec_driver_sql("set local lock_timeout = '1s'")
            other.execute(text("select set_config('shouyuan.tenant_id', :id, true)"), {"id": str(k1.tenant_id)})
            seen.extend(other.scalars(text("select seq from audit_heads for update")))
        respond(handler, authority.reply(query))  # type: ignore[arg-type]

    authority.answer = cast("Callable[..., None]", slow)
    stage.stamp()
    assert len(seen) == 1


def test_the_service_can_change_no_token(stage: Days) -> None:
    of = AuditTreeStamp.tenant_id == stage.of.tenant_id
    db.session.scalars(select(AuditTreeStamp).where(of)).all()[0].authority = "x"
    with pytest.raises(Exception, match="permission denied for table audit_tree_stamps"):
        db.session.commit()


@pytest.mark.needs("ceph")
def test_a_locked_token_cannot_be_removed_by_its_owner(
    k1: Institution, authority: TimeAuthority, ceph_settings: StoreSettings
) -> None:
    settings = replace(ceph_settings, bucket=f"t-{uuid4().hex}")
    store, tomorrow = S3Objects(settings), datetime.now(UTC) + timedelta(days=1)
    store.ensure_bucket(object_lock=True)
    anchored(k1, day=DAY, store=store, lock_until=tomorrow)
    stamped(k1, authority.url, store=store, lock_until=tomorrow)
    key = object_keys.ledger_stamp(tenant_id=k1.tenant_id, day=DAY)
    kept = s3_client(settings, settings.endpoint).get_object_retention(Bucket=settings.bucket, Key=key)["Retention"]
    assert kept["Mode"] == "COMPLIANCE"
    with pytest.raises(StoreRefused):
        store.destroy([key])
    assert checking.verify(tenant_id=k1.tenant_id, store=store).unstamped == 0
