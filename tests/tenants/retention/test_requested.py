"""What a box is asked to send first: what open holds keep of its own site, as long as it has not sent it (DR-02)."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from tenants.footage.models import CameraStatus
from tenants.retention.models import Hold
from tenants.retention.requested import waited_for
from tests.factories import footage, retention
from tests.factories.registry import Institution, attached_preschool

pytestmark = pytest.mark.req("DR-34", "DR-02")
HOUR = timedelta(hours=1)


def unsent(of: Institution, *, hours: int = 9) -> CameraStatus:
    """The gate's box has everything of so many hours on its disk still."""
    footage.status(of)
    said = db.session.get_one(CameraStatus, (of.tenant_id, of.cameras["C-GATE"]))
    said.spooled, said.spooled_from = 1, clock.now() - hours * HOUR
    db.session.commit()
    return said


def asked(of: Institution) -> list[UUID]:
    """The holds whose footage the site's box is asked for, in its order."""
    return [window.hold_id for window in waited_for(tenant_id=of.tenant_id, site_id=of.site_id)]


def test_the_first_hold_comes_first_though_its_footage_is_the_later(k1: Institution) -> None:
    unsent(k1)
    first = retention.hold(k1)
    second = retention.hold(k1, started_at=clock.now() - 3 * HOUR)
    assert asked(k1) == [first, second]


def test_footage_that_was_sent_is_not_waited_for(k1: Institution) -> None:
    said = unsent(k1, hours=2)
    retention.hold(k1, started_at=clock.now() - 3 * HOUR)
    half_sent = retention.hold(k1, started_at=clock.now() - 2.25 * HOUR)
    assert asked(k1) == [half_sent]
    said.spooled, said.spooled_from = 0, None
    assert asked(k1) == []


def test_a_released_hold_is_not_waited_for(k1: Institution) -> None:
    unsent(k1)
    released, kept = retention.hold(k1), retention.hold(k1)
    held = db.session.get_one(Hold, released)
    held.released_at, held.release_reason = clock.now(), "不再需要"
    assert asked(k1) == [kept]


def test_a_box_is_asked_for_nothing_of_another_site(k1: Institution) -> None:
    site_id, camera_id = attached_preschool(k1)
    other = replace(k1, site_id=site_id, cameras={"C-GATE": camera_id})
    unsent(k1)
    unsent(other)
    here, there = retention.hold(k1), retention.hold(other)
    assert (asked(k1), asked(other)) == ([here], [there])
