"""Marks of a viewing session: kept in the order of the film, shown at once, and taken off by who made them."""

import pytest

from infra import clock
from tenants.audit import queries as audit
from tests.webapp.desk import START
from tests.webapp.school.test_viewings import Console, console

__all__ = ["console"]


def test_a_mark_is_kept_and_one_outside_is_refused(console: Console) -> None:
    address = console.begin()
    window = console.desk.windows(console.disclosure_id)[0]
    inside = str(int(window.started_at.timestamp() * 1000) + 5000)
    said = {"window": str(window.id), "taken_ms": inside, "note": "黑衣男子進入"}
    assert console.browser.post(f"{address}/marks", data=said).status_code == 200
    json = {"Accept": "application/json"}
    for wrong in ({"taken_ms": "1"}, {"taken_ms": "x"}, {"note": ""}, {"window": "x"}):
        answer = console.browser.post(f"{address}/marks", data=said | wrong, headers=json)
        assert answer.status_code == 422, wrong
        assert answer.json["detail"]
    earlier = said | {"taken_ms": str(int(inside) - 5000), "note": "門口無人"}
    assert console.browser.post(f"{address}/marks", data=earlier).status_code == 200
    page = console.browser.get(address).text
    assert page.index("門口無人") < page.index("黑衣男子進入"), "in the order of the film"
    assert f"{START.astimezone(clock.TAIPEI):%H:%M}:00</th>" in page, "a whole minute has its seconds too"


@pytest.mark.req("DR-06", "DR-12")
def test_a_mark_is_shown_at_once_and_taken_off_by_who_made_it_while_the_session_runs(console: Console) -> None:
    address = console.begin()
    window = console.desk.windows(console.disclosure_id)[0]
    said = {"window": str(window.id), "taken_ms": str(int(window.started_at.timestamp() * 1000) + 5000)}
    shown = console.browser.post(f"{address}/marks", data=said | {"note": "<b>黑衣男子</b>"}).json["marks"]
    assert "&lt;b&gt;黑衣男子&lt;/b&gt;" in shown
    removal = shown.split('data-unmark="')[1].split('"')[0]
    assert removal in console.browser.get(address).text
    elsewhere = console.desk.browser("k1-handler")
    assert elsewhere.post(removal).status_code == 403, "another browser of the same person"
    assert "沒有標記" in console.browser.post(removal).json["marks"]
    assert console.browser.post(removal).status_code == 404
    console.desk.cases()
    events = [event.event for event in audit.latest(tenant_id=console.desk.cast.k1.tenant_id)]
    assert (events.count("viewing:marked"), events.count("viewing:unmarked")) == (1, 1)
    again = console.browser.post(f"{address}/marks", data=said | {"note": "門口"}).json["marks"]
    removal = again.split('data-unmark="')[1].split('"')[0]
    assert console.browser.post(f"{address}/pause").status_code == 303
    assert console.browser.post(removal).status_code == 409
    assert "data-unmark" not in console.browser.get(address).text
