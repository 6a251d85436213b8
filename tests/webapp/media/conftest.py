"""The media process over a real store, with a package built from real footage."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from infra import age, clock, queues
from infra.db import db
from infra.kms import FileKms, create_master_key
from infra.objects import S3Objects
from infra.settings import Process, StoreSettings
from infra.stack.juicefs import JuiceFs
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.official.actions import IssuedLink, issue_link
from tenants.disclosures.packages import building as packaging
from tenants.disclosures.viewing import actions, presence, queries
from tenants.disclosures.viewing.rules import Viewer
from tenants.people.models import User
from tenants.permissions import Role
from tests.apps import borrowed, media_settings, with_compiled_templates, with_kept_engines
from tests.factories import people
from tests.factories.evidence import ACTOR, Archive
from tests.factories.registry import institution
from tests.factories.requests import Request, footage_of, granted
from tests.slate import Slate
from tests.webapp.conftest import WebClient
from webapp.media.app import create_media_app

SECOND = timedelta(seconds=1)
VIEWER = Viewer(
    name="陳志明", unit="守園市政府警察局向陽分局", title="偵查佐", identity_by="officer_id", acknowledged=True
)


@dataclass(frozen=True)
class Stage:
    """A granted request whose package is ready, the app, and browsers."""

    app: Flask
    request: Request
    scratch: Path

    def browser(self, person: Actor | None = None) -> WebClient:
        client = self.app.test_client()
        assert isinstance(client, WebClient)
        return client.sign_in(db.session.get_one(User, person.id).login) if person else client

    def part(self, number: int = 1) -> str:
        return f"/media/schools/{self.request.tenant_id}/packages/{self.request.package_id}/{number}"

    @property
    def collection(self) -> str:
        return f"/media/agency/institutions/{self.request.tenant_id}/packages/{self.request.package_id}/collect"

    def link(self) -> IssuedLink:
        """A fresh link for the officer; the session is bound to the institution again afterwards."""
        request = self.request
        bind(db.session, Binding(tenant_id=request.tenant_id, agency_id=request.agency_id))
        issued = issue_link(actor=request.officer, tenant_id=request.tenant_id, disclosure_id=request.disclosure_id)
        db.session.commit()
        bind(db.session, Binding(tenant_id=request.tenant_id))
        return issued

    def key(self, kind: age.Kind = age.Kind.CLASSIC) -> age.Identity:
        """A key of the agency, registered and confirmed: to it the package leaves from now on."""
        identity = age.new_identity(kind)
        people.agency_key(self.request.agency_id, recipient=identity.recipient)
        return identity

    def passphrase(self, person: Actor | None = None) -> TestResponse:
        """Ask for the passphrase of what left, as the handler unless told."""
        address = f"/media/schools/{self.request.tenant_id}/cases/{self.request.disclosure_id}/passphrase"
        return self.browser(person or self.request.handler).post(address)

    def receipt(self, token: str, **changes: str) -> dict[str, str]:
        return {"token": token, "name": "陳志明", "title": "偵查佐", "acknowledged": "y"} | changes


@pytest.fixture
def archive(domain: Flask, store: S3Objects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """K1's footage; the session stays bound to K1. There is no queue, and nobody waits for one."""
    assert domain
    monkeypatch.setattr("infra.queues.enqueue", lambda *_, **__: None)
    create_master_key(tmp_path / "master.key")
    k1 = institution("K1")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    return Archive(k1, store, FileKms(tmp_path / "master.key"))


@pytest.fixture(scope="session")
def made_media_app(slate: Slate) -> Flask:
    """The media app over the database that tests take turns with; a test says which store and key it has."""
    app = with_kept_engines(with_compiled_templates(create_media_app(media_settings(slate.lend()))))
    app.test_client_class = WebClient
    return app


@pytest.fixture
def account(juicefs: JuiceFs, store_settings: StoreSettings) -> StoreSettings:
    """The test's bucket as the media process reaches it."""
    return juicefs.accounts(store_settings.bucket)[Process.MEDIA]


