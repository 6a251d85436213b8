"""A confirmed roster is carried out line by line: each wholly or not at all, and only as the dry run showed it."""

from collections.abc import Callable
from typing import Any

import pytest

from infra import clock
from infra.db import db
from infra.queues import Job
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit.models import AuditEvent
from tenants.errors import Invalid, NotAllowed, NotFound
from tenants.onboarding import carrying, queries
from tenants.onboarding import columns as c
from tenants.onboarding.models import LineState, RosterLine, RosterState
from tenants.people import actions as accounts
from tenants.people import queries as people
from tenants.permissions import Role
from tenants.registry import actions as registry_actions
from tenants.registry import queries as registry
from tenants.registry import renaming
from tenants.registry.models import TenantKind
from tests.factories import people as make
from tests.factories.registry import Institution
from tests.tenants.onboarding.conftest import (
    OLD,
    SERVICE,
    Of,
    Outside,
    begun,
    came,
    carried_out,
    confirmed,
    fresh,
    go_on,
)

pytestmark = pytest.mark.req("DR-08", "DR-33")


def codes(of: Of) -> list[str]:
    """What the bureau's chain says of the roster and of what it opened, in order."""
    said = db.session.scalars(
        db.select(AuditEvent).where(AuditEvent.tenant_id == of["tenant_id"]).order_by(AuditEvent.seq)
    )
    return [
        f"{each.event} {each.fields.get('code', '')}".strip()
        for each in said
        if each.event.startswith(("roster:", "tenant:added"))
    ]


def test_a_line_that_is_over_keeps_nobodys_data_and_names_its_institution(operator: Actor) -> None:
    of = begun(operator, fresh(1), fresh(2))
    assert queries.roster(**of).content == "", "the file is forgotten as soon as it is laid out"
    carrying.carry_out_line(actor=SERVICE, **of, line=2)
    db.session.commit()
    first, second = db.session.scalars(db.select(RosterLine).order_by(RosterLine.line))
    assert (first.state, first.cells) == (LineState.DONE, {})
    made = registry.tenant_by_code(code="N1")
    assert made is not None
    assert first.institution_id == made.id
    assert (second.state, second.cells[c.HEAD]) == (LineState.WAITING, "王園長")
    assert registry.tenant_by_code(code="N2") is None
    came_so_far = queries.progress(**of)
    assert (came_so_far.done, came_so_far.waiting, came_so_far.over, came_so_far.all) == (1, 1, 1, 2)


def test_the_bureaus_chain_says_what_was_opened_between_the_confirmation_and_the_end(operator: Actor) -> None:
    of = begun(operator, fresh(1), fresh(2))
    assert go_on(of).state == RosterState.DONE
    assert codes(of)[-4:] == ["roster:confirmed", "tenant:added N1", "tenant:added N2", "roster:carried_out"]


def test_laying_out_and_finishing_again_change_nothing(operator: Actor, outside: Outside) -> None:
    of = begun(operator, fresh(1))
    carrying.begin(actor=SERVICE, **of)
    carrying.finish(actor=SERVICE, **of)
    db.session.commit()
    assert [each[:2] for each in came(of)] == [(2, LineState.WAITING)], "one that waits is not over"
    go_on(of)
    before = outside.everything()
    carrying.begin(actor=SERVICE, **of)
    carrying.carry_out_line(actor=SERVICE, **of, line=2)
    carrying.note_failure(actor=SERVICE, **of, line=2, error=RuntimeError())
    carrying.finish(actor=SERVICE, **of)
    db.session.commit()
    assert outside.everything() == before


def test_a_roster_that_is_not_laid_out_is_not_finished(operator: Actor) -> None:
    made = confirmed(operator, fresh(1))
    carrying.finish(actor=SERVICE, tenant_id=made.tenant_id, roster_id=made.id)
    assert made.state == RosterState.CONFIRMED
    assert list(queries.waiting(tenant_id=made.tenant_id, now=clock.now())) == [made.id], "the sweep finds it"


