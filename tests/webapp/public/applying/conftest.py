"""A visitor at K1's door, with two minutes of footage of its gate in the time that is asked for."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from infra.db import db
from infra.tenancy import Binding, bind
from tests.factories import footage
from tests.factories.cast import Cast, cast
from tests.factories.insiders import LOOKUP
from tests.webapp.conftest import WebClient
from tests.webapp.visitor import START, WHO, Visitor

Door = Callable[[str], Visitor]


@pytest.fixture
def town(web_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """K1 and E1 with their people; jobs go nowhere, since no queue is up."""
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    web_app.extensions["lookup_secret"] = LOOKUP
    made = cast()
    bind(db.session, Binding(tenant_id=made.k1.tenant_id))
    device = footage.device(made.k1)
    footage.day_key(made.k1, day=START)
    for minute in range(2):
        footage.segment(made.k1, device_id=device, started_at=START + timedelta(minutes=minute))
    db.session.commit()
    return made


@pytest.fixture
def door(web_app: Flask, town: Cast) -> Door:
    """A new browser before an institution's pages."""

    def at(code: str) -> Visitor:
        client = web_app.test_client()
        assert isinstance(client, WebClient)
        return Visitor(client, town, code)

    return at


@pytest.fixture
def parent(door: Door) -> Visitor:
    """A mother before K1's pages."""
    return door("K1")


@pytest.fixture
def proved(parent: Visitor) -> Visitor:
    """A mother whose address is proved and who said who she is."""
    parent.prove()
    assert parent.post("/form/who", WHO).location == "/apply/K1/form/what"
    return parent


def gate(visitor: Visitor) -> UUID:
    """K1's camera at its gate."""
    return visitor.cast.k1.cameras["C-GATE"]
