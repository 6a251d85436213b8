"""Every route, called by somebody who has no business there, with ids that are real next door (DR-08, KH-6-1c).

A refusal must be the same for a row of another institution as for one that never was, and must change nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit import queries as audit
from tests.apps import dispose, media_settings, web_settings
from tests.factories.whole import Whole
from tests.isolation.browser import Browser
from tests.isolation.conftest import City
from webapp import create_app
from webapp.access import Access, Place, access_of
from webapp.media.app import create_media_app

pytestmark = pytest.mark.req("DR-08")

# What a path may name besides ids.
WORDS = {
    "name": "init.mp4",
    "token": "x",
    "role": "handler",
    "day": "115-11-20",
    "part": 0,
    "take": 1,
    "stretch": 1,
    "number": 1,
    "path": "x",
    "code": "K1",
    "step": "who",
    "key": "continuity",
    "ending": "csv",
}
# Form tokens, ids, nonces and the number of the request differ from answer to answer.
UNSTABLE = re.compile(
    rb"[\w-]{40,}\.[\w-]{6}\.[\w-]{27}|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|nonce-[\w-]+"
    rb"|\b[0-9a-f]{12}\b"
)


@dataclass(frozen=True)
class Door:
    """A route of one of the apps, with one of its methods."""

    app: Flask
    rule: Rule
    method: str

    @property
    def access(self) -> Access:
        """What the route declared."""
        return access_of(self.app, self.rule.endpoint)

    @property
    def ids(self) -> list[str]:
        """The ids that its path names."""
        return sorted(name for name in self.rule.arguments if name.endswith("_id"))

    def path(self, ids: dict[str, UUID]) -> str:
        """The address with these ids."""
        values = {name: WORDS[name] for name in self.rule.arguments if name not in ids}
        built = self.rule.build({**values, **ids})
        assert built is not None
        return built[1]


@pytest.fixture(scope="module")
def apps(city: City) -> Iterator[list[Flask]]:
    made = [create_app(web_settings(city.urls)), create_media_app(media_settings(city.urls))]
    for app in made:
        app.test_client_class = Browser
    yield made
    for app in made:
        dispose(app)


@pytest.fixture(scope="module")
def doors(apps: list[Flask]) -> list[Door]:
    return [
        Door(app, rule, method)
        for app in apps
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _ids(of: Whole) -> dict[str, UUID]:
    """Every id that an address names, long because each is one line."""
    case = of.case
    return {
        "tenant_id": of.tenant_id,
        "institution_id": of.tenant_id,
        "agency_id": of.agency_id,
        "agency_key_id": of.agency_key_id,
        "site_id": of.institution.site_id,
        "camera_id": of.institution.cameras["C-GATE"],
        "device_id": of.device_id,
        "segment_id": of.segment_id,
        "fault_id": of.fault_id,
        "maintenance_id": of.maintenance_id,
        "hold_id": of.hold_id,
        "period_id": of.period_id,
        "name_id": of.name_id,
        "schedule_id": of.schedule_id,
        "destruction_id": of.destruction_id,
        "stop_id": of.stop_id,
        "stray_id": of.stray_id,
        "token_id": of.token_id,
        "user_id": of.handler_id,
        "membership_id": of.membership_id,
        "deputy_id": of.deputy_id,
        "designation_id": of.designation_id,
        "departure_id": of.departure_id,
        "disclosure_id": case.disclosure_id,
        "window_id": case.window_id,
        "inspection_id": of.inspection_id,
        "letter_id": case.letter_id,
        "package_id": case.package_id,
        "copy_id": case.package_id,
        "handover_id": case.handover_id,
        "entry_id": case.register_entry_id,
        "scan_id": case.scan_id,
        "viewing_id": of.viewing_id,
        "mark_id": of.viewing_id,  # which the factory gives to both
        "meeting_id": of.panel.meeting_id,
        "member_id": of.panel.member_id,
        "resolution_id": of.panel.resolution_id,
        "misuse_id": of.misuse_id,
        "rights_id": of.rights_id,
        "maintenance_entry_id": of.maintenance_entry_id,
        "masked_id": of.masked_id,
        **of.registered,
    }


def _open(door: Door, person: UUID | None, ids: dict[str, UUID]) -> TestResponse:
    browser = door.app.test_client()
    assert isinstance(browser, Browser)
    if person is not None:
        browser.become(person)
    return browser.open(door.path({name: ids[name] for name in door.ids}), method=door.method)


def _said(response: TestResponse) -> tuple[int, bytes]:
    return response.status_code, UNSTABLE.sub(b"", response.data)


def _at(doors: list[Door], *places: Place) -> list[Door]:
    found = [door for door in doors if door.access.place in places and not door.access.public]
    assert found, f"no route at {places}: this test looks at nothing"
    return found


def test_every_id_of_a_path_is_one_that_this_test_can_forge(city: City, doors: list[Door]) -> None:
    known = _ids(city.theirs).keys() | WORDS.keys()
    unknown = {name for door in doors for name in door.rule.arguments if name not in known}
    assert not unknown, f"add them to _ids or WORDS: {unknown}"


def test_another_institutions_pages_are_not_there(city: City, doors: list[Door]) -> None:
    before = city.everything()
    for door in _at(doors, Place.INSTITUTION):
        for person in (city.mine.head_id, city.mine.handler_id, city.mine.officer_id):
            answer = _open(door, person, _ids(city.theirs))
            assert answer.status_code == 404, f"{door.method} {door.rule} answered {answer.status_code}"
            assert _said(answer) == _said(_open(door, person, {name: uuid4() for name in door.ids})), door.rule
    assert city.everything() == before


def test_another_institutions_rows_are_not_there_under_ones_own_address(city: City, doors: list[Door]) -> None:
    before = city.everything()
    tried = [door for door in _at(doors, Place.INSTITUTION) if len(door.ids) > 1]
    assert tried
    for door in tried:
        for person in (city.mine.head_id, city.mine.handler_id, city.mine.guard_id):
            ids = _ids(city.theirs) | {"tenant_id": city.mine.tenant_id}
            answer = _open(door, person, ids)
            assert answer.status_code == 404, f"{door.method} {door.rule} answered {answer.status_code}"
            nobody = _open(door, person, {name: uuid4() for name in door.ids} | {"tenant_id": city.mine.tenant_id})
            assert _said(answer) == _said(nobody), f"{door.method} {door.rule} tells the two apart"
    assert city.everything() == before


def test_another_agencys_cases_are_not_there(city: City, doors: list[Door]) -> None:
    before = city.everything()
    tried = [door for door in _at(doors, Place.AGENCY) if set(door.ids) - {"tenant_id"}]
    assert tried
    for door in tried:
        for tenant_id in (city.theirs.tenant_id, city.mine.tenant_id):
            answer = _open(door, city.mine.officer_id, _ids(city.theirs) | {"tenant_id": tenant_id})
            assert answer.status_code == 404, f"{door.method} {door.rule} answered {answer.status_code}"
    assert city.everything() == before


def test_people_of_an_institution_reach_neither_bureau_nor_agency(city: City, doors: list[Door]) -> None:
    before = city.everything()
    for door in _at(doors, Place.BUREAU, Place.AGENCY):
        answer = _open(door, city.mine.head_id, _ids(city.mine))
        assert answer.status_code == 404, f"{door.method} {door.rule} answered {answer.status_code}"
    assert city.everything() == before


def test_nobody_gets_in_without_signing_in(city: City, doors: list[Door]) -> None:
    before = city.everything()
    for door in _at(doors, *Place):
        answer = _open(door, None, _ids(city.mine))
        assert answer.status_code in {302, 303, 400, 401}, f"{door.method} {door.rule} answered {answer.status_code}"
        way_in = "/apply/K1/code" if door.access.place is Place.APPLICANT else "/sign-in"
        assert way_in in answer.headers.get("Location", way_in)
    assert city.everything() == before


@pytest.mark.req("KH-6-2g")
def test_an_address_that_is_proved_here_reaches_no_case_of_another_institution_or_address(
    city: City, doors: list[Door]
) -> None:
    tried = [door for door in _at(doors, Place.APPLICANT) if door.ids]
    assert tried
    theirs = _ids(city.theirs) | {"disclosure_id": city.theirs.application_id}
    before = city.everything()
    for door in tried:
        browser = door.app.test_client()
        assert isinstance(browser, Browser)
        browser.visit(city.mine.tenant_id, city.mine.visit_id)
        answer = browser.open(door.path({name: theirs[name] for name in door.ids}), method=door.method)
        assert answer.status_code == 404, f"{door.method} {door.rule} answered {answer.status_code}"
        other = browser.open(door.path({name: uuid4() for name in door.ids}), method=door.method)
        assert _said(answer) == _said(other), f"{door.method} {door.rule} tells the two apart"
    assert city.everything() == before


def test_a_persons_session_is_no_device(city: City, doors: list[Door]) -> None:
    for door in _at(doors, Place.DEVICE):
        answer = _open(door, city.mine.head_id, _ids(city.mine))
        assert answer.status_code == 401, f"{door.method} {door.rule} answered {answer.status_code}"


@pytest.mark.req("DR-09", "KH-1-3", "KH-6-1c")
def test_the_bureau_is_refused_at_every_page_of_an_institution_which_gets_to_know(
    city: City, doors: list[Door]
) -> None:
    officers = city.bureau_people
    tried = _at(doors, Place.INSTITUTION)
    for officer in officers:
        for door in tried:
            answer = _open(door, officer, _ids(city.theirs))
            assert answer.status_code == 403, f"{door.method} {door.rule} answered {answer.status_code}"
            assert not answer.mimetype.startswith(("video/", "image/", "application/vnd.apple"))
    with city.app.app_context():
        bind(db.session, Binding(tenant_id=city.theirs.tenant_id))
        denied = audit.latest(tenant_id=city.theirs.tenant_id, limit=len(tried) * len(officers))
        assert {event.event for event in denied} == {"access:denied"}
        assert {event.actor_id for event in denied} == set(officers)
        assert audit.verify(tenant_id=city.theirs.tenant_id) is None


@pytest.mark.req("KH-6-1c")
def test_who_may_not_do_a_thing_is_told_so_only_of_what_is_there(city: City, doors: list[Door]) -> None:
    shut = [
        d for d in _at(doors, Place.INSTITUTION) if "disclosure_id" in d.ids and d.rule.endpoint.startswith("school.")
    ]
    assert shut
    for door in shut:
        answer = _open(door, city.mine.guard_id, _ids(city.mine))
        assert answer.status_code == 403, f"{door.method} {door.rule} answered {answer.status_code}"


def test_the_browser_of_this_test_does_get_in_where_it_may(city: City, doors: list[Door]) -> None:
    home = next(d for d in doors if str(d.rule).rstrip("/") == "/schools/<uuid:tenant_id>" and d.method == "GET")
    assert _open(home, city.mine.head_id, _ids(city.mine)).status_code == 200
    assert isinstance(home.app.test_client(), FlaskClient)
