"""The picture of a viewing session is refused by the process that holds the key, whatever a page or a person tries."""

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor, system
from tenants.audit.models import AuditEvent
from tenants.disclosures.viewing import ending, presence, queries, rules
from tenants.disclosures.viewing.rules import Farewell
from tenants.people import actions as accounts
from tenants.permissions import Role
from tests.factories import people
from tests.factories.disclosures import case
from tests.factories.registry import institution
from tests.made_segments import pictures
from tests.webapp.conftest import WebClient
from tests.webapp.media.conftest import SECOND, Booth, holding

pytestmark = pytest.mark.req("DR-12")


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Callable[[timedelta], None]:
    real = clock.now
    return lambda by: monkeypatch.setattr(clock, "now", lambda: real() + by)


def events(kind: str) -> list[AuditEvent]:
    db.session.rollback()
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.event == kind).order_by(AuditEvent.seq)))


@pytest.mark.req("KH-6-3a", "KH-6-2i", "DR-06", "DR-13")
def test_the_approved_seconds_are_shown_marked_and_the_chain_knows(booth: Booth) -> None:
    opened = booth.browser.get(booth.film())
    assert (opened.status_code, opened.mimetype) == (200, "application/vnd.apple.mpegurl")
    assert booth.enter() == 200
    names = re.findall(r"^\d+\.m4s$", opened.text, re.MULTILINE)
    answers = [booth.browser.get(booth.film(name)) for name in ["init.mp4", *names]]

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["Cache-Control"] for answer in [opened, *answers]} == {"no-store"}
    assert all("Content-Disposition" not in answer.headers for answer in answers), "nothing is offered as a file"
    assert len(names) == 5, "eight and a half seconds, two at a time"
    assert len(pictures(b"".join(answer.data for answer in answers))) == 85
    (event,) = events("viewing:opened")
    assert event.fields["viewing_id"] == str(booth.viewing_id)


@pytest.mark.req("KH-6-3a", "DR-08")
def test_nothing_else_can_be_named(booth: Booth) -> None:
    booth.open()
    stage = booth.stage
    officer_id = stage.request.officer.id
    assert officer_id is not None
    other = case(stage.request.archive.of, agency_id=stage.request.agency_id, filed_by=officer_id, camera="C-ROOM2")
    tried = [
        booth.film("6.m4s"),
        booth.film("0.m4s"),
        booth.film("-1.m4s"),
        booth.film("1.mp4"),
        booth.film(take=0),
        booth.film(take=2),
        booth.film("1.m4s", take=2),
        booth.film(window_id=other.window_id),
        booth.film("1.m4s", window_id=other.window_id),
        booth.film(window_id=uuid4()),
        booth.film(viewing_id=uuid4()),
        booth.film("1.m4s", viewing_id=uuid4()),
        booth.film(tenant_id=uuid4()),
    ]
    found = {address: booth.browser.get(address).status_code for address in tried}
    assert set(found.values()) <= {403, 404}
    assert found[booth.film("6.m4s")] == found[booth.film(window_id=other.window_id)] == 404
    assert [booth.enter(stretch) for stretch in (0, 1, 2)] == [404, 200, 404]
    whole = booth.browser.get(booth.film("1.m4s"))
    ranged = booth.browser.get(booth.film("1.m4s"), headers={"Range": "bytes=0-99999999"})
    assert (ranged.status_code, len(ranged.data)) == (200, len(whole.data)), "a range changes nothing"


@pytest.mark.req("DR-06")
def test_no_piece_before_the_chain_knows_that_the_window_was_opened(booth: Booth) -> None:
    assert booth.status("1.m4s") == booth.status("init.mp4") == 403
    booth.open()
    assert booth.status("1.m4s") == 200


@pytest.mark.req("KH-6-2i")
def test_an_address_or_token_that_was_carried_home_opens_nothing(booth: Booth) -> None:
    booth.browser.get(booth.film())
    stage, handler = booth.stage, booth.stage.request.handler
    colleague = people.person("colleague-handler", name="李組長")
    people.membership(colleague, Role.HANDLER, tenant_id=stage.request.tenant_id)
    other = stage.app.test_client()
    assert isinstance(other, WebClient)
    companion = stage.app.test_client()
    assert isinstance(companion, WebClient)
    expected = [
        (stage.browser(), 303),
        (stage.browser(handler), 403),
        (holding(stage.browser(handler), booth.viewing_id, booth.token[:-2] + "~~", booth.share), 403),
        (holding(stage.browser(handler), uuid4(), booth.token, booth.share), 403),
        (holding(other.sign_in("colleague-handler"), booth.viewing_id, booth.token, booth.share), 403),
        (holding(companion.sign_in("teacher"), booth.viewing_id, booth.token, booth.share), 403),
        (holding(stage.browser(stage.request.officer), booth.viewing_id, booth.token, booth.share), 404),
    ]
    for name in ("index.m3u8", "init.mp4", "1.m4s"):
        found = [browser.get(booth.film(name)).status_code for browser, _ in expected]
        assert found == [status for _, status in expected], name


