"""A real backup of the database, taken before a destruction and restored after it (infra/decisions/0011)."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from infra import age, clock, object_keys
from infra.db import db
from infra.kms import Kms
from infra.objects import ObjectStore
from infra.shares import Lock, ShareMissing, unseal
from infra.stack.postgres import DatabaseUrls, Postgres
from tenants.audit import anchoring
from tenants.footage.keys import day_lock
from tenants.footage.models import Segment
from tenants.retention import actions, queries
from tenants.retention.hold_keys import hold_lock
from tests.factories.evidence import ACTOR, Archive
from tests.factories.holds import kept, span
from workers import context, retention_jobs

DEAD = clock.today() - timedelta(days=20)
ALIVE = clock.today() - timedelta(days=1)


@dataclass(frozen=True)
class Restored:
    """A database as a backup brings it back, and the ciphertexts that somebody kept aside."""

    urls: DatabaseUrls
    dead: bytes
    alive: bytes
    copy: bytes
    plain: bytes

    def rows(self, query: str) -> list[Mapping[str, Any]]:
        with create_engine(self.urls.superuser, poolclass=NullPool).connect() as connection:
            return [dict(row) for row in connection.execute(text(query)).mappings()]


def kept_aside(archive: Archive, segment: Segment) -> bytes:
    return archive.store.get(segment.object_key)


def held_copy(archive: Archive, segment: Segment) -> tuple[str, bytes]:
    """A hold on the segment, copied, and the copy's ciphertext."""
    hold = kept(archive, span(segment))
    hold_id = str(hold.id)
    retention_jobs.copy_hold(tenant_id=str(archive.of.tenant_id), hold_id=hold_id)
    key = object_keys.preserved_segment(tenant_id=archive.of.tenant_id, hold_id=hold.id, segment_id=segment.id)
    return hold_id, archive.store.get(key)


def destroy(archive: Archive, hold_id: str) -> str:
    """End the hold and the day, each to its proof; the certificate's number."""
    tenant_id = str(archive.of.tenant_id)
    actions.release_hold(actor=ACTOR, tenant_id=archive.of.tenant_id, hold_id=hold_id, reason="案件結束")
    db.session.commit()
    for _ in range(2):
        retention_jobs.destroy_hold(tenant_id=tenant_id, hold_id=hold_id)
    retention_jobs.destroy_day(tenant_id=tenant_id, day=DEAD.isoformat(), retention_days=14)
    (begun,) = queries.begun_destructions(tenant_id=archive.of.tenant_id)
    retention_jobs.certify_destruction(tenant_id=tenant_id, destruction_id=str(begun.id))
    db.session.refresh(begun)
    assert begun.certificate_no is not None
    return begun.certificate_no


def anchor(archive: Archive, day: date) -> None:
    anchoring.anchor_chain(
        actor=ACTOR,
        tenant_id=archive.of.tenant_id,
        day=day,
        store=archive.store,
        lock_until=None,
        cosigner=None,
    )
    db.session.commit()


@pytest.fixture
def restored(archive: Archive, postgres: Postgres, database: DatabaseUrls, tmp_path: Path) -> Iterator[Restored]:
    """Dump, destroy, anchor, restore beside the database that went on."""
    dead, alive = archive.record(clock.day_start(DEAD)), archive.record(clock.day_start(ALIVE))
    plain = archive.plain[alive.id]
    dead_cipher, alive_cipher = kept_aside(archive, dead), kept_aside(archive, alive)
    hold_id, copy = held_copy(archive, dead)
    anchor(archive, clock.today() - timedelta(days=1))
    name = database.app.partition("@/")[2].partition("?")[0]
    postgres.dump(name, tmp_path / "backup")
    destroy(archive, hold_id)
    anchor(archive, clock.today())
    db.session.remove()
    urls = postgres.restore(f"{name}_restored", tmp_path / "backup")
    yield Restored(urls, dead_cipher, alive_cipher, copy, plain)
    postgres.drop(f"{name}_restored")


def locks(restored: Restored) -> Iterator[tuple[Lock, bytes]]:
    """Every wrapped secret that the backup brought back."""
    for row in restored.rows("select * from day_keys where wrapped_secret is not null"):
        yield (
            day_lock(
                tenant_id=row["tenant_id"],
                day=row["civil_day"],
                retention_days=row["retention_days"],
                recipient=row["recipient"],
            ),
            row["wrapped_secret"],
        )
    for row in restored.rows("select * from holds where wrapped_secret is not null"):
        yield (
            hold_lock(tenant_id=row["tenant_id"], hold_id=row["id"], recipient=row["recipient"]),
            row["wrapped_secret"],
        )


