"""The operator sees what waits for whom and since when, institutions by name and nobody else (DR-30)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from rq import Worker
from rq.job import Job as RqJob

from infra import clock, queues
from infra.queues import Job
from tests.apps import NOWHERE
from tests.factories import people
from tests.factories.registry import Institution, institution
from tests.webapp.conftest import WebClient
from webapp.audit_view import JOB_NAMES

PAGE = "/bureau/platform/queues"

pytestmark = pytest.mark.req("DR-30")


@pytest.fixture
def server(web_app: Flask, valkey: str) -> Iterator[str]:
    assert web_app, "which says that the queue is nowhere, so it is made first"
    queues.configure(valkey)
    yield valkey
    queues.configure(NOWHERE["REDIS_URL"])


@pytest.fixture
def operator(web_client: WebClient, domain: Flask) -> WebClient:
    assert domain
    people.operator()
    return web_client.sign_in("operator")


@pytest.fixture
def k1(domain: Flask) -> Institution:
    assert domain
    return institution("K1")


def listens() -> None:
    Worker(["default"], connection=queues.connection()).register_birth()


def sent(job: Job, of: Institution, *, ago: timedelta, step: str = "file") -> None:
    """A job that waits since then."""
    queues.enqueue(job, tenant_id=of.tenant_id, step=step)
    (job_id,) = [key for key in queues.connection().keys("rq:job:*") if step in key.decode()]
    at = (clock.now() - ago).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    queues.connection().hset(RqJob.key_for(job_id.decode().removeprefix("rq:job:")), "enqueued_at", at)


@pytest.mark.usefixtures("server")
def test_queues_are_listed_with_what_waits_for_each_institution(operator: WebClient, k1: Institution) -> None:
    listens()
    k2 = institution("K2", name="月光幼兒園")
    sent(Job.SEND_MAIL, k1, ago=timedelta(minutes=5), step="one")
    sent(Job.SEND_MAIL, k1, ago=timedelta(minutes=4), step="two")
    sent(Job.BUILD_PACKAGE, k2, ago=timedelta(minutes=1), step="three")
    queues.enqueue(Job.SWEEP)
    page = operator.get(PAGE).text
    lanes = page.split('id="lanes"')[1]
    assert [lanes.index(name) for name in ("晨光幼兒園", "月光幼兒園", "平台本身")] == sorted(
        lanes.index(name) for name in ("晨光幼兒園", "月光幼兒園", "平台本身")
    ), "who waits longest stands first"
    assert "沒有久候的作業" in page
    only = operator.get(f"{PAGE}?queue=evidence").text.split('id="lanes"')[1]
    assert "月光幼兒園" in only
    assert "晨光幼兒園" not in only
    assert operator.get(f"{PAGE}?queue=nonsense&page=9").status_code == 200


@pytest.mark.usefixtures("server")
def test_what_waits_too_long_is_told_with_what_to_do(operator: WebClient, k1: Institution) -> None:
    listens()
    sent(Job.BUILD_PACKAGE, k1, ago=timedelta(minutes=16), step="one")
    sent(Job.SEND_MAIL, k1, ago=timedelta(minutes=95), step="two")
    page = operator.get(PAGE).text
    assert "「證據與保全」佇列有 1 個機構等候逾 15 分鐘，請增加 worker" in page
    assert page.count("請優先處理") == 1, "what somebody waits for before the rest"
    assert "久候" in page
    assert "1 小時 35 分" in page
    assert "證據與保全" in operator.get("/bureau/platform").text, "the first page tells it too"


@pytest.mark.usefixtures("server", "k1")
def test_without_a_worker_the_page_says_so(operator: WebClient) -> None:
    assert "沒有執行中的 worker 程序" in operator.get(PAGE).text


def test_a_server_that_does_not_answer_is_unknown_and_no_empty_queue(operator: WebClient) -> None:
    page = operator.get(PAGE).text
    assert "佇列服務沒有回應，作業暫停" in page
    assert "無資料" in page
    assert "沒有等候" not in page


@pytest.mark.usefixtures("domain")
@pytest.mark.req("DR-08")
def test_the_page_is_the_operators(web_client: WebClient) -> None:
    people.bureau_officer()
    assert web_client.sign_in("bureau").get(PAGE).status_code == 403


def test_every_job_has_a_name_for_the_operators_pages() -> None:
    assert set(JOB_NAMES) == set(Job), "a job that fails is listed there, and one without a name ends the page"
