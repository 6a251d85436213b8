"""A new bucket on each real store, and the adapter at work on it; for what needs no server, also the one in memory."""

from uuid import uuid4

import pytest

from infra.objects import ObjectStore, S3Objects
from tests.contracts.stores import Place, StoreServer
from tests.memory_store import MemoryObjects

_SERVERS = ["juicefs", pytest.param("ceph", marks=pytest.mark.needs("ceph"))]


def _fresh(request: pytest.FixtureRequest) -> Place:
    server: StoreServer = request.getfixturevalue(request.param)
    settings = server.root(f"t-{uuid4().hex}")
    S3Objects(settings).ensure_bucket()
    return Place(request.param, server, settings)


@pytest.fixture(params=_SERVERS)
def place(request: pytest.FixtureRequest) -> Place:
    return _fresh(request)


@pytest.fixture
def objects(place: Place) -> S3Objects:
    return S3Objects(place.settings)


@pytest.fixture(params=[*_SERVERS, "memory"])
def any_store(request: pytest.FixtureRequest) -> ObjectStore:
    """Every store that says it is one."""
    return MemoryObjects() if request.param == "memory" else S3Objects(_fresh(request).settings)
