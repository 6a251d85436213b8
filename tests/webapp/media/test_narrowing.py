"""What was approved no longer is shown no longer, and one session opens nothing of another."""

import pytest

from infra.db import db
from tenants.disclosures.viewing import actions, ending, presence
from tenants.disclosures.viewing.rules import Farewell
from tests.factories import people
from tests.made_segments import pictures
from tests.webapp.media.conftest import SECOND, VIEWER, Booth, holding


@pytest.mark.req("KH-6-3a", "DR-12", "KH-6-1g")
def test_what_was_narrowed_while_it_is_watched_is_shown_no_more_at_once(booth: Booth) -> None:
    booth.open()
    assert [booth.status(f"{number}.m4s") for number in range(1, 6)] == [200] * 5
    window = booth.window()
    assert window.approved_from is not None
    window.approved_until = window.approved_from + 4.5 * SECOND
    db.session.commit()

    pieces = [booth.browser.get(booth.film(f"{number}.m4s")) for number in range(1, 6)]
    assert [answer.status_code for answer in pieces] == [200, 200, 200, 404, 404]
    init = booth.browser.get(booth.film("init.mp4")).data
    shown = pictures(init + b"".join(answer.data for answer in pieces[:3]))
    assert len(shown) == 45, "and of the last piece what is still approved"
    assert booth.browser.get(booth.film()).text.count(".m4s") == 3

    window.approved_from = window.approved_until = None
    booth.beat()
    tried = ("index.m3u8", "init.mp4", *(f"{number}.m4s" for number in range(1, 6)))
    assert {booth.status(name) for name in tried} == {404}


@pytest.mark.req("KH-6-3a", "DR-12", "DR-08")
def test_a_second_session_opens_nothing_of_the_first(booth: Booth) -> None:
    booth.browser.get(booth.film())
    request, handler = booth.stage.request, booth.stage.request.handler
    presence.pause(actor=handler, **booth.ids)
    farewell = Farewell(signed="paper", name="", not_filmed=True)
    ending.sign_off(actor=handler, farewell=farewell, pin=people.PIN, **booth.ids)
    db.session.commit()
    second = actions.begin(
        actor=handler,
        tenant_id=request.tenant_id,
        disclosure_id=request.disclosure_id,
        viewer=VIEWER,
        companion_id=booth.companion_id,
        pin=people.PIN,
    )
    db.session.commit()
    browser = holding(booth.stage.browser(handler), second.viewing.id, second.token, second.share)
    for name in ("index.m3u8", "init.mp4", "1.m4s"):
        assert browser.get(booth.film(name)).status_code == 403, "the token of the second, the address of the first"
        forged = holding(booth.stage.browser(handler), booth.viewing_id, second.token, second.share)
        assert forged.get(booth.film(name)).status_code == 403
    assert browser.get(booth.film("1.m4s", viewing_id=second.viewing.id)).status_code == 403, "not opened in this one"
    assert browser.get(booth.film(viewing_id=second.viewing.id)).status_code == 200
