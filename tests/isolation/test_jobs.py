"""Every job of a worker, run for one institution with the ids of another (DR-08)."""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import IO, Any
from unittest.mock import Mock
from uuid import uuid4

import pytest
from sqlalchemy import text

from infra import queues
from infra.db import Base, db
from infra.kms import CannotUnwrap, FileKms, create_master_key
from infra.lifecycle import NoLifecycle
from infra.objects import Leftover, NoSuchObject, ObjectFacts, StoreAbilities
from infra.queues import Job
from tenants.errors import DomainError
from tests.architecture.test_queues import resolve
from tests.isolation.conftest import City
from tests.time_authority import MemoryAuthority
from workers import job as job_wrapper

pytestmark = pytest.mark.req("DR-08")

# Sees no institution's rows: it only sends jobs that each name one.
FAN_OUT = {Job.NIGHTLY, Job.PLAN_NOTICES_ALL, Job.SWEEP, Job.TAKE_FINDINGS_ALL, Job.TAKE_NOW_ALL}
FOR_ONE = sorted(set(Job) - FAN_OUT)


class EmptyStore:
    """Holds nothing, and remembers every key it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def put(self, key: str, _data: bytes | IO[bytes]) -> None:
        self.asked.append(key)

    def put_locked(self, key: str, _data: bytes, **_: object) -> None:
        self.asked.append(key)

    def facts(self, key: str) -> ObjectFacts:
        self.asked.append(key)
        raise NoSuchObject(key)

    def listing(self, prefix: str) -> Iterator[ObjectFacts]:
        self.asked.append(prefix)
        return iter(())

    def destroy(self, keys: Iterable[str]) -> int:
        self.asked += list(keys)
        return 0

    def abilities(self) -> StoreAbilities:
        return StoreAbilities(lifecycle=False, object_lock=False, versioning=False)

    def leftovers(self, prefix: str) -> Iterator[Leftover]:
        self.asked.append(prefix)
        return iter(())

    def within(self, prefix: str) -> Iterator[str]:
        self.asked.append(prefix)
        return iter(())

    def destroy_leftovers(self, key: str) -> None:
        self.asked.append(key)

    get, remnants = facts, listing


@dataclass
class Held:
    """What a worker holds, by the names that job modules know it under."""

    store: EmptyStore
    kms: FileKms
    outgoing_mail: Mock
    settings: Mock
    bucket_rules: Mock
    enqueue: Mock
    cosigner: None = None
    timestamp_authority: MemoryAuthority = field(default_factory=MemoryAuthority)


@pytest.fixture
def held(tmp_path: Path) -> Held:
    create_master_key(tmp_path / "master.key")
    settings = Mock(scratch_dir=tmp_path, base_url="http://localhost", mail_url="file:var/mail", tsa_url="")
    rules = Mock(**{"exposures.return_value": frozenset(), "read.side_effect": NoLifecycle})
    return Held(EmptyStore(), FileKms(tmp_path / "master.key"), Mock(), settings, rules, Mock())


def _arguments(city: City, job: Job) -> dict[str, Any]:
    """The ids of the other institution, for whatever the job's body asks."""
    theirs = city.theirs
    known: dict[str, Any] = {
        "hold_id": str(theirs.hold_id),
        "package_id": str(theirs.case.package_id),
        "copy_id": str(theirs.case.package_id),
        "access_id": str(theirs.registered["access_id"]),
        "invitation_id": str(theirs.registered["invitation_id"]),
        "roster_id": str(theirs.registered["roster_id"]),
        "disclosure_id": str(theirs.case.disclosure_id),
        "destruction_id": str(theirs.destruction_id),
        "schedule_id": str(uuid4()),
        "segment_id": str(theirs.segment_id),
        "site_id": str(theirs.institution.site_id),
        "day": "2026-01-05",
        "retention_days": 14,
        "step": "file",
        "stray_id": str(theirs.stray_id),
        "visit_id": str(theirs.visit_id),
        "member_id": str(theirs.panel.member_id),
        "mail_id": str(theirs.notice_id),
        "notice": "invited",
        "occasion": "placed",
        "moment": "opened",
        "area": f"seg/d14/{theirs.tenant_id}/2026-01-05/",
    }
    asked = inspect.signature(resolve(job)).parameters.values()
    wanted = [p.name for p in asked if p.kind is p.KEYWORD_ONLY and p.default is p.empty]
    return {name: known[name] for name in wanted}


def _run(city: City, job: Job, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    body = resolve(job)
    module = inspect.getmodule(inspect.unwrap(body))
    assert isinstance(module, ModuleType)
    monkeypatch.setattr(job_wrapper, "worker_app", lambda: city.app)
    monkeypatch.setattr(queues, "enqueue", held.enqueue)
    for name, value in vars(held).items():
        if hasattr(module, name):
            monkeypatch.setattr(module, name, lambda value=value: value)
    body(tenant_id=str(city.mine.tenant_id), **_arguments(city, job))


def _rows_of_theirs(city: City) -> dict[str, str]:
    owned = [table.name for table in Base.metadata.sorted_tables if "tenant_id" in table.columns]
    query = "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from {} t where tenant_id = :theirs"
    with city.superuser() as connection:
        return {
            name: str(connection.scalar(text(query.format(name)), {"theirs": city.theirs.tenant_id})) for name in owned
        }


@pytest.mark.parametrize("job", FOR_ONE, ids=lambda job: str(job.value))
def test_a_job_does_nothing_to_another_institution(
    city: City, job: Job, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _rows_of_theirs(city)
    try:
        _run(city, job, held, monkeypatch)
    except (DomainError, CannotUnwrap):
        with city.app.app_context():
            db.session.rollback()
    assert _rows_of_theirs(city) == before
    assert not [key for key in held.store.asked if str(city.theirs.tenant_id) in key]
    assert not held.outgoing_mail.send.called
    assert {sent.kwargs["tenant_id"] for sent in held.enqueue.call_args_list} <= {city.mine.tenant_id}


@pytest.mark.parametrize("job", FOR_ONE, ids=lambda job: str(job.value))
def test_a_job_without_an_institution_is_impossible(job: Job) -> None:
    with pytest.raises(TypeError, match="tenant_id"):
        resolve(job)()
    with pytest.raises(ValueError, match="badly formed"):
        resolve(job)(tenant_id="")


def test_every_job_is_of_one_kind_or_the_other() -> None:
    bodies = {job: inspect.signature(resolve(job)).parameters for job in Job}
    assert {job for job, parameters in bodies.items() if "tenant_id" not in parameters} == FAN_OUT
