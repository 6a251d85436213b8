"""No audit, no access: where the chain cannot be written, not one byte of footage or of a letter leaves (DR-06).

The failures are the database's own, not of our code: the event refused, the chain's end locked against moving, and a
commit that fails after everything else went well.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from sqlalchemy import NullPool, create_engine, select, text

from infra import age
from infra.db import db
from infra.stack.postgres import DatabaseUrls
from tenants.audit import queries as chain
from tenants.audit.models import AuditEvent
from tenants.disclosures import held_clips
from tenants.disclosures.official.models import Letter
from tenants.disclosures.register.models import RegisterEntry
from tests.webapp.conftest import WebClient
from tests.webapp.media.conftest import Stage

pytestmark = pytest.mark.req("DR-06")

AGE = b"age-encryption.org/v1\n"
FAILS_AT_COMMIT = """
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no audit'; end $$;
create constraint trigger refused after insert on audit_events deferrable initially deferred
for each row execute function refuse();
"""
DEAF = {
    "the event is refused": (
        "revoke insert on audit_events from shouyuan_app",
        "grant insert on audit_events to shouyuan_app",
    ),
    "the chain's end cannot move": (
        "revoke update on audit_heads from shouyuan_app",
        "grant update on audit_heads to shouyuan_app",
    ),
    "the commit fails": (FAILS_AT_COMMIT, "drop trigger refused on audit_events; drop function refuse()"),
}


@contextmanager
def deaf(database: DatabaseUrls, how: str) -> Iterator[None]:
    """Nobody can write into any chain for a while."""
    db.session.rollback()
    before, after = DEAF[how]
    engine = create_engine(database.superuser, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(before))
    yield
    with engine.begin() as connection:
        connection.execute(text(after))


def letter_address(stage: Stage) -> str:
    letter = db.session.scalars(select(Letter)).one()
    return f"/media/schools/{stage.request.tenant_id}/letters/{letter.id}"


def recorded(*, after: int = 0) -> list[str]:
    """What the chain says that people did, in order."""
    db.session.rollback()
    query = select(AuditEvent.event).where(AuditEvent.seq > after, AuditEvent.actor_kind == "person")
    return list(db.session.scalars(query.order_by(AuditEvent.seq)))


@pytest.mark.req("KH-6-1d", "KH-6-5a")
@pytest.mark.parametrize("how", DEAF)
def test_not_one_byte_leaves_while_the_chain_cannot_be_written(
    stage: Stage, database: DatabaseUrls, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    token, letter = stage.link().token, letter_address(stage)
    handler, officer = stage.browser(stage.request.handler), stage.browser(stage.request.officer)
    stage.app.testing = False
    stage.app.config["PROPAGATE_EXCEPTIONS"] = False
    seen, opened = recorded(), []
    monkeypatch.setattr("tenants.disclosures.held_clips.open_hold_key", lambda **_: opened.append("key"))

    with deaf(database, how):
        answers = [
            handler.get(letter),
            handler.get(f"{stage.part()}/index.m3u8"),
            handler.get(f"{stage.part()}/init.mp4"),
            handler.get(f"{stage.part()}/1.m4s"),
            officer.post(stage.collection, data=stage.receipt(token)),
        ]

    assert {answer.status_code for answer in answers} <= {403, 500}
    signs = (b"%PDF-", b"#EXTM3U", b"ftyp", b"moof", b"PK\x03\x04", AGE)
    for answer in answers:
        assert answer.mimetype == "text/html"
        assert not [sign for sign in signs if sign in answer.data]
    assert opened == []
    assert recorded() == seen
    gc.collect()  # a plain file that was left open would be noticed here, and fails the test
    assert not db.session.scalars(select(RegisterEntry)).all()
    assert chain.verify(tenant_id=stage.request.tenant_id) is None
    collected = officer.post(stage.collection, data=stage.receipt(token))
    assert collected.data.startswith(AGE), "nothing was used up meanwhile"
    with deaf(database, how):
        unheard = stage.passphrase()
    assert (unheard.status_code, b"sy-passphrase" in unheard.data) == (500, False)
    assert b"sy-passphrase" in stage.passphrase().data, "nor was the passphrase"


def test_each_release_has_exactly_one_event(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    token, letter = stage.link().token, letter_address(stage)
    handler, officer = stage.browser(stage.request.handler), stage.browser(stage.request.officer)
    begun = chain.length(tenant_id=stage.request.tenant_id)
    opened = []
    real, samples = age.decrypt, held_clips.samples
    monkeypatch.setattr("infra.age.decrypt", lambda *sealed: opened.append("scan") or real(*sealed))
    monkeypatch.setattr(held_clips, "samples", lambda *of, **by: opened.append("footage") or samples(*of, **by))
    for _ in range(2):
        assert handler.get(letter).status_code == 200
    for _ in range(2):
        handler.get(f"{stage.part()}/index.m3u8")
        for name in ("init.mp4", "1.m4s", "1.m4s"):
            assert handler.get(f"{stage.part()}/{name}").status_code == 200
    assert officer.post(stage.collection, data=stage.receipt(token)).data.startswith(AGE)

    assert opened == ["scan"] * 2 + ["footage"] * 4
    assert recorded(after=begun) == [
        "letter:read",
        "letter:read",
        "package:watched",
        "package:watched",
        "register:entered",
        "disclosure:collected",
        "package:sent",  # no release: how the one before it went
    ]


def opened_by(browser: WebClient, stage: Stage, seq: int, *, part: int = 1) -> int:
    """The status of a piece, when the browser's cookie says that this event opened the part."""
    with browser.session_transaction() as kept:
        kept["watching"] = {f"{stage.request.package_id}:{part}": seq}
    return browser.get(f"{stage.part(part)}/1.m4s").status_code


def test_the_key_opens_only_for_an_event_that_says_that_this_person_opened_this_part(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = stage.browser(stage.request.handler)
    tenant_id: UUID = stage.request.tenant_id
    browser.get(f"{stage.part()}/index.m3u8")
    seq = chain.length(tenant_id=tenant_id)
    db.session.rollback()
    real = chain.event(tenant_id=tenant_id, seq=seq)
    assert real is not None
    assert opened_by(browser, stage, seq) == 200
    assert opened_by(browser, stage, seq + 99) == 403, "the chain knows no such event"
    assert opened_by(browser, stage, 1) == 403, "an event of another kind"

    def said(**changes: object) -> int:
        columns = {column.name: getattr(real, column.name) for column in AuditEvent.__table__.columns}
        other = AuditEvent(**(columns | changes))
        with monkeypatch.context() as patched:
            patched.setattr("tenants.audit.queries.event", lambda **_: other)
            return opened_by(browser, stage, seq)

    assert said() == 200
    assert said(actor_id=stage.request.officer.id) == 403, "somebody else opened it"
    assert said(fields=real.fields | {"part": 2}) == 403, "another part"
    assert said(fields=real.fields | {"package_id": str(tenant_id)}) == 403, "another package"
    assert said(at=real.at.replace(year=real.at.year - 1)) == 403, "too long ago"
