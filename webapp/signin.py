"""Flask-Login wiring: what a session cookie holds, how long it lives, and how it ends.

The person is read from the database on every request and compared with the epoch in the cookie, so that a withdrawal
ends every session at its next request (DR-15), and a cookie copied before signing out is worth nothing after it.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import Flask, request, session
from flask_login import LoginManager, UserMixin, login_user, logout_user

from infra import clock
from tenants.people import queries as people
from tenants.people.models import User

IDLE_SECONDS = 30 * 60
ABSOLUTE_SECONDS = 8 * 60 * 60
_TOUCH_SECONDS = 60
_BEGUN, _SEEN = "begun", "seen"


@dataclass(frozen=True)
class SignedInPerson(UserMixin):  # type: ignore[misc]  # flask_login ships no types
    """The account behind a session, as of this request."""

    id: UUID
    login: str
    name: str
    epoch: int

    def get_id(self) -> str:
        """What the cookie carries: whose session it is, and of which epoch."""
        return f"{self.id}:{self.epoch}"


def init_app(app: Flask) -> None:
    """Read the person of each request from its cookie."""
    manager = LoginManager(app)
    manager.session_protection = None  # it compares addresses, and a telephone changes its own while one walks
    manager.user_loader(_load)


def begin(user: User) -> None:
    """Start a session for a person whose password was right. The old session's content is thrown away."""
    session.clear()
    session.permanent = False
    session[_BEGUN] = session[_SEEN] = _now()
    login_user(_person(user))


def end() -> None:
    """Forget the session in this browser. `tenants.people.actions.sign_out` ends it everywhere."""
    logout_user()
    session.clear()


def _load(identity: str) -> SignedInPerson | None:
    user_id, _, epoch = identity.partition(":")
    now = _now()
    if now - session.get(_BEGUN, 0) > ABSOLUTE_SECONDS or now - session.get(_SEEN, 0) > IDLE_SECONDS:
        return None
    user = people.user(user_id=UUID(user_id))
    if user is None or user.deactivated_at is not None or str(user.session_epoch) != epoch:
        return None
    # Not on every request, to send fewer cookies; and not when a page asks by itself, with nobody sitting before it.
    if now - session[_SEEN] > _TOUCH_SECONDS and "HX-Request" not in request.headers:
        session[_SEEN] = now
    return _person(user)


def _person(user: User) -> SignedInPerson:
    return SignedInPerson(user.id, user.login, user.name, user.session_epoch)


def _now() -> int:
    return int(clock.now().timestamp())
