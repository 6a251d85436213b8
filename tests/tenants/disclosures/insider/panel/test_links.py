"""The way in of a member without an account: link, code, one browser's session, and its end."""

import hashlib
from datetime import datetime, timedelta

import pytest

from infra import clock
from infra.db import db
from tenants.actor import Actor, ActorKind, system
from tenants.audit import queries as audit
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.insider.panel import convening, links, queries
from tenants.disclosures.insider.panel.models import Capacity, PanelLink, PanelMember
from tenants.errors import Invalid, NotFound
from tenants.permissions import Role
from tests.tenants.disclosures.insider.panel.conftest import Panel

pytestmark = pytest.mark.req("KH-6-Pb")

BROWSER = Actor(kind=ActorKind.PANEL_MEMBER, roles=frozenset({Role.PANEL_MEMBER}), address="192.0.2.1", client="phone")
WORKER = system("test")


@pytest.fixture
def parent(panel: Panel, case: InsiderRequest) -> PanelMember:
    return panel.member(panel.convene(case), Capacity.PARENT_REP)


def _link(seat: PanelMember) -> str:
    token = links.issue(actor=WORKER, tenant_id=seat.tenant_id, member_id=seat.id)
    db.session.commit()
    return token


def _code(seat: PanelMember, token: str) -> str:
    links.ask_code(actor=BROWSER, tenant_id=seat.tenant_id, token=token)
    code = links.make_code(actor=WORKER, tenant_id=seat.tenant_id, member_id=seat.id)
    db.session.commit()
    assert code is not None
    return code


def _enter(seat: PanelMember, token: str, code: str) -> str | None:
    entered = links.enter(actor=BROWSER, tenant_id=seat.tenant_id, token=token, code=code)
    db.session.commit()
    return entered[1] if entered else None


