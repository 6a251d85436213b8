"""The film of an undecided request for its legal review: allowed by the head, and only with somebody there (DR-28)."""

from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.masking import WHOLE, Box
from infra.tenancy import Binding, bind
from tenants.disclosures.viewing.rules import CONFIRMED_FOR
from tenants.errors import Invalid, NotAllowed
from tenants.people import pins
from tenants.people.models import User
from tenants.permissions import Role
from tenants.rights import actions, looking, queries
from tenants.rights.models import Answer, Right
from tenants.rights.rules import Told
from tests.factories import disclosures, people, viewings
from tests.factories.evidence import Archive
from tests.webapp.media.rights_desk import Desk, person, received

pytestmark = pytest.mark.req("DR-28", "KH-7-1", "TY-5-4a")


@pytest.fixture
def desk(archive: Archive, media_app: Flask) -> Desk:
    made = received(archive, media_app)
    made.at_school()
    return made


def allowed(desk: Desk) -> None:
    looking.allow_look(actor=desk.head, **desk.ids)
    db.session.commit()


def decided(desk: Desk, answer: Answer, ground: str = "") -> None:
    desk.at_school()
    actions.review(actor=desk.handler, **desk.ids, note="符合第十條", third_parties=True, masking="遮蔽他童")
    told = Told(answer=answer, refusal_ground=ground, reasons="無法遮蔽" if ground else "")
    actions.answer(actor=desk.head, **desk.ids, told=told)
    db.session.commit()


def opens(desk: Desk, login: str = "k1-handler") -> int:
    return desk.browser(login).get(f"{desk.film}/index.m3u8").status_code


@pytest.mark.req("DR-02", "DR-06", "DR-12")
def test_the_asked_seconds_are_seen_once_the_head_allowed_it_and_somebody_is_there(desk: Desk) -> None:
    assert opens(desk) == 422, "nobody allowed it"
    desk.at_school()
    allowed(desk)
    assert opens(desk) == 403, "nobody is there"
    desk.at_school()
    desk.beside()
    browser = desk.browser()
    playlist = browser.get(f"{desk.film}/index.m3u8")
    assert (playlist.status_code, playlist.text.count(".m4s")) == (200, 5), "ten seconds in pieces of two"
    assert browser.get(f"{desk.film}/5.m4s").status_code == 200
    assert browser.get(f"{desk.film}/6.m4s").status_code == 404
    assert desk.events()[-3:] == ["rights:look_allowed", "rights:look_begun", "rights:watched"]


@pytest.mark.req("KH-4-2", "DR-08")
@pytest.mark.parametrize("login", ["k1-head", "k1-staff"])
def test_neither_the_head_nor_whoever_accompanies_opens_it(desk: Desk, login: str) -> None:
    allowed(desk)
    desk.beside()
    assert opens(desk, login) == 403


@pytest.mark.req("KH-4-2")
def test_the_handler_does_not_allow_it_to_themselves(desk: Desk) -> None:
    with pytest.raises(NotAllowed):
        looking.allow_look(actor=desk.handler, **desk.ids)


