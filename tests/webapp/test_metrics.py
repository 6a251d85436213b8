"""Metrics are told to whoever knows the token and does not come from outside, and hold nothing of anybody (DR-31)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from werkzeug.test import TestResponse

from infra import job_tally, queues
from infra.db import db
from infra.job_tally import Outcome
from infra.metrics import CONNECTIONS, ENDPOINT_SECONDS, REQUEST_SECONDS, REQUESTS
from infra.queues import Job, Queue
from infra.settings import BadSettings, Process, Settings
from infra.tenancy import Binding, bind
from tenants.errors import HeldByLaw
from tenants.platform.models import Service
from tests.apps import NOWHERE
from tests.factories import compliance, people, platform
from tests.factories.registry import Institution, institution
from tests.infra.test_deploy import environment
from tests.webapp.conftest import WebClient

TOKEN = "0123456789abcdef0123456789abcdef"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
LABELS = {"process", "endpoint", "status", "le", "queue", "job", "outcome", "service"}

pytestmark = pytest.mark.req("DR-31")


@pytest.fixture
def told(web_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The web process with a token."""
    settings = web_app.config["SETTINGS"]
    monkeypatch.setitem(web_app.config, "SETTINGS", replace(settings, metrics_token=TOKEN))
    return web_app


@pytest.fixture
def server(web_app: Flask, valkey: str) -> Iterator[str]:
    assert web_app, "which says that the queue is nowhere, so it is made first"
    queues.configure(valkey)
    yield valkey
    queues.configure(NOWHERE["REDIS_URL"])


@pytest.fixture
def k1(domain: Flask) -> Institution:
    assert domain
    people.operator("zhou.operator")
    made = institution("K1")
    bureau = people.bureau()
    bind(db.session, Binding(tenant_id=bureau))
    platform.service(bureau, Service.MAIL, answers=False)
    platform.service(bureau, Service.DISK)
    bind(db.session, Binding(tenant_id=made.tenant_id))
    compliance.now(made)
    compliance.law(made, days_overdue=3, late_minutes=90)
    compliance.finding(made, "open_faults", wrong=2)
    platform.fault(made.tenant_id, Job.SEND_MAIL, subject="step=115-調-0001", error="unexpected: parent@example.test")
    return made


def scraped(client: WebClient) -> str:
    answer: TestResponse = client.get("/metrics", headers=BEARER)
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain; version=0.0.4")
    return answer.text


def numbers(text: str) -> dict[tuple[str, str], float]:
    """Each number by its name and the values of its labels."""
    families = text_string_to_metric_families(text)
    return {(each.name, " ".join(each.labels.values())): each.value for family in families for each in family.samples}


def test_nobody_is_told_without_a_token_in_the_settings(web_client: WebClient) -> None:
    assert web_client.get("/metrics").status_code == 404
    assert web_client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": TOKEN},
        {"Authorization": "Bearer 王小明"},
        BEARER | {"X-Forwarded-For": "203.0.113.7"},
        BEARER | {"Forwarded": "for=203.0.113.7"},
    ],
    ids=["none", "wrong", "no scheme", "not ascii", "through the proxy", "through another"],
)
def test_who_has_no_token_or_comes_from_outside_finds_nothing(web_client: WebClient, headers: dict[str, str]) -> None:
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    sent = {name: value.encode().decode("latin-1") for name, value in environ.items()}
    assert web_client.get("/metrics", environ_overrides=sent).status_code == 404


@pytest.mark.usefixtures("told", "server")
def test_sums_over_all_institutions_are_told(web_client: WebClient, k1: Institution) -> None:
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=k1.tenant_id)
    queues.enqueue(Job.CHECK_SEGMENTS, tenant_id=uuid4())
    job_tally.note(queues.connection(), job=Job.SEND_MAIL, outcome=Outcome.FAILED, seconds=1.5)
    found = numbers(scraped(web_client))
    assert found["shouyuan_queue_waiting", "default"] == 2
    assert found["shouyuan_queue_lanes", "default"] == 2
    assert found["shouyuan_jobs_total", "send failed"] == 1
    assert found["shouyuan_job_seconds_total", "send failed"] == 1.5
    assert found["shouyuan_late_destructions", ""] == 3
    assert found["shouyuan_late_destruction_seconds", ""] == 90 * 60
    assert found["shouyuan_open_faults", ""] == 2
    assert found["shouyuan_upload_lag_seconds", ""] == 0
    assert found["shouyuan_failing_mails", ""] == 1
    assert found["shouyuan_service_up", "mail"] == 0
    assert found["shouyuan_worker_disk_free_ratio", ""] == 0.5
    assert found["shouyuan_queue_server_up", ""] == 1


