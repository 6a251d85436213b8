"""A session's picture needs the viewer's share and the companion's at once, whatever its row and the checks say."""

from datetime import datetime
from uuid import uuid4

import pytest
from sqlalchemy import select

from infra import clock, object_keys, queues, two_shares
from infra.db import db
from tenants.disclosures.viewing import actions, presence, queries
from tenants.disclosures.viewing.models import ViewingSession
from tenants.retention.models import PreservedSegment
from tests.factories import people
from tests.webapp.conftest import WebClient
from tests.webapp.media.conftest import SECOND, Booth, holding

pytestmark = pytest.mark.req("DR-12", "DR-14", "KH-7-1", "KH-6-3a")


def statuses(booth: Booth, browser: WebClient) -> list[int]:
    """What every address of the session's film answers this browser."""
    looked = [browser.get(booth.film(name)) for name in ("index.m3u8", "init.mp4", "1.m4s")]
    return [answer.status_code for answer in (*looked, browser.post(booth.film("keys/1")))]


def vault(booth: Booth) -> str:
    return f"shouyuan.vault:{presence.vault_of(queries.session(**booth.ids))}"


def row_says_that_it_runs() -> None:
    """As somebody who can write into the database would have it."""
    db.session.rollback()
    found = db.session.scalars(select(ViewingSession)).one()
    found.state, found.paused_at, found.pause_reason = "running", None, ""
    found.seen_at = found.confirmed_at = clock.now()
    db.session.commit()


def test_the_sign_in_and_its_token_without_the_browsers_share_open_nothing(booth: Booth) -> None:
    booth.open()
    handler = booth.stage.browser(booth.stage.request.handler)
    stolen = holding(handler, booth.viewing_id, booth.token)
    assert statuses(booth, stolen) == [403] * 4
    forged = holding(handler, booth.viewing_id, booth.token, booth.share[:-2] + "~~")
    assert statuses(booth, forged) == [403] * 4
    assert booth.status() == 200, "and whoever has both goes on"


def test_no_second_browser_can_draw_a_share_of_its_own(booth: Booth) -> None:
    handler = booth.stage.browser(booth.stage.request.handler)
    first = holding(handler, booth.viewing_id, booth.token, "A" * 43)
    assert first.get(booth.film()).status_code == 403, "not even before the right one asked for anything"
    booth.open()


@pytest.mark.parametrize("how", ["left", "ran out", "the server was emptied"])
def test_once_the_companions_share_is_gone_a_row_that_says_running_shows_nothing(booth: Booth, how: str) -> None:
    booth.open()
    assert booth.status() == 200
    if how == "left":
        presence.pause(actor=booth.stage.request.handler, **booth.ids)
        db.session.commit()
    elif how == "ran out":
        queues.connection().pexpire(vault(booth), 1)
    else:
        queues.connection().flushdb()
    row_says_that_it_runs()
    assert [booth.status(), *statuses(booth, booth.browser)] == [409] * 5
    assert booth.reason() == "silent", "and whoever is there is asked for the PIN"
    row_says_that_it_runs()
    booth.beat()
    assert booth.status() == 409, "a sign of life makes no share anew"


def test_after_the_pin_there_are_two_new_shares_and_the_old_ones_are_dead(booth: Booth) -> None:
    booth.open()
    handler = booth.stage.request.handler
    presence.pause(actor=handler, **booth.ids)
    db.session.commit()
    again = actions.go_on(actor=handler, companion_id=booth.companion_id, pin=people.PIN, **booth.ids)
    db.session.commit()
    old = holding(booth.stage.browser(handler), booth.viewing_id, again.token, booth.share)
    assert statuses(booth, old) == [403] * 4
    booth.browser = holding(booth.stage.browser(handler), booth.viewing_id, again.token, again.share)
    assert booth.status() == 403, "and no key of before is there any more"
    booth.open()
    assert booth.status() == 200


def test_a_piece_is_read_without_the_key_of_the_hold(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    booth.open()

    def refused(**_: object) -> str:
        raise AssertionError("the master key was asked")

    monkeypatch.setattr("tenants.disclosures.held_clips.open_hold_key", refused)
    assert {booth.status(f"{number}.m4s") for number in range(1, 6)} == {200}
    assert booth.enter() == 200, "what lies there already is not opened anew"


def test_of_what_was_not_approved_no_key_lies_there_for_whatever_a_mistaken_check_lets_through(
    booth: Booth, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = narrowed_to_two_segments_of_three(booth)
    booth.open()
    held = list(db.session.scalars(select(PreservedSegment).order_by(PreservedSegment.started_at)))
    lies_there = {name.decode() for name in queues.connection().hkeys(vault(booth))}
    assert lies_there == {"browser", "present", *(f"of:{each.segment_id}" for each in held[:2])}
    assert len(held) == 3
    begins = first - 1.5 * SECOND
    monkeypatch.setattr(queries, "span_of", lambda _window: (begins, begins + 12 * SECOND))
    assert [booth.status(f"{number}.m4s") for number in range(1, 7)] == [200, 200, 200, 200, 403, 403]


def narrowed_to_two_segments_of_three(booth: Booth) -> datetime:
    """Since when they are approved."""
    window = booth.window()
    assert window.approved_from is not None
    window.approved_until = window.approved_from + 4 * SECOND
    db.session.commit()
    return window.approved_from


@pytest.mark.req("DR-07")
def test_a_copy_that_does_not_open_keeps_no_other_from_being_shown(booth: Booth) -> None:
    held = list(db.session.scalars(select(PreservedSegment).order_by(PreservedSegment.started_at)))
    ids = {"tenant_id": held[1].tenant_id, "hold_id": held[1].hold_id, "segment_id": held[1].segment_id}
    booth.stage.request.archive.store.put(object_keys.preserved_segment(**ids), b"another file")
    booth.open()
    assert [booth.status(f"{number}.m4s") for number in (1, 2, 3, 5)] == [200, 403, 403, 200]


def test_without_the_server_of_the_shares_nothing_is_shown_and_nothing_is_stopped(booth: Booth) -> None:
    booth.open()
    queues.configure("redis://127.0.0.1:1/0")
    assert statuses(booth, booth.browser) == [503] * 4
    assert booth.reason() == ""


def test_a_share_of_another_session_opens_nothing(booth: Booth) -> None:
    booth.open()
    handler = booth.stage.browser(booth.stage.request.handler)
    foreign = holding(handler, booth.viewing_id, booth.token, two_shares.lay(f"{uuid4()}", seconds=60))
    assert statuses(booth, foreign) == [403] * 4
