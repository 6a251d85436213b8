"""An institution with real footage, and a master key."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from infra.db import db
from infra.kms import FileKms, Kms, create_master_key
from infra.objects import ObjectStore
from infra.tenancy import Binding, bind
from tenants.retention import plan_queries
from tenants.retention.planning import Told
from tests.factories.evidence import Archive
from tests.factories.registry import institution


@pytest.fixture
def kms(tmp_path: Path) -> Kms:
    create_master_key(tmp_path / "master.key")
    return FileKms(tmp_path / "master.key")


@pytest.fixture
def archive(domain: Flask, store: ObjectStore, kms: Kms) -> Archive:  # noqa: ARG001 - the context and its database
    """K1's footage; the session stays bound to K1."""
    k1 = institution("K1")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    return Archive(k1, store, kms)


@pytest.fixture
def agreed_clocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every clock says what the worker's says, so that a test may act at an instant of its own."""

    def told(*, tenant_id: UUID, now: datetime) -> Told:  # noqa: ARG001 - the institution heard of is not asked
        return Told(worker=now, database=now, heard=now)

    monkeypatch.setattr(plan_queries, "told", told)
