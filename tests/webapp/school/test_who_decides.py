"""Nobody but an institution's own head decides about its cases, and nobody outside of it sees them."""

import pytest

from tests.webapp.desk import Desk


@pytest.mark.req("DR-08", "DR-09", "KH-6-1c")
@pytest.mark.parametrize(
    ("login", "status"), [("e1-head", 404), ("officer", 404), ("k1-guard", 403), ("k1-staff", 403)]
)
def test_nobody_else_decides_or_sees_the_case(desk: Desk, login: str, status: int) -> None:
    disclosure_id = desk.filed()
    browser = desk.browser(login)

    assert desk.decide(disclosure_id, login=login).status_code == status
    assert browser.get(f"{desk.school}/cases/{disclosure_id}").status_code == status
    assert desk.case(disclosure_id).state == "submitted"
