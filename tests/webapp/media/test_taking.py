"""The handler's download for a medium: the package itself, counted, bound to the medium, and nobody else's."""

import hashlib
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from werkzeug.http import parse_options_header

from infra.db import db
from tenants.audit.models import AuditEvent
from tenants.disclosures.official import actions
from tenants.disclosures.official.actions import Medium
from tenants.disclosures.official.models import MediumHandover, MediumKind, OfficialRequest
from tenants.disclosures.register.models import RegisterEntry
from tests.webapp.media.conftest import Stage

pytestmark = pytest.mark.req("KH-6-1d", "KH-6-5b")


def prepared(stage: Stage) -> UUID:
    request = stage.request
    made = actions.prepare_medium(
        actor=request.handler,
        tenant_id=request.tenant_id,
        disclosure_id=request.disclosure_id,
        medium=Medium(kind=MediumKind.DISC, serial="D-1"),
    )
    db.session.commit()
    return made.id


def address(stage: Stage, handover_id: UUID) -> str:
    return f"/media/schools/{stage.request.tenant_id}/cases/{stage.request.disclosure_id}/handovers/{handover_id}/copy"


@pytest.mark.req("DR-06", "DR-07")
def test_what_the_handler_gets_is_sealed_and_known_by_its_digest_and_each_time_is_counted(stage: Stage) -> None:
    handover_id, browser = prepared(stage), stage.browser(stage.request.handler)
    serial = db.session.get_one(OfficialRequest, stage.request.disclosure_id).serial

    answers = [browser.post(address(stage, handover_id)) for _ in range(4)]

    sent = [answer.data for answer in answers]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 422]
    assert all(data.startswith(b"age-encryption.org/v1") for data in sent[:3]), "nothing plain leaves"
    assert answers[0].headers["Cache-Control"] == "no-store"
    _, options = parse_options_header(answers[0].headers["Content-Disposition"])
    assert options["filename"] == f"K1-{serial}.zip.age", "the case and the institution, as on line"
    assert "請登記另一個媒體" in answers[3].text
    db.session.rollback()
    held = db.session.get_one(MediumHandover, handover_id)
    assert (held.taken, held.sha256) == (3, hashlib.sha256(sent[2]).hexdigest())
    assert held.sealed_bytes == len(sent[2])
    assert db.session.scalars(select(RegisterEntry)).all() == [], "nothing is handed over yet"
    query = select(AuditEvent.event).where(AuditEvent.event == "disclosure:taken_out")
    assert len(db.session.scalars(query).all()) == 3
    assert list(Path(stage.scratch).iterdir()) == [], "something plain was left behind"


@pytest.mark.req("DR-08")
def test_nobody_else_downloads_and_nothing_without_a_medium(stage: Stage) -> None:
    handover_id = prepared(stage)

    assert stage.browser(stage.request.officer).post(address(stage, handover_id)).status_code == 404
    assert stage.browser().post(address(stage, handover_id), csrf=False).status_code in {303, 400, 401}
    assert stage.browser(stage.request.handler).post(address(stage, uuid4())).status_code == 404
    looked = stage.browser(stage.request.handler).get(address(stage, handover_id))
    page = f"/schools/{stage.request.tenant_id}/cases/{stage.request.disclosure_id}/handovers"
    assert (looked.status_code, looked.location) == (303, page)
    elsewhere = address(stage, handover_id).replace(str(stage.request.disclosure_id), str(uuid4()))
    assert stage.browser(stage.request.handler).post(elsewhere).status_code == 404


@pytest.mark.req("DR-06")
def test_without_its_line_in_the_chain_not_a_byte_leaves(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    handover_id, browser = prepared(stage), stage.browser(stage.request.handler)
    stage.app.testing = False
    stage.app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("audit")

    monkeypatch.setattr("tenants.audit.actions.record", broken)

    answer = browser.post(address(stage, handover_id))

    assert answer.status_code == 500
    assert b"age-encryption.org/v1" not in answer.data
    assert answer.mimetype == "text/html"
    assert list(Path(stage.scratch).iterdir()) == []