@pytest.mark.req("DR-14")
def test_the_picture_stops_when_the_pin_is_older_than_a_quarter_of_an_hour(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed(desk)
    desk.beside()
    browser = desk.browser()
    browser.get(f"{desk.film}/index.m3u8")
    assert browser.get(f"{desk.film}/1.m4s").status_code == 200
    later = clock.now() + CONFIRMED_FOR
    monkeypatch.setattr(clock, "now", lambda: later)
    assert browser.get(f"{desk.film}/1.m4s").status_code == 403
    desk.at_school()
    desk.beside()
    assert browser.get(f"{desk.film}/1.m4s").status_code == 200, "and goes on with the PIN"


@pytest.mark.req("DR-15")
def test_the_picture_stops_when_whoever_accompanies_left_the_institution(desk: Desk) -> None:
    allowed(desk)
    desk.beside()
    browser = desk.browser()
    browser.get(f"{desk.film}/index.m3u8")
    desk.at_school()
    left = db.session.get_one(User, desk.colleague.id)
    left.deactivated_at, left.deactivated_by = clock.now(), desk.head.id
    db.session.commit()
    assert browser.get(f"{desk.film}/1.m4s").status_code == 403


@pytest.mark.req("DR-14")
def test_whoever_accompanies_somewhere_else_is_not_here_any_more(desk: Desk) -> None:
    allowed(desk)
    desk.beside()
    other = person("k1-other", Role.HANDLER, desk.archive.of.tenant_id, name="陳美玲")
    desk.at_school()
    assert desk.colleague.id is not None
    looking.begin_look(actor=other, **desk.ids, companion_id=desk.colleague.id, pin=people.PIN)
    db.session.commit()
    assert opens(desk) == 403
    assert opens(desk, "k1-other") == 200


@pytest.mark.req("DR-14")
def test_whoever_accompanies_a_running_session_accompanies_no_look(desk: Desk) -> None:
    allowed(desk)
    of, agency_id = desk.archive.of, people.agency()
    bind(db.session, Binding(tenant_id=of.tenant_id, agency_id=agency_id))
    assert desk.handler.id is not None
    case = disclosures.case(of, agency_id=agency_id, filed_by=desk.handler.id)
    viewings.viewing(
        of,
        disclosure_id=case.disclosure_id,
        window_id=case.window_id,
        operator_id=desk.handler.id,
        companion_id=desk.colleague.id,
        running=True,
    )
    with pytest.raises(Invalid, match="同一時間只能在一處") as refused:
        desk.beside()
    assert refused.value.field == "companion"


@pytest.mark.req("DR-27")
def test_nobody_whom_it_concerns_and_nobody_of_elsewhere_accompanies(desk: Desk) -> None:
    allowed(desk)
    mother = person("k1-mother", Role.STAFF, desk.archive.of.tenant_id, name="林小惠")
    desk.at_school()
    for wrong in (desk.handler, mother, replace(desk.colleague, id=uuid4())):
        with pytest.raises(Invalid, match="另一位現職人員"):
            desk.beside(wrong)
    with pytest.raises(pins.WrongPin):
        desk.beside(pin="000000")
    with pytest.raises(Invalid, match="請求人或當事人"):
        looking.allow_look(actor=replace(desk.head, name="林小惠"), **desk.ids)


def test_it_is_allowed_once_and_only_for_footage_that_is_asked_to_be_seen_or_copied(desk: Desk) -> None:
    allowed(desk)
    with pytest.raises(Invalid, match="已經同意"):
        looking.allow_look(actor=desk.head, **desk.ids)
    queries.request(**desk.ids).right = Right.DELETION
    with pytest.raises(Invalid, match="只有請求閱覽或製給複製本"):
        desk.beside()


@pytest.mark.req("DR-12")
def test_a_film_that_was_opened_for_the_review_of_a_refusal_shows_nothing_after_it(desk: Desk) -> None:
    allowed(desk)
    desk.beside()
    browser = desk.browser()
    browser.get(f"{desk.film}/index.m3u8")
    decided(desk, Answer.REFUSED, "third_party")
    assert browser.get(f"{desk.film}/1.m4s").status_code == 422
    desk.at_school()
    with pytest.raises(Invalid, match="准許"):
        desk.beside()


@pytest.mark.req("DR-12", "DR-14")
def test_after_a_grant_too_nobody_looks_alone_until_the_others_are_hidden_and_that_was_confirmed(desk: Desk) -> None:
    decided(desk, Answer.GRANTED)
    assert opens(desk) == 403, "nobody is there"
    desk.at_school()
    desk.hidden(Box(left=0, top=0, width=WHOLE, height=WHOLE))
    assert opens(desk) == 403, "what is hidden nobody has seen yet"
    desk.at_school()
    desk.beside()
    browser = desk.browser()
    browser.get(f"{desk.film}/index.m3u8")
    assert browser.get(f"{desk.film}/1.m4s").status_code == 200
    desk.at_school()
    looking.stop_look(actor=desk.handler, **desk.ids)
    db.session.commit()
    assert browser.get(f"{desk.film}/1.m4s").status_code == 403, "at the very next piece"
    desk.at_school()
    desk.confirmed()
    db.session.commit()
    assert browser.get(f"{desk.film}/1.m4s").status_code == 200
    assert opens(desk) == 200, "it shows nobody else any more"
    desk.at_school()
    desk.hidden()
    assert opens(desk) == 403, "and does again"


def test_what_was_opened_for_the_review_lets_no_masks_be_confirmed(desk: Desk) -> None:
    allowed(desk)
    desk.beside()
    assert opens(desk) == 200
    decided(desk, Answer.GRANTED)
    desk.hidden()
    with pytest.raises(Invalid, match="還沒有開啟過"):
        desk.confirmed(nobody_visible=True)
