"""The sample city stands as its own process makes it, and stands still when it is made again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Connection, NullPool, create_engine, text

from infra.baseapp import create_base_app
from infra.db import Base, db
from infra.kms import create_master_key
from infra.lookup_keys import create_lookup_key
from infra.objects import S3Objects
from infra.settings import Process
from infra.stack.juicefs import JuiceFs
from infra.stack.postgres import DatabaseUrls, Postgres
from infra.stack.valkey import Valkey
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tests.apps import dispose, worker_settings
from tests.architecture.source import ROOT
from tests.factories.registry import institution
from workers.edge.home import Home
from workers.sample_city.cast import PAST_DAYS

# A visit is emptied after a day. The rest is done by whoever tries: a panel called together, a deputy appointed, a call
# taken, a film watched or carried away, a paper scanned, a key registered, a misuse or a right of the statute raised.
# A drill is the night's, and a fault's later steps are people's. A time is an authority's word, and no authority gives
# one for days that are made up.
LEFT_TO_TRY = (
    "account_invitations",
    "agency_keys",
    "applicant_visits",
    "audit_tree_stamps",
    "calendar_feeds",
    "camera_moves",
    "compliance_rule_notices",
    "deputies",
    "entrance_reviews",
    "fault_escalations",
    "fault_labels",
    "fault_targets",
    "gap_settlements",
    "inspection_caps",
    "inspection_intervals",
    "maintenance_windows",
    "medium_handovers",
    "misuse_",
    "notice_rises",
    "notice_wishes",
    "panel_",
    "paper_scans",
    "playback_approvals",
    "retained_certificates",
    "rights_",
    "roster",
    "segment_drills",
    "upkeep_marks",
    "urgent_holds",
    "viewing_",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sample")


@pytest.fixture(scope="module")
def urls(postgres: Postgres, migrated: str) -> Iterator[DatabaseUrls]:
    yield postgres.database("sample_city", template=migrated, fresh=True)
    postgres.drop("sample_city")


@pytest.fixture(scope="module")
def environment(urls: DatabaseUrls, juicefs: JuiceFs, valkey_server: Valkey, folder: Path) -> dict[str, str]:
    bucket = f"t-{uuid4().hex}"
    S3Objects(juicefs.root(bucket)).ensure_bucket()
    accounts = juicefs.accounts(bucket)
    worker, web = accounts[Process.WORKER], accounts[Process.WEB]
    create_master_key(folder / "master.key")
    create_lookup_key(folder / "lookup.key")
    return {
        "PATH": os.environ["PATH"],
        "SHOUYUAN_DATABASE_URL": urls.app,
        "SHOUYUAN_BUREAU_DATABASE_URL": urls.bureau,
        "SHOUYUAN_REDIS_URL": valkey_server.url,
        "SHOUYUAN_S3_ENDPOINT": worker.endpoint,
        "SHOUYUAN_S3_BUCKET": worker.bucket,
        "SHOUYUAN_S3_ACCESS_KEY": worker.access_key,
        "SHOUYUAN_S3_SECRET_KEY": worker.secret_key,
        "SHOUYUAN_MASTER_KEY_FILE": str(folder / "master.key"),
        "SHOUYUAN_BASE_URL": "http://127.0.0.1:8800",
        "SHOUYUAN_SAMPLE_DIR": str(folder),
        "SHOUYUAN_SAMPLE_S3_ACCESS_KEY": web.access_key,
        "SHOUYUAN_SAMPLE_S3_SECRET_KEY": web.secret_key,
        "SHOUYUAN_SAMPLE_LOOKUP_KEY_FILE": str(folder / "lookup.key"),
    }


@pytest.fixture(scope="module")
def city(urls: DatabaseUrls, environment: dict[str, str]) -> DatabaseUrls:
    _make(environment)
    return urls


def _make(environment: dict[str, str]) -> str:
    command = [sys.executable, "-W", "error", "-m", "workers.sample_city"]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    return done.stdout


@pytest.fixture
def seen(city: DatabaseUrls) -> Iterator[Connection]:
    with create_engine(city.superuser, poolclass=NullPool).connect() as connection:
        yield connection


def _count(seen: Connection, query: str) -> int:
    return int(seen.scalar(text(f"select count(*) from {query}")) or 0)  # noqa: S608 - texts of this file


def test_every_page_has_something_to_show(seen: Connection) -> None:
    empty = [table for table in Base.metadata.tables if not _count(seen, table)]
    missing = [table for table in empty if not table.startswith(LEFT_TO_TRY)]
    assert not missing, "\n".join(missing)
    assert _count(seen, "tenants where kind <> 'bureau'") == 4
    assert set(seen.scalars(text("select state from disclosures"))) == {
        "closed",
        "refused",
        "returned",
        "approved",
        "submitted",
    }


@pytest.mark.req("DR-37")
def test_an_auditor_drew_and_two_cases_have_something_to_put_right(seen: Connection) -> None:
    assert _count(seen, "audit_samples") == 1
    assert _count(seen, "audit_sample_cases where state = 'judged'") == 2
    assert _count(seen, "(select distinct disclosure_id from compliance_improvements where state = 'asked') asked") == 2


def test_no_day_of_forty_lacks_its_facts(seen: Connection) -> None:
    assert _count(seen, "compliance_days") == 4 * PAST_DAYS
    shares = seen.scalars(
        text("select recorded_seconds / due_seconds::float from compliance_days where due_seconds > 0")
    )
    assert 0 in (found := list(shares)), "the silent institution shows as such"
    assert 1 in found


@pytest.mark.req("KH-5-4a")
def test_what_is_past_its_day_is_destroyed_with_a_certificate_and_one_day_is_left_to_watch(seen: Connection) -> None:
    alive = """(select tenant_id, civil_day, retention_days from day_keys where destroyed_at is null
                and civil_day + retention_days < (now() at time zone 'Asia/Taipei')::date) due"""
    assert _count(seen, alive) == 1
    assert _count(seen, "destructions where state <> 'certified'") == 0


@pytest.mark.req("DR-06")
def test_every_chain_of_the_city_is_whole_and_in_order(seen: Connection, city: DatabaseUrls) -> None:
    app = create_base_app(worker_settings(city))
    with app.app_context():
        for tenant_id in seen.scalars(text("select id from tenants")):
            bind(db.session, Binding(tenant_id=tenant_id))
            assert audit.verify(tenant_id=tenant_id) is None
            db.session.rollback()
        db.session.remove()
    dispose(app)
    backwards = "(select at - lag(at) over (partition by tenant_id order by seq) as step from audit_events) t"
    assert _count(seen, f"{backwards} where step < interval '-1 day'") == 0


def test_the_edges_are_enrolled_and_the_accounts_are_their_owners_secret(city: DatabaseUrls, folder: Path) -> None:
    assert city
    assert {path.name for path in (folder / "edges").iterdir()} == {"K1", "E1", "E1K"}
    cameras = [address for path in (folder / "edges").iterdir() for address in Home(path).addresses().values()]
    assert sum(address.startswith("clip:") for address in cameras) == 4
    assert all(Home(path).is_enrolled() for path in (folder / "edges").iterdir())
    assert (folder / "accounts.txt").stat().st_mode & 0o077 == 0


def test_a_second_run_changes_nothing(seen: Connection, environment: dict[str, str]) -> None:
    query = text("select relname, n_tup_ins + n_tup_upd from pg_stat_user_tables order by relname")
    before, said = seen.execute(query).all(), _make(environment)
    assert "already" in said
    seen.rollback()
    assert seen.execute(query).all() == before


def test_no_sample_is_put_into_somebodys_city(postgres: Postgres, migrated: str, environment: dict[str, str]) -> None:
    urls = postgres.database("somebodys_city", template=migrated, fresh=True)
    app = create_base_app(worker_settings(urls))
    with app.app_context():
        institution("K7")
        db.session.remove()
    dispose(app)
    with pytest.raises(subprocess.CalledProcessError):
        _make(environment | {"SHOUYUAN_DATABASE_URL": urls.app})
    with create_engine(urls.superuser, poolclass=NullPool).connect() as connection:
        assert _count(connection, "tenants") == 1
    postgres.drop("somebodys_city")
