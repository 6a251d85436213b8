"""A school's desk."""

import pytest
from flask import Flask

from tests.factories.cast import cast
from tests.webapp.desk import Desk, Shelf
from tests.webapp.school.one_application import Case, father


@pytest.fixture
def desk(web_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """K1, E1 and two agencies; jobs go nowhere, since no queue is up."""
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    web_app.extensions["store"] = shelf = Shelf()
    return Desk(web_app, cast(), shelf)


@pytest.fixture
def case(desk: Desk) -> Case:
    """A father asks about a bicycle; nobody has looked at it yet."""
    return father(desk)
