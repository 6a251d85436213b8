"""One institution on a database of its own."""

import pytest
from flask import Flask

from infra.db import db
from infra.tenancy import Binding, bind
from tests.factories.registry import Institution, institution


@pytest.fixture
def k1(domain: Flask) -> Institution:  # noqa: ARG001 - the context and its database
    """K1; the session stays bound to it."""
    made = institution("K1")
    bind(db.session, Binding(tenant_id=made.tenant_id))
    return made