@pytest.fixture
def media_app(
    archive: Archive, made_media_app: Flask, database: DatabaseUrls, account: StoreSettings, tmp_path: Path
) -> Iterator[Flask]:
    """The media process at the archive's store, with its master key."""
    assert archive
    (tmp_path / "scratch").mkdir()
    told = {
        "S3_ENDPOINT": account.endpoint,
        "S3_BUCKET": account.bucket,
        "S3_ACCESS_KEY": account.access_key,
        "S3_SECRET_KEY": account.secret_key,
        "MASTER_KEY_FILE": str(tmp_path / "master.key"),
        "SCRATCH_DIR": str(tmp_path / "scratch"),
    }
    with borrowed(made_media_app) as app:
        app.testing = True
        app.config["SETTINGS"] = media_settings(database, **told)
        app.extensions["store"] = S3Objects(account)
        yield app


@pytest.fixture
def stage(archive: Archive, media_app: Flask, tmp_path: Path) -> Stage:
    scratch = tmp_path / "scratch"
    start = clock.now().replace(microsecond=0) - timedelta(hours=2)
    footage_of(archive, start)
    request = granted(archive, start, asked=12 * SECOND, approved=(1.5 * SECOND, 10 * SECOND))
    request.copy_hold()
    packaging.build_package(
        actor=ACTOR,
        tenant_id=request.tenant_id,
        package_id=request.package_id,
        store=archive.store,
        kms=archive.kms,
        scratch=scratch,
        kind=archive.kind,
    )
    db.session.commit()
    return Stage(media_app, request, scratch)


@dataclass
class Booth:
    """A running session, its browser, and the address of its only film."""

    stage: Stage
    companion_id: UUID
    browser: WebClient
    viewing_id: UUID
    token: str
    share: str

    @property
    def ids(self) -> dict[str, UUID]:
        return {"tenant_id": self.stage.request.tenant_id, "viewing_id": self.viewing_id}

    def film(self, name: str = "index.m3u8", *, take: int = 1, **changed: UUID) -> str:
        held = {"window_id": self.window().id, **self.ids, **changed}
        where = f"/media/schools/{held['tenant_id']}/viewings/{held['viewing_id']}"
        return f"{where}/{held['window_id']}/{take}/{name}"

    def window(self) -> DisclosureWindow:
        query = select(DisclosureWindow).where(DisclosureWindow.disclosure_id == self.stage.request.disclosure_id)
        return db.session.scalars(query).one()

    def open(self) -> None:
        """As the page begins: the playlist, and the keys of its first quarter of an hour."""
        assert (self.status("index.m3u8"), self.enter()) == (200, 200)

    def enter(self, stretch: int = 1) -> int:
        return self.browser.post(self.film(f"keys/{stretch}")).status_code

    def status(self, name: str = "1.m4s") -> int:
        return self.browser.get(self.film(name)).status_code

    def beat(self) -> None:
        presence.beat(actor=self.stage.request.handler, token=self.token, **self.ids)
        db.session.commit()

    def reason(self) -> str:
        db.session.rollback()
        return queries.session(**self.ids).pause_reason


def holding(browser: WebClient, viewing_id: UUID, token: str, share: str = "") -> WebClient:
    """The browser with this token in its sign-in's cookie, and with this share beside it."""
    with browser.session_transaction() as kept:
        kept["viewing"] = [str(viewing_id), token]
    if share:
        browser.set_cookie("shouyuan-viewing", share, path="/media")
    return browser


@pytest.fixture
def booth(stage: Stage, valkey: str) -> Booth:
    queues.configure(valkey)
    people.bureau()
    request = stage.request
    companion_id = people.person("teacher", name="張老師")
    people.membership(companion_id, Role.STAFF, tenant_id=request.tenant_id)
    people.pin(companion_id)
    begun = actions.begin(
        actor=request.handler,
        tenant_id=request.tenant_id,
        disclosure_id=request.disclosure_id,
        viewer=VIEWER,
        companion_id=companion_id,
        pin=people.PIN,
    )
    db.session.commit()
    browser = holding(stage.browser(request.handler), begun.viewing.id, begun.token, begun.share)
    return Booth(stage, companion_id, browser, begun.viewing.id, begun.token, begun.share)
