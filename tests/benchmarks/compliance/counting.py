"""How many statements a job and a page send to the database: what grows by one with every good idea, unseen."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from infra import clock
from infra.settings import Process, Settings
from tests.benchmarks.city import pool_of, superuser
from tests.benchmarks.compliance.running import Ground
from tests.benchmarks.compliance.visitor import filled_in
from tests.statements import statements_sent
from webapp import create_app
from workers import compliance_jobs


@dataclass(frozen=True, kw_only=True)
class Statements:
    """Of one institution's night, minute and findings; and of the two first pages, with who asks for them."""

    day: int
    now: int
    findings: int
    bureau: int
    school: int


def statements(of: Ground) -> Statements:
    """Count them, in a process that is over afterwards."""
    with superuser(of.urls) as connection:
        query = "select id::text, lower(code) from tenants where kind <> 'bureau' order by md5(code) limit 1"
        tenant_id, code = connection.execute(query).fetchone() or ("", "")
    with pool_of(1) as pool:
        day, now, findings = pool.submit(_of_jobs, of, tenant_id).result()
    with pool_of(1) as pool:
        bureau, school = pool.submit(_of_pages, of, tenant_id, code).result()
    return Statements(day=day, now=now, findings=findings, bureau=bureau, school=school)


def _of_jobs(of: Ground, tenant_id: str) -> tuple[int, int, int]:
    os.environ.update(of.environment(Process.WORKER))
    yesterday = (clock.today() - timedelta(days=1)).isoformat()
    return (
        _counted(lambda: compliance_jobs.take_day(tenant_id=tenant_id, day=yesterday)),
        _counted(lambda: compliance_jobs.take_now(tenant_id=tenant_id)),
        _counted(lambda: compliance_jobs.take_findings(tenant_id=tenant_id)),
    )


def _of_pages(of: Ground, tenant_id: str, code: str) -> tuple[int, int]:
    app = create_app(Settings.from_env(Process.WEB, of.environment(Process.WEB)))
    found = []
    for login, path in (("officer-1", "/bureau/"), (f"{code}-handler", f"/schools/{tenant_id}/")):
        client = app.test_client()
        client.post("/sign-in", data=filled_in(login, client.get("/sign-in").text))
        client.get(path)
        found.append(_counted(lambda client=client, path=path: client.get(path)))
    return found[0], found[1]


def _counted(body: Callable[[], object]) -> int:
    with statements_sent(Engine) as sent:
        body()
    return len(sent)
