"""限制廠牌: the brands whose devices are 列冊管理, as data of the bureau by its documents (DR-35)."""

from datetime import date
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.upkeep.property import queries, rules
from tenants.upkeep.property.models import RestrictedBrand

_SHORTEST = 2


def restrict_brand(*, actor: Actor, brand: str, document: str, effective_from: date) -> RestrictedBrand:
    """Restrict a brand from a day on. Raises `Invalid` for one that is there, and without the document."""
    actor.require(Permission.BRAND_RESTRICT)
    folded = rules.folded_brand(brand)
    if len(folded) < _SHORTEST:
        raise Invalid("請填寫廠牌名稱，至少兩個字。", field="brand")
    if any(each.folded == folded and each.withdrawn_at is None for each in queries.brands()):
        raise Invalid("這個廠牌已列為限制廠牌。", field="brand")
    if not document.strip():
        raise Invalid("請填寫所依據的公文文號。", field="document")
    made = RestrictedBrand(id=uuid4(), brand=brand.strip(), folded=folded, document=document.strip())
    made.effective_from, made.recorded_by = effective_from, person(actor)
    _record(Event.BRAND_RESTRICTED, made, actor=actor, new=made)
    return made


def lift_brand(*, actor: Actor, brand_id: UUID) -> RestrictedBrand:
    """Restrict a brand no longer; lifting it again changes nothing. Raises `NotFound`."""
    actor.require(Permission.BRAND_RESTRICT)
    found = db.session.get(RestrictedBrand, brand_id)
    if found is None:
        raise NotFound
    if found.withdrawn_at is None:
        with bound(db.session, Binding(tenant_id=registry.bureau().id)):
            found.withdrawn_at, found.withdrawn_by = clock.now(), person(actor)
        _record(Event.BRAND_LIFTED, found, actor=actor)
    return found


def _record(event: Event, found: RestrictedBrand, *, actor: Actor, new: RestrictedBrand | None = None) -> None:
    bureau_id = registry.bureau().id
    with bound(db.session, Binding(tenant_id=bureau_id)):
        if new is not None:
            db.session.add(new)
        audit.record(
            event,
            tenant_id=bureau_id,
            actor=actor,
            subject_id=found.id,
            brand=found.brand,
            document=found.document,
        )
