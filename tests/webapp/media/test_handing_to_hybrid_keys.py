"""A hand-over to an agency whose key is post-quantum: its own program opens what left, and nobody else does."""

import hashlib

import pytest
from sqlalchemy import select

from infra import age
from infra.age_keys import Kind, name_of
from infra.db import db
from tenants.audit.models import AuditEvent
from tests import age_peer
from tests.webapp.media.conftest import Stage

pytestmark = pytest.mark.req("KH-5-1a", "KH-6-5b", "KH-6-1d")


@pytest.mark.needs("age-encryption")
def test_the_package_leaves_to_the_agencys_hybrid_key(stage: Stage) -> None:
    classic, key, issued = stage.key(), stage.key(Kind.HYBRID), stage.link()

    answer = stage.browser(stage.request.officer).post(stage.collection, data=stage.receipt(issued.token))

    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    plain = age_peer.decrypt(answer.data, key.secret)
    assert hashlib.sha256(plain).hexdigest() == stage.request.package().sha256
    assert age.decrypt(answer.data, key.secret) == plain
    with pytest.raises(age.CannotDecrypt):
        age.decrypt(answer.data, classic.secret)
    name = name_of(key.recipient)
    assert stage.request.package().sealed_to == name
    collected = db.session.scalars(select(AuditEvent).where(AuditEvent.event == "disclosure:collected")).one()
    assert collected.fields["sealed_to"] == name
