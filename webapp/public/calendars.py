"""A person's due days for their own calendar, which has no cookie: the address is the key, and opens nothing else."""

from flask import Blueprint, Response, current_app, make_response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound as NoPage
from werkzeug.exceptions import TooManyRequests

from infra import clock
from infra.calendars import MEDIA_TYPE
from infra.db import db
from infra.settings import Settings
from infra.tenancy import Binding, bind
from infra.turnstile import lets_through
from tenants.errors import NotFound
from tenants.notices import feeds
from webapp.access import public

calendars = Blueprint("calendars", __name__, url_prefix="/calendar")

# Calendars fetch every quarter of an hour at most. Wrong addresses come from one that was taken back, or from guessing.
_MOST, _MOST_WRONG, _SECONDS = 12, 30, 60


@calendars.get("/<token>.ics")
@public
def feed(token: str) -> ResponseReturnValue:
    """The file; 304 where the calendar has it, 404 for any other address, and 429 for whoever asks all the time."""
    try:
        owner = feeds.owner(token=token)
    except NotFound:
        _count("calendar-wrong", request.remote_addr or "", _MOST_WRONG)
        raise NoPage from None
    _count("calendar", token, _MOST)
    bind(db.session, Binding(user_id=owner.id))
    settings: Settings = current_app.config["SETTINGS"]
    made = feeds.calendar_of(user_id=owner.id, now=clock.now(), base_url=settings.base_url)
    answer: Response = make_response(made)
    answer.headers["Content-Type"] = MEDIA_TYPE
    answer.add_etag()
    return answer.make_conditional(request)


def _count(door: str, who: str, most: int) -> None:
    if not lets_through(door, who, most=most, seconds=_SECONDS):
        raise TooManyRequests(retry_after=_SECONDS)
