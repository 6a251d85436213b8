"""A school's people before their browsers."""

import pytest
from flask import Flask

from tests.factories.cast import Cast, cast


@pytest.fixture
def people_of_k1(web_app: Flask) -> Cast:
    assert web_app
    return cast()
