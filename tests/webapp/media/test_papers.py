"""The print for the file: the whole number, by two roles only, and never before the chain says so (DR-22)."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from infra import clock
from infra.db import db
from infra.kms import FileKms, create_master_key
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants.audit import queries as chain
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import filing
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.papers import scans
from tenants.people.identity_numbers import IdentityNumber
from tenants.permissions import Role
from tests import printouts
from tests.apps import borrowed, media_settings
from tests.factories.cast import Cast, cast
from tests.factories.insiders import LOOKUP, application
from tests.factories.requests import scan
from tests.factories.shelf import Shelf
from tests.tenants.disclosures.conftest import actor_of
from tests.webapp.conftest import WebClient

pytestmark = [pytest.mark.needs("faces", "pdftotext"), pytest.mark.req("DR-22", "KH-A1-04")]


class _Store(Shelf):
    def get(self, key: str) -> bytes:
        return self.objects[key]


@dataclass(frozen=True)
class File:
    """An application at K1 whose number only this process can open."""

    app: Flask
    cast: Cast
    number: IdentityNumber
    id: UUID
    store: _Store

    @property
    def tenant_id(self) -> UUID:
        return self.cast.k1.tenant_id

    def browser(self, login: str) -> WebClient:
        client = self.app.test_client()
        assert isinstance(client, WebClient)
        return client.sign_in(login)

    def asked(self, login: str, **typed: str) -> TestResponse:
        address = f"/media/schools/{self.tenant_id}/applications/{self.id}/form"
        return self.browser(login).post(address, data=typed)

    def row(self) -> InsiderRequest:
        db.session.rollback()
        bind(db.session, Binding(tenant_id=self.tenant_id))
        return db.session.get_one(InsiderRequest, self.id)

    def events(self, name: str) -> list[str]:
        self.row()
        return [each.actor_name for each in chain.latest(tenant_id=self.tenant_id) if each.event == name]


@pytest.fixture
def file(
    domain: Flask, database: DatabaseUrls, made_media_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[File]:
    assert domain
    monkeypatch.setattr("infra.queues.enqueue", lambda *_, **__: None)
    create_master_key(tmp_path / "master.key")
    town = cast(FileKms(tmp_path / "master.key"))
    bind(db.session, Binding(tenant_id=town.k1.tenant_id))
    start = clock.now().replace(second=0, microsecond=0) - timedelta(hours=2)
    window = AskedWindow(camera_id=town.k1.cameras["C-GATE"], started_at=start, ended_at=start + timedelta(minutes=10))
    made = application(window, paper_number="紙115-7", applied_on=clock.today())
    handler = actor_of(town.ids["k1-handler"], Role.HANDLER)
    filed = filing.file_application(actor=handler, tenant_id=town.k1.tenant_id, application=made, lookup=LOOKUP)
    db.session.commit()
    told = {"MASTER_KEY_FILE": str(tmp_path / "master.key"), "SCRATCH_DIR": str(tmp_path)}
    with borrowed(made_media_app) as app:
        app.testing = True
        app.config["SETTINGS"] = media_settings(database, **told)
        app.extensions["store"] = store = _Store()
        yield File(app, town, made.identity, filed.id, store)


@pytest.mark.parametrize("login", ["k1-head", "k1-handler"])
def test_head_and_handler_print_the_whole_number_and_the_chain_has_their_name(file: File, login: str) -> None:
    answer = file.asked(login)

    assert answer.status_code == 200
    assert f"身份證號{file.number.full}聯絡電話" in printouts.words(answer.data)
    assert len(file.events("application:printed")) == 1


@pytest.mark.parametrize(
    ("login", "status"), [("k1-staff", 403), ("k1-guard", 403), ("e1-head", 404), ("officer", 404)]
)
def test_nobody_else_prints_it(file: File, login: str, status: int) -> None:
    answer = file.asked(login)

    assert (answer.status_code, file.number.full.encode() in answer.data) == (status, False)
    assert file.events("application:printed") == []


@pytest.mark.req("DR-06")
def test_without_its_line_in_the_chain_there_is_no_print(file: File, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the chain cannot be written")

    monkeypatch.setattr("tenants.disclosures.insider.printing.audit.record", broken)
    file.app.testing = False
    answer = file.asked("k1-head")

    assert (answer.status_code, b"%PDF" in answer.data) == (500, False)


@pytest.mark.req("DR-06")
def test_a_print_that_fails_leaves_no_line_that_it_was_made(file: File) -> None:
    row = file.row()
    row.id_sealed = b"not what was sealed"
    db.session.commit()

    assert file.asked("k1-head").status_code == 409
    assert file.events("application:printed") == []


@pytest.mark.req("DR-37")
def test_a_sealed_case_is_printed_with_a_reason_and_by_nobody_whom_it_concerns(file: File) -> None:
    file.row().sealed = True
    db.session.commit()

    refused = file.asked("k1-head")
    assert (refused.status_code, "密封案件" in refused.text) == (422, True)
    numbered = file.asked("k1-head", reason=f"歸檔 {file.number.full}")
    assert (numbered.status_code, file.number.full in numbered.text) == (422, False)
    assert file.asked("k1-head", reason="歸檔").status_code == 200
    row = file.row()
    row.excluded, row.conflict_note = [str(file.cast.ids["k1-head"])], "被申訴人"
    db.session.commit()
    assert file.asked("k1-head", reason="歸檔").status_code == 404


def test_the_number_is_in_no_address_file_name_header_or_log(file: File, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = file.asked("k1-head")

    headers = "".join(f"{name}: {value}" for name, value in answer.headers.items())
    assert "filename*=UTF-8''" in headers
    for said in (headers, answer.request.full_path, caplog.text):
        assert file.number.full not in said


def test_a_reason_must_come_with_the_form_and_no_address_prints_by_being_opened(file: File) -> None:
    address = f"/media/schools/{file.tenant_id}/applications/{file.id}/form"
    assert file.browser("k1-head").get(address).location == f"/schools/{file.tenant_id}/applications/{file.id}"


@pytest.mark.req("KH-6-2d", "DR-20")
def test_a_scan_opens_for_the_same_two_and_leaves_a_line(file: File) -> None:
    bind(db.session, Binding(tenant_id=file.tenant_id))
    kept = scans.scan_application(
        actor=actor_of(file.cast.ids["k1-handler"], Role.HANDLER),
        tenant_id=file.tenant_id,
        disclosure_id=file.id,
        scan=scan(),
        store=file.store,  # type: ignore[arg-type]  # a scan is only put
    )
    db.session.commit()
    address = f"/media/schools/{file.tenant_id}/papers/{kept.id}"

    answer = file.browser("k1-head").get(address)
    assert (answer.status_code, answer.data[:4]) == (200, b"%PDF")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert len(file.events("paper:read")) == 1
    for login, status in (("k1-staff", 403), ("e1-head", 404)):
        assert file.browser(login).get(address).status_code == status
    row = file.row()
    row.excluded, row.conflict_note = [str(file.cast.ids["k1-handler"])], "被申訴人"
    db.session.commit()
    assert file.browser("k1-handler").get(address).status_code == 404
