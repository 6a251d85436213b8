"""An institution with real footage, and a master key."""

from pathlib import Path

import pytest
from flask import Flask

from infra.db import db
from infra.kms import FileKms, Kms, create_master_key
from infra.objects import ObjectStore
from infra.tenancy import Binding, bind
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
