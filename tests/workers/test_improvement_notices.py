"""What the bureau asked to be put right is told like every other duty: by mail, in the calendar, and upwards (U1)."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.improvements.models import Improvement
from tenants.notices import feeds
from tenants.notices.duties import Kind, Level
from tenants.notices.models import NoticeRise
from tenants.notices.standing import standing
from tenants.working_days import working_days_after
from tests.factories import insiders, people, samples
from tests.mailbox import Mailbox
from tests.workers.telling import TEN, Town, body, town

__all__ = ["town"]

pytestmark = pytest.mark.req("DR-31", "DR-30")
NAME = "教育局要求的改善事項"


@pytest.fixture
def item(town: Town) -> UUID:
    """Asked of K1 in an afternoon, due in twenty office days."""
    town.at(14)
    people.bureau()
    by = people.auditor()
    town.bound()
    made = samples.improvement(town.of, disclosure_id=insiders.request(town.of, camera=TEN[0]), by=by)
    db.session.get_one(Improvement, made).due_on = working_days_after(town.monday, 20)
    db.session.commit()
    return made


def told_on(town: Town, smtp: Mailbox, days: int) -> set[str]:
    """Who hears of it on the morning of an office day."""
    before = len(smtp.messages)
    town.at(7, 5, days=days)
    town.run()
    return {str(each["To"]) for each in smtp.messages[before:] if NAME in body(each)}


def test_the_next_morning_tells_head_and_handler_with_its_own_article_and_then_it_is_quiet(
    town: Town, smtp: Mailbox, item: UUID
) -> None:
    assert item
    assert told_on(town, smtp, 1) == {"head@school.test", "handler@school.test"}
    text = next(body(each) for each in smtp.messages if NAME in body(each))
    assert f"{NAME}：1 件" in text
    assert "依據：要點第六點第四款" in text
    for hidden in ("備查複製本逾複查日", "改善-115", "調閱-115"):
        assert hidden not in text
    assert told_on(town, smtp, 2) == set()


def test_it_is_told_a_week_ahead_the_day_before_on_the_day_and_then_every_office_day(
    town: Town, smtp: Mailbox, item: UUID
) -> None:
    due = db.session.get_one(Improvement, item).due_on
    told = [day for day in range(1, 24) if told_on(town, smtp, day)]
    days = [working_days_after(town.monday, each) for each in told]
    assert {due, working_days_after(due, 1), working_days_after(due, 2)} <= set(days)
    assert any(due - timedelta(days=10) < each <= due - timedelta(days=5) for each in days)
    assert len(told) <= 7, "the other mornings say nothing of it"


def test_an_answer_ends_it_and_a_return_begins_it_again(town: Town, smtp: Mailbox, item: UUID) -> None:
    assert told_on(town, smtp, 1)
    found = db.session.get_one(Improvement, item)
    found.state, found.answer, found.answered_at, found.answered_by = "answered", "已複查", clock.now(), town.head
    db.session.commit()
    assert not told_on(town, smtp, 20)
    found = db.session.get_one(Improvement, item)
    found.state, found.decision, found.decided_at, found.decided_by = "returned", "請補", clock.now(), town.head
    found.due_on = working_days_after(town.monday, 50)
    db.session.commit()
    assert told_on(town, smtp, 21) == {"head@school.test", "handler@school.test"}


def test_it_is_in_the_calendar_on_its_day_and_leaves_it_with_the_answer(town: Town, item: UUID) -> None:
    due = db.session.get_one(Improvement, item).due_on
    assert days_of(town) == [f"DTSTART;VALUE=DATE:{due:%Y%m%d}"]
    found = db.session.get_one(Improvement, item)
    found.state, found.answer, found.answered_at, found.answered_by = "answered", "已複查", clock.now(), town.head
    db.session.commit()
    assert days_of(town) == []


def days_of(town: Town) -> list[str]:
    """The days of it in the head's calendar."""
    with bound(db.session, Binding(user_id=town.head)):
        held = feeds.calendar_of(user_id=town.head, now=clock.now(), base_url="https://shouyuan.test")
    events = held.decode().replace("\r\n ", "").split("BEGIN:VEVENT")[1:]
    mine = [each.splitlines() for each in events if NAME in each]
    assert all("要點第六點第四款" in "".join(each) for each in mine)
    town.bound()
    return [line for each in mine for line in each if line.startswith("DTSTART")]


def test_a_day_late_it_has_risen_and_the_bureaus_morning_does_not_tell_it_twice(town: Town, item: UUID) -> None:
    town.at(9, days=22)
    town.run()
    risen = db.session.scalars(db.select(NoticeRise).where(NoticeRise.kind == Kind.IMPROVEMENT)).all()
    assert [(each.subject, each.level) for each in risen] == [(str(item), Level.BUREAU)]
    assert Kind.IMPROVEMENT not in {each.kind for each in standing(tenant_id=town.tenant_id, day=clock.today()).risen}
