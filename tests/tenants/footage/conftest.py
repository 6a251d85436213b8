"""K1 with a box that signs and a master key."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from infra import clock
from infra.age_keys import Kind
from infra.db import db
from infra.kms import FileKms, create_master_key
from infra.objects import ObjectStore, S3Objects
from infra.settings import StoreSettings
from tenants.actor import system
from tenants.footage import keys
from tests.factories.devices import SigningBox
from tests.factories.registry import Institution


@pytest.fixture
def kms(tmp_path: Path) -> FileKms:
    create_master_key(tmp_path / "master.key")
    return FileKms(tmp_path / "master.key")


@pytest.fixture
def nowhere(store_settings: StoreSettings) -> ObjectStore:
    """The same store while it is down."""
    return S3Objects(replace(store_settings, endpoint="http://127.0.0.1:9"))


@pytest.fixture
def box(k1: Institution, kms: FileKms, store: ObjectStore) -> SigningBox:
    """A box of K1, which has keys for ten days back and today."""
    today = clock.today()
    keys.make_day_keys(
        actor=system("test"),
        tenant_id=k1.tenant_id,
        kms=kms,
        store=store,
        first=today - timedelta(days=11),
        last=today,
        retention_days=14,
        kind=Kind.CLASSIC,
    )
    db.session.commit()
    return SigningBox(k1)
