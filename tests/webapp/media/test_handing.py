"""Collecting over HTTP: one officer, once, whole or not at all."""

import hashlib
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pyrage
import pytest
from sqlalchemy import select

from infra import age, object_keys
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.disclosures.official import actions
from tenants.disclosures.register.models import RegisterEntry
from tenants.permissions import Role
from tenants.registry.agency_keys import actions as agency_keys
from tenants.registry.agency_keys.queries import keys_of
from tests.factories import people
from tests.webapp.conftest import WebClient
from tests.webapp.media.conftest import Stage

AGE = b"age-encryption.org/v1\n"


def officer(stage: Stage, agency_id: object) -> WebClient:
    people.membership(people.person("colleague"), Role.AGENCY_OFFICER, agency_id=agency_id)  # type: ignore[arg-type]
    client = stage.app.test_client()
    assert isinstance(client, WebClient)
    return client.sign_in("colleague")


def lines() -> list[RegisterEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(RegisterEntry).order_by(RegisterEntry.number)))


@pytest.mark.req("KH-6-1d", "KH-6-5a", "KH-6-5b", "KH-7-2", "KH-7-3")
def test_the_officer_collects_the_package_once(stage: Stage) -> None:
    key, issued = stage.key(), stage.link()
    browser = stage.browser(stage.request.officer)

    answer = browser.post(stage.collection, data=stage.receipt(issued.token))

    assert answer.status_code == 200
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "UTF-8''K1-%E8%AA%BF%E9%96%B1-" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].endswith(".zip.age")
    assert 'attachment; filename="K1-' in answer.headers["Content-Disposition"]
    plain = age.decrypt(answer.data, key.secret)
    assert hashlib.sha256(plain).hexdigest() == stage.request.package().sha256
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    names = zipfile.ZipFile(io.BytesIO(plain)).namelist()
    assert [name.partition("/")[2] for name in names if name.endswith("verify.py")] == ["data/verify.py"]
    assert [(line.number, line.accessor_title) for line in lines()] == [(1, "偵查佐")]
    events = db.session.scalars(select(AuditEvent.event).order_by(AuditEvent.seq.desc())).all()
    assert events[:2] == ["package:sent", "disclosure:collected"]
    assert stage.request.package().sent_bytes == len(answer.data)
    assert stage.request.package().sealed_to == key.recipient
    assert list(Path(stage.scratch).iterdir()) == [], "something plain was left behind"
    again = browser.post(stage.collection, data=stage.receipt(issued.token))
    assert again.status_code == 422
    assert "不能重複領取" in again.text
    assert len(lines()) == 1


@pytest.mark.req("KH-6-5b", "DR-06", "DR-08", "KH-7-2")
def test_a_download_that_broke_is_known_and_made_good_once_by_the_school(
    stage: Stage,
) -> None:
    key = stage.key()
    browser, colleague = stage.browser(stage.request.officer), officer(stage, stage.request.agency_id)
    used = stage.link()
    broken = browser.post(stage.collection, data=stage.receipt(used.token), buffered=False)
    chunks = iter(broken.response)
    header = len(next(chunks))
    assert next(chunks)
    broken.close()  # as a server does when the other end is gone

    db.session.rollback()
    assert stage.request.package().sent_bytes == header, "the second chunk may not have arrived"
    latest = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert latest is not None
    assert (latest.event, latest.fields["sent"], latest.actor_id) == (
        "package:cut_off",
        header,
        stage.request.officer.id,
    )
    assert browser.post(stage.collection, data=stage.receipt(used.token)).status_code == 422

    actions.reopen(
        actor=stage.request.handler,
        tenant_id=stage.request.tenant_id,
        disclosure_id=stage.request.disclosure_id,
        reason="承辦人來電，下載中斷",
    )
    db.session.commit()
    assert browser.post(stage.collection, data=stage.receipt(used.token)).status_code == 403, "the used link is dead"
    issued = stage.link()
    assert colleague.post(stage.collection, data=stage.receipt(issued.token)).status_code == 403
    whole = browser.post(stage.collection, data=stage.receipt(issued.token))
    again = browser.post(stage.collection, data=stage.receipt(issued.token))

    assert hashlib.sha256(age.decrypt(whole.data, key.secret)).hexdigest() == stage.request.package().sha256
    assert again.status_code == 422
    assert [(line.number, "重新領取：承辦人來電" in line.summary) for line in lines()] == [(1, False), (2, True)]
    assert list(Path(stage.scratch).iterdir()) == []


