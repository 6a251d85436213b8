"""A mail goes once, to whom it may, whatever dies or is down in between; and what comes of those that do not go."""

from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.mail import MailNotSent
from infra.tenancy import Binding, bind
from tenants.notices import queries, sending
from tenants.notices.models import MailState, NoticeMail
from tenants.notices.standing import standing
from tenants.people.models import Membership, User
from tenants.rights.models import RightsRequest
from tests.factories import people, rights
from tests.factories.notices import wish
from tests.mailbox import Mailbox
from tests.workers.telling import Town, body, town
from workers import notice_jobs

__all__ = ["town"]


@pytest.mark.req("DR-31", "DR-15")
def test_who_left_before_the_mail_went_gets_nothing_and_is_told_of_nothing_more(town: Town) -> None:
    town.at(23)
    town.switch_fails()
    town.run()
    held = db.session.scalars(db.select(Membership).where(Membership.user_id == town.technician)).one()
    held.ended_at, held.ended_by = clock.now(), town.head
    db.session.get_one(User, town.handler).deactivated_at = clock.now()
    db.session.get_one(User, town.handler).deactivated_by = town.head
    db.session.commit()

    town.at(7, 30, days=1)
    town.run()
    assert set(town.to()) == {"head@school.test"}
    assert {each.state for each in town.mails("at_once")} == {"left"}


