"""A browser without a screen, signed in as anybody, with a valid CSRF token, so that only access can refuse."""

from typing import Any
from uuid import UUID

from flask import session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from tenants.people import queries as people
from webapp import signin
from webapp.public.applying import visiting


class Browser(FlaskClient):
    """Keeps its cookies; `become` signs a person in without the sign-in page, which has tests of its own."""

    token = ""

    def become(self, user_id: UUID) -> None:
        """Be this person from now on."""
        with self.application.test_request_context():
            user = people.user(user_id=user_id)
            assert user is not None
            signin.begin(user)
            self.token = generate_csrf()
            held = dict(session)
        with self.session_transaction() as kept:
            kept.update(held)

    def visit(self, tenant_id: UUID, visit_id: UUID) -> None:
        """Have proved an address at this institution."""
        with self.application.test_request_context():
            visiting.note(tenant_id, visit_id)
            self.token = generate_csrf()
            held = dict(session)
        with self.session_transaction() as kept:
            kept.update(held)

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:  # noqa: ANN401 - as werkzeug's
        """Send a request with the token."""
        return super().open(*args, headers={"X-CSRFToken": self.token} if self.token else {}, **kwargs)
