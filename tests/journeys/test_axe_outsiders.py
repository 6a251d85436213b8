"""No page of the public, an agency or the bureau has a serious fault for people who see, hear or move differently."""

import pytest

from tests.journeys.busy_town import make_busy
from tests.journeys.conftest import Town
from tests.journeys.every_page import faults_on_every_page

MOST_LIKELY = 20


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
def test_no_page_of_outsiders_has_a_serious_fault(town: Town) -> None:
    seen = faults_on_every_page(make_busy(town), ("", "officer", "bureau", "operator", "auditor"))

    assert {path: fault for path, fault in seen.items() if fault} == {}
    assert len(seen) > MOST_LIKELY, sorted(seen)
