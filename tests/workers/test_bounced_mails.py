"""A notice that a later server could not deliver: from the mail's own address to whom nothing reaches (DR-31)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.bounces import ReturnAddresses
from infra.db import db
from tenants.audit.models import AuditEvent
from tenants.notices.standing import standing
from tests.bounced import report
from tests.mailbox import Mailbox
from tests.workers.telling import Town, town
from workers import notice_jobs
from workers.commands import mail

__all__ = ["town"]

pytestmark = pytest.mark.req("DR-31")
ADDRESSES = ReturnAddresses("bounces@shouyuan.test", b"k" * 32)
Arrives = Callable[..., int]


@pytest.fixture
def arrives(town: Town, domain: Flask, monkeypatch: pytest.MonkeyPatch) -> Arrives:
    """What the mail server hands over; the command's exit code."""
    monkeypatch.setattr(notice_jobs, "return_addresses", lambda: ADDRESSES)
    monkeypatch.setattr(mail, "return_addresses", lambda: ADDRESSES)

    def hand_over(address: str, message: bytes | None = None) -> int:
        db.session.commit()
        handed = report() if message is None else message
        done = domain.test_cli_runner().invoke(mail.bounced, [address], input=handed)
        town.bound()
        return done.exit_code

    return hand_over


def sent(town: Town, smtp: Mailbox) -> dict[str, str]:
    """A fault was told at once; by address where each mail comes back to."""
    town.at(13)
    town.switch_fails()
    town.run()
    return {str(each["To"]): back for each, back in zip(smtp.messages, smtp.returns, strict=True)}


def states(town: Town) -> dict[object, str]:
    return {each.user_id: each.state for each in town.mails("at_once")}


def test_each_notice_has_a_return_address_of_its_own_that_is_in_no_header(
    town: Town, smtp: Mailbox, arrives: Arrives
) -> None:
    assert arrives
    backs = sent(town, smtp)
    assert len(set(backs.values())) == len(backs) == 2
    for message, back in zip(smtp.messages, smtp.returns, strict=True):
        assert back.startswith("bounces+")
        assert back not in message.as_string()


def test_a_mail_that_came_back_leaves_its_person_unreached_until_a_later_one_goes(
    town: Town, smtp: Mailbox, arrives: Arrives
) -> None:
    back = sent(town, smtp)["handler@school.test"]
    assert arrives(back) == 0
    assert states(town) == {town.handler: "bounced", town.technician: "sent"}
    told = standing(tenant_id=town.tenant_id, day=clock.today())
    assert [(each.user_id, each.why) for each in told.unreached] == [(town.handler, "通知信無法送達")]
    ends = db.session.scalars(db.select(AuditEvent).where(AuditEvent.event == "notice:ended")).all()
    mine = [each.fields["outcome"] for each in ends if each.fields["user_id"] == str(town.handler)]
    assert sorted(mine) == ["bounced", "sent"]

    assert arrives(back) == 0, "twice is once"
    town.at(7, 5, days=1)
    town.run()
    assert standing(tenant_id=town.tenant_id, day=clock.today()).unreached == []


def test_what_came_back_told_nothing_and_is_told_again(town: Town, smtp: Mailbox, arrives: Arrives) -> None:
    town.at(7, 5)
    town.run()
    backs = {str(each["To"]): back for each, back in zip(smtp.messages, smtp.returns, strict=True)}
    arrives(backs["head@school.test"])
    assert {each.state for each in town.mails("digest") if each.user_id == town.head} == {"bounced"}
    town.at(7, 5, days=1)
    town.run()
    first, second = (
        [line["kind"] for line in each.lines] for each in town.mails("digest") if each.user_id == town.head
    )
    assert set(first) <= set(second)


@pytest.mark.parametrize(
    "message",
    [report(action="delayed", status="4.4.1"), b"Subject: holiday\r\n\r\nI am away", b"", b"\xff" * 9000],
)
def test_what_is_no_report_of_a_final_failure_changes_nothing(
    town: Town, smtp: Mailbox, arrives: Arrives, message: bytes
) -> None:
    assert arrives(sent(town, smtp)["handler@school.test"], message) == 0
    assert set(states(town).values()) == {"sent"}


def test_a_forged_address_and_another_institutions_change_nothing(town: Town, smtp: Mailbox, arrives: Arrives) -> None:
    back = sent(town, smtp)["handler@school.test"]
    (mine,) = [each for each in town.mails("at_once") if each.user_id == town.handler]
    forged = replace(ADDRESSES, key=b"o" * 32).of(tenant_id=town.tenant_id, mail_id=mine.id)
    swapped = back.replace("bounces+", "bounces+a")
    for address in (forged, swapped, "bounces@shouyuan.test", "", ADDRESSES.of(tenant_id=mine.id, mail_id=mine.id)):
        assert arrives(address) == 0
    assert set(states(town).values()) == {"sent"}


def test_a_letter_of_long_ago_changes_nothing(town: Town, smtp: Mailbox, arrives: Arrives) -> None:
    back = sent(town, smtp)["handler@school.test"]
    town.freeze(clock.now() + timedelta(days=15))
    assert arrives(back) == 0
    assert set(states(town).values()) == {"sent"}


def test_without_a_key_mails_go_as_they_did_and_nothing_is_taken_in(
    town: Town, smtp: Mailbox, arrives: Arrives, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = sent(town, smtp)["handler@school.test"]
    monkeypatch.setattr(mail, "return_addresses", lambda: None)
    assert arrives(back) == 0
    assert set(states(town).values()) == {"sent"}
    monkeypatch.setattr(notice_jobs, "return_addresses", lambda: None)
    town.at(7, 5, days=1)
    town.run()
    assert smtp.returns[-1] == "no-reply@localhost"
