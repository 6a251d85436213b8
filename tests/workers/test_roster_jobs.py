"""A roster carried out by workers: the bureau's chain is free between two lines, and who dies leaves no half of any."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from infra import clock
from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bind, bound
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.audit.models import AuditEvent
from tenants.onboarding import actions, comparing, opening, queries
from tenants.onboarding.models import LineState, RosterState
from tenants.people import actions as accounts
from tenants.people.invitations.models import AccountInvitation
from tenants.permissions import Role
from tenants.platform.models import JobFault
from tenants.registry import queries as registry
from tenants.registry.models import Tenant
from tests.factories import people as make
from tests.factories.registry import institution
from tests.tenants.onboarding.conftest import Of, file, fresh
from tests.workers.conftest import Run
from tests.workers.killing import Killed, dies_with_open_cursors, killed_at
from workers import onboarding_jobs, sweep_jobs

pytestmark = pytest.mark.req("DR-08", "DR-33")


@pytest.fixture
def operator(worker: Flask) -> Actor:
    """An operator of a bureau beside one institution, to whose district the new ones belong; the session is theirs."""
    assert worker
    institution("K1")
    found = make.acting(make.operator(), Role.OPERATOR)
    bind(db.session, Binding(tenant_id=make.bureau()))
    return found


def confirmed(operator: Actor, *numbers: int) -> Of:
    """A roster that opens an institution for each number, and was confirmed."""
    content = file(*(fresh(each) for each in numbers))
    looked = comparing.look_through(actor=operator, content=content, new_districts=())
    tenant_id = make.bureau()
    made = actions.keep(actor=operator, tenant_id=tenant_id, content=content, new_districts=(), looked=looked)
    actions.confirm(actor=operator, tenant_id=tenant_id, roster_id=made.id, sha256=made.sha256)
    of: Of = {"tenant_id": tenant_id, "roster_id": made.id}
    db.session.commit()
    return of


def plain(of: Of) -> dict[str, str]:
    """The same as a job's arguments."""
    return {"tenant_id": str(of["tenant_id"]), "roster_id": str(of["roster_id"])}


def job(of: Of) -> None:
    """The job until nothing waits, as the queue would have it."""
    bind(db.session, Binding(tenant_id=of["tenant_id"]))
    while queries.waiting(tenant_id=of["tenant_id"], now=clock.now()):
        onboarding_jobs.carry_out_roster(**plain(of))
        db.session.rollback()


def opened(of: Of) -> Counter[str]:
    """How often the bureau's chain says that each institution was opened."""
    db.session.rollback()
    bind(db.session, Binding(tenant_id=of["tenant_id"]))
    said = db.session.scalars(db.select(AuditEvent).where(AuditEvent.event == "tenant:added"))
    return Counter(str(each.fields["code"]) for each in said if str(each.fields["code"]).startswith("N"))


def whole(numbers: range | tuple[int, ...], of: Of) -> None:
    """Check that each of these was opened once and wholly, and that every chain holds."""
    assert opened(of) == Counter(f"N{each}" for each in numbers)
    assert audit.verify(tenant_id=of["tenant_id"]) is None
    for number in numbers:
        made = registry.tenant_by_code(code=f"N{number}")
        assert made is not None
        with bound(db.session, Binding(tenant_id=made.id)):
            assert [site.code for site in registry.sites(tenant_id=made.id)] == [f"N{number}"]
            assert len(list(db.session.scalars(db.select(AccountInvitation)))) == 1
            assert audit.verify(tenant_id=made.id) is None
    assert db.session.scalar(db.select(db.func.count()).select_from(Tenant).where(Tenant.code.like("N%"))) == len(
        numbers
    )


