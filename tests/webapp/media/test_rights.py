"""The film of a request about one's own data: seen by who masks it, given on a medium, with others hidden (DR-28)."""

import hashlib
import io
from dataclasses import replace
from uuid import uuid4

import av
import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.manifest import microseconds
from infra.masking import WHOLE, Box
from tenants.audit import queries as chain
from tenants.audit.models import AuditEvent
from tenants.audit.picture_codes import codes_of
from tenants.disclosures.viewing import tracing
from tenants.disclosures.viewing.tracing import Asked
from tenants.errors import Invalid
from tenants.permissions import Role
from tenants.retention import actions as holds
from tenants.retention.rules import CameraWindow
from tenants.rights import actions, masking, queries, rules
from tests.factories import rights
from tests.factories.evidence import Archive
from tests.factories.registry import institution
from tests.webapp.media.rights_desk import SECOND, Desk, granted, person, watched

pytestmark = pytest.mark.req("DR-28")
ALL = Box(left=0, top=0, width=WHOLE, height=WHOLE)


@pytest.fixture
def desk(archive: Archive, media_app: Flask) -> Desk:
    return granted(archive, media_app)


def hidden(data: bytes) -> list[bool]:
    """Of each picture whether its middle has no colour: the mark, which may pass over it, changes brightness alone."""
    with av.open(io.BytesIO(data)) as source:
        return [_is_colourless(frame.planes[1]) for frame in source.decode(video=0)]