def secrets_of(restored: Restored, kms: Kms, store: ObjectStore) -> list[str]:
    """All that the master key, the restored rows and the store of today give together."""
    found = []
    for lock, wrapped in locks(restored):
        with suppress(ShareMissing):
            found.append(unseal(wrapped, lock, kms=kms, store=store).decode())
    return found


def opens(cipher: bytes, secret: str) -> bytes | None:
    with suppress(age.CannotDecrypt):
        return age.decrypt(cipher, secret)
    return None


def run_on(restored: Restored, environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    """A worker's program over the restored database."""
    told = dict(environment) | {
        "SHOUYUAN_DATABASE_URL": restored.urls.app,
        "SHOUYUAN_BUREAU_DATABASE_URL": restored.urls.bureau,
    }
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, env=told, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 - ours


@pytest.mark.req("KH-5-4a", "DR-05")
def test_a_backup_from_before_a_destruction_opens_nothing_of_it(restored: Restored, archive: Archive) -> None:
    brought_back = list(locks(restored))
    assert len(brought_back) == 3, "the dead day, the living one and the ended hold"
    kms = context.kms()
    inner = [kms.unwrap(wrapped, context=lock.context) for lock, wrapped in brought_back]
    assert not [one for one in inner if b"AGE-SECRET-KEY" in one], "the master key alone gives no secret"

    secrets = secrets_of(restored, kms, archive.store)
    assert len(secrets) == 1
    assert [opens(restored.alive, secret) for secret in secrets] == [restored.plain]
    assert [opens(cipher, secrets[0]) for cipher in (restored.dead, restored.copy)] == [None, None]


@pytest.mark.req("KH-5-4a", "DR-05", "DR-06")
def test_after_a_restore_what_was_destroyed_is_entered_as_destroyed_and_says_so(
    restored: Restored, environment: dict[str, str], archive: Archive
) -> None:
    told = run_on(restored, environment, "flask", "--app", "workers.app", "keys", "after-restore")
    assert told.returncode == 1, "the hold lacks its share, and a person decides about it"
    assert told.stdout.count("登記為已銷毀") == 1
    assert "保全 調閱-115-0001" in told.stderr
    keys = {row["civil_day"]: row for row in restored.rows("select * from day_keys")}
    assert keys[DEAD]["wrapped_secret"] is None
    assert keys[ALIVE]["wrapped_secret"] is not None

    worked = run_on(restored, environment, "workers.main", "--burst", "retention")
    assert worked.returncode == 0, worked.stderr
    (made,) = restored.rows("select * from destructions")
    assert made["state"] == "certified"
    assert "由備份還原" in made["certificate"]["restored"]["note"]
    assert made["certificate"]["restored"]["last_anchor"]["object"].startswith(f"ledger/{archive.of.tenant_id}/")
    compared = restored.rows("select fields from audit_events where event = 'keys:compared' order by seq")
    assert [(row["fields"]["destroyed"], row["fields"]["missing"]) for row in compared] == [(1, 1)]
    assert archive.store.get(object_keys.shares_prefix(tenant_id=archive.of.tenant_id) + _living(keys)), "untouched"


def _living(keys: Mapping[Any, Mapping[str, Any]]) -> str:
    return f"days/{ALIVE.isoformat()}/d14/{keys[ALIVE]['recipient']}.share"


@pytest.mark.req("DR-05", "DR-06")
def test_events_that_a_backup_lost_are_named_as_lost_once_it_is_written_down_and_before_as_a_fault(
    restored: Restored, environment: dict[str, str]
) -> None:
    flask = ("flask", "--app", "workers.app")
    before = run_on(restored, environment, *flask, "audit", "verify", "--tenant", "K1")
    assert before.returncode == 1, "the store has a head over events that nobody has"
    assert f"{clock.today().isoformat()}錨定的第" in before.stderr

    told = run_on(restored, environment, *flask, "keys", "after-restore")
    again = run_on(restored, environment, *flask, "keys", "after-restore")
    for read in ((), ("--read-anchors",)):
        after = run_on(restored, environment, *flask, "audit", "verify", "--tenant", "K1", *read)
        assert (after.returncode, after.stderr) == (0, "")
        assert "還原遺失已記載於第" in after.stdout
    lost = restored.rows("select seq, fields from audit_events where event = 'chain:restored'")
    assert ("還原遺失" in told.stdout, "還原遺失" in again.stdout, len(lost)) == (True, False, 1)
    assert lost[0]["fields"]["kept"] == lost[0]["seq"] - 1
    assert lost[0]["fields"]["lost"]["size"] > lost[0]["fields"]["confirmed"]
    assert [day for day, _ in lost[0]["fields"]["anchors"]] == [clock.today().isoformat()]
