"""The store looked at as a whole: its rules against the law, and whether it is shut, each night and on command."""

from uuid import UUID

from infra import clock, object_keys
from infra.db import db
from infra.lifecycle import ExpiryRule, Exposure, NoLifecycle
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.platform import actions as platform
from tenants.retention import queries, store_rules
from workers.commands.institutions import each_institution
from workers.context import bucket_rules, store
from workers.job import tenant_job

_OPEN = {
    Exposure.LISTED: "任何人不必帳號即可列出儲存空間的內容，請立即移除公開的政策或存取清單（要點第五點第一款）",
    Exposure.READ: "任何人不必帳號即可下載儲存空間的物件，請立即移除公開的政策或存取清單（要點第五點第一款）",
}


@tenant_job
def check_store(tenant_id: UUID, actor: Actor) -> None:
    """Compare the store with the law; the operator's page tells what was found. The institution is the bureau."""
    classes = classes_in_use()
    bind(db.session, Binding(tenant_id=tenant_id))
    keep(faults(classes), tenant_id=tenant_id, actor=actor)


def faults(classes: set[int]) -> list[str] | None:
    """What is wrong with the live bucket, in words; None where it has no rules to compare and is shut."""
    rules, found = bucket_rules(), opened()
    try:
        live: list[ExpiryRule] = rules.read()
    except NoLifecycle:
        return found or None
    versioned, lock = rules.is_versioned(), rules.default_lock()
    return [*found, *store_rules.faults(live, classes, versioned=versioned, default_lock=lock)]


def opened() -> list[str]:
    """What anybody can do with the bucket, in words; nothing when it is shut."""
    one = next((each.key for each in store().listing(object_keys.SEGMENTS)), None)
    return [_OPEN[each] for each in sorted(bucket_rules().exposures(key=one))]


def keep(found: list[str] | None, *, tenant_id: UUID, actor: Actor) -> None:
    """Let the operator's page tell it, also that nothing is wrong any more. The session is bound to the bureau."""
    platform.note_store(actor=actor, tenant_id=tenant_id, abilities=store().abilities(), faults=found or [])


def classes_in_use() -> set[int]:
    """The retention classes of every institution. The session ends bound to nobody."""
    today = clock.today()
    return {days for tenant in each_institution() for days in queries.classes_in_use(tenant_id=tenant.id, today=today)}
