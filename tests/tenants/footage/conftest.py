"""K1 with a box that signs and a master key."""

from datetime import timedelta
from pathlib import Path

import pytest

from infra import clock
from infra.db import db
from infra.kms import FileKms, create_master_key
from tenants.actor import system
from tenants.footage import actions
from tests.factories.devices import SigningBox
from tests.factories.registry import Institution


@pytest.fixture
def kms(tmp_path: Path) -> FileKms:
    create_master_key(tmp_path / "master.key")
    return FileKms(tmp_path / "master.key")


@pytest.fixture
def box(k1: Institution, kms: FileKms) -> SigningBox:
    """A box of K1, which has keys for ten days back and today."""
    today = clock.today()
    actions.make_day_keys(
        actor=system("test"),
        tenant_id=k1.tenant_id,
        kms=kms,
        first=today - timedelta(days=11),
        last=today,
        retention_days=14,
    )
    db.session.commit()
    return SigningBox(k1)
