"""What a box still has on its disk delays a certificate, unless nobody will ever hear of that box again (DR-05)."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from infra import clock
from infra.db import db
from tenants.errors import HeldByLaw
from tenants.footage.models import CameraStatus
from tenants.registry.models import EdgeDevice
from tests.factories.evidence import Archive
from tests.tenants.retention.test_destruction import begin, certify

MORNING = datetime.fromisoformat("2026-11-05T10:00:00+08:00")

pytestmark = pytest.mark.usefixtures("agreed_clocks")


@pytest.mark.req("DR-05")
def test_there_is_no_certificate_while_the_edge_still_has_that_day_on_its_disk(archive: Archive) -> None:
    archive.record(MORNING)
    status = CameraStatus(
        tenant_id=archive.of.tenant_id,
        camera_id=archive.of.cameras["C-GATE"],
        reported_at=clock.now(),
        recording=False,
        spooled=3,
        spooled_from=MORNING,
    )
    db.session.add(status)
    begun = begin(archive, "2026-11-20T00:00:00")
    db.session.commit()
    with pytest.raises(HeldByLaw, match="邊緣主機"):
        certify(archive, begun)
    db.session.rollback()
    status.spooled_from = MORNING + timedelta(days=1)
    db.session.commit()
    assert certify(archive, begun).certificate_no


@pytest.mark.req("DR-05", "DR-33")
def test_a_box_that_was_revoked_holds_up_no_certificate_and_the_certificate_says_what_it_had(archive: Archive) -> None:
    archive.record(MORNING)
    gate = {"tenant_id": archive.of.tenant_id, "camera_id": archive.of.cameras["C-GATE"], "spooled_from": MORNING}
    db.session.add(CameraStatus(**gate, reported_at=clock.now(), recording=False, spooled=3))
    begun = begin(archive, "2026-11-20T00:00:00")
    db.session.commit()
    with pytest.raises(HeldByLaw, match="邊緣主機"):
        certify(archive, begun)
    db.session.rollback()
    box = db.session.get_one(EdgeDevice, archive.device_id)
    box.revoked_at, box.revoked_by = clock.now(), uuid4()
    db.session.commit()
    paper = certify(archive, begun).certificate
    assert paper is not None
    unsent = {"site": "晨光幼兒園", "name": "C-GATE", "unsent_from": "2026-11-05T02:00:00+00:00"}
    assert paper["edge"]["cameras"] == [unsent]
    assert "已撤銷" in paper["edge"]["note"]