@pytest.mark.usefixtures("told", "server")
@pytest.mark.parametrize("job", [Job.SEND_EMERGENCY_MAIL, Job.SEND_INVITATION, Job.SEND_NOTICE, Job.SEND_RULE_NOTICE])
def test_a_mail_of_whatever_kind_that_fails_is_counted_with_the_mails(
    web_client: WebClient, k1: Institution, job: Job
) -> None:
    platform.fault(k1.tenant_id, job)
    found = numbers(scraped(web_client))
    assert (found["shouyuan_failing_mails", ""], found["shouyuan_failing_jobs", ""]) == (2, 0)


@pytest.mark.usefixtures("told", "server")
def test_what_the_law_holds_back_fails_as_little_here_as_on_the_operators_page(
    web_client: WebClient, k1: Institution
) -> None:
    platform.fault(k1.tenant_id, Job.DESTROY_DAY, error=f"{HeldByLaw.code}: 該日影像有保全。")
    assert numbers(scraped(web_client))["shouyuan_failing_jobs", ""] == 0


@pytest.mark.req("DR-30")
@pytest.mark.usefixtures("told", "domain")
def test_what_nobody_knows_is_left_out_and_a_queue_that_is_down_is_told(web_client: WebClient) -> None:
    found = numbers(scraped(web_client))
    assert found["shouyuan_queue_server_up", ""] == 0
    names = {name for name, _ in found}
    assert not names & {"shouyuan_late_destructions", "shouyuan_open_faults", "shouyuan_queue_waiting"}


@pytest.mark.usefixtures("server")
def test_no_label_and_no_value_is_anybodys(told: Flask, web_client: WebClient, k1: Institution) -> None:
    """Everything planted is asked for by address, sent to the queue and failed, and none of it comes back."""
    # What other tests asked of apps of their own in this interpreter is no request of this process.
    for labelled in (REQUESTS, REQUEST_SECONDS, ENDPOINT_SECONDS, CONNECTIONS):
        labelled.clear()
    tenant_id, case = str(k1.tenant_id), "115-調-0001"
    planted = [tenant_id, "晨光幼兒園", "周工程師", "zhou.operator", "parent@example.test", case, "203.0.113.7", "K1"]
    client = web_client.sign_in("zhou.operator")
    for path in (
        f"/schools/{tenant_id}/",
        f"/bureau/institutions/{tenant_id}",
        "/王小明",
        f"/{case}?a=parent@example.test",
    ):
        client.get(path, environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
    queues.enqueue(Job.SEND_MAIL, tenant_id=k1.tenant_id, disclosure_id=uuid4(), step=case)
    job_tally.note(queues.connection(), job=f"workers.{case}", outcome=Outcome.FAILED, seconds=1)
    text = scraped(client)
    assert [word for word in planted if word in text] == []
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|\b\d{1,3}(\.\d{1,3}){3}\b|@|[\u4e00-\u9fff]", text)
    endpoints = {*told.view_functions, "none"}
    known = {
        "process": {"web"},
        "endpoint": endpoints,
        "queue": {queue.value for queue in Queue},
        "job": {job_tally.OTHER, *(job.rpartition(".")[2] for job in Job)},
        "service": {service.value for service in Service},
        "outcome": {outcome.value for outcome in Outcome},
        "status": {f"{number}xx" for number in range(1, 6)},
    }
    for family in text_string_to_metric_families(text):
        assert family.name.startswith("shouyuan_")
        for sample in family.samples:
            assert sample.labels.keys() <= LABELS
            for label, value in sample.labels.items():
                assert label == "le" or value in known[label], f"{family.name} has {label}={value}"


def test_a_short_token_is_refused_and_who_serves_no_page_holds_none() -> None:
    short = {"SHOUYUAN_METRICS_TOKEN": "short"}
    with pytest.raises(BadSettings, match="shorter than 32"):
        Settings.from_env(Process.WEB, environment(Process.WEB) | short)
    for process in (Process.WORKER, Process.CRON, Process.MIGRATE):
        with pytest.raises(BadSettings, match="METRICS_TOKEN must not be given"):
            Settings.from_env(process, environment(process) | {"SHOUYUAN_METRICS_TOKEN": TOKEN})