@pytest.mark.req("KH-6-5b", "DR-08")
def test_everybody_else_is_refused_before_anything_is_read(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    issued = stage.link()
    form = stage.receipt(issued.token)
    colleague = officer(stage, stage.request.agency_id)
    stranger_id = people.person("stranger")
    other_agency = people.agency("守園市政府警察局青埔分局")
    people.membership(stranger_id, Role.AGENCY_OFFICER, agency_id=other_agency)
    stranger = stage.browser().sign_in("stranger")
    monkeypatch.setattr("webapp.media.handing.store", lambda: pytest.fail("the store was asked"))

    expected = {
        "not signed in": (stage.browser(), 400),
        "colleague": (colleague, 403),
        "another agency": (stranger, 404),
        "the school's handler": (stage.browser(stage.request.handler), 404),
    }
    found = {who: browser.post(stage.collection, data=form).status_code for who, (browser, _) in expected.items()}

    assert found["colleague"] == 403
    assert found["another agency"] == found["the school's handler"] == 404
    assert found["not signed in"] in {303, 400, 401}
    own = stage.browser(stage.request.officer)
    for changes, sentence in (
        ({"token": "x"}, "連結無效"),
        ({"acknowledged": ""}, "個人資料保護義務"),
        ({"title": " "}, "職稱"),
    ):
        answer = own.post(stage.collection, data=form | changes)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert own.post(stage.collection, data=form, csrf=False).status_code == 400
    reloaded = own.get(stage.collection, query_string={"token": issued.token})
    assert reloaded.status_code == 303
    assert reloaded.location.endswith(f"/requests/{stage.request.disclosure_id}")
    assert stranger.get(stage.collection).status_code == 404
    assert lines() == []


def test_a_package_that_changed_in_the_store_is_not_handed_over_and_the_link_still_works(stage: Stage) -> None:
    issued = stage.link()
    key = object_keys.package(tenant_id=stage.request.tenant_id, package_id=stage.request.package_id)
    store = stage.request.archive.store
    whole = store.get(key)
    browser = stage.browser(stage.request.officer)
    stage.app.testing = False

    store.put(key, whole[:-1] + bytes([whole[-1] ^ 1]))
    broken = browser.post(stage.collection, data=stage.receipt(issued.token))
    store.put(key, whole)
    collected = browser.post(stage.collection, data=stage.receipt(issued.token))

    assert broken.status_code in {409, 500}
    assert collected.data.startswith(AGE)


@pytest.mark.req("DR-06")
def test_when_the_audit_fails_nothing_leaves_and_nothing_is_used_up(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = stage.link()
    browser = stage.browser(stage.request.officer)
    stage.app.testing = False

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("audit")

    with monkeypatch.context() as patched:
        patched.setattr("tenants.audit.actions.record", broken)
        answer = browser.post(stage.collection, data=stage.receipt(issued.token))

    assert answer.status_code == 500
    assert not answer.data.startswith(AGE)
    assert lines() == []
    assert stage.request.package().collected_at is None
    assert browser.post(stage.collection, data=stage.receipt(issued.token)).data.startswith(AGE)


def opened(cipher: bytes, passphrase: str) -> bytes:
    """What somebody gets who has the file and was told the passphrase."""
    plain: bytes = pyrage.passphrase.decrypt(cipher, passphrase)
    return plain


def shown(page: str) -> str:
    """The passphrase on a page."""
    found = re.search(r'sy-passphrase">([\d-]+)<', page)
    assert found is not None, page
    return found[1]


@pytest.mark.req("KH-6-5b")
def test_without_a_key_the_copy_opens_by_what_the_school_says_on_the_telephone(stage: Stage) -> None:
    issued = stage.link()
    answer = stage.browser(stage.request.officer).post(stage.collection, data=stage.receipt(issued.token))
    assert int(answer.headers["Content-Length"]) == len(answer.data)

    page = stage.passphrase()
    again = stage.passphrase()

    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    plain = opened(answer.data, shown(page.text))
    db.session.rollback()
    assert hashlib.sha256(plain).hexdigest() == stage.request.package().sha256
    assert stage.request.package().sealed_to == ""
    assert issued.token not in page.text, "never on one page with the link"
    with pytest.raises(pyrage.DecryptError):
        opened(answer.data, "0000-0000-0000-0000-0000-0000")
    assert again.status_code == 422
    assert "通行碼已顯示過" in again.text


@pytest.mark.req("KH-6-5b")
def test_a_copy_that_leaves_again_has_another_passphrase(stage: Stage) -> None:
    browser, ciphers, words = stage.browser(stage.request.officer), [], []
    for _time in range(2):
        ciphers.append(browser.post(stage.collection, data=stage.receipt(stage.link().token)).data)
        words.append(shown(stage.passphrase().text))
        actions.reopen(
            actor=stage.request.handler,
            tenant_id=stage.request.tenant_id,
            disclosure_id=stage.request.disclosure_id,
            reason="下載中斷",
        )
        db.session.commit()

    assert words[0] != words[1]
    with pytest.raises(pyrage.DecryptError):
        opened(ciphers[1], words[0])
    assert opened(ciphers[0], words[0]) == opened(ciphers[1], words[1])


@pytest.mark.req("KH-6-5b")
def test_a_key_that_was_revoked_after_the_approval_gets_nothing(stage: Stage) -> None:
    key, issued = stage.key(), stage.link()
    people.bureau()
    bind(db.session, Binding(agency_id=stage.request.agency_id))
    (row,) = keys_of(agency_id=stage.request.agency_id)
    officer_ = replace(stage.request.officer, agency_id=stage.request.agency_id)
    agency_keys.revoke_key(actor=officer_, agency_id=stage.request.agency_id, agency_key_id=row.id, reason="私鑰遺失")
    db.session.commit()
    bind(db.session, Binding(tenant_id=stage.request.tenant_id))

    answer = stage.browser(stage.request.officer).post(stage.collection, data=stage.receipt(issued.token))

    with pytest.raises(age.CannotDecrypt):
        age.decrypt(answer.data, key.secret)
    assert opened(answer.data, shown(stage.passphrase().text)).startswith(b"PK")


@pytest.mark.req("KH-6-5b", "DR-08")
def test_nobody_else_is_shown_the_passphrase(stage: Stage) -> None:
    issued = stage.link()
    stage.browser(stage.request.officer).post(stage.collection, data=stage.receipt(issued.token))
    guard = people.guard(stage.request.tenant_id)
    for person, status in ((stage.request.officer, 404), (replace(stage.request.handler, id=guard), 403)):
        assert stage.passphrase(person).status_code == status
    assert stage.passphrase().status_code == 200, "nothing was used up"
