"""What stands still is on the operator's first page with since, why and what next; in order it says so."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from rq import Worker

from infra import clock, queues
from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit.actions import record
from tenants.audit.events import Event
from tenants.footage.models import SweptArea
from tenants.platform.models import Service
from tenants.registry.models import Tenant
from tenants.retention.models import Destruction
from tests.apps import NOWHERE
from tests.factories import compliance, footage, ledger, people, platform, retention
from tests.factories.registry import Institution, institution
from tests.webapp.conftest import WebClient

PAGE = "/bureau/platform"
LONG_AGO = timedelta(days=30)


@pytest.fixture
def worked(web_app: Flask, valkey: str) -> Iterator[Worker]:
    """A queue server with a worker that listens."""
    assert web_app, "which says that the queue is nowhere, so it is made first"
    queues.configure(valkey)
    worker = Worker(["default"], connection=queues.connection())
    worker.register_birth()
    yield worker
    queues.configure(NOWHERE["REDIS_URL"])


@pytest.fixture
def k1(domain: Flask, worked: Worker) -> Institution:
    """A city of one preschool in which everything runs; both rows are a month old."""
    assert domain
    assert worked
    operator = people.operator()
    people.bureau_officer()
    people.auditor()
    of = institution()
    bureau = Institution(people.bureau(), uuid4(), {})
    for each in (bureau, of):
        bind(db.session, Binding(tenant_id=each.tenant_id))
        db.session.get_one(Tenant, each.tenant_id).created_at = clock.now() - LONG_AGO
        platform.ran(each.tenant_id)
        ledger.anchored(each)
    bind(db.session, Binding(tenant_id=bureau.tenant_id))
    platform.store_check(bureau.tenant_id)
    compliance.room(bureau.tenant_id, operator)
    bind(db.session, Binding(tenant_id=of.tenant_id))
    compliance.stored(of)
    return of


def figures(page: str) -> dict[str, str]:
    """The number of each list, by the list that it opens."""
    return dict(re.findall(r'sy-figure-value" href="#([a-z]+)">([^<]+)<', page))


def section(page: str, name: str) -> str:
    return page.split(f'<section class="mt-3" id="{name}">')[1].split("</section>", maxsplit=1)[0]


@pytest.mark.req("DR-30")
def test_a_platform_in_order_says_so_and_every_number_opens_its_list(web_client: WebClient, k1: Institution) -> None:
    assert k1
    operator = web_client.sign_in("operator")
    assert operator.get("/home").location == PAGE
    page = operator.get(PAGE).text
    found = figures(page)
    assert set(found) == {"runs", "anchors", "destructions", "holds", "jobs", "areas"}
    assert set(found.values()) == {"0"}
    assert all(f'id="{name}"' in page for name in found)
    assert "目前沒有停滯的作業" in page
    assert "請優先處理" not in page
    assert not re.findall(r"<(?:img|video|audio|iframe|object)\b|/media/|/schools/", page)


@pytest.mark.req("DR-06")
def test_a_chain_without_its_head_is_named_with_the_reason_of_the_last_try(
    web_client: WebClient, k1: Institution
) -> None:
    other = institution("K2", name="月光幼兒園")
    bind(db.session, Binding(tenant_id=other.tenant_id))
    db.session.get_one(Tenant, other.tenant_id).created_at = clock.now() - LONG_AGO
    platform.ran(other.tenant_id)
    ledger.anchored(other, day=clock.today() - timedelta(days=3))
    platform.fault(other.tenant_id, Job.ANCHOR_CHAIN, error="tampered: 稽核軌跡未錨定：第 4 筆與前一筆不符。")
    page = web_client.sign_in("operator").get(PAGE).text
    assert figures(page)["anchors"] == "1"
    named = section(page, "anchors")
    assert "月光幼兒園" in named
    assert "第 4 筆與前一筆不符" in named
    assert "flask audit verify" in named
    assert figures(page)["jobs"] == "0", "told once"
    assert "晨光幼兒園" not in named
    assert k1


@pytest.mark.req("KH-5-4a", "DR-30")
def test_what_is_late_is_listed_since_when_and_why(web_client: WebClient, k1: Institution) -> None:
    long_ago = clock.now() - timedelta(days=9)
    begun = db.session.get_one(Destruction, retention.destruction(k1))
    begun.state, begun.certificate, begun.certified_at, begun.tries = "begun", None, None, 4
    begun.begun_at, begun.last_error = clock.now() - timedelta(hours=5), "store_refused: 儲存服務拒絕清除。"
    platform.fault(k1.tenant_id, Job.COPY_HOLD, subject="hold_id=1")
    platform.fault(k1.tenant_id, Job.BUILD_PACKAGE, error="unexpected: 作業未完成（OSError）。")
    footage.swept(k1, area=f"letters/{k1.tenant_id}/")
    _swept_at(k1.tenant_id, f"letters/{k1.tenant_id}/", long_ago)
    gone = retention.destruction(k1, day=clock.today() - timedelta(days=40))
    assert gone
    of_gone = f"seg/d14/{k1.tenant_id}/{(clock.today() - timedelta(days=40)).isoformat()}/"
    footage.swept(k1, area=of_gone)
    _swept_at(k1.tenant_id, of_gone, long_ago)
    db.session.commit()
    page = web_client.sign_in("operator").get(PAGE).text
    assert {name: number for name, number in figures(page).items() if number != "0"} == {
        "destructions": "1",
        "holds": "1",
        "jobs": "1",
        "areas": "1",
    }
    assert "儲存服務拒絕清除" in section(page, "destructions")
    assert "另存保全影像" in section(page, "holds")
    assert "製作影像複製檔" in section(page, "jobs")
    assert f"letters/{k1.tenant_id}/" in section(page, "areas")
    assert of_gone not in page, "a destroyed day leaves the store and is swept no more"
    assert page.count("請優先處理") == 4


@pytest.mark.req("DR-30")
def test_a_hold_that_failed_once_and_a_job_that_waits_no_more_are_no_news(
    web_client: WebClient, k1: Institution
) -> None:
    platform.fault(k1.tenant_id, Job.COPY_HOLD, subject="hold_id=1", tries=1)
    platform.fault(k1.tenant_id, Job.DESTROY_DAY, error="held_by_law: 銷毀作業已暫停。")
    assert set(figures(web_client.sign_in("operator").get(PAGE).text).values()) == {"0"}


@pytest.mark.req("DR-30")
def test_an_institution_for_which_nothing_ran_is_listed_and_one_that_never_ran_too(
    web_client: WebClient, k1: Institution
) -> None:
    other, fresh = institution("K2", name="月光幼兒園"), institution("K3", name="星星幼兒園")
    for of in (other, k1):
        bind(db.session, Binding(tenant_id=of.tenant_id))
        db.session.get_one(Tenant, of.tenant_id).created_at = clock.now() - timedelta(hours=2)
        db.session.commit()
    named = section(web_client.sign_in("operator").get(PAGE).text, "runs")
    assert "月光幼兒園" in named
    assert "從未執行" in named
    assert "星星幼兒園" not in named
    assert "晨光幼兒園" not in named
    assert fresh


@pytest.mark.req("DR-03", "DR-06")
def test_a_store_without_rules_or_lock_is_said_at_the_head_of_the_page(web_client: WebClient, domain: Flask) -> None:
    assert domain
    people.operator()
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    operator = web_client.sign_in("operator")
    assert "尚未查詢過儲存服務的能力" in operator.get(PAGE).text
    platform.store_check(bureau_id, lifecycle=False, object_lock=False)
    page = operator.get(PAGE).text
    head = page[: page.index("現在該做什麼")]
    assert "儲存服務沒有到期規則" in head
    assert "沒有物件鎖定" in head


def test_the_master_keys_in_use_are_told_by_fingerprint(web_client: WebClient, k1: Institution) -> None:
    assert k1
    operator = web_client.sign_in("operator")
    assert "主金鑰從未更換過" in operator.get(PAGE).text
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    steps = [(Event.MASTER_KEY_ADDED, "aaaa1111"), (Event.MASTER_KEY_USED, "aaaa1111"), (Event.MASTER_KEY_ADDED, "b2")]
    for event, key_id in (*steps, (Event.MASTER_KEY_RETIRED, "b2")):
        record(event, tenant_id=bureau_id, actor=system("keys"), key_id=key_id)
    db.session.commit()
    keys = section(operator.get(PAGE).text, "keys")
    assert "aaaa1111" in keys
    assert "使用中" in keys
    assert "b2" not in keys


@pytest.mark.req("DR-30")
def test_a_service_that_does_not_answer_is_told_first_and_one_nobody_looked_at_is_unknown(
    web_client: WebClient, k1: Institution
) -> None:
    assert k1
    operator, bureau_id = web_client.sign_in("operator"), people.bureau()
    assert section(operator.get(PAGE).text, "services").count("無資料") >= len(Service)
    bind(db.session, Binding(tenant_id=bureau_id))
    platform.service(bureau_id, Service.MAIL, answers=False)
    platform.service(bureau_id, Service.DISK)
    platform.service(bureau_id, Service.TIMESTAMPS, answers=None)
    page = operator.get(PAGE).text
    assert "請優先處理：</strong>" in page
    assert "郵件伺服器沒有回應，通知信暫停" in page
    services = section(page, "services")
    assert "剩餘 50.0 GB，共 100.0 GB（50.0 %）" in services
    assert "沒有設定時戳機構" in services
    assert "PostgreSQL" in services


@pytest.mark.req("DR-30")
@pytest.mark.parametrize(
    ("service", "ago", "answers", "words"),
    [
        (Service.STORE, timedelta(hours=1), True, "逾 30 分鐘沒有探測"),
        (Service.BACKUP, timedelta(hours=37), True, "資料庫逾 36 小時沒有備份"),
        (Service.BACKUP, timedelta(hours=1), False, "最近一次資料庫備份失敗"),
    ],
)
def test_what_was_seen_long_ago_is_not_known_any_more(
    web_client: WebClient, k1: Institution, service: Service, ago: timedelta, words: str, *, answers: bool
) -> None:
    assert k1
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    platform.service(bureau_id, service, answers=answers, ago=ago)
    assert words in web_client.sign_in("operator").get(PAGE).text


@pytest.mark.req("DR-30")
def test_a_queue_server_that_is_down_and_a_worker_that_is_missing_are_told_first(
    web_client: WebClient, k1: Institution
) -> None:
    assert k1
    operator = web_client.sign_in("operator")
    queues.connection().delete("rq:workers")
    assert "沒有執行中的 worker 程序" in operator.get(PAGE).text
    queues.configure(NOWHERE["REDIS_URL"])
    page = operator.get(PAGE).text
    assert "佇列服務沒有回應，作業暫停" in page


@pytest.mark.req("DR-08", "DR-30")
def test_the_board_says_in_one_line_that_something_stands_still_and_the_page_is_the_operators(
    web_client: WebClient, other_client: WebClient, k1: Institution
) -> None:
    officer, auditor = web_client.sign_in("bureau"), other_client.sign_in("auditor")
    assert "停滯" not in officer.get("/bureau/").text
    platform.fault(k1.tenant_id)
    assert "平台有 1 項作業停滯" in officer.get("/bureau/").text
    assert PAGE not in officer.get("/bureau/").text, "a page that would answer 403 is never offered"
    for client in (officer, auditor):
        assert client.get(PAGE).status_code == 403


def _swept_at(tenant_id: UUID, area: str, at: datetime) -> None:
    db.session.get_one(SweptArea, (tenant_id, area)).swept_at = at
    db.session.commit()
