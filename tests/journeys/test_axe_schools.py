"""No page of those who run an institution is closed to people who see, hear or move differently."""

import pytest

from tests.journeys.busy_town import make_busy
from tests.journeys.conftest import Town
from tests.journeys.every_page import walk
from tests.journeys.walked_routes import not_walked
from webapp.access import Place


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("DR-32")
def test_every_page_of_schools_is_open_to_everybody(town: Town) -> None:
    walked = walk(town, ("owner", "k1-head", "k1-handler", "k1-guard", "keeper"), also=make_busy(town))

    assert not walked.told(), walked.told()
    missed = not_walked(town.web, walked.routes, (Place.INSTITUTION,))
    assert not missed, missed