def test_a_line_that_fails_in_the_middle_leaves_nothing(
    operator: Actor, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    of = begun(operator, fresh(1))
    before = outside.everything()

    def failing(**_: Any) -> Any:  # noqa: ANN401 - as the action's
        raise RuntimeError

    monkeypatch.setattr(accounts, "create_invited", failing)
    with pytest.raises(RuntimeError):
        carrying.carry_out_line(actor=SERVICE, **of, line=2)
    db.session.rollback()
    assert outside.everything() == before
    assert queries.next_line(**of) == 2


def test_a_line_that_fails_lets_the_others_go_first_and_is_stopped_after_some_tries(
    operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Job] = []
    monkeypatch.setattr("infra.queues.enqueue", lambda job, **_: sent.append(job))
    of = begun(operator, fresh(1), fresh(2))
    sent.clear()
    carrying.note_failure(actor=SERVICE, **of, line=2, error=RuntimeError("said by a library"))
    db.session.commit()
    assert queries.next_line(**of) == 3
    assert sent == [Job.CARRY_OUT_ROSTER], "what is left is gone on with"
    for _ in range(2):
        carrying.note_failure(actor=SERVICE, **of, line=2, error=RuntimeError("said by a library"))
    db.session.commit()
    (line, state, reason), _ = came(of)
    assert (line, state) == (2, LineState.STOPPED)
    assert "3 次都沒有辦成" in reason
    assert "library" not in reason
    assert go_on(of).state == RosterState.INCOMPLETE


def test_what_the_domain_refuses_stops_the_line_at_once_with_its_sentence(operator: Actor) -> None:
    of = begun(operator, fresh(1))
    carrying.note_failure(actor=SERVICE, **of, line=2, error=Invalid("這是理由。"))
    db.session.commit()
    assert came(of) == [(2, LineState.STOPPED, "這是理由。")]


def _taken(operator: Actor, _k1: Institution) -> None:
    registry_actions.add_tenant(
        code="N1",
        kind=TenantKind.PRESCHOOL,
        name="別的幼兒園",
        short_name="",
        district="左營區",
        ownership="private",
        supervising_authority="直轄市",
        actor=operator,
    )


def _district(operator: Actor, _k1: Institution) -> None:
    day = clock.today()
    renaming.rename_district(district="左營區", to="新左區", effective_from=day, document="府1", actor=operator)


def _account(_operator: Actor, _k1: Institution) -> None:
    make.person("n1-head", name="別人")


def _same_account(_operator: Actor, _k1: Institution) -> None:
    make.person("n1-head", name="王園長")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_taken, "名稱"),
        (_district, "已改稱「新左區」"),
        (_account, "姓名不同"),
        (_same_account, "原為「建立首長帳號並寄送設定密碼的信」，現在會是「沿用既有帳號」"),
    ],
    ids=["the code is taken", "the district is renamed", "another's account", "an account of that name"],
)
def test_what_changed_meanwhile_stops_its_line_and_says_why_and_the_others_go_on(
    operator: Actor, k1: Institution, change: Callable[[Actor, Institution], None], said: str
) -> None:
    of = begun(operator, fresh(1), {**OLD, c.PHONE: "07-555-0101"})
    change(operator, k1)
    db.session.commit()
    done = go_on(of)
    (line, state, reason), (_, other, _) = came(of)
    assert (line, state) == (2, LineState.STOPPED)
    assert said in reason
    assert "請重新上傳" in reason
    assert other == (LineState.STOPPED if change is _district else LineState.DONE)
    assert done.state == (RosterState.STALE if change is _district else RosterState.INCOMPLETE)
    made = registry.tenant_by_code(code="N1")
    assert (made.name if made else "") == ("別的幼兒園" if change is _taken else "")
    assert "roster:line_stopped N1" in codes(of)
    assert next(db.session.scalars(db.select(RosterLine).where(RosterLine.line == 2))).cells == {}


def test_a_change_that_somebody_made_already_is_told_as_such(operator: Actor, k1: Institution) -> None:
    of = begun(operator, {**OLD, c.PHONE: "07-555-0101"}, fresh(1))
    with bound(db.session, Binding(tenant_id=k1.tenant_id)):
        registry.tenant(tenant_id=k1.tenant_id).phone = "07-555-0101"
    db.session.commit()
    assert go_on(of).state == RosterState.INCOMPLETE
    assert "不必再辦" in came(of)[0][2]
    assert registry.tenant_by_code(code="N1") is not None


@pytest.mark.parametrize("why", ["no operator any more", "closed account"])
def test_who_may_open_nothing_any_more_opens_nothing_and_the_roster_ends(operator: Actor, why: str) -> None:
    of = begun(operator, fresh(1), fresh(2))
    assert operator.id is not None
    if why == "closed account":
        user = people.user(user_id=operator.id)
        assert user is not None
        user.deactivated_at, user.deactivated_by = clock.now(), operator.id
    else:
        held = people.memberships_of(user_id=operator.id)[0]
        held.ended_at, held.ended_by = clock.now(), held.user_id
    db.session.commit()
    done = go_on(of)
    assert done.state == RosterState.STALE
    assert all(state == LineState.STOPPED and "已不是平台維運人員" in reason for _, state, reason in came(of))
    assert registry.tenant_by_code(code="N1") is None
    assert codes(of)[-1] == "roster:given_up"


def test_lines_that_are_done_are_left_when_the_roster_is_uploaded_again(operator: Actor) -> None:
    of = begun(operator, fresh(1), fresh(2))
    make.person("n1-head", name="別人")
    db.session.commit()
    go_on(of)
    again = carried_out(operator, fresh(1, **{c.LOGIN: "n1-other"}), fresh(2))
    assert [each["verdict"] for each in again.outcomes] == ["make", "leave"]
    assert again.state == RosterState.DONE


@pytest.mark.parametrize("step", ["begin", "carry_out_line", "note_failure", "finish"])
def test_nobody_of_a_school_takes_a_step_of_it_and_no_other_institution_has_it(
    operator: Actor, k1: Institution, step: str
) -> None:
    of = begun(operator, fresh(1))
    more: dict[str, Any] = {"carry_out_line": {"line": 2}, "note_failure": {"line": 2, "error": RuntimeError()}}
    with pytest.raises(NotAllowed):
        getattr(carrying, step)(actor=make.acting(make.head(k1.tenant_id), Role.HEAD), **of, **more.get(step, {}))
    with bound(db.session, Binding(tenant_id=k1.tenant_id)):
        found = {"tenant_id": k1.tenant_id, "roster_id": of["roster_id"]}
        assert queries.next_line(**found) is None
        assert queries.lines(**of) == []
    with pytest.raises(NotFound):
        getattr(carrying, step)(actor=SERVICE, **found, **more.get(step, {}))
