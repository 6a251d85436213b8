"""Two people open an institution for a few hours; it is told, ends by itself, and a third reviews it (ADR 0060)."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from infra import clock
from infra.db import db
from infra.queues import Job
from tenants.actor import system
from tenants.emergency import actions, mails, queries, rules
from tenants.emergency.lifecycle import STATE_NAMES, TRANSITIONS, Step, next_state
from tenants.emergency.models import EmergencyState, Ending, Scope
from tenants.emergency.notices import Notice
from tenants.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tenants.permissions import BUREAU_ROLES, GRANTS, Permission, Role
from tenants.working_days import working_days_after
from tests.factories import people as make
from tests.tenants.emergency.conftest import REASON, Bureau

pytestmark = pytest.mark.req("KH-1-3", "DR-09", "DR-15")


def later(monkeypatch: pytest.MonkeyPatch, **span: float) -> None:
    then = clock.now() + timedelta(**span)
    monkeypatch.setattr(clock, "now", lambda: then)


def test_every_state_is_reached_and_named_and_every_step_led_by_somebody_or_by_time() -> None:
    assert {row.target for row in TRANSITIONS.values()} == set(EmergencyState) == STATE_NAMES.keys()
    assert TRANSITIONS.keys() == set(Step)
    assert {step for step, row in TRANSITIONS.items() if row.permission is None} == {Step.LAPSE, Step.RUN_OUT}
    for step, row in TRANSITIONS.items():
        for state in {None, *EmergencyState} - {row.source}:
            with pytest.raises(InvalidTransition):
                next_state(state, step)


def test_nothing_that_is_lent_is_more_than_reading() -> None:
    assert {each.key.rpartition(":")[2] for lent in rules.LENT.values() for each in lent} == {"read"}
    assert rules.LENT.keys() == set(Scope) == rules.SCOPE_NAMES.keys()


def test_who_reviews_and_who_asks_are_of_different_roles() -> None:
    assert not GRANTS[Permission.EMERGENCY_REQUEST] & GRANTS[Permission.EMERGENCY_REVIEW]
    assert GRANTS[Permission.EMERGENCY_APPROVE] <= BUREAU_ROLES


def test_a_request_opens_nothing_and_stands_in_both_chains(bureau: Bureau) -> None:
    made = bureau.request()
    assert made.serial.startswith("緊存-")
    assert queries.lent(tenant_id=bureau.of.tenant_id, user_id=made.requested_by) is None
    for chain in (bureau.chain(), bureau.chain(make.bureau())):
        assert chain[-1].event == "emergency:requested"


def test_a_second_person_opens_it_for_its_hours_and_the_institution_is_told_at_once(bureau: Bureau) -> None:
    made = bureau.opened(hours=3)
    assert made.ends_at == (made.decided_at or clock.now()) + timedelta(hours=3)
    found = queries.lent(tenant_id=bureau.of.tenant_id, user_id=made.requested_by)
    assert found is not None
    assert found.permissions == {Permission.AUDIT_READ}
    assert queries.lent(tenant_id=bureau.of.tenant_id, user_id=bureau.auditor.id or uuid4()) is None
    about = {"tenant_id": bureau.of.tenant_id, "access_id": made.id, "moment": "opened"}
    assert (Job.SEND_EMERGENCY_MAIL, about) in bureau.sent
    assert [each.event for each in bureau.chain()][-1] == "emergency:opened"
    (mail,) = mails.messages(
        tenant_id=bureau.of.tenant_id, access_id=made.id, notice=Notice.OPENED, base_url="https://x"
    )
    assert mail.to == "head@k1.example"
    assert REASON not in mail.text


def test_who_asked_cannot_agree(bureau: Bureau) -> None:
    made = bureau.request()
    for step in (actions.approve, actions.decline):
        with pytest.raises(Invalid, match="不能核可自己"):
            step(actor=bureau.operator, tenant_id=bureau.of.tenant_id, access_id=made.id)


def test_the_same_person_in_another_role_cannot_agree_either(bureau: Bureau) -> None:
    made = bureau.request()
    both = replace(bureau.operator, roles=frozenset({Role.OPERATOR, Role.AUDITOR}))
    with pytest.raises(Invalid):
        actions.approve(actor=both, tenant_id=bureau.of.tenant_id, access_id=made.id)


def test_an_approval_after_the_hour_opens_nothing(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    made = bureau.request()
    later(monkeypatch, hours=1)
    with pytest.raises(Invalid, match="逾一小時"):
        actions.approve(actor=bureau.auditor, tenant_id=bureau.of.tenant_id, access_id=made.id)
    assert bureau.again(made.id).state == EmergencyState.REQUESTED
    assert actions.settle(actor=system("settle"), tenant_id=bureau.of.tenant_id) == 1
    assert bureau.again(made.id).state == EmergencyState.LAPSED


@pytest.mark.parametrize("begun", ["request", "opened"])
def test_two_at_once_for_one_institution_are_refused(bureau: Bureau, begun: str) -> None:
    getattr(bureau, begun)()
    with pytest.raises(Invalid, match="一次只能有一件"):
        bureau.request(by=bureau.second)


def test_one_that_is_over_makes_room_for_the_next(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    first = bureau.opened()
    later(monkeypatch, hours=2)
    second = bureau.request()
    assert second.serial != first.serial
    assert bureau.again(first.id).ending == Ending.TIME


def test_it_opens_nothing_after_its_end_whether_or_not_any_job_has_run(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bureau.opened(hours=1)
    later(monkeypatch, hours=1)
    assert queries.lent(tenant_id=bureau.of.tenant_id, user_id=made.requested_by) is None
    with pytest.raises(NotFound):
        actions.use(
            actor=bureau.operator,
            tenant_id=bureau.of.tenant_id,
            access_id=made.id,
            permission=Permission.AUDIT_READ,
            route="x",
        )
    assert actions.settle(actor=system("settle"), tenant_id=bureau.of.tenant_id) == 1
    ended = bureau.again(made.id)
    assert (ended.state, ended.ending, ended.ended_at, ended.ender_id) == ("ended", "time", made.ends_at, None)
    assert ended.review_due_on == working_days_after(clock.civil_day(clock.now()), 5)
    assert actions.settle(actor=system("settle"), tenant_id=bureau.of.tenant_id) == 0


@pytest.mark.parametrize(
    ("who", "how"),
    [("operator", Ending.REQUESTER), ("auditor", Ending.APPROVER), ("head", Ending.INSTITUTION)],
)
def test_either_of_the_two_or_the_institution_ends_it_at_once(bureau: Bureau, who: str, how: Ending) -> None:
    made = bureau.opened()
    actions.end(actor=getattr(bureau, who), tenant_id=bureau.of.tenant_id, access_id=made.id)
    db.session.commit()
    assert bureau.again(made.id).ending == how
    assert queries.lent(tenant_id=bureau.of.tenant_id, user_id=made.requested_by) is None
    assert {"access_id": made.id, "moment": "ended", "tenant_id": bureau.of.tenant_id} in [
        named for _, named in bureau.sent
    ]


def test_nobody_else_of_the_bureau_ends_it(bureau: Bureau) -> None:
    made = bureau.opened()
    with pytest.raises(Invalid, match="只有請求人"):
        actions.end(actor=bureau.second, tenant_id=bureau.of.tenant_id, access_id=made.id)


def test_a_third_person_reviews_it_and_nobody_who_took_part(bureau: Bureau) -> None:
    made = bureau.opened()
    named = {"tenant_id": bureau.of.tenant_id, "access_id": made.id}
    with pytest.raises(InvalidTransition):
        actions.review(actor=bureau.officer, **named, note="確有必要，已補登第二位首長。")
    actions.end(actor=bureau.head, **named)
    db.session.commit()
    with pytest.raises(Invalid, match="不能檢討自己"):
        actions.review(actor=bureau.auditor, **named, note="確有必要，已補登第二位首長。")
    with pytest.raises(NotAllowed):
        actions.review(actor=bureau.second, **named, note="確有必要，已補登第二位首長。")
    with pytest.raises(Invalid, match="請填寫檢討結果"):
        actions.review(actor=bureau.officer, **named, note="好")
    (due,) = queries.of_the_city()
    assert (due.state, due.review_due_on) == (EmergencyState.ENDED, bureau.again(made.id).review_due_on)
    actions.review(actor=bureau.officer, **named, note="確有必要，已補登第二位首長。")
    db.session.commit()
    assert bureau.again(made.id).state == EmergencyState.REVIEWED


@pytest.mark.parametrize(("scope", "hours", "reason"), [("all", 1, REASON), ("trail", 0, REASON), ("trail", 5, REASON)])
def test_a_request_is_told_all_its_faults(bureau: Bureau, scope: str, hours: int, reason: str) -> None:
    with pytest.raises(Invalid):
        actions.request(actor=bureau.operator, tenant_id=bureau.of.tenant_id, scope=scope, hours=hours, reason=reason)
    with pytest.raises(Invalid) as refused:
        actions.request(actor=bureau.operator, tenant_id=bureau.of.tenant_id, scope="", hours=None, reason="急")
    assert {refused.value.field, *(each.field for each in refused.value.besides)} == {"scope", "hours", "reason"}


def test_the_bureau_itself_and_nobodys_institution_are_not_there(bureau: Bureau) -> None:
    for tenant_id in (make.bureau(), uuid4()):
        with pytest.raises(NotFound):
            actions.request(actor=bureau.operator, tenant_id=tenant_id, scope="trail", hours=1, reason=REASON)


@pytest.mark.parametrize("who", ["auditor", "officer", "head"])
def test_only_an_operator_asks(bureau: Bureau, who: str) -> None:
    with pytest.raises(NotAllowed):
        bureau.request(by=getattr(bureau, who))


def test_telling_cannot_be_left_out(bureau: Bureau) -> None:
    made = bureau.opened()
    assert list(queries.untold(tenant_id=bureau.of.tenant_id)) == [(made.id, Notice.OPENED)], "the sweep finds it"
    about = {"tenant_id": bureau.of.tenant_id, "access_id": made.id, "notice": Notice.OPENED}
    assert not mails.is_told(**about)
    actions.note_told(actor=system("mail"), **about, mails=1)
    assert mails.is_told(**about)
    assert made in queries.to_show(tenant_id=bureau.of.tenant_id, now=clock.now())


def test_a_look_is_marked_with_its_number(bureau: Bureau) -> None:
    made = bureau.opened()
    marked = replace(bureau.operator, roles=frozenset(), under=made.serial)
    named = {"tenant_id": bureau.of.tenant_id, "access_id": made.id}
    actions.use(actor=marked, **named, permission=Permission.AUDIT_READ, route="/x")
    db.session.commit()
    used = bureau.chain()[-1]
    assert (used.event, used.actor_roles) == ("emergency:used", f"emergency:{made.serial}")
    assert used.fields == {"serial": made.serial, "permission": "audit:read", "route": "/x"}
