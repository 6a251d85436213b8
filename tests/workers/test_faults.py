"""A job that fails is noted with since, tries and reason, and what it did is undone; one that succeeds ends that."""

from uuid import UUID, uuid4

import pytest
from flask import Flask

from infra.db import db
from infra.kms import KmsUnavailable
from infra.objects import StoreUnavailable
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.errors import Tampered
from tenants.platform.models import JobFault
from tenants.registry.models import Tenant
from tests.factories.registry import institution
from workers import job as job_wrapper
from workers.job import tenant_job


class Trouble:
    """What the next try comes to."""

    error: Exception | None = None


def works(tenant_id: UUID, _actor: Actor, *, hold_id: str, left: int = 0) -> None:
    """Do something, and fail if there is trouble."""
    assert (hold_id, left) != ("", -1)
    db.session.get_one(Tenant, tenant_id).district = hold_id
    db.session.flush()
    if Trouble.error is not None:
        raise Trouble.error


@pytest.fixture
def tenant_id(domain: Flask, monkeypatch: pytest.MonkeyPatch) -> UUID:
    monkeypatch.setattr(job_wrapper, "worker_app", lambda: domain)
    of = institution()
    bind(db.session, Binding(tenant_id=of.tenant_id))
    return of.tenant_id


def run(tenant_id: UUID, error: Exception | None, *, hold_id: str = "a", left: int = 0) -> None:
    Trouble.error, job = error, tenant_job(works)
    if error is None:
        job(tenant_id=str(tenant_id), hold_id=hold_id, left=left)
    else:
        with pytest.raises(type(error)):
            job(tenant_id=str(tenant_id), hold_id=hold_id, left=left)
    bind(db.session, Binding(tenant_id=tenant_id))
    db.session.rollback()


def faults() -> list[JobFault]:
    return list(
        db.session.scalars(db.select(JobFault).order_by(JobFault.subject).execution_options(populate_existing=True))
    )


@pytest.mark.req("DR-30")
def test_tries_that_fail_are_counted_for_each_thing_and_undone(tenant_id: UUID) -> None:
    run(tenant_id, StoreUnavailable("http://10.0.0.1/secret"))
    run(tenant_id, Tampered("第 4 筆與前一筆不符。"), left=7)
    run(tenant_id, KmsUnavailable("x"), hold_id="b")
    first, second = faults()
    assert (first.subject, first.tries, first.error) == ("hold_id=a", 2, "tampered: 第 4 筆與前一筆不符。")
    assert (second.subject, second.tries, second.error) == ("hold_id=b", 1, "kms_unavailable: 金鑰服務沒有回應。")
    assert db.session.get_one(Tenant, tenant_id).district == "左營區"


@pytest.mark.req("DR-30")
def test_what_a_library_says_is_for_the_log_and_not_for_the_page(tenant_id: UUID) -> None:
    run(tenant_id, OSError("/var/secret/王小明"))
    assert [each.error for each in faults()] == ["unexpected: 作業未完成（OSError）。"]


@pytest.mark.req("DR-30")
def test_a_try_that_works_ends_it_and_the_next_fault_begins_anew(tenant_id: UUID) -> None:
    run(tenant_id, OSError())
    run(tenant_id, None)
    (over,) = faults()
    assert over.over_at is not None
    assert db.session.get_one(Tenant, tenant_id).district == "a"
    first_since = over.since
    run(tenant_id, OSError())
    (again,) = faults()
    assert (again.tries, again.over_at) == (1, None)
    assert again.since > first_since


def test_an_institution_that_is_not_there_fails_with_its_own_error(
    domain: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_wrapper, "worker_app", lambda: domain)
    Trouble.error = None
    with pytest.raises(Exception, match="No row"):
        tenant_job(works)(tenant_id=str(uuid4()), hold_id="a")


@pytest.mark.req("DR-08")
def test_of_several_institutions_one_that_fails_holds_up_no_other(domain: Flask, tenant_id: UUID) -> None:
    assert domain
    other = institution(code="K8").tenant_id
    seen: list[UUID] = []

    def visits(bound: UUID, _actor: Actor) -> None:
        seen.append(bound)
        db.session.get_one(Tenant, bound).district = "visited"
        db.session.flush()
        if bound == tenant_id:
            raise Tampered("of one alone")

    with pytest.raises(ExceptionGroup, match="visits failed for 1 of 2"):
        tenant_job(visits)(tenant_ids=[str(tenant_id), str(other)])
    assert seen == [tenant_id, other]
    districts = {}
    for each in seen:
        bind(db.session, Binding(tenant_id=each))
        districts[each] = db.session.get_one(Tenant, each, populate_existing=True).district
        db.session.rollback()
    assert districts[tenant_id] != "visited"
    assert districts[other] == "visited"
