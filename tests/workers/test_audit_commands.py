"""`audit …` as an operator or auditor runs it, as the worker and in its environment."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, select, text

from infra import clock, object_keys
from infra.db import db
from infra.objects import S3Objects
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from infra.timestamps import NoTimestamp
from tenants.platform.models import JobFault
from tests.factories import disclosures, people
from tests.factories.ledger import Bureau
from tests.factories.registry import Institution, institution
from tests.time_authority import TimeAuthority, respond
from tests.workers.test_commands import Commands
from tests.workers.test_sweep import waiting
from workers import audit_jobs, context
from workers.app import create_app

pytestmark = pytest.mark.req("DR-06")


@pytest.fixture
def k1(worker: Flask) -> Institution:  # noqa: ARG001 - the context and its database
    made = institution("K1")
    bind(db.session, Binding(tenant_id=made.tenant_id))
    return made


@pytest.fixture
def flask(k1: Institution) -> Commands:  # noqa: ARG001 - something to command
    return Commands(create_app())


def anchor(of: Institution) -> str:
    """Yesterday's head, by the worker's own job; its key in the store."""
    day = audit_jobs.last_day(clock.today())
    audit_jobs.anchor_chain(tenant_id=str(of.tenant_id), day=day)
    return object_keys.ledger_head(tenant_id=of.tenant_id, day=clock.today() - timedelta(days=1))


def tamper(database: DatabaseUrls, statement: str, **values: object) -> None:
    db.session.rollback()
    with create_engine(database.superuser, poolclass=NullPool).begin() as connection:
        connection.execute(text(statement), values)


def test_a_whole_chain_is_said_to_be_whole_and_whose_signature_it_bears(flask: Commands, k1: Institution) -> None:
    done = flask("audit", "verify")
    assert (done.exit_code, done.stdout) == (0, "K1 晨光幼兒園：完整，尚無錨定\n")
    anchor(k1)
    key = flask("audit", "bureau-key").stdout.strip()
    done = flask("audit", "verify")
    assert done.stdout.splitlines() == [
        "K1 晨光幼兒園：完整，錨定 1 個，其中 1 個沒有時戳",
        f"會簽公鑰 {key}（採信各機構最早的會簽，請與教育局公布的公鑰核對）",
    ]
    done = flask("audit", "verify", "--bureau-key", key)
    assert (done.exit_code, done.stdout.splitlines()[1]) == (0, f"會簽公鑰 {key}")


def test_the_first_broken_link_is_named(flask: Commands, k1: Institution, database: DatabaseUrls) -> None:
    assert anchor(k1)
    institution("K2", name="第二幼兒園")
    tamper(database, "update audit_events set actor_name = 'x' where seq = 2 and tenant_id = :id", id=k1.tenant_id)
    done = flask("audit", "verify")
    assert done.exit_code == 1
    assert "K1 晨光幼兒園：第 2 筆起不完整，第 2 筆的內容與其雜湊不符" in done.stderr
    assert "K2 第二幼兒園：完整" in done.stdout
    assert flask("audit", "verify", "--tenant", "K2").exit_code == 0
    assert flask("audit", "verify", "--tenant", "NONE").exit_code == 2


def test_a_signature_by_another_key_is_named(flask: Commands, k1: Institution) -> None:
    anchor(k1)
    done = flask("audit", "verify", "--bureau-key", Bureau().key_id)
    assert (done.exit_code, "另一把金鑰會簽" in done.stderr) == (1, True)
    for wrong in ("", "AAAA", "not base64", "A" * 43):
        assert flask("audit", "verify", "--bureau-key", wrong).exit_code == 2


@pytest.mark.parametrize("gone", [True, False])
def test_an_anchor_that_is_gone_or_changed_is_named(
    flask: Commands, k1: Institution, store: S3Objects, *, gone: bool
) -> None:
    key = anchor(k1)
    if gone:
        store.destroy([key])
    else:
        store.put(key, store.get(key).replace(b'"size', b'"Size'))
    done = flask("audit", "verify")
    assert done.exit_code == 1
    assert ("錨定物件不見了" if gone else "錨定物件與紀錄不符") in done.stderr


def test_a_worker_without_the_bureaus_key_says_so(
    flask: Commands, k1: Institution, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("SHOUYUAN_BUREAU_KEY_FILE")
    context.settings.cache_clear()
    context.cosigner.cache_clear()
    anchor(k1)
    assert "anchored without the bureau's signature" in caplog.text
    done = flask("audit", "verify")
    assert (done.exit_code, done.stdout) == (0, "K1 晨光幼兒園：完整，錨定 1 個，其中 1 個未會簽、1 個沒有時戳\n")
    assert flask("audit", "bureau-key").exit_code == 1


def test_a_proof_is_printed_once_a_head_covers_the_event(flask: Commands, k1: Institution) -> None:
    early = flask("audit", "prove", "--tenant", "K1", "--seq", "1")
    assert (early.exit_code, "尚未錨定" in early.stderr) == (1, True)
    anchor(k1)
    proof = json.loads(flask("audit", "prove", "--tenant", "K1", "--seq", "1").stdout)
    assert (proof["institution"], proof["size"], json.loads(proof["event"])["event"]) == ("K1", 1, "chain:started")
    assert proof["key_id"] == flask("audit", "bureau-key").stdout.strip()
    assert "event" not in json.loads(flask("audit", "prove", "--tenant", "K1", "--seq", "1", "--without-event").stdout)
    absent = flask("audit", "prove", "--tenant", "K1", "--seq", "9")
    assert (absent.exit_code, "沒有第 9 筆" in absent.stderr) == (1, True)
    assert flask("audit", "prove", "--tenant", "NONE", "--seq", "1").exit_code == 2
    assert flask("audit", "prove", "--tenant", "K1", "--seq", "0").exit_code == 2


def test_growth_is_proven_between_two_days_that_were_anchored(flask: Commands, k1: Institution) -> None:
    first, last = clock.today() - timedelta(days=1), clock.today()
    anchor(k1)
    audit_jobs.anchor_chain(tenant_id=str(k1.tenant_id), day=last.isoformat())
    between = ("--from", first.isoformat(), "--to", last.isoformat())
    proof = json.loads(flask("audit", "prove-growth", "--tenant", "K1", *between).stdout)
    sizes = [json.loads(proof[name])["size"] for name in ("earlier", "later")]
    assert (sizes, len(proof["path"])) == ([1, 2], 1)
    backwards = ("--from", last.isoformat(), "--to", first.isoformat())
    refused = flask("audit", "prove-growth", "--tenant", "K1", *backwards)
    assert (refused.exit_code, "找不到這兩天的錨定" in refused.stderr) == (1, True)


@pytest.fixture
def told(authority: TimeAuthority, k1: Institution, monkeypatch: pytest.MonkeyPatch) -> TimeAuthority:  # noqa: ARG001 - the worker
    """A real authority whose address this worker was given."""
    monkeypatch.setenv("SHOUYUAN_TSA_URL", authority.url)
    context.settings.cache_clear()
    context.timestamp_authority.cache_clear()
    return authority


def stamp(of: Institution) -> None:
    audit_jobs.stamp_heads(tenant_id=str(of.tenant_id))
    bind(db.session, Binding(tenant_id=of.tenant_id))


@pytest.mark.req("DR-07")
def test_a_head_that_was_anchored_gets_its_time_by_a_job_of_its_own(
    flask: Commands, k1: Institution, told: TimeAuthority
) -> None:
    anchor(k1)
    assert (waiting()["compliance"], told.asked) == ([f"stamp_heads-{k1.tenant_id}"], 0)
    stamp(k1)
    stamp(k1)
    assert told.asked == 1, "once is enough"
    done = flask("audit", "verify")
    assert (done.exit_code, done.stdout.splitlines()[0]) == (0, "K1 晨光幼兒園：完整，錨定 1 個")
    assert done.stdout.splitlines()[2:] == [
        "時戳機構 Common Name: Made-up time，簽發 1 個（是否信任該機構，請自行判斷）"
    ]
    proof = json.loads(flask("audit", "prove", "--tenant", "K1", "--seq", "1").stdout)
    assert proof["timestamp"]["authority"] == "Common Name: Made-up time"


@pytest.mark.req("DR-07")
def test_without_an_authority_nobody_is_asked_and_the_worker_says_so(
    k1: Institution, caplog: pytest.LogCaptureFixture
) -> None:
    anchor(k1)
    assert waiting()["compliance"] == []
    assert "anchored without a timestamp" in caplog.text


@pytest.mark.req("DR-07")
def test_an_authority_that_fails_is_on_the_operators_page_until_it_answers(
    flask: Commands, k1: Institution, told: TimeAuthority
) -> None:
    told.answer = lambda handler, _query: respond(handler, b"", status=503)
    anchor(k1)
    with pytest.raises(NoTimestamp):
        stamp(k1)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    (fault,) = db.session.scalars(select(JobFault)).all()
    assert (fault.job, fault.over_at) == ("workers.audit_jobs.stamp_heads", None)
    assert "完整，錨定 1 個，其中 1 個沒有時戳" in flask("audit", "verify").stdout

    told.answer = lambda handler, query: respond(handler, told.reply(query))
    stamp(k1)
    db.session.refresh(fault)
    assert fault.over_at is not None


@pytest.mark.req("DR-07")
def test_a_token_that_does_not_belong_to_the_head_is_named(
    flask: Commands, k1: Institution, told: TimeAuthority, database: DatabaseUrls
) -> None:
    assert told
    anchor(k1)
    stamp(k1)
    tamper(database, "update audit_tree_stamps set token = decode('00', 'hex')")
    done = flask("audit", "verify")
    assert (done.exit_code, "樹頭的時戳不屬於這個樹頭" in done.stderr) == (1, True)


@pytest.mark.req("KH-7-2")
def test_a_line_of_a_register_that_nobody_entered_is_named(flask: Commands, k1: Institution) -> None:
    agency_id = people.agency()
    bind(db.session, Binding(tenant_id=k1.tenant_id, agency_id=agency_id))
    disclosures.case(k1, agency_id=agency_id, filed_by=people.person("officer"))
    done = flask("audit", "verify")
    assert done.exit_code == 1
    assert "K1 晨光幼兒園：調閱登記簿" in done.stderr
    assert "沒有登載的紀錄" in done.stderr
    assert "K1 晨光幼兒園：完整" in done.stdout, "its chain holds all the same"
