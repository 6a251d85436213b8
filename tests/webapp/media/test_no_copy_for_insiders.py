"""No address lets out a copy of an insider's case, whoever asks for it, and the institution's chain knows who did."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.disclosures.packages.models import Package
from tenants.people import queries
from tenants.permissions import Role
from tests.apps import borrowed
from tests.factories import insiders, people
from tests.factories.cast import Cast, cast
from tests.webapp.conftest import WebClient

pytestmark = pytest.mark.req("KH-6-2j", "DR-06")


@dataclass(frozen=True)
class Granted:
    """A mother's application at K1 that was granted, its copy that is made to be looked at, and both processes."""

    cast: Cast
    web: Flask
    media: Flask
    disclosure_id: UUID
    package_id: UUID

    @property
    def tenant_id(self) -> UUID:
        return self.cast.k1.tenant_id

    def at_the_school(self) -> list[tuple[Flask, str, str]]:
        """Every address by which a copy leaves, or is looked at without a session, with the insider's ids."""
        school, media = f"/schools/{self.tenant_id}", f"/media/schools/{self.tenant_id}"
        return [
            (self.web, "GET", f"{school}/cases/{self.disclosure_id}/handovers"),
            (self.web, "POST", f"{school}/cases/{self.disclosure_id}/handovers"),
            (self.media, "POST", f"{media}/cases/{self.disclosure_id}/passphrase"),
            (self.media, "GET", f"{media}/packages/{self.package_id}/1/index.m3u8"),
            (self.media, "GET", f"{media}/packages/{self.package_id}/1/1.m4s"),
        ]

    def at_an_agency(self) -> list[tuple[Flask, str, str]]:
        """The same by the doors of an agency."""
        web, media = f"/agency/institutions/{self.tenant_id}", f"/media/agency/institutions/{self.tenant_id}"
        return [
            (self.web, "POST", f"{web}/requests/{self.disclosure_id}/collection"),
            (self.media, "POST", f"{media}/packages/{self.package_id}/collect"),
        ]

    def status(self, login: str, tried: tuple[Flask, str, str]) -> int:
        app, method, address = tried
        browser = app.test_client()
        assert isinstance(browser, WebClient)
        return browser.sign_in(login).open(address, method=method).status_code

    def denied(self) -> list[tuple[UUID | None, str]]:
        """Who was refused, and which permission they lacked or had in vain, in order."""
        db.session.rollback()
        bind(db.session, Binding(tenant_id=self.tenant_id))
        query = select(AuditEvent).where(AuditEvent.tenant_id == self.tenant_id, AuditEvent.event == "access:denied")
        return [(event.actor_id, event.fields["permission"]) for event in db.session.scalars(query)]


@pytest.fixture
def granted(web_app: Flask, made_media_app: Flask) -> Iterator[Granted]:
    made = cast()
    people.membership(people.person("k1-office_head"), Role.OFFICE_HEAD, tenant_id=made.k1.tenant_id)
    people.bureau_officer()
    people.operator()
    people.auditor()
    bind(db.session, Binding(tenant_id=made.k1.tenant_id))
    disclosure_id = insiders.request(made.k1, state="approved")
    package = Package(tenant_id=made.k1.tenant_id, disclosure_id=disclosure_id, agency_id=None, state="ready")
    package.ordered_at = package.built_at = clock.now()
    db.session.add(package)
    db.session.commit()
    with borrowed(made_media_app) as media:
        yield Granted(made, web_app, media, disclosure_id, package.id)


@pytest.mark.parametrize(
    "login",
    [
        "k1-head",
        "k1-handler",
        "k1-office_head",
        "k1-guard",
        "k1-staff",
        "bureau",
        "operator",
        "auditor",
    ],
)
def test_everybody_at_the_school_or_the_bureau_is_refused_and_noted(granted: Granted, login: str) -> None:
    tried = granted.at_the_school()
    assert [granted.status(login, each) for each in tried] == [403] * len(tried)
    noted = granted.denied()
    assert len(noted) == len(tried)
    assert {who for who, _permission in noted} == {_id_of(login)}


@pytest.mark.parametrize("login", ["officer", "prosecutor", "e1-handler"])
def test_for_others_the_case_is_not_there(granted: Granted, login: str) -> None:
    for tried in (*granted.at_the_school(), *granted.at_an_agency()):
        assert granted.status(login, tried) == 404, tried[2]


@pytest.mark.parametrize("login", ["k1-head", "k1-handler", "operator"])
def test_no_role_of_an_institution_opens_an_agencys_door(granted: Granted, login: str) -> None:
    for tried in granted.at_an_agency():
        assert granted.status(login, tried) == 404, tried[2]


def _id_of(login: str) -> UUID:
    found = queries.user_by_login(login=login)
    assert found is not None
    return found.id
