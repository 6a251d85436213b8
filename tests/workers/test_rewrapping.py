"""A master key is changed: every living secret of every table follows, and nothing else moves."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import NullPool, create_engine, select, text

from infra import age, clock
from infra.db import db
from infra.kms import FileKms, create_master_key, key_id_of
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind, binding_of
from tenants.audit import queries as audit
from tenants.disclosures.packages.certificates import signer
from tenants.disclosures.packages.keys import open_package_key
from tenants.disclosures.packages.models import HandoverPassphrase, Package, SigningCertificate
from tenants.disclosures.retained.keys import open_retained_key
from tenants.disclosures.retained.models import RetainedCopy
from tenants.footage import keys, rewrapping
from tenants.footage.models import DayKey, RecordsKey
from tenants.retention import destruction
from tenants.retention.models import Hold
from tenants.retention.rules import DayAndClass
from tests.factories import people, retained
from tests.factories.evidence import ACTOR, Archive
from tests.factories.packages import built
from tests.factories.requests import footage_of, granted
from workers import context
from workers.app import create_app
from workers.commands.keys import TABLES

SECOND = timedelta(seconds=1)
DAY = clock.today() - timedelta(days=20)


@pytest.fixture
def flask(archive: Archive) -> Callable[..., Result]:  # noqa: ARG001 - something to command
    """`flask --app workers.app …`, in this process."""
    people.bureau()
    app = create_app()

    def run(*arguments: str) -> Result:
        db.session.commit()
        held = binding_of(db.session)
        done = app.test_cli_runner().invoke(args=arguments)
        bind(db.session, held)
        return done

    return run


def wrapped(archive: Archive) -> dict[str, list[bytes]]:
    """Every living secret, by table."""
    db.session.expire_all()
    found: dict[str, list[bytes]] = {}
    for table in TABLES:
        column = table.model.wrapped_secret
        query = select(column).where(table.model.tenant_id == archive.of.tenant_id, column.is_not(None))
        found[table.name] = list(db.session.scalars(query))
    return found


def key_ids(archive: Archive) -> set[str]:
    return {key_id_of(one) for secrets in wrapped(archive).values() for one in secrets}


def new_key(flask: Callable[..., Result]) -> str:
    """Add a master key and use it."""
    assert flask("keys", "new").exit_code == 0
    key_id = context.kms().key_ids()[-1]
    assert flask("keys", "use", key_id).exit_code == 0
    return key_id


def elsewhere(app: Flask, archive: Archive, act: Callable[[], Any]) -> Future[Any]:
    """Do it on another connection, and commit."""

    def work() -> Any:  # noqa: ANN401 - whatever the act gives
        with app.app_context():
            bind(db.session, Binding(tenant_id=archive.of.tenant_id))
            done = act()
            db.session.commit()
            return done

    return ThreadPoolExecutor(1).submit(work)


def rewrap(archive: Archive) -> dict[str, int]:
    found = rewrapping.rewrap(actor=ACTOR, tenant_id=archive.of.tenant_id, kms=context.kms(), tables=TABLES)
    return dict(found)


def test_every_model_with_a_wrapped_secret_is_rewrapped() -> None:
    holding = {model.__tablename__ for model in _models() if hasattr(model, "wrapped_secret")}
    assert holding == {table.model.__tablename__ for table in TABLES}


def _models() -> list[Any]:
    return [mapper.class_ for mapper in DayKey.registry.mappers]


@pytest.mark.req("DR-05")
def test_all_tables_follow_and_everything_still_opens_after_the_old_key_is_gone(
    flask: Callable[..., Result], archive: Archive, tmp_path: Path
) -> None:
    start = clock.now().replace(microsecond=0) - timedelta(hours=2)
    footage_of(archive, start)
    request = granted(archive, start, asked=12 * SECOND, approved=(1.5 * SECOND, 10 * SECOND))
    request.copy_hold()
    built(request, tmp_path)
    retained.carried_out(request)
    retained.made(request, tmp_path)
    destroyed = archive.key(DAY)
    destroyed.wrapped_secret, destroyed.destroyed_at = None, clock.now()
    db.session.commit()
    objects = sorted((facts.key, facts.md5) for facts in archive.store.listing(""))
    before = wrapped(archive)
    assert [name for name, held in before.items() if not held] == ["passphrases"], "nothing left under one"
    old, new = context.kms().key_id, new_key(flask)

    assert flask("keys", "retire", old).exit_code == 1
    done = flask("keys", "rewrap")
    assert (done.exit_code, "尚有 0 把" in done.stdout) == (0, True)
    assert key_ids(archive) == {new}
    assert {name: len(held) for name, held in wrapped(archive).items()} == {k: len(v) for k, v in before.items()}
    assert flask("keys", "retire", old).exit_code == 0
    assert context.kms().key_ids() == [new]

    assert open_package_key(package=request.package(), kms=context.kms(), store=archive.store)
    assert not signer(tenant_id=archive.of.tenant_id, kms=context.kms()).is_new, "the institution signs on"
    copy = db.session.get_one(RetainedCopy, request.package_id)
    assert open_retained_key(copy=copy, kms=context.kms(), store=archive.store)
    recipient = keys.records_key_recipient(tenant_id=archive.of.tenant_id)
    assert recipient is not None
    secret = keys.open_records_key(tenant_id=archive.of.tenant_id, kms=context.kms())
    assert age.decrypt(age.encrypt(b"letter", recipient), secret) == b"letter"
    assert db.session.get_one(DayKey, (archive.of.tenant_id, DAY, 14)).wrapped_secret is None
    assert sorted((facts.key, facts.md5) for facts in archive.store.listing("")) == objects, "no object was touched"
    told = [event for event in audit.latest(tenant_id=archive.of.tenant_id) if event.event == "keys:rewrapped"]
    assert [(event.fields["key_id"], event.fields["package_keys"]) for event in told] == [(new, 1)]
    assert audit.verify(tenant_id=archive.of.tenant_id) is None


def test_what_was_stopped_goes_on_and_a_second_run_does_nothing(
    flask: Callable[..., Result], archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in range(7):
        archive.key(clock.today() + timedelta(days=days))
    new = new_key(flask)
    monkeypatch.setattr(rewrapping, "AT_ONCE", 3)
    real, batches = context.kms().rewrap, []

    def dies(wrapped: Any) -> list[bytes]:  # noqa: ANN401 - passed on
        batches.append(len(wrapped))
        if len(batches) == 2:
            raise KeyboardInterrupt
        return real(wrapped)

    with monkeypatch.context() as patch:
        patch.setattr(context.kms(), "rewrap", dies)
        with pytest.raises(KeyboardInterrupt):
            rewrap(archive)
    db.session.rollback()
    assert (batches, new in key_ids(archive)) == ([3, 3], False)
    assert flask("keys", "rewrap").exit_code == 0
    after = wrapped(archive)
    assert flask("keys", "rewrap").exit_code == 0
    assert wrapped(archive) == after
    told = [event.event for event in audit.latest(tenant_id=archive.of.tenant_id)]
    assert told.count("keys:rewrapped") == 1


@pytest.mark.req("DR-05", "KH-5-4a")
def test_a_key_that_is_being_destroyed_stays_destroyed(
    flask: Callable[..., Result], archive: Archive, worker: Flask
) -> None:
    archive.record(clock.day_start(DAY))
    archive.key(clock.today())
    new = new_key(flask)
    destruction.begin_destruction(
        actor=ACTOR, tenant_id=archive.of.tenant_id, of=DayAndClass(day=DAY, retention_days=14), now=clock.now()
    )
    db.session.flush()
    other = elsewhere(worker, archive, lambda: rewrap(archive))
    with pytest.raises(TimeoutError):
        other.result(timeout=0.5)  # it leaves the row alone, and waits for the chain only
    db.session.commit()
    assert other.result(timeout=10)["day_keys"] == 1
    assert key_ids(archive) == {new}
    assert db.session.get_one(DayKey, (archive.of.tenant_id, DAY, 14)).wrapped_secret is None


@pytest.mark.req("DR-05", "KH-5-4a")
def test_a_destruction_that_meets_a_rewrapping_waits_and_wins(
    flask: Callable[..., Result], archive: Archive, worker: Flask
) -> None:
    archive.record(clock.day_start(DAY))
    new_key(flask)
    assert rewrap(archive)["day_keys"] == 1  # not committed yet

    def destroy() -> None:
        destruction.begin_destruction(
            actor=ACTOR, tenant_id=archive.of.tenant_id, of=DayAndClass(day=DAY, retention_days=14), now=clock.now()
        )

    other = elsewhere(worker, archive, destroy)
    with pytest.raises(TimeoutError):
        other.result(timeout=0.5)
    db.session.commit()
    other.result(timeout=10)
    db.session.expire_all()
    assert db.session.get_one(DayKey, (archive.of.tenant_id, DAY, 14)).wrapped_secret is None


def test_status_counts_and_names_what_no_key_of_the_ring_opens(
    flask: Callable[..., Result], archive: Archive, tmp_path: Path
) -> None:
    archive.key(clock.today())
    old, new = context.kms().key_id, new_key(flask)
    archive.key(clock.today() + timedelta(days=1))
    lines = flask("keys", "status").stdout.splitlines()
    assert lines == [f"{new}  使用中  1 把", f"{old}  僅供開啟  1 把"]
    create_master_key(tmp_path / "stranger.key")
    stranger = FileKms(tmp_path / "stranger.key")
    key = db.session.get_one(DayKey, (archive.of.tenant_id, clock.today(), 14))
    key.wrapped_secret = stranger.wrap(b"x", context="x")
    told = flask("keys", "status")
    assert (told.exit_code, stranger.key_id in told.stderr) == (1, True)
    left = flask("keys", "rewrap")
    assert (left.exit_code, "尚有 1 把" in left.stdout) == (1, True)


def test_a_secret_that_its_own_key_does_not_open_is_named_and_stops_nobody_else(
    flask: Callable[..., Result], archive: Archive, database: DatabaseUrls
) -> None:
    archive.key(clock.today())
    new_key(flask)
    with create_engine(database.superuser, poolclass=NullPool).begin() as connection:
        connection.execute(text("update day_keys set wrapped_secret = wrapped_secret || 'x'::bytea"))
    done = flask("keys", "rewrap")
    assert (done.exit_code, "K1 晨光幼兒園：wrapped secret does not open" in done.stderr) == (1, True)


def test_changes_of_the_ring_stand_in_the_bureaus_chain_and_a_wrong_name_changes_nothing(
    flask: Callable[..., Result], archive: Archive
) -> None:
    old, new = context.kms().key_id, new_key(flask)
    assert flask("keys", "use", "0" * 16).exit_code == 1
    assert flask("keys", "retire", new).exit_code == 1, "it wraps now"
    assert flask("keys", "retire", old).exit_code == 0
    bind(db.session, Binding(tenant_id=people.bureau()))
    told = [event.event for event in audit.latest(tenant_id=people.bureau())]
    assert [name for name in told if name.startswith("master_key")] == [
        "master_key:retired",
        "master_key:used",
        "master_key:added",
    ]
    bind(db.session, Binding(tenant_id=archive.of.tenant_id))


def test_rows_hold_what_the_models_say() -> None:
    assert {table.model for table in TABLES} == {
        DayKey,
        RecordsKey,
        Hold,
        Package,
        HandoverPassphrase,
        SigningCertificate,
        RetainedCopy,
    }
