"""The directory of public agencies. They are no institutions of ours: acts about them are the bureau's."""

from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import Permission
from tenants.registry import queries, rules
from tenants.registry.models import Agency


class AlreadyListed(Invalid):
    """An agency of this name is in the directory, perhaps spelt with the other 台. `existing` is the one to use."""

    code = "agency_listed"

    def __init__(self, existing: Agency) -> None:
        super().__init__(f"「{existing.name}」已在機關名單中，請直接選用，不必重複新增。", field="name")
        self.existing = existing


def add_agency(*, name: str, code: str, kind: str, contact: str = "", actor: Actor) -> Agency:
    """Enter a public agency, not yet verified. Raises `AlreadyListed`, and `Invalid` for a private body (KH-6-1a)."""
    actor.require(Permission.AGENCY_VERIFY)
    rules.check_public(name)
    folded = rules.folded_name(name)
    existing = queries.agency_by_folded_name(folded_name=folded)
    if existing is not None:
        raise AlreadyListed(existing)
    agency = Agency(
        id=uuid4(), name=name.strip(), folded_name=folded, code=code.strip(), kind=kind, contact=contact.strip()
    )
    db.session.add(agency)
    db.session.flush()  # officers and the event refer to it
    _record(Event.AGENCY_ADDED, agency, actor, kind=kind)
    return agency


def verify_agency(*, agency_id: UUID, actor: Actor) -> Agency:
    """Confirm that an agency is what it says, by telephone or directory; from then on its officers may file."""
    actor.require(Permission.AGENCY_VERIFY)
    if actor.id is None:
        raise NotAllowed("機關須由平台維運人員本人核定。")
    agency = queries.agency(agency_id=agency_id)
    if agency.verified_at is None:
        agency.verified_at, agency.verified_by = clock.now(), actor.id
        _record(Event.AGENCY_VERIFIED, agency, actor)
    return agency


def _record(event: Event, agency: Agency, actor: Actor, **fields: str) -> None:
    bureau_id = queries.bureau().id
    with bound(db.session, Binding(tenant_id=bureau_id)):
        audit.record(event, tenant_id=bureau_id, actor=actor, subject_id=agency.id, agency_id=str(agency.id), **fields)
