"""Visits of people without an account. Rows only; to walk the real way, use the actions."""

from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.disclosures.applying.models import Visit
from tests.factories.registry import Institution


def visit(of: Institution, *, email: str = "parent@example.org") -> UUID:
    """A browser that has proved an address just now. Bind to the institution before."""
    now = clock.now()
    made = Visit(id=uuid4(), tenant_id=of.tenant_id, email=email, email_search="0" * 64, asked_at=now)
    made.code_sent_at = made.proved_at = now
    made.answers = {"who": [["name", "林小惠"]]}
    db.session.add(made)
    db.session.commit()
    return made.id
