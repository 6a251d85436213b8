"""A recorded inspection, as it is read afterwards."""

import re
from datetime import timedelta

import pytest

from infra import clock
from tenants.people import queries as accounts
from tenants.roc_dates import short_date
from tests.webapp.desk import Desk


@pytest.mark.req("KH-A3-04", "KH-A3-05")
def test_a_record_is_read_camera_by_camera_as_it_was_walked(desk: Desk) -> None:
    k1, browser = desk.cast.k1, desk.browser("k1-handler")
    handler = accounts.user_by_login(login="k1-handler")
    assert handler is not None
    walked = {f"{what}-{camera_id}": "yes" for what in ("devices", "picture") for camera_id in k1.cameras.values()}
    whole = {"host": "yes", "devices": "yes", "picture": "yes"}
    # Of yesterday, so that the facts of now say nothing against it.
    said = {"day": short_date(clock.today() - timedelta(days=1)), "inspector": str(handler.id), **whole, **walked}

    answer = browser.post(f"{desk.school}/inspections/sites/{k1.site_id}/new", data=said)

    assert answer.status_code == 303, answer.text
    rows = re.findall(r'<th scope="row">([^<]+)</th>', browser.get(str(answer.headers["Location"])).text)
    assert rows[:3] == ["整體"] * 3
    assert rows[3::2] == rows[4::2], "both answers of a camera stand together"
    assert len(set(rows[3:])) == len(k1.cameras)
