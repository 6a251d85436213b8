"""Where people's mail goes and what came back, as rows; and the service's look at who is to be told what."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from unittest.mock import patch
from uuid import UUID

from infra import clock, queues
from infra.db import db
from tenants.people.models import User
from tenants.rights.models import RightsRequest
from tests.city_year import events
from tests.city_year.days import DONE, ONE_DAY, at, day_of, office_days_later
from tests.city_year.notices import ANSWER_DAYS, LOOKED, RISES_AFTER, next_look
from tests.city_year.writing.acts import Step, Steps
from tests.city_year.writing.founding import Settled
from tests.factories import notices, rights
from workers import notice_jobs


def _account(key: str, settled: Settled) -> UUID:
    return settled.head if key == "head" else settled.people[key]


def _addressed(event: events.Addressed) -> Iterator[Step]:
    yield event.at, partial(_types_address, event)


def _types_address(event: events.Addressed, settled: Settled) -> None:
    user = db.session.get_one(User, _account(event.key, settled))
    user.email = f"{event.school}-{event.key}@example.edu.tw".lower()


def _mail(event: events.MailReturned) -> Iterator[Step]:
    yield event.at, partial(_ends, event, "refused")
    if event.arrived is not None:
        yield event.arrived, partial(_ends, event, "sent")


def _ends(event: events.MailReturned, state: str, settled: Settled) -> None:
    notices.mail(settled.of, user_id=_account(event.key, settled), what="at_once", state=state)


def _rights(event: events.RightsAsked) -> Iterator[Step]:
    """Between the looks that can change anything every morning's would find the same."""
    yield at(event.on, DONE), partial(_asks, event)
    due = event.on + timedelta(days=ANSWER_DAYS)
    looks = {office_days_later(due, RISES_AFTER - 1), office_days_later(due, RISES_AFTER)}
    if event.answered is not None:
        yield event.answered, partial(_answers, event)
        looks.add(next_look(day_of(event.answered) + ONE_DAY))
    for day in looks:
        yield at(day, LOOKED), _looks


def _asks(event: events.RightsAsked, settled: Settled) -> None:
    settled.requests[event] = rights.request(settled.of, entered_by=settled.people["a"], on=event.on)


def _answers(event: events.RightsAsked, settled: Settled) -> None:
    """Decided; that what was granted is carried out comes later, and has no day in the statute."""
    found = db.session.get_one(RightsRequest, settled.requests[event])
    found.state, found.answer, found.answered_at, found.answered_by = "answered", "granted", clock.now(), settled.head


def _looks(settled: Settled) -> None:
    db.session.commit()
    with patch.object(queues, "enqueue"):
        notice_jobs.plan(tenant_id=str(settled.of.tenant_id))


STEPS: Steps = {
    events.Addressed: _addressed,
    events.MailReturned: _mail,
    events.RightsAsked: _rights,
}
