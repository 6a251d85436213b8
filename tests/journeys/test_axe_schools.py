"""No page of those who run an institution has a serious fault for people who see, hear or move differently."""

import pytest

from tests.journeys.busy_town import make_busy
from tests.journeys.conftest import Town
from tests.journeys.every_page import faults_on_every_page

MOST_LIKELY = 20


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
def test_no_page_of_schools_has_a_serious_fault(town: Town) -> None:
    seen = faults_on_every_page(make_busy(town), ("k1-head", "k1-handler", "k1-guard", "keeper"))

    assert {path: fault for path, fault in seen.items() if fault} == {}
    assert len(seen) > MOST_LIKELY, sorted(seen)
    assert any("/review/" in path for path in seen)
