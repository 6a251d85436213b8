"""A recorded inspection, as it is read afterwards."""

import re

import pytest

from tests.webapp.desk import Desk
from tests.webapp.school.test_inspections import recorded


@pytest.mark.req("KH-A3-04", "KH-A3-05")
def test_a_record_is_read_camera_by_camera_as_it_was_walked(desk: Desk) -> None:
    k1, browser = desk.cast.k1, desk.browser("k1-handler")
    walked = {f"{what}-{camera_id}": "yes" for what in ("devices", "picture") for camera_id in k1.cameras.values()}

    page = browser.get(recorded(desk, browser, **walked)).text

    rows = re.findall(r'<th scope="row">([^<]+)</th>', page)
    assert rows[:3] == ["整體"] * 3
    assert rows[3::2] == rows[4::2], "both answers of a camera stand together"
    assert len(set(rows[3:])) == len(k1.cameras)
