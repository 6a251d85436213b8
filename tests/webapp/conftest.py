"""The web app on the test's own database, and browsers without a screen."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from tenants.people import queries as people
from tests.apps import borrowed, web_settings, with_compiled_templates, with_kept_engines
from tests.slate import Slate
from webapp import create_app, signin


class WebClient(FlaskClient):
    """A browser: keeps cookies, and sends the CSRF token with every form unless told `csrf=False`."""

    token = ""

    def sign_in(self, login: str) -> "WebClient":
        """Be this person from now on, without the sign-in page (which has tests of its own)."""
        with self.application.test_request_context():
            user = people.user_by_login(login=login)
            assert user is not None, f"make {login} with tests.factories.people first"
            signin.begin(user)
            self.token = generate_csrf()
            held = dict(session)
        with self.session_transaction() as kept:
            kept.clear()
            kept.update(held)
        return self

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:  # noqa: ANN401 - as werkzeug's
        """Send a request."""
        if csrf and self.token and kwargs.get("method", "GET") != "GET":
            kwargs["headers"] = {"X-CSRFToken": self.token, **dict(kwargs.get("headers") or {})}
        return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def made_web_app(slate: Slate) -> Flask:
    """The web app over the database that tests take turns with."""
    app = with_kept_engines(with_compiled_templates(create_app(web_settings(slate.lend()))))
    app.test_client_class = WebClient
    return app


@pytest.fixture
def web_app(domain: Flask, made_web_app: Flask) -> Iterator[Flask]:
    """The web app. Rows are made in the test with the factories, whose session is that of `domain`, not of the app."""
    assert domain
    with borrowed(made_web_app) as app:
        app.testing = True
        yield app


@pytest.fixture
def web_client(web_app: Flask) -> WebClient:
    """A browser that is not signed in; `web_client.sign_in("login")` makes it a person's."""
    client = web_app.test_client()
    assert isinstance(client, WebClient)
    return client


@pytest.fixture
def other_client(web_app: Flask) -> WebClient:
    """A second browser, with cookies of its own."""
    client = web_app.test_client()
    assert isinstance(client, WebClient)
    return client