def test_between_two_lines_anybody_signs_in_and_what_was_opened_is_there(
    operator: Actor, worker: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.person("bystander")
    of, real, seen = confirmed(operator, *range(30)), queries.next_line, []

    def signs_in(**asked: UUID) -> int | None:
        """Somebody in a session of their own, who does not wait for a lock that is held from line to line."""
        with worker.app_context():
            db.session.execute(text("set local lock_timeout = '1s'"))
            who = Actor(kind=ActorKind.PERSON)
            assert accounts.sign_in(login="bystander", password=make.PASSWORD, actor=who) is not None
            db.session.commit()
            seen.append(db.session.scalar(db.select(db.func.count()).select_from(Tenant).where(Tenant.code.like("N%"))))
        return real(**asked)

    monkeypatch.setattr(queries, "next_line", signs_in)
    monkeypatch.setattr(onboarding_jobs, "_LINES_A_JOB", 20)
    job(of)
    assert seen == list(range(31)), "each line is there before the next one begins"
    whole(range(30), of)
    assert queries.roster(**of).state == RosterState.DONE


def test_another_job_goes_on_where_one_has_had_its_lines(operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[Job, dict[str, Any]]] = []
    monkeypatch.setattr("infra.queues.enqueue", lambda job, **named: sent.append((job, named)))
    monkeypatch.setattr(onboarding_jobs, "_LINES_A_JOB", 2)
    of = confirmed(operator, 1, 2, 3)
    sent.clear()
    onboarding_jobs.carry_out_roster(**plain(of))
    assert (Job.CARRY_OUT_ROSTER, of) in sent
    assert opened(of) == {"N1": 1, "N2": 1}
    sent.clear()
    onboarding_jobs.carry_out_roster(**plain(of))
    assert Job.CARRY_OUT_ROSTER not in {each for each, _ in sent}
    whole((1, 2, 3), of)


# A prime, so that in a dozen deaths each kind of statement of a line has its turn.
_STRIDE = 11


@dies_with_open_cursors
def test_a_worker_may_die_at_any_step(operator: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    step, died, numbers = 1, True, []
    while died:
        mine = (2 * step, 2 * step + 1)
        of = confirmed(operator, *mine)
        with killed_at(step, monkeypatch) as reached:
            with suppress(Killed):
                onboarding_jobs.carry_out_roster(**plain(of))
            died = reached()
        db.session.remove()
        db.engine.dispose()
        bind(db.session, Binding(tenant_id=of["tenant_id"]))
        assert set(opened(of)) - set(numbers) <= {f"N{each}" for each in mine}
        job(of)
        numbers += [f"N{each}" for each in mine]
        assert opened(of) == Counter(numbers)
        assert queries.roster(**of).state == RosterState.DONE
        step += _STRIDE
    assert step > 8 * _STRIDE, "it died so often, or this test looked at nothing"
    whole(tuple(int(each[1:]) for each in numbers), of)


_DIES_IN_ITS_SECOND_LINE = """
import os, sys
from tenants.onboarding import carrying, opening
from workers import onboarding_jobs
real, lines = opening.carry_out, []
def dies(**named):
    done = real(**named)
    lines.append(done)
    if len(lines) == 2:
        os.kill(os.getpid(), 9)
    return done
opening.carry_out = dies
onboarding_jobs.carry_out_roster(tenant_id=sys.argv[1], roster_id=sys.argv[2])
"""


def test_after_a_kill_the_sweep_sends_what_is_left(operator: Actor, run: Run) -> None:
    of = confirmed(operator, 1, 2, 3)
    died = run("-c", _DIES_IN_ITS_SECOND_LINE, *plain(of).values())
    assert died.returncode == -9, died.stderr
    assert opened(of) == {"N1": 1}
    assert (Job.CARRY_OUT_ROSTER, {"roster_id": of["roster_id"]}) in list(
        sweep_jobs.waiting(tenant_id=of["tenant_id"], today=clock.today())
    )
    db.session.rollback()
    job(of)
    whole((1, 2, 3), of)


_DOES_IT = """
import sys
from workers import onboarding_jobs
onboarding_jobs.carry_out_roster(tenant_id=sys.argv[1], roster_id=sys.argv[2])
"""


def test_two_workers_at_once_do_each_line_once(operator: Actor, run: Run) -> None:
    of = confirmed(operator, *range(12))
    with ThreadPoolExecutor(2) as both:
        ended = [each.result() for each in [both.submit(run, "-c", _DOES_IT, *plain(of).values()) for _ in range(2)]]
    assert [each.returncode for each in ended] == [0, 0], [each.stderr[-2000:] for each in ended]
    whole(range(12), of)
    ends = db.session.scalars(db.select(AuditEvent.event).where(AuditEvent.event == "roster:carried_out"))
    assert len(list(ends)) == 1


def test_a_line_that_always_fails_holds_up_nobody_and_stands_on_the_operators_page(
    operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    of, real = confirmed(operator, 1, 2, 3), opening.carry_out

    def failing(**named: Any) -> UUID:  # noqa: ANN401 - as the action's
        if named["entry"].code == "N1":
            raise RuntimeError
        return real(**named)

    monkeypatch.setattr(opening, "carry_out", failing)
    tries = 0
    while queries.waiting(tenant_id=of["tenant_id"], now=clock.now()):
        tries += 1
        with suppress(RuntimeError):
            onboarding_jobs.carry_out_roster(**plain(of))
        db.session.rollback()
        if tries == 1:
            fault = db.session.scalars(db.select(JobFault)).one()
            assert (fault.job, fault.over_at) == (Job.CARRY_OUT_ROSTER, None)
    assert tries == 4
    assert opened(of) == {"N2": 1, "N3": 1}
    assert [(each.line, each.state) for each in queries.lines(**of)] == [
        (2, LineState.STOPPED),
        (3, LineState.DONE),
        (4, LineState.DONE),
    ]
    assert queries.roster(**of).state == RosterState.INCOMPLETE
    assert db.session.scalars(db.select(JobFault)).one().over_at is not None
