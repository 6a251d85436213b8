"""The hours that run from 知悉時間, what stops them, and that nothing said is said otherwise later (DR-29)."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit import queries as audit
from tenants.errors import Invalid, NotFound
from tenants.misuse import actions, clocks, queries
from tenants.misuse.clocks import Clock, Incident
from tenants.misuse.models import MeasureKind, MisuseCase, MisuseKind
from tests.factories import misuse
from tests.factories.registry import Institution

pytestmark = pytest.mark.req("DR-29")
HOUR = timedelta(hours=1)


@pytest.fixture
def leak(k1: Institution, head: Actor) -> MisuseCase:
    """Known of an hour ago."""
    return actions.report(actor=head, tenant_id=k1.tenant_id, said=misuse.report())


def running(case: MisuseCase) -> list[Clock]:
    measures = queries.measures(tenant_id=case.tenant_id, misuse_id=case.id)
    return clocks.clocks(clocks.known(case), measures, now=clock.now())


def restate(case: MisuseCase, actor: Actor, **said: object) -> None:
    wanted = {"discovered_at": case.discovered_at, "incidents": [Incident.PERSONAL], "reason": "查證後更正"}
    clocks.restate(actor=actor, tenant_id=case.tenant_id, misuse_id=case.id, **(wanted | said))  # type: ignore[arg-type]
    db.session.flush()


def test_a_leak_starts_72_hours_at_the_time_it_was_known(leak: MisuseCase) -> None:
    assert [(each.hours, each.due_at - leak.discovered_at, each.late) for each in running(leak)] == [
        (72, 72 * HOUR, False),
        (72, 72 * HOUR, False),
    ]


def test_a_cyber_incident_has_one_hour_and_then_is_late(leak: MisuseCase, head: Actor) -> None:
    restate(leak, head, incidents=list(Incident), discovered_at=leak.discovered_at - 2 * HOUR)
    first = running(leak)[0]
    assert (first.hours, first.late, first.done_at) == (1, True, None)


def test_misuse_within_the_house_starts_none(k1: Institution, head: Actor) -> None:
    case = actions.report(actor=head, tenant_id=k1.tenant_id, said=misuse.report(kind=MisuseKind.MISUSE))
    assert running(case) == []


def test_the_measure_it_asks_for_stops_its_clock_and_no_other(leak: MisuseCase, head: Actor) -> None:
    said = {"actor": head, "tenant_id": leak.tenant_id, "misuse_id": leak.id}
    kind = MeasureKind.REPORTED_AUTHORITY
    with pytest.raises(Invalid, match="通報編號"):
        actions.note_measure(kind=kind, words="通報教育局", **said)  # type: ignore[arg-type]
    actions.note_measure(kind=kind, words="通報教育局", document="個資通報-1", **said)  # type: ignore[arg-type]
    assert [each.name for each in clocks.running(leak, now=clock.now())] == ["通知當事人"]


def test_what_was_said_before_stands_beside_what_is_said_anew(leak: MisuseCase, head: Actor) -> None:
    before = leak.discovered_at
    restate(leak, head, discovered_at=before - HOUR)
    restate(leak, head, discovered_at=before - 2 * HOUR)
    said = clocks.known(leak)
    assert (leak.discovered_at, said.discovered_at) == (before, before - 2 * HOUR)
    assert [each.discovered_at for each in said.changes] == [before - HOUR, before - 2 * HOUR]
    event = audit.latest(tenant_id=leak.tenant_id, limit=1)[0]
    assert event.event == "misuse:restated"
    assert (event.fields["was"], event.fields["discovered_at"]) == (
        (before - HOUR).isoformat(),
        (before - 2 * HOUR).isoformat(),
    )


@pytest.mark.parametrize(("said", "field"), [({"reason": " "}, "reason"), ({"later": True}, "discovered_time")])
def test_it_is_not_said_anew_without_a_reason_or_after_the_report(
    leak: MisuseCase, head: Actor, said: dict[str, object], field: str
) -> None:
    changed = {"discovered_at": clock.now() + HOUR} if said.pop("later", False) else said
    with pytest.raises(Invalid) as refused:
        restate(leak, head, **changed)
    assert refused.value.field == field


@pytest.mark.req("KH-5-1c")
def test_whom_the_case_suspects_does_not_find_it(leak: MisuseCase, head: Actor, handler: Actor) -> None:
    assert handler.id is not None
    actions.suspect(actor=head, tenant_id=leak.tenant_id, misuse_id=leak.id, suspects=(handler.id,))
    with pytest.raises(NotFound):
        restate(leak, handler)
