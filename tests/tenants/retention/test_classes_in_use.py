"""Which classes the store needs a rule for: in force, known to come, or with something that still lies there."""

from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.actor import system
from tenants.retention import destruction, queries
from tenants.retention.rules import DayAndClass
from tests.factories.evidence import Archive
from tests.factories.registry import period, scheduled

TODAY = clock.today()
ENGINE = system("destroy_day")

pytestmark = pytest.mark.req("DR-03")


def used(archive: Archive) -> set[int]:
    return queries.classes_in_use(tenant_id=archive.of.tenant_id, today=TODAY)


@pytest.mark.req("DR-10")
def test_a_class_that_is_known_to_come_has_its_rule_before_its_first_footage(archive: Archive) -> None:
    assert used(archive) == {14}
    period(archive.of.tenant_id, archive.of.site_id, 20, effective_from=TODAY + timedelta(days=40))
    scheduled(effective_from=TODAY + timedelta(days=80), min_days=30)
    assert used(archive) == {14, 20, 30}


@pytest.mark.req("KH-2-3")
def test_a_class_that_was_left_keeps_its_rule_until_its_last_day_is_proven_empty(archive: Archive) -> None:
    tenant_id, day = archive.of.tenant_id, TODAY - timedelta(days=31)
    period(tenant_id, archive.of.site_id, 30, effective_from=day)
    period(tenant_id, archive.of.site_id, None, effective_from=TODAY - timedelta(days=20))
    archive.record(clock.day_start(day), retention_days=30)
    assert used(archive) == {14, 30}
    begun = destruction.begin_destruction(
        actor=ENGINE, tenant_id=tenant_id, of=DayAndClass(day=day, retention_days=30), now=clock.now()
    )
    db.session.commit()
    assert used(archive) == {14, 30}, "its key is gone, and its objects may still be there"
    destruction.certify_destruction(actor=ENGINE, tenant_id=tenant_id, destruction_id=begun.id, store=archive.store)
    db.session.commit()
    assert used(archive) == {14}