@pytest.mark.req("DR-31")
def test_a_worker_that_dies_after_the_server_took_the_mail_sends_the_same_message_and_no_second_one(
    town: Town, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.at(13)
    town.switch_fails()
    notice_jobs.plan(tenant_id=str(town.tenant_id))
    real = sending.note_sent

    def die(**_said: object) -> None:
        raise SystemExit(9)

    monkeypatch.setattr(sending, "note_sent", die)
    (first, *_others) = town.mails("at_once")
    with pytest.raises(SystemExit):
        notice_jobs.send(tenant_id=str(town.tenant_id), mail_id=str(first.id))
    monkeypatch.setattr(sending, "note_sent", real)
    db.session.rollback()
    town.run()

    mine = [each for each in smtp.messages if str(first.id) in each["Message-ID"]]
    assert len(mine) == 2, "nothing is lost"
    assert len({each["Message-ID"] for each in smtp.messages}) == 2, "and to a mailbox it is one message each"
    assert body(mine[0]) == body(mine[1])
    assert {(each.state, each.tries) for each in town.mails("at_once")} == {("sent", 1)}
    town.run()
    assert len(smtp.messages) == 3, "and what was noted as sent goes no more"


@pytest.mark.req("DR-31")
def test_a_plan_that_dies_before_its_commit_told_nobody_and_is_made_again(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.at(13)
    town.switch_fails()
    with monkeypatch.context() as broken:
        broken.setattr("tenants.notices.actions.note_rises", lambda **_said: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            notice_jobs.plan(tenant_id=str(town.tenant_id))
    assert town.mails() == []
    town.run()
    assert len(town.mails("at_once")) == 2


@pytest.mark.req("DR-31")
def test_while_the_server_is_down_a_mail_waits_is_tried_ever_more_rarely_and_is_given_up_after_three_days(
    town: Town, smtp: Mailbox
) -> None:
    town.at(13)
    town.switch_fails()
    notice_jobs.plan(tenant_id=str(town.tenant_id))
    smtp.codes |= {"handler@school.test": 451, "technician@school.test": 451}
    (one, two) = town.mails("at_once")
    send = {"tenant_id": str(town.tenant_id)}
    for mail_id in (one.id, two.id):
        with pytest.raises(MailNotSent):
            notice_jobs.send(**send, mail_id=str(mail_id))
    assert [(each.state, each.tries) for each in town.mails("at_once")] == [("waiting", 1)] * 2
    assert queries.waiting_mails(tenant_id=town.tenant_id, now=clock.now()) == []

    town.at(13, 10)
    smtp.codes.pop("handler@school.test")
    assert len(queries.waiting_mails(tenant_id=town.tenant_id, now=clock.now())) == 2
    notice_jobs.send(**send, mail_id=mail_of(town, town.handler))
    assert town.to() == ["handler@school.test"]

    town.at(13, 30, days=5)
    with pytest.raises(MailNotSent):
        notice_jobs.send(**send, mail_id=mail_of(town, town.technician))
    assert {each.state for each in town.mails("at_once")} == {"sent", "failed"}
    told = standing(tenant_id=town.tenant_id, day=clock.today())
    assert [each.user_id for each in told.unreached] == [town.technician]


def mail_of(town: Town, user_id: UUID) -> str:
    return str(next(each.id for each in town.mails("at_once") if each.user_id == user_id))


@pytest.mark.req("DR-31")
def test_a_digest_that_never_went_is_overtaken_by_the_next_which_says_all_of_it(town: Town, smtp: Mailbox) -> None:
    town.at(7)
    smtp.codes |= {f"{name}@school.test": 451 for name in ("head", "handler", "technician")}
    notice_jobs.plan(tenant_id=str(town.tenant_id))
    before = {each.user_id: kinds(each) for each in town.mails("digest")}
    assert before

    smtp.codes.clear()
    town.at(7, days=1)
    town.run()
    after = {each.user_id: kinds(each) for each in town.mails("digest") if each.state == MailState.SENT}
    assert {each.state for each in town.mails("digest") if each.civil_day == town.monday} == {"overtaken"}
    assert all(before[user_id] <= after[user_id] for user_id in before)
    assert len(town.to()) == len(set(town.to()))


def kinds(found: NoticeMail) -> set[str]:
    return {line["kind"] for line in found.lines}


@pytest.mark.req("DR-31")
def test_a_refused_address_and_a_missing_one_are_kept_and_warn_the_bureau(town: Town, smtp: Mailbox) -> None:
    smtp.codes["handler@school.test"] = 550
    db.session.get_one(User, town.technician).email = ""
    db.session.commit()
    town.at(13)
    town.switch_fails()
    town.run()

    states = {each.user_id: each.state for each in town.mails("at_once")}
    assert states == {town.handler: "refused", town.technician: "no_address"}
    told = standing(tenant_id=town.tenant_id, day=clock.today())
    assert {(each.user_id, each.why) for each in told.unreached} == {
        (town.handler, "通知信無法送達"),
        (town.technician, "沒有電子郵件"),
    }

    db.session.get_one(User, town.technician).email = "technician@school.test"
    db.session.commit()
    town.bound()
    told = standing(tenant_id=town.tenant_id, day=clock.today())
    assert [each.user_id for each in told.unreached] == [town.handler], "from the new address nothing came back"


def withdrawn(rights_id: UUID) -> None:
    found = db.session.get_one(RightsRequest, rights_id)
    found.state, found.ended_at, found.ended_by = "withdrawn", clock.now(), found.entered_by
    db.session.commit()


def answered(rights_id: UUID) -> None:
    """Decided, and not carried out yet: the statute's day was for the decision."""
    found = db.session.get_one(RightsRequest, rights_id)
    found.state, found.answer = "answered", "granted"
    found.answered_at, found.answered_by = clock.now(), found.entered_by
    db.session.commit()


@pytest.mark.req("DR-31", "DR-28")
@pytest.mark.parametrize("done", [withdrawn, answered])
def test_what_nobody_does_rises_to_the_bureau_and_is_let_go_once_it_is_done(
    town: Town, done: Callable[[UUID], None]
) -> None:
    town.at(9)
    rights_id = rights.request(town.of, entered_by=town.handler)
    town.at(9, days=60)
    notice_jobs.plan(tenant_id=str(town.tenant_id))
    town.bound()
    risen = standing(tenant_id=town.tenant_id, day=clock.today()).risen
    assert [each.kind.value for each in risen] == ["rights"], "what an article tells by itself is not told twice"

    done(rights_id)
    notice_jobs.plan(tenant_id=str(town.tenant_id))
    town.bound()
    assert standing(tenant_id=town.tenant_id, day=clock.today()).risen == []


@pytest.mark.req("DR-31")
def test_a_technician_may_do_without_the_digest_and_never_without_what_is_immediate(town: Town) -> None:
    wish(town.technician, digest=False)
    wish(town.handler, digest=False)
    town.at(7)
    town.switch_fails()
    town.run()
    assert {each.user_id for each in town.mails("at_once")} == {town.handler, town.technician}
    assert town.technician not in {each.user_id for each in town.mails("digest")}
    assert town.handler in {each.user_id for each in town.mails("digest")}


def test_the_bureau_is_told_of_nothing_by_mail(domain: Flask) -> None:
    assert domain
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    assert list(notice_jobs.waiting_jobs(tenant_id=bureau_id)) == []