@pytest.mark.req("DR-09", "KH-1-3", "DR-08")
def test_neither_the_bureau_nor_another_institution_sees_it(booth: Booth) -> None:
    elsewhere = institution("K2", name="青草幼兒園")
    bureau_id = people.bureau()
    for login, role, tenant_id, status in (
        ("k2-handler", Role.HANDLER, elsewhere.tenant_id, 404),
        ("the-bureau", Role.BUREAU_OFFICER, bureau_id, 403),
    ):
        people.membership(people.person(login), role, tenant_id=tenant_id)
        browser = booth.stage.app.test_client()
        assert isinstance(browser, WebClient)
        holding(browser.sign_in(login), booth.viewing_id, booth.token, booth.share)
        assert browser.get(booth.film()).status_code == status
        own = browser.get(booth.film(tenant_id=elsewhere.tenant_id)).status_code
        assert own == status, "nor under an address of their own"
    assert events("viewing:opened") == []


@pytest.mark.req("DR-14", "KH-7-1")
def test_after_silence_the_same_piece_is_refused_and_the_pause_recorded(
    booth: Booth, jump: Callable[[timedelta], None]
) -> None:
    booth.open()
    assert booth.status() == 200
    jump(rules.SILENT_AFTER + SECOND)
    assert (booth.status(), booth.status("init.mp4"), booth.status("index.m3u8")) == (409, 409, 409)
    assert booth.reason() == "silent"
    assert len(events("viewing:paused")) == 1
    with pytest.raises(presence.Stopped):
        booth.beat()
    db.session.rollback()
    assert booth.status() == 409, "a late sign of life wakes nothing"


@pytest.mark.req("KH-7-1", "TY-5-4a")
def test_a_lapsed_confirmation_stops_the_picture_though_the_page_lives(
    booth: Booth, jump: Callable[[timedelta], None]
) -> None:
    booth.browser.get(booth.film())
    jump(rules.CONFIRMED_FOR + SECOND)
    queries.session(**booth.ids).seen_at = clock.now()
    db.session.commit()
    assert booth.status() == 409
    assert booth.reason() == "lapsed"


@pytest.mark.req("DR-15", "KH-5-2")
def test_a_companion_whose_account_is_closed_is_not_there(booth: Booth) -> None:
    booth.browser.get(booth.film())
    accounts.deactivate(user_id=booth.companion_id, actor=system("test"))
    db.session.commit()
    assert booth.status() == 409
    assert booth.reason() == "companion_gone"


@pytest.mark.req("DR-15")
def test_signing_out_ends_the_picture_in_every_browser(booth: Booth) -> None:
    booth.browser.get(booth.film())
    handler = booth.stage.request.handler
    assert handler.id is not None
    accounts.sign_out(user_id=handler.id, actor=handler)
    db.session.commit()
    assert booth.status() == 303


@pytest.mark.req("DR-14")
def test_leaving_and_signing_off_end_it(booth: Booth) -> None:
    booth.browser.get(booth.film())
    handler: Actor = booth.stage.request.handler
    presence.pause(actor=handler, **booth.ids)
    db.session.commit()
    assert booth.status() == 409
    farewell = Farewell(signed="paper", name="", not_filmed=True)
    ending.sign_off(actor=handler, farewell=farewell, pin=people.PIN, **booth.ids)
    db.session.commit()
    assert (booth.status(), booth.status("index.m3u8")) == (409, 409)


@pytest.mark.req("DR-06")
def test_without_the_audit_not_one_byte_is_shown(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("audit")

    monkeypatch.setattr("tenants.audit.actions.record", broken)
    booth.stage.app.testing = False
    assert booth.browser.get(booth.film()).status_code == 500
    db.session.rollback()
    assert booth.browser.get(booth.film("1.m4s")).status_code >= 400


@contextmanager
def other_bytes(_secret: object, give: Callable[[bytes], object]) -> Iterator[io.BytesIO]:
    """Whatever arrives, these come out."""
    give(b"other bytes")
    yield io.BytesIO()


def test_bytes_that_are_not_the_signed_ones_are_not_shown(booth: Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    booth.open()
    monkeypatch.setattr("infra.age.opening", other_bytes)
    assert booth.status() == 409