def _is_colourless(plane: av.video.plane.VideoPlane) -> bool:
    return abs(memoryview(plane)[plane.height // 2 * plane.line_size + plane.width // 2] - 128) < 4


@pytest.mark.req("DR-06", "DR-12")
def test_who_masks_sees_the_asked_seconds_and_the_chain_knows(desk: Desk) -> None:
    shown = hidden(watched(desk.browser(), desk.film))
    assert len(shown) == 100, "ten seconds of a hundred pictures"
    assert desk.events()[-1] == "rights:watched"


def test_what_is_hidden_is_in_no_piece_from_then_on(desk: Desk) -> None:
    browser = desk.browser()
    before = hidden(watched(browser, desk.film))
    desk.at_school()
    box = replace(ALL, from_us=microseconds(desk.start + 2 * SECOND), until_us=microseconds(desk.start + 4 * SECOND))
    masking.set_masks(actor=desk.handler, **desk.ids, plan=desk.plan(box))
    db.session.commit()
    after = hidden(watched(browser, desk.film))
    assert all(after[20:40])
    assert sum(after[:20] + after[40:]) < 20
    assert sum(before) < 20


@pytest.mark.req("DR-13", "KH-5-1c")
def test_the_code_in_its_pictures_leads_to_who_opened_them(desk: Desk) -> None:
    watched(desk.browser(), desk.film)
    desk.at_school()
    (event,) = chain.latest(tenant_id=desk.archive.of.tenant_id, limit=1)
    _viewer, code = codes_of(event.seq, event.hash)
    asked = Asked(code=code, reason="家長群組出現翻拍照片")
    (found,) = tracing.trace(actor=desk.head, tenant_id=desk.archive.of.tenant_id, asked=asked).openings
    assert (found.event, found.who, found.disclosure_id) == ("rights:watched", desk.handler.name, None)


@pytest.mark.req("DR-06", "DR-12")
def test_no_piece_without_the_opening_and_none_in_another_session(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.get(f"{desk.film}/1.m4s").status_code == 403
    watched(browser, desk.film)
    assert browser.get(f"{desk.film}/6.m4s").status_code == 404
    assert browser.get(f"{desk.film[:-1]}2/index.m3u8").status_code == 404
    assert desk.browser().get(f"{desk.film}/1.m4s").status_code == 403
    elsewhere = desk.film.replace(str(desk.rights_id), str(uuid4()))
    assert browser.get(f"{elsewhere}/index.m3u8").status_code == 404


@pytest.mark.req("DR-08", "DR-09")
@pytest.mark.parametrize("login", ["k1-head", "k1-staff"])
def test_nobody_but_the_handler_opens_the_film(desk: Desk, login: str) -> None:
    assert desk.browser(login).get(f"{desk.film}/index.m3u8").status_code == 403
    k2 = institution("K2", name="青草幼兒園")
    person("k2-handler", Role.HANDLER, k2.tenant_id, name="別人")
    assert desk.browser("k2-handler").get(f"{desk.film}/index.m3u8").status_code == 404


def test_before_the_decision_nothing_is_opened_that_nobody_allowed(desk: Desk) -> None:
    desk.at_school()
    made = actions.enter_request(
        actor=desk.handler,
        tenant_id=desk.archive.of.tenant_id,
        received=rights.received(
            window=CameraWindow(
                camera_id=desk.archive.of.cameras["C-GATE"],
                started_at=desk.start,
                ended_at=desk.start + 5 * SECOND,
            )
        ),
    )
    db.session.commit()
    film = desk.film.replace(str(desk.rights_id), str(made.id))
    assert desk.browser().get(f"{film}/index.m3u8").status_code == 422


def test_a_copy_leaves_once_for_a_medium_with_others_hidden_and_is_read_back(desk: Desk) -> None:
    desk.masked(ALL)
    copy_id = desk.prepared()
    answer = desk.browser().post(desk.file(copy_id))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    shown = hidden(answer.data)
    assert len(shown) == 100
    assert all(shown)
    desk.at_school()
    copy = queries.copy(tenant_id=desk.archive.of.tenant_id, copy_id=copy_id)
    sha256 = hashlib.sha256(answer.data).hexdigest()
    assert (copy.sha256, copy.bytes) == (sha256, len(answer.data))
    with pytest.raises(Invalid):
        masking.read_back(actor=desk.handler, tenant_id=copy.tenant_id, copy_id=copy_id, typed="0" * 64)
    with pytest.raises(Invalid, match="讀回核對"):
        actions.carry_out(actor=desk.handler, **desk.ids, given_on=clock.today(), manner="當面交付")
    masking.read_back(actor=desk.handler, tenant_id=copy.tenant_id, copy_id=copy_id, typed=sha256[:8] + sha256[-8:])
    given = rules.given_words(queries.copies(**desk.ids))
    assert ("媒體 USB-7" in given, sha256 in given) == (True, True), "and the letter and the form say it"
    actions.carry_out(actor=desk.handler, **desk.ids, given_on=clock.today(), manner="USB-7 當面交付")
    db.session.commit()
    assert desk.browser().post(desk.file(copy_id)).status_code == 422, "the same medium takes no second one"
    assert desk.events()[-5:] == [
        "rights:copy_prepared",
        "rights:copy_taken",
        "rights:copy_sent",
        "rights:copy_read_back",
        "rights:carried_out",
    ]


@pytest.mark.req("DR-13", "KH-5-1c")
def test_the_code_in_a_copy_leads_to_the_medium_that_was_handed_over(desk: Desk) -> None:
    desk.masked(ALL)
    copy_id = desk.prepared()
    file = desk.browser().post(desk.file(copy_id)).data
    desk.at_school()
    tenant_id = desk.archive.of.tenant_id
    taken = db.session.scalars(db.select(AuditEvent).where(AuditEvent.event == "rights:copy_taken")).one()
    asked = Asked(code=codes_of(taken.seq, taken.hash)[1], reason="家長群組出現翻拍照片")
    (before,) = tracing.trace(actor=desk.head, tenant_id=tenant_id, asked=asked).openings
    assert before.handed is not None
    assert (before.handed.medium_serial, before.handed.read_back_at) == ("USB-7", None)
    digest = hashlib.sha256(file).hexdigest()
    masking.read_back(actor=desk.handler, tenant_id=tenant_id, copy_id=copy_id, typed=digest)
    actions.carry_out(actor=desk.handler, **desk.ids, given_on=clock.today(), manner="當面交付")
    (after,) = tracing.trace(actor=desk.head, tenant_id=tenant_id, asked=asked).openings
    assert after.handed is not None
    assert after.handed.read_back_at is not None
    assert after.handed.given_at is not None
    assert (after.rights_id, after.disclosure_id, after.who) == (desk.rights_id, None, desk.handler.name)


def test_a_download_that_broke_is_no_copy_and_may_begin_anew(desk: Desk) -> None:
    desk.masked()
    copy_id = desk.prepared()
    answer = desk.browser().post(desk.file(copy_id), buffered=False)
    next(iter(answer.response))
    answer.close()
    desk.at_school()
    copy = queries.copy(tenant_id=desk.archive.of.tenant_id, copy_id=copy_id)
    assert (copy.sha256, copy.taken_at is not None) == ("", True)
    assert desk.events()[-1] == "rights:copy_sent"
    assert len(hidden(desk.browser().post(desk.file(copy_id)).data)) == 100


def test_masks_that_changed_let_no_copy_leave_until_somebody_looked_again(desk: Desk) -> None:
    desk.masked(ALL)
    copy_id = desk.prepared()
    masking.set_masks(actor=desk.handler, **desk.ids, plan=desk.plan())
    db.session.commit()
    assert desk.browser().post(desk.file(copy_id)).status_code == 422
    desk.at_school()
    with pytest.raises(Invalid, match="確認遮蔽結果"):
        masking.prepare_copy(actor=desk.handler, **desk.ids, medium_serial="USB-8", take=1)
    assert "rights:copy_taken" not in desk.events()


@pytest.mark.req("DR-01")
def test_after_the_hold_ended_nothing_is_opened(desk: Desk) -> None:
    desk.at_school()
    hold_id = queries.request(**desk.ids).hold_id
    assert hold_id is not None
    holds.release_hold(actor=desk.head, tenant_id=desk.archive.of.tenant_id, hold_id=hold_id, reason="不再需要")
    db.session.commit()
    answer = desk.browser().get(f"{desk.film}/index.m3u8")
    assert (answer.status_code, "保全已結束" in answer.text) == (422, True)


@pytest.mark.req("DR-12")
def test_a_film_that_was_open_shows_nothing_once_the_case_is_closed(desk: Desk) -> None:
    browser = desk.browser()
    watched(browser, desk.film)
    desk.closed()
    assert browser.get(f"{desk.film}/1.m4s").status_code == 409


def test_what_left_is_noted_also_when_the_case_is_closed_meanwhile(desk: Desk) -> None:
    desk.masked()
    copy_id = desk.prepared()
    answer = desk.browser().post(desk.file(copy_id), buffered=False)
    chunks = iter(answer.response)
    next(chunks)
    desk.closed()
    for _ in chunks:
        pass
    answer.close()
    assert desk.events()[-1] == "rights:copy_sent"
