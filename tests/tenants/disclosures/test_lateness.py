"""Cases whose day to answer is past, as the bureau counts them."""

from datetime import timedelta

import pytest

from infra import clock
from tenants.disclosures.official import actions
from tenants.disclosures.official import queries as official
from tenants.disclosures.official.documents import Element
from tests.tenants.disclosures.conftest import Scene


@pytest.mark.req("DR-30")
def test_a_case_is_late_from_the_day_after_its_day_until_it_waits_for_the_agency(scene: Scene) -> None:
    disclosure = scene.file(scene.filing(scene.window()))
    scene.at_school()
    tenant_id, later = scene.school.tenant_id, clock.today() + timedelta(days=30)
    assert official.late_count(tenant_id=tenant_id, today=clock.today()) == 0
    assert official.late_count(tenant_id=tenant_id, today=later) == 1
    actions.return_for_completion(
        actor=scene.handler,
        tenant_id=tenant_id,
        disclosure_id=disclosure.id,
        missing=frozenset({Element.PURPOSE}),
        note="",
    )
    assert official.late_count(tenant_id=tenant_id, today=later) == 0
