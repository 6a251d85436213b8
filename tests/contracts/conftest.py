"""A new bucket on each real store, and the adapter at work on it."""

from uuid import uuid4

import pytest

from infra.objects import S3Objects
from tests.contracts.stores import Place, StoreServer


@pytest.fixture(params=["juicefs", pytest.param("ceph", marks=pytest.mark.needs("ceph"))])
def place(request: pytest.FixtureRequest) -> Place:
    server: StoreServer = request.getfixturevalue(request.param)
    settings = server.root(f"t-{uuid4().hex}")
    S3Objects(settings).ensure_bucket()
    return Place(request.param, server, settings)


@pytest.fixture
def objects(place: Place) -> S3Objects:
    return S3Objects(place.settings)
