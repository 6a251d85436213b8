"""Who may watch what: only approved seconds, in the session that opened them, never without a line in the chain."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.moving_mark import Mark
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.official.models import Letter, OfficialRequest
from tenants.disclosures.packages.parts import parts_of
from tenants.permissions import Role
from tenants.retention.models import Hold
from tests.factories import people
from tests.factories.registry import institution
from tests.made_segments import pictures
from tests.webapp.conftest import WebClient
from tests.webapp.media.conftest import Stage


def somebody(stage: Stage, role: Role, **place: object) -> WebClient:
    login = f"{role}-{uuid4().hex[:8]}"
    people.membership(people.person(login), role, **place)  # type: ignore[arg-type]
    client = stage.app.test_client()
    assert isinstance(client, WebClient)
    return client.sign_in(login)


def watched() -> int:
    query = select(AuditEvent).where(AuditEvent.event == "package:watched")
    db.session.rollback()
    return len(db.session.scalars(query).all())


@pytest.mark.req("DR-12", "KH-6-1d", "KH-4-2", "DR-06")
def test_the_handler_watches_the_approved_part_and_the_chain_knows(stage: Stage) -> None:
    browser = stage.browser(stage.request.handler)

    playlist = browser.get(f"{stage.part()}/index.m3u8")

    assert playlist.status_code == 200
    assert playlist.mimetype == "application/vnd.apple.mpegurl"
    names = re.findall(r"^\d+\.m4s$", playlist.text, re.MULTILINE)
    assert len(names) == 5, "eight and a half seconds, two at a time"
    answers = [browser.get(f"{stage.part()}/{name}") for name in ["init.mp4", *names]]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["Cache-Control"] for answer in [playlist, *answers]} == {"no-store"}
    assert len(pictures(b"".join(answer.data for answer in answers))) == 85, "each that was approved, and no other"
    assert watched() == 1


@pytest.mark.req("DR-13", "KH-5-1c")
def test_each_picture_says_which_event_of_the_chain_opened_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    marks: list[Mark] = []
    real = Mark.lines
    monkeypatch.setattr(Mark, "lines", lambda mark, at_us: marks.append(mark) or real(mark, at_us))
    browser = stage.browser(stage.request.handler)

    for _ in range(2):
        browser.get(f"{stage.part()}/index.m3u8")
        assert browser.get(f"{stage.part()}/1.m4s").status_code == 200

    db.session.rollback()
    query = select(AuditEvent).where(AuditEvent.event == "package:watched").order_by(AuditEvent.seq)
    events = db.session.scalars(query).all()
    case = stage.request.disclosure().serial.removeprefix("調閱-")
    assert list(dict.fromkeys(marks)) == [
        Mark(viewer=f"R{event.seq}", case=case, session=f"R{event.seq}-{event.hash[:4].upper()}") for event in events
    ]


@pytest.mark.req("DR-12", "KH-6-1g")
def test_what_was_narrowed_while_it_is_watched_is_shown_no_more_at_once(stage: Stage) -> None:
    browser = stage.browser(stage.request.handler)
    browser.get(f"{stage.part()}/index.m3u8")
    window = db.session.scalars(select(DisclosureWindow)).one()
    assert window.approved_from is not None
    window.approved_until = window.approved_from + timedelta(seconds=4.5)
    db.session.commit()

    found = [browser.get(f"{stage.part()}/{number}.m4s") for number in range(1, 6)]

    assert [answer.status_code for answer in found] == [200, 200, 200, 404, 404]
    init = browser.get(f"{stage.part()}/init.mp4").data
    assert len(pictures(init + b"".join(answer.data for answer in found[:3]))) == 45
    window.approved_from = window.approved_until = None
    db.session.commit()
    assert {browser.get(f"{stage.part()}/{name}").status_code for name in ("index.m3u8", "1.m4s")} == {404}


def test_what_reached_the_hold_after_the_package_was_built_is_not_shown_as_if_it_were_in_it(stage: Stage) -> None:
    package, browser = stage.request.package(), stage.browser(stage.request.handler)
    (part,) = parts_of(package)
    package.parts = [part.to_json() | {"segments": [str(part.segments[0])]}]
    db.session.commit()

    names = re.findall(r"^\d+\.m4s$", browser.get(f"{stage.part()}/index.m3u8").text, re.MULTILINE)
    pieces = [browser.get(f"{stage.part()}/{name}").data for name in ["init.mp4", *names]]

    assert len(names) == 5, "grey cards for the rest"
    assert len(pictures(b"".join(pieces))) < 40


def test_a_package_that_was_built_with_pieces_still_plays_from_its_hold(stage: Stage) -> None:
    package, browser = stage.request.package(), stage.browser(stage.request.handler)
    (part,) = package.parts
    package.parts = [{name: value for name, value in part.items() if name != "segments"} | {"pieces": [{"number": 1}]}]
    db.session.commit()

    assert browser.get(f"{stage.part()}/index.m3u8").status_code == 200
    init, first = (browser.get(f"{stage.part()}/{name}").data for name in ("init.mp4", "1.m4s"))
    assert len(pictures(init + first)) == 20


@pytest.mark.req("DR-01")
def test_after_the_hold_ended_nothing_is_shown(stage: Stage) -> None:
    browser = stage.browser(stage.request.handler)
    browser.get(f"{stage.part()}/index.m3u8")
    hold = db.session.get_one(Hold, stage.request.disclosure().hold_id)
    hold.released_at, hold.release_reason = clock.now(), "已終結"
    db.session.commit()

    for name in ("index.m3u8", "init.mp4", "1.m4s"):
        answer = browser.get(f"{stage.part()}/{name}")
        assert (answer.status_code, "保全已結束" in answer.text) == (422, True)


@pytest.mark.req("DR-12", "DR-06")
def test_there_is_nothing_beside_the_approved_pieces_and_nothing_outside_the_session(stage: Stage) -> None:
    browser = stage.browser(stage.request.handler)
    unopened = browser.get(f"{stage.part()}/1.m4s")
    assert unopened.status_code == 403, "the chain does not know that somebody watches"
    assert "播放頁面" in unopened.text
    browser.get(f"{stage.part()}/index.m3u8")
    package, tenant = str(stage.request.package_id), str(stage.request.tenant_id)

    tried = [
        f"{stage.part()}/0.m4s",
        f"{stage.part()}/6.m4s",
        f"{stage.part()}/-1.m4s",
        f"{stage.part()}/package.zip",
        f"{stage.part(2)}/1.m4s",
        f"{stage.part(2)}/index.m3u8",
        f"{stage.part(0)}/index.m3u8",
        f"{stage.part()}/index.m3u8".replace(package, str(uuid4())),
        f"{stage.part()}/index.m3u8".replace(tenant, str(uuid4())),
    ]

    assert {address: browser.get(address).status_code for address in tried} == dict.fromkeys(tried, 404)
    ranged = browser.get(f"{stage.part()}/1.m4s", headers={"Range": "bytes=0-99999999"})
    assert ranged.status_code == 200, "a range changes nothing: the piece is all there is"
    elsewhere = stage.browser(stage.request.handler)
    assert elsewhere.get(f"{stage.part()}/1.m4s").status_code == 403, "an address works in its own session only"


@pytest.mark.req("DR-08", "DR-09", "KH-1-3", "KH-4-2")
def test_nobody_else_watches(stage: Stage) -> None:
    k2 = institution("K2", name="青草幼兒園")
    at_k1, at_k2 = {"tenant_id": stage.request.tenant_id}, {"tenant_id": k2.tenant_id}
    bureau = institution("BUREAU", kind="bureau", name="守園市政府教育局")
    expected = [
        (stage.browser(), 303),
        (stage.browser(stage.request.officer), 404),
        (somebody(stage, Role.HANDLER, **at_k2), 404),
        (somebody(stage, Role.HEAD, **at_k1), 403),
        (somebody(stage, Role.GUARD, **at_k1), 403),
        (somebody(stage, Role.STAFF, **at_k1), 403),
        (somebody(stage, Role.BUREAU_OFFICER, tenant_id=bureau.tenant_id), 403),
        (somebody(stage, Role.OPERATOR, tenant_id=bureau.tenant_id), 403),
    ]

    for name in ("index.m3u8", "init.mp4", "1.m4s"):
        found = [browser.get(f"{stage.part()}/{name}").status_code for browser, _ in expected]
        assert found == [status for _, status in expected], name
    assert watched() == 0


@pytest.mark.req("KH-6-5b")
def test_what_its_agency_withdrew_is_played_no_more(stage: Stage) -> None:
    browser = stage.browser(stage.request.handler)
    assert browser.get(f"{stage.part()}/index.m3u8").status_code == 200
    bind(db.session, Binding(tenant_id=stage.request.tenant_id))
    db.session.scalars(select(OfficialRequest)).one().state = "withdrawn"
    db.session.commit()
    refused = browser.get(f"{stage.part()}/1.m4s")
    assert refused.status_code == 403
    assert "已由來文機關撤回" in refused.text


@pytest.mark.req("DR-06")
def test_without_the_audit_not_one_byte_is_shown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("audit")

    monkeypatch.setattr("tenants.audit.actions.record", broken)
    browser = stage.browser(stage.request.handler)
    stage.app.testing = False

    assert browser.get(f"{stage.part()}/index.m3u8").status_code == 500
    assert browser.get(f"{stage.part()}/1.m4s").status_code == 500, "the refusal could not be recorded either"


@pytest.mark.req("KH-6-1e", "DR-08", "DR-09")
def test_the_scan_opens_for_the_institution_only_and_can_do_nothing_in_the_browser(stage: Stage) -> None:
    letter = db.session.scalars(select(Letter)).one()
    address = f"/media/schools/{stage.request.tenant_id}/letters/{letter.id}"

    answer = stage.browser(stage.request.handler).get(address)

    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    k2 = institution("K2", name="青草幼兒園")
    foreign = somebody(stage, Role.HANDLER, tenant_id=k2.tenant_id)
    assert foreign.get(address).status_code == 404
    assert foreign.get(f"/media/schools/{k2.tenant_id}/letters/{letter.id}").status_code == 404
    assert somebody(stage, Role.STAFF, tenant_id=stage.request.tenant_id).get(address).status_code == 403
    db.session.rollback()
    read = db.session.scalars(select(AuditEvent).where(AuditEvent.event == "letter:read")).all()
    assert [event.fields["letter_id"] for event in read] == [str(letter.id)]