def _later(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    then: datetime = clock.now() + by
    monkeypatch.setattr(clock, "now", lambda: then)


def _inside(seat: PanelMember, secret: str) -> Actor:
    return links.inside(actor=BROWSER, tenant_id=seat.tenant_id, member_id=seat.id, secret=secret)


def test_link_then_code_open_a_session_of_this_browser_as_the_seat(parent: PanelMember) -> None:
    token = _link(parent)
    assert links.invited(tenant_id=parent.tenant_id, token=token).id == parent.id
    secret = _enter(parent, token, _code(parent, token))
    assert secret is not None
    who = _inside(parent, secret)
    assert (who.id, who.name, who.roles) == (parent.id, "家長代表", frozenset({Role.PANEL_MEMBER}))
    with pytest.raises(NotFound):
        _inside(parent, "another browser")


def test_only_hashes_are_kept_and_the_chain_names_no_person(parent: PanelMember) -> None:
    token = _link(parent)
    code = _code(parent, token)
    secret = _enter(parent, token, code)
    kept = db.session.scalars(db.select(PanelLink)).one()
    assert kept.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert secret not in {kept.session_hash, kept.token_hash}
    said = [(event.actor_name, event.fields) for event in audit.latest(tenant_id=parent.tenant_id, limit=9)]
    assert code not in str(said)
    assert parent.name not in str(said)


def test_a_code_opens_once_and_dies_after_ten_minutes(parent: PanelMember, monkeypatch: pytest.MonkeyPatch) -> None:
    token = _link(parent)
    code = _code(parent, token)
    assert _enter(parent, token, code)
    assert _enter(parent, token, code) is None
    _later(monkeypatch, links.CODE_PAUSE)
    late = _code(parent, token)
    _later(monkeypatch, links.CODE_LIFE)
    assert _enter(parent, token, late) is None


def test_five_wrong_codes_kill_the_code_and_twenty_the_link(
    parent: PanelMember, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = _link(parent)
    code = _code(parent, token)
    for _ in range(links.MOST_TRIES):
        assert _enter(parent, token, "x") is None
    assert _enter(parent, token, code) is None, "the right one comes too late"
    for _ in range(links.MOST_FAILURES - links.MOST_TRIES - 1):
        assert _enter(parent, token, "x") is None
    _later(monkeypatch, links.CODE_PAUSE)
    with pytest.raises(NotFound):
        links.ask_code(actor=BROWSER, tenant_id=parent.tenant_id, token=token)


def test_codes_are_not_asked_for_faster_than_once_a_minute(parent: PanelMember) -> None:
    token = _link(parent)
    _code(parent, token)
    with pytest.raises(Invalid, match="稍候"):
        _code(parent, token)


def test_a_code_that_was_asked_for_long_ago_is_not_mailed(parent: PanelMember, monkeypatch: pytest.MonkeyPatch) -> None:
    token = _link(parent)
    links.ask_code(actor=BROWSER, tenant_id=parent.tenant_id, token=token)
    _later(monkeypatch, links.CODE_LIFE + timedelta(seconds=1))
    assert links.make_code(actor=WORKER, tenant_id=parent.tenant_id, member_id=parent.id) is None


def test_a_new_link_kills_the_one_before_and_its_session(parent: PanelMember) -> None:
    old = _link(parent)
    secret = _enter(parent, old, _code(parent, old))
    assert secret is not None
    _link(parent)
    with pytest.raises(NotFound):
        links.invited(tenant_id=parent.tenant_id, token=old)
    with pytest.raises(NotFound):
        _inside(parent, secret)


def test_a_session_ends_by_itself_and_by_leaving(parent: PanelMember, monkeypatch: pytest.MonkeyPatch) -> None:
    token = _link(parent)
    secret = _enter(parent, token, _code(parent, token))
    assert secret is not None
    links.leave(actor=_inside(parent, secret), tenant_id=parent.tenant_id, member_id=parent.id)
    with pytest.raises(NotFound):
        _inside(parent, secret)
    _later(monkeypatch, links.CODE_PAUSE)
    again = _enter(parent, token, _code(parent, token))
    assert again is not None
    _later(monkeypatch, links.SESSION_LIFE)
    with pytest.raises(NotFound):
        _inside(parent, again)


@pytest.mark.req("DR-37")
def test_the_link_dies_with_the_case(panel: Panel, case: InsiderRequest, parent: PanelMember) -> None:
    token = _link(parent)
    secret = _enter(parent, token, _code(parent, token))
    assert secret is not None
    case.state, case.replied_at, case.replied_by = "closed", clock.now(), panel.desk.scene.head.id
    db.session.commit()
    for tried in (
        lambda: links.invited(tenant_id=parent.tenant_id, token=token),
        lambda: links.ask_code(actor=BROWSER, tenant_id=parent.tenant_id, token=token),
        lambda: _inside(parent, secret),
    ):
        with pytest.raises(NotFound):
            tried()


@pytest.mark.req("DR-27")
def test_the_link_of_who_stood_down_is_dead_at_once(panel: Panel, parent: PanelMember) -> None:
    token = _link(parent)
    secret = _enter(parent, token, _code(parent, token))
    assert secret is not None
    panel.declare(parent, conflict=True, note="姑姑")
    with pytest.raises(NotFound):
        links.invited(tenant_id=parent.tenant_id, token=token)
    with pytest.raises(NotFound):
        _inside(parent, secret)


@pytest.mark.req("DR-08")
def test_a_link_opens_at_its_own_institution_only(panel: Panel, parent: PanelMember) -> None:
    token = _link(parent)
    with pytest.raises(NotFound):
        links.invited(tenant_id=panel.desk.scene.agency_id, token=token)


def test_whoever_convenes_sends_a_new_link(panel: Panel, parent: PanelMember) -> None:
    parent.untold = []
    db.session.commit()
    convening.invite_again(actor=panel.desk.scene.handler, tenant_id=panel.tenant_id, member_id=parent.id)
    db.session.commit()
    assert (parent.id, "invited") in queries.untold(tenant_id=panel.tenant_id)
