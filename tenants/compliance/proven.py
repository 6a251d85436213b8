"""Where a certificate stands in the chain of its institution, for an auditor: hashes only, and no text of an event.

Read while bound to the institution, whose events name who acted (DR-09).
"""

from typing import Any
from uuid import UUID

from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit import proofs
from tenants.audit.events import Event
from tenants.audit.proofs import Anchored
from tenants.errors import NotFound
from tenants.permissions import Permission


def anchored(*, actor: Actor, institution_id: UUID, event: Event, subject_id: UUID) -> Anchored | None:
    """The event that certified it, with the head that covers it; None where there is no such event."""
    actor.require(Permission.CERTIFICATE_AUDIT)
    with bound(db.session, Binding(tenant_id=institution_id)):
        found = proofs.anchored(tenant_id=institution_id, event=event, subject_id=subject_id)
        if found is not None and found.head is not None:
            db.session.expunge(found.head)  # it outlives the moment in which its rows can be read
    return found


def proof(*, actor: Actor, institution_id: UUID, event: Event, subject_id: UUID) -> dict[str, Any]:
    """The proof that the certifying was in the chain, without the event's text. Raises `NotFound` before the anchor."""
    actor.require(Permission.CERTIFICATE_AUDIT)
    with bound(db.session, Binding(tenant_id=institution_id)):
        found = proofs.proof_of_subject(tenant_id=institution_id, event=event, subject_id=subject_id)
    if found is None:
        raise NotFound("這份證明的稽核紀錄尚未錨定。請於明日錨定後再下載。")
    return found.document(with_event=False)
