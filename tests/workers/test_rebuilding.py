"""The index made again from the store alone, as an operator does it; what a device did not sign does not come back."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from click.testing import Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from infra import clock, manifest
from infra.db import db
from infra.objects import S3Objects
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants.footage.models import DayKey, Segment
from tests.factories.evidence import Archive
from tests.factories.sweeps import events, superuser, yesterday
from workers.app import create_app

Run = Callable[..., Result]


def day() -> date:
    """That of `yesterday`."""
    return clock.civil_day(yesterday())


@pytest.fixture
def run(archive: Archive) -> Run:
    """`flask footage …`, in this process; the session is bound to the institution again afterwards."""
    runner = create_app().test_cli_runner()

    def ran(*arguments: str) -> Result:
        said = runner.invoke(args=["footage", *arguments])
        db.session.rollback()
        db.session.expire_all()
        bind(db.session, Binding(tenant_id=archive.of.tenant_id))
        return said

    return ran


def digest(run: Run) -> str:
    said = run("digest", "--tenant", "K1", "--day", day().isoformat())
    assert said.exit_code == 0, said.stderr
    found = re.search(r"(\d+) 個片段.*摘要 ([0-9a-f]{64})", said.stdout)
    assert found, said.stdout
    return f"{found[1]} {found[2]}"


@pytest.mark.req("DR-07", "KH-5-3c")
def test_a_lost_index_comes_back_to_the_same_digest(archive: Archive, run: Run, database: DatabaseUrls) -> None:
    for hour, days in ((9, 14), (10, 14), (10, 30)):
        archive.record(yesterday(hour), retention_days=days)
    archive.record(yesterday() - timedelta(days=1))
    before = digest(run)
    assert before.startswith("3 ")
    superuser(database, "delete from segments")
    assert digest(run).startswith("0 ")

    checked = run("rebuild", "--tenant", "K1", "--into-check")
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert checked.stdout.count("可回復 1 個片段") == 2
    assert checked.stdout.count("可回復 2 個片段") == 1
    assert digest(run).startswith("0 "), "a check changes nothing"

    rebuilt = run("rebuild", "--tenant", "K1")
    assert (rebuilt.exit_code, rebuilt.stderr) == (0, "")
    assert digest(run) == before
    assert db.session.query(Segment).count() == 4
    again = run("rebuild", "--tenant", "K1", "--day", day().isoformat())
    assert "已回復 0 個片段，原有 2 個" in again.stdout
    assert [each["restored"] for each in events("index:rebuilt")] == [1, 2, 1, 0, 0]


@pytest.mark.req("DR-07")
def test_what_no_device_signed_about_these_bytes_here_is_refused_and_named(
    archive: Archive, store: S3Objects, run: Run, database: DatabaseUrls
) -> None:
    good, swapped, forged, moved, bare, foreign = (archive.record(yesterday(hour)) for hour in range(8, 14))
    keys = [one.object_key for one in (good, swapped, forged, moved, bare, foreign)]
    cipher = {key: store.get(key) for key in keys}
    lines = {key: manifest.lying_beside(store.facts(key).beside) for key in keys}
    stranger = Ed25519PrivateKey.generate()
    other_place = keys[3].replace(str(moved.id), str(uuid4()))
    longer = replace(manifest.parse(lines[keys[2]].line), media_ms=1)
    store.put(keys[1], b"other bytes", beside=manifest.beside(lines[keys[1]]))
    store.put(keys[2], cipher[keys[2]], beside=manifest.beside(manifest.signed(longer, stranger)))
    store.put(other_place, cipher[keys[3]], beside=manifest.beside(lines[keys[3]]))
    store.put(keys[4], cipher[keys[4]])
    theirs = replace(manifest.parse(lines[keys[5]].line), device_id=uuid4())
    store.put(keys[5], cipher[keys[5]], beside=manifest.beside(manifest.signed(theirs, stranger)))
    kept = {good.id, moved.id}
    superuser(database, "delete from segments")

    said = run("rebuild", "--tenant", "K1")

    assert said.exit_code == 1
    refused = dict(line.split("：") for line in said.stderr.splitlines())
    assert refused == {
        keys[1]: "other_bytes",
        keys[2]: "bad_signature",
        other_place: "other_place",
        keys[4]: "no_line",
        keys[5]: "unknown_device",
    }
    assert set(db.session.scalars(select(Segment.id))) == kept


@pytest.mark.req("KH-5-4a")
def test_a_destroyed_day_does_not_come_back(archive: Archive, run: Run, database: DatabaseUrls) -> None:
    object_key = archive.record(yesterday()).object_key
    key = db.session.get_one(DayKey, (archive.of.tenant_id, day(), 14))
    key.wrapped_secret, key.destroyed_at = None, clock.now()
    db.session.commit()
    superuser(database, "delete from segments")
    said = run("rebuild", "--tenant", "K1")
    assert (said.exit_code, said.stderr.strip()) == (1, f"{object_key}：day_destroyed")
    assert db.session.query(Segment).count() == 0


def test_a_code_that_nobody_has_is_said(archive: Archive, run: Run) -> None:
    assert archive
    for command in (("rebuild", "--tenant", "K9"), ("digest", "--tenant", "K9", "--day", day().isoformat())):
        said = run(*command)
        assert said.exit_code != 0
        assert "找不到這個代碼的機構" in said.stderr


def test_an_operator_sweeps_everything_and_sees_what_is_strange(archive: Archive, store: S3Objects, run: Run) -> None:
    archive.record(yesterday())
    said = run("reconcile", "--tenant", "K1")
    assert said.exit_code == 0, said.stderr
    assert "1 個物件，來源不明 0，遺失 0，內容不符 0" in said.stdout
    assert run("strays").stdout == ""
    key = db.session.get_one(DayKey, (archive.of.tenant_id, day(), 14))
    key.wrapped_secret, key.destroyed_at = None, clock.now() - timedelta(days=2)
    db.session.commit()
    assert "來源不明 1" in run("reconcile").stdout
    listed = run("strays")
    assert listed.exit_code == 0
    (object_key,) = [facts.key for facts in store.listing("seg/")]
    assert object_key in listed.stdout
